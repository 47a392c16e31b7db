//! Sales transactions: invoice, sales receipt, credit memo, refund receipt (reference 9.5).
//!
//! Rule: totals are found here and never taken from a client; tax is taken as sent, since the sandbox knows no rates.

mod effect;
mod fields;
mod lines;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::{Value, json};

pub(crate) use self::effect::effect;
use self::fields::FIELDS;
use super::{
    Draft, EntityType,
    transaction::{amount_of, rate},
};
use crate::quickbooks::sandbox::{
    books::{cents, times},
    clock,
    faults::Fault,
    json::{self, Record},
};

/// The pseudo item of shipping (reference 9.5).
const SHIPPING: &str = "SHIPPING_ITEM_ID";

/// The note of a voided transaction (reference 7.4).
const VOIDED: &str = "Voided";

/// The first number given.
const FIRST_NUMBER: u64 = 1001;

/// The four kinds.
pub(crate) const KINDS: [&str; 4] = ["Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt"];

const fn kind(name: &'static str) -> EntityType {
    let kept = &["TxnDate", "CurrencyRef", "ExchangeRate", "DocNumber", "DueDate"];
    EntityType { name, fields: FIELDS, name_field: None, lists_active_only: false, kept, check }
}

/// What is owed.
pub(crate) static INVOICE: EntityType = kind("Invoice");
/// What was paid at once.
pub(crate) static SALES_RECEIPT: EntityType = kind("SalesReceipt");
/// What is owed back.
pub(crate) static CREDIT_MEMO: EntityType = kind("CreditMemo");
/// What was paid back.
pub(crate) static REFUND_RECEIPT: EntityType = kind("RefundReceipt");

fn check(draft: &mut Draft<'_>) -> Result<(), Fault> {
    draft.check_head()?;
    draft.check_currency()?;
    check_parties(draft)?;
    let given = draft.take_lines()?;
    let checked = lines::check(draft, given)?;
    draft.put_lines(checked, 1);
    number(draft);
    sum_up(draft);
    Ok(())
}

/// Whom it is with and where the money goes (reference 9.5).
fn check_parties(draft: &mut Draft<'_>) -> Result<(), Fault> {
    let name = draft.entity.name;
    if matches!(name, "Invoice" | "CreditMemo") {
        draft.require("CustomerRef")?;
    }
    if name == "RefundReceipt" {
        draft.require("DepositToAccountRef")?;
    }
    if name == "SalesReceipt"
        && json::reference(&draft.record, "DepositToAccountRef").is_none()
        && let Some(account) = draft.company.account_of_subtype("UndepositedFunds")
    {
        draft.set("DepositToAccountRef", json!({"value": account}));
    }
    if let Some(account) = draft.target("DepositToAccountRef")
        && !matches!(json::text(&account, "AccountType"), Some("Bank" | "Other Current Asset" | "Credit Card"))
    {
        let detail = "Invalid account type used: money goes to or comes from a bank account";
        return Err(Fault::new(6430, detail).at("DepositToAccountRef"));
    }
    if name == "Invoice" {
        let day = draft.text("TxnDate").unwrap_or_default().to_owned();
        draft.default("DueDate", day);
    }
    check_links(draft)
}

/// What it says it belongs to exists (reference 5 at 620).
fn check_links(draft: &Draft<'_>) -> Result<(), Fault> {
    for link in draft.record.get("LinkedTxn").and_then(Value::as_array).into_iter().flatten() {
        let text = |name: &str| link.get(name).and_then(Value::as_str).unwrap_or_default();
        let (id, kind) = (text("TxnId"), text("TxnType"));
        if KINDS.contains(&kind) && draft.company.find(kind, id).is_none() {
            return Err(Fault::new(620, format!("Transaction {kind} {id} cannot be linked")).at("LinkedTxn"));
        }
    }
    Ok(())
}

/// The next number of sales forms where none is given (reference 7.5).
fn number(draft: &mut Draft<'_>) {
    if draft.text("DocNumber").is_some() {
        return;
    }
    let tables = KINDS.iter().filter_map(|name| draft.company.table(name));
    let rows = tables.flat_map(|table| table.stored());
    let given = rows.filter_map(|(_, record)| json::text(record, "DocNumber")?.parse::<u64>().ok());
    let next = given.filter(|number| *number < u64::MAX).max().map_or(FIRST_NUMBER, |highest| highest + 1);
    draft.set("DocNumber", next.max(FIRST_NUMBER).to_string());
}

/// Total and balance from lines and tax.
fn sum_up(draft: &mut Draft<'_>) {
    let parts = effect::Parts::of(&draft.record);
    let total = parts.total();
    if draft.record.get("TxnTaxDetail").is_none_or(|detail| detail.get("TotalTax").is_none()) {
        draft.set("TxnTaxDetail", json!({"TotalTax": 0}));
    }
    let open = if matches!(draft.entity.name, "Invoice" | "CreditMemo") { total } else { Decimal::ZERO };
    draft.set("TotalAmt", json::number(total));
    draft.set("Balance", json::number(open));
    if draft.entity.name == "CreditMemo" {
        draft.set("RemainingCredit", json::number(open));
    }
    if draft.record.contains_key("ExchangeRate") {
        let rate = rate(&draft.record);
        draft.set("HomeTotalAmt", json::number(cents(times(total, rate))));
        draft.set("HomeBalance", json::number(cents(times(open, rate))));
    }
    for (field, value) in [("ApplyTaxAfterDiscount", json!(false)), ("PrintStatus", json!("NotSet"))] {
        draft.default(field, value);
    }
}

/// The same transaction with nothing in it (reference 7.4).
pub(crate) fn voided(mut record: Record, now: DateTime<Utc>) -> Record {
    let token: u64 = json::text(&record, "SyncToken").and_then(|token| token.parse().ok()).unwrap_or_default();
    for field in ["TotalAmt", "Balance", "RemainingCredit", "HomeTotalAmt", "HomeBalance"] {
        if record.contains_key(field) {
            record.insert(field.to_owned(), 0.into());
        }
    }
    record.insert("TxnTaxDetail".to_owned(), json!({"TotalTax": 0}));
    record.insert("PrivateNote".to_owned(), VOIDED.into());
    record.insert("SyncToken".to_owned(), (token + 1).to_string().into());
    if let Some(stamps) = record.get_mut("MetaData").and_then(Value::as_object_mut) {
        stamps.insert("LastUpdatedTime".to_owned(), clock::record_stamp(now).into());
    }
    record.get_mut("Line").into_iter().for_each(empty);
    record
}

/// Zeroes in place of amounts and quantities, in bundles too.
fn empty(value: &mut Value) {
    match value {
        Value::Array(lines) => lines.iter_mut().for_each(empty),
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                match name.as_str() {
                    "Amount" | "Qty" | "Quantity" | "DiscountAmt" | "DiscountPercent" => *value = 0.into(),
                    _ => empty(value),
                }
            }
        }
        _ => {}
    }
}

/// The amount of a line, or nothing.
fn worth(line: &Record) -> Decimal {
    amount_of(line).unwrap_or_default()
}

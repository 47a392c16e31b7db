//! Payments of invoices and bills, in full or in part (reference 3.6).
//!
//! Rule: a payment is made or deleted, never changed; it is in the currency and at the rate of its invoice.

use rust_decimal::Decimal;
use serde_json::Value;
use uuid::Uuid;

use super::{
    ACCOUNTS, Context, INVOICES, PAYMENTS, account, check_lock,
    document::{DocumentType, home, recount, take_date},
    is_bank,
};
use crate::{
    sandbox::ledger::Posting,
    xero::sandbox::{
        books::{self, Effect},
        clock,
        json::{self, Record, set, take},
        problem::Invalid,
        store::Organisation,
    },
};

/// Makes or deletes a payment.
pub(super) fn save(
    organisation: &mut Organisation,
    context: &Context,
    body: &Record,
    existing: Option<&Record>,
) -> Result<Record, Invalid> {
    match existing {
        Some(existing) => delete(organisation, context, body, existing.clone()),
        None => create(organisation, context, body),
    }
}

fn create(organisation: &mut Organisation, context: &Context, body: &Record) -> Result<Record, Invalid> {
    let mut payment = Record::new();
    set(&mut payment, "PaymentID", Uuid::new_v4().to_string());
    set(&mut payment, "Date", context.today.to_string());
    set(&mut payment, "Status", "AUTHORISED");
    take(&mut payment, body, &["Reference"]);
    take_date(&mut payment, body, "Date")?;
    let amount = json::decimal(body, "Amount").map(json::cents).filter(|amount| *amount > Decimal::ZERO);
    let amount = amount.ok_or_else(|| Invalid::new("The amount of a payment must be above zero."))?;
    let mut invoice = invoice(organisation, body)?;
    let due = json::decimal(&invoice, "AmountDue").unwrap_or_default();
    if json::text(&invoice, "Status") != Some("AUTHORISED") || amount > due {
        return Err(Invalid::new(format!(
            "Payment amount {amount} exceeds the amount outstanding on this document ({due})."
        )));
    }
    let account = paying_account(organisation, body)?;
    let sells = DocumentType::of(&invoice).sells();
    set(&mut payment, "PaymentType", if sells { "ACCRECPAYMENT" } else { "ACCPAYPAYMENT" });
    set(&mut payment, "Amount", json::amount(amount));
    let mut of = Record::new();
    take(&mut of, &invoice, &["InvoiceID", "InvoiceNumber", "Type", "Contact", "CurrencyCode"]);
    set(&mut payment, "Invoice", of);
    let mut by = Record::new();
    take(&mut by, &account, &["AccountID", "Code", "Name"]);
    set(&mut payment, "Account", by);
    take(&mut payment, &invoice, &["CurrencyRate"]);
    check_lock(organisation, date_of(&payment)?)?;
    let mut row = Record::new();
    take(&mut row, &payment, &["PaymentID", "Date", "Amount", "Reference", "CurrencyRate"]);
    if let Some(Value::Array(rows)) = invoice.get_mut("Payments") {
        rows.push(Value::Object(row));
    }
    recount(&mut invoice);
    organisation.put(&INVOICES, invoice, context.now);
    let saved = organisation.put(&PAYMENTS, payment, context.now);
    post(organisation, &saved)?;
    Ok(saved)
}

fn invoice(organisation: &Organisation, body: &Record) -> Result<Record, Invalid> {
    let by_id = json::inner(body, "Invoice", "InvoiceID").and_then(|id| organisation.find(&INVOICES, id));
    let by_number = || {
        let number = json::inner(body, "Invoice", "InvoiceNumber")?;
        organisation.table(&INVOICES).by_key(number)
    };
    let found = by_id.or_else(by_number).cloned();
    found.ok_or_else(|| Invalid::new("The invoice to be paid could not be found."))
}

/// A bank account, or one that allows payments.
fn paying_account(organisation: &Organisation, body: &Record) -> Result<Record, Invalid> {
    let table = organisation.table(&ACCOUNTS);
    let by_id = json::inner(body, "Account", "AccountID").and_then(|id| table.find(id));
    let found = by_id.or_else(|| json::inner(body, "Account", "Code").and_then(|code| table.by_key(code)));
    let may = |account: &&Record| is_bank(account) || json::flag(account, "EnablePaymentsToAccount") == Some(true);
    found.filter(may).cloned().ok_or_else(|| {
        Invalid::new("Account must be a bank account, or one with payments enabled, given by its AccountID or Code.")
    })
}

fn date_of(payment: &Record) -> Result<chrono::NaiveDate, Invalid> {
    let date = json::text(payment, "Date").and_then(clock::parse_date);
    date.ok_or_else(|| Invalid::new("Date must be specified."))
}

fn delete(
    organisation: &mut Organisation,
    context: &Context,
    body: &Record,
    mut payment: Record,
) -> Result<Record, Invalid> {
    if json::text(body, "Status") != Some("DELETED") || json::text(&payment, "Status") != Some("AUTHORISED") {
        return Err(Invalid::new("A payment cannot be changed; it can be deleted by Status DELETED."));
    }
    check_lock(organisation, date_of(&payment)?)?;
    set(&mut payment, "Status", "DELETED");
    let id = json::text(&payment, "PaymentID").map(str::to_owned);
    let invoice = json::inner(&payment, "Invoice", "InvoiceID").and_then(|id| organisation.find(&INVOICES, id));
    if let Some(mut invoice) = invoice.cloned() {
        if let Some(Value::Array(rows)) = invoice.get_mut("Payments") {
            rows.retain(|row| row["PaymentID"].as_str() != id.as_deref());
        }
        recount(&mut invoice);
        organisation.put(&INVOICES, invoice, context.now);
    }
    books::replace(organisation, &id.unwrap_or_default(), None)?;
    Ok(organisation.put(&PAYMENTS, payment, context.now))
}

fn post(organisation: &mut Organisation, payment: &Record) -> Result<(), Invalid> {
    let amount = home(payment, json::decimal(payment, "Amount").unwrap_or_default());
    let sells = json::text(payment, "PaymentType") == Some("ACCRECPAYMENT");
    let control = account::system(organisation, if sells { "DEBTORS" } else { "CREDITORS" })?;
    let bank = json::inner(payment, "Account", "AccountID").unwrap_or_default().to_owned();
    let (debit, credit) = if sells { (bank, control) } else { (control, bank) };
    let postings = vec![Posting { account: debit, amount }, Posting { account: credit, amount: -amount }];
    let id = json::text(payment, "PaymentID").unwrap_or_default().to_owned();
    let date = date_of(payment)?;
    books::replace(organisation, &id, Some(Effect { date, postings, movements: Vec::new() }))
}

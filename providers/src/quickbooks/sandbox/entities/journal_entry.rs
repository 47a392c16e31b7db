//! Journal entries (reference 9.4).
//!
//! Rule: debits equal credits exactly; what is sold or bought on account is with a customer or vendor.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde_json::Value;

use super::{
    Draft, EntityType,
    field::{CUSTOM_FIELD, DOMAIN, Field, ID, Kind, META, SPARSE, STATUS, SYNC_TOKEN},
    transaction::{CURRENCY, DOC_NUMBER, EXCHANGE_RATE, PRIVATE_NOTE, TXN_DATE, amount, date, detail, lines, rate},
};
use crate::quickbooks::sandbox::{
    books::{Effect, Posting, cents, times},
    faults::Fault,
    json::{self, Record},
};

const DETAIL: &str = "JournalEntryLineDetail";
const TYPES: &[&str] = &[DETAIL, "DescriptionOnly"];

/// The detail of a line.
const DETAIL_FIELDS: &[Field] = &[
    Field::new("PostingType", Kind::Choice(&["Debit", "Credit"])),
    Field::new("AccountRef", Kind::Reference("Account")),
    Field::new("Entity", Kind::Any),
    Field::new("ClassRef", Kind::Loose),
    Field::new("DepartmentRef", Kind::Loose),
    Field::new("TaxCodeRef", Kind::Loose),
    Field::new("TaxApplicableOn", Kind::Choice(&["Sales", "Purchase"])),
    Field::new("TaxAmount", Kind::Price),
    Field::new("TaxInclusiveAmt", Kind::Price),
    Field::new("BillableStatus", Kind::Choice(&["Billable", "NotBillable", "HasBeenBilled"])),
    Field::new("JournalCodeRef", Kind::Loose),
];

/// A line.
const LINE: &[Field] = &[
    Field::new("Id", Kind::Text(30)),
    Field::new("LineNum", Kind::Decimal),
    Field::new("Description", Kind::Text(4000)),
    Field::new("Amount", Kind::Price),
    Field::new("DetailType", Kind::Choice(TYPES)),
    Field::new(DETAIL, Kind::Object(DETAIL_FIELDS)),
    Field::new("DescriptionLineDetail", Kind::Any),
    Field::new("LinkedTxn", Kind::Any),
    Field::new("ProjectRef", Kind::Loose),
];

/// The properties (filters of reference 6).
const FIELDS: &[Field] = &[
    ID,
    SYNC_TOKEN,
    META,
    DOMAIN,
    SPARSE,
    STATUS,
    CUSTOM_FIELD,
    DOC_NUMBER,
    TXN_DATE,
    PRIVATE_NOTE,
    CURRENCY,
    EXCHANGE_RATE,
    Field::new("Line", Kind::List(LINE)),
    Field::new("Adjustment", Kind::Bool),
    Field::new("GlobalTaxCalculation", Kind::Text(30)),
    Field::new("TxnTaxDetail", Kind::Any),
    Field::new("JournalCodeRef", Kind::Loose),
    Field::new("TotalAmt", Kind::Decimal).read_only(),
    Field::new("HomeTotalAmt", Kind::Decimal).read_only(),
    Field::new("TxnSource", Kind::Any).read_only(),
    Field::new("RecurDataRef", Kind::Any).read_only(),
];

/// The entity.
pub(crate) static JOURNAL_ENTRY: EntityType = EntityType {
    name: "JournalEntry",
    fields: FIELDS,
    name_field: None,
    lists_active_only: false,
    kept: &["TxnDate", "CurrencyRef", "ExchangeRate"],
    check,
};

fn check(draft: &mut Draft<'_>) -> Result<(), Fault> {
    draft.check_head()?;
    draft.check_currency()?;
    draft.default("Adjustment", false);
    let mut lines = draft.take_lines()?;
    let (mut balance, mut sides, mut ledgers) = (Decimal::ZERO, BTreeSet::new(), BTreeSet::new());
    for line in &mut lines {
        let Some(posted) = check_line(draft, line)? else { continue };
        balance += posted.amount;
        sides.insert(posted.debit);
        ledgers.extend(posted.ledger);
    }
    if sides.is_empty() {
        return Err(Fault::new(2250, "Missing lines : no line posts to an account").at("Line"));
    }
    if !balance.is_zero() || sides.len() < 2 {
        let detail = format!("Amount on debits not equal to credits : they differ by {balance}");
        return Err(Fault::new(2300, detail).at("Line"));
    }
    if ledgers.len() > 1 {
        return Err(Fault::business("You can use only one Accounts Receivable or Accounts Payable account.").at("Line"));
    }
    draft.put_lines(lines, 0);
    draft.set("TotalAmt", 0);
    if draft.record.contains_key("ExchangeRate") {
        draft.set("HomeTotalAmt", 0);
    }
    Ok(())
}

/// What a line posts.
struct Posted {
    debit: bool,
    /// Debits positive.
    amount: Decimal,
    /// The account, if it is one of customers or vendors.
    ledger: Option<String>,
}

/// Checks a line; `None` for text alone.
fn check_line(draft: &Draft<'_>, line: &mut Record) -> Result<Option<Posted>, Fault> {
    if json::text(line, "DetailType") == Some("DescriptionOnly") {
        return Ok(None);
    }
    let mut detail = detail(line, DETAIL).cloned().ok_or_else(|| Fault::missing(DETAIL))?;
    let debit = match json::text(&detail, "PostingType") {
        Some(side) => side == "Debit",
        None => return Err(Fault::new(2260, "Missing PostingType : a line is Debit or Credit").at("PostingType")),
    };
    let amount = amount(line)?;
    if amount.is_sign_negative() && !amount.is_zero() {
        return Err(Fault::new(2290, format!("Negative Amount : {amount}")).at("Amount"));
    }
    let account = draft.line_target(&mut detail, "AccountRef", "Account")?;
    let ledger = check_party(draft, &detail, &account)?;
    line.insert("DetailType".to_owned(), DETAIL.into());
    line.insert(DETAIL.to_owned(), Value::Object(detail));
    Ok(Some(Posted { debit, amount: if debit { amount } else { -amount }, ledger }))
}

/// A receivable is with a customer, a payable with a vendor.
fn check_party(draft: &Draft<'_>, detail: &Record, account: &Record) -> Result<Option<String>, Fault> {
    let wanted = match json::text(account, "AccountType") {
        Some("Accounts Receivable") => "Customer",
        Some("Accounts Payable") => "Vendor",
        _ => return Ok(None),
    };
    let party = detail.get("Entity").and_then(Value::as_object);
    let named = party.filter(|party| json::text(party, "Type") == Some(wanted));
    let id = named.and_then(|party| json::reference(party, "EntityRef")).ok_or_else(|| {
        let account = json::text(account, "Name").unwrap_or_default();
        Fault::business(&format!("When you use {account}, you must choose a {wanted} in the Name field.")).at("Entity")
    })?;
    if draft.company.find(wanted, id).is_none() {
        return Err(Fault::invalid_reference(&format!("{wanted}s"), id, "EntityRef"));
    }
    Ok(json::text(account, "Id").map(str::to_owned))
}

/// What an entry posts, in home currency; what rounding leaves is the last line's.
pub(crate) fn effect(record: &Record) -> Effect {
    let rate = rate(record);
    let mut postings: Vec<Posting> = lines(record).filter_map(|line| posting(line, rate)).collect();
    let sum: Decimal = postings.iter().map(|posting| posting.amount).sum();
    if let Some(last) = postings.last_mut() {
        last.amount -= sum;
    }
    Effect { date: date(record), postings, moves: Vec::new() }
}

fn posting(line: &Record, rate: Decimal) -> Option<Posting> {
    let detail = detail(line, DETAIL)?;
    let amount = cents(times(json::decimal(line, "Amount")?, rate));
    let account = json::reference(detail, "AccountRef")?.to_owned();
    let debit = json::text(detail, "PostingType") == Some("Debit");
    Some(Posting { account, amount: if debit { amount } else { -amount } })
}

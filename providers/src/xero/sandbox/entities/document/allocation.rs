//! Credit notes against the invoices they take back (reference 3.5).
//!
//! Rule: neither side is used up beyond what it has; both documents show it.

use rust_decimal::Decimal;
use serde_json::Value;
use uuid::Uuid;

use super::{
    super::{CREDIT_NOTES, Context, INVOICES, check_lock},
    DocumentType, totals,
};
use crate::xero::sandbox::{
    clock,
    json::{self, Record, set},
    problem::Invalid,
    store::Organisation,
};

/// Allocates an amount of a credit note to an invoice; answers with the allocation.
///
/// # Errors
/// When either is not open, not enough is left, or they do not belong together.
pub(crate) fn allocate(
    organisation: &mut Organisation,
    context: &Context,
    credit_note: &str,
    body: &Record,
) -> Result<Record, Invalid> {
    let note = organisation.find(&CREDIT_NOTES, credit_note).cloned();
    let mut note = note.ok_or_else(|| Invalid::new("The credit note could not be found."))?;
    let invoice = json::inner(body, "Invoice", "InvoiceID").and_then(|id| organisation.find(&INVOICES, id)).cloned();
    let mut invoice = invoice.ok_or_else(|| Invalid::new("The invoice to allocate to could not be found."))?;
    let amount = json::decimal(body, "Amount").or_else(|| json::decimal(body, "AppliedAmount")).unwrap_or_default();
    let date = match json::text(body, "Date") {
        Some(text) => clock::parse_date(text).ok_or_else(|| Invalid::new("Date is not a date."))?,
        None => context.today,
    };
    check(&note, &invoice, amount)?;
    check_lock(organisation, date)?;
    let allocation = allocation(&invoice, amount, &date.to_string());
    push(&mut note, "Allocations", allocation.clone());
    push(&mut invoice, "CreditNotes", applied(&note, amount, &date.to_string()));
    for (resource, mut document) in [(&CREDIT_NOTES, note), (&INVOICES, invoice)] {
        totals::recount(&mut document);
        organisation.put(resource, document, context.now);
    }
    Ok(allocation)
}

fn check(note: &Record, invoice: &Record, amount: Decimal) -> Result<(), Invalid> {
    let open = |record: &Record| json::text(record, "Status") == Some("AUTHORISED");
    if !open(note) || !open(invoice) {
        return Err(Invalid::new("Credit note and invoice must both be AUTHORISED to be allocated."));
    }
    if DocumentType::of(note).sells() != DocumentType::of(invoice).sells() {
        return Err(Invalid::new("A credit note can only be allocated to documents of its own side."));
    }
    let contact = |record| json::inner(record, "Contact", "ContactID").map(str::to_owned);
    let currency = |record| json::text(record, "CurrencyCode").map(str::to_owned);
    if contact(note) != contact(invoice) || currency(note) != currency(invoice) {
        return Err(Invalid::new("Credit note and invoice must have the same contact and currency."));
    }
    let left = json::decimal(note, "RemainingCredit").unwrap_or_default();
    let due = json::decimal(invoice, "AmountDue").unwrap_or_default();
    if amount <= Decimal::ZERO || amount > left || amount > due {
        return Err(Invalid::new(format!(
            "The amount {amount} cannot be allocated: the credit note has {left} left, the invoice {due} due."
        )));
    }
    Ok(())
}

fn push(document: &mut Record, list: &str, row: Record) {
    if let Some(rows) = document.entry(list.to_owned()).or_insert_with(|| Value::Array(Vec::new())).as_array_mut() {
        rows.push(Value::Object(row));
    }
}

fn allocation(invoice: &Record, amount: Decimal, date: &str) -> Record {
    let mut of = Record::new();
    for field in ["InvoiceID", "InvoiceNumber"] {
        set(&mut of, field, json::text(invoice, field).unwrap_or_default());
    }
    let mut row = Record::new();
    set(&mut row, "AllocationID", Uuid::new_v4().to_string());
    set(&mut row, "Amount", json::amount(amount));
    set(&mut row, "Date", date);
    set(&mut row, "Invoice", of);
    row
}

fn applied(note: &Record, amount: Decimal, date: &str) -> Record {
    let mut row = Record::new();
    for field in ["CreditNoteID", "CreditNoteNumber"] {
        set(&mut row, field, json::text(note, field).unwrap_or_default());
    }
    set(&mut row, "AppliedAmount", json::amount(amount));
    set(&mut row, "Date", date);
    row
}

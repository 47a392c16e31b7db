//! Saving a document: its fields, its life cycle, its place in the books (reference 3.4, 3.5).
//!
//! Rule: DRAFT → SUBMITTED → AUTHORISED → PAID; DELETED from the first two, VOIDED from AUTHORISED without payments or
//! credits. Nobody but payments and credits makes a document PAID.

use chrono::NaiveDate;
use rust_decimal::{Decimal, dec};
use serde_json::Value;

use super::{
    super::{CREDIT_NOTES, CURRENCIES, Context, INVOICES, Resource, at_most, check_lock, contact},
    DocumentType, effect,
    line::{self, Frame, LineAmounts},
    totals,
};
use crate::xero::sandbox::{
    clock,
    json::{self, Record, set, take},
    problem::{Findings, Invalid},
    store::Organisation,
};

/// Saves an invoice or a bill.
pub(in super::super) fn save_invoice(
    organisation: &mut Organisation,
    context: &Context,
    body: &Record,
    existing: Option<&Record>,
) -> Result<Record, Invalid> {
    save(organisation, context, body, existing, &INVOICES)
}

/// Saves a credit note.
pub(in super::super) fn save_credit_note(
    organisation: &mut Organisation,
    context: &Context,
    body: &Record,
    existing: Option<&Record>,
) -> Result<Record, Invalid> {
    save(organisation, context, body, existing, &CREDIT_NOTES)
}

fn save(
    organisation: &mut Organisation,
    context: &Context,
    body: &Record,
    existing: Option<&Record>,
    resource: &'static Resource,
) -> Result<Record, Invalid> {
    let mut document = match existing {
        Some(existing) => existing.clone(),
        None => fresh(organisation, context, body, resource)?,
    };
    let was = existing.and_then(|existing| json::text(existing, "Status")).unwrap_or_default().to_owned();
    let status = next_status(existing, &was, body)?;
    set(&mut document, "Status", status.as_str());
    if existing.is_some() && matches!(status.as_str(), "VOIDED" | "DELETED") {
        return end(organisation, context, document, &was);
    }
    check_open(existing, &was, body)?;
    let mut findings = Findings::default();
    let kind = findings.take(fields(organisation, context, &mut document, body, existing));
    let kind = kind.unwrap_or_else(|| DocumentType::of(&document));
    let approved = matches!(status.as_str(), "SUBMITTED" | "AUTHORISED" | "PAID");
    let amounts = amounts_of(&document).unwrap_or(LineAmounts::Exclusive);
    let frame = Frame { kind, amounts, approved, unit_decimals: context.unit_decimals };
    findings.take(lines(organisation, &mut document, body, frame));
    findings.done()?;
    totals::sum(&mut document, amounts);
    totals::frame(&mut document);
    totals::recount(&mut document);
    check_sum(&document)?;
    check_dates(organisation, &document, existing, &was)?;
    finish(organisation, context, document)
}

/// Puts a document in, with its effect on the books, and its contact's part.
fn finish(organisation: &mut Organisation, context: &Context, document: Record) -> Result<Record, Invalid> {
    let kind = DocumentType::of(&document);
    let saved = organisation.put(kind.resource(), document, context.now);
    effect::post(organisation, &saved, context.allow_backorders)?;
    if let Some(Value::Object(contact)) = saved.get("Contact") {
        contact::mark(organisation, contact, context, kind.sells());
    }
    Ok(saved)
}

fn fresh(
    organisation: &Organisation,
    context: &Context,
    body: &Record,
    resource: &Resource,
) -> Result<Record, Invalid> {
    let kind = json::text(body, "Type").unwrap_or_default();
    let Some(_) = DocumentType::parse(kind, resource) else {
        return Err(Invalid::new(format!("The document type '{kind}' is not valid.")));
    };
    let mut document = Record::new();
    set(&mut document, resource.id, context.new_id());
    set(&mut document, "Type", kind);
    set(&mut document, "Date", context.today.to_string());
    set(&mut document, "LineAmountTypes", "Exclusive");
    set(&mut document, "CurrencyCode", organisation.currency.as_str());
    set(&mut document, "CurrencyRate", json::number(Decimal::ONE));
    Ok(document)
}

/// The status after this write.
fn next_status(existing: Option<&Record>, was: &str, body: &Record) -> Result<String, Invalid> {
    let wanted = json::text(body, "Status").unwrap_or(if existing.is_some() { was } else { "DRAFT" });
    let settled = existing.is_some_and(is_settled);
    let allowed = match (was, wanted) {
        ("", "DRAFT" | "SUBMITTED" | "AUTHORISED") => true,
        ("DRAFT" | "SUBMITTED", "DRAFT" | "SUBMITTED" | "AUTHORISED" | "DELETED") => true,
        ("AUTHORISED", "AUTHORISED") | ("PAID", "PAID" | "AUTHORISED") => true,
        // A document that comes to nothing is PAID without anybody having paid.
        ("AUTHORISED" | "PAID", "VOIDED") => !settled,
        _ => false,
    };
    if allowed {
        return Ok(if was == "PAID" && wanted == "AUTHORISED" { "PAID".to_owned() } else { wanted.to_owned() });
    }
    let reason = match (was, wanted) {
        (_, "VOIDED") if settled => "it has payments or credits".to_owned(),
        ("", _) => format!("a new document cannot be {wanted}"),
        _ => format!("it is {was} and cannot become {wanted}"),
    };
    Err(Invalid::new(format!("Invoice not of valid status for modification: {reason}.")))
}

fn is_settled(document: &Record) -> bool {
    let lists = ["Payments", "CreditNotes", "Allocations"];
    lists.iter().any(|list| json::objects(document, list).next().is_some())
}

/// What was paid or credited stands as it is: only words may change.
fn check_open(existing: Option<&Record>, was: &str, body: &Record) -> Result<(), Invalid> {
    if matches!(was, "VOIDED" | "DELETED") {
        return Err(Invalid::new(format!("Invoice not of valid status for modification: it is {was}.")));
    }
    let amounts = ["LineItems", "Date", "CurrencyRate", "CurrencyCode", "LineAmountTypes", "Contact"];
    let changes = amounts.iter().any(|field| body.contains_key(*field));
    if existing.is_some_and(is_settled) && changes {
        return Err(Invalid::new("This document cannot be edited as it has a payment or credit note allocated to it."));
    }
    Ok(())
}

/// Header fields; answers with the type.
fn fields(
    organisation: &mut Organisation,
    context: &Context,
    document: &mut Record,
    body: &Record,
    existing: Option<&Record>,
) -> Result<Option<DocumentType>, Invalid> {
    let kind = DocumentType::of(document);
    let resource = kind.resource();
    let mut findings = Findings::default();
    if json::text(body, "Type").is_some_and(|given| Some(given) != json::text(document, "Type")) {
        findings.add("The type of a document cannot be changed.");
    }
    take(document, body, &["Reference", "Url", "SentToContact", "BrandingThemeID", "LineAmountTypes", "CurrencyRate"]);
    if let Some(code) = json::text(body, "CurrencyCode") {
        set(document, "CurrencyCode", code.to_uppercase());
    }
    for field in ["Date", "DueDate"] {
        findings.take(take_date(document, body, field));
    }
    if document.get("DueDate").is_none() && !kind.credits() {
        let date = json::text(document, "Date").unwrap_or_default().to_owned();
        set(document, "DueDate", date);
    }
    if body.contains_key("Contact") || existing.is_none() {
        let contact = findings.take(contact::of_document(organisation, context, body, resource));
        set(document, "Contact", contact);
    }
    findings.take(number(organisation, document, body, kind));
    findings.take(currency(organisation, document));
    at_most(&mut findings, document, "Reference", 255);
    if amounts_of(document).is_none() {
        findings.add("LineAmountTypes must be Exclusive, Inclusive or NoTax.");
    }
    findings.done().map(|()| Some(kind))
}

fn amounts_of(document: &Record) -> Option<LineAmounts> {
    json::text(document, "LineAmountTypes").and_then(LineAmounts::parse)
}

/// Copies a date, in whichever form it is given.
pub(in super::super) fn take_date(record: &mut Record, body: &Record, field: &str) -> Result<(), Invalid> {
    let Some(given) = json::text(body, field) else { return Ok(()) };
    let date = clock::parse_date(given).ok_or_else(|| Invalid::new(format!("{field} '{given}' is not a date.")))?;
    set(record, field, date.to_string());
    Ok(())
}

/// The number: unique where the organisation gives it, free where a supplier does (reference 3.4).
fn number(
    organisation: &mut Organisation,
    document: &mut Record,
    body: &Record,
    kind: DocumentType,
) -> Result<(), Invalid> {
    let resource = kind.resource();
    let Some(field) = resource.key else { return Ok(()) };
    if let Some(given) = json::text(body, field) {
        let taken = organisation.table(resource).by_key(given);
        let is_other = |other: &Record| json::text(other, resource.id) != json::text(document, resource.id);
        if kind.sells() && taken.is_some_and(is_other) {
            return Err(Invalid::new(format!("Invoice # must be unique: {given} is taken.")));
        }
        if given.chars().count() > 255 {
            return Err(Invalid::new(format!("The field {field} must be at most 255 characters long.")));
        }
        set(document, field, given);
    } else if let (None, Some(prefix)) = (json::text(document, field), kind.prefix()) {
        let mut next = organisation.next_number(prefix);
        while organisation.table(resource).by_key(&next).is_some() {
            next = organisation.next_number(prefix);
        }
        set(document, field, next);
    }
    Ok(())
}

/// The currency must be one of the organisation's, and a foreign one needs a rate.
fn currency(organisation: &Organisation, document: &mut Record) -> Result<(), Invalid> {
    let code = json::text(document, "CurrencyCode").unwrap_or_default().to_owned();
    if code == organisation.currency {
        set(document, "CurrencyRate", json::number(dec!(1)));
        return Ok(());
    }
    if organisation.find(&CURRENCIES, &code).is_none() {
        return Err(Invalid::new(format!("Organisation is not subscribed to currency {code}")));
    }
    let rate = json::decimal(document, "CurrencyRate").filter(|rate| *rate > Decimal::ZERO);
    rate.map(|_| ()).ok_or_else(|| Invalid::new("CurrencyRate must be above zero."))
}

/// Lines: those of the request in place of those there were; a line that keeps its id keeps what is not given.
fn lines(organisation: &Organisation, document: &mut Record, body: &Record, frame: Frame) -> Result<(), Invalid> {
    let kept = document.clone();
    let find = |given: &Record| {
        let id = json::text(given, "LineItemID")?;
        json::objects(&kept, "LineItems").find(|line| json::text(line, "LineItemID") == Some(id))
    };
    let source = if body.contains_key("LineItems") { body } else { &kept };
    let mut findings = Findings::default();
    let mut rows = Vec::new();
    for given in json::objects(source, "LineItems") {
        let line = line::read(organisation, given, find(given), frame);
        rows.push(Value::Object(findings.take(line)));
    }
    if rows.is_empty() && frame.approved {
        findings.add("One or more line items must be specified");
    }
    set(document, "LineItems", rows);
    findings.done()
}

/// What is approved comes to nothing or more.
fn check_sum(document: &Record) -> Result<(), Invalid> {
    let total = json::decimal(document, "Total").unwrap_or_default();
    let approved = matches!(json::text(document, "Status"), Some("AUTHORISED" | "PAID"));
    if approved && total < Decimal::ZERO {
        return Err(Invalid::new("The document total cannot be negative."));
    }
    Ok(())
}

/// Neither the day it had nor the day it gets may be locked, once it counts.
fn check_dates(
    organisation: &Organisation,
    document: &Record,
    existing: Option<&Record>,
    was: &str,
) -> Result<(), Invalid> {
    let day = |record: &Record| -> Option<NaiveDate> { json::text(record, "Date").and_then(clock::parse_date) };
    let counts = |status: &str| matches!(status, "AUTHORISED" | "PAID");
    if let Some(day) = existing.filter(|_| counts(was)).and_then(day) {
        check_lock(organisation, day)?;
    }
    match day(document).filter(|_| counts(json::text(document, "Status").unwrap_or_default())) {
        Some(day) => check_lock(organisation, day),
        None => Ok(()),
    }
}

/// Voids or deletes.
fn end(organisation: &mut Organisation, context: &Context, mut document: Record, was: &str) -> Result<Record, Invalid> {
    check_dates(organisation, &document.clone(), Some(&document), was)?;
    totals::recount(&mut document);
    let saved = organisation.put(DocumentType::of(&document).resource(), document, context.now);
    effect::post(organisation, &saved, context.allow_backorders)?;
    Ok(saved)
}

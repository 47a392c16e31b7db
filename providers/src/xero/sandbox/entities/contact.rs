//! Contacts (reference 3.6).
//!
//! Rule: a name belongs to one contact; documents show the name as it is now.

use super::{CONTACTS, CREDIT_NOTES, Context, INVOICES, Resource, at_most};
use crate::xero::sandbox::{
    json::{self, Record, set, take},
    problem::{Findings, Invalid},
    store::Organisation,
};

/// Saves a contact.
pub(super) fn save(
    organisation: &mut Organisation,
    context: &Context,
    body: &Record,
    existing: Option<&Record>,
) -> Result<Record, Invalid> {
    let mut contact = existing.cloned().unwrap_or_else(|| fresh(context));
    take(
        &mut contact,
        body,
        &[
            "Name",
            "ContactNumber",
            "AccountNumber",
            "ContactStatus",
            "FirstName",
            "LastName",
            "EmailAddress",
            "DefaultCurrency",
            "TaxNumber",
            "Addresses",
            "Phones",
            "BankAccountDetails",
            "Website",
        ],
    );
    let mut findings = Findings::default();
    at_most(&mut findings, &contact, "Name", 255);
    at_most(&mut findings, &contact, "ContactNumber", 50);
    if !matches!(json::text(&contact, "ContactStatus"), Some("ACTIVE" | "ARCHIVED")) {
        findings.add("ContactStatus must be ACTIVE or ARCHIVED.");
    }
    let id = json::text(&contact, "ContactID");
    let name = json::text(&contact, "Name").unwrap_or_default().to_owned();
    let namesake = organisation.table(&CONTACTS).by_key(&name);
    if name.is_empty() {
        findings.add("The contact name must be specified.");
    } else if namesake.is_some_and(|other| json::text(other, "ContactID") != id) {
        findings.add(format!("The contact name {name} is already assigned to another contact. The contact name must be unique across all active contacts."));
    }
    findings.done()?;
    let renamed = existing.is_some_and(|existing| json::text(existing, "Name") != Some(name.as_str()));
    let contact = organisation.put(&CONTACTS, contact, context.now);
    if renamed {
        rename(organisation, &contact);
    }
    Ok(contact)
}

fn fresh(context: &Context) -> Record {
    let mut contact = Record::new();
    set(&mut contact, "ContactID", context.new_id());
    set(&mut contact, "ContactStatus", "ACTIVE");
    set(&mut contact, "IsSupplier", false);
    set(&mut contact, "IsCustomer", false);
    contact
}

fn rename(organisation: &mut Organisation, contact: &Record) {
    let id = json::text(contact, "ContactID").unwrap_or_default();
    for resource in [&INVOICES, &CREDIT_NOTES] {
        let names = |row: &&Record| json::inner(row, "Contact", "ContactID") == Some(id);
        let mut rows: Vec<Record> = organisation.table(resource).rows().filter(names).cloned().collect();
        for row in &mut rows {
            set(row, "Contact", reference(contact));
        }
        rows.into_iter().for_each(|row| organisation.put_silently(resource, row));
    }
}

/// A contact as documents show it.
fn reference(contact: &Record) -> Record {
    let mut reference = Record::new();
    take(&mut reference, contact, &["ContactID", "Name"]);
    reference
}

/// The contact that a document names; one that is new by its name is made, as the service does.
///
/// # Errors
/// When none is named, or it is archived.
pub(super) fn of_document(
    organisation: &mut Organisation,
    context: &Context,
    body: &Record,
    resource: &Resource,
) -> Result<Record, Invalid> {
    let given = body.get("Contact").and_then(|contact| contact.as_object()).cloned().unwrap_or_default();
    let table = organisation.table(&CONTACTS);
    let by_id = json::text(&given, "ContactID").map(|id| table.find(id));
    let found = by_id.or_else(|| json::text(&given, "Name").map(|name| table.by_key(name)));
    match found {
        None => Err(Invalid::new("A Contact must be specified for this type of transaction.")),
        Some(None) if json::text(&given, "ContactID").is_some() => {
            Err(Invalid::new("The contact with this ContactID could not be found."))
        }
        Some(None) => save(organisation, context, &given, None).map(|contact| reference(&contact)),
        Some(Some(contact)) if json::text(contact, "ContactStatus") == Some("ARCHIVED") => {
            Err(Invalid::new(format!("The contact is archived and cannot be used in {}.", resource.name)))
        }
        Some(Some(contact)) => Ok(reference(contact)),
    }
}

/// Remembers that a contact buys or sells.
pub(super) fn mark(organisation: &mut Organisation, contact: &Record, context: &Context, sells_to: bool) {
    let field = if sells_to { "IsCustomer" } else { "IsSupplier" };
    let id = json::text(contact, "ContactID").unwrap_or_default();
    let known = organisation.find(&CONTACTS, id).filter(|contact| json::flag(contact, field) != Some(true)).cloned();
    if let Some(mut contact) = known {
        set(&mut contact, field, true);
        organisation.put(&CONTACTS, contact, context.now);
    }
}

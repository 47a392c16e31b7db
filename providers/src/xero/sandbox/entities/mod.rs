//! The resources of the accounting API: what identifies a record of each, what may be asked of it, how it is saved.
//!
//! Rule: a rule of the service stands in exactly one file here, and pages, commands and the API all go through it.

mod account;
mod contact;
mod document;
mod item;
mod journal;
mod payment;
mod plain;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

pub(crate) use account::{class_of, is_bank, is_inventory, system as system_account};
pub(crate) use document::allocate;
pub(crate) use item::view as view_item;

use super::{
    json::{self, Record},
    problem::Invalid,
    store::Organisation,
};

/// What is known of a write beside the record itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context {
    /// The moment.
    pub(crate) now: DateTime<Utc>,
    /// Today, where the organisation is.
    pub(crate) today: NaiveDate,
    /// Decimals kept of unit amounts: two, or four where the call asks for them (reference 2).
    pub(crate) unit_decimals: u32,
    /// Whether stock may go below zero (reference 3.1).
    pub(crate) allow_backorders: bool,
    /// The id of a record that is new; any one if `None`.
    pub(crate) id: Option<Uuid>,
}

impl Context {
    /// The id of a record that is new.
    pub(crate) fn new_id(&self) -> String {
        self.id.unwrap_or_else(Uuid::new_v4).to_string()
    }
}

/// Saves a record: checks every rule, changes the organisation. The second record is what it is in place of.
pub(crate) type Save = fn(&mut Organisation, &Context, &Record, Option<&Record>) -> Result<Record, Invalid>;

/// Takes a record out.
pub(crate) type Delete = fn(&mut Organisation, &Context, &Record) -> Result<(), Invalid>;

/// A resource.
#[derive(Debug)]
pub(crate) struct Resource {
    /// Its name in paths and bodies, for example `Invoices`.
    pub(crate) name: &'static str,
    /// The field with the id.
    pub(crate) id: &'static str,
    /// The field by which people tell records apart.
    pub(crate) key: Option<&'static str>,
    /// Whether lists come in pages (reference 2.1).
    pub(crate) paged: bool,
    /// What lists leave out when no page is asked for.
    pub(crate) summary_without: &'static [&'static str],
    /// Fields that a filter may name beside those of this list's records.
    pub(crate) fields: &'static [&'static str],
    /// Whether `PUT` creates (reference 2).
    pub(crate) creates: bool,
    /// The most elements of one write, where there is a limit (reference 2.2).
    pub(crate) elements_max: usize,
    /// How it is saved, where it can be.
    pub(crate) save: Option<Save>,
    /// How it is taken out by `DELETE`, where it can be.
    pub(crate) delete: Option<Delete>,
}

const BASE: Resource = Resource {
    name: "",
    id: "",
    key: None,
    paged: false,
    summary_without: &[],
    fields: &[],
    creates: true,
    elements_max: 500,
    save: None,
    delete: None,
};

/// The organisation itself.
pub(crate) static ORGANISATION: Resource = Resource { name: "Organisation", id: "OrganisationID", ..BASE };
/// Items (reference 3.1).
pub(crate) static ITEMS: Resource = Resource {
    name: "Items",
    id: "ItemID",
    key: Some("Code"),
    fields: &[
        "Name",
        "Description",
        "PurchaseDescription",
        "IsSold",
        "IsPurchased",
        "IsTrackedAsInventory",
        "QuantityOnHand",
        "TotalCostPool",
        "InventoryAssetAccountCode",
        "SalesDetails",
        "PurchaseDetails",
    ],
    save: Some(item::save),
    delete: Some(item::delete),
    ..BASE
};
/// Accounts (reference 3.2).
pub(crate) static ACCOUNTS: Resource = Resource {
    name: "Accounts",
    id: "AccountID",
    key: Some("Code"),
    fields: &[
        "Name",
        "Type",
        "Class",
        "Status",
        "TaxType",
        "Description",
        "SystemAccount",
        "EnablePaymentsToAccount",
        "CurrencyCode",
        "BankAccountNumber",
    ],
    elements_max: 1,
    save: Some(account::save),
    delete: Some(account::delete),
    ..BASE
};
/// Contacts (reference 3.6).
pub(crate) static CONTACTS: Resource = Resource {
    name: "Contacts",
    id: "ContactID",
    key: Some("Name"),
    paged: true,
    fields: &[
        "ContactNumber",
        "AccountNumber",
        "ContactStatus",
        "FirstName",
        "LastName",
        "EmailAddress",
        "IsSupplier",
        "IsCustomer",
        "DefaultCurrency",
    ],
    save: Some(contact::save),
    ..BASE
};
/// Invoices and bills (reference 3.4).
pub(crate) static INVOICES: Resource = Resource {
    name: "Invoices",
    id: "InvoiceID",
    key: Some("InvoiceNumber"),
    paged: true,
    summary_without: &["LineItems"],
    fields: &[
        "Type",
        "Status",
        "Date",
        "DueDate",
        "Reference",
        "Contact",
        "CurrencyCode",
        "CurrencyRate",
        "SubTotal",
        "TotalTax",
        "Total",
        "AmountDue",
        "AmountPaid",
        "AmountCredited",
        "FullyPaidOnDate",
        "LineAmountTypes",
    ],
    save: Some(document::save_invoice),
    ..BASE
};
/// Credit notes (reference 3.5).
pub(crate) static CREDIT_NOTES: Resource = Resource {
    name: "CreditNotes",
    id: "CreditNoteID",
    key: Some("CreditNoteNumber"),
    paged: true,
    summary_without: &["LineItems"],
    fields: &[
        "Type",
        "Status",
        "Date",
        "DueDate",
        "Reference",
        "Contact",
        "CurrencyCode",
        "CurrencyRate",
        "SubTotal",
        "TotalTax",
        "Total",
        "RemainingCredit",
        "LineAmountTypes",
    ],
    save: Some(document::save_credit_note),
    ..BASE
};
/// Payments (reference 3.6).
pub(crate) static PAYMENTS: Resource = Resource {
    name: "Payments",
    id: "PaymentID",
    paged: true,
    fields: &["Status", "Date", "Amount", "Reference", "PaymentType", "Invoice", "Account"],
    save: Some(payment::save),
    ..BASE
};
/// Manual journals (reference 3.3).
pub(crate) static MANUAL_JOURNALS: Resource = Resource {
    name: "ManualJournals",
    id: "ManualJournalID",
    paged: true,
    summary_without: &["JournalLines"],
    fields: &["Narration", "Date", "Status", "LineAmountTypes", "ShowOnCashBasisReports"],
    save: Some(journal::save),
    ..BASE
};
/// Tax rates.
pub(crate) static TAX_RATES: Resource = Resource {
    name: "TaxRates",
    id: "TaxType",
    key: Some("Name"),
    fields: &["Status", "EffectiveRate", "DisplayTaxRate", "ReportTaxType"],
    elements_max: 1,
    ..BASE
};
/// Tracking categories.
pub(crate) static TRACKING_CATEGORIES: Resource =
    Resource { name: "TrackingCategories", id: "TrackingCategoryID", key: Some("Name"), fields: &["Status"], ..BASE };
/// Currencies.
pub(crate) static CURRENCIES: Resource =
    Resource { name: "Currencies", id: "Code", fields: &["Description"], save: Some(plain::save_currency), ..BASE };

/// All of them.
pub(crate) static RESOURCES: &[&Resource] = &[
    &ORGANISATION,
    &ITEMS,
    &ACCOUNTS,
    &CONTACTS,
    &INVOICES,
    &CREDIT_NOTES,
    &PAYMENTS,
    &MANUAL_JOURNALS,
    &TAX_RATES,
    &TRACKING_CATEGORIES,
    &CURRENCIES,
];

/// The resource of this name, in any case; `Organisations` is also `Organisation`.
pub(crate) fn find(name: &str) -> Option<&'static Resource> {
    let name = if name.eq_ignore_ascii_case("Organisations") { "Organisation" } else { name };
    RESOURCES.iter().copied().find(|resource| resource.name.eq_ignore_ascii_case(name))
}

impl Resource {
    /// The name of the array in bodies.
    pub(crate) fn array(&self) -> &'static str {
        if self.name == "Organisation" { "Organisations" } else { self.name }
    }

    /// The natural key of a record, in lower case; none for one that is out of use, whose name is free again.
    pub(crate) fn key_of(&self, record: &Record) -> Option<String> {
        let sold = json::text(record, "Type") != Some("ACCPAY");
        let status = json::text(record, "Status").or_else(|| json::text(record, "ContactStatus"));
        let free = matches!(status, Some("DELETED")) || (self.name == "Invoices" && !sold);
        json::text(record, self.key?).filter(|_| !free).map(str::to_lowercase)
    }

    /// Saves a record.
    ///
    /// # Errors
    /// Every rule that it breaks.
    pub(crate) fn save(
        &self,
        organisation: &mut Organisation,
        context: &Context,
        body: &Record,
        existing: Option<&Record>,
    ) -> Result<Record, Invalid> {
        match self.save {
            Some(save) => save(organisation, context, body, existing),
            None => Err(Invalid::new(format!("{} cannot be written through this sandbox", self.name))),
        }
    }
}

/// Checks the length of a text field.
fn at_most(findings: &mut super::problem::Findings, record: &Record, field: &str, max: usize) {
    if json::text(record, field).is_some_and(|text| text.chars().count() > max) {
        findings.add(format!("The field {field} must be at most {max} characters long."));
    }
}

/// Refuses a date on or before the lock date (reference 3.6).
fn check_lock(organisation: &Organisation, date: NaiveDate) -> Result<(), Invalid> {
    match organisation.locked_until() {
        Some(locked) if date <= locked => {
            let first = locked.succ_opt().unwrap_or(locked).format("%-d %B %Y");
            Err(Invalid::new(format!(
                "The document date cannot be before {first}: the period up to {} is locked.",
                locked.format("%-d %B %Y")
            )))
        }
        _ => Ok(()),
    }
}

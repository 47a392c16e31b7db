//! JSON of the Accounting API as it comes, borrowed from the answer (§2, §3).
//!
//! Rule: fields stay raw text until [`super::convert`] decides what they mean; what is not used is not read.

use serde::Deserialize;

use super::{error::malformed, scalar::Scalar};
use crate::{error::ProviderError, transport::Reply};

/// JSON of the expected shape.
///
/// # Errors
/// `Malformed`, with the place where the parser stopped.
pub(super) fn read<'a, T: Deserialize<'a>>(reply: &'a Reply) -> Result<T, ProviderError> {
    serde_json::from_slice(&reply.bytes).map_err(|error| malformed(&format!("the answer cannot be read: {error}")))
}

/// The envelope of a collection (§2): one array under the collection's own name.
#[derive(Debug, Deserialize)]
pub(super) struct Envelope<'a, T> {
    #[serde(
        alias = "Items",
        alias = "Accounts",
        alias = "Contacts",
        alias = "Invoices",
        alias = "CreditNotes",
        alias = "ManualJournals",
        alias = "Organisations",
        alias = "Currencies",
        bound(deserialize = "T: Deserialize<'de>")
    )]
    pub(super) records: Vec<T>,
    #[serde(borrow, default)]
    pub(super) pagination: Option<Pagination<'a>>,
}

/// Where a page stands among all (§2).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Pagination<'a> {
    #[serde(borrow)]
    pub(super) page: Scalar<'a>,
    #[serde(borrow)]
    pub(super) page_count: Scalar<'a>,
}

/// An item (§3.1).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Item<'a> {
    #[serde(borrow, rename = "ItemID")]
    pub(super) id: Scalar<'a>,
    #[serde(borrow)]
    pub(super) code: Scalar<'a>,
    #[serde(borrow)]
    pub(super) name: Scalar<'a>,
    #[serde(borrow)]
    pub(super) description: Scalar<'a>,
    #[serde(borrow)]
    pub(super) sales_details: Option<Details<'a>>,
    #[serde(borrow)]
    pub(super) purchase_details: Option<Details<'a>>,
    #[serde(borrow)]
    pub(super) inventory_asset_account_code: Scalar<'a>,
    #[serde(borrow)]
    pub(super) is_tracked_as_inventory: Scalar<'a>,
    #[serde(borrow)]
    pub(super) quantity_on_hand: Scalar<'a>,
    #[serde(borrow)]
    pub(super) total_cost_pool: Scalar<'a>,
    #[serde(borrow, rename = "UpdatedDateUTC")]
    pub(super) updated: Scalar<'a>,
}

/// How an item is sold or bought (§3.1).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Details<'a> {
    #[serde(borrow)]
    pub(super) unit_price: Scalar<'a>,
    #[serde(borrow)]
    pub(super) account_code: Scalar<'a>,
    #[serde(borrow, rename = "COGSAccountCode")]
    pub(super) cogs_account_code: Scalar<'a>,
}

/// An account (§3.2).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Account<'a> {
    #[serde(borrow, rename = "AccountID")]
    pub(super) id: Scalar<'a>,
    #[serde(borrow)]
    pub(super) code: Scalar<'a>,
    #[serde(borrow)]
    pub(super) name: Scalar<'a>,
    #[serde(borrow, rename = "Type")]
    pub(super) kind: Scalar<'a>,
    #[serde(borrow)]
    pub(super) class: Scalar<'a>,
    #[serde(borrow)]
    pub(super) status: Scalar<'a>,
    #[serde(borrow)]
    pub(super) system_account: Scalar<'a>,
    #[serde(borrow)]
    pub(super) currency_code: Scalar<'a>,
    #[serde(borrow, rename = "UpdatedDateUTC")]
    pub(super) updated: Scalar<'a>,
}

/// A contact (§3.6); as part of a document only id and name are read.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Contact<'a> {
    #[serde(borrow, rename = "ContactID")]
    pub(super) id: Scalar<'a>,
    #[serde(borrow)]
    pub(super) name: Scalar<'a>,
    #[serde(borrow)]
    pub(super) contact_status: Scalar<'a>,
    #[serde(borrow)]
    pub(super) email_address: Scalar<'a>,
    #[serde(borrow)]
    pub(super) phones: Option<Vec<Phone<'a>>>,
    #[serde(borrow)]
    pub(super) default_currency: Scalar<'a>,
    #[serde(borrow)]
    pub(super) is_supplier: Scalar<'a>,
    #[serde(borrow)]
    pub(super) is_customer: Scalar<'a>,
    #[serde(borrow, rename = "UpdatedDateUTC")]
    pub(super) updated: Scalar<'a>,
}

/// A phone number in its parts; the reference is silent, the names are those of the public description (from memory).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Phone<'a> {
    #[serde(borrow)]
    pub(super) phone_number: Scalar<'a>,
    #[serde(borrow)]
    pub(super) phone_area_code: Scalar<'a>,
    #[serde(borrow)]
    pub(super) phone_country_code: Scalar<'a>,
}

/// An invoice or a credit note: the same shape, the id and the number under names of their own (§3.4, §3.5).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Sale<'a> {
    #[serde(borrow, rename = "InvoiceID", alias = "CreditNoteID")]
    pub(super) id: Scalar<'a>,
    #[serde(borrow, rename = "InvoiceNumber", alias = "CreditNoteNumber")]
    pub(super) number: Scalar<'a>,
    #[serde(borrow, rename = "Type")]
    pub(super) kind: Scalar<'a>,
    #[serde(borrow)]
    pub(super) status: Scalar<'a>,
    #[serde(borrow)]
    pub(super) reference: Scalar<'a>,
    #[serde(borrow)]
    pub(super) contact: Option<Contact<'a>>,
    #[serde(borrow)]
    pub(super) date: Scalar<'a>,
    #[serde(borrow)]
    pub(super) date_string: Scalar<'a>,
    #[serde(borrow)]
    pub(super) line_amount_types: Scalar<'a>,
    #[serde(borrow)]
    pub(super) currency_code: Scalar<'a>,
    #[serde(borrow)]
    pub(super) currency_rate: Scalar<'a>,
    #[serde(borrow)]
    pub(super) line_items: Option<Vec<SaleLine<'a>>>,
    #[serde(borrow)]
    pub(super) total_tax: Scalar<'a>,
    #[serde(borrow)]
    pub(super) total: Scalar<'a>,
    #[serde(borrow)]
    pub(super) allocations: Option<Vec<Allocation<'a>>>,
    #[serde(borrow, rename = "UpdatedDateUTC")]
    pub(super) updated: Scalar<'a>,
}

/// A line of an invoice or a credit note (§3.4).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct SaleLine<'a> {
    #[serde(borrow, rename = "LineItemID")]
    pub(super) id: Scalar<'a>,
    #[serde(borrow)]
    pub(super) description: Scalar<'a>,
    #[serde(borrow)]
    pub(super) quantity: Scalar<'a>,
    #[serde(borrow)]
    pub(super) unit_amount: Scalar<'a>,
    #[serde(borrow)]
    pub(super) line_amount: Scalar<'a>,
    #[serde(borrow)]
    pub(super) item_code: Scalar<'a>,
    #[serde(borrow)]
    pub(super) account_code: Scalar<'a>,
    /// Beside its code, in newer answers (from memory).
    #[serde(borrow, rename = "AccountID")]
    pub(super) account_id: Scalar<'a>,
    /// The item itself, which newer answers repeat beside its code (from memory).
    #[serde(borrow)]
    pub(super) item: Option<LineItem<'a>>,
    #[serde(borrow)]
    pub(super) tax_type: Scalar<'a>,
    #[serde(borrow)]
    pub(super) tax_amount: Scalar<'a>,
    #[serde(borrow)]
    pub(super) discount_rate: Scalar<'a>,
    #[serde(borrow)]
    pub(super) discount_amount: Scalar<'a>,
}

/// An item as a line repeats it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct LineItem<'a> {
    #[serde(borrow, default, rename = "ItemID")]
    pub(super) id: Scalar<'a>,
}

/// What a credit note takes back (§3.5).
#[derive(Debug, Default, Deserialize)]
pub(super) struct Allocation<'a> {
    #[serde(borrow, default, rename = "Invoice")]
    pub(super) invoice: Option<AllocatedInvoice<'a>>,
}

/// The invoice of an allocation (§3.5).
#[derive(Debug, Default, Deserialize)]
pub(super) struct AllocatedInvoice<'a> {
    #[serde(borrow, default, rename = "InvoiceID")]
    pub(super) id: Scalar<'a>,
}

/// A manual journal (§3.3), and what was wrong with it in the answer to a write (§2.2).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ManualJournal<'a> {
    #[serde(borrow, rename = "ManualJournalID")]
    pub(super) id: Scalar<'a>,
    #[serde(borrow)]
    pub(super) narration: Scalar<'a>,
    #[serde(borrow)]
    pub(super) date: Scalar<'a>,
    #[serde(borrow)]
    pub(super) status: Scalar<'a>,
    #[serde(borrow)]
    pub(super) journal_lines: Option<Vec<JournalLine<'a>>>,
    #[serde(borrow, rename = "UpdatedDateUTC")]
    pub(super) updated: Scalar<'a>,
}

/// A line of a manual journal (§3.3).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct JournalLine<'a> {
    #[serde(borrow)]
    pub(super) line_amount: Scalar<'a>,
    #[serde(borrow, rename = "AccountID")]
    pub(super) account_id: Scalar<'a>,
    #[serde(borrow)]
    pub(super) account_code: Scalar<'a>,
    #[serde(borrow)]
    pub(super) description: Scalar<'a>,
}

/// The organisation (§3.6).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Organisation<'a> {
    #[serde(borrow)]
    pub(super) name: Scalar<'a>,
    #[serde(borrow)]
    pub(super) legal_name: Scalar<'a>,
    #[serde(borrow)]
    pub(super) base_currency: Scalar<'a>,
    #[serde(borrow)]
    pub(super) country_code: Scalar<'a>,
    #[serde(borrow)]
    pub(super) timezone: Scalar<'a>,
    #[serde(borrow)]
    pub(super) period_lock_date: Scalar<'a>,
    #[serde(borrow)]
    pub(super) end_of_year_lock_date: Scalar<'a>,
    #[serde(borrow)]
    pub(super) class: Scalar<'a>,
}

/// A currency that the organisation uses (§3.6).
#[derive(Debug, Default, Deserialize)]
pub(super) struct Currency<'a> {
    #[serde(borrow, default, rename = "Code")]
    pub(super) code: Scalar<'a>,
}

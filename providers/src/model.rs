//! Neutral facts read from a provider: what every accounting system calls by other names, under one name.
//!
//! Rule: numbers are exact decimals, external ids are opaque strings, and a record that cannot be used is never
//! dropped: it travels as [`Unusable`] with the reason.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

/// Kind of an item, in the words all providers share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ItemKind {
    /// Stock that the accounting system counts.
    Inventory,
    /// Bought or sold, not counted.
    NonInventory,
    /// Work or fees.
    Service,
    /// Several items sold as one (a provider may call it a group).
    Bundle,
    /// A heading for other items; never stock.
    Category,
    /// A kind this gateway does not know.
    Other,
}

/// Kind of a sales document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SalesDocumentKind {
    /// Sold, to be paid later.
    Invoice,
    /// Sold and paid at once.
    SalesReceipt,
    /// A customer's credit.
    CreditMemo,
    /// Money given back.
    Refund,
}

/// An item as the provider has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteItem {
    /// The provider's id.
    pub external_id: String,
    /// The provider's version of the record, where it has one.
    pub version: Option<String>,
    /// Kind.
    pub kind: ItemKind,
    /// Name within its category.
    pub name: String,
    /// Name with its categories, joined by `:`.
    pub full_name: String,
    /// Stock keeping unit.
    pub sku: Option<String>,
    /// Sales description.
    pub description: Option<String>,
    /// Whether the item may be used in new documents.
    pub active: bool,
    /// Selling price per unit, home currency.
    pub unit_price: Option<Decimal>,
    /// Purchase cost per unit, home currency.
    pub purchase_cost: Option<Decimal>,
    /// Quantity on hand; `None` where the provider does not count it.
    pub quantity_on_hand: Option<Decimal>,
    /// External id of the income account.
    pub income_account: Option<String>,
    /// External id of the expense (cost) account.
    pub expense_account: Option<String>,
    /// External id of the inventory asset account.
    pub asset_account: Option<String>,
    /// External id of the parent category.
    pub parent: Option<String>,
    /// When the provider last changed it.
    pub updated_at: Option<DateTime<Utc>>,
}

/// The five classes of double-entry accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountClass {
    /// What the company owns.
    Asset,
    /// What it owes.
    Liability,
    /// The owners' share.
    Equity,
    /// Income.
    Revenue,
    /// Costs.
    Expense,
    /// Not part of the books (for example estimates).
    NonPosting,
}

/// An account of the chart of accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteAccount {
    /// The provider's id.
    pub external_id: String,
    /// The provider's version of the record, where it has one.
    pub version: Option<String>,
    /// Account number, where the company uses them.
    pub number: Option<String>,
    /// Name with its parents, joined by `:`.
    pub name: String,
    /// The provider's own type, as it spells it.
    pub kind: String,
    /// The provider's own sub-type, where it has one.
    pub sub_kind: Option<String>,
    /// Class.
    pub class: AccountClass,
    /// Whether it may be used in new documents.
    pub active: bool,
    /// Currency code, where the account has its own.
    pub currency: Option<String>,
    /// When the provider last changed it.
    pub updated_at: Option<DateTime<Utc>>,
}

/// A vendor or supplier contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteSupplier {
    /// The provider's id.
    pub external_id: String,
    /// The provider's version of the record, where it has one.
    pub version: Option<String>,
    /// Display name.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Phone number, free form.
    pub phone: Option<String>,
    /// Currency code, where set.
    pub currency: Option<String>,
    /// Whether it may be used in new documents.
    pub active: bool,
    /// When the provider last changed it.
    pub updated_at: Option<DateTime<Utc>>,
}

/// The company behind a connection, with the settings that decide what the gateway may do there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteCompany {
    /// The provider's company id (realm, tenant).
    pub external_id: String,
    /// Company name.
    pub name: String,
    /// ISO 3166 country code or name, as the provider gives it.
    pub country: Option<String>,
    /// The provider's edition or plan, as it names it.
    pub edition: Option<String>,
    /// Home currency, ISO 4217.
    pub home_currency: Option<String>,
    /// Whether documents may be in other currencies.
    pub multicurrency: bool,
    /// Whether the company counts stock in the provider.
    pub inventory_enabled: bool,
    /// The last day of the closed books.
    pub book_close_date: Option<NaiveDate>,
    /// IANA time zone of the company.
    pub time_zone: Option<String>,
}

/// A company that a consent covers, to pick from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyChoice {
    /// The provider's company id.
    pub external_id: String,
    /// Company name, where the provider tells it with the consent.
    pub name: Option<String>,
}

/// What can be listed page by page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Collection {
    /// Items of all kinds, active and inactive.
    Items,
    /// The chart of accounts, active and inactive.
    Accounts,
    /// Vendors, active and inactive.
    Suppliers,
}

/// Where a page begins, in the provider's own words; opaque above this crate, storable as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageCursor(pub String);

/// How a collection can be read: the cursors known up front may be fetched in parallel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Number of records, where the provider tells.
    pub total: Option<u64>,
    /// Cursors of the pages known now, in order; never empty (a first page always exists).
    pub cursors: Vec<PageCursor>,
}

/// One page of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// Records that could be read.
    pub records: Vec<T>,
    /// Records that could not, each with its reason.
    pub unusable: Vec<Unusable>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<PageCursor>,
}

/// A record that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusable {
    /// The provider's id, where it has one.
    pub external_id: Option<String>,
    /// What to call it when talking to people: its name, else its id, else its place on the page.
    pub label: String,
    /// Kind of item, where it is an item and the kind is known.
    pub kind: Option<ItemKind>,
    /// Why.
    pub reason: UnusableReason,
    /// A sentence that names the field and the value.
    pub detail: String,
}

/// Why a record cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnusableReason {
    /// It has no id.
    MissingId,
    /// It has no name.
    MissingName,
    /// A number has more decimals, or is larger, than can be kept exactly.
    InexactNumber,
    /// A field has a value that cannot be read.
    InvalidField,
}

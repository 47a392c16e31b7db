//! Items, accounts and suppliers, as every accounting system has them, under one name.

use chrono::{DateTime, Utc};
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

/// An item as the provider has it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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

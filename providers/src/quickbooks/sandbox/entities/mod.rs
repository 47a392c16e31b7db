//! The entities the sandbox keeps: a table of properties for each, and the rules that need code.
//!
//! Rule: everything else finds an entity here by its name; a new one is its file and its line in [`ENTITIES`].

mod account;
mod account_type;
mod bill;
mod clean;
mod company_info;
mod contact;
mod customer;
pub(crate) mod derive;
mod draft;
pub(crate) mod field;
pub(crate) mod inventory_adjustment;
mod item;
mod journal_entry;
mod naming;
mod sale;
pub(crate) mod transaction;
mod vendor;

pub(crate) use draft::{Draft, current, draft, make, object_id};
use field::Field;

use super::faults::Fault;

/// All entities.
pub(crate) static ENTITIES: &[&EntityType] = &[
    &item::ITEM,
    &account::ACCOUNT,
    &vendor::VENDOR,
    &customer::CUSTOMER,
    &sale::INVOICE,
    &sale::SALES_RECEIPT,
    &sale::CREDIT_MEMO,
    &sale::REFUND_RECEIPT,
    &journal_entry::JOURNAL_ENTRY,
    &inventory_adjustment::INVENTORY_ADJUSTMENT,
    &bill::BILL,
    &company_info::COMPANY_INFO,
    &company_info::PREFERENCES_TYPE,
];

/// One entity of the service.
#[derive(Debug)]
pub(crate) struct EntityType {
    /// Its name, as it stands in answers; paths and queries use it in any case.
    pub(crate) name: &'static str,
    /// Its properties.
    pub(crate) fields: &'static [Field],
    /// The property that holds its name, where names are unique.
    pub(crate) name_field: Option<&'static str>,
    /// Queries that do not speak of `Active` see active rows only (reference 6).
    pub(crate) lists_active_only: bool,
    /// Writable properties that a full update leaves alone when they are not sent.
    pub(crate) kept: &'static [&'static str],
    /// The rules that need code.
    pub(crate) check: fn(&mut Draft<'_>) -> Result<(), Fault>,
}

impl EntityType {
    /// Whether it can be voided (reference 7.4).
    pub(crate) fn is_sale(&self) -> bool {
        sale::KINDS.contains(&self.name)
    }

    /// Whether it is a transaction: numbered together with all others, deleted, never inactive.
    pub(crate) fn is_transaction(&self) -> bool {
        transaction::TRANSACTIONS.contains(&self.name)
    }
}

/// The same sales transaction with nothing in it.
pub(crate) use sale::voided;

/// The entity of this name, whatever the case.
pub(crate) fn find(name: &str) -> Option<&'static EntityType> {
    ENTITIES.iter().copied().find(|entity| entity.name.eq_ignore_ascii_case(name))
}

//! Books in a folder: journal entries as plain-text accounting, items and accounts from CSV files, no service behind it.
//!
//! Rule: whatever is in the folder belongs to the operator. It is read as it is found, an entry is added whole or not at
//! all, and nothing that somebody else wrote is changed.
//!
#![doc = include_str!("docs.md")]

mod account;
mod company;
mod config;
mod entry;
mod fixture;
mod folder;
mod item;
mod ledger_name;
mod observe;
mod parse;
mod post;
mod provider;
mod render;
mod table;
#[cfg(test)]
mod tests;
mod trouble;

use crate::{
    capability::{Authorization, Capability},
    model::{ItemKind, ReportDates},
    registry::ProviderEntry,
};

/// The registry entry. The limits are a disk's, not a vendor's: they keep one company from starving the others.
pub static ENTRY: ProviderEntry = ProviderEntry {
    id: "books-file",
    name: "Books in files",
    capability: Capability {
        authorization: Authorization::Configured,
        inventory_adjustments: false,
        journal_entries: true,
        journal_drafts: false,
        change_feed: false,
        webhooks: false,
        account_balances: ReportDates::AnyDay,
        item_valuation: ReportDates::None,
        ledger_lines: true,
        deep_links: false,
        suppliers: false,
        multiple_companies: false,
        bills: false,
        item_kinds: &[ItemKind::Inventory, ItemKind::NonInventory, ItemKind::Service],
        sales_documents: &[],
        page_size_max: 1000,
        requests_per_minute: 60_000,
        requests_per_second: None,
        concurrent_requests: 4,
        write_idempotency: true,
    },
    build: provider::build,
    sandbox: None,
    fixture: Some(fixture::set_up),
};

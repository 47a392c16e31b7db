//! QuickBooks Online: the Accounting API v3 behind the neutral trait.
//!
//! Rule: nothing outside this folder knows QuickBooks' words; facts come from the QBO reference, cited by section (§).
//!
#![doc = include_str!("docs.md")]

mod bills;
mod callback;
mod changes;
mod convert;
mod endpoints;
mod entity;
mod error;
mod links;
mod page;
mod place;
mod posting;
mod provider;
mod reading;
mod record;
mod reports;
mod request;
mod sales;
pub mod sandbox;
#[cfg(test)]
mod tests;
mod walk;
mod webhook;
mod wire;

use crate::{
    capability::{Authorization, Capability},
    model::{ItemKind, ReportDates, SalesDocumentKind},
    registry::ProviderEntry,
};

/// The registry entry. Limits: §6 (page size), §13 (rates).
pub static ENTRY: ProviderEntry = ProviderEntry {
    id: "quickbooks",
    name: "QuickBooks Online",
    capability: Capability {
        authorization: Authorization::Consent,
        inventory_adjustments: true,
        journal_entries: true,
        journal_drafts: false,
        change_feed: true,
        webhooks: true,
        account_balances: ReportDates::AnyDay,
        item_valuation: ReportDates::AnyDay,
        ledger_lines: true,
        deep_links: true,
        suppliers: true,
        multiple_companies: false,
        bills: true,
        item_kinds: &[
            ItemKind::Inventory,
            ItemKind::NonInventory,
            ItemKind::Service,
            ItemKind::Bundle,
            ItemKind::Category,
        ],
        sales_documents: &[
            SalesDocumentKind::Invoice,
            SalesDocumentKind::SalesReceipt,
            SalesDocumentKind::CreditMemo,
            SalesDocumentKind::Refund,
        ],
        page_size_max: 1000,
        requests_per_minute: 500,
        requests_per_second: Some(10),
        concurrent_requests: 10,
        write_idempotency: true,
    },
    build: provider::build,
    sandbox: Some(|options| Box::pin(sandbox::start(options))),
    fixture: None,
};

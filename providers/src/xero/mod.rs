//! Xero: the Accounting API 2.0 behind the neutral trait.
//!
//! Rule: nothing outside this folder knows Xero's words; facts come from the Xero reference, cited by section (§).
//!
#![doc = include_str!("docs.md")]

mod callback;
mod changes;
mod convert;
mod endpoints;
mod error;
mod keys;
mod ledger;
mod links;
mod lookup;
mod page;
mod posting;
mod provider;
mod reading;
mod request;
mod revocation;
mod sales;
pub mod sandbox;
mod scalar;
mod tenants;
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

/// The registry entry. Limits: §2.1 (page size), §2.5 (rates). The day's limit has no figure here: it depends on the
/// app's tier, and the service says when it is reached. A repeated write is recognised for six minutes only (§2.3), which
/// is not enough to be called idempotent.
pub static ENTRY: ProviderEntry = ProviderEntry {
    id: "xero",
    name: "Xero",
    capability: Capability {
        authorization: Authorization::Consent,
        inventory_adjustments: false,
        journal_entries: true,
        journal_drafts: true,
        change_feed: true,
        webhooks: true,
        account_balances: ReportDates::AnyDay,
        item_valuation: ReportDates::Now,
        ledger_lines: true,
        deep_links: true,
        suppliers: true,
        multiple_companies: true,
        bills: false,
        item_kinds: &[ItemKind::Inventory, ItemKind::NonInventory],
        sales_documents: &[SalesDocumentKind::Invoice, SalesDocumentKind::CreditMemo],
        page_size_max: 1000,
        requests_per_minute: 60,
        requests_per_second: None,
        concurrent_requests: 5,
        write_idempotency: false,
    },
    build: provider::build,
    sandbox: Some(|options| Box::pin(sandbox::start(options))),
    fixture: None,
};

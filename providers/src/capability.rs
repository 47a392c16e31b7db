//! What a provider can do, as plain data that the API shows and the conformance tests hold it to.
//!
//! Rule: a `false` flag means the matching call answers `ErrorKind::Unsupported`; a `true` flag means it works.

use crate::model::{ItemKind, ReportDates, SalesDocumentKind};

/// How a company is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authorization {
    /// The user gives consent at the provider, over OAuth 2.
    Consent,
    /// The operator's configuration says where the company is; nobody is asked.
    Configured,
}

/// Abilities and limits of one provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capability {
    /// How a company is connected.
    pub authorization: Authorization,
    /// Quantities of items can be changed by an inventory adjustment (needed for sync mode).
    pub inventory_adjustments: bool,
    /// Journal entries can be posted (needed for self-managed mode).
    pub journal_entries: bool,
    /// Journal entries can be left as drafts for a person to post.
    pub journal_drafts: bool,
    /// Changes, deletions included, can be asked for since a moment.
    pub change_feed: bool,
    /// The provider announces changes by itself.
    pub webhooks: bool,
    /// For which dates balances of accounts can be had.
    pub account_balances: ReportDates,
    /// For which dates quantity and value of items can be had.
    pub item_valuation: ReportDates,
    /// The lines of accounts can be listed for any span of days, with the documents behind them.
    pub ledger_lines: bool,
    /// A person can be led to a document in the provider's own pages.
    pub deep_links: bool,
    /// Vendors or supplier contacts can be listed.
    pub suppliers: bool,
    /// One consent can cover several companies, so the user must pick one.
    pub multiple_companies: bool,
    /// Suppliers' bills can be read, by themselves and among the changes.
    pub bills: bool,
    /// Kinds of item that the provider knows.
    pub item_kinds: &'static [ItemKind],
    /// Kinds of sales document that can be read.
    pub sales_documents: &'static [SalesDocumentKind],
    /// Largest page the provider answers, in records.
    pub page_size_max: u32,
    /// Requests allowed per minute and company.
    pub requests_per_minute: u32,
    /// Requests allowed per second and company, where the provider has such a limit.
    pub requests_per_second: Option<u32>,
    /// Requests that may be under way at once for one company.
    pub concurrent_requests: u32,
    /// A repeated write with the same request id is not carried out twice.
    pub write_idempotency: bool,
}

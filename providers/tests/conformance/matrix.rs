//! The matrix of abilities in `docs/PROVIDERS.md`, held to what the registry says.
//!
//! Rule: the table is written by this file (`UPDATE_DOCS=1`), the rest of the page by people.

use std::{fs, path::PathBuf};

use libtest_mimic::Failed;
use providers::{
    capability::{Authorization, Capability},
    model::{ItemKind, ReportDates, SalesDocumentKind},
    registry::PROVIDERS,
};

const BEGIN: &str = "<!-- capability matrix: begin -->";
const END: &str = "<!-- capability matrix: end -->";

/// A row: what it is called, and what each provider has there.
type Row = (&'static str, fn(&Capability) -> String);

const ROWS: &[Row] = &[
    ("`authorization`", |able| match able.authorization {
        Authorization::Consent => "consent (OAuth 2)".to_owned(),
        Authorization::Configured => "configuration".to_owned(),
    }),
    ("`multiple_companies`", |able| yes(able.multiple_companies)),
    ("`item_kinds`", |able| list(able.item_kinds.iter().map(item_kind))),
    ("`suppliers`", |able| yes(able.suppliers)),
    ("`sales_documents`", |able| list(able.sales_documents.iter().map(sales_document))),
    ("`bills`", |able| yes(able.bills)),
    ("`change_feed`", |able| yes(able.change_feed)),
    ("`webhooks`", |able| yes(able.webhooks)),
    ("`inventory_adjustments`", |able| yes(able.inventory_adjustments)),
    ("`journal_entries`", |able| yes(able.journal_entries)),
    ("`journal_drafts`", |able| yes(able.journal_drafts)),
    ("`write_idempotency`", |able| yes(able.write_idempotency)),
    ("`account_balances`", |able| dates(able.account_balances)),
    ("`item_valuation`", |able| dates(able.item_valuation)),
    ("`ledger_lines`", |able| yes(able.ledger_lines)),
    ("`deep_links`", |able| yes(able.deep_links)),
    ("`page_size_max`", |able| able.page_size_max.to_string()),
    ("`requests_per_minute`", |able| able.requests_per_minute.to_string()),
    ("`requests_per_second`", |able| {
        able.requests_per_second.map_or_else(|| "no".to_owned(), |limit| limit.to_string())
    }),
    ("`concurrent_requests`", |able| able.concurrent_requests.to_string()),
];

fn yes(flag: bool) -> String {
    if flag { "yes" } else { "no" }.to_owned()
}

fn list(words: impl Iterator<Item = &'static str>) -> String {
    let words: Vec<&str> = words.collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

fn item_kind(kind: &ItemKind) -> &'static str {
    match kind {
        ItemKind::Inventory => "inventory",
        ItemKind::NonInventory => "non-inventory",
        ItemKind::Service => "service",
        ItemKind::Bundle => "bundle",
        ItemKind::Category => "category",
        ItemKind::Other => "other",
    }
}

fn sales_document(kind: &SalesDocumentKind) -> &'static str {
    match kind {
        SalesDocumentKind::Invoice => "invoice",
        SalesDocumentKind::SalesReceipt => "sales receipt",
        SalesDocumentKind::CreditMemo => "credit memo",
        SalesDocumentKind::Refund => "refund",
    }
}

fn dates(dates: ReportDates) -> String {
    match dates {
        ReportDates::None => "no",
        ReportDates::Now => "now",
        ReportDates::AnyDay => "now and any day",
    }
    .to_owned()
}

fn table() -> String {
    let names: Vec<String> = PROVIDERS.iter().map(|entry| format!("{} (`{}`)", entry.name, entry.id)).collect();
    let mut text = format!("| | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
    for (name, cell) in ROWS {
        let cells: Vec<String> = PROVIDERS.iter().map(|entry| cell(&entry.capability)).collect();
        text.push_str(&format!("| {name} | {} |\n", cells.join(" | ")));
    }
    text
}

/// The page with the table as it is now.
fn renewed(page: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{}{END}{after}", table()))
}

pub fn the_page_shows_the_matrix_as_it_is() -> Result<(), Failed> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/PROVIDERS.md");
    let page = fs::read_to_string(&path)?;
    let renewed = renewed(&page).ok_or("docs/PROVIDERS.md has lost the marks of its matrix")?;
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &renewed)?;
    } else if page != renewed {
        return Err("docs/PROVIDERS.md differs; run this test with UPDATE_DOCS=1 and look at the change".into());
    }
    Ok(())
}

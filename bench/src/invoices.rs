//! Suite `invoices`: a full page of invoices from bytes to facts, beside a plain parse of the same bytes.
//!
//! Rule: both are fetched the same way from memory over loopback, one page at a time, and take turns; what is left when
//! the fetching is taken away is the decoding. A page that is not whole fails the run.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use axum::body::Bytes;
use chrono::{Days, Utc};
use providers::{
    Provider,
    model::{ItemKind, PageCursor, SalesDocumentKind, SalesWindow},
    registry::ProviderEntry,
    sandbox::{SandboxAct, SandboxSale, SandboxSaleLine},
    session::Session,
    settings::ProviderSettings,
};
use reqwest::Client;
use rust_decimal::Decimal;
use serde_json::Value;
use url::Url;

use crate::{
    company::{Company, with_sandbox},
    compare::{ROUNDS, middle, number, ratio},
    replay::Replay,
    report::Section,
};

/// Invoices written; more than any provider's page.
const INVOICES: u32 = 1_050;
/// Lines of each.
const LINES: usize = 4;
/// Pages read in a round.
const PAGES: u32 = 60;

/// Times of one round.
struct Round {
    /// Fetched and made into facts.
    facts: Duration,
    /// Fetched and parsed into [`Value`].
    plain: Duration,
    /// Parsed into [`Value`] from memory.
    parse: Duration,
}

impl Round {
    /// Fetched alone.
    fn fetching(&self) -> Duration {
        self.plain.saturating_sub(self.parse)
    }

    /// From bytes to facts.
    fn decoding(&self) -> Duration {
        self.facts.saturating_sub(self.fetching())
    }
}

/// A page of invoices, ready to be asked for.
struct Subject {
    replay: Replay,
    provider: std::sync::Arc<dyn Provider>,
    session: Session,
    window: SalesWindow,
    cursor: PageCursor,
    invoices: usize,
    /// What the provider asks for to get the page.
    requests: Vec<(String, Url, Vec<u8>, Bytes)>,
}

/// Runs the suite.
///
/// # Errors
/// When an invoice is missing.
pub async fn measure() -> Result<Section> {
    let head = [
        "provider",
        "invoices a page",
        "lines",
        "bytes an invoice",
        "pages/s, fetched and decoded",
        "pages/s, decoded",
        "invoices/s, decoded",
        "plain parse, pages/s",
        "decode ÷ plain parse",
        "whole ÷ fetch and plain parse",
    ];
    let mut section = Section::new("Pages of invoices", &head);
    for (entry, start) in with_sandbox() {
        let company = Company::connect(entry, start, false).await?;
        let subject = subject(&company, entry).await?;
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            rounds.push(round(&subject).await?);
        }
        section.rows.push(row(entry, &subject, &rounds));
        drop(subject);
        company.sandbox.stop().await?;
    }
    section.notes.push(format!(
        "{PAGES} pages a round, each fetched over loopback from memory; `plain parse` is `serde_json::from_slice` into \
         `Value` of the same bytes, `decoded` is what is left of the whole without the fetching. Decoding finds exact \
         decimals, expands bundles, spreads discounts and proves every document's sum."
    ));
    Ok(section)
}

fn row(entry: &ProviderEntry, subject: &Subject, rounds: &[Round]) -> Vec<String> {
    let bytes: usize = subject.requests.iter().map(|(.., bytes)| bytes.len()).sum();
    let rate = |figure: fn(&Round) -> Duration| middle(rounds, |round| f64::from(PAGES) / figure(round).as_secs_f64());
    let invoices = number(subject.invoices);
    vec![
        entry.id.to_owned(),
        subject.invoices.to_string(),
        LINES.to_string(),
        format!("{:.0}", number(bytes) / invoices),
        format!("{:.1}", rate(|round| round.facts)),
        format!("{:.1}", rate(Round::decoding)),
        format!("{:.0}", rate(Round::decoding) * invoices),
        format!("{:.1}", rate(|round| round.parse)),
        format!("{:.2}", middle(rounds, |round| ratio(round.decoding(), round.parse))),
        format!("{:.2}", middle(rounds, |round| ratio(round.facts, round.plain))),
    ]
}

/// Writes the invoices, and asks for their first page once so that it is in memory.
async fn subject(company: &Company, entry: &'static ProviderEntry) -> Result<Subject> {
    sell(company).await?;
    let replay = Replay::start(company.sandbox.url.clone()).await?;
    let mut settings: ProviderSettings = company.settings.clone();
    for url in settings.endpoints.values_mut() {
        *url = replay.here(url)?;
    }
    let provider = (entry.build)(&settings)?;
    let session = company.session.clone();
    let from = Utc::now().date_naive() - Days::new(3_650);
    let window = SalesWindow { kinds: vec![SalesDocumentKind::Invoice], from, changed_since: None };
    let listing = provider.open_sales(&session, &window, None).await?;
    let cursor = listing.cursors.first().context("no first page")?.clone();
    replay.forget();
    let page = provider.sales(&session, &window, &cursor).await?;
    ensure!(page.unusable.is_empty(), "{}: {:?}", entry.id, page.unusable.first());
    // The sample's own documents are among them.
    let whole = page.records.iter().filter(|sale| sale.lines.len() == LINES).count();
    ensure!(whole * 10 >= page.records.len() * 9, "{}: {whole} of {} invoices are whole", entry.id, page.records.len());
    let requests = replay.answers();
    Ok(Subject { replay, provider, session, window, cursor, invoices: page.records.len(), requests })
}

/// Sells one of everything in stock, again and again; what is not in stock is not sold.
async fn sell(company: &Company) -> Result<()> {
    let hand = &company.sandbox.control;
    let mut items = Vec::new();
    for number in 0..LINES {
        let item = SandboxAct::AddItem {
            name: format!("Bench {number}"),
            sku: Some(format!("BENCH-{number}")),
            kind: ItemKind::Inventory,
            price: Decimal::new(1_995, 2),
            cost: Decimal::new(7_125, 3),
            quantity: Decimal::from(10 * INVOICES),
        };
        items.push(hand.act(&company.session.company, item).await?);
    }
    for number in 0..INVOICES {
        let line = |item: &String| SandboxSaleLine {
            item: Some(item.clone()),
            quantity: Decimal::from(1 + number % 7),
            price: Decimal::new(1_995, 2),
            discount: Decimal::ZERO,
            taxed: false,
        };
        let sale = SandboxSale {
            kind: SalesDocumentKind::Invoice,
            number: None,
            date: Utc::now().date_naive() - Days::new(1),
            lines: items.iter().map(line).collect(),
            discount: Decimal::new(325, 2),
            // Where shipping is a line like others there would be one more.
            shipping: Decimal::ZERO,
            tax: Decimal::ZERO,
            currency: None,
            applies_to: None,
            customer: 0,
        };
        hand.act(&company.session.company, SandboxAct::Sell(sale)).await?;
    }
    Ok(())
}

async fn round(subject: &Subject) -> Result<Round> {
    let (client, kept) = (Client::new(), subject.replay.answers().len());
    let begun = Instant::now();
    for _ in 0..PAGES {
        let page = subject.provider.sales(&subject.session, &subject.window, &subject.cursor).await?;
        ensure!(page.records.len() == subject.invoices, "{} of {}", page.records.len(), subject.invoices);
    }
    let facts = begun.elapsed();
    ensure!(subject.replay.answers().len() == kept, "the same page was asked for in other words");
    let begun = Instant::now();
    for _ in 0..PAGES {
        for (method, url, body, _) in &subject.requests {
            let request = client.request(method.parse()?, url.clone()).body(body.clone());
            let bytes = request.send().await?.bytes().await?;
            ensure!(!serde_json::from_slice::<Value>(&bytes)?.is_null());
        }
    }
    let plain = begun.elapsed();
    let begun = Instant::now();
    for _ in 0..PAGES {
        for (.., bytes) in &subject.requests {
            ensure!(!serde_json::from_slice::<Value>(bytes)?.is_null());
        }
    }
    Ok(Round { facts, plain, parse: begun.elapsed() })
}

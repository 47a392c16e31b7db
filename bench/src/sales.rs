//! Suite `sales`: a first sync of 20,000 invoices into the ledger, against only fetching and decoding the same pages.
//!
//! Rule: the pages are read by the same provider with the same window. Every invoice must be a sale, nothing may be short,
//! the ledger's invariants hold and the sums of months are those of the lines, or the run fails.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result, ensure};
use chrono::{Days, NaiveDate, Utc};
use domain::{
    call_log::Correlation,
    catalog::{ImportSelection, ImportStatus, ItemFilter},
    sales::ChannelChange,
    stock::Adjustment,
    sync::Counts,
};
use entity::{AdjustmentReason, InventoryMode, ProductType, Quantity, UnitCost};
use providers::{
    Provider,
    listing::stream_sales,
    model::{RemoteSale, SalesWindow},
    registry::ProviderEntry,
    session::Session,
};
use sea_orm::{ConnectionTrait, Statement};
use tokio::time::Instant;

use crate::{
    company::with_sandbox,
    compare::{ROUNDS, middle, number, ratio},
    database::Place,
    report::Section,
    rig::Rig,
    sandbox::{self, Address, SALE_DAYS, SOLD, SOLD_ITEMS, Shape},
};

/// Invoices written; fewer where a debug build only shows that it works.
const INVOICES: u32 = if cfg!(debug_assertions) { 1_200 } else { 20_000 };

/// One round on one database.
struct Round {
    documents: usize,
    fetch: Duration,
    whole: Duration,
    again: Duration,
}

/// Runs the suite.
///
/// # Errors
/// When a sync fails, a document is missing or something was short.
pub async fn measure() -> Result<Section> {
    let head = [
        "provider",
        "database",
        "documents",
        "whole sync",
        "documents/s",
        "only fetch and decode",
        "whole ÷ fetch and decode",
        "again, nothing changed",
    ];
    let mut section = Section::new("First sync of 20,000 invoices", &head);
    let places = Place::both().await?;
    for (entry, _) in with_sandbox() {
        let shape = Shape { provider: entry.id.to_owned(), goods: true, invoices: INVOICES, ..Shape::default() };
        let (part, address) = sandbox::start(shape).await?;
        for place in &places {
            let mut rounds = Vec::new();
            for _ in 0..ROUNDS {
                rounds.push(round(place, &address).await?);
            }
            section.rows.push(row(entry, place, &rounds));
        }
        part.end().await?;
    }
    section.notes.push(format!(
        "{} lines each, of {SOLD_ITEMS} linked products in stock, over {SALE_DAYS} days; the sample's own documents are \
         among them. The sandbox keeps no limits and answers as fast as it can, so the pages' speed is the sandbox's and \
         the decoding's.",
        sandbox::SALE_LINES
    ));
    Ok(section)
}

fn row(entry: &ProviderEntry, place: &Place, rounds: &[Round]) -> Vec<String> {
    let seconds =
        |figure: fn(&Round) -> Duration| format!("{:.2} s", middle(rounds, |round| figure(round).as_secs_f64()));
    vec![
        entry.id.to_owned(),
        place.name().to_owned(),
        rounds.first().map_or(0, |round| round.documents).to_string(),
        seconds(|round| round.whole),
        format!("{:.0}", middle(rounds, |round| number(round.documents) / round.whole.as_secs_f64())),
        seconds(|round| round.fetch),
        format!("{:.2}", middle(rounds, |round| ratio(round.whole, round.fetch))),
        seconds(|round| round.again),
    ]
}

async fn round(place: &Place, address: &Address) -> Result<Round> {
    let mut rig = Rig::open(&place.fresh().await?, address).await?;
    rig.work();
    rig.sync().await?;
    stock_up(&rig).await?;
    let from = Utc::now().date_naive() - Days::new(u64::from(SALE_DAYS) + 1);
    let services = &rig.app.services;
    let channel = ChannelChange {
        integration: Some(rig.integration),
        initial_date: Some(from),
        id: None,
        name: None,
        active: None,
    };
    services.sales.save_channel(&rig.actor, channel).await?;
    let (sales, fetch) = fetch(&rig, from).await?;
    let whole = rig.sync_sales().await?;
    let counts = Counts::from_json(&whole.run.counts);
    let in_range = sales.iter().filter(|sale| sale.date >= from).count();
    ensure!(counts.created >= i64::from(INVOICES), "{counts:?}");
    ensure!(short(&rig).await? == 0, "something was short: {counts:?}");
    ensure!(whole.run.done == i64::try_from(in_range)?, "{} of {in_range} documents: {counts:?}", whole.run.done);
    let again = rig.sync_sales().await?;
    let second = Counts::from_json(&again.run.counts);
    ensure!((second.created, second.updated, second.voided) == (0, 0, 0), "the second sync found changes: {second:?}");
    let broken = services.stock.integrity(&rig.actor).await?;
    ensure!(broken.is_empty(), "the ledger is broken: {broken:?}");
    let stale = services.margins.prove(rig.actor.business).await?;
    ensure!(stale.is_empty(), "the sums are not those of the lines: {stale:?}");
    rig.close().await?;
    Ok(Round { documents: in_range, fetch, whole: whole.took, again: again.took })
}

/// Lines of what was sold here that were short.
async fn short(rig: &Rig) -> Result<i64> {
    let connection = rig.app.db.connection();
    let sql = "SELECT COUNT(*) AS n FROM sale_line l JOIN product p ON p.id = l.product_id \
               WHERE l.short_quantity <> 0 AND p.name LIKE $1";
    let backend = connection.get_database_backend();
    let named = format!("{SOLD}%");
    let row = connection.query_one_raw(Statement::from_sql_and_values(backend, sql, [named.into()])).await?;
    Ok(row.context("no count")?.try_get("", "n")?)
}

/// Makes products of what is sold, and puts enough of each in stock.
async fn stock_up(rig: &Rig) -> Result<()> {
    let services = &rig.app.services;
    let filter = ItemFilter { search: Some(SOLD.to_owned()), ..ItemFilter::default() };
    let selection = ImportSelection::Filter(filter);
    let made = services.products.import(&rig.actor, selection, ProductType::FinishedGood, None).await?;
    let sold = usize::try_from(SOLD_ITEMS)?;
    ensure!(made.len() == sold && made.iter().all(|one| one.status == ImportStatus::Created), "{} items", made.len());
    services.stock.enable_receiving(&rig.actor).await?;
    // Where the books count what is in stock, it came with the items.
    let counted = services.integrations.get(rig.actor.business, rig.integration).await?.inventory_mode;
    for one in made.into_iter().filter(|_| counted == InventoryMode::SelfManaged) {
        let product = one.product.context("no product")?.id;
        let adjustment = Adjustment {
            quantity: Quantity(i64::from(sandbox::SOLD_STOCK) * 1_000_000),
            reason: AdjustmentReason::CountCorrection,
            note: None,
            effective_on: None,
            unit_cost: Some(UnitCost(7_125_000)),
        };
        services.stock.adjust_stock(&rig.actor, product, adjustment).await?;
    }
    Ok(())
}

/// Reads all pages and throws nothing away.
async fn fetch(rig: &Rig, from: NaiveDate) -> Result<(Vec<RemoteSale>, Duration)> {
    let integrations = &rig.app.services.integrations;
    let integration = integrations.get(rig.actor.business, rig.integration).await?;
    let (provider, session): (Arc<dyn Provider>, Session) =
        integrations.session(&integration, Correlation::default())?;
    let kinds = provider.capability().sales_documents.to_vec();
    let window = SalesWindow { kinds, from, changed_since: None };
    let ahead = usize::try_from(rig.app.config.sync.prefetch_pages)?;
    let begun = Instant::now();
    let mut stream = stream_sales(provider, session, window, None, ahead).await?;
    let mut sales = Vec::new();
    while let Some(page) = stream.next().await {
        let (_, page) = page?;
        ensure!(page.unusable.is_empty(), "{:?}", page.unusable.first());
        sales.extend(page.records);
    }
    Ok((sales, begun.elapsed()))
}

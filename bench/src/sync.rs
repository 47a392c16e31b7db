//! Suite `sync`: a first sync of 100,000 items against its parts by themselves, and again with nothing changed.
//!
//! Rule: the parts are the engine's own: the same pages through the same provider with the same window, the same rows
//! through the same bulk write, one transaction a page. Rows written are counted by triggers, which miss none.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use async_trait::async_trait;
use domain::{
    call_log::Correlation,
    catalog::{
        Item,
        items::rules::{Policy, plan_items},
    },
    measure::upsert_items,
    sync::Counts,
};
use entity::{ItemId, ItemType};
use providers::{
    Provider,
    error::ProviderError,
    listing::stream_pages,
    model::{Page, RemoteItem},
    session::{CallObserver, CallRecord, Session, TokenSource},
};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use secrecy::SecretString;
use tokio::time::Instant;

use crate::{
    compare::{ROUNDS, at_most, middle, number, ratio},
    database::{Place, connect},
    report::Section,
    rig::Rig,
    sandbox::{self, Address, Shape},
};

/// Generated items.
const ITEMS: u32 = 100_000;

/// One round on one database.
struct Round {
    items: usize,
    fetch: Duration,
    upsert: Duration,
    whole: Duration,
    again: Duration,
    written: i64,
}

/// Runs the suite.
///
/// # Errors
/// When a sync fails, an item is missing, or a sync without changes writes a row.
pub async fn measure() -> Result<Section> {
    let head = [
        "database",
        "items",
        "whole sync",
        "items/s",
        "only fetch and decode",
        "only upsert",
        "whole ÷ larger part",
        "again, nothing changed",
        "rows written",
    ];
    let mut section = Section::new("First sync of 100,000 items", &head);
    let (part, address) = sandbox::start(Shape { items: ITEMS, ..Shape::default() }).await?;
    for place in &Place::both().await? {
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            rounds.push(round(place, &address).await?);
        }
        section.rows.push(row(place, &rounds));
    }
    part.end().await?;
    Ok(section)
}

fn row(place: &Place, rounds: &[Round]) -> Vec<String> {
    let seconds =
        |figure: fn(&Round) -> Duration| format!("{:.2} s", middle(rounds, |round| figure(round).as_secs_f64()));
    let times = middle(rounds, |round| ratio(round.whole, round.fetch.max(round.upsert)));
    vec![
        place.name().to_owned(),
        rounds.first().map_or(0, |round| round.items).to_string(),
        seconds(|round| round.whole),
        format!("{:.0}", middle(rounds, |round| number(round.items) / round.whole.as_secs_f64())),
        seconds(|round| round.fetch),
        seconds(|round| round.upsert),
        at_most(times, 2.0, ""),
        seconds(|round| round.again),
        rounds.iter().map(|round| round.written).sum::<i64>().to_string(),
    ]
}

async fn round(place: &Place, address: &Address) -> Result<Round> {
    let database = place.fresh().await?;
    let mut rig = Rig::open(&database, address).await?;
    let (pages, fetch) = fetch(&rig).await?;
    let items = pages.iter().map(|page| page.records.len()).sum();
    let upsert = upsert(place, address, plans(&rig, &pages)).await?;
    drop(pages);
    rig.work();
    let whole = rig.sync().await?;
    let counts = Counts::from_json(&whole.run.counts);
    ensure!(counts.created + counts.skipped == whole.run.done && whole.run.done == i64::try_from(items)?, "{counts:?}");
    count_writes(&database).await?;
    let again = rig.sync().await?;
    let counted = Counts::from_json(&again.run.counts);
    ensure!(counted.unchanged == counts.created, "the second sync found changes: {counted:?}");
    let written = writes(&database).await?;
    ensure!(written == 0, "a sync without changes wrote {written} rows");
    rig.close().await?;
    Ok(Round { items, fetch, upsert, whole: whole.took, again: again.took, written })
}

/// A token that is known, so that only fetching is measured.
struct Known(SecretString);

#[async_trait]
impl TokenSource for Known {
    async fn access_token(&self) -> Result<SecretString, ProviderError> {
        Ok(self.0.clone())
    }

    async fn replace_token(&self, _rejected: &SecretString) -> Result<SecretString, ProviderError> {
        Ok(self.0.clone())
    }
}

/// Keeps no log.
struct Deaf;

#[async_trait]
impl CallObserver for Deaf {
    async fn observe(&self, _record: CallRecord) {}
}

async fn fetch(rig: &Rig) -> Result<(Vec<Page<RemoteItem>>, Duration)> {
    let integrations = &rig.app.services.integrations;
    let integration = integrations.get(rig.actor.business, rig.integration).await?;
    let (provider, session): (Arc<dyn Provider>, Session) =
        integrations.session(&integration, Correlation::default())?;
    let token = session.tokens.access_token().await?;
    let session = Session { tokens: Arc::new(Known(token)), observer: Arc::new(Deaf), ..session };
    let window = usize::try_from(rig.app.config.sync.prefetch_pages)?;
    let begun = Instant::now();
    let mut stream = stream_pages::<RemoteItem>(provider, session, None, window).await?;
    let mut pages = Vec::new();
    while let Some(page) = stream.next().await {
        pages.push(page?.1);
    }
    Ok((pages, begun.elapsed()))
}

/// What the engine would write for each page of a first sync.
fn plans(rig: &Rig, pages: &[Page<RemoteItem>]) -> Vec<Vec<Item>> {
    let ambient = domain::Ambient::system();
    let policy = Policy {
        business: rig.actor.business,
        integration: rig.integration,
        types: vec![ItemType::Inventory, ItemType::NonInventory, ItemType::Service, ItemType::Bundle],
        currency: "USD".to_owned(),
        now: ambient.now(),
    };
    let (mut seen, mut counts) = (HashSet::new(), Counts::default());
    let mut plan =
        |page| plan_items(page, &HashMap::new(), &policy, &mut seen, &mut counts, || ambient.id::<ItemId>()).upserts;
    pages.iter().map(&mut plan).collect()
}

async fn upsert(place: &Place, address: &Address, pages: Vec<Vec<Item>>) -> Result<Duration> {
    let rig = Rig::open(&place.fresh().await?, address).await?;
    let begun = Instant::now();
    for rows in pages {
        upsert_items(&rig.app.db, rows).await?;
    }
    let took = begun.elapsed();
    rig.close().await?;
    Ok(took)
}

/// Tables that a sync without changes must leave alone.
const WATCHED: [&str; 3] = ["item", "account", "supplier"];

/// Counts every row written from now on.
async fn count_writes(database: &str) -> Result<()> {
    let connection = connect(database).await?;
    connection.execute_unprepared("CREATE TABLE bench_written (entry integer)").await?;
    let postgres = connection.get_database_backend() == DbBackend::Postgres;
    if postgres {
        let function = "CREATE FUNCTION bench_note() RETURNS trigger LANGUAGE plpgsql AS \
                        'BEGIN INSERT INTO bench_written VALUES (1); RETURN NULL; END'";
        connection.execute_unprepared(function).await?;
    }
    for table in WATCHED {
        for event in ["INSERT", "UPDATE", "DELETE"] {
            let does = if postgres {
                "EXECUTE FUNCTION bench_note()"
            } else {
                "BEGIN INSERT INTO bench_written VALUES (1); END"
            };
            let sql = format!("CREATE TRIGGER bench_{table}_{event} AFTER {event} ON {table} FOR EACH ROW {does}");
            connection.execute_unprepared(&sql).await?;
        }
    }
    Ok(connection.close().await?)
}

async fn writes(database: &str) -> Result<i64> {
    let connection = connect(database).await?;
    let backend = connection.get_database_backend();
    let row =
        connection.query_one_raw(Statement::from_string(backend, "SELECT COUNT(*) AS n FROM bench_written")).await?;
    let count = row.context("no count")?.try_get("", "n")?;
    connection.close().await?;
    Ok(count)
}

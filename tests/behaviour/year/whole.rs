//! A year of a real-looking business, read piece by piece and with every kind of trouble, against the same books read
//! once by a business that never saw trouble.
//!
//! Rule: the year follows from its seed. `STOCKBRIDGE_YEAR_INVOICES` and `STOCKBRIDGE_YEAR_SYNCS` set its size,
//! `STOCKBRIDGE_YEAR_SEED` another one. Everything is compared whole, but for what history decides, which the module
//! `classes` names.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use domain::sync::SyncTiming;
use entity::{Role, RunId, TypedId};
use providers::{
    model::ItemKind,
    registry::ProviderEntry,
    sandbox::{FaultReach, FaultTarget, SandboxAct, SandboxFault, Trouble},
};
use rust_decimal::Decimal;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use stockbridge_tests::{
    Outcome, PATIENCE, TestDatabase, World, sandbox::Sandbox, with_every_provider, world::Options,
};

use super::{
    compare::{Known, adds_up, costs, is_sound, without_cost},
    people::{DAYS, Manner, Year},
    side::Side,
};
use crate::sales::stall::{sells, today};

with_every_provider!(
    a_year_in_pieces_is_the_year_at_once if sells,
);

/// How long the accounting system may take to answer.
const ANSWER: Duration = Duration::from_secs(3);

/// A number of the environment.
pub fn setting(name: &str, otherwise: usize) -> Result<usize> {
    std::env::var(name).ok().map_or(Ok(otherwise), |text| text.parse().with_context(|| format!("{name}: {text}")))
}

/// The goods of a year, made in the accounting system.
pub async fn goods(sandbox: &Sandbox, count: usize) -> Result<Vec<(String, String, Manner)>> {
    // Kept in stock here alone: what the accounting system counted would be the opening balance of who begins later.
    let services = sandbox.entry.capability.item_kinds.contains(&ItemKind::Service);
    let kind = if services { ItemKind::Service } else { ItemKind::NonInventory };
    let mut goods = Vec::new();
    for place in 0..count {
        let manner = match place % 10 {
            0 | 1 => Manner::Built,
            2 => Manner::Steady,
            3 => Manner::Scarce,
            _ => Manner::Bought,
        };
        let name = format!("Year Good {place}");
        let act = SandboxAct::AddItem {
            name: name.clone(),
            sku: None,
            kind,
            price: Decimal::from(20),
            cost: Decimal::from(7),
            quantity: Decimal::ZERO,
        };
        goods.push((name, sandbox.act(act).await?, manner));
    }
    Ok(goods)
}

/// A gateway in this process on whose runs nobody works but the test.
struct Here {
    world: World,
    kills: usize,
    failed: usize,
}

impl Here {
    /// A business that reads the company's sales.
    async fn open(&self, business: entity::BusinessId, year: &Year) -> Result<Side> {
        let client = self.world.client_of(business, Role::Owner);
        let connected = Side::connect(&client, &self.world.sandbox).await?;
        Self::carry_out(&self.world, business, &connected.1).await?;
        Side::open(client, connected, year).await
    }

    /// Works on a run to its end.
    async fn carry_out(world: &World, business: entity::BusinessId, run: &str) -> Result<()> {
        let (id, begun) = (RunId::parse(run)?, Instant::now());
        loop {
            world.app.runner.work(business, id).await?;
            let found = world.client_of(business, Role::Owner).node(run, "SyncRun", "state").await?;
            if !matches!(found["state"].as_str(), Some("QUEUED" | "RUNNING")) {
                return Ok(());
            }
            ensure!(begun.elapsed() < PATIENCE * 10, "the run {run} does not end");
            // The dead worker's silence must have lasted.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Works on a run and drops it at the given statement of the database, whatever it was doing. Answers whether it
    /// was at work then.
    async fn cut(&self, run: &str, statements: u64) -> Result<bool> {
        let (id, business) = (RunId::parse(run)?, self.world.business);
        let runner = self.world.app.runner.clone();
        let last = self.world.app.db.statement_count() + statements;
        let work = tokio::spawn(async move { runner.work(business, id).await });
        let begun = Instant::now();
        while !work.is_finished() && self.world.app.db.statement_count() < last {
            ensure!(begun.elapsed() < PATIENCE, "it stands still");
            tokio::task::yield_now().await;
        }
        work.abort();
        Ok(work.await.is_err())
    }

    /// One sync with whatever comes in its way. Answers whether it came to an end.
    async fn sync(&mut self, side: &Side, year: &mut Year, trouble: bool) -> Result<bool> {
        if trouble {
            spoil(&self.world.sandbox, year).await?;
        }
        let run = side.ask(year.chance.strikes(60)).await?;
        while trouble && year.chance.strikes(550) {
            self.kills += usize::from(self.cut(&run, year.chance.number() % 90).await?);
            if year.chance.strikes(500) {
                tokio::time::sleep(Duration::from_millis(80)).await;
            }
        }
        Self::carry_out(&self.world, self.world.business, &run).await?;
        self.world.sandbox.hand().calm().await;
        let ended = side.client.node(&run, "SyncRun", "state error { code message }").await?;
        let succeeded = matches!(ended["state"].as_str(), Some("SUCCEEDED" | "SUCCEEDED_WITH_ISSUES"));
        ensure!(succeeded || (trouble && ended["state"] == "FAILED"), "{ended}");
        self.failed += usize::from(!succeeded);
        Ok(succeeded)
    }
}

/// Plans trouble for the calls of a sync: mostly such that it gets over by trying again, at times such that it fails.
pub async fn spoil(sandbox: &Sandbox, year: &mut Year) -> Result<()> {
    let troubles = [
        Trouble::TooManyRequests { retry_after: None },
        Trouble::Status { status: 503, committed: false },
        Trouble::Status { status: 500, committed: true },
        Trouble::Reset { committed: true },
        Trouble::Reset { committed: false },
        Trouble::CutOff { committed: true },
        Trouble::Html { committed: true },
        Trouble::TokenExpired,
    ];
    let trouble = *year.chance.pick(&troubles).context("troubles")?;
    let calls = match year.chance.below(10) {
        0..=2 => return Ok(()),
        3 | 4 if trouble != Trouble::TokenExpired => 60,
        _ => 1,
    };
    let fault = SandboxFault { trouble, target: FaultTarget::Reads, reach: FaultReach::Next(calls) };
    sandbox.hand().inject(fault).await?;
    if year.chance.strikes(60) {
        let trouble = Trouble::Slow { pause: ANSWER + Duration::from_millis(200), committed: true };
        let fault = SandboxFault { trouble, target: FaultTarget::Reads, reach: FaultReach::Next(1) };
        sandbox.hand().inject(fault).await?;
    }
    Ok(())
}

#[allow(clippy::print_stdout, reason = "the whole year is run by hand, for these figures")]
async fn a_year_in_pieces_is_the_year_at_once(database: TestDatabase, entry: &'static ProviderEntry) -> Outcome {
    let (count, syncs) = (setting("STOCKBRIDGE_YEAR_INVOICES", 400)?, setting("STOCKBRIDGE_YEAR_SYNCS", 12)?);
    let seed = setting("STOCKBRIDGE_YEAR_SEED", 20_261_123)?;
    let begun = Instant::now();
    let millis = Duration::from_millis;
    let timing = SyncTiming { lease: Duration::from_secs(300), heartbeat: millis(20), silence: millis(60) };
    let options = Options {
        provider: Some(entry),
        timing: Some(timing),
        idle: true,
        answer_within: Some(ANSWER),
        ..Options::default()
    };
    let world = World::with(&database, options).await?;
    let from = today() - chrono::Days::new(DAYS);
    let made = goods(&world.sandbox, (count / 40).clamp(10, 60)).await?;
    let mut year = Year::new(u64::try_from(seed)?, from, entry.capability.sales_documents, made);
    let mut here = Here { kills: 0, failed: 0, world };
    if !entry.capability.inventory_adjustments {
        let sql = "UPDATE business SET currency = 'NZD'";
        here.world.app.db.connection().execute_unprepared(sql).await?;
    }
    let business = here.world.business;
    let mut side = here.open(business, &year).await?;
    let mut deliveries = vec![(from, year.opening(i64::try_from(count)? * 4))];
    side.take_in(&year, &deliveries[0].1, from).await?;
    let mut syncing = Duration::ZERO;
    for sync in 0..syncs {
        // A feed that overlaps by a minute would otherwise tell everything again: a year passes in minutes here.
        here.world.sandbox.control(json!({"command": "advance-clock", "seconds": 600})).await?;
        let days = |sync: usize| (sync as u64) * DAYS / (syncs as u64);
        let now = (days(sync), days(sync + 1));
        let due = count * (sync + 1) / syncs - count * sync / syncs;
        let came = year.work(&here.world.sandbox, now, due, sync + 1 < syncs).await?;
        let on = from + chrono::Days::new(now.0);
        side.take_in(&year, &came, on).await?;
        deliveries.push((on, came));
        let at = Instant::now();
        if here.sync(&side, &mut year, true).await? {
            year.processed();
        }
        syncing += at.elapsed();
    }
    ensure!(here.sync(&side, &mut year, false).await?);
    year.processed();
    year.come_together(&here.world.sandbox, DAYS).await?;
    ensure!(here.sync(&side, &mut year, false).await?);
    year.processed();

    // Somebody who begins today, with the same goods.
    let business = here.world.another_business("Begun today").await?;
    if !entry.capability.inventory_adjustments {
        let sql = "UPDATE business SET currency = 'NZD'";
        here.world.app.db.connection().execute_unprepared(sql).await?;
    }
    let mut fresh = here.open(business, &year).await?;
    for (on, came) in &deliveries {
        fresh.take_in(&year, came, *on).await?;
    }
    let at = Instant::now();
    let run = fresh.ask(false).await?;
    Here::carry_out(&here.world, business, &run).await?;
    let once = at.elapsed();
    let differing = same(&year, &side, &fresh).await?;
    tell(&database, entry, &year, (&here, syncs), (syncing, once, begun.elapsed()), differing);
    for (client, business) in [(&side.client, here.world.business), (&fresh.client, business)] {
        let at = Instant::now();
        is_sound(client).await?;
        println!("the ledger adds up: {:.1} s", at.elapsed().as_secs_f64());
        let stale = here.world.app.services.margins.prove(business).await?;
        ensure!(stale.is_empty(), "{stale:?}");
    }
    ensure!(here.kills > 0 && here.failed > 0, "{} kills, {} failed", here.kills, here.failed);
    Ok(())
}

/// Both know the same of the same books. Answers how many sales took other units because of what people did later.
pub async fn same(year: &Year, side: &Side, fresh: &Side) -> Result<usize> {
    let (ours, clean) = (Known::read(&side.client).await?, Known::read(&fresh.client).await?);
    let (shelves, drew) = year.clean();
    // What people changed after others had drawn on the same goods: which units those took, history decided.
    let mut decided: BTreeMap<&str, usize> = BTreeMap::new();
    for (doc, drew) in year.docs.iter().zip(&drew).filter(|(doc, _)| doc.stands) {
        if doc.drew != *drew {
            decided.insert(&doc.sale.external_id, doc.lines.len());
        }
    }
    for (good, shelf) in year.goods.iter().zip(&shelves) {
        ensure!(good.shelf == *shelf, "{}: {:?}, not {shelf:?}", good.name, good.shelf);
    }
    let (ours_posted, clean_posted): (Vec<_>, Vec<_>) = (ours.posted().collect(), clean.posted().collect());
    let standing = year.docs.iter().filter(|doc| doc.stands).count();
    // The company sold before that, too: things that nobody has linked.
    let of_the_year = |sales: &[(&(String, String), &Value)]| {
        sales.iter().filter(|(_, sale)| sale["number"].as_str().is_some_and(|number| number.starts_with("D-"))).count()
    };
    for (whose, found) in [("ours", of_the_year(&ours_posted)), ("at once", of_the_year(&clean_posted))] {
        ensure!(found == standing, "{whose}: {found} sales of {standing} documents");
    }
    ensure!(ours_posted.len() == clean_posted.len(), "{} and {} sales", ours_posted.len(), clean_posted.len());
    for ((key, sale), (other, clean)) in ours_posted.into_iter().zip(clean_posted) {
        let is_same = match decided.contains_key(key.1.as_str()) {
            true => without_cost(sale) == without_cost(clean),
            false => sale == clean,
        };
        ensure!(key == other && is_same, "{key:?}: {sale}\nnot {other:?}: {clean}");
    }
    for (key, sale) in ours.sales.iter().filter(|(_, sale)| sale["status"] != "POSTED") {
        let gone = year.docs.iter().any(|doc| doc.sale.external_id == key.1 && !doc.stands);
        let nothing = sale["revenue"]["amount"] == "0" && sale["cost"]["amount"] == "0" && sale["shortQuantity"] == "0";
        ensure!(gone && nothing, "{sale}");
    }
    ensure!(costs(&ours)? == costs(&clean)?, "{:?}, not {:?}", costs(&ours)?, costs(&clean)?);
    for (name, ours, clean) in [
        ("lot", &ours.lots, &clean.lots),
        ("shortage", &ours.shortages, &clean.shortages),
        ("product", &ours.products, &clean.products),
    ] {
        let apart = ours.iter().zip(clean).find(|(one, other)| one != other);
        ensure!(apart.is_none() && ours.len() == clean.len(), "{name}: {apart:?}, {} and {}", ours.len(), clean.len());
    }
    let range = (year.from, year.from + chrono::Days::new(DAYS));
    adds_up(&side.client, &ours, range).await?;
    adds_up(&fresh.client, &clean, range).await?;
    ensure!(decided.len() * 2 < standing, "{} of {standing} sales were decided by history", decided.len());
    Ok(decided.len())
}

#[allow(clippy::print_stdout, reason = "the whole year is run by hand, for these figures")]
fn tell(
    database: &TestDatabase,
    entry: &ProviderEntry,
    year: &Year,
    (here, syncs): (&Here, usize),
    (syncing, once, all): (Duration, Duration, Duration),
    decided: usize,
) {
    println!(
        "{:?}, {}: {:?}; {syncs} syncs, {} cut off, {} failed; costs of {decided} sales were decided by history; {:.1} s \
         in syncs, {:.1} s at once, {:.1} s in all",
        database.store,
        entry.id,
        year.told,
        here.kills,
        here.failed,
        syncing.as_secs_f64(),
        once.as_secs_f64(),
        all.as_secs_f64()
    );
}

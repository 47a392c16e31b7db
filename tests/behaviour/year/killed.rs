//! Some months of a business whose gateway is killed (`kill -9`) in the middle of its syncs, against the same books read
//! once.
//!
//! Rule: the real program in a process of its own. It is killed when it has done so many documents, not when a clock says
//! so; started again it takes the same run up.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use providers::quickbooks;
use serde_json::Value;
use stockbridge_tests::{
    Outcome, PATIENCE, TestDatabase,
    client::Client,
    on_both_databases,
    program::{Program, new_owner},
    sandbox::Sandbox,
    steps::ended,
};

use super::{
    compare::is_sound,
    people::{DAYS, Year},
    side::Side,
    whole::{goods, same, setting},
};
use crate::sales::stall::today;

on_both_databases!(a_process_killed_between_documents_ends_with_the_books_read_once);

/// Documents and syncs.
const DOCUMENTS: usize = 120;
const SYNCS: usize = 4;

/// The program, and the business whose syncs it is killed in.
struct Killed {
    database: TestDatabase,
    sandbox: Sandbox,
    token: String,
    program: Option<Program>,
    kills: usize,
    resumed: i64,
}

impl Killed {
    fn serve(&mut self) -> Result<Client> {
        let program = Program::serve(&self.database.folder, &self.database.url, &self.sandbox, 0)?;
        let client = Client::new(program.url.clone(), self.token.clone());
        self.program = Some(program);
        Ok(client)
    }

    /// One sync, killed when it has done `after` documents, if it comes there.
    async fn sync(&mut self, side: &mut Side, after: i64) -> Result<()> {
        let run = side.ask(false).await?;
        let begun = Instant::now();
        loop {
            let told = side.client.node(&run, "SyncRun", "state done").await?;
            let over = !matches!(told["state"].as_str(), Some("QUEUED" | "RUNNING"));
            if over || told["done"].as_i64() >= Some(after) {
                break;
            }
            ensure!(begun.elapsed() < PATIENCE, "it stands still: {told}");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        if let Some(program) = self.program.take() {
            program.kill()?;
            self.kills += 1;
        }
        side.client = self.serve()?;
        ended(&side.client, &run).await?;
        let told = side.client.node(&run, "SyncRun", "state resumedTimes error { message }").await?;
        ensure!(matches!(told["state"].as_str(), Some("SUCCEEDED" | "SUCCEEDED_WITH_ISSUES")), "{told}");
        self.resumed += told["resumedTimes"].as_i64().unwrap_or_default();
        Ok(())
    }
}

async fn a_process_killed_between_documents_ends_with_the_books_read_once(database: TestDatabase) -> Outcome {
    let (count, syncs) = (setting("STOCKBRIDGE_KILLED_INVOICES", DOCUMENTS)?, SYNCS);
    let entry = &quickbooks::ENTRY;
    let sandbox = Sandbox::start(0).await?;
    let made = goods(&sandbox, 10).await?;
    let from = today() - chrono::Days::new(DAYS);
    let mut year = Year::new(7, from, entry.capability.sales_documents, made);
    let (token, other) = (new_owner(&database).await?, new_owner(&database).await?);
    let mut killed = Killed { database, sandbox, token, program: None, kills: 0, resumed: 0 };
    let client = killed.serve()?;
    let connected = Side::connect(&client, &killed.sandbox).await?;
    let mut side = Side::open(client, connected, &year).await?;
    let mut deliveries = vec![(from, year.opening(400))];
    side.take_in(&year, &deliveries[0].1, from).await?;
    for sync in 0..syncs {
        let days = |sync: usize| (sync as u64) * DAYS / (syncs as u64);
        let came = year.work(&killed.sandbox, (days(sync), days(sync + 1)), count / syncs, sync + 1 < syncs).await?;
        let on = from + chrono::Days::new(days(sync));
        side.take_in(&year, &came, on).await?;
        deliveries.push((on, came));
        let after = year.chance.between(1, i64::try_from(count / syncs)?);
        killed.sync(&mut side, after).await?;
        year.processed();
    }
    year.come_together(&killed.sandbox, DAYS).await?;
    killed.sync(&mut side, 1).await?;
    year.processed();
    let lock = side.client.data("{ syncLock { heldBy } }", Value::Null).await?["syncLock"].clone();
    ensure!(lock.is_null(), "{lock}");
    ensure!(killed.kills == syncs + 1 && killed.resumed > 0, "{} kills, {} resumed", killed.kills, killed.resumed);

    let client = Client::new(side.client.gateway.clone(), other);
    let connected = Side::connect(&client, &killed.sandbox).await?;
    let mut fresh = Side::open(client, connected, &year).await?;
    for (on, came) in &deliveries {
        fresh.take_in(&year, came, *on).await?;
    }
    let run = fresh.ask(false).await?;
    ended(&fresh.client, &run).await?;
    is_sound(&side.client).await?;
    is_sound(&fresh.client).await?;
    same(&year, &side, &fresh).await.map(drop)
}

//! The crash drill: the real program is killed again and again, at every step of an export, while it sends; in the end
//! each document is in the books exactly once.
//!
//! Rule: a kill comes when the step is reached, not when a clock says so: what the program sends, or what it is answered,
//! is held by a weir between it and the accounting system; what it wants to commit is held by a lock in its database.
//! `STOCKBRIDGE_DRILL_EXPORTS` sets how many documents (36 in `make test`; the whole drill has 1,000). What the drill was
//! (kills by step, what they left behind, seconds) is printed.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use providers::{
    sandbox::{FaultTarget, Trouble},
    settings::ProviderSettings,
};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, TransactionTrait};
use serde_json::{Value, json};
use stockbridge_tests::{
    Outcome, PATIENCE, Store, TestDatabase,
    client::Client,
    on_both_databases,
    program::{Program, new_owner},
    sandbox::Sandbox,
    weir::{Held, Weir},
};

use super::many::{Many, exports, states, until_states};

on_both_databases!(killed_at_every_step_each_document_is_in_the_books_once);

/// Documents in `make test`.
const EXPORTS: usize = 36;
/// Documents built when all were sent before every step was reached.
const MORE_EXPORTS: usize = 16;
/// How many are to be at a step, if there are so many.
const AT_ONCE: usize = 8;
/// How long a step is waited for: longer than the work of a dead process stays with it. Where it is not reached (nothing
/// was left to be sent), the kill comes all the same, and is counted as one that missed.
const STEP: Duration = Duration::from_secs(8);
/// How long more documents are waited for, once one is at the step.
const MORE: Duration = Duration::from_millis(250);

/// Where the program is when it is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// Somewhere: some were sent since the last kill.
    Anywhere,
    /// It wants to commit, whatever that is: a plan that was frozen, or that it sends.
    NotCommitted,
    /// SENDING is committed, the request has not reached the accounting system.
    NotSent,
    /// At the next start: it asks what became of it, the question has not arrived.
    LookUpNotSent,
    /// The accounting system has the request and has done nothing.
    NotDone,
    /// It has done it; the answer has not arrived.
    NotAnswered,
    /// At the next start: the books have told, the answer has not arrived.
    LookUpNotAnswered,
    /// The answer has arrived; what follows from it is not committed.
    AnswerNotCommitted,
    /// At the next start: the books' answer has arrived; what follows from it is not committed.
    LookUpNotCommitted,
    /// UNCERTAIN is committed: it was done, and the answer was an outage.
    Uncertain,
    /// It was too much at once: PENDING again, with an attempt that failed in passing.
    Passing,
    /// FAILED is committed: it was refused.
    Refused,
}

/// All steps, in an order in which each finds what it needs.
const STEPS: [Step; 12] = [
    Step::Anywhere,
    Step::NotSent,
    Step::LookUpNotSent,
    Step::NotCommitted,
    Step::NotDone,
    Step::NotAnswered,
    Step::LookUpNotAnswered,
    Step::AnswerNotCommitted,
    Step::LookUpNotCommitted,
    Step::Uncertain,
    Step::Passing,
    Step::Refused,
];

struct Drill {
    database: TestDatabase,
    sandbox: Sandbox,
    weir: Weir,
    settings: ProviderSettings,
    token: String,
    /// The drill's own connection to the program's database.
    aside: DatabaseConnection,
    kills: BTreeMap<Step, usize>,
    /// Kills that came when the step was not reached.
    missed: usize,
    /// Exports by the state in which a kill left them.
    left: BTreeMap<String, i64>,
}

async fn killed_at_every_step_each_document_is_in_the_books_once(database: TestDatabase) -> Outcome {
    let wanted = std::env::var("STOCKBRIDGE_DRILL_EXPORTS").ok().map_or(Ok(EXPORTS), |text| text.parse())?;
    let (begun, token) = (Instant::now(), new_owner(&database).await?);
    let sandbox = Sandbox::start(0).await?;
    let weir = Weir::before(sandbox.settings().endpoints.get("api").context("no API address")?).await?;
    let settings = weir.settings(sandbox.settings());
    let mut options = ConnectOptions::new(database.url.clone());
    options.max_connections(1).sqlx_logging(false);
    let aside = Database::connect(options).await?;
    let (kills, left) = (BTreeMap::new(), BTreeMap::new());
    let mut drill = Drill { database, sandbox, weir, settings, token, aside, kills, missed: 0, left };

    let program = drill.serve()?;
    let client = drill.client(&program);
    let many = Many::open(&drill.sandbox, &client, wanted * 10).await?;
    many.build(&client, wanted).await?;
    let ready = begun.elapsed();
    let wanted = drill.all_steps(program, &many, wanted).await?;

    // Nothing is in its way any more.
    let program = drill.serve()?;
    let client = drill.client(&program);
    let ended = settle(&client, wanted).await?;
    let unknown = ended.iter().filter(|row| {
        let outcomes = row["attempts"].as_array().map(|rows| rows.iter().any(|row| row["outcome"] == "UNKNOWN"));
        outcomes == Some(true)
    });
    let unknown = unknown.count();
    drill.tell(wanted, unknown, (begun.elapsed(), ready));
    ensure!(drill.kills.len() == STEPS.len(), "not every step was killed at: {:?}", drill.kills);
    for state in ["PENDING", "SENDING", "UNCERTAIN", "SYNCED", "FAILED"] {
        ensure!(drill.left.contains_key(state), "no kill left anything {state}: {:?}", drill.left);
    }
    let resumed = runs_ended(&client).await?;
    ensure!(resumed > 0, "no run was taken up again");
    many.reconcile(&drill.sandbox, &client, &ended).await
}

/// Every run has ended, with a reason where it failed; how often they were taken up again.
async fn runs_ended(client: &Client) -> Result<i64> {
    let begun = Instant::now();
    let free = "{ syncLock { heldBy } }";
    while !client.data(free, Value::Null).await?["syncLock"].is_null() && begun.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let filter = json!({"kinds": ["EXPORT"]});
    let runs = client.all("syncRuns", "SyncRunFilter", filter, "state resumedTimes error { message }").await?;
    for run in &runs {
        let ended = match run["state"].as_str() {
            Some("SUCCEEDED" | "SUCCEEDED_WITH_ISSUES") => true,
            Some("FAILED") => run["error"]["message"].is_string(),
            _ => false,
        };
        ensure!(ended, "a run did not end, or without a reason: {run}");
    }
    Ok(runs.iter().filter_map(|run| run["resumedTimes"].as_i64()).sum())
}

/// Everything ends: what was refused is retried, as a person does it, until it is in the books.
async fn settle(client: &Client, wanted: usize) -> Result<Vec<Value>> {
    loop {
        until_states(client, |states| {
            states["SENDING"] + states["UNCERTAIN"] == 0 && states["SYNCED"] + states["FAILED"] + states["PENDING"] > 0
        })
        .await?;
        let rows = exports(client).await?;
        ensure!(rows.len() == wanted, "{} exports of {wanted}", rows.len());
        if rows.iter().all(|row| row["state"] == "SYNCED") {
            return Ok(rows);
        }
        for row in rows.iter().filter(|row| row["state"] == "FAILED") {
            ensure!(row["error"]["message"].is_string(), "failed without a reason: {row}");
            client.mutate("retryExport", json!({"exportId": row["id"]}), "export { id }").await?;
        }
        send(client).await?;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Builds some more, as soon as the run that is ending lets go of the lock.
async fn build_more(many: &Many, client: &Client) -> Result<()> {
    let (mut left, begun) = (MORE_EXPORTS, Instant::now());
    while left > 0 {
        match many.build(client, 1).await {
            Ok(_) => left -= 1,
            Err(error) => {
                ensure!(error.to_string().contains("SYNC_LOCKED") && begun.elapsed() < PATIENCE, "{error}");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    Ok(())
}

/// Sends what waits, unless that goes on already or nothing does.
async fn send(client: &Client) -> Result<()> {
    let told = client.payload("exportPending", json!({}), "run { id }").await?;
    let code = told["userErrors"][0]["code"].as_str().unwrap_or("NONE");
    ensure!(["NONE", "SYNC_LOCKED", "INVALID_STATE"].contains(&code), "{told}");
    Ok(())
}

impl Drill {
    /// What the drill did.
    #[allow(clippy::print_stdout, reason = "with a thousand exports it is run by hand, for these figures")]
    fn tell(&self, wanted: usize, unknown: usize, (took, ready): (Duration, Duration)) {
        println!(
            "{:?}: {wanted} exports, {} kills at their step: {:?}, {} elsewhere; exports left by kills, by state: {:?}; \
             {unknown} were once in doubt; {} s, of which {} s to build",
            self.database.store,
            self.kills.values().sum::<usize>(),
            self.kills,
            self.missed,
            self.left,
            took.as_secs(),
            ready.as_secs()
        );
    }

    fn serve(&self) -> Result<Program> {
        Program::serve_with(&self.database.folder, &self.database.url, &self.settings, 0)
    }

    fn client(&self, program: &Program) -> Client {
        Client::new(program.url.clone(), self.token.clone())
    }

    /// Kill after kill, step after step, until nothing is left to be sent and every step was reached: where that takes
    /// more documents, some are built. Answers how many there are in the end.
    async fn all_steps(&mut self, program: Program, many: &Many, mut built: usize) -> Result<usize> {
        let mut program = Some(program);
        let mut more = false;
        for step in STEPS.into_iter().cycle() {
            let client = match &program {
                Some(program) => self.client(program),
                None => {
                    self.prepare(step).await?;
                    let started = self.serve()?;
                    let client = self.client(&started);
                    program = Some(started);
                    client
                }
            };
            if more {
                build_more(many, &client).await?;
                built += MORE_EXPORTS;
            }
            send(&client).await?;
            let reached = self.reach(step, &client).await?;
            let running = program.take().context("no program")?;
            // What holds its commits is let go after it is dead, so that none comes through.
            let lock = self.lock_where_needed(step).await?;
            running.kill()?;
            drop(lock);
            self.weir.hold(Held::Nothing);
            self.sandbox.heal().await?;
            if reached {
                *self.kills.entry(step).or_default() += 1;
            } else {
                self.missed += 1;
            }
            more = self.count_left().await?;
            if more && self.kills.len() == STEPS.len() {
                break;
            }
        }
        Ok(built)
    }

    /// What must stand before the program starts.
    async fn prepare(&self, step: Step) -> Result<()> {
        match step {
            Step::LookUpNotSent => self.weir.hold(Held::Requests),
            Step::LookUpNotAnswered | Step::LookUpNotCommitted => self.weir.hold(Held::Answers),
            _ => {}
        }
        Ok(())
    }

    /// Makes the program come to the step; answers whether it did.
    async fn reach(&self, step: Step, client: &Client) -> Result<bool> {
        let synced = states(client).await?["SYNCED"];
        match step {
            Step::Anywhere | Step::NotCommitted => self.wait(client, |now| now["SYNCED"] > synced).await,
            Step::NotSent | Step::LookUpNotSent => self.held(Held::Requests).await,
            Step::NotDone => {
                let late = json!({"kind": "late", "milliseconds": 20_000});
                self.sandbox.forget_calls().await?;
                self.sandbox.fail("create InventoryAdjustment", 0, None, late).await?;
                let begun = Instant::now();
                while self.sandbox.calls_of("create InventoryAdjustment").await? == 0 {
                    if begun.elapsed() > STEP {
                        return Ok(false);
                    }
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                tokio::time::sleep(MORE).await;
                Ok(true)
            }
            Step::NotAnswered | Step::LookUpNotAnswered | Step::AnswerNotCommitted | Step::LookUpNotCommitted => {
                self.held(Held::Answers).await
            }
            Step::Uncertain => {
                let outage = Trouble::Status { status: 500, committed: true };
                self.sandbox.break_next(1_000, FaultTarget::Writes, outage).await?;
                // While it looks for them they stay in doubt.
                self.sandbox
                    .fail("query InventoryAdjustment", 0, None, json!({"kind": "late", "milliseconds": 20_000}))
                    .await?;
                self.wait(client, |now| now["UNCERTAIN"] > 0).await
            }
            Step::Passing => {
                self.sandbox
                    .break_next(1_000, FaultTarget::Writes, Trouble::TooManyRequests { retry_after: Some(1) })
                    .await?;
                self.wait_for_attempts("PASSING").await
            }
            Step::Refused => {
                let fault = json!({"kind": "fault", "status": 400, "code": 6000});
                let failed = states(client).await?["FAILED"];
                self.sandbox.fail("create InventoryAdjustment", 0, Some(3), fault).await?;
                self.wait(client, |now| now["FAILED"] > failed).await
            }
        }
    }

    /// Holds, until as much is held as the program sends at once, or no more comes.
    async fn held(&self, what: Held) -> Result<bool> {
        self.weir.hold(what);
        let (begun, mut first) = (Instant::now(), None);
        while self.weir.waiting() < AT_ONCE {
            if self.weir.waiting() > 0 && first.get_or_insert_with(Instant::now).elapsed() > MORE {
                return Ok(true);
            }
            if begun.elapsed() > STEP {
                return Ok(false);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(true)
    }

    async fn wait(&self, client: &Client, wanted: impl Fn(&BTreeMap<String, u64>) -> bool) -> Result<bool> {
        let begun = Instant::now();
        while begun.elapsed() < STEP {
            if wanted(&states(client).await?) {
                return Ok(true);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(false)
    }

    async fn wait_for_attempts(&self, outcome: &str) -> Result<bool> {
        let count = || self.number(format!("SELECT COUNT(*) AS n FROM export_attempt WHERE outcome = '{outcome}'"));
        let (before, begun) = (count().await?, Instant::now());
        while begun.elapsed() < STEP * 2 {
            if count().await? > before {
                return Ok(true);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(false)
    }

    async fn number(&self, sql: String) -> Result<i64> {
        let backend = self.aside.get_database_backend();
        let row = self.aside.query_one_raw(sea_orm::Statement::from_string(backend, sql)).await?;
        Ok(row.context("no count")?.try_get("", "n")?)
    }

    /// Keeps the program from committing, and lets the answers through that were held until then.
    async fn lock_where_needed(&self, step: Step) -> Result<Option<DatabaseTransaction>> {
        if !matches!(step, Step::NotCommitted | Step::AnswerNotCommitted | Step::LookUpNotCommitted) {
            return Ok(None);
        }
        let lock = self.aside.begin().await?;
        lock.execute_unprepared(match self.database.store {
            Store::Sqlite => "UPDATE export SET fence = fence WHERE 1 = 0",
            Store::Postgres => "LOCK TABLE export IN EXCLUSIVE MODE",
        })
        .await?;
        let held = self.weir.waiting();
        self.weir.hold(Held::Nothing);
        let begun = Instant::now();
        while self.weir.waiting() > 0 && begun.elapsed() < STEP {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        if held > 0 {
            // The bytes are on their way through the program; it can commit nothing of what it reads.
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(Some(lock))
    }

    /// Counts what the kill left, by state; answers whether there is nothing more to send.
    async fn count_left(&mut self) -> Result<bool> {
        let backend = self.aside.get_database_backend();
        let sql = "SELECT state, COUNT(*) AS n FROM export GROUP BY state";
        let mut open = 0;
        for row in self.aside.query_all_raw(sea_orm::Statement::from_string(backend, sql)).await? {
            let (state, count): (String, i64) = (row.try_get("", "state")?, row.try_get("", "n")?);
            if !["SYNCED", "FAILED"].contains(&state.as_str()) {
                open += count;
            }
            *self.left.entry(state).or_default() += count;
        }
        Ok(open == 0)
    }
}

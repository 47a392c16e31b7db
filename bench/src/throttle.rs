//! Suite `throttle`: a first sync within the service's rate limits, 0.4 s a page.
//!
//! Rule: the floor is what the limits allow: as many seconds as ten requests a second need for the requests that were
//! made. A refused request is a mistake of ours and fails the run.

use anyhow::{Context, Result, ensure};
use entity::TypedId;
use sea_orm::{ConnectionTrait, Statement};
use std::time::Duration;

use crate::{
    compare::{ROUNDS, at_most, middle},
    database::Place,
    report::Section,
    rig::Rig,
    sandbox::{self, Address, Shape},
};

/// Generated items.
const ITEMS: u32 = 100_000;
/// What the service allows.
const REQUESTS_PER_SECOND: f64 = 10.0;

/// One round.
struct Round {
    requests: i32,
    refused: i32,
    took: Duration,
}

impl Round {
    fn floor(&self) -> f64 {
        f64::from(self.requests) / REQUESTS_PER_SECOND
    }
}

/// Runs the suite.
///
/// # Errors
/// When a sync fails or a request was refused as one too many.
pub async fn measure() -> Result<Section> {
    let head = ["items", "requests", "answered 429", "floor", "whole sync", "whole ÷ floor"];
    let mut section = Section::new("First sync within the service's limits", &head);
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        // A new sandbox each time: the minute's allowance begins full.
        let (part, address) =
            sandbox::start(Shape { items: ITEMS, throttle: true, latency_ms: 400, ..Shape::default() }).await?;
        rounds.push(round(&address).await?);
        part.end().await?;
    }
    let times = middle(&rounds, |round| round.took.as_secs_f64() / round.floor());
    section.rows.push(vec![
        ITEMS.to_string(),
        format!("{:.0}", middle(&rounds, |round| f64::from(round.requests))),
        rounds.iter().map(|round| round.refused).sum::<i32>().to_string(),
        format!("{:.2} s", middle(&rounds, Round::floor)),
        format!("{:.2} s", middle(&rounds, |round| round.took.as_secs_f64())),
        at_most(times, 1.15, ""),
    ]);
    section.notes.push("10 requests/s and 500/min, every answer after 0.4 s at the earliest; SQLite.".to_owned());
    Ok(section)
}

async fn round(address: &Address) -> Result<Round> {
    let place = Place::sqlite()?;
    let mut rig = Rig::open(&place.fresh().await?, address).await?;
    rig.work();
    let synced = rig.sync().await?;
    let db = rig.app.db.clone();
    let sql = "SELECT CAST(COUNT(*) AS integer) AS requests, \
               CAST(COALESCE(SUM(CASE WHEN http_status = 429 THEN 1 ELSE 0 END), 0) AS integer) AS refused \
               FROM call_log WHERE run_id = $1";
    let run: uuid::Uuid = synced.run.id.into();
    let backend = db.connection().get_database_backend();
    let row = db.connection().query_one_raw(Statement::from_sql_and_values(backend, sql, [run.into()])).await?;
    let row = row.context("no count")?;
    let (requests, refused) = (row.try_get("", "requests")?, row.try_get("", "refused")?);
    ensure!(refused == 0, "{refused} of {requests} requests of {} were refused", entity::RunId::PREFIX);
    rig.close().await?;
    Ok(Round { requests, refused, took: synced.took })
}

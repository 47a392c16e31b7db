//! Suite `memory`: peak memory of the gateway's process, for 100,000 and for 300,000 items.
//!
//! Rule: the sandbox is another process; so is PostgreSQL. SQLite is in ours and counts.

use anyhow::Result;

use crate::{
    child,
    compare::{at_most, middle},
    database::Place,
    gateway::Gateway,
    report::Section,
    sandbox::{self, Shape},
};

/// Numbers of generated items, the smaller first.
const SIZES: [u32; 2] = [100_000, 300_000];
/// Rounds: a peak is steadier than a time.
const ROUNDS: usize = 3;

/// MiB.
#[derive(Debug, Clone, Copy)]
struct Memory {
    idle: f64,
    peak: f64,
    after: f64,
}

/// Runs the suite.
///
/// # Errors
/// When a sync fails.
pub async fn measure() -> Result<Section> {
    let head = ["database", "items", "idle", "peak while syncing", "afterwards", "goal", "compared with the smaller"];
    let mut section = Section::new("Memory of the gateway", &head);
    for place in &Place::both().await? {
        let mut smaller = None;
        for items in SIZES {
            let rounds = rounds(place, items).await?;
            let peak = middle(&rounds, |round| round.peak);
            let growth = smaller.map_or_else(String::new, |smaller: f64| at_most(peak / smaller, 1.2, ""));
            section.rows.push(vec![
                place.name().to_owned(),
                items.to_string(),
                format!("{:.1} MiB", middle(&rounds, |round| round.idle)),
                format!("{peak:.1} MiB"),
                format!("{:.1} MiB", middle(&rounds, |round| round.after)),
                at_most(peak, 150.0, " MiB"),
                growth,
            ]);
            smaller = Some(peak);
        }
    }
    Ok(section)
}

async fn rounds(place: &Place, items: u32) -> Result<Vec<Memory>> {
    let (part, address) = sandbox::start(Shape { items, ..Shape::default() }).await?;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let gateway = Gateway::start(place.fresh().await?, address.clone()).await?;
        let (idle, _) = child::memory(gateway.part.pid)?;
        gateway.sync().await?;
        let (after, peak) = child::memory(gateway.part.pid)?;
        gateway.part.end().await?;
        rounds.push(Memory { idle, peak, after });
    }
    part.end().await?;
    Ok(rounds)
}

//! The sums by month of every business, added up again from the sale lines.
//!
//! Rule: reads only.

use domain::{
    ambient::Ambient,
    business::Businesses,
    margin::{Margins, StaleSum},
    money::Amount,
    store::Db,
};
use entity::BusinessId;

use super::Finding;
use crate::{
    config::Config,
    database::{self, Missing},
};

const CHECK: &str = "margins";
/// Sums that are named; of the rest only the number is told.
const NAMED: usize = 5;

/// What adding up gives.
pub(super) async fn proof(config: &Config) -> Finding {
    match add_up(config).await {
        Err(problem) => Finding::fail(CHECK, format!("could not be added up: {problem:#}")),
        Ok(stale) if stale.is_empty() => Finding::ok(CHECK, "the sums by month are those of the sale lines"),
        Ok(stale) => Finding::fail(CHECK, told(&stale)),
    }
}

async fn add_up(config: &Config) -> anyhow::Result<Vec<(BusinessId, StaleSum)>> {
    let db = Db::over(database::open(&config.database, Missing::Refuse).await?);
    let businesses = Businesses::new(db.clone(), Ambient::system()).all().await?;
    let margins = Margins::new(db.clone());
    let mut stale = Vec::new();
    for business in businesses {
        stale.extend(margins.prove(business).await?.into_iter().map(|sum| (business, sum)));
    }
    db.close().await?;
    Ok(stale)
}

fn told(stale: &[(BusinessId, StaleSum)]) -> String {
    let named = stale.iter().take(NAMED).map(|(business, sum)| {
        let StaleSum { grain, month, lines, revenue, cost } = sum;
        let (revenue, cost) = (Amount(*revenue), Amount(*cost));
        format!("{business}: {grain} {month}: off by {lines} lines, revenue {revenue}, cost {cost}")
    });
    let named: Vec<String> = named.collect();
    let more = match stale.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    format!("sums by month are not those of the lines: {}{more}; run `stockbridge margins rebuild`", named.join("; "))
}

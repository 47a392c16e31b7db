//! The stock ledger of every business, added up again.
//!
//! Rule: reads only. A broken invariant is named with its record and both figures, so that nobody has to look for it.

use domain::{
    ambient::Ambient,
    business::Businesses,
    money::Amount,
    stock::{Broken, Stock},
    store::Db,
};
use entity::BusinessId;

use super::Finding;
use crate::{
    config::Config,
    database::{self, Missing},
};

const CHECK: &str = "stock ledger";
/// Broken rows that are named; of the rest only the number is told.
const NAMED: usize = 5;

/// What adding up gives.
pub(super) async fn proof(config: &Config) -> Finding {
    match add_up(config).await {
        Err(problem) => Finding::fail(CHECK, format!("could not be added up: {problem:#}")),
        Ok((businesses, broken)) if broken.is_empty() => {
            let invariants = Stock::invariants();
            Finding::ok(CHECK, format!("adds up: {invariants} invariants, businesses: {businesses}"))
        }
        Ok((_, broken)) => Finding::fail(CHECK, told(&broken)),
    }
}

async fn add_up(config: &Config) -> anyhow::Result<(usize, Vec<(BusinessId, Broken)>)> {
    let db = Db::over(database::open(&config.database, Missing::Refuse).await?);
    let ambient = Ambient::system();
    let businesses = Businesses::new(db.clone(), ambient.clone()).all().await?;
    let stock = Stock::new(db.clone(), ambient);
    let mut broken = Vec::new();
    for business in &businesses {
        broken.extend(stock.prove(*business).await?.into_iter().map(|row| (*business, row)));
    }
    db.close().await?;
    Ok((businesses.len(), broken))
}

fn told(broken: &[(BusinessId, Broken)]) -> String {
    let named = broken.iter().take(NAMED).map(|(business, row)| {
        let Broken { invariant, record, id, expected, found } = row;
        let (expected, found) = (Amount(*expected), Amount(*found));
        format!("{business}: {invariant}: {record} {id} has {found}, adding up gives {expected}")
    });
    let named: Vec<String> = named.collect();
    let more = match broken.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    format!(
        "does not add up: {}{more}; do not correct rows by hand: stop writing, keep a copy of the database, and compare with a backup",
        named.join("; ")
    )
}

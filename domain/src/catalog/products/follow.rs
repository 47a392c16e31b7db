//! In sync mode linked products follow their items: name, SKU, quantity and cost (behaviour 2.4).
//!
//! Rule: a difference in quantity or cost becomes one movement; no difference writes nothing. With receiving on, lots
//! are the truth and only name and SKU follow.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use entity::{MovementKind, ProductId, Quantity, SourceKind, Timestamp};

use super::{
    model::Product,
    rules,
    store::{self, Differing},
};
use crate::{
    ambient::Ambient,
    error::Result,
    integration::Integration,
    stock::{
        self, Cause,
        book::{Book, BookError},
        ledger::{Ledger, Writer},
    },
    store::WriteTx,
    sync::Run,
};

/// Products handled in one transaction.
const CHUNK: u64 = 500;

/// Brings the next linked products up to date. Answers how many changed, and where to go on.
pub(crate) async fn follow_items(
    tx: &WriteTx,
    ambient: &Ambient,
    integration: &Integration,
    run: &Run,
    after: Option<ProductId>,
) -> Result<(i64, Option<ProductId>)> {
    let writer = Writer { run: Some(run.id), ..Writer::new(integration.business_id, "item sync") };
    let mut ledger = Ledger::open(tx, ambient, &writer).await?;
    let receiving = ledger.book.stamp.lots;
    let business = integration.business_id;
    let rows = store::differing(tx.connection(), business, integration.id, after, !receiving, CHUNK).await?;
    let last = (rows.len() as u64 == CHUNK).then(|| rows.last().map(|row| row.id)).flatten();
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let cause = Cause::new(MovementKind::ItemSync, ledger.book.stamp.today).of(SourceKind::ItemSync, run.id);
    for row in &rows {
        ledger.book.load_product(followed(row));
    }
    // How well a product's cost is known, its open lots tell.
    ledger.load_open(rows.iter().map(|row| (row.id, Quantity::ZERO)).collect()).await?;
    for row in &rows {
        let followed = follow(&mut ledger.book, row, receiving, &cause)?;
        followed.map_err(|error| stock::rules::explain(&error, &ledger.book))?;
    }
    ledger.write().await?;
    Ok((count, last))
}

/// One product follows its item. What our builds used and the accounting system does not know of yet is taken off its
/// figure, or the sync would bring it back.
fn follow(
    book: &mut Book,
    row: &Differing,
    receiving: bool,
    cause: &Cause,
) -> Result<std::result::Result<(), BookError>> {
    let restock = match row.item_quantity.filter(|_| !receiving) {
        Some(theirs) => {
            let quantity = theirs.checked_add(row.pending).ok_or_else(|| {
                crate::Error::Internal(format!("{}: the quantity is too large to be kept exactly", row.item_name))
            })?;
            let cost = row.item_cost.filter(|cost| cost.0 > 0);
            Some(rules::restock(row.on_hand, row.value, quantity, cost)?)
        }
        None => None,
    };
    let id = row.id;
    if let Some(restock) = restock {
        let described = book.describe(id, |product| {
            (product.average_cost, product.cost_status) = (restock.average_cost, restock.cost_status);
        });
        return Ok(described.and_then(|()| book.restate(id, restock.on_hand, restock.value_after, cause)));
    }
    Ok(book.describe(id, |_| ()))
}

fn followed(row: &Differing) -> Product {
    Product {
        id: row.id,
        business_id: row.business_id,
        sort_name: row.item_name.to_lowercase(),
        name: row.item_name.clone(),
        sort_sku: row.item_sku.as_deref().unwrap_or_default().to_lowercase(),
        sku: row.item_sku.clone(),
        kind: row.kind,
        unit: row.unit.clone(),
        category: row.category.clone(),
        active: row.active,
        on_hand: row.on_hand,
        value: row.value,
        average_cost: row.average_cost,
        cost_status: row.cost_status,
        owed_quantity: row.owed_quantity,
        owed_value: row.owed_value,
        created_at: row.created_at,
        updated_at: row.created_at,
    }
}

/// The day of a moment in a time zone; in UTC if the zone is unknown.
pub(crate) fn day_in(moment: Timestamp, zone: &str) -> NaiveDate {
    let moment: DateTime<Utc> = moment.to_utc();
    match zone.parse::<Tz>() {
        Ok(zone) => moment.with_timezone(&zone).date_naive(),
        Err(_) => moment.date_naive(),
    }
}

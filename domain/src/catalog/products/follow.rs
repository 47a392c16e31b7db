//! In sync mode linked products follow their items: name, SKU, quantity and cost (behaviour 2.4).
//!
//! Rule: a difference in quantity or cost becomes one movement; no difference writes nothing. With receiving on, lots
//! are the truth and only name and SKU follow.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use entity::{MovementKind, ProductId, Timestamp};

use super::{
    model::{Movement, Product},
    rules::{self, Restock},
    store::{self, Differing},
};
use crate::{ambient::Ambient, business, error::Result, integration::Integration, store::WriteTx, sync::Run};

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
    let of = business::stock_context(tx, integration.business_id).await?;
    let rows =
        store::differing(tx.connection(), integration.business_id, integration.id, after, !of.receiving, CHUNK).await?;
    let now = ambient.now();
    let today = day_in(now, &of.time_zone);
    let last = (rows.len() as u64 == CHUNK).then(|| rows.last().map(|row| row.id)).flatten();
    let mut products = Vec::with_capacity(rows.len());
    let mut movements = Vec::new();
    for row in rows {
        let restock = figures(&row, of.receiving)?;
        if let Some(restock) = restock.as_ref().filter(|restock| restock.moves()) {
            movements.push(movement(ambient, &row, restock, run, today, now));
        }
        products.push(followed(row, restock, now));
    }
    store::put_many(tx.connection(), &products).await?;
    store::insert_movements(tx.connection(), movements).await?;
    Ok((i64::try_from(products.len()).unwrap_or(i64::MAX), last))
}

fn figures(row: &Differing, receiving: bool) -> Result<Option<Restock>> {
    let cost = row.item_cost.filter(|cost| cost.0 > 0);
    match row.item_quantity.filter(|_| !receiving) {
        Some(quantity) => Ok(Some(rules::restock(row.on_hand, row.value, quantity, cost)?)),
        None => Ok(None),
    }
}

fn movement(
    ambient: &Ambient,
    row: &Differing,
    restock: &Restock,
    run: &Run,
    effective_on: NaiveDate,
    recorded_at: Timestamp,
) -> Movement {
    Movement {
        id: ambient.id(),
        business_id: row.business_id,
        product_id: row.id,
        kind: MovementKind::ItemSync,
        quantity: restock.quantity,
        value: restock.value,
        on_hand_after: restock.on_hand,
        value_after: restock.value_after,
        effective_on,
        recorded_at,
        recorded_by: "item sync".to_owned(),
        run_id: Some(run.id),
    }
}

fn followed(row: Differing, restock: Option<Restock>, now: Timestamp) -> Product {
    let (on_hand, value, average_cost, cost_status) = match restock {
        Some(restock) => (restock.on_hand, restock.value_after, restock.average_cost, restock.cost_status),
        None => (row.on_hand, row.value, row.average_cost, row.cost_status),
    };
    Product {
        id: row.id,
        business_id: row.business_id,
        sort_name: row.item_name.to_lowercase(),
        name: row.item_name,
        sort_sku: row.item_sku.as_deref().unwrap_or_default().to_lowercase(),
        sku: row.item_sku,
        kind: row.kind,
        unit: row.unit,
        active: row.active,
        on_hand,
        value,
        average_cost,
        cost_status,
        created_at: row.created_at,
        updated_at: now,
    }
}

/// The day of a moment in a time zone; in UTC if the zone is unknown.
pub(super) fn day_in(moment: Timestamp, zone: &str) -> NaiveDate {
    let moment: DateTime<Utc> = moment.to_utc();
    match zone.parse::<Tz>() {
        Ok(zone) => moment.with_timezone(&zone).date_naive(),
        Err(_) => moment.date_naive(),
    }
}

//! Writing what a book came to: one statement per table.

use sea_orm::{ActiveEnum, ConnectionTrait, DbErr};
use uuid::Uuid;

use crate::{
    stock::{
        book::Effects,
        model::{Entry, Lot, Movement, Product},
    },
    store::{ABSENT, bulk_insert},
};

/// Writes movements, lots, entries and products.
pub(crate) async fn write(connection: &impl ConnectionTrait, effects: &Effects) -> Result<(), DbErr> {
    movements(connection, &effects.movements).await?;
    lots(connection, &effects.lots).await?;
    entries(connection, &effects.entries).await?;
    bulk_products(connection, &effects.products).await
}

pub(crate) fn uuid<T: Copy + Into<Uuid>>(id: Option<T>) -> Uuid {
    id.map_or(Uuid::nil(), Into::into)
}

fn word<T: ActiveEnum<Value = String>>(word: Option<T>) -> String {
    word.map(|word| word.to_value()).unwrap_or_default()
}

/// Builds the columns of a bulk write: name, kind, and the value of one row.
macro_rules! columns {
    ($rows:expr; $($name:literal $kind:ident |$row:ident| $value:expr;)*) => {
        vec![$(($name, $crate::store::Column::$kind($rows.iter().map(|$row| $value).collect())),)*]
    };
}
pub(crate) use columns;

async fn movements(connection: &impl ConnectionTrait, rows: &[Movement]) -> Result<(), DbErr> {
    let columns = columns![rows;
        "id" Uuid |row| row.id.0;
        "business_id" Uuid |row| row.business_id.0;
        "product_id" Uuid |row| row.product_id.0;
        "kind" Text |row| row.kind.to_value();
        "quantity" Number |row| row.quantity.0;
        "value" Number |row| row.value.0;
        "on_hand_after" Number |row| row.on_hand_after.0;
        "value_after" Number |row| row.value_after.0;
        "effective_on" Date |row| Some(row.effective_on);
        "recorded_at" Number |row| row.recorded_at.0;
        "recorded_by" Text |row| row.recorded_by.clone();
        "run_id" NullableUuid |row| uuid(row.run_id);
        "cost_status" Text |row| row.cost_status.to_value();
        "source_kind" NullableText |row| word(row.source_kind);
        "source_id" NullableUuid |row| row.source_id.unwrap_or_default();
        "source_line" NullableNumber |row| row.source_line.map_or(ABSENT, i64::from);
        "reverses" NullableUuid |row| uuid(row.reverses);
        "reason" NullableText |row| word(row.reason);
        "note" NullableText |row| row.note.clone().unwrap_or_default();
    ];
    bulk_insert(connection, "stock_movement", columns, "").await
}

async fn lots(connection: &impl ConnectionTrait, rows: &[Lot]) -> Result<(), DbErr> {
    let columns = columns![rows;
        "id" Uuid |row| row.id.0;
        "business_id" Uuid |row| row.business_id.0;
        "product_id" Uuid |row| row.product_id.0;
        "movement_id" Uuid |row| row.movement_id.0;
        "number" Text |row| row.number.clone();
        "source" Text |row| row.source.to_value();
        "rank" Number |row| i64::from(row.rank);
        "status" Text |row| row.status.to_value();
        "received_on" Date |row| Some(row.received_on);
        "expires_on" Date |row| row.expires_on;
        "supplier_id" NullableUuid |row| uuid(row.supplier_id);
        "receipt_id" NullableUuid |row| uuid(row.receipt_id);
        "receipt_line_id" NullableUuid |row| uuid(row.receipt_line_id);
        "build_id" NullableUuid |row| uuid(row.build_id);
        "received_quantity" Number |row| row.received_quantity.0;
        "received_value" Number |row| row.received_value.0;
        "remaining_quantity" Number |row| row.remaining_quantity.0;
        "remaining_value" Number |row| row.remaining_value.0;
        "cost_status" Text |row| row.cost_status.to_value();
        "created_at" Number |row| row.created_at.0;
        "updated_at" Number |row| row.updated_at.0;
    ];
    let changed = "ON CONFLICT (id) DO UPDATE SET status = excluded.status, \
        received_quantity = excluded.received_quantity, received_value = excluded.received_value, \
        remaining_quantity = excluded.remaining_quantity, remaining_value = excluded.remaining_value, \
        updated_at = excluded.updated_at";
    bulk_insert(connection, "lot", columns, changed).await
}

async fn entries(connection: &impl ConnectionTrait, rows: &[Entry]) -> Result<(), DbErr> {
    let columns = columns![rows;
        "id" Uuid |row| row.id.0;
        "business_id" Uuid |row| row.business_id.0;
        "product_id" Uuid |row| row.product_id.0;
        "lot_id" Uuid |row| row.lot_id.0;
        "movement_id" Uuid |row| row.movement_id.0;
        "quantity" Number |row| row.quantity.0;
        "value" Number |row| row.value.0;
        "cost_status" Text |row| row.cost_status.to_value();
        "effective_on" Date |row| Some(row.effective_on);
        "recorded_at" Number |row| row.recorded_at.0;
        "reverses" NullableUuid |row| uuid(row.reverses);
    ];
    bulk_insert(connection, "lot_entry", columns, "").await
}

const PRODUCT: &str = "ON CONFLICT (id) DO UPDATE SET name = excluded.name, sort_name = excluded.sort_name, \
    sku = excluded.sku, sort_sku = excluded.sort_sku, on_hand = excluded.on_hand, value = excluded.value, \
    average_cost = excluded.average_cost, cost_status = excluded.cost_status, \
    owed_quantity = excluded.owed_quantity, owed_value = excluded.owed_value, updated_at = excluded.updated_at";

/// Writes products, new and known.
pub(crate) async fn bulk_products(connection: &impl ConnectionTrait, rows: &[Product]) -> Result<(), DbErr> {
    let columns = columns![rows;
        "id" Uuid |row| row.id.0;
        "business_id" Uuid |row| row.business_id.0;
        "name" Text |row| row.name.clone();
        "sort_name" Text |row| row.sort_name.clone();
        "sku" NullableText |row| row.sku.clone().unwrap_or_default();
        "sort_sku" Text |row| row.sort_sku.clone();
        "kind" Text |row| row.kind.to_value();
        "unit" NullableText |row| row.unit.clone().unwrap_or_default();
        "category" NullableText |row| row.category.clone().unwrap_or_default();
        "active" Bool |row| row.active;
        "on_hand" Number |row| row.on_hand.0;
        "value" Number |row| row.value.0;
        "average_cost" NullableNumber |row| row.average_cost.map_or(ABSENT, |cost| cost.0);
        "cost_status" Text |row| row.cost_status.to_value();
        "owed_quantity" Number |row| row.owed_quantity.0;
        "owed_value" Number |row| row.owed_value.0;
        "created_at" Number |row| row.created_at.0;
        "updated_at" Number |row| row.updated_at.0;
    ];
    bulk_insert(connection, "product", columns, PRODUCT).await
}

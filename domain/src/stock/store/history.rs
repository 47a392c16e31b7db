//! What movements did to lots, and what took it back.

use entity::{BusinessId, EntryId, LotId, MovementId, lot_entry};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use crate::stock::model::{Entry, Movement};

const CHUNK: usize = 1_000;

async fn entries(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    which: Condition,
) -> Result<Vec<Entry>, DbErr> {
    lot_entry::Entity::find()
        .filter(lot_entry::Column::BusinessId.eq(business))
        .filter(which)
        .order_by_asc(lot_entry::Column::RecordedAt)
        .order_by_asc(lot_entry::Column::Id)
        .all(connection)
        .await
}

/// Entries of these movements, in the order of recording.
pub(crate) async fn in_movements(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    movements: &[MovementId],
) -> Result<Vec<Entry>, DbErr> {
    let mut rows = Vec::new();
    for chunk in movements.chunks(CHUNK) {
        let which = lot_entry::Column::MovementId.is_in(chunk.iter().copied());
        rows.extend(entries(connection, business, Condition::all().add(which)).await?);
    }
    Ok(rows)
}

/// Entries on these lots, in the order of recording.
pub(crate) async fn on_lots(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    lots: &[LotId],
) -> Result<Vec<Entry>, DbErr> {
    let mut rows = Vec::new();
    for chunk in lots.chunks(CHUNK) {
        let which = lot_entry::Column::LotId.is_in(chunk.iter().copied());
        rows.extend(entries(connection, business, Condition::all().add(which)).await?);
    }
    Ok(rows)
}

/// Entries that take these back.
pub(crate) async fn entries_of(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    reversed: &[EntryId],
) -> Result<Vec<Entry>, DbErr> {
    let mut rows = Vec::new();
    for chunk in reversed.chunks(CHUNK) {
        let which = lot_entry::Column::Reverses.is_in(chunk.iter().copied());
        rows.extend(entries(connection, business, Condition::all().add(which)).await?);
    }
    Ok(rows)
}

/// Movements that take these back.
pub(crate) async fn family(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    reversed: &[MovementId],
) -> Result<Vec<Movement>, DbErr> {
    use entity::stock_movement as m;
    let mut rows = Vec::new();
    for chunk in reversed.chunks(CHUNK) {
        let found = m::Entity::find()
            .filter(m::Column::BusinessId.eq(business))
            .filter(m::Column::Reverses.is_in(chunk.iter().copied()))
            .all(connection)
            .await?;
        rows.extend(found);
    }
    Ok(rows)
}

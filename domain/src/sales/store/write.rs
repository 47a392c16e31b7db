//! Writing sales: one statement per table and batch.

use entity::{BusinessId, LineState, SaleId};
use sea_orm::{ActiveEnum, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};

use crate::{
    margin,
    sales::model::{Sale, SaleLine, SaleVersion},
    stock::store::{columns, uuid},
    store::{ABSENT, bulk_insert},
};

const SALE: &str = "ON CONFLICT (id) DO UPDATE SET external_version = excluded.external_version, \
    number = excluded.number, date = excluded.date, customer_id = excluded.customer_id, customer = excluded.customer, \
    status = excluded.status, version = excluded.version, versioned_at = excluded.versioned_at, \
    content_hash = excluded.content_hash, currency = excluded.currency, rate = excluded.rate, \
    revenue = excluded.revenue, cost = excluded.cost, short_quantity = excluded.short_quantity, \
    cost_status = excluded.cost_status, net = excluded.net, shipping = excluded.shipping, \
    open_lines = excluded.open_lines, applies_to = excluded.applies_to, note = excluded.note, \
    external_updated_at = excluded.external_updated_at, run_id = excluded.run_id, updated_at = excluded.updated_at";

/// Writes sales, new and known.
pub(in crate::sales) async fn put_sales(connection: &impl ConnectionTrait, rows: &[Sale]) -> Result<(), DbErr> {
    let columns = columns![rows;
        "id" Uuid |row| row.id.0;
        "business_id" Uuid |row| row.business_id.0;
        "channel_id" Uuid |row| row.channel_id.0;
        "document_type" Text |row| row.document_type.to_value();
        "external_id" Text |row| row.external_id.clone();
        "external_version" NullableText |row| row.external_version.clone().unwrap_or_default();
        "number" NullableText |row| row.number.clone().unwrap_or_default();
        "date" Date |row| Some(row.date);
        "customer_id" NullableText |row| row.customer_id.clone().unwrap_or_default();
        "customer" NullableText |row| row.customer.clone().unwrap_or_default();
        "status" Text |row| row.status.to_value();
        "version" Number |row| i64::from(row.version);
        "versioned_at" Number |row| row.versioned_at.0;
        "content_hash" Number |row| row.content_hash;
        "currency" Text |row| row.currency.clone();
        "rate" NullableText |row| row.rate.clone().unwrap_or_default();
        "revenue" Number |row| row.revenue.0;
        "cost" Number |row| row.cost.0;
        "short_quantity" Number |row| row.short_quantity.0;
        "cost_status" Text |row| row.cost_status.to_value();
        "net" Number |row| row.net.0;
        "shipping" Number |row| row.shipping.0;
        "open_lines" Number |row| i64::from(row.open_lines);
        "applies_to" NullableText |row| row.applies_to.clone().unwrap_or_default();
        "note" NullableText |row| row.note.clone().unwrap_or_default();
        "external_updated_at" NullableNumber |row| row.external_updated_at.map_or(ABSENT, |at| at.0);
        "run_id" NullableUuid |row| uuid(row.run_id);
        "created_at" Number |row| row.created_at.0;
        "created_by" Text |row| row.created_by.clone();
        "updated_at" Number |row| row.updated_at.0;
    ];
    bulk_insert(connection, "sale", columns, SALE).await
}

const VERSION: &str = "ON CONFLICT (sale_id, version) DO UPDATE SET revenue = excluded.revenue, \
    cost = excluded.cost, short_quantity = excluded.short_quantity";

/// Writes versions; of a known one, what its lines came to since.
pub(in crate::sales) async fn put_versions(
    connection: &impl ConnectionTrait,
    rows: &[SaleVersion],
) -> Result<(), DbErr> {
    let columns = columns![rows;
        "sale_id" Uuid |row| row.sale_id.0;
        "version" Number |row| i64::from(row.version);
        "business_id" Uuid |row| row.business_id.0;
        "change" Text |row| row.change.to_value();
        "status" Text |row| row.status.to_value();
        "external_version" NullableText |row| row.external_version.clone().unwrap_or_default();
        "number" NullableText |row| row.number.clone().unwrap_or_default();
        "date" Date |row| Some(row.date);
        "customer" NullableText |row| row.customer.clone().unwrap_or_default();
        "revenue" Number |row| row.revenue.0;
        "cost" Number |row| row.cost.0;
        "short_quantity" Number |row| row.short_quantity.0;
        "reason" NullableText |row| row.reason.clone().unwrap_or_default();
        "run_id" NullableUuid |row| uuid(row.run_id);
        "recorded_at" Number |row| row.recorded_at.0;
        "recorded_by" Text |row| row.recorded_by.clone();
    ];
    bulk_insert(connection, "sale_version", columns, VERSION).await
}

const LINE: &str = "ON CONFLICT (id) DO UPDATE SET state = excluded.state, counted = excluded.counted, \
    product_id = excluded.product_id, cost = excluded.cost, short_quantity = excluded.short_quantity, \
    cost_status = excluded.cost_status, movement_id = excluded.movement_id, processed_at = excluded.processed_at";

/// Writes lines, new and known.
pub(in crate::sales) async fn put_lines(connection: &impl ConnectionTrait, rows: &[SaleLine]) -> Result<(), DbErr> {
    let columns = columns![rows;
        "id" Uuid |row| row.id.0;
        "business_id" Uuid |row| row.business_id.0;
        "sale_id" Uuid |row| row.sale_id.0;
        "version" Number |row| i64::from(row.version);
        "position" Number |row| i64::from(row.position);
        "external_id" Text |row| row.external_id.clone();
        "channel_id" Uuid |row| row.channel_id.0;
        "date" Date |row| Some(row.date);
        "customer" NullableText |row| row.customer.clone().unwrap_or_default();
        "state" Text |row| row.state.to_value();
        "counted" Bool |row| row.counted;
        "product_id" NullableUuid |row| uuid(row.product_id);
        "item_external_id" NullableText |row| row.item_external_id.clone().unwrap_or_default();
        "bundle_external_id" NullableText |row| row.bundle_external_id.clone().unwrap_or_default();
        "description" NullableText |row| row.description.clone().unwrap_or_default();
        "quantity" Number |row| row.quantity.0;
        "revenue" Number |row| row.revenue.0;
        "cost" Number |row| row.cost.0;
        "short_quantity" Number |row| row.short_quantity.0;
        "cost_status" Text |row| row.cost_status.to_value();
        "movement_id" NullableUuid |row| uuid(row.movement_id);
        "processed_at" NullableNumber |row| row.processed_at.map_or(ABSENT, |at| at.0);
    ];
    bulk_insert(connection, "sale_line", columns, LINE).await?;
    // Those that count do so from now on.
    margin::store::keep(connection, rows, margin::store::Sign::Begin).await
}

/// The lines of a sale count no more, and those that were open wait no more.
pub(in crate::sales) async fn forget_counted(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    sale: SaleId,
) -> Result<(), DbErr> {
    use entity::sale_line as line;
    let counted = line::Entity::find()
        .filter(line::Column::BusinessId.eq(business))
        .filter(line::Column::SaleId.eq(sale))
        .filter(line::Column::Counted.eq(true))
        .all(connection)
        .await?;
    margin::store::keep(connection, &counted, margin::store::Sign::Cease).await?;
    line::Entity::update_many()
        .col_expr(line::Column::Counted, Expr::val(false))
        .filter(line::Column::BusinessId.eq(business))
        .filter(line::Column::SaleId.eq(sale))
        .filter(line::Column::Counted.eq(true))
        .exec(connection)
        .await?;
    line::Entity::update_many()
        .col_expr(line::Column::State, Expr::val(LineState::Abandoned.to_value()))
        .filter(line::Column::BusinessId.eq(business))
        .filter(line::Column::SaleId.eq(sale))
        .filter(line::Column::State.is_in([LineState::Open, LineState::Inexact]))
        .exec(connection)
        .await
        .map(|_| ())
}

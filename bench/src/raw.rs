//! The handler to compare with: the same statement, its rows written as JSON by hand; no GraphQL, no token, no limits.
//!
//! Rule: the statement is the gateway's, to the letter; what is shown of a row is what the query of the comparison asks
//! for. Written with the driver itself, on the gateway's pool.

use axum::{
    Router,
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::{
    catalog::{ItemColumns, ItemFilter},
    measure::page_of_items,
    page::{PageRequest, Position, SortKey},
    store::Db,
};
use entity::{BusinessId, ItemId, ItemType, Quantity, UnitCost};
use rust_decimal::Decimal;
use sea_orm::{DbBackend, sqlx};
use serde::{Deserialize, Serialize};
use sqlx::{ColumnIndex, Decode, Row, Type};
use uuid::Uuid;

use crate::rig::Rig;

/// Items of a page.
pub const PAGE: u32 = 50;

/// The filter of the comparison.
pub fn filter() -> ItemFilter {
    ItemFilter { types: vec![ItemType::Inventory], active: Some(true), ..ItemFilter::default() }
}

/// The columns of what is shown.
pub fn columns() -> ItemColumns {
    ItemColumns::only(vec!["external_id", "name", "sku", "active", "unit_price", "quantity_on_hand"])
}

/// The page after a place.
pub fn request(after: Option<(String, Uuid)>) -> PageRequest {
    let after = after.map(|(name, id)| Position { key: SortKey::Text(name), id });
    PageRequest { after, ..PageRequest::first(PAGE) }
}

#[derive(Debug, Clone)]
struct Parts {
    db: Db,
    business: BusinessId,
    first: String,
    deep: String,
}

/// The raw handler, and the number of statements that the gateway has executed.
pub fn router(rig: &Rig) -> Router {
    let db = rig.app.db.clone();
    let text = |after| page_of_items(&db, rig.actor.business, &filter(), &columns(), &request(after)).prepared;
    let deep = text(Some((String::new(), Uuid::nil())));
    let parts = Parts { first: text(None), deep, business: rig.actor.business, db: db.clone() };
    let statements = |State(parts): State<Parts>| async move { parts.db.statement_count().to_string() };
    Router::new().route("/items", get(items)).route("/statements", get(statements)).with_state(parts)
}

#[derive(Debug, Deserialize)]
struct After {
    name: Option<String>,
    id: Option<Uuid>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    nodes: Vec<Node>,
    has_next_page: bool,
    end_cursor: Option<(String, Uuid)>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    id: String,
    external_id: String,
    name: String,
    sku: Option<String>,
    r#type: String,
    active: bool,
    unit_price: Option<Money>,
    quantity_on_hand: Option<Decimal>,
}

#[derive(Serialize)]
struct Money {
    amount: Decimal,
    currency: String,
}

async fn items(State(parts): State<Parts>, Query(after): Query<After>) -> Response {
    match page(&parts, after).await.map(|answer| serde_json::to_vec(&answer)) {
        Ok(Ok(body)) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn page(parts: &Parts, after: After) -> Result<Answer, sqlx::Error> {
    let connection = parts.db.connection();
    let after = after.name.zip(after.id);
    let sql = if after.is_some() { parts.deep.as_str() } else { parts.first.as_str() };
    let limit = i64::from(PAGE) + 1;
    macro_rules! rows {
        ($pool:expr) => {{
            let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(parts.business.0).bind("INVENTORY").bind(true);
            let query = match after {
                Some((name, id)) => query.bind(name).bind(id).bind(limit),
                None => query.bind(limit),
            };
            let rows = query.fetch_all($pool).await?;
            rows.iter().map(read).collect::<Result<Vec<_>, _>>()?
        }};
    }
    let rows = match connection.get_database_backend() {
        DbBackend::Postgres => rows!(connection.get_postgres_connection_pool()),
        _ => rows!(connection.get_sqlite_connection_pool()),
    };
    Ok(answer(rows))
}

/// A row with its place in the order.
type Placed = (Node, String, Uuid);

fn answer(mut rows: Vec<Placed>) -> Answer {
    let has_next_page = rows.len() > PAGE as usize;
    rows.truncate(PAGE as usize);
    let end_cursor = rows.last().map(|(_, name, id)| (name.clone(), *id));
    Answer { nodes: rows.into_iter().map(|(node, _, _)| node).collect(), has_next_page, end_cursor }
}

/// Places of the columns in the statement.
mod column {
    pub(super) const ID: usize = 0;
    pub(super) const EXTERNAL_ID: usize = 2;
    pub(super) const KIND: usize = 3;
    pub(super) const NAME: usize = 4;
    pub(super) const SORT_NAME: usize = 5;
    pub(super) const SKU: usize = 6;
    pub(super) const ACTIVE: usize = 7;
    pub(super) const UNIT_PRICE: usize = 8;
    pub(super) const QUANTITY_ON_HAND: usize = 9;
    pub(super) const CURRENCY: usize = 10;
}

fn read<'r, R>(row: &'r R) -> Result<Placed, sqlx::Error>
where
    R: Row,
    usize: ColumnIndex<R>,
    Uuid: Decode<'r, R::Database> + Type<R::Database>,
    String: Decode<'r, R::Database> + Type<R::Database>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    bool: Decode<'r, R::Database> + Type<R::Database>,
{
    let id: Uuid = row.try_get(column::ID)?;
    let price: Option<i64> = row.try_get(column::UNIT_PRICE)?;
    let quantity: Option<i64> = row.try_get(column::QUANTITY_ON_HAND)?;
    let currency: String = row.try_get(column::CURRENCY)?;
    let node = Node {
        id: ItemId(id).to_string(),
        external_id: row.try_get(column::EXTERNAL_ID)?,
        name: row.try_get(column::NAME)?,
        sku: row.try_get(column::SKU)?,
        r#type: row.try_get(column::KIND)?,
        active: row.try_get(column::ACTIVE)?,
        unit_price: price.map(|price| Money { amount: UnitCost(price).to_decimal(), currency }),
        quantity_on_hand: quantity.map(|quantity| Quantity(quantity).to_decimal()),
    };
    Ok((node, row.try_get(column::SORT_NAME)?, id))
}

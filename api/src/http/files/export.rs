//! Lots and movements as CSV, page by page while the client reads.
//!
//! Rule: pages follow one another by key, so rows that are added meanwhile shift nothing; a failure in the middle breaks
//! the connection instead of ending the file early.

use std::collections::HashMap;

use axum::{
    body::{Body, Bytes},
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{NaiveDate, SecondsFormat};
use domain::{
    business::Actor,
    catalog::{Movement, MovementFilter, Product, Supplier},
    page::{Direction, PageRequest, Position, SortKey},
    stock::{Lot, LotFilter, LotOrder},
};
use entity::{
    AdjustmentReason, BuildId, CostStatus, LotId, LotSource, LotStatus, MovementKind, ProductId, ReceiptId, RunId,
    SourceKind, SupplierId, Timestamp, TypedId,
};
use futures::{Stream, stream};
use serde::Serialize;

use super::{Files, answered, cells, refusal};
use crate::{graphql::fault::FaultCode, http::query::Refusal};

/// Rows read at once.
pub(super) const PAGE: u32 = 1_000;

/// What to export; what is left out does not matter.
#[derive(Debug, Default)]
struct Asked {
    product: Option<ProductId>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

impl Asked {
    fn read(query: Option<&str>) -> Result<Self, Refusal> {
        let mut asked = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match name.as_ref() {
                "productId" => asked.product = Some(product(&value)?),
                "from" => asked.from = Some(day(&name, &value)?),
                "to" => asked.to = Some(day(&name, &value)?),
                other => {
                    let message = format!("There is no parameter {other:?}; there are productId, from and to.");
                    return Err(invalid(FaultCode::Validation, message));
                }
            }
        }
        Ok(asked)
    }
}

pub(super) fn invalid(code: FaultCode, message: String) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, code, message)
}

pub(super) fn product(text: &str) -> Result<ProductId, Refusal> {
    ProductId::parse(text).map_err(|error| invalid(FaultCode::InvalidId, error.to_string()))
}

pub(super) fn day(name: &str, text: &str) -> Result<NaiveDate, Refusal> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .map_err(|_| invalid(FaultCode::Validation, format!("{name}: write a day as YYYY-MM-DD.")))
}

/// Lots, as they were recorded. Of a product, where one is named.
pub(super) async fn lots(State(files): State<Files>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let made = async {
        let actor = files.actor(&headers).await?;
        let asked = Asked::read(query.as_deref())?;
        if asked.from.is_some() || asked.to.is_some() {
            return Err(invalid(
                FaultCode::Validation,
                "Lots have no from and to; they are as they are now.".to_owned(),
            ));
        }
        let list = Lots { filter: LotFilter { product: asked.product, ..LotFilter::default() }, files, actor };
        file("lots.csv", list).await
    };
    answered(made.await)
}

/// Movements, newest first. Of a product, or of some business dates, where they are named.
pub(super) async fn movements(State(files): State<Files>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let made = async {
        let actor = files.actor(&headers).await?;
        let Asked { product, from, to } = Asked::read(query.as_deref())?;
        let list =
            Movements { filter: MovementFilter { product, from, to, ..MovementFilter::default() }, files, actor };
        file("movements.csv", list).await
    };
    answered(made.await)
}

/// Rows, and where the next page begins.
pub(super) type Rows<R, P> = domain::Result<(Vec<R>, Option<P>)>;

/// A list that is written page by page.
pub(super) trait List: Send + Sync + 'static {
    type Row: Serialize + Default + Send;
    /// Where a page begins.
    type Place: Send;

    /// The rows after a place, and where the next page begins.
    fn page(&self, after: Option<Self::Place>) -> impl Future<Output = Rows<Self::Row, Self::Place>> + Send;
}

pub(super) async fn file<L: List>(name: &'static str, list: L) -> Result<Response, Refusal> {
    // The first page decides whether there is an answer at all.
    let (rows, next) = list.page(None).await.map_err(refusal)?;
    let first = written(&rows, true).map_err(refusal)?;
    let rest = stream::once(async move { Ok(first) });
    let body = Body::from_stream(futures::StreamExt::chain(rest, pages(list, next)));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    Ok((headers, body).into_response())
}

/// The pages after the first.
fn pages<L: List>(list: L, next: Option<L::Place>) -> impl Stream<Item = Result<Bytes, domain::Error>> + Send {
    stream::try_unfold((list, next), async |(list, next)| {
        let Some(after) = next else { return Ok(None) };
        let (rows, next) =
            list.page(Some(after)).await.inspect_err(|error| tracing::error!(%error, "an export broke off"))?;
        Ok(Some((written(&rows, false)?, (list, next))))
    })
}

fn written<R: Serialize + Default>(rows: &[R], head: bool) -> Result<Bytes, domain::Error> {
    let broken = |error: &dyn std::fmt::Display| domain::Error::Internal(format!("CSV: {error}"));
    let mut writer = csv::WriterBuilder::new().has_headers(head).from_writer(Vec::new());
    if head && rows.is_empty() {
        // A file without rows still names its columns: the first line of one with an empty row.
        writer.serialize(R::default()).map_err(|error| broken(&error))?;
        let bytes = writer.into_inner().map_err(|error| broken(&error))?;
        let end = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1);
        return Ok(Bytes::from(bytes).slice(..end));
    }
    for row in rows {
        writer.serialize(row).map_err(|error| broken(&error))?;
    }
    Ok(Bytes::from(writer.into_inner().map_err(|error| broken(&error))?))
}

fn request(after: Option<Position>) -> PageRequest {
    PageRequest { after, ..PageRequest::first(PAGE) }
}

fn moment(at: Timestamp) -> String {
    at.to_utc().to_rfc3339_opts(SecondsFormat::Micros, true)
}

impl Files {
    pub(super) async fn products_of(
        &self,
        actor: &Actor,
        ids: impl Iterator<Item = ProductId>,
    ) -> domain::Result<HashMap<ProductId, Product>> {
        let mut ids: Vec<ProductId> = ids.collect();
        ids.sort_unstable();
        ids.dedup();
        let rows = self.services.products.by_ids(actor.business, &ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

struct Lots {
    filter: LotFilter,
    files: Files,
    actor: Actor,
}

/// A lot as a row.
#[derive(Debug, Default, Serialize)]
struct LotRow {
    lot_id: String,
    number: String,
    product_id: String,
    sku: String,
    product: String,
    status: Option<LotStatus>,
    source: Option<LotSource>,
    received_on: Option<NaiveDate>,
    expires_on: Option<NaiveDate>,
    supplier: String,
    received_quantity: String,
    received_value: String,
    remaining_quantity: String,
    remaining_value: String,
    cost_status: Option<CostStatus>,
    currency: String,
    recorded_at: String,
}

impl List for Lots {
    type Row = LotRow;
    type Place = Position;

    async fn page(&self, after: Option<Position>) -> domain::Result<(Vec<LotRow>, Option<Position>)> {
        let order = (LotOrder::CreatedAt, Direction::Ascending);
        let page = self.files.services.stock.lots_in_order(&self.actor, &self.filter, order, &request(after)).await?;
        let products = self.files.products_of(&self.actor, page.rows.iter().map(|lot| lot.product_id)).await?;
        let mut suppliers: Vec<SupplierId> = page.rows.iter().filter_map(|lot| lot.supplier_id).collect();
        suppliers.sort_unstable();
        suppliers.dedup();
        let suppliers = self.files.services.references.suppliers_by_ids(self.actor.business, &suppliers).await?;
        let suppliers: HashMap<SupplierId, Supplier> = suppliers.into_iter().map(|row| (row.id, row)).collect();
        let last = page.rows.last().map(|lot| Position { key: SortKey::Number(lot.created_at.0), id: lot.id.0 });
        let rows = page.rows.iter().map(|lot| {
            let supplier = lot.supplier_id.and_then(|id| suppliers.get(&id));
            lot_row(lot, products.get(&lot.product_id), supplier, &self.actor.currency)
        });
        Ok((rows.collect(), last.filter(|_| page.more)))
    }
}

fn lot_row(lot: &Lot, product: Option<&Product>, supplier: Option<&Supplier>, currency: &str) -> LotRow {
    LotRow {
        lot_id: lot.id.to_string(),
        number: cells::text(&lot.number),
        product_id: lot.product_id.to_string(),
        sku: cells::optional(product.and_then(|row| row.sku.as_deref())),
        product: cells::optional(product.map(|row| row.name.as_str())),
        status: Some(lot.status),
        source: Some(lot.source),
        received_on: Some(lot.received_on),
        expires_on: lot.expires_on,
        supplier: cells::optional(supplier.map(|row| row.name.as_str())),
        received_quantity: lot.received_quantity.to_string(),
        received_value: lot.received_value.to_string(),
        remaining_quantity: lot.remaining_quantity.to_string(),
        remaining_value: lot.remaining_value.to_string(),
        cost_status: Some(lot.cost_status),
        currency: currency.to_owned(),
        recorded_at: moment(lot.created_at),
    }
}

struct Movements {
    filter: MovementFilter,
    files: Files,
    actor: Actor,
}

/// A movement as a row.
#[derive(Debug, Default, Serialize)]
struct MovementRow {
    movement_id: String,
    recorded_at: String,
    effective_on: Option<NaiveDate>,
    product_id: String,
    sku: String,
    product: String,
    kind: Option<MovementKind>,
    quantity: String,
    value: String,
    on_hand_after: String,
    value_after: String,
    cost_status: Option<CostStatus>,
    currency: String,
    document_kind: Option<SourceKind>,
    document_id: String,
    document_line: Option<i32>,
    reverses: String,
    reason: Option<AdjustmentReason>,
    note: String,
    recorded_by: String,
}

impl List for Movements {
    type Row = MovementRow;
    type Place = Position;

    async fn page(&self, after: Option<Position>) -> domain::Result<(Vec<MovementRow>, Option<Position>)> {
        let page = self.files.services.products.movements(&self.actor, &self.filter, &request(after)).await?;
        let products = self.files.products_of(&self.actor, page.rows.iter().map(|row| row.product_id)).await?;
        let last = page.rows.last().map(|row| Position { key: SortKey::Number(row.recorded_at.0), id: row.id.0 });
        let row = |row: &Movement| movement_row(row, products.get(&row.product_id), &self.actor.currency);
        Ok((page.rows.iter().map(row).collect(), last.filter(|_| page.more)))
    }
}

fn movement_row(movement: &Movement, product: Option<&Product>, currency: &str) -> MovementRow {
    MovementRow {
        movement_id: movement.id.to_string(),
        recorded_at: moment(movement.recorded_at),
        effective_on: Some(movement.effective_on),
        product_id: movement.product_id.to_string(),
        sku: cells::optional(product.and_then(|row| row.sku.as_deref())),
        product: cells::optional(product.map(|row| row.name.as_str())),
        kind: Some(movement.kind),
        quantity: movement.quantity.to_string(),
        value: movement.value.to_string(),
        on_hand_after: movement.on_hand_after.to_string(),
        value_after: movement.value_after.to_string(),
        cost_status: Some(movement.cost_status),
        currency: currency.to_owned(),
        document_kind: movement.source_kind,
        document_id: document(movement),
        document_line: movement.source_line,
        reverses: movement.reverses.map(|id| id.to_string()).unwrap_or_default(),
        reason: movement.reason,
        note: cells::optional(movement.note.as_deref()),
        recorded_by: cells::text(&movement.recorded_by),
    }
}

fn document(movement: &Movement) -> String {
    let (Some(kind), Some(id)) = (movement.source_kind, movement.source_id) else { return String::new() };
    match kind {
        SourceKind::Receipt => ReceiptId(id).to_string(),
        SourceKind::Build => BuildId(id).to_string(),
        SourceKind::Lot => LotId(id).to_string(),
        SourceKind::Product | SourceKind::Import => ProductId(id).to_string(),
        SourceKind::ItemSync => RunId(id).to_string(),
        SourceKind::Sale => id.to_string(),
    }
}

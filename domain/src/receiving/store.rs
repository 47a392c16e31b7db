//! Queries of receipts and suppliers' codes.

use std::collections::HashSet;

use entity::{
    BusinessId, CorrectionId, ReceiptId, ReceiptLineId, SupplierId, receipt, receipt_correction, receipt_cost,
    receipt_line, supplier,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Select,
};

use super::model::{Receipt, ReceiptCorrection, ReceiptCost, ReceiptFilter, ReceiptLine};
use crate::{
    catalog::Supplier,
    page::{Direction, Page, PageRequest},
    store::keyset,
};

pub(super) async fn supplier(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: SupplierId,
) -> Result<Option<Supplier>, DbErr> {
    supplier::Entity::find_by_id(id).filter(supplier::Column::BusinessId.eq(business)).one(connection).await
}

pub(super) async fn insert_supplier(connection: &impl ConnectionTrait, row: Supplier) -> Result<(), DbErr> {
    row.into_active_model().insert(connection).await.map(|_| ())
}

pub(super) async fn update_supplier(connection: &impl ConnectionTrait, row: Supplier) -> Result<(), DbErr> {
    row.into_active_model().reset_all().update(connection).await.map(|_| ())
}

/// Codes of all suppliers but one.
pub(super) async fn codes(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    except: SupplierId,
) -> Result<HashSet<String>, DbErr> {
    let rows: Vec<Option<String>> = supplier::Entity::find()
        .select_only()
        .column(supplier::Column::Code)
        .filter(supplier::Column::BusinessId.eq(business))
        .filter(supplier::Column::Code.is_not_null())
        .filter(supplier::Column::Id.ne(except))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(rows.into_iter().flatten().collect())
}

/// A receipt; its row stays as it is until the transaction ends.
pub(super) async fn receipt(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: ReceiptId,
) -> Result<Option<Receipt>, DbErr> {
    receipt::Entity::find_by_id(id).filter(receipt::Column::BusinessId.eq(business)).one(connection).await
}

pub(super) async fn insert_receipt(connection: &impl ConnectionTrait, row: Receipt) -> Result<(), DbErr> {
    row.into_active_model().insert(connection).await.map(|_| ())
}

pub(super) async fn update_receipt(connection: &impl ConnectionTrait, row: Receipt) -> Result<(), DbErr> {
    row.into_active_model().reset_all().update(connection).await.map(|_| ())
}

pub(super) async fn update_line(connection: &impl ConnectionTrait, row: ReceiptLine) -> Result<(), DbErr> {
    row.into_active_model().reset_all().update(connection).await.map(|_| ())
}

pub(super) async fn insert_correction(connection: &impl ConnectionTrait, row: ReceiptCorrection) -> Result<(), DbErr> {
    row.into_active_model().insert(connection).await.map(|_| ())
}

/// Writes the lines and costs of a draft in place of those it had.
pub(super) async fn replace_lines(
    connection: &impl ConnectionTrait,
    receipt: &Receipt,
    lines: Vec<ReceiptLine>,
    costs: Vec<ReceiptCost>,
) -> Result<(), DbErr> {
    delete_lines(connection, receipt.business_id, receipt.id).await?;
    for chunk in lines.chunks(500) {
        receipt_line::Entity::insert_many(chunk.iter().cloned().map(IntoActiveModel::into_active_model))
            .exec_without_returning(connection)
            .await?;
    }
    for chunk in costs.chunks(500) {
        receipt_cost::Entity::insert_many(chunk.iter().cloned().map(IntoActiveModel::into_active_model))
            .exec_without_returning(connection)
            .await?;
    }
    Ok(())
}

async fn delete_lines(connection: &impl ConnectionTrait, business: BusinessId, id: ReceiptId) -> Result<(), DbErr> {
    receipt_line::Entity::delete_many()
        .filter(receipt_line::Column::BusinessId.eq(business))
        .filter(receipt_line::Column::ReceiptId.eq(id))
        .exec(connection)
        .await?;
    receipt_cost::Entity::delete_many()
        .filter(receipt_cost::Column::BusinessId.eq(business))
        .filter(receipt_cost::Column::ReceiptId.eq(id))
        .exec(connection)
        .await?;
    Ok(())
}

pub(super) async fn delete_receipt(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: ReceiptId,
) -> Result<(), DbErr> {
    delete_lines(connection, business, id).await?;
    receipt::Entity::delete_many()
        .filter(receipt::Column::BusinessId.eq(business))
        .filter(receipt::Column::Id.eq(id))
        .exec(connection)
        .await?;
    Ok(())
}

/// Lines of receipts, in order.
pub(crate) async fn lines(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    receipts: &[ReceiptId],
) -> Result<Vec<ReceiptLine>, DbErr> {
    receipt_line::Entity::find()
        .filter(receipt_line::Column::BusinessId.eq(business))
        .filter(receipt_line::Column::ReceiptId.is_in(receipts.iter().copied()))
        .order_by_asc(receipt_line::Column::ReceiptId)
        .order_by_asc(receipt_line::Column::Position)
        .all(connection)
        .await
}

pub(super) async fn line(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: ReceiptLineId,
) -> Result<Option<ReceiptLine>, DbErr> {
    receipt_line::Entity::find_by_id(id).filter(receipt_line::Column::BusinessId.eq(business)).one(connection).await
}

/// Landed costs of receipts, in order.
pub(crate) async fn costs(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    receipts: &[ReceiptId],
) -> Result<Vec<ReceiptCost>, DbErr> {
    receipt_cost::Entity::find()
        .filter(receipt_cost::Column::BusinessId.eq(business))
        .filter(receipt_cost::Column::ReceiptId.is_in(receipts.iter().copied()))
        .order_by_asc(receipt_cost::Column::ReceiptId)
        .order_by_asc(receipt_cost::Column::Position)
        .all(connection)
        .await
}

/// Corrections of receipts, in the order of recording.
pub(crate) async fn corrections(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    receipts: &[ReceiptId],
) -> Result<Vec<ReceiptCorrection>, DbErr> {
    receipt_correction::Entity::find()
        .filter(receipt_correction::Column::BusinessId.eq(business))
        .filter(receipt_correction::Column::ReceiptId.is_in(receipts.iter().copied()))
        .order_by_asc(receipt_correction::Column::RecordedAt)
        .order_by_asc(receipt_correction::Column::Id)
        .all(connection)
        .await
}

/// Receipts of corrections, with the correction.
pub(super) async fn receipts_of_corrections(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    ids: &[CorrectionId],
) -> Result<Vec<(ReceiptCorrection, Option<Receipt>)>, DbErr> {
    use sea_orm::JoinType;
    let on_receipt = receipt_correction::Entity::belongs_to(receipt::Entity)
        .from(receipt_correction::Column::ReceiptId)
        .to(receipt::Column::Id)
        .into();
    receipt_correction::Entity::find()
        .filter(receipt_correction::Column::BusinessId.eq(business))
        .filter(receipt_correction::Column::Id.is_in(ids.iter().copied()))
        .join(JoinType::InnerJoin, on_receipt)
        .select_also(receipt::Entity)
        .all(connection)
        .await
}

/// A correction.
pub(crate) async fn correction(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: CorrectionId,
) -> Result<Option<ReceiptCorrection>, DbErr> {
    receipt_correction::Entity::find_by_id(id)
        .filter(receipt_correction::Column::BusinessId.eq(business))
        .one(connection)
        .await
}

/// Lines by id.
pub(crate) async fn lines_by_ids(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    ids: &[ReceiptLineId],
) -> Result<Vec<ReceiptLine>, DbErr> {
    receipt_line::Entity::find()
        .filter(receipt_line::Column::BusinessId.eq(business))
        .filter(receipt_line::Column::Id.is_in(ids.iter().copied()))
        .all(connection)
        .await
}

/// Receipts by id.
pub(crate) async fn receipts(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    ids: &[ReceiptId],
) -> Result<Vec<Receipt>, DbErr> {
    receipt::Entity::find()
        .filter(receipt::Column::BusinessId.eq(business))
        .filter(receipt::Column::Id.is_in(ids.iter().copied()))
        .all(connection)
        .await
}

fn select(business: BusinessId, filter: &ReceiptFilter) -> Select<receipt::Entity> {
    let mut select = receipt::Entity::find().filter(receipt::Column::BusinessId.eq(business));
    if let Some(state) = filter.state {
        select = select.filter(receipt::Column::State.eq(state));
    }
    if let Some(supplier) = filter.supplier {
        select = select.filter(receipt::Column::SupplierId.eq(supplier));
    }
    select
}

/// A page of receipts, newest first.
pub(super) async fn page(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &ReceiptFilter,
    request: &PageRequest,
) -> Result<Page<Receipt>, DbErr> {
    let select = select(business, filter);
    let select = keyset(select, receipt::Column::CreatedAt, receipt::Column::Id, Direction::Descending, request);
    Ok(Page::cut(select.all(connection).await?, request))
}

pub(super) async fn count(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &ReceiptFilter,
) -> Result<u64, DbErr> {
    select(business, filter).count(connection).await
}

//! Queries of exports, their attempts, and the accounts chosen for them.

use entity::{
    AccountRole, BusinessId, ExportId, ExportKind, ExportSource, ExportState, IntegrationId, OverrideScope, ReceiptId,
    Timestamp, export, export_account, export_attempt, export_override,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, Select, Statement, Value, sea_query::OnConflict,
};
use uuid::Uuid;

use super::model::{Attempt, ChosenAccount, Export, ExportFilter, OverrideRow};
use crate::{
    page::{Direction, Page, PageRequest},
    store::{execute, keyset},
};

/// Accounts chosen for an integration.
pub(crate) async fn chosen(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    integrations: &[IntegrationId],
) -> Result<Vec<ChosenAccount>, DbErr> {
    export_account::Entity::find()
        .filter(export_account::Column::BusinessId.eq(business))
        .filter(export_account::Column::IntegrationId.is_in(integrations.iter().copied()))
        .order_by_asc(export_account::Column::Role)
        .all(connection)
        .await
}

/// Accounts chosen for one integration.
pub(crate) async fn chosen_of(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    integration: IntegrationId,
) -> Result<Vec<ChosenAccount>, DbErr> {
    chosen(connection, business, &[integration]).await
}

pub(super) async fn put_chosen(connection: &impl ConnectionTrait, row: ChosenAccount) -> Result<(), DbErr> {
    use export_account::Column as C;
    let mut conflict = OnConflict::columns([C::IntegrationId, C::Role]);
    conflict.update_columns([C::AccountId, C::ExternalId, C::Name, C::ChosenAt, C::ChosenBy]);
    export_account::Entity::insert(row.into_active_model())
        .on_conflict(conflict)
        .exec_without_returning(connection)
        .await
        .map(|_| ())
}

pub(super) async fn delete_chosen(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    integration: IntegrationId,
    role: AccountRole,
) -> Result<(), DbErr> {
    export_account::Entity::delete_many()
        .filter(export_account::Column::BusinessId.eq(business))
        .filter(export_account::Column::IntegrationId.eq(integration))
        .filter(export_account::Column::Role.eq(role))
        .exec(connection)
        .await
        .map(|_| ())
}

/// Accounts of an integration that stand for a role with some products only, in a fixed order.
pub(crate) async fn overrides(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    integrations: &[IntegrationId],
) -> Result<Vec<OverrideRow>, DbErr> {
    use export_override::Column as C;
    let found = export_override::Entity::find().filter(C::BusinessId.eq(business));
    let found = found.filter(C::IntegrationId.is_in(integrations.iter().copied()));
    found.order_by_asc(C::Role).order_by_asc(C::Scope).order_by_asc(C::Value).all(connection).await
}

pub(super) async fn put_override(connection: &impl ConnectionTrait, row: OverrideRow) -> Result<(), DbErr> {
    use export_override::Column as C;
    let mut conflict = OnConflict::columns([C::IntegrationId, C::Role, C::Scope, C::Value]);
    conflict.update_columns([C::Label, C::AccountId, C::ExternalId, C::Name, C::ChosenAt, C::ChosenBy]);
    let insert = export_override::Entity::insert(row.into_active_model()).on_conflict(conflict);
    insert.exec_without_returning(connection).await.map(|_| ())
}

pub(super) async fn delete_override(
    connection: &impl ConnectionTrait,
    (business, integration): (BusinessId, IntegrationId),
    role: AccountRole,
    (scope, value): (OverrideScope, String),
) -> Result<(), DbErr> {
    use export_override::Column as C;
    let found = export_override::Entity::delete_many().filter(C::BusinessId.eq(business));
    let found = found.filter(C::IntegrationId.eq(integration)).filter(C::Role.eq(role));
    found.filter(C::Scope.eq(scope)).filter(C::Value.eq(value)).exec(connection).await.map(|_| ())
}

/// An item that is linked to a product and keeps its stock in an account.
#[derive(Debug, FromQueryResult)]
pub(super) struct StockedIn {
    pub(super) name: String,
    pub(super) asset_account: String,
}

/// Linked items whose stock is kept in accounts: at most one per account, the first by name.
pub(super) async fn linked_items_in(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    integration: IntegrationId,
) -> Result<Vec<StockedIn>, DbErr> {
    let sql = "SELECT MIN(i.name) AS name, i.asset_account FROM product_link l JOIN item i ON i.id = l.item_id \
               WHERE l.business_id = $1 AND l.integration_id = $2 AND i.asset_account IS NOT NULL GROUP BY i.asset_account";
    let values: [Value; 2] = [business.into(), integration.into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    StockedIn::find_by_statement(statement).all(connection).await
}

/// Writes an export unless its document has one of that kind. Answers whether it was written.
pub(super) async fn insert(connection: &impl ConnectionTrait, row: Export) -> Result<bool, DbErr> {
    use export::Column as C;
    let mut conflict = OnConflict::columns([C::BusinessId, C::DocumentId, C::Kind]);
    conflict.do_nothing();
    let written = export::Entity::insert(row.into_active_model())
        .on_conflict(conflict)
        .exec_without_returning(connection)
        .await?;
    Ok(written == 1)
}

pub(super) async fn update(connection: &impl ConnectionTrait, row: Export) -> Result<(), DbErr> {
    row.into_active_model().reset_all().update(connection).await.map(|_| ())
}

pub(super) async fn find(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: ExportId,
) -> Result<Option<Export>, DbErr> {
    export::Entity::find_by_id(id).filter(export::Column::BusinessId.eq(business)).one(connection).await
}

/// Holds an export's row until the transaction ends, so that it is read as it stays.
pub(super) async fn hold(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: ExportId,
) -> Result<Option<Export>, DbErr> {
    let sql = "UPDATE export SET updated_at = updated_at WHERE business_id = $1 AND id = $2";
    execute(connection, sql, [business.into(), id.into()]).await?;
    find(connection, business, id).await
}

/// Exports by id.
pub(super) async fn by_ids(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    ids: &[ExportId],
) -> Result<Vec<Export>, DbErr> {
    export::Entity::find()
        .filter(export::Column::BusinessId.eq(business))
        .filter(export::Column::Id.is_in(ids.iter().copied()))
        .all(connection)
        .await
}

/// Exports of documents, oldest first.
pub(crate) async fn of_documents(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    documents: &[Uuid],
) -> Result<Vec<Export>, DbErr> {
    export::Entity::find()
        .filter(export::Column::BusinessId.eq(business))
        .filter(export::Column::DocumentId.is_in(documents.iter().copied()))
        .order_by_asc(export::Column::CreatedAt)
        .order_by_asc(export::Column::Id)
        .all(connection)
        .await
}

/// The export of a document and kind.
pub(super) async fn of_document(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    document: Uuid,
    kind: ExportKind,
) -> Result<Option<Export>, DbErr> {
    export::Entity::find()
        .filter(export::Column::BusinessId.eq(business))
        .filter(export::Column::DocumentId.eq(document))
        .filter(export::Column::Kind.eq(kind))
        .one(connection)
        .await
}

fn select(business: BusinessId, filter: &ExportFilter) -> Select<export::Entity> {
    let mut select = export::Entity::find().filter(export::Column::BusinessId.eq(business));
    if !filter.states.is_empty() {
        select = select.filter(export::Column::State.is_in(filter.states.iter().copied()));
    }
    if !filter.kinds.is_empty() {
        select = select.filter(export::Column::Kind.is_in(filter.kinds.iter().copied()));
    }
    if let Some(integration) = filter.integration {
        select = select.filter(export::Column::IntegrationId.eq(integration));
    }
    if let Some(document) = filter.document {
        select = select.filter(export::Column::DocumentId.eq(document));
    }
    if let Some(run) = filter.run {
        select = select.filter(export::Column::Id.in_subquery(super::batch::of_run(business, run)));
    }
    if let Some(drifted) = filter.drifted {
        let those = super::watch::drifted(business);
        let id = export::Column::Id;
        select = select.filter(if drifted { id.in_subquery(those) } else { id.not_in_subquery(those) });
    }
    select
}

/// A page of exports, newest first.
pub(super) async fn page(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &ExportFilter,
    request: &PageRequest,
) -> Result<Page<Export>, DbErr> {
    let select = select(business, filter);
    let select = keyset(select, export::Column::CreatedAt, export::Column::Id, Direction::Descending, request);
    Ok(Page::cut(select.all(connection).await?, request))
}

pub(super) async fn count(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &ExportFilter,
) -> Result<u64, DbErr> {
    select(business, filter).count(connection).await
}

/// Attempts of exports, in order.
pub(super) async fn attempts(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    exports: &[ExportId],
) -> Result<Vec<Attempt>, DbErr> {
    export_attempt::Entity::find()
        .filter(export_attempt::Column::BusinessId.eq(business))
        .filter(export_attempt::Column::ExportId.is_in(exports.iter().copied()))
        .order_by_asc(export_attempt::Column::ExportId)
        .order_by_asc(export_attempt::Column::Number)
        .all(connection)
        .await
}

/// Writes an attempt, new or as it ended.
pub(super) async fn put_attempt(connection: &impl ConnectionTrait, row: Attempt) -> Result<(), DbErr> {
    use export_attempt::Column as C;
    let mut conflict = OnConflict::columns([C::ExportId, C::Number]);
    conflict.update_columns([C::EndedAt, C::Outcome, C::Message, C::ProviderCode]);
    export_attempt::Entity::insert(row.into_active_model())
        .on_conflict(conflict)
        .exec_without_returning(connection)
        .await
        .map(|_| ())
}

/// Attempts that never ended: their process died. They ended without an answer.
pub(super) async fn end_attempts(
    connection: &impl ConnectionTrait,
    (business, export): (BusinessId, ExportId),
    now: Timestamp,
) -> Result<(), DbErr> {
    let sql = "UPDATE export_attempt SET outcome = 'UNKNOWN', ended_at = $3, \
               message = 'The process ended before the answer came.' \
               WHERE business_id = $1 AND export_id = $2 AND outcome = 'STARTED'";
    execute(connection, sql, [business.into(), export.into(), now.into()]).await.map(|_| ())
}

/// How many corrections a receipt has.
pub(super) async fn count_corrections(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    receipt: ReceiptId,
) -> Result<u64, DbErr> {
    use entity::receipt_correction::{Column as C, Entity as E};
    E::find().filter(C::BusinessId.eq(business)).filter(C::ReceiptId.eq(receipt)).count(connection).await
}

/// Exports of a receipt's corrections, oldest first.
pub(super) async fn of_corrections(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    receipt: Uuid,
) -> Result<Vec<Export>, DbErr> {
    let sql = "SELECT e.* FROM receipt_correction c JOIN export e ON e.business_id = c.business_id \
               AND e.document_id = c.id AND e.kind = 'CORRECTION' \
               WHERE c.business_id = $1 AND c.receipt_id = $2 ORDER BY e.created_at, e.id";
    let values: [Value; 2] = [business.into(), receipt.into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    export::Entity::find().from_raw_sql(statement).all(connection).await
}

#[derive(Debug, FromQueryResult)]
struct Due {
    business_id: BusinessId,
    id: ExportId,
}

/// Exports that a worker may take now: due, with a working connection, and with nobody alive. `alone` is the one worker of
/// this database, where there is only one: any other holder counts as dead.
pub(super) async fn due(
    connection: &impl ConnectionTrait,
    now: Timestamp,
    alone: Option<Uuid>,
    limit: u64,
) -> Result<Vec<(BusinessId, ExportId)>, DbErr> {
    let sql = "SELECT e.business_id, e.id FROM export e JOIN integration i ON i.id = e.integration_id \
               WHERE e.due_at IS NOT NULL AND e.due_at <= $1 AND i.status = 'ACTIVE' \
               AND (e.held_until IS NULL OR e.held_until <= $1 OR (e.holder <> $2 AND $2 <> $3)) \
               ORDER BY e.due_at LIMIT $4";
    let nobody = Uuid::nil();
    let values: [Value; 4] = [now.into(), alone.unwrap_or(nobody).into(), nobody.into(), limit.into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    let rows = Due::find_by_statement(statement).all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.business_id, row.id)).collect())
}

/// Takes an export up: nobody alive has it. Answers whether it was taken; the fence has risen then.
pub(super) async fn take_up(
    connection: &impl ConnectionTrait,
    (business, id): (BusinessId, ExportId),
    worker: Uuid,
    alone: bool,
    (now, until): (Timestamp, Timestamp),
) -> Result<bool, DbErr> {
    let sql = "UPDATE export SET holder = $3, held_until = $5, fence = fence + 1 \
               WHERE business_id = $1 AND id = $2 AND due_at IS NOT NULL AND due_at <= $4 \
               AND state IN ('PENDING', 'SENDING', 'UNCERTAIN') \
               AND (held_until IS NULL OR held_until <= $4 OR (holder <> $3 AND $6))";
    let values: [Value; 6] = [business.into(), id.into(), worker.into(), now.into(), until.into(), alone.into()];
    Ok(execute(connection, sql, values).await? == 1)
}

/// Renews a claim. Answers whether it still was one.
pub(super) async fn renew(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: ExportId,
    fence: i64,
    until: Timestamp,
) -> Result<bool, DbErr> {
    let sql =
        "UPDATE export SET held_until = $4 WHERE business_id = $1 AND id = $2 AND fence = $3 AND holder IS NOT NULL";
    Ok(execute(connection, sql, [business.into(), id.into(), fence.into(), until.into()]).await? == 1)
}

/// What is being sent now, by somebody alive: its label, since when, and until when at the latest.
pub(crate) async fn sending(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    now: Timestamp,
) -> Result<Option<Export>, DbErr> {
    export::Entity::find()
        .filter(export::Column::BusinessId.eq(business))
        .filter(export::Column::State.eq(ExportState::Sending))
        .filter(export::Column::HeldUntil.gt(now))
        .order_by_asc(export::Column::CreatedAt)
        .one(connection)
        .await
}

/// Notes on the document that it is in the books.
pub(super) async fn mark_document(
    connection: &impl ConnectionTrait,
    export: &Export,
    now: Timestamp,
) -> Result<(), DbErr> {
    let table = match (export.source, export.kind) {
        (entity::ExportSource::Build, ExportKind::Build | ExportKind::Waste) => "build",
        (entity::ExportSource::Receipt, ExportKind::Receipt) => "receipt",
        _ => return Ok(()),
    };
    let sql = format!("UPDATE {table} SET exported_at = $3 WHERE business_id = $1 AND id = $2");
    execute(connection, &sql, [export.business_id.into(), export.document_id.into(), now.into()]).await.map(|_| ())
}

/// Counts exports that wait for somebody or something.
pub(super) async fn waiting(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    integration: IntegrationId,
) -> Result<u64, DbErr> {
    let states = [ExportState::Pending, ExportState::NotReady, ExportState::Failed];
    let filter = ExportFilter { states: states.to_vec(), integration: Some(integration), ..ExportFilter::default() };
    // A journal that gathers others is no document of its own.
    let documents = select(business, &filter).filter(export::Column::Source.ne(ExportSource::Journal));
    documents.count(connection).await
}

/// Exports to an integration that are not in the books and may come there, oldest first, and how many there are.
pub(super) async fn not_posted(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    integration: IntegrationId,
    limit: u64,
) -> Result<(Vec<Export>, u64), DbErr> {
    use ExportState::{Failed, NotReady, Pending, Sending, Uncertain};
    use sea_orm::QuerySelect;
    let states = vec![Pending, NotReady, Failed, Sending, Uncertain];
    let filter = ExportFilter { states, integration: Some(integration), ..ExportFilter::default() };
    let found = select(business, &filter).filter(export::Column::Source.ne(ExportSource::Journal));
    let total = found.clone().count(connection).await?;
    let found = found.order_by_asc(export::Column::CreatedAt).order_by_asc(export::Column::Id);
    Ok((found.limit(limit).all(connection).await?, total))
}

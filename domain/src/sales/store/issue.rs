//! Queries of issues, and of items that people marked as no stock.

use entity::{
    BusinessId, IntegrationId, IssueState, SaleId, SaleIssueId, SalesChannelId, Timestamp, sale_issue, sale_item_choice,
};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Select, sea_query::Expr, sea_query::OnConflict,
};

use super::CHUNK;
use crate::{
    page::{Direction, Page, PageRequest},
    sales::{
        document::DocumentKey,
        model::{IssueFilter, SaleIssue},
    },
    stock::store::{columns, uuid},
    store::{ABSENT, bulk_insert, keyset},
};

/// An issue that comes again is the same issue: found then, about what it is now.
const AGAIN: &str = "ON CONFLICT (business_id, channel_id, document_type, external_id, line_key) DO UPDATE SET \
    sale_id = excluded.sale_id, sale_line_id = excluded.sale_line_id, number = excluded.number, date = excluded.date, \
    reason = excluded.reason, item_external_id = excluded.item_external_id, label = excluded.label, \
    message = excluded.message, help = excluded.help, state = excluded.state, run_id = excluded.run_id, \
    closed_at = excluded.closed_at, closed_by = excluded.closed_by";

pub(in crate::sales) async fn keep_issues(connection: &impl ConnectionTrait, rows: &[SaleIssue]) -> Result<(), DbErr> {
    let columns = columns![rows;
        "id" Uuid |row| row.id.0;
        "business_id" Uuid |row| row.business_id.0;
        "channel_id" Uuid |row| row.channel_id.0;
        "document_type" Text |row| row.document_type.to_value();
        "external_id" Text |row| row.external_id.clone();
        "line_key" Text |row| row.line_key.clone();
        "sale_id" NullableUuid |row| uuid(row.sale_id);
        "sale_line_id" NullableUuid |row| uuid(row.sale_line_id);
        "number" NullableText |row| row.number.clone().unwrap_or_default();
        "date" Date |row| row.date;
        "reason" Text |row| row.reason.to_value();
        "item_external_id" NullableText |row| row.item_external_id.clone().unwrap_or_default();
        "label" NullableText |row| row.label.clone().unwrap_or_default();
        "message" Text |row| row.message.clone();
        "help" Text |row| row.help.clone();
        "state" Text |row| row.state.to_value();
        "run_id" NullableUuid |row| uuid(row.run_id);
        "opened_at" Number |row| row.opened_at.0;
        "closed_at" NullableNumber |row| row.closed_at.map_or(ABSENT, |at| at.0);
        "closed_by" NullableText |row| row.closed_by.clone().unwrap_or_default();
    ];
    bulk_insert(connection, "sale_issue", columns, AGAIN).await
}

/// How a set of issues ends.
pub(in crate::sales) struct Closing<'a> {
    pub(in crate::sales) business: BusinessId,
    pub(in crate::sales) channel: SalesChannelId,
    pub(in crate::sales) state: IssueState,
    pub(in crate::sales) at: Timestamp,
    pub(in crate::sales) by: &'a str,
}

impl Closing<'_> {
    async fn of(&self, connection: &impl ConnectionTrait, which: sea_orm::Condition) -> Result<u64, DbErr> {
        use sale_issue::Column as C;
        let closed = sale_issue::Entity::update_many()
            .col_expr(C::State, Expr::val(self.state.to_value()))
            .col_expr(C::ClosedAt, Expr::val(self.at.0))
            .col_expr(C::ClosedBy, Expr::val(self.by))
            .filter(C::BusinessId.eq(self.business))
            .filter(C::ChannelId.eq(self.channel))
            .filter(C::State.eq(IssueState::Open))
            .filter(which)
            .exec(connection)
            .await?;
        Ok(closed.rows_affected)
    }
}

/// Closes the open issues of documents: all, or only those about the whole document.
pub(in crate::sales) async fn close(
    connection: &impl ConnectionTrait,
    closing: &Closing<'_>,
    documents: &[DocumentKey],
    whole_only: bool,
) -> Result<(), DbErr> {
    let mut kinds: Vec<_> = documents.iter().map(|key| key.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        let ids: Vec<&str> =
            documents.iter().filter(|key| key.kind == kind).map(|key| key.external_id.as_str()).collect();
        for chunk in ids.chunks(CHUNK) {
            let mut which = sea_orm::Condition::all()
                .add(sale_issue::Column::DocumentType.eq(kind))
                .add(sale_issue::Column::ExternalId.is_in(chunk.iter().copied()));
            if whole_only {
                which = which.add(sale_issue::Column::LineKey.eq(""));
            }
            closing.of(connection, which).await?;
        }
    }
    Ok(())
}

/// Closes the open issues about an item.
pub(in crate::sales) async fn close_of_item(
    connection: &impl ConnectionTrait,
    closing: &Closing<'_>,
    item: &str,
) -> Result<u64, DbErr> {
    closing.of(connection, sea_orm::Condition::all().add(sale_issue::Column::ItemExternalId.eq(item))).await
}

/// Closes the issues of these lines.
pub(in crate::sales) async fn close_of_lines(
    connection: &impl ConnectionTrait,
    closing: &Closing<'_>,
    lines: &[entity::SaleLineId],
) -> Result<(), DbErr> {
    for chunk in lines.chunks(CHUNK) {
        let which =
            sea_orm::Condition::all().add(sale_issue::Column::SaleLineId.is_in(chunk.iter().map(|line| line.0)));
        closing.of(connection, which).await?;
    }
    Ok(())
}

pub(in crate::sales) async fn issue(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: SaleIssueId,
) -> Result<Option<SaleIssue>, DbErr> {
    sale_issue::Entity::find_by_id(id).filter(sale_issue::Column::BusinessId.eq(business)).one(connection).await
}

/// Documents that could not be recorded at all, oldest issue first.
pub(in crate::sales) async fn open_documents(
    connection: &impl ConnectionTrait,
    (business, channel): (BusinessId, SalesChannelId),
    limit: u64,
) -> Result<Vec<SaleIssue>, DbErr> {
    sale_issue::Entity::find()
        .filter(sale_issue::Column::BusinessId.eq(business))
        .filter(sale_issue::Column::ChannelId.eq(channel))
        .filter(sale_issue::Column::State.eq(IssueState::Open))
        .filter(sale_issue::Column::LineKey.eq(""))
        .order_by_asc(sale_issue::Column::OpenedAt)
        .order_by_asc(sale_issue::Column::Id)
        .limit(limit)
        .all(connection)
        .await
}

/// How many issues of a channel are open.
pub(in crate::sales) async fn open_issues(
    connection: &impl ConnectionTrait,
    (business, channel): (BusinessId, SalesChannelId),
) -> Result<u64, DbErr> {
    let filter = IssueFilter { channel: Some(channel), state: Some(IssueState::Open), sale: None };
    count_issues(connection, business, &filter).await
}

fn select(business: BusinessId, filter: &IssueFilter) -> Select<sale_issue::Entity> {
    let mut select = sale_issue::Entity::find().filter(sale_issue::Column::BusinessId.eq(business));
    if let Some(channel) = filter.channel {
        select = select.filter(sale_issue::Column::ChannelId.eq(channel));
    }
    if let Some(state) = filter.state {
        select = select.filter(sale_issue::Column::State.eq(state));
    }
    if let Some(sale) = filter.sale {
        select = select.filter(sale_issue::Column::SaleId.eq(sale));
    }
    select
}

/// A page of issues, newest first.
pub(in crate::sales) async fn issues(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &IssueFilter,
    request: &PageRequest,
) -> Result<Page<SaleIssue>, DbErr> {
    let select = select(business, filter);
    let select = keyset(select, sale_issue::Column::OpenedAt, sale_issue::Column::Id, Direction::Descending, request);
    Ok(Page::cut(select.all(connection).await?, request))
}

pub(in crate::sales) async fn count_issues(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &IssueFilter,
) -> Result<u64, DbErr> {
    select(business, filter).count(connection).await
}

/// Open issues of sales.
pub(in crate::sales) async fn issues_of_sales(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    sales: &[SaleId],
) -> Result<Vec<SaleIssue>, DbErr> {
    sale_issue::Entity::find()
        .filter(sale_issue::Column::BusinessId.eq(business))
        .filter(sale_issue::Column::State.eq(IssueState::Open))
        .filter(sale_issue::Column::SaleId.is_in(sales.iter().copied()))
        .order_by_asc(sale_issue::Column::OpenedAt)
        .order_by_asc(sale_issue::Column::Id)
        .all(connection)
        .await
}

/// Marks an item as no stock. Again, nothing happens.
pub(in crate::sales) async fn mark_not_stock(
    connection: &impl ConnectionTrait,
    (business_id, integration_id): (BusinessId, IntegrationId),
    item: &str,
    (by, now): (&str, Timestamp),
) -> Result<(), DbErr> {
    use sale_item_choice::Column as C;
    let row = sale_item_choice::Model {
        integration_id,
        item_external_id: item.to_owned(),
        business_id,
        created_at: now,
        created_by: by.to_owned(),
    };
    sale_item_choice::Entity::insert(row.into_active_model())
        .on_conflict(OnConflict::columns([C::BusinessId, C::IntegrationId, C::ItemExternalId]).do_nothing().to_owned())
        .exec_without_returning(connection)
        .await
        .map(|_| ())
}

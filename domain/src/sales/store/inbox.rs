//! Queries of documents that wait to be processed.

use std::collections::HashMap;

use entity::{BusinessId, SalesChannelId, SalesDocumentType, Timestamp, sale_inbox};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};

use super::CHUNK;
use crate::{
    sales::{
        document::{Document, DocumentKey},
        model::Waiting,
    },
    stock::store::columns,
    store::bulk_insert,
};

/// What is read again replaces what waits.
const AGAIN: &str = "ON CONFLICT (business_id, channel_id, document_type, external_id) DO UPDATE SET \
    place = excluded.place, document = excluded.document, read_at = excluded.read_at";

/// Puts documents into the inbox; each of them once.
pub(in crate::sales) async fn wait(
    connection: &impl ConnectionTrait,
    (business, channel): (BusinessId, SalesChannelId),
    documents: &[&Document],
    now: Timestamp,
) -> Result<(), DbErr> {
    let columns = columns![documents;
        "channel_id" Uuid |_row| channel.0;
        "document_type" Text |row| row.key.kind.to_value();
        "external_id" Text |row| row.key.external_id.clone();
        "business_id" Uuid |_row| business.0;
        "place" Text |row| row.place();
        "document" Text |row| serde_json::to_string(row).unwrap_or_default();
        "read_at" Number |_row| now.0;
    ];
    bulk_insert(connection, "sale_inbox", columns, AGAIN).await
}

/// The next waiting documents, in order.
pub(in crate::sales) async fn take(
    connection: &impl ConnectionTrait,
    (business, channel): (BusinessId, SalesChannelId),
    limit: u64,
) -> Result<Vec<Waiting>, DbErr> {
    sale_inbox::Entity::find()
        .filter(sale_inbox::Column::BusinessId.eq(business))
        .filter(sale_inbox::Column::ChannelId.eq(channel))
        .order_by_asc(sale_inbox::Column::Place)
        .limit(limit)
        .all(connection)
        .await
}

pub(in crate::sales) async fn waiting_count(
    connection: &impl ConnectionTrait,
    (business, channel): (BusinessId, SalesChannelId),
) -> Result<u64, DbErr> {
    sale_inbox::Entity::find()
        .filter(sale_inbox::Column::BusinessId.eq(business))
        .filter(sale_inbox::Column::ChannelId.eq(channel))
        .count(connection)
        .await
}

/// Takes documents out of the inbox.
pub(in crate::sales) async fn unwait(
    connection: &impl ConnectionTrait,
    (business, channel): (BusinessId, SalesChannelId),
    keys: &[DocumentKey],
) -> Result<(), DbErr> {
    for chunk in keys.chunks(CHUNK) {
        let mut kinds: Vec<_> = chunk.iter().map(|key| key.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        for kind in kinds {
            let ids = chunk.iter().filter(|key| key.kind == kind).map(|key| key.external_id.as_str());
            sale_inbox::Entity::delete_many()
                .filter(sale_inbox::Column::BusinessId.eq(business))
                .filter(sale_inbox::Column::ChannelId.eq(channel))
                .filter(sale_inbox::Column::DocumentType.eq(kind))
                .filter(sale_inbox::Column::ExternalId.is_in(ids))
                .exec(connection)
                .await?;
        }
    }
    Ok(())
}

/// Where documents stand that wait; those that do not are left out.
pub(in crate::sales) async fn places(
    connection: &impl ConnectionTrait,
    (business, channel): (BusinessId, SalesChannelId),
    keys: &[DocumentKey],
) -> Result<HashMap<DocumentKey, String>, DbErr> {
    let mut places = HashMap::new();
    for chunk in keys.chunks(CHUNK) {
        let found: Vec<(SalesDocumentType, String, String)> = sale_inbox::Entity::find()
            .select_only()
            .columns([sale_inbox::Column::DocumentType, sale_inbox::Column::ExternalId, sale_inbox::Column::Place])
            .filter(sale_inbox::Column::BusinessId.eq(business))
            .filter(sale_inbox::Column::ChannelId.eq(channel))
            .filter(sale_inbox::Column::ExternalId.is_in(chunk.iter().map(|key| key.external_id.as_str())))
            .into_tuple()
            .all(connection)
            .await?;
        let named = found.into_iter().map(|(kind, external_id, place)| (DocumentKey { kind, external_id }, place));
        places.extend(named.filter(|(key, _)| chunk.contains(key)));
    }
    Ok(places)
}

/// Puts a waiting document in another place.
pub(in crate::sales) async fn replace(
    connection: &impl ConnectionTrait,
    (business, channel): (BusinessId, SalesChannelId),
    key: &DocumentKey,
    place: &str,
) -> Result<(), DbErr> {
    sale_inbox::Entity::update_many()
        .col_expr(sale_inbox::Column::Place, Expr::val(place))
        .filter(sale_inbox::Column::BusinessId.eq(business))
        .filter(sale_inbox::Column::ChannelId.eq(channel))
        .filter(sale_inbox::Column::DocumentType.eq(key.kind))
        .filter(sale_inbox::Column::ExternalId.eq(key.external_id.as_str()))
        .exec(connection)
        .await
        .map(|_| ())
}

/// Whether a document waits.
pub(in crate::sales) async fn waits(
    connection: &impl ConnectionTrait,
    (business, channel): (BusinessId, SalesChannelId),
    key: &DocumentKey,
) -> Result<bool, DbErr> {
    let found = sale_inbox::Entity::find()
        .filter(sale_inbox::Column::BusinessId.eq(business))
        .filter(sale_inbox::Column::ChannelId.eq(channel))
        .filter(sale_inbox::Column::DocumentType.eq(key.kind))
        .filter(sale_inbox::Column::ExternalId.eq(key.external_id.as_str()))
        .count(connection)
        .await?;
    Ok(found > 0)
}

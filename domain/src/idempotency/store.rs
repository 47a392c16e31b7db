//! Queries of answered requests.

use entity::{BusinessId, Timestamp, idempotency_key};
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel};
use serde_json::Value;

use super::RequestKey;

pub(super) async fn find(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    key: &RequestKey,
) -> Result<Option<idempotency_key::Model>, DbErr> {
    idempotency_key::Entity::find_by_id((business, key.operation.to_owned(), key.key.clone())).one(connection).await
}

pub(super) async fn insert(
    connection: &impl ConnectionTrait,
    business_id: BusinessId,
    key: &RequestKey,
    result: Value,
    created_at: Timestamp,
) -> Result<(), DbErr> {
    let row = idempotency_key::Model {
        business_id,
        operation: key.operation.to_owned(),
        key: key.key.clone(),
        input_hash: key.input_hash.clone(),
        result,
        created_at,
    };
    row.into_active_model().insert(connection).await.map(|_| ())
}

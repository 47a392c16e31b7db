//! Queries of businesses and members.

use entity::{BusinessId, business, member};
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel};

use super::model::Business;

pub(super) async fn find(connection: &impl ConnectionTrait, id: BusinessId) -> Result<Option<Business>, DbErr> {
    business::Entity::find_by_id(id).one(connection).await
}

pub(super) async fn member(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    subject: &str,
) -> Result<Option<member::Model>, DbErr> {
    member::Entity::find_by_id((business, subject.to_owned())).one(connection).await
}

pub(super) async fn insert(connection: &impl ConnectionTrait, business: Business) -> Result<(), DbErr> {
    business.into_active_model().insert(connection).await.map(|_| ())
}

pub(super) async fn insert_member(connection: &impl ConnectionTrait, member: member::Model) -> Result<(), DbErr> {
    member.into_active_model().insert(connection).await.map(|_| ())
}

//! Queries of businesses and members.

use entity::{BusinessId, business, member};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, JoinType, QueryOrder,
    QuerySelect, RelationDef, sea_query::IntoCondition,
};

use super::model::Business;

pub(super) async fn find(connection: &impl ConnectionTrait, id: BusinessId) -> Result<Option<Business>, DbErr> {
    business::Entity::find_by_id(id).one(connection).await
}

/// A business with one of its members, if it has such a member: one statement, because every request asks.
pub(super) async fn with_member(
    connection: &impl ConnectionTrait,
    id: BusinessId,
    subject: &str,
) -> Result<Option<(Business, Option<member::Model>)>, DbErr> {
    let subject = subject.to_owned();
    let members: RelationDef = business::Entity::belongs_to(member::Entity)
        .from(business::Column::Id)
        .to(member::Column::BusinessId)
        .on_condition(move |_, _| member::Column::Subject.eq(subject.clone()).into_condition())
        .into();
    business::Entity::find_by_id(id).join(JoinType::LeftJoin, members).select_also(member::Entity).one(connection).await
}

/// The ids of all businesses, for the operator of the database.
pub(super) async fn ids(connection: &impl ConnectionTrait) -> Result<Vec<BusinessId>, DbErr> {
    business::Entity::find()
        .select_only()
        .column(business::Column::Id)
        .order_by_asc(business::Column::Id)
        .into_tuple()
        .all(connection)
        .await
}

pub(super) async fn insert(connection: &impl ConnectionTrait, business: Business) -> Result<(), DbErr> {
    business.into_active_model().insert(connection).await.map(|_| ())
}

pub(super) async fn insert_member(connection: &impl ConnectionTrait, member: member::Model) -> Result<(), DbErr> {
    member.into_active_model().insert(connection).await.map(|_| ())
}

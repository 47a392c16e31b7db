//! Queries of channels.

use entity::{BusinessId, IntegrationId, SalesChannelId, sales_channel};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, sea_query::OnConflict,
};

use crate::{sales::model::Channel, store::execute};

pub(in crate::sales) async fn channel(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: SalesChannelId,
) -> Result<Option<Channel>, DbErr> {
    sales_channel::Entity::find_by_id(id).filter(sales_channel::Column::BusinessId.eq(business)).one(connection).await
}

/// As [`channel`], locked until the transaction ends.
pub(in crate::sales) async fn lock_channel(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: SalesChannelId,
) -> Result<Option<Channel>, DbErr> {
    sales_channel::Entity::find_by_id(id)
        .filter(sales_channel::Column::BusinessId.eq(business))
        .lock_exclusive()
        .one(connection)
        .await
}

pub(in crate::sales) async fn channel_of(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    integration: IntegrationId,
) -> Result<Option<Channel>, DbErr> {
    sales_channel::Entity::find()
        .filter(sales_channel::Column::BusinessId.eq(business))
        .filter(sales_channel::Column::IntegrationId.eq(integration))
        .one(connection)
        .await
}

/// All channels, oldest first.
pub(in crate::sales) async fn channels(
    connection: &impl ConnectionTrait,
    business: BusinessId,
) -> Result<Vec<Channel>, DbErr> {
    sales_channel::Entity::find()
        .filter(sales_channel::Column::BusinessId.eq(business))
        .order_by_asc(sales_channel::Column::CreatedAt)
        .order_by_asc(sales_channel::Column::Id)
        .all(connection)
        .await
}

pub(in crate::sales) async fn by_ids(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    ids: &[SalesChannelId],
) -> Result<Vec<Channel>, DbErr> {
    sales_channel::Entity::find()
        .filter(sales_channel::Column::BusinessId.eq(business))
        .filter(sales_channel::Column::Id.is_in(ids.iter().copied()))
        .all(connection)
        .await
}

pub(in crate::sales) async fn insert_channel(connection: &impl ConnectionTrait, channel: Channel) -> Result<(), DbErr> {
    channel.into_active_model().insert(connection).await.map(|_| ())
}

/// Makes the manual channel, unless it is there.
pub(in crate::sales) async fn insert_manual(connection: &impl ConnectionTrait, channel: Channel) -> Result<(), DbErr> {
    sales_channel::Entity::insert(channel.into_active_model())
        .on_conflict(OnConflict::column(sales_channel::Column::Id).do_nothing().to_owned())
        .exec_without_returning(connection)
        .await
        .map(|_| ())
}

pub(in crate::sales) async fn update_channel(connection: &impl ConnectionTrait, channel: Channel) -> Result<(), DbErr> {
    channel.into_active_model().reset_all().update(connection).await.map(|_| ())
}

/// Sales are tracked from now on.
pub(in crate::sales) async fn track_sales(
    connection: &impl ConnectionTrait,
    business: BusinessId,
) -> Result<(), DbErr> {
    let sql = "UPDATE business SET sales_tracking = $2 WHERE id = $1";
    execute(connection, sql, [business.into(), true.into()]).await.map(|_| ())
}

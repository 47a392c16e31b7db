//! Queries of integrations, their tokens, and consents under way.

use entity::{BusinessId, IntegrationId, IntegrationStatus, Timestamp, integration, integration_token, oauth_state};
use providers::model::RemoteCompany;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, Value, sea_query::OnConflict,
};
use uuid::Uuid;

use super::model::Integration;
use crate::store::execute;

pub(super) type TokenRow = integration_token::Model;
pub(super) type StateRow = oauth_state::Model;

pub(crate) async fn list(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    include_disconnected: bool,
) -> Result<Vec<Integration>, DbErr> {
    let mut select = integration::Entity::find().filter(integration::Column::BusinessId.eq(business));
    if !include_disconnected {
        select = select.filter(integration::Column::Status.ne(IntegrationStatus::Disconnected));
    }
    select.order_by_asc(integration::Column::Id).all(connection).await
}

pub(crate) async fn find(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: IntegrationId,
) -> Result<Option<Integration>, DbErr> {
    integration::Entity::find_by_id(id).filter(integration::Column::BusinessId.eq(business)).one(connection).await
}

pub(super) async fn find_many(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    ids: &[IntegrationId],
) -> Result<Vec<Integration>, DbErr> {
    integration::Entity::find()
        .filter(integration::Column::BusinessId.eq(business))
        .filter(integration::Column::Id.is_in(ids.iter().copied()))
        .all(connection)
        .await
}

pub(super) async fn find_company(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    provider: &str,
    company: &str,
) -> Result<Option<Integration>, DbErr> {
    integration::Entity::find()
        .filter(integration::Column::BusinessId.eq(business))
        .filter(integration::Column::Provider.eq(provider))
        .filter(integration::Column::CompanyExternalId.eq(company))
        .one(connection)
        .await
}

pub(super) async fn insert(connection: &impl ConnectionTrait, integration: Integration) -> Result<(), DbErr> {
    integration.into_active_model().insert(connection).await.map(|_| ())
}

pub(super) async fn update(connection: &impl ConnectionTrait, integration: Integration) -> Result<(), DbErr> {
    integration.into_active_model().reset_all().update(connection).await.map(|_| ())
}

pub(super) async fn delete(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: IntegrationId,
) -> Result<(), DbErr> {
    integration::Entity::delete_many()
        .filter(integration::Column::Id.eq(id))
        .filter(integration::Column::BusinessId.eq(business))
        .exec(connection)
        .await
        .map(|_| ())
}

pub(super) async fn set_company(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: IntegrationId,
    company: &RemoteCompany,
    now: Timestamp,
) -> Result<(), DbErr> {
    let changed = integration::ActiveModel {
        company_name: Set(Some(company.name.clone())),
        company_country: Set(company.country.clone()),
        company_currency: Set(company.home_currency.clone()),
        company_edition: Set(company.edition.clone()),
        company_multicurrency: Set(company.multicurrency),
        company_inventory: Set(company.inventory_enabled),
        company_book_close_date: Set(company.book_close_date),
        company_time_zone: Set(company.time_zone.clone()),
        updated_at: Set(now),
        ..Default::default()
    };
    integration::Entity::update_many()
        .set(changed)
        .filter(integration::Column::Id.eq(id))
        .filter(integration::Column::BusinessId.eq(business))
        .exec(connection)
        .await
        .map(|_| ())
}

/// Marks an active integration as expired. Answers whether it was active.
pub(super) async fn expire(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: IntegrationId,
    reason: &str,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let sql = "UPDATE integration SET status = 'EXPIRED', expired_reason = $1, trouble = NULL, trouble_since = NULL, updated_at = $2 \
               WHERE id = $3 AND business_id = $4 AND status = 'ACTIVE'";
    let values: [Value; 4] = [reason.into(), now.into(), id.into(), business.into()];
    Ok(execute(connection, sql, values).await? == 1)
}

/// Notes how a call ended.
pub(super) async fn note_call(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: IntegrationId,
    trouble: Option<&str>,
    now: Timestamp,
) -> Result<(), DbErr> {
    let values: Vec<Value> = match trouble {
        None => vec![now.into(), id.into(), business.into()],
        Some(reason) => vec![now.into(), id.into(), business.into(), reason.into()],
    };
    let sql = if trouble.is_none() {
        "UPDATE integration SET last_call_at = $1, last_success_at = $1, trouble = NULL, trouble_since = NULL \
         WHERE id = $2 AND business_id = $3"
    } else {
        "UPDATE integration SET last_call_at = $1, trouble = $4, trouble_since = COALESCE(trouble_since, $1) \
         WHERE id = $2 AND business_id = $3"
    };
    execute(connection, sql, values).await.map(|_| ())
}

pub(super) async fn token(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: IntegrationId,
) -> Result<Option<TokenRow>, DbErr> {
    integration_token::Entity::find_by_id(id)
        .filter(integration_token::Column::BusinessId.eq(business))
        .one(connection)
        .await
}

pub(super) async fn put_token(connection: &impl ConnectionTrait, row: TokenRow) -> Result<(), DbErr> {
    use integration_token::Column;
    integration_token::Entity::insert(row.into_active_model())
        .on_conflict(
            OnConflict::column(Column::IntegrationId)
                .update_columns([
                    Column::Sealed,
                    Column::AccessExpiresAt,
                    Column::RefreshExpiresAt,
                    Column::RefreshHardExpiresAt,
                    Column::Version,
                    Column::LeaseHolder,
                    Column::LeaseUntil,
                    Column::RefreshedAt,
                ])
                .to_owned(),
        )
        .exec_without_returning(connection)
        .await
        .map(|_| ())
}

pub(super) async fn delete_token(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: IntegrationId,
) -> Result<(), DbErr> {
    integration_token::Entity::delete_many()
        .filter(integration_token::Column::IntegrationId.eq(id))
        .filter(integration_token::Column::BusinessId.eq(business))
        .exec(connection)
        .await
        .map(|_| ())
}

/// Takes the lease on the tokens as they were read. Answers whether it was taken.
pub(super) async fn take_lease(
    connection: &impl ConnectionTrait,
    row: &TokenRow,
    holder: Uuid,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, DbErr> {
    let sql = "UPDATE integration_token SET lease_holder = $1, lease_until = $2 \
               WHERE integration_id = $3 AND business_id = $4 AND version = $5 \
               AND (lease_until IS NULL OR lease_until <= $6)";
    let values: [Value; 6] = [
        holder.into(),
        until.into(),
        row.integration_id.into(),
        row.business_id.into(),
        row.version.into(),
        now.into(),
    ];
    Ok(execute(connection, sql, values).await? == 1)
}

/// Gives the lease back without new tokens.
pub(super) async fn release_lease(
    connection: &impl ConnectionTrait,
    row: &TokenRow,
    holder: Uuid,
) -> Result<(), DbErr> {
    let sql = "UPDATE integration_token SET lease_holder = NULL, lease_until = NULL \
               WHERE integration_id = $1 AND business_id = $2 AND lease_holder = $3";
    let values: [Value; 3] = [row.integration_id.into(), row.business_id.into(), holder.into()];
    execute(connection, sql, values).await.map(|_| ())
}

pub(super) async fn insert_state(connection: &impl ConnectionTrait, state: StateRow) -> Result<(), DbErr> {
    state.into_active_model().insert(connection).await.map(|_| ())
}

pub(super) async fn state(connection: &impl ConnectionTrait, hash: &str) -> Result<Option<StateRow>, DbErr> {
    oauth_state::Entity::find_by_id(hash).one(connection).await
}

/// Uses a state up, if it is known, fresh and unused (and, where given, of this business and subject).
pub(super) async fn use_state(
    connection: &impl ConnectionTrait,
    hash: &str,
    of: Option<(BusinessId, &str)>,
    now: Timestamp,
) -> Result<Option<StateRow>, DbErr> {
    let mut sql =
        "UPDATE oauth_state SET used_at = $1 WHERE state_hash = $2 AND used_at IS NULL AND expires_at > $1".to_owned();
    let mut values: Vec<Value> = vec![now.into(), hash.into()];
    if let Some((business, subject)) = of {
        sql.push_str(" AND business_id = $3 AND subject = $4");
        values.extend([business.into(), subject.into()]);
    }
    if execute(connection, &sql, values).await? == 0 {
        return Ok(None);
    }
    oauth_state::Entity::find_by_id(hash).one(connection).await
}

/// Forgets states that ended before `before`.
pub(super) async fn forget_states(connection: &impl ConnectionTrait, before: Timestamp) -> Result<(), DbErr> {
    execute(connection, "DELETE FROM oauth_state WHERE expires_at < $1", [before.into()]).await.map(|_| ())
}

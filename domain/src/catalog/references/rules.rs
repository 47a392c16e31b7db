//! Local rows of accounts and suppliers.

use entity::{AccountClass, AccountId, BusinessId, IntegrationId, SupplierId, Timestamp};
use providers::model::{AccountClass as RemoteClass, RemoteAccount, RemoteSupplier};

use super::model::{Account, Supplier};
use crate::catalog::content_hash::ContentHash;

/// The row of an account.
pub fn account(
    id: AccountId,
    business_id: BusinessId,
    integration_id: IntegrationId,
    remote: &RemoteAccount,
    now: Timestamp,
) -> Account {
    let class = class(remote.class);
    let content_hash = ContentHash::new()
        .text(&remote.name)
        .optional(remote.number.as_deref())
        .text(&remote.kind)
        .optional(remote.sub_kind.as_deref())
        .text(&format!("{class:?}"))
        .flag(remote.active)
        .optional(remote.currency.as_deref())
        .finish();
    Account {
        id,
        business_id,
        integration_id,
        external_id: remote.external_id.clone(),
        external_version: remote.version.clone(),
        number: remote.number.clone(),
        name: remote.name.clone(),
        sort_name: remote.name.to_lowercase(),
        kind: remote.kind.clone(),
        sub_kind: remote.sub_kind.clone(),
        class,
        active: remote.active,
        currency: remote.currency.clone(),
        content_hash,
        synced_at: now,
    }
}

/// The row of a supplier.
pub fn supplier(
    id: SupplierId,
    business_id: BusinessId,
    integration_id: IntegrationId,
    remote: &RemoteSupplier,
    now: Timestamp,
) -> Supplier {
    let content_hash = ContentHash::new()
        .text(&remote.name)
        .optional(remote.email.as_deref())
        .optional(remote.phone.as_deref())
        .optional(remote.currency.as_deref())
        .flag(remote.active)
        .finish();
    Supplier {
        id,
        business_id,
        integration_id: Some(integration_id),
        external_id: Some(remote.external_id.clone()),
        external_version: remote.version.clone(),
        name: remote.name.clone(),
        sort_name: remote.name.to_lowercase(),
        code: None,
        email: remote.email.clone(),
        phone: remote.phone.clone(),
        currency: remote.currency.clone(),
        active: remote.active,
        content_hash,
        synced_at: now,
    }
}

fn class(class: RemoteClass) -> AccountClass {
    match class {
        RemoteClass::Asset => AccountClass::Asset,
        RemoteClass::Liability => AccountClass::Liability,
        RemoteClass::Equity => AccountClass::Equity,
        RemoteClass::Revenue => AccountClass::Revenue,
        RemoteClass::Expense => AccountClass::Expense,
        RemoteClass::NonPosting => AccountClass::NonPosting,
    }
}

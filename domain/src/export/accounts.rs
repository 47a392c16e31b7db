//! The accounts of an integration: chosen with checks, kept with id and name, looked at again before every export.

use std::collections::HashMap;

use entity::{AccountId, AccountRole, BusinessId, Timestamp};

use super::{
    model::{ChosenAccount, OverrideChoice, OverrideOf, OverrideRow, RoleChoice},
    rules::{self, Overrides},
    store,
};
use crate::{
    business::Actor,
    catalog::{Account, products::rules::NAME_MAX, references},
    error::{ErrorCode, Refusal, Result},
    integration::{self, Integration},
    production::LossAccount,
    store::{Connection, WriteTx},
};

/// What is chosen: accounts for roles, and accounts for roles with some products only.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choices<'a> {
    pub(crate) roles: &'a [RoleChoice],
    pub(crate) overrides: &'a [OverrideChoice],
}

/// The field of the input that an override is refused at.
const OVERRIDES: &[&str] = &["input", "accountOverrides"];

/// Takes choices over, in the transaction that changes the settings.
///
/// # Errors
/// `NOT_FOUND`, `ACCOUNT_INVALID`, `ACCOUNT_SAME_AS_ASSET` naming the item.
pub(crate) async fn choose(
    tx: &WriteTx,
    actor: &Actor,
    integration: &Integration,
    Choices { roles, overrides }: Choices<'_>,
    now: Timestamp,
) -> Result<()> {
    if roles.is_empty() && overrides.is_empty() {
        return Ok(());
    }
    let of_overrides = overrides.iter().filter_map(|choice| choice.account);
    let ids: Vec<AccountId> = roles.iter().filter_map(|choice| choice.account).chain(of_overrides).collect();
    let accounts = references::store::accounts_by_ids(tx.connection(), actor.business, &ids).await?;
    let stocked = store::linked_items_in(tx.connection(), actor.business, integration.id).await?;
    let stocked: HashMap<String, String> = stocked.into_iter().map(|row| (row.asset_account, row.name)).collect();
    let before = store::chosen(tx.connection(), actor.business, &[integration.id]).await?;
    let mut chosen: HashMap<AccountRole, ChosenAccount> = before.into_iter().map(|row| (row.role, row)).collect();
    for choice in roles {
        let Some(id) = choice.account else {
            chosen.remove(&choice.role);
            store::delete_chosen(tx.connection(), actor.business, integration.id, choice.role).await?;
            continue;
        };
        let found = accounts.iter().find(|row| row.id == id && row.integration_id == integration.id);
        let account = found.ok_or_else(|| Refusal::not_found("account", id).at(&["input", "accounts"]))?;
        rules::check_choice(choice.role, account, integration.inventory_mode, &stocked)
            .map_err(|refusal| refusal.at(&["input", "accounts"]))?;
        let row = ChosenAccount {
            integration_id: integration.id,
            role: choice.role,
            business_id: actor.business,
            account_id: account.id,
            external_id: account.external_id.clone(),
            name: account.name.clone(),
            chosen_at: now,
            chosen_by: actor.subject.clone(),
        };
        chosen.insert(choice.role, row.clone());
        store::put_chosen(tx.connection(), row).await?;
    }
    rules::check_pairs(&chosen).map_err(|refusal| refusal.at(&["input", "accounts"]))?;
    for choice in overrides {
        let known = Known { accounts: &accounts, stocked: &stocked };
        choose_override(tx, actor, integration, choice, &known, now).await?;
    }
    let overrides = Overrides::new(store::overrides(tx.connection(), actor.business, &[integration.id]).await?);
    Ok(rules::check_override_pairs(&chosen, &overrides).map_err(|refusal| refusal.at(OVERRIDES))?)
}

/// What choices are checked against: the accounts named, and the linked items whose stock accounts keep.
struct Known<'a> {
    accounts: &'a [Account],
    stocked: &'a HashMap<String, String>,
}

async fn choose_override(
    tx: &WriteTx,
    actor: &Actor,
    integration: &Integration,
    choice: &OverrideChoice,
    known: &Known<'_>,
    now: Timestamp,
) -> Result<()> {
    let (scope, value) = rules::key_of(&choice.of);
    let Some(id) = choice.account else {
        let whose = (actor.business, integration.id);
        return Ok(store::delete_override(tx.connection(), whose, choice.role, (scope, value)).await?);
    };
    if value.is_empty() || value.chars().count() > NAME_MAX {
        return Err(Refusal::new(ErrorCode::Validation, "A category must have 1 to 200 characters.")
            .at(OVERRIDES)
            .into());
    }
    let found = known.accounts.iter().find(|row| row.id == id && row.integration_id == integration.id);
    let account = found.ok_or_else(|| Refusal::not_found("account", id).at(OVERRIDES))?;
    rules::check_choice(choice.role, account, integration.inventory_mode, known.stocked)
        .map_err(|refusal| refusal.at(OVERRIDES))?;
    let label = match &choice.of {
        OverrideOf::Category(category) => category.trim().to_owned(),
        OverrideOf::Type(_) => value.clone(),
    };
    let row = OverrideRow {
        integration_id: integration.id,
        role: choice.role,
        scope,
        value,
        label,
        business_id: actor.business,
        account_id: account.id,
        external_id: account.external_id.clone(),
        name: account.name.clone(),
        chosen_at: now,
        chosen_by: actor.subject.clone(),
    };
    Ok(store::put_override(tx.connection(), row).await?)
}

/// Where a loss would be posted (behaviour 3.1). Without an accounting system nothing is, so nothing has to be set.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn loss_account(connection: &impl Connection, business: BusinessId) -> Result<LossAccount> {
    let Some(integration) = integration::for_exports(connection, business).await? else {
        return Ok(LossAccount::NotNeeded);
    };
    let chosen = store::chosen(connection, business, &[integration.id]).await?;
    let is_chosen = |role| chosen.iter().any(|row| row.role == role);
    Ok(match (is_chosen(AccountRole::Waste), is_chosen(AccountRole::Cogs)) {
        (true, _) => LossAccount::Waste,
        (false, true) => LossAccount::CostOfGoodsSold,
        (false, false) => LossAccount::Missing,
    })
}

//! The accounts of an integration: chosen with checks, kept with id and name, looked at again before every export.

use std::collections::HashMap;

use entity::{AccountId, AccountRole, BusinessId, Timestamp};

use super::{
    model::{ChosenAccount, RoleChoice},
    rules, store,
};
use crate::{
    business::Actor,
    catalog::references,
    error::{Refusal, Result},
    integration::{self, Integration},
    production::LossAccount,
    store::{Connection, WriteTx},
};

/// Takes choices over, in the transaction that changes the settings. Accounts that stay are checked against the mode too.
///
/// # Errors
/// `NOT_FOUND`, `ACCOUNT_INVALID`, `ACCOUNT_SAME_AS_ASSET` naming the item.
pub(crate) async fn choose(
    tx: &WriteTx,
    actor: &Actor,
    integration: &Integration,
    choices: &[RoleChoice],
    now: Timestamp,
) -> Result<()> {
    if choices.is_empty() {
        return Ok(());
    }
    let ids: Vec<AccountId> = choices.iter().filter_map(|choice| choice.account).collect();
    let accounts = references::store::accounts_by_ids(tx.connection(), actor.business, &ids).await?;
    let stocked = store::linked_items_in(tx.connection(), actor.business, integration.id).await?;
    let stocked: HashMap<String, String> = stocked.into_iter().map(|row| (row.asset_account, row.name)).collect();
    let before = store::chosen(tx.connection(), actor.business, &[integration.id]).await?;
    let mut chosen: HashMap<AccountRole, ChosenAccount> = before.into_iter().map(|row| (row.role, row)).collect();
    for choice in choices {
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
    Ok(rules::check_pairs(&chosen).map_err(|refusal| refusal.at(&["input", "accounts"]))?)
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

//! Mutations of integrations: read the input, call the use-case, map the result.

use async_graphql::{Context, MaybeUndefined, Object, Result};
use domain::{
    export::RoleChoice,
    integration::{Connecting, SettingsChange},
};

use super::{
    input::{
        AccountAssignmentInput, CompleteConnectionInput, CompleteConnectionPayload, ConnectIntegrationInput,
        ConnectIntegrationPayload, DisconnectIntegrationInput, DisconnectIntegrationPayload, ReconnectIntegrationInput,
        RefreshAccountsInput, RefreshAccountsPayload, SelectCompanyInput, SelectCompanyPayload,
        UpdateIntegrationSettingsInput, UpdateIntegrationSettingsPayload,
    },
    overrides::overrides,
    types::Integration,
};
use crate::graphql::{
    paging::{id, optional_id},
    refusal::answered,
    scalars::Url,
    services::{actor, services},
};

/// Mutations of integrations.
#[derive(Debug, Default)]
pub struct IntegrationMutation;

/// Mutations of integrations.
#[Object]
impl IntegrationMutation {
    /// Begins a connection: answers where to send the user, or the integration itself where nobody has to consent. Permission: MANAGE_CONNECTIONS.
    async fn connect_integration(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which accounting system.")] input: ConnectIntegrationInput,
    ) -> Result<ConnectIntegrationPayload> {
        let actor = actor(ctx).await?;
        let integrations = &services(ctx)?.integrations;
        begun(integrations.connect(&actor, &input.provider_id, input.return_to.as_deref()).await)
    }

    /// Ends a consent, for clients that own the redirect. Permission: MANAGE_CONNECTIONS.
    async fn complete_connection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What came back.")] input: CompleteConnectionInput,
    ) -> Result<CompleteConnectionPayload> {
        let actor = actor(ctx).await?;
        let done = services(ctx)?.integrations.complete(&input.callback_url.0, Some(&actor)).await;
        let (done, user_errors) = answered(done)?;
        Ok(CompleteConnectionPayload { integration: done.map(|done| Integration(done.integration)), user_errors })
    }

    /// Picks the company of a consent that covers several. Permission: MANAGE_CONNECTIONS.
    async fn select_company(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which company.")] input: SelectCompanyInput,
    ) -> Result<SelectCompanyPayload> {
        let actor = actor(ctx).await?;
        let integration = id(&input.integration_id)?;
        let chosen = services(ctx)?.integrations.select_company(&actor, integration, &input.company_external_id).await;
        let (chosen, user_errors) = answered(chosen)?;
        Ok(SelectCompanyPayload { integration: chosen.map(Integration), user_errors })
    }

    /// Begins a consent that replaces an integration's tokens and nothing else. Permission: MANAGE_CONNECTIONS.
    async fn reconnect_integration(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which integration.")] input: ReconnectIntegrationInput,
    ) -> Result<ConnectIntegrationPayload> {
        let actor = actor(ctx).await?;
        let integration = id(&input.integration_id)?;
        begun(services(ctx)?.integrations.reconnect(&actor, integration, input.return_to.as_deref()).await)
    }

    /// Forgets the tokens and gives the grant back; keeps all data. Permission: MANAGE_CONNECTIONS.
    async fn disconnect_integration(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which integration.")] input: DisconnectIntegrationInput,
    ) -> Result<DisconnectIntegrationPayload> {
        let actor = actor(ctx).await?;
        let integration = id(&input.integration_id)?;
        let (done, user_errors) = answered(services(ctx)?.integrations.disconnect(&actor, integration).await)?;
        let (integration, revoked) = done.unzip();
        Ok(DisconnectIntegrationPayload { integration: integration.map(Integration), revoked, user_errors })
    }

    /// Changes settings; what is left out stays. Permission: CONFIGURE_SETTINGS.
    async fn update_integration_settings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateIntegrationSettingsInput,
    ) -> Result<UpdateIntegrationSettingsPayload> {
        let actor = actor(ctx).await?;
        let integration = id(&input.integration_id)?;
        let overrides = match overrides(input.account_overrides.unwrap_or_default())? {
            Ok(overrides) => overrides,
            Err(refusal) => {
                return Ok(UpdateIntegrationSettingsPayload { integration: None, user_errors: vec![refusal.into()] });
            }
        };
        let change = SettingsChange {
            inventory_mode: input.inventory_mode.map(Into::into),
            item_types: input.item_types.map(|types| types.into_iter().map(Into::into).collect()),
            export_mode: input.export_mode.map(Into::into),
            document_prefix: input.document_prefix,
            item_sync_every_minutes: schedule(input.item_sync_every_minutes),
            sales_sync_every_minutes: schedule(input.sales_sync_every_minutes),
            item_sync_cron: schedule(input.item_sync_cron),
            sales_sync_cron: schedule(input.sales_sync_cron),
            overrides,
            journal_granularity: input.journal_granularity.map(Into::into),
            accounts: choices(input.accounts.unwrap_or_default())?,
        };
        let changed = services(ctx)?.integrations.change_settings(&actor, integration, change).await;
        let (changed, user_errors) = answered(changed)?;
        Ok(UpdateIntegrationSettingsPayload { integration: changed.map(Integration), user_errors })
    }

    /// Reads the chart of accounts again, now. Permission: CONFIGURE_SETTINGS.
    async fn refresh_accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] input: RefreshAccountsInput,
    ) -> Result<RefreshAccountsPayload> {
        let actor = actor(ctx).await?;
        let integration = id(&input.integration_id)?;
        let count = services(ctx)?.references.refresh_accounts(&actor, integration).await;
        let (count, user_errors) = answered(count)?;
        Ok(RefreshAccountsPayload { count, user_errors })
    }
}

fn begun(connecting: domain::error::Result<Connecting>) -> Result<ConnectIntegrationPayload> {
    let (connecting, user_errors) = answered(connecting)?;
    let (authorization_url, integration) = match connecting {
        Some(Connecting::Consent(url)) => (Some(Url(url)), None),
        Some(Connecting::Done(integration)) => (None, Some(Integration(*integration))),
        None => (None, None),
    };
    Ok(ConnectIntegrationPayload { authorization_url, integration, user_errors })
}

fn choices(given: Vec<AccountAssignmentInput>) -> Result<Vec<RoleChoice>> {
    let read = |choice: AccountAssignmentInput| {
        Ok(RoleChoice { role: choice.role.into(), account: optional_id(choice.account_id.as_ref())? })
    };
    given.into_iter().map(read).collect()
}

fn schedule<T>(value: MaybeUndefined<T>) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

//! Mutations of integrations: read the input, call the use-case, map the result.

use async_graphql::{Context, MaybeUndefined, Object, Result};
use domain::integration::SettingsChange;

use super::{
    input::{
        CompleteConnectionInput, CompleteConnectionPayload, ConnectIntegrationInput, ConnectIntegrationPayload,
        DisconnectIntegrationInput, DisconnectIntegrationPayload, ReconnectIntegrationInput, RefreshAccountsInput,
        RefreshAccountsPayload, UpdateIntegrationSettingsInput, UpdateIntegrationSettingsPayload,
    },
    types::Integration,
};
use crate::graphql::{
    paging::id,
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
    /// Begins a consent: answers where to send the user. Permission: MANAGE_CONNECTIONS.
    async fn connect_integration(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which accounting system.")] input: ConnectIntegrationInput,
    ) -> Result<ConnectIntegrationPayload> {
        let actor = actor(ctx).await?;
        let integrations = &services(ctx)?.integrations;
        let url = integrations.connect(&actor, &input.provider_id, input.return_to.as_deref()).await;
        let (url, user_errors) = answered(url)?;
        Ok(ConnectIntegrationPayload { authorization_url: url.map(Url), user_errors })
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

    /// Begins a consent that replaces an integration's tokens and nothing else. Permission: MANAGE_CONNECTIONS.
    async fn reconnect_integration(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which integration.")] input: ReconnectIntegrationInput,
    ) -> Result<ConnectIntegrationPayload> {
        let actor = actor(ctx).await?;
        let integration = id(&input.integration_id)?;
        let url = services(ctx)?.integrations.reconnect(&actor, integration, input.return_to.as_deref()).await;
        let (url, user_errors) = answered(url)?;
        Ok(ConnectIntegrationPayload { authorization_url: url.map(Url), user_errors })
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
        let change = SettingsChange {
            inventory_mode: input.inventory_mode.map(Into::into),
            item_types: input.item_types.map(|types| types.into_iter().map(Into::into).collect()),
            export_mode: input.export_mode.map(Into::into),
            document_prefix: input.document_prefix,
            item_sync_every_minutes: schedule(input.item_sync_every_minutes),
            sales_sync_every_minutes: schedule(input.sales_sync_every_minutes),
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

fn schedule(minutes: MaybeUndefined<i32>) -> Option<Option<i32>> {
    match minutes {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(minutes) => Some(Some(minutes)),
    }
}

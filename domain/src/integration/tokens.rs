//! Access tokens for provider calls, refreshed by one at a time.
//!
//! Rule: whoever refreshes holds a short lease on the token row, with no transaction open over the call; everybody else
//! waits for the row to change. Two refreshes of one chain make the provider kill it (QBO reference 1.5).

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use entity::{BusinessId, IntegrationId, IntegrationStatus};
use providers::{
    ErrorKind, Provider, ProviderError,
    provider::TokenSet,
    session::{CallObserver, TokenSource},
};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::{
    model::IntegrationChanges,
    store::{self, TokenRow},
    vault::{TokenPair, Vault},
};
use crate::{ambient::Ambient, error::Result, store::Db};

/// A token with less life than this is refreshed before it is used.
const MARGIN: Duration = Duration::from_secs(60);
/// Longest time one refresh may take, retries included; a dead refresher is replaced after it.
const LEASE: Duration = Duration::from_secs(180);
/// How often those who wait look at the row.
const LOOK: Duration = Duration::from_millis(50);
const OPERATION: &str = "oauth.refresh";

/// The tokens of one integration.
pub(super) struct TokenKeeper {
    pub(super) db: Db,
    pub(super) vault: Vault,
    pub(super) ambient: Ambient,
    pub(super) provider: Arc<dyn Provider>,
    pub(super) observer: Arc<dyn CallObserver>,
    pub(super) changes: IntegrationChanges,
    pub(super) business: BusinessId,
    pub(super) integration: IntegrationId,
}

#[async_trait]
impl TokenSource for TokenKeeper {
    async fn access_token(&self) -> std::result::Result<SecretString, ProviderError> {
        self.current(None).await
    }

    async fn replace_token(&self, rejected: &SecretString) -> std::result::Result<SecretString, ProviderError> {
        self.current(Some(rejected)).await
    }
}

/// What a look at the row showed.
enum Look {
    Fresh(SecretString),
    Refresh(Box<TokenRow>, TokenPair, Uuid),
    Busy(i64),
}

impl TokenKeeper {
    async fn current(&self, rejected: Option<&SecretString>) -> std::result::Result<SecretString, ProviderError> {
        let mut waited_for = None;
        loop {
            match self.look(rejected, waited_for).await? {
                Look::Fresh(token) => return Ok(token),
                Look::Refresh(row, tokens, holder) => match self.refresh(&row, &tokens, holder).await? {
                    Some(token) => return Ok(token),
                    None => waited_for = None,
                },
                Look::Busy(version) => {
                    waited_for = Some(version);
                    tokio::time::sleep(LOOK).await;
                }
            }
        }
    }

    async fn look(
        &self,
        rejected: Option<&SecretString>,
        waited_for: Option<i64>,
    ) -> std::result::Result<Look, ProviderError> {
        let (row, tokens) = self.read().await?;
        let now = self.ambient.now();
        let refused = rejected.is_some_and(|token| token.expose_secret() == tokens.access.expose_secret());
        if !refused && row.access_expires_at > now.plus(MARGIN) {
            return Ok(Look::Fresh(tokens.access));
        }
        if row.lease_until.is_none() && waited_for == Some(row.version) {
            return Err(ProviderError::new(
                ErrorKind::Unavailable,
                OPERATION,
                "the token could not be refreshed just now",
            ));
        }
        let holder: Uuid = self.ambient.id();
        let taken = self.take_lease(&row, holder).await.map_err(|error| internal(&error))?;
        Ok(if taken { Look::Refresh(Box::new(row), tokens, holder) } else { Look::Busy(row.version) })
    }

    async fn read(&self) -> std::result::Result<(TokenRow, TokenPair), ProviderError> {
        let connection = self.db.connection();
        let found = store::find(connection, self.business, self.integration).await.map_err(|error| internal(&error))?;
        if found.is_none_or(|integration| integration.status != IntegrationStatus::Active) {
            return Err(gone("the connection has ended"));
        }
        let row = store::token(connection, self.business, self.integration).await.map_err(|error| internal(&error))?;
        let row = row.ok_or_else(|| gone("the connection has no tokens"))?;
        let tokens = self
            .vault
            .open(self.business, self.integration, &row.sealed)
            .map_err(|error| ProviderError::new(ErrorKind::Misconfigured, OPERATION, error.to_string()))?;
        Ok((row, tokens))
    }

    async fn take_lease(&self, row: &TokenRow, holder: Uuid) -> Result<bool> {
        let now = self.ambient.now();
        let tx = self.db.write().await?;
        let taken = store::take_lease(tx.connection(), row, holder, now, now.plus(LEASE)).await?;
        tx.commit().await?;
        Ok(taken)
    }

    /// Refreshes under the lease. `None` when somebody else's newer tokens are there to be used.
    async fn refresh(
        &self,
        row: &TokenRow,
        tokens: &TokenPair,
        holder: Uuid,
    ) -> std::result::Result<Option<SecretString>, ProviderError> {
        match self.provider.refresh(&tokens.refresh, Arc::clone(&self.observer)).await {
            Ok(fresh) => {
                self.keep(row, &fresh).await.map_err(|error| internal(&error))?;
                Ok(Some(fresh.access_token))
            }
            Err(error) => self.refused(row, holder, error).await,
        }
    }

    async fn keep(&self, row: &TokenRow, fresh: &TokenSet) -> Result<()> {
        let pair = TokenPair { access: fresh.access_token.clone(), refresh: fresh.refresh_token.clone() };
        let sealed = seal(&self.vault, &self.ambient, self.business, self.integration, &pair)?;
        let tx = self.db.write().await?;
        store::put_token(tx.connection(), token_row(row, sealed, fresh, self.ambient.now())).await?;
        tx.commit().await?;
        Ok(())
    }

    /// After a refusal: read once more; only if nobody has newer tokens is the grant gone.
    async fn refused(
        &self,
        row: &TokenRow,
        holder: Uuid,
        error: ProviderError,
    ) -> std::result::Result<Option<SecretString>, ProviderError> {
        let (latest, _) = self.read().await?;
        if latest.version != row.version {
            return Ok(None);
        }
        self.note_refusal(row, holder, &error).await.map_err(|store| internal(&store))?;
        Err(error)
    }

    async fn note_refusal(&self, row: &TokenRow, holder: Uuid, error: &ProviderError) -> Result<()> {
        let tx = self.db.write().await?;
        store::release_lease(tx.connection(), row, holder).await?;
        if error.kind == ErrorKind::ConnectionExpired {
            let now = self.ambient.now();
            store::expire(tx.connection(), self.business, self.integration, &error.message, now).await?;
        }
        tx.commit().await?;
        self.changes.announce(self.business, self.integration);
        Ok(())
    }
}

/// Seals a pair for its row with a fresh nonce.
pub(super) fn seal(
    vault: &Vault,
    ambient: &Ambient,
    business: BusinessId,
    integration: IntegrationId,
    tokens: &TokenPair,
) -> Result<Vec<u8>> {
    vault
        .seal(business, integration, tokens, ambient.bytes())
        .map_err(|error| crate::Error::Internal(error.to_string()))
}

fn token_row(row: &TokenRow, sealed: Vec<u8>, fresh: &TokenSet, now: entity::Timestamp) -> TokenRow {
    TokenRow {
        integration_id: row.integration_id,
        business_id: row.business_id,
        sealed,
        access_expires_at: fresh.access_expires_at.into(),
        refresh_expires_at: fresh.refresh_expires_at.map(Into::into),
        refresh_hard_expires_at: fresh.refresh_hard_expires_at.map(Into::into).or(row.refresh_hard_expires_at),
        version: row.version + 1,
        lease_holder: None,
        lease_until: None,
        refreshed_at: Some(now),
    }
}

fn gone(message: &str) -> ProviderError {
    ProviderError::new(ErrorKind::ConnectionExpired, OPERATION, message)
}

fn internal(error: &dyn std::fmt::Display) -> ProviderError {
    ProviderError::new(ErrorKind::Unavailable, OPERATION, format!("tokens could not be read or stored: {error}"))
}

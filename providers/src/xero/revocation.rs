//! Giving a grant back, organisation by organisation (§1.2, §1.4).
//!
//! Rule: revoking a token ends every connection that its user has with the app, also those that other businesses use. So
//! the connection of one organisation is ended by itself, and the token is revoked only when none is left.

use std::sync::Arc;

use secrecy::SecretString;

use super::{provider::Xero, tenants};
use crate::{
    error::{ErrorKind, ProviderError},
    session::CallObserver,
};

impl Xero {
    /// Ends the connection with `company`; without one, nothing but a token on which nothing hangs.
    pub(super) async fn give_back(
        &self,
        refresh_token: &SecretString,
        company: Option<&str>,
        observer: Arc<dyn CallObserver>,
    ) -> Result<(), ProviderError> {
        // Connections are asked for with an access token, and the one at hand may have ended.
        let tokens = match self.oauth.refresh(refresh_token, observer.clone()).await {
            Err(error) if error.kind == ErrorKind::ConnectionExpired => return Ok(()),
            refreshed => refreshed?,
        };
        let (transport, url) = (self.transport.as_ref(), &self.endpoints.connections);
        let all = tenants::connected(transport, url, &tokens.access_token, &observer).await?;
        let (ours, others): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|connected| company.is_some_and(|company| connected.is_with(company)));
        for connected in ours {
            tenants::disconnect(transport, url, connected.id, &tokens.access_token, &observer).await?;
        }
        if others.is_empty() { self.oauth.revoke(&tokens.refresh_token, observer).await } else { Ok(()) }
    }
}

//! Which organisations a consent covers (§1.4).
//!
//! Rule: the access token comes from the token endpoint and is not verified here, so its claim narrows the question and
//! decides nothing; the answer alone says which organisations there are.

use std::sync::Arc;

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{
    Method,
    header::{ACCEPT, HeaderValue},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;
use uuid::Uuid;

use super::{error::check, scalar::Scalar, wire::read};
use crate::{
    error::{ErrorKind, ProviderError},
    model::CompanyChoice,
    session::{CallObserver, TokenSource},
    transport::{self, Auth, Call, Reply, Transport},
};

const OPERATION: &str = "tenants.list";

/// A connection of the app with a tenant (§1.4).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Connection<'a> {
    #[serde(borrow)]
    tenant_id: Scalar<'a>,
    #[serde(borrow)]
    tenant_type: Scalar<'a>,
    #[serde(borrow)]
    tenant_name: Scalar<'a>,
}

/// The organisations that the user chose with this consent; where Xero names none for it (they were connected before),
/// all that the token covers.
///
/// # Errors
/// `ConsentRefused` when no organisation was connected, or any kind.
pub(super) async fn list(
    transport: &dyn Transport,
    connections: &Url,
    token: &SecretString,
    observer: &Arc<dyn CallObserver>,
) -> Result<Vec<CompanyChoice>, ProviderError> {
    let ask = |url| transport::fetch(transport, call(url, token, observer), understand);
    if let Some(event) = consent_event(token) {
        let mut url = connections.clone();
        url.query_pairs_mut().append_pair("authEventId", &event.to_string());
        let chosen = ask(url).await?;
        if !chosen.is_empty() {
            return Ok(chosen);
        }
    }
    let all = ask(connections.clone()).await?;
    if all.is_empty() {
        let text = "no organisation was connected; connect again and choose one";
        return Err(ProviderError::new(ErrorKind::ConsentRefused, OPERATION, text));
    }
    Ok(all)
}

fn call(url: Url, token: &SecretString, observer: &Arc<dyn CallObserver>) -> Call {
    let call = Call::bare(OPERATION, Method::GET, url, observer.clone());
    Call { auth: Auth::Bearer(Arc::new(Fresh(token.clone()))), ..call }
        .header(ACCEPT, HeaderValue::from_static("application/json"))
}

fn understand(reply: &Reply) -> Result<Vec<CompanyChoice>, ProviderError> {
    check(reply)?;
    let connections: Vec<Connection<'_>> = read(reply)?;
    Ok(connections.iter().filter(|connection| connection.tenant_type.is("ORGANISATION")).filter_map(choice).collect())
}

/// The id becomes a header, so it must be the UUID that it should be.
fn choice(connection: &Connection<'_>) -> Option<CompanyChoice> {
    let id = connection.tenant_id.owned().filter(|id| Uuid::parse_str(id).is_ok())?;
    Some(CompanyChoice { external_id: id, name: connection.tenant_name.owned() })
}

/// The consent's own id, from the token's claims (§1.2); `None` where they cannot be read.
fn consent_event(token: &SecretString) -> Option<Uuid> {
    #[derive(Deserialize)]
    struct Claims {
        authentication_event_id: Uuid,
    }
    let claims = token.expose_secret().split('.').nth(1)?;
    let json = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
    serde_json::from_slice::<Claims>(&json).ok().map(|claims| claims.authentication_event_id)
}

/// A token that has just been issued, and has no successor yet.
struct Fresh(SecretString);

#[async_trait]
impl TokenSource for Fresh {
    async fn access_token(&self) -> Result<SecretString, ProviderError> {
        Ok(self.0.clone())
    }

    async fn replace_token(&self, _: &SecretString) -> Result<SecretString, ProviderError> {
        let text = "Xero refused the token that it has just issued; start connecting again";
        Err(ProviderError::new(ErrorKind::TokenRejected, OPERATION, text))
    }
}

//! Puts the access token on a call just before it leaves, and reports one that was refused.
//!
//! Rule: a refused token is replaced once per call. Whether to send again is the retry layer's business; a token source
//! that fails has done its own retries, so its error is final here.

use async_trait::async_trait;
use secrecy::SecretString;

use super::{Auth, Call, Reply, Transport};
use crate::{
    error::{ProviderError, Retry},
    session::TokenSource,
};

/// Asks the token source.
#[derive(Debug)]
pub struct Authorize<T> {
    inner: T,
}

impl<T> Authorize<T> {
    /// Around `inner`.
    pub fn new(inner: T) -> Self {
        Self { inner }
    }
}

#[async_trait]
impl<T: Transport> Transport for Authorize<T> {
    async fn send(&self, call: &Call) -> Result<Reply, ProviderError> {
        let Auth::Bearer(tokens) = &call.auth else { return self.inner.send(call).await };
        let token = tokens.access_token().await.map_err(is_final)?;
        let mut sent = call.clone();
        sent.stamp.token = Some(token.clone());
        match self.inner.send(&sent).await {
            Err(error) if error.retry == Retry::AfterRefresh && !call.stamp.refreshed => {
                Err(report(tokens.as_ref(), &token, error).await)
            }
            other => other,
        }
    }
}

/// Tells the source that its token was refused; what remains to say is the refusal, or why there is no other token.
async fn report(tokens: &dyn TokenSource, refused: &SecretString, refusal: ProviderError) -> ProviderError {
    match tokens.replace_token(refused).await {
        Ok(_) => refusal,
        Err(error) => is_final(error),
    }
}

fn is_final(error: ProviderError) -> ProviderError {
    error.retry(Retry::Never)
}

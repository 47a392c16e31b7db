//! What a session is made of: tokens that are refreshed as the gateway does it, and an observer that keeps every record.
//!
//! Rule: one refresh at a time, and none where somebody else has refreshed already.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use providers::{
    CallObserver, CallRecord, Provider, ProviderError, TokenSource,
    provider::{Grant, TokenSet},
};
use secrecy::{ExposeSecret, SecretString};

/// Keeps the tokens of a grant, and refreshes as the gateway does: one at a time, and only if nobody else has.
pub struct Vault {
    provider: Arc<dyn Provider>,
    records: Arc<Records>,
    pub grant: Grant,
    tokens: tokio::sync::Mutex<TokenSet>,
    issued: Mutex<Vec<String>>,
}

impl Vault {
    pub fn new(provider: Arc<dyn Provider>, records: Arc<Records>, grant: Grant) -> Self {
        let issued = Mutex::new(spellings(&grant.tokens));
        Self { provider, records, tokens: tokio::sync::Mutex::new(grant.tokens.clone()), grant, issued }
    }

    pub async fn refresh_token(&self) -> SecretString {
        self.tokens.lock().await.refresh_token.clone()
    }

    /// Every token that was ever issued to it.
    pub fn issued(&self) -> Vec<String> {
        self.issued.lock().unwrap().clone()
    }

    pub async fn put(&self, tokens: TokenSet) {
        self.issued.lock().unwrap().extend(spellings(&tokens));
        *self.tokens.lock().await = tokens;
    }
}

fn spellings(tokens: &TokenSet) -> Vec<String> {
    vec![tokens.access_token.expose_secret().to_owned(), tokens.refresh_token.expose_secret().to_owned()]
}

#[async_trait]
impl TokenSource for Vault {
    async fn access_token(&self) -> Result<SecretString, ProviderError> {
        Ok(self.tokens.lock().await.access_token.clone())
    }

    async fn replace_token(&self, rejected: &SecretString) -> Result<SecretString, ProviderError> {
        let mut tokens = self.tokens.lock().await;
        if tokens.access_token.expose_secret() == rejected.expose_secret() {
            *tokens = self.provider.refresh(&tokens.refresh_token, self.records.clone()).await?;
            self.issued.lock().unwrap().extend(spellings(&tokens));
        }
        Ok(tokens.access_token.clone())
    }
}

/// Where nobody was asked for consent, nobody asks for a token.
pub struct NoTokens;

#[async_trait]
impl TokenSource for NoTokens {
    async fn access_token(&self) -> Result<SecretString, ProviderError> {
        panic!("a provider without consent asks for a token")
    }

    async fn replace_token(&self, _: &SecretString) -> Result<SecretString, ProviderError> {
        panic!("a provider without consent refuses a token")
    }
}

/// An observer that keeps every record.
#[derive(Debug, Default)]
pub struct Records(Mutex<Vec<CallRecord>>);

impl Records {
    pub fn all(&self) -> Vec<CallRecord> {
        self.0.lock().unwrap().clone()
    }

    pub fn clear(&self) {
        self.0.lock().unwrap().clear();
    }

    /// Records of one operation.
    pub fn of(&self, operation: &str) -> usize {
        self.0.lock().unwrap().iter().filter(|record| record.operation == operation).count()
    }
}

#[async_trait]
impl CallObserver for Records {
    async fn observe(&self, record: CallRecord) {
        self.0.lock().unwrap().push(record);
    }
}

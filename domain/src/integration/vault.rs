//! Seals tokens for the database: AES-256-GCM, the key's id in front, business and integration bound to the seal.
//!
//! Rule: a sealed token moved to another row does not open; a key is retired by adding a new one in front of it.

use std::fmt;

use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use entity::{BusinessId, IntegrationId};
use secrecy::{ExposeSecret, SecretString};
use zeroize::{Zeroize, Zeroizing};

const FORMAT: u8 = 1;
const NONCE: usize = 12;

/// A key with its id.
#[derive(Clone)]
pub struct VaultKey {
    /// Short id, written in front of everything sealed with it. At most 255 bytes.
    pub id: String,
    /// 32 bytes.
    pub key: Zeroizing<[u8; 32]>,
}

impl fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VaultKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Both tokens of a grant.
#[derive(Clone)]
pub struct TokenPair {
    /// Access token.
    pub access: SecretString,
    /// Refresh token.
    pub refresh: SecretString,
}

impl fmt::Debug for TokenPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenPair(sealed)")
    }
}

/// Why a seal does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// No key is configured.
    #[error("no vault key is configured; set [vault] keys")]
    NoKey,
    /// The key it was sealed with is not configured any more.
    #[error(
        "tokens were sealed with the vault key {0:?}, which is not configured; add it behind the current key, or reconnect"
    )]
    UnknownKey(String),
    /// The data is damaged or belongs to another row.
    #[error("sealed tokens are damaged or belong to another integration; reconnect")]
    Damaged,
}

/// Seals with the first key, opens with any.
#[derive(Debug, Clone)]
pub struct Vault {
    keys: Vec<VaultKey>,
}

impl Vault {
    /// A vault with these keys, the current one first.
    ///
    /// # Errors
    /// When there is none.
    pub fn new(keys: Vec<VaultKey>) -> Result<Self, VaultError> {
        if keys.is_empty() { Err(VaultError::NoKey) } else { Ok(Self { keys }) }
    }

    /// Seals both tokens for one row. `nonce` must never repeat for a key: take it from [`crate::Ambient::bytes`].
    ///
    /// # Errors
    /// When the cipher refuses, which it does only for inputs of gigabytes.
    pub fn seal(
        &self,
        business: BusinessId,
        integration: IntegrationId,
        tokens: &TokenPair,
        nonce: [u8; NONCE],
    ) -> Result<Vec<u8>, VaultError> {
        let key = &self.keys[0];
        let mut plain = tokens.access.expose_secret().as_bytes().to_vec();
        plain.push(b'\n');
        plain.extend_from_slice(tokens.refresh.expose_secret().as_bytes());
        let bound = bound_data(business, integration);
        let sealed = cipher(key).encrypt(&Nonce::from(nonce), Payload { msg: &plain, aad: &bound });
        plain.zeroize();
        let mut out = vec![FORMAT, u8::try_from(key.id.len()).map_err(|_| VaultError::NoKey)?];
        out.extend_from_slice(key.id.as_bytes());
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed.map_err(|_| VaultError::Damaged)?);
        Ok(out)
    }

    /// Opens what [`Vault::seal`] made for the same row.
    ///
    /// # Errors
    /// When the key is gone, or the data is damaged or of another row.
    pub fn open(
        &self,
        business: BusinessId,
        integration: IntegrationId,
        sealed: &[u8],
    ) -> Result<TokenPair, VaultError> {
        let (key_id, nonce, body) = split(sealed).ok_or(VaultError::Damaged)?;
        let key = self.keys.iter().find(|key| key.id == key_id);
        let key = key.ok_or_else(|| VaultError::UnknownKey(key_id.to_owned()))?;
        let bound = bound_data(business, integration);
        let plain = cipher(key)
            .decrypt(&Nonce::from(nonce), Payload { msg: body, aad: &bound })
            .map(Zeroizing::new)
            .map_err(|_| VaultError::Damaged)?;
        let text = std::str::from_utf8(&plain).map_err(|_| VaultError::Damaged)?;
        let (access, refresh) = text.split_once('\n').ok_or(VaultError::Damaged)?;
        Ok(TokenPair { access: access.into(), refresh: refresh.into() })
    }
}

fn cipher(key: &VaultKey) -> Aes256Gcm {
    Aes256Gcm::new((&*key.key).into())
}

fn bound_data(business: BusinessId, integration: IntegrationId) -> Vec<u8> {
    [business.0.as_bytes().as_slice(), integration.0.as_bytes()].concat()
}

fn split(sealed: &[u8]) -> Option<(&str, [u8; NONCE], &[u8])> {
    let (&format, rest) = sealed.split_first()?;
    let (&length, rest) = rest.split_first()?;
    let (key_id, rest) = rest.split_at_checked(usize::from(length))?;
    let (nonce, body) = rest.split_at_checked(NONCE)?;
    (format == FORMAT).then_some(())?;
    Some((std::str::from_utf8(key_id).ok()?, nonce.try_into().ok()?, body))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const BUSINESS: BusinessId = BusinessId(Uuid::from_u128(1));
    const INTEGRATION: IntegrationId = IntegrationId(Uuid::from_u128(2));

    fn key(id: &str, byte: u8) -> VaultKey {
        VaultKey { id: id.to_owned(), key: Zeroizing::new([byte; 32]) }
    }

    fn tokens() -> TokenPair {
        TokenPair { access: "access-canary".into(), refresh: "refresh-canary".into() }
    }

    #[test]
    fn what_is_sealed_opens_for_the_same_row_only() {
        let vault = Vault::new(vec![key("k1", 7)]).unwrap();
        let sealed = vault.seal(BUSINESS, INTEGRATION, &tokens(), [9; 12]).unwrap();
        let opened = vault.open(BUSINESS, INTEGRATION, &sealed).unwrap();
        assert_eq!(opened.access.expose_secret(), "access-canary");
        assert_eq!(opened.refresh.expose_secret(), "refresh-canary");
        let other = vault.open(BUSINESS, IntegrationId(Uuid::from_u128(3)), &sealed);
        assert_eq!(other.unwrap_err(), VaultError::Damaged);
        assert!(!sealed.windows(6).any(|window| window == b"canary"));
    }

    #[test]
    fn an_old_key_still_opens_and_a_missing_one_is_named() {
        let sealed = Vault::new(vec![key("old", 1)]).unwrap().seal(BUSINESS, INTEGRATION, &tokens(), [0; 12]).unwrap();
        let rotated = Vault::new(vec![key("new", 2), key("old", 1)]).unwrap();
        assert!(rotated.open(BUSINESS, INTEGRATION, &sealed).is_ok());
        let error = Vault::new(vec![key("new", 2)]).unwrap().open(BUSINESS, INTEGRATION, &sealed).unwrap_err();
        assert_eq!(error, VaultError::UnknownKey("old".to_owned()));
    }

    #[test]
    fn damage_is_noticed_at_every_byte() {
        let vault = Vault::new(vec![key("k1", 7)]).unwrap();
        let sealed = vault.seal(BUSINESS, INTEGRATION, &tokens(), [9; 12]).unwrap();
        for place in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[place] ^= 1;
            assert!(vault.open(BUSINESS, INTEGRATION, &damaged).is_err(), "byte {place}");
            assert!(vault.open(BUSINESS, INTEGRATION, &sealed[..place]).is_err(), "cut at {place}");
        }
    }
}

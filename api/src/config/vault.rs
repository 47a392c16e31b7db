//! `[vault]`: the keys that seal provider tokens.
//!
//! Rule: the first key seals, the others only open, so a key is changed by putting a new one in front.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;

use super::{
    problem::Problem,
    secret::SecretText,
    section::{Kind, Setting, section},
};

/// AES-256 has 32 bytes.
const KEY_BYTES: usize = 32;

section! {
    /// The keys that seal provider tokens at rest.
    Vault at "vault" {
        /// Keys as `[{ id = "2026-01", key = "<32 bytes in base64>" }]`; the first one seals, all of them open. Make one
        /// with `openssl rand -base64 32`. `STOCKBRIDGE_VAULT__KEYS`
        keys: Vec<EncryptionKey> = Vec::new(),
    }
}

/// One key.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncryptionKey {
    /// Stands in front of everything sealed with it; never reuse one.
    pub id: String,
    /// 32 bytes in base64.
    pub key: SecretText,
}

impl Setting for EncryptionKey {
    const KIND: Kind = Kind::Literal;

    fn show(&self) -> String {
        String::new()
    }
}

impl EncryptionKey {
    /// The key's bytes.
    ///
    /// # Errors
    /// When they are not 32 bytes in base64.
    pub fn bytes(&self) -> Result<[u8; KEY_BYTES], Problem> {
        STANDARD.decode(self.key.expose()).ok().and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| {
            Problem::at(
                "vault.keys",
                format!("key {:?} is not 32 bytes in base64; make one with `openssl rand -base64 32`", self.id),
            )
        })
    }
}

impl Vault {
    /// The key that seals and those that only open; there must be one to store connections.
    ///
    /// # Errors
    /// When there is none.
    pub fn required(&self) -> Result<(&EncryptionKey, &[EncryptionKey]), Problem> {
        let reason = "is empty, so no connection could be stored; set it to [{ id = \"1\", key = \"<openssl rand -base64 32>\" }]";
        self.keys.split_first().ok_or_else(|| Problem::at("vault.keys", reason))
    }

    pub(super) fn check(&self) -> Result<(), Problem> {
        for (index, key) in self.keys.iter().enumerate() {
            key.bytes()?;
            Problem::unless(!key.id.is_empty(), "vault.keys", "every key needs an id")?;
            Problem::unless(
                self.keys.iter().take(index).all(|earlier| earlier.id != key.id),
                "vault.keys",
                "two keys have the same id",
            )?;
        }
        Ok(())
    }
}

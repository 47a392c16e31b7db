//! Answered requests, kept so that a repeated request gets the first answer and does nothing again.
//!
//! Concurrency: the key is stored in the transaction that does the work, so of two racing repeats one wins and the other
//! finds the answer.

use entity::{BusinessId, Timestamp};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    error::{ErrorCode, Refusal, Result},
    store::WriteTx,
};

mod store;

/// Longest key a client may send, bytes.
const KEY_MAX: usize = 128;

/// A client's key for one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// Mutation name.
    pub operation: &'static str,
    /// The client's key.
    pub key: String,
    /// Hash of the input.
    pub input_hash: String,
}

impl RequestKey {
    /// A key for `input` (any stable text of the request's input).
    ///
    /// # Errors
    /// When the key is empty or longer than 128 bytes.
    pub fn new(operation: &'static str, key: &str, input: &str) -> Result<Self> {
        if key.is_empty() || key.len() > KEY_MAX {
            return Err(Refusal::new(ErrorCode::Validation, "idempotencyKey must have 1 to 128 characters.")
                .help("Use a fresh UUID per request and the same one for its repeats.")
                .at(&["input", "idempotencyKey"])
                .into());
        }
        Ok(Self { operation, key: key.to_owned(), input_hash: hex::encode(Sha256::digest(input.as_bytes())) })
    }

    /// The first answer, if this request was answered before.
    ///
    /// # Errors
    /// `IDEMPOTENCY_MISMATCH` when the key came with another input.
    pub(crate) async fn answered(&self, tx: &WriteTx, business: BusinessId) -> Result<Option<Value>> {
        match store::find(tx.connection(), business, self).await? {
            None => Ok(None),
            Some(row) if row.input_hash == self.input_hash => Ok(Some(row.result)),
            Some(row) => Err(Refusal::new(
                ErrorCode::IdempotencyMismatch,
                format!("The idempotency key {:?} was used at {} with another input.", self.key, row.created_at),
            )
            .help("Use a new key for a new request.")
            .at(&["input", "idempotencyKey"])
            .into()),
        }
    }

    /// Keeps the answer.
    ///
    /// # Errors
    /// When the database refuses.
    pub(crate) async fn keep(&self, tx: &WriteTx, business: BusinessId, result: Value, now: Timestamp) -> Result<()> {
        Ok(store::insert(tx.connection(), business, self, result, now).await?)
    }
}

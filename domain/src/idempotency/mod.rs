//! Answered requests, kept so that a repeated request gets the first answer and does nothing again.
//!
//! Concurrency: the key is stored in the transaction that does the work, so of two racing repeats one wins and the other
//! finds the answer.

use entity::{BusinessId, Timestamp, TypedId};
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

    /// The key of a request that may have none.
    ///
    /// # Errors
    /// As [`RequestKey::new`].
    pub(crate) fn of(operation: &'static str, key: Option<&str>, input: &impl std::fmt::Debug) -> Result<Option<Self>> {
        key.map(|key| Self::new(operation, key, &format!("{input:?}"))).transpose()
    }

    /// The id of what this request made, if it was answered before.
    ///
    /// # Errors
    /// `IDEMPOTENCY_MISMATCH` when the key came with another input.
    pub(crate) async fn made<T: TypedId>(key: Option<&Self>, tx: &WriteTx, business: BusinessId) -> Result<Option<T>> {
        let Some(key) = key else { return Ok(None) };
        let answer = key.answered(tx, business).await?;
        Ok(answer.and_then(|answer| T::parse(answer["id"].as_str()?).ok()))
    }

    /// Keeps the id of what this request made.
    ///
    /// # Errors
    /// When the database refuses.
    pub(crate) async fn keep_made(
        key: Option<&Self>,
        tx: &WriteTx,
        business: BusinessId,
        id: impl std::fmt::Display,
        now: Timestamp,
    ) -> Result<()> {
        let Some(key) = key else { return Ok(()) };
        key.keep(tx, business, serde_json::json!({ "id": id.to_string() }), now).await
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

//! Announcements that a provider sends by itself.
//!
//! Rule: an announcement only wakes; what changed is read from the provider. Nothing of it is believed before its
//! signature over the raw bytes was checked.

use std::fmt;

use chrono::{DateTime, Utc};

use super::RecordKind;

/// A request that claims to come from a provider.
#[derive(Clone, Copy)]
pub struct WebhookRequest<'a> {
    /// Headers, names in lower case.
    pub headers: &'a [(String, String)],
    /// Body as it came.
    pub body: &'a [u8],
}

impl WebhookRequest<'_> {
    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for WebhookRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookRequest").field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

/// What happened to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WebhookOperation {
    /// It is new.
    Created,
    /// It is different.
    Updated,
    /// It is gone.
    Deleted,
    /// Its amounts no longer count.
    Voided,
    /// It became part of another record.
    Merged,
    /// Something else (for example it was sent by e-mail).
    Other,
}

/// One announcement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEvent {
    /// The company's external id.
    pub company: String,
    /// Kind of record; `None` for kinds that this gateway does not follow.
    pub kind: Option<RecordKind>,
    /// The provider's word for that kind.
    pub entity: String,
    /// The provider's id of the record.
    pub external_id: String,
    /// What happened to it.
    pub operation: WebhookOperation,
    /// When, as the provider says.
    pub at: Option<DateTime<Utc>>,
    /// The same for every delivery of the same announcement: what duplicates are known by.
    pub delivery_id: String,
}

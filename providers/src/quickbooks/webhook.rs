//! Webhooks (§12), in both formats: the older object of notifications and the newer array of CloudEvents. Pure.
//!
//! Rule: nothing is read before the signature over the raw bytes was found right; an announcement without a company
//! wakes nobody and is left out, with a line in the log.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use super::entity::Entity;
use crate::{
    error::{ErrorKind, ProviderError},
    model::{RecordKind, WebhookEvent, WebhookOperation, WebhookRequest},
};

const OPERATION: &str = "webhook";

/// Base64 of an HMAC-SHA256 over the raw body, with the app's verifier token (§12).
const SIGNATURE: &str = "intuit-signature";

/// Checks and reads a webhook.
///
/// # Errors
/// `Misconfigured` without a key, `Forged` when the signature is missing or wrong, `Malformed` when a signed body cannot
/// be read.
pub(super) fn read(
    key: Option<&SecretString>,
    request: &WebhookRequest<'_>,
) -> Result<Vec<WebhookEvent>, ProviderError> {
    let key = key.ok_or_else(|| {
        let text = "webhook_key is not set; it is the verifier token shown with the app's webhooks at Intuit";
        ProviderError::new(ErrorKind::Misconfigured, OPERATION, text)
    })?;
    verify(key, request)?;
    match request.body.trim_ascii_start().first() {
        Some(b'[') => Ok(parsed::<Vec<CloudEvent>>(request.body)?.iter().filter_map(CloudEvent::event).collect()),
        _ => object(request.body),
    }
}

/// An object is the older format; one with a `specversion` is a CloudEvent by itself, the other mode of that standard.
fn object(body: &[u8]) -> Result<Vec<WebhookEvent>, ProviderError> {
    let read: Body = parsed(body)?;
    match read.event_notifications {
        Some(notifications) => Ok(notifications.iter().flat_map(Notification::events).collect()),
        None if !read.specversion.0.is_empty() => Ok(parsed::<CloudEvent>(body)?.event().into_iter().collect()),
        None => Err(malformed("it has neither eventNotifications nor a specversion")),
    }
}

fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, ProviderError> {
    serde_json::from_slice(body).map_err(|error| malformed(&error.to_string()))
}

/// Compared in constant time, by the library.
fn verify(key: &SecretString, request: &WebhookRequest<'_>) -> Result<(), ProviderError> {
    let forged = |text: &str| ProviderError::new(ErrorKind::Forged, OPERATION, text);
    let signature = request.header(SIGNATURE).ok_or_else(|| forged("the header intuit-signature is missing"))?;
    let signature = STANDARD.decode(signature.trim()).map_err(|_| forged("the signature is no Base64"))?;
    let mac = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes());
    let mut mac = mac.map_err(|_| forged("the webhook_key cannot be used"))?;
    mac.update(request.body);
    mac.verify_slice(&signature)
        .map_err(|_| forged("the signature is not QuickBooks'; is webhook_key its verifier token?"))
}

fn malformed(text: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Malformed, OPERATION, format!("the signed body cannot be read: {text}"))
}

/// An object of either format.
#[derive(Deserialize)]
struct Body {
    #[serde(default, rename = "eventNotifications")]
    event_notifications: Option<Vec<Notification>>,
    #[serde(default)]
    specversion: Text,
}

/// What happened in one company, in the older format.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Notification {
    #[serde(default)]
    realm_id: Text,
    #[serde(default)]
    data_change_event: Option<DataChange>,
}

#[derive(Deserialize)]
struct DataChange {
    #[serde(default)]
    entities: Option<Vec<Changed>>,
}

/// One record of it.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Changed {
    name: Text,
    id: Text,
    operation: Text,
    last_updated: Text,
    /// Of a merge: the record that became part of the other one.
    deleted_id: Text,
}

/// An announcement in the newer format.
#[derive(Default, Deserialize)]
#[serde(default)]
struct CloudEvent {
    id: Text,
    #[serde(rename = "type")]
    kind: Text,
    time: Text,
    intuitentityid: Text,
    intuitaccountid: Text,
}

/// A text, or a number in its place; empty if it is neither.
#[derive(Default)]
struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        Ok(Self(match value {
            serde_json::Value::String(text) => text.trim().to_owned(),
            serde_json::Value::Number(number) => number.to_string(),
            _ => String::new(),
        }))
    }
}

impl Notification {
    fn events(&self) -> Vec<WebhookEvent> {
        let realm = &self.realm_id.0;
        let entities = self.data_change_event.iter().flat_map(|change| change.entities.iter().flatten());
        entities.filter(|_| has_company(realm)).flat_map(|changed| changed.events(realm)).collect()
    }
}

impl Changed {
    /// A merge is told of both records: one changed, the other one is gone into it.
    fn events(&self, realm: &str) -> Vec<WebhookEvent> {
        let operation = operation(&self.operation.0);
        match (operation, self.deleted_id.0.as_str()) {
            (WebhookOperation::Merged, gone) if !gone.is_empty() => vec![
                self.event(realm, &self.id.0, WebhookOperation::Updated),
                self.event(realm, gone, WebhookOperation::Merged),
            ],
            _ => vec![self.event(realm, &self.id.0, operation)],
        }
    }

    /// Without an id of its own, an announcement is known by all that it says (§12: retries repeat it unchanged).
    fn event(&self, realm: &str, id: &str, operation: WebhookOperation) -> WebhookEvent {
        let parts = [realm, &self.name.0, id, &self.operation.0, &self.last_updated.0];
        WebhookEvent {
            company: realm.to_owned(),
            kind: kind(&self.name.0),
            entity: self.name.0.clone(),
            external_id: id.to_owned(),
            operation,
            at: moment(&self.last_updated.0),
            delivery_id: fingerprint(&parts),
        }
    }
}

impl CloudEvent {
    /// The type reads `qbo.<entity>.<operation>.v1`.
    fn event(&self) -> Option<WebhookEvent> {
        let realm = &self.intuitaccountid.0;
        let mut words = self.kind.0.split('.').skip(1);
        let (entity, done) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let id = &self.id.0;
        let parts = [realm.as_str(), &self.kind.0, &self.intuitentityid.0, &self.time.0];
        has_company(realm).then(|| WebhookEvent {
            company: realm.clone(),
            kind: kind(entity),
            entity: entity.to_owned(),
            external_id: self.intuitentityid.0.clone(),
            operation: operation(done),
            at: moment(&self.time.0),
            delivery_id: if id.is_empty() { fingerprint(&parts) } else { id.clone() },
        })
    }
}

fn has_company(realm: &str) -> bool {
    if realm.is_empty() {
        tracing::warn!("a signed webhook of QuickBooks names no company; left out");
    }
    !realm.is_empty()
}

/// The kinds that this gateway follows; the company's settings are announced as `Preferences`.
fn kind(entity: &str) -> Option<RecordKind> {
    let settings = ["Preferences", "CompanyInfo"].iter().any(|name| name.eq_ignore_ascii_case(entity));
    if settings { Some(RecordKind::Company) } else { Entity::named(entity).map(Entity::kind) }
}

/// Both formats' words.
fn operation(word: &str) -> WebhookOperation {
    match word.to_ascii_lowercase().as_str() {
        "create" | "created" => WebhookOperation::Created,
        "update" | "updated" => WebhookOperation::Updated,
        "delete" | "deleted" => WebhookOperation::Deleted,
        "void" | "voided" => WebhookOperation::Voided,
        "merge" | "merged" => WebhookOperation::Merged,
        _ => WebhookOperation::Other,
    }
}

fn moment(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.to_utc())
}

/// The same for the same parts, and for no others.
fn fingerprint(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}

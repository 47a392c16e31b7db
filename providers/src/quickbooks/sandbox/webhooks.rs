//! Webhooks: what changed is told to an address, in either format (reference 12).
//!
//! Rule: only companies with a live consent tell anything; a delivery is signed over its bytes and says the same at
//! every attempt. Entities that the service does not announce are silent, inventory adjustments among them.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, SecondsFormat, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::store::Happened;
use crate::sandbox::webhooks::{Delivery, hmac_sha256};

/// Entities that are announced, of those that this sandbox keeps.
const ANNOUNCED: [&str; 12] = [
    "Account",
    "Bill",
    "CreditMemo",
    "Customer",
    "Invoice",
    "Item",
    "JournalEntry",
    "Payment",
    "Preferences",
    "RefundReceipt",
    "SalesReceipt",
    "Vendor",
];

/// Most events in one delivery.
const EVENTS_MAX: usize = 100;
/// The longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// Pauses before further attempts.
const RETRY_MINUTES: [u64; 3] = [20, 30, 50];

/// Where changes are told.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Subscription {
    /// The address.
    pub(crate) to: Url,
    /// The verifier token.
    pub(crate) key: String,
    /// The format.
    pub(crate) format: Format,
    /// Milliseconds before further attempts, in place of the service's own pauses.
    pub(crate) retry_ms: Option<Vec<u64>>,
    /// Milliseconds that an answer may take, in place of the service's own.
    pub(crate) patience_ms: Option<u64>,
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription")
            .field("to", &self.to.as_str())
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

/// How changes are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// One object with notifications by company.
    Legacy,
    /// An array of events.
    #[default]
    CloudEvents,
}

/// Something to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// The company.
    pub(crate) realm: String,
    /// The entity.
    pub(crate) entity: String,
    /// The object.
    pub(crate) id: u64,
    /// What happened to it.
    pub(crate) happened: Happened,
}

impl Event {
    /// Whether the service announces such a thing; of preferences only that they changed.
    pub(crate) fn is_announced(&self) -> bool {
        ANNOUNCED.contains(&self.entity.as_str())
    }

    /// The word of the older format, and that of the newer one.
    const fn words(&self) -> (&'static str, &'static str) {
        match self.happened {
            Happened::Created => ("Create", "created"),
            Happened::Updated => ("Update", "updated"),
            Happened::Voided => ("Void", "voided"),
            Happened::Deleted => ("Delete", "deleted"),
        }
    }
}

/// The deliveries of events.
///
/// # Errors
/// When the key cannot be used.
pub(crate) fn deliveries(
    subscription: &Subscription,
    events: &[Event],
    now: DateTime<Utc>,
) -> Result<Vec<Delivery>, String> {
    events.chunks(EVENTS_MAX).map(|events| delivery(subscription, events, now)).collect()
}

fn delivery(subscription: &Subscription, events: &[Event], now: DateTime<Utc>) -> Result<Delivery, String> {
    let stamp = now.to_rfc3339_opts(SecondsFormat::Millis, true);
    let (body, kind) = match subscription.format {
        Format::Legacy => (notifications(events, &stamp), "application/json"),
        Format::CloudEvents => (cloud_events(events, &stamp), "application/cloudevents+json"),
    };
    let body = body.to_string().into_bytes();
    let signature = hmac_sha256(&SecretString::from(subscription.key.as_str()), &body)?;
    let headers = [
        ("content-type", kind.to_owned()),
        ("intuit-signature", signature),
        ("intuit-created-time", stamp),
        ("intuit-t-id", Uuid::new_v4().to_string()),
        ("intuit-notification-schema-version", "0.1".to_owned()),
        ("user-agent", "intuit_notification_server/0.1".to_owned()),
    ];
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let retries = match &subscription.retry_ms {
        Some(pauses) => pauses.iter().map(|pause| Duration::from_millis(*pause)).collect(),
        None => RETRY_MINUTES.map(|minutes| Duration::from_secs(minutes * 60)).to_vec(),
    };
    let patience = subscription.patience_ms.map_or(PATIENCE, Duration::from_millis);
    Ok(Delivery { to: subscription.to.clone(), headers, body, patience, retries })
}

fn notifications(events: &[Event], stamp: &str) -> Value {
    let mut by_realm: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for event in events {
        let entity = json!({"name": event.entity, "id": event.id.to_string(), "operation": event.words().0,
                            "lastUpdated": stamp});
        by_realm.entry(event.realm.as_str()).or_default().push(entity);
    }
    let notification =
        |(realm, entities): (&str, Vec<Value>)| json!({"realmId": realm, "dataChangeEvent": {"entities": entities}});
    json!({"eventNotifications": by_realm.into_iter().map(notification).collect::<Vec<_>>()})
}

fn cloud_events(events: &[Event], stamp: &str) -> Value {
    let event = |event: &Event| {
        json!({
            "specversion": "1.0", "id": Uuid::new_v4().to_string(), "source": "intuit.c2FuZGJveA==",
            "type": format!("qbo.{}.{}.v1", event.entity.to_lowercase(), event.words().1),
            "datacontenttype": "application/json", "time": stamp, "intuitentityid": event.id.to_string(),
            "intuitaccountid": event.realm, "data": {},
        })
    };
    events.iter().map(event).collect()
}

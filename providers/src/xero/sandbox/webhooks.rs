//! Webhooks: contacts, invoices and credit notes that changed, signed, repeated until they are taken (reference 4).
//!
//! Rule: nothing is told of items or journals. Subscriptions and deliveries that wait are not kept over a restart.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::sync::watch;
use url::Url;

use super::{
    api, entities, json,
    store::{Announcement, Happened, State},
};
use crate::sandbox::webhooks::{Delivery, Fate, Sender, hmac_sha256};

/// What webhooks are signed with where nobody names another key.
pub(crate) const KEY: &str = "sandbox-webhook-key";
/// The longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// The pause between attempts, after the first, which is repeated at once.
const PAUSE: Duration = Duration::from_secs(15 * 60);
/// Attempts in 24 hours.
const ATTEMPTS: usize = 96;

/// Resources that are told of, and their category.
const CATEGORIES: [(&str, &str); 3] = [("Contacts", "CONTACT"), ("Invoices", "INVOICE"), ("CreditNotes", "CREDITNOTE")];

/// Who is told of changes.
#[derive(Debug)]
pub(crate) struct Webhooks {
    sender: Arc<Sender>,
    url: Url,
    subscription: Arc<Mutex<Option<Subscription>>>,
}

/// A subscription of the application.
#[derive(Debug, Clone)]
pub(crate) struct Subscription {
    to: Url,
    key: SecretString,
    retries: Vec<Duration>,
}

impl Subscription {
    /// To this address, signed with this key; `retries` in milliseconds in place of the service's own schedule.
    pub(crate) fn new(to: Url, key: SecretString, retries: Option<Vec<u64>>) -> Self {
        let own = || std::iter::once(Duration::ZERO).chain(std::iter::repeat_n(PAUSE, ATTEMPTS)).collect();
        let retries = retries.map(|pauses| pauses.into_iter().map(Duration::from_millis).collect());
        Self { to, key, retries: retries.unwrap_or_else(own) }
    }

    fn delivery(&self, body: &Value, signed_right: bool, retries: Vec<Duration>) -> Result<Delivery, String> {
        let body = body.to_string().into_bytes();
        let wrong = SecretString::from("another key");
        let signature = hmac_sha256(if signed_right { &self.key } else { &wrong }, &body)?;
        let headers = [("content-type", "application/json"), ("x-xero-signature", &signature)];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Ok(Delivery { to: self.to.clone(), headers, body, patience: PATIENCE, retries })
    }
}

impl Webhooks {
    /// Nobody, of a sandbox at this address.
    pub(crate) fn new(url: Url, stopping: watch::Receiver<bool>) -> Self {
        Self { sender: Arc::new(Sender::new(stopping)), url, subscription: Arc::default() }
    }

    /// Tells this one from now on.
    pub(crate) fn subscribe(&self, subscription: Subscription) {
        *self.subscription.lock().unwrap_or_else(PoisonError::into_inner) = Some(subscription);
    }

    /// Tells nobody any more.
    pub(crate) fn unsubscribe(&self) {
        self.subscription.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn subscription(&self) -> Option<Subscription> {
        self.subscription.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Tells of changes, by tenant.
    pub(crate) fn announce(&self, state: &mut State, changes: Vec<(String, Announcement)>, now: DateTime<Utc>) {
        let Some(subscription) = self.subscription() else { return };
        let events: Vec<Value> =
            changes.iter().filter_map(|(tenant, change)| self.event(state, tenant, change, now)).collect();
        let Some(count) = u64::try_from(events.len()).ok().filter(|count| *count > 0) else { return };
        let first = state.last_event + 1;
        state.last_event += count;
        let body = json!({
            "events": events, "firstEventSequence": first, "lastEventSequence": state.last_event,
            "entropy": entropy(),
        });
        match subscription.delivery(&body, true, subscription.retries.clone()) {
            // A subscription that was not served for a day is switched off.
            Ok(delivery) => self.send(delivery, Fate::Dropped),
            Err(error) => tracing::error!(%error, "a webhook could not be signed"),
        }
    }

    fn event(&self, state: &State, tenant: &str, change: &Announcement, now: DateTime<Utc>) -> Option<Value> {
        let (name, category) = CATEGORIES.iter().find(|(name, _)| *name == change.resource)?;
        let url = self.url.join(&format!("{}/{name}/{}", api::PATH, change.id)).ok()?;
        let mut event = json!({
            "resourceUrl": url, "resourceId": change.id, "tenantId": tenant, "tenantType": "ORGANISATION",
            "eventCategory": category,
            "eventType": if change.happened == Happened::Created { "CREATE" } else { "UPDATE" },
            "eventDateUtc": api::string_moment(now),
        });
        if *category == "CREDITNOTE" {
            let note = state.organisations.get(tenant)?.find(&entities::CREDIT_NOTES, &change.id)?;
            event["data"] = json!({"Type": json::text(note, "Type"), "Status": json::text(note, "Status")});
        }
        Some(event)
    }

    /// Sends two requests without events that are signed rightly and two that are not; the subscription is switched off
    /// unless the first are taken and the others refused (reference 4).
    ///
    /// # Errors
    /// In words, when nobody subscribed.
    pub(crate) fn intent(&self) -> Result<usize, String> {
        let subscription = self.subscription().ok_or("nobody has subscribed; send-webhooks first")?;
        let signatures = [true, false, true, false];
        for signed_right in signatures {
            let body = json!({"events": [], "firstEventSequence": 0, "lastEventSequence": 0, "entropy": entropy()});
            let delivery = subscription.delivery(&body, signed_right, Vec::new())?;
            self.send(delivery, if signed_right { Fate::Dropped } else { Fate::Taken(1) });
        }
        Ok(signatures.len())
    }

    /// Sends, and ends the subscription if it comes to this.
    fn send(&self, delivery: Delivery, fatal: Fate) {
        let subscription = Arc::clone(&self.subscription);
        self.sender.send(delivery, move |fate| {
            if fate == fatal {
                tracing::warn!("the webhook subscription was switched off");
                subscription.lock().unwrap_or_else(PoisonError::into_inner).take();
            }
        });
    }
}

/// Ten random capitals.
fn entropy() -> String {
    (0..10).map(|_| char::from(b'A' + rand::random::<u8>() % 26)).collect()
}

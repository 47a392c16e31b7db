//! What an accounting system announces by itself.
//!
//! Rule: an announcement is believed in nothing but that something changed, and in that only with its signature. It wakes a
//! sync or a watch, which read for themselves. Taking it is one small transaction, so that the sender gets its answer at once.

use std::collections::BTreeSet;

use entity::{BusinessId, SyncKind};
use providers::{
    ProviderError,
    model::{RecordKind, WebhookRequest},
};

use super::store;
use crate::{error::Result, export, sync::Syncs};

/// What was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// Announcements in the request.
    pub events: usize,
    /// Syncs and watches that were woken.
    pub woken: u64,
}

impl Syncs {
    /// Takes a request that claims to come from a provider.
    ///
    /// # Errors
    /// The outer one when the database does not answer, the inner one why it is not believed; nothing was changed then.
    pub async fn hear(
        &self,
        provider_id: &str,
        request: &WebhookRequest<'_>,
    ) -> Result<std::result::Result<Heard, ProviderError>> {
        let events = match self.integrations.providers().get(provider_id)?.webhook(request) {
            Ok(events) => events,
            Err(error) => return Ok(Err(error)),
        };
        // Deliveries come again, in any order and many at once: what counts is which kinds of which companies changed.
        let syncs: BTreeSet<(&str, SyncKind)> =
            events.iter().filter_map(|event| Some((event.company.as_str(), followed(event.kind?)?))).collect();
        let posted = |kind| matches!(kind, Some(RecordKind::Document(_)));
        let books: BTreeSet<&str> =
            events.iter().filter(|event| posted(event.kind)).map(|event| event.company.as_str()).collect();
        let mut heard = Heard { events: events.len(), woken: 0 };
        if syncs.is_empty() && books.is_empty() {
            return Ok(Ok(heard));
        }
        let now = self.ambient.now();
        let tx = self.db.write().await?;
        for (company, kind) in syncs {
            heard.woken += store::ask(tx.connection(), (provider_id, company), kind, now).await?;
        }
        for company in books {
            heard.woken += export::hasten_watch(tx.connection(), (provider_id, company), now).await?;
        }
        tx.commit().await?;
        Ok(Ok(heard))
    }

    /// How many syncs of a business wait because something was announced.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn waiting(&self, business: BusinessId) -> Result<u64> {
        Ok(store::waiting(self.db.connection(), business).await?)
    }
}

/// Which sync reads records of a kind.
fn followed(kind: RecordKind) -> Option<SyncKind> {
    match kind {
        RecordKind::Item | RecordKind::Account | RecordKind::Supplier => Some(SyncKind::Items),
        RecordKind::Sale(_) => Some(SyncKind::Sales),
        RecordKind::Document(_) | RecordKind::Bill | RecordKind::Company => None,
    }
}

//! Brings announcements of accounting systems to the domain.

use async_trait::async_trait;
use domain::sync::Syncs;
use providers::{ErrorKind, model::WebhookRequest};

use crate::http::{Announcements, Deaf};

/// Hears announcements.
#[derive(Debug)]
pub(super) struct Ears(pub(super) Syncs);

#[async_trait]
impl Announcements for Ears {
    async fn hear(&self, provider_id: &str, request: WebhookRequest<'_>) -> Result<(), Deaf> {
        match self.0.hear(provider_id, &request).await {
            Ok(Ok(heard)) => {
                tracing::debug!(provider = provider_id, events = heard.events, woken = heard.woken, "heard");
                Ok(())
            }
            Ok(Err(error)) => Err(match error.kind {
                ErrorKind::Forged => Deaf::Forged,
                ErrorKind::Misconfigured => Deaf::NoKey,
                ErrorKind::Unsupported => Deaf::Unknown,
                _ => Deaf::Unreadable(error.to_string()),
            }),
            Err(error) => {
                tracing::error!(%error, provider = provider_id, "an announcement could not be taken");
                Err(Deaf::Busy)
            }
        }
    }
}

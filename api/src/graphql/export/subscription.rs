//! Live changes of exports.

use async_graphql::{Context, ID, Result, Subscription};
use futures::{Stream, StreamExt};
use tokio_stream::wrappers::BroadcastStream;

use super::{input::document, types::Export};
use crate::graphql::{
    refusal::fault,
    services::{actor, services},
};

/// Live changes of exports.
#[derive(Debug, Default)]
pub struct ExportSubscription;

/// Live changes of exports.
#[Subscription]
impl ExportSubscription {
    /// Each export that changed, as it is then. Permission: READ_CATALOG.
    async fn export_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this document.")] document_id: Option<ID>,
    ) -> Result<impl Stream<Item = Result<Export>> + use<>> {
        let actor = actor(ctx).await?;
        actor.require(domain::business::Permission::ReadCatalog).map_err(fault)?;
        let wanted = document_id.as_ref().map(document).transpose()?.map(|record| record.id());
        let exports = services(ctx)?.exports.clone();
        let changes = BroadcastStream::new(exports.changes().listen());
        Ok(changes.filter_map(move |change| {
            let (exports, business) = (exports.clone(), actor.business);
            async move {
                // A listener that fell behind missed announcements, not changes: the next one shows the row as it is.
                let (of, id) = change.ok()?;
                if of != business {
                    return None;
                }
                match exports.get(business, id).await {
                    Ok(row) if wanted.is_none_or(|wanted| wanted == row.document_id) => Some(Ok(Export(row))),
                    Ok(_) => None,
                    Err(error) => Some(Err(fault(error))),
                }
            }
        }))
    }
}

//! Sales documents of a window, page by page, several pages ahead.
//!
//! Rule: as for collections; what differs is that the window goes with every call.

use std::sync::Arc;

use super::PageStream;
use crate::{
    error::ProviderError,
    model::{PageCursor, RemoteSale, SalesWindow},
    provider::Provider,
    session::Session,
};

/// Opens the documents of a window, from the start or from `resume`, and reads up to `ahead` pages ahead.
///
/// # Errors
/// As [`Provider::open_sales`].
pub async fn stream_sales(
    provider: Arc<dyn Provider>,
    session: Session,
    window: SalesWindow,
    resume: Option<&PageCursor>,
    ahead: usize,
) -> Result<PageStream<RemoteSale>, ProviderError> {
    let listing = provider.open_sales(&session, &window, resume).await?;
    let (id, window) = (provider.id(), Arc::new(window));
    let read = Box::new(move |cursor: PageCursor| {
        let (provider, session, window) = (provider.clone(), session.clone(), window.clone());
        Box::pin(async move { provider.sales(&session, &window, &cursor).await }) as _
    });
    Ok(PageStream::of(id, read, listing, ahead))
}

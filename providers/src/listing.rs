//! Reading a collection page by page, several pages ahead, in order.
//!
//! Rule: pages are fetched in parallel and given out strictly in the order of their cursors; the first failure in that
//! order ends the reading, and what was being fetched beyond it is dropped.

#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use async_trait::async_trait;
use futures::Stream;
use tokio::task::JoinHandle;

use crate::{
    error::{ErrorKind, ProviderError, Retry},
    model::{Collection, Listing, Page, PageCursor, RemoteAccount, RemoteItem, RemoteSupplier},
    provider::Provider,
    session::Session,
};

/// A record that can be listed.
#[async_trait]
pub trait Listed: Sized + Send + fmt::Debug + 'static {
    /// The collection it is in.
    const COLLECTION: Collection;

    /// One page of it.
    ///
    /// # Errors
    /// As the provider's own call.
    async fn page(provider: &dyn Provider, session: &Session, cursor: &PageCursor)
    -> Result<Page<Self>, ProviderError>;
}

#[async_trait]
impl Listed for RemoteItem {
    const COLLECTION: Collection = Collection::Items;

    async fn page(
        provider: &dyn Provider,
        session: &Session,
        cursor: &PageCursor,
    ) -> Result<Page<Self>, ProviderError> {
        provider.items(session, cursor).await
    }
}

#[async_trait]
impl Listed for RemoteAccount {
    const COLLECTION: Collection = Collection::Accounts;

    async fn page(
        provider: &dyn Provider,
        session: &Session,
        cursor: &PageCursor,
    ) -> Result<Page<Self>, ProviderError> {
        provider.accounts(session, cursor).await
    }
}

#[async_trait]
impl Listed for RemoteSupplier {
    const COLLECTION: Collection = Collection::Suppliers;

    async fn page(
        provider: &dyn Provider,
        session: &Session,
        cursor: &PageCursor,
    ) -> Result<Page<Self>, ProviderError> {
        provider.suppliers(session, cursor).await
    }
}

/// A page and the cursor it was read at.
pub type ReadPage<T> = Result<(PageCursor, Page<T>), ProviderError>;

/// Opens a collection, from the start or from `resume`, and reads up to `window` pages ahead.
///
/// # Errors
/// As [`Provider::open_listing`].
pub async fn stream_pages<T: Listed>(
    provider: Arc<dyn Provider>,
    session: Session,
    resume: Option<&PageCursor>,
    window: usize,
) -> Result<PageStream<T>, ProviderError> {
    let listing = provider.open_listing(&session, T::COLLECTION, resume).await?;
    Ok(PageStream::new(provider, session, listing, window))
}

/// Pages in order. Dropping it ends the fetching.
pub struct PageStream<T> {
    provider: Arc<dyn Provider>,
    session: Session,
    total: Option<u64>,
    window: usize,
    known: VecDeque<PageCursor>,
    under_way: VecDeque<Fetch<T>>,
}

/// A page being fetched on its own task.
struct Fetch<T> {
    cursor: PageCursor,
    task: JoinHandle<Result<Page<T>, ProviderError>>,
}

impl<T> Drop for Fetch<T> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl<T> fmt::Debug for PageStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageStream")
            .field("provider", &self.provider.id())
            .field("total", &self.total)
            .field("known", &self.known.len())
            .field("under_way", &self.under_way.len())
            .finish_non_exhaustive()
    }
}

impl<T: Listed> PageStream<T> {
    /// Reads an opened listing up to `window` pages ahead, at least one.
    pub fn new(provider: Arc<dyn Provider>, session: Session, listing: Listing, window: usize) -> Self {
        Self {
            provider,
            session,
            total: listing.total,
            window: window.max(1),
            known: listing.cursors.into(),
            under_way: VecDeque::new(),
        }
    }

    /// Number of records in the whole collection, where the provider tells.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// Begins to fetch before the first page is asked for.
    pub fn start(&mut self) {
        self.fill();
    }

    /// The next page in order; `None` after the last one or after a failure.
    pub async fn next(&mut self) -> Option<ReadPage<T>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    fn fill(&mut self) {
        while self.under_way.len() < self.window {
            let Some(cursor) = self.known.pop_front() else { return };
            let (provider, session, at) = (self.provider.clone(), self.session.clone(), cursor.clone());
            let task = tokio::spawn(async move { T::page(provider.as_ref(), &session, &at).await });
            self.under_way.push_back(Fetch { cursor, task });
        }
    }

    /// Follows the last known page to the one after it, which only it knows.
    fn follow(&mut self, page: &Page<T>) {
        if self.known.is_empty() && self.under_way.is_empty() {
            self.known.extend(page.next.clone());
        }
    }

    fn stop(&mut self) {
        self.known.clear();
        self.under_way.clear();
    }
}

impl<T: Listed> Stream for PageStream<T> {
    type Item = ReadPage<T>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        this.fill();
        let Some(first) = this.under_way.front_mut() else { return Poll::Ready(None) };
        let fetched = ready!(Pin::new(&mut first.task).poll(context));
        let cursor = first.cursor.clone();
        this.under_way.pop_front();
        let page = fetched.unwrap_or_else(|_| Err(broken("the task that read a page ended early")));
        let page = page.and_then(|page| advancing(&cursor, page)).inspect_err(|_| this.stop())?;
        this.follow(&page);
        this.fill();
        Poll::Ready(Some(Ok((cursor, page))))
    }
}

/// A page that names itself as the next one would be read for ever.
fn advancing<T>(cursor: &PageCursor, page: Page<T>) -> Result<Page<T>, ProviderError> {
    if page.next.as_ref() == Some(cursor) {
        return Err(broken("a page names itself as the one after it"));
    }
    Ok(page)
}

fn broken(text: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Malformed, "listing", text).retry(Retry::Backoff(None))
}

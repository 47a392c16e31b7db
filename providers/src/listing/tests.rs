//! Page streams over a scripted provider: order, read-ahead, the end of a list, failure, dropping.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use futures::StreamExt;
use proptest::prelude::*;
use secrecy::SecretString;
use tokio::sync::Semaphore;
use url::Url;

use super::{PageStream, stream_pages};
use crate::{
    capability::Capability,
    error::{ErrorKind, Outcome, ProviderError, Retry},
    model::{Collection, Listing, Page, PageCursor, RemoteAccount, RemoteCompany, RemoteItem, RemoteSupplier},
    provider::{AuthorizationRequest, Callback, Grant, Provider, TokenSet},
    session::{CallObserver, Session},
    testing::sitting,
};

/// Lists suppliers whose only page facts are the cursor in their name and the next cursor.
#[derive(Debug)]
struct Shelf {
    known: Vec<&'static str>,
    next: BTreeMap<&'static str, &'static str>,
    failing: Option<&'static str>,
    /// A page is answered when a permit is there.
    gate: Option<Arc<Semaphore>>,
    asked: Mutex<Vec<String>>,
    under_way: AtomicUsize,
    most: AtomicUsize,
    resumed: Mutex<Option<PageCursor>>,
}

impl Shelf {
    fn of(known: &[&'static str]) -> Self {
        Self {
            known: known.to_vec(),
            next: BTreeMap::new(),
            failing: None,
            gate: None,
            asked: Mutex::default(),
            under_way: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            resumed: Mutex::default(),
        }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// Counts what is under way, also if it is dropped.
struct UnderWay<'a>(&'a AtomicUsize);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn unasked<T>() -> Result<T, ProviderError> {
    Err(ProviderError::unsupported("shelf", "anything else"))
}

#[async_trait]
impl Provider for Shelf {
    fn id(&self) -> &'static str {
        "shelf"
    }
    fn name(&self) -> &'static str {
        "Shelf"
    }
    fn capability(&self) -> &Capability {
        &crate::registry::PROVIDERS[0].capability
    }
    async fn authorization_url(
        &self,
        _: &AuthorizationRequest,
        _: Arc<dyn CallObserver>,
    ) -> Result<Url, ProviderError> {
        unasked()
    }
    fn parse_callback(&self, _: &Url) -> Result<Callback, ProviderError> {
        unasked()
    }
    async fn exchange_code(&self, _: &Callback, _: &Url, _: Arc<dyn CallObserver>) -> Result<Grant, ProviderError> {
        unasked()
    }
    async fn refresh(&self, _: &SecretString, _: Arc<dyn CallObserver>) -> Result<TokenSet, ProviderError> {
        unasked()
    }
    async fn revoke(&self, _: &SecretString, _: Option<&str>, _: Arc<dyn CallObserver>) -> Result<(), ProviderError> {
        unasked()
    }
    async fn company(&self, _: &Session) -> Result<RemoteCompany, ProviderError> {
        unasked()
    }
    async fn items(&self, _: &Session, _: &PageCursor) -> Result<Page<RemoteItem>, ProviderError> {
        unasked()
    }
    async fn accounts(&self, _: &Session, _: &PageCursor) -> Result<Page<RemoteAccount>, ProviderError> {
        unasked()
    }

    async fn open_listing(
        &self,
        _: &Session,
        collection: Collection,
        resume: Option<&PageCursor>,
    ) -> Result<Listing, ProviderError> {
        assert_eq!(collection, Collection::Suppliers);
        *self.resumed.lock().unwrap() = resume.cloned();
        let cursors = self.known.iter().map(|at| cursor(at)).collect();
        Ok(Listing { total: Some(42), cursors })
    }

    async fn suppliers(&self, _: &Session, at: &PageCursor) -> Result<Page<RemoteSupplier>, ProviderError> {
        self.asked.lock().unwrap().push(at.0.clone());
        let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        let _under_way = UnderWay(&self.under_way);
        self.most.fetch_max(now, Ordering::SeqCst);
        if let Some(gate) = &self.gate {
            gate.acquire().await.unwrap().forget();
        }
        if self.failing == Some(at.0.as_str()) {
            return Err(broken());
        }
        let next = self.next.get(at.0.as_str()).map(|next| cursor(next));
        Ok(Page { records: vec![named(&at.0)], unusable: Vec::new(), next })
    }
}

fn named(name: &str) -> RemoteSupplier {
    RemoteSupplier {
        external_id: name.to_owned(),
        version: None,
        name: name.to_owned(),
        email: None,
        phone: None,
        currency: None,
        active: true,
        updated_at: None,
    }
}

fn cursor(at: &str) -> PageCursor {
    PageCursor(at.to_owned())
}

fn broken() -> ProviderError {
    ProviderError::new(ErrorKind::Unavailable, "supplier.query", "down").retry(Retry::Backoff(None))
}

async fn open(shelf: &Arc<Shelf>, window: usize) -> PageStream<RemoteSupplier> {
    stream_pages(shelf.clone(), sitting("1").session, None, window).await.unwrap()
}

/// Cursors in the order they came, each checked against its page; and how the stream ended.
async fn drain(mut pages: PageStream<RemoteSupplier>) -> (Vec<String>, Option<ProviderError>) {
    let mut seen = Vec::new();
    while let Some(page) = pages.next().await {
        match page {
            Ok((at, page)) => {
                assert_eq!(page.records, [named(&at.0)]);
                seen.push(at.0);
            }
            Err(error) => {
                assert!(pages.next().await.is_none(), "a failure is the end");
                return (seen, Some(error));
            }
        }
    }
    assert!(pages.next().await.is_none(), "the end is final");
    (seen, None)
}

#[tokio::test]
async fn known_pages_come_in_order_then_those_that_the_last_one_leads_to() {
    let mut shelf = Shelf::of(&["a", "b", "c"]);
    // What a page before the last known one leads to is known already.
    shelf.next = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "e")].into();
    let shelf = Arc::new(shelf);
    let pages = open(&shelf, 2).await;
    assert_eq!(pages.total(), Some(42));
    assert_eq!(drain(pages).await, (["a", "b", "c", "d", "e"].map(str::to_owned).to_vec(), None));
    assert_eq!(shelf.asked().len(), 5, "each page is asked for once");
}

#[tokio::test]
async fn a_listing_is_resumed_where_it_was_told() {
    let shelf = Arc::new(Shelf::of(&["b"]));
    let resume = cursor("b");
    stream_pages::<RemoteSupplier>(shelf.clone(), sitting("1").session, Some(&resume), 2).await.unwrap();
    assert_eq!(*shelf.resumed.lock().unwrap(), Some(resume));
}

#[tokio::test]
async fn no_more_pages_than_the_window_are_read_ahead_even_if_nobody_takes_them() {
    let gate = Arc::new(Semaphore::new(0));
    let shelf = Arc::new(Shelf { gate: Some(gate.clone()), ..Shelf::of(&["a", "b", "c", "d", "e", "f", "g"]) });
    let mut pages = open(&shelf, 3).await;
    gate.add_permits(100);
    assert_eq!(pages.next().await.unwrap().unwrap().0, cursor("a"));
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    assert_eq!(shelf.asked(), ["a", "b", "c", "d"], "one taken, three waiting");
    assert_eq!(drain(pages).await.0, ["b", "c", "d", "e", "f", "g"]);
}

#[tokio::test]
async fn pages_are_fetched_side_by_side() {
    let gate = Arc::new(Semaphore::new(0));
    let shelf = Arc::new(Shelf { gate: Some(gate.clone()), ..Shelf::of(&["a", "b", "c", "d", "e"]) });
    let pages = tokio::spawn(drain(open(&shelf, 3).await));
    while shelf.under_way.load(Ordering::SeqCst) < 3 {
        tokio::task::yield_now().await;
    }
    gate.add_permits(5);
    assert_eq!(pages.await.unwrap().0.len(), 5);
    assert_eq!(shelf.most.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn the_first_failure_in_order_ends_the_stream_after_the_pages_before_it() {
    let shelf = Arc::new(Shelf { failing: Some("c"), ..Shelf::of(&["a", "b", "c", "d", "e", "f", "g"]) });
    let (seen, error) = drain(open(&shelf, 4).await).await;
    assert_eq!((seen, error), (vec!["a".to_owned(), "b".to_owned()], Some(broken())));
    assert!(!shelf.asked().contains(&"g".to_owned()), "nothing new is asked for after it");
}

#[tokio::test]
async fn dropping_the_stream_ends_what_is_under_way() {
    let shelf = Arc::new(Shelf { gate: Some(Arc::new(Semaphore::new(0))), ..Shelf::of(&["a", "b", "c", "d"]) });
    let mut pages = open(&shelf, 3).await;
    assert!(futures::poll!(std::pin::pin!(pages.next())).is_pending());
    while shelf.under_way.load(Ordering::SeqCst) < 3 {
        tokio::task::yield_now().await;
    }
    drop(pages);
    while shelf.under_way.load(Ordering::SeqCst) > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(shelf.asked().len(), 3);
}

#[tokio::test]
async fn a_page_that_leads_to_itself_is_an_error_and_not_for_ever() {
    let shelf = Arc::new(Shelf { next: [("b", "b")].into(), ..Shelf::of(&["a", "b"]) });
    let (seen, error) = drain(open(&shelf, 1).await).await;
    let error = error.unwrap();
    assert_eq!((seen, error.kind, error.outcome), (vec!["a".to_owned()], ErrorKind::Malformed, Outcome::NotApplied));
    assert_eq!(error.message, "a page names itself as the one after it");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_window_gives_the_same_pages_whichever_answer_comes_first(window in 0_usize..9, known in 1_usize..9, seed: u64) {
        const NAMES: [&str; 12] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        let mut shelf = Shelf::of(&NAMES[..known]);
        let beyond = known + (seed % 3) as usize;
        shelf.next = NAMES[known - 1..=beyond].windows(2).map(|pair| (pair[0], pair[1])).collect();
        let seen = runtime.block_on(async { drain(open(&Arc::new(shelf), window).await).await });
        prop_assert_eq!(seen, (NAMES[..=beyond].iter().map(|name| (*name).to_owned()).collect(), None));
    }

    #[test]
    fn the_stream_trait_gives_the_same(window in 1_usize..5) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let count = runtime.block_on(async { open(&Arc::new(Shelf::of(&["a", "b", "c"])), window).await.count().await });
        prop_assert_eq!(count, 3);
    }
}

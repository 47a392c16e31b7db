//! The schema of the tests: just enough to see what the edge does with one.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_graphql::{Context, Error, ID, Object, Result, Schema, SimpleObject, Subscription};
use entity::ItemId;
use futures::{Stream, StreamExt, stream};
use stockbridge::{
    auth::{Principal, role_name},
    graphql::{
        connection::{Connection, Keyset, PageArguments, PageLimits},
        fault::FaultCode,
        id,
        rows::Plain,
        scalars::Decimal,
    },
};
use tokio::sync::Notify;

/// What the tests look at from outside.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// Times that a list was counted.
    pub(crate) counted: AtomicUsize,
    /// What mutations added up.
    pub(crate) total: AtomicUsize,
    /// Resolvers that began to wait.
    pub(crate) waiting: AtomicUsize,
    /// Told when one begins.
    pub(crate) began: Notify,
    /// Lets waiting resolvers go on.
    pub(crate) go_on: Notify,
    /// Open subscriptions.
    pub(crate) open: AtomicUsize,
}

pub(crate) struct Query;
pub(crate) struct Mutation;
pub(crate) struct Subscriptions;

pub(crate) type TestSchema = Schema<Query, Mutation, Subscriptions>;

pub(crate) fn schema(watch: Arc<Watch>) -> TestSchema {
    Schema::build(Query, Mutation, Subscriptions).data(watch).finish()
}

#[derive(SimpleObject, Clone)]
pub(crate) struct Item {
    name: String,
    number: u32,
}

impl Plain for Item {}

#[derive(SimpleObject)]
pub(crate) struct Viewer {
    subject: String,
    business: ID,
    role: String,
}

/// Names that come twice, so that the id must decide.
fn all_items() -> Vec<Item> {
    (0..60).map(|number| Item { name: format!("Item {:02}", number / 2), number }).collect()
}

fn watch<'a>(ctx: &Context<'a>) -> Result<&'a Arc<Watch>> {
    ctx.data::<Arc<Watch>>()
}

async fn wait(watch: &Watch) {
    let go_on = watch.go_on.notified();
    watch.waiting.fetch_add(1, Ordering::SeqCst);
    watch.began.notify_waiters();
    go_on.await;
}

fn fails() -> usize {
    panic!("geheim")
}

#[Object]
impl Query {
    async fn version(&self) -> &str {
        "1"
    }

    async fn this(&self) -> Query {
        Query
    }

    async fn viewer(&self, ctx: &Context<'_>) -> Result<Viewer> {
        let principal = ctx.data::<Principal>()?;
        Ok(Viewer {
            subject: principal.subject.clone(),
            business: ID::from(principal.business.to_string()),
            role: role_name(principal.role).to_owned(),
        })
    }

    async fn echo(&self, amount: Decimal) -> Decimal {
        amount
    }

    async fn number(&self, n: i32) -> i32 {
        n
    }

    async fn item_id(&self, id: ID) -> Result<String> {
        Ok(id::parse::<ItemId>(&id)?.to_string())
    }

    async fn nodes(&self, ids: Vec<ID>) -> usize {
        ids.len()
    }

    async fn leak(&self) -> Result<&str> {
        let cause = anyhow::anyhow!("password=geheim").context("connecting to books");
        Err(stockbridge::graphql::fault::internal(cause))
    }

    async fn plain_leak(&self) -> Result<Option<&str>> {
        Err(Error::new("secret path /var/lib/books"))
    }

    async fn forbidden(&self) -> Result<Option<&str>> {
        Err(FaultCode::Forbidden.error("Only owners may do this."))
    }

    async fn panics(&self) -> usize {
        fails()
    }

    async fn waits(&self, ctx: &Context<'_>) -> Result<bool> {
        wait(watch(ctx)?).await;
        Ok(true)
    }

    async fn items(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Item>> {
        let arguments = PageArguments { first, after, last, before };
        let keyset: Keyset<(String, u32)> = Keyset::read(&arguments, PageLimits::default(), "items by name")?;
        let key = |item: &Item| (item.name.clone(), item.number);
        let mut rows = all_items();
        rows.retain(|item| keyset.after.as_ref().is_none_or(|after| key(item) > *after));
        rows.retain(|item| keyset.before.as_ref().is_none_or(|before| key(item) < *before));
        if keyset.direction == stockbridge::graphql::connection::Direction::Backward {
            rows.reverse();
        }
        rows.truncate(usize::try_from(keyset.fetch())?);
        let watch = Arc::clone(watch(ctx)?);
        let count = move || {
            watch.counted.fetch_add(1, Ordering::SeqCst);
            let answer: futures::future::BoxFuture<'static, Result<u64>> = Box::pin(async { Ok(60) });
            answer
        };
        Connection::new(keyset.page(rows), "items by name", key, |item| item, Box::new(count))
    }
}

#[Object]
impl Mutation {
    async fn add(&self, ctx: &Context<'_>, by: usize) -> Result<usize> {
        Ok(watch(ctx)?.total.fetch_add(by, Ordering::SeqCst) + by)
    }

    async fn add_slowly(&self, ctx: &Context<'_>, by: usize) -> Result<usize> {
        let watch = watch(ctx)?;
        wait(watch).await;
        Ok(watch.total.fetch_add(by, Ordering::SeqCst) + by)
    }
}

/// Counts a subscription while it is open.
struct Open(Arc<Watch>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}

#[Subscription]
impl Subscriptions {
    async fn ticks(&self, count: u32) -> impl Stream<Item = u32> {
        stream::iter(0..count)
    }

    async fn forever(&self, ctx: &Context<'_>) -> Result<impl Stream<Item = u32> + use<>> {
        let watch = Arc::clone(watch(ctx)?);
        watch.open.fetch_add(1, Ordering::SeqCst);
        let open = Open(watch);
        let ticks = stream::iter(0..).then(|tick| async move {
            if tick > 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            tick
        });
        Ok(ticks.map(move |tick| (tick, &open).0))
    }

    async fn waits(&self, ctx: &Context<'_>) -> Result<impl Stream<Item = u32> + use<>> {
        let watch = Arc::clone(watch(ctx)?);
        watch.open.fetch_add(1, Ordering::SeqCst);
        let open = Open(watch);
        Ok(stream::pending().map(move |never: u32| (never, &open).0))
    }

    async fn caller(&self, ctx: &Context<'_>) -> Result<impl Stream<Item = String> + use<>> {
        let principal = ctx.data::<Principal>()?;
        Ok(stream::once(std::future::ready(format!("{} of {}", principal.subject, principal.business))))
    }

    async fn fails(&self) -> Result<impl Stream<Item = u32>> {
        Err::<stream::Empty<u32>, _>(Error::new("secret path /var/lib/books"))
    }
}

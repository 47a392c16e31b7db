//! Live progress of runs.
//!
//! Rule: what is sent was stored before; an announcement only makes us look. So a subscriber gets the events after the
//! number it names, then the live ones, with no gap and no duplicate, whenever it joins.

use std::{collections::HashMap, time::Duration};

use async_graphql::{Context, ID, Result, Subscription};
use domain::sync::{Event, Syncs, model::is_over};
use entity::{BusinessId, RunId};
use futures::{Stream, stream};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::types::SyncEvent;
use crate::graphql::{
    paging::id,
    refusal::fault,
    services::{actor, services},
};

/// Another replica's announcements do not reach us: look at least this often.
const LOOK: Duration = Duration::from_secs(1);

/// Runs whose last number a watcher remembers.
const WATCHED_MAX: usize = 1_000;

/// Live progress of runs.
#[derive(Debug, Default)]
pub struct SyncSubscription;

/// Live progress of runs.
#[Subscription]
impl SyncSubscription {
    /// A run's events after a number: first the stored ones, then live ones; ends with the run. Permission: READ_CATALOG.
    async fn sync_progress(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The run.")] run_id: ID,
        #[graphql(desc = "Only events after this number.", default = 0)] after_sequence: i64,
    ) -> Result<impl Stream<Item = Result<SyncEvent>> + use<>> {
        let actor = actor(ctx).await?;
        actor.require(domain::business::Permission::ReadCatalog).map_err(fault)?;
        let run = id(&run_id)?;
        let syncs = services(ctx)?.syncs.clone();
        // Listen before looking, so that nothing falls in between.
        let bus = syncs.bus().listen();
        syncs.run(actor.business, run).await.map_err(fault)?;
        let follower = Follower { syncs, business: actor.business, run, after: after_sequence, bus, read: Vec::new() };
        Ok(stream::unfold(Some(follower), |follower| async move {
            let mut follower = follower?;
            match follower.next().await {
                Ok(Some(event)) => Some((Ok(SyncEvent(event)), Some(follower))),
                Ok(None) => None,
                Err(error) => Some((Err(fault(error)), None)),
            }
        }))
    }

    /// Events of every run of the business, live from now on. Permission: READ_CATALOG.
    async fn sync_activity(&self, ctx: &Context<'_>) -> Result<impl Stream<Item = Result<SyncEvent>> + use<>> {
        let actor = actor(ctx).await?;
        actor.require(domain::business::Permission::ReadCatalog).map_err(fault)?;
        let syncs = services(ctx)?.syncs.clone();
        let bus = syncs.bus().listen();
        let watcher = Watcher { syncs, business: actor.business, bus, after: HashMap::new(), read: Vec::new() };
        Ok(stream::unfold(Some(watcher), |watcher| async move {
            let mut watcher = watcher?;
            match watcher.next().await {
                Ok(Some(event)) => Some((Ok(SyncEvent(event)), Some(watcher))),
                Ok(None) => None,
                Err(error) => Some((Err(fault(error)), None)),
            }
        }))
    }
}

/// Follows one run.
struct Follower {
    syncs: Syncs,
    business: BusinessId,
    run: RunId,
    after: i64,
    bus: Receiver<(BusinessId, RunId)>,
    /// Read and not yet given out, last first.
    read: Vec<Event>,
}

impl Follower {
    async fn next(&mut self) -> domain::Result<Option<Event>> {
        loop {
            if let Some(event) = self.read.pop() {
                self.after = event.sequence;
                return Ok(Some(event));
            }
            self.read = self.syncs.events(self.business, self.run, self.after).await?;
            self.read.reverse();
            if self.read.is_empty() {
                let run = self.syncs.run(self.business, self.run).await?;
                if is_over(run.state) && run.last_sequence <= self.after {
                    return Ok(None);
                }
                if run.last_sequence <= self.after {
                    self.wait().await;
                }
            }
        }
    }

    /// Waits for an announcement of this run, but not for ever.
    async fn wait(&mut self) {
        let ours = async {
            loop {
                match self.bus.recv().await {
                    Ok((_, run)) if run == self.run => return,
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => return,
                    Err(RecvError::Closed) => std::future::pending().await,
                }
            }
        };
        // Running out of time is no error: it only makes us look.
        let _ = tokio::time::timeout(LOOK, ours).await;
    }
}

/// Watches all runs of a business.
struct Watcher {
    syncs: Syncs,
    business: BusinessId,
    bus: Receiver<(BusinessId, RunId)>,
    after: HashMap<RunId, i64>,
    read: Vec<Event>,
}

impl Watcher {
    async fn next(&mut self) -> domain::Result<Option<Event>> {
        loop {
            if let Some(event) = self.read.pop() {
                return Ok(Some(event));
            }
            let run = match self.bus.recv().await {
                Ok((business, run)) if business == self.business => run,
                Ok(_) | Err(RecvError::Lagged(_)) => continue,
                Err(RecvError::Closed) => return Ok(None),
            };
            self.read(run).await?;
        }
    }

    async fn read(&mut self, run: RunId) -> domain::Result<()> {
        let after = match self.after.get(&run) {
            Some(after) => *after,
            None => self.syncs.run(self.business, run).await?.last_sequence - 1,
        };
        self.read = self.syncs.events(self.business, run, after).await?;
        if let Some(last) = self.read.last() {
            if self.after.len() >= WATCHED_MAX {
                self.after.clear();
            }
            self.after.insert(run, last.sequence);
        }
        self.read.reverse();
        Ok(())
    }
}

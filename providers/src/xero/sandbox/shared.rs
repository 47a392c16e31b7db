//! What all handlers share: the state, the clock, and what a test has planned.
//!
//! Rule: all state behind one lock, held for a moment and never across a wait; every change is saved soon after, and
//! told to whoever subscribed.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::{Notify, watch};
use url::Url;

use super::{
    clock::Clock,
    control::Action,
    store::{Announcement, State},
    throttle::{Limits, Throttle},
    webhooks::Webhooks,
};
use crate::sandbox::{Calls, Plans, SandboxOptions, saving::Saved};

/// What all handlers share.
#[derive(Debug)]
pub(crate) struct Sandbox {
    /// The clock.
    pub(crate) clock: Clock,
    /// Rate limits.
    pub(crate) throttle: Throttle,
    /// Counts of calls.
    pub(crate) calls: Calls,
    /// Faults to come.
    pub(crate) plans: Plans<Action>,
    /// Who is told of changes.
    pub(crate) webhooks: Webhooks,
    /// Turns true when the server ends.
    pub(crate) stopping: watch::Receiver<bool>,
    /// Woken after every change of the state.
    changed: Notify,
    state: RwLock<State>,
    keyed: Mutex<()>,
    latency_ms: AtomicU64,
    options: SandboxOptions,
}

impl Sandbox {
    /// A sandbox with this state, at this address.
    pub(crate) fn new(state: State, options: SandboxOptions, url: Url, stopping: watch::Receiver<bool>) -> Self {
        Self {
            clock: Clock::ahead(state.clock_offset_seconds),
            throttle: Throttle::new(limits(&options)),
            calls: Calls::default(),
            plans: Plans::default(),
            webhooks: Webhooks::new(url, stopping.clone()),
            stopping,
            changed: Notify::new(),
            state: RwLock::new(state),
            keyed: Mutex::new(()),
            latency_ms: AtomicU64::new(milliseconds(options.latency)),
            options,
        }
    }

    /// The least time for every answer.
    pub(crate) fn latency(&self) -> Duration {
        Duration::from_millis(self.latency_ms.load(Ordering::Relaxed))
    }

    /// Another least time for every answer.
    pub(crate) fn set_latency(&self, milliseconds: u64) {
        self.latency_ms.store(milliseconds, Ordering::Relaxed);
    }

    /// Waits, but not beyond the server's end.
    pub(crate) async fn pause(&self, pause: Duration) {
        if pause.is_zero() {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = self.ended() => {}
        }
    }

    /// Waits for the word to end; `false` if whoever could give it is gone.
    pub(crate) async fn ended(&self) -> bool {
        self.stopping.clone().wait_for(|stop| *stop).await.is_ok()
    }

    /// The turn of writes that carry an idempotency key: one at a time.
    pub(crate) fn turn(&self) -> MutexGuard<'_, ()> {
        self.keyed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets all planned faults and takes back what they have moved; how many there were.
    pub(crate) fn clear_faults(&self) -> usize {
        self.change(|state| state.organisations.values_mut().for_each(|organisation| organisation.shifted.clear()));
        self.plans.clear()
    }

    /// Everything as at the first start.
    ///
    /// # Errors
    /// When the sample data breaks a rule.
    pub(crate) fn reset(&self) -> Result<(), String> {
        let fresh = State::sample(&self.options)?;
        self.change(|state| *state = fresh);
        self.clock.advance(-self.clock.offset_seconds());
        self.plans.clear();
        self.calls.reset();
        self.webhooks.unsubscribe();
        self.throttle.set(limits(&self.options));
        self.set_latency(milliseconds(self.options.latency));
        Ok(())
    }

    /// Looks at the state.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the state; it is saved soon after.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let changed = change(&mut state);
        let announced: Vec<(String, Announcement)> = state
            .organisations
            .values_mut()
            .flat_map(|organisation| {
                let id = organisation.id.clone();
                std::mem::take(&mut organisation.announcements).into_iter().map(move |told| (id.clone(), told))
            })
            .collect();
        self.webhooks.announce(&mut state, announced, self.clock.now());
        drop(state);
        self.changed.notify_one();
        changed
    }

    /// Ids and names of all organisations.
    pub(crate) fn organisations(&self) -> Vec<(String, String)> {
        self.read(|state| {
            let organisations = state.organisations.values();
            organisations.map(|organisation| (organisation.id.clone(), organisation.name())).collect()
        })
    }

    /// Whether there is such an organisation.
    pub(crate) fn has_organisation(&self, tenant: &str) -> bool {
        self.read(|state| state.organisations.contains_key(tenant))
    }
}

impl Saved for Sandbox {
    fn changed(&self) -> &Notify {
        &self.changed
    }

    fn serialize(&self) -> Result<Vec<u8>, serde_json::Error> {
        self.read(serde_json::to_vec)
    }
}

/// The service's limits, or none.
fn limits(options: &SandboxOptions) -> Limits {
    Limits { enabled: options.throttle, ..Limits::default() }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

//! What all handlers share: the state, the clock, and what a test has planned.
//!
//! Rule: all state behind one lock, held for a moment and never across a wait; every change is saved soon after.

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, watch};

use super::{
    clock::Clock,
    control::Action,
    store::{Generator, State},
    throttle::{Limits, Throttle},
    webhooks::{self, Event, Subscription},
};
use crate::sandbox::{Calls, Plans, SandboxOptions, saving::Saved, webhooks::Sender};

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
    /// Turns true when the server ends.
    pub(crate) stopping: watch::Receiver<bool>,
    /// Woken after every change of the state.
    pub(crate) changed: Notify,
    state: RwLock<State>,
    latency_ms: AtomicU64,
    sender: Arc<Sender>,
    options: SandboxOptions,
}

impl Sandbox {
    /// A sandbox with this state.
    pub(crate) fn new(state: State, options: SandboxOptions, stopping: watch::Receiver<bool>) -> Self {
        Self {
            clock: Clock::ahead(state.clock_offset_seconds),
            throttle: Throttle::new(limits(&options)),
            calls: Calls::default(),
            plans: Plans::default(),
            sender: Arc::new(Sender::new(stopping.clone())),
            stopping,
            changed: Notify::new(),
            state: RwLock::new(state),
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

    /// Forgets all planned faults and takes back what they have moved; how many there were.
    pub(crate) fn clear_faults(&self) -> usize {
        self.change(|state| {
            let tables = state.companies.values_mut().flat_map(|company| company.tables.values_mut());
            for table in tables {
                table.show_all();
            }
        });
        self.plans.clear()
    }

    /// Everything as at the first start.
    ///
    /// # Errors
    /// When the sample data does not read.
    pub(crate) fn reset(&self) -> Result<(), String> {
        let mut fresh = State::sample()?;
        fresh.prepare(generator(&self.options));
        self.change(|state| *state = fresh);
        self.clock.advance(-self.clock.offset_seconds());
        self.plans.clear();
        self.calls.reset();
        self.throttle.set(limits(&self.options));
        self.set_latency(milliseconds(self.options.latency));
        Ok(())
    }

    /// Looks at the state.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the state; it is saved soon after, and told where somebody asked to be told.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let changed = change(&mut state);
        let events = state.take_events();
        let subscription = state.webhooks.clone().filter(|_| !events.is_empty());
        drop(state);
        self.changed.notify_one();
        if let Some(subscription) = subscription {
            self.tell(&subscription, &events, self.clock.now());
        }
        changed
    }

    fn tell(&self, subscription: &Subscription, events: &[Event], now: DateTime<Utc>) {
        match webhooks::deliveries(subscription, events, now) {
            Ok(deliveries) => {
                for delivery in deliveries {
                    self.sender.send(delivery, |fate| tracing::debug!(?fate, "a webhook"));
                }
            }
            Err(error) => tracing::error!(%error, "webhooks cannot be signed"),
        }
    }

    /// Realms and names of all companies.
    pub(crate) fn companies(&self) -> Vec<(String, String)> {
        self.read(|state| state.companies.values().map(|company| (company.realm.clone(), company.name())).collect())
    }

    /// Whether there is such a company.
    pub(crate) fn has_company(&self, realm: &str) -> bool {
        self.read(|state| state.companies.contains_key(realm))
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

/// What the options ask to be generated.
pub(crate) fn generator(options: &SandboxOptions) -> Generator {
    Generator::new(options.seed, options.extra_items)
}

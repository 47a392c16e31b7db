//! Scenarios that hold for every accounting system: each is run with every registered provider that it applies to.
//!
//! Rule: whether it applies is a question to the registry entry, never a name. One that applies to none says so.

use std::future::Future;

use providers::registry::{PROVIDERS, ProviderEntry};

use crate::{Outcome, Store, TestDatabase, on};

/// Whether a scenario applies to a provider.
pub type Applies = fn(&ProviderEntry) -> bool;

/// Runs a scenario with every provider that it applies to, one after another, each with a database of its own.
pub async fn run<S, F>(store: Store, applies: Applies, scenario: S)
where
    S: Fn(TestDatabase, &'static ProviderEntry) -> F + Copy + Send + 'static,
    F: Future<Output = Outcome> + Send + 'static,
{
    let entries: Vec<_> = PROVIDERS.iter().copied().filter(|entry| applies(entry)).collect();
    if entries.is_empty() {
        println!("applies to no registered provider");
    }
    for entry in entries {
        // What follows in the output, a failure above all, is this provider's.
        println!("with {}", entry.id);
        on(store, move |database| async move {
            scenario(database, entry).await.map_err(|error| error.context(format!("with {}", entry.id)))
        })
        .await;
    }
}

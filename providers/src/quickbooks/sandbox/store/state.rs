//! The whole state of a sandbox.
//!
//! Rule: everything that must survive a restart is in here, and nothing else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Company, Generator};
use crate::quickbooks::sandbox::{
    oauth::Grants,
    sample,
    webhooks::{Event, Subscription},
};

/// Everything a sandbox remembers.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct State {
    /// Seconds that the sandbox's clock is ahead.
    pub(crate) clock_offset_seconds: i64,
    /// Codes, tokens, registered addresses.
    pub(crate) grants: Grants,
    /// Companies by realm id.
    pub(crate) companies: BTreeMap<String, Company>,
    /// Where changes are told.
    #[serde(default)]
    pub(crate) webhooks: Option<Subscription>,
}

impl State {
    /// The sample companies, with no grants.
    ///
    /// # Errors
    /// When the sample data does not read; says which file.
    pub(crate) fn sample() -> Result<Self, String> {
        let companies = sample::companies()?;
        let companies = companies.into_iter().map(|company| (company.realm.clone(), company)).collect();
        Ok(Self { clock_offset_seconds: 0, grants: Grants::default(), companies, webhooks: None })
    }

    /// What happened since it was last asked for, of companies with a live consent.
    pub(crate) fn take_events(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        for (realm, company) in &mut self.companies {
            let connected = self.grants.is_connected(realm);
            for (entity, table) in &mut company.tables {
                let happened = table.take_happened().into_iter();
                let told =
                    happened.map(|(id, happened)| Event { realm: realm.clone(), entity: entity.clone(), id, happened });
                events.extend(told.filter(|event| connected && event.is_announced()));
            }
        }
        events
    }

    /// Makes ready for use after reading: generated rows and indexes are not stored.
    pub(crate) fn prepare(&mut self, generator: Generator) {
        for company in self.companies.values_mut() {
            let generator = if company.realm == sample::MAIN_REALM { generator } else { Generator::default() };
            company.prepare(generator);
        }
    }
}

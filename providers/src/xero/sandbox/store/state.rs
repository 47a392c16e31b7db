//! The whole state of a sandbox.
//!
//! Rule: everything that must survive a restart is in here, and nothing else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Organisation, Replays};
use crate::{
    sandbox::SandboxOptions,
    xero::sandbox::{oauth::Grants, sample},
};

/// Everything a sandbox remembers.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct State {
    /// Seconds that the sandbox's clock is ahead.
    pub(crate) clock_offset_seconds: i64,
    /// Codes, tokens, connections.
    pub(crate) grants: Grants,
    /// Organisations by tenant id.
    pub(crate) organisations: BTreeMap<String, Organisation>,
    /// Answers to writes that carried an idempotency key (reference 2.3).
    pub(crate) replays: Replays,
    /// The last webhook event's number.
    pub(crate) last_event: u64,
}

impl State {
    /// The sample organisations, with no grants.
    ///
    /// # Errors
    /// When the sample data breaks a rule; says which record.
    pub(crate) fn sample(options: &SandboxOptions) -> Result<Self, String> {
        let organisations = sample::organisations(options)?;
        let organisations = organisations.into_iter().map(|organisation| (organisation.id.clone(), organisation));
        Ok(Self {
            clock_offset_seconds: 0,
            grants: Grants::default(),
            organisations: organisations.collect(),
            replays: Replays::default(),
            last_event: 0,
        })
    }

    /// Makes ready for use after reading: indexes are not stored.
    pub(crate) fn prepare(&mut self) {
        self.organisations.values_mut().for_each(Organisation::prepare);
    }

    /// The name of an organisation.
    pub(crate) fn name_of(&self, tenant: &str) -> String {
        self.organisations.get(tenant).map(Organisation::name).unwrap_or_default()
    }

    /// An organisation, to change.
    ///
    /// # Errors
    /// In words, naming the ones there are.
    pub(crate) fn organisation_mut(&mut self, tenant: &str) -> Result<&mut Organisation, String> {
        let known: Vec<String> = self.organisations.keys().cloned().collect();
        let missing = || format!("no organisation {tenant}; there are {}", known.join(", "));
        self.organisations.get_mut(tenant).ok_or_else(missing)
    }
}

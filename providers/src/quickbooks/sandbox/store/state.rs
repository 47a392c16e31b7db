//! The whole state of a sandbox.
//!
//! Rule: everything that must survive a restart is in here, and nothing else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Company, Generator};
use crate::quickbooks::sandbox::{oauth::Grants, sample};

/// Everything a sandbox remembers.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct State {
    /// Seconds that the sandbox's clock is ahead.
    pub(crate) clock_offset_seconds: i64,
    /// Codes, tokens, registered addresses.
    pub(crate) grants: Grants,
    /// Companies by realm id.
    pub(crate) companies: BTreeMap<String, Company>,
}

impl State {
    /// The sample companies, with no grants.
    ///
    /// # Errors
    /// When the sample data does not read; says which file.
    pub(crate) fn sample() -> Result<Self, String> {
        let companies = sample::companies()?;
        let companies = companies.into_iter().map(|company| (company.realm.clone(), company)).collect();
        Ok(Self { clock_offset_seconds: 0, grants: Grants::default(), companies })
    }

    /// Makes ready for use after reading: generated rows and indexes are not stored.
    pub(crate) fn prepare(&mut self, generator: Generator) {
        for company in self.companies.values_mut() {
            let generator = if company.realm == sample::MAIN_REALM { generator } else { Generator::default() };
            company.prepare(generator);
        }
    }
}

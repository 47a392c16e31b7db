//! The neutral hand on this sandbox: each act in its own words.

use std::sync::Arc;

use super::shared::Sandbox;
use crate::{model::CompanyChoice, sandbox::SandboxControl};

/// The hand.
pub(crate) struct Hand(pub(crate) Arc<Sandbox>);

impl std::fmt::Debug for Hand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hand")
    }
}

impl SandboxControl for Hand {
    fn companies(&self) -> Vec<CompanyChoice> {
        self.0.read(|state| {
            let choice = |(realm, company): (&String, &super::store::Company)| CompanyChoice {
                external_id: realm.clone(),
                name: Some(company.name()),
            };
            state.companies.iter().map(choice).collect()
        })
    }
}

//! The neutral hand on this sandbox: each act in its own words.
//!
//! Rule: every act goes through the rules of the API; what Xero does not have is [`SandboxError::Unsupported`].

mod act;
mod consent;
mod fault;
mod sale;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use async_trait::async_trait;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use url::Url;

use super::{
    books, entities,
    json::{self, set},
    shared::Sandbox,
    store::Organisation,
};
use crate::{
    model::{AccountBalance, CompanyChoice, DocumentKind, ItemValuation},
    sandbox::{SandboxAct, SandboxControl, SandboxError, SandboxFault},
};

/// The hand.
pub(crate) struct Hand(pub(crate) Arc<Sandbox>);

impl std::fmt::Debug for Hand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hand")
    }
}

#[async_trait]
impl SandboxControl for Hand {
    fn companies(&self) -> Vec<CompanyChoice> {
        let organisations = self.0.organisations().into_iter();
        organisations.map(|(external_id, name)| CompanyChoice { external_id, name: Some(name) }).collect()
    }

    async fn consent(&self, authorization: &Url, companies: &[String]) -> Result<Url, SandboxError> {
        consent::give(authorization, companies).await
    }

    async fn act(&self, company: &str, act: SandboxAct) -> Result<String, SandboxError> {
        act::act(&self.0, company, act)
    }

    async fn inject(&self, fault: SandboxFault) -> Result<(), SandboxError> {
        self.0.plans.add(fault::plan(fault)?);
        Ok(())
    }

    async fn calm(&self) {
        self.0.clear_faults();
    }

    async fn trial_balance(&self, company: &str) -> Result<Vec<AccountBalance>, SandboxError> {
        self.look(company, |organisation| {
            let balances = books::trial_balance(organisation, organisation.today(self.0.clock.now()));
            balances.into_iter().map(|(account, balance)| AccountBalance { account, balance }).collect()
        })
    }

    async fn valuation(&self, company: &str) -> Result<Vec<ItemValuation>, SandboxError> {
        self.look(company, valuation)
    }

    async fn count_posted(&self, company: &str, kind: DocumentKind, reference: &str) -> Result<usize, SandboxError> {
        match kind {
            DocumentKind::InventoryAdjustment => Err(SandboxError::Unsupported("hold inventory adjustments")),
            DocumentKind::JournalEntry => self.look(company, |organisation| posted(organisation, reference)),
        }
    }

    async fn count_all_posted(
        &self,
        company: &str,
        kind: DocumentKind,
        references: &[&str],
    ) -> Result<Vec<usize>, SandboxError> {
        if kind == DocumentKind::InventoryAdjustment {
            return Err(SandboxError::Unsupported("hold inventory adjustments"));
        }
        self.look(company, |organisation| {
            let words = posted_words(organisation);
            references.iter().map(|reference| words.get(reference).copied().unwrap_or_default()).collect()
        })
    }
}

impl Hand {
    fn look<T>(&self, company: &str, look: impl FnOnce(&Organisation) -> T) -> Result<T, SandboxError> {
        let missing = || SandboxError::Refused(format!("no organisation {company}"));
        self.0.read(|state| state.organisations.get(company).map(look)).ok_or_else(missing)
    }
}

fn valuation(organisation: &Organisation) -> Vec<ItemValuation> {
    let tracked = organisation.table(&entities::ITEMS).rows();
    let tracked = tracked.filter(|item| json::flag(item, "IsTrackedAsInventory") == Some(true));
    let ids = tracked.filter_map(|item| json::text(item, "ItemID"));
    ids.map(|id| {
        let (quantity, value): (Decimal, Decimal) = organisation.stock.on_hand(id);
        ItemValuation { item: id.to_owned(), quantity, value }
    })
    .collect()
}

/// Journals that count and carry the reference in their narration, in brackets or bare.
fn posted(organisation: &Organisation, reference: &str) -> usize {
    let journals = organisation.table(&entities::MANUAL_JOURNALS).rows();
    let counts = journals.filter(|journal| json::text(journal, "Status") == Some("POSTED"));
    counts.filter(|journal| json::text(journal, "Narration").is_some_and(|text| names(text, reference))).count()
}

/// How many journals that count have each word in their narration.
fn posted_words(organisation: &Organisation) -> HashMap<&str, usize> {
    let mut counts = HashMap::new();
    for journal in organisation.table(&entities::MANUAL_JOURNALS).rows() {
        if json::text(journal, "Status") == Some("POSTED") {
            let unique: HashSet<&str> = words(json::text(journal, "Narration").unwrap_or_default()).collect();
            unique.into_iter().for_each(|word| *counts.entry(word).or_default() += 1);
        }
    }
    counts
}

/// Whether a text has the reference as a word of its own, so that SB-1 is not found in SB-10.
fn names(text: &str, reference: &str) -> bool {
    words(text).any(|word| word == reference)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '[' | ']'))
}

/// Sets the lock date, or takes it away.
///
/// # Errors
/// In words, when there is no such organisation.
pub(crate) fn close_books(sandbox: &Sandbox, tenant: &str, until: Option<NaiveDate>) -> Result<(), String> {
    let now = sandbox.clock.now();
    sandbox.change(|state| {
        let organisation = state.organisation_mut(tenant)?;
        let mut settings = organisation.settings();
        for field in ["PeriodLockDate", "EndOfYearLockDate"] {
            settings.remove(field);
        }
        if let Some(until) = until {
            set(&mut settings, "PeriodLockDate", until.to_string());
        }
        organisation.put(&entities::ORGANISATION, settings, now);
        Ok(())
    })
}

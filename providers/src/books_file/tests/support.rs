//! What these tests share: a company in a folder of its own, drafts.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use chrono::NaiveDate;
use rust_decimal::{Decimal, dec};

use super::super::{fixture, provider};
use crate::{
    Provider,
    model::{DraftHead, JournalDraft, JournalLine, Side},
    sandbox::SandboxControl,
    testing::{Sitting, sitting},
};

pub(super) struct World {
    pub(super) folder: tempfile::TempDir,
    pub(super) provider: Arc<dyn Provider>,
    pub(super) hand: Arc<dyn SandboxControl>,
    pub(super) sitting: Sitting,
}

impl World {
    pub(super) fn new() -> Self {
        Self::with(&[])
    }

    pub(super) fn with(options: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut fixture = fixture::set_up(folder.path()).unwrap();
        fixture.settings.options.extend(pairs(options));
        let provider = provider::build(&fixture.settings).unwrap();
        Self { folder, provider, hand: fixture.control, sitting: sitting("cedar") }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub(super) fn put(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// Names of everything in `entries/`, in order.
    pub(super) fn entries(&self) -> Vec<String> {
        let Ok(listed) = std::fs::read_dir(self.path("entries")) else { return Vec::new() };
        let mut names: Vec<String> =
            listed.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    pub(super) async fn post(
        &self,
        draft: &JournalDraft,
    ) -> Result<crate::model::PostedDocument, crate::ProviderError> {
        self.provider.post_journal(&self.sitting.session, draft).await
    }
}

pub(super) fn pairs(options: &[(&str, &str)]) -> BTreeMap<String, String> {
    options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn line(account: &str, side: Side, amount: Decimal, description: Option<&str>) -> JournalLine {
    JournalLine { account: account.to_owned(), side, amount, description: description.map(str::to_owned) }
}

pub(super) fn draft(reference: &str, amount: Decimal) -> JournalDraft {
    JournalDraft {
        head: DraftHead {
            request_id: format!("request-{reference}"),
            reference: reference.to_owned(),
            date: day("2026-03-02"),
            memo: "Build 12".to_owned(),
        },
        as_draft: false,
        lines: vec![
            line("1210", Side::Debit, amount + dec!(1), Some("benches")),
            line("1200", Side::Credit, amount, None),
            line("5000", Side::Credit, dec!(1), None),
        ],
    }
}

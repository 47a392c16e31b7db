//! What a change of the inventory mode would mean.

use async_graphql::{Object, SimpleObject};
use domain::export::{Blocked, ModeChange, PendingKind};

use super::types::{Export, ExportKind};
use crate::graphql::{integration::InventoryMode, refusal::UserError};

/// What a change of the inventory mode would mean.
#[derive(Debug, Clone)]
pub struct InventoryModeChange(pub(super) ModeChange);

/// What a change of the inventory mode would mean for documents that are not in the books. Nothing was changed.
#[Object]
impl InventoryModeChange {
    /// The mode now.
    async fn from(&self) -> InventoryMode {
        self.0.from.into()
    }

    /// The mode then.
    async fn to(&self) -> InventoryMode {
        self.0.to.into()
    }

    /// What it means, in sentences for people.
    async fn summary(&self) -> Vec<String> {
        self.0.sentences()
    }

    /// What waits, by kind.
    async fn pending(&self) -> Vec<PendingDocuments> {
        self.0.pending.iter().map(Into::into).collect()
    }

    /// Documents that could not be exported then, oldest first.
    async fn blocked(&self) -> Vec<BlockedDocument> {
        self.0.blocked.iter().cloned().map(Into::into).collect()
    }

    /// Documents that wait and were not looked at: only the 200 oldest are.
    async fn unchecked(&self) -> u64 {
        self.0.unchecked
    }
}

/// Documents of a kind that wait.
#[derive(Debug, SimpleObject)]
pub struct PendingDocuments {
    /// Kind.
    kind: ExportKind,
    /// How many.
    count: u64,
    /// Those that are on their way already: they go out as they were planned, in the mode of before.
    as_planned: u64,
    /// Those that become a document of the new mode.
    become_new: u64,
    /// Those that could not be exported then.
    blocked: u64,
}

impl From<&PendingKind> for PendingDocuments {
    fn from(pending: &PendingKind) -> Self {
        Self {
            kind: pending.kind.into(),
            count: pending.count,
            as_planned: pending.as_planned,
            become_new: pending.become_new,
            blocked: pending.blocked,
        }
    }
}

/// A document that could not be exported in the new mode.
#[derive(Debug, SimpleObject)]
pub struct BlockedDocument {
    /// Its export.
    export: Export,
    /// Why not, with the way out.
    reasons: Vec<UserError>,
}

impl From<Blocked> for BlockedDocument {
    fn from(blocked: Blocked) -> Self {
        let reasons = blocked.refusals.into_iter().map(Into::into).collect();
        Self { export: Export(blocked.export), reasons }
    }
}

//! What a change of the inventory mode would mean for documents that are not in the books yet.
//!
//! Rule: nothing is written; what would become of a document is asked of its plan in the new mode.

use entity::{ExportKind, ExportSource, ExportState, IntegrationId, InventoryMode};

use super::{
    model::Export,
    plan::{self, Target},
    rules,
    service::Exports,
    store,
};
use crate::{
    business::{Actor, Permission},
    error::{Error, ErrorCode, Refusal, Result},
};

/// Documents that are planned for a preview, the oldest.
const PREVIEW_MAX: u64 = 200;

/// What a change of the inventory mode would mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModeChange {
    /// The mode now.
    pub from: InventoryMode,
    /// The mode then.
    pub to: InventoryMode,
    /// What waits, by kind.
    pub pending: Vec<PendingKind>,
    /// What could not be exported then, oldest first.
    pub blocked: Vec<Blocked>,
    /// Documents that wait and were not looked at, because there are too many.
    pub unchecked: u64,
}

/// Documents of a kind that wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingKind {
    /// Kind.
    pub kind: ExportKind,
    /// How many.
    pub count: u64,
    /// Those that are on their way already: they go out as they were planned, in the mode of before.
    pub as_planned: u64,
    /// Those that become a document of the new mode.
    pub become_new: u64,
    /// Those that could not be exported then.
    pub blocked: u64,
}

/// A document that could not be exported in the new mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocked {
    /// Its export.
    pub export: Export,
    /// Why not, and the way out.
    pub refusals: Vec<Refusal>,
}

/// What would become of one document.
enum Fate {
    AsPlanned,
    Becomes,
    Blocked(Vec<Refusal>),
}

impl Exports {
    /// What a change of the inventory mode would mean for documents that are not in the books. Nothing is written.
    ///
    /// # Errors
    /// `Forbidden` without [`Permission::ConfigureSettings`], `NOT_FOUND`.
    pub async fn mode_change(&self, actor: &Actor, id: IntegrationId, to: InventoryMode) -> Result<ModeChange> {
        actor.require(Permission::ConfigureSettings)?;
        let integration = self.integrations.get(actor.business, id).await?;
        let connection = self.db.connection();
        let (rows, total) = store::not_posted(connection, actor.business, id, PREVIEW_MAX).await?;
        let unchecked = total.saturating_sub(rows.len() as u64);
        let mut change =
            ModeChange { from: integration.inventory_mode, to, pending: Vec::new(), blocked: Vec::new(), unchecked };
        for row in rows.into_iter().filter(|row| row.source != ExportSource::Journal) {
            let fate = self.fate(actor, &row, to).await?;
            change.add(row, fate);
        }
        Ok(change)
    }

    async fn fate(&self, actor: &Actor, row: &Export, to: InventoryMode) -> Result<Fate> {
        let queued = row.state == ExportState::Pending && row.draft.is_some() && row.due_at.is_some();
        if queued || row.gathered_in.is_some() || rules::is_open(row.state) {
            return Ok(Fate::AsPlanned);
        }
        let whose = (actor.business, actor.currency.as_str());
        let connection = self.db.connection();
        match plan::plan_in(connection, &self.integrations, whose, Target::Export(row.id), Some(to)).await {
            Err(Error::Refused(refusal)) => Ok(Fate::Blocked(vec![*refusal])),
            Err(other) => Err(other),
            Ok(planned) => {
                let plan = planned.plan;
                let checks: Vec<Refusal> = plan.checks.iter().map(super::service::refusal).collect();
                let nothing =
                    plan.nothing.map(|why| Refusal::new(ErrorCode::InvalidState, why).help("Nothing has to be done."));
                let refusals: Vec<Refusal> = checks.into_iter().chain(nothing).collect();
                Ok(if refusals.is_empty() { Fate::Becomes } else { Fate::Blocked(refusals) })
            }
        }
    }
}

impl ModeChange {
    fn add(&mut self, export: Export, fate: Fate) {
        let place = self.pending.iter().position(|pending| pending.kind == export.kind);
        let place = place.unwrap_or_else(|| {
            let none = PendingKind { kind: export.kind, count: 0, as_planned: 0, become_new: 0, blocked: 0 };
            self.pending.push(none);
            self.pending.len() - 1
        });
        let Some(pending) = self.pending.get_mut(place) else { return };
        pending.count += 1;
        match fate {
            Fate::AsPlanned => pending.as_planned += 1,
            Fate::Becomes => pending.become_new += 1,
            Fate::Blocked(refusals) => {
                pending.blocked += 1;
                self.blocked.push(Blocked { export, refusals });
            }
        }
    }

    /// What it means, in sentences for people.
    pub fn sentences(&self) -> Vec<String> {
        let sum = |part: fn(&PendingKind) -> u64| self.pending.iter().map(part).sum::<u64>();
        let mut said = Vec::new();
        let count = sum(|pending| pending.count) + self.unchecked;
        if count == 0 {
            said.push("No document waits for export, so nothing changes for what there is.".to_owned());
        } else if self.from == self.to {
            said.push(format!("{} for export; the mode stays as it is.", waits(count)));
        } else {
            said.push(format!("{} for export.", waits(count)));
            said.push(format!("{}: {}.", becomes(self.to), sum(|pending| pending.become_new)));
            said.push(format!(
                "On their way already, and sent as they were planned, in the mode of before: {}.",
                sum(|pending| pending.as_planned)
            ));
            said.push(format!("Cannot be exported then, each with its reason: {}.", sum(|pending| pending.blocked)));
            if self.unchecked > 0 {
                said.push(format!("Not looked at, because there are too many: {}.", self.unchecked));
            }
        }
        said.push("What is in the books stays as it is, and is taken back in the mode it was posted in.".to_owned());
        said
    }
}

fn waits(count: u64) -> String {
    if count == 1 { "1 document waits".to_owned() } else { format!("{count} documents wait") }
}

fn becomes(mode: InventoryMode) -> &'static str {
    match mode {
        InventoryMode::Sync => {
            "Will be inventory adjustments (quantities, which the accounting system costs by itself)"
        }
        InventoryMode::SelfManaged => "Will be journal entries (amounts at our cost, no quantities)",
    }
}

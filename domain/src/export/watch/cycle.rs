//! One cycle: what the provider says has changed, then documents one by one where it cannot tell.
//!
//! Rule: nothing is concluded from what an answer leaves out. A difference that the change feed shows is read back before
//! it is believed, and a document is gone only where the provider says so of this one. The place in the feed moves on
//! after everything before it was written down, so a cycle that breaks off loses nothing.

use std::collections::HashMap;

use entity::{InventoryMode, Timestamp};
use providers::{
    Capability, ErrorKind, Provider, Session,
    model::{Change, ChangeCursor, ChangeSet, DocumentKind, PostedDocument, RecordKind},
};

use super::{Claim, Watcher, store};
use crate::{
    call_log::Correlation,
    error::Result,
    export::{
        model::{Difference, Drift, Export, Watch},
        rules::drift,
        verify::{Seen, differences, frozen, read_back},
    },
    integration::Integration,
};

/// Change sets of one cycle at most; what is left is for the next one.
const SETS_MAX: usize = 100;
/// Ids of one statement.
const CHUNK: usize = 500;
/// Documents that cannot be read after which a cycle breaks off: then it is not the documents.
const UNREADABLE_MAX: usize = 3;
/// How long before the first document a watch begins: clocks differ.
const MARGIN: std::time::Duration = std::time::Duration::from_secs(3600);

/// What the provider told of a document.
enum Told<'a> {
    /// It is this now.
    Is(&'a PostedDocument),
    /// It does not exist any more.
    Gone,
    /// It changed, and that is all.
    Changed,
}

/// A cycle under way.
struct Round<'a> {
    claim: Claim,
    integration: &'a Integration,
    began: Timestamp,
    unreadable: usize,
}

impl Watcher {
    /// A cycle over one integration's books.
    pub(super) async fn look_at_books(&self, claim: Claim, watch: Watch) -> Result<()> {
        let Some(integration) = self.connected(claim).await? else { return Ok(()) };
        let posted = store::posted(self.exports.db.connection(), claim.whose()).await?;
        let Some(first) = posted.iter().filter_map(|posted| posted.since).min() else { return Ok(()) };
        let capability = self.exports.integrations.capability(&integration)?;
        let began = self.exports.ambient.now();
        let mut round = Round { claim, integration: &integration, began, unreadable: 0 };
        let kinds: Vec<RecordKind> = posted.iter().map(|posted| kind_of(posted.mode)).collect();
        let owed =
            if capability.change_feed { self.follow(&mut round, watch, first, &kinds).await? } else { Some(began) };
        self.read_in_turns(&mut round, owed, capability).await
    }

    /// Reads the change feed on to its end. Answers since when documents are still to be looked at one by one.
    async fn follow(
        &self,
        round: &mut Round<'_>,
        watch: Watch,
        first: Timestamp,
        kinds: &[RecordKind],
    ) -> Result<Option<Timestamp>> {
        let of_integration = Correlation { run: None, id: Some(round.claim.integration.to_string()) };
        let (provider, session) = self.exports.integrations.session(round.integration, of_integration)?;
        let provider: &dyn Provider = &*provider;
        let mut owed = watch.owed_before;
        let mut cursor = match watch.cursor {
            Some(kept) => ChangeCursor(kept),
            None => provider.changes_since(first.minus(MARGIN).to_utc())?,
        };
        for _ in 0..SETS_MAX {
            let set = self.changes(round, (provider, &session), &cursor, kinds).await?;
            let all_read = self.take(round, &set.changes).await?;
            if !set.deletions_known || !all_read {
                owed = Some(round.began);
            }
            let place = set.next.0.clone();
            self.keep(round.claim, |watch| Watch { cursor: Some(place), owed_before: owed, ..watch }).await?;
            cursor = set.next;
            if !set.more {
                break;
            }
        }
        Ok(owed)
    }

    /// Changes since a place. A place that the provider refuses is forgotten: the next cycle begins anew and reads all.
    async fn changes(
        &self,
        round: &Round<'_>,
        (provider, session): (&dyn Provider, &Session),
        cursor: &ChangeCursor,
        kinds: &[RecordKind],
    ) -> Result<ChangeSet> {
        match provider.changes(session, cursor, kinds).await {
            Err(error) if error.kind == ErrorKind::Rejected => {
                let owed = Some(round.began);
                self.keep(round.claim, |watch| Watch { cursor: None, owed_before: owed, ..watch }).await?;
                Err(error.into())
            }
            other => Ok(other?),
        }
    }

    /// Looks at those of the changed documents that are ours. Answers whether all of them could be read.
    async fn take(&self, round: &mut Round<'_>, changes: &[Change]) -> Result<bool> {
        let told: HashMap<(DocumentKind, &str), Told<'_>> = changes.iter().filter_map(told).collect();
        let mut ids: Vec<String> = told.keys().map(|(_, id)| (*id).to_owned()).collect();
        ids.sort_unstable();
        ids.dedup();
        let (mut as_sent, mut all_read) = (Vec::new(), true);
        for chunk in ids.chunks(CHUNK) {
            let ours = store::by_external_ids(self.exports.db.connection(), round.claim.whose(), chunk).await?;
            for (export, known) in ours {
                let draft = frozen(&export)?;
                let id = export.external_id.as_deref().unwrap_or_default();
                let Some(told) = told.get(&(draft.document_kind(), id)) else { continue };
                let found = match told {
                    Told::Is(document) => Some(differences(&draft, document)),
                    Told::Gone => Some(vec![drift::gone()]),
                    Told::Changed => None,
                };
                if found.as_ref().is_some_and(|found| is_known(known.as_ref(), found)) {
                    as_sent.push(known.unwrap_or_else(|| drift::unseen(&export, round.began)));
                } else {
                    all_read &= self.read(round, &export).await?;
                }
            }
        }
        self.touch(round.claim, as_sent).await?;
        Ok(all_read)
    }

    /// Nothing new of these; that they were looked at is written in one go.
    async fn touch(&self, claim: Claim, rows: Vec<Drift>) -> Result<()> {
        let now = self.exports.ambient.now();
        for chunk in rows.chunks(CHUNK) {
            let looked = |row: &Drift| Drift { checked_at: Some(now), tried_at: now, ..row.clone() };
            let tx = self.begin(claim).await?;
            store::touch(tx.connection(), chunk.iter().map(looked).collect()).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Reads documents back whose turn it is, as many as a cycle may.
    async fn read_in_turns(
        &self,
        round: &mut Round<'_>,
        owed: Option<Timestamp>,
        capability: &Capability,
    ) -> Result<()> {
        let Some(before) = owed else { return Ok(()) };
        let limit = self.pace.reads;
        let turn = store::in_turn(self.exports.db.connection(), round.claim.whose(), before, limit).await?;
        for export in &turn {
            self.read(round, export).await?;
        }
        if capability.change_feed && (turn.len() as u64) < limit && round.unreadable == 0 {
            self.keep(round.claim, |watch| Watch { owed_before: None, ..watch }).await?;
        }
        Ok(())
    }

    /// Reads a document back and writes down what it is now. Answers whether it could be read.
    async fn read(&self, round: &mut Round<'_>, export: &Export) -> Result<bool> {
        let error = match read_back(&self.exports, round.integration, export).await? {
            Ok(seen) => {
                self.record(round, export, &seen).await?;
                return Ok(true);
            }
            Err(error) => error,
        };
        round.unreadable += 1;
        let of_this_one = matches!(error.kind, ErrorKind::Rejected | ErrorKind::Malformed | ErrorKind::Unsupported);
        if !of_this_one || round.unreadable > UNREADABLE_MAX {
            return Err(error.into());
        }
        tracing::warn!(%error, export = %export.id, "a posted document could not be read back");
        let tx = self.begin(round.claim).await?;
        store::tried(tx.connection(), drift::unseen(export, self.exports.ambient.now())).await?;
        tx.commit().await?;
        Ok(false)
    }

    /// Writes down what a document is now, as long as the watch is this worker's.
    async fn record(&self, round: &Round<'_>, export: &Export, seen: &Seen) -> Result<()> {
        let tx = self.begin(round.claim).await?;
        self.exports.write_down(tx, export, seen).await
    }
}

fn kind_of(mode: InventoryMode) -> RecordKind {
    RecordKind::Document(match mode {
        InventoryMode::Sync => DocumentKind::InventoryAdjustment,
        InventoryMode::SelfManaged => DocumentKind::JournalEntry,
    })
}

fn told(change: &Change) -> Option<((DocumentKind, &str), Told<'_>)> {
    match change {
        Change::Document(document) => Some(((document.kind, &document.external_id), Told::Is(document))),
        Change::Deleted { record, .. } => match record.kind {
            RecordKind::Document(kind) => Some(((kind, &record.external_id), Told::Gone)),
            _ => None,
        },
        Change::Unusable { kind: RecordKind::Document(kind), why } => {
            Some(((*kind, why.external_id.as_deref()?), Told::Changed))
        }
        _ => None,
    }
}

/// Whether nothing of what was found is new.
fn is_known(known: Option<&Drift>, found: &[Difference]) -> bool {
    known.map_or(found.is_empty(), |known| known.differences == drift::to_json(found))
}

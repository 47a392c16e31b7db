//! How a sales sync reads: the change feed, or the whole listing where the feed cannot tell everything.
//!
//! Rule: nothing is concluded from what an answer leaves out; a document is gone only where the provider says so of this
//! one (behaviour 3.24, 3.25).

use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use entity::{IssueReason, SaleId, SyncPhase};
use providers::{
    ErrorKind,
    listing::stream_sales,
    model::{Change, ChangeCursor, ChangeSet, Page, PageCursor, RecordKind, RemoteSale, SalesWindow, Unusable},
};

use super::Work;
use crate::{
    error::{ErrorCode, Refusal, Result},
    sales::{
        document::{Document, DocumentKey, DocumentState, kind_of},
        model::Channel,
        rules, store,
    },
    store::WriteTx,
    sync::{Issue, store as sync_store},
};

/// How far back the feed begins behind the start of the listing before it: clocks that disagree by less than a day lose
/// nothing; what comes again is known by its hash.
const MARGIN: TimeDelta = TimeDelta::hours(24);
/// Change sets of one run at most; a run that meets more fails and is continued by the next one.
const SETS_MAX: usize = 10_000;
/// Stored sales looked at in one statement when those that are gone are sought.
const SWEEP: u64 = 2_000;
/// Single documents read in one run: to prove that they are gone, and to try again what could not be recorded.
const READS_MAX: u64 = 1_000;

impl Work<'_> {
    /// Reads what changed since the last run, or everything.
    pub(super) async fn read(&mut self) -> Result<()> {
        if self.progress.phase < SyncPhase::Documents {
            self.announce(SyncPhase::Documents, "reading sales documents").await?;
        }
        let feed = self.provider.capability().change_feed;
        let listing = self.run.full || !feed || self.desk.channel.cursor.is_none() || self.desk.channel.listing_due;
        if !listing {
            self.follow().await?;
        }
        if listing || self.desk.channel.listing_due {
            self.list().await?;
        }
        self.read_again().await
    }

    /// Reads the change feed on to its end.
    async fn follow(&mut self) -> Result<()> {
        let kinds: Vec<RecordKind> = self.kinds.iter().map(|kind| RecordKind::Sale(*kind)).collect();
        for _ in 0..SETS_MAX {
            let Some(cursor) = self.desk.channel.cursor.clone().map(ChangeCursor) else { return Ok(()) };
            let set = match self.provider.changes(&self.session, &cursor, &kinds).await {
                Err(error) if error.kind == ErrorKind::Rejected => return self.lose_place().await,
                other => other?,
            };
            let more = set.more;
            self.changes(set).await?;
            if !more {
                return Ok(());
            }
        }
        Err(Refusal::new(ErrorCode::ProviderUnavailable, "The accounting system's list of changes does not end.")
            .help("Sync again; what was read is kept.")
            .into())
    }

    /// The provider does not take the place in the feed any more: everything is read anew.
    async fn lose_place(&mut self) -> Result<()> {
        let tx = self.fence.begin().await?;
        self.keep_channel(&tx, |channel| Channel { cursor: None, listing_due: true, ..channel }).await?;
        self.fence.commit(tx).await
    }

    async fn changes(&mut self, set: ChangeSet) -> Result<()> {
        let ChangeSet { changes, next, deletions_known, .. } = set;
        let (mut documents, mut gone, mut unusable) = (Vec::new(), Vec::new(), Vec::new());
        for change in changes {
            match change {
                Change::Sale(sale) => documents.push(Document::read(*sale)),
                Change::Deleted { record, .. } => {
                    if let RecordKind::Sale(kind) = record.kind {
                        gone.push(DocumentKey { kind: kind_of(kind), external_id: record.external_id });
                    }
                }
                Change::Unusable { kind: RecordKind::Sale(_), why } => unusable.push(why),
                _ => {}
            }
        }
        let tx = self.fence.begin().await?;
        self.receive(&tx, documents, gone).await?;
        let issues: Vec<Issue> = unusable.iter().map(cannot_read).collect();
        self.progress.counts.failed += i64::try_from(issues.len()).unwrap_or(i64::MAX);
        // Once it could not tell of deletions, only a whole listing makes up for it.
        self.keep_channel(&tx, |channel| Channel {
            cursor: Some(next.0.clone()),
            listing_due: channel.listing_due || !deletions_known,
            ..channel
        })
        .await?;
        self.fence.report(&tx, &self.progress, &issues, "changes read").await?;
        self.fence.commit(tx).await
    }

    /// Puts documents into the inbox that are new or different; a deletion only of what is known.
    async fn receive(&mut self, tx: &WriteTx, mut documents: Vec<Document>, gone: Vec<DocumentKey>) -> Result<()> {
        let keys: Vec<DocumentKey> =
            documents.iter().map(|document| document.key.clone()).chain(gone.iter().cloned()).collect();
        let stored = store::by_keys(tx.connection(), self.desk.place(), &keys).await?;
        let from = self.from();
        let mut settled: Vec<DocumentKey> = Vec::new();
        documents.retain(|document| {
            let known = stored.get(&document.key);
            let due = match rules::decide(known, document) {
                rules::Action::Unchanged => {
                    self.progress.counts.unchanged += 1;
                    false
                }
                rules::Action::Ignore => {
                    self.progress.counts.skipped += i64::from(document.state != DocumentState::Deleted);
                    false
                }
                // Older than the channel's beginning (statement 98).
                rules::Action::Create => document.date >= from,
                _ => true,
            };
            if !due {
                settled.push(document.key.clone());
            }
            due
        });
        for key in gone {
            match stored.get(&key) {
                Some(sale) if sale.status != entity::SaleStatus::Deleted => {
                    documents.push(Document::deleted(key, sale.date));
                }
                _ => settled.push(key),
            }
        }
        self.progress.done += i64::try_from(settled.len()).unwrap_or(i64::MAX);
        // What waited of them is overtaken.
        store::unwait(tx.connection(), self.desk.place(), &settled).await?;
        let mut once: std::collections::BTreeMap<&DocumentKey, &Document> = std::collections::BTreeMap::new();
        for document in &documents {
            once.insert(&document.key, document);
        }
        let waiting: Vec<&Document> = once.into_values().collect();
        Ok(store::wait(tx.connection(), self.desk.place(), &waiting, self.body.ambient.now()).await?)
    }

    /// The earliest date of a document.
    fn from(&self) -> NaiveDate {
        self.desk.channel.initial_date.unwrap_or(NaiveDate::MIN)
    }

    /// Reads the whole listing. Where the feed will continue is written down before the first page, and holds from the
    /// last one on.
    async fn list(&mut self) -> Result<()> {
        let began = self.body.ambient.now().to_utc() - MARGIN;
        let feed = self.provider.capability().change_feed;
        let next = if feed { Some(self.provider.changes_since(began)?.0) } else { None };
        let fresh = self.progress.cursor.is_none();
        let tx = self.fence.begin().await?;
        self.keep_channel(&tx, |channel| {
            let kept = channel.next_cursor.clone().filter(|_| !fresh);
            Channel { next_cursor: kept.or_else(|| next.clone()), ..channel }
        })
        .await?;
        self.fence.commit(tx).await?;
        let window = SalesWindow { kinds: self.kinds.clone(), from: self.from(), changed_since: None };
        let resume = self.progress.cursor.clone().map(PageCursor);
        let (provider, session) = (Arc::clone(&self.provider), self.session.clone());
        let mut stream = stream_sales(provider, session, window, resume.as_ref(), self.body.prefetch).await?;
        while let Some(page) = stream.next().await {
            let (_, page) = page?;
            self.page(page).await?;
        }
        self.gone().await?;
        let tx = self.fence.begin().await?;
        self.keep_channel(&tx, |channel| Channel {
            cursor: channel.next_cursor.clone(),
            next_cursor: None,
            listing_due: false,
            ..channel
        })
        .await?;
        self.progress.cursor = None;
        self.fence.report(&tx, &self.progress, &[], "all sales documents are read").await?;
        self.fence.commit(tx).await
    }

    async fn page(&mut self, page: Page<RemoteSale>) -> Result<()> {
        let documents: Vec<Document> = page.records.into_iter().map(Document::read).collect();
        let mut seen: Vec<u64> = documents.iter().map(|document| short(&document.key)).collect();
        // A document that cannot be read is there: it is not gone, whatever its kind.
        for kind in &self.kinds {
            let ids = page.unusable.iter().filter_map(|why| why.external_id.clone());
            seen.extend(ids.map(|external_id| short(&DocumentKey { kind: kind_of(*kind), external_id })));
        }
        let count = documents.len();
        let tx = self.fence.begin().await?;
        self.receive(&tx, documents, Vec::new()).await?;
        let (business, run) = (self.run.business_id, self.run.id);
        sync_store::insert_page(tx.connection(), business, run, self.pages, encode(&seen)).await?;
        self.pages += 1;
        self.seen.extend(seen);
        let issues: Vec<Issue> = page.unusable.iter().map(cannot_read).collect();
        self.progress.counts.failed += i64::try_from(issues.len()).unwrap_or(i64::MAX);
        self.progress.cursor = page.next.map(|cursor| cursor.0);
        let message = format!("{count} sales documents read");
        self.fence.report(&tx, &self.progress, &issues, &message).await?;
        self.fence.commit(tx).await
    }

    /// Sales that a whole listing did not hold are read one by one: only what the provider says is gone is gone.
    async fn gone(&mut self) -> Result<()> {
        let (mut after, mut reads): (Option<SaleId>, u64) = (None, 0);
        loop {
            let connection = self.body.db.connection();
            let rows = store::posted_after(connection, self.desk.place(), self.from(), after, SWEEP).await?;
            let full = rows.len() as u64 == SWEEP;
            for sale in rows {
                after = Some(sale.id);
                let key = DocumentKey { kind: sale.document_type, external_id: sale.external_id.clone() };
                if self.seen.contains(&short(&key)) {
                    continue;
                }
                reads += 1;
                if reads > READS_MAX {
                    return self.tell(&too_many_missing()).await;
                }
                self.look_for(key).await?;
            }
            if !full {
                return Ok(());
            }
        }
    }

    /// Reads one document: what it is now, or the evidence that it is gone.
    /// Answers whether the provider told.
    async fn look_for(&mut self, key: DocumentKey) -> Result<bool> {
        let Some(reference) = key.reference() else { return Ok(false) };
        let (documents, gone) = match self.provider.sale(&self.session, &reference).await {
            Ok(remote) => (vec![Document::read(remote)], Vec::new()),
            Err(error) if error.kind == ErrorKind::NotFound => (Vec::new(), vec![key]),
            Err(error) if error.kind == ErrorKind::Malformed => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        let tx = self.fence.begin().await?;
        self.receive(&tx, documents, gone).await?;
        self.fence.commit(tx).await?;
        Ok(true)
    }

    pub(super) async fn tell(&mut self, issue: &Issue) -> Result<()> {
        let tx = self.fence.begin().await?;
        self.fence.report(&tx, &self.progress, std::slice::from_ref(issue), &issue.message).await?;
        self.fence.commit(tx).await
    }

    /// Reads again what could not be recorded before, whatever the window (behaviour 3.19).
    async fn read_again(&mut self) -> Result<()> {
        let waiting = store::open_documents(self.body.db.connection(), self.desk.place(), READS_MAX).await?;
        for issue in waiting {
            let key = DocumentKey { kind: issue.document_type, external_id: issue.external_id.clone() };
            if self.look_for(key.clone()).await? {
                self.settle_if_gone(&key).await?;
            }
        }
        Ok(())
    }

    /// An issue about a document that neither waits nor is stored otherwise has nothing left to be about.
    async fn settle_if_gone(&mut self, key: &DocumentKey) -> Result<()> {
        let tx = self.fence.begin().await?;
        if !store::waits(tx.connection(), self.desk.place(), key).await? {
            let (business, channel) = self.desk.place();
            let (state, at) = (entity::IssueState::Dismissed, self.body.ambient.now());
            let closing = store::Closing { business, channel, state, at, by: &self.desk.by };
            store::close(tx.connection(), &closing, std::slice::from_ref(key), true).await?;
        }
        self.fence.commit(tx).await
    }
}

fn too_many_missing() -> Issue {
    Issue {
        severity: entity::Severity::Warning,
        reason: "MANY_MISSING".to_owned(),
        message: format!("More than {READS_MAX} sales were not in the listing; the rest was not looked at."),
        help: Some(
            "Sync again with `full` to go on; nothing is voided without the accounting system's word.".to_owned(),
        ),
        external_id: None,
        label: None,
    }
}

fn cannot_read(why: &Unusable) -> Issue {
    let reason = serde_json::to_value(IssueReason::UnusableDocument).ok();
    Issue {
        severity: entity::Severity::Warning,
        reason: reason.as_ref().and_then(|word| word.as_str()).unwrap_or_default().to_owned(),
        message: format!("The sales document {} cannot be read: {}", why.label, why.detail),
        help: Some("Correct it in the accounting system and sync again.".to_owned()),
        external_id: why.external_id.clone(),
        label: Some(why.label.clone()),
    }
}

/// A document's key in eight bytes.
pub(super) fn short(key: &DocumentKey) -> u64 {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(format!("{:?}:{}", key.kind, key.external_id));
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    u64::from_le_bytes(first)
}

fn encode(seen: &[u64]) -> Vec<u8> {
    seen.iter().flat_map(|id| id.to_le_bytes()).collect()
}

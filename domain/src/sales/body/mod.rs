//! What a sales sync does: read what changed into the inbox, then process it in order, then try again what waits.
//!
//! Rule: pages and change sets come in any order and are put into the inbox as they come; only the inbox decides what is
//! processed next. The place in the feed moves on with the documents before it, in one transaction; a document leaves the
//! inbox in the transaction that processes it. So a run that dies anywhere loses nothing and repeats nothing.

mod reading;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use async_trait::async_trait;
use entity::{IntegrationStatus, Severity, SyncPhase};
use providers::{Provider, Session, model::SalesDocumentKind};

use super::{
    document::{Document, DocumentKey, takes_back},
    draft,
    model::{Channel, Sale, Waiting},
    process::{Desk, Done},
    retry::Which,
    store,
};
use crate::{
    ambient::Ambient,
    business,
    call_log::Correlation,
    error::{Error, ErrorCode, Refusal, Result},
    integration::Integrations,
    store::{Db, WriteTx},
    sync::{Counts, Fence, Issue, Progress, Run, RunBody, store as sync_store},
};

/// Documents taken out of the inbox at once.
const TAKEN: u64 = 500;
/// Documents processed in one transaction.
const TOGETHER: usize = 200;

/// The body of sales syncs.
#[derive(Debug, Clone)]
pub struct SalesSync {
    db: Db,
    ambient: Ambient,
    integrations: Integrations,
    /// Pages fetched ahead.
    prefetch: usize,
}

/// One run at work.
pub(super) struct Work<'a> {
    body: &'a SalesSync,
    fence: &'a Fence,
    run: &'a Run,
    pub(super) desk: Desk,
    provider: Arc<dyn Provider>,
    session: Session,
    kinds: Vec<SalesDocumentKind>,
    progress: Progress,
    /// Documents of the listing, as short hashes of their keys.
    seen: HashSet<u64>,
    pages: i32,
}

#[async_trait]
impl RunBody for SalesSync {
    async fn run(&self, fence: &Fence, run: &Run) -> Result<()> {
        let mut work = self.begin(fence, run).await?;
        if work.progress.phase < SyncPhase::Processing {
            work.read().await?;
        }
        if work.progress.phase <= SyncPhase::Processing {
            work.process().await?;
        }
        work.try_again().await?;
        work.end().await
    }
}

impl SalesSync {
    /// A body that fetches `prefetch` pages ahead.
    pub fn new(db: Db, ambient: Ambient, integrations: Integrations, prefetch: usize) -> Self {
        Self { db, ambient, integrations, prefetch }
    }

    async fn begin<'a>(&'a self, fence: &'a Fence, run: &'a Run) -> Result<Work<'a>> {
        let integration = self.integrations.get(run.business_id, run.integration_id).await?;
        if integration.status != IntegrationStatus::Active {
            let reason = integration.expired_reason.clone().unwrap_or_else(|| "it was disconnected".to_owned());
            return Err(Refusal::new(ErrorCode::ConnectionExpired, format!("Connection expired: {reason}."))
                .help("Reconnect on the integrations page; settings, items and links stay.")
                .into());
        }
        let channel = store::channel_of(self.db.connection(), run.business_id, integration.id).await?;
        let channel = channel.ok_or_else(|| Error::Internal("a sales sync without a channel".to_owned()))?;
        let (provider, session) = self.integrations.session(&integration, Correlation::run(run.id))?;
        let home = match &integration.company_currency {
            Some(currency) => currency.clone(),
            None => business::home_currency(&self.db, run.business_id).await?,
        };
        let pages = sync_store::pages(self.db.connection(), run.business_id, run.id).await?;
        let kinds = provider.capability().sales_documents.to_vec();
        let by = "sales sync".to_owned();
        let desk = Desk { ambient: self.ambient.clone(), channel, integration, home, run: Some(run.id), by };
        Ok(Work {
            body: self,
            fence,
            run,
            desk,
            provider,
            session,
            kinds,
            progress: Progress {
                phase: run.phase,
                done: run.done,
                total: run.total,
                cursor: run.cursor.clone(),
                counts: Counts::from_json(&run.counts),
            },
            seen: pages.iter().flat_map(|page| decode(&page.seen)).collect(),
            pages: pages.last().map_or(0, |page| page.page + 1),
        })
    }
}

impl Work<'_> {
    pub(super) async fn announce(&mut self, phase: SyncPhase, message: &str) -> Result<()> {
        self.progress.phase = phase;
        let tx = self.fence.begin().await?;
        self.fence.report(&tx, &self.progress, &[], message).await?;
        self.fence.commit(tx).await
    }

    async fn keep_channel(&mut self, tx: &WriteTx, change: impl Fn(Channel) -> Channel) -> Result<()> {
        let (business, id) = self.desk.place();
        let channel = store::lock_channel(tx.connection(), business, id).await?;
        let channel = channel.ok_or_else(|| Error::Internal("the channel is gone".to_owned()))?;
        let changed = change(channel);
        store::update_channel(tx.connection(), changed.clone()).await?;
        self.desk.channel = changed;
        Ok(())
    }

    /// Processes the inbox in order.
    async fn process(&mut self) -> Result<()> {
        let waiting = store::waiting_count(self.body.db.connection(), self.desk.place()).await?;
        let waiting = i64::try_from(waiting).unwrap_or(i64::MAX);
        self.progress.total = Some(self.progress.done + waiting);
        self.announce(SyncPhase::Processing, &format!("processing {waiting} sales documents")).await?;
        loop {
            let rows = store::take(self.body.db.connection(), self.desk.place(), TAKEN).await?;
            if rows.is_empty() {
                return Ok(());
            }
            let read = |row: &Waiting| {
                serde_json::from_str::<Document>(&row.document)
                    .map_err(|error| Error::Internal(format!("waiting document {}: {error}", row.external_id)))
            };
            let documents = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
            if self.put_behind(&rows, &documents).await? {
                continue;
            }
            // Nobody else writes sales of this channel while the run has the lock, and no document is here twice.
            let keys: Vec<DocumentKey> = documents.iter().map(|document| document.key.clone()).collect();
            let stored = store::read_by_keys(self.body.db.connection(), self.desk.place(), &keys).await?;
            self.batches(&documents, &stored).await?;
        }
    }

    /// What takes back goes after what it names, also where its own date is the earlier one: otherwise it would find
    /// nothing there, and what comes back would be worth an average (behaviour 2.15). Answers whether any was moved.
    async fn put_behind(&self, rows: &[Waiting], documents: &[Document]) -> Result<bool> {
        let sells = |key: &&DocumentKey| !takes_back(key.kind);
        let named = documents.iter().flat_map(|document| document.applies_to.iter().filter(sells));
        let names: Vec<DocumentKey> = named.cloned().collect();
        if names.is_empty() {
            return Ok(false);
        }
        let waiting = store::places(self.body.db.connection(), self.desk.place(), &names).await?;
        let mut later = Vec::new();
        for (row, document) in rows.iter().zip(documents) {
            let last = document.applies_to.iter().filter(sells).filter_map(|key| waiting.get(key)).max();
            if let Some(last) = last.filter(|last| **last > row.place) {
                later.push((&document.key, document.place_behind(last)));
            }
        }
        if later.is_empty() {
            return Ok(false);
        }
        let tx = self.fence.begin().await?;
        for (key, place) in later {
            store::replace(tx.connection(), self.desk.place(), key, &place).await?;
        }
        self.fence.commit(tx).await?;
        Ok(true)
    }

    async fn batches(&mut self, documents: &[Document], stored: &HashMap<DocumentKey, Sale>) -> Result<()> {
        let mut rest = documents;
        while !rest.is_empty() {
            let size = Desk::together(&rest[..rest.len().min(TOGETHER)], stored);
            let tx = self.fence.begin().await?;
            match self.desk.process(&tx, &rest[..size], stored).await {
                Ok(done) => {
                    self.report(tx, done, size).await?;
                    rest = &rest[size..];
                }
                Err(Error::Refused(refusal)) => {
                    drop(tx);
                    tracing::warn!(%refusal, "a batch of sales is processed one by one");
                    self.one_by_one(&rest[..size], stored).await?;
                    rest = &rest[size..];
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The document that the ledger refuses is kept as an issue; the others are processed.
    async fn one_by_one(&mut self, documents: &[Document], stored: &HashMap<DocumentKey, Sale>) -> Result<()> {
        for document in documents {
            let tx = self.fence.begin().await?;
            match self.desk.process(&tx, std::slice::from_ref(document), stored).await {
                Ok(done) => self.report(tx, done, 1).await?,
                Err(Error::Refused(refusal)) => {
                    drop(tx);
                    let tx = self.fence.begin().await?;
                    let done = self.desk.refuse(&tx, document, &refusal).await?;
                    self.report(tx, done, 1).await?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Counts what was done and commits it.
    pub(super) async fn report(&mut self, tx: WriteTx, done: Done, documents: usize) -> Result<()> {
        let counts = &mut self.progress.counts;
        counts.created += done.created;
        counts.updated += done.updated;
        counts.unchanged += done.unchanged;
        counts.voided += done.voided;
        counts.skipped += done.skipped;
        counts.failed += done.failed;
        counts.lines_skipped += done.lines_skipped;
        counts.lines_retried += done.lines_retried;
        counts.shortages += done.shortages;
        self.progress.done += i64::try_from(documents).unwrap_or(i64::MAX);
        self.progress.total = self.progress.total.map(|total| total.max(self.progress.done));
        let issues: Vec<Issue> = done.issues.iter().map(draft::told).collect();
        let message = format!("{} sales documents", self.progress.done);
        self.fence.report(&tx, &self.progress, &issues, &message).await?;
        self.fence.commit(tx).await
    }

    /// Lines that wait for their item: those that were linked since are processed, whatever their date (statement 103).
    async fn try_again(&mut self) -> Result<()> {
        self.announce(SyncPhase::Issues, "trying again what could not be processed").await?;
        let mut after = None;
        loop {
            let tx = self.fence.begin().await?;
            let (done, last) = match self.desk.retry(&tx, Which::All(after)).await {
                Err(Error::Refused(refusal)) => {
                    drop(tx);
                    return self.tell(&not_retried(&refusal)).await;
                }
                other => other?,
            };
            self.report(tx, done, 0).await?;
            match last {
                Some(place) => after = Some(place),
                None => return Ok(()),
            }
        }
    }

    /// The next run continues from here.
    async fn end(&mut self) -> Result<()> {
        let now = self.body.ambient.now();
        let tx = self.fence.begin().await?;
        self.keep_channel(&tx, |channel| Channel { synced_at: Some(now), ..channel }).await?;
        let open = store::open_issues(tx.connection(), self.desk.place()).await?;
        let issues: Vec<Issue> = (open > 0).then(|| still_open(open)).into_iter().collect();
        self.fence.report(&tx, &self.progress, &issues, "sales are up to date").await?;
        self.fence.commit(tx).await
    }
}

fn not_retried(refusal: &Refusal) -> Issue {
    Issue {
        severity: Severity::Warning,
        reason: "NOT_RETRIED".to_owned(),
        message: format!("Lines that waited could not be processed: {}", refusal.message),
        help: refusal.help.clone(),
        external_id: None,
        label: None,
    }
}

fn still_open(count: u64) -> Issue {
    Issue {
        severity: Severity::Info,
        reason: "OPEN_ISSUES".to_owned(),
        message: format!("{count} lines or documents wait until somebody fixes their issue."),
        help: Some("See the open sale issues; each says what to do.".to_owned()),
        external_id: None,
        label: None,
    }
}

fn decode(seen: &[u8]) -> impl Iterator<Item = u64> + '_ {
    seen.chunks_exact(8).filter_map(|bytes| bytes.try_into().ok().map(u64::from_le_bytes))
}

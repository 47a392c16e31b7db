//! What changed since a moment: `If-Modified-Since` per collection (§2.1).
//!
//! Rule: the next reading begins a little before this one asked, by the service's own clock; where a kind has more than
//! one page waiting, where that page ends. An item that was deleted is in no answer, nor, as far as is known, an
//! account; so where those are among the kinds, deletions are not known.

use std::collections::HashSet;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use super::{
    convert::{self, JournalRow, Listed, SaleRow, What},
    lookup::Codes,
    page::{self, Rows},
    provider::Xero,
    request,
    sales::settled,
    walk::Place,
    wire,
};
use crate::{
    error::{ErrorKind, ProviderError},
    model::{Change, ChangeCursor, ChangeSet, DocumentKind, RecordKind, RecordRef, SalesDocumentKind, Unusable},
    provider::Provider,
    session::Session,
    transport::{Call, Reply},
};

/// By how much readings overlap: what was being written while the last one asked, and clocks that differ.
const OVERLAP: TimeDelta = TimeDelta::seconds(60);

const OPERATION: &str = "changes.read";

/// Rows of one collection that changed.
struct Changed<T> {
    rows: Vec<Result<T, Unusable>>,
    /// When the first of them was asked for, by the service's clock.
    asked_at: DateTime<Utc>,
    /// Up to when they are complete, where more are waiting.
    covered: Option<DateTime<Utc>>,
}

/// What was gathered of all kinds.
struct Harvest {
    changes: Vec<Change>,
    next: Option<DateTime<Utc>>,
    more: bool,
}

/// A cursor is a moment.
pub(super) fn cursor_at(moment: DateTime<Utc>) -> ChangeCursor {
    ChangeCursor(moment.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

impl Xero {
    pub(super) async fn read_changes(
        &self,
        session: &Session,
        since: &ChangeCursor,
        kinds: &[RecordKind],
    ) -> Result<ChangeSet, ProviderError> {
        let from: DateTime<Utc> = since.0.parse().map_err(|_| {
            let text = format!("`{}` is no cursor of this provider; read everything anew", since.0);
            ProviderError::new(ErrorKind::Rejected, OPERATION, text)
        })?;
        let kinds: Vec<RecordKind> = distinct(kinds);
        if kinds.iter().any(|kind| !covers(*kind)) {
            return Err(self.unsupported(OPERATION));
        }
        let mut harvest = Harvest { changes: Vec::new(), next: None, more: false };
        for kind in &kinds {
            self.harvest(session, from, *kind, &mut harvest).await?;
        }
        let unknown = [RecordKind::Item, RecordKind::Account];
        Ok(ChangeSet {
            changes: harvest.changes,
            next: cursor_at(harvest.next.map_or(from, |next| next.max(from))),
            more: harvest.more,
            deletions_known: !kinds.iter().any(|kind| unknown.contains(kind)),
        })
    }

    async fn harvest(
        &self,
        session: &Session,
        from: DateTime<Utc>,
        kind: RecordKind,
        into: &mut Harvest,
    ) -> Result<(), ProviderError> {
        match kind {
            RecordKind::Item => {
                let (rows, asked_at) = self.read_items(session, Some(from)).await?;
                let changed = Changed { rows, asked_at, covered: None };
                into.take(changed, kind, |item| vec![Change::Item(item)]);
            }
            RecordKind::Account => {
                let call = request::accounts(&self.endpoints.api, session, Some(from));
                let (rows, asked_at) = self.asked(call, |reply| page::read(reply, convert::account)).await?;
                into.take(Changed { rows: rows.rows, asked_at, covered: None }, kind, |row| {
                    listed(row, kind, Change::Account)
                });
            }
            RecordKind::Supplier => {
                let call = |place| request::contacts(&self.endpoints.api, session, place);
                let read = |reply: &_| page::read(reply, convert::supplier);
                let changed = self.changed(from, call, read, |row| (row.external_id.clone(), row.updated_at)).await?;
                // One that only buys (now) is none of ours, and not deleted.
                into.take(changed, kind, |row| row.record.map(Change::Supplier).into_iter().collect());
            }
            RecordKind::Sale(sale) => self.harvest_sales(session, from, sale, into).await?,
            RecordKind::Document(_) | RecordKind::Bill | RecordKind::Company => {
                self.harvest_journals(session, from, into).await?
            }
        }
        Ok(())
    }

    async fn harvest_sales(
        &self,
        session: &Session,
        from: DateTime<Utc>,
        kind: SalesDocumentKind,
        into: &mut Harvest,
    ) -> Result<(), ProviderError> {
        let call = |place| request::sales(&self.endpoints.api, session, kind, None, place, true);
        let read = move |reply: &_| page::read(reply, |row: &wire::Sale<'_>, place| convert::sale(row, place, kind));
        let changed = self.changed(from, call, read, |row| (row.external_id.clone(), row.updated_at)).await?;
        let any = changed.rows.iter().flatten().any(|row: &SaleRow| matches!(row.what, What::Sale(_)));
        let currency = if any { self.organisation(session).await?.currency } else { None };
        let codes = self.item_codes_for(session, changed.rows.iter().flatten()).await?;
        into.take(changed, RecordKind::Sale(kind), |row| match row.what {
            What::Deleted => vec![gone(RecordKind::Sale(kind), row.external_id, row.updated_at)],
            _ => {
                settled(row, &codes, currency.as_deref()).map(|sale| Change::Sale(Box::new(sale))).into_iter().collect()
            }
        });
        Ok(())
    }

    async fn harvest_journals(
        &self,
        session: &Session,
        from: DateTime<Utc>,
        into: &mut Harvest,
    ) -> Result<(), ProviderError> {
        let call = |place| request::journals(&self.endpoints.api, session, None, place);
        let read = |reply: &_| page::read(reply, convert::journal);
        let key = |row: &JournalRow| (row.document.record.external_id.clone(), row.updated_at);
        let changed = self.changed(from, call, read, key).await?;
        let codes = self.account_codes_for(session, changed.rows.iter().flatten()).await?;
        into.take(changed, RecordKind::Document(DocumentKind::JournalEntry), |row| {
            vec![Change::Document(Box::new(codes.journal(row.document)))]
        });
        Ok(())
    }

    /// Ids of accounts, where a journal names one by its code alone.
    pub(super) async fn account_codes_for(
        &self,
        session: &Session,
        mut rows: impl Iterator<Item = &JournalRow>,
    ) -> Result<Codes, ProviderError> {
        let coded = rows.any(|row| !row.document.codes.is_empty());
        if coded { self.account_codes(session).await } else { Ok(Codes::default()) }
    }

    /// What changed in a paged collection: one page, or as many as it takes to get past the second where it began.
    async fn changed<T: Send + 'static>(
        &self,
        from: DateTime<Utc>,
        call: impl Fn(Place) -> Call + Send + Sync,
        read: impl Fn(&Reply) -> Result<Rows<T>, ProviderError> + Send + Sync + Copy + 'static,
        key: impl Fn(&T) -> (String, Option<DateTime<Utc>>) + Send + Sync,
    ) -> Result<Changed<T>, ProviderError> {
        let (mut place, mut rows, mut first) = (Place::since(Some(from)), Vec::new(), None);
        loop {
            let step = self.step(place, &call, read, |row| key(row).1).await?;
            let asked_at = *first.get_or_insert(step.asked_at);
            rows.extend(step.rows);
            match step.next {
                Some(next) if next.since == place.since => place = next,
                next => {
                    let covered = next.and_then(|next| next.since);
                    return Ok(Changed { rows: latest(rows, key), asked_at, covered });
                }
            }
        }
    }

    /// Rows, and when they were asked for by the service's own clock: the `Date` of its answer, else our own.
    pub(super) async fn asked<T: Send + 'static>(
        &self,
        call: Call,
        read: impl Fn(&Reply) -> Result<Rows<T>, ProviderError> + Send + Sync + 'static,
    ) -> Result<(Rows<T>, DateTime<Utc>), ProviderError> {
        let before = self.clock.now();
        let (rows, date) = self.fetch(call, move |reply| Ok((read(reply)?, date_of(reply)))).await?;
        Ok((rows, date.unwrap_or(before)))
    }
}

impl Harvest {
    fn take<T>(&mut self, changed: Changed<T>, kind: RecordKind, changes: impl Fn(T) -> Vec<Change>) {
        for row in changed.rows {
            match row {
                Ok(record) => self.changes.extend(changes(record)),
                Err(why) => self.changes.push(Change::Unusable { kind, why }),
            }
        }
        let next = changed.covered.unwrap_or(changed.asked_at - OVERLAP);
        self.next = Some(self.next.map_or(next, |known| known.min(next)));
        self.more |= changed.covered.is_some();
    }
}

fn covers(kind: RecordKind) -> bool {
    match kind {
        RecordKind::Item | RecordKind::Account | RecordKind::Supplier => true,
        RecordKind::Sale(kind) => super::ENTRY.capability.sales_documents.contains(&kind),
        RecordKind::Document(kind) => kind == DocumentKind::JournalEntry,
        RecordKind::Bill | RecordKind::Company => false,
    }
}

fn distinct(kinds: &[RecordKind]) -> Vec<RecordKind> {
    let mut seen = HashSet::new();
    kinds.iter().copied().filter(|kind| seen.insert(*kind)).collect()
}

fn listed<T>(row: Listed<T>, kind: RecordKind, change: fn(T) -> Change) -> Vec<Change> {
    vec![row.record.map_or_else(|| gone(kind, row.external_id, row.updated_at), change)]
}

fn gone(kind: RecordKind, external_id: String, at: Option<DateTime<Utc>>) -> Change {
    Change::Deleted { record: RecordRef { kind, external_id }, at }
}

/// Each record once, as it was read last; pages that shift may bring one twice.
fn latest<T>(
    rows: Vec<Result<T, Unusable>>,
    key: impl Fn(&T) -> (String, Option<DateTime<Utc>>),
) -> Vec<Result<T, Unusable>> {
    let mut seen = HashSet::new();
    let mut kept: Vec<_> =
        rows.into_iter().rev().filter(|row| row.as_ref().map_or(true, |row| seen.insert(key(row).0))).collect();
    kept.reverse();
    kept
}

fn date_of(reply: &Reply) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(reply.header("date")?).ok().map(|date| date.to_utc())
}

//! An answer of the change feed (§11), read. Pure.
//!
//! Rule: every object becomes one change, an odd one too; of two with the same id the newer one stays.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    error::ProviderError,
    model::{Change, RecordRef},
    quickbooks::{
        bills, convert,
        entity::{Entity, Shape},
        error::{from_fault, malformed},
        page, posting, sales,
        wire::{Account, Item, Remains, Scalar, Vendor, read},
    },
    transport::Reply,
};

/// An answer of the feed.
#[derive(Debug)]
pub(super) struct Answer {
    /// When it was given, by the service's clock.
    pub(super) at: DateTime<Utc>,
    /// What changed, by entity; an entity that is not named had no change, or is none of the feed's.
    pub(super) changes: HashMap<Entity, Vec<Versioned>>,
}

/// A change and the version of its record.
#[derive(Debug, Clone)]
pub(super) struct Versioned {
    pub(super) change: Change,
    id: Option<String>,
    version: Option<u64>,
    pub(super) deleted: bool,
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "CDCResponse")]
    responses: Vec<Response<'a>>,
    #[serde(borrow, default)]
    time: Scalar<'a>,
}

#[derive(Deserialize)]
struct Response<'a> {
    #[serde(borrow, default, rename = "QueryResponse")]
    queries: Vec<BTreeMap<String, &'a RawValue>>,
}

/// Reads an answer.
///
/// # Errors
/// `Malformed` when it is none, or says no time; the fault that it holds in place of records.
pub(super) fn answer(reply: &Reply) -> Result<Answer, ProviderError> {
    let wire: Wire<'_> = read(reply)?;
    let time = wire.time.text().and_then(|time| DateTime::parse_from_rfc3339(&time).ok());
    let at = time.ok_or_else(|| malformed("the answer does not say when it was given"))?.to_utc();
    let mut changes: HashMap<Entity, Vec<Versioned>> = HashMap::new();
    for (name, value) in wire.responses.into_iter().flat_map(|response| response.queries).flatten() {
        if name.eq_ignore_ascii_case("fault") {
            return Err(refusal(reply, value));
        }
        if let Some(entity) = Entity::named(&name) {
            changes.entry(entity).or_default().extend(objects(entity, value)?);
        }
    }
    Ok(Answer { at, changes })
}

/// A fault in place of one kind's changes.
fn refusal(reply: &Reply, value: &RawValue) -> ProviderError {
    match serde_json::from_str(value.get()) {
        Ok(fault) => from_fault(reply, &fault),
        Err(error) => malformed(&format!("a fault that cannot be read: {error}")),
    }
}

fn objects(entity: Entity, value: &RawValue) -> Result<Vec<Versioned>, ProviderError> {
    let rows: Vec<&RawValue> = serde_json::from_str(value.get())
        .map_err(|error| malformed(&format!("the changes of {} cannot be read: {error}", entity.name())))?;
    Ok(rows.iter().enumerate().map(|(index, row)| versioned(entity, row, index + 1)).collect())
}

fn versioned(entity: Entity, row: &RawValue, place: usize) -> Versioned {
    let remains: Remains<'_> = serde_json::from_str(row.get()).unwrap_or_default();
    let (id, deleted) = (remains.id.owned(), remains.deleted());
    let change = match &id {
        Some(id) if deleted => Change::Deleted {
            record: RecordRef { kind: entity.kind(), external_id: id.clone() },
            at: convert::updated_at(remains.meta_data.as_ref()),
        },
        _ => changed(entity, row, place),
    };
    let version = remains.sync_token.text().and_then(|version| version.parse().ok());
    Versioned { change, id, version, deleted }
}

fn changed(entity: Entity, row: &RawValue, place: usize) -> Change {
    let change = match entity.shape() {
        Shape::Item => page::alone::<Item<'_>, _>(row, place, convert::item).map(Change::Item),
        Shape::Account => page::alone::<Account<'_>, _>(row, place, convert::account).map(Change::Account),
        Shape::Supplier => page::alone::<Vendor<'_>, _>(row, place, convert::supplier).map(Change::Supplier),
        Shape::Sale(kind) => {
            let convert = |wire: &sales::Sale<'_>, place| sales::convert(wire, kind, place);
            page::alone(row, place, convert).map(|sale| Change::Sale(Box::new(sale)))
        }
        Shape::Document(kind) => {
            let convert = |wire: &posting::Document<'_>, place| posting::convert(wire, kind, place);
            page::alone(row, place, convert).map(|document| Change::Document(Box::new(document)))
        }
        Shape::Bill => {
            page::alone::<bills::Bill<'_>, _>(row, place, bills::convert).map(|bill| Change::Bill(Box::new(bill)))
        }
    };
    change.unwrap_or_else(|why| Change::Unusable { kind: entity.kind(), why })
}

/// Each record once: a deletion before anything else, then the highest version, then what came last (§11).
pub(super) fn newest(changes: Vec<Versioned>) -> Vec<Change> {
    let mut kept: Vec<Versioned> = Vec::with_capacity(changes.len());
    let mut places: HashMap<String, usize> = HashMap::new();
    for change in changes {
        let place = change.id.as_ref().and_then(|id| places.get(id)).copied();
        match place {
            Some(place) if newer(&change, &kept[place]) => kept[place] = change,
            Some(_) => {}
            None => {
                if let Some(id) = &change.id {
                    places.insert(id.clone(), kept.len());
                }
                kept.push(change);
            }
        }
    }
    kept.into_iter().map(|change| change.change).collect()
}

fn newer(change: &Versioned, kept: &Versioned) -> bool {
    (change.deleted, change.version) >= (kept.deleted, kept.version)
}

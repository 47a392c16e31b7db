//! What changed since a moment (reference 11).
//!
//! Rule: changed objects whole, inactive ones too; deleted ones by id and status. Stamps count whole seconds, so the
//! second that was asked for counts from its beginning.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::call::{Call, Failure};
use crate::quickbooks::sandbox::{
    clock,
    entities::{self, EntityType},
    faults::Fault,
    query,
    shared::Sandbox,
    store::Company,
};

/// How far back changes are told.
const LOOK_BACK: TimeDelta = TimeDelta::days(30);
/// Most objects of an entity in an answer.
const ROWS_MAX: usize = 1000;

/// `GET …/cdc?entities=…&changedSince=…`
///
/// # Errors
/// 2020 for a missing parameter, 2060 and 2190 for a moment that is none or too long ago, 500 for an unknown entity.
pub(super) fn changes(sandbox: &Sandbox, call: &Call<'_>) -> Result<String, Failure> {
    let now = sandbox.clock.now();
    let named = call.parameter("entities").ok_or_else(|| Fault::missing("entities"))?;
    let since = since(call, now)?;
    let entities = named.split(',').map(|name| {
        let name = name.trim();
        entities::find(name).ok_or_else(|| Fault::unsupported(&format!("cdc of {name}")))
    });
    let entities: Vec<_> = entities.collect::<Result<_, _>>()?;
    let answers = sandbox.read(|state| {
        let company = state.companies.get(call.realm).ok_or_else(Fault::not_found)?;
        let answers = entities.into_iter().map(|entity| changed(company, entity, since, now));
        answers.collect::<Result<Vec<_>, Fault>>()
    })?;
    let mut answers: Vec<_> = answers.into_iter().filter(|answer| !answer.is_empty()).collect();
    if answers.is_empty() {
        answers.push(Map::new());
    }
    Ok(json!({"CDCResponse": [{"QueryResponse": answers}], "time": clock::envelope_stamp(now)}).to_string())
}

fn since(call: &Call<'_>, now: DateTime<Utc>) -> Result<DateTime<Utc>, Fault> {
    let text = call.parameter("changedsince").ok_or_else(|| Fault::missing("changedSince"))?;
    let since = clock::parse_instant(text);
    let since = since.ok_or_else(|| Fault::new(2060, format!("Invalid Date Format : {text}")).at("changedSince"))?;
    if now - since > LOOK_BACK {
        let detail = format!("Invalid Date Range : changes are kept for {} days", LOOK_BACK.num_days());
        return Err(Fault::new(2190, detail).at("changedSince"));
    }
    Ok(since.trunc_subsecs(0))
}

/// The changes of one entity; nothing at all where there is none.
fn changed(
    company: &Company,
    entity: &'static EntityType,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Map<String, Value>, Fault> {
    let of_any_state = if entity.lists_active_only { " AND Active IN (true, false)" } else { "" };
    let statement = format!(
        "SELECT * FROM {} WHERE MetaData.LastUpdatedTime >= '{}'{of_any_state} MAXRESULTS {ROWS_MAX}",
        entity.name,
        clock::record_stamp(since)
    );
    let found = query::answer(company, &statement, now)?;
    let mut found: Map<String, Value> = serde_json::from_str(&found).unwrap_or_default();
    let mut rows = match found.remove(entity.name) {
        Some(Value::Array(rows)) => rows,
        _ => Vec::new(),
    };
    let gone = company.deleted.iter().filter(|gone| gone.entity == entity.name && gone.at.trunc_subsecs(0) >= since);
    rows.extend(gone.map(|gone| {
        json!({"Id": gone.id, "domain": "QBO", "status": "Deleted",
               "MetaData": {"LastUpdatedTime": clock::record_stamp(gone.at)}})
    }));
    rows.truncate(ROWS_MAX);
    if rows.is_empty() {
        return Ok(Map::new());
    }
    let count = rows.len();
    let answer = json!({entity.name: rows, "startPosition": 1, "maxResults": count, "totalCount": count});
    Ok(answer.as_object().cloned().unwrap_or_default())
}

//! Several operations in one call (reference 10).
//!
//! Rule: each succeeds or faults alone; the call itself is answered with 200.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{
    call::{Call, Failure},
    write,
};
use crate::quickbooks::sandbox::{
    clock,
    entities::{self, transaction},
    faults::Fault,
    json::{self, Record},
    query,
    shared::Sandbox,
    store::Company,
};

/// Most operations in one call.
const ITEMS_MAX: usize = 30;
/// Longest request id of a batch, and longest item id when there is one (reference 3).
const REQUEST_ID_MAX: usize = 36;
const ITEM_ID_MAX: usize = 10;

/// `POST …/batch`.
///
/// # Errors
/// 1040 for too many operations, 2010 for a body of another shape.
pub(super) fn batch(sandbox: &Sandbox, call: &Call<'_>) -> Result<String, Failure> {
    let request_id = write::request_id(call, REQUEST_ID_MAX)?;
    let body = call.json()?;
    let items = body.get("BatchItemRequest").and_then(Value::as_array);
    let items = items.ok_or_else(|| Fault::missing("BatchItemRequest"))?;
    if items.len() > ITEMS_MAX {
        return Err(Fault::new(
            1040,
            format!("The batch has {} operations, at most {ITEMS_MAX} are allowed", items.len()),
        )
        .into());
    }
    let now = sandbox.clock.now();
    let answers: Vec<String> = sandbox.change(|state| {
        let company = state.companies.get_mut(call.realm).ok_or_else(Fault::not_found)?;
        Ok::<_, Fault>(items.iter().map(|item| answer(company, request_id, item, now)).collect())
    })?;
    let stamp = clock::envelope_stamp(now);
    Ok(format!("{{\"BatchItemResponse\":[{}],\"time\":\"{stamp}\"}}", answers.join(",")))
}

/// The answer to one operation, with its id.
fn answer(company: &mut Company, request_id: Option<&str>, item: &Value, now: DateTime<Utc>) -> String {
    let empty = Record::new();
    let item = item.as_object().unwrap_or(&empty);
    let id = json::text(item, "bId").unwrap_or_default();
    let key = request_id.map(|request_id| format!("{request_id}/{id}"));
    if let Some(answer) = key.as_ref().and_then(|key| company.replays.get(key)) {
        return answer.to_owned();
    }
    let too_long = request_id.is_some() && id.chars().count() > ITEM_ID_MAX;
    let done = match too_long {
        true => Err(Fault::new(2130, format!("bId has at most {ITEM_ID_MAX} characters when requestid is given"))),
        false => run(company, item, now),
    };
    let name = Value::from(id);
    match done {
        Err(fault) => format!("{{\"bId\":{name},\"Fault\":{}}}", fault.object()),
        Ok((entity, object)) => {
            let answer = format!("{{\"bId\":{name},\"{entity}\":{object}}}");
            if let Some(key) = key.filter(|_| entity != "QueryResponse") {
                company.replays.put(key, answer.clone(), now);
            }
            answer
        }
    }
}

/// Runs one operation; the key and text of what it answers.
fn run(company: &mut Company, item: &Record, now: DateTime<Utc>) -> Result<(&'static str, String), Fault> {
    if let Some(statement) = json::text(item, "Query") {
        return query::answer(company, statement, now).map(|found| ("QueryResponse", found));
    }
    let operation = json::text(item, "operation").ok_or_else(|| Fault::missing("operation"))?;
    let named = item.iter().find_map(|(name, object)| Some((entities::find(name)?, object.as_object()?)));
    let (entity, body) = named.ok_or_else(|| Fault::new(2000, "The batch item names no supported object"))?;
    let has_id = body.get("Id").is_some_and(|id| !id.is_null() && id != "");
    if operation == "update" && !has_id && (entity.name_field.is_some() || entity.is_transaction()) {
        return Err(Fault::missing("Id"));
    }
    transaction::check_number(company, entity.name, body)?;
    let record = write::apply(company, entity, operation, body, now)?;
    Ok((entity.name, Value::Object(record).to_string()))
}

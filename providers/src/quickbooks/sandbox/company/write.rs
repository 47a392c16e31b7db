//! Creating and updating one object (reference 7).
//!
//! Rule: all of it or nothing; a repeated request id is answered from memory (reference 3).

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{
    call::{Call, Failure},
    envelope,
};
use crate::quickbooks::sandbox::{
    entities::{self, EntityType, transaction},
    faults::Fault,
    json::{self, Record},
    shared::Sandbox,
    store::Company,
};

/// Longest request id (reference 3).
const REQUEST_ID_MAX: usize = 50;

/// `POST …/{entity}`.
///
/// # Errors
/// The fault of the first rule that is broken.
pub(super) fn write(sandbox: &Sandbox, call: &Call<'_>) -> Result<String, Failure> {
    let entity = entities::find(call.resource)
        .ok_or_else(|| Fault::unsupported(&format!("could not find resource for entity {}", call.resource)))?;
    let request_id = request_id(call, REQUEST_ID_MAX)?;
    let body = call.json()?;
    let now = sandbox.clock.now();
    sandbox.change(|state| {
        let company = state.companies.get_mut(call.realm).ok_or_else(Fault::not_found)?;
        if let Some(answer) = request_id.and_then(|id| company.replays.get(id)) {
            return Ok(answer.to_owned());
        }
        let operation = operation(call);
        if !allows_duplicates(call) {
            transaction::check_number(company, entity.name, &body)?;
        }
        let record = apply(company, entity, operation, &body, now)?;
        let answer = envelope(entity.name, &Value::Object(record).to_string(), now);
        if let Some(id) = request_id {
            company.replays.put(id.to_owned(), answer.clone(), now);
        }
        Ok(answer)
    })
}

/// What is to be done; a void may stand in `include` (reference 7.4).
fn operation<'c>(call: &'c Call<'_>) -> &'c str {
    let include = call.parameter("include").unwrap_or_default();
    match include.split(',').any(|include| include.eq_ignore_ascii_case("void")) {
        true => "void",
        false => call.parameter("operation").unwrap_or("update"),
    }
}

/// Whether a number may be given twice (reference 7.5).
fn allows_duplicates(call: &Call<'_>) -> bool {
    let include = call.parameter("include").unwrap_or_default();
    include.split(',').any(|include| include.eq_ignore_ascii_case("allowduplicatedocnum"))
}

/// The request id of a call.
///
/// # Errors
/// 2130 for one that is too long.
pub(super) fn request_id<'c>(call: &'c Call<'_>, max: usize) -> Result<Option<&'c str>, Fault> {
    match call.parameter("requestid") {
        Some(id) if id.chars().count() > max => {
            Err(Fault::new(2130, format!("Invalid Request Id Format : at most {max} characters")))
        }
        id => Ok(id),
    }
}

/// Does one write.
///
/// # Errors
/// The fault of the first rule that is broken.
pub(super) fn apply(
    company: &mut Company,
    entity: &'static EntityType,
    operation: &str,
    body: &Record,
    now: DateTime<Utc>,
) -> Result<Record, Fault> {
    if company.is_lapsed() {
        return Err(Fault::new(6190, "Invalid Company Status : the subscription has ended, changes are not possible."));
    }
    match operation.to_lowercase().as_str() {
        "void" if entity.is_sale() => return void(company, entity, body, now),
        "delete" if entity.is_transaction() => return delete(company, entity, body, now),
        "delete" | "void" => return Err(Fault::unsupported(&format!("{operation} on {}", entity.name))),
        _ => {}
    }
    let (id, record) = entities::draft(company, entity, body, now)?;
    if entity.is_transaction() {
        let effect = transaction::effect(company, entity.name, &record);
        company.post(&transaction::document(entity.name, &id.to_string()), effect, now)?;
    }
    let renamed = full_name(company.find(entity.name, &id.to_string()).as_ref()) != full_name(Some(&record));
    company.table_mut(entity.name).put(id, record.clone());
    if renamed {
        company.refresh_below(entity, id);
    }
    if entity.name == "Item" {
        company.follow_quantity(&record, now);
    }
    Ok(record)
}

/// Leaves a transaction without amounts and quantities. The reference says so of invoices and receipts; credit memos and
/// refunds are voided the same way.
fn void(
    company: &mut Company,
    entity: &'static EntityType,
    body: &Record,
    now: DateTime<Utc>,
) -> Result<Record, Fault> {
    let id = entities::object_id(entity, body)?.ok_or_else(|| Fault::missing("Id"))?;
    let old = entities::current(company, entity, id, body)?;
    transaction::check_changeable(company, &old)?;
    let record = entities::voided(old, now);
    let effect = transaction::effect(company, entity.name, &record);
    company.post(&transaction::document(entity.name, &id.to_string()), effect, now)?;
    company.table_mut(entity.name).put(id, record.clone());
    Ok(record)
}

/// Takes a transaction out of the books; what remains says so (reference 4, 7.4).
fn delete(
    company: &mut Company,
    entity: &'static EntityType,
    body: &Record,
    now: DateTime<Utc>,
) -> Result<Record, Fault> {
    let id = entities::object_id(entity, body)?.ok_or_else(|| Fault::missing("Id"))?;
    let old = entities::current(company, entity, id, body)?;
    transaction::check_changeable(company, &old)?;
    company.post(&transaction::document(entity.name, &id.to_string()), None, now)?;
    company.bury(entity.name, id, now);
    let remains = json!({"Id": id.to_string(), "domain": "QBO", "status": "Deleted"});
    Ok(remains.as_object().cloned().unwrap_or_default())
}

fn full_name(record: Option<&Record>) -> Option<String> {
    json::text(record?, "FullyQualifiedName").map(str::to_owned)
}

//! Writing: PUT creates, POST creates or updates, DELETE where there is one (reference 2, 2.2).
//!
//! Rule: every element is tried on a copy of the organisation; with `summarizeErrors=false` those that are right stand,
//! otherwise all of them or none (the reference is silent on the latter).

use axum::http::Method;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Answer, call::Call, envelope, read, render};
use crate::xero::sandbox::{
    entities::{self, Context, Resource},
    json::{self, Record},
    problem::{Invalid, Problem, Refusal},
    shared::Sandbox,
    store::Organisation,
};

fn context(call: &Call<'_>, organisation: &Organisation, now: DateTime<Utc>) -> Context {
    Context {
        now,
        today: organisation.today(now),
        unit_decimals: call.unit_decimals(),
        allow_backorders: call.flag("allowBackorders") == Some(true),
        id: None,
    }
}

/// `PUT` and `POST`.
pub(super) fn write(sandbox: &Sandbox, call: &Call<'_>) -> Result<Answer, Refusal> {
    let resource = call.resource()?;
    match (call.segments.as_slice(), call.method) {
        ([_], _) | ([_, _], &Method::POST) => save(sandbox, call, resource),
        ([_, note, rows], &Method::PUT) if resource.name == "CreditNotes" && *rows == "Allocations" => {
            allocate(sandbox, call, note)
        }
        ([_, _], _) => Err(Refusal::NotImplemented),
        _ => Err(Refusal::NotFound),
    }
}

/// What came of one element.
struct Outcome {
    element: Record,
    saved: Result<Record, Invalid>,
}

fn save(sandbox: &Sandbox, call: &Call<'_>, resource: &'static Resource) -> Result<Answer, Refusal> {
    if resource.save.is_none() || (*call.method == Method::PUT && !resource.creates) {
        return Err(Refusal::NotImplemented);
    }
    let elements = call.elements(resource.array())?;
    if elements.is_empty() || elements.len() > resource.elements_max {
        let max = resource.elements_max;
        return Err(Refusal::PostData(format!("Between 1 and {max} {} can be written at once.", resource.name)));
    }
    let now = sandbox.clock.now();
    let one_by_one = call.flag("summarizeErrors") == Some(false);
    sandbox.change(|state| {
        let organisation = state.organisations.get_mut(call.tenant()).ok_or_else(Problem::not_connected)?;
        let context = context(call, organisation, now);
        let mut work = organisation.clone();
        let mut outcomes = Vec::new();
        for element in elements {
            let mut trial = work.clone();
            let saved = save_one(&mut trial, call, resource, &context, &element)?;
            if saved.is_ok() {
                work = trial;
            }
            outcomes.push(Outcome { element, saved });
        }
        if !one_by_one && outcomes.iter().any(|outcome| outcome.saved.is_err()) {
            return Err(refusal(outcomes));
        }
        *organisation = work;
        let records = outcomes.into_iter().map(|outcome| told(organisation, call, resource, outcome, one_by_one));
        Ok(Answer::Body(envelope(resource.array(), records.collect(), None, now)))
    })
}

fn save_one(
    organisation: &mut Organisation,
    call: &Call<'_>,
    resource: &'static Resource,
    context: &Context,
    element: &Record,
) -> Result<Result<Record, Invalid>, Refusal> {
    let existing = match (call.method, call.segments.get(1)) {
        (&Method::PUT, _) => Ok(None),
        (_, Some(id)) => match organisation.find(resource, id).cloned() {
            Some(found) => Ok(Some(found)),
            None => return Err(Refusal::NotFound),
        },
        (_, None) => named(organisation, resource, element),
    };
    Ok(existing.and_then(|existing| resource.save(organisation, context, element, existing.as_ref())))
}

/// The record that an element names: by id, else by what people tell records apart by.
fn named(organisation: &Organisation, resource: &Resource, element: &Record) -> Result<Option<Record>, Invalid> {
    let table = organisation.table(resource);
    if let Some(id) = json::text(element, resource.id).filter(|_| resource.name != "Currencies") {
        let missing = || Invalid::new(format!("The {} '{id}' could not be found.", resource.id));
        return table.find(id).cloned().map(Some).ok_or_else(missing);
    }
    if matches!(resource.name, "Accounts" | "TaxRates") {
        return Ok(None);
    }
    let key = resource.key.and_then(|key| json::text(element, key));
    Ok(key.and_then(|key| table.by_key(key)).cloned())
}

/// All or nothing: the elements that are wrong, each with its texts.
fn refusal(outcomes: Vec<Outcome>) -> Refusal {
    let wrong = outcomes.into_iter().filter_map(|outcome| {
        let invalid = outcome.saved.err()?;
        let mut element = outcome.element;
        json::set(&mut element, "ValidationErrors", invalid.errors());
        Some(element)
    });
    Refusal::Validation(wrong.collect())
}

/// An element of the answer.
fn told(
    organisation: &Organisation,
    call: &Call<'_>,
    resource: &'static Resource,
    outcome: Outcome,
    one_by_one: bool,
) -> Value {
    match outcome.saved {
        Ok(saved) => {
            let id = json::text(&saved, resource.id).unwrap_or_default();
            let saved = organisation.find(resource, id).unwrap_or(&saved);
            let mut record = render::record(resource, &read::view(organisation, resource, saved), call.unit_decimals());
            if one_by_one {
                record["StatusAttributeString"] = "OK".into();
            }
            record
        }
        Err(invalid) => {
            let mut record = Value::Object(outcome.element);
            record["HasErrors"] = true.into();
            record["StatusAttributeString"] = "ERROR".into();
            record["ValidationErrors"] = invalid.errors();
            record
        }
    }
}

/// `PUT /CreditNotes/{id}/Allocations`: all of them or none.
fn allocate(sandbox: &Sandbox, call: &Call<'_>, note: &str) -> Result<Answer, Refusal> {
    let elements = call.elements("Allocations")?;
    let now = sandbox.clock.now();
    sandbox.change(|state| {
        let organisation = state.organisations.get_mut(call.tenant()).ok_or_else(Problem::not_connected)?;
        let context = context(call, organisation, now);
        organisation.find(&entities::CREDIT_NOTES, note).ok_or(Refusal::NotFound)?;
        let mut work = organisation.clone();
        let mut rows = Vec::new();
        for element in elements {
            match entities::allocate(&mut work, &context, note, &element) {
                Ok(row) => rows.push(render::record(&entities::CREDIT_NOTES, &row, 2)),
                Err(invalid) => return Err(refusal(vec![Outcome { element, saved: Err(invalid) }])),
            }
        }
        *organisation = work;
        Ok(Answer::Body(envelope("Allocations", rows, None, now)))
    })
}

/// `DELETE` of one record.
pub(super) fn delete(sandbox: &Sandbox, call: &Call<'_>) -> Result<Answer, Refusal> {
    let resource = call.resource()?;
    let ([_, id], Some(delete)) = (call.segments.as_slice(), resource.delete) else {
        return Err(Refusal::NotImplemented);
    };
    let now = sandbox.clock.now();
    sandbox.change(|state| {
        let organisation = state.organisations.get_mut(call.tenant()).ok_or_else(Problem::not_connected)?;
        let record = organisation.find(resource, id).cloned().ok_or(Refusal::NotFound)?;
        let mut work = organisation.clone();
        delete(&mut work, &context(call, organisation, now), &record).map_err(|invalid| {
            let mut element = record.clone();
            json::set(&mut element, "ValidationErrors", json!(invalid.errors()));
            Refusal::Validation(vec![element])
        })?;
        *organisation = work;
        Ok(Answer::Deleted)
    })
}

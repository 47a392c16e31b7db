//! The answer to a query, from its text to the `QueryResponse` object.
//!
//! Rule: rows are written straight into the answer; an empty result has no keys at all (reference 4).

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{
    super::{
        faults::Fault,
        json::Record,
        store::{Company, Row, Table},
    },
    bind::{Output, Plan, Property, bind},
    parser::parse,
    run,
};

/// Answers a statement with the text of a `QueryResponse` object.
///
/// # Errors
/// 4000 or 4001 for a statement that cannot be answered.
pub(crate) fn answer(company: &Company, statement: &str, now: DateTime<Utc>) -> Result<String, Fault> {
    let plan = bind(&parse(statement)?, now)?;
    let Some(table) = company.table(plan.entity.name) else { return Ok("{}".to_owned()) };
    match &plan.output {
        Output::Count => Ok(json!({"totalCount": run::count(table, &plan)}).to_string()),
        Output::Whole => rows(table, &plan, None),
        Output::Some(properties) => rows(table, &plan, Some(properties)),
    }
}

fn rows(table: &Table, plan: &Plan, only: Option<&[Property]>) -> Result<String, Fault> {
    let keys = run::page(table, plan);
    if keys.is_empty() {
        return Ok("{}".to_owned());
    }
    let mut out = Vec::with_capacity(keys.len() * 800);
    out.extend_from_slice(format!("{{\"{}\":[", plan.entity.name).as_bytes());
    for (index, row) in keys.iter().filter_map(|key| table.row(*key)).enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_row(&row, only, &mut out).map_err(|error| Fault::new(10000, error.to_string()))?;
    }
    let tail = format!("],\"startPosition\":{},\"maxResults\":{}}}", plan.start, keys.len());
    out.extend_from_slice(tail.as_bytes());
    String::from_utf8(out).map_err(|error| Fault::new(10000, error.to_string()))
}

fn write_row(row: &Row<'_>, only: Option<&[Property]>, out: &mut Vec<u8>) -> serde_json::Result<()> {
    match only {
        None => row.write(out),
        Some(properties) => serde_json::to_writer(out, &partial(&row.to_record(), properties)),
    }
}

/// The named properties of a row; always its id, and marked as partial (reference 6).
fn partial(record: &Record, properties: &[Property]) -> Record {
    let mut part = Record::new();
    let mut copy = |name: &str| record.get(name).map(|value| part.insert(name.to_owned(), value.clone()));
    copy("Id");
    for property in properties {
        copy(property.outer.name);
    }
    part.insert("sparse".to_owned(), Value::Bool(true));
    part.insert("domain".to_owned(), Value::from("QBO"));
    part
}

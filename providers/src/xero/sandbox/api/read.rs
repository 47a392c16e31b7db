//! Reading one record, a list, a report (reference 2.1).
//!
//! Rule: filters first, then order, then the page; a filter that names an unknown field is an error.

use std::borrow::Cow;

use chrono::{DateTime, SubsecRound, Utc};
use serde_json::{Value, json};

use super::{Answer, call::Call, envelope, render};
use crate::xero::sandbox::{
    books, clock,
    entities::{self, Resource},
    json::{self, Record},
    problem::{Problem, Refusal},
    query::{self, Order},
    shared::Sandbox,
    store::Organisation,
};

/// Records of a page where nobody says otherwise.
const PAGE_SIZE: usize = 100;
/// Most records of a page.
const PAGE_SIZE_MAX: usize = 1000;

/// `GET`.
pub(super) fn read(sandbox: &Sandbox, call: &Call<'_>) -> Result<Answer, Refusal> {
    let now = sandbox.clock.now();
    sandbox.read(|state| {
        let organisation = state.organisations.get(call.tenant()).ok_or_else(Problem::not_connected)?;
        match call.segments.as_slice() {
            [name, report] if name.eq_ignore_ascii_case("Reports") => self::report(organisation, call, report, now),
            [name, actions] if name.eq_ignore_ascii_case("Organisation") && actions.eq_ignore_ascii_case("Actions") => {
                Ok(Answer::Body(envelope("Actions", actions_of(organisation), None, now)))
            }
            [_] => list(organisation, call, call.resource()?, now),
            [_, id] => one(organisation, call, call.resource()?, id, now),
            _ => Err(Refusal::NotFound),
        }
    })
}

fn report(organisation: &Organisation, call: &Call<'_>, name: &str, now: DateTime<Utc>) -> Result<Answer, Refusal> {
    let today = organisation.today(now);
    let day = |parameter: &str| match call.parameter(parameter) {
        None => Ok(None),
        Some(text) => match clock::parse_date(text) {
            Some(day) => Ok(Some(day)),
            None => Err(Refusal::PostData(format!("{parameter} '{text}' is not a date."))),
        },
    };
    let dates = (day("fromDate")?, day("date")?.or(day("toDate")?).unwrap_or(today));
    let report = books::report(organisation, name, dates, now).ok_or(Refusal::NotFound)?;
    Ok(Answer::Body(envelope("Reports", vec![report], None, now)))
}

fn actions_of(organisation: &Organisation) -> Vec<Value> {
    let allowed = |name: &str, may: bool| json!({"Name": name, "Status": if may { "ALLOWED" } else { "NOT-ALLOWED" }});
    vec![
        allowed("UseMulticurrency", organisation.table(&entities::CURRENCIES).len() > 1),
        allowed("UseTrackedInventory", organisation.rules.inventory),
        allowed("CreateManualJournal", true),
    ]
}

/// One record, by its id or by its number, code or name.
fn one(
    organisation: &Organisation,
    call: &Call<'_>,
    resource: &'static Resource,
    id: &str,
    now: DateTime<Utc>,
) -> Result<Answer, Refusal> {
    let table = organisation.table(resource);
    let found = table.find(id).or_else(|| table.by_key(id)).ok_or(Refusal::NotFound)?;
    let record = render::record(resource, &view(organisation, resource, found), call.unit_decimals());
    Ok(Answer::Body(envelope(resource.array(), vec![record], None, now)))
}

/// A record with what is not kept in it.
pub(super) fn view(organisation: &Organisation, resource: &Resource, record: &Record) -> Record {
    seen(organisation, resource, record).into_owned()
}

fn seen<'r>(organisation: &Organisation, resource: &Resource, record: &'r Record) -> Cow<'r, Record> {
    match resource.name {
        "Items" => Cow::Owned(entities::view_item(organisation, record)),
        _ => Cow::Borrowed(record),
    }
}

fn list(
    organisation: &Organisation,
    call: &Call<'_>,
    resource: &'static Resource,
    now: DateTime<Utc>,
) -> Result<Answer, Refusal> {
    let since = call.modified_since();
    let filter = filter(call, resource)?;
    let order = order(call, resource)?;
    let asked = Asked::of(call, resource);
    let shown = |row: &&Record| asked.has(resource, row) && is_newer(row, since);
    let rows = organisation.table(resource).rows().filter(shown);
    let rows = rows.map(|row| seen(organisation, resource, row));
    let mut rows: Vec<Cow<'_, Record>> =
        rows.filter(|row| filter.as_ref().is_none_or(|filter| filter.holds(row))).collect();
    // What is not paged has an answer of its own for "nothing new" (reference 2.1).
    if rows.is_empty() && since.is_some() && !resource.paged {
        return Ok(Answer::NotModified);
    }
    order.sort(&mut rows);
    if let Some(first) = rows.first().filter(|_| organisation.shifted.contains(resource.name)).cloned() {
        rows.insert(0, first);
    }
    let page = page(call, resource)?;
    let (rows, pagination) = match page {
        Some((page, size)) => cut(rows, page, size),
        None => (rows, None),
    };
    let summary = resource.paged && (page.is_none() || call.flag("summaryOnly") == Some(true));
    let records = rows.into_iter().map(|mut row| {
        for field in resource.summary_without.iter().filter(|_| summary) {
            json::set(row.to_mut(), field, json!([]));
        }
        render::record(resource, &row, call.unit_decimals())
    });
    Ok(Answer::Body(envelope(resource.array(), records.collect(), pagination, now)))
}

fn filter(call: &Call<'_>, resource: &Resource) -> Result<Option<query::Condition>, Refusal> {
    let Some(text) = call.parameter("where") else { return Ok(None) };
    let condition = query::parse(text).map_err(Refusal::QueryParse)?;
    condition.fields().into_iter().try_for_each(|field| check_field(resource, field))?;
    Ok(Some(condition))
}

fn order(call: &Call<'_>, resource: &Resource) -> Result<Order, Refusal> {
    let Some(text) = call.parameter("order") else { return Ok(Order::default()) };
    let order = Order::parse(text).map_err(Refusal::QueryParse)?;
    order.fields().try_for_each(|field| check_field(resource, field))?;
    Ok(order)
}

fn check_field(resource: &Resource, field: &str) -> Result<(), Refusal> {
    let known = field == resource.id
        || field == "UpdatedDateUTC"
        || resource.key == Some(field)
        || resource.fields.contains(&field);
    if known {
        return Ok(());
    }
    Err(Refusal::QueryParse(format!(
        "No property or field '{field}' exists in type '{}'",
        resource.name.trim_end_matches('s')
    )))
}

/// Changed at that second or later.
fn is_newer(row: &Record, since: Option<DateTime<Utc>>) -> bool {
    let updated = || json::text(row, "UpdatedDateUTC").and_then(clock::parse_moment);
    since.is_none_or(|since| updated().is_none_or(|updated| updated.trunc_subsecs(0) >= since))
}

/// The lists of ids, numbers and states that some resources take, and `searchTerm` (reference 2.1); read once for all rows.
struct Asked {
    ids: Option<Vec<String>>,
    numbers: Option<Vec<String>>,
    contacts: Option<Vec<String>>,
    statuses: Option<Vec<String>>,
    archived: bool,
    term: Option<String>,
}

impl Asked {
    fn of(call: &Call<'_>, resource: &Resource) -> Self {
        let of_invoices = |name: &str| call.list(name).filter(|_| resource.name == "Invoices");
        let names_status = call.parameter("where").is_some_and(|filter| filter.contains("ContactStatus"));
        Self {
            ids: call.list("IDs").filter(|_| resource.paged),
            numbers: of_invoices("InvoiceNumbers"),
            contacts: of_invoices("ContactIDs"),
            statuses: of_invoices("Statuses"),
            archived: call.flag("includeArchived") == Some(true) || call.parameter("IDs").is_some() || names_status,
            term: call.parameter("searchTerm").map(str::to_lowercase),
        }
    }

    fn has(&self, resource: &Resource, row: &Record) -> bool {
        let in_list = |list: &Option<Vec<String>>, value: &dyn Fn() -> Option<String>| {
            list.as_ref().is_none_or(|list| value().is_some_and(|value| list.contains(&value.to_lowercase())))
        };
        let text = |field: &str| json::text(row, field).map(str::to_owned);
        in_list(&self.ids, &|| text(resource.id))
            && in_list(&self.numbers, &|| text("InvoiceNumber"))
            && in_list(&self.contacts, &|| json::inner(row, "Contact", "ContactID").map(str::to_owned))
            && in_list(&self.statuses, &|| text("Status"))
            && (self.archived || json::text(row, "ContactStatus") != Some("ARCHIVED"))
            && self.is_found(resource, row)
    }

    fn is_found(&self, resource: &Resource, row: &Record) -> bool {
        let Some(term) = &self.term else { return true };
        let own = [resource.key.unwrap_or_default(), "Reference", "EmailAddress"];
        let own = own.iter().filter_map(|field| json::text(row, field)).chain(json::inner(row, "Contact", "Name"));
        own.into_iter().any(|text| text.to_lowercase().contains(term))
    }
}

/// Page and size, where the resource has pages and one is asked for.
fn page(call: &Call<'_>, resource: &Resource) -> Result<Option<(usize, usize)>, Refusal> {
    let number = |name: &str| match call.parameter(name) {
        None => Ok(None),
        Some(text) => match text.parse::<usize>() {
            Ok(number) if number > 0 => Ok(Some(number)),
            _ => Err(Refusal::PostData(format!("{name} '{text}' must be a number above zero."))),
        },
    };
    let (page, size) = (number("page")?, number("pageSize")?);
    if !resource.paged || (page.is_none() && size.is_none()) {
        return Ok(None);
    }
    Ok(Some((page.unwrap_or(1), size.unwrap_or(PAGE_SIZE).min(PAGE_SIZE_MAX))))
}

fn cut<R>(rows: Vec<R>, page: usize, size: usize) -> (Vec<R>, Option<Value>) {
    let count = rows.len();
    let pagination = json!({"page": page, "pageSize": size, "pageCount": count.div_ceil(size), "itemCount": count});
    let rows = rows.into_iter().skip((page - 1).saturating_mul(size)).take(size).collect();
    (rows, Some(pagination))
}

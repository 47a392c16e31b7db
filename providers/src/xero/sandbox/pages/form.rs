//! One record as a form: change, void, delete, as a person does in the service's own pages.
//!
//! Rule: every act goes through the rules of the API; what is refused is told on the page and changes nothing.

use std::{collections::HashMap, fmt::Write, sync::Arc};

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use serde_json::{Map, Value, json};

use super::{escape, html, layout, missing, value};
use crate::{
    sandbox::origin,
    xero::sandbox::{
        control::{Change, context, save as save_record},
        entities::{self, Resource},
        json::{self, Record},
        shared::Sandbox,
    },
};

/// Fields of each resource that a person may change: those of the record, the list with lines, those of its lines.
fn fields(resource: &Resource) -> Option<(&'static [&'static str], &'static str, &'static [&'static str])> {
    Some(match resource.name {
        "Items" => (&["Code", "Name", "Description", "SalesDetails.UnitPrice", "PurchaseDetails.UnitPrice"], "", &[]),
        "Contacts" => (&["Name", "EmailAddress", "ContactStatus"], "", &[]),
        "Invoices" | "CreditNotes" => {
            (&["Status", "Date", "Reference"], "LineItems", &["Description", "Quantity", "UnitAmount"])
        }
        "ManualJournals" => {
            (&["Status", "Narration", "Date"], "JournalLines", &["AccountCode", "Description", "LineAmount"])
        }
        _ => return None,
    })
}

type Place = (String, String, String);

/// `GET`: the form.
pub(super) async fn show(State(sandbox): State<Arc<Sandbox>>, Path(place): Path<Place>) -> Response {
    match find(&sandbox, &place) {
        Some((resource, record)) => html(StatusCode::OK, page(&place, resource, &record, None)),
        None => missing(),
    }
}

fn find(sandbox: &Sandbox, (tenant, name, id): &Place) -> Option<(&'static Resource, Record)> {
    let resource = entities::find(name).filter(|resource| fields(resource).is_some())?;
    let record = sandbox.read(|state| state.organisations.get(tenant)?.find(resource, id).cloned())?;
    Some((resource, record))
}

/// `POST`: what the person wants.
pub(super) async fn save(
    State(sandbox): State<Arc<Sandbox>>,
    Path(place): Path<Place>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !origin::is_own_and_local(&headers) {
        return html(StatusCode::FORBIDDEN, layout("Sorry", "<h1>This form was sent from another site</h1>"));
    }
    let Some((resource, record)) = find(&sandbox, &place) else { return missing() };
    let form: HashMap<String, String> = url::form_urlencoded::parse(&body).into_owned().collect();
    let done = match form.get("act").map(String::as_str) {
        Some("void") => write(&sandbox, &place, &status("VOIDED")),
        Some("delete") if resource.delete.is_some() => delete(&sandbox, &place, resource),
        Some("delete") => write(&sandbox, &place, &status("DELETED")),
        _ => write(&sandbox, &place, &changes(resource, &record, &form)),
    };
    match done {
        Ok(()) => Redirect::to(&format!("/organisations/{}", place.0)).into_response(),
        Err(reason) => html(StatusCode::BAD_REQUEST, page(&place, resource, &record, Some(&reason))),
    }
}

fn status(status: &str) -> Record {
    Map::from_iter([("Status".to_owned(), Value::from(status))])
}

fn write(sandbox: &Sandbox, (tenant, resource, id): &Place, body: &Record) -> Result<(), String> {
    let change = Change { resource, id: Some(id), body, allow_backorders: false };
    save_record(sandbox, tenant, &change).map(|_| ())
}

fn delete(sandbox: &Sandbox, (tenant, _, id): &Place, resource: &'static Resource) -> Result<(), String> {
    let now = sandbox.clock.now();
    sandbox.change(|state| {
        let organisation = state.organisation_mut(tenant)?;
        let (Some(record), Some(delete)) = (organisation.find(resource, id).cloned(), resource.delete) else {
            return Err("it cannot be deleted".to_owned());
        };
        let mut work = organisation.clone();
        let context = context(organisation, false, now);
        delete(&mut work, &context, &record).map_err(|invalid| invalid.text())?;
        *organisation = work;
        Ok(())
    })
}

/// The fields of the form that differ from the record, as a body for the API.
fn changes(resource: &Resource, record: &Record, form: &HashMap<String, String>) -> Record {
    let Some((own, list, of_lines)) = fields(resource) else { return Record::new() };
    let mut body = Record::new();
    for path in own {
        let Some(given) = form.get(*path).filter(|given| **given != value(record, path)) else { continue };
        match path.split_once('.') {
            None => json::set(&mut body, path, given.as_str()),
            Some((outer, inner)) => {
                let details = body.entry(outer.to_owned()).or_insert_with(|| json!({}));
                details[inner] = given.as_str().into();
            }
        }
    }
    let changed = |(index, line): (usize, &Record)| {
        let mut line = line.clone();
        let mut touched = false;
        for field in of_lines {
            let given = form.get(&format!("{index}.{field}"));
            if let Some(given) = given.filter(|given| **given != value(&line, field)) {
                json::set(&mut line, field, given.as_str());
                touched = true;
            }
        }
        if touched && list == "LineItems" {
            for derived in ["LineAmount", "TaxAmount"] {
                line.remove(derived);
            }
        }
        (touched, Value::Object(line))
    };
    let lines: Vec<(bool, Value)> = json::objects(record, list).enumerate().map(changed).collect();
    if lines.iter().any(|(touched, _)| *touched) {
        json::set(&mut body, list, lines.into_iter().map(|(_, line)| line).collect::<Value>());
    }
    body
}

fn input(name: &str, label: &str, value: &str) -> String {
    format!("<label>{} <input name=\"{}\" value=\"{}\"></label>\n", escape(label), escape(name), escape(value))
}

fn page((tenant, name, id): &Place, resource: &Resource, record: &Record, refusal: Option<&str>) -> String {
    let Some((own, list, of_lines)) = fields(resource) else { return String::new() };
    let title = resource.key.map(|key| value(record, key)).filter(|title| !title.is_empty());
    let title = title.unwrap_or_else(|| value(record, own.last().copied().unwrap_or_default()));
    let mut form = String::new();
    for field in own {
        form.push_str(&input(field, &field.replace('.', " "), &value(record, field)));
    }
    for (index, line) in json::objects(record, list).enumerate() {
        let _ = write!(form, "<fieldset>\n<legend>Line {}</legend>\n", index + 1);
        for field in of_lines {
            form.push_str(&input(&format!("{index}.{field}"), field, &value(line, field)));
        }
        form.push_str("</fieldset>\n");
    }
    let refusal = refusal.map(|reason| format!("<p role=\"alert\"><strong>Refused:</strong> {}</p>\n", escape(reason)));
    let void = if list.is_empty() { "" } else { "<button type=\"submit\" name=\"act\" value=\"void\">Void</button>\n" };
    let body = format!(
        "<h1>{} {}</h1>
{}<form method=\"post\" action=\"/organisations/{tenant}/{name}/{id}\">
{form}<p class=\"actions\">
<button type=\"submit\" name=\"act\" value=\"save\" class=\"primary\">Save</button>
{void}<button type=\"submit\" name=\"act\" value=\"delete\">Delete</button>
</p>
</form>
<p><a href=\"/organisations/{tenant}\">Back</a></p>",
        escape(resource.name.trim_end_matches('s')),
        escape(&title),
        refusal.unwrap_or_default(),
        tenant = escape(tenant),
        name = escape(name),
        id = escape(id),
    );
    layout(&title, &body)
}

//! One item or document as a form: change, void, delete, as a person does in the service's own pages.
//!
//! Rule: every act goes through the rules of the API; what is refused is told on the page and changes nothing. A form that
//! is older than the object is refused like any other stale write.

use std::{collections::HashMap, fmt::Write, sync::Arc};

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use serde_json::Value;

use super::{
    fields::{changed, lines_of, own_of},
    layout, missing,
};
use crate::{
    quickbooks::sandbox::{
        entities::{self, EntityType},
        hand::Hand,
        json::{self, Record},
        shared::Sandbox,
    },
    sandbox::{
        origin,
        page::{escape, html, value},
    },
};

/// Realm, entity, id.
type Place = (String, String, String);

/// `GET`: the form.
pub(super) async fn show(State(sandbox): State<Arc<Sandbox>>, Path(place): Path<Place>) -> Response {
    match find(&sandbox, &place) {
        Some((entity, record)) => html(StatusCode::OK, page(&place, entity, &record, None)),
        None => missing(),
    }
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
    let Some((entity, record)) = find(&sandbox, &place) else { return missing() };
    let form: HashMap<String, String> = url::form_urlencoded::parse(&body).into_owned().collect();
    let (realm, _, id) = &place;
    let hand = Hand(Arc::clone(&sandbox));
    let done = match form.get("act").map(String::as_str) {
        Some(how @ ("void" | "delete")) => hand.take_back(realm, entity.name, id, how),
        Some("deactivate") => hand.set_active(realm, id, false),
        Some("activate") => hand.set_active(realm, id, true),
        _ => hand.write(realm, entity.name, Value::Object(changed(entity.name, &record, &form))),
    };
    match done {
        Ok(_) => Redirect::to(&format!("/companies/{realm}")).into_response(),
        Err(reason) => html(StatusCode::BAD_REQUEST, page(&place, entity, &record, Some(&reason.to_string()))),
    }
}

fn find(sandbox: &Sandbox, (realm, name, id): &Place) -> Option<(&'static EntityType, Record)> {
    let entity = entities::find(name).filter(|entity| !own_of(entity.name).is_empty())?;
    let record = sandbox.read(|state| state.companies.get(realm)?.find(entity.name, id))?;
    Some((entity, record))
}

fn input(name: &str, label: &str, value: &str) -> String {
    format!("<label>{} <input name=\"{}\" value=\"{}\"></label>\n", escape(label), escape(name), escape(value))
}

/// What a person may do with it.
fn actions(entity: &EntityType, record: &Record) -> Vec<(&'static str, &'static str)> {
    if entity.name == "Item" {
        let active = json::flag(record, "Active") != Some(false);
        return vec![if active { ("deactivate", "Make inactive") } else { ("activate", "Make active") }];
    }
    // Neither journals nor adjustments can be voided (reference 7.4).
    if entity.is_sale() { vec![("void", "Void"), ("delete", "Delete")] } else { vec![("delete", "Delete")] }
}

fn page((realm, name, id): &Place, entity: &EntityType, record: &Record, refusal: Option<&str>) -> String {
    let title = ["FullyQualifiedName", "DocNumber"].iter().find_map(|field| json::text(record, field)).unwrap_or(id);
    let mut form = String::new();
    for field in own_of(entity.name) {
        form.push_str(&input(field, field, &value(record, field)));
    }
    for (index, line) in json::lines(record).enumerate() {
        let shown: Vec<_> = lines_of(entity.name).iter().filter(|field| !value(line, field).is_empty()).collect();
        if shown.is_empty() {
            continue;
        }
        let _ = write!(form, "<fieldset>\n<legend>Line {}: {}</legend>\n", index + 1, escape(&about(line)));
        for field in shown {
            let label = field.rsplit_once('.').map_or(*field, |(_, last)| last);
            form.push_str(&input(&format!("{index}.{field}"), label, &value(line, field)));
        }
        form.push_str("</fieldset>\n");
    }
    let mut buttons =
        "<button type=\"submit\" name=\"act\" value=\"save\" class=\"primary\">Save</button>\n".to_owned();
    for (act, label) in actions(entity, record) {
        let _ = writeln!(buttons, "<button type=\"submit\" name=\"act\" value=\"{act}\">{label}</button>");
    }
    let refusal = refusal.map(|reason| format!("<p role=\"alert\"><strong>Refused:</strong> {}</p>\n", escape(reason)));
    let body = format!(
        "<h1>{} {}</h1>
{}<form method=\"post\" action=\"/companies/{realm}/{name}/{id}\">
<input type=\"hidden\" name=\"SyncToken\" value=\"{}\">
{form}<p class=\"actions\">
{buttons}</p>
</form>
<p><a href=\"/companies/{realm}\">Back</a></p>",
        escape(entity.name),
        escape(title),
        refusal.unwrap_or_default(),
        escape(&value(record, "SyncToken")),
        realm = escape(realm),
        name = escape(name),
        id = escape(id),
    );
    layout(title, &body)
}

/// What a line is about: its item, its account, or its own words.
fn about(line: &Record) -> String {
    let paths = [
        "SalesItemLineDetail.ItemRef",
        "GroupLineDetail.GroupItemRef",
        "ItemAdjustmentLineDetail.ItemRef",
        "JournalEntryLineDetail.AccountRef",
    ];
    let named = paths.iter().find_map(|path| {
        let (outer, inner) = path.split_once('.')?;
        line.get(outer)?.get(inner)?.get("name")?.as_str().map(str::to_owned)
    });
    let side = value(line, "JournalEntryLineDetail.PostingType");
    format!("{} {side}", named.unwrap_or_else(|| value(line, "Description"))).trim().to_owned()
}

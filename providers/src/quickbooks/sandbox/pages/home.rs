//! The first page, and one page per company.
//!
//! Rule: reading only; every item and document leads to its form.

use std::{fmt::Write, sync::Arc};

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};

use super::{fields::own_of, layout, missing};
use crate::{
    quickbooks::sandbox::{
        entities::{ENTITIES, EntityType},
        oauth::CLIENT_ID,
        shared::Sandbox,
        store::{Company, RowKey, Table},
    },
    sandbox::page::{escape, html, value},
};

/// Most rows of a table on a page.
const ROWS_SHOWN: usize = 200;

/// `GET /`: the companies.
pub(super) async fn home(State(sandbox): State<Arc<Sandbox>>) -> Response {
    let rows = sandbox.read(|state| {
        let row = |company: &Company| {
            format!(
                "<tr><td><a href=\"/companies/{realm}\">{}</a></td><td><code>{realm}</code></td><td>{}</td></tr>\n",
                escape(&company.name()),
                counts(company),
                realm = escape(&company.realm),
            )
        };
        state.companies.values().map(row).collect::<String>()
    });
    let page = layout(
        "Companies",
        &format!(
            "<h1>Companies</h1>
<table>
<tr><th>Company</th><th>Realm</th><th>Has</th></tr>
{rows}</table>
<h2>Connecting</h2>
<p>Client id <code>{CLIENT_ID}</code>. Endpoints are listed in the
<a href=\"/.well-known/openid_sandbox_configuration\">discovery document</a>; the accounting API is at
<code>/v3/company/&lt;realm&gt;/…</code>.</p>"
        ),
    );
    html(StatusCode::OK, page)
}

/// The entities of a company that have many rows.
fn listed(company: &Company) -> impl Iterator<Item = (&'static str, &Table)> {
    let listed = ENTITIES.iter().filter(|entity| entity.name_field.is_some());
    listed.filter_map(|entity| Some((entity.name, company.table(entity.name)?)))
}

fn counts(company: &Company) -> String {
    let counts: Vec<String> = listed(company).map(|(name, table)| format!("{} × {name}", table.len())).collect();
    counts.join(", ")
}

/// What is listed of documents, and of the rest.
const DOCUMENT: &[&str] = &["DocNumber", "TxnDate", "CustomerRef.name", "PrivateNote", "TotalAmt"];
const ITEM: &[&str] = &["FullyQualifiedName", "Type", "Sku", "Active", "UnitPrice", "QtyOnHand"];
const ACCOUNT: &[&str] = &["FullyQualifiedName", "AccountType", "AccountSubType", "CurrentBalance"];
const CONTACT: &[&str] = &["DisplayName", "CompanyName", "Active", "Balance"];

fn columns(entity: &EntityType) -> &'static [&'static str] {
    match entity.name {
        "Item" => ITEM,
        "Account" => ACCOUNT,
        _ if entity.is_transaction() => DOCUMENT,
        _ => CONTACT,
    }
}

/// `GET /companies/{realm}`: what is in one.
pub(super) async fn company(State(sandbox): State<Arc<Sandbox>>, Path(realm): Path<String>) -> Response {
    let page = sandbox.read(|state| state.companies.get(&realm).map(company_page));
    page.map_or_else(missing, |page| html(StatusCode::OK, page))
}

fn company_page(company: &Company) -> String {
    let mut body = format!("<h1>{}</h1>\n<p>{}</p>\n", escape(&company.name()), counts(company));
    if let Some(closed) = closed_until(company) {
        let _ = writeln!(body, "<p>The books are closed up to {}.</p>", escape(&closed));
    }
    for (entity, table) in shown(company) {
        list(&mut body, company, entity, table);
    }
    layout(&company.name(), &body)
}

fn closed_until(company: &Company) -> Option<String> {
    let preferences = company.single("Preferences")?;
    preferences.get("AccountingInfoPrefs")?.get("BookCloseDate")?.as_str().map(str::to_owned)
}

/// Documents first, then the lists.
fn shown(company: &Company) -> impl Iterator<Item = (&'static EntityType, &Table)> {
    let documents = ENTITIES.iter().copied().filter(|entity| entity.is_transaction());
    let lists = ENTITIES.iter().copied().filter(|entity| entity.name_field.is_some());
    documents.chain(lists).filter_map(|entity| Some((entity, company.table(entity.name)?)))
}

/// Documents are listed the latest first, everything else as it came.
fn list(body: &mut String, company: &Company, entity: &EntityType, table: &Table) {
    let mut ids: Vec<u64> = table.ids().collect();
    if entity.is_transaction() {
        ids.reverse();
    }
    let shown = ids.len().min(ROWS_SHOWN);
    let _ =
        write!(body, "<h2>{}</h2>\n<table>\n<caption>{shown} of {}</caption>\n<tr><th>Id</th>", entity.name, ids.len());
    for column in columns(entity) {
        let _ = write!(body, "<th>{}</th>", column.trim_end_matches(".name"));
    }
    body.push_str("</tr>\n");
    body.extend(ids.into_iter().take(ROWS_SHOWN).filter_map(|id| row(company, entity, table, id)));
    body.push_str("</table>\n");
}

fn row(company: &Company, entity: &EntityType, table: &Table, id: u64) -> Option<String> {
    let record = table.row(RowKey::Id(id))?.to_record();
    let place = if own_of(entity.name).is_empty() {
        id.to_string()
    } else {
        format!("<a href=\"/companies/{}/{}/{id}\">{id}</a>", escape(&company.realm), entity.name)
    };
    let mut line = format!("<tr><td class=\"number\">{place}</td>");
    for column in columns(entity) {
        let _ = write!(line, "<td>{}</td>", escape(&value(&record, column)));
    }
    Some(line + "</tr>\n")
}

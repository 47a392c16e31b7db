//! The first page, and one page per company.
//!
//! Rule: reading only. Pages of single documents join here as further routes.

use std::{fmt::Write, sync::Arc};

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};

use super::layout;
use crate::quickbooks::sandbox::{
    entities::ENTITIES,
    json,
    oauth::CLIENT_ID,
    shared::Sandbox,
    store::{Company, RowKey, Table},
};
use crate::sandbox::page::{escape, html};

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

/// `GET /companies/{realm}`: what is in one.
pub(super) async fn company(State(sandbox): State<Arc<Sandbox>>, Path(realm): Path<String>) -> Response {
    let page = sandbox.read(|state| state.companies.get(&realm).map(company_page));
    match page {
        Some(page) => html(StatusCode::OK, page),
        None => {
            let page = layout("Not found", "<h1>No such company</h1>\n<p><a href=\"/\">All companies</a></p>");
            html(StatusCode::NOT_FOUND, page)
        }
    }
}

fn company_page(company: &Company) -> String {
    let mut body = format!("<h1>{}</h1>\n<p>{}</p>\n", escape(&company.name()), counts(company));
    for (name, table) in listed(company) {
        let shown = table.len().min(ROWS_SHOWN);
        let _ = write!(body, "<h2>{name}</h2>\n<table>\n<caption>{shown} of {}</caption>\n", table.len());
        body.push_str(
            "<tr><th class=\"number\">Id</th><th>Name</th><th>Type</th><th class=\"number\">Amount</th></tr>\n",
        );
        body.extend(table.ids().take(ROWS_SHOWN).filter_map(|id| row(table, id)));
        body.push_str("</table>\n");
    }
    layout(&company.name(), &body)
}

fn row(table: &Table, id: u64) -> Option<String> {
    let record = table.row(RowKey::Id(id))?.to_record();
    let first =
        |fields: &[&str]| fields.iter().find_map(|field| json::text(&record, field)).unwrap_or_default().to_owned();
    let name = first(&["FullyQualifiedName", "DisplayName", "Name"]);
    let amount = ["QtyOnHand", "CurrentBalance", "Balance"].iter().find_map(|field| json::decimal(&record, field));
    let amount = amount.map(|amount| amount.to_string()).unwrap_or_default();
    Some(format!(
        "<tr><td class=\"number\">{id}</td><td>{}</td><td>{}</td><td class=\"number\">{amount}</td></tr>\n",
        escape(&name),
        escape(&first(&["Type", "AccountSubType", "CompanyName"])),
    ))
}

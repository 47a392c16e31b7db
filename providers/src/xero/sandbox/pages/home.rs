//! The first page, and one page per organisation.
//!
//! Rule: reading only; every record that can be changed leads to its form.

use std::{fmt::Write, sync::Arc};

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};

use super::{escape, html, layout, missing, value};
use crate::xero::sandbox::{
    entities::{self, Resource},
    json::{self, Record},
    oauth::CLIENT_ID,
    shared::Sandbox,
    store::Organisation,
};

/// Most rows of a table on a page.
const ROWS_SHOWN: usize = 200;

/// What is listed of each resource: the columns, the last one a number.
const LISTED: [(&Resource, &[&str]); 5] = [
    (&entities::INVOICES, &["InvoiceNumber", "Type", "Status", "Date", "Contact.Name", "CurrencyCode", "Total"]),
    (&entities::CREDIT_NOTES, &["CreditNoteNumber", "Type", "Status", "Date", "Contact.Name", "CurrencyCode", "Total"]),
    (&entities::MANUAL_JOURNALS, &["Narration", "Status", "Date"]),
    (&entities::ITEMS, &["Code", "Name", "SalesDetails.UnitPrice", "TotalCostPool", "QuantityOnHand"]),
    (&entities::CONTACTS, &["Name", "EmailAddress", "ContactStatus"]),
];

/// `GET /`: the organisations.
pub(super) async fn home(State(sandbox): State<Arc<Sandbox>>) -> Response {
    let rows = sandbox.read(|state| {
        let row = |organisation: &Organisation| {
            format!(
                "<tr><td><a href=\"/organisations/{id}\">{}</a></td><td><code>{id}</code></td><td>{}</td></tr>\n",
                escape(&organisation.name()),
                counts(organisation),
                id = escape(&organisation.id),
            )
        };
        state.organisations.values().map(row).collect::<String>()
    });
    let page = layout(
        "Organisations",
        &format!(
            "<h1>Organisations</h1>
<table>
<tr><th>Organisation</th><th>Tenant</th><th>Has</th></tr>
{rows}</table>
<h2>Connecting</h2>
<p>Client id <code>{CLIENT_ID}</code>. OAuth endpoints are listed in the
<a href=\"/.well-known/openid-configuration\">discovery document</a>; the accounting API is at
<code>/api.xro/2.0/…</code>, the connections at <code>/connections</code>.</p>"
        ),
    );
    html(StatusCode::OK, page)
}

fn counts(organisation: &Organisation) -> String {
    let counts =
        LISTED.iter().map(|(resource, _)| format!("{} × {}", organisation.table(resource).len(), resource.name));
    counts.collect::<Vec<_>>().join(", ")
}

/// `GET /organisations/{tenant}`: what is in one.
pub(super) async fn organisation(State(sandbox): State<Arc<Sandbox>>, Path(tenant): Path<String>) -> Response {
    let page = sandbox.read(|state| state.organisations.get(&tenant).map(organisation_page));
    page.map_or_else(missing, |page| html(StatusCode::OK, page))
}

fn organisation_page(organisation: &Organisation) -> String {
    let mut body = format!("<h1>{}</h1>\n<p>{}</p>\n", escape(&organisation.name()), counts(organisation));
    if let Some(locked) = organisation.locked_until() {
        let _ = writeln!(body, "<p>The books are locked up to {locked}.</p>");
    }
    for (resource, columns) in LISTED {
        let table = organisation.table(resource);
        let shown = table.len().min(ROWS_SHOWN);
        let _ = write!(
            body,
            "<h2>{}</h2>\n<table>\n<caption>the latest {shown} of {}</caption>\n<tr>",
            resource.name,
            table.len()
        );
        for column in columns {
            let _ = write!(body, "<th>{}</th>", column.replace('.', " "));
        }
        body.push_str("</tr>\n");
        body.extend(table.rows().rev().take(ROWS_SHOWN).map(|row| line(organisation, resource, columns, row)));
        body.push_str("</table>\n");
    }
    layout(&organisation.name(), &body)
}

fn line(organisation: &Organisation, resource: &Resource, columns: &[&str], row: &Record) -> String {
    let row = if resource.name == "Items" { entities::view_item(organisation, row) } else { row.clone() };
    let id = json::text(&row, resource.id).unwrap_or_default();
    let mut line = "<tr>".to_owned();
    for (index, column) in columns.iter().enumerate() {
        let text = escape(&value(&row, column));
        let text = if text.is_empty() && index == 0 { "—".to_owned() } else { text };
        let _ = match index {
            0 => write!(
                line,
                "<td><a href=\"/organisations/{}/{}/{}\">{text}</a></td>",
                escape(&organisation.id),
                resource.name,
                escape(id)
            ),
            _ => write!(line, "<td>{text}</td>"),
        };
    }
    line + "</tr>\n"
}

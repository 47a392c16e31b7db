//! The sandbox's pages for people: what is in the organisations, and forms to change it behind the client's back.
//!
//! Rule: plain HTML, readable without scripts; all text from outside is escaped; a form does what the API would do.

mod form;
mod home;

use std::sync::Arc;

use axum::{Router, response::Response, routing::get};

use super::shared::Sandbox;
pub(crate) use crate::sandbox::page::{escape, html, value};

/// The pages and their paths.
pub(crate) fn routes() -> Router<Arc<Sandbox>> {
    Router::new()
        .route("/", get(home::home))
        .route("/organisations/{tenant}", get(home::organisation))
        .route("/organisations/{tenant}/{resource}/{id}", get(form::show).post(form::save))
}

/// A whole page around a body.
pub(crate) fn layout(title: &str, body: &str) -> String {
    crate::sandbox::page::layout("Xero sandbox", title, body)
}

/// 404 for people.
fn missing() -> Response {
    let page = layout("Not found", "<h1>No such page</h1>\n<p><a href=\"/\">All organisations</a></p>");
    html(axum::http::StatusCode::NOT_FOUND, page)
}

//! The sandbox's pages for people: what is in the companies, and forms to change it behind the client's back.
//!
//! Rule: plain HTML, readable without scripts or any other file; all text from outside is escaped; a form does what the API
//! would do.

mod fields;
mod form;
mod home;

use std::sync::Arc;

use axum::{Router, http::StatusCode, response::Response, routing::get};

use super::shared::Sandbox;
use crate::sandbox::page;

/// The pages and their paths.
pub(crate) fn routes() -> Router<Arc<Sandbox>> {
    Router::new()
        .route("/", get(home::home))
        .route("/companies/{realm}", get(home::company))
        .route("/companies/{realm}/{entity}/{id}", get(form::show).post(form::save))
}

/// A whole page around a body.
pub(crate) fn layout(title: &str, body: &str) -> String {
    page::layout("QuickBooks Online sandbox", title, body)
}

/// 404 for people.
fn missing() -> Response {
    let page = layout("Not found", "<h1>No such page</h1>\n<p><a href=\"/\">All companies</a></p>");
    page::html(StatusCode::NOT_FOUND, page)
}

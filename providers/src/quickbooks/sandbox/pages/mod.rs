//! The sandbox's pages for people: what companies there are and what is in them.
//!
//! Rule: plain HTML, readable without scripts or any other file; all text from outside is escaped.

mod home;

use std::sync::Arc;

use axum::{Router, routing::get};

use super::shared::Sandbox;
use crate::sandbox::page;

/// The pages and their paths.
pub(crate) fn routes() -> Router<Arc<Sandbox>> {
    Router::new().route("/", get(home::home)).route("/companies/{realm}", get(home::company))
}

/// A whole page around a body.
pub(crate) fn layout(title: &str, body: &str) -> String {
    page::layout("QuickBooks Online sandbox", title, body)
}

//! The sandbox's pages for people: what companies there are and what is in them.
//!
//! Rule: plain HTML, readable without scripts or any other file; all text from outside is escaped.

mod home;

use std::sync::Arc;

use axum::{Router, routing::get};

use super::server::Sandbox;

/// Colours and measures of all pages.
const STYLE: &str = include_str!("style.css");

/// The pages and their paths.
pub(crate) fn routes() -> Router<Arc<Sandbox>> {
    Router::new().route("/", get(home::home)).route("/companies/{realm}", get(home::company))
}

/// A whole page around a body.
pub(crate) fn layout(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<title>{title} · QuickBooks Online sandbox</title>
<style>
{STYLE}</style>
</head>
<body>
<header><a href=\"/\">QuickBooks Online sandbox</a> <span>a local stand-in; nothing here is real</span></header>
<main>
{body}
</main>
</body>
</html>
"
    )
}

/// Text made safe for HTML, also inside attributes.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

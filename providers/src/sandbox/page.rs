//! The frame of every sandbox's pages for people.
//!
//! Rule: plain HTML, readable without scripts or any other file; all text from outside is escaped.

use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};

/// Colours and measures of all pages.
const STYLE: &str = include_str!("page.css");

/// A whole page around a body; `product` names the sandbox.
pub(crate) fn layout(product: &str, title: &str, body: &str) -> String {
    let (product, title) = (escape(product), escape(title));
    format!(
        "<!doctype html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<title>{title} · {product}</title>
<style>
{STYLE}</style>
</head>
<body>
<header><a href=\"/\">{product}</a> <span>a local stand-in; nothing here is real</span></header>
<main>
{body}
</main>
</body>
</html>
"
    )
}

/// A page as an answer: nothing is loaded, nothing frames it.
pub(crate) fn html(status: StatusCode, page: String) -> Response {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";
    let headers = [(header::CONTENT_SECURITY_POLICY, policy), (header::REFERRER_POLICY, "same-origin")];
    (status, headers, Html(page)).into_response()
}

/// Text made safe for HTML, also inside attributes.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

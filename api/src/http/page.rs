//! Small pages for people, where there is no console to show something.
//!
//! Rule: everything put into a page is escaped, and the page may run nothing.

use axum::{
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

/// A page may show its own style and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

/// A page with a heading and sentences.
pub(super) fn page(status: StatusCode, title: &str, sentences: &[&str]) -> Response {
    let paragraphs: String = sentences.iter().map(|sentence| format!("<p>{}</p>", escape(sentence))).collect();
    let title = escape(title);
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title} · Stockbridge</title><style>body{{font:16px/1.5 system-ui;max-width:40rem;margin:15vh auto;padding:0 1rem}}</style>\
         <h1>{title}</h1>{paragraphs}</html>"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, html).into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// Answers what nothing else answers.
pub(super) async fn not_found(uri: Uri) -> Response {
    let nothing = format!("There is nothing at {}.", uri.path());
    page(StatusCode::NOT_FOUND, "Not found", &[&nothing, "The API is at /graphql, the console at /console."])
}

//! The console and GraphiQL, built from `web/` into the binary.
//!
//! Rule: files whose name holds their hash are kept for ever, everything else is asked for again; pages run only what came
//! from here. Without a built console the program still works and says how to build it.

use std::borrow::Cow;

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::page::page;

/// What `make console` built; empty if it did not.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../web/dist"]
#[allow_missing = true]
struct Dist;

/// Scripts and connections of this origin alone; the editor's workers come as blobs, the interface's styles inline.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
    font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";

/// Seconds of a year.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

pub(super) fn routes() -> Router {
    Router::new()
        .route("/", get(|| async { Redirect::temporary("/console") }))
        .route("/console", get(|headers: HeaderMap| async move { shell("index.html", &headers) }))
        .route("/console/", get(|headers: HeaderMap| async move { shell("index.html", &headers) }))
        .route("/console/{*path}", get(console))
        .route("/assets/{*path}", get(asset))
        .route("/graphiql", get(|headers: HeaderMap| async move { shell("graphiql.html", &headers) }))
        .route("/favicon.svg", get(|headers: HeaderMap| async move { exact("favicon.svg", &headers) }))
        .route("/favicon.ico", get(|headers: HeaderMap| async move { exact("favicon.ico", &headers) }))
}

/// A file of the console, or its page, which finds its own way by the path.
async fn console(Path(path): Path<String>, headers: HeaderMap) -> Response {
    match Dist::get(&path) {
        Some(file) => answer(&path, file, &headers),
        None if looks_like_a_file(&path) => missing(),
        None => shell("index.html", &headers),
    }
}

async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    exact(&format!("assets/{path}"), &headers)
}

fn exact(path: &str, headers: &HeaderMap) -> Response {
    Dist::get(path).map_or_else(missing, |file| answer(path, file, headers))
}

fn shell(path: &str, headers: &HeaderMap) -> Response {
    Dist::get(path).map_or_else(not_built, |file| answer(path, file, headers))
}

fn missing() -> Response {
    page(StatusCode::NOT_FOUND, "Not found", &["The console has no such file; reload the page."])
}

fn not_built() -> Response {
    let build = "This program was built without its console. Run `make console`, then build it again.";
    page(StatusCode::NOT_FOUND, "The console is not built", &[build, "The API is at /graphql and works without it."])
}

fn looks_like_a_file(path: &str) -> bool {
    path.starts_with("assets/") || path.rsplit('/').next().is_some_and(|name| name.contains('.'))
}

fn answer(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let digest = file.metadata.sha256_hash();
    let tag = format!("\"{}\"", hex::encode(digest.get(..16).unwrap_or(&digest)));
    let keep = if path.starts_with("assets/") { IMMUTABLE } else { "no-cache" };
    let known = headers.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    let common = [(header::ETAG, tag.clone()), (header::CACHE_CONTROL, keep.to_owned())];
    if known.is_some_and(|tags| tags.split(',').any(|known| known.trim().trim_start_matches("W/") == tag)) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let kind = if kind.type_() == "text" { format!("{kind}; charset=utf-8") } else { kind.to_string() };
    let body: Cow<'static, [u8]> = file.data;
    let security = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
        (header::X_FRAME_OPTIONS, "DENY".to_owned()),
    ];
    (StatusCode::OK, common, security, body).into_response()
}

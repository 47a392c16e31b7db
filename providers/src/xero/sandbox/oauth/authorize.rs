//! The authorize endpoint: checks the request, asks the person, sends the browser back (reference 1.1).
//!
//! Rule: an unknown client or address is never redirected to; every other problem is reported at the address.

use std::{collections::HashMap, sync::Arc};

use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use url::{Host, Url};
use uuid::Uuid;

use super::{CLIENT_ID, grants::Consent, page, respond, scope};
use crate::{
    sandbox::{origin, page::html},
    xero::sandbox::shared::Sandbox,
};

/// A request for consent that may be put to the person.
pub(super) struct Asked {
    /// Where the answer goes.
    pub(super) redirect_uri: Url,
    /// As given, because it must be given again when the code is exchanged.
    redirect_text: String,
    /// Echoed in the answer, where given.
    state: Option<String>,
    /// What is asked for.
    pub(super) scopes: Vec<String>,
    challenge: Option<String>,
}

/// Why a request is not put to the person.
enum Refusal {
    /// Told on a page: there is no address to trust.
    Page(&'static str),
    /// Told to the application.
    Back(Box<Url>),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Page(reason) => html(StatusCode::BAD_REQUEST, page::refused(reason)),
            Self::Back(url) => Redirect::to(url.as_str()).into_response(),
        }
    }
}

/// `GET`: the page with the organisations to choose from.
pub(super) async fn show(State(sandbox): State<Arc<Sandbox>>, RawQuery(query): RawQuery) -> Response {
    let fields = respond::form(query.unwrap_or_default().as_bytes());
    match check(&sandbox, &fields) {
        Ok(asked) => html(StatusCode::OK, page::consent(&fields, &asked, &sandbox.organisations())),
        Err(refusal) => refusal.into_response(),
    }
}

/// `POST`: the person's decision.
pub(super) async fn decide(State(sandbox): State<Arc<Sandbox>>, headers: HeaderMap, body: Bytes) -> Response {
    if !origin::is_own(&headers) {
        return html(StatusCode::FORBIDDEN, page::refused("This form was sent from another site."));
    }
    let fields = respond::form(&body);
    match check(&sandbox, &fields) {
        Ok(asked) => decision(&sandbox, &asked, &fields, chosen(&sandbox, &body)),
        Err(refusal) => refusal.into_response(),
    }
}

fn check(sandbox: &Sandbox, fields: &HashMap<String, String>) -> Result<Asked, Refusal> {
    let field = |name: &str| fields.get(name).map(String::as_str).filter(|value| !value.is_empty());
    if field("client_id") != Some(CLIENT_ID) {
        return Err(Refusal::Page("unauthorized_client: the client_id is not known to this sandbox."));
    }
    let redirect_text = field("redirect_uri").ok_or(Refusal::Page("The redirect_uri is missing."))?;
    let redirect_uri = allowed_redirect(sandbox, redirect_text).ok_or(Refusal::Page(
        "Invalid redirect_uri. Allowed are http and https addresses of localhost (not of 127.0.0.1) and those registered \
         with the control command register-redirect-uri.",
    ))?;
    let state = field("state").map(str::to_owned);
    let refuse = |error: &str| Refusal::Back(Box::new(refusal_url(&redirect_uri, error, state.as_deref())));
    if field("response_type") != Some("code") {
        return Err(refuse("unsupported_response_type"));
    }
    let challenge = field("code_challenge").map(str::to_owned);
    if challenge.is_some() && field("code_challenge_method") != Some("S256") {
        return Err(refuse("invalid_request"));
    }
    let scopes = scope::parse(field("scope").unwrap_or_default()).ok_or_else(|| refuse("invalid_scope"))?;
    Ok(Asked { redirect_text: redirect_text.to_owned(), state, scopes, challenge, redirect_uri })
}

/// `localhost` with http or https, or an address that is registered exactly; 127.0.0.1 is refused (reference 1.1).
fn allowed_redirect(sandbox: &Sandbox, text: &str) -> Option<Url> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let local = matches!(url.host()?, Host::Domain(name) if name == "localhost" || name.ends_with(".localhost"));
    let registered = || sandbox.read(|state| state.grants.redirect_uris.iter().any(|known| known == text));
    (local || registered()).then_some(url)
}

/// The organisations of the form, as far as there are such.
fn chosen(sandbox: &Sandbox, body: &[u8]) -> Vec<String> {
    let mut chosen: Vec<String> = Vec::new();
    for (name, value) in url::form_urlencoded::parse(body) {
        if name == "tenant" && sandbox.has_organisation(&value) && !chosen.contains(&value.clone().into_owned()) {
            chosen.push(value.into_owned());
        }
    }
    chosen
}

fn decision(sandbox: &Sandbox, asked: &Asked, fields: &HashMap<String, String>, tenants: Vec<String>) -> Response {
    if fields.get("decision").map(String::as_str) != Some("agree") {
        let url = refusal_url(&asked.redirect_uri, "access_denied", asked.state.as_deref());
        return Redirect::to(url.as_str()).into_response();
    }
    if scope::needs_organisation(&asked.scopes) && tenants.is_empty() {
        return Refusal::Page("Choose at least one of the organisations.").into_response();
    }
    let now = sandbox.clock.now();
    let consent = Consent { event: Uuid::new_v4(), scopes: asked.scopes.clone(), tenants, at: now };
    let challenge = asked.challenge.clone();
    let code = sandbox.change(|state| state.grants.issue_code(consent, &asked.redirect_text, challenge, now));
    let mut back = asked.redirect_uri.clone();
    back.query_pairs_mut().append_pair("code", &code).append_pair("scope", &asked.scopes.join(" "));
    if let Some(state) = &asked.state {
        back.query_pairs_mut().append_pair("state", state);
    }
    back.query_pairs_mut().append_pair("session_state", &URL_SAFE_NO_PAD.encode(Uuid::new_v4().as_bytes()));
    Redirect::to(back.as_str()).into_response()
}

fn refusal_url(redirect_uri: &Url, error: &str, state: Option<&str>) -> Url {
    let mut url = redirect_uri.clone();
    url.query_pairs_mut().append_pair("error", error);
    if let Some(state) = state {
        url.query_pairs_mut().append_pair("state", state);
    }
    url
}

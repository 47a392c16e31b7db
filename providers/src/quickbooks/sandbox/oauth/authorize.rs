//! The authorize endpoint: checks the request, asks the person, sends the browser back (reference 1.2).
//!
//! Rule: an unknown client or address is never redirected to; every other problem is reported at the address.

use std::{collections::HashMap, net::IpAddr, sync::Arc};

use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use url::{Host, Url};

use super::{Access, CLIENT_ID, page, respond, scope};
use crate::{
    quickbooks::sandbox::shared::Sandbox,
    sandbox::{origin, page::html},
};

/// A request for consent that may be put to the person.
pub(super) struct Consent {
    /// Where the answer goes.
    pub(super) redirect_uri: Url,
    /// As given, because it must be given again when the code is exchanged.
    pub(super) redirect_text: String,
    /// Echoed in the answer.
    pub(super) state: String,
    /// What is asked for.
    pub(super) scopes: Vec<String>,
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

/// `GET`: the page with the companies to choose from.
pub(super) async fn show(State(sandbox): State<Arc<Sandbox>>, RawQuery(query): RawQuery) -> Response {
    let fields = respond::form(query.unwrap_or_default().as_bytes());
    match check(&sandbox, &fields) {
        Ok(consent) => html(StatusCode::OK, page::consent(&fields, &consent, &sandbox.companies())),
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
        Ok(consent) => decision(&sandbox, &consent, &fields),
        Err(refusal) => refusal.into_response(),
    }
}

fn check(sandbox: &Sandbox, fields: &HashMap<String, String>) -> Result<Consent, Refusal> {
    let field = |name: &str| fields.get(name).map(String::as_str).filter(|value| !value.is_empty());
    if field("client_id") != Some(CLIENT_ID) {
        return Err(Refusal::Page("The client_id is not known to this sandbox."));
    }
    let redirect_text = field("redirect_uri").ok_or(Refusal::Page("The redirect_uri is missing."))?;
    let redirect_uri = allowed_redirect(sandbox, redirect_text).ok_or(Refusal::Page(
        "The redirect_uri is not registered. Loopback addresses are allowed without registration.",
    ))?;
    let state = field("state").unwrap_or_default().to_owned();
    let refuse = |error: &str| Refusal::Back(Box::new(refusal_url(&redirect_uri, error, &state)));
    if field("response_type") != Some("code") {
        return Err(refuse("unsupported_response_type"));
    }
    if state.is_empty() {
        return Err(refuse("invalid_request"));
    }
    let scopes = scope::parse(field("scope").unwrap_or_default()).ok_or_else(|| refuse("invalid_scope"))?;
    Ok(Consent { redirect_text: redirect_text.to_owned(), state, scopes, redirect_uri })
}

/// Any http or https address on this machine, or one registered exactly.
fn allowed_redirect(sandbox: &Sandbox, text: &str) -> Option<Url> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let local = match url.host()? {
        Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => IpAddr::V4(address).is_loopback(),
        Host::Ipv6(address) => IpAddr::V6(address).is_loopback(),
    };
    let registered = || sandbox.read(|state| state.grants.redirect_uris.iter().any(|known| known == text));
    (local || registered()).then_some(url)
}

fn decision(sandbox: &Sandbox, consent: &Consent, fields: &HashMap<String, String>) -> Response {
    if fields.get("decision").map(String::as_str) != Some("agree") {
        return Redirect::to(refusal_url(&consent.redirect_uri, "access_denied", &consent.state).as_str())
            .into_response();
    }
    let realm = match scope::needs_company(&consent.scopes) {
        false => None,
        true => match fields.get("realm").filter(|realm| sandbox.has_company(realm)) {
            Some(realm) => Some(realm.clone()),
            None => return Refusal::Page("Choose one of the companies.").into_response(),
        },
    };
    let access = Access { realm: realm.clone(), scopes: consent.scopes.clone() };
    let now = sandbox.clock.now();
    let code = sandbox.change(|state| state.grants.issue_code(access, &consent.redirect_text, now));
    let mut back = consent.redirect_uri.clone();
    back.query_pairs_mut().append_pair("code", &code).append_pair("state", &consent.state);
    if let Some(realm) = realm {
        back.query_pairs_mut().append_pair("realmId", &realm);
    }
    Redirect::to(back.as_str()).into_response()
}

fn refusal_url(redirect_uri: &Url, error: &str, state: &str) -> Url {
    let mut url = redirect_uri.clone();
    url.query_pairs_mut().append_pair("error", error);
    if !state.is_empty() {
        url.query_pairs_mut().append_pair("state", state);
    }
    url
}

//! Calls to the Accounting API, as data. Pure.
//!
//! Rule: every call pins the minor version (§2) and asks for JSON; ids and statements are escaped by the URL library.

use reqwest::{
    Method,
    header::{ACCEPT, HeaderValue},
};
use url::Url;

use super::entity::Entity;
use crate::{
    model::Collection,
    session::Session,
    transport::{Body, Call},
};

/// The newest minor version; lower numbers are served as this one (§2).
const MINOR_VERSION: &str = "75";

/// Largest page that a query answers (§6).
pub(super) const PAGE_SIZE: u64 = 1000;

/// The company's own data (§9.7).
pub(super) fn company_info(api: &Url, session: &Session) -> Call {
    read(api, session, "company.read", &["companyinfo", &session.company])
}

/// The company's settings (§9.8).
pub(super) fn preferences(api: &Url, session: &Session) -> Call {
    read(api, session, "preferences.read", &["preferences"])
}

/// How many records a collection has, inactive ones included (§4, §6).
pub(super) fn count(api: &Url, session: &Session, collection: Collection) -> Call {
    let entity = entity(collection).name();
    let statement = format!("SELECT COUNT(*) FROM {entity} WHERE Active IN (true,false)");
    query(api, session, operation(collection, "count"), &statement)
}

/// The page that begins with record `start`, counted from 1 (§6). Ordered by id, so that pages do not overlap.
pub(super) fn page(api: &Url, session: &Session, collection: Collection, start: u64) -> Call {
    let entity = entity(collection).name();
    let statement = format!(
        "SELECT * FROM {entity} WHERE Active IN (true,false) ORDERBY Id STARTPOSITION {start} MAXRESULTS {PAGE_SIZE}"
    );
    query(api, session, operation(collection, "query"), &statement)
}

/// A query of one's own (§6).
pub(super) fn statement(api: &Url, session: &Session, operation: &'static str, statement: &str) -> Call {
    query(api, session, operation, statement)
}

/// One record (§2).
pub(super) fn record(api: &Url, session: &Session, entity: Entity, id: &str) -> Call {
    read(api, session, entity.read(), &[entity.path(), id])
}

/// What changed since a moment (§11).
pub(super) fn changes(api: &Url, session: &Session, entities: &[Entity], since: &str) -> Call {
    let names: Vec<&str> = entities.iter().map(|entity| entity.name()).collect();
    let mut call = read(api, session, "changes.read", &["cdc"]);
    call.url.query_pairs_mut().append_pair("entities", &names.join(",")).append_pair("changedSince", since);
    call
}

/// A report (§14).
pub(super) fn report(
    api: &Url,
    session: &Session,
    operation: &'static str,
    name: &str,
    parameters: &[(&str, String)],
) -> Call {
    let mut call = read(api, session, operation, &["reports", name]);
    call.url.query_pairs_mut().extend_pairs(parameters);
    call
}

/// Creates a record. The request id makes a repeat harmless: it is answered as the first time (§3).
pub(super) fn create(
    api: &Url,
    session: &Session,
    operation: &'static str,
    entity: Entity,
    request_id: &str,
    body: String,
) -> Call {
    let mut call = read(api, session, operation, &[entity.path()]).body(Body::Json(body));
    call.method = Method::POST;
    call.write = true;
    call.safe_to_repeat = true;
    call.url.query_pairs_mut().append_pair("requestid", request_id);
    call
}

/// A text as a literal of a statement (§6: a backslash escapes).
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
}

/// The name of an operation on a collection, as the call log shows it.
pub(super) fn operation(collection: Collection, act: &str) -> &'static str {
    let entity = entity(collection);
    if act == "count" { entity.count() } else { entity.query() }
}

/// The kind of record that a collection holds.
pub(super) fn entity(collection: Collection) -> Entity {
    match collection {
        Collection::Items => Entity::Item,
        Collection::Accounts => Entity::Account,
        Collection::Suppliers => Entity::Vendor,
    }
}

fn query(api: &Url, session: &Session, operation: &'static str, statement: &str) -> Call {
    let mut call = read(api, session, operation, &["query"]);
    call.url.query_pairs_mut().append_pair("query", statement);
    call
}

fn read(api: &Url, session: &Session, operation: &'static str, path: &[&str]) -> Call {
    let mut url = api.clone();
    // An address without a path is refused when the settings are read.
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(["v3", "company", &session.company]).extend(path);
    }
    url.query_pairs_mut().append_pair("minorversion", MINOR_VERSION);
    Call::read(operation, Method::GET, url, session).header(ACCEPT, HeaderValue::from_static("application/json"))
}

//! Calls to the Accounting API, as data (§2). Pure.
//!
//! Rule: every call names its tenant and asks for JSON; ids and expressions are escaped by the URL library, and what
//! stands inside an expression is a date or a word of ours, never a text of somebody else.

use chrono::{DateTime, NaiveDate, Utc};
use reqwest::{
    Method,
    header::{ACCEPT, HeaderName, HeaderValue, IF_MODIFIED_SINCE},
};
use sha2::{Digest, Sha256};
use url::Url;

use super::walk::Place;
use crate::{
    model::SalesDocumentKind,
    session::Session,
    transport::{Body, Call},
};

/// Records of one page; the service allows 1000 (§2.1). Half of it keeps an answer with all its lines within a few
/// megabytes and seconds.
pub(super) const PAGE_SIZE: usize = 500;

/// Characters that an idempotency key may have (§2.3).
const KEY_CHARS_MAX: usize = 128;

const TENANT: HeaderName = HeaderName::from_static("xero-tenant-id");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The organisation (§3.6).
pub(super) fn organisation(api: &Url, session: &Session) -> Call {
    get(api, session, "organisation.read", &["Organisation"])
}

/// The currencies that it uses (§3.6).
pub(super) fn currencies(api: &Url, session: &Session) -> Call {
    get(api, session, "currency.list", &["Currencies"])
}

/// All items, with four decimals in their prices (§2, §2.1).
pub(super) fn items(api: &Url, session: &Session, since: Option<DateTime<Utc>>) -> Call {
    with(modified(get(api, session, "item.list", &["Items"]), since), "unitdp", "4")
}

/// All accounts (§2.1, §3.2).
pub(super) fn accounts(api: &Url, session: &Session, since: Option<DateTime<Utc>>) -> Call {
    modified(get(api, session, "account.list", &["Accounts"]), since)
}

/// A page of contacts, archived ones included (§2.1, §3.6).
pub(super) fn contacts(api: &Url, session: &Session, place: Place) -> Call {
    with(page(get(api, session, "contact.list", &["Contacts"]), place), "includeArchived", "true")
}

/// A page of invoices or credit notes to customers, of the dates from `from` (§2.1). Deleted ones are left out unless
/// `deleted`; credit notes know no such filter (§2.1), so there the reader leaves them out.
pub(super) fn sales(
    api: &Url,
    session: &Session,
    kind: SalesDocumentKind,
    from: Option<NaiveDate>,
    place: Place,
    deleted: bool,
) -> Call {
    let (operation, path, word) = sales_words(kind);
    let mut filter = format!("Type==\"{word}\"");
    if let Some(from) = from {
        filter.push_str(&format!(" AND Date>={}", date(from)));
    }
    let call = with(page(get(api, session, operation, &[path]), place), "where", &filter);
    let call = with(call, "unitdp", "4");
    if kind != SalesDocumentKind::Invoice {
        return call;
    }
    let statuses = if deleted { ",DELETED" } else { "" };
    with(call, "Statuses", &format!("DRAFT,SUBMITTED,AUTHORISED,PAID,VOIDED{statuses}"))
}

/// One invoice or credit note (§3.4, §3.5).
pub(super) fn sale(api: &Url, session: &Session, kind: SalesDocumentKind, id: &str) -> Call {
    let (operation, path) = if kind == SalesDocumentKind::Invoice {
        ("invoice.read", "Invoices")
    } else {
        ("creditnote.read", "CreditNotes")
    };
    with(get(api, session, operation, &[path, id]), "unitdp", "4")
}

/// A page of manual journals, of one day where it is given (§2.1, §3.3).
pub(super) fn journals(api: &Url, session: &Session, day: Option<NaiveDate>, place: Place) -> Call {
    let call = page(get(api, session, "journal.list", &["ManualJournals"]), place);
    match day {
        Some(day) => with(call, "where", &format!("Date=={}", date(day))),
        None => call,
    }
}

/// A page of manual journals between two days, both included (§2.1, §3.3).
pub(super) fn journals_between(api: &Url, session: &Session, span: (NaiveDate, NaiveDate), place: Place) -> Call {
    let call = page(get(api, session, "journal.list", &["ManualJournals"]), place);
    with(call, "where", &between(span))
}

/// A page of invoices and bills, or of credit notes of both sides, between two days, both included (§2.1, §3.4, §3.5).
pub(super) fn trades_between(
    api: &Url,
    session: &Session,
    kind: SalesDocumentKind,
    span: (NaiveDate, NaiveDate),
    place: Place,
) -> Call {
    let (operation, path, _) = sales_words(kind);
    let call = page(get(api, session, operation, &[path]), place);
    with(with(call, "where", &between(span)), "unitdp", "4")
}

/// One manual journal (§3.3).
pub(super) fn journal(api: &Url, session: &Session, id: &str) -> Call {
    get(api, session, "journal.read", &["ManualJournals", id])
}

/// Creates a manual journal (§2, §2.2, §2.3). Not safe to repeat: the key is remembered for six minutes only, less than
/// all attempts may take, and an internal error is remembered with it.
pub(super) fn create_journal(api: &Url, session: &Session, key_text: &str, body: String) -> Call {
    let call = Call {
        method: Method::PUT,
        write: true,
        safe_to_repeat: false,
        ..get(api, session, "journal.create", &["ManualJournals"])
    };
    with(call, "summarizeErrors", "false").header(IDEMPOTENCY_KEY, key(key_text)).body(Body::Json(body))
}

/// The trial balance at the end of a day (§1.3 names its scope; its shape is from memory).
pub(super) fn trial_balance(api: &Url, session: &Session, day: Option<NaiveDate>) -> Call {
    let call = get(api, session, "report.trialbalance", &["Reports", "TrialBalance"]);
    match day {
        Some(day) => with(call, "date", &day.to_string()),
        None => call,
    }
}

fn sales_words(kind: SalesDocumentKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        SalesDocumentKind::Invoice => ("invoice.list", "Invoices", "ACCREC"),
        _ => ("creditnote.list", "CreditNotes", "ACCRECCREDIT"),
    }
}

fn get(api: &Url, session: &Session, operation: &'static str, path: &[&str]) -> Call {
    let mut url = api.clone();
    // An address without a path is refused when the settings are read.
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
    // An id that is no header text is no tenant's; without it the service refuses the call.
    let tenant = HeaderValue::from_str(&session.company).unwrap_or(HeaderValue::from_static(""));
    Call::read(operation, Method::GET, url, session)
        .header(ACCEPT, HeaderValue::from_static("application/json"))
        .header(TENANT, tenant)
}

fn with(mut call: Call, name: &str, value: &str) -> Call {
    call.url.query_pairs_mut().append_pair(name, value);
    call
}

/// A page, in the order of changes (see [`super::walk`]).
fn page(call: Call, place: Place) -> Call {
    let call = with(call, "page", &place.page.to_string());
    let call = with(call, "pageSize", &PAGE_SIZE.to_string());
    modified(with(call, "order", "UpdatedDateUTC ASC"), place.since)
}

/// UTC to the second, without a zone, as Xero's own clients send it (§2, §2.1).
fn modified(call: Call, since: Option<DateTime<Utc>>) -> Call {
    let Some(since) = since else { return call };
    match HeaderValue::from_str(&since.format("%Y-%m-%dT%H:%M:%S").to_string()) {
        Ok(value) => call.header(IF_MODIFIED_SINCE, value),
        // Digits and signs are always header text; without the header more is read, never less.
        Err(_) => call,
    }
}

/// A day in the language of `where` (§2.1).
fn date(day: NaiveDate) -> String {
    day.format("DateTime(%Y,%m,%d)").to_string()
}

/// A span of days in the language of `where` (§2.1).
fn between((from, to): (NaiveDate, NaiveDate)) -> String {
    format!("Date>={} AND Date<={}", date(from), date(to))
}

/// A text as a key: itself where it fits, else its hash.
fn key(text: &str) -> HeaderValue {
    let fits = text.len() <= KEY_CHARS_MAX && text.bytes().all(|byte| byte.is_ascii_graphic());
    let text = if fits { text.to_owned() } else { hex::encode(Sha256::digest(text.as_bytes())) };
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

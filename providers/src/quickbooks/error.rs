//! What an answer of the Accounting API means (§4, §5). Pure.
//!
//! Rule: the code decides, then the HTTP status, then the fault's type; the text is for people alone. An answer that is
//! no fault and no JSON came from the edge and says nothing about the request.

use crate::{
    error::{ErrorKind, Outcome, ProviderError, Retry},
    transport::{Reply, retry_after},
};

use super::wire::{Fault, FaultAnswer, FaultError};

/// Accepts a success without a fault inside; anything else is an error.
///
/// # Errors
/// The kind that the code or status stands for.
pub(super) fn check(reply: &Reply) -> Result<(), ProviderError> {
    if let Some(fault) = fault_in(reply) {
        return Err(from_fault(reply, &fault));
    }
    if reply.is_success() { Ok(()) } else { Err(from_status(reply)) }
}

/// An answer that cannot be read, or lacks what it must have.
pub(super) fn malformed(what: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Malformed, "", what).retry(Retry::Backoff(None)).outcome(Outcome::Unknown)
}

/// The fault in an answer, looked for in a success too (§4.1). A page of records is searched before it is parsed: a
/// fault is rare, and parsing twice is not free.
fn fault_in(reply: &Reply) -> Option<Fault<'_>> {
    let text = std::str::from_utf8(&reply.bytes).ok()?;
    if !text.contains("\"Fault\"") && !text.contains("\"fault\"") {
        return None;
    }
    serde_json::from_str::<FaultAnswer<'_>>(text).ok()?.fault
}

/// What a fault means, wherever in the answer it stood.
pub(super) fn from_fault(reply: &Reply, fault: &Fault<'_>) -> ProviderError {
    let code = fault.errors.first().and_then(|error| error.code.text()).map(|code| trimmed(&code));
    let error = meaning(reply, code.as_deref(), fault);
    let said = fault.errors.iter().map(sentence).collect::<Vec<_>>().join("; ");
    let message = match (said.is_empty(), error.message.is_empty()) {
        (false, false) => format!("{said}. {}", error.message),
        (false, true) => said,
        (true, false) => error.message,
        (true, true) => "QuickBooks refused without a reason".to_owned(),
    };
    ProviderError { message, code, ..error }
}

/// What a code stands for (§5), with the way out as its message where we know one. Codes that are not named are those
/// of requests that would be refused again, whatever their number: the status and the type decide.
fn meaning(reply: &Reply, code: Option<&str>, fault: &Fault<'_>) -> ProviderError {
    let never = |kind, way_out| ProviderError::new(kind, "", way_out);
    match code {
        Some("3001") => rate_limited(reply),
        Some("3200" | "3202" | "100" | "110") => token_rejected(),
        Some("120") => never(ErrorKind::ConnectionExpired, "Connect again as a user who administers the company"),
        Some("3100") => never(ErrorKind::ConnectionExpired, "The app has no access to this company; connect again"),
        Some("130") => never(ErrorKind::Misconfigured, "The company is not in the configured environment"),
        Some("140") => never(ErrorKind::CompanyBlocked, "The company is locked out"),
        Some("6190") => never(ErrorKind::CompanyBlocked, "Renew the company's subscription at QuickBooks"),
        Some("150" | "10000") => unavailable(reply, ""),
        // An earlier request with this id may have been carried out.
        Some("600") => never(ErrorKind::Rejected, "").outcome(Outcome::Unknown),
        Some("610") => never(ErrorKind::NotFound, ""),
        Some("5010") => never(ErrorKind::Stale, ""),
        Some("6200" | "6210") => never(ErrorKind::PeriodClosed, "The books are closed at this date"),
        Some(code) if way_out(code).is_some() => never(ErrorKind::Rejected, way_out(code).unwrap_or_default()),
        _ => by_status(reply, fault),
    }
}

/// What a person can do about a refusal (§5).
fn way_out(code: &str) -> Option<&'static str> {
    Some(match code {
        "2300" => "Debits and credits must be equal",
        "2500" => "Something that the document names is unknown or inactive at QuickBooks; sync and choose another",
        "5020" | "5030" => {
            "The company's edition of QuickBooks does not include this; inventory needs Plus or Advanced"
        }
        "6140" => "Another document has this number; look it up before posting again",
        "6270" => "Choose a date at or after the item's inventory start date",
        "6540" => "Take the document out of its bank deposit at QuickBooks first",
        "10200" => "The company was reset at QuickBooks; sync everything anew",
        _ => return None,
    })
}

/// A fault whose code decides nothing.
fn by_status(reply: &Reply, fault: &Fault<'_>) -> ProviderError {
    let system = fault.kind.text().is_some_and(|kind| kind.eq_ignore_ascii_case("SystemFault"));
    match reply.status {
        401 => token_rejected(),
        429 => rate_limited(reply),
        500.. => unavailable(reply, ""),
        _ if system => unavailable(reply, ""),
        _ => ProviderError::new(ErrorKind::Rejected, "", ""),
    }
}

/// A failure without a fault: it was made before the accounting service (§4.1, §4.2).
fn from_status(reply: &Reply) -> ProviderError {
    let text = format!("QuickBooks answered HTTP {} without saying why", reply.status);
    match reply.status {
        401 => ProviderError { message: text, ..token_rejected() },
        403 | 408 | 500.. => unavailable(reply, &text),
        404 => ProviderError::new(ErrorKind::Misconfigured, "", format!("{text}; check the `api` endpoint")),
        429 => ProviderError { message: "too many requests".to_owned(), ..rate_limited(reply) },
        _ => malformed(&text),
    }
}

fn rate_limited(reply: &Reply) -> ProviderError {
    ProviderError::new(ErrorKind::RateLimited, "", "").retry(Retry::Backoff(retry_after(reply)))
}

fn token_rejected() -> ProviderError {
    ProviderError::new(ErrorKind::TokenRejected, "", "").retry(Retry::AfterRefresh)
}

fn unavailable(reply: &Reply, text: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Unavailable, "", text)
        .retry(Retry::Backoff(retry_after(reply)))
        .outcome(Outcome::Unknown)
}

/// Codes may have leading zeros, which mean nothing (§4.1).
fn trimmed(code: &str) -> String {
    let significant = code.trim_start_matches('0');
    if significant.is_empty() { code.to_owned() } else { significant.to_owned() }
}

/// One error as a sentence: message, detail, field.
fn sentence(error: &FaultError<'_>) -> String {
    let message = error.message.text().unwrap_or_default();
    let detail = error.detail.text().filter(|detail| *detail != message);
    let mut text = message.into_owned();
    if let Some(detail) = detail {
        text.push_str(if text.is_empty() { "" } else { ": " });
        text.push_str(&detail);
    }
    if let Some(element) = error.element.text() {
        text.push_str(&format!(" (field {element})"));
    }
    text
}

//! What an answer of the Accounting API means (§2.4, §2.5). Pure.
//!
//! Rule: the HTTP status decides; there are no stable codes (§5), so a text decides only what nothing else tells: that
//! a document's day is locked, that a key was used before, what a refused token lacks.

use std::time::Duration;

use serde::Deserialize;

use super::scalar::Scalar;
use crate::{
    error::{ErrorKind, Outcome, ProviderError, Retry},
    transport::{Reply, retry_after},
};

/// The pause after too many calls at once, for which no advice comes (§2.5).
const CONCURRENT_PAUSE: Duration = Duration::from_secs(1);

/// Messages of one refusal that are told; a body of 500 elements may hold thousands.
const MESSAGES_MAX: usize = 20;

/// Every shape of error body in one (§2.4): validation, other refusals, and the problem shape of 401 and 403.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Refusal<'a> {
    #[serde(borrow)]
    error_number: Scalar<'a>,
    #[serde(borrow)]
    message: Scalar<'a>,
    #[serde(borrow)]
    elements: Option<Vec<Element<'a>>>,
    #[serde(borrow)]
    title: Scalar<'a>,
    #[serde(borrow)]
    detail: Scalar<'a>,
}

/// One element of a write, with what was wrong with it (§2.2, §2.4).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Element<'a> {
    #[serde(borrow)]
    status_attribute_string: Scalar<'a>,
    #[serde(borrow)]
    validation_errors: Option<Vec<ValidationError<'a>>>,
}

/// What was wrong, in words alone (§2.4).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ValidationError<'a> {
    #[serde(borrow, rename = "Message")]
    message: Scalar<'a>,
}

/// Accepts a success; anything else is an error. No record is in question, so a missing page is a wrong address.
///
/// # Errors
/// The kind that the status stands for.
pub(super) fn check(reply: &Reply) -> Result<(), ProviderError> {
    if reply.is_success() { Ok(()) } else { Err(failure(reply)) }
}

/// As [`check`], where one record was asked for: then 404, empty or with Xero's own sentence, says that there is none.
///
/// # Errors
/// `NotFound`, or as [`check`].
pub(super) fn check_record(reply: &Reply) -> Result<(), ProviderError> {
    if reply.status == 404 && is_own_not_found(reply) {
        return Err(not_found("Xero has no such record (any more)"));
    }
    check(reply)
}

/// Accepts an answer to a write whose elements are told of one by one (§2.2).
///
/// # Errors
/// `Rejected` or `PeriodClosed` with everything that was wrong with the element.
pub(super) fn check_element(element: &Element<'_>) -> Result<(), ProviderError> {
    let said = element.messages();
    if said.is_empty() && !element.status_attribute_string.is("ERROR") {
        return Ok(());
    }
    Err(refused(&told(said)))
}

/// An answer that cannot be read, or lacks what it must have.
pub(super) fn malformed(what: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Malformed, "", what).retry(Retry::Backoff(None)).outcome(Outcome::Unknown)
}

/// An answer must be about the record that was asked for: an id that is no id may have asked for a whole list.
///
/// # Errors
/// `Malformed`.
pub(super) fn check_id(asked: &str, answered: &str) -> Result<(), ProviderError> {
    if asked.eq_ignore_ascii_case(answered) {
        return Ok(());
    }
    Err(malformed(&format!("`{asked}` was asked for and `{answered}` answered")))
}

/// There is no such record, or it is none of the kind asked for.
pub(super) fn not_found(text: &str) -> ProviderError {
    ProviderError::new(ErrorKind::NotFound, "", text)
}

impl Element<'_> {
    fn messages(&self) -> Vec<String> {
        let errors = self.validation_errors.as_deref().unwrap_or_default();
        errors.iter().filter_map(|error| error.message.owned()).collect()
    }
}

impl Refusal<'_> {
    /// What was wrong with each element, else what was wrong with the whole.
    fn said(&self) -> Vec<String> {
        let mut said: Vec<String> =
            self.elements.as_deref().unwrap_or_default().iter().flat_map(Element::messages).collect();
        said.dedup();
        if said.is_empty() {
            said.extend(self.message.owned().or_else(|| self.detail.owned()).or_else(|| self.title.owned()));
        }
        said
    }
}

fn failure(reply: &Reply) -> ProviderError {
    let body: Option<Refusal<'_>> = serde_json::from_slice(&reply.bytes).ok();
    let said = body.as_ref().map(Refusal::said).unwrap_or_default();
    let code = body.as_ref().and_then(|body| body.error_number.owned());
    let silent = format!("Xero answered HTTP {} without saying why", reply.status);
    let error = match reply.status {
        400 if body.is_some() => refused(&told(said)),
        401 => unauthorized(reply, &said, &silent),
        403 => forbidden(&said, &silent),
        404 => ProviderError::new(ErrorKind::Misconfigured, "", format!("{silent}; check the `api` endpoint")),
        429 => rate_limited(reply),
        408 | 500.. => unavailable(reply, said.first().unwrap_or(&silent)),
        402..=499 => ProviderError::new(ErrorKind::Rejected, "", said.first().unwrap_or(&silent)),
        _ => malformed(&silent),
    };
    ProviderError { code: code.or(error.code), ..error }
}

fn told(said: Vec<String>) -> String {
    let more = said.len().saturating_sub(MESSAGES_MAX);
    let mut text = said.into_iter().take(MESSAGES_MAX).collect::<Vec<_>>().join("; ");
    if text.is_empty() {
        "Xero refused without a reason".clone_into(&mut text);
    }
    if more > 0 {
        text.push_str(&format!("; and {more} more"));
    }
    text
}

/// A refusal. Texts are compared in lower case; the day's lock is named by the texts of §3.6, the key by §2.3.
fn refused(text: &str) -> ProviderError {
    let lower = text.to_lowercase();
    if lower.contains("lock date") || (lower.contains("date cannot be before") && lower.contains("document")) {
        let text = format!("{text}. The books are closed at this date; reopen the period at Xero or use a later date");
        return ProviderError::new(ErrorKind::PeriodClosed, "", text);
    }
    let error = ProviderError::new(ErrorKind::Rejected, "", text);
    // The first request with this key may have been carried out.
    if lower.contains("idempotency") { error.outcome(Outcome::Unknown) } else { error }
}

/// A token that ended is replaced; one that lacks a scope would lack it again (§2.4, as others observed).
fn unauthorized(reply: &Reply, said: &[String], silent: &str) -> ProviderError {
    let text = said.first().map_or(silent, String::as_str);
    let scope = reply.header("www-authenticate").is_some_and(|header| header.contains("insufficient_scope"));
    if scope || text.contains("AuthorizationUnsuccessful") {
        return lacking(text);
    }
    ProviderError::new(ErrorKind::TokenRejected, "", text).retry(Retry::AfterRefresh)
}

/// The organisation was disconnected, or the user may not do this (§1.4, §2.4).
fn forbidden(said: &[String], silent: &str) -> ProviderError {
    let text = said.first().map_or(silent, String::as_str);
    if text.contains("AuthenticationUnsuccessful") {
        let text = format!("{text}: the organisation is no longer connected to this app; connect again");
        return ProviderError::new(ErrorKind::ConnectionExpired, "", text);
    }
    lacking(text)
}

fn lacking(text: &str) -> ProviderError {
    let text = format!(
        "{text}: the consent or the rights of the user who gave it do not cover this; connect again as a user with the right to it"
    );
    ProviderError::new(ErrorKind::Rejected, "", text)
}

/// Which limit was run into decides how long to wait: a second, a minute, or not at all (§2.5).
fn rate_limited(reply: &Reply) -> ProviderError {
    let problem = reply.header("x-rate-limit-problem").unwrap_or_default().trim().to_ascii_lowercase();
    let advice = retry_after(reply);
    let (text, retry) = match problem.as_str() {
        "day" => (day_used_up(advice), Retry::Never),
        "concurrent" => {
            let pause = advice.unwrap_or(CONCURRENT_PAUSE);
            ("too many requests at once".to_owned(), Retry::Backoff(Some(pause)))
        }
        "appminute" => {
            ("too many requests of this app in a minute, over all organisations".to_owned(), Retry::Backoff(advice))
        }
        _ => ("too many requests in a minute".to_owned(), Retry::Backoff(advice)),
    };
    let error = ProviderError::new(ErrorKind::RateLimited, "", text).retry(retry);
    ProviderError { code: Some(problem).filter(|problem| !problem.is_empty()), ..error }
}

/// Nobody waits for hours inside a call.
fn day_used_up(advice: Option<Duration>) -> String {
    let until = advice.map_or("tomorrow".to_owned(), |pause| {
        let minutes = pause.as_secs().div_ceil(60);
        format!("in {} h {} min", minutes / 60, minutes % 60)
    });
    format!("the organisation's requests of this day are used up; Xero takes more {until}")
}

fn unavailable(reply: &Reply, text: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Unavailable, "", text)
        .retry(Retry::Backoff(retry_after(reply)))
        .outcome(Outcome::Unknown)
}

fn is_own_not_found(reply: &Reply) -> bool {
    let text = String::from_utf8_lossy(&reply.bytes);
    let text = text.trim();
    text.is_empty() || text.contains("resource you're looking for cannot be found")
}

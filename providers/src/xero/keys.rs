//! Under which idempotency key a write is sent (§2.3).
//!
//! Rule: the service answers a key for six minutes as it did at first, also with a failure of its own or with a refusal
//! whose reason is gone by now. So once an answer has settled a key, the next try has another; as long as an answer is
//! missing the key stays, for under it the service knows the repeat. What is kept here is a help and no memory: a process
//! that forgot it meets the old answer once more, and only then takes the next key.

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};

use crate::error::{ErrorKind, Outcome, ProviderError};

/// How long the service answers a key as before (§2.3), and a minute for clocks that differ and calls under way.
const REMEMBERED: TimeDelta = TimeDelta::minutes(7);

/// Keys that answers have settled, by request id. It holds what failed within the last minutes, no more.
#[derive(Default)]
pub(super) struct Keys(Mutex<HashMap<String, Settled>>);

#[derive(Clone, Copy)]
struct Settled {
    keys: u32,
    /// When a key of this request was last sent; the service forgets them all after that.
    sent: DateTime<Utc>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

impl Keys {
    /// What to send a request under now: its own id, unless that is settled.
    pub(super) fn next(&self, request_id: &str, now: DateTime<Utc>) -> String {
        let mut settled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        settled.retain(|_, known| known.sent + REMEMBERED > now);
        match settled.get_mut(request_id) {
            None => request_id.to_owned(),
            Some(known) => {
                known.sent = now;
                format!("{request_id} {}", known.keys)
            }
        }
    }

    /// Keeps in mind that the request's key is used up, if the answer says so.
    pub(super) fn learn(&self, request_id: &str, error: &ProviderError, now: DateTime<Utc>) {
        if !settles(error) {
            return;
        }
        let mut settled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = settled.entry(request_id.to_owned()).or_insert(Settled { keys: 0, sent: now });
        *known = Settled { keys: known.keys.saturating_add(1), sent: now };
    }
}

/// Whether the service has given its last word on a key: its own failure, or a refusal of what was sent. A page of
/// whatever stands before the service (502 and above) says nothing of the write behind it.
fn settles(error: &ProviderError) -> bool {
    let refused = matches!(error.kind, ErrorKind::Rejected | ErrorKind::PeriodClosed);
    match error.http_status {
        Some(500) => true,
        Some(200 | 400) => refused && error.outcome == Outcome::NotApplied,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn error(kind: ErrorKind, outcome: Outcome, http_status: Option<u16>) -> ProviderError {
        ProviderError { http_status, ..ProviderError::new(kind, "journal.create", "x").outcome(outcome) }
    }

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    #[rstest]
    #[case::own_failure(ErrorKind::Unavailable, Outcome::Unknown, Some(500), true)]
    #[case::refused_element(ErrorKind::Rejected, Outcome::NotApplied, Some(200), true)]
    #[case::books_closed(ErrorKind::PeriodClosed, Outcome::NotApplied, Some(400), true)]
    #[case::key_of_another_request(ErrorKind::Rejected, Outcome::Unknown, Some(400), false)]
    #[case::edge(ErrorKind::Unavailable, Outcome::Unknown, Some(503), false)]
    #[case::lost(ErrorKind::Unavailable, Outcome::Unknown, None, false)]
    #[case::web_page(ErrorKind::Malformed, Outcome::Unknown, Some(200), false)]
    #[case::too_many(ErrorKind::RateLimited, Outcome::NotApplied, Some(429), false)]
    #[case::token(ErrorKind::TokenRejected, Outcome::NotApplied, Some(401), false)]
    fn only_a_last_word_uses_a_key_up(
        #[case] kind: ErrorKind,
        #[case] outcome: Outcome,
        #[case] status: Option<u16>,
        #[case] settled: bool,
    ) {
        let keys = Keys::default();
        keys.learn("r", &error(kind, outcome, status), at(0));
        assert_eq!(keys.next("r", at(1)), if settled { "r 1" } else { "r" });
        assert_eq!(keys.next("other", at(1)), "other");
    }

    #[test]
    fn a_key_comes_back_when_the_service_has_forgotten_the_last_one() {
        let keys = Keys::default();
        let failed = error(ErrorKind::Unavailable, Outcome::Unknown, Some(500));
        keys.learn("r", &failed, at(0));
        assert_eq!(keys.next("r", at(5)), "r 1");
        keys.learn("r", &failed, at(5));
        assert_eq!(keys.next("r", at(11)), "r 2");
        assert_eq!(keys.next("r", at(17)), "r 2");
        assert_eq!(keys.next("r", at(24)), "r");
        assert!(keys.0.lock().unwrap().is_empty());
    }
}

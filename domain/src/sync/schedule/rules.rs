//! When a schedule fires.
//!
//! Rule: a firing that was missed is made up for once, however many were missed. An announcement waits a moment, so that a
//! burst of them becomes one sync.

use std::{str::FromStr, time::Duration};

use chrono::{DateTime, TimeDelta};
use chrono_tz::Tz;
use croner::Cron;
use entity::{BusinessId, IntegrationId, SyncKind, SyncTrigger, Timestamp};

use crate::error::{ErrorCode, Refusal};

/// How long an announcement waits for others.
const BURST: Duration = Duration::from_secs(2);
/// The shortest time between two firings of a schedule.
const SHORTEST: TimeDelta = TimeDelta::minutes(5);
/// Firings of a cron schedule that are looked at for the shortest time between two.
const LOOKED_AT: usize = 100;

/// A schedule, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) business: BusinessId,
    pub(crate) integration: IntegrationId,
    pub(crate) kind: SyncKind,
    pub(crate) minutes: Option<i32>,
    pub(crate) cron: Option<String>,
    pub(crate) zone: String,
    pub(crate) fired_at: Option<Timestamp>,
    pub(crate) asked_at: Option<Timestamp>,
}

/// What is to be done about it now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Nothing,
    /// Note from when on it counts, or that it does not.
    Note(Option<Timestamp>),
    /// Begin a sync.
    Fire(SyncTrigger),
}

pub(super) fn step(due: &Due, now: Timestamp) -> Step {
    let is_on = due.minutes.is_some() || due.cron.is_some();
    match due.fired_at {
        None if is_on => return Step::Note(Some(now)),
        Some(_) if !is_on => return Step::Note(None),
        Some(fired_at) if next(due, fired_at).is_some_and(|next| next <= now) => {
            return Step::Fire(SyncTrigger::Schedule);
        }
        _ => {}
    }
    match due.asked_at {
        Some(asked_at) if asked_at.plus(BURST) <= now => Step::Fire(SyncTrigger::Webhook),
        _ => Step::Nothing,
    }
}

/// The firing after a moment; none where the stored schedule cannot be read.
fn next(due: &Due, after: Timestamp) -> Option<Timestamp> {
    if let Some(minutes) = due.minutes {
        return Some(after.plus(Duration::from_secs(60 * u64::try_from(minutes).ok()?)));
    }
    let zone: Tz = due.zone.parse().unwrap_or(Tz::UTC);
    let after = DateTime::from_timestamp_micros(after.0)?.with_timezone(&zone);
    let next = Cron::from_str(due.cron.as_deref()?).ok()?.find_next_occurrence(&after, false).ok()?;
    Some(Timestamp(next.timestamp_micros()))
}

/// Checks a cron schedule at its choice.
///
/// # Errors
/// `VALIDATION` when it cannot be read, never fires, or fires more often than every five minutes.
pub(crate) fn check_cron(cron: &str, field: &str) -> Result<(), Refusal> {
    let refused = |message: String| {
        Refusal::new(ErrorCode::Validation, message)
            .help("Write minute, hour, day of month, month and day of week, for example \"30 6 * * 1-5\": every weekday at 6:30.")
            .at(&["input", field])
    };
    if cron.split_whitespace().count() != 5 {
        return Err(refused(format!("{cron:?} is no schedule of five fields.")));
    }
    let read = Cron::from_str(cron).map_err(|error| refused(format!("{cron:?} is no schedule: {error}.")))?;
    // Any moment does: the rhythm is the same, whenever it begins.
    let firings: Vec<_> = read.iter_from(DateTime::UNIX_EPOCH, croner::Direction::Forward).take(LOOKED_AT).collect();
    if firings.is_empty() {
        return Err(refused(format!("{cron:?} never fires.")));
    }
    let too_often = firings.windows(2).any(|pair| matches!(pair, [one, other] if *other - *one < SHORTEST));
    match too_often {
        true => Err(refused(format!("{cron:?} fires more often than every five minutes."))),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp(DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros())
    }

    fn due(minutes: Option<i32>, cron: Option<&str>, fired_at: Option<&str>) -> Due {
        Due {
            business: BusinessId(Uuid::nil()),
            integration: IntegrationId(Uuid::nil()),
            kind: SyncKind::Items,
            minutes,
            cron: cron.map(str::to_owned),
            zone: "America/Los_Angeles".to_owned(),
            fired_at: fired_at.map(at),
            asked_at: None,
        }
    }

    #[test]
    fn a_schedule_counts_from_when_it_is_first_seen() {
        let now = at("2026-11-23T12:00:00Z");
        assert_eq!(step(&due(Some(30), None, None), now), Step::Note(Some(now)));
        assert_eq!(step(&due(None, None, Some("2026-11-23T11:00:00Z")), now), Step::Note(None));
        assert_eq!(step(&due(None, None, None), now), Step::Nothing);
    }

    #[test]
    fn it_fires_when_the_minutes_are_over_and_once_after_a_long_silence() {
        let every = due(Some(30), None, Some("2026-11-23T12:00:00Z"));
        assert_eq!(step(&every, at("2026-11-23T12:29:59Z")), Step::Nothing);
        assert_eq!(step(&every, at("2026-11-23T12:30:00Z")), Step::Fire(SyncTrigger::Schedule));
        assert_eq!(step(&every, at("2026-11-25T12:30:00Z")), Step::Fire(SyncTrigger::Schedule));
    }

    #[test]
    fn cron_is_read_in_the_time_zone_of_the_company_over_the_change_of_clocks() {
        // Clocks go back on 1 November 2026: 6:30 there is 13:30 UTC before, 14:30 after.
        let morning = |fired_at| due(None, Some("30 6 * * *"), Some(fired_at));
        let before = morning("2026-10-31T13:30:00Z");
        assert_eq!(step(&before, at("2026-11-01T14:29:59Z")), Step::Nothing);
        assert_eq!(step(&before, at("2026-11-01T14:30:00Z")), Step::Fire(SyncTrigger::Schedule));
        assert_eq!(
            step(&morning("2026-10-30T13:30:00Z"), at("2026-10-31T13:30:00Z")),
            Step::Fire(SyncTrigger::Schedule)
        );
    }

    #[test]
    fn an_announcement_waits_for_others_and_a_schedule_goes_first() {
        let asked = Due { asked_at: Some(at("2026-11-23T12:00:00Z")), ..due(None, None, None) };
        assert_eq!(step(&asked, at("2026-11-23T12:00:01Z")), Step::Nothing);
        assert_eq!(step(&asked, at("2026-11-23T12:00:02Z")), Step::Fire(SyncTrigger::Webhook));
        let both = Due { asked_at: asked.asked_at, ..due(Some(5), None, Some("2026-11-23T11:00:00Z")) };
        assert_eq!(step(&both, at("2026-11-23T12:00:02Z")), Step::Fire(SyncTrigger::Schedule));
    }

    #[test]
    fn schedules_that_cannot_be_or_are_too_hasty_are_refused() {
        for good in ["*/5 * * * *", "0 0 1 1 *", "30 6 * * 1-5", "0 0 29 2 *"] {
            assert_eq!(check_cron(good, "itemSyncCron"), Ok(()), "{good}");
        }
        for bad in ["", "hourly", "* * * * *", "*/4 * * * *", "0 0 30 2 *", "0 0 0 * * *", "61 * * * *", "0,3 * * * *"]
        {
            let refusal = check_cron(bad, "itemSyncCron").unwrap_err();
            assert_eq!(refusal.code, ErrorCode::Validation, "{bad}");
        }
    }
}

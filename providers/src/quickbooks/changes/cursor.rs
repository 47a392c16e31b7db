//! Where reading changes stands (§11). Pure.
//!
//! Rule: a cursor is a moment, or a catch-up by query that is under way and the moment from which the change feed
//! takes over again; neither ever lies after what was read.

use std::fmt;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use crate::{
    error::{ErrorKind, ProviderError},
    model::ChangeCursor,
    quickbooks::{entity::Entity, walk::Step},
};

/// How far a reading overlaps the one before it: changes are visible a little after the time they carry.
const OVERLAP: TimeDelta = TimeDelta::minutes(1);

/// How far back the change feed remembers (§11: 30 days), less a margin for clocks that differ.
const MEMORY: TimeDelta = TimeDelta::hours(30 * 24 - 1);

/// A cursor, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum At {
    /// The change feed, from this moment.
    Feed(DateTime<Utc>),
    /// Queries, where the feed does not reach or overflows.
    CatchUp(CatchUp),
}

/// A catch-up under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CatchUp {
    /// Where the feed takes over.
    pub(super) resume: DateTime<Utc>,
    /// Since when records are asked for.
    pub(super) since: DateTime<Utc>,
    /// What is still to be read; the first is under way. Never empty.
    pub(super) entities: Vec<Entity>,
    /// How far the first one is.
    pub(super) step: Step,
}

/// The cursor from a moment on.
pub(super) fn since(moment: DateTime<Utc>) -> ChangeCursor {
    At::Feed(moment - OVERLAP).cursor()
}

/// The moment from which a reading after one that was answered at `answered` begins; never before `before`.
pub(super) fn after(before: DateTime<Utc>, answered: DateTime<Utc>) -> DateTime<Utc> {
    (answered - OVERLAP).max(before)
}

/// Whether the feed still remembers that moment.
pub(super) fn remembered(moment: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    moment >= oldest(now)
}

/// The oldest moment that the feed is asked for.
pub(super) fn oldest(now: DateTime<Utc>) -> DateTime<Utc> {
    now - MEMORY
}

/// A moment as the service and our own cursors have it.
pub(super) fn written(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}

impl At {
    pub(super) fn cursor(&self) -> ChangeCursor {
        ChangeCursor(self.to_string())
    }

    /// # Errors
    /// `Rejected` for a cursor of somebody else.
    pub(super) fn read(cursor: &ChangeCursor) -> Result<Self, ProviderError> {
        Self::parse(&cursor.0).ok_or_else(|| {
            let text = format!("`{}` is no cursor of this provider; read changes since a moment anew", cursor.0);
            ProviderError::new(ErrorKind::Rejected, "changes.read", text)
        })
    }

    fn parse(text: &str) -> Option<Self> {
        match text.split_once(' ') {
            None => moment(text).map(Self::Feed),
            Some(("catch-up", rest)) => {
                let mut words = rest.splitn(4, ' ');
                let (resume, since) = (moment(words.next()?)?, moment(words.next()?)?);
                let entities = words.next()?.split(',').map(Entity::named).collect::<Option<Vec<_>>>()?;
                Some(Self::CatchUp(CatchUp { resume, since, entities, step: Step::parse(words.next()?)? }))
            }
            Some(_) => None,
        }
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Feed(moment) => f.write_str(&written(*moment)),
            Self::CatchUp(CatchUp { resume, since, entities, step }) => {
                let names: Vec<&str> = entities.iter().map(|entity| entity.name()).collect();
                write!(f, "catch-up {} {} {} {step}", written(*resume), written(*since), names.join(","))
            }
        }
    }
}

impl CatchUp {
    /// The catch-up after this page; `None` when it is done.
    pub(super) fn next(self, step: Option<Step>) -> Option<Self> {
        match step {
            Some(step) => Some(Self { step, ..self }),
            None => Self::begin(self.resume, self.since, self.entities.get(1..)?.to_vec()),
        }
    }

    /// A catch-up from its beginning; `None` without anything to read.
    pub(super) fn begin(resume: DateTime<Utc>, since: DateTime<Utc>, entities: Vec<Entity>) -> Option<Self> {
        (!entities.is_empty()).then(|| Self { resume, since, entities, step: Step::since(Some(since)) })
    }
}

fn moment(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_kept_as_text() {
        let (resume, since) = (moment("2026-03-02T09:00:00Z").unwrap(), moment("2026-01-02T09:00:00.250Z").unwrap());
        let catch_up = CatchUp::begin(resume, since, vec![Entity::Item, Entity::Invoice]).unwrap();
        for at in [At::Feed(since), At::CatchUp(catch_up.clone())] {
            assert_eq!(At::read(&at.cursor()), Ok(at));
        }
        let expected =
            "catch-up 2026-03-02T09:00:00.000Z 2026-01-02T09:00:00.250Z Item,Invoice 2026-01-02T09:00:00+00:00 0";
        assert_eq!(At::CatchUp(catch_up.clone()).cursor().0, expected);
        let last = catch_up.next(None).unwrap();
        assert_eq!(last.entities, [Entity::Invoice]);
        assert_eq!(last.next(None), None);
        for text in ["", "yesterday", "catch-up", "catch-up 2026-03-02T09:00:00Z 2026-03-02T09:00:00Z Cat - 0"] {
            assert_eq!(At::read(&ChangeCursor(text.to_owned())).unwrap_err().kind, ErrorKind::Rejected, "{text}");
        }
    }

    #[test]
    fn a_cursor_overlaps_and_never_goes_back() {
        let (noon, later) = (moment("2026-03-02T12:00:00Z").unwrap(), moment("2026-03-02T12:00:30Z").unwrap());
        assert_eq!(since(noon).0, "2026-03-02T11:59:00.000Z");
        assert_eq!(after(noon, later), noon);
        assert_eq!(after(noon, later + TimeDelta::minutes(5)), later + TimeDelta::minutes(4));
        assert!(remembered(noon, noon + TimeDelta::days(29)) && !remembered(noon, noon + TimeDelta::days(30)));
    }
}

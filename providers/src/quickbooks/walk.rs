//! Reading a table that changes while it is read, page by page, without leaving a row out (§6: paging is positional and
//! no snapshot). Pure.
//!
//! Rule: rows are read in the order of their last change, and a page begins at the moment where the one before it
//! ended, not at a position. A row that changes moves to the end, so it comes again; a row that vanishes moves no
//! moment. Only among rows of one moment (or of an unreadable one) are positions used: then a page begins with the row
//! that the one before it ended with, and when another stands there, that moment is read from its beginning.

use std::fmt;

use chrono::{DateTime, FixedOffset, SecondsFormat, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    entity::Entity,
    error::malformed,
    request::PAGE_SIZE,
    wire::{MetaData, QueryAnswer, Scalar, read},
};
use crate::{error::ProviderError, transport::Reply};

/// How often one walk may begin a moment again before it gives up: a table that never holds still is none.
const RESTARTS_MAX: u8 = 20;

/// What rows are ordered by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Order {
    /// Their last change.
    #[default]
    Change,
    /// Their id alone, where nothing else may be asked for (§6: adjustments). Positions are all there is then.
    Id,
}

/// Where a walk stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Step {
    order: Order,
    /// Rows changed at or after this moment, as QuickBooks wrote it; all if `None`.
    since: Option<String>,
    /// The last row that was read of that moment: its position, from 1, and its id.
    passed: Option<(u64, String)>,
    /// How often a moment was begun again.
    restarts: u8,
}

/// What a page tells about a row's place.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    id: Option<String>,
    changed: Option<(DateTime<FixedOffset>, String)>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct MarkWire<'a> {
    #[serde(borrow)]
    id: Scalar<'a>,
    #[serde(borrow)]
    meta_data: Option<MetaData<'a>>,
}

impl Step {
    /// The first step of a walk over what changed since a moment.
    pub(super) fn since(moment: Option<DateTime<Utc>>) -> Self {
        Self { since: moment.map(|moment| moment.to_rfc3339_opts(SecondsFormat::Secs, false)), ..Self::default() }
    }

    /// The first step of a walk over rows that can be ordered by their ids alone.
    pub(super) fn by_id() -> Self {
        Self { order: Order::Id, ..Self::default() }
    }

    /// The statement that reads this step's page. `conditions` hold for all rows.
    pub(super) fn statement(&self, entity: Entity, conditions: &[String]) -> String {
        let moment = self.since.iter().map(|since| format!("MetaData.LastUpdatedTime >= '{since}'"));
        let conditions = filter(entity, conditions.iter().cloned().chain(moment));
        let order = match self.order {
            Order::Change => "MetaData.LastUpdatedTime, Id",
            Order::Id => "Id",
        };
        let (name, start) = (entity.name(), self.start());
        format!("SELECT * FROM {name}{conditions} ORDERBY {order} STARTPOSITION {start} MAXRESULTS {PAGE_SIZE}")
    }

    fn start(&self) -> u64 {
        self.passed.as_ref().map_or(1, |(position, _)| *position)
    }

    /// The step after this one, whose page had these rows; `None` after the last.
    ///
    /// # Errors
    /// `Malformed` when the table never holds still, or when no row can be told from another.
    pub(super) fn next(&self, rows: &[Mark]) -> Result<Option<Self>, ProviderError> {
        if let Some((_, passed)) = &self.passed
            && rows.first().is_none_or(|first| first.id.as_ref() != Some(passed))
        {
            return self.again().map(Some);
        }
        if u64::try_from(rows.len()).unwrap_or(u64::MAX) < PAGE_SIZE {
            return Ok(None);
        }
        match self.later(rows) {
            Some(moment) => Ok(Some(Self { since: Some(moment), passed: None, ..self.clone() })),
            None => self.further(rows).map(Some),
        }
    }

    /// The moment of the last row, if it is later than this step's and the rows are really in order.
    fn later(&self, rows: &[Mark]) -> Option<String> {
        if self.order == Order::Id {
            return None;
        }
        let moments =
            rows.iter().map(|row| row.changed.as_ref().map(|(moment, _)| *moment)).collect::<Option<Vec<_>>>()?;
        let since = self.since.as_deref().and_then(|since| DateTime::parse_from_rfc3339(since).ok());
        let (last, text) = rows.last()?.changed.as_ref()?;
        (moments.is_sorted() && since.is_none_or(|since| *last > since)).then(|| text.clone())
    }

    /// Further among rows of one moment.
    fn further(&self, rows: &[Mark]) -> Result<Self, ProviderError> {
        let known = rows.iter().enumerate().rev().find_map(|(index, row)| row.id.clone().map(|id| (index, id)));
        let (index, id) =
            known.filter(|(index, _)| *index > 0).ok_or_else(|| malformed("a page of records without ids"))?;
        let position = self.start() + u64::try_from(index).unwrap_or(u64::MAX);
        Ok(Self { passed: Some((position, id)), ..self.clone() })
    }

    fn again(&self) -> Result<Self, ProviderError> {
        if self.restarts >= RESTARTS_MAX {
            return Err(malformed("the records move while they are read, again and again; read them later"));
        }
        Ok(Self { passed: None, restarts: self.restarts + 1, ..self.clone() })
    }

    /// Reads what [`fmt::Display`] wrote.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let (order, since) = match words.next()? {
            "-" => (Order::Change, None),
            "id" => (Order::Id, None),
            since => (Order::Change, Some(DateTime::parse_from_rfc3339(since).map(|_| since.to_owned()).ok()?)),
        };
        let restarts = words.next().map_or(Some(0), |word| word.parse().ok())?;
        let passed = match (words.next(), words.next()) {
            (None, _) => None,
            (Some(position), Some(id)) => {
                Some((position.parse().ok().filter(|&position| position > 0)?, id.to_owned()))
            }
            (Some(_), None) => return None,
        };
        words.next().is_none().then_some(Self { order, since, passed, restarts })
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let beginning = if self.order == Order::Id { "id" } else { "-" };
        write!(f, "{} {}", self.since.as_deref().unwrap_or(beginning), self.restarts)?;
        match &self.passed {
            Some((position, id)) => write!(f, " {position} {id}"),
            None => Ok(()),
        }
    }
}

/// The `WHERE` part of a statement; inactive records are asked for where they would be left out.
pub(super) fn filter(entity: Entity, conditions: impl Iterator<Item = String>) -> String {
    let active = entity.hides_inactive().then(|| "Active IN (true,false)".to_owned());
    let all: Vec<String> = active.into_iter().chain(conditions).collect();
    if all.is_empty() { String::new() } else { format!(" WHERE {}", all.join(" AND ")) }
}

/// The places of a page's rows, odd ones included.
///
/// # Errors
/// `Malformed` when the answer is no page at all.
pub(super) fn marks(reply: &Reply) -> Result<Vec<Mark>, ProviderError> {
    let answer: QueryAnswer<'_, &RawValue> = read(reply)?;
    Ok(answer.response.records.unwrap_or_default().into_iter().map(mark).collect())
}

fn mark(row: &RawValue) -> Mark {
    let wire: MarkWire<'_> = serde_json::from_str(row.get()).unwrap_or_default();
    let text = wire.meta_data.as_ref().and_then(|meta| meta.last_updated_time.owned());
    let changed = text.and_then(|text| Some((DateTime::parse_from_rfc3339(&text).ok()?, text)));
    Mark { id: wire.id.owned(), changed }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A row of a table: id and the second of its last change.
    type Row = (u32, u32);

    fn moment(second: u32) -> String {
        DateTime::from_timestamp(1_772_000_000 + i64::from(second), 0)
            .unwrap()
            .to_rfc3339_opts(SecondsFormat::Secs, false)
    }

    fn of(rows: &[Row]) -> Vec<Mark> {
        rows.iter()
            .map(|(id, second)| Mark {
                id: Some(id.to_string()),
                changed: Some((DateTime::parse_from_rfc3339(&moment(*second)).unwrap(), moment(*second))),
            })
            .collect()
    }

    /// The page that the service answers for a step.
    fn page(table: &[Row], step: &Step) -> Vec<Row> {
        let since = step.since.clone().unwrap_or_default();
        let mut rows: Vec<Row> = table.iter().copied().filter(|(_, second)| moment(*second) >= since).collect();
        match step.order {
            Order::Change => rows.sort_by_key(|(id, second)| (*second, *id)),
            Order::Id => rows.sort_unstable(),
        }
        let start = usize::try_from(step.start()).unwrap() - 1;
        rows.into_iter().skip(start).take(1000).collect()
    }

    #[test]
    fn a_step_is_kept_as_text() {
        let steps = [
            Step::default(),
            Step { since: Some(moment(5)), restarts: 2, ..Step::default() },
            Step { passed: Some((1000, "44".to_owned())), ..Step::default() },
            Step { passed: Some((1000, "44".to_owned())), ..Step::by_id() },
        ];
        for step in steps {
            assert_eq!(Step::parse(&step.to_string()), Some(step));
        }
        for text in ["", "yesterday 0", "- x", "- 0 7", "- 0 0 44", "- 0 1 44 more"] {
            assert_eq!(Step::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_statement_names_all_conditions() {
        let step = Step {
            since: Some("2026-03-01T10:00:00-08:00".to_owned()),
            passed: Some((7, "1".into())),
            ..Step::default()
        };
        let expected = "SELECT * FROM Invoice WHERE TxnDate >= '2026-01-01' AND MetaData.LastUpdatedTime >= \
                        '2026-03-01T10:00:00-08:00' ORDERBY MetaData.LastUpdatedTime, Id STARTPOSITION 7 MAXRESULTS 1000";
        assert_eq!(step.statement(Entity::Invoice, &["TxnDate >= '2026-01-01'".to_owned()]), expected);
        let expected = "SELECT * FROM Item WHERE Active IN (true,false) ORDERBY MetaData.LastUpdatedTime, Id \
                        STARTPOSITION 1 MAXRESULTS 1000";
        assert_eq!(Step::default().statement(Entity::Item, &[]), expected);
        let expected = "SELECT * FROM InventoryAdjustment ORDERBY Id STARTPOSITION 1 MAXRESULTS 1000";
        assert_eq!(Step::by_id().statement(Entity::InventoryAdjustment, &[]), expected);
    }

    #[test]
    fn a_table_that_never_holds_still_is_given_up() {
        let rows: Vec<Row> = (0..1000).map(|id| (id, 0)).collect();
        let passed = Some((1000, "no such row".to_owned()));
        let mut step = Step { since: Some(moment(0)), passed, ..Step::default() };
        for _ in 0..RESTARTS_MAX {
            step = step.next(&of(&rows)).unwrap().unwrap();
            step.passed = Some((1000, "no such row".to_owned()));
        }
        assert!(step.next(&of(&rows)).unwrap_err().message.starts_with("the records move"));
        let nameless = vec![Mark::default(); 1000];
        assert!(Step::default().next(&nameless).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// Rows vanish, change and appear between the pages; whatever was there all along is read.
        #[test]
        fn no_row_is_left_out(
            rows in 1_u32..4500,
            seconds in prop::sample::select(vec![1_u32, 2, 3, 50, 5000]),
            acts in prop::collection::vec((0_u8..3, 0_usize..4500), 0..12),
            by_id in any::<bool>(),
        ) {
            let mut table: Vec<Row> = (0..rows).map(|id| (id, id % seconds)).collect();
            let mut acts = acts.into_iter();
            let (mut read, mut gone) = (std::collections::HashSet::new(), std::collections::HashSet::new());
            let (mut step, mut now, mut next_id) = (Some(if by_id { Step::by_id() } else { Step::default() }), seconds, rows);
            while let Some(at) = step {
                let page = page(&table, &at);
                read.extend(page.iter().map(|(id, _)| *id));
                step = at.next(&of(&page)).unwrap();
                if let Some((act, place)) = acts.next() && !table.is_empty() {
                    now += 1;
                    let place = place % table.len();
                    match act {
                        0 => { gone.insert(table.remove(place).0); }
                        1 => table[place].1 = now,
                        _ => { table.push((next_id, now)); next_id += 1; }
                    }
                }
            }
            // What appeared after the last page is for the next reading.
            for (id, _) in table.iter().filter(|(id, _)| *id < rows) {
                prop_assert!(read.contains(id) || gone.contains(id), "row {id} was left out");
            }
        }
    }
}

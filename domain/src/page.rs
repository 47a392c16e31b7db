//! One page of a list by keyset: rows after or before a row, never by offset.
//!
//! Rule: the order always ends in the id, so a page is stable while rows are added.

use chrono::NaiveDate;
use uuid::Uuid;

/// Value of the column a list is ordered by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SortKey {
    /// A text.
    Text(String),
    /// A number or a moment.
    Number(i64),
    /// A day.
    Day(NaiveDate),
}

/// The place of a row in an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The ordered column's value.
    pub key: SortKey,
    /// The row's id.
    pub id: Uuid,
}

/// Which way an order runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// Smallest first.
    #[default]
    Ascending,
    /// Largest first.
    Descending,
}

impl Direction {
    /// The other way.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

/// A request for a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// Rows wanted at most.
    pub limit: u32,
    /// Only rows after this one, in the order's direction.
    pub after: Option<Position>,
    /// Only rows before this one.
    pub before: Option<Position>,
    /// Take the last rows instead of the first.
    pub from_end: bool,
}

impl PageRequest {
    /// The first `limit` rows.
    pub fn first(limit: u32) -> Self {
        Self { limit, after: None, before: None, from_end: false }
    }
}

/// A page of rows, in the order asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Whether there are more rows beyond the end that was read towards.
    pub more: bool,
}

impl<T> Page<T> {
    /// Cuts the one row read too many, and turns the rows back into the order asked for.
    pub fn cut(mut rows: Vec<T>, request: &PageRequest) -> Self {
        let limit = request.limit as usize;
        let more = rows.len() > limit;
        rows.truncate(limit);
        if request.from_end {
            rows.reverse();
        }
        Self { rows, more }
    }

    /// The same page with other rows.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { rows: self.rows.into_iter().map(f).collect(), more: self.more }
    }
}

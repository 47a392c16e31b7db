//! Where a page of a collection begins (§6). Pure.
//!
//! Rule: pages by position are known up front and may be read in parallel; the last of them knows how many records there
//! were. When fewer are left, records vanished while they were read and positions shifted: then the collection is read
//! once more, as a [`super::walk`], which no shift can harm. Records that come twice are the price.

use std::fmt;

use super::{request::PAGE_SIZE, walk::Step};
use crate::{
    error::{ErrorKind, ProviderError},
    model::PageCursor,
};

/// A cursor, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// A position.
    At(Position),
    /// A step of a walk.
    Walk(Step),
}

/// The position of a page's first record, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) start: u64,
    /// Of the last page: how many records there were at the beginning.
    total: Option<u64>,
}

impl Position {
    /// Where the page after this one begins, which had so many records.
    pub(super) fn next(self, count: u64) -> Option<Place> {
        if count >= PAGE_SIZE {
            return Some(Place::At(Self { start: self.start.saturating_add(PAGE_SIZE), ..self }));
        }
        let left = self.start.saturating_sub(1).saturating_add(count);
        let shifted = self.total.is_some_and(|total| left < total);
        shifted.then(|| Place::Walk(Step::default()))
    }
}

impl Place {
    /// The beginning of a collection.
    pub(super) fn first() -> Self {
        Self::At(Position { start: 1, total: None })
    }

    pub(super) fn cursor(&self) -> PageCursor {
        PageCursor(self.to_string())
    }

    /// # Errors
    /// `Rejected` for a cursor of somebody else.
    pub(super) fn read(cursor: &PageCursor, operation: &'static str) -> Result<Self, ProviderError> {
        Self::parse(&cursor.0).ok_or_else(|| {
            let text = format!("`{}` is no cursor of this provider; start the listing anew", cursor.0);
            ProviderError::new(ErrorKind::Rejected, operation, text)
        })
    }

    fn parse(text: &str) -> Option<Self> {
        if let Some(step) = text.strip_prefix("walk ") {
            return Step::parse(step).map(Self::Walk);
        }
        let (start, total) = match text.split_once('/') {
            Some((start, total)) => (start, Some(total.parse().ok()?)),
            None => (text, None),
        };
        let start = start.parse().ok().filter(|&start| start > 0)?;
        Some(Self::At(Position { start, total }))
    }

    /// Where the pages begin from here to the last of `total` records; at least one page. A single page shifts nothing.
    pub(super) fn pages(self, total: u64) -> Vec<Self> {
        let Self::At(Position { start: first, .. }) = self else { return vec![self] };
        let mut starts = vec![first];
        let mut next = first.saturating_add(PAGE_SIZE);
        while next <= total {
            starts.push(next);
            next += PAGE_SIZE;
        }
        let last = starts.last().copied().filter(|&last| last > 1);
        let place = |start| Self::At(Position { start, total: (Some(start) == last).then_some(total) });
        starts.into_iter().map(place).collect()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(Position { start, total: None }) => write!(f, "{start}"),
            Self::At(Position { start, total: Some(total) }) => write!(f, "{start}/{total}"),
            Self::Walk(step) => write!(f, "walk {step}"),
        }
    }
}

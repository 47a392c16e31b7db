//! Between the API's page arguments and the domain's page requests.

use async_graphql::{Context, Error, ID};
use chrono::NaiveDate;
use domain::page::{PageRequest, Position, SortKey};
use entity::TypedId;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    connection::{Connection, Count, Direction, Keyset, Page, PageArguments, PageLimits},
    rows::Plain,
};

/// What a cursor holds: the ordered column's value and the id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Key {
    /// A text and an id.
    #[serde(rename = "t")]
    Text(String, Uuid),
    /// A number and an id.
    #[serde(rename = "n")]
    Number(i64, Uuid),
    /// A day and an id.
    #[serde(rename = "d")]
    Day(NaiveDate, Uuid),
}

impl Key {
    fn position(self) -> Position {
        match self {
            Self::Text(text, id) => Position { key: SortKey::Text(text), id },
            Self::Number(number, id) => Position { key: SortKey::Number(number), id },
            Self::Day(day, id) => Position { key: SortKey::Day(day), id },
        }
    }
}

/// A list's arguments, read.
pub(super) struct Asked {
    keyset: Keyset<Key>,
    order: String,
}

impl Asked {
    /// Reads the arguments of a list; `order` names the list and its order.
    pub(super) fn read(
        ctx: &Context<'_>,
        order: impl Into<String>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Self, Error> {
        let limits = ctx.data_opt::<PageLimits>().copied().unwrap_or_default();
        let order = order.into();
        let keyset = Keyset::read(&PageArguments { first, after, last, before }, limits, &order)?;
        Ok(Self { keyset, order })
    }

    /// The domain's request.
    pub(super) fn request(&self) -> PageRequest {
        PageRequest {
            limit: self.keyset.limit,
            after: self.keyset.after.clone().map(Key::position),
            before: self.keyset.before.clone().map(Key::position),
            from_end: self.keyset.direction == Direction::Backward,
        }
    }

    /// How many rows are asked for from the list's beginning; nothing when a cursor or the end is asked for.
    pub(super) fn start_limit(&self) -> Option<u32> {
        let keyset = &self.keyset;
        let plain = keyset.after.is_none() && keyset.before.is_none() && keyset.direction == Direction::Forward;
        plain.then_some(keyset.limit)
    }

    /// The connection of a page that the domain has read.
    pub(super) fn connection<R, T: Plain>(
        &self,
        page: domain::page::Page<R>,
        key: impl Fn(&R) -> Key,
        node: impl Fn(R) -> T,
        count: Count,
    ) -> Result<Connection<T>, Error> {
        let backward = self.keyset.direction == Direction::Backward;
        let page = Page {
            has_previous: if backward { page.more } else { self.keyset.after.is_some() },
            has_next: if backward { self.keyset.before.is_some() } else { page.more },
            rows: page.rows,
        };
        Connection::new(page, &self.order, key, node, count)
    }
}

/// A counter for `totalCount`.
pub(super) fn count<F>(counter: F) -> Count
where
    F: Fn() -> BoxFuture<'static, Result<u64, Error>> + Send + Sync + 'static,
{
    Box::new(counter)
}

/// Reads an id argument.
pub(super) fn id<T: TypedId>(id: &ID) -> Result<T, Error> {
    super::id::parse(id)
}

/// Reads an optional id argument.
pub(super) fn optional_id<T: TypedId>(given: Option<&ID>) -> Result<Option<T>, Error> {
    given.map(id).transpose()
}

//! Relay connections on keyset pages: arguments in, rows in between, edges out.
//!
//! Rule: a page begins after a row's own sort key, never at an offset, so rows that come or go do not shift it. Asking for
//! more than a page holds is an error, not a cut. Counting happens only when `totalCount` is selected.

use std::borrow::Cow;

use async_graphql::{ComplexObject, Error, SimpleObject, TypeName};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    fault::FaultCode,
    rows::{Plain, Row},
};

/// The arguments every list has.
#[derive(Debug, Clone, Default)]
pub struct PageArguments {
    /// Rows from the beginning, or after `after`.
    pub first: Option<i32>,
    /// Cursor to begin after.
    pub after: Option<String>,
    /// Rows from the end, or before `before`.
    pub last: Option<i32>,
    /// Cursor to end before.
    pub before: Option<String>,
}

/// How many rows a page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLimits {
    /// When neither `first` nor `last` is given.
    pub default: u32,
    /// At most.
    pub max: u32,
}

impl Default for PageLimits {
    fn default() -> Self {
        Self { default: 25, max: 250 }
    }
}

/// From which end a page is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the beginning, in the order of the list.
    Forward,
    /// From the end: read in reverse order, shown in the order of the list.
    Backward,
}

/// What to read: rows whose sort key lies between `after` and `before`, both excluded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyset<K> {
    /// Only rows after this key.
    pub after: Option<K>,
    /// Only rows before this key.
    pub before: Option<K>,
    /// Rows of the page. Read one more, see [`Keyset::fetch`].
    pub limit: u32,
    /// The order to read in.
    pub direction: Direction,
}

/// The rows of a page, in the order of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Whether rows come before them.
    pub has_previous: bool,
    /// Whether rows come after them.
    pub has_next: bool,
}

/// What a cursor hides: the order it belongs to and a row's sort key, id included.
#[derive(Serialize, Deserialize)]
struct Cursor<K> {
    order: String,
    key: K,
}

/// Longer texts are no cursors of ours.
const CURSOR_BYTES_MAX: usize = 4096;

impl<K: Serialize + DeserializeOwned> Keyset<K> {
    /// Reads the arguments of a list; `order` names list and order, so that a cursor of another one is refused.
    ///
    /// # Errors
    /// `VALIDATION` that names the argument.
    pub fn read(arguments: &PageArguments, limits: PageLimits, order: &str) -> Result<Self, Error> {
        let (limit, direction) = match (arguments.first, arguments.last) {
            (Some(_), Some(_)) => return Err(refused("first", "cannot be given together with `last`".to_owned())),
            (Some(first), None) => (size("first", first, limits)?, Direction::Forward),
            (None, Some(last)) => (size("last", last, limits)?, Direction::Backward),
            (None, None) => (limits.default, Direction::Forward),
        };
        let after = arguments.after.as_deref().map(|text| read_cursor("after", text, order)).transpose()?;
        let before = arguments.before.as_deref().map(|text| read_cursor("before", text, order)).transpose()?;
        Ok(Self { after, before, limit, direction })
    }

    /// Rows to read: one more than the page holds, to know whether there are more.
    pub fn fetch(&self) -> u64 {
        u64::from(self.limit) + 1
    }

    /// The page, from at most [`Keyset::fetch`] rows in the order of [`Keyset::direction`].
    pub fn page<T>(&self, mut rows: Vec<T>) -> Page<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        match self.direction {
            Direction::Forward => Page { rows, has_previous: self.after.is_some(), has_next: more },
            Direction::Backward => {
                rows.reverse();
                Page { rows, has_previous: more, has_next: self.before.is_some() }
            }
        }
    }
}

fn size(argument: &str, asked: i32, limits: PageLimits) -> Result<u32, Error> {
    match u32::try_from(asked) {
        Ok(size) if size <= limits.max => Ok(size),
        Ok(_) => Err(refused(argument, format!("may be at most {}; page with a cursor", limits.max))),
        Err(_) => Err(refused(argument, "may not be negative".to_owned())),
    }
}

/// The cursor of a row.
fn write_cursor<K: Serialize>(order: &str, key: K) -> Result<String, Error> {
    let json = serde_json::to_vec(&Cursor { order: order.to_owned(), key });
    json.map(|json| URL_SAFE_NO_PAD.encode(json)).map_err(|error| super::fault::internal(error.into()))
}

fn read_cursor<K: DeserializeOwned>(argument: &str, text: &str, order: &str) -> Result<K, Error> {
    let unreadable = || {
        refused(argument, "is not a cursor; pass one of this list's `cursor`, `startCursor` or `endCursor`".to_owned())
    };
    if text.len() > CURSOR_BYTES_MAX {
        return Err(unreadable());
    }
    let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| unreadable())?;
    let named: Cursor<serde_json::Value> = serde_json::from_slice(&json).map_err(|_| unreadable())?;
    if named.order != order {
        return Err(refused(argument, "is a cursor of another list or order; start again without it".to_owned()));
    }
    serde_json::from_value(named.key).map_err(|_| unreadable())
}

fn refused(argument: &str, reason: String) -> Error {
    let mut error = FaultCode::Validation.error(format!("The argument `{argument}` {reason}."));
    error.extensions.get_or_insert_with(Default::default).set("argument", argument);
    error
}

/// Counts all rows of a list, whatever the page.
pub type Count = Box<dyn Fn() -> BoxFuture<'static, Result<u64, Error>> + Send + Sync>;

/// A page of a list.
#[derive(SimpleObject)]
#[graphql(complex, name_type)]
pub struct Connection<T: Plain> {
    /// The objects of this page with their cursors.
    edges: Vec<Edge<T>>,
    /// Where this page lies in the list.
    page_info: PageInfo,
    #[graphql(skip)]
    count: Count,
}

/// An object in a list, with its place.
#[derive(SimpleObject)]
#[graphql(name_type)]
pub struct Edge<T: Plain> {
    /// Opaque; pass it as `after` or `before` to page from here.
    cursor: String,
    /// The object.
    node: Row<T>,
}

/// Where a page lies in its list.
#[derive(Debug, Clone, SimpleObject)]
pub struct PageInfo {
    /// Whether there are objects after this page.
    has_next_page: bool,
    /// Whether there are objects before this page.
    has_previous_page: bool,
    /// Cursor of the first object of this page; null on an empty page.
    start_cursor: Option<String>,
    /// Cursor of the last object of this page; null on an empty page.
    end_cursor: Option<String>,
}

impl<T: Plain> Connection<T> {
    /// The connection of a page: `key` gives a row's sort key, `node` the object shown.
    ///
    /// # Errors
    /// When a key cannot be written as JSON.
    pub fn new<R, K: Serialize>(
        page: Page<R>,
        order: &str,
        key: impl Fn(&R) -> K,
        node: impl Fn(R) -> T,
        count: Count,
    ) -> Result<Self, Error> {
        let edge = |row: R| Ok::<_, Error>(Edge { cursor: write_cursor(order, key(&row))?, node: Row(node(row)) });
        let edges = page.rows.into_iter().map(edge).collect::<Result<Vec<_>, _>>()?;
        let page_info = PageInfo {
            has_next_page: page.has_next,
            has_previous_page: page.has_previous,
            start_cursor: edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: edges.last().map(|edge| edge.cursor.clone()),
        };
        Ok(Self { edges, page_info, count })
    }

    /// Its edges, for a connection that shows more than these.
    pub(super) fn edges_of(&self) -> &[Edge<T>] {
        &self.edges
    }

    /// Its objects, likewise.
    pub(super) fn rows_of(&self) -> Vec<&Row<T>> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Its place in the list, likewise.
    pub(super) fn page_info_of(&self) -> &PageInfo {
        &self.page_info
    }

    /// Its count, likewise.
    pub(super) async fn count_of(&self) -> Result<u64, Error> {
        (self.count)().await
    }
}

impl<T: Plain> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", T::type_name()).into()
    }
}

impl<T: Plain> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::type_name()).into()
    }
}

#[ComplexObject]
impl<T: Plain> Connection<T> {
    /// The objects of this page.
    async fn nodes(&self) -> Vec<&Row<T>> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Objects in the whole list with this filter. Counted only when selected: leave it out where it is not shown.
    async fn total_count(&self) -> Result<u64, Error> {
        (self.count)().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Key = (String, u32);

    fn read(arguments: &PageArguments) -> Result<Keyset<Key>, Error> {
        Keyset::read(arguments, PageLimits::default(), "items by name")
    }

    fn message(arguments: &PageArguments) -> String {
        read(arguments).unwrap_err().message
    }

    fn cursor() -> String {
        write_cursor("items by name", ("Bolt", 7)).unwrap()
    }

    #[test]
    fn without_arguments_a_page_has_25_rows_from_the_beginning() {
        let keyset = read(&PageArguments::default()).unwrap();
        assert_eq!(keyset, Keyset { after: None, before: None, limit: 25, direction: Direction::Forward });
        assert_eq!(keyset.fetch(), 26);
    }

    #[test]
    fn a_cursor_comes_back_as_the_key_it_was_made_of() {
        let keyset = read(&PageArguments { last: Some(250), before: Some(cursor()), ..Default::default() }).unwrap();
        let before = Some(("Bolt".to_owned(), 7));
        assert_eq!(keyset, Keyset { after: None, before, limit: 250, direction: Direction::Backward });
    }

    #[test]
    fn more_than_a_page_holds_is_refused_by_the_arguments_name() {
        let first = PageArguments { first: Some(251), ..Default::default() };
        assert_eq!(message(&first), "The argument `first` may be at most 250; page with a cursor.");
        let last = PageArguments { last: Some(-1), ..Default::default() };
        assert_eq!(message(&last), "The argument `last` may not be negative.");
        let both = PageArguments { first: Some(1), last: Some(1), ..Default::default() };
        assert_eq!(message(&both), "The argument `first` cannot be given together with `last`.");
    }

    #[test]
    fn foreign_and_broken_cursors_are_refused_by_the_arguments_name() {
        let unreadable =
            "The argument `after` is not a cursor; pass one of this list's `cursor`, `startCursor` or `endCursor`.";
        for text in ["", "x", "!!", "bnVsbA", &URL_SAFE_NO_PAD.encode(r#"{"order":"items by name","key":1}"#)] {
            assert_eq!(message(&PageArguments { after: Some(text.to_owned()), ..Default::default() }), unreadable);
        }
        let other = write_cursor("items by sku", ("B-1", 7)).unwrap();
        assert_eq!(
            message(&PageArguments { before: Some(other), ..Default::default() }),
            "The argument `before` is a cursor of another list or order; start again without it."
        );
    }

    #[test]
    fn a_forward_page_drops_the_extra_row_and_knows_what_lies_around_it() {
        let keyset = read(&PageArguments { first: Some(2), after: Some(cursor()), ..Default::default() }).unwrap();
        assert_eq!(keyset.page(vec![1, 2, 3]), Page { rows: vec![1, 2], has_previous: true, has_next: true });
        assert_eq!(keyset.page(vec![1, 2]), Page { rows: vec![1, 2], has_previous: true, has_next: false });
    }

    #[test]
    fn a_backward_page_is_shown_in_the_order_of_the_list() {
        let keyset = read(&PageArguments { last: Some(2), ..Default::default() }).unwrap();
        assert_eq!(keyset.page(vec![9, 8, 7]), Page { rows: vec![8, 9], has_previous: true, has_next: false });
    }
}

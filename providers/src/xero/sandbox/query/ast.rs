//! The tree of a filter.
//!
//! Rule: values keep their kind, so that a text is never compared with a number.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

/// What a record must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    /// All of them.
    All(Vec<Condition>),
    /// One of them at least.
    Any(Vec<Condition>),
    /// A comparison of a field.
    Compare(Path, Comparison, Literal),
    /// A function of a text field.
    Function(Path, Function, String),
    /// A field that must be true.
    Flag(Path),
}

/// A field, perhaps inside another: `Contact.ContactID`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path(pub(crate) Vec<String>);

/// How values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// `==`, also `=`.
    Equal,
    /// `!=`, also `<>`.
    Unequal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// Functions of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    /// `Contains`
    Contains,
    /// `StartsWith`
    StartsWith,
    /// `EndsWith`
    EndsWith,
}

/// A value in a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Literal {
    /// A text in quotes.
    Text(String),
    /// `Guid("…")`
    Guid(String),
    /// A number.
    Number(Decimal),
    /// `DateTime(…)`
    Moment(DateTime<Utc>),
    /// `true` or `false`.
    Bool(bool),
    /// `null`
    Null,
}

impl Condition {
    /// All fields that it names, by their first part.
    pub(crate) fn fields(&self) -> Vec<&str> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::fields).collect(),
            Self::Compare(path, ..) | Self::Function(path, ..) | Self::Flag(path) => {
                path.0.first().map(String::as_str).into_iter().collect()
            }
        }
    }
}

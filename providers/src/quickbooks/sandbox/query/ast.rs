//! The tree of a query statement, and how it prints.
//!
//! Rule: printing a tree and parsing the text gives the same tree.

use std::fmt;

/// A whole statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    /// What is returned of each row.
    pub(crate) projection: Projection,
    /// The entity, as written.
    pub(crate) entity: String,
    /// Conditions, all of which must hold.
    pub(crate) conditions: Vec<Condition>,
    /// Sort keys, first one first.
    pub(crate) order: Vec<Order>,
    /// First row, counted from 1.
    pub(crate) start_position: Option<u64>,
    /// Most rows returned.
    pub(crate) max_results: Option<u64>,
}

/// What a statement returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Projection {
    /// `COUNT(*)`
    Count,
    /// `*`, with the names some clients add to it.
    All(Vec<String>),
    /// Named properties.
    Properties(Vec<String>),
}

/// One condition of `WHERE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    /// The property, as written, with dots.
    pub(crate) property: String,
    /// The test on it.
    pub(crate) test: Test,
}

/// The test of a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Test {
    /// A comparison with one value.
    Compare(Comparison, Literal),
    /// `LIKE`, with `%` for any text.
    Like(String),
    /// `IN`, with at least one value.
    In(Vec<Literal>),
}

/// A comparison operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// `=`
    Equal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// A value in a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Literal {
    /// Quoted text, unescaped.
    Text(String),
    /// A bare number, as written.
    Number(String),
    /// `true` or `false`
    Bool(bool),
    /// `CURRENT_DATE`
    CurrentDate,
}

/// One key of `ORDERBY`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    /// The property, as written.
    pub(crate) property: String,
    /// From the greatest down.
    pub(crate) descending: bool,
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SELECT {} FROM {}", self.projection, self.entity)?;
        for (index, condition) in self.conditions.iter().enumerate() {
            write!(f, " {} {condition}", if index == 0 { "WHERE" } else { "AND" })?;
        }
        for (index, order) in self.order.iter().enumerate() {
            write!(f, "{}{order}", if index == 0 { " ORDERBY " } else { ", " })?;
        }
        if let Some(start) = self.start_position {
            write!(f, " STARTPOSITION {start}")?;
        }
        self.max_results.map_or(Ok(()), |max| write!(f, " MAXRESULTS {max}"))
    }
}

impl fmt::Display for Projection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count => f.write_str("COUNT(*)"),
            Self::All(extra) if extra.is_empty() => f.write_str("*"),
            Self::All(extra) => write!(f, "*, {}", extra.join(", ")),
            Self::Properties(names) => f.write_str(&names.join(", ")),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.test {
            Test::Compare(comparison, value) => write!(f, "{} {comparison} {value}", self.property),
            Test::Like(pattern) => write!(f, "{} LIKE {}", self.property, Literal::Text(pattern.clone())),
            Test::In(values) => {
                let values: Vec<String> = values.iter().map(Literal::to_string).collect();
                write!(f, "{} IN ({})", self.property, values.join(", "))
            }
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        })
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
            Self::Number(number) => f.write_str(number),
            Self::Bool(value) => write!(f, "{value}"),
            Self::CurrentDate => f.write_str("CURRENT_DATE"),
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.property, if self.descending { " DESC" } else { "" })
    }
}

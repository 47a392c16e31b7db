//! A statement in the making: its text, and the values that go with it.

use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, Statement, Value};

use crate::margin::model::Dimension;

/// A statement in the making.
pub(super) struct Sql {
    backend: DbBackend,
    values: Vec<Value>,
}

impl Sql {
    pub(super) fn new(connection: &impl ConnectionTrait) -> Self {
        Self { backend: connection.get_database_backend(), values: Vec::new() }
    }

    pub(super) fn is_postgres(&self) -> bool {
        self.backend == DbBackend::Postgres
    }

    /// A place for a value.
    pub(super) fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Places for values, with commas between them.
    pub(super) fn list<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> String {
        let places: Vec<String> = values.into_iter().map(|value| self.bind(value)).collect();
        places.join(", ")
    }

    /// A day that a range begins or ends with. On PostgreSQL it is part of the text: prepared statements get one plan for
    /// all ranges after their fifth use, and a day's and a year's lines are not to be read in the same way.
    pub(super) fn bound(&mut self, day: NaiveDate) -> String {
        if self.is_postgres() { format!("DATE '{}'", day.format("%Y-%m-%d")) } else { self.bind(day) }
    }

    /// The first day of the period that `date` is in.
    pub(super) fn period(&self, dimension: Dimension, date: &str) -> String {
        match (dimension, self.is_postgres()) {
            (Dimension::Week, true) => format!("({date} - (EXTRACT(ISODOW FROM {date})::int - 1))"),
            (Dimension::Month, true) => format!("({date} - (EXTRACT(DAY FROM {date})::int - 1))"),
            // Six days back, then on to the next Monday, unless it is one.
            (Dimension::Week, false) => format!("date({date}, '-6 days', 'weekday 1')"),
            (Dimension::Month, false) => format!("date({date}, 'start of month')"),
            _ => date.to_owned(),
        }
    }

    /// A customer, in an order that is the same on both databases; empty where none is named.
    pub(super) fn customer(&self, column: &str) -> String {
        let collation = if self.is_postgres() { " COLLATE \"C\"" } else { "" };
        format!("(COALESCE({column}, ''){collation})")
    }

    pub(super) async fn all<R: FromQueryResult>(
        self,
        connection: &impl ConnectionTrait,
        text: &str,
    ) -> Result<Vec<R>, DbErr> {
        R::find_by_statement(Statement::from_sql_and_values(self.backend, text, self.values)).all(connection).await
    }

    pub(super) async fn execute(self, connection: &impl ConnectionTrait, text: &str) -> Result<u64, DbErr> {
        let statement = Statement::from_sql_and_values(self.backend, text, self.values);
        Ok(connection.execute_raw(statement).await?.rows_affected())
    }
}

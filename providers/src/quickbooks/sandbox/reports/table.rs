//! A report as rows and columns, and its JSON (reference 14).
//!
//! Rule: every row has a cell for every column; the first cell of a row of data names the record by its id.

use rust_decimal::Decimal;
use serde_json::{Value, json};

/// Columns and rows.
#[derive(Debug)]
pub(super) struct Table {
    columns: Vec<(&'static str, &'static str)>,
    rows: Vec<Value>,
}

/// One row of data: what it is of, and the other cells.
#[derive(Debug)]
pub(super) struct Row {
    /// Id of the record; none for what is computed.
    pub(super) id: Option<String>,
    /// Label.
    pub(super) label: String,
    /// The other cells.
    pub(super) cells: Vec<String>,
}

/// Money, two decimals; nothing where there is none.
pub(super) fn money(amount: Decimal) -> String {
    if amount.is_zero() { String::new() } else { format!("{amount:.2}") }
}

/// Money, two decimals; a zero is written.
pub(super) fn total(amount: Decimal) -> String {
    format!("{amount:.2}")
}

impl Row {
    fn cells(&self) -> Value {
        let mut first = json!({"value": self.label});
        if let Some(id) = &self.id {
            first["id"] = id.as_str().into();
        }
        let rest = self.cells.iter().map(|cell| json!({"value": cell}));
        std::iter::once(first).chain(rest).collect()
    }
}

impl Table {
    /// A table with these columns: title and type.
    pub(super) fn new(columns: &[(&'static str, &'static str)]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Whether there is no row.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds a row of data.
    pub(super) fn data(&mut self, row: &Row) {
        self.rows.push(json!({"type": "Data", "ColData": row.cells()}));
    }

    /// Adds a sum that stands alone.
    pub(super) fn sum(&mut self, group: &str, row: &Row) {
        self.rows.push(json!({"type": "Section", "group": group, "Summary": {"ColData": row.cells()}}));
    }

    /// Adds a section with a header, rows of its own and their sum.
    pub(super) fn section(&mut self, group: &str, title: &str, inner: Self, sum: &Row) {
        let empty = vec![String::new(); sum.cells.len()];
        let header = Row { id: None, label: title.to_owned(), cells: empty };
        self.rows.push(json!({
            "type": "Section", "group": group, "Header": {"ColData": header.cells()},
            "Rows": inner.rows(), "Summary": {"ColData": sum.cells()},
        }));
    }

    /// Adds a row of data whose cells are made.
    pub(super) fn cells(&mut self, cells: Value) {
        self.rows.push(json!({"type": "Data", "ColData": cells}));
    }

    /// Adds a section whose header names a record.
    pub(super) fn section_of(&mut self, id: &str, title: &str, inner: Self, sum: &Row) {
        let empty = vec![String::new(); sum.cells.len()];
        let header = Row { id: Some(id.to_owned()), label: title.to_owned(), cells: empty };
        self.rows.push(json!({
            "type": "Section", "Header": {"ColData": header.cells()},
            "Rows": inner.rows(), "Summary": {"ColData": sum.cells()},
        }));
    }

    /// A table of the same columns, for a section.
    pub(super) fn inner(&self) -> Self {
        Self { columns: self.columns.clone(), rows: Vec::new() }
    }

    /// The JSON of the columns.
    pub(super) fn columns(&self) -> Value {
        let columns: Vec<Value> =
            self.columns.iter().map(|(title, kind)| json!({"ColTitle": title, "ColType": kind})).collect();
        json!({"Column": columns})
    }

    /// The JSON of the rows; nothing where there are none.
    pub(super) fn rows(&self) -> Value {
        if self.rows.is_empty() { json!({}) } else { json!({"Row": self.rows}) }
    }
}

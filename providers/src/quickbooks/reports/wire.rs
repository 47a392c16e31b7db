//! JSON of a report (§14), borrowed from the answer: columns, and rows that may hold rows.
//!
//! Rule: only rows of data count; headers and sums of sections repeat them.

use std::borrow::Cow;

use serde::Deserialize;

use crate::quickbooks::wire::Scalar;

/// A report.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Report<'a> {
    #[serde(borrow)]
    pub(super) header: Option<Header<'a>>,
    #[serde(borrow)]
    pub(super) columns: Option<Columns<'a>>,
    #[serde(borrow)]
    rows: Option<Rows<'a>>,
}

/// What it holds for.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Header<'a> {
    #[serde(borrow)]
    pub(super) end_period: Scalar<'a>,
}

/// Its columns.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Columns<'a> {
    #[serde(borrow)]
    column: Option<Vec<Column<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Column<'a> {
    #[serde(borrow)]
    col_title: Scalar<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Rows<'a> {
    #[serde(borrow)]
    row: Option<Vec<Row<'a>>>,
}

/// A row of data, or a section with rows of its own.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Row<'a> {
    #[serde(borrow)]
    header: Option<Heading<'a>>,
    #[serde(borrow)]
    col_data: Option<Vec<Cell<'a>>>,
    #[serde(borrow)]
    rows: Option<Rows<'a>>,
}

/// The head of a section.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Heading<'a> {
    #[serde(borrow)]
    col_data: Option<Vec<Cell<'a>>>,
}

/// A cell; the first one of a row names the record.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(super) struct Cell<'a> {
    #[serde(borrow)]
    pub(super) value: Scalar<'a>,
    #[serde(borrow)]
    pub(super) id: Scalar<'a>,
}

impl<'a> Report<'a> {
    /// The place of the column with one of these titles.
    pub(super) fn column(&self, titles: &[&str]) -> Option<usize> {
        let columns = self.columns.as_ref()?.column.as_ref()?;
        let title = |column: &Column<'a>| column.col_title.text().map(Cow::into_owned).unwrap_or_default();
        columns.iter().position(|column| titles.iter().any(|wanted| title(column).eq_ignore_ascii_case(wanted)))
    }

    /// The cells of all rows of data, sections opened.
    pub(super) fn data(&self) -> Vec<&[Cell<'a>]> {
        let mut data = Vec::new();
        gather(self.rows.as_ref(), &mut data);
        data
    }
}

impl<'a> Report<'a> {
    /// The cells of all rows of data, each with the first cell of the section that it stands in.
    pub(super) fn sections(&self) -> Vec<(Cell<'a>, &[Cell<'a>])> {
        let mut data = Vec::new();
        within(self.rows.as_ref(), Cell::default(), &mut data);
        data
    }
}

fn within<'a, 'b>(rows: Option<&'b Rows<'a>>, section: Cell<'a>, data: &mut Vec<(Cell<'a>, &'b [Cell<'a>])>) {
    for row in rows.and_then(|rows| rows.row.as_ref()).into_iter().flatten() {
        let head = row.header.as_ref().and_then(|head| head.col_data.as_ref()?.first().copied());
        data.extend(row.col_data.as_deref().map(|cells| (section, cells)));
        within(row.rows.as_ref(), head.unwrap_or(section), data);
    }
}

fn gather<'a, 'b>(rows: Option<&'b Rows<'a>>, data: &mut Vec<&'b [Cell<'a>]>) {
    for row in rows.and_then(|rows| rows.row.as_ref()).into_iter().flatten() {
        data.extend(row.col_data.as_deref());
        gather(row.rows.as_ref(), data);
    }
}

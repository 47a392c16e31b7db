//! A CSV file with named columns (RFC 4180).
//!
//! Rule: every complaint names file, line and column; a column that nobody asks for is ignored.

use std::{collections::HashMap, fs, path::Path};

use csv::{ReaderBuilder, StringRecord};
use rust_decimal::Decimal;

use super::trouble::{inaccessible, malformed, misconfigured};
use crate::{
    error::ProviderError,
    model::{ItemKind, Unusable, UnusableReason},
};

/// Decimals that the gateway keeps.
const DECIMALS_MAX: u32 = 6;

/// Why a row cannot be used.
pub(super) type Complaint = (UnusableReason, String);

/// A table, read to its end.
#[derive(Debug)]
pub(super) struct Table {
    file: String,
    columns: HashMap<String, usize>,
    rows: Vec<(u64, StringRecord)>,
}

impl Table {
    /// Reads a file; `None` if there is none.
    ///
    /// # Errors
    /// When it cannot be read, or lacks a `required` column.
    pub(super) fn read(path: &Path, required: &[&str]) -> Result<Option<Self>, ProviderError> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(inaccessible(path, &error)),
        };
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self::parse(file, &bytes, required).map(Some)
    }

    pub(super) fn parse(file: String, bytes: &[u8], required: &[&str]) -> Result<Self, ProviderError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = ReaderBuilder::new().delimiter(delimiter(bytes)).flexible(true).from_reader(bytes);
        let unreadable = |error: &csv::Error| malformed(format!("{file}, {}", place_of(error)));
        let header = reader.headers().map_err(|error| unreadable(&error))?.clone();
        let mut columns: HashMap<String, usize> = HashMap::new();
        for (index, name) in header.iter().enumerate() {
            // The first of two columns of one name counts.
            columns.entry(name.trim().to_lowercase()).or_insert(index);
        }
        if let Some(missing) = required.iter().find(|name| !columns.contains_key(**name)) {
            let text = format!("{file}, line 1: column `{missing}` is missing; it must have {}", required.join(", "));
            return Err(misconfigured(text));
        }
        let mut rows = Vec::new();
        for record in reader.into_records() {
            let record = record.map_err(|error| unreadable(&error))?;
            if record.iter().any(|field| !field.trim().is_empty()) {
                rows.push((record.position().map_or(0, csv::Position::line), record));
            }
        }
        Ok(Self { file, columns, rows })
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|(line, record)| Row { table: self, line: *line, record })
    }
}

/// Semicolons where the first line has no comma, as spreadsheets write in countries with decimal commas.
fn delimiter(bytes: &[u8]) -> u8 {
    let first = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    if first.contains(&b',') || !first.contains(&b';') { b',' } else { b';' }
}

fn place_of(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Utf8 { pos, err } => {
            let line = pos.as_ref().map_or(0, csv::Position::line);
            format!("line {line}, column {}: is not UTF-8; save the file as UTF-8", err.field() + 1)
        }
        _ => error.to_string(),
    }
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    table: &'a Table,
    pub(super) line: u64,
    record: &'a StringRecord,
}

impl<'a> Row<'a> {
    /// A field without the blanks around it; `None` if it is empty or there is no such column.
    pub(super) fn text(self, column: &str) -> Option<&'a str> {
        let index = *self.table.columns.get(column)?;
        self.record.get(index).map(str::trim).filter(|text| !text.is_empty())
    }

    pub(super) fn owned(self, column: &str) -> Option<String> {
        self.text(column).map(str::to_owned)
    }

    /// File, line and column of a field.
    pub(super) fn place(self, column: &str) -> String {
        let (file, line) = (&self.table.file, self.line);
        match self.table.columns.get(column) {
            Some(index) => format!("{file}, line {line}, column {} (`{column}`)", index + 1),
            None => format!("{file}, line {line} (no column `{column}`)"),
        }
    }

    pub(super) fn id(self) -> Result<String, Complaint> {
        self.owned("id").ok_or_else(|| (UnusableReason::MissingId, format!("{}: is empty", self.place("id"))))
    }

    pub(super) fn name(self) -> Result<String, Complaint> {
        self.owned("name").ok_or_else(|| (UnusableReason::MissingName, format!("{}: is empty", self.place("name"))))
    }

    pub(super) fn invalid(self, column: &str, why: &str) -> Complaint {
        let found = self.text(column).unwrap_or_default();
        (UnusableReason::InvalidField, format!("{}: `{found}` {why}", self.place(column)))
    }

    /// Whether a row counts; an empty field says yes.
    pub(super) fn active(self) -> Result<bool, Complaint> {
        match self.text("active").map(str::to_lowercase).as_deref() {
            None | Some("true" | "yes" | "y" | "1") => Ok(true),
            Some("false" | "no" | "n" | "0") => Ok(false),
            Some(_) => Err(self.invalid("active", "is neither yes nor no")),
        }
    }

    /// An exact number of at most six decimals.
    pub(super) fn number(self, column: &str) -> Result<Option<Decimal>, Complaint> {
        let Some(text) = self.text(column) else { return Ok(None) };
        let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
        if !plain || !text.bytes().any(|byte| byte.is_ascii_digit()) {
            return Err(self.invalid(column, "is no number; write it like 1234.50"));
        }
        let inexact = || {
            let text = format!("{}: `{text}` has more decimals, or is larger, than can be kept", self.place(column));
            (UnusableReason::InexactNumber, text)
        };
        let number = Decimal::from_str_exact(text).map_err(|_| inexact())?.normalize();
        let micros = Decimal::from(i64::MAX) / Decimal::from(1_000_000);
        if number.scale() > DECIMALS_MAX || number.abs() > micros { Err(inexact()) } else { Ok(Some(number)) }
    }

    /// The row as one that cannot be used.
    pub(super) fn unusable(self, kind: Option<ItemKind>, (reason, detail): Complaint) -> Unusable {
        let label = self.text("name").or_else(|| self.text("id"));
        let label = label.map_or_else(|| format!("{}, line {}", self.table.file, self.line), str::to_owned);
        Unusable { external_id: self.owned("id"), label, kind, reason, detail }
    }
}

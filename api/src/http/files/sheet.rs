//! Rows of a CSV file, one at a time.
//!
//! Rule: a row that cannot be read costs that row alone: an open quote is given up after some lines, and reading goes on
//! behind its first one. Nothing is guessed; what a file may look like is in docs/API.md.

use csv_core::ReadRecordResult;
use domain::{ErrorCode, Refusal};
use tokio::io::{AsyncBufRead, AsyncBufReadExt};

/// Lines of a quoted text at most.
const LINES_MAX: usize = 50;
/// Bytes of a row at most.
const ROW_BYTES_MAX: usize = 64 * 1024;
/// Delimiters that a file may have.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// A row: its place in the file, from 1 for the first line, and its cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// Line on which it begins.
    pub(super) line: u64,
    /// Cells, without spaces around them.
    pub(super) cells: Vec<String>,
}

/// A file with its heading read.
pub(super) struct Sheet<R> {
    lines: Lines<R>,
    delimiter: u8,
    parser: csv_core::Reader,
    /// Names of the columns, in lower case with `_` for spaces.
    pub(super) columns: Vec<String>,
}

/// What a row is, or why it cannot be read.
pub(super) type Read = Result<Row, (u64, Refusal)>;

impl<R: AsyncBufRead + Unpin> Sheet<R> {
    /// Reads the heading. `known` are the columns that such a file may have.
    ///
    /// # Errors
    /// When the file is empty, not UTF-8, or has no such heading.
    pub(super) async fn open(reader: R, known: &[&str]) -> std::io::Result<Result<Self, Refusal>> {
        let mut lines = Lines { reader, waiting: Vec::new(), line: 0 };
        let Some((_, mut bytes)) = lines.next().await? else {
            return Ok(Err(refused("The file is empty.", "The first line names the columns.")));
        };
        if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
            return Ok(Err(refused("The file is UTF-16.", "Save it as CSV UTF-8.")));
        }
        if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) {
            bytes.drain(..3);
        }
        let best = DELIMITERS.into_iter().filter_map(|delimiter| {
            let mut parser = parser(delimiter);
            let columns: Vec<String> = cells(&mut parser, &bytes, delimiter)?.iter().map(|cell| column(cell)).collect();
            let hits = columns.iter().filter(|column| known.contains(&column.as_str())).count();
            Some((hits, delimiter, columns, parser))
        });
        // Of equals the first: a heading of one column has no delimiter.
        let best = best.reduce(|best, next| if next.0 > best.0 { next } else { best });
        Ok(match best {
            Some((1.., delimiter, columns, parser)) => {
                heading(&columns, known).map(|()| Self { lines, delimiter, parser, columns })
            }
            _ => {
                let help = format!("Name these: {}.", known.join(", "));
                Err(refused("The first line names none of the columns.", &help))
            }
        })
    }

    /// Whether the file's numbers have a decimal comma if nobody says: where the comma is no delimiter, they do.
    pub(super) fn decimal_comma(&self) -> bool {
        self.delimiter == b';'
    }

    /// The next row that is not empty.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) async fn next(&mut self) -> std::io::Result<Option<Read>> {
        loop {
            let Some((line, first)) = self.lines.next().await? else { return Ok(None) };
            if first.iter().all(|byte| byte.is_ascii_whitespace() || *byte == self.delimiter) {
                continue;
            }
            let read = match self.whole(first).await? {
                Ok(bytes) => self.row(line, &bytes),
                Err(refusal) => Err((line, refusal)),
            };
            return Ok(Some(read));
        }
    }

    /// A row's bytes: its line, and those that its quoted texts go on over.
    async fn whole(&mut self, first: Vec<u8>) -> std::io::Result<Result<Vec<u8>, Refusal>> {
        let mut bytes = first;
        let mut more = Vec::new();
        loop {
            match quotes(&bytes, self.delimiter) {
                Quotes::Closed => return Ok(Ok(bytes)),
                Quotes::Broken => break,
                Quotes::Open if more.len() >= LINES_MAX || bytes.len() > ROW_BYTES_MAX => break,
                Quotes::Open => match self.lines.next().await? {
                    Some((line, next)) => {
                        bytes.extend_from_slice(&next);
                        more.push((line, next));
                    }
                    None => break,
                },
            }
        }
        self.lines.give_back(more);
        Ok(Err(refused("A quote is not closed, or stands inside a quoted text.", "Write a quote inside quotes twice.")))
    }

    fn row(&mut self, line: u64, bytes: &[u8]) -> Read {
        if bytes.len() > ROW_BYTES_MAX {
            return Err((line, refused("The row is longer than 64 KiB.", "Is a quote missing?")));
        }
        if std::str::from_utf8(bytes).is_err() {
            return Err((line, refused("The row is not UTF-8.", "Save the file as CSV UTF-8.")));
        }
        match cells(&mut self.parser, bytes, self.delimiter) {
            Some(cells) if cells.len() <= self.columns.len() => Ok(Row { line, cells }),
            Some(cells) => {
                let message = format!("The row has {} cells, the heading {}.", cells.len(), self.columns.len());
                Err((line, refused(&message, "Put a text that holds the delimiter in quotes.")))
            }
            None => Err((line, refused("The row cannot be read.", "Save the file as CSV UTF-8."))),
        }
    }
}

fn refused(message: &str, help: &str) -> Refusal {
    Refusal::new(ErrorCode::Validation, message).help(help)
}

/// Whether every column is known, and there once: one that is misspelt would be missing in every row.
fn heading(columns: &[String], known: &[&str]) -> Result<(), Refusal> {
    for (place, column) in columns.iter().enumerate().filter(|(_, column)| !column.is_empty()) {
        if !known.contains(&column.as_str()) {
            let help = format!("Rename or remove it; there are {}.", known.join(", "));
            return Err(refused(&format!("There is no column {column:?}."), &help));
        }
        if columns.iter().take(place).any(|other| other == column) {
            return Err(refused(&format!("The column {column:?} is there twice."), "Remove one of them."));
        }
    }
    Ok(())
}

/// A column's name as we compare it.
fn column(cell: &str) -> String {
    cell.trim().to_lowercase().replace([' ', '-'], "_")
}

/// A reader of single rows, by the library; made once, because making one costs more than many rows.
fn parser(delimiter: u8) -> csv_core::Reader {
    csv_core::ReaderBuilder::new().delimiter(delimiter).build()
}

/// The cells of one row.
fn cells(parser: &mut csv_core::Reader, bytes: &[u8], delimiter: u8) -> Option<Vec<String>> {
    parser.reset();
    let most = bytes.iter().filter(|byte| **byte == delimiter).count() + 1;
    let (mut text, mut ends) = (vec![0; bytes.len() + 1], vec![0; most + 1]);
    let (mut input, mut written, mut ended) = (bytes, 0, 0);
    loop {
        let (result, read, wrote, found) = parser.read_record(input, text.get_mut(written..)?, ends.get_mut(ended..)?);
        input = input.get(read..)?;
        (written, ended) = (written + wrote, ended + found);
        match result {
            // Without more input the row ends.
            ReadRecordResult::InputEmpty => {}
            ReadRecordResult::Record => break,
            ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull | ReadRecordResult::End => return None,
        }
    }
    let mut begin = 0;
    let mut cells = Vec::with_capacity(ended);
    for end in ends.get(..ended)? {
        cells.push(std::str::from_utf8(text.get(begin..*end)?).ok()?.trim().to_owned());
        begin = *end;
    }
    Some(cells)
}

/// How a row stands with its quotes.
#[derive(Debug, PartialEq, Eq)]
enum Quotes {
    Closed,
    Open,
    Broken,
}

/// Whether a row ends inside a quoted text. A quote opens one only at the beginning of a cell, and closes it only before
/// the next one.
fn quotes(bytes: &[u8], delimiter: u8) -> Quotes {
    let (mut at, mut begins, mut inside) = (0, true, false);
    while let Some(&byte) = bytes.get(at) {
        match (inside, byte) {
            (true, b'"') if bytes.get(at + 1) == Some(&b'"') => at += 1,
            (true, b'"') => match bytes.get(at + 1) {
                None | Some(b'\r' | b'\n') => inside = false,
                Some(next) if *next == delimiter => inside = false,
                Some(_) => return Quotes::Broken,
            },
            (false, b'"') if begins => inside = true,
            _ => {}
        }
        begins = !inside && byte == delimiter;
        at += 1;
    }
    if inside { Quotes::Open } else { Quotes::Closed }
}

/// Lines of a file, of which some can be given back.
struct Lines<R> {
    reader: R,
    waiting: Vec<(u64, Vec<u8>)>,
    line: u64,
}

impl<R: AsyncBufRead + Unpin> Lines<R> {
    async fn next(&mut self) -> std::io::Result<Option<(u64, Vec<u8>)>> {
        if let Some(line) = self.waiting.pop() {
            return Ok(Some(line));
        }
        let mut bytes = Vec::new();
        let mut limited = tokio::io::AsyncReadExt::take(&mut self.reader, ROW_BYTES_MAX as u64 + 1);
        if limited.read_until(b'\n', &mut bytes).await? == 0 {
            return Ok(None);
        }
        if bytes.len() > ROW_BYTES_MAX && !bytes.ends_with(b"\n") {
            self.skip_line().await?;
        }
        self.line += 1;
        Ok(Some((self.line, bytes)))
    }

    /// Passes over the rest of a line that is too long for a row.
    async fn skip_line(&mut self) -> std::io::Result<()> {
        loop {
            let there = self.reader.fill_buf().await?;
            let (used, ended) = match there.iter().position(|byte| *byte == b'\n') {
                Some(end) => (end + 1, true),
                None => (there.len(), there.is_empty()),
            };
            self.reader.consume(used);
            if ended {
                return Ok(());
            }
        }
    }

    fn give_back(&mut self, lines: Vec<(u64, Vec<u8>)>) {
        self.waiting.extend(lines.into_iter().rev());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(text: &[u8]) -> (Vec<String>, bool, Vec<Result<Vec<String>, u64>>) {
        let mut sheet = Sheet::open(text, &["sku", "name", "quantity"]).await.unwrap().unwrap();
        let mut rows = Vec::new();
        while let Some(row) = sheet.next().await.unwrap() {
            rows.push(row.map(|row| row.cells).map_err(|(line, _)| line));
        }
        (sheet.columns.clone(), sheet.decimal_comma(), rows)
    }

    fn row(cells: &[&str]) -> Result<Vec<String>, u64> {
        Ok(cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[tokio::test]
    async fn marks_delimiters_and_line_ends_are_told_apart() {
        for (text, comma) in [
            ("SKU,Name\r\nA, Oak \r\n\r\nB,\"Ash, \"\"white\"\"\"", false),
            ("\u{feff}sku;name\nA;Oak\n;\nB;\"Ash, \"\"white\"\"\"\n", true),
            ("sku\tname\nA\tOak\nB\tAsh, \"white\"\n", false),
        ] {
            let (columns, is_comma, rows) = read(text.as_bytes()).await;
            assert_eq!((columns, is_comma), (vec!["sku".to_owned(), "name".to_owned()], comma), "{text:?}");
            assert_eq!(rows, [row(&["A", "Oak"]), row(&["B", "Ash, \"white\""])], "{text:?}");
        }
    }

    #[tokio::test]
    async fn a_quoted_text_may_go_over_lines_and_an_unquoted_inch_is_no_quote() {
        let (_, _, rows) = read(b"sku,name\nA,\"two\nlines\"\nB,12\" pipe\n").await;
        assert_eq!(rows, [row(&["A", "two\nlines"]), row(&["B", "12\" pipe"])]);
    }

    #[tokio::test]
    async fn a_broken_quote_costs_one_row() {
        let many = format!("sku,name\nA,\"open\n{}", "B,Ash\n".repeat(200));
        let (_, _, rows) = read(many.as_bytes()).await;
        assert_eq!(
            (rows.len(), &rows[0], &rows[1], &rows[200]),
            (201, &Err(2), &row(&["B", "Ash"]), &row(&["B", "Ash"]))
        );
        let (_, _, rows) = read(b"sku,name\nA,\"o\"k\"\nB,Ash\nC,\"end").await;
        assert_eq!(rows, [Err(2), row(&["B", "Ash"]), Err(4)]);
    }

    #[tokio::test]
    async fn rows_of_other_shapes_and_encodings_are_refused_by_their_line() {
        let (_, _, rows) = read(b"sku,name\nA,B,C\n\xff,x\nD\n").await;
        assert_eq!(rows, [Err(2), Err(3), row(&["D"])]);
        let long = format!("sku,name\nA,{}\nB,Ash\n", "x".repeat(ROW_BYTES_MAX));
        let (_, _, rows) = read(long.as_bytes()).await;
        assert_eq!(rows, [Err(2), row(&["B", "Ash"])]);
    }

    #[tokio::test]
    async fn a_file_without_a_heading_is_refused() {
        for bad in [&b""[..], b"A,B\n1,2\n", b"\xff\xfes\0k\0u\0", b"sku,cost\n", b"sku,SKU,name\n"] {
            assert!(Sheet::open(bad, &["sku", "name"]).await.unwrap().is_err(), "{bad:?}");
        }
    }
}

//! Cells of a CSV file that is opened in a spreadsheet.
//!
//! Rule: a text never begins with what a spreadsheet takes for a formula; numbers are written as they are.

/// What begins a formula in some spreadsheet, full-width forms included.
const BEGINS_FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// A text as a cell: one that would be a formula gets an apostrophe before it.
pub(super) fn text(text: &str) -> String {
    let begins = text.trim_start_matches([' ', '\u{a0}']).starts_with(BEGINS_FORMULA);
    if begins || text.starts_with('\n') { format!("'{text}") } else { text.to_owned() }
}

/// A text that may be missing.
pub(super) fn optional(value: Option<&str>) -> String {
    value.map(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_calculate_is_kept_as_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", " =1", "=cmd|' /C calc'!A0"] {
            assert_eq!(text(formula), format!("'{formula}"));
        }
        for plain in ["Oak", "", "ABC-20260404", "1 = 1", "\"quoted\", and more", "ä=ö"] {
            assert_eq!(text(plain), plain);
        }
    }
}

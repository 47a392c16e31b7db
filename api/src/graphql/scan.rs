//! A look at a document before it is parsed.
//!
//! Rule: the parser descends once per bracket, so brackets are counted first, without recursion.

/// Brackets inside brackets that no document needs; the parser itself stops at 64 selections.
const NESTING_MAX: usize = 64;

/// Whether a document opens more brackets at once than any parser should be given.
pub(super) fn nests_too_deep(document: &str) -> bool {
    let bytes = document.as_bytes();
    let (mut at, mut open) = (0, 0_usize);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' | b'(' => open += 1,
            b'}' | b']' | b')' => open = open.saturating_sub(1),
            b'#' => at = end_of_line(bytes, at),
            b'"' => at = end_of_string(bytes, at),
            _ => {}
        }
        if open > NESTING_MAX {
            return true;
        }
        at += 1;
    }
    false
}

/// Where the comment that begins at `start` ends.
fn end_of_line(bytes: &[u8], start: usize) -> usize {
    bytes.iter().skip(start).position(|byte| matches!(byte, b'\n' | b'\r')).map_or(bytes.len(), |length| start + length)
}

/// Where the last quote of the string that begins at `start` is.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let block = bytes.get(start..).is_some_and(|rest| rest.starts_with(b"\"\"\""));
    let quote: &[u8] = if block { b"\"\"\"" } else { b"\"" };
    let mut at = start + quote.len();
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        match rest.first() {
            Some(b'\\') => at += 2,
            Some(b'\n') if !block => return at,
            _ if rest.starts_with(quote) => return at + quote.len() - 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_four_open_brackets_pass_and_one_more_does_not() {
        let nested = |depth: usize| format!("{}a{}", "{a".repeat(depth), "}".repeat(depth));
        assert!(!nests_too_deep(&nested(64)));
        assert!(nests_too_deep(&nested(65)));
    }

    #[test]
    fn brackets_of_every_kind_count_together() {
        assert!(nests_too_deep(&"{a(b:[".repeat(22)));
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        let many = "[".repeat(100);
        assert!(!nests_too_deep(&format!("{{ a(b: \"{many}\\\"{many}\") }}")));
        assert!(!nests_too_deep(&format!("{{ a(b: \"\"\"{many}\n\"{many}\"\"\") }}")));
        assert!(!nests_too_deep(&format!("# {many}\n{{ a }}")));
    }

    #[test]
    fn an_unfinished_string_hides_nothing_after_its_line() {
        assert!(nests_too_deep(&format!("\"\n{}", "[".repeat(65))));
    }
}

//! Our reference in a document's private note, beside its number: the number is for people and may be changed (§7.5).
//! Pure.
//!
//! Rule: the note ends with `[ref: …]`; whatever is cut at the note's limit, the stamp is not.

/// Longest private note, in characters (§8).
const NOTE_MAX: usize = 4000;

const OPEN: &str = "[ref: ";

/// Text for people and our reference, as one note.
pub(super) fn stamped(memo: &str, reference: &str) -> String {
    let stamp = format!("{OPEN}{reference}]");
    let room = NOTE_MAX.saturating_sub(stamp.chars().count() + 1);
    let memo: String = memo.trim().chars().take(room).collect();
    if memo.is_empty() { stamp } else { format!("{} {stamp}", memo.trim_end()) }
}

/// What a note says to people, and the reference that is stamped on it. A person may have written around the stamp.
pub(super) fn read(note: &str) -> (Option<String>, Option<String>) {
    let found = note.rfind(OPEN).and_then(|at| {
        let (reference, after) = note[at + OPEN.len()..].split_once(']')?;
        Some((at, reference.trim(), after.trim()))
    });
    let Some((at, reference, after)) = found.filter(|(_, reference, _)| !reference.is_empty()) else {
        return (text(note.trim()), None);
    };
    let before = note[..at].trim();
    let memo =
        if before.is_empty() || after.is_empty() { format!("{before}{after}") } else { format!("{before} {after}") };
    (text(&memo), Some(reference.to_owned()))
}

fn text(memo: &str) -> Option<String> {
    (!memo.is_empty()).then(|| memo.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("count 118 [ref: SB-1]", Some("count 118"), Some("SB-1"))]
    #[case("[ref: SB-1]", None, Some("SB-1"))]
    #[case("count [ref: SB-1] checked by Ann", Some("count checked by Ann"), Some("SB-1"))]
    #[case("[ref: SB-1] later", Some("later"), Some("SB-1"))]
    #[case("no stamp", Some("no stamp"), None)]
    #[case("cut off [ref: SB", Some("cut off [ref: SB"), None)]
    #[case("empty [ref: ]", Some("empty [ref: ]"), None)]
    #[case("  ", None, None)]
    fn a_note_is_read(#[case] note: &str, #[case] memo: Option<&str>, #[case] reference: Option<&str>) {
        assert_eq!(read(note), (memo.map(str::to_owned), reference.map(str::to_owned)));
    }

    proptest! {
        #[test]
        fn a_stamp_survives_any_memo(memo in "\\PC{0,5000}", reference in "[A-Z0-9-]{1,21}") {
            let note = stamped(&memo, &reference);
            prop_assert!(note.chars().count() <= NOTE_MAX);
            prop_assert_eq!(read(&note).1, Some(reference));
        }
    }

    #[test]
    fn a_long_memo_is_cut_and_its_stamp_is_not() {
        let note = stamped(&"ä".repeat(5000), "SB-1");
        assert_eq!((note.chars().count(), note.ends_with("ä [ref: SB-1]")), (4000, true));
        assert_eq!(stamped(" as it is ", "SB-1"), "as it is [ref: SB-1]");
    }
}

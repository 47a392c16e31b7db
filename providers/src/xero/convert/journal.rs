//! Manual journals (§3.3): what is sent, and what is read back.
//!
//! Rule: there is no field for a reference, so it stands in brackets behind the narration, and is found there wherever
//! people move it.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::{Coded, Record, invalid, missing};
use crate::{
    model::{DocumentContent, DocumentKind, DocumentState, JournalLine, PostedDocument, Side, Unusable},
    xero::{
        scalar::day,
        wire::{self, ManualJournal},
    },
};

/// Characters that a reference can have (see [`crate::model::DraftHead`]).
const REFERENCE_CHARS_MAX: usize = 21;

/// A row of a list of journals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::xero) struct JournalRow {
    /// The journal; the codes are those of accounts that its lines do not name by id.
    pub(in crate::xero) document: Coded<PostedDocument, usize>,
    /// The whole narration.
    pub(in crate::xero) narration: String,
    /// When it changed.
    pub(in crate::xero) updated_at: Option<DateTime<Utc>>,
}

/// The narration of a journal of ours. The stamp is never cut; of the text at most `chars_max` characters are kept.
pub(in crate::xero) fn stamped(memo: &str, reference: &str, chars_max: usize) -> String {
    let memo: String = memo.trim().chars().take(chars_max).collect();
    format!("{} [{reference}]", memo.trim_end()).trim_start().to_owned()
}

/// A journal.
pub(in crate::xero) fn journal(wire: &ManualJournal<'_>, place: usize) -> Result<JournalRow, Unusable> {
    let who = Record { id: wire.id, name: wire.narration, kind: None, place };
    let external_id = who.id("ManualJournalID")?;
    let status = wire.status.owned().unwrap_or_default();
    let date = wire.date.text().unwrap_or_default();
    let narration = wire.narration.owned().unwrap_or_default();
    let (reference, memo) = read_stamp(&narration);
    let (lines, codes) = lines(wire.journal_lines.as_deref().unwrap_or_default(), &who)?;
    let record = PostedDocument {
        kind: DocumentKind::JournalEntry,
        external_id,
        version: None,
        reference,
        state: state(&status).ok_or_else(|| who.unusable(invalid("Status", &status)))?,
        date: day(&date).ok_or_else(|| who.unusable(invalid("Date", &date)))?,
        memo,
        content: DocumentContent::Journal { lines },
        updated_at: wire.updated.moment(),
    };
    Ok(JournalRow { updated_at: record.updated_at, document: Coded { record, codes }, narration })
}

/// §3.3. A deleted draft and an archived journal are out of the books like a voided one; that an archived one is, is
/// our reading (from memory).
fn state(status: &str) -> Option<DocumentState> {
    match status {
        "DRAFT" => Some(DocumentState::Draft),
        "POSTED" => Some(DocumentState::Posted),
        "VOIDED" | "DELETED" | "ARCHIVED" => Some(DocumentState::Voided),
        _ => None,
    }
}

/// The last bracket that can be a reference, and the text without it.
fn read_stamp(narration: &str) -> (Option<String>, Option<String>) {
    let text = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let mut end = narration.len();
    while let Some(open) = narration.get(..end).and_then(|head| head.rfind('[')) {
        let inside = narration.get(open + 1..).and_then(|rest| rest.split_once(']'));
        if let Some((reference, after)) = inside.filter(|(reference, _)| is_reference(reference)) {
            let before = narration.get(..open).unwrap_or_default().trim_end();
            return (Some(reference.to_owned()), text(format!("{before}{after}")));
        }
        end = open;
    }
    (None, text(narration.to_owned()))
}

fn is_reference(text: &str) -> bool {
    (1..=REFERENCE_CHARS_MAX).contains(&text.chars().count()) && !text.contains([' ', '['])
}

type Lines = (Vec<JournalLine>, Vec<(usize, String)>);

/// Lines of nothing are left out: they move nothing and have no side.
fn lines(rows: &[wire::JournalLine<'_>], who: &Record<'_>) -> Result<Lines, Unusable> {
    let (mut lines, mut codes) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in rows {
        let amount = who.number("LineAmount", row.line_amount)?.ok_or_else(|| who.unusable(missing("LineAmount")))?;
        if amount.is_zero() {
            continue;
        }
        let account = row.account_id.owned();
        if account.is_none() {
            let code = row.account_code.owned().ok_or_else(|| who.unusable(missing("AccountID")))?;
            codes.push((lines.len(), code));
        }
        let side = if amount > Decimal::ZERO { Side::Debit } else { Side::Credit };
        let account = account.unwrap_or_default();
        lines.push(JournalLine { account, side, amount: amount.abs(), description: row.description.owned() });
    }
    Ok((lines, codes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Build B-7 [SB-1Z]", Some("SB-1Z"), Some("Build B-7"))]
    #[case("[SB-1Z]", Some("SB-1Z"), None)]
    #[case("Build [SB-1Z] corrected by Ann", Some("SB-1Z"), Some("Build corrected by Ann"))]
    #[case("Depreciation [see the note of March]", None, Some("Depreciation [see the note of March]"))]
    #[case("Build [a] [not this one] x", Some("a"), Some("Build [not this one] x"))]
    #[case("Build [SB-1Z", None, Some("Build [SB-1Z"))]
    #[case("Build []", None, Some("Build []"))]
    #[case("", None, None)]
    fn a_stamp_is_read_wherever_it_stands(
        #[case] narration: &str,
        #[case] reference: Option<&str>,
        #[case] memo: Option<&str>,
    ) {
        assert_eq!(read_stamp(narration), (reference.map(str::to_owned), memo.map(str::to_owned)));
    }

    proptest! {
        #[test]
        fn what_was_stamped_is_read_again(memo in "\\PC{0,60}", reference in "[A-Z0-9-]{1,21}") {
            let narration = stamped(&memo, &reference, 40);
            let (read, text) = read_stamp(&narration);
            prop_assert_eq!(read, Some(reference.clone()));
            let kept: String = memo.trim().chars().take(40).collect();
            prop_assert_eq!(text.unwrap_or_default(), kept.trim());
            let stamp = format!("[{reference}]");
            prop_assert!(narration.ends_with(&stamp));
        }
    }
}

//! A draft in QuickBooks' words (§9.3, §9.4), and its request id (§3). Pure.
//!
//! Rule: the same draft gives the same bytes and the same request id at every attempt.

use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use super::{
    stamp,
    wire::{Id, NewAdjustmentDetail, NewDocument, NewJournalDetail, NewLine},
};
use crate::{
    error::{ErrorKind, ProviderError},
    model::{AdjustmentDraft, DraftHead, JournalDraft, Side},
};

/// Longest request id, in characters (§3).
const REQUEST_ID_MAX: usize = 50;

/// Longest document number, in characters (§7.5).
const DOC_NUMBER_MAX: usize = 21;

/// The request id in QuickBooks' form: as it is where that is possible, else a hash of it.
pub(super) fn request_id(head: &DraftHead) -> String {
    let own = &head.request_id;
    let plain = own.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
    if plain && !own.is_empty() && own.len() <= REQUEST_ID_MAX {
        return own.clone();
    }
    // The prefix keeps a hash apart from an id that looks like one.
    format!("h-{}", &hex::encode(Sha256::digest(own.as_bytes()))[..REQUEST_ID_MAX - 2])
}

/// An inventory adjustment.
pub(super) fn adjustment(draft: &AdjustmentDraft) -> Result<String, ProviderError> {
    let lines = draft.lines.iter().map(|line| NewLine {
        detail_type: "ItemAdjustmentLineDetail",
        item_adjustment_line_detail: Some(NewAdjustmentDetail {
            item_ref: Id { value: &line.item },
            qty_diff: Some(line.quantity),
        }),
        ..NewLine::default()
    });
    let adjust_account_ref = Some(Id { value: &draft.account });
    body("adjustment.post", &NewDocument { adjust_account_ref, line: lines.collect(), ..of(&draft.head) })
}

/// A journal entry; `currency` is named where the company keeps several (§9.4).
pub(super) fn journal(draft: &JournalDraft, currency: Option<&str>) -> Result<String, ProviderError> {
    let lines = draft.lines.iter().map(|line| NewLine {
        detail_type: "JournalEntryLineDetail",
        amount: Some(line.amount),
        description: line.description.as_deref(),
        journal_entry_line_detail: Some(NewJournalDetail {
            posting_type: match line.side {
                Side::Debit => "Debit",
                Side::Credit => "Credit",
            },
            account_ref: Id { value: &line.account },
        }),
        ..NewLine::default()
    });
    let currency_ref = currency.map(|value| Id { value });
    body("journal.post", &NewDocument { currency_ref, line: lines.collect(), ..of(&draft.head) })
}

fn of(head: &DraftHead) -> NewDocument<'_> {
    NewDocument {
        doc_number: &head.reference,
        txn_date: head.date.to_string(),
        private_note: stamp::stamped(&head.memo, &head.reference),
        currency_ref: None,
        adjust_account_ref: None,
        line: Vec::new(),
    }
}

fn body(operation: &'static str, document: &NewDocument<'_>) -> Result<String, ProviderError> {
    let rejected = |text| ProviderError::new(ErrorKind::Rejected, operation, text);
    let length = document.doc_number.chars().count();
    if length == 0 || length > DOC_NUMBER_MAX {
        let reference = document.doc_number;
        let text = format!("reference `{reference}` has {length} characters; QuickBooks takes 1 to {DOC_NUMBER_MAX}");
        return Err(rejected(text));
    }
    serde_json::to_string(document).map_err(|error| rejected(format!("the draft cannot be written as JSON: {error}")))
}

/// An amount at a rate, in the last digit of the home currency.
pub(super) fn at_rate(amount: Decimal, rate: Option<Decimal>) -> Option<Decimal> {
    match rate {
        Some(rate) if rate != Decimal::ONE => Some(amount.checked_mul(rate)?.round_dp(2)),
        _ => Some(amount),
    }
}

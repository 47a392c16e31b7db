//! A posted document in neutral words (§9.3, §9.4). Pure.
//!
//! Rule: the stamp on the note is our reference; the document's number is it only where there is no stamp.

use rust_decimal::Decimal;

use super::{
    draft::at_rate,
    stamp,
    wire::{Document, Line},
};
use crate::{
    model::{
        AdjustmentLine, DocumentContent, DocumentKind, DocumentState, JournalLine, PostedDocument, Side, Unusable,
        UnusableReason,
    },
    quickbooks::{
        convert::updated_at,
        record::{Record, invalid, missing},
    },
};

/// An inventory adjustment or a journal entry. Neither has drafts or voids here (§7.4): what exists is posted.
pub(in crate::quickbooks) fn document(
    wire: &Document<'_>,
    kind: DocumentKind,
    place: usize,
) -> Result<PostedDocument, Unusable> {
    let who = Record { id: wire.id, name: wire.doc_number, kind: None, place };
    let note = wire.private_note.owned().unwrap_or_default();
    let (memo, stamped) = stamp::read(&note);
    let content = match kind {
        DocumentKind::InventoryAdjustment => adjustment(&who, wire)?,
        DocumentKind::JournalEntry => journal(&who, wire)?,
    };
    Ok(PostedDocument {
        kind,
        external_id: who.id()?,
        version: wire.sync_token.owned(),
        reference: stamped.or_else(|| wire.doc_number.owned()),
        state: DocumentState::Posted,
        date: who.date("TxnDate", wire.txn_date)?,
        memo,
        content,
        updated_at: updated_at(wire.meta_data.as_ref()),
    })
}

fn adjustment(who: &Record<'_>, wire: &Document<'_>) -> Result<DocumentContent, Unusable> {
    let lines = wire.line.iter().flatten().filter_map(|line| line.item_adjustment_line_detail.as_ref());
    let lines = lines.map(|detail| {
        let item = detail.item_ref.id().ok_or_else(|| who.unusable(missing("ItemRef")))?;
        let quantity = who.quantity("QtyDiff", detail.qty_diff)?;
        let quantity = quantity.ok_or_else(|| who.unusable(missing("QtyDiff")))?;
        Ok(AdjustmentLine { item, quantity })
    });
    let lines = lines.collect::<Result<_, Unusable>>()?;
    Ok(DocumentContent::Adjustment { account: wire.adjust_account_ref.id(), lines })
}

fn journal(who: &Record<'_>, wire: &Document<'_>) -> Result<DocumentContent, Unusable> {
    let rate = who.quantity("ExchangeRate", wire.exchange_rate)?;
    // Lines of text alone say nothing to the books.
    let lines = wire.line.iter().flatten().filter(|line| line.journal_entry_line_detail.is_some());
    let lines = lines.map(|line| journal_line(who, line, rate)).collect::<Result<_, _>>()?;
    Ok(DocumentContent::Journal { lines })
}

/// Amounts are in the entry's currency; a person may have posted it in a foreign one.
fn journal_line(who: &Record<'_>, line: &Line<'_>, rate: Option<Decimal>) -> Result<JournalLine, Unusable> {
    let detail = line.journal_entry_line_detail.as_ref();
    let account = detail.and_then(|detail| detail.account_ref.id());
    let side = detail.and_then(|detail| detail.posting_type.text()).unwrap_or_default();
    let side = match side.as_ref() {
        "Debit" => Side::Debit,
        "Credit" => Side::Credit,
        other => return Err(who.unusable(invalid("PostingType", other))),
    };
    let amount = at_rate(who.needed("Amount", line.amount)?, rate);
    let too_large = || (UnusableReason::InexactNumber, "its amounts are too large to be kept exactly".to_owned());
    Ok(JournalLine {
        account: account.ok_or_else(|| who.unusable(missing("AccountRef")))?,
        side,
        amount: amount.ok_or_else(|| who.unusable(too_large()))?,
        description: line.description.owned(),
    })
}

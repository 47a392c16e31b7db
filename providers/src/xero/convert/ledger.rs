//! What a document does to accounts (§3.3–§3.5).
//!
//! Rule: debits are positive; amounts are before tax and in the company's own currency. What counts in no books (a draft,
//! a voided document) has no lines.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::{Decimal, RoundingStrategy};

use super::{
    Record, invalid,
    journal::{self, journal},
    missing, sale,
};
use crate::{
    model::{DocumentContent, DocumentKind, DocumentState, RecordKind, SaleState, SalesDocumentKind, Side, Unusable},
    xero::{scalar::day, wire},
};

/// Decimals of an amount (§2).
const AMOUNT_DECIMALS: u32 = 2;

/// A document and what it does to accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::xero) struct Entry {
    /// Its id.
    pub(in crate::xero) external_id: String,
    /// What it is, where we know such documents.
    pub(in crate::xero) kind: Option<RecordKind>,
    /// What it is, in Xero's words.
    pub(in crate::xero) label: &'static str,
    /// Its number or reference.
    pub(in crate::xero) number: Option<String>,
    /// Its day.
    pub(in crate::xero) date: NaiveDate,
    /// When it changed.
    pub(in crate::xero) updated_at: Option<DateTime<Utc>>,
    /// Its lines, if it counts.
    pub(in crate::xero) lines: Vec<EntryLine>,
}

/// A line on an account, named by id or by code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::xero) struct EntryLine {
    pub(in crate::xero) account: Option<String>,
    pub(in crate::xero) code: Option<String>,
    /// Debit less credit.
    pub(in crate::xero) amount: Decimal,
    pub(in crate::xero) memo: Option<String>,
}

/// A manual journal.
pub(in crate::xero) fn journal_entry(wire: &wire::ManualJournal<'_>, place: usize) -> Result<Entry, Unusable> {
    let journal::JournalRow { document, narration, updated_at } = journal(wire, place)?;
    let record = document.record;
    let mut entry = Entry {
        external_id: record.external_id,
        kind: Some(RecordKind::Document(DocumentKind::JournalEntry)),
        label: "Manual journal",
        number: record.reference.or_else(|| Some(narration).filter(|text| !text.is_empty())),
        date: record.date,
        updated_at,
        lines: Vec::new(),
    };
    let DocumentContent::Journal { lines } = record.content else { return Ok(entry) };
    if record.state == DocumentState::Posted {
        let codes: std::collections::HashMap<usize, String> = document.codes.into_iter().collect();
        let lines = lines.into_iter().enumerate().map(|(place, line)| EntryLine {
            code: codes.get(&place).cloned(),
            account: Some(line.account).filter(|account| !account.is_empty()),
            amount: if line.side == Side::Debit { line.amount } else { -line.amount },
            memo: line.description,
        });
        entry.lines = lines.collect();
    }
    Ok(entry)
}

/// What a trade document is called here, and the side of its lines: a sale credits what it names, a purchase debits it.
fn meaning(kind: &str) -> Option<(Option<RecordKind>, &'static str, Side)> {
    match kind {
        "ACCREC" => Some((Some(RecordKind::Sale(SalesDocumentKind::Invoice)), "Invoice", Side::Credit)),
        "ACCRECCREDIT" => Some((Some(RecordKind::Sale(SalesDocumentKind::CreditMemo)), "Credit note", Side::Debit)),
        "ACCPAY" => Some((Some(RecordKind::Bill), "Bill", Side::Debit)),
        "ACCPAYCREDIT" => Some((None, "Credit note of a supplier", Side::Credit)),
        _ => None,
    }
}

/// An invoice, a bill or a credit note.
pub(in crate::xero) fn trade_entry(wire: &wire::Sale<'_>, place: usize) -> Result<Entry, Unusable> {
    let name = if wire.number.text().is_some() { wire.number } else { wire.id };
    let who = Record { id: wire.id, name, kind: None, place };
    let type_ = wire.kind.owned().unwrap_or_default();
    let (kind, label, side) = meaning(&type_).ok_or_else(|| who.unusable(invalid("Type", &type_)))?;
    let status = wire.status.owned().unwrap_or_default();
    let date = [wire.date, wire.date_string].into_iter().find_map(|field| day(&field.text()?));
    let counts = sale::state(&status) == Some(SaleState::Posted);
    Ok(Entry {
        external_id: who.id("InvoiceID")?,
        kind,
        label,
        number: wire.number.owned().or_else(|| wire.reference.owned()),
        date: date.ok_or_else(|| who.unusable(missing("Date")))?,
        updated_at: wire.updated.moment(),
        lines: if counts { trade_lines(wire, &who, side)? } else { Vec::new() },
    })
}

fn trade_lines(wire: &wire::Sale<'_>, who: &Record<'_>, side: Side) -> Result<Vec<EntryLine>, Unusable> {
    let nets = sale::net_amounts(wire, who)?;
    let rate = sale::rate(wire, who)?;
    let mut lines = Vec::new();
    for (row, net) in wire.line_items.as_deref().unwrap_or_default().iter().zip(nets) {
        if net.is_zero() {
            continue;
        }
        let (account, code) = (row.account_id.owned(), row.account_code.owned());
        if account.is_none() && code.is_none() {
            return Err(who.unusable(missing("AccountCode")));
        }
        let home = rate.map_or(Some(net), |rate| net.checked_mul(rate));
        let home = home.ok_or_else(|| who.unusable(invalid("LineAmount", &net.to_string())))?;
        let home = home.round_dp_with_strategy(AMOUNT_DECIMALS, RoundingStrategy::MidpointAwayFromZero);
        let amount = if side == Side::Debit { home } else { -home };
        lines.push(EntryLine { account, code, amount, memo: row.description.owned() });
    }
    Ok(lines)
}

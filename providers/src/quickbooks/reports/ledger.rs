//! Lines of accounts, out of the general ledger (§14).
//!
//! Rule: every row of data is a line or an error. The reference names the report and the shape of all reports; the names of
//! its columns, the transaction's id on the cell of its kind, the item's id on the cell of the item, and that a section's
//! head names the account, are from memory. A month at a time is asked for, so that an answer is bounded by a month.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use super::{
    table::{holds_for, number, unusable},
    wire::{Cell, Report},
};
use crate::{
    error::{ErrorKind, ProviderError},
    model::{DocumentKind, LedgerLine, LedgerPage, LedgerWindow, PageCursor, RecordKind, SalesDocumentKind},
    quickbooks::{provider::QuickBooks, request, wire::read},
    session::Session,
    transport::Reply,
};

/// Days of one answer.
const SPAN: u64 = 31;
/// Columns asked for.
const COLUMNS: &str = "tx_date,txn_type,doc_num,create_by,memo,item_name,quantity,debt_amt,credit_amt";

impl QuickBooks {
    pub(in crate::quickbooks) async fn general_ledger(
        &self,
        session: &Session,
        window: &LedgerWindow,
        cursor: Option<&PageCursor>,
    ) -> Result<LedgerPage, ProviderError> {
        let from = match cursor {
            None => window.from,
            Some(PageCursor(day)) => day.parse().map_err(|_| {
                ProviderError::new(ErrorKind::Rejected, "ledger.lines", format!("`{day}` is no cursor of this listing"))
            })?,
        };
        let last = from.checked_add_days(Days::new(SPAN - 1)).unwrap_or(window.to).min(window.to);
        let parameters = [
            ("start_date", from.to_string()),
            ("end_date", last.to_string()),
            ("accounting_method", "Accrual".to_owned()),
            ("account", window.accounts.join(",")),
            ("columns", COLUMNS.to_owned()),
        ];
        let call = request::report(&self.api, session, "ledger.lines", "GeneralLedger", &parameters);
        let lines = self.fetch(call, move |reply| lines(reply, last)).await?;
        let next = last.succ_opt().filter(|day| *day <= window.to).map(|day| PageCursor(day.to_string()));
        Ok(LedgerPage { lines, next })
    }
}

fn lines(reply: &Reply, last: NaiveDate) -> Result<Vec<LedgerLine>, ProviderError> {
    let report: Report<'_> = read(reply)?;
    holds_for(&report, last)?;
    let rows = report.sections();
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let places = Places::of(&report)?;
    rows.into_iter().filter_map(|(account, cells)| places.line(account, cells).transpose()).collect()
}

/// Where the columns stand.
struct Places {
    date: usize,
    kind: usize,
    number: Option<usize>,
    made_by: Option<usize>,
    memo: Option<usize>,
    item: Option<usize>,
    quantity: Option<usize>,
    debit: usize,
    credit: usize,
}

impl Places {
    fn of(report: &Report<'_>) -> Result<Self, ProviderError> {
        let needed = |titles: &[&str]| {
            report.column(titles).ok_or_else(|| unusable(&format!("the report has no column `{}`", titles[0])))
        };
        Ok(Self {
            date: needed(&["Date"])?,
            kind: needed(&["Transaction Type", "Type"])?,
            number: report.column(&["Num", "No."]),
            made_by: report.column(&["Created By", "Create By"]),
            memo: report.column(&["Memo/Description", "Memo"]),
            item: report.column(&["Product/Service", "Item"]),
            quantity: report.column(&["Qty", "Quantity"]),
            debit: needed(&["Debit"])?,
            credit: needed(&["Credit"])?,
        })
    }

    /// `None` for what is carried over from before.
    fn line(&self, account: Cell<'_>, cells: &[Cell<'_>]) -> Result<Option<LedgerLine>, ProviderError> {
        let cell = |place: usize| cells.get(place).copied().unwrap_or_default();
        let named = |place: Option<usize>| place.map(cell).and_then(|cell| cell.value.owned());
        let kind = cell(self.kind);
        let Some(label) = kind.value.owned() else { return Ok(None) };
        let first = cells.first().copied().unwrap_or_default();
        let figure = |place: usize| number(first, cell(place).value);
        let date = cell(self.date).value.text().and_then(|day| day.parse().ok());
        let date = date.ok_or_else(|| unusable(&format!("a line of the ledger, a {label}, has no usable date")))?;
        let account = account
            .id
            .owned()
            .ok_or_else(|| unusable(&format!("a line of the ledger, a {label}, names no account")))?;
        let (debit, credit) = (figure(self.debit)?, figure(self.credit)?);
        let quantity = self.quantity.filter(|place| cell(*place).value.text().is_some()).map(figure).transpose()?;
        Ok(Some(LedgerLine {
            account,
            kind: record_kind(&label),
            label,
            external_id: kind.id.owned(),
            number: named(self.number),
            date,
            amount: debit.checked_sub(credit).unwrap_or(Decimal::ZERO),
            item: self.item.and_then(|place| cell(place).id.owned()),
            quantity,
            memo: named(self.memo),
            made_by: named(self.made_by),
        }))
    }
}

/// Kinds by the words of reports, which are those of the pages (from memory).
fn record_kind(label: &str) -> Option<RecordKind> {
    let words: String = label.chars().filter(|letter| letter.is_ascii_alphabetic()).collect::<String>().to_lowercase();
    Some(match words.as_str() {
        "journalentry" => RecordKind::Document(DocumentKind::JournalEntry),
        "inventoryqtyadjust" | "inventoryadjustment" => RecordKind::Document(DocumentKind::InventoryAdjustment),
        "invoice" => RecordKind::Sale(SalesDocumentKind::Invoice),
        "salesreceipt" => RecordKind::Sale(SalesDocumentKind::SalesReceipt),
        "creditmemo" => RecordKind::Sale(SalesDocumentKind::CreditMemo),
        "refund" | "refundreceipt" => RecordKind::Sale(SalesDocumentKind::Refund),
        "bill" => RecordKind::Bill,
        _ => return None,
    })
}

//! Bills of suppliers (§9.9), read: by themselves and among the changes.
//!
//! Rule: a line is an item's or an account's; of any other kind only text and amount are told.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    convert::updated_at,
    entity::Entity,
    page::{self, Rows},
    provider::QuickBooks,
    record::Record,
    wire::{MetaData, Reference, Scalar},
};
use crate::{
    error::ProviderError,
    model::{BillLine, DocumentState, RemoteBill, RemoteParty, Unusable},
    session::Session,
    transport::Reply,
};

/// A bill as it comes.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Bill<'a> {
    #[serde(borrow)]
    id: Scalar<'a>,
    #[serde(borrow)]
    sync_token: Scalar<'a>,
    #[serde(borrow)]
    doc_number: Scalar<'a>,
    #[serde(borrow)]
    txn_date: Scalar<'a>,
    #[serde(borrow)]
    vendor_ref: Reference<'a>,
    #[serde(borrow)]
    currency_ref: Reference<'a>,
    #[serde(borrow)]
    exchange_rate: Scalar<'a>,
    #[serde(borrow)]
    line: Option<Vec<Line<'a>>>,
    #[serde(borrow)]
    total_amt: Scalar<'a>,
    #[serde(borrow)]
    private_note: Scalar<'a>,
    #[serde(borrow)]
    meta_data: Option<MetaData<'a>>,
}

/// A line, with one of two details.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Line<'a> {
    #[serde(borrow)]
    id: Scalar<'a>,
    #[serde(borrow)]
    description: Scalar<'a>,
    #[serde(borrow)]
    amount: Scalar<'a>,
    #[serde(borrow)]
    item_based_expense_line_detail: Option<Detail<'a>>,
    #[serde(borrow)]
    account_based_expense_line_detail: Option<Detail<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Detail<'a> {
    #[serde(borrow)]
    item_ref: Reference<'a>,
    #[serde(borrow)]
    account_ref: Reference<'a>,
    #[serde(borrow)]
    qty: Scalar<'a>,
}

impl QuickBooks {
    /// One bill.
    pub(super) async fn one_bill(&self, session: &Session, id: &str) -> Result<RemoteBill, ProviderError> {
        self.one(session, Entity::Bill, id, |raw: &RawValue| page::alone(raw, 1, convert)).await
    }
}

/// A page of bills.
pub(super) fn read_page(reply: &Reply) -> Result<Rows<RemoteBill>, ProviderError> {
    page::read(reply, convert)
}

/// A bill in neutral words. It has no drafts, and a void leaves it without amounts (§7.4).
pub(super) fn convert(wire: &Bill<'_>, place: usize) -> Result<RemoteBill, Unusable> {
    let who = Record { id: wire.id, name: wire.doc_number, kind: None, place };
    let lines = wire.line.iter().flatten().enumerate().map(|(index, row)| line(&who, row, index + 1));
    Ok(RemoteBill {
        external_id: who.id()?,
        version: wire.sync_token.owned(),
        state: DocumentState::Posted,
        number: wire.doc_number.owned(),
        date: who.date("TxnDate", wire.txn_date)?,
        supplier: wire.vendor_ref.id().map(|external_id| RemoteParty { external_id, name: wire.vendor_ref.name() }),
        currency: wire.currency_ref.id(),
        rate: who.quantity("ExchangeRate", wire.exchange_rate)?,
        lines: lines.collect::<Result<_, _>>()?,
        total: who.number("TotalAmt", wire.total_amt)?.unwrap_or_default(),
        memo: wire.private_note.owned(),
        updated_at: updated_at(wire.meta_data.as_ref()),
    })
}

fn line(who: &Record<'_>, wire: &Line<'_>, place: usize) -> Result<BillLine, Unusable> {
    let details = [&wire.item_based_expense_line_detail, &wire.account_based_expense_line_detail];
    let details = || details.into_iter().flatten();
    let quantity = details().map(|detail| who.quantity("Qty", detail.qty)).find_map(Result::transpose).transpose()?;
    Ok(BillLine {
        external_id: wire.id.owned().unwrap_or_else(|| place.to_string()),
        item: details().find_map(|detail| detail.item_ref.id()),
        account: details().find_map(|detail| detail.account_ref.id()),
        description: wire.description.owned(),
        quantity,
        amount: who.number("Amount", wire.amount)?.unwrap_or_default(),
    })
}

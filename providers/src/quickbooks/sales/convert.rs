//! A sales document in neutral words (§9.5). Pure.
//!
//! Rule: what the document says is kept as it stands; amounts that make no sum are settled in [`super::settle`], and a
//! field that cannot be read makes the document unusable with the reason.

use rust_decimal::Decimal;

use super::{
    expand::{Expanded, Good, Reader, share},
    settle::{Amount, Earned, Settled, Stated, settle},
    wire::{LinkedTxn, Sale},
};
use crate::{
    model::{RemoteParty, RemoteSale, SaleLine, SaleRef, SaleState, SalesDocumentKind, Unusable},
    quickbooks::{convert::updated_at, entity::Entity, record::Record},
};

/// Currencies whose smallest unit is not a hundredth (ISO 4217).
const WITHOUT_DECIMALS: &[&str] =
    &["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"];
const WITH_THREE_DECIMALS: &[&str] = &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// A sales document.
pub(in crate::quickbooks) fn sale(
    wire: &Sale<'_>,
    kind: SalesDocumentKind,
    place: usize,
) -> Result<RemoteSale, Unusable> {
    let who = Record { id: wire.id, name: wire.doc_number, kind: None, place };
    let currency = wire.currency_ref.id();
    let reader = Reader { who: &who, digits: digits(currency.as_deref()) };
    let expanded = reader.expand(wire)?;
    let stated = stated(&reader, wire, &expanded)?;
    let settled = settle(&stated).ok_or_else(|| reader.too_large())?;
    let memo = wire.private_note.owned();
    let state = state(&stated, memo.as_deref());
    Ok(RemoteSale {
        external_id: who.id()?,
        version: wire.sync_token.owned(),
        kind,
        state,
        number: wire.doc_number.owned(),
        date: who.date("TxnDate", wire.txn_date)?,
        customer: wire.customer_ref.id().map(|id| RemoteParty { external_id: id, name: wire.customer_ref.name() }),
        rate: if currency.is_some() { who.quantity("ExchangeRate", wire.exchange_rate)? } else { None },
        currency,
        lines: lines(expanded.goods, &settled),
        shipping: settled.shipping,
        tax: stated.tax,
        other: settled.other,
        total: stated.total,
        applies_to: applies_to(wire, kind),
        memo,
        updated_at: updated_at(wire.meta_data.as_ref()),
    })
}

fn digits(currency: Option<&str>) -> u32 {
    match currency {
        Some(code) if WITHOUT_DECIMALS.contains(&code) => 0,
        Some(code) if WITH_THREE_DECIMALS.contains(&code) => 3,
        _ => 2,
    }
}

fn stated(reader: &Reader<'_>, wire: &Sale<'_>, expanded: &Expanded) -> Result<Stated, Unusable> {
    let who = reader.who;
    let goods = expanded.goods.iter().map(|good| Amount {
        amount: good.amount,
        discount: good.discount,
        tax_code: good.tax_code.clone(),
    });
    let rates = rates(who, wire)?;
    let total_tax = match &wire.txn_tax_detail {
        Some(detail) => who.number("TotalTax", detail.total_tax)?,
        None => None,
    };
    let shipping =
        Amount { amount: expanded.shipping, discount: Decimal::ZERO, tax_code: expanded.shipping_tax_code.clone() };
    Ok(Stated {
        goods: goods.collect(),
        shipping,
        discount: discount(reader, expanded)?,
        tax: total_tax.unwrap_or_else(|| match rates.is_empty() {
            true => expanded.tax,
            false => rates.iter().map(|(tax, _)| *tax).sum(),
        }),
        rates,
        may_include_tax: wire.global_tax_calculation.text().as_deref() == Some("TaxInclusive"),
        total: who.needed("TotalAmt", wire.total_amt)?,
        digits: reader.digits,
    })
}

/// Discounts on the whole document. Shipping is charged after the discount (the order of QuickBooks' own form), so a
/// percentage is one of the goods alone.
fn discount(reader: &Reader<'_>, expanded: &Expanded) -> Result<Decimal, Unusable> {
    let base: Decimal = expanded.goods.iter().map(|good| good.amount - good.discount).sum();
    let by_percent = expanded.percents.iter().map(|percent| share(base, *percent, reader.digits));
    let by_percent: Option<Decimal> = by_percent.sum();
    Ok(expanded.discount + by_percent.ok_or_else(|| reader.too_large())?)
}

fn rates(who: &Record<'_>, wire: &Sale<'_>) -> Result<Vec<(Decimal, Option<Decimal>)>, Unusable> {
    let lines = wire.txn_tax_detail.iter().flat_map(|detail| detail.tax_line.iter().flatten());
    lines
        .map(|line| {
            let tax = who.number("TaxLine.Amount", line.amount)?.unwrap_or_default();
            let base = line.tax_line_detail.as_ref().map(|detail| detail.net_amount_taxable);
            let base = base.map_or(Ok(None), |base| who.number("NetAmountTaxable", base))?;
            Ok((tax, base))
        })
        .collect()
}

/// A void leaves the document with zeroes and the note `Voided` (§7.4); neither alone says so.
fn state(stated: &Stated, memo: Option<&str>) -> SaleState {
    let worthless = stated.total.is_zero() && stated.goods.iter().all(|good| good.amount.is_zero());
    let noted = memo.is_some_and(|memo| memo.to_lowercase().starts_with("voided"));
    if worthless && noted { SaleState::Voided } else { SaleState::Posted }
}

fn lines(goods: Vec<Good>, settled: &Settled) -> Vec<SaleLine> {
    goods.into_iter().zip(&settled.lines).map(|(good, earned)| line(good, *earned)).collect()
}

fn line(good: Good, earned: Earned) -> SaleLine {
    SaleLine {
        external_id: good.id,
        item: good.item,
        bundle: good.bundle,
        description: good.description,
        quantity: good.quantity,
        gross: earned.gross,
        discount: earned.discount,
        net: earned.net,
        tax_code: good.tax_code,
    }
}

/// The sales that a credit memo or refund names, on itself or on a line. What an invoice names (payments, estimates)
/// is no such thing.
fn applies_to(wire: &Sale<'_>, kind: SalesDocumentKind) -> Vec<SaleRef> {
    if !matches!(kind, SalesDocumentKind::CreditMemo | SalesDocumentKind::Refund) {
        return Vec::new();
    }
    let on_lines = wire.line.iter().flatten().flat_map(|line| line.linked_txn.iter().flatten());
    let mut named: Vec<SaleRef> = Vec::new();
    for sale in wire.linked_txn.iter().flatten().chain(on_lines).filter_map(linked) {
        if !named.contains(&sale) {
            named.push(sale);
        }
    }
    named
}

fn linked(wire: &LinkedTxn<'_>) -> Option<SaleRef> {
    let kind = match Entity::named(&wire.txn_type.text()?)? {
        Entity::Invoice => SalesDocumentKind::Invoice,
        Entity::SalesReceipt => SalesDocumentKind::SalesReceipt,
        _ => return None,
    };
    Some(SaleRef { kind, external_id: wire.txn_id.owned()? })
}

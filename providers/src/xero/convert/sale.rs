//! Invoices and credit notes to customers (§3.4, §3.5).
//!
//! Rule: net amounts are before tax, whatever the document shows; what a line lost by discount is the difference of two
//! amounts of the document's own, and what lines and tax do not explain of the total stands apart. Nothing is rounded
//! but the price before a discount, which the document does not state. Amounts are bounded when they are read, so no sum
//! of them overflows.

use chrono::{DateTime, Utc};
use rust_decimal::{Decimal, RoundingStrategy};

use super::{Coded, Complaint, Record, invalid, missing};
use crate::{
    model::{RemoteParty, RemoteSale, SaleLine, SaleRef, SaleState, SalesDocumentKind, Unusable},
    spread::spread,
    xero::{
        scalar::{Scalar, day},
        wire::{self, Allocation},
    },
};

/// Decimals of an amount (§2).
const AMOUNT_DECIMALS: u32 = 2;

/// A row of a list of documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::xero) struct SaleRow {
    /// Its id.
    pub(in crate::xero) external_id: String,
    /// When it changed.
    pub(in crate::xero) updated_at: Option<DateTime<Utc>>,
    /// What it is.
    pub(in crate::xero) what: What,
}

/// What a row is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::xero) enum What {
    /// A sales document; the codes are those of the items that its lines name.
    Sale(Box<Coded<RemoteSale, usize>>),
    /// Deleted: it was a draft, and is no longer there for anybody.
    Deleted,
    /// A bill or its credit note.
    Purchase,
}

/// Whether the amounts of lines hold tax (§3.3, §3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineAmounts {
    Exclusive,
    Inclusive,
    NoTax,
}

/// A line's amounts with tax still in them, where the document shows them so.
struct Amounts {
    quantity: Decimal,
    unit: Option<Decimal>,
    line: Decimal,
    tax: Option<Decimal>,
    discounted: bool,
}

/// An invoice or a credit note. `currency` is that of the document also where it is the company's own: who knows the
/// company's settles that.
pub(in crate::xero) fn sale(wire: &wire::Sale<'_>, place: usize, kind: SalesDocumentKind) -> Result<SaleRow, Unusable> {
    let name = if wire.number.text().is_some() { wire.number } else { wire.id };
    let who = Record { id: wire.id, name, kind: None, place };
    let external_id = who.id(if kind == SalesDocumentKind::Invoice { "InvoiceID" } else { "CreditNoteID" })?;
    let updated_at = wire.updated.moment();
    let status = wire.status.owned().unwrap_or_default();
    let what = if wire.kind.text().is_some_and(|own| own.starts_with("ACCPAY")) {
        What::Purchase
    } else if status == "DELETED" {
        What::Deleted
    } else {
        let state = state(&status).ok_or_else(|| who.unusable(invalid("Status", &status)))?;
        What::Sale(Box::new(document(wire, &who, &external_id, kind, state)?))
    };
    Ok(SaleRow { external_id, updated_at, what })
}

fn document(
    wire: &wire::Sale<'_>,
    who: &Record<'_>,
    external_id: &str,
    kind: SalesDocumentKind,
    state: SaleState,
) -> Result<Coded<RemoteSale, usize>, Unusable> {
    let date = [wire.date, wire.date_string].into_iter().find_map(|field| day(&field.text()?));
    let tax = who.exact("TotalTax", wire.total_tax)?.unwrap_or_default();
    let total = who.exact("Total", wire.total)?.ok_or_else(|| who.unusable(missing("Total")))?;
    let (lines, codes) = lines(wire, who, tax)?;
    let net: Decimal = lines.iter().map(|line| line.net).sum();
    let record = RemoteSale {
        external_id: external_id.to_owned(),
        version: None,
        kind,
        state,
        number: wire.number.owned(),
        date: date.ok_or_else(|| who.unusable(invalid("Date", &wire.date.text().unwrap_or_default())))?,
        customer: wire.contact.as_ref().and_then(party),
        currency: wire.currency_code.owned(),
        rate: rate(wire, who)?,
        lines,
        // Xero has no field for it: shipping is a line like any other.
        shipping: Decimal::ZERO,
        tax,
        other: total - net - tax,
        total,
        applies_to: applies_to(wire.allocations.as_deref().unwrap_or_default()),
        memo: wire.reference.owned(),
        updated_at: wire.updated.moment(),
    };
    Ok(Coded { record, codes })
}

/// §3.4.
pub(super) fn state(status: &str) -> Option<SaleState> {
    match status {
        "DRAFT" | "SUBMITTED" => Some(SaleState::Draft),
        "AUTHORISED" | "PAID" => Some(SaleState::Posted),
        "VOIDED" => Some(SaleState::Voided),
        _ => None,
    }
}

fn party(wire: &wire::Contact<'_>) -> Option<RemoteParty> {
    Some(RemoteParty { external_id: wire.id.owned()?, name: wire.name.owned() })
}

/// Xero writes foreign units for one of the company's own (§3.4); ours is the inverse, to 28 digits.
pub(super) fn rate(wire: &wire::Sale<'_>, who: &Record<'_>) -> Result<Option<Decimal>, Unusable> {
    let Some(foreign) = who.number("CurrencyRate", wire.currency_rate)? else { return Ok(None) };
    let home = Decimal::ONE.checked_div(foreign).filter(|rate| rate.is_sign_positive());
    home.map(|rate| Some(rate.normalize())).ok_or_else(|| who.unusable(invalid("CurrencyRate", &foreign.to_string())))
}

fn applies_to(allocations: &[Allocation<'_>]) -> Vec<SaleRef> {
    let mut named: Vec<SaleRef> = Vec::new();
    for id in allocations.iter().filter_map(|allocation| allocation.invoice.as_ref()?.id.owned()) {
        let invoice = SaleRef { kind: SalesDocumentKind::Invoice, external_id: id };
        if !named.contains(&invoice) {
            named.push(invoice);
        }
    }
    named
}

type Lines = (Vec<SaleLine>, Vec<(usize, String)>);

fn lines(wire: &wire::Sale<'_>, who: &Record<'_>, total_tax: Decimal) -> Result<Lines, Unusable> {
    let rows = wire.line_items.as_deref().unwrap_or_default();
    let (shown, amounts) = all_amounts(wire, who, total_tax)?;
    let lines = rows.iter().zip(&amounts).enumerate().map(|(index, (row, amounts))| line(row, amounts, shown, index));
    let has_id = |row: &wire::SaleLine<'_>| row.item.as_ref().is_some_and(|item| item.id.text().is_some());
    let codes = rows.iter().enumerate().filter(|(_, row)| !has_id(row));
    let codes = codes.filter_map(|(index, row)| Some((index, row.item_code.owned()?))).collect();
    Ok((lines.collect(), codes))
}

fn all_amounts(
    wire: &wire::Sale<'_>,
    who: &Record<'_>,
    total_tax: Decimal,
) -> Result<(LineAmounts, Vec<Amounts>), Unusable> {
    let shown = line_amounts(wire.line_amount_types).map_err(|complaint| who.unusable(complaint))?;
    let rows = wire.line_items.as_deref().unwrap_or_default();
    let mut amounts = rows.iter().map(|row| amounts(row, who)).collect::<Result<Vec<_>, _>>()?;
    if shown == LineAmounts::Inclusive {
        tell_taxes(&mut amounts, total_tax).ok_or_else(|| who.unusable(invalid("TotalTax", &total_tax.to_string())))?;
    }
    Ok((shown, amounts))
}

/// What each line comes to before tax.
pub(super) fn net_amounts(wire: &wire::Sale<'_>, who: &Record<'_>) -> Result<Vec<Decimal>, Unusable> {
    let tax = who.exact("TotalTax", wire.total_tax)?.unwrap_or_default();
    let (shown, amounts) = all_amounts(wire, who, tax)?;
    Ok(amounts.iter().map(|amounts| net(amounts, shown)).collect())
}

fn net(amounts: &Amounts, shown: LineAmounts) -> Decimal {
    let hidden_tax = if shown == LineAmounts::Inclusive { amounts.tax.unwrap_or_default() } else { Decimal::ZERO };
    amounts.line - hidden_tax
}

fn line_amounts(field: Scalar<'_>) -> Result<LineAmounts, Complaint> {
    match field.text().as_deref() {
        None | Some("Exclusive") => Ok(LineAmounts::Exclusive),
        Some("Inclusive") => Ok(LineAmounts::Inclusive),
        Some("NoTax") => Ok(LineAmounts::NoTax),
        Some(other) => Err(invalid("LineAmountTypes", other)),
    }
}

/// A line of text alone has no quantity and no amounts.
fn amounts(row: &wire::SaleLine<'_>, who: &Record<'_>) -> Result<Amounts, Unusable> {
    let quantity = who.number("Quantity", row.quantity)?.unwrap_or_default();
    let unit = who.exact("UnitAmount", row.unit_amount)?;
    let given = |name, field| Ok(who.number(name, field)?.is_some_and(|number: Decimal| !number.is_zero()));
    let discounted = given("DiscountRate", row.discount_rate)? || given("DiscountAmount", row.discount_amount)?;
    let line = match who.exact("LineAmount", row.line_amount)? {
        Some(line) => line,
        None if quantity.is_zero() || unit.is_none_or(|unit| unit.is_zero()) => Decimal::ZERO,
        None => return Err(who.unusable(missing("LineAmount"))),
    };
    Ok(Amounts { quantity, unit, line, tax: who.exact("TaxAmount", row.tax_amount)?, discounted })
}

/// Tax that lines do not tell is that of the document, spread over them by their amounts. `None` where an amount is too
/// large for that.
fn tell_taxes(amounts: &mut [Amounts], total: Decimal) -> Option<()> {
    if amounts.iter().any(|line| line.tax.is_none() && !line.line.is_zero()) {
        let weights: Vec<Decimal> = amounts.iter().map(|line| line.line).collect();
        for (line, tax) in amounts.iter_mut().zip(spread(total, &weights, AMOUNT_DECIMALS)?) {
            line.tax = Some(tax);
        }
    }
    Some(())
}

fn line(row: &wire::SaleLine<'_>, amounts: &Amounts, shown: LineAmounts, index: usize) -> SaleLine {
    let net = net(amounts, shown);
    let gross = if amounts.discounted { gross(amounts, net) } else { net };
    SaleLine {
        external_id: row.id.owned().unwrap_or_else(|| (index + 1).to_string()),
        item: row.item.as_ref().and_then(|item| item.id.owned()),
        bundle: None,
        description: row.description.owned(),
        quantity: amounts.quantity,
        gross,
        discount: gross - net,
        net,
        tax_code: row.tax_type.owned(),
    }
}

/// Quantity times price, less the tax that it holds, in the proportion of what is left of the line. A line given away
/// whole tells nothing of its tax, so its price stands as it is; one that grew by its "discount" had none.
fn gross(amounts: &Amounts, net: Decimal) -> Decimal {
    let price = amounts.unit.and_then(|unit| amounts.quantity.checked_mul(unit));
    let before_tax = price.and_then(|price| {
        if amounts.line.is_zero() { Some(price) } else { price.checked_mul(net)?.checked_div(amounts.line) }
    });
    let rounded =
        before_tax.map(|amount| amount.round_dp_with_strategy(AMOUNT_DECIMALS, RoundingStrategy::MidpointAwayFromZero));
    rounded.filter(|gross| gross.abs() >= net.abs()).unwrap_or(net)
}

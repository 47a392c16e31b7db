//! Decisions about stock: which dates and figures are allowed, and what a refusal of the book means to people.

use chrono::NaiveDate;
use entity::{AdjustmentReason, Amount, LotId, MovementKind, ProductId, Quantity, UnitCost};

use super::{
    book::{Book, BookError, Stamp},
    model::Movement,
};
use crate::error::{Error, ErrorCode, Refusal};

/// Largest quantity and value of a document's line: sums of many of them still fit.
pub const LARGEST: i64 = 1_000_000_000_000_000_000;

/// The business date of a document: today if none is given.
///
/// # Errors
/// `PERIOD_CLOSED` before the closed date, `VALIDATION` after today.
pub fn check_date(asked: Option<NaiveDate>, stamp: &Stamp) -> Result<NaiveDate, Refusal> {
    let day = asked.unwrap_or(stamp.today);
    if let Some(closed) = stamp.closed_before.filter(|closed| day < *closed) {
        return Err(Refusal::new(
            ErrorCode::PeriodClosed,
            format!("The books are closed before {closed}; {day} is earlier."),
        )
        .help("Use a later date, or let somebody who may do so move the closing date."));
    }
    if day > stamp.today {
        return Err(Refusal::new(ErrorCode::Validation, format!("{day} is in the future; today is {}.", stamp.today))
            .help("Use today or an earlier day."));
    }
    Ok(day)
}

/// A quantity fit for a document's line.
///
/// # Errors
/// `INVALID_QUANTITY` when it is not positive or too large.
pub fn check_quantity(quantity: Quantity, what: &str) -> Result<(), Refusal> {
    if quantity.0 <= 0 || quantity.0 > LARGEST {
        let message = format!("{what}: the quantity must be positive and at most 1,000,000,000,000, not {quantity}.");
        return Err(Refusal::new(ErrorCode::InvalidQuantity, message).help("Give a positive quantity."));
    }
    Ok(())
}

/// A unit cost fit for a document's line, with the value of `quantity` units.
///
/// # Errors
/// `INVALID_COST` when it is negative or the value is too large.
pub fn check_cost(quantity: Quantity, cost: UnitCost, what: &str) -> Result<Amount, Refusal> {
    let value = crate::money::extend_half_even(quantity, cost).filter(|value| value.0 <= LARGEST);
    match value {
        Some(value) if cost.0 >= 0 => Ok(value),
        _ => Err(Refusal::new(
            ErrorCode::InvalidCost,
            format!("{what}: the unit cost must not be negative, nor the value above 1,000,000,000,000; it is {cost}."),
        )
        .help("Give a unit cost of zero or more.")),
    }
}

/// Whether a reason allows an adjustment: what breaks or is lost is less afterwards (behaviour 2.6).
///
/// # Errors
/// `INVALID_QUANTITY`.
pub fn check_adjustment(quantity: Quantity, reason: AdjustmentReason) -> Result<(), Refusal> {
    if quantity.is_zero() || quantity.0.unsigned_abs() > LARGEST.unsigned_abs() {
        return Err(Refusal::new(ErrorCode::InvalidQuantity, "An adjustment must change something.")
            .help("Give a quantity other than zero.")
            .at(&["input", "quantity"]));
    }
    if quantity.0 > 0 && matches!(reason, AdjustmentReason::Breakage | AdjustmentReason::Loss) {
        let message = format!("An adjustment for breakage or loss takes stock away; {quantity} adds some.");
        return Err(Refusal::new(ErrorCode::InvalidQuantity, message)
            .help("Give a negative quantity, or the reason COUNT_CORRECTION or OTHER.")
            .at(&["input", "quantity"]));
    }
    Ok(())
}

/// Whether a movement may be taken back by itself: not one of a document, which would not know of it.
///
/// # Errors
/// `INVALID_STATE` with the way back that there is.
pub fn check_reversible(movement: &Movement) -> Result<(), Refusal> {
    use MovementKind as K;
    let help = match movement.kind {
        K::Sale | K::SaleReversal | K::SaleReturn | K::LotAdjustment | K::StockAdjustment => return Ok(()),
        K::Receive | K::ReceiptCorrection | K::ReceiptVoid => "Correct or void its receipt.",
        K::BuildConsume | K::BuildProduce | K::BuildRecover | K::BuildReverse => "Reverse or reject its build.",
        K::Opening | K::ItemSync | K::ShortageSettlement => "Correct the stock by an adjustment.",
    };
    Err(Refusal::new(ErrorCode::InvalidState, "That movement cannot be taken back by itself.").help(help))
}

/// What a refusal of the book means to people: it names the record and the way out.
pub fn explain(error: &BookError, book: &Book) -> Error {
    let refusal = match error {
        BookError::NoProduct(id) => Refusal::not_found("product", id),
        BookError::NoLot(id) => Refusal::not_found("lot", id),
        BookError::Short { product, needed, available } => {
            let name = product_name(book, *product);
            Refusal::new(
                ErrorCode::InsufficientStock,
                format!("There is not enough of {name}: {needed} needed, {available} available."),
            )
            .help("Receive or build more, or use less.")
        }
        BookError::LotShort { lot, available } => {
            let name = lot_name(book, *lot);
            Refusal::new(ErrorCode::InsufficientStock, format!("Only {available} is left of {name}."))
                .help("Take at most that.")
        }
        BookError::Consumed(lot) => Refusal::new(
            ErrorCode::LotConsumed,
            format!("Some of {} is gone, so it cannot be voided.", lot_name(book, *lot)),
        )
        .help("Take back what used it first, or correct the quantity instead."),
        BookError::Changed(lot) => {
            Refusal::new(ErrorCode::InvalidState, format!("{} is voided, or not as it was.", lot_name(book, *lot)))
                .help("Look at the lot's movements and correct by an adjustment.")
        }
        BookError::Excess { outstanding } => {
            Refusal::new(ErrorCode::InvalidQuantity, format!("Only {outstanding} can be taken back."))
                .help("Give at most that quantity.")
        }
        BookError::Invalid => {
            Refusal::new(ErrorCode::InvalidQuantity, "A quantity must be positive and a value must not be negative.")
        }
        BookError::Overflow => {
            Refusal::new(ErrorCode::InvalidQuantity, "The stock would be too large to be kept exactly.")
                .help("Check the quantities and costs for a misplaced point.")
        }
    };
    refusal.into()
}

fn product_name(book: &Book, id: ProductId) -> String {
    book.product(id).map_or_else(|| id.to_string(), |product| product.name.clone())
}

fn lot_name(book: &Book, id: LotId) -> String {
    match book.lot(id) {
        Some(lot) => format!("lot {} of {}", lot.number, product_name(book, lot.product_id)),
        None => format!("lot {id}"),
    }
}

//! Documents of all kinds, rolled by the dice and done on a book.
//!
//! Rule: everything a document needs to know is in it, so that it can be done again elsewhere.

use domain::stock::{
    Arrival, Cause, History, NewLot, Posted, Shortfall,
    book::{Book, BookError},
    model::{Lot, Movement},
};
use entity::{Amount, CostStatus, LotSource, MovementKind, Quantity};

use super::{
    PRODUCTS,
    tables::{Dice, Tables, day, product},
};

/// A document. Everything it needs to know is in it, so that it can be done again elsewhere.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    Receive {
        product: u64,
        quantity: i64,
        value: i64,
        on: u32,
        known: bool,
    },
    Sell {
        product: u64,
        quantity: i64,
        on: u32,
    },
    /// Consumes one product and makes another.
    Build {
        from: u64,
        to: u64,
        quantity: i64,
        made: i64,
        labour: i64,
        on: u32,
    },
    Adjust {
        lot: u64,
        by: i64,
        on: u32,
    },
    Correct {
        lot: u64,
        by: i64,
        worth: i64,
        on: u32,
    },
    Void {
        lot: u64,
        on: u32,
    },
    /// Takes back what is left of a consumption, or a part of it in thousandths.
    Reverse {
        movement: u64,
        part: i64,
        on: u32,
    },
    Settle {
        product: u64,
        on: u32,
    },
}

pub fn roll(dice: &mut Dice) -> Step {
    let on = u32::try_from(1 + dice.below(28)).unwrap();
    let product = dice.below(PRODUCTS);
    match dice.below(20) {
        0..5 => {
            Step::Receive { product, quantity: dice.figure(), value: dice.figure() - 1, on, known: dice.below(8) > 0 }
        }
        5..9 => Step::Sell { product, quantity: dice.figure(), on },
        9..12 => {
            let to = (product + 1) % PRODUCTS;
            let (quantity, made) = (dice.figure(), dice.figure());
            Step::Build { from: product, to, quantity, made, labour: dice.figure(), on }
        }
        12..14 => {
            let by = dice.figure();
            Step::Adjust { lot: dice.next(), by: if dice.below(3) == 0 { by } else { -by }, on }
        }
        14 => {
            let (by, worth) = (dice.figure() - 10_000_000, dice.figure() - 10_000_000);
            Step::Correct { lot: dice.next(), by, worth, on }
        }
        15 => Step::Void { lot: dice.next(), on },
        16..19 => {
            let part = i64::try_from(dice.below(3)).unwrap() * 400;
            Step::Reverse { movement: dice.next(), part, on }
        }
        _ => Step::Settle { product, on },
    }
}

pub fn pick<T>(rows: &[T], number: u64) -> Option<&T> {
    (!rows.is_empty()).then(|| &rows[usize::try_from(number).unwrap_or(0) % rows.len()])
}

pub fn reversal_of(kind: MovementKind) -> MovementKind {
    if kind == MovementKind::SaleReversal { MovementKind::Sale } else { MovementKind::SaleReversal }
}

/// Movements that a step may take back.
pub fn reversible(tables: &Tables) -> Vec<&Movement> {
    let kinds = [MovementKind::Sale, MovementKind::SaleReversal, MovementKind::BuildConsume];
    tables.movements.iter().filter(|row| kinds.contains(&row.kind)).collect()
}

/// How much of a movement is to be taken back, in thousandths of what is left of it; none is all.
pub fn asked_back(history: &History, part: i64) -> Option<Quantity> {
    let owed = history.shortage.iter().map(|draw| draw.quantity.0);
    let whole: i64 = history.draws.iter().map(|draw| draw.quantity.0).chain(owed).sum();
    (part > 0).then_some(Quantity(whole / 1000 * part))
}

/// Does a step on a book; what it names is looked up in the tables and in the book alike, by its number among all.
pub fn perform(step: Step, tables: &Tables, book: &mut Book) -> Result<Option<Posted>, BookError> {
    let lots: Vec<&Lot> = tables.lots.values().filter(|lot| lot.source != LotSource::Shortage).collect();
    let cause = |kind, on| Cause::new(kind, day(on));
    match step {
        Step::Receive { product: number, quantity, value, on, known } => {
            let status = if known { CostStatus::Complete } else { CostStatus::Missing };
            let lot = NewLot::new("R", LotSource::Receipt, day(on));
            let value = Amount(if known { value } else { 0 });
            let arrival = Arrival { product: product(number), quantity: Quantity(quantity), value, status, lot };
            book.arrive(&arrival, &cause(MovementKind::Receive, on)).map(Some)
        }
        Step::Sell { product: number, quantity, on } => {
            let cause = cause(MovementKind::Sale, on);
            book.leave(product(number), Quantity(quantity), Shortfall::Owe, &cause).map(Some)
        }
        Step::Build { from, to, quantity, made, labour, on } => {
            let consumed = book.leave(
                product(from),
                Quantity(quantity),
                Shortfall::Refuse,
                &cause(MovementKind::BuildConsume, on),
            )?;
            let value = Amount(consumed.value.0 + labour);
            let lot = NewLot::new("B", LotSource::Build, day(on));
            let (product, quantity, status) = (product(to), Quantity(made), consumed.status);
            let arrival = Arrival { product, quantity, value, status, lot };
            book.arrive(&arrival, &cause(MovementKind::BuildProduce, on))?;
            Ok(Some(consumed))
        }
        Step::Adjust { lot, by, on } => match pick(&lots, lot) {
            Some(lot) => {
                book.adjust_lot(lot.id, Quantity(by), &cause(MovementKind::LotAdjustment, on))?;
                Ok(None)
            }
            None => Ok(None),
        },
        Step::Correct { lot, by, worth, on } => match pick(&lots, lot) {
            Some(lot) => {
                let cause = cause(MovementKind::ReceiptCorrection, on);
                book.correct_lot(lot.id, tables.told(lot), (Quantity(by), Amount(worth)), &cause)?;
                Ok(None)
            }
            None => Ok(None),
        },
        Step::Void { lot, on } => match pick(&lots, lot) {
            Some(lot) => {
                book.void_lot(lot.id, None, &cause(MovementKind::ReceiptVoid, on))?;
                Ok(None)
            }
            None => Ok(None),
        },
        Step::Reverse { movement, part, on } => {
            let Some(movement) = pick(&reversible(tables), movement).copied() else { return Ok(None) };
            let history = tables.history(movement);
            let part = asked_back(&history, part);
            book.reverse(&history, part, &cause(reversal_of(movement.kind), on))?;
            Ok(None)
        }
        Step::Settle { product: number, on } => {
            book.settle(product(number), day(on))?;
            Ok(None)
        }
    }
}

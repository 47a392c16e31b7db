//! Ten thousand sequences of everything that happens to stock, on the book alone: nothing is lost, nothing drifts, and an
//! independent reckoning agrees.
//!
//! Rule: a sequence is named by one number. What the engine takes from a lot may differ from the exact share by half a
//! millionth each time the lot was touched, and what is left of it by no more; quantities not at all.

mod agreement;
mod documents;
mod reckoning;
mod steps;
mod tables;

use std::collections::BTreeMap;

use agreement::{Tally, agree, done};
use chrono::NaiveDate;
use domain::stock::{Cause, book::Ids};
use entity::MovementKind;
use steps::{Step, perform, reversal_of, roll};
pub use tables::Dice;
use tables::{Tables, day};
use uuid::Uuid;

/// Sequences; each has up to [`STEPS`] documents.
const SEQUENCES: u64 = 10_000;
const STEPS: u32 = 40;
const PRODUCTS: u64 = 3;

/// Quantity and value by product and lot.
type Answer = BTreeMap<(Uuid, Uuid), (i64, i64)>;

/// Ten thousand sequences of receipts, sales, builds, adjustments, corrections, voids, reversals, settlements, dated
/// back at will.
#[test]
fn everything_adds_up_in_ten_thousand_sequences() {
    let mut accepted = 0_u64;
    for seed in 0..SEQUENCES {
        let mut dice = Dice(seed);
        let settle = dice.below(2) == 0;
        let mut tables = Tables::new();
        let mut known: Vec<(NaiveDate, i64, Answer)> = Vec::new();
        for number in 0..1 + dice.below(u64::from(STEPS)) {
            let step = roll(&mut dice);
            let at = i64::try_from(number).unwrap() + 1;
            accepted += u64::from(done(step, number, settle, &mut tables).is_ok());
            if dice.below(4) == 0 {
                let on = day(u32::try_from(1 + dice.below(28)).unwrap());
                known.push((on, at, tables.at(on, at)));
            }
        }
        tables.check(seed);
        // Whatever was answered for a moment is answered for it for ever.
        for (on, at, figures) in known {
            assert_eq!(tables.at(on, at), figures, "sequence {seed}");
        }
    }
    assert!(accepted > SEQUENCES * u64::from(STEPS) / 4, "only {accepted} documents were accepted");
}

/// The oracle agrees on every lot and shortage that every document touched, on every refusal, on every average cost, and
/// on what is left at the end.
#[test]
fn an_independent_reckoning_agrees() {
    let mut tally = Tally::default();
    for seed in 0..SEQUENCES {
        agree(seed, &mut tally);
    }
    assert!(tally.accepted.len() == 8 && tally.accepted.values().all(|count| *count > 1_000), "{tally:?}");
    assert!(tally.entries.0 > 15 * SEQUENCES && tally.entries.1 > SEQUENCES, "{tally:?}");
    assert!(tally.payments > SEQUENCES / 2 && tally.open_debts > SEQUENCES / 2, "{tally:?}");
    assert!(tally.doubtful < SEQUENCES / 1_000, "{tally:?}");
}

/// Documents of all kinds in one transaction come to the same rows as in one transaction each.
#[test]
fn in_one_go_is_as_one_by_one() {
    for seed in 0..SEQUENCES {
        let mut dice = Dice(seed ^ 0x5EED);
        let settle = dice.below(2) == 0;
        let mut single = Tables::new();
        let mut accepted: Vec<(Step, u128, Tables)> = Vec::new();
        for number in 0..1 + dice.below(u64::from(STEPS)) {
            let (step, first) = (roll(&mut dice), u128::from(number + 1) << 64);
            // One time for all, so that ids alone tell what was made first.
            let mut book = single.book(1, first, settle);
            if perform(step, &single, &mut book).is_ok() {
                accepted.push((step, first, single.clone()));
                single.corrected(step);
                single.write(book.finish());
            }
        }
        let mut whole = Tables::new();
        let mut book = whole.book(1, 1, settle);
        for (step, first, before) in &accepted {
            book.ids = Ids::from(Uuid::from_u128(*first));
            // What a document names is looked up as it was then.
            perform(*step, before, &mut book).unwrap();
        }
        whole.write(book.finish());
        whole.told.clone_from(&single.told);
        assert_eq!(single, whole, "sequence {seed}");
    }
}

/// Taking back what was taken back leaves lots, products and their costs as they were, again and again.
#[test]
fn reverse_of_reverse_is_identity() {
    let mut reversed = 0;
    for seed in 0..SEQUENCES {
        let mut dice = Dice(seed ^ 0x1D);
        let mut tables = Tables::new();
        for number in 0..1 + dice.below(20) {
            let _ = done(roll(&mut dice), number, false, &mut tables);
        }
        let state = |tables: &Tables| {
            let lots =
                tables.lots.values().map(|lot| (lot.id, lot.status, lot.remaining_quantity, lot.remaining_value));
            let products = tables.products.values().map(|row| (row.on_hand, row.value));
            (lots.collect::<Vec<_>>(), products.collect::<Vec<_>>())
        };
        let sale = tables.movements.iter().rev().find(|row| row.kind == MovementKind::Sale && row.reverses.is_none());
        let Some(mut movement) = sale.cloned() else { continue };
        let begin = state(&tables);
        let mut wholly = true;
        for turn in 0..4_u128 {
            let mut book = tables.book(1_000 + i64::try_from(turn).unwrap(), (1_000 + turn) << 64, false);
            let cause = Cause::new(reversal_of(movement.kind), day(28));
            let history = tables.history(&movement);
            if book.reverse(&history, None, &cause).is_err() {
                // It had been taken back already.
                wholly = false;
                break;
            }
            tables.write(book.finish());
            movement = tables.movements.last().unwrap().clone();
        }
        if wholly {
            // A shortage settled before the first reversal is paid with the same lots after it.
            assert_eq!(state(&tables), begin, "sequence {seed}");
            reversed += 1;
        }
        tables.check(seed);
    }
    assert!(reversed > 2_000, "only {reversed} sales were reversed");
}

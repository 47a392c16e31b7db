//! Ten thousand sequences of everything that happens to stock, on the book alone: nothing is lost, nothing drifts, and an
//! independent reckoning agrees.
//!
//! Rule: a sequence is named by one number. What the engine takes from a lot may differ from the exact share by one
//! millionth each time the lot was touched, and what is left of it by no more; quantities not at all.

mod reckoning;
mod steps;
mod tables;

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use domain::stock::{
    Cause,
    book::{BookError, Effects, Ids},
    model::{Entry, Lot},
};
use entity::{LotSource, MovementId, MovementKind};
use reckoning::{Document, Oracle, State};
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
    let mut done = 0_u64;
    for seed in 0..SEQUENCES {
        let mut dice = Dice(seed);
        let settle = dice.below(2) == 0;
        let mut tables = Tables::new();
        let mut known: Vec<(NaiveDate, i64, Answer)> = Vec::new();
        for number in 0..1 + dice.below(u64::from(STEPS)) {
            let step = roll(&mut dice);
            let at = i64::try_from(number).unwrap() + 1;
            let mut book = tables.book(at, u128::from(number + 1) << 64, settle);
            if perform(step, &tables, &mut book).is_ok() {
                tables.write(book.finish());
                done += 1;
            }
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
    assert!(done > SEQUENCES * u64::from(STEPS) / 4, "only {done} documents were accepted");
}

/// What people would have written down of an accepted step, with the movement each piece is.
fn documents(
    step: Step,
    effects: &Effects,
    state: &State,
    told: &HashMap<MovementId, usize>,
) -> Vec<(Document, MovementId)> {
    let movement = |place: usize| effects.movements[place].id;
    let pile = |number: u64| usize::try_from(number % u64::try_from(state.piles.len()).unwrap()).unwrap();
    match step {
        Step::Receive { product, quantity, value, on, .. } => {
            vec![(Document::Receive { product, on, quantity, value }, movement(0))]
        }
        Step::Sell { product, quantity, .. } => vec![(Document::Take { product, quantity }, movement(0))],
        Step::Build { from, to, quantity, made, on, .. } => {
            let value = effects.movements[1].value.0;
            let take = Document::Take { product: from, quantity };
            vec![(take, movement(0)), (Document::Receive { product: to, on, quantity: made, value }, movement(1))]
        }
        Step::Adjust { lot, by } => vec![(Document::Count { pile: pile(lot), by }, movement(0))],
        Step::Void { lot } => vec![(Document::Void { pile: pile(lot) }, movement(0))],
        Step::Reverse { .. } => {
            let document = told[&effects.movements[0].reverses.unwrap()];
            vec![(Document::Undo { document, quantity: effects.movements[0].quantity.0.abs() }, movement(0))]
        }
        Step::Correct { .. } | Step::Settle { .. } => Vec::new(),
    }
}

/// The entries of a movement are what the oracle reckons for its document.
fn compare(seed: u64, tables: &Tables, effects: &Effects, movement: MovementId, state: &State) {
    let piles = piles(tables);
    let parts = state.parts.last().unwrap();
    let entries: Vec<&Entry> = effects.entries.iter().filter(|entry| entry.movement_id == movement).collect();
    assert_eq!(entries.len(), parts.len(), "sequence {seed}");
    for (entry, part) in entries.iter().zip(parts) {
        assert_eq!(entry.quantity.0, part.quantity, "sequence {seed}");
        match part.pile {
            Some(pile) => {
                assert_eq!(entry.lot_id, piles[pile].id, "sequence {seed}");
                let exact = state.piles[pile].worth(part.quantity);
                let off = exact.distance(entry.value.0);
                assert!(off <= state.piles[pile].touches, "sequence {seed}: {} against {exact:?}", entry.value);
            }
            None => assert_eq!(tables.lots[&entry.lot_id].source, LotSource::Shortage, "sequence {seed}"),
        }
    }
}

/// Real lots, in the order they were made.
fn piles(tables: &Tables) -> Vec<&Lot> {
    tables.lots.values().filter(|lot| lot.source != LotSource::Shortage).collect()
}

/// The oracle agrees on every lot that every document touched, and on what is left at the end.
#[test]
fn an_independent_reckoning_agrees() {
    let (mut compared, mut undone) = (0_u64, 0_u64);
    for seed in 0..SEQUENCES {
        let mut dice = Dice(seed ^ 0xABCD_EF01);
        let (mut tables, mut oracle, mut told) = (Tables::new(), Oracle::default(), HashMap::new());
        for number in 0..1 + dice.below(u64::from(STEPS)) {
            let step = match roll(&mut dice) {
                Step::Receive { product, quantity, value, on, .. } => {
                    Step::Receive { product, quantity, value, on, known: true }
                }
                // These change what units of a lot cost, or pay debts: the tests below have them.
                Step::Correct { .. } | Step::Settle { .. } => continue,
                step => step,
            };
            let mut book = tables.book(i64::try_from(number).unwrap() + 1, u128::from(number + 1) << 64, false);
            let before = oracle.replay();
            match perform(step, &tables, &mut book) {
                Ok(_) => {}
                Err(BookError::Short { .. }) => {
                    let Step::Build { from, quantity, .. } = step else { panic!("sequence {seed}: {step:?} is short") };
                    assert!(before.available(from) < quantity, "sequence {seed}");
                    continue;
                }
                // A millionth of a unit that cost thousands makes an average with which little can be owed.
                Err(error) => {
                    let may = matches!(step, Step::Adjust { .. } | Step::Void { .. } | Step::Reverse { .. });
                    assert!(may || error == BookError::Overflow, "sequence {seed}: {step:?} was refused: {error}");
                    continue;
                }
            }
            let effects = book.finish();
            if effects.movements.is_empty() {
                continue;
            }
            tables.write(effects.clone());
            for (document, movement) in documents(step, &effects, &before, &told) {
                told.insert(movement, oracle.tell(document));
                compare(seed, &tables, &effects, movement, &oracle.replay());
                compared += 1;
                undone += u64::from(matches!(document, Document::Undo { .. }));
            }
        }
        let state = oracle.replay();
        for (lot, pile) in piles(&tables).into_iter().zip(&state.piles) {
            assert_eq!(lot.remaining_quantity.0, pile.left, "sequence {seed}");
            assert!(pile.worth(pile.left).distance(lot.remaining_value.0) <= pile.touches, "sequence {seed}");
        }
    }
    assert!(compared > 8 * SEQUENCES && undone > SEQUENCES / 2, "only {compared} compared, {undone} taken back");
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
            let mut book = tables.book(i64::try_from(number).unwrap() + 1, u128::from(number + 1) << 64, false);
            if perform(roll(&mut dice), &tables, &mut book).is_ok() {
                tables.write(book.finish());
            }
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

//! The engine's ledger and the oracle's reckoning of the same documents, side by side.
//!
//! Rule: quantities, lots, order and how well a cost is known agree exactly. A value may differ from the exact one by half
//! a millionth for each time its pile or debt was touched, which is rounding alone and half of what is allowed: one
//! millionth for each consumption.

use std::{collections::BTreeMap, ops::Range};

use domain::stock::{
    book::{BookError, Effects},
    model::{Entry, Lot, Movement, Product},
};
use entity::CostStatus;
use num_rational::BigRational as Exact;

use super::{
    Dice, PRODUCTS, STEPS,
    documents::{Document, Known, rows, write_down},
    reckoning::{Event, Part, Pile, Place, State, halves, whole},
    steps::{Step, perform, roll},
    tables::{Tables, product},
};

/// A document, what the engine made of it, and what each product cost after it.
pub struct Page {
    document: Document,
    answer: Result<Effects, BookError>,
    products: Vec<Product>,
}

/// How much was compared, by kind.
#[derive(Debug, Default)]
pub struct Tally {
    pub accepted: BTreeMap<&'static str, u64>,
    pub refused: BTreeMap<&'static str, u64>,
    /// Entries, and of these such on debts.
    pub entries: (u64, u64),
    /// Payments of debts.
    pub payments: u64,
    /// Debts that are open at the end.
    pub open_debts: u64,
    /// Documents with two right answers, because rounding decides between them.
    pub doubtful: u64,
}

/// A whole history on the engine, page by page.
pub fn play(seed: u64) -> (bool, Vec<Page>, Tables) {
    let mut dice = Dice(seed ^ 0xABCD_EF01);
    let settling = dice.below(2) == 0;
    let (mut tables, mut pages) = (Tables::new(), Vec::new());
    for number in 0..1 + dice.below(u64::from(STEPS)) {
        let step = roll(&mut dice);
        let Some(document) = write_down(step, &tables) else { continue };
        let answer = done(step, number, settling, &mut tables);
        let products = (0..PRODUCTS).map(|number| tables.products[&product(number)].clone()).collect();
        pages.push(Page { document, answer, products });
    }
    (settling, pages, tables)
}

/// A step on the engine, as a transaction of its own.
pub fn done(step: Step, number: u64, settling: bool, tables: &mut Tables) -> Result<Effects, BookError> {
    let mut book = tables.book(i64::try_from(number).unwrap() + 1, u128::from(number + 1) << 64, settling);
    perform(step, tables, &mut book)?;
    let effects = book.finish();
    tables.corrected(step);
    tables.write(effects.clone());
    Ok(effects)
}

/// The oracle goes through all pages and agrees with each, and with what is left after the last.
pub fn agree(seed: u64, tally: &mut Tally) {
    let (settling, pages, tables) = play(seed);
    tables.check(seed);
    let mut state = State::new(settling);
    for (number, page) in pages.iter().enumerate() {
        let about = format!("sequence {seed}, page {number}: {:?}", page.document);
        turn(&mut state, page, &tables, tally, &about);
        agree_on_averages(&state, page, &about);
    }
    agree_on_rest(&state, &tables, tally, &format!("sequence {seed}"));
}

fn turn(state: &mut State, page: &Page, tables: &Tables, tally: &mut Tally, about: &str) {
    let kind = kind(&page.document);
    let effects = match &page.answer {
        Ok(effects) => effects,
        // A millionth of a unit that cost thousands makes an average with which little can be owed.
        Err(BookError::Overflow) => return,
        Err(error) => {
            *tally.refused.entry(kind).or_default() += 1;
            // What was counted away and found again may have lost a millionth, which refuses to void the lot.
            let rounded = matches!(page.document, Document::Void { .. });
            let possible = state.clone().happen(&page.document).is_ok();
            assert!(!possible || rounded, "{about} was refused: {error}");
            return;
        }
    };
    let events = follow(state, page, effects, tally, about);
    *tally.accepted.entry(kind).or_default() += 1;
    let mut movements = effects.movements.iter();
    for number in events {
        let event = state.events[number].clone();
        if is_nothing(&event) && effects.movements.is_empty() {
            continue;
        }
        let movement = movements.next().unwrap_or_else(|| panic!("{about}: a movement is missing"));
        state.name(number, movement.id.0.as_u128());
        let entries: Vec<&Entry> = effects.entries.iter().filter(|row| row.movement_id == movement.id).collect();
        agree_on_event(&event, movement, &entries, tables, about);
        let on_debts = event.parts.iter().filter(|part| matches!(part.place, Place::Debt(_))).count();
        tally.entries.0 += u64::try_from(entries.len()).unwrap();
        tally.entries.1 += u64::try_from(on_debts).unwrap();
        tally.payments += u64::from(event.quantity() == 0 && on_debts == 1);
    }
    assert_eq!(movements.next(), None, "{about}: a movement too many");
}

/// Where rounding decides, the oracle follows the engine if that gave one of the two right answers.
fn follow(state: &mut State, page: &Page, effects: &Effects, tally: &mut Tally, about: &str) -> Range<usize> {
    let happen = |state: &mut State| {
        state.happen(&page.document).unwrap_or_else(|_| panic!("{about} is impossible, and was done"))
    };
    let before = matches!(page.document, Document::Undo { .. }).then(|| state.clone());
    let events = happen(state);
    let Some(before) = before.filter(|_| state.doubtful) else { return events };
    tally.doubtful += 1;
    state.doubtful = false;
    let parts = || state.events[events.clone()].iter().flat_map(|event| &event.parts);
    let same = |(part, entry): (&Part, &Entry)| is_close(&part.value, entry.value.0, part.roundings);
    if parts().zip(&effects.entries).all(same) {
        return events;
    }
    *state = before;
    state.evenly = true;
    let events = happen(state);
    (state.doubtful, state.evenly) = (false, false);
    events
}

/// A correction of the value that leaves the pile as it is, or nearly, needs no movement.
fn is_nothing(event: &Event) -> bool {
    event.parts.iter().all(|part| part.quantity == 0 && is_close(&part.value, 0, part.roundings))
}

fn is_close(exact: &Exact, figure: i64, roundings: i64) -> bool {
    let (off, allowed) = (exact - whole(figure), halves(roundings));
    off <= allowed && -off <= allowed
}

fn agree_on_event(event: &Event, movement: &Movement, entries: &[&Entry], tables: &Tables, about: &str) {
    assert_eq!(entries.len(), event.parts.len(), "{about}");
    assert_eq!(movement.quantity.0, event.quantity(), "{about}");
    assert_eq!(Known::from(movement.cost_status), event.known, "{about}");
    for (entry, part) in entries.iter().zip(&event.parts) {
        agree_on_part(entry, part, tables, about);
    }
    // What a settlement is worth is what was assumed less what it really cost: the sum of its entries, as for all.
    let exact: Exact = event.parts.iter().map(|part| part.value.clone()).sum();
    let roundings = event.parts.iter().map(|part| part.roundings).sum();
    assert!(is_close(&exact, movement.value.0, roundings), "{about}: {} against {exact}", movement.value);
}

fn agree_on_part(entry: &Entry, part: &Part, tables: &Tables, about: &str) {
    let (piles, debts) = rows(tables);
    let lot = match part.place {
        Place::Pile(pile) => piles[pile],
        Place::Debt(debt) => debts[debt],
    };
    let figures = (entry.lot_id, entry.product_id, entry.quantity.0, Known::from(entry.cost_status));
    assert_eq!(figures, (lot.id, lot.product_id, part.quantity, part.known), "{about}: {part:?}");
    let (value, exact) = (entry.value, &part.value);
    assert!(is_close(exact, value.0, part.roundings), "{about}: {value} against {exact}, {} times", part.roundings);
}

/// The average cost is published in six digits.
fn agree_on_averages(state: &State, page: &Page, about: &str) {
    for (number, row) in (0..PRODUCTS).zip(&page.products) {
        let Some(average) = state.averages.get(&number) else {
            assert_eq!((row.average_cost, row.cost_status), (None, CostStatus::Missing), "{about}");
            continue;
        };
        assert_eq!(Known::from(row.cost_status), average.known, "{about}: {}", row.name);
        let Some(cost) = &average.cost else {
            assert_eq!(row.average_cost, None, "{about}: {}", row.name);
            continue;
        };
        let Some(published) = row.average_cost else {
            assert!(*cost > whole(i64::MAX), "{about}: {} costs {cost}", row.name);
            continue;
        };
        let off = cost - whole(published.0);
        assert!(off <= average.off && -off <= average.off, "{about}: {published} against {cost}");
    }
}

fn agree_on_rest(state: &State, tables: &Tables, tally: &mut Tally, about: &str) {
    let (piles, debts) = rows(tables);
    assert_eq!((piles.len(), debts.len()), (state.piles.len(), state.debts.len()), "{about}");
    let mut on_hand: Vec<(i64, Exact, i64)> = (0..PRODUCTS).map(|_| (0, whole(0), 0)).collect();
    let mut add = |product: u64, quantity: i64, worth: &Exact, roundings: i64| {
        let sum = &mut on_hand[usize::try_from(product).unwrap()];
        (sum.0, sum.2) = (sum.0 + quantity, sum.2 + roundings);
        sum.1 += worth;
    };
    for (pile, lot) in state.piles.iter().zip(piles) {
        agree_on_lot(lot, pile, about);
        add(pile.product, pile.left, &pile.worth, pile.roundings);
    }
    for (debt, lot) in state.debts.iter().zip(debts) {
        let (owed, worth) = (-debt.owed, -debt.worth());
        assert_eq!(lot.remaining_quantity.0, owed, "{about}: {}", lot.id);
        assert!(is_close(&worth, lot.remaining_value.0, debt.roundings), "{about}: {} against {worth}", lot.id);
        add(debt.product, owed, &worth, debt.roundings);
        tally.open_debts += u64::from(debt.owed > 0);
    }
    for (number, (quantity, worth, roundings)) in (0..PRODUCTS).zip(on_hand) {
        let row = &tables.products[&product(number)];
        assert_eq!(row.on_hand.0, quantity, "{about}: {}", row.name);
        assert!(is_close(&worth, row.value.0, roundings), "{about}: {} against {worth}", row.value);
    }
}

fn agree_on_lot(lot: &Lot, pile: &Pile, about: &str) {
    let id = lot.id;
    assert_eq!((lot.remaining_quantity.0, lot.received_quantity.0), (pile.left, pile.told.0), "{about}: {id}");
    let (value, exact) = (lot.remaining_value, &pile.worth);
    assert!(is_close(exact, value.0, pile.roundings), "{about}: {id} has {value} left against {exact}");
    let (value, exact) = (lot.received_value, &pile.borne);
    assert!(is_close(exact, value.0, pile.borne_roundings), "{about}: {id} received {value} against {exact}");
}

fn kind(document: &Document) -> &'static str {
    match document {
        Document::Receive { .. } => "receive",
        Document::Sell { .. } => "sell",
        Document::Build { .. } => "build",
        Document::Count { .. } => "count",
        Document::Correct { .. } => "correct",
        Document::Void { .. } => "void",
        Document::Undo { .. } => "undo",
        Document::Settle { .. } => "settle",
    }
}

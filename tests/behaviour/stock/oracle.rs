//! Ten thousand sequences of everything that happens to stock, on the book alone: nothing is lost, nothing drifts, and an
//! independent reckoning agrees.
//!
//! Rule: the oracle knows nothing of the engine. It keeps a list of what each document said, replays the whole history
//! for every question, and reckons in fractions; the engine's rounding may differ from it by one millionth per
//! consumption and lot.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::stock::{
    Arrival, Cause, History, NewLot, OpenDraw, Posted, Shortfall,
    book::{Book, BookError, Effects, Ids, Stamp},
    model::{Entry, Lot, Movement, Product},
};
use entity::{
    Amount, BusinessId, CostStatus, EntryId, LotId, LotSource, LotStatus, MovementId, MovementKind, ProductId,
    ProductType, Quantity, Timestamp,
};
use uuid::Uuid;

/// Sequences; each has up to [`STEPS`] documents.
const SEQUENCES: u64 = 10_000;
const STEPS: u32 = 40;
const PRODUCTS: u64 = 3;

/// A small generator of our own, so that a failing sequence is named by one number.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Round figures, odd ones, tiny ones and large ones.
    fn figure(&mut self) -> i64 {
        let figure = match self.below(4) {
            0 => (1 + self.below(20)) * 1_000_000,
            1 => 1 + self.below(3),
            2 => 1 + self.below(50_000_000),
            _ => 1 + self.below(3_000_000_000),
        };
        i64::try_from(figure).unwrap()
    }
}

/// What everything was written to: the tables, in memory.
#[derive(Clone, Default, PartialEq, Debug)]
struct Tables {
    products: BTreeMap<ProductId, Product>,
    lots: BTreeMap<LotId, Lot>,
    movements: Vec<Movement>,
    entries: Vec<Entry>,
}

impl Tables {
    fn new() -> Self {
        let product = |number: u64| Product {
            id: product(number),
            business_id: BusinessId(Uuid::nil()),
            name: format!("P{number}"),
            sort_name: String::new(),
            sku: None,
            sort_sku: String::new(),
            kind: ProductType::Component,
            unit: None,
            active: true,
            on_hand: Quantity::ZERO,
            value: Amount::ZERO,
            average_cost: None,
            cost_status: CostStatus::Missing,
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
        };
        let products = (0..PRODUCTS).map(product).map(|row| (row.id, row)).collect();
        Self { products, ..Self::default() }
    }

    fn book(&self, at: i64, first: u128, settle: bool) -> Book {
        let stamp = Stamp {
            business: BusinessId(Uuid::nil()),
            recorded_at: Timestamp(at),
            recorded_by: "test".to_owned(),
            run: None,
            lots: true,
            settle,
            today: day(28),
            closed_before: None,
        };
        let mut book = Book::new(stamp, Ids::from(Uuid::from_u128(first)));
        self.products.values().for_each(|product| book.load_product(product.clone()));
        self.lots.values().for_each(|lot| book.load_lot(lot.clone()).unwrap());
        book
    }

    fn write(&mut self, effects: Effects) {
        self.products.extend(effects.products.into_iter().map(|row| (row.id, row)));
        self.lots.extend(effects.lots.into_iter().map(|row| (row.id, row)));
        self.movements.extend(effects.movements);
        self.entries.extend(effects.entries);
    }

    /// What is left of an entry after all that takes it back, without sign.
    fn left(&self, entry: &Entry) -> (i64, i64) {
        let mut left = (entry.quantity.0.abs(), entry.value.0.abs());
        for back in self.entries.iter().filter(|other| other.reverses == Some(entry.id)) {
            let (quantity, value) = self.left(back);
            left = (left.0 - quantity, left.1 - value);
        }
        left
    }

    fn history(&self, movement: &Movement) -> History {
        let mut shortage = None;
        let mut draws = Vec::new();
        let mut settling = BTreeSet::new();
        for entry in self.entries.iter().filter(|entry| entry.movement_id == movement.id) {
            if entry.quantity.0 < 0 && self.lots[&entry.lot_id].source == LotSource::Shortage {
                shortage = Some((entry.lot_id, entry.id));
                let on_debt = self.entries.iter().filter(|other| other.lot_id == entry.lot_id);
                settling.extend(on_debt.filter(|o| o.quantity.0 > 0 && o.reverses.is_none()).map(|o| o.movement_id));
            } else {
                draws.push(self.open(entry));
            }
        }
        for entry in self.entries.iter().filter(|entry| settling.contains(&entry.movement_id) && entry.quantity.0 < 0) {
            draws.push(self.open(entry));
        }
        History { movement: movement.clone(), draws, shortage, returned: (Quantity::ZERO, Amount::ZERO) }
    }

    fn open(&self, entry: &Entry) -> OpenDraw {
        let (quantity, value) = self.left(entry);
        OpenDraw { entry: entry.clone(), quantity: Quantity(quantity), value: Amount(value) }
    }

    /// Quantity and value per product and lot, as of a day and known at a time.
    fn at(&self, day: NaiveDate, known: i64) -> BTreeMap<(Uuid, Uuid), (i64, i64)> {
        let mut figures = BTreeMap::new();
        let movements = self.movements.iter().filter(|row| row.effective_on <= day && row.recorded_at.0 <= known);
        for row in movements {
            let figure: &mut (i64, i64) = figures.entry((row.product_id.0, Uuid::nil())).or_default();
            *figure = (figure.0 + row.quantity.0, figure.1 + row.value.0);
        }
        for row in self.entries.iter().filter(|row| row.effective_on <= day && row.recorded_at.0 <= known) {
            let figure = figures.entry((row.product_id.0, row.lot_id.0)).or_default();
            *figure = (figure.0 + row.quantity.0, figure.1 + row.value.0);
        }
        figures
    }

    /// Everything adds up.
    fn check(&self, seed: u64) {
        for product in self.products.values() {
            let rows = self.movements.iter().filter(|row| row.product_id == product.id);
            let (mut quantity, mut value) = (0, 0);
            for row in rows {
                quantity += row.quantity.0;
                value += row.value.0;
                assert_eq!((row.on_hand_after.0, row.value_after.0), (quantity, value), "sequence {seed}");
            }
            assert_eq!((product.on_hand.0, product.value.0), (quantity, value), "sequence {seed}");
            let lots = self.lots.values().filter(|lot| lot.product_id == product.id);
            let sums = lots.fold((0, 0), |sum, lot| {
                (sum.0 + lot.remaining_quantity.0, sum.1 + lot.remaining_value.0)
            });
            assert_eq!(sums, (quantity, value), "sequence {seed}");
        }
        for lot in self.lots.values() {
            let entries = self.entries.iter().filter(|entry| entry.lot_id == lot.id);
            let sums = entries.fold((0, 0), |sum, row| (sum.0 + row.quantity.0, sum.1 + row.value.0));
            assert_eq!((lot.remaining_quantity.0, lot.remaining_value.0), sums, "sequence {seed}");
            assert_eq!(lot.status == LotStatus::Active, sums.0 != 0, "sequence {seed}");
            assert!(sums.0 != 0 || sums.1 == 0, "sequence {seed}: value without quantity");
            assert!(lot.source == LotSource::Shortage || (sums.0 >= 0 && sums.1 >= 0), "sequence {seed}");
        }
        for movement in &self.movements {
            let entries = self.entries.iter().filter(|entry| entry.movement_id == movement.id);
            let sums = entries.fold((0, 0), |sum, row| (sum.0 + row.quantity.0, sum.1 + row.value.0));
            assert_eq!((movement.quantity.0, movement.value.0), sums, "sequence {seed}");
        }
    }
}

fn product(number: u64) -> ProductId {
    ProductId(Uuid::from_u128(u128::from(number) + 1))
}

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, day).unwrap()
}

/// A document. Everything it needs to know is in it, so that it can be done again elsewhere.
#[derive(Debug, Clone, Copy)]
enum Step {
    Receive { product: u64, quantity: i64, value: i64, on: u32, known: bool },
    Sell { product: u64, quantity: i64, on: u32 },
    /// Consumes one product and makes another.
    Build { from: u64, to: u64, quantity: i64, made: i64, labour: i64, on: u32 },
    Adjust { lot: u64, by: i64 },
    Correct { lot: u64, by: i64, worth: i64 },
    Void { lot: u64 },
    /// Takes back what is left of a consumption, or a part of it in thousandths.
    Reverse { movement: u64, part: i64 },
    Settle { product: u64 },
}

fn roll(dice: &mut Dice) -> Step {
    let on = u32::try_from(1 + dice.below(28)).unwrap();
    let product = dice.below(PRODUCTS);
    match dice.below(20) {
        0..5 => Step::Receive { product, quantity: dice.figure(), value: dice.figure() - 1, on, known: dice.below(8) > 0 },
        5..9 => Step::Sell { product, quantity: dice.figure(), on },
        9..12 => {
            let to = (product + 1) % PRODUCTS;
            let (quantity, made) = (dice.figure(), dice.figure());
            Step::Build { from: product, to, quantity, made, labour: dice.figure(), on }
        }
        12..14 => {
            let by = dice.figure();
            Step::Adjust { lot: dice.next(), by: if dice.below(3) == 0 { by } else { -by } }
        }
        14 => Step::Correct { lot: dice.next(), by: dice.figure() - 10_000_000, worth: dice.figure() - 10_000_000 },
        15 => Step::Void { lot: dice.next() },
        16..19 => Step::Reverse { movement: dice.next(), part: i64::try_from(dice.below(3)).unwrap() * 400 },
        _ => Step::Settle { product },
    }
}

fn pick<T>(rows: &[T], number: u64) -> Option<&T> {
    (!rows.is_empty()).then(|| &rows[usize::try_from(number).unwrap_or(0) % rows.len()])
}

fn reversal_of(kind: MovementKind) -> MovementKind {
    if kind == MovementKind::SaleReversal { MovementKind::Sale } else { MovementKind::SaleReversal }
}

/// Does a step on a book; what it names is looked up in the tables and in the book alike, by its number among all.
fn perform(step: Step, tables: &Tables, book: &mut Book) -> Result<Option<Posted>, BookError> {
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
        Step::Adjust { lot, by } => match pick(&lots, lot) {
            Some(lot) => {
                book.adjust_lot(lot.id, Quantity(by), &cause(MovementKind::LotAdjustment, 28))?;
                Ok(None)
            }
            None => Ok(None),
        },
        Step::Correct { lot, by, worth } => match pick(&lots, lot) {
            Some(lot) => {
                let cause = cause(MovementKind::ReceiptCorrection, 28);
                book.correct_lot(lot.id, Quantity(by), Amount(worth), &cause)?;
                Ok(None)
            }
            None => Ok(None),
        },
        Step::Void { lot } => match pick(&lots, lot) {
            Some(lot) => {
                book.void_lot(lot.id, None, &cause(MovementKind::ReceiptVoid, 28))?;
                Ok(None)
            }
            None => Ok(None),
        },
        Step::Reverse { movement, part } => {
            let kinds = [MovementKind::Sale, MovementKind::SaleReversal, MovementKind::BuildConsume];
            let rows: Vec<&Movement> = tables.movements.iter().filter(|row| kinds.contains(&row.kind)).collect();
            let Some(movement) = pick(&rows, movement) else { return Ok(None) };
            let history = tables.history(movement);
            let whole: i64 = history.draws.iter().map(|draw| draw.quantity.0).sum();
            let part = (part > 0).then_some(Quantity(whole / 1000 * part));
            book.reverse(&history, part, &cause(reversal_of(movement.kind), 28))?;
            Ok(None)
        }
        Step::Settle { product: number } => {
            book.settle(product(number), day(28))?;
            Ok(None)
        }
    }
}

/// A fraction; figures are small enough for its products to fit.
#[derive(Clone, Copy, Debug)]
struct Fraction(i128, i128);

impl Fraction {
    fn new(top: i128, bottom: i128) -> Self {
        let (mut one, mut other) = (top.unsigned_abs(), bottom.unsigned_abs());
        while other != 0 {
            (one, other) = (other, one % other);
        }
        let common = i128::try_from(one.max(1)).unwrap();
        Self(top / common, bottom / common)
    }

    /// How far a whole number is from it, in whole numbers rounded up.
    fn distance(self, number: i64) -> i128 {
        let difference = (i128::from(number) * self.1 - self.0).abs();
        (difference + self.1 - 1) / self.1
    }
}

/// The oracle's lot: what was received, and who took what from it in which order, as a plain list.
struct Pile {
    product: u64,
    on: u32,
    number: usize,
    quantity: i64,
    value: i64,
    taken: Vec<i64>,
}

/// A reckoning of receipts, sales without shortage and builds, in fractions, from the documents alone: a unit costs
/// what its pile's units cost, and the oldest pile goes first. It replays nothing it has not been told: the value of
/// what a build makes is taken from the build, as from any document.
#[derive(Default)]
struct Oracle {
    piles: Vec<Pile>,
}

impl Oracle {
    fn receive(&mut self, product: u64, on: u32, quantity: i64, value: i64) {
        let number = self.piles.len();
        self.piles.push(Pile { product, on, number, quantity, value, taken: Vec::new() });
    }

    /// What `quantity` costs: per pile touched, the exact share. Nothing if there is less.
    fn take(&mut self, product: u64, quantity: i64) -> Option<Vec<(i64, Fraction)>> {
        let left = |pile: &Pile| pile.quantity - pile.taken.iter().sum::<i64>();
        let mut order: Vec<usize> = (0..self.piles.len()).filter(|at| self.piles[*at].product == product).collect();
        order.sort_by_key(|at| (self.piles[*at].on, self.piles[*at].number));
        let there: i64 = order.iter().map(|at| left(&self.piles[*at])).sum();
        if there < quantity {
            return None;
        }
        let mut wanted = quantity;
        let mut shares = Vec::new();
        for at in order {
            let pile = &mut self.piles[at];
            let part = left(pile).min(wanted);
            if part > 0 {
                pile.taken.push(part);
                wanted -= part;
                let cost = Fraction::new(i128::from(part) * i128::from(pile.value), i128::from(pile.quantity));
                shares.push((part, cost));
            }
        }
        Some(shares)
    }
}

/// Ten thousand sequences of receipts, sales, builds, adjustments, corrections, voids, reversals, settlements, dated
/// back at will.
#[test]
fn everything_adds_up_in_ten_thousand_sequences() {
    let mut done = 0_u64;
    for seed in 0..SEQUENCES {
        let mut dice = Dice(seed);
        let settle = dice.below(2) == 0;
        let mut tables = Tables::new();
        let mut known: Vec<(NaiveDate, i64, BTreeMap<(Uuid, Uuid), (i64, i64)>)> = Vec::new();
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

/// The oracle agrees on every consumption within one millionth per lot.
#[test]
fn an_independent_reckoning_agrees() {
    let mut consumptions = 0_u64;
    for seed in 0..SEQUENCES {
        let mut dice = Dice(seed ^ 0xABCD_EF01);
        let (mut tables, mut oracle) = (Tables::new(), Oracle::default());
        for number in 0..1 + dice.below(u64::from(STEPS)) {
            let step = roll(&mut dice);
            let mut book = tables.book(i64::try_from(number).unwrap() + 1, u128::from(number + 1) << 64, false);
            let (product, quantity) = match step {
                Step::Receive { product, quantity, value, on, .. } => {
                    let known = Step::Receive { product, quantity, value, on, known: true };
                    perform(known, &tables, &mut book).unwrap();
                    oracle.receive(product, on, quantity, value);
                    tables.write(book.finish());
                    continue;
                }
                Step::Build { from, quantity, .. } => (from, quantity),
                Step::Sell { product, quantity, .. } if book.available(self::product(product)).0 >= quantity => (product, quantity),
                _ => continue,
            };
            let Some(shares) = oracle.take(product, quantity) else {
                let refused = perform(step, &tables, &mut book);
                assert!(matches!(refused, Err(BookError::Short { .. })), "sequence {seed}: {refused:?}");
                continue;
            };
            let posted = perform(step, &tables, &mut book).unwrap().unwrap();
            if let Step::Build { to, made, labour, on, .. } = step {
                oracle.receive(to, on, made, posted.value.0 + labour);
            }
            let effects = book.finish();
            let drawn: Vec<&Entry> =
                effects.entries.iter().filter(|entry| Some(entry.movement_id) == posted.movement).collect();
            assert_eq!(drawn.len(), shares.len(), "sequence {seed}");
            for (entry, (quantity, cost)) in drawn.iter().zip(&shares) {
                assert_eq!(-entry.quantity.0, *quantity, "sequence {seed}");
                assert!(cost.distance(-entry.value.0) <= 1, "sequence {seed}: {} against {cost:?}", entry.value);
            }
            consumptions += 1;
            tables.write(effects);
        }
    }
    assert!(consumptions > SEQUENCES, "only {consumptions} consumptions were compared");
}

/// Ids differ between one transaction and many; everything else may not.
fn without_ids(tables: &Tables) -> String {
    let mut names: BTreeMap<Uuid, usize> = BTreeMap::new();
    let mut name = |id: Uuid| {
        let next = names.len();
        *names.entry(id).or_insert(next)
    };
    let mut text = String::new();
    for row in &tables.movements {
        let reverses = row.reverses.map(|id: MovementId| name(id.0));
        text += &format!("{} {:?} {} {} {reverses:?} {:?}\n", name(row.id.0), row.kind, row.quantity, row.value, row.cost_status);
    }
    for row in &tables.entries {
        let reverses = row.reverses.map(|id: EntryId| name(id.0));
        text += &format!("{} {} {} {} {reverses:?}\n", name(row.id.0), name(row.lot_id.0), row.quantity, row.value);
    }
    for row in tables.products.values() {
        text += &format!("{} {} {:?} {:?}\n", row.on_hand, row.value, row.average_cost, row.cost_status);
    }
    text
}

/// Receipts, sales and builds in one transaction come to the same as in one transaction each.
#[test]
fn in_one_go_is_as_one_by_one() {
    for seed in 0..SEQUENCES / 4 {
        let mut dice = Dice(seed ^ 0x5EED);
        let settle = dice.below(2) == 0;
        let steps: Vec<Step> = (0..1 + dice.below(u64::from(STEPS)))
            .map(|_| roll(&mut dice))
            .filter(|step| matches!(step, Step::Receive { .. } | Step::Sell { .. } | Step::Build { .. } | Step::Settle { .. }))
            .collect();
        let mut single = Tables::new();
        let mut accepted = Vec::new();
        for (number, step) in (0_u64..).zip(&steps) {
            // One time for all, or creation would order lots in the one and ids in the other.
            let mut book = single.book(1, u128::from(number + 1) << 64, settle);
            if perform(*step, &single, &mut book).is_ok() {
                single.write(book.finish());
                accepted.push(*step);
            }
        }
        let mut whole = Tables::new();
        let mut book = whole.book(1, 1 << 64, settle);
        for step in &accepted {
            perform(*step, &whole, &mut book).unwrap();
        }
        whole.write(book.finish());
        assert_eq!(without_ids(&single), without_ids(&whole), "sequence {seed}");
    }
}

/// Taking back what was taken back leaves lots, products and their costs as they were, again and again.
#[test]
fn reverse_of_reverse_is_identity() {
    let mut reversed = 0;
    for seed in 0..SEQUENCES / 4 {
        let mut dice = Dice(seed ^ 0x1D);
        let mut tables = Tables::new();
        for number in 0..1 + dice.below(20) {
            let mut book = tables.book(i64::try_from(number).unwrap() + 1, u128::from(number + 1) << 64, false);
            if perform(roll(&mut dice), &tables, &mut book).is_ok() {
                tables.write(book.finish());
            }
        }
        let state = |tables: &Tables| {
            let lots = tables.lots.values().map(|lot| (lot.id, lot.status, lot.remaining_quantity, lot.remaining_value));
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
    assert!(reversed > 500, "only {reversed} sales were reversed");
}

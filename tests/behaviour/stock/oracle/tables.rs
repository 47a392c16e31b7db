//! The ledger's tables in memory, a dice, and the proof that everything adds up.
//!
//! Rule: a book reads and writes here as it does in a database; what is left of an entry is found by asking everything
//! that takes it back.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::stock::{
    History, OpenDraw,
    book::{Book, Effects, Ids, Stamp},
    history::Debt,
    model::{Entry, Lot, Movement, Product},
};
use entity::{
    Amount, BusinessId, CostStatus, LotId, LotSource, LotStatus, ProductId, ProductType, Quantity, Timestamp,
};
use uuid::Uuid;

use super::{
    PRODUCTS,
    steps::{Step, pick},
};

/// A small generator of our own, so that a failing sequence is named by one number.
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Round figures, odd ones, tiny ones and large ones.
    pub fn figure(&mut self) -> i64 {
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
pub struct Tables {
    pub products: BTreeMap<ProductId, Product>,
    pub lots: BTreeMap<LotId, Lot>,
    pub movements: Vec<Movement>,
    pub entries: Vec<Entry>,
    /// What documents of corrected lots say of their value.
    pub told: BTreeMap<LotId, Amount>,
}

impl Tables {
    pub fn new() -> Self {
        let product = |number: u64| Product {
            id: product(number),
            business_id: BusinessId(Uuid::nil()),
            name: format!("P{number}"),
            sort_name: String::new(),
            sku: None,
            sort_sku: String::new(),
            kind: ProductType::Component,
            unit: None,
            category: None,
            active: true,
            on_hand: Quantity::ZERO,
            value: Amount::ZERO,
            average_cost: None,
            cost_status: CostStatus::Missing,
            owed_quantity: Quantity::ZERO,
            owed_value: Amount::ZERO,
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
        };
        let products = (0..PRODUCTS).map(product).map(|row| (row.id, row)).collect();
        Self { products, ..Self::default() }
    }

    pub fn book(&self, at: i64, first: u128, settle: bool) -> Book {
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

    pub fn write(&mut self, effects: Effects) {
        self.products.extend(effects.products.into_iter().map(|row| (row.id, row)));
        self.lots.extend(effects.lots.into_iter().map(|row| (row.id, row)));
        self.movements.extend(effects.movements);
        self.entries.extend(effects.entries);
    }

    /// What is left of an entry after all that takes it back, without sign.
    pub fn left(&self, entry: &Entry) -> (i64, i64) {
        let back = self.entries.iter().filter(|other| other.reverses == Some(entry.id));
        let back = back.fold((0, 0), |sum, row| (sum.0 + row.quantity.0.abs(), sum.1 + row.value.0.abs()));
        (entry.quantity.0.abs() - back.0, entry.value.0.abs() - back.1)
    }

    /// What the document of a lot says of its value.
    pub fn told(&self, lot: &Lot) -> Amount {
        self.told.get(&lot.id).copied().unwrap_or(lot.received_value)
    }

    /// Keeps what a correction says of a lot's value; told before it is written.
    pub fn corrected(&mut self, step: Step) {
        let Step::Correct { lot, worth, .. } = step else { return };
        let lots: Vec<&Lot> = self.lots.values().filter(|lot| lot.source != LotSource::Shortage).collect();
        let Some(lot) = pick(&lots, lot) else { return };
        let (id, told) = (lot.id, Amount(self.told(lot).0 + worth));
        self.told.insert(id, told);
    }

    pub fn history(&self, movement: &Movement) -> History {
        let is_owed = |entry: &&Entry| entry.quantity.0 < 0 && self.lots[&entry.lot_id].source == LotSource::Shortage;
        let entries = || self.entries.iter().filter(|entry| entry.movement_id == movement.id);
        let shortage = entries().find(is_owed).map(|entry| self.open(entry));
        let draws = entries().filter(|entry| !is_owed(entry)).map(|entry| self.open(entry)).collect();
        let mut debt = shortage.as_ref().map(|shortage| self.debt(shortage.entry.lot_id)).unwrap_or_default();
        let back = self.movements.iter().filter(|row| row.reverses == Some(movement.id));
        let back = back.fold((0, 0), |sum, row| (sum.0 + row.quantity.0.abs(), sum.1 + row.value.0.abs()));
        let shortage = shortage.map(|shortage| (shortage, &mut debt));
        History::gather(movement.clone(), draws, shortage, (Quantity(back.0), Amount(back.1))).unwrap()
    }

    fn debt(&self, lot: LotId) -> Debt {
        let on_debt = self.entries.iter().filter(|entry| entry.lot_id == lot);
        let settling: BTreeSet<_> =
            on_debt.filter(|row| row.quantity.0 > 0 && row.reverses.is_none()).map(|row| row.movement_id).collect();
        let paid = self.entries.iter().filter(|row| settling.contains(&row.movement_id) && row.quantity.0 < 0);
        Debt { owed: -self.lots[&lot].remaining_quantity.0, paid: paid.map(|entry| self.open(entry)).collect() }
    }

    pub fn open(&self, entry: &Entry) -> OpenDraw {
        let (quantity, value) = self.left(entry);
        OpenDraw { entry: entry.clone(), quantity: Quantity(quantity), value: Amount(value) }
    }

    /// Quantity and value per product and lot, as of a day and known at a time.
    pub fn at(&self, day: NaiveDate, known: i64) -> BTreeMap<(Uuid, Uuid), (i64, i64)> {
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
    pub fn check(&self, seed: u64) {
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
            let sums = lots.fold((0, 0), |sum, lot| (sum.0 + lot.remaining_quantity.0, sum.1 + lot.remaining_value.0));
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

pub fn product(number: u64) -> ProductId {
    ProductId(Uuid::from_u128(u128::from(number) + 1))
}

pub fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, day).unwrap()
}

//! The book: a business's stock in memory while one transaction changes it. What is asked for becomes movements, lots
//! and entries, to be written all together.
//!
//! Rule: pure. The sum of a movement's entries is the movement; the sum of a product's open lots, shortages included,
//! is its stock. After an error the book is not to be written: the caller drops it with its transaction.

mod arrive;
mod leave;
mod lots;
mod restore;
mod settle;

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use entity::{
    Amount, BusinessId, CostStatus, EntryId, LotId, LotSource, LotStatus, MovementId, ProductId, Quantity, RunId,
    Timestamp,
};
use uuid::Uuid;

use super::{
    engine::{Draw, EngineError, OpenLot, Place, Queue},
    model::{Cause, Entry, Lot, Movement, NewLot, Product, worse},
};
use crate::money::average_half_even;

/// Why the book refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BookError {
    /// The product was not loaded, or is not of this business.
    #[error("product {0} is not there")]
    NoProduct(ProductId),
    /// The lot was not loaded, or is not of this business.
    #[error("lot {0} is not there")]
    NoLot(LotId),
    /// There is less than that.
    #[error("{product}: {needed} needed, {available} there")]
    Short {
        /// Product.
        product: ProductId,
        /// Asked for.
        needed: Quantity,
        /// There.
        available: Quantity,
    },
    /// The lot holds less than that.
    #[error("lot {lot}: {available} left")]
    LotShort {
        /// Lot.
        lot: LotId,
        /// What is left.
        available: Quantity,
    },
    /// Some of the lot is gone.
    #[error("lot {0} was partly consumed")]
    Consumed(LotId),
    /// The lot is voided, or not as it was.
    #[error("lot {0} is not as it was")]
    Changed(LotId),
    /// More than can be taken back.
    #[error("only {outstanding} can be taken back")]
    Excess {
        /// What can be taken back.
        outstanding: Quantity,
    },
    /// A quantity that is not positive, or a negative value.
    #[error("a quantity must be positive, a value must not be negative")]
    Invalid,
    /// A figure does not fit.
    #[error("a sum is too large to be kept exactly")]
    Overflow,
}

type Result<T> = std::result::Result<T, BookError>;

/// What all rows of a transaction share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// Business.
    pub business: BusinessId,
    /// When it is recorded: later than everything recorded before.
    pub recorded_at: Timestamp,
    /// By whom.
    pub recorded_by: String,
    /// By which run.
    pub run: Option<RunId>,
    /// Lots are kept.
    pub lots: bool,
    /// What arrives settles shortages at once.
    pub settle: bool,
    /// The day at the business.
    pub today: NaiveDate,
    /// Documents before this day are refused.
    pub closed_before: Option<NaiveDate>,
}

/// Ids of one transaction: each the one before plus one, so that their order is the order of recording.
#[derive(Debug, Clone)]
pub struct Ids(u128);

impl Ids {
    /// Ids from a fresh one on.
    pub fn from(first: Uuid) -> Self {
        Self(first.as_u128())
    }

    /// The next id.
    pub fn fresh<T: From<Uuid>>(&mut self) -> T {
        self.0 = self.0.wrapping_add(1);
        Uuid::from_u128(self.0).into()
    }
}

/// The rank of shortages: behind everything that is stock.
pub(crate) const SHORTAGES: i32 = 2;

/// Open lots that were not loaded, as far as the product's cost needs to know them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unseen {
    /// How many have an estimated cost.
    pub estimated: i64,
    /// How many have an unknown cost.
    pub missing: i64,
    /// Quantity of those with an unknown cost.
    pub missing_quantity: i64,
    /// What is known of the value of those.
    pub missing_value: i64,
}

#[derive(Debug)]
struct Account {
    product: Product,
    queue: Queue<LotId>,
    /// Open shortages, as far as they were loaded: whoever settles them loads all.
    debts: BTreeSet<(Timestamp, LotId)>,
    unseen: Unseen,
    touched: bool,
}

/// What a book has to be written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effects {
    /// New movements, in the order of recording.
    pub movements: Vec<Movement>,
    /// New entries, in the order of recording.
    pub entries: Vec<Entry>,
    /// New and changed lots, by id.
    pub lots: Vec<Lot>,
    /// Changed products, by id.
    pub products: Vec<Product>,
}

/// A business's stock in memory.
#[derive(Debug)]
pub struct Book {
    /// What all rows share.
    pub stamp: Stamp,
    /// Ids of the rows.
    pub ids: Ids,
    accounts: HashMap<ProductId, Account>,
    lots: HashMap<LotId, Lot>,
    changed: BTreeSet<LotId>,
    movements: Vec<Movement>,
    entries: Vec<Entry>,
}

/// An entry to be written with a movement.
struct Line {
    lot: LotId,
    quantity: i64,
    value: i64,
    status: CostStatus,
    reverses: Option<EntryId>,
}

impl Line {
    /// What a draw took from its lot.
    fn taken(draw: &Draw<LotId>) -> Self {
        // The engine's figures are not negative.
        let (quantity, value) = (-draw.quantity.0, -draw.value.0);
        Self { lot: draw.place.id(), quantity, value, status: draw.status, reverses: None }
    }

    /// The draw on `lot` that this line, without sign, gives back.
    fn draw(&self, lot: &Lot) -> Draw<LotId> {
        let (quantity, value) = (Quantity(self.quantity), Amount(self.value));
        Draw { place: place(lot), quantity, value, status: lot.cost_status }
    }
}

/// A movement to be written.
struct Posting<'a> {
    id: MovementId,
    product: ProductId,
    quantity: i64,
    value: i64,
    status: CostStatus,
    reverses: Option<MovementId>,
    cause: &'a Cause,
}

impl Book {
    /// What a movement of this transaction did to lots, in order.
    pub fn entries_in(&self, movement: MovementId) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.movement_id == movement)
    }

    /// An empty book.
    pub fn new(stamp: Stamp, ids: Ids) -> Self {
        Self {
            stamp,
            ids,
            accounts: HashMap::new(),
            lots: HashMap::new(),
            changed: BTreeSet::new(),
            movements: Vec::new(),
            entries: Vec::new(),
        }
    }

    /// Adds a product as stored.
    pub fn load_product(&mut self, product: Product) {
        let account = Account {
            product,
            queue: Queue::default(),
            debts: BTreeSet::new(),
            unseen: Unseen::default(),
            touched: false,
        };
        self.accounts.entry(account.product.id).or_insert(account);
    }

    /// Adds a lot as stored, of a product that was loaded before.
    ///
    /// # Errors
    /// When its product was not loaded or its figures make no sense.
    pub fn load_lot(&mut self, lot: Lot) -> Result<()> {
        if self.lots.contains_key(&lot.id) {
            return Ok(());
        }
        let account = self.accounts.get_mut(&lot.product_id).ok_or(BookError::NoProduct(lot.product_id))?;
        if lot.status == LotStatus::Active {
            if lot.source == LotSource::Shortage {
                account.debts.insert((lot.created_at, lot.id));
            } else {
                account.queue.receive(open(&lot)).map_err(|_| BookError::Changed(lot.id))?;
            }
        }
        self.lots.insert(lot.id, lot);
        Ok(())
    }

    /// Tells about a product's open lots that were not loaded.
    pub fn load_unseen(&mut self, product: ProductId, unseen: Unseen) {
        if let Some(account) = self.accounts.get_mut(&product) {
            account.unseen = unseen;
        }
    }

    /// Open lots in the book whose cost is not complete.
    pub(crate) fn uncertain(&self, product: ProductId) -> Unseen {
        let mut sum = Unseen::default();
        for lot in self.accounts.get(&product).into_iter().flat_map(|account| account.queue.lots()) {
            match lot.status {
                CostStatus::Complete => {}
                CostStatus::Estimated => sum.estimated += 1,
                CostStatus::Missing => {
                    sum.missing += 1;
                    sum.missing_quantity += lot.quantity.0;
                    sum.missing_value += lot.value.0;
                }
            }
        }
        sum
    }

    /// Whether the loaded lots of a product are all it has: less what it owes they are its stock.
    pub(crate) fn is_all_loaded(&self, product: ProductId) -> bool {
        self.accounts.get(&product).is_some_and(|account| {
            let loaded = account.queue.quantity().0.checked_sub(account.product.owed_quantity.0);
            loaded == Some(account.product.on_hand.0)
        })
    }

    /// A product as it is now.
    pub fn product(&self, id: ProductId) -> Option<&Product> {
        self.accounts.get(&id).map(|account| &account.product)
    }

    /// A lot as it is now.
    pub fn lot(&self, id: LotId) -> Option<&Lot> {
        self.lots.get(&id)
    }

    /// What could be consumed of a product, as far as its lots were loaded.
    pub fn available(&self, product: ProductId) -> Quantity {
        self.accounts.get(&product).map_or(Quantity::ZERO, |account| {
            if self.stamp.lots { account.queue.quantity() } else { account.product.on_hand.max(Quantity::ZERO) }
        })
    }

    /// Everything that changed, to be written. Costs of products are brought up to date.
    pub fn finish(mut self) -> Effects {
        let keeps_lots = self.stamp.lots;
        let now = self.stamp.recorded_at;
        let mut products = Vec::new();
        for account in self.accounts.values_mut().filter(|account| account.touched) {
            if keeps_lots {
                account.cost_of_lots();
            }
            account.product.updated_at = now;
            products.push(account.product.clone());
        }
        products.sort_unstable_by_key(|product| product.id);
        let lots = self.changed.iter().filter_map(|id| self.lots.get(id).cloned()).collect();
        Effects { movements: self.movements, entries: self.entries, lots, products }
    }

    fn account(&mut self, id: ProductId) -> Result<&mut Account> {
        self.accounts.get_mut(&id).ok_or(BookError::NoProduct(id))
    }

    /// Brings a product's cost up to date before its last lot may go, so that the same work in one transaction or in
    /// several ends with the same cost.
    fn keep_cost(&mut self, id: ProductId) -> Result<()> {
        let account = self.accounts.get_mut(&id).ok_or(BookError::NoProduct(id))?;
        account.cost_of_lots();
        Ok(())
    }

    fn lot_mut(&mut self, id: LotId) -> Result<&mut Lot> {
        self.changed.insert(id);
        let lot = self.lots.get_mut(&id).ok_or(BookError::NoLot(id))?;
        lot.updated_at = self.stamp.recorded_at;
        Ok(lot)
    }

    /// Writes a movement with its entries, and brings the product's totals and the lots' rows up to date. The engine's
    /// queue is the caller's business.
    fn post(&mut self, posting: &Posting<'_>, lines: &[Line]) -> Result<()> {
        let account = self.account(posting.product)?;
        let product = &mut account.product;
        product.on_hand = Quantity(product.on_hand.0.checked_add(posting.quantity).ok_or(BookError::Overflow)?);
        product.value = Amount(product.value.0.checked_add(posting.value).ok_or(BookError::Overflow)?);
        let (on_hand_after, value_after) = (product.on_hand, product.value);
        account.touched = true;
        let cause = posting.cause;
        self.movements.push(Movement {
            id: posting.id,
            business_id: self.stamp.business,
            product_id: posting.product,
            kind: cause.kind,
            quantity: Quantity(posting.quantity),
            value: Amount(posting.value),
            on_hand_after,
            value_after,
            effective_on: cause.effective_on,
            recorded_at: self.stamp.recorded_at,
            recorded_by: self.stamp.recorded_by.clone(),
            run_id: self.stamp.run,
            cost_status: posting.status,
            source_kind: cause.source.map(|(kind, _)| kind),
            source_id: cause.source.map(|(_, id)| id),
            source_line: cause.line,
            reverses: posting.reverses,
            reason: cause.reason,
            note: cause.note.clone(),
        });
        for line in lines {
            self.enter(posting, line)?;
        }
        Ok(())
    }

    fn enter(&mut self, posting: &Posting<'_>, line: &Line) -> Result<()> {
        let entry = Entry {
            id: self.ids.fresh(),
            business_id: self.stamp.business,
            product_id: posting.product,
            lot_id: line.lot,
            movement_id: posting.id,
            quantity: Quantity(line.quantity),
            value: Amount(line.value),
            cost_status: line.status,
            effective_on: posting.cause.effective_on,
            recorded_at: self.stamp.recorded_at,
            reverses: line.reverses,
        };
        self.entries.push(entry);
        let lot = self.lot_mut(line.lot)?;
        lot.remaining_quantity =
            Quantity(lot.remaining_quantity.0.checked_add(line.quantity).ok_or(BookError::Overflow)?);
        lot.remaining_value = Amount(lot.remaining_value.0.checked_add(line.value).ok_or(BookError::Overflow)?);
        if lot.status != LotStatus::Voided {
            lot.status = if lot.remaining_quantity.is_zero() { LotStatus::Exhausted } else { LotStatus::Active };
        }
        if lot.source == LotSource::Shortage {
            self.account(posting.product)?.owe(line)?;
        }
        Ok(())
    }

    /// Adds a lot with nothing in it yet.
    fn new_lot(&mut self, product: ProductId, movement: MovementId, new: &NewLot, status: CostStatus) -> LotId {
        let id: LotId = self.ids.fresh();
        let rank = match new.source {
            LotSource::Legacy => 0,
            LotSource::Shortage => SHORTAGES,
            _ => 1,
        };
        let lot = Lot {
            id,
            business_id: self.stamp.business,
            product_id: product,
            movement_id: movement,
            number: new.number.clone(),
            source: new.source,
            rank,
            status: LotStatus::Active,
            received_on: new.received_on,
            expires_on: new.expires_on,
            supplier_id: new.supplier,
            receipt_id: new.receipt.map(|(receipt, _)| receipt),
            receipt_line_id: new.receipt.map(|(_, line)| line),
            build_id: new.build,
            received_quantity: Quantity::ZERO,
            received_value: Amount::ZERO,
            remaining_quantity: Quantity::ZERO,
            remaining_value: Amount::ZERO,
            cost_status: status,
            created_at: self.stamp.recorded_at,
            updated_at: self.stamp.recorded_at,
        };
        self.lots.insert(id, lot);
        self.changed.insert(id);
        id
    }
}

impl Account {
    /// What a product owes follows the entries on its shortages.
    fn owe(&mut self, line: &Line) -> Result<()> {
        let product = &mut self.product;
        let quantity = product.owed_quantity.0.checked_sub(line.quantity).ok_or(BookError::Overflow)?;
        let value = product.owed_value.0.checked_sub(line.value).ok_or(BookError::Overflow)?;
        (product.owed_quantity, product.owed_value) = (Quantity(quantity), Amount(value));
        Ok(())
    }

    /// Weighted average over active lots whose cost is known, and the worst status of them; both stay when nothing is
    /// left (behaviour 2.7).
    fn cost_of_lots(&mut self) {
        let quantity = self.product.on_hand.0 + self.product.owed_quantity.0;
        if quantity <= 0 {
            return;
        }
        let seen = self.queue.lots().filter(|lot| lot.status == CostStatus::Missing);
        let seen = seen.fold((0, 0), |sum, lot| (sum.0 + lot.quantity.0, sum.1 + lot.value.0));
        let known = quantity - self.unseen.missing_quantity - seen.0;
        let value = self.product.value.0 + self.product.owed_value.0 - self.unseen.missing_value - seen.1;
        self.product.average_cost = average_half_even(Amount(value), Quantity(known));
        let unseen = match self.unseen {
            Unseen { missing: 1.., .. } => CostStatus::Missing,
            Unseen { estimated: 1.., .. } => CostStatus::Estimated,
            _ => CostStatus::Complete,
        };
        self.product.cost_status = self.queue.lots().fold(unseen, |status, lot| worse(status, lot.status));
    }
}

fn open(lot: &Lot) -> OpenLot<LotId> {
    OpenLot { place: place(lot), quantity: lot.remaining_quantity, value: lot.remaining_value, status: lot.cost_status }
}

fn place(lot: &Lot) -> Place<LotId> {
    if lot.rank == 0 {
        Place::legacy(lot.created_at, lot.id)
    } else {
        Place::new(lot.received_on, lot.created_at, lot.id)
    }
}

fn refuse(error: EngineError, lot: LotId) -> BookError {
    match error {
        EngineError::Short { available } => BookError::LotShort { lot, available },
        EngineError::Invalid => BookError::Invalid,
        EngineError::Overflow => BookError::Overflow,
        EngineError::Changed | EngineError::Exists => BookError::Changed(lot),
    }
}

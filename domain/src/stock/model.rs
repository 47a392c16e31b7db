//! Types of the stock ledger.

use chrono::NaiveDate;
use entity::{
    AdjustmentReason, Amount, BuildId, CostStatus, LotId, LotSource, LotStatus, MovementId, MovementKind, ProductId,
    Quantity, ReceiptId, ReceiptLineId, SourceKind, SupplierId, Timestamp, UnitCost,
};
use uuid::Uuid;

use crate::money::average_half_even;

/// A lot as stored. One of source `Shortage` is a debt: its figures are negative until it is settled.
pub type Lot = entity::lot::Model;
/// An entry of a lot as stored; a negative one is a consumption.
pub type Entry = entity::lot_entry::Model;
/// The row that orders and limits a business's ledger.
pub type BookRow = entity::stock_book::Model;
pub use crate::catalog::{Movement, Product};

/// What a movement is part of, and when it takes effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Why stock changes.
    pub kind: MovementKind,
    /// Business date.
    pub effective_on: NaiveDate,
    /// The record it belongs to.
    pub source: Option<(SourceKind, Uuid)>,
    /// The record's line.
    pub line: Option<i32>,
    /// Why stock was adjusted.
    pub reason: Option<AdjustmentReason>,
    /// Note.
    pub note: Option<String>,
}

impl Cause {
    /// A cause without record, reason and note.
    pub fn new(kind: MovementKind, effective_on: NaiveDate) -> Self {
        Self { kind, effective_on, source: None, line: None, reason: None, note: None }
    }

    /// The record it belongs to.
    #[must_use]
    pub fn of(mut self, kind: SourceKind, id: impl Into<Uuid>) -> Self {
        self.source = Some((kind, id.into()));
        self
    }

    /// The record's line, from 0.
    #[must_use]
    pub fn line(mut self, line: i32) -> Self {
        self.line = Some(line);
        self
    }

    /// Why and what else.
    #[must_use]
    pub fn because(mut self, reason: AdjustmentReason, note: Option<String>) -> Self {
        (self.reason, self.note) = (Some(reason), note);
        self
    }
}

/// What comes into stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Product.
    pub product: ProductId,
    /// Quantity, positive.
    pub quantity: Quantity,
    /// Its value, not negative.
    pub value: Amount,
    /// How well that is known.
    pub status: CostStatus,
    /// The lot it makes, where lots are kept.
    pub lot: NewLot,
}

/// A lot to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLot {
    /// Number.
    pub number: String,
    /// Where it comes from.
    pub source: LotSource,
    /// Day received.
    pub received_on: NaiveDate,
    /// For information.
    pub expires_on: Option<NaiveDate>,
    /// Who delivered it.
    pub supplier: Option<SupplierId>,
    /// Its receipt and line.
    pub receipt: Option<(ReceiptId, ReceiptLineId)>,
    /// Its build.
    pub build: Option<BuildId>,
}

impl NewLot {
    /// A lot with nothing but a number, a source and a day.
    pub fn new(number: impl Into<String>, source: LotSource, received_on: NaiveDate) -> Self {
        let number = number.into();
        Self { number, source, received_on, expires_on: None, supplier: None, receipt: None, build: None }
    }
}

/// What to do when there is less than asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortfall {
    /// Refuse; nothing changes.
    Refuse,
    /// Take what there is.
    TakeLess,
    /// Take what there is and owe the rest at the average cost, as a shortage.
    Owe,
}

/// What a movement came to; figures are without sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The movement; none when there was nothing to move.
    pub movement: Option<MovementId>,
    /// Quantity moved.
    pub quantity: Quantity,
    /// Its value.
    pub value: Amount,
    /// How well that is known.
    pub status: CostStatus,
    /// The part of the quantity that was not there and is owed.
    pub short: Quantity,
    /// The lot made.
    pub lot: Option<LotId>,
}

/// A movement that may be taken back, with what is left of it to take back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// The movement.
    pub movement: Movement,
    /// Its entries on lots, and those that settled its shortage, in the order they were made; those taken back too.
    pub draws: Vec<OpenDraw>,
    /// Its entry on a shortage, with how much of it is still owed.
    pub shortage: Option<OpenDraw>,
    /// What was taken back of the movement, without sign.
    pub returned: (Quantity, Amount),
}

/// An entry with what is left of it to take back, without sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenDraw {
    /// The entry.
    pub entry: Entry,
    /// Quantity not taken back.
    pub quantity: Quantity,
    /// Value not taken back.
    pub value: Amount,
}

/// A moment to answer for: what took effect by a business date, as far as it was known at a time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct AsOf {
    /// Only what takes effect by this day.
    pub as_of: Option<NaiveDate>,
    /// Only what was recorded by this time.
    pub known_at: Option<Timestamp>,
}

/// Quantity and value of a product or lot at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures<I> {
    /// Product or lot.
    pub id: I,
    /// Quantity.
    pub quantity: Quantity,
    /// Value.
    pub value: Amount,
}

impl<I> Figures<I> {
    /// Cost per unit; unknown without stock.
    pub fn unit_cost(&self) -> Option<UnitCost> {
        average_half_even(self.value, self.quantity)
    }
}

/// Which lots to list; all set fields must match. Shortages are not lots.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LotFilter {
    /// Of this product.
    pub product: Option<ProductId>,
    /// In this state.
    pub status: Option<LotStatus>,
    /// Of this receipt.
    pub receipt: Option<ReceiptId>,
    /// From this supplier.
    pub supplier: Option<SupplierId>,
    /// With this number.
    pub number: Option<String>,
    /// Only shortages instead of lots.
    pub shortages: bool,
}

/// What lots are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LotOrder {
    /// When it was recorded.
    #[default]
    CreatedAt,
    /// Day it was received or built.
    ReceivedOn,
}

/// How bad an unknown cost is.
pub fn rank(status: CostStatus) -> u8 {
    match status {
        CostStatus::Complete => 0,
        CostStatus::Estimated => 1,
        CostStatus::Missing => 2,
    }
}

/// The worse of two.
pub fn worse(one: CostStatus, other: CostStatus) -> CostStatus {
    if rank(one) >= rank(other) { one } else { other }
}

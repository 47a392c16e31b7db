//! Types of provenance.

use chrono::NaiveDate;
use entity::{
    Amount, BuildId, CostStatus, LandedKind, LineKind, LotId, LotSource, MovementId, MovementKind, ProductId, Quantity,
    ReceiptId, SourceKind, SupplierId, UnitCost,
};
use uuid::Uuid;

use crate::stock::Lot;

/// What is to be explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// What a lot cost when it came, corrections included.
    Lot(LotId),
    /// What a movement is worth: a consumption, or anything else.
    Movement(MovementId),
    /// What a build cost.
    Build(BuildId),
}

/// What a part of a cost is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// A movement as a whole.
    Movement(MovementKind),
    /// A build as a whole.
    Build,
    /// A share of a lot. Its source tells what a lot without parts is: an opening balance, stock from before lots were
    /// kept, something found at a count, a return.
    Lot(LotSource),
    /// A component of a build.
    Component,
    /// A cost line of a build.
    CostLine(LineKind),
    /// The supplier's price, corrections included.
    Price,
    /// A landed cost of the receipt.
    Landed(LandedKind),
    /// Taken at the average cost, without lots.
    Average,
    /// Owed, at an assumed cost.
    Shortage,
}

/// A part of a cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostPart {
    /// The place of the part that it is a part of; nothing for the whole.
    pub parent: Option<usize>,
    /// 0 for the whole.
    pub depth: u32,
    /// What it is.
    pub kind: PartKind,
    /// Units; nothing for labour, freight and the like.
    pub quantity: Option<Quantity>,
    /// Value. The parts of a part add up to it.
    pub value: Amount,
    /// How well that is known.
    pub status: CostStatus,
    /// Product.
    pub product: Option<ProductId>,
    /// Lot.
    pub lot: Option<LotId>,
    /// Build.
    pub build: Option<BuildId>,
    /// Receipt.
    pub receipt: Option<ReceiptId>,
    /// Supplier.
    pub supplier: Option<SupplierId>,
    /// Movement.
    pub movement: Option<MovementId>,
    /// The lot's number, or what the cost is called.
    pub label: Option<String>,
    /// The price per unit on the receipt.
    pub unit_cost: Option<UnitCost>,
    /// It has parts that are not listed, because there are too many: explain it by itself.
    pub cut: bool,
}

/// Where a cost comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The whole first, each part after the part that it belongs to, level by level.
    pub parts: Vec<CostPart>,
}

impl Explanation {
    /// The parts of a part, in order.
    pub fn parts_of(&self, place: usize) -> impl Iterator<Item = (usize, &CostPart)> {
        self.parts.iter().enumerate().filter(move |(_, part)| part.parent == Some(place))
    }
}

/// Which way to trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toward {
    /// What the lot was made of.
    Origin,
    /// What became of the lot: builds and their lots, sales, adjustments.
    Use,
}

/// What one movement took from one lot, as far as it was not taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceLink {
    /// The lot taken from.
    pub from: LotId,
    /// The lot it became part of; nothing when it left, or waits for approval.
    pub to: Option<LotId>,
    /// The build that took it.
    pub build: Option<BuildId>,
    /// The movement; for a shortage that was settled from the lot, the one that made the shortage.
    pub movement: MovementId,
    /// Why it left.
    pub kind: MovementKind,
    /// The record it left for, with the line.
    pub source: Option<(SourceKind, Uuid)>,
    /// The record's line, from 0.
    pub line: Option<i32>,
    /// When it took effect.
    pub effective_on: NaiveDate,
    /// Quantity.
    pub quantity: Quantity,
    /// Value.
    pub value: Amount,
    /// Steps from the traced lot, from 1.
    pub depth: u32,
}

/// Lots connected with one another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// The traced lot first, then those found, nearest first.
    pub lots: Vec<Lot>,
    /// What connects them, nearest first.
    pub links: Vec<TraceLink>,
    /// Everything was followed; otherwise there were too many lots, and the farthest are to be traced by themselves.
    pub complete: bool,
}

//! Types of intake.

use chrono::NaiveDate;
use entity::{LineKind, ProductType, Quantity, UnitCost};

use crate::error::Refusal;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntakeKind {
    /// Products.
    Products,
    /// Opening stock of products that never moved.
    OpeningStock,
    /// Bills of materials.
    Boms,
}

/// A product of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductRow {
    /// Row of the file.
    pub row: u64,
    /// Name.
    pub name: String,
    /// SKU; tells the product from others when the file comes again.
    pub sku: String,
    /// Type.
    pub kind: ProductType,
    /// Unit of measure.
    pub unit: Option<String>,
    /// Category.
    pub category: Option<String>,
}

/// Opening stock of a product; several rows of one product are several lots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningRow {
    /// Row of the file.
    pub row: u64,
    /// SKU.
    pub sku: String,
    /// Quantity.
    pub quantity: Quantity,
    /// Cost per unit; unknown if none.
    pub unit_cost: Option<UnitCost>,
    /// Number of the lot; made if none.
    pub lot_number: Option<String>,
    /// Day received; today if none.
    pub received_on: Option<NaiveDate>,
    /// For information.
    pub expires_on: Option<NaiveDate>,
}

/// A line of a bill of materials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BomRow {
    /// Row of the file.
    pub row: u64,
    /// Component or kind of cost.
    pub kind: LineKind,
    /// SKU of the component.
    pub component: Option<String>,
    /// Quantity per unit, or units of the rate.
    pub quantity: Option<Quantity>,
    /// Consumed as far as there is any.
    pub optional: bool,
    /// Label of a cost.
    pub label: Option<String>,
    /// Rate of a cost.
    pub rate: Option<UnitCost>,
    /// Why the row could not be read; the whole bill of materials is refused then.
    pub unread: Option<Refusal>,
}

impl BomRow {
    /// A row of which nothing is known.
    pub fn empty(row: u64) -> Self {
        let kind = LineKind::Component;
        Self { row, kind, component: None, quantity: None, optional: false, label: None, rate: None, unread: None }
    }
}

/// A bill of materials: rows of one product that follow one another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BomGroup {
    /// SKU of what is made.
    pub sku: String,
    /// Its rows.
    pub rows: Vec<BomRow>,
    /// A row before it that could not be read and may be of it; it is refused then.
    pub after_unread: Option<u64>,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowOutcome {
    /// Row of the file.
    pub row: u64,
    /// How it ended.
    pub status: RowStatus,
    /// The product or bill of materials, if there is one.
    pub id: Option<String>,
    /// Why nothing was made.
    pub reason: Option<Refusal>,
}

/// How a row ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowStatus {
    /// Made.
    Created,
    /// There already.
    Skipped,
    /// It cannot be taken.
    Failed,
}

impl RowOutcome {
    pub(super) fn created(row: u64, id: impl std::fmt::Display) -> Self {
        Self { row, status: RowStatus::Created, id: Some(id.to_string()), reason: None }
    }

    pub(super) fn skipped(row: u64, id: Option<impl std::fmt::Display>, reason: Refusal) -> Self {
        let id = id.map(|id| id.to_string());
        Self { row, status: RowStatus::Skipped, id, reason: Some(reason) }
    }

    /// A row that cannot be taken.
    pub fn failed(row: u64, reason: Refusal) -> Self {
        Self { row, status: RowStatus::Failed, id: None, reason: Some(reason) }
    }
}

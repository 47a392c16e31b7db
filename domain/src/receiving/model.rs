//! Types of receiving.

use chrono::NaiveDate;
use entity::{
    Amount, CostBasis, LandedKind, ProductId, Quantity, ReceiptId, ReceiptLineId, ReceiptState, SupplierId, UnitCost,
};

/// A receipt as stored.
pub type Receipt = entity::receipt::Model;
/// A receipt's line as stored.
pub type ReceiptLine = entity::receipt_line::Model;
/// A landed cost as stored.
pub type ReceiptCost = entity::receipt_cost::Model;
/// A correction as stored.
pub type ReceiptCorrection = entity::receipt_correction::Model;

/// A supplier to create, or to change where an id is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewSupplier {
    /// The supplier to change.
    pub id: Option<SupplierId>,
    /// Name; a synced supplier's cannot be changed here.
    pub name: Option<String>,
    /// Code of 3 or 4 capital letters and digits; made from the name where none is given.
    pub code: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Phone.
    pub phone: Option<String>,
}

/// A draft receipt to create, or to replace where an id is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptDraft {
    /// The draft to replace.
    pub id: Option<ReceiptId>,
    /// Supplier.
    pub supplier: SupplierId,
    /// Day of receipt; today if none.
    pub received_on: Option<NaiveDate>,
    /// The supplier's own number.
    pub reference: Option<String>,
    /// Note.
    pub note: Option<String>,
    /// Lines.
    pub lines: Vec<ReceiptLineDraft>,
    /// Landed costs.
    pub costs: Vec<LandedCost>,
}

/// A line of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptLineDraft {
    /// Product.
    pub product: ProductId,
    /// Quantity.
    pub quantity: Quantity,
    /// Price per unit.
    pub unit_cost: UnitCost,
    /// Number of the lot; made at confirmation where none is given.
    pub lot_number: Option<String>,
    /// Expiry, for information.
    pub expires_on: Option<NaiveDate>,
}

/// A landed cost of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LandedCost {
    /// Kind.
    pub kind: LandedKind,
    /// Label.
    pub label: String,
    /// Amount.
    pub amount: Amount,
    /// What it is spread by.
    pub basis: CostBasis,
}

/// A change of a confirmed receipt's line; what is `None` stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// Line.
    pub line: ReceiptLineId,
    /// New quantity.
    pub quantity: Option<Quantity>,
    /// New price.
    pub unit_cost: Option<UnitCost>,
    /// Business date; today if none.
    pub effective_on: Option<NaiveDate>,
}

/// A receipt with everything on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptDetails {
    /// The receipt.
    pub receipt: Receipt,
    /// Its lines, in order.
    pub lines: Vec<ReceiptLine>,
    /// Its landed costs, in order.
    pub costs: Vec<ReceiptCost>,
    /// Its corrections, in order.
    pub corrections: Vec<ReceiptCorrection>,
}

/// Which receipts to list; all set fields must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReceiptFilter {
    /// In this state.
    pub state: Option<ReceiptState>,
    /// Of this supplier.
    pub supplier: Option<SupplierId>,
}

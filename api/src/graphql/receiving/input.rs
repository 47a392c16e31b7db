//! Inputs and payloads of receiving.

use async_graphql::{ID, InputObject, SimpleObject};
use domain::receiving::{Correction, LandedCost, NewSupplier, ReceiptDraft, ReceiptLineDraft};

use super::types::{CostBasis, LandedCostKind, Receipt};
use crate::graphql::{
    catalog::Supplier,
    input::{Read, amount, path, quantity, row_path, unit_cost},
    paging::{id, optional_id},
    refusal::UserError,
    scalars::{Date, Decimal},
};

/// A supplier to create, or to change where an id is given; what is left out stays.
#[derive(Debug, InputObject)]
pub struct SaveSupplierInput {
    /// The supplier to change. Of one that comes from the accounting system only the code can be changed.
    supplier_id: Option<ID>,
    /// Name, 1 to 200 characters; required for a new one.
    name: Option<String>,
    /// Code of 3 or 4 letters and digits, unique; it heads lot numbers. Made from the name where none is given.
    code: Option<String>,
    /// E-mail address.
    email: Option<String>,
    /// Phone number, free form.
    phone: Option<String>,
    /// Same key and same input: the first answer again. 1 to 128 characters.
    pub(super) idempotency_key: Option<String>,
}

impl SaveSupplierInput {
    pub(super) fn read(self) -> Read<NewSupplier> {
        let id = optional_id(self.supplier_id.as_ref())?;
        Ok(NewSupplier { id, name: self.name, code: self.code, email: self.email, phone: self.phone })
    }
}

/// The supplier.
#[derive(Debug, SimpleObject)]
pub struct SaveSupplierPayload {
    /// The supplier; null when refused.
    pub(super) supplier: Option<Supplier>,
    /// Why it was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// A draft to create, or to replace as a whole where an id is given.
#[derive(Debug, InputObject)]
pub struct SaveReceiptInput {
    /// The draft to replace.
    receipt_id: Option<ID>,
    /// Who delivered it.
    supplier_id: ID,
    /// Day of receipt; today if left out.
    received_on: Option<Date>,
    /// The supplier's own number.
    reference: Option<String>,
    /// Note.
    note: Option<String>,
    /// Lines, at most 1,000.
    lines: Vec<ReceiptLineInput>,
    /// Costs of the delivery that become part of the lots' cost.
    costs: Option<Vec<LandedCostInput>>,
    /// Same key and same input: the first answer again. 1 to 128 characters.
    pub(super) idempotency_key: Option<String>,
}

/// A line of a draft.
#[derive(Debug, InputObject)]
pub struct ReceiptLineInput {
    /// The product.
    product_id: ID,
    /// Quantity in the product's unit, at most 6 decimals; must be positive when the receipt is confirmed.
    quantity: Decimal,
    /// The supplier's price per unit, at most 6 decimals; must not be negative when the receipt is confirmed.
    unit_cost: Decimal,
    /// Number of the lot, unique among the product's active lots; made from code and day where none is given.
    lot_number: Option<String>,
    /// Expiry of the lot, for information.
    expires_on: Option<Date>,
}

/// A landed cost of a draft.
#[derive(Debug, InputObject)]
pub struct LandedCostInput {
    /// Kind.
    kind: LandedCostKind,
    /// Label.
    label: String,
    /// Amount, at most 6 decimals.
    amount: Decimal,
    /// What it is spread over the lines by.
    basis: CostBasis,
}

impl SaveReceiptInput {
    pub(super) fn read(self) -> Read<ReceiptDraft> {
        let lines = self.lines.into_iter().enumerate().map(|(place, line)| line.read(place));
        let costs = self.costs.unwrap_or_default().into_iter().enumerate().map(|(place, cost)| cost.read(place));
        Ok(ReceiptDraft {
            id: optional_id(self.receipt_id.as_ref())?,
            supplier: id(&self.supplier_id)?,
            received_on: self.received_on.map(|day| day.0),
            reference: self.reference,
            note: self.note,
            lines: lines.collect::<Read<_>>()?,
            costs: costs.collect::<Read<_>>()?,
        })
    }
}

impl ReceiptLineInput {
    fn read(self, place: usize) -> Read<ReceiptLineDraft> {
        Ok(ReceiptLineDraft {
            product: id(&self.product_id)?,
            quantity: quantity(self.quantity, row_path("lines", place, "quantity"))?,
            unit_cost: unit_cost(self.unit_cost, row_path("lines", place, "unitCost"))?,
            lot_number: self.lot_number.filter(|number| !number.trim().is_empty()),
            expires_on: self.expires_on.map(|day| day.0),
        })
    }
}

impl LandedCostInput {
    fn read(self, place: usize) -> Read<LandedCost> {
        let amount = amount(self.amount, row_path("costs", place, "amount"))?;
        Ok(LandedCost { kind: self.kind.into(), label: self.label, amount, basis: self.basis.into() })
    }
}

/// The draft.
#[derive(Debug, SimpleObject)]
pub struct SaveReceiptPayload {
    /// The receipt; null when refused.
    pub(super) receipt: Option<Receipt>,
    /// Why it was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// Which receipt to confirm.
#[derive(Debug, InputObject)]
pub struct ConfirmReceiptInput {
    /// The draft.
    pub(super) receipt_id: ID,
}

/// The confirmed receipt.
#[derive(Debug, SimpleObject)]
pub struct ConfirmReceiptPayload {
    /// The receipt; null when refused.
    pub(super) receipt: Option<Receipt>,
    /// Why it was refused, naming the line; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// A change of a confirmed receipt's line; what is left out stays.
#[derive(Debug, InputObject)]
pub struct CorrectReceiptLineInput {
    /// The line.
    receipt_line_id: ID,
    /// New quantity, positive; not less than was taken from the lot.
    quantity: Option<Decimal>,
    /// New price per unit, not negative. What was consumed keeps the cost it was captured at.
    unit_cost: Option<Decimal>,
    /// Business date; today if left out.
    effective_on: Option<Date>,
}

impl CorrectReceiptLineInput {
    pub(super) fn read(self) -> Read<Correction> {
        Ok(Correction {
            line: id(&self.receipt_line_id)?,
            quantity: self.quantity.map(|number| quantity(number, path("quantity"))).transpose()?,
            unit_cost: self.unit_cost.map(|number| unit_cost(number, path("unitCost"))).transpose()?,
            effective_on: self.effective_on.map(|day| day.0),
        })
    }
}

/// The corrected receipt.
#[derive(Debug, SimpleObject)]
pub struct CorrectReceiptLinePayload {
    /// The receipt; null when refused.
    pub(super) receipt: Option<Receipt>,
    /// Why it was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// Which receipt to void.
#[derive(Debug, InputObject)]
pub struct VoidReceiptInput {
    /// The receipt.
    pub(super) receipt_id: ID,
}

/// The voided receipt.
#[derive(Debug, SimpleObject)]
pub struct VoidReceiptPayload {
    /// The receipt; null when refused.
    pub(super) receipt: Option<Receipt>,
    /// Why it was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// Which draft to delete.
#[derive(Debug, InputObject)]
pub struct DeleteReceiptInput {
    /// The draft.
    pub(super) receipt_id: ID,
}

/// What was deleted.
#[derive(Debug, SimpleObject)]
pub struct DeleteReceiptPayload {
    /// The id of the draft that is gone; null when refused.
    pub(super) deleted_receipt_id: Option<ID>,
    /// Why it was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

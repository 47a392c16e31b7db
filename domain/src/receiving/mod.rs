//! Receiving: suppliers with codes, receipts from draft to void, landed costs (behaviour 2.9).
//!
//! Concurrency: a receipt is confirmed, corrected or voided in one transaction on the ledger, refused while a run or
//! build holds the business's lock. Drafts have no effect on stock.

pub mod model;
mod read;
pub mod rules;
mod service;
pub(crate) mod store;
mod suppliers;

pub use model::{
    Correction, LandedCost, NewSupplier, Receipt, ReceiptCorrection, ReceiptCost, ReceiptDetails, ReceiptDraft,
    ReceiptFilter, ReceiptLine, ReceiptLineDraft,
};
pub use service::Receiving;

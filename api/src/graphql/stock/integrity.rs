//! The proof that the ledger adds up.

use async_graphql::SimpleObject;
use domain::stock::{Broken, Stock};
use entity::{BuildId, BuildLineId, EntryId, LotId, MovementId, ProductId, Quantity, ReceiptLineId};

use crate::graphql::scalars::Decimal;

/// Every quantity and value of the ledger derived again from its movements.
#[derive(Debug, SimpleObject)]
pub struct IntegrityReport {
    /// Whether everything agrees.
    sound: bool,
    /// Invariants that were checked.
    checked: usize,
    /// What does not agree; at most 100 rows per invariant.
    broken: Vec<BrokenInvariant>,
}

/// A row that breaks an invariant.
#[derive(Debug, SimpleObject)]
pub struct BrokenInvariant {
    /// What should hold.
    invariant: String,
    /// What kind of record does not.
    record: String,
    /// Its id.
    record_id: String,
    /// The figure that adding up gives.
    expected: Decimal,
    /// The figure that is stored.
    found: Decimal,
}

impl From<Vec<Broken>> for IntegrityReport {
    fn from(broken: Vec<Broken>) -> Self {
        let checked = Stock::invariants();
        Self { sound: broken.is_empty(), checked, broken: broken.into_iter().map(Into::into).collect() }
    }
}

impl From<Broken> for BrokenInvariant {
    fn from(broken: Broken) -> Self {
        let id = broken.id;
        let record_id = match broken.record {
            "product" => ProductId(id).to_string(),
            "stock movement" => MovementId(id).to_string(),
            "lot" => LotId(id).to_string(),
            "lot entry" => EntryId(id).to_string(),
            "build" => BuildId(id).to_string(),
            "build line" => BuildLineId(id).to_string(),
            "receipt line" => ReceiptLineId(id).to_string(),
            _ => id.to_string(),
        };
        Self {
            invariant: broken.invariant.to_owned(),
            record: broken.record.to_owned(),
            record_id,
            expected: Decimal(Quantity(broken.expected).to_decimal()),
            found: Decimal(Quantity(broken.found).to_decimal()),
        }
    }
}

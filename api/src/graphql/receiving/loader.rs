//! Loaders of receipts.

use domain::receiving::{Receipt, ReceiptCorrection, ReceiptCost, ReceiptLine, Receiving};
use entity::{CorrectionId, ReceiptId, ReceiptLineId};

use crate::graphql::loaders::{By, grouped, keyed};

/// Loaders of receipts. Cheap to clone.
#[derive(Clone)]
pub struct ReceivingLoaders {
    pub(in crate::graphql) receipts: By<ReceiptId, Receipt>,
    pub(in crate::graphql) line: By<ReceiptLineId, ReceiptLine>,
    pub(in crate::graphql) lines: By<ReceiptId, Vec<ReceiptLine>>,
    pub(in crate::graphql) costs: By<ReceiptId, Vec<ReceiptCost>>,
    pub(in crate::graphql) corrections: By<ReceiptId, Vec<ReceiptCorrection>>,
    pub(in crate::graphql) receipt_of_correction: By<CorrectionId, Receipt>,
}

impl ReceivingLoaders {
    pub(in crate::graphql) fn new(receiving: &Receiving) -> Self {
        Self {
            receipts: By::over(receiving, |receiving, business, keys| {
                Box::pin(async move { Ok(keyed(receiving.receipts_found(business, &keys).await?, |row| row.id)) })
            }),
            line: By::over(receiving, |receiving, business, keys| {
                Box::pin(async move { Ok(keyed(receiving.lines_found(business, &keys).await?, |row| row.id)) })
            }),
            lines: By::over(receiving, |receiving, business, keys| {
                Box::pin(async move { Ok(grouped(receiving.lines_of(business, &keys).await?, |row| row.receipt_id)) })
            }),
            costs: By::over(receiving, |receiving, business, keys| {
                Box::pin(async move { Ok(grouped(receiving.costs_of(business, &keys).await?, |row| row.receipt_id)) })
            }),
            receipt_of_correction: By::over(receiving, |receiving, business, keys| {
                Box::pin(
                    async move { Ok(receiving.receipts_of_corrections(business, &keys).await?.into_iter().collect()) },
                )
            }),
            corrections: By::over(receiving, |receiving, business, keys| {
                Box::pin(
                    async move { Ok(grouped(receiving.corrections_of(business, &keys).await?, |row| row.receipt_id)) },
                )
            }),
        }
    }
}

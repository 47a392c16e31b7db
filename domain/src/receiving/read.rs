//! Reads for the levels of an answer: the caller has checked who asks, and names the business.

use entity::{BusinessId, CorrectionId, ReceiptId, ReceiptLineId};

use super::{
    model::{Receipt, ReceiptCorrection, ReceiptCost, ReceiptLine},
    service::Receiving,
    store,
};
use crate::error::Result;

impl Receiving {
    /// Receipts by id; unknown ones are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn receipts_found(&self, business: BusinessId, ids: &[ReceiptId]) -> Result<Vec<Receipt>> {
        Ok(store::receipts(self.db.connection(), business, ids).await?)
    }

    /// Receipts of corrections; unknown ones are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn receipts_of_corrections(
        &self,
        business: BusinessId,
        ids: &[CorrectionId],
    ) -> Result<Vec<(CorrectionId, Receipt)>> {
        let rows = store::receipts_of_corrections(self.db.connection(), business, ids).await?;
        Ok(rows.into_iter().filter_map(|(correction, receipt)| Some((correction.id, receipt?))).collect())
    }

    /// Lines by id; unknown ones are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lines_found(&self, business: BusinessId, ids: &[ReceiptLineId]) -> Result<Vec<ReceiptLine>> {
        Ok(store::lines_by_ids(self.db.connection(), business, ids).await?)
    }

    /// Lines of receipts, in order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lines_of(&self, business: BusinessId, receipts: &[ReceiptId]) -> Result<Vec<ReceiptLine>> {
        Ok(store::lines(self.db.connection(), business, receipts).await?)
    }

    /// Landed costs of receipts, in order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn costs_of(&self, business: BusinessId, receipts: &[ReceiptId]) -> Result<Vec<ReceiptCost>> {
        Ok(store::costs(self.db.connection(), business, receipts).await?)
    }

    /// Corrections of receipts, in the order of recording.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn corrections_of(&self, business: BusinessId, receipts: &[ReceiptId]) -> Result<Vec<ReceiptCorrection>> {
        Ok(store::corrections(self.db.connection(), business, receipts).await?)
    }
}

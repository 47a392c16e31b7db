//! Mutations of receiving: read the input, call the use-case, map the result.

use async_graphql::{Context, Object, Result};

use super::{
    input::{
        ConfirmReceiptInput, ConfirmReceiptPayload, CorrectReceiptLineInput, CorrectReceiptLinePayload,
        DeleteReceiptInput, DeleteReceiptPayload, SaveReceiptInput, SaveReceiptPayload, SaveSupplierInput,
        SaveSupplierPayload, VoidReceiptInput, VoidReceiptPayload,
    },
    types::Receipt,
};
use crate::graphql::{
    catalog::Supplier,
    input::carried_out,
    paging::id,
    refusal::answered,
    services::{actor, services},
};

/// Mutations of receiving.
#[derive(Debug, Default)]
pub struct ReceivingMutation;

/// Mutations of receiving.
#[Object]
impl ReceivingMutation {
    /// Creates a local supplier, or changes one; of one from the accounting system only the code. Permission:
    /// MANAGE_STOCK.
    async fn save_supplier(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The supplier.")] input: SaveSupplierInput,
    ) -> Result<SaveSupplierPayload> {
        let (actor, receiving) = (actor(ctx).await?, &services(ctx)?.receiving);
        let key = input.idempotency_key.clone();
        let saved =
            carried_out(
                input.read(),
                |new| async move { receiving.save_supplier_once(&actor, new, key.as_deref()).await },
            );
        let (supplier, user_errors) = saved.await?;
        Ok(SaveSupplierPayload { supplier: supplier.map(Supplier), user_errors })
    }

    /// Creates a draft receipt, or replaces one as a whole. Stock is not touched. Permission: MANAGE_STOCK.
    async fn save_receipt(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draft.")] input: SaveReceiptInput,
    ) -> Result<SaveReceiptPayload> {
        let (actor, receiving) = (actor(ctx).await?, &services(ctx)?.receiving);
        let key = input.idempotency_key.clone();
        let saved =
            carried_out(input.read(), |draft| async move { receiving.save_once(&actor, draft, key.as_deref()).await });
        let (saved, user_errors) = saved.await?;
        Ok(SaveReceiptPayload { receipt: saved.map(|saved| Receipt(saved.receipt)), user_errors })
    }

    /// Confirms a draft: one lot per line, in stock from the day of receipt. Permission: MANAGE_STOCK.
    async fn confirm_receipt(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which draft.")] input: ConfirmReceiptInput,
    ) -> Result<ConfirmReceiptPayload> {
        let actor = actor(ctx).await?;
        let confirmed = services(ctx)?.receiving.confirm(&actor, id(&input.receipt_id)?).await;
        let (confirmed, user_errors) = answered(confirmed)?;
        services(ctx)?.exports.wake();
        Ok(ConfirmReceiptPayload { receipt: confirmed.map(|done| Receipt(done.receipt)), user_errors })
    }

    /// Corrects quantity or price of a confirmed receipt's line. Permission: MANAGE_STOCK.
    async fn correct_receipt_line(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The correction.")] input: CorrectReceiptLineInput,
    ) -> Result<CorrectReceiptLinePayload> {
        let (actor, receiving) = (actor(ctx).await?, &services(ctx)?.receiving);
        let corrected =
            carried_out(input.read(), |correction| async move { receiving.correct(&actor, correction).await });
        let (corrected, user_errors) = corrected.await?;
        services(ctx)?.exports.wake();
        Ok(CorrectReceiptLinePayload { receipt: corrected.map(|done| Receipt(done.receipt)), user_errors })
    }

    /// Voids a confirmed receipt of which nothing was consumed: its lots count for nothing any more. Permission:
    /// MANAGE_STOCK.
    async fn void_receipt(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which receipt.")] input: VoidReceiptInput,
    ) -> Result<VoidReceiptPayload> {
        let actor = actor(ctx).await?;
        let (voided, user_errors) = answered(services(ctx)?.receiving.void(&actor, id(&input.receipt_id)?).await)?;
        services(ctx)?.exports.wake();
        Ok(VoidReceiptPayload { receipt: voided.map(|done| Receipt(done.receipt)), user_errors })
    }

    /// Deletes a draft. Permission: MANAGE_STOCK.
    async fn delete_receipt(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which draft.")] input: DeleteReceiptInput,
    ) -> Result<DeleteReceiptPayload> {
        let actor = actor(ctx).await?;
        let (gone, user_errors) = answered(services(ctx)?.receiving.delete(&actor, id(&input.receipt_id)?).await)?;
        Ok(DeleteReceiptPayload { deleted_receipt_id: gone.map(|()| input.receipt_id), user_errors })
    }
}

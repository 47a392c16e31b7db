//! Queries of what is in the books of a run or of some days.

use entity::{BusinessId, ExportId, ExportKind, ExportState, IntegrationId, export};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::ReversalScope;
use crate::export::{batch, model::Export};

/// What is in the books, the oldest first.
pub(super) async fn posted(
    connection: &impl ConnectionTrait,
    (business, integration): (BusinessId, IntegrationId),
    scope: &ReversalScope,
    limit: u64,
) -> Result<Vec<Export>, DbErr> {
    use export::Column as C;
    let select = export::Entity::find()
        .filter(C::BusinessId.eq(business))
        .filter(C::IntegrationId.eq(integration))
        .filter(C::State.eq(ExportState::Synced));
    let select = match scope {
        ReversalScope::Run(run) => select.filter(C::Id.in_subquery(batch::of_run(business, *run))),
        ReversalScope::Days { from, to, kinds, .. } => {
            let select = select.filter(C::EffectiveOn.gte(*from)).filter(C::EffectiveOn.lte(*to));
            match kinds.is_empty() {
                true => select.filter(C::Kind.ne(ExportKind::Reversal)),
                false => select.filter(C::Kind.is_in(kinds.iter().copied())),
            }
        }
    };
    select.order_by_asc(C::CreatedAt).order_by_asc(C::Id).limit(limit).all(connection).await
}

/// Removes an opposite that cannot be planned, in the transaction that made it.
pub(super) async fn remove(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    export: ExportId,
) -> Result<(), DbErr> {
    export::Entity::delete_many()
        .filter(export::Column::BusinessId.eq(business))
        .filter(export::Column::Id.eq(export))
        .exec(connection)
        .await
        .map(|_| ())
}

//! The use-cases that resolvers call, in one place.

use std::sync::Arc;

use async_graphql::{Context, Error, Result};
use domain::{
    Ambient,
    business::{Actor, Businesses},
    call_log::CallLog,
    catalog::{Items, Products, References},
    export::Exports,
    intake::Intake,
    integration::Integrations,
    margin::Margins,
    production::Production,
    provenance::Provenance,
    receiving::Receiving,
    reconcile::Reconciliations,
    sales::Sales,
    stock::Stock,
    sync::Syncs,
};

use entity::{Amount, UnitCost};

use super::{common::Money, fault::FaultCode, loaders::Loaders, refusal::fault};
use crate::auth::Principal;

/// Every use-case, and the loaders over them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Services {
    /// Businesses and their members.
    pub businesses: Arc<Businesses>,
    /// Integrations.
    pub integrations: Integrations,
    /// Sync runs.
    pub syncs: Syncs,
    /// Items.
    pub items: Items,
    /// Accounts and suppliers.
    pub references: References,
    /// Products.
    pub products: Products,
    /// Lots, movements, adjustments.
    pub stock: Stock,
    /// Suppliers' codes and receipts.
    pub receiving: Receiving,
    /// Bills of materials and builds.
    pub production: Production,
    /// Documents on their way into the books.
    pub exports: Exports,
    /// Our stock value against the books.
    pub reconciliations: Reconciliations,
    /// Sales and their channels.
    pub sales: Sales,
    /// Margins.
    pub margins: Margins,
    /// Where costs and lots come from and go.
    pub provenance: Provenance,
    /// Files into stock.
    pub intake: Intake,
    /// The call log.
    pub call_log: CallLog,
    /// The clock.
    pub ambient: Ambient,
    /// Loaders over all of these.
    pub loaders: Loaders,
}

/// The use-cases of this request.
pub(super) fn services<'a>(ctx: &Context<'a>) -> Result<&'a Services> {
    ctx.data::<Services>()
}

/// Who asks.
///
/// # Errors
/// `UNAUTHENTICATED` without a token, or when the token's business does not exist.
pub(super) async fn actor(ctx: &Context<'_>) -> Result<Actor> {
    let principal = ctx
        .data_opt::<Principal>()
        .ok_or_else(|| FaultCode::Unauthenticated.error("Sign in: send a token as `Authorization: Bearer …`."))?;
    let unknown = || FaultCode::Unauthenticated.error("The token is for a business that does not exist here.");
    let businesses = &services(ctx)?.businesses;
    let actor = businesses.actor(principal.business, &principal.subject, principal.role).await.map_err(fault)?;
    actor.ok_or_else(unknown)
}

/// An amount in the home currency of the business that asks.
pub(super) async fn money(ctx: &Context<'_>, amount: Amount) -> Result<Money> {
    Ok(Money::of(amount, &actor(ctx).await?.currency))
}

/// A cost per unit in the home currency of the business that asks.
pub(super) async fn per_unit(ctx: &Context<'_>, cost: UnitCost) -> Result<Money> {
    Ok(Money::per_unit(cost, &actor(ctx).await?.currency))
}

/// A fault for a row that must be there.
pub(super) fn dangling(what: &str) -> Error {
    fault(domain::Error::Internal(what.to_owned()))
}

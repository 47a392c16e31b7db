//! `node` and `nodes`: every object that has an id, by its id.

use async_graphql::{Context, ID, Interface, Object, Result};
use domain::business::Actor;
use entity::{
    AccountId, BomId, BuildId, BuildLineId, BusinessId, CallId, EntryId, ExportId, IntegrationId, ItemId, LotId,
    MovementId, ProductId, ReceiptId, ReceiptLineId, ReconciliationId, RunId, SaleId, SaleIssueId, SaleLineId,
    SalesChannelId, SupplierId, TypedId, prefix_of,
};

use super::{
    business::Business,
    call_log::SyncLogEntry,
    catalog::{Account, Item, Product, Supplier},
    export::Export,
    fault::FaultCode,
    integration::Integration,
    paging::id,
    production::{Bom, Build, BuildLine},
    receiving::{Receipt, ReceiptLine},
    reconcile::Reconciliation,
    refusal::fault,
    sales::{Sale, SaleIssue, SaleLine, SalesChannel},
    services::{Services, actor, services},
    stock::{Lot, LotConsumption, Shortage, StockMovement, lot_or_shortage},
    sync::SyncRun,
};

/// Ids that `nodes` takes at once.
const NODES_MAX: usize = 250;

/// An object with an id.
#[derive(Debug, Clone, Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Id."))]
#[allow(clippy::large_enum_variant, reason = "short-lived, one per object answered")]
pub enum Node {
    /// A business.
    Business(Business),
    /// An integration.
    Integration(Integration),
    /// An item.
    Item(Item),
    /// An account.
    Account(Account),
    /// A supplier.
    Supplier(Supplier),
    /// A product.
    Product(Product),
    /// A stock movement.
    StockMovement(StockMovement),
    /// A lot.
    Lot(Lot),
    /// What was taken from a lot.
    LotConsumption(LotConsumption),
    /// A shortage.
    Shortage(Shortage),
    /// A receipt.
    Receipt(Receipt),
    /// A receipt's line.
    ReceiptLine(ReceiptLine),
    /// A bill of materials.
    Bom(Bom),
    /// A build.
    Build(Build),
    /// A build's line.
    BuildLine(BuildLine),
    /// An export.
    Export(Export),
    /// A reconciliation.
    Reconciliation(Reconciliation),
    /// A sale.
    Sale(Sale),
    /// A line of a sale.
    SaleLine(SaleLine),
    /// An issue of a sale.
    SaleIssue(SaleIssue),
    /// A sales channel.
    SalesChannel(SalesChannel),
    /// A sync run.
    SyncRun(SyncRun),
    /// A sync log entry.
    SyncLogEntry(SyncLogEntry),
}

/// Any object by its id.
#[derive(Debug, Default)]
pub struct NodeQuery;

/// Any object by its id.
#[Object]
impl NodeQuery {
    /// The object with this id; null when this business has none. Permission: that of the object.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id.", name = "id")] wanted: ID,
    ) -> Result<Option<Node>> {
        let actor = actor(ctx).await?;
        find(services(ctx)?, &actor, &wanted).await
    }

    /// The objects with these ids, in their order; null where this business has none.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most 250 ids.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > NODES_MAX {
            return Err(FaultCode::Validation.error("`nodes` takes at most 250 ids; ask in parts."));
        }
        let actor = actor(ctx).await?;
        let services = services(ctx)?;
        futures::future::try_join_all(ids.iter().map(|wanted| find(services, &actor, wanted))).await
    }
}

async fn find(services: &Services, actor: &Actor, wanted: &ID) -> Result<Option<Node>> {
    let business = actor.business;
    let loaders = &services.loaders;
    match prefix_of(wanted) {
        Some(BusinessId::PREFIX) => {
            let wanted: BusinessId = id(wanted)?;
            if wanted != business {
                return Ok(None);
            }
            let found = services.businesses.business(business).await.map_err(fault)?;
            Ok(Some(Node::Business(Business(found))))
        }
        Some(CallId::PREFIX) => log_entry(services, actor, wanted).await,
        prefix => {
            actor.require(domain::business::Permission::ReadCatalog).map_err(fault)?;
            Ok(match prefix {
                Some(IntegrationId::PREFIX) => loaders
                    .integrations
                    .get(business, id(wanted)?)
                    .await?
                    .map(|row| Node::Integration(Integration(row))),
                Some(ItemId::PREFIX) => {
                    loaders.items.get(business, id(wanted)?).await?.map(|row| Node::Item(Item(row)))
                }
                Some(ProductId::PREFIX) => {
                    loaders.products.get(business, id(wanted)?).await?.map(|row| Node::Product(Product(row)))
                }
                Some(RunId::PREFIX) => {
                    loaders.runs.get(business, id(wanted)?).await?.map(|row| Node::SyncRun(SyncRun(row)))
                }
                Some(ExportId::PREFIX) => {
                    loaders.exports.exports.get(business, id(wanted)?).await?.map(|row| Node::Export(Export(row)))
                }
                Some(ReconciliationId::PREFIX) => {
                    let found = services.reconciliations.get(actor, id(wanted)?).await.map_err(fault)?;
                    found.map(|row| Node::Reconciliation(Reconciliation(row)))
                }
                Some(AccountId::PREFIX) => {
                    let rows = services.references.accounts_by_ids(business, &[id(wanted)?]).await.map_err(fault)?;
                    rows.into_iter().next().map(|row| Node::Account(Account(row)))
                }
                Some(SupplierId::PREFIX) => {
                    let rows = services.references.suppliers_by_ids(business, &[id(wanted)?]).await.map_err(fault)?;
                    rows.into_iter().next().map(|row| Node::Supplier(Supplier(row)))
                }
                Some(SaleId::PREFIX | SaleLineId::PREFIX | SaleIssueId::PREFIX | SalesChannelId::PREFIX) => {
                    return sales_node(services, actor, wanted).await;
                }
                _ => return stock_node(services, business, wanted).await,
            })
        }
    }
}

/// What stock, receiving and production have.
async fn stock_node(services: &Services, business: BusinessId, wanted: &ID) -> Result<Option<Node>> {
    let loaders = &services.loaders;
    let (receiving, production) = (&loaders.receiving, &loaders.production);
    Ok(match prefix_of(wanted) {
        Some(MovementId::PREFIX) => {
            loaders.stock.movements.get(business, id(wanted)?).await?.map(|row| Node::StockMovement(StockMovement(row)))
        }
        Some(LotId::PREFIX) => loaders.stock.lots.get(business, id(wanted)?).await?.map(lot_or_shortage),
        Some(EntryId::PREFIX) => {
            // Only what was taken is a record of its own; what came in is the lot.
            let rows = services.stock.entries_found(business, &[id(wanted)?]).await.map_err(fault)?;
            let taken = rows.into_iter().find(|row| row.quantity.0 < 0 && row.reverses.is_none());
            taken.map(|row| Node::LotConsumption(LotConsumption(row)))
        }
        Some(ReceiptId::PREFIX) => {
            receiving.receipts.get(business, id(wanted)?).await?.map(|row| Node::Receipt(Receipt(row)))
        }
        Some(ReceiptLineId::PREFIX) => {
            receiving.line.get(business, id(wanted)?).await?.map(|row| Node::ReceiptLine(ReceiptLine(row)))
        }
        Some(BomId::PREFIX) => production.boms.get(business, id(wanted)?).await?.map(|row| Node::Bom(Bom(row))),
        Some(BuildId::PREFIX) => production.builds.get(business, id(wanted)?).await?.map(|row| Node::Build(Build(row))),
        Some(BuildLineId::PREFIX) => {
            production.build_line.get(business, id(wanted)?).await?.map(|row| Node::BuildLine(BuildLine(row)))
        }
        _ => return Err(FaultCode::InvalidId.error(format!("{:?} is not an id of this API.", wanted.as_str()))),
    })
}

/// What sales have.
async fn sales_node(services: &Services, actor: &Actor, wanted: &ID) -> Result<Option<Node>> {
    actor.require(domain::business::Permission::SyncSales).map_err(fault)?;
    let (business, loaders) = (actor.business, &services.loaders.sales);
    Ok(match prefix_of(wanted) {
        Some(SaleId::PREFIX) => loaders.sales.get(business, id(wanted)?).await?.map(|row| Node::Sale(Sale(row))),
        Some(SaleLineId::PREFIX) => {
            loaders.line.get(business, id(wanted)?).await?.map(|row| Node::SaleLine(SaleLine(row)))
        }
        Some(SalesChannelId::PREFIX) => {
            loaders.channels.get(business, id(wanted)?).await?.map(|row| Node::SalesChannel(SalesChannel(row)))
        }
        _ => {
            let found = services.sales.issue_by_id(business, id(wanted)?).await.map_err(fault)?;
            found.map(|row| Node::SaleIssue(SaleIssue(row)))
        }
    })
}

async fn log_entry(services: &Services, actor: &Actor, wanted: &ID) -> Result<Option<Node>> {
    let rows = services.call_log.by_ids(actor, &[id(wanted)?]).await.map_err(fault)?;
    Ok(rows.into_iter().next().map(|row| Node::SyncLogEntry(SyncLogEntry(row))))
}

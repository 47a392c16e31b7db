//! The schema: every area's queries, mutations and subscriptions merged.

use async_graphql::{MergedObject, MergedSubscription, Schema as EngineSchema, SchemaBuilder};

use super::{
    business::BusinessQuery,
    call_log::CallLogQuery,
    catalog::{CatalogMutation, CatalogQuery},
    connection::PageLimits,
    export::{BatchMutation, DriftMutation, ExportMutation, ExportQuery, ExportSubscription, ReversalMutation},
    integration::{IntegrationMutation, IntegrationQuery, IntegrationSubscription},
    margin::MarginQuery,
    node::{Node, NodeQuery},
    production::{ProductionMutation, ProductionQuery},
    provenance::ProvenanceQuery,
    receiving::{ReceivingMutation, ReceivingQuery},
    reconcile::{ReconcileMutation, ReconcileQuery},
    sales::{SalesMutation, SalesQuery},
    services::Services,
    stock::{StockMutation, StockQuery},
    sync::{SyncMutation, SyncQuery, SyncSubscription},
};

/// Everything that can be asked.
#[derive(Debug, Default, MergedObject)]
pub struct Query(
    NodeQuery,
    BusinessQuery,
    IntegrationQuery,
    CatalogQuery,
    StockQuery,
    ReceivingQuery,
    ProductionQuery,
    ProvenanceQuery,
    ExportQuery,
    ReconcileQuery,
    SalesQuery,
    MarginQuery,
    SyncQuery,
    CallLogQuery,
);

/// Everything that can be changed.
#[derive(Debug, Default, MergedObject)]
pub struct Mutation(
    IntegrationMutation,
    SyncMutation,
    CatalogMutation,
    StockMutation,
    ReceivingMutation,
    ProductionMutation,
    ExportMutation,
    DriftMutation,
    BatchMutation,
    ReversalMutation,
    ReconcileMutation,
    SalesMutation,
);

/// Everything that can be followed.
#[derive(Debug, Default, MergedSubscription)]
pub struct Subscription(SyncSubscription, IntegrationSubscription, ExportSubscription);

/// The engine with our types.
pub type Schema = EngineSchema<Query, Mutation, Subscription>;

fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    // Limits stand before the engine, see `guard`; the engine's own would answer without our codes.
    EngineSchema::build(Query::default(), Mutation::default(), Subscription::default())
        .register_output_type::<Node>()
        .limit_recursive_depth(64)
}

/// The schema over these use-cases.
pub fn schema(services: Services, pages: PageLimits) -> Schema {
    builder().data(services).data(pages).finish()
}

/// The schema in its definition language, as `schema.graphql` holds it.
pub fn sdl() -> String {
    let options = async_graphql::SDLExportOptions::new().sorted_fields().sorted_enum_items().sorted_arguments();
    builder().finish().sdl_with_options(options)
}

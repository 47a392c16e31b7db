//! Loaders of exports.

use async_graphql::{Context, Result};
use domain::export::{Attempt, ChosenAccount, Drift, Export as DomainExport, Exports, OverrideRow};
use entity::{BusinessId, ExportId, IntegrationId};
use uuid::Uuid;

use super::types::Export;
use crate::graphql::{
    loaders::{By, grouped, keyed},
    services::services,
};

/// Loaders of exports. Cheap to clone.
#[derive(Clone)]
pub struct ExportLoaders {
    pub(in crate::graphql) exports: By<ExportId, DomainExport>,
    pub(in crate::graphql) of_document: By<Uuid, Vec<DomainExport>>,
    pub(in crate::graphql) attempts: By<ExportId, Vec<Attempt>>,
    pub(in crate::graphql) drifts: By<ExportId, Drift>,
    pub(in crate::graphql) chosen: By<IntegrationId, Vec<ChosenAccount>>,
    pub(in crate::graphql) members: By<ExportId, Vec<DomainExport>>,
    pub(in crate::graphql) overrides: By<IntegrationId, Vec<OverrideRow>>,
}

impl ExportLoaders {
    pub(in crate::graphql) fn new(exports: &Exports) -> Self {
        Self {
            exports: By::over(exports, |exports, business, keys| {
                Box::pin(async move { Ok(keyed(exports.by_ids(business, &keys).await?, |row| row.id)) })
            }),
            of_document: By::over(exports, |exports, business, keys| {
                Box::pin(
                    async move { Ok(grouped(exports.of_documents(business, &keys).await?, |row| row.document_id)) },
                )
            }),
            attempts: By::over(exports, |exports, business, keys| {
                Box::pin(async move { Ok(grouped(exports.attempts(business, &keys).await?, |row| row.export_id)) })
            }),
            drifts: By::over(exports, |exports, business, keys| {
                Box::pin(async move { Ok(keyed(exports.drifts(business, &keys).await?, |row| row.export_id)) })
            }),
            chosen: By::over(exports, |exports, business, keys| {
                Box::pin(async move { exports.chosen(business, &keys).await })
            }),
            members: By::over(exports, |exports, business, keys| {
                Box::pin(async move {
                    let rows = exports.members(business, &keys).await?;
                    Ok(grouped(rows, |row| row.gathered_in.unwrap_or(row.id)))
                })
            }),
            overrides: By::over(exports, |exports, business, keys| {
                Box::pin(async move { exports.overrides(business, &keys).await })
            }),
        }
    }
}

/// Exports of a document, oldest first.
pub(in crate::graphql) async fn exports_of(
    ctx: &Context<'_>,
    business: BusinessId,
    document: Uuid,
) -> Result<Vec<Export>> {
    let found = services(ctx)?.loaders.exports.of_document.get(business, document).await?;
    Ok(found.unwrap_or_default().into_iter().map(Export).collect())
}

/// The export that tells where a document stands: the latest.
pub(in crate::graphql) async fn export_of(
    ctx: &Context<'_>,
    business: BusinessId,
    document: Uuid,
) -> Result<Option<Export>> {
    Ok(exports_of(ctx, business, document).await?.pop())
}

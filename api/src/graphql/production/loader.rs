//! Loaders of bills of materials and builds.

use domain::production::{Bom, BomLine, Build, BuildLine, Production};
use entity::{BomId, BuildId, BuildLineId, ProductId, Quantity};

use crate::graphql::loaders::{By, grouped, keyed};

/// Loaders of bills of materials and builds. Cheap to clone.
#[derive(Clone)]
pub struct ProductionLoaders {
    pub(in crate::graphql) boms: By<BomId, Bom>,
    pub(in crate::graphql) bom_lines: By<BomId, Vec<BomLine>>,
    pub(in crate::graphql) active_bom: By<ProductId, Bom>,
    pub(in crate::graphql) max_buildable: By<ProductId, Quantity>,
    pub(in crate::graphql) builds: By<BuildId, Build>,
    pub(in crate::graphql) build_line: By<BuildLineId, BuildLine>,
    pub(in crate::graphql) build_lines: By<BuildId, Vec<BuildLine>>,
}

impl ProductionLoaders {
    pub(in crate::graphql) fn new(production: &Production) -> Self {
        Self {
            boms: By::over(production, |production, business, keys| {
                Box::pin(async move { Ok(keyed(production.boms_found(business, &keys).await?, |row| row.id)) })
            }),
            bom_lines: By::over(production, |production, business, keys| {
                Box::pin(async move { Ok(grouped(production.lines_of_boms(business, &keys).await?, |row| row.bom_id)) })
            }),
            active_bom: By::over(production, |production, business, keys| {
                Box::pin(async move { Ok(keyed(production.active_boms(business, &keys).await?, |row| row.product_id)) })
            }),
            max_buildable: By::over(production, |production, business, keys| {
                Box::pin(async move { production.max_buildable(business, &keys).await })
            }),
            builds: By::over(production, |production, business, keys| {
                Box::pin(async move { Ok(keyed(production.builds_found(business, &keys).await?, |row| row.id)) })
            }),
            build_line: By::over(production, |production, business, keys| {
                Box::pin(async move { Ok(keyed(production.build_lines_found(business, &keys).await?, |row| row.id)) })
            }),
            build_lines: By::over(production, |production, business, keys| {
                Box::pin(
                    async move { Ok(grouped(production.lines_of_builds(business, &keys).await?, |row| row.build_id)) },
                )
            }),
        }
    }
}

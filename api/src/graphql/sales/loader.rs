//! Loaders of sales.

use domain::sales::{Channel, Sale, SaleIssue, SaleLine, SaleVersion, Sales};
use entity::{SaleId, SaleLineId, SalesChannelId};

use crate::graphql::loaders::{By, grouped, keyed};

/// Loaders of sales. Cheap to clone.
#[derive(Clone)]
pub struct SalesLoaders {
    pub(in crate::graphql) sales: By<SaleId, Sale>,
    pub(in crate::graphql) channels: By<SalesChannelId, Channel>,
    pub(in crate::graphql) line: By<SaleLineId, SaleLine>,
    pub(in crate::graphql) lines: By<SaleId, Vec<SaleLine>>,
    pub(in crate::graphql) versions: By<SaleId, Vec<SaleVersion>>,
    pub(in crate::graphql) issues: By<SaleId, Vec<SaleIssue>>,
}

impl SalesLoaders {
    pub(in crate::graphql) fn new(sales: &Sales) -> Self {
        Self {
            sales: By::over(sales, |sales, business, keys| {
                Box::pin(async move { Ok(keyed(sales.by_ids(business, &keys).await?, |row| row.id)) })
            }),
            channels: By::over(sales, |sales, business, keys| {
                Box::pin(async move { Ok(keyed(sales.channels_by_ids(business, &keys).await?, |row| row.id)) })
            }),
            line: By::over(sales, |sales, business, keys| {
                Box::pin(async move { Ok(keyed(sales.lines_by_ids(business, &keys).await?, |row| row.id)) })
            }),
            lines: By::over(sales, |sales, business, keys| {
                Box::pin(async move { Ok(grouped(sales.lines_of(business, &keys).await?, |row| row.sale_id)) })
            }),
            versions: By::over(sales, |sales, business, keys| {
                Box::pin(async move { Ok(grouped(sales.versions_of(business, &keys).await?, |row| row.sale_id)) })
            }),
            issues: By::over(sales, |sales, business, keys| {
                Box::pin(async move {
                    let rows = sales.issues_of(business, &keys).await?.into_iter();
                    let of_sales = rows.filter_map(|row| Some((row.sale_id?, row)));
                    Ok(grouped(of_sales.collect(), |(sale, _)| *sale)
                        .into_iter()
                        .map(|(sale, rows)| (sale, rows.into_iter().map(|(_, row)| row).collect()))
                        .collect())
                })
            }),
        }
    }
}

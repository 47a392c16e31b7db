//! Products of a file.

use std::collections::HashMap;

use entity::{Amount, CostStatus, ProductId, Quantity};

use super::{
    model::{ProductRow, RowOutcome},
    service::Batch,
};
use crate::{
    catalog::{Product, products::rules},
    error::{ErrorCode, Refusal, Result},
    stock::store::bulk_products,
};

impl Batch {
    /// Makes the products that are not there yet, by SKU. One outcome per row, in their order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn products(&mut self, rows: Vec<ProductRow>) -> Result<Vec<RowOutcome>> {
        let found = self.by_sku(rows.iter().map(|row| row.sku.to_lowercase()).collect()).await?;
        let known = found.into_iter().map(|(sku, product)| (sku, product.map(|product| product.id)));
        let mut known: HashMap<String, Option<ProductId>> = known.collect();
        let mut made = Vec::new();
        let mut outcomes = Vec::with_capacity(rows.len());
        for row in rows {
            outcomes.push(match self.product(&row, &known) {
                Ok(product) => {
                    known.insert(product.sort_sku.clone(), Some(product.id));
                    let created = RowOutcome::created(row.row, product.id);
                    made.push(product);
                    created
                }
                Err(outcome) => *outcome,
            });
        }
        bulk_products(self.tx.connection(), &made).await?;
        Ok(outcomes)
    }

    fn product(
        &self,
        row: &ProductRow,
        known: &HashMap<String, Option<ProductId>>,
    ) -> std::result::Result<Product, Box<RowOutcome>> {
        let failed = |reason| Box::new(RowOutcome::failed(row.row, reason));
        let name = rules::check_name(&row.name).map_err(failed)?;
        let sku = rules::check_sku(Some(&row.sku)).map_err(failed)?.ok_or_else(|| {
            failed(
                Refusal::new(ErrorCode::Validation, format!("{name} has no SKU."))
                    .help("Give one: by its SKU a product is not made twice when the file comes again."),
            )
        })?;
        let sort_sku = sku.to_lowercase();
        if let Some(id) = known.get(&sort_sku) {
            let reason =
                Refusal::new(ErrorCode::SkuConflict, format!("There is a product with the SKU {sku} already."))
                    .help("Nothing to do; change products in the console or by updateProduct.");
            return Err(Box::new(RowOutcome::skipped(row.row, *id, reason)));
        }
        Ok(Product {
            id: self.ambient.id(),
            business_id: self.actor.business,
            sort_name: name.to_lowercase(),
            name,
            sort_sku,
            sku: Some(sku),
            kind: row.kind,
            unit: row.unit.clone().filter(|unit| !unit.is_empty()),
            category: rules::check_category(row.category.as_deref()).map_err(failed)?,
            active: true,
            on_hand: Quantity::ZERO,
            value: Amount::ZERO,
            average_cost: None,
            cost_status: CostStatus::Missing,
            owed_quantity: Quantity::ZERO,
            owed_value: Amount::ZERO,
            created_at: self.now,
            updated_at: self.now,
        })
    }
}

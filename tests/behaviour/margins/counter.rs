//! A counter over which goods are sold by hand, and the reports of it.
//!
//! Rule: everything through the API. The clock stands at 1 June 2026.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use stockbridge_tests::{
    TestDatabase,
    workshop::{Workshop, text},
};

/// Figures of a row or of totals.
pub const FIGURES: &str = "quantity revenue { amount } cost { amount } margin { amount } marginPercent shortQuantity costStatus \
    lines estimatedLines estimatedRevenue { amount } estimatedCost { amount } missingLines missingRevenue { amount }";

/// A counter.
pub struct Counter {
    pub shop: Workshop,
    pub chair: String,
    pub desk: String,
    supplier: String,
}

impl Counter {
    /// A counter with chairs and desks, of which there are none yet.
    pub async fn open(database: &TestDatabase) -> Result<Self> {
        let shop = Workshop::with_lots(database).await?;
        let supplier = shop.supplier().await?;
        let (chair, desk) =
            (shop.product("Chair", "FINISHED_GOOD").await?, shop.product("Desk", "FINISHED_GOOD").await?);
        Ok(Self { shop, chair, desk, supplier })
    }

    /// One with 12 chairs at 140, then 8 at 150, and 100 desks at 40.
    pub async fn stocked(database: &TestDatabase) -> Result<Self> {
        let counter = Self::open(database).await?;
        let (chair, desk) = (counter.chair.clone(), counter.desk.clone());
        for (product, day, quantity, cost) in [
            (&chair, "2026-01-05", "12", "140"),
            (&chair, "2026-01-06", "8", "150"),
            (&desk, "2026-01-05", "100", "40"),
        ] {
            counter.receive(product, day, quantity, cost).await?;
        }
        Ok(counter)
    }

    pub async fn receive(&self, product: &str, day: &str, quantity: &str, cost: &str) -> Result<()> {
        self.shop.receive(&self.supplier, day, product, quantity, cost).await.map(drop)
    }

    /// Sells; the sale's id. Lines are product, quantity, price.
    pub async fn sell(&self, day: &str, customer: Option<&str>, lines: &[(&str, &str, &str)]) -> Result<String> {
        let line = |(product, quantity, price): &(&str, &str, &str)| json!({"productId": product, "quantity": quantity, "unitPrice": price});
        let lines: Vec<Value> = lines.iter().map(line).collect();
        let input = json!({"date": day, "customer": customer, "lines": lines});
        text(&self.shop.owner.mutate("recordSale", input, "sale { id }").await?["sale"]["id"])
    }

    /// Takes a sale back; when that was recorded.
    pub async fn void(&self, sale: &str) -> Result<String> {
        let voided = self.shop.owner.mutate("voidSale", json!({"saleId": sale}), "sale { versions { recordedAt } }");
        text(&voided.await?["sale"]["versions"][1]["recordedAt"])
    }

    /// When a sale was recorded.
    pub async fn recorded(&self, sale: &str) -> Result<String> {
        text(&self.shop.read(sale, "Sale", "versions { recordedAt }").await?["versions"][0]["recordedAt"])
    }

    /// All rows of a report and its totals, read in pages of `first`.
    pub async fn paged(&self, input: Value, keys: &str, first: u32) -> Result<(Vec<Value>, Value)> {
        let query = format!(
            "query($input: MarginInput!, $first: Int, $after: String) {{ margins(input: $input, first: $first, after: $after) {{ \
             nodes {{ {keys} {FIGURES} }} totals {{ {FIGURES} }} totalCount pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        let (mut rows, mut after) = (Vec::new(), Value::Null);
        loop {
            let variables = json!({"input": input, "first": first, "after": after});
            let page = self.shop.owner.data(&query, variables).await?["margins"].clone();
            rows.extend(page["nodes"].as_array().context("no nodes")?.iter().cloned());
            if page["pageInfo"]["hasNextPage"] != true {
                ensure!(page["totalCount"] == json!(rows.len()), "{} rows: {page}", rows.len());
                return Ok((rows, page["totals"].clone()));
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }

    /// A whole report.
    pub async fn report(&self, input: Value, keys: &str) -> Result<(Vec<Value>, Value)> {
        self.paged(input, keys, 250).await
    }

    /// The sums by month are those of the lines, and the ledger adds up.
    pub async fn is_sound(&self) -> Result<()> {
        let world = &self.shop.world;
        let stale = world.app.services.margins.prove(world.business).await?;
        ensure!(stale.is_empty(), "{stale:?}");
        self.shop.sound().await
    }
}

/// Quantity, revenue, cost, margin, percent.
pub fn five(row: &Value) -> [&str; 5] {
    let figures = [
        &row["quantity"],
        &row["revenue"]["amount"],
        &row["cost"]["amount"],
        &row["margin"]["amount"],
        &row["marginPercent"],
    ];
    figures.map(|figure| figure.as_str().unwrap_or("null"))
}

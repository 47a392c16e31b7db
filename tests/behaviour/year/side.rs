//! A business that reads the accounting system's sales: as its people set it up, and what comes in.
//!
//! Rule: everything through the API.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use chrono::NaiveDate;
use serde_json::{Value, json};
use stockbridge_tests::{
    client::Client,
    consent,
    sandbox::Sandbox,
    steps::{begin_connect_to, connected, ended, items, start_sync},
    workshop::text,
};

use super::people::{Delivery, Manner, Year};

/// Units of the part in one of what is built.
const PARTS: i64 = 2;

/// A business.
#[derive(Debug, Clone)]
pub struct Side {
    pub client: Client,
    pub integration: String,
    supplier: String,
    /// Products, in the order of the year's goods.
    products: Vec<String>,
    /// The part that each built one is made of.
    parts: BTreeMap<usize, String>,
    /// Lots so far.
    lots: usize,
}

impl Side {
    /// Connects and asks for an item sync: the integration and the run.
    pub async fn connect(client: &Client, sandbox: &Sandbox) -> Result<(String, String)> {
        let link = begin_connect_to(client, sandbox.entry.id).await?;
        let agreed = sandbox.hand().consent(&link, &[sandbox.company().0]).await?;
        let integration = connected(&consent::come_back(&agreed).await?)?;
        let run = start_sync(client, &integration).await?;
        Ok((integration, run))
    }

    /// Waits for the item sync, imports the goods, and opens the channel from the first day of the year.
    pub async fn open(client: Client, (integration, run): (String, String), year: &Year) -> Result<Self> {
        ended(&client, &run).await?;
        let known: BTreeMap<String, Value> = items(&client, "id name")
            .await?
            .into_iter()
            .filter_map(|item| Some((item["name"].as_str()?.to_owned(), item["id"].clone())))
            .collect();
        let wanted: Vec<&Value> =
            year.goods.iter().map(|good| known.get(&good.name).context("no such item")).collect::<Result<_>>()?;
        let input = json!({"itemIds": wanted, "productType": "FINISHED_GOOD"});
        let imported = client.mutate("importItems", input, "results { product { id } }").await?;
        let rows = imported["results"].as_array().context("no results")?;
        let products = rows.iter().map(|row| text(&row["product"]["id"])).collect::<Result<Vec<_>>>()?;
        let lots = client.data("mutation { enableReceiving { userErrors { message } } }", Value::Null).await?;
        ensure!(lots["enableReceiving"]["userErrors"] == json!([]), "{lots}");
        let input = json!({"name": "Makers", "code": "MKR"});
        let supplier = text(&client.mutate("saveSupplier", input, "supplier { id }").await?["supplier"]["id"])?;
        let input = json!({"integrationId": integration, "initialDate": year.from, "name": "Shop"});
        client.mutate("saveSalesChannel", input, "channel { id }").await?;
        let mut side = Self { client, integration, supplier, products, parts: BTreeMap::new(), lots: 0 };
        side.recipes(year).await?;
        Ok(side)
    }

    async fn recipes(&mut self, year: &Year) -> Result<()> {
        for (place, good) in year.goods.iter().enumerate().filter(|(_, good)| good.manner == Manner::Built) {
            let input = json!({"name": format!("Part of {}", good.name), "type": "RAW_MATERIAL"});
            let part = text(&self.client.mutate("createProduct", input, "product { id }").await?["product"]["id"])?;
            let lines = json!([{"kind": "COMPONENT", "productId": part, "quantity": PARTS.to_string()}]);
            let input = json!({"productId": self.products[place], "lines": lines});
            self.client.mutate("saveBom", input, "bom { id }").await?;
            self.parts.insert(place, part);
        }
        Ok(())
    }

    /// Takes in what comes on a day: one receipt, then what is built of it.
    pub async fn take_in(&mut self, year: &Year, came: &[Delivery], on: NaiveDate) -> Result<()> {
        let mut lines = Vec::new();
        for delivery in came {
            self.lots += 1;
            let built = year.goods[delivery.good].manner == Manner::Built;
            let product = if built { &self.parts[&delivery.good] } else { &self.products[delivery.good] };
            let count = if built { PARTS * delivery.count } else { delivery.count };
            let quantity = rust_decimal::Decimal::new(count, 1).to_string();
            let cost = rust_decimal::Decimal::new(delivery.cents, 2).to_string();
            let number = format!("L-{}", self.lots);
            lines.push(json!({"productId": product, "quantity": quantity, "unitCost": cost, "lotNumber": number}));
        }
        for chunk in lines.chunks(200) {
            let input = json!({"supplierId": self.supplier, "receivedOn": on, "lines": chunk});
            let draft = self.client.mutate("saveReceipt", input, "receipt { id }").await?["receipt"]["id"].clone();
            self.client.mutate("confirmReceipt", json!({"receiptId": draft}), "receipt { id }").await?;
        }
        for delivery in came.iter().filter(|delivery| year.goods[delivery.good].manner == Manner::Built) {
            let quantity = rust_decimal::Decimal::new(delivery.count, 1).to_string();
            let input = json!({"productId": self.products[delivery.good], "quantity": quantity, "effectiveOn": on});
            self.client.mutate("executeBuild", input, "build { id }").await?;
        }
        Ok(())
    }

    /// Asks for a sales sync; the run's id.
    pub async fn ask(&self, full: bool) -> Result<String> {
        let input = json!({"integrationId": self.integration, "full": full});
        text(&self.client.mutate("syncSales", input, "run { id }").await?["run"]["id"])
    }
}

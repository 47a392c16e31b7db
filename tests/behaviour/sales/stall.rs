//! A stall that sells lamps: connected, its lamp linked to a finished good with lots, its channel open.
//!
//! Rule: documents are written in the accounting system by the neutral hand; everything here is asked through the API.

use std::str::FromStr;

use anyhow::{Context, Result, ensure};
use chrono::{Days, NaiveDate, TimeDelta, Utc};
use providers::{
    model::{ItemKind, SaleRef, SalesDocumentKind},
    registry::ProviderEntry,
    sandbox::{SandboxAct, SandboxSale, SandboxSaleLine},
};
use rust_decimal::Decimal;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use stockbridge_tests::{
    TestDatabase, World,
    client::Client,
    steps::{connect_first, ended, item_named, sync},
    workshop::text,
    world::Options,
};

/// Everything of a sale that a test may compare.
pub const SALE: &str = "id number status documentType source date revenue { amount } cost { amount } margin { amount } \
    marginPercent shortQuantity costStatus openLines netTotal { amount } shipping { amount } \
    lines { state quantity revenue { amount } cost { amount } shortQuantity counted product { name } } \
    versions { version change status revenue { amount } cost { amount } }";
/// Counters of a sales run.
pub const COUNTS: &str = "id state done total counts { created updated unchanged skipped voided failed linesSkipped linesRetried shortages } \
    issues { reason message } error { code message }";

/// A stall.
#[derive(Debug)]
pub struct Stall {
    pub world: World,
    pub owner: Client,
    pub integration: String,
    pub channel: String,
    /// The product.
    pub lamp: String,
    /// Its item.
    pub lamp_item: String,
    /// An item that nobody has linked.
    pub shade_item: String,
}

/// Whether a provider has sales documents.
pub fn sells(entry: &ProviderEntry) -> bool {
    !entry.capability.sales_documents.is_empty()
}

/// A day that is neither in the future nor long ago anywhere near the stall, which is in Los Angeles.
pub fn today() -> NaiveDate {
    (Utc::now() - TimeDelta::hours(8)).date_naive()
}

/// A day before.
pub fn ago(days: u64) -> NaiveDate {
    today() - Days::new(days)
}

/// A decimal.
pub fn decimal(text: &str) -> Decimal {
    Decimal::from_str(text).unwrap()
}

/// A line of a document.
pub fn line(item: Option<&str>, quantity: &str, price: &str) -> SandboxSaleLine {
    SandboxSaleLine {
        item: item.map(str::to_owned),
        quantity: decimal(quantity),
        price: decimal(price),
        discount: Decimal::ZERO,
        taxed: false,
    }
}

/// An invoice of today.
pub fn invoice(number: &str, lines: Vec<SandboxSaleLine>) -> SandboxSale {
    SandboxSale {
        kind: SalesDocumentKind::Invoice,
        number: Some(number.to_owned()),
        date: today(),
        lines,
        discount: Decimal::ZERO,
        shipping: Decimal::ZERO,
        tax: Decimal::ZERO,
        currency: None,
        applies_to: None,
        customer: 0,
    }
}

impl Stall {
    /// A stall whose channel begins today.
    pub async fn open(database: &TestDatabase, provider: &'static ProviderEntry) -> Result<Self> {
        Self::since(database, provider, today()).await
    }

    /// A stall whose channel begins on a day.
    pub async fn since(database: &TestDatabase, provider: &'static ProviderEntry, from: NaiveDate) -> Result<Self> {
        Self::with(database, Options { provider: Some(provider), ..Options::default() }, from).await
    }

    /// One that differs.
    pub async fn with(database: &TestDatabase, options: Options, from: NaiveDate) -> Result<Self> {
        let mut stall = Self::without_channel(database, options).await?;
        let input = json!({"integrationId": stall.integration, "initialDate": from, "name": "Shop"});
        let made = stall.owner.mutate("saveSalesChannel", input, "channel { id active initialDate }").await?;
        ensure!(made["channel"]["initialDate"] == json!(from), "{made}");
        stall.channel = text(&made["channel"]["id"])?;
        Ok(stall)
    }

    /// A stall that does not track sales yet.
    pub async fn without_channel(database: &TestDatabase, options: Options) -> Result<Self> {
        let world = World::with(database, options).await?;
        let adjusts = world.sandbox.entry.capability.inventory_adjustments;
        if !adjusts {
            let sql = "UPDATE business SET currency = 'NZD'";
            world.app.db.connection().execute_unprepared(sql).await?;
        }
        let kind = if adjusts { ItemKind::Inventory } else { ItemKind::NonInventory };
        let mut items = Vec::new();
        for name in ["Stall Lamp", "Stall Shade"] {
            let act = SandboxAct::AddItem {
                name: name.to_owned(),
                sku: None,
                kind,
                price: decimal("200"),
                cost: decimal("140"),
                quantity: Decimal::ZERO,
            };
            items.push(world.sandbox.act(act).await?);
        }
        let owner = world.owner();
        let integration = connect_first(&world, &owner).await?;
        sync(&owner, &integration).await?;
        let item = item_named(&owner, "Stall Lamp").await?;
        let input = json!({"itemIds": [item], "productType": "FINISHED_GOOD"});
        let imported = owner.mutate("importItems", input, "results { product { id } reason { message } }").await?;
        let lamp = text(&imported["results"][0]["product"]["id"]).with_context(|| imported.to_string())?;
        let lots = "mutation { enableReceiving { userErrors { message } } }";
        ensure!(owner.data(lots, Value::Null).await?["enableReceiving"]["userErrors"] == json!([]));
        let shade_item = items.pop().context("two items")?;
        let lamp_item = items.pop().context("two items")?;
        Ok(Self { world, owner, integration, channel: String::new(), lamp, lamp_item, shade_item })
    }

    /// Receives lamps; the lot is as old as the day.
    pub async fn receive(&self, quantity: &str, cost: &str, on: NaiveDate) -> Result<()> {
        self.receive_of(&self.lamp, quantity, cost, on).await
    }

    /// Receives a product.
    pub async fn receive_of(&self, product: &str, quantity: &str, cost: &str, on: NaiveDate) -> Result<()> {
        let known =
            self.owner.data("{ suppliers(first: 1, filter: {search: \"Makers\"}) { nodes { id } } }", Value::Null);
        let mut supplier = known.await?["suppliers"]["nodes"][0]["id"].clone();
        if supplier.is_null() {
            let input = json!({"name": "Makers", "code": "MKR"});
            supplier = self.owner.mutate("saveSupplier", input, "supplier { id }").await?["supplier"]["id"].clone();
        }
        let line = json!({"productId": product, "quantity": quantity, "unitCost": cost});
        let input = json!({"supplierId": supplier, "receivedOn": on, "lines": [line]});
        let receipt = text(&self.owner.mutate("saveReceipt", input, "receipt { id }").await?["receipt"]["id"])?;
        self.owner.mutate("confirmReceipt", json!({"receiptId": receipt}), "receipt { id }").await.map(drop)
    }

    /// Writes a document in the accounting system.
    pub async fn write(&self, sale: SandboxSale) -> Result<SaleRef> {
        let kind = sale.kind;
        Ok(SaleRef { kind, external_id: self.world.sandbox.act(SandboxAct::Sell(sale)).await? })
    }

    /// Writes an invoice of lamps.
    pub async fn sell(&self, number: &str, quantity: &str, price: &str) -> Result<SaleRef> {
        self.write(invoice(number, vec![line(Some(&self.lamp_item), quantity, price)])).await
    }

    /// Deletes a document in the accounting system; where it keeps what was ever in the books, voids it.
    pub async fn delete(&self, sale: SaleRef) -> Result<()> {
        if self.world.sandbox.act(SandboxAct::DeleteSale(sale.clone())).await.is_err() {
            self.world.sandbox.act(SandboxAct::VoidSale(sale)).await?;
        }
        Ok(())
    }

    /// Starts a sales sync; the run's id.
    pub async fn start(&self, full: bool) -> Result<String> {
        let input = json!({"integrationId": self.integration, "full": full});
        text(&self.owner.mutate("syncSales", input, "run { id }").await?["run"]["id"])
    }

    /// Syncs sales to the end; counters of the run, which must have succeeded.
    pub async fn sync(&self) -> Result<Value> {
        self.synced(false).await
    }

    /// As [`Stall::sync`], of the whole listing if `full`.
    pub async fn synced(&self, full: bool) -> Result<Value> {
        let id = self.start(full).await?;
        ended(&self.owner, &id).await?;
        let run = self.owner.node(&id, "SyncRun", COUNTS).await?;
        ensure!(matches!(run["state"].as_str(), Some("SUCCEEDED" | "SUCCEEDED_WITH_ISSUES")), "{run}");
        self.is_sound().await?;
        Ok(run)
    }

    /// The ledger adds up.
    pub async fn is_sound(&self) -> Result<()> {
        let broken = self.world.app.services.stock.prove(self.world.business).await?;
        ensure!(broken.is_empty(), "{broken:?}");
        Ok(())
    }

    /// All sales, by number.
    pub async fn sales(&self) -> Result<Vec<Value>> {
        let mut rows = self.owner.all("sales", "SaleFilter", Value::Null, SALE).await?;
        rows.sort_by_key(|row| row["number"].as_str().unwrap_or_default().to_owned());
        Ok(rows)
    }

    /// The sale with a number.
    pub async fn sale(&self, number: &str) -> Result<Value> {
        let rows = self.owner.all("sales", "SaleFilter", json!({"number": number}), SALE).await?;
        ensure!(rows.len() == 1, "{number}: {rows:?}");
        Ok(rows[0].clone())
    }

    /// Open issues: reason and message.
    pub async fn issues(&self) -> Result<Vec<Value>> {
        let fields = "id reason state message help itemExternalId sale { number } item { name }";
        self.owner.all("saleIssues", "SaleIssueFilter", json!({"state": "OPEN"}), fields).await
    }

    /// Stock and value of the lamp.
    pub async fn on_hand(&self) -> Result<(String, String)> {
        let product = self.owner.node(&self.lamp, "Product", "onHand value { amount }").await?;
        Ok((text(&product["onHand"])?, text(&product["value"]["amount"])?))
    }

    /// Kinds and quantities of the lamp's movements by sales, in the order of recording.
    pub async fn moves(&self) -> Result<Vec<(String, String)>> {
        let fields = "kind quantity product { id }";
        let mut rows = self.owner.all("stockMovements", "StockMovementFilter", Value::Null, fields).await?;
        rows.reverse();
        let sales = rows.iter().filter(|row| row["kind"].as_str().is_some_and(|kind| kind.starts_with("SALE")));
        sales.map(|row| Ok((text(&row["kind"])?, text(&row["quantity"])?))).collect()
    }
}

/// Figures of a sale: status, revenue, cost, short.
pub fn figures(sale: &Value) -> [&str; 4] {
    [
        sale["status"].as_str().unwrap_or("?"),
        sale["revenue"]["amount"].as_str().unwrap_or("?"),
        sale["cost"]["amount"].as_str().unwrap_or("?"),
        sale["shortQuantity"].as_str().unwrap_or("?"),
    ]
}

/// Counters: created, updated, unchanged, voided, failed.
pub fn counts(run: &Value) -> [i64; 5] {
    ["created", "updated", "unchanged", "voided", "failed"].map(|name| run["counts"][name].as_i64().unwrap_or(-1))
}

/// Kinds and quantities as [`Stall::moves`] tells them.
pub fn moves(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(kind, quantity)| ((*kind).to_owned(), (*quantity).to_owned())).collect()
}

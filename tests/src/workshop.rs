//! A workshop behind a gateway: products, suppliers, receipts and builds as a client makes them.
//!
//! Rule: each step goes through the API; the test holds the clock at 1 June 2026, noon in Los Angeles.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use chrono::{TimeZone, Utc};
use domain::ambient::ManualClock;
use serde_json::{Value, json};

use crate::{Options, TestDatabase, World, client::Client};

/// A workshop.
#[derive(Debug)]
pub struct Workshop {
    /// The installation.
    pub world: World,
    /// The owner.
    pub owner: Client,
}

/// What a refused mutation must leave as it is.
const EVERYTHING: &str = "{ products(first: 50) { nodes { id name active onHand value { amount } averageCost { amount } costStatus \
     shortQuantity activeBom { id } } } \
     lots(first: 50) { nodes { id number status receivedQuantity receivedValue { amount } remainingQuantity \
     remainingValue { amount } } } \
     shortages(first: 50) { nodes { id openQuantity openValue { amount } } } \
     stockMovements(first: 50) { nodes { id kind quantity value { amount } onHandAfter effectiveOn recordedAt } } \
     suppliers(first: 50) { nodes { id name code } } \
     receipts(first: 50) { nodes { id number state value { amount } lines { id quantity lotNumber lot { id } } \
     corrections { quantity } } } \
     boms(first: 50) { nodes { id version status } } \
     builds(first: 50) { nodes { id number state quantity totalValue { amount } lines { recoveredQuantity } } } \
     stockSettings { receiving qaReview settleShortagesAtOnce closedBefore } }";

impl Workshop {
    /// A workshop that keeps no lots yet.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn open(database: &TestDatabase) -> Result<Self> {
        let start = Utc.with_ymd_and_hms(2026, 6, 1, 19, 0, 0).single().context("a moment")?;
        let clock = Some(Arc::new(ManualClock::new(start.into())));
        let world = World::with(database, Options { clock, ..Options::default() }).await?;
        Ok(Self { owner: world.owner(), world })
    }

    /// A workshop that keeps lots.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn with_lots(database: &TestDatabase) -> Result<Self> {
        let workshop = Self::open(database).await?;
        workshop.enable_receiving().await?;
        Ok(workshop)
    }

    /// Begins to keep lots; how many were made.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn enable_receiving(&self) -> Result<Value> {
        let mutation = "mutation { enableReceiving { lotsMade settings { receiving } userErrors { message } } }";
        let payload = self.owner.data(mutation, Value::Null).await?["enableReceiving"].clone();
        ensure!(payload["userErrors"] == json!([]), "{payload}");
        Ok(payload)
    }

    /// A product without stock; its id.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn product(&self, name: &str, kind: &str) -> Result<String> {
        let input = json!({"name": name, "type": kind});
        text(&self.owner.mutate("createProduct", input, "product { id }").await?["product"]["id"])
    }

    /// A raw material without stock; its id.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn material(&self, name: &str) -> Result<String> {
        self.product(name, "RAW_MATERIAL").await
    }

    /// A supplier with the code ABC; its id.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn supplier(&self) -> Result<String> {
        let input = json!({"name": "ABC Metals", "code": "ABC"});
        text(&self.owner.mutate("saveSupplier", input, "supplier { id }").await?["supplier"]["id"])
    }

    /// A draft receipt of these lines; its id.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn draft(&self, supplier: &str, day: &str, lines: Value) -> Result<String> {
        let input = json!({"supplierId": supplier, "receivedOn": day, "lines": lines});
        text(&self.owner.mutate("saveReceipt", input, "receipt { id }").await?["receipt"]["id"])
    }

    /// Receives one line; receipt, line and lot by id.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn receive(
        &self,
        supplier: &str,
        day: &str,
        product: &str,
        quantity: &str,
        cost: &str,
    ) -> Result<[String; 3]> {
        let lines = json!([{"productId": product, "quantity": quantity, "unitCost": cost}]);
        let receipt = self.draft(supplier, day, lines).await?;
        let selection = "receipt { lines { id lot { id } } }";
        let payload = self.owner.mutate("confirmReceipt", json!({"receiptId": receipt}), selection).await?;
        let line = &payload["receipt"]["lines"][0];
        Ok([receipt, text(&line["id"])?, text(&line["lot"]["id"])?])
    }

    /// Adds stock at a cost.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn add(&self, product: &str, quantity: &str, cost: &str) -> Result<()> {
        let input = json!({"productId": product, "quantity": quantity, "unitCost": cost, "reason": "COUNT_CORRECTION"});
        self.owner.mutate("adjustStock", input, "product { id }").await.map(|_| ())
    }

    /// An active bill of materials of required components; its id.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn bom(&self, product: &str, components: &[(&str, &str)]) -> Result<String> {
        let line = |(id, quantity): &(&str, &str)| json!({"kind": "COMPONENT", "productId": id, "quantity": quantity});
        let lines: Vec<Value> = components.iter().map(line).collect();
        let input = json!({"productId": product, "lines": lines});
        text(&self.owner.mutate("saveBom", input, "bom { id }").await?["bom"]["id"])
    }

    /// Builds at once; the build's id.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn build(&self, product: &str, quantity: &str) -> Result<String> {
        let input = json!({"productId": product, "quantity": quantity});
        text(&self.owner.mutate("executeBuild", input, "build { id }").await?["build"]["id"])
    }

    /// Everything that a refused mutation must leave as it is.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn everything(&self) -> Result<Value> {
        self.owner.data(EVERYTHING, Value::Null).await
    }

    /// A refusal, after which everything is as it was.
    ///
    /// # Errors
    /// When the mutation is carried out, or something changed.
    pub async fn refused(&self, mutation: &str, input: Value) -> Result<Value> {
        let before = self.everything().await?;
        let refusal = self.owner.refusal(mutation, input).await?;
        ensure!(self.everything().await? == before, "{mutation} changed something: {refusal}");
        Ok(refusal)
    }

    /// Some fields of a record.
    ///
    /// # Errors
    /// When there is none.
    pub async fn read(&self, id: &str, kind: &str, selection: &str) -> Result<Value> {
        let found = self.owner.node(id, kind, selection).await?;
        ensure!(!found.is_null(), "no {kind} {id}");
        Ok(found)
    }

    /// The ledger adds up.
    ///
    /// # Errors
    /// When it does not.
    pub async fn sound(&self) -> Result<()> {
        let query = "{ integrity { sound checked broken { invariant record recordId expected found } } }";
        let report = self.owner.data(query, Value::Null).await?["integrity"].clone();
        ensure!(report["sound"] == true && report["broken"] == json!([]), "{report}");
        ensure!(report["checked"].as_i64() == i64::try_from(domain::stock::Stock::invariants()).ok(), "{report}");
        Ok(())
    }
}

/// A text of an answer.
///
/// # Errors
/// When it is none.
pub fn text(value: &Value) -> Result<String> {
    Ok(value.as_str().with_context(|| format!("no text: {value}"))?.to_owned())
}

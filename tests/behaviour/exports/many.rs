//! Many builds that wait for their export, made through the real program; what became of them, here and in the books.
//!
//! Rule: what is in the books is asked of the books, what is in stock of the stock.

use std::{collections::BTreeMap, time::Instant};

use anyhow::{Context, Result, bail, ensure};
use providers::{
    model::{DocumentKind, ItemKind},
    sandbox::SandboxAct,
};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use stockbridge_tests::{
    PATIENCE,
    client::Client,
    sandbox::{Sandbox, WORKSHOP},
    steps::{connect, item_named, sync},
    workshop::text,
};

use super::yard::decimal;

/// A product with the item it is linked to.
#[derive(Debug)]
pub struct Linked {
    pub product: String,
    pub item: String,
}

/// A workshop that makes chairs of one A each.
#[derive(Debug)]
pub struct Many {
    pub a: Linked,
    pub chair: Linked,
}

impl Many {
    /// Connects the workshop, with so many A.
    pub async fn open(sandbox: &Sandbox, client: &Client, stock: usize) -> Result<Self> {
        let mut items = Vec::new();
        for (name, quantity) in [("Yard A", stock), ("Yard Chair", 0)] {
            let act = SandboxAct::AddItem {
                name: name.to_owned(),
                sku: None,
                kind: ItemKind::Inventory,
                price: Decimal::from(20),
                cost: Decimal::from(2),
                quantity: Decimal::from(quantity),
            };
            items.push(sandbox.act(act).await?);
        }
        let integration = connect(client, WORKSHOP).await?;
        sync(client, &integration).await?;
        let mut linked = Vec::new();
        for (item, (name, kind)) in items.into_iter().zip([("Yard A", "RAW_MATERIAL"), ("Yard Chair", "FINISHED_GOOD")])
        {
            let ours = item_named(client, name).await?;
            let input = json!({"itemIds": [ours], "productType": kind});
            let results = client.mutate("importItems", input, "results { product { id } }").await?;
            linked.push(Linked { product: text(&results["results"][0]["product"]["id"])?, item });
        }
        let (chair, a) = (linked.pop().context("chair")?, linked.pop().context("A")?);
        let line = json!({"kind": "COMPONENT", "productId": a.product, "quantity": "1"});
        client.mutate("saveBom", json!({"productId": chair.product, "lines": [line]}), "bom { id }").await?;
        let query = "query($id: ID!) { accounts(integrationId: $id, first: 250) { nodes { id number } } }";
        let accounts = client.data(query, json!({"id": integration})).await?;
        let rows = accounts["accounts"]["nodes"].as_array().context("accounts")?;
        let cogs = rows.iter().find(|row| row["number"] == "5000").context("no 5000")?["id"].clone();
        let settings = json!({"integrationId": integration, "accounts": [{"role": "COGS", "accountId": cogs}]});
        client.mutate("updateIntegrationSettings", settings, "integration { id }").await?;
        Ok(Self { a, chair })
    }

    /// Builds a chair, so many times; the builds' ids.
    pub async fn build(&self, client: &Client, times: usize) -> Result<Vec<String>> {
        let mut builds = Vec::with_capacity(times);
        for _ in 0..times {
            let order = json!({"productId": self.chair.product, "quantity": "1"});
            builds.push(text(&client.mutate("executeBuild", order, "build { id }").await?["build"]["id"])?);
        }
        Ok(builds)
    }

    /// Every document is in the books exactly once; their trial balance adds up to zero, and their stock is ours, in
    /// quantity and in value.
    pub async fn reconcile(&self, sandbox: &Sandbox, client: &Client, exports: &[Value]) -> Result<()> {
        let company = sandbox.company().0;
        let references: Vec<&str> = exports.iter().filter_map(|row| row["reference"].as_str()).collect();
        ensure!(references.len() == exports.len(), "an export has no reference");
        let kind = DocumentKind::InventoryAdjustment;
        let counts = sandbox.hand().count_all_posted(&company, kind, &references).await?;
        let wrong: Vec<_> = references.iter().zip(counts).filter(|(_, count)| *count != 1).collect();
        ensure!(wrong.is_empty(), "not there exactly once: {wrong:?}");
        let balances = sandbox.hand().trial_balance(&company).await?;
        ensure!(
            balances.iter().map(|row| row.balance).sum::<Decimal>().is_zero(),
            "the trial balance does not balance"
        );
        let theirs = sandbox.hand().valuation(&company).await?;
        for (name, linked) in [("A", &self.a), ("Chair", &self.chair)] {
            let ours = client.node(&linked.product, "Product", "onHand value { amount }").await?;
            let row = theirs.iter().find(|row| row.item == linked.item).context("no valuation")?;
            let differs = (
                decimal(&text(&ours["onHand"])?) - row.quantity,
                decimal(&text(&ours["value"]["amount"])?) - row.value,
            );
            ensure!(differs == (Decimal::ZERO, Decimal::ZERO), "{name}: we have {ours}, they {row:?}");
        }
        Ok(())
    }
}

/// All exports, oldest first.
pub async fn exports(client: &Client) -> Result<Vec<Value>> {
    let selection = "id reference state queued error { code message } attempts { number outcome }";
    let mut rows = client.all("exports", "ExportFilter", Value::Null, selection).await?;
    rows.reverse();
    Ok(rows)
}

/// How many exports are in which state.
pub async fn states(client: &Client) -> Result<BTreeMap<String, u64>> {
    let states = ["NOT_READY", "PENDING", "SENDING", "UNCERTAIN", "SYNCED", "FAILED", "SKIPPED"];
    let lists: Vec<String> = states
        .iter()
        .map(|state| format!("{state}: exports(filter: {{states: [{state}]}}) {{ totalCount }}"))
        .collect();
    let data = client.data(&format!("{{ {} }}", lists.join(" ")), Value::Null).await?;
    let count = |state: &str| data[state]["totalCount"].as_u64().unwrap_or_default();
    Ok(states.iter().map(|state| ((*state).to_owned(), count(state))).collect())
}

/// Waits for a condition of the states.
pub async fn until_states(client: &Client, wanted: impl Fn(&BTreeMap<String, u64>) -> bool) -> Result<()> {
    let begun = Instant::now();
    loop {
        let now = states(client).await?;
        if wanted(&now) {
            return Ok(());
        }
        if begun.elapsed() > PATIENCE * 5 {
            bail!("the exports never came there: {now:?}");
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

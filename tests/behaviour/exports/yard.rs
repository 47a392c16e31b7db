//! A workshop whose documents go to a sandbox: connected, synced, its products linked, its accounts chosen.
//!
//! Rule: everything goes through the API; what reached the books is asked of the books themselves.

use std::{collections::BTreeMap, str::FromStr, time::Instant};

use anyhow::{Context, Result, bail, ensure};
use providers::{
    model::{DocumentKind, ItemKind, ReportDates},
    registry::ProviderEntry,
    sandbox::SandboxAct,
};
use rust_decimal::Decimal;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use stockbridge_tests::{
    PATIENCE, TestDatabase, World,
    client::Client,
    steps::{connect_first, item_named, sync},
    workshop::text,
    world::Options,
};

/// Everything of an export that a test may compare.
pub const EXPORT: &str = "id kind mode state queued automatic reference externalId externalUrl errorTitle skippedBecause documentId label \
     error { code message help providerCode } warnings { message } attempts { number outcome providerCode } requestedBy \
     draft { __typename }";
/// Everything of a plan that a test may compare.
pub const PLAN: &str = "plan { hash ready kind mode nothingBecause warnings { message } \
     checks { code title message help role recordId } \
     entries { accountName debit { amount } credit { amount } estimated } \
     draft { ... on InventoryAdjustmentDraft { reference date memo accountName lines { name quantity value { amount } product { id } item { externalId } } } \
     ... on JournalEntryDraft { reference date memo residue { amount } journal: lines { accountName side description amount { amount } } } } }";

/// Accounts by role: the role's name and the account's number.
type Accounts = [(&'static str, &'static str); 7];

/// Of the sandbox that takes inventory adjustments.
const ADJUSTING: Accounts = [
    ("COGS", "5000"),
    ("RECEIVING", "5100"),
    ("WASTE", "5400"),
    ("BUILD_DEBIT", "1310"),
    ("BUILD_CREDIT", "5300"),
    ("RECEIVING_DEBIT", "1310"),
    ("RECEIVING_CREDIT", "2050"),
];
/// Of the sandbox that takes journals alone.
const JOURNALS: Accounts = [
    ("COGS", "310"),
    ("RECEIVING", "310"),
    ("WASTE", "330"),
    ("BUILD_DEBIT", "622"),
    ("BUILD_CREDIT", "621"),
    ("RECEIVING_DEBIT", "621"),
    ("RECEIVING_CREDIT", "801"),
];
/// Of the books that are files.
const FILES: Accounts = [
    ("COGS", "5000"),
    ("RECEIVING", "5000"),
    ("WASTE", "5000"),
    ("BUILD_DEBIT", "1210"),
    ("BUILD_CREDIT", "1200"),
    ("RECEIVING_DEBIT", "1200"),
    ("RECEIVING_CREDIT", "2000"),
];

/// A workshop.
#[derive(Debug)]
pub struct Yard {
    pub world: World,
    pub owner: Client,
    /// The integration.
    pub integration: String,
    /// Products by name: A, B and Chair.
    pub products: BTreeMap<String, String>,
    /// External ids of their items.
    pub items: BTreeMap<String, String>,
}

/// A decimal.
pub fn decimal(text: &str) -> Decimal {
    Decimal::from_str(text).unwrap()
}

impl Yard {
    /// A workshop with 100 A at 2, 100 B at 1 and no chair, which is made of 2 A and 1 B with work for 1.25; lots are kept.
    pub async fn open(database: &TestDatabase, provider: &'static ProviderEntry, mode: &str) -> Result<Self> {
        Self::with(database, Options { provider: Some(provider), ..Options::default() }, mode).await
    }

    /// One that differs.
    pub async fn with(database: &TestDatabase, options: Options, mode: &str) -> Result<Self> {
        let world = World::with(database, options).await?;
        let entry = world.sandbox.entry;
        // Items that are stock there bring their quantity with them.
        let stocked = entry.capability.inventory_adjustments || entry.sandbox.is_none();
        if !stocked {
            // The sandbox's company keeps its books in this currency; asked before anybody is remembered with another.
            let sql = "UPDATE business SET currency = 'NZD'";
            world.app.db.connection().execute_unprepared(sql).await?;
        }
        let mut items = BTreeMap::new();
        for (name, cost, quantity) in [("A", "2", "100"), ("B", "1", "100"), ("Chair", "6.25", "0")] {
            let act = SandboxAct::AddItem {
                name: format!("Yard {name}"),
                sku: Some(format!("Y-{name}")),
                kind: if stocked { ItemKind::Inventory } else { ItemKind::NonInventory },
                price: decimal("20"),
                cost: decimal(cost),
                quantity: decimal(quantity),
            };
            items.insert(name.to_owned(), world.sandbox.act(act).await?);
        }
        let owner = world.owner();
        let integration = connect_first(&world, &owner).await?;
        let mut yard = Self { world, owner, integration, products: BTreeMap::new(), items };
        yard.settings(json!({"inventoryMode": mode})).await?;
        yard.stock_up(stocked).await?;
        Ok(yard)
    }

    async fn stock_up(&mut self, stocked: bool) -> Result<()> {
        sync(&self.owner, &self.integration).await?;
        for (name, kind) in [("A", "RAW_MATERIAL"), ("B", "RAW_MATERIAL"), ("Chair", "FINISHED_GOOD")] {
            let item = item_named(&self.owner, &format!("Yard {name}")).await?;
            let input = json!({"itemIds": [item], "productType": kind});
            let results =
                self.owner.mutate("importItems", input, "results { product { id } reason { message } }").await?;
            let product = text(&results["results"][0]["product"]["id"]).with_context(|| results.to_string())?;
            self.products.insert(name.to_owned(), product);
        }
        if !stocked {
            for (name, cost) in [("A", "2"), ("B", "1")] {
                let input = json!({"productId": self.product(name), "quantity": "100", "unitCost": cost, "reason": "COUNT_CORRECTION"});
                self.owner.mutate("adjustStock", input, "product { id }").await?;
            }
        }
        let lots = "mutation { enableReceiving { userErrors { message } } }";
        ensure!(self.owner.data(lots, Value::Null).await?["enableReceiving"]["userErrors"] == json!([]));
        let component = |name: &str, quantity: &str| json!({"kind": "COMPONENT", "productId": self.product(name), "quantity": quantity});
        let work = json!({"kind": "LABOUR", "label": "Assembly", "rate": "1.25"});
        let input =
            json!({"productId": self.product("Chair"), "lines": [component("A", "2"), component("B", "1"), work]});
        self.owner.mutate("saveBom", input, "bom { id }").await?;
        Ok(())
    }

    /// A product's id.
    pub fn product(&self, name: &str) -> &str {
        &self.products[name]
    }

    /// Changes settings.
    pub async fn settings(&self, mut change: Value) -> Result<()> {
        change["integrationId"] = json!(self.integration);
        self.owner.mutate("updateIntegrationSettings", change, "integration { id }").await.map(drop)
    }

    /// An account of the sandbox, by its number.
    pub async fn account(&self, number: &str) -> Result<Value> {
        let query =
            "query($id: ID!) { accounts(integrationId: $id, first: 250) { nodes { id externalId number name } } }";
        let data = self.owner.data(query, json!({"id": self.integration})).await?;
        let nodes = data["accounts"]["nodes"].as_array().context("accounts")?.clone();
        let found = nodes.into_iter().find(|node| node["number"] == number || node["externalId"] == number);
        found.with_context(|| format!("no account {number}"))
    }

    /// The number of a role's account in this sandbox.
    pub fn number(&self, role: &str) -> &'static str {
        let entry = self.world.sandbox.entry;
        let accounts = match (entry.capability.inventory_adjustments, entry.sandbox) {
            (true, _) => ADJUSTING,
            (false, Some(_)) => JOURNALS,
            (false, None) => FILES,
        };
        accounts.iter().find(|(name, _)| *name == role).unwrap().1
    }

    /// Chooses accounts for roles.
    pub async fn choose(&self, roles: &[&str]) -> Result<()> {
        let mut choices = Vec::new();
        for role in roles {
            choices.push(json!({"role": role, "accountId": self.account(self.number(role)).await?["id"]}));
        }
        self.settings(json!({"accounts": choices})).await
    }

    /// Builds chairs; the build's id.
    pub async fn build(&self, quantity: &str) -> Result<String> {
        let input = json!({"productId": self.product("Chair"), "quantity": quantity});
        text(&self.owner.mutate("executeBuild", input, "build { id }").await?["build"]["id"])
    }

    /// Receives lines; the receipt's id.
    pub async fn receive(&self, lines: &[(&str, &str, &str)]) -> Result<String> {
        self.receive_on(lines, None).await
    }

    /// Receives lines on a day.
    pub async fn receive_on(&self, lines: &[(&str, &str, &str)], on: Option<chrono::NaiveDate>) -> Result<String> {
        let suppliers =
            self.owner.data("{ suppliers(first: 1, filter: {search: \"ABC\"}) { nodes { id } } }", Value::Null);
        let known = suppliers.await?["suppliers"]["nodes"][0]["id"].clone();
        let supplier = if known.is_null() {
            let input = json!({"name": "ABC Metals", "code": "ABC"});
            self.owner.mutate("saveSupplier", input, "supplier { id }").await?["supplier"]["id"].clone()
        } else {
            known
        };
        let line = |(name, units, cost): &(&str, &str, &str)| json!({"productId": self.product(name), "quantity": units, "unitCost": cost});
        let lines: Vec<Value> = lines.iter().map(line).collect();
        let input = json!({"supplierId": supplier, "lines": lines, "receivedOn": on.map(|on| on.to_string())});
        let receipt = text(&self.owner.mutate("saveReceipt", input, "receipt { id }").await?["receipt"]["id"])?;
        self.owner.mutate("confirmReceipt", json!({"receiptId": receipt}), "receipt { id }").await?;
        Ok(receipt)
    }

    /// The plan of a document.
    pub async fn plan(&self, document: &str) -> Result<Value> {
        Ok(self.owner.mutate("planExport", json!({"documentId": document}), PLAN).await?["plan"].clone())
    }

    /// The codes of everything that stands in the way.
    pub async fn checks(&self, document: &str) -> Result<Vec<String>> {
        let plan = self.plan(document).await?;
        let checks = plan["checks"].as_array().context("checks")?;
        checks.iter().map(|check| text(&check["code"])).collect()
    }

    /// Exports a document as planned; the export as it was queued.
    pub async fn queue(&self, document: &str) -> Result<Value> {
        let plan = self.plan(document).await?;
        let input = json!({"documentId": document, "planHash": plan["hash"]});
        let selection = format!("export {{ {EXPORT} }}");
        Ok(self.owner.mutate("exportDocument", input, &selection).await?["export"].clone())
    }

    /// Exports a document and waits for what becomes of it.
    pub async fn export(&self, document: &str) -> Result<Value> {
        let queued = self.queue(document).await?;
        self.ended(queued["id"].as_str().context("an id")?).await
    }

    /// An export as it is.
    pub async fn read(&self, export: &str) -> Result<Value> {
        self.owner.node(export, "Export", EXPORT).await
    }

    /// Waits until an export is on its way no more.
    pub async fn ended(&self, export: &str) -> Result<Value> {
        self.until(export, |row| row["queued"] == false && row["state"] != "SENDING").await
    }

    /// Waits until an export is as wanted.
    pub async fn until(&self, export: &str, wanted: impl Fn(&Value) -> bool) -> Result<Value> {
        let begun = Instant::now();
        loop {
            let row = self.read(export).await?;
            if wanted(&row) {
                return Ok(row);
            }
            if begun.elapsed() > PATIENCE {
                bail!("the export never came there: {row}");
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    /// The export of a build or receipt.
    pub async fn of(&self, document: &str) -> Result<Value> {
        let kind = if document.starts_with("bld") { "Build" } else { "Receipt" };
        let found = self.owner.node(document, kind, &format!("export {{ {EXPORT} }}")).await?;
        Ok(found["export"].clone())
    }

    /// How many documents with this reference the books have.
    pub async fn posted(&self, kind: DocumentKind, reference: &Value) -> Result<usize> {
        let (company, _) = self.world.sandbox.company();
        let reference = reference.as_str().context("a reference")?;
        Ok(self.world.sandbox.hand().count_posted(&company, kind, reference).await?)
    }

    /// Quantities of A, B and chairs in the books; none where these value no items.
    pub async fn counted(&self) -> Result<[Decimal; 3]> {
        if self.world.sandbox.entry.capability.item_valuation == ReportDates::None {
            return Ok([Decimal::ZERO; 3]);
        }
        let rows = self.world.sandbox.hand().valuation(&self.world.sandbox.company().0).await?;
        let of = |name: &str| {
            let found = rows.iter().find(|row| row.item == self.items[name]);
            found.map_or(Decimal::ZERO, |row| row.quantity.normalize())
        };
        Ok([of("A"), of("B"), of("Chair")])
    }

    /// Balances in the books, without zeros, by account.
    pub async fn balances(&self) -> Result<BTreeMap<String, Decimal>> {
        let rows = self.world.sandbox.hand().trial_balance(&self.world.sandbox.company().0).await?;
        let mut balances = BTreeMap::new();
        for row in rows {
            balances.insert(row.account, row.balance.normalize());
        }
        balances.retain(|_, balance: &mut Decimal| !balance.is_zero());
        ensure!(balances.values().sum::<Decimal>().is_zero(), "the trial balance does not balance");
        Ok(balances)
    }

    /// By how much a role's account moved since.
    pub async fn moved(&self, before: &BTreeMap<String, Decimal>, role: &str) -> Result<Decimal> {
        let account = text(&self.account(self.number(role)).await?["externalId"])?;
        let now = self.balances().await?;
        let of = |balances: &BTreeMap<String, Decimal>| balances.get(&account).copied().unwrap_or_default();
        Ok((of(&now) - of(before)).normalize())
    }
}

/// It posts documents and has a sandbox to look into.
pub fn posts(entry: &ProviderEntry) -> bool {
    entry.sandbox.is_some() && entry.capability.journal_entries
}

/// It posts journals into books that can be looked into, a service's or a folder's.
pub fn keeps_journals(entry: &ProviderEntry) -> bool {
    entry.capability.journal_entries && (entry.sandbox.is_some() || entry.fixture.is_some())
}

/// The accounting system that takes inventory adjustments.
pub fn adjusting() -> &'static ProviderEntry {
    &providers::quickbooks::ENTRY
}

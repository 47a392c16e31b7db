//! A bookkeeper's desk over a workshop: what is planted in the books by hand, and what a reconciliation says of it.
//!
//! Rule: everything of ours goes through the API; what is planted goes through the sandbox's own hand or by another client.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use anyhow::{Context, Result, bail};
use chrono::{Days, NaiveDate};
use domain::call_log::Correlation;
use entity::{IntegrationId, TypedId};
use providers::{
    model::{DraftHead, JournalDraft, JournalLine, SalesDocumentKind, Side},
    sandbox::{SandboxAct, SandboxSale, SandboxSaleLine},
};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use stockbridge_tests::{PATIENCE, TestDatabase, workshop::text};

use crate::exports::yard::{Yard, decimal};

/// What a test compares of a reconciliation.
const WHOLE: &str = "id on state ours { amount } theirs { amount } difference { amount } \
     classes { class amount { amount } lines } error { code message help } accounts { externalId name }";

/// A class and an amount.
pub type Expected = (&'static str, Decimal);

/// A desk.
#[derive(Debug)]
pub struct Desk {
    pub yard: Yard,
    pub expected: Vec<Expected>,
    journals: u32,
    today: NaiveDate,
    /// Days that documents were spread over so far; nothing where all are of today.
    spread: Option<AtomicU64>,
}

impl Desk {
    /// A workshop whose books hold nothing but what its products hold, with these accounts chosen for roles.
    pub async fn open(
        database: &TestDatabase,
        provider: &'static providers::registry::ProviderEntry,
        mode: &str,
        roles: &[(&str, &str)],
    ) -> Result<Self> {
        let yard = Yard::open(database, provider, mode).await?;
        if provider.capability.inventory_adjustments {
            empty_samples(&yard).await?;
        }
        let mut choices = Vec::new();
        for (role, number) in roles {
            choices.push(json!({"role": role, "accountId": yard.account(number).await?["id"]}));
        }
        yard.settings(json!({"accounts": choices})).await?;
        let moved = yard.owner.data("{ stockMovements(first: 1) { nodes { effectiveOn } } }", Value::Null).await?;
        let today = text(&moved["stockMovements"]["nodes"][0]["effectiveOn"])?.parse()?;
        Ok(Self { yard, expected: Vec::new(), journals: 0, today, spread: None })
    }

    /// From now on receipts and journals are of the last thirty days, one after the other.
    pub fn over_a_month(&mut self) {
        // The first is the earliest: what is older than our first movement is a balance from before, not a document.
        self.spread = Some(AtomicU64::new(29));
    }

    /// The day of the next receipt or journal.
    fn some_day(&self) -> NaiveDate {
        let ago = self.spread.as_ref().map_or(0, |spread| spread.fetch_add(7, Ordering::Relaxed) % 30);
        self.today - Days::new(ago)
    }

    /// Today where the workshop is.
    pub fn today(&self) -> NaiveDate {
        self.today
    }

    /// Notes what is to be found.
    pub fn expect(&mut self, class: &'static str, amount: Decimal) {
        self.expected.push((class, amount.normalize()));
    }

    /// Receives; the receipt.
    pub async fn receipt(&self, name: &str, units: &str, cost: &str) -> Result<String> {
        self.yard.receive_on(&[(name, units, cost)], Some(self.some_day())).await
    }

    /// Receives and exports; the export.
    pub async fn posted_receipt(&self, name: &str, units: &str, cost: &str) -> Result<Value> {
        let receipt = self.receipt(name, units, cost).await?;
        let export = self.yard.export(&receipt).await?;
        anyhow::ensure!(export["state"] == "SYNCED", "{export}");
        Ok(export)
    }

    /// A product without an item, with stock.
    pub async fn unlinked_product(&self, name: &str, units: &str, cost: &str) -> Result<()> {
        let input = json!({"name": name, "type": "RAW_MATERIAL"});
        let made = self.yard.owner.mutate("createProduct", input, "product { id }").await?;
        let input = json!({"productId": made["product"]["id"], "quantity": units, "unitCost": cost, "reason": "COUNT_CORRECTION"});
        self.yard.owner.mutate("adjustStock", input, "product { id }").await.map(drop)
    }

    /// A journal entry by somebody else, from one account to another.
    pub async fn journal(&mut self, debit: &str, credit: &str, amount: Decimal) -> Result<()> {
        self.journals += 1;
        let integrations = &self.yard.world.app.services.integrations;
        let id = IntegrationId::parse(&self.yard.integration)?;
        let integration = integrations.get(self.yard.world.business, id).await?;
        let (bookkeeper, session) = integrations.session(&integration, Correlation { run: None, id: None })?;
        let mut lines = Vec::new();
        for (number, side) in [(debit, Side::Debit), (credit, Side::Credit)] {
            let account = text(&self.yard.account(number).await?["externalId"])?;
            lines.push(JournalLine { account, side, amount, description: None });
        }
        let head = DraftHead {
            request_id: format!("somebody-{}", self.journals),
            reference: format!("THEIRS-{}", self.journals),
            date: self.some_day(),
            memo: "By hand".to_owned(),
        };
        bookkeeper.post_journal(&session, &JournalDraft { head, as_draft: false, lines }).await?;
        Ok(())
    }

    /// Sells goods there.
    pub async fn sell(&self, name: &str, units: Decimal) -> Result<()> {
        let line = SandboxSaleLine {
            item: Some(self.yard.items[name].clone()),
            quantity: units,
            price: decimal("20"),
            discount: Decimal::ZERO,
            taxed: false,
        };
        let sale = SandboxSale {
            kind: SalesDocumentKind::Invoice,
            number: None,
            date: self.today(),
            lines: vec![line],
            discount: Decimal::ZERO,
            shipping: Decimal::ZERO,
            tax: Decimal::ZERO,
            currency: None,
            applies_to: None,
            customer: 0,
        };
        self.yard.world.sandbox.act(SandboxAct::Sell(sale)).await.map(drop)
    }

    /// Starts a reconciliation of today and waits until it has ended.
    pub async fn reconcile(&self) -> Result<Value> {
        let input = json!({"integrationId": self.yard.integration, "on": self.today().to_string()});
        let started = self.yard.owner.mutate("startReconciliation", input, "reconciliation { id state }").await?;
        let id = text(&started["reconciliation"]["id"])?;
        let begun = Instant::now();
        loop {
            let row = self.read(&id).await?;
            if row["state"] == "DONE" || row["state"] == "FAILED" {
                return Ok(row);
            }
            if begun.elapsed() > PATIENCE {
                bail!("the reconciliation never ended: {row}");
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// A reconciliation as it is.
    pub async fn read(&self, id: &str) -> Result<Value> {
        let query = format!("query($id: ID!) {{ reconciliation(id: $id) {{ {WHOLE} }} }}");
        Ok(self.yard.owner.data(&query, json!({"id": id})).await?["reconciliation"].clone())
    }

    /// Its lines.
    pub async fn lines(&self, id: &Value) -> Result<Vec<Value>> {
        let query = "query($id: ID!) { reconciliation(id: $id) { lines(first: 250) { totalCount nodes { class amount { amount } label \
                     reason help documentId externalId externalKind externalUrl } } } }";
        let data = self.yard.owner.data(query, json!({"id": id})).await?;
        data["reconciliation"]["lines"]["nodes"].as_array().cloned().context("lines")
    }

    /// Its products.
    pub async fn items(&self, id: &Value) -> Result<Vec<Value>> {
        let query = "query($id: ID!) { reconciliation(id: $id) { items(first: 100) { nodes { name ourQuantity ourValue { amount } \
                     theirQuantity theirValue { amount } parity { amount } externalItemId } } } }";
        let data = self.yard.owner.data(query, json!({"id": id})).await?;
        data["reconciliation"]["items"]["nodes"].as_array().cloned().context("items")
    }

    /// Everything that was planted is found, in its class, to the last digit; nothing else is, and the sum is exact.
    pub async fn check(&self) -> Result<Value> {
        let done = self.reconcile().await?;
        assert_eq!(done["state"], "DONE", "{done}");
        let lines = self.lines(&done["id"]).await?;
        let mut found: Vec<(String, Decimal)> =
            lines.iter().map(|line| (line["class"].as_str().unwrap().to_owned(), amount(&line["amount"]))).collect();
        let mut expected: Vec<(String, Decimal)> =
            self.expected.iter().map(|(class, amount)| ((*class).to_owned(), *amount)).collect();
        found.sort();
        expected.sort();
        let words: Vec<_> = lines
            .iter()
            .map(|line| format!("{} {} {}", line["class"], line["amount"]["amount"], line["reason"]))
            .collect();
        assert_eq!(found, expected, "{words:#?}");
        let sum: Decimal = found.iter().map(|(_, amount)| *amount).sum();
        let classes: Decimal = done["classes"].as_array().unwrap().iter().map(|class| amount(&class["amount"])).sum();
        let difference = amount(&done["difference"]);
        assert_eq!((sum.normalize(), classes.normalize()), (difference, difference));
        assert_eq!((amount(&done["ours"]) - amount(&done["theirs"])).normalize(), difference);
        assert!(lines.iter().all(|line| line["reason"].as_str().is_some_and(|reason| !reason.is_empty())));
        Ok(done)
    }
}

/// An amount of money.
pub fn amount(money: &Value) -> Decimal {
    decimal(money["amount"].as_str().unwrap()).normalize()
}

/// The sample company's own goods are sold out: what is left in stock is the workshop's.
async fn empty_samples(yard: &Yard) -> Result<()> {
    let rows = yard.world.sandbox.hand().valuation(&yard.world.sandbox.company().0).await?;
    let ours: Vec<&String> = yard.items.values().collect();
    let realm = yard.world.sandbox.company().0;
    for row in rows.iter().filter(|row| !ours.contains(&&row.item) && !row.quantity.is_zero()) {
        yard.world.sandbox.edit(&realm, "Item", &row.item, json!({"QtyOnHand": 0})).await?;
    }
    Ok(())
}

//! The provider's sandbox in a process of its own.
//!
//! Rule: what it costs is not ours; unless another is asked for, it is the registry's first provider that has a sandbox.
//! What it is filled with is written by its own hand, as a person would.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context, Result};
use chrono::{Days, Utc};
use providers::{
    model::{ItemKind, SalesDocumentKind},
    registry::{PROVIDERS, ProviderEntry},
    sandbox::{RunningSandbox, SandboxAct, SandboxOptions, SandboxSale, SandboxSaleLine, StartSandbox},
};
use rust_decimal::Decimal;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::child::{self, Part};

/// The part's name.
pub const PART: &str = "part-sandbox";

/// What the names of sold items begin with.
pub const SOLD: &str = "Bench sold";
/// Items that take turns in the invoices.
pub const SOLD_ITEMS: u32 = 200;
/// Units of each that are there before the first is sold: enough for all.
pub const SOLD_STOCK: u32 = 1_000_000;
/// Lines of an invoice.
pub const SALE_LINES: u32 = 4;
/// Days before today over which the invoices are spread.
pub const SALE_DAYS: u32 = 300;

/// How the sandbox shall be.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Shape {
    /// The provider; the first one with a sandbox if empty.
    pub provider: String,
    /// Generated items.
    pub items: u32,
    /// Keep the service's rate limits.
    pub throttle: bool,
    /// Least time of an answer.
    pub latency_ms: u64,
    /// Whether there are goods in plenty: [`SOLD_ITEMS`] of them.
    pub goods: bool,
    /// Invoices of four lines of those.
    pub invoices: u32,
}

/// Where a sandbox is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Address {
    /// The provider.
    pub provider: String,
    /// OAuth client.
    pub client_id: String,
    /// Its secret, which opens nothing but the sandbox.
    pub client_secret: String,
    /// The provider's endpoints.
    pub endpoints: BTreeMap<String, Url>,
    /// Whether it keeps the service's rate limits.
    pub throttle: bool,
}

/// Starts one.
///
/// # Errors
/// When it does not start.
pub async fn start(shape: Shape) -> Result<(Part, Address)> {
    Part::start(PART, &shape).await
}

/// The provider with this id, or the first one with a sandbox.
///
/// # Errors
/// When it has no sandbox.
pub fn provider(id: &str) -> Result<(&'static ProviderEntry, StartSandbox)> {
    let asked = |entry: &&&ProviderEntry| id.is_empty() || entry.id == id;
    let found = PROVIDERS.iter().filter(asked).find_map(|entry| Some((*entry, entry.sandbox?)));
    found.with_context(|| format!("no provider {id:?} with a sandbox"))
}

/// The currency in which the sandbox's first company keeps its books.
pub fn currency(entry: &ProviderEntry) -> &'static str {
    if entry.capability.inventory_adjustments { "USD" } else { "NZD" }
}

/// Plays the part.
///
/// # Errors
/// When the sandbox does not start.
pub async fn play(settings: &str) -> Result<()> {
    let shape: Shape = serde_json::from_str(settings)?;
    let (entry, start) = provider(&shape.provider)?;
    let options = SandboxOptions {
        extra_items: shape.items,
        throttle: shape.throttle,
        latency: Duration::from_millis(shape.latency_ms),
        ..SandboxOptions::default()
    };
    let running = start(options).await?;
    if shape.goods {
        fill(&running, entry, shape.invoices).await?;
    }
    child::say(&Address {
        provider: entry.id.to_owned(),
        client_id: running.client_id.clone(),
        client_secret: running.client_secret.expose_secret().to_owned(),
        endpoints: running.endpoints.clone(),
        throttle: shape.throttle,
    })?;
    child::until_told().await;
    Ok(running.stop().await?)
}

/// Adds goods and sells them.
async fn fill(sandbox: &RunningSandbox, entry: &ProviderEntry, invoices: u32) -> Result<()> {
    let company = sandbox.control.companies().first().context("a sandbox without companies")?.external_id.clone();
    let mut items = Vec::new();
    for number in 0..SOLD_ITEMS {
        let item = SandboxAct::AddItem {
            name: format!("{SOLD} {number}"),
            sku: Some(format!("SOLD-{number}")),
            // Where we do not adjust what it counts, it counts nothing.
            kind: if entry.capability.inventory_adjustments { ItemKind::Inventory } else { ItemKind::NonInventory },
            price: Decimal::new(1_995, 2),
            cost: Decimal::new(7_125, 3),
            quantity: Decimal::from(SOLD_STOCK),
        };
        items.push(sandbox.control.act(&company, item).await?);
    }
    let today = Utc::now().date_naive();
    for number in 0..invoices {
        let first = usize::try_from(number * SALE_LINES % SOLD_ITEMS)?;
        let sold = items.iter().cycle().skip(first).take(usize::try_from(SALE_LINES)?);
        let line = |item: &String| SandboxSaleLine {
            item: Some(item.clone()),
            quantity: Decimal::from(1 + number % 7),
            price: Decimal::new(1_995, 2),
            discount: Decimal::ZERO,
            taxed: false,
        };
        let sale = SandboxSale {
            kind: SalesDocumentKind::Invoice,
            number: Some(format!("BENCH-{number}")),
            date: today - Days::new(u64::from(1 + number % SALE_DAYS)),
            lines: sold.map(line).collect(),
            discount: Decimal::ZERO,
            shipping: Decimal::ZERO,
            tax: Decimal::ZERO,
            currency: None,
            applies_to: None,
            customer: 0,
        };
        sandbox.control.act(&company, SandboxAct::Sell(sale)).await?;
    }
    Ok(())
}

//! Which suites there are.
//!
//! Rule: they run one after another; nothing else of ours runs beside one.

use anyhow::{Result, bail};

use crate::{engine, exports, invoices, limiter, margins, pages, peak, report, sales, stock, sync, throttle};

/// All of them, in the order in which they run.
const SUITES: [&str; 11] =
    ["sync", "throttle", "limiter", "memory", "pages", "invoices", "engine", "stock", "exports", "margins", "sales"];

/// Runs a suite, or all of them.
///
/// # Errors
/// When there is no such suite, or something that must hold does not.
pub async fn run(name: &str) -> Result<()> {
    let all = name == "all";
    if !all && !SUITES.contains(&name) {
        bail!("there is no suite {name:?}; choose all, {}", SUITES.join(", "));
    }
    if all || name == "sync" {
        report::publish(&sync::measure().await?)?;
    }
    if all || name == "throttle" {
        report::publish(&throttle::measure().await?)?;
    }
    if all || name == "limiter" {
        report::publish(&limiter::measure().await?)?;
    }
    if all || name == "memory" {
        report::publish(&peak::measure().await?)?;
    }
    if all || name == "pages" {
        report::publish(&pages::measure().await?)?;
    }
    if all || name == "invoices" {
        report::publish(&invoices::measure().await?)?;
    }
    if all || name == "engine" {
        report::publish(&engine::measure()?)?;
    }
    if all || name == "stock" {
        report::publish(&stock::measure().await?)?;
    }
    if all || name == "exports" {
        report::publish(&exports::measure().await?)?;
    }
    if all || name == "margins" {
        report::publish(&margins::measure().await?)?;
    }
    if all || name == "sales" {
        report::publish(&sales::measure().await?)?;
    }
    Ok(())
}

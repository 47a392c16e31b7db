//! Which suites there are.
//!
//! Rule: they run one after another; nothing else of ours runs beside one.

use anyhow::{Result, bail};

use crate::{engine, pages, peak, report, stock, sync, throttle};

/// Runs a suite, or all of them.
///
/// # Errors
/// When there is no such suite, or something that must hold does not.
pub async fn run(name: &str) -> Result<()> {
    let all = name == "all";
    if !all && !["sync", "throttle", "memory", "pages", "engine", "stock"].contains(&name) {
        bail!("there is no suite {name:?}; choose all, sync, throttle, memory, pages, engine or stock");
    }
    if all || name == "sync" {
        report::publish(&sync::measure().await?)?;
    }
    if all || name == "throttle" {
        report::publish(&throttle::measure().await?)?;
    }
    if all || name == "memory" {
        report::publish(&peak::measure().await?)?;
    }
    if all || name == "pages" {
        report::publish(&pages::measure().await?)?;
    }
    if all || name == "engine" {
        report::publish(&engine::measure()?)?;
    }
    if all || name == "stock" {
        report::publish(&stock::measure().await?)?;
    }
    Ok(())
}

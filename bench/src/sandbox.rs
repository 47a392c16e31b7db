//! The provider's sandbox in a process of its own.
//!
//! Rule: what it costs is not ours; it is the registry's first provider that has a sandbox.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context, Result};
use providers::{
    registry::{PROVIDERS, ProviderEntry},
    sandbox::{SandboxOptions, StartSandbox},
};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::child::{self, Part};

/// The part's name.
pub const PART: &str = "part-sandbox";

/// How the sandbox shall be.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Shape {
    /// Generated items.
    pub items: u32,
    /// Keep the service's rate limits.
    pub throttle: bool,
    /// Least time of an answer.
    pub latency_ms: u64,
}

/// Where a sandbox is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Address {
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

/// The provider that is measured.
///
/// # Errors
/// When no provider has a sandbox.
pub fn provider() -> Result<(&'static ProviderEntry, StartSandbox)> {
    let found = PROVIDERS.iter().find_map(|entry| Some((*entry, entry.sandbox?)));
    found.context("no provider has a sandbox")
}

/// Plays the part.
///
/// # Errors
/// When the sandbox does not start.
pub async fn play(settings: &str) -> Result<()> {
    let shape: Shape = serde_json::from_str(settings)?;
    let (_, start) = provider()?;
    let options = SandboxOptions {
        extra_items: shape.items,
        throttle: shape.throttle,
        latency: Duration::from_millis(shape.latency_ms),
        ..SandboxOptions::default()
    };
    let running = start(options).await?;
    child::say(&Address {
        client_id: running.client_id.clone(),
        client_secret: running.client_secret.expose_secret().to_owned(),
        endpoints: running.endpoints.clone(),
        throttle: shape.throttle,
    })?;
    child::until_told().await;
    Ok(running.stop().await?)
}

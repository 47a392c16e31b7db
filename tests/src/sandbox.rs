//! The accounting system of the tests: its sandbox, and what a test does behind the gateway's back.
//!
//! Rule: through its real HTTP endpoints, as any other program would.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use anyhow::{Result, ensure};
use providers::{
    Provider, quickbooks,
    sandbox::{RunningSandbox, SandboxOptions},
    settings::{ProviderSettings, TransportSettings},
};
use reqwest::Client;
use serde_json::{Value, json};

/// A workshop: 62 items of all types on one page, a full chart of accounts.
pub const WORKSHOP: &str = "9341453920441001";
/// Its name.
pub const WORKSHOP_NAME: &str = "Cedar & Steel Workshop";
/// A bakery: two categories, three inventory items, two services, two non-inventory items.
pub const BAKERY: &str = "9341453920441002";
/// Its name.
pub const BAKERY_NAME: &str = "Harbor Light Bakery";

/// A running sandbox.
#[derive(Debug)]
pub struct Sandbox {
    running: RunningSandbox,
    http: Client,
}

impl Sandbox {
    /// Starts one without rate limits, with so many generated items in the workshop.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(items: u32) -> Result<Self> {
        let options = SandboxOptions { extra_items: items, throttle: false, ..SandboxOptions::default() };
        Ok(Self { running: quickbooks::sandbox::start(options).await?, http: Client::new() })
    }

    /// The provider that talks to it, with pauses that let a test end soon.
    ///
    /// # Errors
    /// When the settings are refused.
    pub fn provider(&self) -> Result<Arc<dyn Provider>> {
        let settings = ProviderSettings { transport: quick(), ..self.running.provider_settings() };
        Ok((quickbooks::ENTRY.build)(&settings)?)
    }

    /// As the gateway's configuration names it.
    pub fn settings(&self) -> ProviderSettings {
        self.running.provider_settings()
    }

    /// Obeys a command of the control endpoint; its result.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn control(&self, command: Value) -> Result<Value> {
        let response = self.http.post(self.running.url.join("sandbox/control")?).json(&command).send().await?;
        let (status, body) = (response.status(), response.json::<Value>().await?);
        ensure!(status.is_success(), "{command}: {body}");
        Ok(body["results"][0].clone())
    }

    /// Changes fields of an object, as a person does in the accounting system.
    ///
    /// # Errors
    /// When there is no such object.
    pub async fn edit(&self, realm: &str, entity: &str, id: &str, set: Value) -> Result<Value> {
        self.control(json!({"command": "edit", "realm": realm, "entity": entity, "id": id, "set": set})).await
    }

    /// Removes objects, as a person does in the accounting system.
    ///
    /// # Errors
    /// When there is no such object.
    pub async fn remove(&self, realm: &str, entity: &str, ids: &[&str]) -> Result<()> {
        for id in ids {
            self.control(json!({"command": "remove", "realm": realm, "entity": entity, "id": id})).await?;
        }
        Ok(())
    }

    /// Puts a record into item listings as it is.
    ///
    /// # Errors
    /// When the company is unknown.
    pub async fn add_odd_item(&self, realm: &str, record: Value) -> Result<()> {
        let command = json!({"command": "add-odd", "realm": realm, "entity": "Item", "record": record});
        self.control(command).await.map(drop)
    }

    /// Plans a fault: `operation` is part of a call's name, for example `query Item`.
    ///
    /// # Errors
    /// When the plan is refused.
    pub async fn fail(&self, operation: &str, skip: u32, times: Option<u32>, fault: Value) -> Result<()> {
        let plan = json!({"command": "fail", "operation": operation, "skip": skip, "times": times, "fault": fault});
        self.control(plan).await.map(drop)
    }

    /// Forgets all planned faults.
    ///
    /// # Errors
    /// When the sandbox is gone.
    pub async fn heal(&self) -> Result<()> {
        self.control(json!({"command": "clear-faults"})).await.map(drop)
    }

    /// How often each operation was called since the last [`Sandbox::forget_calls`].
    ///
    /// # Errors
    /// When the sandbox is gone.
    pub async fn calls(&self) -> Result<BTreeMap<String, u64>> {
        let body: Value = self.http.get(self.running.url.join("sandbox/control/calls")?).send().await?.json().await?;
        Ok(serde_json::from_value(body["calls"].clone())?)
    }

    /// How often one operation was called.
    ///
    /// # Errors
    /// When the sandbox is gone.
    pub async fn calls_of(&self, operation: &str) -> Result<u64> {
        Ok(self.calls().await?.get(operation).copied().unwrap_or(0))
    }

    /// Counts calls anew.
    ///
    /// # Errors
    /// When the sandbox is gone.
    pub async fn forget_calls(&self) -> Result<()> {
        self.control(json!({"command": "reset-calls"})).await.map(drop)
    }

    /// Ends the access tokens of a company now, so that the next call is refused.
    ///
    /// # Errors
    /// When the sandbox is gone.
    pub async fn expire_access_tokens(&self, realm: &str) -> Result<()> {
        self.control(json!({"command": "expire-access-tokens", "realm": realm})).await.map(drop)
    }

    /// The company's consent is taken back, so that refreshing is refused too.
    ///
    /// # Errors
    /// When the sandbox is gone.
    pub async fn revoke_consent(&self, realm: &str) -> Result<()> {
        self.control(json!({"command": "revoke-consent", "realm": realm})).await?;
        self.expire_access_tokens(realm).await
    }

    /// Access tokens issued from now on live for so long.
    ///
    /// # Errors
    /// When the sandbox is gone.
    pub async fn access_token_seconds(&self, seconds: i64) -> Result<()> {
        self.control(json!({"command": "oauth-rules", "access_token_seconds": seconds})).await.map(drop)
    }
}

/// Transport settings that let a test end soon: everything is tried as often as in production, with shorter pauses.
pub fn quick() -> TransportSettings {
    TransportSettings {
        timeout: Duration::from_secs(30),
        backoff_base: Duration::from_millis(2),
        backoff_max: Duration::from_millis(50),
        rate_limited_pause: Duration::from_millis(10),
        requests_per_second: Some(1_000),
        ..TransportSettings::default()
    }
}

//! The accounting system of the tests: its sandbox, and what a test does behind the gateway's back.
//!
//! Rule: through its real HTTP endpoints, as any other program would, or by the neutral hand. Scenarios of every provider
//! use what fits every provider; the commands that name a realm or an entity are for the tests of one.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use anyhow::{Result, bail, ensure};
use providers::{
    Provider, quickbooks,
    registry::ProviderEntry,
    sandbox::{
        FaultReach, FaultTarget, Fixture, RunningSandbox, SandboxAct, SandboxControl, SandboxFault, SandboxOptions,
        Trouble,
    },
    settings::{ProviderSettings, TransportSettings},
};
use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

/// A workshop: 62 items of all types on one page, a full chart of accounts.
pub const WORKSHOP: &str = "9341453920441001";
/// Its name.
pub const WORKSHOP_NAME: &str = "Cedar & Steel Workshop";
/// A bakery: two categories, three inventory items, two services, two non-inventory items.
pub const BAKERY: &str = "9341453920441002";
/// Its name.
pub const BAKERY_NAME: &str = "Harbor Light Bakery";

/// What stands in for an accounting system: a provider's sandbox, or a folder where it has no service.
#[derive(Debug)]
pub struct Sandbox {
    /// Whose it is.
    pub entry: &'static ProviderEntry,
    service: Service,
    http: Client,
}

#[derive(Debug)]
enum Service {
    Running(RunningSandbox),
    Folder { fixture: Fixture, _folder: TempDir },
}

impl Sandbox {
    /// Starts the workshop's without rate limits, with so many generated items in it.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(items: u32) -> Result<Self> {
        Self::of(&quickbooks::ENTRY, items).await
    }

    /// Starts a provider's, without rate limits, with so many generated items in its first company.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn of(entry: &'static ProviderEntry, items: u32) -> Result<Self> {
        let service = match (entry.sandbox, entry.fixture) {
            (Some(start), _) => {
                let options = SandboxOptions { extra_items: items, throttle: false, ..SandboxOptions::default() };
                Service::Running(start(options).await?)
            }
            (None, Some(set_up)) => {
                let folder = tempfile::tempdir()?;
                Service::Folder { fixture: set_up(folder.path())?, _folder: folder }
            }
            (None, None) => bail!("{} has neither sandbox nor fixture", entry.id),
        };
        Ok(Self { entry, service, http: Client::new() })
    }

    /// The provider that talks to it, with pauses that let a test end soon.
    ///
    /// # Errors
    /// When the settings are refused.
    pub fn provider(&self, answer_within: Option<Duration>) -> Result<Arc<dyn Provider>> {
        let mut transport = quick();
        transport.timeout = answer_within.unwrap_or(transport.timeout);
        Ok((self.entry.build)(&ProviderSettings { transport, ..self.settings() })?)
    }

    /// As the gateway's configuration names it.
    pub fn settings(&self) -> ProviderSettings {
        match &self.service {
            Service::Running(running) => running.provider_settings(),
            Service::Folder { fixture, .. } => fixture.settings.clone(),
        }
    }

    /// The neutral hand on it.
    pub fn hand(&self) -> &dyn SandboxControl {
        match &self.service {
            Service::Running(running) => running.control.as_ref(),
            Service::Folder { fixture, .. } => fixture.control.as_ref(),
        }
    }

    /// The company that neutral tests use, and its name.
    pub fn company(&self) -> (String, String) {
        let first = self.hand().companies().swap_remove(0);
        (first.external_id, first.name.unwrap_or_default())
    }

    /// Acts as a person in that company.
    ///
    /// # Errors
    /// When its rules forbid it.
    pub async fn act(&self, act: SandboxAct) -> Result<String> {
        Ok(self.hand().act(&self.company().0, act).await?)
    }

    /// Breaks the next calls.
    ///
    /// # Errors
    /// When it cannot break that way.
    pub async fn break_next(&self, calls: u32, target: FaultTarget, trouble: Trouble) -> Result<()> {
        Ok(self.hand().inject(SandboxFault { trouble, target, reach: FaultReach::Next(calls) }).await?)
    }

    /// How often tokens were refreshed since the last [`Sandbox::forget_calls`].
    ///
    /// # Errors
    /// When the sandbox is gone.
    pub async fn refreshes(&self) -> Result<u64> {
        self.calls_of("token refresh_token").await
    }

    fn address(&self, path: &str) -> Result<Url> {
        match &self.service {
            Service::Running(running) => Ok(running.url.join(path)?),
            Service::Folder { .. } => bail!("{} has no service to send a command to", self.entry.id),
        }
    }

    /// The fields of a form in the accounting system's own pages, as a person finds them.
    ///
    /// # Errors
    /// When there is no such page.
    pub async fn form(&self, path: &str) -> Result<Vec<(String, String)>> {
        let page = self.http.get(self.address(path)?).send().await?.error_for_status()?.text().await?;
        let field = |tag: &str| {
            let of = |name: &str| Some(tag.split_once(&format!("{name}=\""))?.1.split_once('"')?.0.to_owned());
            Some((of("name")?, of("value")?.replace("&#39;", "'").replace("&quot;", "\"").replace("&amp;", "&")))
        };
        Ok(page.split("<input ").skip(1).filter_map(field).collect())
    }

    /// Sends a form with one of its buttons.
    ///
    /// # Errors
    /// What the page says against it.
    pub async fn submit(&self, path: &str, fields: &[(String, String)], button: &str) -> Result<()> {
        let body = {
            let mut pairs = url::form_urlencoded::Serializer::new(String::new());
            pairs.extend_pairs(fields).append_pair("act", button);
            pairs.finish()
        };
        let request = self.http.post(self.address(path)?).header("content-type", "application/x-www-form-urlencoded");
        let response = request.body(body).send().await?;
        let (status, text) = (response.status(), response.text().await?);
        ensure!(status.is_success() || status.is_redirection(), "{path}: {text}");
        Ok(())
    }

    /// Obeys a command of the control endpoint; its result.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn control(&self, command: Value) -> Result<Value> {
        let response = self.http.post(self.address("sandbox/control")?).json(&command).send().await?;
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
        let body: Value = self.http.get(self.address("sandbox/control/calls")?).send().await?.json().await?;
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
        // Long enough for what the service advises.
        backoff_max: Duration::from_secs(2),
        rate_limited_pause: Duration::from_millis(10),
        requests_per_second: Some(1_000),
        ..TransportSettings::default()
    }
}

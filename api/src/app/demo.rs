//! The demo: a sandbox of every accounting system, keys, a database and a gateway in one process.
//!
//! Rule: keys are made at random and kept in the data folder, readable by its owner alone.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context;
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{TimeDelta, Utc};
use domain::{
    Ambient,
    business::{Business, Businesses},
    store::Db,
};
use entity::{BusinessId, Role};
use providers::{
    registry::ProviderEntry,
    sandbox::{RunningSandbox, SandboxError, SandboxOptions, StartSandbox},
};
use serde::{Deserialize, Serialize};
use tokio::{net::TcpListener, task::JoinHandle};
use url::Url;
use uuid::Uuid;

use crate::{
    auth::{Grant, ROLES, mint},
    config::{Config, EncryptionKey, ProviderClient, SecretText},
    database,
    http::{self, Lifecycle},
};

/// How long a demo's token is valid.
const TOKEN_DAYS: i64 = 30;

/// What a demo is made of.
#[derive(Debug)]
pub struct Plan {
    /// Where the gateway is served.
    pub listener: TcpListener,
    /// Where its data is kept.
    pub data_dir: PathBuf,
    /// Generated items in each sandbox.
    pub extra_items: u32,
    /// The accounting systems, each with what starts its sandbox.
    pub sandboxes: Vec<(&'static ProviderEntry, StartSandbox)>,
}

/// A running demo.
#[derive(Debug)]
pub struct Running {
    /// Where the gateway is.
    pub url: Url,
    /// The console, signed in.
    pub console_url: Url,
    /// The API.
    pub graphql_url: Url,
    /// The accounting systems and their sandboxes, in the order people see them.
    pub sandboxes: Vec<(&'static ProviderEntry, RunningSandbox)>,
    /// GraphiQL, signed in.
    pub graphiql_url: Url,
    /// A token per role, from the most to the least trusted.
    pub tokens: Vec<(&'static str, String)>,
    /// The business they are for.
    pub business: BusinessId,
    _lock: fs::File,
    gateway: JoinHandle<anyhow::Result<()>>,
}

impl Running {
    /// Waits until the process is told to stop, then ends in order.
    ///
    /// # Errors
    /// When the gateway failed or a sandbox could not save its state.
    pub async fn until_stopped(self) -> anyhow::Result<()> {
        let mut outcome = self.gateway.await.context("the gateway ended badly")?;
        for (entry, sandbox) in self.sandboxes {
            let stopped = sandbox.stop().await.with_context(|| format!("sandbox of {}", entry.name));
            outcome = outcome.and(stopped);
        }
        outcome
    }
}

/// What a demo keeps for its next start.
#[derive(Serialize, Deserialize)]
struct Keys {
    business: Uuid,
    token_secret: String,
    vault_key: String,
    /// Where the sandboxes were, by provider, so that links to their pages still lead there.
    #[serde(default)]
    sandbox_ports: BTreeMap<String, u16>,
}

/// Starts sandboxes and gateway.
///
/// # Errors
/// What could not be made or opened, with what to do.
pub async fn start(plan: Plan) -> anyhow::Result<Running> {
    let (mut keys, lock) = (keys(&plan.data_dir)?, lock(&plan.data_dir)?);
    let mut sandboxes = Vec::new();
    for (entry, start) in &plan.sandboxes {
        let port = keys.sandbox_ports.get(entry.id).copied().unwrap_or_default();
        let sandbox = start_sandbox(&plan, *start, port).await;
        let sandbox = sandbox.with_context(|| format!("the sandbox of {} cannot be started", entry.name))?;
        keys.sandbox_ports.insert(entry.id.to_owned(), sandbox.address.port());
        sandboxes.push((*entry, sandbox));
    }
    save(&plan.data_dir, &keys)?;
    let address = plan.listener.local_addr().context("the listener has no address")?;
    let config = config(&plan, &keys, &sandboxes);
    let url = config.server.public_url(address).context("the gateway has no address")?;
    let business = BusinessId::from(keys.business);
    let tokens = tokens(&config, business)?;
    let db = super::open_database(&config).await?;
    make_business(&db, business).await?;
    let lifecycle = Lifecycle::default();
    http::stop_on_signals(&lifecycle).context("signals cannot be caught")?;
    let owner = tokens.first().map_or("", |(_, token)| token.as_str());
    let signed_in = |path: &str| -> anyhow::Result<Url> {
        let mut page = url.join(path)?;
        // In the fragment, which a browser sends to nobody.
        page.set_fragment(Some(&format!("token={owner}")));
        Ok(page)
    };
    Ok(Running {
        console_url: signed_in("console/")?,
        graphiql_url: signed_in("graphiql")?,
        graphql_url: url.join("graphql")?,
        url,
        tokens,
        business,
        sandboxes,
        _lock: lock,
        gateway: tokio::spawn(super::run(config, plan.listener, db, lifecycle)),
    })
}

/// Starts a sandbox where it was, or on a free port when that one is taken.
async fn start_sandbox(plan: &Plan, start: StartSandbox, port: u16) -> Result<RunningSandbox, SandboxError> {
    let options = |port: u16| SandboxOptions {
        listen: ([127, 0, 0, 1], port).into(),
        directory: Some(plan.data_dir.join("sandbox")),
        extra_items: plan.extra_items,
        ..SandboxOptions::default()
    };
    match start(options(port)).await {
        Err(SandboxError::Listen { .. }) if port != 0 => start(options(0)).await,
        other => other,
    }
}

fn config(plan: &Plan, keys: &Keys, sandboxes: &[(&'static ProviderEntry, RunningSandbox)]) -> Config {
    let mut config = Config::default();
    let file = plan.data_dir.join("stockbridge.db");
    config.server.shutdown_seconds = Duration::from_secs(5).as_secs();
    config.database.url = SecretText::new(database::url_of(&file));
    config.database.migrate = true;
    config.auth.hs256_secret = Some(SecretText::new(keys.token_secret.clone()));
    config.vault.keys = vec![EncryptionKey { id: "demo".to_owned(), key: SecretText::new(keys.vault_key.clone()) }];
    let client = |sandbox: &RunningSandbox| ProviderClient {
        client_id: sandbox.client_id.clone(),
        client_secret: SecretText::from(sandbox.client_secret.clone()),
        endpoints: sandbox.endpoints.clone(),
        ..ProviderClient::default()
    };
    config.providers.extend(sandboxes.iter().map(|(entry, sandbox)| (entry.id.to_owned(), client(sandbox))));
    config
}

fn tokens(config: &Config, business: BusinessId) -> anyhow::Result<Vec<(&'static str, String)>> {
    let issued_at = Utc::now();
    let expires_at = issued_at + TimeDelta::days(TOKEN_DAYS);
    let token = |(role, name): (Role, &'static str)| {
        let subject = format!("demo-{}", name.to_lowercase());
        let grant = Grant { subject, business, role, issued_at, expires_at };
        Ok((name, mint(&config.auth, &grant)?))
    };
    ROLES.into_iter().map(token).collect()
}

async fn make_business(db: &Db, id: BusinessId) -> anyhow::Result<()> {
    let ambient = Ambient::system();
    let business = Business {
        id,
        name: "Cedar & Steel Workshop".to_owned(),
        time_zone: "America/Los_Angeles".to_owned(),
        currency: "USD".to_owned(),
        receiving: false,
        sales_tracking: false,
        qa_review: false,
        created_at: ambient.now(),
    };
    Businesses::new(db.clone(), ambient).ensure(business).await?;
    Ok(())
}

/// Two gateways over one data folder would work against each other.
fn lock(data_dir: &Path) -> anyhow::Result<fs::File> {
    let file = data_dir.join("demo.lock");
    let opened = fs::File::create(&file)
        .with_context(|| format!("{} cannot be written; choose another folder with --data-dir", file.display()))?;
    opened.try_lock().map_err(|_| {
        anyhow::anyhow!(
            "another stockbridge uses the data folder {}; stop that one, or choose another folder with --data-dir",
            data_dir.display()
        )
    })?;
    Ok(opened)
}

/// The keys of an earlier start, or new ones.
fn keys(data_dir: &Path) -> anyhow::Result<Keys> {
    fs::create_dir_all(data_dir).with_context(|| {
        format!("the data folder {} cannot be made; choose another one with --data-dir", data_dir.display())
    })?;
    let file = data_dir.join("keys.json");
    match fs::read(&file) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .with_context(|| format!("{} is damaged; delete the folder to begin anew", file.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let random = || STANDARD.encode(rand::random::<[u8; 32]>());
            Ok(Keys {
                business: Uuid::now_v7(),
                token_secret: random(),
                vault_key: random(),
                sandbox_ports: BTreeMap::new(),
            })
        }
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", file.display())),
    }
}

fn save(data_dir: &Path, keys: &Keys) -> anyhow::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let file = data_dir.join("keys.json");
    let mut options = fs::OpenOptions::new();
    options.create(true).write(true).truncate(true).mode(0o600);
    let written = options.open(&file).and_then(|mut opened| opened.write_all(&serde_json::to_vec_pretty(keys)?));
    written.with_context(|| {
        format!(
            "{} cannot be written; give this user the right to, or choose another folder with --data-dir",
            file.display()
        )
    })
}

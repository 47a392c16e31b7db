//! A gateway put together as the real program does it, connected to a sandbox.
//!
//! Rule: nothing is replaced but the provider's rate limits, and those only where the sandbox keeps none.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use domain::{
    Ambient,
    business::{Actor, Business, Businesses},
    integration::{Connecting, SettingsChange},
    store::Db,
    sync::{Run, Started},
};
use entity::{BusinessId, IntegrationId, ItemType, Role, RunId, SyncRunState};
use providers::{clock::SystemClock, model::ItemKind, registry::ProviderEntry};
use reqwest::{Client, header::LOCATION, redirect::Policy};
use sea_orm::DbBackend;
use stockbridge::{
    app::{self, App, AppOptions},
    auth::{Grant, mint},
    config::{Config, EncryptionKey, ProviderClient, SecretText},
    http::Lifecycle,
};
use tokio::{net::TcpListener, sync::broadcast::Receiver, task::JoinHandle, time::Instant};

use crate::sandbox::{self, Address};

/// A connected gateway with a worker.
#[derive(Debug)]
pub struct Rig {
    /// Its parts.
    pub app: App,
    /// Its owner.
    pub actor: Actor,
    /// The connection to the sandbox.
    pub integration: IntegrationId,
    /// Where it would be served.
    pub listener: Option<TcpListener>,
    db: Db,
    lifecycle: Lifecycle,
    worker: Option<JoinHandle<()>>,
}

/// A sync that has ended.
#[derive(Debug)]
pub struct Synced {
    /// From asking for it until its end was announced.
    pub took: Duration,
    /// The run.
    pub run: Run,
}

impl Rig {
    /// Opens a new database and connects to the sandbox; every type of item is selected.
    ///
    /// # Errors
    /// Whatever goes wrong.
    pub async fn open(database: &str, sandbox: &Address) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let (config, lifecycle) = (config(database, sandbox)?, Lifecycle::default());
        let (db, ambient) = (app::open_database(&config).await?, Ambient::system());
        let (entry, _) = sandbox::provider(&sandbox.provider)?;
        let business = business(&db, &ambient, sandbox::currency(entry)).await?;
        let options = AppOptions {
            config,
            db: db.clone(),
            ambient,
            clock: Arc::new(SystemClock),
            providers: None,
            listening: listener.local_addr()?,
            alone: db.connection().get_database_backend() == DbBackend::Sqlite,
            lifecycle: lifecycle.clone(),
        };
        let app = App::build(options).await?;
        let actor = app.services.businesses.actor(business, "bench", Role::Owner).await?.context("no actor")?;
        let integration = connect(&app, &actor, entry).await?;
        Ok(Self { app, actor, integration, listener: Some(listener), db, lifecycle, worker: None })
    }

    /// Begins to work on runs, as [`App::serve`] does by itself.
    pub fn work(&mut self) {
        self.worker = Some(self.app.work());
    }

    /// Syncs the items, and waits for the end as a subscriber does.
    ///
    /// # Errors
    /// When the sync cannot be started or does not succeed.
    pub async fn sync(&self) -> Result<Synced> {
        let syncs = &self.app.services.syncs;
        let (news, begun) = (syncs.bus().listen(), Instant::now());
        let started = syncs.start_items(&self.actor, self.integration, true, None).await?;
        self.ended(news, (started, &[SyncRunState::Succeeded]), begun).await
    }

    /// Syncs the sales, and waits for the end as a subscriber does.
    ///
    /// # Errors
    /// When the sync cannot be started or does not succeed.
    pub async fn sync_sales(&self) -> Result<Synced> {
        let services = &self.app.services;
        let (news, begun) = (services.syncs.bus().listen(), Instant::now());
        let started = services.sales.sync(&self.actor, (Some(self.integration), None), false, None).await?;
        // The sample's own documents sell what is linked to no product.
        let accepted = [SyncRunState::Succeeded, SyncRunState::SucceededWithIssues];
        self.ended(news, (started, &accepted), begun).await
    }

    async fn ended(
        &self,
        mut news: Receiver<(BusinessId, RunId)>,
        (started, accepted): (Started, &[SyncRunState]),
        begun: Instant,
    ) -> Result<Synced> {
        let syncs = &self.app.services.syncs;
        let run = match started {
            Started::Run(run) => run,
            Started::Locked(..) => bail!("another run holds the lock"),
        };
        loop {
            // A lost announcement is made up for by looking.
            let _ = tokio::time::timeout(Duration::from_millis(500), news.recv()).await;
            let run = syncs.run(self.actor.business, run.id).await?;
            if run.finished_at.is_some() {
                ensure!(accepted.contains(&run.state), "the sync ended as {:?}: {run:?}", run.state);
                return Ok(Synced { took: begun.elapsed(), run });
            }
        }
    }

    /// A token of the owner.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn token(&self) -> Result<String> {
        let issued_at = chrono::Utc::now();
        let expires_at = issued_at + chrono::TimeDelta::days(1);
        let grant = Grant {
            subject: self.actor.subject.clone(),
            business: self.actor.business,
            role: Role::Owner,
            issued_at,
            expires_at,
        };
        Ok(mint(&self.app.config.auth, &grant)?)
    }

    /// Tells everything long-lived to end.
    pub fn lifecycle(&self) -> &Lifecycle {
        &self.lifecycle
    }

    /// Ends in order.
    ///
    /// # Errors
    /// When the database does not close.
    pub async fn close(mut self) -> Result<()> {
        self.lifecycle.stop();
        if let Some(worker) = self.worker.take() {
            worker.await?;
        }
        Ok(self.db.close().await?)
    }
}

fn config(database: &str, sandbox: &Address) -> Result<Config> {
    let (entry, _) = sandbox::provider(&sandbox.provider)?;
    let mut config = Config::default();
    config.database.url = SecretText::new(database);
    config.database.migrate = true;
    config.auth.hs256_secret = Some(SecretText::new("a secret for measurements and nothing else"));
    let key = SecretText::new("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    config.vault.keys = vec![EncryptionKey { id: "bench".to_owned(), key }];
    let client = ProviderClient {
        client_id: sandbox.client_id.clone(),
        client_secret: SecretText::new(sandbox.client_secret.clone()),
        endpoints: sandbox.endpoints.clone(),
        requests_per_second: (!sandbox.throttle).then_some(1_000_000),
        ..ProviderClient::default()
    };
    config.providers.insert(entry.id.to_owned(), client);
    Ok(config)
}

async fn business(db: &Db, ambient: &Ambient, currency: &str) -> Result<BusinessId> {
    let business = Business {
        id: ambient.id(),
        name: "Bench".to_owned(),
        time_zone: "UTC".to_owned(),
        currency: currency.to_owned(),
        receiving: false,
        sales_tracking: false,
        qa_review: false,
        created_at: ambient.now(),
    };
    let id = business.id;
    Businesses::new(db.clone(), ambient.clone()).ensure(business).await?;
    Ok(id)
}

/// Consents as a person would, with the form of the sandbox.
async fn connect(app: &App, actor: &Actor, entry: &ProviderEntry) -> Result<IntegrationId> {
    let integrations = &app.services.integrations;
    let Connecting::Consent(url) = integrations.connect(actor, entry.id, None).await? else {
        bail!("{} asks nobody for consent", entry.id);
    };
    let client = Client::builder().redirect(Policy::none()).build()?;
    let page = client.get(url.clone()).send().await?.text().await?;
    let mut fields: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    fields.push(first_company(&page)?);
    fields.push(("decision".to_owned(), "agree".to_owned()));
    let mut form = url.clone();
    form.set_query(None);
    let answer = client.post(form).form(&fields).send().await?;
    let back = answer.headers().get(LOCATION).context("the sandbox did not send the user back")?.to_str()?;
    let connected = integrations.complete(&url.join(back)?, Some(actor)).await?;
    let types = entry.capability.item_kinds.iter().filter_map(|kind| item_type(*kind)).collect();
    let change = SettingsChange { item_types: Some(types), ..SettingsChange::default() };
    Ok(integrations.change_settings(actor, connected.integration.id, change).await?.id)
}

/// The types of items that can be selected.
fn item_type(kind: ItemKind) -> Option<ItemType> {
    match kind {
        ItemKind::Inventory => Some(ItemType::Inventory),
        ItemKind::NonInventory => Some(ItemType::NonInventory),
        ItemKind::Service => Some(ItemType::Service),
        ItemKind::Bundle => Some(ItemType::Bundle),
        ItemKind::Category | ItemKind::Other => None,
    }
}

/// The company that the form names first: the field's name and its value.
fn first_company(page: &str) -> Result<(String, String)> {
    let (_, choice) = page.split_once("<label><input ").context("the consent page names no company")?;
    let attribute = |name: &str| {
        let (_, rest) =
            choice.split_once(&format!("{name}=\"")).with_context(|| format!("the company has no {name}"))?;
        anyhow::Ok(rest.split('"').next().unwrap_or_default().to_owned())
    };
    Ok((attribute("name")?, attribute("value")?))
}

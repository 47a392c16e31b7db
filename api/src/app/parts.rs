//! All parts of the program in one struct, each replaceable in tests.

use std::{collections::HashMap, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use domain::{
    Ambient,
    business::Businesses,
    call_log::CallLog,
    catalog::{ItemSync, Items, Products, References},
    export::{ExportRuns, Exports, Poster, WatchPace, Watcher},
    intake::Intake,
    integration::{Integrations, ProviderSet, Vault, vault::VaultKey},
    margin::Margins,
    production::Production,
    provenance::Provenance,
    receiving::Receiving,
    reconcile::{Reconciler, Reconciliations},
    sales::{Sales, SalesSync},
    stock::Stock,
    store::Db,
    sync::{EventBus, JobQueue, RunBody, Runner, SyncTiming, Syncs},
};
use entity::SyncKind;
use providers::{Provider, clock::Clock};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{
    config::Config,
    graphql::{connection::PageLimits, loaders::Loaders, services::Services},
    http::{self, Lifecycle},
    worker::{self, Jobs},
};

/// What an app is built from.
pub struct AppOptions {
    /// The configuration.
    pub config: Config,
    /// The database, its tables up to date.
    pub db: Db,
    /// Clock, ids and randomness.
    pub ambient: Ambient,
    /// The clock that tokens are checked by.
    pub clock: Arc<dyn Clock>,
    /// Providers to use instead of the configured ones.
    pub providers: Option<Vec<Arc<dyn Provider>>>,
    /// Where the app is served.
    pub listening: SocketAddr,
    /// No other process uses the database.
    pub alone: bool,
    /// Tells everything long-lived to end.
    pub lifecycle: Lifecycle,
}

/// The program.
pub struct App {
    /// The configuration.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// The use-cases.
    pub services: Services,
    /// Works on runs.
    pub runner: Arc<Runner>,
    /// Works on exports.
    pub poster: Arc<Poster>,
    /// Watches over what was posted.
    pub watcher: Arc<Watcher>,
    /// Works on reconciliations.
    pub reconciler: Arc<Reconciler>,
    /// The queue of run jobs.
    pub jobs: Arc<Jobs>,
    /// The address under which the gateway is reached.
    pub public_url: Url,
    /// Tells everything long-lived to end.
    pub lifecycle: Lifecycle,
    pub(super) clock: Arc<dyn Clock>,
    listening: SocketAddr,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("public_url", &self.public_url.as_str()).finish_non_exhaustive()
    }
}

impl App {
    /// Puts the parts together. Nothing runs yet.
    ///
    /// # Errors
    /// What is missing or wrong, with what to do.
    pub async fn build(options: AppOptions) -> anyhow::Result<Self> {
        let AppOptions { config, db, ambient, clock, providers, listening, alone, lifecycle } = options;
        let public_url = config.server.public_url(listening).context("server.public_url is missing")?;
        let providers = match providers {
            Some(providers) => providers,
            None => super::configured_providers(&config)?,
        };
        let vault = vault(&config)?;
        let jobs = Arc::new(Jobs::open(&db).await.context("the job queue cannot be opened")?);
        let integrations =
            Integrations::new(db.clone(), ambient.clone(), vault, ProviderSet::new(providers), public_url.clone());
        let bus = EventBus::default();
        let timing = timing(&config);
        let queue: Arc<dyn JobQueue> = Arc::clone(&jobs) as _;
        let syncs = Syncs::new(db.clone(), ambient.clone(), integrations.clone(), bus.clone(), queue, timing);
        let prefetch = usize::try_from(config.sync.prefetch_pages).unwrap_or(1);
        let body: Arc<dyn RunBody> =
            Arc::new(ItemSync::new(db.clone(), ambient.clone(), integrations.clone(), prefetch));
        let selling: Arc<dyn RunBody> =
            Arc::new(SalesSync::new(db.clone(), ambient.clone(), integrations.clone(), prefetch));
        let services = services(&db, &ambient, integrations, syncs);
        let exporting: Arc<dyn RunBody> = Arc::new(ExportRuns::new(services.exports.clone()));
        let bodies =
            HashMap::from([(SyncKind::Items, body), (SyncKind::Sales, selling), (SyncKind::Export, exporting)]);
        let runner = Arc::new(Runner::new(db.clone(), ambient.clone(), bus, timing, alone, bodies));
        let poster = Arc::new(Poster::new(services.exports.clone(), timing, alone));
        let watcher = Arc::new(Watcher::new(services.exports.clone(), watch_pace(&config)));
        let reconciler = Arc::new(Reconciler::new(services.reconciliations.clone()));
        Ok(Self {
            config,
            db,
            services,
            runner,
            poster,
            watcher,
            reconciler,
            jobs,
            public_url,
            lifecycle,
            clock,
            listening,
        })
    }

    /// Serves on an open listener and works on runs until the lifecycle stops.
    ///
    /// # Errors
    /// When the surface cannot be made or the listener fails.
    pub async fn serve(&self, listener: TcpListener) -> anyhow::Result<()> {
        super::warn_if_remote(&self.config, self.listening);
        let router = super::router(self)?;
        let workers = self.work();
        let keeping = self.keep_house();
        tracing::info!(address = %self.listening, "serving");
        http::serve(listener, router, self.lifecycle.clone(), super::deadline(&self.config)).await?;
        keeping.abort();
        // A run cut here is taken up again at the next start: its row says where it stands.
        if tokio::time::timeout(super::deadline(&self.config), workers).await.is_err() {
            tracing::warn!("syncs still running were left to the next start");
        }
        Ok(())
    }

    /// The HTTP surface alone, for a process that works on no runs.
    ///
    /// # Errors
    /// When the surface cannot be made.
    pub fn router(&self) -> anyhow::Result<axum::Router> {
        super::router(self)
    }

    /// Begins to work on runs and exports.
    pub fn work(&self) -> tokio::task::JoinHandle<()> {
        let workers = usize::try_from(self.config.sync.workers).unwrap_or(1);
        let stop: CancellationToken = self.lifecycle.token();
        let exporting = worker::export_until(Arc::clone(&self.poster), stop.clone());
        let watching = worker::watch_until(Arc::clone(&self.watcher), stop.clone());
        let scheduling = worker::schedule_until(self.services.syncs.clone(), stop.clone());
        let reconciling = worker::reconcile_until(Arc::clone(&self.reconciler), stop.clone());
        let syncing = worker::work_until(Arc::clone(&self.jobs), Arc::clone(&self.runner), workers, stop);
        tokio::spawn(async move {
            tokio::join!(syncing, exporting, watching, scheduling, reconciling);
        })
    }

    /// Forgets old call-log entries, now and every hour.
    fn keep_house(&self) -> tokio::task::JoinHandle<()> {
        let (log, ambient) = (self.services.call_log.clone(), self.services.ambient.clone());
        let days = self.config.call_log.retention_days;
        tokio::spawn(async move {
            if days == 0 {
                return;
            }
            loop {
                let before = ambient.now().minus(Duration::from_secs(u64::from(days) * 24 * 3600));
                if let Err(error) = log.forget_before(before).await {
                    tracing::warn!(%error, "old call-log entries could not be deleted");
                }
                tokio::time::sleep(Duration::from_secs(3600)).await;
            }
        })
    }

    /// How many rows a page has.
    pub(super) fn page_limits(&self) -> PageLimits {
        PageLimits { default: self.config.limits.page_default, max: self.config.limits.page_max }
    }
}

fn services(db: &Db, ambient: &Ambient, integrations: Integrations, syncs: Syncs) -> Services {
    let items = Items::new(db.clone());
    let products = Products::new(db.clone(), ambient.clone());
    let references = References::new(db.clone(), ambient.clone(), integrations.clone());
    let stock = Stock::new(db.clone(), ambient.clone());
    let receiving = Receiving::new(db.clone(), ambient.clone());
    let production = Production::new(db.clone(), ambient.clone());
    let exports = Exports::new(db.clone(), ambient.clone(), integrations.clone());
    let reconciliations = Reconciliations::new(db.clone(), ambient.clone(), integrations.clone(), exports.clone());
    let sales = Sales::new(db.clone(), ambient.clone(), integrations.clone(), syncs.clone());
    let loaders = Loaders::new(
        &integrations,
        &syncs,
        &items,
        &products,
        &references,
        (&stock, &receiving, &production, &exports, &sales),
    );
    Services {
        businesses: Arc::new(Businesses::new(db.clone(), ambient.clone())),
        call_log: CallLog::new(db.clone(), ambient.clone()),
        ambient: ambient.clone(),
        integrations,
        syncs,
        items,
        references,
        products,
        stock,
        receiving,
        production,
        exports,
        reconciliations,
        sales,
        margins: Margins::new(db.clone()),
        provenance: Provenance::new(db.clone()),
        intake: Intake::new(db.clone(), ambient.clone()),
        loaders,
    }
}

fn vault(config: &Config) -> anyhow::Result<Vault> {
    let key = |key: &crate::config::EncryptionKey| Ok(VaultKey { id: key.id.clone(), key: key.bytes()?.into() });
    let keys = config.vault.keys.iter().map(key).collect::<anyhow::Result<Vec<_>>>()?;
    Ok(Vault::new(keys)?)
}

fn timing(config: &Config) -> SyncTiming {
    let heartbeat = Duration::from_secs(config.sync.heartbeat_seconds);
    SyncTiming { lease: Duration::from_secs(config.sync.lease_seconds), heartbeat, silence: heartbeat * 4 }
}

fn watch_pace(config: &Config) -> WatchPace {
    WatchPace {
        every: Duration::from_secs(config.exports.watch_minutes.saturating_mul(60)),
        reads: config.exports.watch_reads,
        lease: Duration::from_secs(config.sync.lease_seconds),
    }
}

//! The composition root: makes everything from the configuration and puts it together.
//!
//! Rule: the only place that knows all parts. It decides nothing else.

mod announce;
mod callback;
pub mod demo;
mod parts;
mod probe;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use domain::{Ambient, store::Db};
use providers::{
    Provider,
    clock::{Clock, SystemClock},
    registry,
};
use tokio::net::TcpListener;

pub use self::parts::{App, AppOptions};
use crate::{
    auth::Authenticator,
    config::Config,
    database::{self, Missing},
    graphql::schema,
    http::{self, AppParts, Lifecycle, Origins, Probe, Readiness},
    telemetry,
};

/// The changes that make up the tables.
pub use migration::Migrator;

/// The schema in SDL, as `schema.graphql` has it.
pub fn sdl() -> String {
    schema::sdl()
}

/// Serves with this configuration until the process is told to stop.
///
/// # Errors
/// What is missing or wrong, with what to do.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    let listener = http::bind(config.server.listen).await?;
    let lifecycle = Lifecycle::default();
    http::stop_on_signals(&lifecycle).context("signals cannot be caught")?;
    let db = open_database(&config).await?;
    run(config, listener, db, lifecycle).await
}

/// Opens the database, and brings it up to date where that is configured.
///
/// # Errors
/// See [`database::DatabaseFault`].
pub async fn open_database(config: &Config) -> Result<Db, database::DatabaseFault> {
    let migrate = config.database.migrate;
    let missing = if migrate { Missing::Create } else { Missing::Refuse };
    let connection = database::open(&config.database, missing).await?;
    if migrate {
        database::migrate::<Migrator>(&config.database, &connection).await?;
    } else {
        database::require_current::<Migrator>(&config.database, &connection).await?;
    }
    let db = Db::over(connection);
    Ok(match database::open_writer(&config.database).await? {
        Some(writer) => db.with_writer(writer),
        None => db,
    })
}

/// Puts the parts together and serves them on an open listener.
///
/// # Errors
/// As [`serve`].
pub async fn run(config: Config, listener: TcpListener, db: Db, lifecycle: Lifecycle) -> anyhow::Result<()> {
    let listening = listener.local_addr().context("the listener has no address")?;
    let _claim = database::claim(&config.database)?;
    let alone = db.connection().get_database_backend() == sea_orm::DbBackend::Sqlite;
    let options = AppOptions {
        config,
        db: db.clone(),
        ambient: Ambient::system(),
        clock: Arc::new(SystemClock),
        providers: None,
        listening,
        alone,
        lifecycle,
    };
    let app = App::build(options).await?;
    app.serve(listener).await?;
    db.close().await?;
    tracing::info!("stopped");
    Ok(())
}

/// The providers that the configuration names.
fn configured_providers(config: &Config) -> anyhow::Result<Vec<Arc<dyn Provider>>> {
    let build = |(id, client): (&String, &crate::config::ProviderClient)| {
        let entry = registry::find(id).with_context(|| format!("there is no provider {id:?}"))?;
        (entry.build)(&client.settings(config.call_log.body_bytes)).with_context(|| format!("provider {id}"))
    };
    config.providers.iter().map(build).collect()
}

fn warn_if_remote(config: &Config, listening: SocketAddr) {
    if !listening.ip().is_loopback() && !config.server.allow_remote {
        tracing::warn!(
            address = %listening,
            "listening beyond this machine without TLS: tokens can be read on the way; put a proxy with TLS in front and set server.allow_remote = true"
        );
    }
}

/// The HTTP surface over an app.
fn router(app: &App) -> anyhow::Result<axum::Router> {
    let config = &app.config;
    let origins = Origins::new(config.server.origins.iter().chain([&app.public_url]));
    let clock: Arc<dyn Clock> = Arc::clone(&app.clock);
    let authenticator = Arc::new(Authenticator::new(&config.auth, clock)?);
    let files = http::Files { authenticator: Arc::clone(&authenticator), services: app.services.clone() };
    Ok(http::router(AppParts {
        executor: schema::schema(app.services.clone(), app.page_limits()),
        sdl: sdl(),
        authenticator,
        limits: config.limits.clone(),
        introspection: config.server.introspection,
        origins,
        public_url: app.public_url.clone(),
        oauth: Arc::new(callback::Callbacks(app.services.integrations.clone())),
        announcements: Some(Arc::new(announce::Ears(app.services.syncs.clone()))),
        files: Some(files),
        readiness: Readiness::of([Arc::new(probe::Database(app.db.clone())) as Arc<dyn Probe>]),
        metrics: config.telemetry.metrics.then(telemetry::start_metrics).flatten(),
        console: config.server.console,
        lifecycle: app.lifecycle.clone(),
    })?)
}

/// How long what is in progress may take when stopping.
fn deadline(config: &Config) -> Duration {
    Duration::from_secs(config.server.shutdown_seconds)
}

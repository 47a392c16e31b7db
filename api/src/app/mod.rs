//! The composition root: makes everything from the configuration and puts it together.
//!
//! Rule: the only place that knows all parts. It decides nothing else.

pub mod demo;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use async_graphql::{EmptyMutation, EmptySubscription, Object, Schema};
use async_trait::async_trait;
use providers::clock::{Clock, SystemClock};
use sea_orm::DatabaseConnection;
use tokio::net::TcpListener;
use url::Url;

use crate::{
    auth::Authenticator,
    config::Config,
    database::{self, Missing},
    http::{self, AppParts, CallbackRefusal, Lifecycle, OAuthCallback, Origins, Probe, Readiness},
    telemetry,
};

/// The changes that make up the tables.
pub use migration::Migrator;

/// The root of the schema until the areas are here.
#[derive(Debug)]
pub struct Query;

/// What can be read.
#[Object]
impl Query {
    /// The version of the gateway.
    async fn version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }
}

type AppSchema = Schema<Query, EmptyMutation, EmptySubscription>;

fn schema() -> AppSchema {
    Schema::build(Query, EmptyMutation, EmptySubscription).finish()
}

/// The schema in SDL, as `schema.graphql` has it.
pub fn sdl() -> String {
    schema().sdl()
}

/// Serves with this configuration until the process is told to stop.
///
/// # Errors
/// What is missing or wrong, with what to do.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    let listener = http::bind(config.server.listen).await?;
    let lifecycle = Lifecycle::default();
    http::stop_on_signals(&lifecycle).context("signals cannot be caught")?;
    let connection = open_database(&config).await?;
    run(config, listener, connection, lifecycle).await
}

/// Opens the database, and brings it up to date where that is configured.
///
/// # Errors
/// See [`database::DatabaseFault`].
pub async fn open_database(config: &Config) -> Result<DatabaseConnection, database::DatabaseFault> {
    let migrate = config.database.migrate;
    let missing = if migrate { Missing::Create } else { Missing::Refuse };
    let connection = database::open(&config.database, missing).await?;
    if migrate {
        database::migrate::<Migrator>(&config.database, &connection).await?;
    } else {
        database::require_current::<Migrator>(&config.database, &connection).await?;
    }
    Ok(connection)
}

/// Puts the parts together and serves them on an open listener.
///
/// # Errors
/// As [`serve`].
pub async fn run(
    config: Config,
    listener: TcpListener,
    connection: DatabaseConnection,
    lifecycle: Lifecycle,
) -> anyhow::Result<()> {
    let listening = listener.local_addr().context("the listener has no address")?;
    warn_if_remote(&config, listening);
    let public_url = config.server.public_url(listening).context("server.public_url is missing")?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let origins = Origins::new(config.server.origins.iter().chain([&public_url]));
    let router = http::router(AppParts {
        executor: schema(),
        sdl: sdl(),
        authenticator: Arc::new(Authenticator::new(&config.auth, clock)?),
        limits: config.limits.clone(),
        introspection: config.server.introspection,
        origins,
        public_url,
        oauth: Arc::new(NoConnections),
        readiness: Readiness::of([Arc::new(DatabaseProbe(connection.clone())) as Arc<dyn Probe>]),
        metrics: config.telemetry.metrics.then(telemetry::start_metrics).flatten(),
        console: config.server.console,
        lifecycle: lifecycle.clone(),
    })?;
    tracing::info!(address = %listening, "serving");
    http::serve(listener, router, lifecycle, Duration::from_secs(config.server.shutdown_seconds)).await?;
    connection.close().await?;
    tracing::info!("stopped");
    Ok(())
}

fn warn_if_remote(config: &Config, listening: SocketAddr) {
    if !listening.ip().is_loopback() && !config.server.allow_remote {
        tracing::warn!(
            address = %listening,
            "listening beyond this machine without TLS: tokens can be read on the way; put a proxy with TLS in front and set server.allow_remote = true"
        );
    }
}

/// Whether the database answers.
#[derive(Debug)]
struct DatabaseProbe(DatabaseConnection);

#[async_trait]
impl Probe for DatabaseProbe {
    fn name(&self) -> &'static str {
        "database"
    }

    async fn probe(&self) -> Result<(), String> {
        self.0.ping().await.map_err(|_| "does not answer".to_owned())
    }
}

/// Stands where the domain completes connections until it is here.
#[derive(Debug)]
struct NoConnections;

#[async_trait]
impl OAuthCallback for NoConnections {
    async fn complete(&self, _: &str, _: Url) -> Result<String, CallbackRefusal> {
        Err(CallbackRefusal { message: "Connections cannot be made yet.".to_owned(), help: String::new() })
    }
}

//! A whole installation for one test: sandbox, database, gateway in this process, businesses, tokens.
//!
//! Rule: every part is the real one; a test may hold the clock, the gate before the item pages, and nothing else.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use anyhow::{Context, Result};
use chrono::{TimeDelta, Utc};
use domain::{
    Ambient,
    ambient::{Clock, ManualClock},
    business::Business,
    catalog::ItemSync,
    export::ExportRuns,
    integration::{
        Vault,
        vault::{TokenPair, VaultKey},
    },
    sales::SalesSync,
    store::{Db, PoolSize},
    sync::{RunBody, Runner, SyncTiming},
};
use entity::{BusinessId, IntegrationId, Role, SyncKind, TypedId, integration_token};
use providers::{clock::SystemClock, registry::ProviderEntry};
use sea_orm::EntityTrait;
use stockbridge::{
    app::{App, AppOptions},
    auth::{Grant, mint},
    config::{Config, EncryptionKey, SecretText},
    http::{self, Lifecycle},
};
use tokio::task::JoinHandle;
use url::Url;

use crate::{
    TestDatabase,
    client::Client,
    gate::{Gate, Gated},
    sandbox::Sandbox,
};

/// The key that seals tokens in tests.
const VAULT_KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
/// The secret that signs tokens in tests.
pub const TOKEN_SECRET: &str = "a secret that only the tests know, long enough";

/// What differs from an ordinary installation.
#[derive(Debug, Default)]
pub struct Options {
    /// Whose accounting system it is; the workshop's if none.
    pub provider: Option<&'static ProviderEntry>,
    /// Generated items in the workshop.
    pub items: u32,
    /// The clock to hold; the system's if none.
    pub clock: Option<Arc<ManualClock>>,
    /// Other time spans of workers.
    pub timing: Option<SyncTiming>,
    /// Pages fetched ahead; 1 makes the order of calls certain.
    pub prefetch: Option<u32>,
    /// No worker takes up runs.
    pub idle: bool,
    /// How long the accounting system may take to answer.
    pub answer_within: Option<Duration>,
}

/// An installation.
#[derive(Debug)]
pub struct World {
    /// The accounting system.
    pub sandbox: Arc<Sandbox>,
    /// The gate before its item pages.
    pub gate: Arc<Gate>,
    /// The gateway.
    pub app: Arc<App>,
    /// Where the gateway is.
    pub url: Url,
    /// The first business.
    pub business: BusinessId,
    database: TestDatabase,
    options: Options,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl World {
    /// An ordinary installation.
    ///
    /// # Errors
    /// When a part does not start.
    pub async fn start(database: &TestDatabase) -> Result<Self> {
        Self::with(database, Options::default()).await
    }

    /// An ordinary installation with a provider's accounting system.
    ///
    /// # Errors
    /// When a part does not start.
    pub async fn of(database: &TestDatabase, provider: &'static ProviderEntry) -> Result<Self> {
        Self::with(database, Options { provider: Some(provider), ..Options::default() }).await
    }

    /// An installation that differs.
    ///
    /// # Errors
    /// When a part does not start.
    pub async fn with(database: &TestDatabase, options: Options) -> Result<Self> {
        let sandbox = match options.provider {
            Some(entry) => Sandbox::of(entry, options.items).await?,
            None => Sandbox::start(options.items).await?,
        };
        let sandbox = Arc::new(sandbox);
        let world = Self::over(database, sandbox, options).await?;
        world.make_business(world.business, "Cedar & Steel").await?;
        Ok(world)
    }

    /// Another gateway on the same database and accounting system, with a gate of its own.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn another_gateway(&self, idle: bool) -> Result<Self> {
        let options = Options { clock: self.options.clock.clone(), idle, ..self.options };
        let mut other = Self::over(&self.database, Arc::clone(&self.sandbox), options).await?;
        other.business = self.business;
        Ok(other)
    }

    async fn over(database: &TestDatabase, sandbox: Arc<Sandbox>, options: Options) -> Result<Self> {
        let gate = Arc::new(Gate::default());
        let listener = http::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let listening = listener.local_addr()?;
        let ambient = match &options.clock {
            Some(clock) => Ambient::fixed(Arc::clone(clock) as Arc<dyn Clock>, rand_seed()),
            None => Ambient::system(),
        };
        let mut app = App::build(AppOptions {
            config: config(&options),
            db: Db::connect(&database.url, PoolSize::default()).await?,
            ambient: ambient.clone(),
            clock: Arc::new(SystemClock),
            providers: Some(vec![Arc::new(Gated {
                inner: sandbox.provider(options.answer_within)?,
                gate: Arc::clone(&gate),
            })]),
            listening,
            // As in production, so that what holds for one process holds for several.
            alone: false,
            lifecycle: Lifecycle::default(),
        })
        .await?;
        if let Some(timing) = options.timing {
            app.runner = Arc::new(runner(&app, &ambient, timing));
        }
        let app = Arc::new(app);
        let business = app.services.ambient.id();
        let world = Self {
            sandbox,
            gate,
            url: Url::parse(&format!("http://{listening}/"))?,
            business,
            database: database.clone(),
            options,
            tasks: Mutex::default(),
            app,
        };
        world.serve(listener);
        Ok(world)
    }

    fn serve(&self, listener: tokio::net::TcpListener) {
        let (app, idle) = (Arc::clone(&self.app), self.options.idle);
        let task = tokio::spawn(async move {
            if idle {
                let router = app.router().expect("the surface is made");
                http::serve(listener, router, app.lifecycle.clone(), Duration::ZERO).await.expect("it serves");
            } else {
                app.serve(listener).await.expect("it serves");
            }
        });
        self.tasks.lock().unwrap().push(task);
    }

    /// Makes another business.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn another_business(&self, name: &str) -> Result<BusinessId> {
        let id = self.app.services.ambient.id();
        self.make_business(id, name).await?;
        Ok(id)
    }

    async fn make_business(&self, id: BusinessId, name: &str) -> Result<()> {
        let business = Business {
            id,
            name: name.to_owned(),
            time_zone: "America/Los_Angeles".to_owned(),
            currency: "USD".to_owned(),
            receiving: false,
            sales_tracking: false,
            qa_review: false,
            created_at: self.app.services.ambient.now(),
        };
        self.app.services.businesses.ensure(business).await?;
        Ok(())
    }

    /// A client of the first business in a role; its subject is the role in lower case.
    pub fn client(&self, role: Role) -> Client {
        self.client_of(self.business, role)
    }

    /// The owner of the first business.
    pub fn owner(&self) -> Client {
        self.client(Role::Owner)
    }

    /// A client of any business in a role.
    pub fn client_of(&self, business: BusinessId, role: Role) -> Client {
        Client::new(self.url.clone(), self.token(business, role, TimeDelta::hours(1)))
    }

    /// A token that ends after `life`, which may be negative.
    pub fn token(&self, business: BusinessId, role: Role, life: TimeDelta) -> String {
        let issued_at = Utc::now() - TimeDelta::hours(2);
        let subject = format!("{role:?}").to_lowercase();
        let grant = Grant { subject, business, role, issued_at, expires_at: Utc::now() + life };
        mint(&self.app.config.auth, &grant).expect("a token")
    }

    /// The stored tokens of an integration, opened.
    ///
    /// # Errors
    /// When it has none.
    pub async fn stored_tokens(&self, integration: &str) -> Result<(integration_token::Model, TokenPair)> {
        let id = IntegrationId::parse(integration)?;
        let row = integration_token::Entity::find_by_id(id).one(self.app.db.connection()).await?;
        let row = row.context("no tokens are stored")?;
        let pair = vault().open(row.business_id, id, &row.sealed)?;
        Ok((row, pair))
    }

    /// Moves the held clock forward.
    pub fn advance(&self, span: Duration) {
        self.options.clock.as_ref().expect("the test holds the clock").advance(span);
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.app.lifecycle.stop();
        for task in self.tasks.get_mut().unwrap().drain(..) {
            task.abort();
        }
    }
}

/// A clock that stands at the present.
pub fn held_clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(Utc::now().into()))
}

/// Ids of two gateways under a held clock must differ.
fn rand_seed() -> u64 {
    uuid::Uuid::new_v4().as_u64_pair().0
}

fn vault() -> Vault {
    let key = EncryptionKey { id: "test".to_owned(), key: SecretText::new(VAULT_KEY) }.bytes().expect("32 bytes");
    Vault::new(vec![VaultKey { id: "test".to_owned(), key: key.into() }]).expect("one key")
}

fn config(options: &Options) -> Config {
    let mut config = Config::default();
    config.auth.hs256_secret = Some(SecretText::new(TOKEN_SECRET));
    config.vault.keys = vec![EncryptionKey { id: "test".to_owned(), key: SecretText::new(VAULT_KEY) }];
    config.telemetry.metrics = false;
    config.sync.prefetch_pages = options.prefetch.unwrap_or(config.sync.prefetch_pages);
    config
}

fn runner(app: &App, ambient: &Ambient, timing: SyncTiming) -> Runner {
    let prefetch = usize::try_from(app.config.sync.prefetch_pages).unwrap_or(1);
    let body = ItemSync::new(app.db.clone(), ambient.clone(), app.services.integrations.clone(), prefetch);
    let exporting = ExportRuns::new(app.services.exports.clone());
    let sales = SalesSync::new(app.db.clone(), ambient.clone(), app.services.integrations.clone(), prefetch);
    let bodies = HashMap::from([
        (SyncKind::Items, Arc::new(body) as Arc<dyn RunBody>),
        (SyncKind::Sales, Arc::new(sales) as Arc<dyn RunBody>),
        (SyncKind::Export, Arc::new(exporting) as Arc<dyn RunBody>),
    ]);
    Runner::new(app.db.clone(), ambient.clone(), app.services.syncs.bus().clone(), timing, false, bodies)
}

//! What every provider's sandbox offers to the program that starts it: a stand-in of the real service on loopback.
//!
//! Rule: a sandbox is a real HTTP server that knows nothing of the gateway; whoever talks to it does so as to the service.

mod calls;
pub(crate) mod connection;
pub(crate) mod consent;
mod control;
pub mod ledger;
mod operation;
pub(crate) mod origin;
pub(crate) mod page;
mod plans;
pub(crate) mod saving;
pub(crate) mod spoil;
mod state_file;
pub(crate) mod webhooks;
mod windows;

use std::{
    collections::BTreeMap,
    future::Future,
    net::SocketAddr,
    path::{Path, PathBuf},
    pin::Pin,
    sync::Arc,
};

use secrecy::SecretString;
use url::Url;

pub use self::control::{
    FaultReach, FaultTarget, SandboxAct, SandboxControl, SandboxFault, SandboxSale, SandboxSaleLine, Trouble,
};
pub(crate) use self::{
    calls::Calls,
    operation::{Operation, Sort},
    plans::{Plan, Plans, mix},
    state_file::StateFile,
    windows::{Window, Windows},
};
use crate::settings::{ProviderSettings, TransportSettings};

/// How a sandbox is started.
#[derive(Debug, Clone)]
pub struct SandboxOptions {
    /// Where to listen; loopback unless the operator says otherwise. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where state is kept over a restart; in memory alone if `None`.
    pub directory: Option<PathBuf>,
    /// Number of generated items beside the sample company's own.
    pub extra_items: u32,
    /// Seed of everything generated; the same seed gives the same company.
    pub seed: u64,
    /// Enforce the service's rate limits.
    pub throttle: bool,
    /// Answer every call after this pause at the earliest.
    pub latency: std::time::Duration,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            directory: None,
            extra_items: 0,
            seed: 1,
            throttle: true,
            latency: std::time::Duration::ZERO,
        }
    }
}

/// A running sandbox. Dropping it stops the server without saving; call [`RunningSandbox::stop`] to end it in order.
#[derive(Debug)]
pub struct RunningSandbox {
    /// The address it really listens on.
    pub address: SocketAddr,
    /// Its web page for people.
    pub url: Url,
    /// OAuth client that it knows.
    pub client_id: String,
    /// That client's secret.
    pub client_secret: SecretString,
    /// What its webhooks are signed with.
    pub webhook_key: SecretString,
    /// What a person, or bad luck, can do to it.
    pub control: Arc<dyn SandboxControl>,
    /// Provider endpoints that lead to it, as for [`ProviderSettings::endpoints`].
    pub endpoints: BTreeMap<String, Url>,
    /// Tells the server to end.
    pub shutdown: tokio::sync::watch::Sender<bool>,
    /// The server's task.
    pub task: tokio::task::JoinHandle<Result<(), SandboxError>>,
}

impl RunningSandbox {
    /// Settings for a provider that shall talk to this sandbox.
    pub fn provider_settings(&self) -> ProviderSettings {
        ProviderSettings {
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.clone(),
            environment: None,
            endpoints: self.endpoints.clone(),
            webhook_key: Some(self.webhook_key.clone()),
            options: BTreeMap::new(),
            transport: TransportSettings::default(),
        }
    }

    /// Ends the server: finishes what it is answering, saves its state, frees the port.
    ///
    /// # Errors
    /// When the state cannot be saved.
    pub async fn stop(self) -> Result<(), SandboxError> {
        let _ = self.shutdown.send(true);
        self.task.await.map_err(|error| SandboxError::Stopped(error.to_string()))?
    }
}

/// Why a sandbox could not be started or ended badly.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The address is taken or not allowed.
    #[error("cannot listen on {address}: {reason}; choose another port with --listen")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        reason: String,
    },
    /// State could not be read or written.
    #[error("sandbox state in {path}: {reason}")]
    State {
        /// The file or directory.
        path: PathBuf,
        /// What went wrong.
        reason: String,
    },
    /// The sandbox's own rules say no.
    #[error("the sandbox refused: {0}")]
    Refused(String),
    /// The sandbox has no such thing.
    #[error("this sandbox cannot {0}")]
    Unsupported(&'static str),
    /// The server's task ended by itself.
    #[error("the sandbox stopped: {0}")]
    Stopped(String),
}

/// Starts a sandbox; one per provider, named in its registry entry.
pub type StartSandbox =
    fn(SandboxOptions) -> Pin<Box<dyn Future<Output = Result<RunningSandbox, SandboxError>> + Send>>;

/// A company to try a provider on that has no service to stand in for: set up by settings alone.
#[derive(Debug)]
pub struct Fixture {
    /// Settings that lead to it.
    pub settings: ProviderSettings,
    /// What a person can do to it.
    pub control: Arc<dyn SandboxControl>,
}

/// Sets a fixture up in an empty folder, which must live as long as it is used; named in the provider's registry entry.
pub type SetUpFixture = fn(&Path) -> Result<Fixture, SandboxError>;

//! `stockbridge sandbox`: runs one, or sends commands to one that runs.

mod fault;
mod remote;

use std::{net::SocketAddr, path::PathBuf, process::ExitCode, time::Duration};

use anyhow::Context;
use clap::Args;
use providers::{
    registry::{PROVIDERS, ProviderEntry},
    sandbox::{RunningSandbox, SandboxOptions, StartSandbox},
};
use serde_json::json;

use self::{
    fault::{Fault, GRAMMAR},
    remote::Remote,
};
use super::output;
use crate::{config::Telemetry, http, telemetry};

/// Run a stand-in of an accounting system until Ctrl-C, or send commands to one that runs.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, after_help = GRAMMAR)]
pub(super) struct Sandbox {
    #[command(subcommand)]
    remote: Option<Remote>,
    /// Which accounting system; the first one that has a sandbox if not given.
    #[arg(long, value_name = "ID")]
    provider: Option<String>,
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Generated items beside the sample company's own.
    #[arg(long, default_value_t = 0)]
    items: u32,
    /// Where its state is kept; in memory alone if not given.
    #[arg(long, value_name = "DIR")]
    directory: Option<PathBuf>,
    /// Do not enforce the service's rate limits.
    #[arg(long)]
    no_throttle: bool,
    /// Answer every call after so many milliseconds at the earliest.
    #[arg(long, default_value_t = 0, value_name = "MS")]
    latency_ms: u64,
    /// Seed of everything generated.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Break calls from the start, for example `--fault 429,next=3`; may be given several times. See below.
    #[arg(long = "fault", value_name = "FAULT")]
    faults: Vec<Fault>,
    /// Say where it is as JSON.
    #[arg(long)]
    json: bool,
}

impl Sandbox {
    pub(super) async fn run(mut self) -> anyhow::Result<ExitCode> {
        if let Some(remote) = self.remote.take() {
            return remote.run().await;
        }
        telemetry::start_logs(&Telemetry::default())?;
        let (entry, start) = choose(self.provider.as_deref())?;
        let running = start(self.options()).await.with_context(|| format!("sandbox of {}", entry.name))?;
        let faults: Vec<_> = std::mem::take(&mut self.faults).into_iter().map(Fault::into_command).collect();
        if !faults.is_empty() {
            remote::send(&running.url, faults).await?;
        }
        self.announce(entry, &running)?;
        let lifecycle = http::Lifecycle::default();
        http::stop_on_signals(&lifecycle)?;
        lifecycle.stopped().await;
        running.stop().await?;
        Ok(ExitCode::SUCCESS)
    }

    fn options(&self) -> SandboxOptions {
        SandboxOptions {
            listen: self.listen,
            directory: self.directory.clone(),
            extra_items: self.items,
            seed: self.seed,
            throttle: !self.no_throttle,
            latency: Duration::from_millis(self.latency_ms),
        }
    }

    fn announce(&self, entry: &ProviderEntry, running: &RunningSandbox) -> anyhow::Result<()> {
        use secrecy::ExposeSecret;
        // The secret of a sandbox opens nothing but the sandbox; whoever wants to use it needs it.
        let secret = running.client_secret.expose_secret();
        if self.json {
            return Ok(output::json(&json!({
                "provider": entry.id, "url": running.url, "address": running.address,
                "clientId": running.client_id, "clientSecret": secret, "endpoints": running.endpoints,
            }))?);
        }
        output::line(&format!("Sandbox of {} at {}", entry.name, running.url))?;
        output::line("To use it, put this into stockbridge.toml:\n")?;
        let endpoints: Vec<String> =
            running.endpoints.iter().map(|(name, url)| format!("{name} = \"{url}\"")).collect();
        output::line(&format!(
            "[providers.{}]\nclient_id = \"{}\"\nclient_secret = \"{secret}\"\nendpoints = {{ {} }}\n\nCtrl-C ends it.",
            entry.id,
            running.client_id,
            endpoints.join(", ")
        ))?;
        Ok(())
    }
}

/// Every provider that has a sandbox, with it.
pub(super) fn all() -> Vec<(&'static ProviderEntry, StartSandbox)> {
    PROVIDERS.iter().filter_map(|entry| Some((*entry, entry.sandbox?))).collect()
}

/// The provider asked for, or the first one, with its sandbox.
fn choose(id: Option<&str>) -> anyhow::Result<(&'static ProviderEntry, StartSandbox)> {
    let with = all();
    let found = with.iter().find(|(entry, _)| id.is_none_or(|id| id == entry.id)).copied();
    found.with_context(|| {
        let known: Vec<&str> = with.iter().map(|(entry, _)| entry.id).collect();
        format!("there is no sandbox of {}; there is one of: {}", id.unwrap_or("any provider"), known.join(", "))
    })
}

//! `stockbridge serve`.

use std::{net::SocketAddr, process::ExitCode};

use clap::Args;

use super::Configuration;
use crate::{app, telemetry};

/// Serve the API and work on syncs.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Address and port to listen on, instead of the configured one; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
}

impl Serve {
    pub(super) async fn run(self, configuration: &Configuration) -> anyhow::Result<ExitCode> {
        let mut config = configuration.load()?;
        config.server.listen = self.listen.unwrap_or(config.server.listen);
        telemetry::start_logs(&config.telemetry)?;
        app::serve(config).await?;
        Ok(ExitCode::SUCCESS)
    }
}

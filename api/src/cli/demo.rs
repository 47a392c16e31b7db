//! `stockbridge demo`: a gateway of its own beside a sandbox of every accounting system, with a token per role.
//!
//! Rule: nothing of the operator's configuration is read and nothing outside the data folder is touched; keys are made
//! once and kept there, so that the demo goes on where it was left.

use std::{collections::BTreeMap, io, net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::Args;
use serde_json::json;

use super::{output, sandbox};
use crate::{
    app::{
        self,
        demo::{Plan, Running},
    },
    config::Telemetry,
    http, telemetry,
};

/// Try everything: a gateway beside a sandbox of each accounting system, with data of its own.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Where its data is kept; deleting the folder begins anew.
    #[arg(long, default_value = "data", value_name = "DIR")]
    data_dir: PathBuf,
    /// Generated items in each sandbox beside the sample companies' own.
    #[arg(long, default_value_t = 0)]
    items: u32,
    /// Say where it is as JSON.
    #[arg(long)]
    json: bool,
}

impl Demo {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        telemetry::start_logs(&Telemetry { level: "warn,stockbridge=info".to_owned(), ..Telemetry::default() })?;
        // Before anything is made: the port in use is the commonest reason not to start.
        let listener = http::bind(self.listen).await?;
        let (data_dir, extra_items) = (self.data_dir, self.items);
        let running = app::demo::start(Plan { listener, data_dir, extra_items, sandboxes: sandbox::all() }).await?;
        if self.json {
            say_json(&running)?
        } else {
            say(&running)?
        }
        running.until_stopped().await?;
        Ok(ExitCode::SUCCESS)
    }
}

/// For people.
fn say(running: &Running) -> io::Result<()> {
    output::line(&format!(
        "Console    {}\nGraphiQL   {}\nGraphQL    {}\n\nSandboxes of the accounting systems",
        running.console_url, running.graphiql_url, running.graphql_url
    ))?;
    for (provider, sandbox) in &running.sandboxes {
        output::line(&format!("{:<20} {}", provider.name, sandbox.url))?;
    }
    output::line("\nTokens")?;
    for (role, token) in &running.tokens {
        output::line(&format!("{role:<10} {token}"))?;
    }
    output::line("\nCtrl-C ends it; the data stays in the folder.")
}

/// For programs: one line. `sandboxUrl` is the first sandbox's.
fn say_json(running: &Running) -> io::Result<()> {
    let tokens: BTreeMap<_, _> = running.tokens.iter().cloned().collect();
    let sandboxes: Vec<_> = running
        .sandboxes
        .iter()
        .map(|(provider, sandbox)| json!({"provider": provider.id, "name": provider.name, "url": sandbox.url}))
        .collect();
    output::json(&json!({
        "graphqlUrl": running.graphql_url, "consoleUrl": running.console_url, "graphiqlUrl": running.graphiql_url,
        "sandboxUrl": running.sandboxes.first().map(|(_, sandbox)| &sandbox.url), "sandboxes": sandboxes,
        "businessId": running.business.to_string(), "tokens": tokens,
    }))
}

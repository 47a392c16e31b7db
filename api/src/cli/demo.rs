//! `stockbridge demo`: a gateway of its own beside a sandbox, with a token per role.
//!
//! Rule: nothing of the operator's configuration is read and nothing outside the data folder is touched; keys are made
//! once and kept there, so that the demo goes on where it was left.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::Args;
use serde_json::json;

use super::{output, sandbox};
use crate::{app, config::Telemetry, http, telemetry};

/// Try everything: a gateway connected to a sandbox, with data of its own.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Where its data is kept; deleting the folder begins anew.
    #[arg(long, default_value = "data", value_name = "DIR")]
    data_dir: PathBuf,
    /// Generated items in the sandbox beside the sample company's own.
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
        let (provider, start) = sandbox::choose(None)?;
        let demo = app::demo::Plan { listener, data_dir: self.data_dir, extra_items: self.items, provider, start };
        let running = app::demo::start(demo).await?;
        if self.json {
            let tokens: BTreeMap<_, _> = running.tokens.iter().cloned().collect();
            output::json(&json!({
                "graphqlUrl": running.graphql_url, "consoleUrl": running.console_url,
                "graphiqlUrl": running.graphiql_url, "sandboxUrl": running.sandbox_url,
                "businessId": running.business.to_string(), "tokens": tokens,
            }))?;
        } else {
            output::line(&format!(
                "Console    {}\nGraphiQL   {}\nGraphQL    {}\nSandbox    {}\n\nTokens",
                running.console_url, running.graphiql_url, running.graphql_url, running.sandbox_url
            ))?;
            for (role, token) in &running.tokens {
                output::line(&format!("{role:<10} {token}"))?;
            }
            output::line("\nCtrl-C ends it; the data stays in the folder.")?;
        }
        running.until_stopped().await?;
        Ok(ExitCode::SUCCESS)
    }
}

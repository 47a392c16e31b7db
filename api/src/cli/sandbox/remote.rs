//! `stockbridge sandbox fault`, `calm` and `tell`: commands to a sandbox that is running.
//!
//! Rule: they go to its control endpoint, which every sandbox has; what it refuses is refused here, in its words.

use std::{process::ExitCode, str::FromStr, time::Duration};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};
use url::Url;

use super::{
    super::output,
    fault::{Fault, GRAMMAR},
};

/// How long a sandbox may take to obey.
const PATIENCE: Duration = Duration::from_secs(10);

/// A command to a running sandbox.
#[derive(Debug, Subcommand)]
pub(super) enum Remote {
    /// Break calls to come.
    #[command(after_help = GRAMMAR)]
    Fault(Break),
    /// Forget all faults that are not used up.
    Calm(Calm),
    /// Send any command of the control endpoint: `tell revoke-consent`, `tell oauth-rules kill_on_reuse:=true`.
    Tell(Tell),
}

/// Where the sandbox is.
#[derive(Debug, Args)]
struct Place {
    /// Its address, as it said at its start.
    #[arg(long, value_name = "URL")]
    url: Url,
}

#[derive(Debug, Args)]
pub(super) struct Break {
    #[command(flatten)]
    place: Place,
    /// What happens, to which calls; see below.
    #[arg(required = true, value_name = "FAULT")]
    faults: Vec<Fault>,
}

#[derive(Debug, Args)]
pub(super) struct Calm {
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
pub(super) struct Tell {
    #[command(flatten)]
    place: Place,
    /// The command's name.
    command: String,
    /// Its fields: NAME=TEXT, or NAME:=JSON for numbers, booleans, null and objects.
    #[arg(value_name = "FIELD")]
    fields: Vec<Field>,
}

/// A field of a command.
#[derive(Debug, Clone)]
struct Field {
    name: String,
    value: Value,
}

impl FromStr for Field {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) =
            text.split_once('=').ok_or_else(|| format!("{text:?} is neither NAME=TEXT nor NAME:=JSON"))?;
        let (name, value) = match name.strip_suffix(':') {
            Some(name) => {
                (name, serde_json::from_str(value).map_err(|error| format!("{value:?} is no JSON: {error}"))?)
            }
            None => (name, Value::from(value)),
        };
        Ok(Self { name: name.to_owned(), value })
    }
}

impl Remote {
    /// Sends it and prints what the sandbox answered.
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let (place, commands) = match self {
            Self::Fault(fault) => (fault.place, fault.faults.into_iter().map(Fault::into_command).collect()),
            Self::Calm(calm) => (calm.place, vec![json!({"command": "clear-faults"})]),
            Self::Tell(tell) => (tell.place, vec![command(tell.command, tell.fields)]),
        };
        for answer in send(&place.url, commands).await? {
            output::json(&answer)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn command(name: String, fields: Vec<Field>) -> Value {
    let fields = fields.into_iter().map(|field| (field.name, field.value));
    let named = std::iter::once(("command".to_owned(), Value::from(name)));
    Value::Object(Map::from_iter(fields.chain(named)))
}

/// Sends commands; the sandbox reads all of them before it does the first. Its answers, in order.
///
/// # Errors
/// When no sandbox answers, or in its words why it did not obey.
pub(super) async fn send(sandbox: &Url, commands: Vec<Value>) -> anyhow::Result<Vec<Value>> {
    // The TLS library asks for one process-wide choice; set already is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build().context("no HTTP client")?;
    let address = sandbox.join("/sandbox/control")?;
    let sent = client.post(address).json(&commands).send().await;
    let answer = sent.map_err(reqwest::Error::without_url).with_context(|| {
        format!("no sandbox answers at {sandbox}; start one with `stockbridge sandbox`, which says where it is")
    })?;
    let status = answer.status();
    let body: Value = answer
        .json()
        .await
        .map_err(reqwest::Error::without_url)
        .with_context(|| format!("what answers at {sandbox} (with status {}) is no sandbox", status.as_u16()))?;
    match (status.is_success(), body["results"].as_array(), body["error"].as_str()) {
        (true, Some(results), _) => Ok(results.clone()),
        (_, _, Some(reason)) => bail!("the sandbox does not obey: {reason}"),
        _ => bail!("what answers at {sandbox} (with status {}) is no sandbox", status.as_u16()),
    }
}

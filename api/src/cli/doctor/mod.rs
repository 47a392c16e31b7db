//! `stockbridge doctor`: one line per check, and what to do where one fails.
//!
//! Rule: changes nothing. Every check runs that can; the exit code says whether all of them are well.

mod ledger;
mod margins;
mod reach;

use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::Args;
use serde::Serialize;

use super::{Configuration, output};
use crate::{
    app::Migrator,
    auth::Authenticator,
    config::Config,
    database::{self, Missing},
};

/// No machine that runs this is from before; one that says so has lost its clock.
const EARLIEST: &str = "2026-01-01T00:00:00Z";

/// Check configuration, database, keys, clock and providers, and say what to do.
#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Ok,
    /// Works, but something is worth knowing.
    Note,
    Fail,
}

/// One check.
#[derive(Debug, Serialize)]
struct Finding {
    check: String,
    outcome: Outcome,
    text: String,
}

impl Finding {
    fn ok(check: impl Into<String>, text: impl Into<String>) -> Self {
        Self { check: check.into(), outcome: Outcome::Ok, text: text.into() }
    }

    fn note(check: impl Into<String>, text: impl Into<String>) -> Self {
        Self { check: check.into(), outcome: Outcome::Note, text: text.into() }
    }

    fn fail(check: impl Into<String>, text: impl Into<String>) -> Self {
        Self { check: check.into(), outcome: Outcome::Fail, text: text.into() }
    }

    fn line(&self) -> String {
        let mark = match self.outcome {
            Outcome::Ok => "ok  ",
            Outcome::Note => "note",
            Outcome::Fail => "FAIL",
        };
        format!("{mark}  {:<14}  {}", self.check, self.text)
    }
}

impl Doctor {
    pub(super) async fn run(self, configuration: &Configuration) -> anyhow::Result<ExitCode> {
        let findings = match configuration.load() {
            Ok(config) => examine(&config).await,
            Err(problem) => vec![Finding::fail("configuration", problem.to_string()), clock(Utc::now())],
        };
        if self.json {
            output::json(&findings)?;
        } else {
            for finding in &findings {
                output::line(&finding.line())?;
            }
        }
        let well = findings.iter().all(|finding| finding.outcome != Outcome::Fail);
        Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

async fn examine(config: &Config) -> Vec<Finding> {
    let mut findings = vec![Finding::ok("configuration", "every setting is known and possible")];
    findings.push(listening(config));
    findings.push(tokens(config));
    findings.push(vault(config));
    findings.push(clock(Utc::now()));
    let tables = tables(config).await;
    let usable = tables.outcome != Outcome::Fail;
    findings.push(tables);
    if usable {
        findings.push(ledger::proof(config).await);
        findings.push(margins::proof(config).await);
    }
    findings.extend(reach::providers(config).await);
    findings
}

fn listening(config: &Config) -> Finding {
    let address = config.server.listen;
    if address.ip().is_loopback() || config.server.allow_remote {
        return Finding::ok("server", format!("listens on {address}"));
    }
    let text = format!(
        "listens on {address}, beyond this machine and without TLS; put a proxy with TLS in front and set server.allow_remote = true, or listen on 127.0.0.1"
    );
    Finding::note("server", text)
}

fn tokens(config: &Config) -> Finding {
    match Authenticator::new(&config.auth, std::sync::Arc::new(providers::clock::SystemClock)) {
        Err(problem) => Finding::fail("tokens", problem.to_string()),
        Ok(_) if config.auth.jwks_url.is_some() && config.auth.audience.is_none() => Finding::note(
            "tokens",
            "are checked with published keys, but for any audience; set auth.audience, or tokens for other services open this one",
        ),
        Ok(_) => Finding::ok("tokens", "can be checked"),
    }
}

fn vault(config: &Config) -> Finding {
    match config.vault.required() {
        Ok((current, older)) => {
            Finding::ok("vault", format!("seals with key {:?}; {} older can still open", current.id, older.len()))
        }
        Err(problem) => Finding::fail("vault", problem.to_string()),
    }
}

fn clock(now: DateTime<Utc>) -> Finding {
    let plausible = EARLIEST.parse::<DateTime<Utc>>().is_ok_and(|earliest| now >= earliest);
    if plausible {
        Finding::ok("clock", format!("says {}", now.format("%Y-%m-%d %H:%M:%S UTC")))
    } else {
        let text =
            format!("says {}; set it, or tokens and signatures will be refused", now.format("%Y-%m-%d %H:%M:%S UTC"));
        Finding::fail("clock", text)
    }
}

async fn tables(config: &Config) -> Finding {
    let checked = async {
        let connection = database::open(&config.database, Missing::Refuse).await?;
        let current = database::require_current::<Migrator>(&config.database, &connection).await;
        connection.close().await.map_err(database::DatabaseFault::Other)?;
        current
    };
    match checked.await {
        Ok(()) => Finding::ok("database", "is up to date and can be written"),
        Err(fault) => Finding::fail("database", fault.to_string()),
    }
}

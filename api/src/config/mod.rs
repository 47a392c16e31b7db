//! The configuration: defaults, then a TOML file, then `STOCKBRIDGE_…` variables, the later one winning.
//!
//! Rule: nothing unknown is ignored. A key, a variable or a provider that does not exist is an error that names it, where
//! it stands, and the name most like it.

mod auth;
mod call_log;
mod database;
mod environment;
mod exports;
mod limits;
mod problem;
mod providers;
mod reference;
mod secret;
mod section;
mod server;
mod sync;
mod telemetry;
#[cfg(test)]
mod tests;
mod vault;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use figment::{
    Figment,
    providers::{Format, Toml},
};
use serde::Deserialize;

pub use self::{
    auth::Auth,
    call_log::CallLog,
    database::Database,
    exports::Exports,
    limits::Limits,
    problem::Problem,
    providers::ProviderClient,
    reference::{fields, markdown},
    secret::SecretText,
    section::{Field, Kind},
    server::Server,
    sync::Sync,
    telemetry::{LogFormat, Telemetry},
    vault::{EncryptionKey, Vault},
};
use self::{environment::Environment, section::PREFIX};

/// The file that is read when it exists and no other is named.
pub const DEFAULT_FILE: &str = "stockbridge.toml";

/// Everything an operator can set.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the gateway listens and how it is seen from outside.
    pub server: Server,
    /// Where the data is.
    pub database: Database,
    /// Which tokens open the gateway.
    pub auth: Auth,
    /// The keys that seal provider tokens.
    pub vault: Vault,
    /// How much one request may ask for.
    pub limits: Limits,
    /// How synchronisation runs.
    pub sync: Sync,
    /// How posted documents are watched.
    pub exports: Exports,
    /// What is kept of every provider call.
    pub call_log: CallLog,
    /// Provider clients by provider id.
    pub providers: BTreeMap<String, ProviderClient>,
    /// What the program says about itself.
    pub telemetry: Telemetry,
}

/// Where a configuration is read from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The file to read; must exist.
    pub file: Option<PathBuf>,
    /// The file to read if it exists and `file` is not given.
    pub default_file: Option<PathBuf>,
    /// Environment variables, ours among them.
    pub variables: Vec<(String, String)>,
    /// Ids of the providers that this build knows.
    pub provider_ids: Vec<&'static str>,
}

impl Sources {
    /// The process environment, `file` or else `./stockbridge.toml`, and the registered providers.
    pub fn of_process(file: Option<PathBuf>) -> Self {
        Self {
            file,
            default_file: Some(PathBuf::from(DEFAULT_FILE)),
            variables: std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
                .filter(|(name, _)| name.starts_with(PREFIX))
                .map(|(name, value)| (name, value.to_string_lossy().into_owned()))
                .collect(),
            provider_ids: ::providers::registry::PROVIDERS.iter().map(|entry| entry.id).collect(),
        }
    }
}

impl Config {
    /// Reads and checks the configuration.
    ///
    /// # Errors
    /// The first problem found; see [`Problem`].
    pub fn load(sources: &Sources) -> Result<Self, Problem> {
        let environment = Environment::read(sources.variables.iter().cloned(), &fields(), &sources.provider_ids)?;
        let figment = with_file(Figment::new(), sources)?.merge(environment);
        let config: Self = figment.extract().map_err(Problem::from_figment)?;
        config.check_providers(&figment, &sources.provider_ids)?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), Problem> {
        self.server.check()?;
        self.database.check()?;
        self.auth.check()?;
        self.vault.check()?;
        self.limits.check()?;
        self.sync.check()?;
        self.exports.check()?;
        self.providers.iter().try_for_each(|(id, client)| client.check(id))
    }

    fn check_providers(&self, figment: &Figment, known: &[&'static str]) -> Result<(), Problem> {
        let unknown = self.providers.keys().find(|id| !known.contains(&id.as_str()));
        unknown.map_or(Ok(()), |id| {
            let path = format!("providers.{id}");
            let paths: Vec<String> = known.iter().map(|id| format!("providers.{id}")).collect();
            let origin = figment.find_metadata(&path).map_or_else(|| "the configuration".to_owned(), problem::origin);
            Err(Problem::unknown(&path, origin, paths.iter().map(String::as_str)))
        })
    }
}

fn with_file(figment: Figment, sources: &Sources) -> Result<Figment, Problem> {
    let chosen = match (&sources.file, &sources.default_file) {
        (Some(file), _) => file,
        (None, Some(file)) if file.exists() => file,
        _ => return Ok(figment),
    };
    // Read here for an error that says what to do; figment reads it again so that its errors name the file.
    std::fs::read_to_string(chosen).map_err(|error| unreadable(chosen, &error))?;
    Ok(figment.merge(Toml::file_exact(chosen)))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    let reason = match error.kind() {
        std::io::ErrorKind::NotFound => "does not exist; give its path with --config".to_owned(),
        std::io::ErrorKind::PermissionDenied => "may not be read; give this user the right to".to_owned(),
        std::io::ErrorKind::InvalidData => "is not UTF-8 text".to_owned(),
        _ => format!("cannot be read: {error}"),
    };
    Problem::File { path: path.to_owned(), reason }
}

//! `stockbridge migrate`.

use std::process::ExitCode;

use clap::Args;

use super::{Configuration, output};
use crate::{
    app::Migrator,
    database::{self, Missing},
    telemetry,
};

/// Bring the database up to date; makes it if there is none.
#[derive(Debug, Args)]
pub(super) struct Migrate {}

impl Migrate {
    pub(super) async fn run(self, configuration: &Configuration) -> anyhow::Result<ExitCode> {
        let config = configuration.load()?;
        telemetry::start_logs(&config.telemetry)?;
        let connection = database::open(&config.database, Missing::Create).await?;
        let changes = database::migrate::<Migrator>(&config.database, &connection).await?;
        output::line(&match changes {
            0 => "The database is up to date.".to_owned(),
            1 => "The database is up to date; 1 change was made.".to_owned(),
            changes => format!("The database is up to date; {changes} changes were made."),
        })?;
        connection.close().await?;
        Ok(ExitCode::SUCCESS)
    }
}

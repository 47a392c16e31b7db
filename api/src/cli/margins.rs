//! `stockbridge margins rebuild`: the sums by month, made anew from the sale lines.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use domain::{Ambient, business::Businesses, margin::Margins as Reports};
use entity::{BusinessId, TypedId};

use super::{Configuration, output};
use crate::{app, telemetry};

/// The sums that reports of margins are read from.
#[derive(Debug, Args)]
pub(super) struct Margins {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the sums anew from the sale lines, each business in a transaction of its own; harmless while the gateway runs.
    Rebuild(Rebuild),
}

#[derive(Debug, Args)]
struct Rebuild {
    /// Only this business, biz_…; all of them if left out.
    #[arg(long, value_parser = id)]
    business: Option<BusinessId>,
}

impl Margins {
    pub(super) async fn run(self, configuration: &Configuration) -> anyhow::Result<ExitCode> {
        let Command::Rebuild(rebuild) = self.command;
        let config = configuration.load()?;
        telemetry::start_logs(&config.telemetry)?;
        let db = app::open_database(&config).await?;
        let businesses = match rebuild.business {
            Some(business) => vec![business],
            None => Businesses::new(db.clone(), Ambient::system()).all().await?,
        };
        let reports = Reports::new(db.clone());
        for business in businesses {
            let sums = reports.rebuild(business).await?;
            output::line(&format!("{business}: {sums} sums"))?;
        }
        db.close().await?;
        Ok(ExitCode::SUCCESS)
    }
}

fn id(text: &str) -> Result<BusinessId, String> {
    BusinessId::parse(text).map_err(|error| error.to_string())
}

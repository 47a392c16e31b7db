//! `stockbridge business`.

use std::process::ExitCode;

use clap::Args;
use domain::{
    Ambient,
    business::{Business as Row, Businesses},
};
use entity::{BusinessId, TypedId};

use super::{Configuration, output};
use crate::{app, telemetry};

/// Make a business and print its id, for tokens to name.
#[derive(Debug, Args)]
pub(super) struct Business {
    /// Name for people.
    #[arg(long)]
    name: String,
    /// Home currency, ISO 4217.
    #[arg(long, default_value = "USD", value_parser = currency)]
    currency: String,
    /// IANA time zone; decides what day it is.
    #[arg(long, default_value = "Etc/UTC", value_parser = time_zone)]
    time_zone: String,
    /// The id, biz_…, when it is given by another system; a business that has it already is left alone.
    #[arg(long, value_parser = id)]
    id: Option<BusinessId>,
}

impl Business {
    pub(super) async fn run(self, configuration: &Configuration) -> anyhow::Result<ExitCode> {
        let config = configuration.load()?;
        telemetry::start_logs(&config.telemetry)?;
        let db = app::open_database(&config).await?;
        let ambient = Ambient::system();
        let row = Row {
            id: self.id.unwrap_or_else(|| ambient.id()),
            name: self.name,
            time_zone: self.time_zone,
            currency: self.currency,
            receiving: false,
            sales_tracking: false,
            qa_review: false,
            created_at: ambient.now(),
        };
        let made = row.id;
        Businesses::new(db.clone(), ambient).ensure(row).await?;
        db.close().await?;
        output::line(&made.to_string())?;
        Ok(ExitCode::SUCCESS)
    }
}

fn id(text: &str) -> Result<BusinessId, String> {
    BusinessId::parse(text).map_err(|error| error.to_string())
}

fn currency(text: &str) -> Result<String, String> {
    let fits = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    if fits { Ok(text.to_owned()) } else { Err("write three capital letters, as in USD".to_owned()) }
}

fn time_zone(text: &str) -> Result<String, String> {
    text.parse::<chrono_tz::Tz>()
        .map(|zone| zone.name().to_owned())
        .map_err(|_| "write an IANA time zone, as in America/Los_Angeles".to_owned())
}

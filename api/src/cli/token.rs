//! `stockbridge token`.

use std::{process::ExitCode, time::Duration};

use chrono::{TimeDelta, Utc};
use clap::Args;
use entity::{BusinessId, Role, TypedId};

use super::{Configuration, output};
use crate::auth::{Grant, ROLES, mint, role_named};

/// Make a token, signed with the configured HS256 secret.
#[derive(Debug, Args)]
pub(super) struct Token {
    /// OWNER, ADMIN, ACCOUNTANT or BUILDER.
    #[arg(long, value_parser = role)]
    role: Role,
    /// Who it is for: a person or a program.
    #[arg(long)]
    subject: String,
    /// The id of the business, biz_….
    #[arg(long, value_parser = business)]
    business: BusinessId,
    /// How long it is valid, as 30m, 12h or 30d.
    #[arg(long, default_value = "12h", value_parser = span)]
    expires: Duration,
}

impl Token {
    pub(super) fn run(self, configuration: &Configuration) -> anyhow::Result<ExitCode> {
        let config = configuration.load()?;
        let issued_at = Utc::now();
        let expires_at = issued_at + TimeDelta::from_std(self.expires)?;
        let grant = Grant { subject: self.subject, business: self.business, role: self.role, issued_at, expires_at };
        output::line(&mint(&config.auth, &grant)?)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn role(text: &str) -> Result<Role, String> {
    role_named(&text.to_ascii_uppercase())
        .ok_or_else(|| format!("use one of {}", ROLES.map(|(_, name)| name).join(", ")))
}

fn business(text: &str) -> Result<BusinessId, String> {
    BusinessId::parse(text).map_err(|error| error.to_string())
}

/// A span of whole minutes, hours or days; at most ten years, which is a mistake already.
pub(super) fn span(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is no span of time; write for example 30m, 12h or 30d");
    let (digits, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let seconds: u64 = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(wrong()),
    };
    let count: u64 = digits.parse().map_err(|_| wrong())?;
    let span = count.checked_mul(seconds).filter(|span| (1..=3_650 * 86_400).contains(span));
    span.map(Duration::from_secs).ok_or_else(wrong)
}

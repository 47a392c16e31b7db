//! `company.csv`, or the options in its place: whose books these are.
//!
//! Rule: a session of another company is refused, so that a folder exchanged by mistake takes no entry.

use chrono::NaiveDate;

use super::{
    config::Config,
    table::{Row, Table},
    trouble::{inaccessible, misconfigured, rejected},
};
use crate::{error::ProviderError, model::RemoteCompany};

pub(super) const FILE: &str = "company.csv";

/// The company's id where the file names none.
const ID: &str = "books";

/// The company with its currency, which the books cannot do without.
#[derive(Debug, Clone)]
pub(super) struct Company {
    pub(super) remote: RemoteCompany,
    pub(super) currency: String,
}

/// Reads the company.
///
/// # Errors
/// `Misconfigured`, naming the file or the option.
pub(super) fn read(config: &Config) -> Result<Company, ProviderError> {
    let found = std::fs::metadata(&config.directory).map_err(|error| inaccessible(&config.directory, &error))?;
    if !found.is_dir() {
        return Err(misconfigured(format!("option `directory` is {}, which is no folder", config.directory.display())));
    }
    let path = config.directory.join(FILE);
    match Table::read(&path, &["name", "currency"])? {
        Some(table) => {
            let empty = || misconfigured(format!("{} has no row below its first line", path.display()));
            from_row(table.rows().next().ok_or_else(empty)?)
        }
        None => from_options(config),
    }
}

/// The company, if it is the one that a session is for.
///
/// # Errors
/// `Rejected` if it is another one; otherwise as [`read`].
pub(super) fn read_for(config: &Config, id: &str) -> Result<Company, ProviderError> {
    let company = read(config)?;
    let found = &company.remote.external_id;
    if found == id {
        return Ok(company);
    }
    let text = format!("{} holds the books of `{found}`, not of `{id}`", config.directory.display());
    Err(rejected(format!("{text}; set option `directory` back, or connect again")))
}

fn from_row(row: Row<'_>) -> Result<Company, ProviderError> {
    let complain = |(_, detail): super::table::Complaint| misconfigured(detail);
    let currency = row.text("currency").unwrap_or_default();
    if !is_currency(currency) {
        return Err(complain(row.invalid("currency", "is no currency code like USD")));
    }
    let closed = row.text("books_closed_until").map(str::parse::<NaiveDate>).transpose();
    Ok(company(
        RemoteCompany {
            external_id: row.owned("id").unwrap_or_else(|| ID.to_owned()),
            name: row.name().map_err(complain)?,
            country: row.owned("country"),
            book_close_date: closed
                .map_err(|_| complain(row.invalid("books_closed_until", "is no day like 2026-12-31")))?,
            time_zone: time_zone(row)?,
            ..blank()
        },
        currency,
    ))
}

fn time_zone(row: Row<'_>) -> Result<Option<String>, ProviderError> {
    match row.text("time_zone") {
        Some(zone) if zone.parse::<chrono_tz::Tz>().is_err() => {
            Err(misconfigured(row.invalid("time_zone", "is no time zone like Europe/Rome").1))
        }
        zone => Ok(zone.map(str::to_owned)),
    }
}

fn from_options(config: &Config) -> Result<Company, ProviderError> {
    let lacking = |option: &str| {
        let path = config.directory.join(FILE);
        misconfigured(format!(
            "option `{option}` is missing; set it, or write {} with name and currency",
            path.display()
        ))
    };
    let name = config.name.clone().ok_or_else(|| lacking("name"))?;
    let currency = config.currency.as_deref().ok_or_else(|| lacking("currency"))?;
    if !is_currency(currency) {
        return Err(misconfigured(format!("option `currency` is `{currency}`, which is no currency code like USD")));
    }
    Ok(company(RemoteCompany { external_id: ID.to_owned(), name, ..blank() }, currency))
}

fn company(remote: RemoteCompany, currency: &str) -> Company {
    Company {
        remote: RemoteCompany { home_currency: Some(currency.to_owned()), ..remote },
        currency: currency.to_owned(),
    }
}

fn blank() -> RemoteCompany {
    RemoteCompany {
        external_id: String::new(),
        name: String::new(),
        country: None,
        edition: None,
        home_currency: None,
        multicurrency: false,
        // The gateway counts stock; these books only take its value.
        inventory_enabled: false,
        book_close_date: None,
        time_zone: None,
    }
}

/// Three capitals (ISO 4217), which both syntaxes take for a commodity.
fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

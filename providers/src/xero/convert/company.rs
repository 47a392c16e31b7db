//! The organisation (§3.6).
//!
//! Rule: a lock date that cannot be read is an error, never an open period.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::zone::iana;
use crate::{
    error::ProviderError,
    model::RemoteCompany,
    xero::{
        error::malformed,
        scalar::{Scalar, day},
        wire::{Currency, Organisation},
    },
};

/// What matters here of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::xero) struct OrganisationFacts {
    name: Option<String>,
    country: Option<String>,
    edition: Option<String>,
    /// Base currency.
    pub(in crate::xero) currency: Option<String>,
    book_close_date: Option<NaiveDate>,
    time_zone: Option<String>,
}

impl TryFrom<&Organisation<'_>> for OrganisationFacts {
    type Error = ProviderError;

    /// Two locks, one for all users but advisers and one for the ended year; the later of them closes the books for us.
    fn try_from(wire: &Organisation<'_>) -> Result<Self, ProviderError> {
        let period = lock("PeriodLockDate", wire.period_lock_date)?;
        let year = lock("EndOfYearLockDate", wire.end_of_year_lock_date)?;
        Ok(Self {
            name: wire.name.owned().or_else(|| wire.legal_name.owned()),
            country: wire.country_code.owned(),
            edition: wire.class.owned(),
            currency: wire.base_currency.owned(),
            book_close_date: period.max(year),
            time_zone: wire.timezone.text().and_then(|zone| iana(&zone).map(str::to_owned)),
        })
    }
}

/// An organisation with its currencies. Whether it counts stock shows in its items alone, there is no setting for it;
/// for the gateway it does not, because no quantity could be changed (§3.1).
pub(in crate::xero) fn company(id: &str, facts: OrganisationFacts, currencies: &BTreeSet<String>) -> RemoteCompany {
    RemoteCompany {
        external_id: id.to_owned(),
        name: facts.name.unwrap_or_else(|| id.to_owned()),
        country: facts.country,
        edition: facts.edition,
        multicurrency: currencies.iter().any(|code| Some(code) != facts.currency.as_ref()),
        home_currency: facts.currency,
        inventory_enabled: false,
        book_close_date: facts.book_close_date,
        time_zone: facts.time_zone,
    }
}

/// The codes of currencies.
pub(in crate::xero) fn currencies(wire: &[Currency<'_>]) -> BTreeSet<String> {
    wire.iter().filter_map(|currency| currency.code.owned()).collect()
}

fn lock(field: &str, date: Scalar<'_>) -> Result<Option<NaiveDate>, ProviderError> {
    let read = |text: &str| day(text).ok_or_else(|| malformed(&format!("{field} `{text}` cannot be read")));
    date.text().map(|text| read(&text)).transpose()
}

//! The company behind a connection, with the settings that decide what may be done there.

use chrono::NaiveDate;

/// The company behind a connection, with the settings that decide what the gateway may do there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteCompany {
    /// The provider's company id (realm, tenant).
    pub external_id: String,
    /// Company name.
    pub name: String,
    /// ISO 3166 country code or name, as the provider gives it.
    pub country: Option<String>,
    /// The provider's edition or plan, as it names it.
    pub edition: Option<String>,
    /// Home currency, ISO 4217.
    pub home_currency: Option<String>,
    /// Whether documents may be in other currencies.
    pub multicurrency: bool,
    /// Whether the company counts stock in the provider.
    pub inventory_enabled: bool,
    /// The last day of the closed books.
    pub book_close_date: Option<NaiveDate>,
    /// IANA time zone of the company.
    pub time_zone: Option<String>,
}

/// A company that a consent covers, to pick from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyChoice {
    /// The provider's company id.
    pub external_id: String,
    /// Company name, where the provider tells it with the consent.
    pub name: Option<String>,
}

//! The providers this build knows: one line each.
//!
//! Rule: adding a provider is its folder and its line here; nothing else names it.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::{
    capability::Capability,
    error::ProviderError,
    provider::Provider,
    sandbox::{SetUpFixture, StartSandbox},
    settings::ProviderSettings,
};

/// All providers, in the order people see them.
#[rustfmt::skip]
pub static PROVIDERS: &[&ProviderEntry] = &[
    &crate::quickbooks::ENTRY,
    &crate::xero::ENTRY,
    &crate::books_file::ENTRY,
];

/// How a provider enters the program.
#[derive(Debug)]
pub struct ProviderEntry {
    /// Short, stable id: configuration section, path of the OAuth callback, column value.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// What it can do; known before it is configured.
    pub capability: Capability,
    /// Makes the provider from its settings.
    pub build: fn(&ProviderSettings) -> Result<Arc<dyn Provider>, ProviderError>,
    /// Cases of the conformance suite (`area` or `area::case`) that are not proven yet, because its sandbox cannot show
    /// them; to be empty. The suite counts and prints them.
    pub unproved: &'static [&'static str],
    /// Starts its sandbox, where it has one.
    pub sandbox: Option<StartSandbox>,
    /// Sets up a company to try it on, where it has no service and so no sandbox.
    pub fixture: Option<SetUpFixture>,
}

/// The entry with this id.
pub fn find(id: &str) -> Option<&'static ProviderEntry> {
    PROVIDERS.iter().copied().find(|entry| entry.id == id)
}

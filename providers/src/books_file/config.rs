//! What the operator sets for this provider.
//!
//! Rule: an unknown option, environment or endpoint is refused by name; nothing is guessed.

use std::path::PathBuf;

use super::trouble::misconfigured;
use crate::{error::ProviderError, settings::ProviderSettings};

const OPTIONS: [&str; 4] = ["directory", "syntax", "name", "currency"];

/// Which program reads the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    /// <https://hledger.org/hledger.html>
    Hledger,
    /// <https://beancount.github.io/docs/beancount_language_syntax.html>
    Beancount,
}

impl Syntax {
    pub(super) const ALL: [Self; 2] = [Self::Hledger, Self::Beancount];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Hledger => "hledger",
            Self::Beancount => "beancount",
        }
    }

    /// Ending of its files.
    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Hledger => "journal",
            Self::Beancount => "beancount",
        }
    }
}

/// Where the books are, and how they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Config {
    pub(super) directory: PathBuf,
    pub(super) syntax: Syntax,
    /// Company name, where there is no `company.csv`.
    pub(super) name: Option<String>,
    /// Home currency, where there is no `company.csv`.
    pub(super) currency: Option<String>,
}

impl Config {
    /// Reads the options.
    ///
    /// # Errors
    /// `Misconfigured`, naming the setting.
    pub(super) fn of(settings: &ProviderSettings) -> Result<Self, ProviderError> {
        if let Some(endpoint) = settings.endpoints.keys().next() {
            return Err(misconfigured(format!("unknown endpoint `{endpoint}`; books in files are called nowhere")));
        }
        if let Some(environment) = &settings.environment {
            return Err(misconfigured(format!("unknown environment `{environment}`; books in files have none")));
        }
        if let Some(unknown) = settings.options.keys().find(|name| !OPTIONS.contains(&name.as_str())) {
            return Err(misconfigured(format!("unknown option `{unknown}`; known are {}", OPTIONS.join(", "))));
        }
        let option = |name: &str| settings.options.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
        let directory = option("directory")
            .ok_or_else(|| misconfigured("option `directory` is missing; set it to the folder with the books"))?;
        Ok(Self {
            directory: PathBuf::from(directory),
            syntax: syntax(option("syntax"))?,
            name: option("name").map(str::to_owned),
            currency: option("currency").map(str::to_owned),
        })
    }
}

fn syntax(text: Option<&str>) -> Result<Syntax, ProviderError> {
    let Some(text) = text else { return Ok(Syntax::Hledger) };
    Syntax::ALL.into_iter().find(|syntax| syntax.name() == text).ok_or_else(|| {
        misconfigured(format!("option `syntax` is `{text}`; known are {}", Syntax::ALL.map(Syntax::name).join(", ")))
    })
}

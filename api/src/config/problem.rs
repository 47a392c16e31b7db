//! What can be wrong with a configuration, said so that the reader knows what to change and where.
//!
//! Rule: names the setting, its source and the nearest known name; never repeats a value that may be a secret.

use std::path::PathBuf;

use figment::error::Kind;

use super::section::PREFIX;

/// One thing wrong with the configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A value is missing or not possible.
    #[error("{path} {reason} (variable {variable}, or {path} in the configuration file)")]
    Value {
        /// Path of the setting.
        path: String,
        /// Its environment variable.
        variable: String,
        /// What is wrong and what to do.
        reason: String,
    },
    /// Nothing of that name exists.
    #[error("unknown setting {name} in {origin}{}", hint(.nearest))]
    Unknown {
        /// The name as it was written.
        name: String,
        /// File or environment.
        origin: String,
        /// The known name most like it.
        nearest: Option<String>,
    },
    /// A value has the wrong form.
    #[error("{path} in {origin}: {reason}")]
    Form {
        /// Path of the setting.
        path: String,
        /// File or environment.
        origin: String,
        /// What was expected.
        reason: String,
    },
    /// The file cannot be read.
    #[error("configuration file {} {reason}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

fn hint(nearest: &Option<String>) -> String {
    match nearest {
        Some(name) => format!("; did you mean {name}?"),
        None => "; docs/CONFIGURATION.md lists all of them".to_owned(),
    }
}

impl Problem {
    /// A value that is missing or not possible.
    pub fn at(path: impl Into<String>, reason: impl Into<String>) -> Self {
        let path = path.into();
        let variable = variable(&path);
        Self::Value { path, variable, reason: reason.into() }
    }

    /// Nothing, or [`Problem::at`] when `fine` is false.
    pub(super) fn unless(fine: bool, path: impl Into<String>, reason: &str) -> Result<(), Self> {
        if fine { Ok(()) } else { Err(Self::at(path, reason)) }
    }

    /// An unknown name, with the most similar of `known`.
    pub(super) fn unknown<'a>(name: &str, origin: String, known: impl Iterator<Item = &'a str>) -> Self {
        Self::Unknown { name: name.to_owned(), origin, nearest: nearest(name, known) }
    }

    /// What figment found, in our words.
    pub(super) fn from_figment(error: figment::Error) -> Self {
        let origin = error.metadata.as_ref().map_or_else(|| "the configuration".to_owned(), origin);
        let path = error.path.join(".");
        match &error.kind {
            Kind::UnknownField(name, known) => {
                let parent = path.strip_suffix(name.as_str()).unwrap_or(&path).trim_end_matches('.').to_owned();
                let whole = |name: &str| if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") };
                let nearest = nearest(name, known.iter().copied()).map(|name| whole(&name));
                Self::Unknown { name: whole(name), origin, nearest }
            }
            Kind::Message(message) if path.is_empty() => {
                Self::Form { path: "syntax".to_owned(), origin, reason: without_source_lines(message) }
            }
            kind => Self::Form { path, origin, reason: kind.to_string() },
        }
    }
}

/// The environment variable of a path.
pub(super) fn variable(path: &str) -> String {
    format!("{PREFIX}{}", path.replace('.', "__").to_uppercase())
}

pub(super) fn origin(metadata: &figment::Metadata) -> String {
    metadata.source.as_ref().map_or_else(|| metadata.name.to_string(), ToString::to_string)
}

/// A syntax error quotes the line it is about, and that line may hold a secret.
fn without_source_lines(message: &str) -> String {
    let kept = message.lines().filter(|line| !line.contains('|') && !line.trim().is_empty());
    kept.map(str::trim).collect::<Vec<_>>().join("; ")
}

/// At most this share of a name may differ from the one offered for it, in percent.
const DIFFERENT_PERCENT: u64 = 40;

fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let distance = |other: &str| strsim::damerau_levenshtein(name, other);
    let candidate = known.min_by_key(|other| distance(other))?;
    let longest = name.len().max(candidate.len()) as u64;
    let wrong = distance(candidate) as u64;
    (wrong * 100 <= longest * DIFFERENT_PERCENT).then(|| candidate.to_owned())
}

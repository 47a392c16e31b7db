//! Errors of this provider: each names the file and what to do.
//!
//! Rule: what the operator can mend is `Misconfigured` or `Rejected`; only the disk itself is `Unavailable`. The operation
//! is filled in where the record of the call is made.

use std::{io, path::Path};

use crate::error::{ErrorKind, Outcome, ProviderError, Retry};

/// Stands in an error until [`super::observe`] names the operation.
const UNNAMED: &str = "books";

pub(super) fn misconfigured(text: impl Into<String>) -> ProviderError {
    ProviderError::new(ErrorKind::Misconfigured, "books.settings", text)
}

pub(super) fn rejected(text: impl Into<String>) -> ProviderError {
    ProviderError::new(ErrorKind::Rejected, UNNAMED, text)
}

pub(super) fn not_found(text: impl Into<String>) -> ProviderError {
    ProviderError::new(ErrorKind::NotFound, UNNAMED, text)
}

pub(super) fn closed(text: impl Into<String>) -> ProviderError {
    ProviderError::new(ErrorKind::PeriodClosed, UNNAMED, text)
}

/// A file that says something this provider does not understand. A repeat would find the same.
pub(super) fn malformed(text: impl Into<String>) -> ProviderError {
    ProviderError::new(ErrorKind::Malformed, UNNAMED, text)
}

/// A file that cannot be read or written.
pub(super) fn inaccessible(path: &Path, error: &io::Error) -> ProviderError {
    let shown = path.display();
    match error.kind() {
        io::ErrorKind::NotFound => {
            misconfigured(format!("{shown} does not exist; option `directory` names its folder"))
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => misconfigured(format!(
            "{shown}: {error}; give the gateway's user the right to the folder of option `directory`"
        )),
        io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory => {
            misconfigured(format!("{shown}: {error}; option `directory` names a folder with plain files in it"))
        }
        _ => {
            ProviderError::new(ErrorKind::Unavailable, UNNAMED, format!("{shown}: {error}")).retry(Retry::Backoff(None))
        }
    }
}

/// The same, where the entry may already be in place.
pub(super) fn in_doubt(path: &Path, error: &io::Error) -> ProviderError {
    let text = format!("{} is in place, but not surely on the disk: {error}", path.display());
    ProviderError::new(ErrorKind::Unavailable, UNNAMED, text).retry(Retry::Backoff(None)).outcome(Outcome::Unknown)
}

//! What can be wrong with a database, in one line each.
//!
//! Rule: names the place without its password, and says what to do.

use std::{error::Error as _, path::PathBuf};

use sea_orm::{DbErr, RuntimeErr, sqlx};
use url::Url;

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseFault {
    /// There is no file.
    #[error("there is no database at {}; run `stockbridge migrate` to make it, or set STOCKBRIDGE_DATABASE__URL", .path.display())]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// The path is a folder.
    #[error("{} is a folder; name a file in it, as in sqlite://{}/stockbridge.db", .path.display(), .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
    },
    /// The folder cannot be written.
    #[error("no database can be made in {}: {reason}; give this user the right to write there, or choose another place with STOCKBRIDGE_DATABASE__URL", .path.display())]
    Unwritable {
        /// The folder.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// It can be read but not written.
    #[error("the database {place} can only be read; give this user the right to write to it")]
    ReadOnly {
        /// The database.
        place: String,
    },
    /// The file is something else.
    #[error(
        "{place} is not a SQLite database; name another file with STOCKBRIDGE_DATABASE__URL, or restore it from a backup"
    )]
    NotADatabase {
        /// The file.
        place: String,
    },
    /// No server answers.
    #[error("no database answers at {place} ({reason}); start it, or correct STOCKBRIDGE_DATABASE__URL")]
    Unreachable {
        /// The server.
        place: String,
        /// What the system said.
        reason: String,
    },
    /// The server does not let us in.
    #[error("the database at {place} refuses this user or password; correct STOCKBRIDGE_DATABASE__URL")]
    Refused {
        /// The server.
        place: String,
    },
    /// The server has no such database.
    #[error("the server at {place} has no database of that name; create it, then run `stockbridge migrate`")]
    NoSuchDatabase {
        /// The server and name.
        place: String,
    },
    /// Tables are missing or of an older version.
    #[error("the database is {} change{} behind this program; back it up and run `stockbridge migrate`", .pending, if *.pending == 1 { "" } else { "s" })]
    Older {
        /// Changes to be made.
        pending: usize,
    },
    /// Tables are of a newer version.
    #[error(
        "the database was changed by a newer version of this program ({newest}); run that version, or restore the backup from before"
    )]
    Newer {
        /// The newest change this program does not know.
        newest: String,
    },
    /// Somebody else writes for too long.
    #[error("the database is locked by another program; stop that one, or wait until it is done")]
    Locked,
    /// Another gateway serves from the same file.
    #[error(
        "another stockbridge serves from {place}; stop that one, or name another file with STOCKBRIDGE_DATABASE__URL (several processes need PostgreSQL)"
    )]
    Served {
        /// The file.
        place: String,
    },
    /// The disk is full.
    #[error("the disk of the database is full; make room, nothing was lost")]
    Full,
    /// Anything else.
    #[error("the database cannot be used: {0}")]
    Other(DbErr),
}

/// PostgreSQL's codes (its manual, appendix A).
mod postgres {
    pub(super) const INVALID_PASSWORD: &str = "28P01";
    pub(super) const INVALID_AUTHORIZATION: &str = "28000";
    pub(super) const NO_SUCH_DATABASE: &str = "3D000";
    pub(super) const READ_ONLY: &str = "25006";
    pub(super) const NO_PRIVILEGE: &str = "42501";
    pub(super) const DISK_FULL: &str = "53100";
}

impl DatabaseFault {
    /// What went wrong while opening `url`.
    pub(super) fn from_opening(url: &str, error: &DbErr) -> Self {
        let unreachable = |reason: String| Self::Unreachable { place: place(url), reason };
        match driver(error) {
            Some(sqlx::Error::Io(error)) => unreachable(error.to_string()),
            Some(sqlx::Error::PoolTimedOut) => unreachable("no answer in the time allowed".to_owned()),
            Some(sqlx::Error::Tls(error)) => unreachable(error.to_string()),
            _ => Self::from_using(url, error.clone()),
        }
    }

    /// What went wrong while using the database at `url`.
    pub(super) fn from_using(url: &str, error: DbErr) -> Self {
        let place = place(url);
        match driver_code(&error).as_deref() {
            Some(postgres::INVALID_PASSWORD | postgres::INVALID_AUTHORIZATION) => Self::Refused { place },
            Some(postgres::NO_SUCH_DATABASE) => Self::NoSuchDatabase { place },
            Some(postgres::READ_ONLY | postgres::NO_PRIVILEGE) => Self::ReadOnly { place },
            Some(postgres::DISK_FULL) => Self::Full,
            Some(code) => match sqlite_primary(code) {
                Some(5 | 6) => Self::Locked,
                Some(8) => Self::ReadOnly { place },
                Some(13) => Self::Full,
                Some(14) => Self::Unreachable { place, reason: "the file cannot be opened".to_owned() },
                Some(26) => Self::NotADatabase { place },
                _ => Self::Other(error),
            },
            None => Self::Other(error),
        }
    }
}

/// The first byte of SQLite's extended result code (its documentation, "Result and Error Codes").
fn sqlite_primary(code: &str) -> Option<u32> {
    // PostgreSQL's codes have five characters; SQLite's are short numbers.
    let code: u32 = code.parse().ok().filter(|_| code.len() < 5)?;
    Some(code & 0xff)
}

fn driver(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

fn driver_code(error: &DbErr) -> Option<String> {
    driver(error)?.as_database_error()?.code().map(std::borrow::Cow::into_owned)
}

/// Where a database is, without user and password.
fn place(url: &str) -> String {
    if let Some(file) = super::sqlite::file(url) {
        return file.display().to_string();
    }
    match Url::parse(url) {
        Ok(parsed) if parsed.has_host() => {
            let port = parsed.port().map(|port| format!(":{port}")).unwrap_or_default();
            format!("{}{port}{}", parsed.host_str().unwrap_or_default(), parsed.path())
        }
        _ => "the configured address".to_owned(),
    }
}

/// Whether a table is missing, which says that nothing was migrated yet.
pub(super) fn is_missing_table(error: &DbErr) -> bool {
    let missing_in_postgres = driver_code(error).as_deref() == Some("42P01");
    let text =
        driver(error).and_then(|error| error.source().map(ToString::to_string)).unwrap_or_else(|| error.to_string());
    missing_in_postgres || text.contains("no such table")
}

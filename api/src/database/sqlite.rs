//! What SQLite needs before and while it is opened.
//!
//! Rule: write-ahead log for readers beside a writer, and a commit is on the disk before it counts: what is sent to an
//! accounting system must be remembered, also after the power went.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use percent_encoding::percent_decode_str;
use sea_orm::{
    ConnectOptions,
    sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::{Missing, fault::DatabaseFault};
use crate::config;

/// The address of a file, whatever its name has in it.
pub fn url_of(path: &Path) -> String {
    let escaped = path.to_string_lossy().replace('%', "%25").replace('?', "%3F");
    format!("sqlite://{escaped}")
}

/// The file of a SQLite address; none for a database in memory or another kind.
pub(super) fn file(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite:")?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let path = percent_decode_str(rest.split('?').next().unwrap_or_default()).decode_utf8_lossy();
    (!path.is_empty() && path != ":memory:").then(|| PathBuf::from(path.as_ref()))
}

/// What the driver is given: the file's name goes beside the address, because its reader stumbles over spaces.
pub(super) fn driver_url(url: &str) -> String {
    match (file(url), url.split_once('?')) {
        (Some(_), Some((_, settings))) => format!("sqlite://file?{settings}"),
        (Some(_), None) => "sqlite://file".to_owned(),
        (None, _) => url.to_owned(),
    }
}

/// Connections for readers of a file, at most: each has a thread and about 4 MiB of its own, and more of them than cores
/// read no faster.
pub(super) const READERS: u32 = 8;

/// Makes sure that the file can be opened, or says why not in better words than the driver.
pub(super) fn prepare(file: Option<&Path>, missing: Missing) -> Result<(), DatabaseFault> {
    let Some(file) = file else { return Ok(()) };
    if file.is_dir() {
        return Err(DatabaseFault::Folder { path: file.to_owned() });
    }
    if file.exists() {
        return Ok(());
    }
    if missing == Missing::Refuse {
        return Err(DatabaseFault::Missing { path: file.to_owned() });
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let unwritable = |error: io::Error| DatabaseFault::Unwritable { path: folder.to_owned(), reason: plain(&error) };
    fs::create_dir_all(folder).map_err(unwritable)?;
    // Makes the file now: the driver's words for a folder it may not write to say neither folder nor reason.
    fs::OpenOptions::new().create_new(true).write(true).open(file).map(drop).map_err(unwritable)
}

fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "this user may not write there".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        io::ErrorKind::NotADirectory => "part of the path is a file".to_owned(),
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        _ => error.to_string(),
    }
}

/// Settings of every connection.
pub(super) fn configure(options: &mut ConnectOptions, config: &config::Database, missing: Missing) {
    let busy = Duration::from_millis(config.busy_milliseconds);
    let read_only = config.url.expose().contains("mode=ro");
    let file = file(config.url.expose());
    options.map_sqlx_sqlite_opts(move |options: SqliteConnectOptions| {
        let options = match &file {
            Some(file) => options.filename(file),
            None => options,
        };
        let options = options.foreign_keys(true).busy_timeout(busy).synchronous(SqliteSynchronous::Full);
        // A file that may not be written cannot change its journal.
        if read_only {
            return options;
        }
        options.journal_mode(SqliteJournalMode::Wal).create_if_missing(missing == Missing::Create)
    });
    if config.url.expose().contains(":memory:") {
        // Every connection to memory would be a database of its own.
        options.max_connections(1).min_connections(1);
    }
}

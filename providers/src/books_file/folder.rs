//! The folder `entries/`: reading its files, adding one that is whole or not there.
//!
//! Rule: a file comes into being by a rename, after its content is on the disk, while the lock is held; readers take no lock.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::{
    config::{Config, Syntax},
    entry,
    trouble::{in_doubt, inaccessible, malformed, misconfigured, not_found},
};
use crate::error::ProviderError;

const FOLDER: &str = "entries";
const LOCK: &str = ".lock";
/// Written by the one who holds the lock; what a killed process left is overwritten.
const DRAFT: &str = ".draft";
const ACCOUNTS: &str = "0-accounts";
const MAIN: &str = "books";

/// The folder with the entries of one company.
#[derive(Debug, Clone, Copy)]
pub(super) struct Folder<'a> {
    config: &'a Config,
}

/// Says that nobody else writes; given back when dropped, also by the system when the process ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// A file of transactions.
#[derive(Debug)]
pub(super) struct EntryFile {
    /// Name without the ending.
    pub(super) id: String,
    pub(super) path: PathBuf,
    pub(super) text: String,
    pub(super) modified: Option<chrono::DateTime<chrono::Utc>>,
}

impl<'a> Folder<'a> {
    pub(super) fn of(config: &'a Config) -> Self {
        Self { config }
    }

    fn path(self) -> PathBuf {
        self.config.directory.join(FOLDER)
    }

    /// Where the entry with this id is.
    pub(super) fn path_of(self, id: &str) -> PathBuf {
        self.path().join(format!("{id}.{}", self.config.syntax.extension()))
    }

    /// Waits until nobody else writes. Makes the folder if need be.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub(super) fn lock(self) -> Result<Lock, ProviderError> {
        self.same_syntax()?;
        let folder = self.path();
        match fs::create_dir(&folder) {
            Ok(()) => sync(&self.config.directory).map_err(|error| inaccessible(&folder, &error))?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(inaccessible(&folder, &error)),
        }
        let path = folder.join(LOCK);
        let opened = File::options().create(true).truncate(false).write(true).open(&path);
        let file = opened.map_err(|error| inaccessible(&path, &error))?;
        file.lock().map_err(|error| inaccessible(&path, &error))?;
        Ok(Lock { _file: file })
    }

    /// A folder that began in one syntax would lose sight of its entries in the other, and post them again.
    fn same_syntax(self) -> Result<(), ProviderError> {
        let mut others = Syntax::ALL.into_iter().filter(|syntax| *syntax != self.config.syntax);
        let Some(other) = others.find(|other| self.main_path(*other).exists()) else { return Ok(()) };
        let (path, name) = (self.main_path(other), other.name());
        Err(misconfigured(format!(
            "{} is there: set option `syntax` to {name}, or take another folder",
            path.display()
        )))
    }

    fn main_path(self, syntax: Syntax) -> PathBuf {
        self.config.directory.join(format!("{MAIN}.{}", syntax.extension()))
    }

    /// Sees to it that what every entry needs is there and up to date.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(super) fn prepare(self, lock: &Lock, main: &str, declarations: &str) -> Result<(), ProviderError> {
        let accounts = self.path_of(ACCOUNTS);
        let known = fs::read(&accounts).is_ok_and(|bytes| bytes == declarations.as_bytes());
        if !known {
            self.put(lock, &accounts, declarations)?;
        }
        let path = self.main_path(self.config.syntax);
        if path.exists() { Ok(()) } else { self.put(lock, &path, main) }
    }

    /// Puts a whole file in its place.
    ///
    /// # Errors
    /// Without effect, unless the outcome is unknown.
    pub(super) fn put(self, _lock: &Lock, path: &Path, text: &str) -> Result<(), ProviderError> {
        let draft = self.path().join(DRAFT);
        let written = File::create(&draft).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        written.and_then(|()| fs::rename(&draft, path)).map_err(|error| inaccessible(path, &error))?;
        let folder = path.parent().unwrap_or(&self.config.directory);
        sync(folder).map_err(|error| in_doubt(path, &error))
    }

    /// The file of one entry.
    ///
    /// # Errors
    /// `NotFound` only when there is none.
    pub(super) fn entry(self, id: &str) -> Result<EntryFile, ProviderError> {
        let gone = || not_found(format!("there is no entry `{id}` in {}", self.path().display()));
        if !entry::is_id(id) {
            return Err(gone());
        }
        self.same_syntax()?;
        let path = self.path_of(id);
        match path.symlink_metadata() {
            Ok(_) => read(path),
            // The entry is gone only if its folder can be looked into.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::read_dir(&self.config.directory).map_err(|error| inaccessible(&self.config.directory, &error))?;
                Err(gone())
            }
            Err(error) => Err(inaccessible(&path, &error)),
        }
    }

    /// All files with transactions, in the order of their names. No folder means no entry yet.
    ///
    /// # Errors
    /// When one cannot be read.
    pub(super) fn entries(self) -> Result<Vec<EntryFile>, ProviderError> {
        self.same_syntax()?;
        let folder = self.path();
        let listed = match fs::read_dir(&folder) {
            Ok(listed) => listed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(inaccessible(&folder, &error)),
        };
        let paths: io::Result<Vec<PathBuf>> = listed.map(|entry| entry.map(|entry| entry.path())).collect();
        let mut paths = paths.map_err(|error| inaccessible(&folder, &error))?;
        paths.retain(|path| self.has_transactions(path));
        paths.sort_unstable();
        paths.into_iter().map(read).collect()
    }

    fn has_transactions(self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let ours = path.extension().is_some_and(|ending| ending == self.config.syntax.extension());
        ours && !name.starts_with('.') && path.file_stem().is_some_and(|stem| stem != ACCOUNTS)
    }
}

/// A plain file alone: a link could lead out of the folder.
fn read(path: PathBuf) -> Result<EntryFile, ProviderError> {
    let facts = path.symlink_metadata().map_err(|error| inaccessible(&path, &error))?;
    if !facts.is_file() {
        return Err(malformed(format!("{} is no plain file; put the file itself there", path.display())));
    }
    let bytes = fs::read(&path).map_err(|error| inaccessible(&path, &error))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        malformed(format!("{}: byte {} is not UTF-8; save the file as UTF-8", path.display(), at + 1))
    })?;
    let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(EntryFile { id, text, modified: facts.modified().ok().map(Into::into), path })
}

/// Makes a rename last over a power cut.
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

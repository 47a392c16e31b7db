//! The state in a file, so that it survives a restart.
//!
//! Rule: written beside and renamed, so that a kill leaves the old state or the new one, never half of one.

use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use serde::de::DeserializeOwned;

use super::SandboxError;

/// Where the state is kept.
#[derive(Debug, Clone)]
pub(crate) struct StateFile {
    path: PathBuf,
}

impl StateFile {
    /// The file of this name in a directory; the directory is made if it is not there.
    ///
    /// # Errors
    /// When the directory cannot be made.
    pub(crate) fn in_directory(directory: &Path, name: &str) -> Result<Self, SandboxError> {
        fs::create_dir_all(directory).map_err(|error| problem(directory, &error))?;
        Ok(Self { path: directory.join(name) })
    }

    /// The stored state, if there is one.
    ///
    /// # Errors
    /// When the file is there but cannot be read.
    pub(crate) fn read<S: DeserializeOwned>(&self) -> Result<Option<S>, SandboxError> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(problem(&self.path, &error)),
        };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| problem(&self.path, &error))
    }

    /// Replaces the stored state.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn write(&self, state: &[u8]) -> Result<(), SandboxError> {
        let beside = self.path.with_extension("json.new");
        let written = open_private(&beside).and_then(|mut file| {
            file.write_all(state)?;
            file.sync_all()
        });
        written.and_then(|()| fs::rename(&beside, &self.path)).map_err(|error| problem(&self.path, &error))
    }
}

/// Opens for writing, readable by the owner alone: tokens are inside.
fn open_private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn problem(path: &Path, reason: &dyn std::fmt::Display) -> SandboxError {
    SandboxError::State { path: path.to_owned(), reason: reason.to_string() }
}

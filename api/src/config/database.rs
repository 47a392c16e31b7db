//! `[database]`: where the data is.
//!
//! Rule: the address may carry a password, so it is a secret.

use super::{problem::Problem, secret::SecretText, section::section};

section! {
    /// Where the data is.
    Database at "database" {
        /// `sqlite://PATH` or `postgres://USER:PASSWORD@HOST:PORT/NAME`; `./data/stockbridge.db` if not given.
        /// `STOCKBRIDGE_DATABASE__URL`
        url: SecretText = SecretText::new("sqlite://./data/stockbridge.db"),
        /// Connections kept open at most; to a SQLite file never more than 8, and one for writers. `STOCKBRIDGE_DATABASE__MAX_CONNECTIONS`
        max_connections: u32 = 16,
        /// Connections kept open at least. `STOCKBRIDGE_DATABASE__MIN_CONNECTIONS`
        min_connections: u32 = 1,
        /// Seconds to wait for a free connection. `STOCKBRIDGE_DATABASE__ACQUIRE_SECONDS`
        acquire_seconds: u64 = 10,
        /// Milliseconds that SQLite waits for another writer. `STOCKBRIDGE_DATABASE__BUSY_MILLISECONDS`
        busy_milliseconds: u64 = 10_000,
        /// Bring the tables up to date at start instead of asking for `stockbridge migrate`.
        /// `STOCKBRIDGE_DATABASE__MIGRATE`
        migrate: bool = false,
    }
}

impl Database {
    pub(super) fn check(&self) -> Result<(), Problem> {
        let url = self.url.expose();
        if !["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err(Problem::at("database.url", "must begin with sqlite:// or postgres://"));
        }
        Problem::unless(self.max_connections > 0, "database.max_connections", "must be at least 1")?;
        Problem::unless(
            self.min_connections <= self.max_connections,
            "database.min_connections",
            "must not be more than database.max_connections",
        )
    }
}

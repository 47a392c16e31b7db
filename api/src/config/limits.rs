//! `[limits]`: how much one request may ask for.
//!
//! Rule: what is over a limit is refused with a code and the limit, never cut.

use super::{problem::Problem, section::section};

section! {
    /// How much one request may ask for.
    Limits at "limits" {
        /// Levels of nested selections. `STOCKBRIDGE_LIMITS__DEPTH`
        depth: usize = 15,
        /// Cost of an operation: one per field, times the page size of every list around it.
        /// `STOCKBRIDGE_LIMITS__COMPLEXITY`
        complexity: u64 = 50_000,
        /// Aliases in a document. `STOCKBRIDGE_LIMITS__ALIASES`
        aliases: usize = 50,
        /// Directives in a document. `STOCKBRIDGE_LIMITS__DIRECTIVES`
        directives: usize = 50,
        /// Fields selected in a document, fragments counted where they are used. `STOCKBRIDGE_LIMITS__FIELDS`
        fields: usize = 2_000,
        /// Operations in one batch. `STOCKBRIDGE_LIMITS__BATCH`
        batch: usize = 10,
        /// Bytes of a request body or WebSocket message. `STOCKBRIDGE_LIMITS__BODY_BYTES`
        body_bytes: usize = 1024 * 1024,
        /// Seconds that a request may take. `STOCKBRIDGE_LIMITS__REQUEST_SECONDS`
        request_seconds: u64 = 30,
        /// Rows of a page when neither `first` nor `last` is given. `STOCKBRIDGE_LIMITS__PAGE_DEFAULT`
        page_default: u32 = 25,
        /// Rows of a page at most. `STOCKBRIDGE_LIMITS__PAGE_MAX`
        page_max: u32 = 250,
        /// Requests in execution at the same time; others wait. `STOCKBRIDGE_LIMITS__CONCURRENT_REQUESTS`
        concurrent_requests: usize = 64,
        /// Subscriptions on one WebSocket. `STOCKBRIDGE_LIMITS__SUBSCRIPTIONS`
        subscriptions: usize = 100,
    }
}

impl Limits {
    pub(super) fn check(&self) -> Result<(), Problem> {
        for (path, value) in [
            ("limits.depth", self.depth),
            ("limits.fields", self.fields),
            ("limits.batch", self.batch),
            ("limits.body_bytes", self.body_bytes),
            ("limits.concurrent_requests", self.concurrent_requests),
        ] {
            Problem::unless(value > 0, path, "must be at least 1")?;
        }
        Problem::unless(self.complexity > 0, "limits.complexity", "must be at least 1")?;
        Problem::unless(self.request_seconds > 0, "limits.request_seconds", "must be at least 1")?;
        Problem::unless(
            (1..=self.page_max).contains(&self.page_default),
            "limits.page_default",
            "must be at least 1 and not more than limits.page_max",
        )
    }
}

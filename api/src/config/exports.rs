//! `[exports]`: how often posted documents are compared with the books.
//!
//! Rule: a cycle is bounded, so that watching keeps room for posting.

use super::{problem::Problem, section::section};

section! {
    /// How often posted documents are compared with the books.
    Exports at "exports" {
        /// Minutes between two looks for documents that were changed in the accounting system after they were posted. `STOCKBRIDGE_EXPORTS__WATCH_MINUTES`
        watch_minutes: u64 = 15,
        /// Documents read back one by one in a look, where the accounting system does not tell what was deleted. `STOCKBRIDGE_EXPORTS__WATCH_READS`
        watch_reads: u64 = 200,
    }
}

impl Exports {
    pub(super) fn check(&self) -> Result<(), Problem> {
        Problem::unless(self.watch_minutes > 0, "exports.watch_minutes", "must be at least 1")?;
        Problem::unless((1..=5_000).contains(&self.watch_reads), "exports.watch_reads", "must be 1 to 5000")
    }
}

//! `[call_log]`: what is kept of every provider call.
//!
//! Rule: sizes are bounded, so that the log cannot outgrow the books.

use super::section::section;

section! {
    /// What is kept of every provider call.
    CallLog at "call_log" {
        /// Bytes kept of a request or an answer; the rest is cut and marked. `STOCKBRIDGE_CALL_LOG__BODY_BYTES`
        body_bytes: usize = 16 * 1024,
        /// Days after which entries are deleted; 0 keeps them. `STOCKBRIDGE_CALL_LOG__RETENTION_DAYS`
        retention_days: u32 = 90,
    }
}

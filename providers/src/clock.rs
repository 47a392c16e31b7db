//! The wall clock, handed down so that a test can hold it still.
//!
//! Rule: nothing in this crate asks the system for the date but [`SystemClock`].

use std::fmt;

use chrono::{DateTime, Utc};

/// Tells the date and time.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Now.
    fn now(&self) -> DateTime<Utc>;
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

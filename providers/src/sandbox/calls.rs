//! How often each operation was called.
//!
//! Rule: a call counts when it arrives, whatever becomes of it.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use super::Operation;

/// Counts by operation.
#[derive(Debug, Default)]
pub(crate) struct Calls(Mutex<BTreeMap<String, u64>>);

impl Calls {
    /// Counts a call.
    pub(crate) fn count(&self, operation: &Operation) {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *calls.entry(operation.name.clone()).or_default() += 1;
    }

    /// All counts.
    pub(crate) fn all(&self) -> BTreeMap<String, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Starts anew.
    pub(crate) fn reset(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

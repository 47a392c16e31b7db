//! Parsed documents, kept by their text.
//!
//! Rule: bounded in number and in size, so that callers who never repeat themselves cost no more than before.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::{
    ServerError,
    parser::{parse_query, types::ExecutableDocument},
};
use lru::LruCache;

use super::{fault::FaultCode, scan};

/// Documents kept.
const KEPT: NonZeroUsize = NonZeroUsize::MIN.saturating_add(511);

/// Bytes of a document beyond which it is not kept: no application writes such a one by hand.
const KEPT_BYTES_MAX: usize = 16 * 1024;

/// The documents seen last.
#[derive(Debug)]
pub(super) struct Documents {
    kept: Mutex<LruCache<String, Arc<ExecutableDocument>>>,
}

impl Default for Documents {
    fn default() -> Self {
        Self { kept: Mutex::new(LruCache::new(KEPT)) }
    }
}

impl Documents {
    /// The document of this text.
    ///
    /// # Errors
    /// When it is not GraphQL, with the place.
    pub(super) fn parsed(&self, text: &str) -> Result<Arc<ExecutableDocument>, ServerError> {
        if let Some(document) = self.lock().get(text) {
            return Ok(Arc::clone(document));
        }
        let document = Arc::new(parse(text)?);
        if text.len() <= KEPT_BYTES_MAX {
            self.lock().put(text.to_owned(), Arc::clone(&document));
        }
        Ok(document)
    }

    /// A cache is whole at any moment, also after a panic elsewhere.
    fn lock(&self) -> std::sync::MutexGuard<'_, LruCache<String, Arc<ExecutableDocument>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn parse(text: &str) -> Result<ExecutableDocument, ServerError> {
    if scan::nests_too_deep(text) {
        return Err(FaultCode::QueryTooDeep.server_error("The document nests brackets too deep to be read."));
    }
    parse_query(text).map_err(|error| {
        let mut refusal = FaultCode::ParseFailed.server_error(error.to_string());
        refusal.locations = ServerError::from(error).locations;
        refusal
    })
}

//! Tells the observer of every operation, once, as the transport does of every call.
//!
//! Rule: the work runs on a task of its own: a caller who goes away neither stops a write in the middle nor takes its record
//! with him.

use std::{path::PathBuf, sync::Arc};

use tokio::time::Instant;
use tracing::Instrument;
use url::Url;

use crate::{
    clock::Clock,
    error::{ErrorKind, Outcome, ProviderError},
    session::{CallObserver, CallRecord, CallResult},
};

/// What is about to be done.
#[derive(Debug)]
pub(super) struct Operation {
    /// Its name, for example `journal.post`.
    pub(super) name: &'static str,
    /// Whether it changes something.
    pub(super) write: bool,
    /// The file or folder that it is about.
    pub(super) path: PathBuf,
    /// What is asked, for the log.
    pub(super) request: Option<String>,
}

/// How operations are dated and how much of them is kept.
#[derive(Debug, Clone)]
pub(super) struct Log {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) body_bytes_max: usize,
}

impl Log {
    /// Does `work` where it may block, and tells of it. `answer` is what the log keeps of the result.
    ///
    /// # Errors
    /// Those of `work`, with the operation's name.
    pub(super) async fn observed<T: Send + 'static>(
        &self,
        operation: Operation,
        observer: Arc<dyn CallObserver>,
        work: impl FnOnce() -> Result<T, ProviderError> + Send + 'static,
        answer: impl FnOnce(&T) -> String + Send + 'static,
    ) -> Result<T, ProviderError> {
        let (log, name, write) = (self.clone(), operation.name, operation.write);
        let task = tokio::spawn(async move { log.run(operation, observer, work, answer).await }.in_current_span());
        task.await.unwrap_or_else(|_| Err(broken_off(name, write)))
    }

    async fn run<T: Send + 'static>(
        self,
        operation: Operation,
        observer: Arc<dyn CallObserver>,
        work: impl FnOnce() -> Result<T, ProviderError> + Send + 'static,
        answer: impl FnOnce(&T) -> String + Send + 'static,
    ) -> Result<T, ProviderError> {
        let (started_at, begun) = (self.clock.now(), Instant::now());
        let (name, write) = (operation.name, operation.write);
        let done = tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(broken_off(name, write)));
        let done = done.map_err(|error| ProviderError { operation: name, ..error });
        let record = CallRecord {
            operation: name,
            method: if write { "WRITE" } else { "READ" }.to_owned(),
            url: Url::from_file_path(std::path::absolute(&operation.path).unwrap_or_default())
                .map_or_else(|()| operation.path.display().to_string(), String::from),
            request_body: operation.request.map(|text| self.capped(text)),
            response_body: done.as_ref().ok().map(|value| self.capped(answer(value))),
            http_status: None,
            result: done.as_ref().err().map_or(CallResult::Ok, |error| CallResult::Failed(error.clone())),
            trace_id: None,
            attempt: 1,
            started_at,
            duration: begun.elapsed(),
        };
        tell(observer, record).await;
        done
    }

    fn capped(&self, mut text: String) -> String {
        if let Some(end) = (0..=self.body_bytes_max).rev().find(|&at| text.is_char_boundary(at)) {
            text.truncate(end);
        }
        text
    }
}

/// An observer that fails must not fail what it was told of.
async fn tell(observer: Arc<dyn CallObserver>, record: CallRecord) {
    tracing::debug!(operation = record.operation, failed = record.result != CallResult::Ok, "provider call");
    let told = tokio::spawn(async move { observer.observe(record).await }.in_current_span());
    if let Err(error) = told.await {
        tracing::error!(%error, "a provider call could not be recorded");
    }
}

fn broken_off(name: &'static str, write: bool) -> ProviderError {
    let outcome = if write { Outcome::Unknown } else { Outcome::NotApplied };
    ProviderError::new(ErrorKind::Unavailable, name, "the work on the files ended early").outcome(outcome)
}

//! Tells the observer of every attempt, once, also of one that was given up midway; and asks the call's judge, because
//! a record says both what came and what it meant.
//!
//! Rule: what leaves here, record or error, went through [`super::redact`].

use std::sync::Arc;

use async_trait::async_trait;
use tokio::time::Instant;
use tracing::Instrument;

use super::{Call, Reply, Transport, redact::Redactor};
use crate::{
    clock::Clock,
    error::{ErrorKind, Outcome, ProviderError},
    session::{CallObserver, CallRecord, CallResult},
};

/// Bytes of an error's sentence that are kept.
const MESSAGE_BYTES_MAX: usize = 1000;

/// Observes attempts.
#[derive(Debug)]
pub struct Observe<T> {
    inner: T,
    clock: Arc<dyn Clock>,
    body_bytes_max: usize,
}

impl<T> Observe<T> {
    /// Keeps so many bytes of each body.
    pub fn new(inner: T, clock: Arc<dyn Clock>, body_bytes_max: usize) -> Self {
        Self { inner, clock, body_bytes_max }
    }
}

#[async_trait]
impl<T: Transport> Transport for Observe<T> {
    async fn send(&self, call: &Call) -> Result<Reply, ProviderError> {
        let redactor = Redactor::of(call);
        let mut attempt = Attempt::begin(call, &redactor, self.clock.as_ref(), self.body_bytes_max);
        let answer = self.inner.send(call).await;
        attempt.ended();
        if let Ok(reply) = &answer {
            attempt.answered(reply, redactor.body(&reply.bytes, self.body_bytes_max));
        }
        let result = judged(call, answer).map_err(|error| clean(error, &redactor));
        attempt.tell(result.as_ref().err()).await;
        result
    }
}

/// What the answer means; its status and trace id are noted on an error.
fn judged(call: &Call, answer: Result<Reply, ProviderError>) -> Result<Reply, ProviderError> {
    let reply = answer.map_err(|error| concerning(call, error))?;
    match (call.judge)(&reply) {
        Ok(()) => Ok(reply),
        Err(error) => {
            Err(ProviderError { http_status: Some(reply.status), trace_id: reply.trace_id, ..concerning(call, error) })
        }
    }
}

/// Names the operation; a read has no effect that could be in doubt.
fn concerning(call: &Call, error: ProviderError) -> ProviderError {
    let outcome = if call.write { error.outcome } else { Outcome::NotApplied };
    ProviderError { operation: call.operation, outcome, attempts: call.stamp.attempt, ..error }
}

fn clean(error: ProviderError, redactor: &Redactor) -> ProviderError {
    let code = error.code.map(|code| redactor.text(&code, MESSAGE_BYTES_MAX));
    ProviderError { message: redactor.text(&error.message, MESSAGE_BYTES_MAX), code, ..error }
}

/// One attempt on its way to the observer. Dropped early, it is told as given up.
struct Attempt {
    observer: Arc<dyn CallObserver>,
    record: Option<CallRecord>,
    write: bool,
    begun: Instant,
}

impl Attempt {
    fn begin(call: &Call, redactor: &Redactor, clock: &dyn Clock, body_bytes_max: usize) -> Self {
        let record = CallRecord {
            operation: call.operation,
            method: call.method.to_string(),
            url: redactor.url(&call.url),
            request_body: call.body.parts().map(|(_, text)| redactor.body(text.as_bytes(), body_bytes_max)),
            response_body: None,
            http_status: None,
            result: CallResult::Ok,
            trace_id: None,
            attempt: call.stamp.attempt,
            started_at: clock.now(),
            duration: std::time::Duration::ZERO,
        };
        Self { observer: call.observer.clone(), record: Some(record), write: call.write, begun: Instant::now() }
    }

    /// The time a call takes ends with its answer, not with our reading of it.
    fn ended(&mut self) {
        if let Some(record) = &mut self.record {
            record.duration = self.begun.elapsed();
        }
    }

    fn answered(&mut self, reply: &Reply, body: String) {
        if let Some(record) = &mut self.record {
            record.http_status = Some(reply.status);
            record.trace_id.clone_from(&reply.trace_id);
            record.response_body = Some(body);
        }
    }

    /// Waits for the observer, on a task of its own so that the record survives the caller.
    async fn tell(mut self, error: Option<&ProviderError>) {
        let Some(mut record) = self.record.take() else { return };
        if let Some(error) = error {
            record.http_status = record.http_status.or(error.http_status);
            record.trace_id = record.trace_id.or_else(|| error.trace_id.clone());
            record.result = CallResult::Failed(error.clone());
        }
        log(&record);
        let observer = self.observer.clone();
        let told = tokio::spawn(async move { observer.observe(record).await }.in_current_span());
        if let Err(error) = told.await {
            tracing::error!(%error, "a provider call could not be recorded");
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        let Some(mut record) = self.record.take() else { return };
        record.duration = self.begun.elapsed();
        let outcome = if self.write { Outcome::Unknown } else { Outcome::NotApplied };
        let error = ProviderError::new(
            ErrorKind::Unavailable,
            record.operation,
            "the call was given up before its answer came",
        );
        record.result = CallResult::Failed(ProviderError { attempts: record.attempt, ..error.outcome(outcome) });
        log(&record);
        let observer = self.observer.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { observer.observe(record).await }.in_current_span());
        }
    }
}

fn log(record: &CallRecord) {
    let failure = match &record.result {
        CallResult::Ok => None,
        CallResult::Failed(error) => Some(tracing::field::display(error)),
    };
    tracing::debug!(
        operation = record.operation,
        attempt = record.attempt,
        status = record.http_status,
        trace_id = record.trace_id,
        milliseconds = u64::try_from(record.duration.as_millis()).unwrap_or(u64::MAX),
        failure,
        "provider call"
    );
}

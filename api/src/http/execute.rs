//! Executes operations for every transport: who calls, how many at once, how long.
//!
//! Rule: a query ends when its time is over or its client is gone; a mutation that has begun is carried through, because
//! half of one is worse than one nobody waits for.

use std::{sync::Arc, time::Duration};

use async_graphql::{Executor, Request, Response, parser::types::OperationType};
use axum::http::{HeaderMap, header};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout_at},
};
use tracing::Instrument;

use super::{origin::Origins, serve::Lifecycle};
use crate::{
    auth::{AuthError, Authenticator, Principal},
    config::Limits,
    graphql::{
        fault::FaultCode,
        guard::{Guarded, Prepared},
    },
    telemetry::names,
};

/// What a gateway is made of.
pub(super) struct GatewayParts<E> {
    pub(super) executor: E,
    pub(super) sdl: String,
    pub(super) authenticator: Arc<Authenticator>,
    pub(super) limits: Limits,
    pub(super) introspection: bool,
    pub(super) origins: Origins,
    pub(super) lifecycle: Lifecycle,
}

/// Why no gateway could be made.
#[derive(Debug, thiserror::Error)]
#[error("the schema cannot be read: {0}")]
pub struct GatewayError(#[from] async_graphql::parser::Error);

/// The shared state of the GraphQL routes.
#[derive(Debug)]
pub struct Gateway<E> {
    pub(super) guarded: Guarded<E>,
    pub(super) shared: Arc<Shared>,
}

impl<E: Clone> Clone for Gateway<E> {
    fn clone(&self) -> Self {
        Self { guarded: self.guarded.clone(), shared: Arc::clone(&self.shared) }
    }
}

/// What does not depend on the executor.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) authenticator: Arc<Authenticator>,
    pub(super) limits: Limits,
    pub(super) introspection: bool,
    pub(super) origins: Origins,
    pub(super) lifecycle: Lifecycle,
    permits: Arc<Semaphore>,
}

impl Shared {
    /// When a request that begins now must be answered.
    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + Duration::from_secs(self.limits.request_seconds)
    }

    /// The caller of a request, by its `Authorization` header.
    pub(super) async fn caller(&self, headers: &HeaderMap) -> Result<Principal, AuthError> {
        let authorization = match headers.get(header::AUTHORIZATION).map(axum::http::HeaderValue::to_str) {
            None => None,
            Some(Ok(text)) => Some(text),
            Some(Err(_)) => return self.refused(AuthError::Malformed),
        };
        match self.authenticator.bearer(authorization).await {
            Ok(principal) => Ok(principal),
            Err(error) => self.refused(error),
        }
    }

    fn refused(&self, error: AuthError) -> Result<Principal, AuthError> {
        metrics::counter!(names::AUTH_REFUSED, "reason" => error.reason()).increment(1);
        tracing::debug!(reason = error.reason(), "caller refused");
        Err(error)
    }
}

impl<E: Executor> Gateway<E> {
    pub(super) fn new(parts: GatewayParts<E>) -> Result<Self, GatewayError> {
        let GatewayParts { executor, sdl, authenticator, limits, introspection, origins, lifecycle } = parts;
        let permits = Arc::new(Semaphore::new(limits.concurrent_requests));
        let guarded = Guarded::new(executor, &sdl, limits.clone())?;
        let shared = Shared { authenticator, limits, introspection, origins, lifecycle, permits };
        Ok(Self { guarded, shared: Arc::new(shared) })
    }

    /// Adds the caller, and closes introspection where it is not served.
    pub(super) fn admit(&self, request: Request, principal: &Principal) -> Request {
        let request = request.data(principal.clone());
        if self.shared.introspection { request } else { request.disable_introspection() }
    }

    /// Executes one operation in the time left.
    pub(super) async fn execute(&self, prepared: Prepared, deadline: Instant) -> Response {
        let (kind, started) = (prepared.kind, Instant::now());
        let Ok(Ok(permit)) = timeout_at(deadline, Arc::clone(&self.shared.permits).acquire_owned()).await else {
            return FaultCode::RateLimited
                .response("The gateway is busy and could not begin this request in time; try again.");
        };
        let response = match kind {
            OperationType::Mutation => self.carry_through(prepared, permit, deadline).await,
            _ => {
                let answered = timeout_at(deadline, self.guarded.run(prepared)).await;
                drop(permit);
                answered.unwrap_or_else(|_| self.too_long())
            }
        };
        record(kind, &response, started);
        response
    }

    /// Runs a mutation in a task of its own, which goes on, and keeps its permit, when nobody waits any more.
    async fn carry_through(&self, prepared: Prepared, permit: OwnedSemaphorePermit, deadline: Instant) -> Response {
        let guarded = self.guarded.clone();
        let work = async move {
            let answer = guarded.run(prepared).await;
            drop(permit);
            answer
        }
        .in_current_span();
        let task = self.shared.lifecycle.tasks().spawn(work);
        match timeout_at(deadline, task).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                tracing::error!(%error, "a mutation ended without an answer");
                FaultCode::Internal.response("Something went wrong on our side.")
            }
            Err(_) => {
                tracing::warn!("a mutation takes longer than its client may wait; it goes on");
                FaultCode::Timeout.response(format!(
                    "The change was not finished within {} s and goes on. Look at its result before trying again; with the same idempotencyKey a second try does no harm.",
                    self.shared.limits.request_seconds
                ))
            }
        }
    }

    fn too_long(&self) -> Response {
        let seconds = self.shared.limits.request_seconds;
        FaultCode::Timeout
            .response(format!("The request took longer than the {seconds} s allowed; ask for less at once."))
    }
}

fn record(kind: OperationType, response: &Response, started: Instant) {
    let outcome = if response.errors.is_empty() { "ok" } else { "error" };
    let kind = kind_name(kind);
    metrics::counter!(names::GRAPHQL_OPERATIONS, "kind" => kind, "outcome" => outcome).increment(1);
    metrics::histogram!(names::GRAPHQL_SECONDS, "kind" => kind).record(started.elapsed());
}

pub(super) fn kind_name(kind: OperationType) -> &'static str {
    match kind {
        OperationType::Query => "query",
        OperationType::Mutation => "mutation",
        OperationType::Subscription => "subscription",
    }
}

//! `POST /graphql` and `GET /graphql`, by the GraphQL over HTTP specification.
//!
//! Rule: the status says how far a request came, in `application/graphql-response+json`; older clients get 200 for
//! whatever was a request, as the specification asks. Only POST changes anything.

use async_graphql::{Executor, Request, Response as Answered, parser::types::OperationType};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use tokio::time::{Instant, timeout_at};

use super::{
    body::{self, BodyError},
    execute::Gateway,
    negotiate::{self, Form},
    wire::{self, Answer, Operations},
};
use crate::{
    auth::{AuthError, Principal},
    graphql::fault::{FaultCode, code, was_executed},
};

/// A refusal before anything could be executed.
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) code: FaultCode,
    pub(super) message: String,
    /// A header that goes with it.
    pub(super) header: Option<(header::HeaderName, HeaderValue)>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, code: FaultCode, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), header: None }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, FaultCode::BadRequest, message)
    }

    fn with_header(self, name: header::HeaderName, value: &'static str) -> Self {
        Self { header: Some((name, HeaderValue::from_static(value))), ..self }
    }

    pub(super) fn answer(self, form: Form) -> Response {
        let mut response = write(form, self.status, &Answer::of(&self.code.response(self.message)));
        if let Some((name, value)) = self.header {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

impl From<AuthError> for Refusal {
    fn from(error: AuthError) -> Self {
        let status = match error {
            AuthError::KeysUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::UNAUTHORIZED,
        };
        Self::new(status, FaultCode::Unauthenticated, error.to_string()).with_header(header::WWW_AUTHENTICATE, "Bearer")
    }
}

impl From<BodyError> for Refusal {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, FaultCode::BadRequest, "The body is larger than allowed.")
            }
            BodyError::Broken => Self::bad_request("The body ended before it was complete."),
        }
    }
}

/// Answers a POST: one operation, or a batch.
pub(super) async fn by_post<E: Executor>(
    State(gateway): State<Gateway<E>>,
    headers: HeaderMap,
    body: axum::body::Body,
) -> Response {
    let deadline = gateway.shared.deadline();
    let Some(form) = negotiate::accepted(&headers) else { return not_acceptable() };
    match post(&gateway, &headers, body, deadline).await {
        Ok(Answers::Single(answer)) => single(form, &answer),
        Ok(Answers::Batch(answers)) => {
            let answers: Vec<Answer<'_>> = answers.iter().map(Answer::of).collect();
            write(form, StatusCode::OK, &answers)
        }
        Err(refusal) => refusal.answer(form),
    }
}

enum Answers {
    Single(Answered),
    Batch(Vec<Answered>),
}

async fn post<E: Executor>(
    gateway: &Gateway<E>,
    headers: &HeaderMap,
    body: axum::body::Body,
    deadline: Instant,
) -> Result<Answers, Refusal> {
    let principal = gateway.shared.caller(headers).await?;
    match receive(gateway, headers, body, deadline).await? {
        Operations::Single(request) => Ok(Answers::Single(execute(gateway, *request, &principal, deadline).await)),
        Operations::Batch(batch) => {
            let allowed = gateway.shared.limits.batch;
            if batch.len() > allowed {
                let message = format!("The batch has {} operations; at most {allowed} are allowed.", batch.len());
                return Err(Refusal::bad_request(message));
            }
            let mut answers = Vec::with_capacity(batch.len());
            // One after the other: a batch takes the place of one request, and its order means something.
            for request in batch {
                answers.push(execute(gateway, request, &principal, deadline).await);
            }
            Ok(Answers::Batch(answers))
        }
    }
}

/// Reads the body of a POST.
pub(super) async fn receive<E: Executor>(
    gateway: &Gateway<E>,
    headers: &HeaderMap,
    body: axum::body::Body,
    deadline: Instant,
) -> Result<Operations, Refusal> {
    if !negotiate::is_json(headers) {
        let message = "Send the request as `Content-Type: application/json`; other types are not read, because a browser sends them for any page.";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, FaultCode::BadRequest, message));
    }
    let body = timeout_at(deadline, body::read(headers, body, gateway.shared.limits.body_bytes)).await;
    let body = body.map_err(|_| {
        Refusal::new(StatusCode::REQUEST_TIMEOUT, FaultCode::Timeout, "The body did not arrive in the time allowed.")
    })??;
    wire::operations(&body).map_err(Refusal::bad_request)
}

async fn execute<E: Executor>(
    gateway: &Gateway<E>,
    request: Request,
    principal: &Principal,
    deadline: Instant,
) -> Answered {
    match gateway.guarded.prepare(gateway.admit(request, principal)) {
        Ok(prepared) if prepared.kind == OperationType::Subscription => FaultCode::BadRequest
            .response("Subscriptions are served by WebSocket at /graphql/ws and as events at /graphql/stream."),
        Ok(prepared) => gateway.execute(prepared, deadline).await,
        Err(refused) => *refused,
    }
}

/// Answers a GET: one query.
pub(super) async fn by_get<E: Executor>(State(gateway): State<Gateway<E>>, headers: HeaderMap, uri: Uri) -> Response {
    let deadline = gateway.shared.deadline();
    let Some(form) = negotiate::accepted(&headers) else { return not_acceptable() };
    match query(&gateway, &headers, &uri, deadline).await {
        Ok(answer) => single(form, &answer),
        Err(refusal) => refusal.answer(form),
    }
}

async fn query<E: Executor>(
    gateway: &Gateway<E>,
    headers: &HeaderMap,
    uri: &Uri,
    deadline: Instant,
) -> Result<Answered, Refusal> {
    let principal = gateway.shared.caller(headers).await?;
    let request = wire::from_query_string(uri.query()).map_err(Refusal::bad_request)?;
    match gateway.guarded.prepare(gateway.admit(request, &principal)) {
        Ok(prepared) if prepared.kind == OperationType::Query => Ok(gateway.execute(prepared, deadline).await),
        Ok(_) => Err(Refusal::new(
            StatusCode::METHOD_NOT_ALLOWED,
            FaultCode::MethodNotAllowed,
            "GET executes queries only; send this by POST.",
        )
        .with_header(header::ALLOW, "POST")),
        Err(refused) => Ok(*refused),
    }
}

/// Answers every other method.
pub(super) async fn other_method(method: Method) -> Response {
    let message = format!("{method} is not served here; use POST, or GET for queries.");
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, FaultCode::MethodNotAllowed, message)
        .with_header(header::ALLOW, "GET, POST")
        .answer(Form::GraphQl)
}

pub(super) fn not_acceptable() -> Response {
    let message = "Answers are application/graphql-response+json or application/json; accept one of them.";
    Refusal::new(StatusCode::NOT_ACCEPTABLE, FaultCode::BadRequest, message).answer(Form::Json)
}

fn single(form: Form, answer: &Answered) -> Response {
    let status = match form {
        Form::GraphQl => status(answer),
        Form::Json => legacy_status(answer),
    };
    let mut response = write(form, status, &Answer::of(answer));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// 200 once execution began, whatever came of it.
fn status(answer: &Answered) -> StatusCode {
    if was_executed(answer) {
        return StatusCode::OK;
    }
    match answer.errors.first().and_then(code) {
        Some("UNAUTHENTICATED") => StatusCode::UNAUTHORIZED,
        Some("FORBIDDEN") => StatusCode::FORBIDDEN,
        Some("INTERNAL") => StatusCode::INTERNAL_SERVER_ERROR,
        Some("RATE_LIMITED") => StatusCode::SERVICE_UNAVAILABLE,
        Some("TIMEOUT") => StatusCode::GATEWAY_TIMEOUT,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// Older clients take any other status for a broken server, so only what says nothing of the request is not 200.
fn legacy_status(answer: &Answered) -> StatusCode {
    match status(answer) {
        StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN => StatusCode::OK,
        other => other,
    }
}

fn write(form: Form, status: StatusCode, answer: &impl serde::Serialize) -> Response {
    match serde_json::to_vec(answer) {
        Ok(body) => (status, [(header::CONTENT_TYPE, form.content_type()), (header::CACHE_CONTROL, "no-store")], body)
            .into_response(),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

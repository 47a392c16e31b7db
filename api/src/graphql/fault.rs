//! Faults: what is answered as top-level `errors`, each with a code.
//!
//! Rule: an error without one of these codes never leaves the gateway; it becomes `INTERNAL` with an opaque reference,
//! and its detail goes to the log under that reference.

use async_graphql::{Error, ErrorExtensions, Response, ServerError, Value};
use uuid::Uuid;

/// The codes in `extensions.code` of a top-level error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultCode {
    /// No caller, or a token that is not accepted.
    Unauthenticated,
    /// The caller's role may not do this.
    Forbidden,
    /// An id that is none.
    InvalidId,
    /// An argument that cannot be.
    Validation,
    /// The document is not GraphQL.
    ParseFailed,
    /// The document does not fit the schema.
    ValidationFailed,
    /// The operation costs more than allowed.
    QueryTooComplex,
    /// The operation nests deeper than allowed.
    QueryTooDeep,
    /// The HTTP request is not a GraphQL request.
    BadRequest,
    /// A mutation by GET.
    MethodNotAllowed,
    /// More than one caller or the whole gateway can have at once.
    RateLimited,
    /// The time allowed is over.
    Timeout,
    /// The accounting system cannot be asked.
    ProviderUnavailable,
    /// A mistake of ours; the message carries a reference.
    Internal,
}

impl FaultCode {
    /// The code as clients see it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::InvalidId => "INVALID_ID",
            Self::Validation => "VALIDATION",
            Self::ParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::ValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::QueryTooComplex => "QUERY_TOO_COMPLEX",
            Self::QueryTooDeep => "QUERY_TOO_DEEP",
            Self::BadRequest => "BAD_REQUEST",
            Self::MethodNotAllowed => "METHOD_NOT_ALLOWED",
            Self::RateLimited => "RATE_LIMITED",
            Self::Timeout => "TIMEOUT",
            Self::ProviderUnavailable => "PROVIDER_UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }

    /// An error a resolver can return.
    pub fn error(self, message: impl Into<String>) -> Error {
        Error::new(message).extend_with(|_, extensions| extensions.set("code", self.name()))
    }

    /// An error outside any resolver.
    pub fn server_error(self, message: impl Into<String>) -> ServerError {
        let mut error = ServerError::new(message, None);
        set_code(&mut error, self);
        error
    }

    /// An answer that is this error alone.
    pub fn response(self, message: impl Into<String>) -> Response {
        Response::from_errors(vec![self.server_error(message)])
    }
}

/// A mistake of ours, for resolvers: nothing of it is shown, all causes are logged.
pub fn internal(error: anyhow::Error) -> Error {
    Error { message: error.to_string(), source: Some(std::sync::Arc::new(error)), extensions: None }
}

/// The code of an error, if it has one.
pub fn code(error: &ServerError) -> Option<&str> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code),
        _ => None,
    }
}

/// Whether execution began: an answer that failed before has neither data nor a path in any error.
pub fn was_executed(response: &Response) -> bool {
    response.data != Value::Null
        || response.errors.is_empty()
        || response.errors.iter().any(|error| !error.path.is_empty())
}

/// Gives every error of an answer a code.
pub(super) fn mask(response: &mut Response) {
    let executed = was_executed(response);
    response.errors.iter_mut().filter(|error| code(error).is_none()).for_each(|error| {
        if error.source.is_none() && !executed {
            set_code(error, FaultCode::ValidationFailed);
        } else if error.source.is_none() && is_input_error(&error.message) {
            set_code(error, FaultCode::Validation);
        } else {
            hide(error);
        }
    });
}

/// The engine's own words for an argument of the wrong form, found only while executing.
fn is_input_error(message: &str) -> bool {
    message.starts_with("Failed to parse \"") || message.starts_with("Expected input type \"")
}

fn hide(error: &mut ServerError) {
    let reference = Uuid::new_v4().simple().to_string();
    let detail = error.source::<anyhow::Error>().map_or_else(|| error.message.clone(), |cause| format!("{cause:#}"));
    tracing::error!(%reference, path = ?error.path, %detail, "internal error");
    error.message = format!("Something went wrong on our side. Reference: {reference}");
    error.source = None;
    set_code(error, FaultCode::Internal);
    error.extensions.get_or_insert_with(Default::default).set("reference", reference);
}

fn set_code(error: &mut ServerError, code: FaultCode) {
    error.extensions.get_or_insert_with(Default::default).set("code", code.name());
}

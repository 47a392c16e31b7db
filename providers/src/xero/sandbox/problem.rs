//! Errors in the two shapes the service answers them: the problem of its edge, and the exception of its API
//! (reference 2.4).
//!
//! Rule: nobody else writes an error body.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{json::Record, oauth::Unauthorised};

/// What is wrong with one element: the service's texts, which have no codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Invalid(pub(crate) Vec<String>);

impl Invalid {
    /// One text.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(vec![message.into()])
    }

    /// All texts in one, for people.
    pub(crate) fn text(&self) -> String {
        self.0.join("; ")
    }

    /// As `ValidationErrors` of an element.
    pub(crate) fn errors(&self) -> Value {
        self.0.iter().map(|message| json!({"Message": message})).collect()
    }
}

/// Collects what is wrong, so that an element is told everything at once.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<String>);

impl Findings {
    /// Something is wrong.
    pub(crate) fn add(&mut self, message: impl Into<String>) {
        self.0.push(message.into());
    }

    /// The value, or what was wrong with it.
    pub(crate) fn take<T: Default>(&mut self, result: Result<T, Invalid>) -> T {
        result.unwrap_or_else(|invalid| {
            self.0.extend(invalid.0);
            T::default()
        })
    }

    /// Goes on if nothing is wrong.
    ///
    /// # Errors
    /// All that is wrong.
    pub(crate) fn done(self) -> Result<(), Invalid> {
        if self.0.is_empty() { Ok(()) } else { Err(Invalid(self.0)) }
    }
}

/// An error of the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    status: StatusCode,
    title: &'static str,
    detail: String,
}

impl Problem {
    /// 401: the token is unknown or has expired.
    pub(crate) fn unauthorised(reason: Unauthorised) -> Self {
        let detail = match reason {
            Unauthorised::Unknown => "AuthenticationUnsuccessful".to_owned(),
            Unauthorised::Expired(at) => format!("TokenExpired: token expired at {}", at.format("%m/%d/%Y %H:%M:%S")),
        };
        Self { status: StatusCode::UNAUTHORIZED, title: "Unauthorized", detail }
    }

    /// 403: the organisation is not connected.
    pub(crate) fn not_connected() -> Self {
        Self { status: StatusCode::FORBIDDEN, title: "Forbidden", detail: "AuthenticationUnsuccessful".to_owned() }
    }

    /// 403: the consent does not cover this call.
    pub(crate) fn scope() -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            title: "Forbidden",
            detail: "AuthorizationUnsuccessful: insufficient_scope".to_owned(),
        }
    }

    /// 400: what the edge itself refuses.
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, title: "BadRequest", detail: detail.into() }
    }

    /// The answer.
    pub(crate) fn response(&self) -> Response {
        let body = json!({
            "Type": null, "Title": self.title, "Status": self.status.as_u16(), "Detail": self.detail,
            "Instance": Uuid::new_v4(), "Extensions": {},
        });
        json_response(self.status, &body)
    }
}

/// An error of the API.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Refusal {
    /// 400: the elements that are wrong, each with its texts.
    Validation(Vec<Record>),
    /// 400: the body cannot be read.
    PostData(String),
    /// 400: `where` or `order` cannot be read.
    QueryParse(String),
    /// 404.
    NotFound,
    /// 501: the resource is there, this operation is not.
    NotImplemented,
    /// 403 and others of the edge.
    Edge(Problem),
}

impl Refusal {
    /// Status and body.
    pub(crate) fn parts(&self) -> (StatusCode, Value) {
        let exception = |status: StatusCode, number: u32, kind: &str, message: &str| {
            (status, json!({"ErrorNumber": number, "Type": kind, "Message": message}))
        };
        match self {
            Self::Validation(elements) => {
                let mut body =
                    exception(StatusCode::BAD_REQUEST, 10, "ValidationException", "A validation exception occurred");
                body.1["Elements"] = elements.iter().cloned().map(Value::Object).collect();
                body
            }
            Self::PostData(message) => exception(StatusCode::BAD_REQUEST, 14, "PostDataInvalidException", message),
            Self::QueryParse(message) => exception(StatusCode::BAD_REQUEST, 16, "QueryParseException", message),
            Self::NotImplemented => exception(
                StatusCode::NOT_IMPLEMENTED,
                20,
                "ApiMethodNotImplementedException",
                "The Api Method called is not implemented",
            ),
            Self::NotFound => (StatusCode::NOT_FOUND, Value::from("The resource you're looking for cannot be found")),
            Self::Edge(problem) => (problem.status, Value::Null),
        }
    }

    /// The answer; 404 is plain text.
    pub(crate) fn response(&self) -> Response {
        match (self, self.parts()) {
            (Self::Edge(problem), _) => problem.response(),
            (_, (status, Value::String(text))) => (status, text).into_response(),
            (_, (status, body)) => json_response(status, &body),
        }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Edge(problem)
    }
}

/// JSON with the service's content type.
pub(crate) fn json_response(status: StatusCode, body: &Value) -> Response {
    text_response(status, body.to_string())
}

/// The same from finished JSON text.
pub(crate) fn text_response(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"))], body)
        .into_response()
}

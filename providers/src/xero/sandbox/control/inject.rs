//! What a planned fault looks like on the wire.
//!
//! Rule: a plan with `after_commit` lets the call be done and spoils only the answer.

use std::time::Duration;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use crate::{
    sandbox::{
        Operation, Sort,
        connection::Connection,
        spoil::{edge_page, half, status_code, with_retry_after},
    },
    xero::sandbox::{
        entities,
        oauth::Unauthorised,
        problem::{Problem, json_response, text_response},
        shared::Sandbox,
        throttle::too_many,
    },
};

/// A fault for calls to come.
pub(crate) type Plan = crate::sandbox::Plan<Action>;

/// What happens to a call.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "snake_case", deny_unknown_fields)]
pub(crate) enum Action {
    /// An HTTP status with the body that goes with it.
    Status { status: u16, retry_after: Option<u64> },
    /// 400 with validation errors.
    Validation { message: String },
    /// A flat error of the OAuth endpoints.
    OauthError { error: String },
    /// Half of the right answer.
    CutOff,
    /// No answer until the client gives up.
    Hang,
    /// The right answer, late.
    Slow { milliseconds: u64 },
    /// An outage of the edge, late; the call is not done.
    Late { milliseconds: u64 },
    /// The connection is reset without an answer.
    Reset,
    /// A web page in place of the answer, with status 200.
    Html,
    /// A row is added before all others of the list that is read, or taken from there: the rows behind it move.
    PagesShift,
}

impl Plan {
    /// Whether the call itself is to be done; to a reader half an answer is half of the right one.
    pub(crate) fn lets_through(&self, operation: &Operation) -> bool {
        let halved = self.fault == Action::CutOff && operation.sort != Sort::Write;
        self.after_commit || halved || matches!(self.fault, Action::Slow { .. } | Action::PagesShift)
    }

    /// What happens before the call is done, if it is done.
    pub(crate) fn before(&self, sandbox: &Sandbox, operation: &Operation) {
        if self.fault == Action::PagesShift {
            shift(sandbox, operation);
        }
    }

    /// The answer in place of the right one, which is there if the call was done.
    pub(crate) async fn answer(self, sandbox: &Sandbox, connection: &Connection, right: Option<Response>) -> Response {
        match self.fault {
            Action::Status { status, retry_after } => with_retry_after(with_status(sandbox, status), retry_after),
            Action::Validation { message } => {
                let element = json!({"ValidationErrors": [{"Message": message}]});
                let body = json!({"ErrorNumber": 10, "Type": "ValidationException",
                                  "Message": "A validation exception occurred", "Elements": [element]});
                json_response(StatusCode::BAD_REQUEST, &body)
            }
            Action::OauthError { error } => json_response(StatusCode::BAD_REQUEST, &json!({"error": error})),
            Action::CutOff => match right {
                Some(right) => half(right).await,
                None => text_response(StatusCode::OK, "{\"Id\": \"c1f0".to_owned()),
            },
            Action::Slow { milliseconds } => {
                sandbox.pause(Duration::from_millis(milliseconds)).await;
                right.unwrap_or_default()
            }
            Action::Late { milliseconds } => {
                sandbox.pause(Duration::from_millis(milliseconds)).await;
                edge_page(StatusCode::GATEWAY_TIMEOUT)
            }
            Action::Hang => {
                sandbox.pause(Duration::MAX).await;
                connection.cut();
                Response::default()
            }
            Action::Reset => {
                connection.cut();
                Response::default()
            }
            Action::Html => edge_page(StatusCode::OK),
            Action::PagesShift => right.unwrap_or_default(),
        }
    }
}

/// A status with its usual body (reference 2.4).
fn with_status(sandbox: &Sandbox, status: u16) -> Response {
    match status {
        401 => Problem::unauthorised(Unauthorised::Expired(sandbox.clock.now())).response(),
        403 => Problem::not_connected().response(),
        429 => too_many("minute", None),
        500 => (StatusCode::INTERNAL_SERVER_ERROR, failure_text()).into_response(),
        _ => edge_page(status_code(status)),
    }
}

/// The body of a failure of the service itself.
pub(crate) fn failure_text() -> String {
    json!({"ErrorNumber": 500, "Type": "InternalServerError", "Message": "planned by the test"}).to_string()
}

/// Moves the list that is read by one row, in every organisation: a copy of its first row comes before all others; the
/// next time it goes again. So a reader meets every row twice or not at all, and nothing else changes.
fn shift(sandbox: &Sandbox, operation: &Operation) {
    let name = operation.name.strip_prefix("list ").and_then(entities::find);
    let Some(resource) = name else { return };
    sandbox.change(|state| {
        for organisation in state.organisations.values_mut() {
            if !organisation.shifted.remove(resource.name) {
                organisation.shifted.insert(resource.name);
            }
        }
    });
}

//! Faults planned for calls to come, and what each looks like on the wire.
//!
//! Rule: a plan with `after_commit` lets the call be done and spoils only the answer.

use std::time::Duration;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use super::shift;
use crate::{
    quickbooks::sandbox::{
        faults::{Fault, GatewayFault, json_response, text_response},
        shared::Sandbox,
    },
    sandbox::{
        Operation,
        connection::Connection,
        spoil::{edge_page, half, status_code, with_retry_after},
    },
};

/// A fault for calls to come.
pub(crate) type Plan = crate::sandbox::Plan<Action>;

/// What happens to a call.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "snake_case", deny_unknown_fields)]
pub(crate) enum Action {
    /// An HTTP status with the body that goes with it, or another one.
    Status { status: u16, retry_after: Option<u64>, body: Option<BodyKind> },
    /// Half of the right answer.
    CutOff,
    /// The beginning of an answer to a call that was not done.
    HalfOfNothing,
    /// A fault of the service, with status 200 unless said otherwise.
    Fault { code: u32, detail: Option<String>, status: Option<u16> },
    /// A flat error of the OAuth endpoints.
    OauthError { error: String, status: Option<u16> },
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
    /// A record is taken from before the page that is read: the rows behind it move up. Until the faults are cleared.
    PagesShift,
}

/// The body of a planned status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum BodyKind {
    /// A fault in JSON.
    Json,
    /// A page, as the service's edge sends it.
    Html,
    /// Plain text.
    Text,
    /// Nothing.
    Empty,
}

impl Plan {
    /// Whether the call itself is to be done.
    pub(crate) fn lets_through(&self) -> bool {
        self.after_commit || matches!(self.fault, Action::CutOff | Action::Slow { .. } | Action::PagesShift)
    }

    /// What happens before the call is done, if it is done.
    pub(crate) fn before(&self, sandbox: &Sandbox, operation: &Operation, statement: &str) {
        if self.fault == Action::PagesShift {
            shift::shift(sandbox, operation, statement);
        }
    }

    /// The answer in place of the right one, which is there if the call was done.
    pub(crate) async fn answer(self, sandbox: &Sandbox, connection: &Connection, right: Option<Response>) -> Response {
        let now = sandbox.clock.now();
        match self.fault {
            Action::Status { status, retry_after, body } => with_status(sandbox, status, retry_after, body),
            Action::Fault { code, detail, status } => {
                let fault = Fault::new(code, detail.unwrap_or_else(|| "planned by the test".to_owned()));
                json_response(status_code(status.unwrap_or(200)), &fault.body(now))
            }
            Action::OauthError { error, status } => {
                json_response(status_code(status.unwrap_or(400)), &json!({"error": error}))
            }
            Action::CutOff => match right {
                Some(right) => half(right).await,
                None => StatusCode::OK.into_response(),
            },
            Action::Slow { milliseconds } => {
                sandbox.pause(Duration::from_millis(milliseconds)).await;
                right.unwrap_or_default()
            }
            Action::HalfOfNothing => text_response(StatusCode::OK, "{\"QueryResponse\": {\"It".to_owned()),
            Action::Late { milliseconds } => {
                sandbox.pause(Duration::from_millis(milliseconds)).await;
                with_status(sandbox, 504, None, None)
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

/// A status with its usual body: JSON up to 500, a page of the edge beyond (reference 4.1, 4.2).
fn with_status(sandbox: &Sandbox, status: u16, retry_after: Option<u64>, body: Option<BodyKind>) -> Response {
    let usual = if status > 500 { BodyKind::Html } else { BodyKind::Json };
    let code = status_code(status);
    let mut response = match body.unwrap_or(usual) {
        BodyKind::Json => json_body(sandbox, status),
        BodyKind::Html => edge_page(code),
        BodyKind::Text => code.canonical_reason().unwrap_or("Error").into_response(),
        BodyKind::Empty => Response::default(),
    };
    *response.status_mut() = code;
    with_retry_after(response, retry_after)
}

fn json_body(sandbox: &Sandbox, status: u16) -> Response {
    let now = sandbox.clock.now();
    match status {
        401 => GatewayFault::Authentication("Token expired: planned by the test".to_owned()).response(now),
        403 => GatewayFault::Authorization.response(now),
        429 => GatewayFault::Throttled(None).response(now),
        _ => Fault::new(10000, "planned by the test").response(now),
    }
}

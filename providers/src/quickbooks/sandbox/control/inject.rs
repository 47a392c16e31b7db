//! Faults planned for calls to come, and what each looks like on the wire.
//!
//! Rule: a plan with `after_commit` lets the call be done and spoils only the answer.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use axum::{
    body::{Body, to_bytes},
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use crate::quickbooks::sandbox::{
    connection::Connection,
    faults::{Fault, GatewayFault, json_response},
    operation::Operation,
    server::{BODY_BYTES_MAX, Sandbox},
};

/// A fault for calls to come.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    /// Part of an operation's name or path, in any case; every call if empty.
    #[serde(default)]
    operation: String,
    /// How many calls; until cleared if absent.
    times: Option<u32>,
    /// How many calls are let through first.
    #[serde(default)]
    skip: u32,
    /// Whether the call is done before its answer is spoilt.
    #[serde(default)]
    after_commit: bool,
    /// What happens.
    fault: Action,
}

/// What happens to a call.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "snake_case", deny_unknown_fields)]
pub(crate) enum Action {
    /// An HTTP status with the body that goes with it, or another one.
    Status { status: u16, retry_after: Option<u64>, body: Option<BodyKind> },
    /// Half of the right answer.
    CutOff,
    /// A fault of the service, with status 200 unless said otherwise.
    Fault { code: u32, detail: Option<String>, status: Option<u16> },
    /// A flat error of the OAuth endpoints.
    OauthError { error: String, status: Option<u16> },
    /// No answer until the client gives up.
    Hang,
    /// The right answer, late.
    Slow { milliseconds: u64 },
    /// The connection is reset without an answer.
    Reset,
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

/// All plans, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Plans(Mutex<Vec<Plan>>);

impl Plans {
    /// Adds a plan; how many there are now.
    pub(crate) fn add(&self, plan: Plan) -> usize {
        let mut plans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        plans.push(plan);
        plans.len()
    }

    /// Forgets all; how many there were.
    pub(crate) fn clear(&self) -> usize {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).len()
    }

    /// The plan that this call falls under; it is used up by one.
    pub(crate) fn take(&self, operation: &Operation) -> Option<Plan> {
        let mut plans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = plans.iter().position(|plan| operation.matches(&plan.operation))?;
        let plan = &mut plans[at];
        if plan.skip > 0 {
            plan.skip -= 1;
            return None;
        }
        let taken = plan.clone();
        plan.times = plan.times.map(|times| times.saturating_sub(1));
        if plan.times == Some(0) {
            plans.remove(at);
        }
        Some(taken)
    }
}

impl Plan {
    /// Whether the call itself is to be done.
    pub(crate) fn lets_through(&self) -> bool {
        self.after_commit || matches!(self.fault, Action::CutOff | Action::Slow { .. })
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
            Action::Hang => {
                sandbox.pause(Duration::MAX).await;
                connection.cut();
                Response::default()
            }
            Action::Reset => {
                connection.cut();
                Response::default()
            }
        }
    }
}

fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// A status with its usual body: JSON up to 500, a page of the edge beyond (reference 4.1, 4.2).
fn with_status(sandbox: &Sandbox, status: u16, retry_after: Option<u64>, body: Option<BodyKind>) -> Response {
    let usual = if status > 500 { BodyKind::Html } else { BodyKind::Json };
    let reason = status_code(status).canonical_reason().unwrap_or("Error");
    let mut response = match body.unwrap_or(usual) {
        BodyKind::Json => json_body(sandbox, status),
        BodyKind::Html => {
            Html(format!("<html><head><title>{status} {reason}</title></head><body><h1>{reason}</h1></body></html>"))
                .into_response()
        }
        BodyKind::Text => reason.into_response(),
        BodyKind::Empty => Response::default(),
    };
    *response.status_mut() = status_code(status);
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
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

/// The first half of an answer's body, as if it were all.
async fn half(right: Response) -> Response {
    let (mut parts, body) = right.into_parts();
    let bytes = to_bytes(body, BODY_BYTES_MAX * 8).await.unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(bytes.slice(..bytes.len() / 2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(name: &str) -> Operation {
        Operation { name: name.to_owned(), path: "/v3/company/1/query".to_owned() }
    }

    fn plan(text: &str) -> Plan {
        serde_json::from_str(text).expect("a plan")
    }

    #[test]
    fn a_plan_skips_then_strikes_then_is_used_up() {
        let plans = Plans::default();
        plans.add(plan(r#"{"operation": "QUERY item", "times": 2, "skip": 1, "fault": {"kind": "reset"}}"#));
        let struck: Vec<bool> = (0..4).map(|_| plans.take(&operation("query Item")).is_some()).collect();
        assert_eq!(struck, [false, true, true, false]);
    }

    #[test]
    fn a_plan_strikes_only_its_operation_and_without_times_for_ever() {
        let plans = Plans::default();
        plans.add(plan(r#"{"operation": "query Account", "fault": {"kind": "hang"}}"#));
        assert_eq!(plans.take(&operation("query Item")), None);
        assert!((0..5).all(|_| plans.take(&operation("query Account")).is_some()));
        assert_eq!(plans.clear(), 1);
        assert_eq!(plans.take(&operation("query Account")), None);
    }
}

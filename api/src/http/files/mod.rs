//! `/export/…` and `/import/…`: lists as CSV files, and CSV files into stock.
//!
//! Rule: the caller is the bearer of a token, as at `/graphql`; a file is never held in memory as a whole; what is refused
//! has the form of a GraphQL fault, with a status that says so.

mod cells;
mod export;
mod import;
mod margins;
mod sheet;
mod values;

use std::{fmt, sync::Arc};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderMap, StatusCode, header},
    response::Response,
    routing::{get, post},
};
use domain::business::Actor;

use super::{negotiate::Form, origin::Origins, query::Refusal};
use crate::{
    auth::{AuthError, Authenticator},
    graphql::{fault::FaultCode, services::Services},
};

/// What the routes of files are made of.
#[derive(Clone)]
pub struct Files {
    /// Checks tokens.
    pub authenticator: Arc<Authenticator>,
    /// The use-cases.
    pub services: Services,
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Files")
    }
}

pub(super) fn routes(files: Files, origins: &Origins) -> Router {
    Router::new()
        .route("/export/lots.csv", get(export::lots))
        .route("/export/movements.csv", get(export::movements))
        .route("/export/margins.csv", get(margins::margins))
        .route("/import/{kind}", post(import::import).layer(DefaultBodyLimit::disable()))
        .with_state(files)
        .layer(origins.cors())
}

impl Files {
    /// Who asks.
    async fn actor(&self, headers: &HeaderMap) -> Result<Actor, Refusal> {
        let authorization = match headers.get(header::AUTHORIZATION).map(axum::http::HeaderValue::to_str) {
            None => None,
            Some(Ok(text)) => Some(text),
            Some(Err(_)) => return Err(AuthError::Malformed.into()),
        };
        let principal = self.authenticator.bearer(authorization).await?;
        let businesses = &self.services.businesses;
        let actor = businesses.actor(principal.business, &principal.subject, principal.role).await.map_err(refusal)?;
        actor.ok_or_else(|| {
            let message = "The token is for a business that does not exist here.";
            Refusal::new(StatusCode::UNAUTHORIZED, FaultCode::Unauthenticated, message)
        })
    }
}

/// What a use-case's error becomes here.
fn refusal(error: domain::Error) -> Refusal {
    match error {
        domain::Error::Refused(refused) => {
            let help = refused.help.map_or_else(String::new, |help| format!(" {help}"));
            Refusal::bad_request(format!("{}{help}", refused.message))
        }
        domain::Error::Forbidden(permission) => {
            let message = format!("Your role lacks the permission {permission}; ask the owner or an admin.");
            Refusal::new(StatusCode::FORBIDDEN, FaultCode::Forbidden, message)
        }
        error => {
            tracing::error!(%error, "a file could not be served");
            let message = "Something went wrong on our side; the log says what.";
            Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, FaultCode::Internal, message)
        }
    }
}

/// The answer, or what was refused.
fn answered(result: Result<Response, Refusal>) -> Response {
    result.unwrap_or_else(|refusal| refusal.answer(Form::Json))
}

//! The server: its routes, its start and its end.
//!
//! Rule: told to end, it finishes what it is answering, within limits, and saves.

use std::{sync::Arc, time::Duration};

use axum::{Router, extract::DefaultBodyLimit, http::StatusCode, middleware};

use super::{company, control, oauth, pages, pipeline, shared::Sandbox};
use crate::sandbox::{SandboxError, StateFile, connection, saving};

/// The longest body taken.
pub(crate) const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The longest wait for answers under way when the server ends.
const STOP_PATIENCE: Duration = Duration::from_secs(5);

/// All routes.
fn router(sandbox: Arc<Sandbox>) -> Router {
    let service = Router::new()
        .merge(oauth::routes())
        .merge(company::routes())
        .layer(middleware::from_fn_with_state(sandbox.clone(), pipeline::run));
    Router::new()
        .merge(service)
        .merge(pages::routes())
        .merge(control::routes())
        .fallback(|| async { (StatusCode::NOT_FOUND, "not found") })
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(sandbox)
}

/// Serves until told to end, then saves.
///
/// # Errors
/// When the state cannot be saved.
pub(crate) async fn serve(
    listener: connection::Listener,
    sandbox: Arc<Sandbox>,
    file: Option<StateFile>,
) -> Result<(), SandboxError> {
    let make_service = router(sandbox.clone()).into_make_service_with_connect_info::<connection::Connection>();
    let told = sandbox.clone();
    let server = axum::serve(listener, make_service).with_graceful_shutdown(async move {
        told.ended().await;
    });
    let server = tokio::spawn(server.into_future());
    let saver = file.clone().map(|file| tokio::spawn(saving::after_changes(sandbox.clone(), file)));
    let in_order = sandbox.ended().await;
    let abort = server.abort_handle();
    if tokio::time::timeout(STOP_PATIENCE, server).await.is_err() {
        abort.abort();
    }
    if let Some(saver) = saver {
        saver.abort();
    }
    match file {
        Some(file) if in_order => saving::save(sandbox.as_ref(), &file).await,
        _ => Ok(()),
    }
}

//! Serves until told to stop, then ends in order.
//!
//! Rule: when stopping, no new connection is taken, requests are answered, subscriptions are completed, mutations are
//! carried through; after the deadline whatever is left is cut and said.

use std::{io, time::Duration};

use axum::{Router, serve::ListenerExt};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Tells everything long-lived to end, and knows what is still running.
#[derive(Debug, Clone, Default)]
pub struct Lifecycle {
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Lifecycle {
    /// Begins to stop.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Whether it has begun to stop.
    pub fn stopping(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Waits until it begins to stop.
    pub async fn stopped(&self) {
        self.stop.cancelled().await;
    }

    /// The token behind it, for workers.
    pub fn token(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Work that is waited for when stopping.
    pub fn tasks(&self) -> &TaskTracker {
        &self.tasks
    }
}

/// Stops the gateway on Ctrl-C and SIGTERM.
///
/// # Errors
/// When the system does not let signals be caught.
pub fn stop_on_signals(lifecycle: &Lifecycle) -> io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let lifecycle = lifecycle.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping: no new requests are taken");
        lifecycle.stop();
    });
    Ok(())
}

/// Serves until `lifecycle` stops, then waits at most `deadline` for what is in progress.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener, router: Router, lifecycle: Lifecycle, deadline: Duration) -> io::Result<()> {
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "small answers may wait for more");
        }
    });
    let stop = lifecycle.token();
    let server = axum::serve(listener, router).with_graceful_shutdown(async move { stop.cancelled().await });
    let drained = async {
        lifecycle.stopped().await;
        tokio::time::sleep(deadline).await;
    };
    tokio::select! {
        result = server => result?,
        () = drained => tracing::warn!(seconds = deadline.as_secs(), "requests still in progress were cut at the deadline"),
    }
    lifecycle.tasks().close();
    if tokio::time::timeout(deadline, lifecycle.tasks().wait()).await.is_err() {
        tracing::warn!(left = lifecycle.tasks().len(), "work still in progress was cut at the deadline");
    }
    Ok(())
}

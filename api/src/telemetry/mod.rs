//! Logs and metrics of the process.
//!
//! Rule: logs go to standard error, never to standard output, which belongs to the answers of commands.

pub mod names;

use std::io::{self, IsTerminal};

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{LogFormat, Problem, Telemetry};

/// Bounds of the duration histograms, in seconds: from a plain query to a provider call at its limit.
const SECONDS: [f64; 14] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 120.0];

/// Begins to log, once per process.
///
/// # Errors
/// When the level is no filter.
pub fn start_logs(config: &Telemetry) -> Result<(), Problem> {
    let filter = EnvFilter::try_new(&config.level).map_err(|error| {
        Problem::at(
            "telemetry.level",
            format!("is no log filter ({error}); use for example info or info,stockbridge=debug"),
        )
    })?;
    // The driver repeats what the server says of every "if not exists".
    let quiet = "sqlx=warn".parse().ok().filter(|_| !config.level.contains("sqlx"));
    let filter = quiet.into_iter().fold(filter, EnvFilter::add_directive);
    let colours = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let format = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_ansi(colours);
    let format = match config.format {
        LogFormat::Pretty => format.with_target(false).boxed(),
        LogFormat::Json => format.json().with_current_span(true).with_span_list(false).boxed(),
    };
    // A second start in the same process, as in tests, leaves the first one in place.
    let _ = tracing_subscriber::registry().with(filter).with(format).try_init();
    Ok(())
}

/// Begins to count, once per process; none when somebody else counts already.
pub fn start_metrics() -> Option<PrometheusHandle> {
    let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS);
    let handle = builder.and_then(PrometheusBuilder::install_recorder).ok()?;
    names::describe();
    Some(handle)
}

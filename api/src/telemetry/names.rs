//! The names of all metrics.
//!
//! Rule: a metric has one name, one unit and one sentence, here and in docs/METRICS.md (tested). Labels have few values:
//! never an id, a subject or a business.

pub use domain::metering::{PROVIDER_CALLS, PROVIDER_SECONDS, SYNC_ACTIVE, SYNC_RECORDS, SYNC_RUNS, SYNC_SECONDS};
use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

/// HTTP requests answered.
pub const HTTP_REQUESTS: &str = "stockbridge_http_requests_total";
/// Time to answer.
pub const HTTP_SECONDS: &str = "stockbridge_http_request_duration_seconds";
/// Operations executed.
pub const GRAPHQL_OPERATIONS: &str = "stockbridge_graphql_operations_total";
/// Time to execute.
pub const GRAPHQL_SECONDS: &str = "stockbridge_graphql_operation_duration_seconds";
/// Open streams.
pub const STREAMS: &str = "stockbridge_graphql_streams";
/// Refused tokens.
pub const AUTH_REFUSED: &str = "stockbridge_auth_refused_total";

/// What a metric is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only rises.
    Counter,
    /// Rises and falls.
    Gauge,
    /// Durations in seconds, in buckets.
    Histogram,
}

/// A metric for the page.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// Its labels.
    pub labels: &'static str,
    /// What it says.
    pub help: &'static str,
}

/// Every metric.
pub const ALL: [Metric; 12] = [
    metric(HTTP_REQUESTS, Kind::Counter, "method, route, status", "HTTP requests answered"),
    metric(HTTP_SECONDS, Kind::Histogram, "method, route", "time from an HTTP request to the head of its answer"),
    metric(
        GRAPHQL_OPERATIONS,
        Kind::Counter,
        "kind, outcome",
        "GraphQL queries and mutations executed; outcome is ok or error",
    ),
    metric(GRAPHQL_SECONDS, Kind::Histogram, "kind", "time to execute a GraphQL query or mutation, waiting included"),
    metric(STREAMS, Kind::Gauge, "transport", "WebSocket connections and event streams open"),
    metric(AUTH_REFUSED, Kind::Counter, "reason", "requests whose token was missing or refused"),
    metric(
        PROVIDER_CALLS,
        Kind::Counter,
        "provider, operation, outcome",
        "calls to accounting systems, every attempt counted",
    ),
    metric(PROVIDER_SECONDS, Kind::Histogram, "provider, operation", "time of a call to an accounting system"),
    metric(SYNC_RUNS, Kind::Counter, "kind, state", "sync runs ended"),
    metric(SYNC_SECONDS, Kind::Histogram, "kind", "time of a sync run from its start to its end"),
    metric(
        SYNC_RECORDS,
        Kind::Counter,
        "kind, result",
        "records that sync runs created, updated, left, deactivated, skipped or failed on",
    ),
    metric(SYNC_ACTIVE, Kind::Gauge, "kind", "sync runs this process works on"),
];

const fn metric(name: &'static str, kind: Kind, labels: &'static str, help: &'static str) -> Metric {
    Metric { name, kind, labels, help }
}

/// Tells the recorder what each metric is.
pub fn describe() {
    for metric in ALL {
        match metric.kind {
            Kind::Counter => describe_counter!(metric.name, metric.help),
            Kind::Gauge => describe_gauge!(metric.name, metric.help),
            Kind::Histogram => describe_histogram!(metric.name, Unit::Seconds, metric.help),
        }
    }
}

/// The page docs/METRICS.md.
pub fn markdown() -> String {
    let rows: String = ALL
        .iter()
        .map(|metric| {
            format!(
                "| `{}` | {} | {} | {} |\n",
                metric.name,
                format!("{:?}", metric.kind).to_lowercase(),
                metric.labels,
                metric.help
            )
        })
        .collect();
    format!(
        "# Metrics\n\n`GET /metrics` in Prometheus' text form; `telemetry.metrics = false` turns it off. Durations are in seconds.\n\n| Name | Kind | Labels | Meaning |\n|---|---|---|---|\n{rows}"
    )
}

/// One open stream, for as long as it lives.
#[derive(Debug)]
pub struct Gauge(&'static str);

impl Gauge {
    /// Counts one more.
    pub fn open(transport: &'static str) -> Self {
        metrics::gauge!(STREAMS, "transport" => transport).increment(1);
        Self(transport)
    }
}

impl Drop for Gauge {
    fn drop(&mut self) {
        metrics::gauge!(STREAMS, "transport" => self.0).decrement(1);
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn the_page_lists_every_metric_as_the_code_has_it() {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/METRICS.md");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, markdown()).unwrap();
        }
        let page = std::fs::read_to_string(&path).unwrap();
        assert!(page == markdown(), "docs/METRICS.md differs; run this test with UPDATE_DOCS=1 and look at the change");
    }

    #[test]
    fn no_metric_is_listed_twice() {
        let names: std::collections::BTreeSet<_> = ALL.iter().map(|metric| metric.name).collect();
        assert_eq!(names.len(), ALL.len());
    }
}

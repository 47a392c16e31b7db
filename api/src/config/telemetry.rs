//! `[telemetry]`: what the program says about itself.
//!
//! Rule: logs go to standard error; standard output belongs to the answer of a command.

use serde::Deserialize;

use super::section::{Kind, Setting, section};

section! {
    /// What the program says about itself.
    Telemetry at "telemetry" {
        /// `pretty` for people, `json` for machines. `STOCKBRIDGE_TELEMETRY__FORMAT`
        format: LogFormat = LogFormat::Pretty,
        /// Least severe level shown, or a filter such as `info,stockbridge=debug`. `STOCKBRIDGE_TELEMETRY__LEVEL`
        level: String = "info".to_owned(),
        /// Serve `/metrics`. `STOCKBRIDGE_TELEMETRY__METRICS`
        metrics: bool = true,
    }
}

/// The shape of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}

impl Setting for LogFormat {
    const KIND: Kind = Kind::Text;

    fn show(&self) -> String {
        match self {
            Self::Pretty => "pretty".to_owned(),
            Self::Json => "json".to_owned(),
        }
    }
}

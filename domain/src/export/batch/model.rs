//! Types of export runs.

use entity::{ExportId, ExportRunOutcome, export_run_document};
use serde::{Deserialize, Serialize};

use crate::{
    error::Refusal,
    export::model::{Check, Export},
};

/// A document of a run, as stored.
pub(super) type Row = export_run_document::Model;

/// What became of a document, for a reader: also while it is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Not begun.
    Waiting,
    /// On its way.
    OnItsWay,
    /// It ended like that.
    As(ExportRunOutcome),
}

/// A document of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunDocument {
    /// Place in the run, from 1.
    pub place: i64,
    /// The document's export.
    pub export: ExportId,
    /// What became of it in this run.
    pub ended: Ended,
    /// Why it is not in the books.
    pub reasons: Vec<Reason>,
}

/// Why a document is not in the books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reason {
    /// Code to branch on.
    pub code: String,
    /// A sentence that names the record.
    pub message: String,
    /// The way out.
    pub help: Option<String>,
    /// The accounting system's own code.
    pub provider_code: Option<String>,
}

impl From<&Refusal> for Reason {
    fn from(refusal: &Refusal) -> Self {
        Self {
            code: refusal.code.as_str().to_owned(),
            message: refusal.message.clone(),
            help: refusal.help.clone(),
            provider_code: refusal.provider_code.clone(),
        }
    }
}

impl From<&Check> for Reason {
    fn from(check: &Check) -> Self {
        let (message, help) = (check.message.clone(), Some(check.help.clone()));
        Self { code: check.code.as_str().to_owned(), message, help, provider_code: None }
    }
}

impl Reason {
    /// The last error of an export, where it has one.
    pub(super) fn of(export: &Export) -> Option<Self> {
        Some(Self {
            code: export.error_code.clone()?,
            message: export.error_message.clone().unwrap_or_default(),
            help: export.error_help.clone(),
            provider_code: export.provider_code.clone(),
        })
    }
}

/// Reasons as they are kept.
pub(super) fn to_json(reasons: &[Reason]) -> Option<serde_json::Value> {
    if reasons.is_empty() { None } else { serde_json::to_value(reasons).ok() }
}

/// Reads the kept form.
pub(super) fn from_json(value: Option<&serde_json::Value>) -> Vec<Reason> {
    value.and_then(|value| serde_json::from_value(value.clone()).ok()).unwrap_or_default()
}

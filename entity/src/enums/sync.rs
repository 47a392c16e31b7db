//! Runs: what they do, how they stand, what they say.
//!
//! Rule: as of all words, see [`super`].

use sea_orm::entity::prelude::*;

/// What a run syncs.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    EnumIter,
    DeriveActiveEnum,
    serde::Serialize,
    serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SyncKind {
    /// Items, accounts and suppliers.
    Items,
    /// Sales documents.
    Sales,
    /// Documents sent to the accounting system.
    Export,
    /// A build; no run.
    Build,
}

/// State of a run.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    EnumIter,
    DeriveActiveEnum,
    serde::Serialize,
    serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SyncRunState {
    /// Waiting for a worker.
    Queued,
    /// A worker has it.
    Running,
    /// Ended, nothing to report.
    Succeeded,
    /// Ended; some records need attention.
    SucceededWithIssues,
    /// Ended by an error; what was committed stays.
    Failed,
    /// Ended by a user.
    Cancelled,
    /// Not started: the lock was held.
    Skipped,
}

/// Who started a run.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    EnumIter,
    DeriveActiveEnum,
    serde::Serialize,
    serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SyncTrigger {
    /// A user.
    User,
    /// The schedule.
    Schedule,
    /// The accounting system's announcement.
    Webhook,
}

/// What a run is doing.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    EnumIter,
    DeriveActiveEnum,
    serde::Serialize,
    serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SyncPhase {
    /// Waiting.
    Queued,
    /// Reading company settings.
    Company,
    /// Reading the chart of accounts.
    Accounts,
    /// Reading suppliers.
    Suppliers,
    /// Reading items.
    Items,
    /// Bringing linked products up to date.
    Products,
    /// Marking items that are gone.
    Deactivations,
    /// Reading sales documents, or sending documents to the books.
    Documents,
    /// Looking for sales documents that are gone.
    Missing,
    /// Processing sales documents in order.
    Processing,
    /// Trying again what could not be processed before.
    Issues,
    /// Ended.
    Done,
}

/// Why an item was skipped.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    EnumIter,
    DeriveActiveEnum,
    serde::Serialize,
    serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SkipReason {
    /// Its type is not selected in the settings.
    TypeNotSelected,
    /// It is a heading, not an item.
    Category,
    /// It has no id.
    MissingId,
    /// It has no name.
    MissingName,
    /// A number cannot be kept exactly.
    InexactNumber,
    /// A field cannot be read.
    InvalidField,
    /// The listing held it twice.
    Duplicate,
}

/// How serious a notice is.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    EnumIter,
    DeriveActiveEnum,
    serde::Serialize,
    serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Needs attention.
    Warning,
    /// Something does not work.
    Error,
}

/// How a provider call ended.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    EnumIter,
    DeriveActiveEnum,
    serde::Serialize,
    serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CallOutcome {
    /// The provider did what was asked.
    Ok,
    /// It did not, or nobody knows.
    Failed,
}

/// What became of a document in an export run.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    EnumIter,
    DeriveActiveEnum,
    serde::Serialize,
    serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExportRunOutcome {
    /// It is in the books.
    Posted,
    /// The accounting system refused it.
    Failed,
    /// Something stands in its way; it was not sent, and waits.
    Refused,
    /// There was nothing to send.
    Skipped,
    /// The run ended before it was sent; it waits as before.
    Returned,
    /// It was sent and nobody knows what became of it; the run ended, the export finds it out by itself.
    Left,
}

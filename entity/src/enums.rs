//! Closed sets of words, stored as text in SCREAMING_SNAKE_CASE.
//!
//! Rule: a word is never renamed once released; the database holds it.

use sea_orm::entity::prelude::*;

/// What a member may do, by default.
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
pub enum Role {
    /// All permissions; one per business.
    Owner,
    /// All permissions but the owner's own.
    Admin,
    /// Syncs, imports, exports; no connections, no approvals.
    Accountant,
    /// Builds and stock; no accounting.
    Builder,
}

/// Life of an integration.
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
pub enum IntegrationStatus {
    /// Consent was started, not finished.
    Pending,
    /// Connected.
    Active,
    /// The grant is gone; reconnect.
    Expired,
    /// Disconnected by a user; data kept.
    Disconnected,
}

/// Where the truth for quantity and cost lies.
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
pub enum InventoryMode {
    /// In the accounting system.
    Sync,
    /// In this gateway.
    SelfManaged,
}

/// When documents are exported.
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
pub enum ExportMode {
    /// When a user says so.
    Manual,
    /// As soon as they are ready.
    Automatic,
}

/// Kind of an accounting item.
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
pub enum ItemType {
    /// Stock that the accounting system counts.
    Inventory,
    /// Bought or sold, not counted.
    NonInventory,
    /// Work or fees.
    Service,
    /// Several items sold as one.
    Bundle,
    /// A heading for other items.
    Category,
    /// A kind this gateway does not know.
    Other,
}

/// Class of an account.
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
pub enum AccountClass {
    /// What the company owns.
    Asset,
    /// What it owes.
    Liability,
    /// The owners' share.
    Equity,
    /// Income.
    Revenue,
    /// Costs.
    Expense,
    /// Not part of the books.
    NonPosting,
}

/// Kind of a product.
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
pub enum ProductType {
    /// Bought, used in builds.
    RawMaterial,
    /// Bought, used in builds; behaves as raw material.
    Component,
    /// Built, used in builds.
    SubAssembly,
    /// Built, sold.
    FinishedGood,
}

/// How well a cost is known.
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
pub enum CostStatus {
    /// Every unit's cost is known.
    Complete,
    /// Some cost is an assumption.
    Estimated,
    /// Unknown; not zero.
    Missing,
}

/// Why stock changed.
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
pub enum MovementKind {
    /// Opening balance at import.
    Opening,
    /// The accounting system's quantity or cost changed.
    ItemSync,
    /// A receipt was confirmed.
    Receive,
    /// A confirmed receipt was corrected.
    ReceiptCorrection,
    /// A receipt was voided.
    ReceiptVoid,
    /// A build consumed a component.
    BuildConsume,
    /// A build made its product.
    BuildProduce,
    /// A rejected build's component came back.
    BuildRecover,
    /// A build was reversed.
    BuildReverse,
    /// A lot was adjusted.
    LotAdjustment,
    /// A product's stock was adjusted.
    StockAdjustment,
    /// A sale.
    Sale,
    /// A sale was voided, deleted or edited.
    SaleReversal,
    /// A customer returned something.
    SaleReturn,
    /// What a shortage really cost, against what was assumed.
    ShortageSettlement,
}

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

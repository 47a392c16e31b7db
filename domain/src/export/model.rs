//! Types of exports.

use chrono::NaiveDate;
use entity::{
    AccountId, AccountRole, Amount, BuildId, BusinessId, CorrectionId, ExportId, ExportKind, ExportSource, ExportState,
    IntegrationId, InventoryMode, MovementId, ProductId, ProductType, Quantity, ReceiptId, TrueUpId,
};
use tokio::sync::broadcast;
use uuid::Uuid;

use super::draft::Draft;
use crate::{error::ErrorCode, integration::Notice};

/// An export as stored.
pub type Export = entity::export::Model;
/// An attempt as stored.
pub type Attempt = entity::export_attempt::Model;
/// A chosen account as stored.
pub type ChosenAccount = entity::export_account::Model;

/// An account that stands for a role with some products only, as stored.
pub type OverrideRow = entity::export_override::Model;

/// What became of a posted document since, as stored.
pub type Drift = entity::export_drift::Model;
/// The watch over an integration's posted documents, as stored.
pub type Watch = entity::export_watch::Model;

/// A document that can be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentRef {
    /// A build, or what a rejected one lost.
    Build(BuildId),
    /// A receipt.
    Receipt(ReceiptId),
    /// A correction of a receipt.
    Correction(CorrectionId),
    /// An adjustment of a lot or a product.
    Movement(MovementId),
    /// What a journal entry gathers of a day.
    Journal(ExportId),
    /// A journal that brings the books' stock value to ours.
    TrueUp(TrueUpId),
}

impl DocumentRef {
    /// What kind of record it is.
    pub fn source(self) -> ExportSource {
        match self {
            Self::Build(_) => ExportSource::Build,
            Self::Receipt(_) => ExportSource::Receipt,
            Self::Correction(_) => ExportSource::Correction,
            Self::Movement(_) => ExportSource::Movement,
            Self::Journal(_) => ExportSource::Journal,
            Self::TrueUp(_) => ExportSource::TrueUp,
        }
    }

    /// Its id.
    pub fn id(self) -> Uuid {
        match self {
            Self::Build(id) => id.0,
            Self::Receipt(id) => id.0,
            Self::Correction(id) => id.0,
            Self::Movement(id) => id.0,
            Self::Journal(id) => id.0,
            Self::TrueUp(id) => id.0,
        }
    }

    /// The document of an export.
    pub fn of(export: &Export) -> Self {
        Self::from_parts(export.source, export.document_id)
    }

    /// The document of a kind of record and an id.
    pub fn from_parts(source: ExportSource, id: Uuid) -> Self {
        match source {
            ExportSource::Build => Self::Build(BuildId(id)),
            ExportSource::Receipt => Self::Receipt(ReceiptId(id)),
            ExportSource::Correction => Self::Correction(CorrectionId(id)),
            ExportSource::Movement => Self::Movement(MovementId(id)),
            ExportSource::Journal => Self::Journal(ExportId(id)),
            ExportSource::TrueUp => Self::TrueUp(TrueUpId(id)),
        }
    }
}

/// A document as the plan sees it: what stock it moved, and at what value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The record.
    pub record: DocumentRef,
    /// What the export says of it.
    pub kind: ExportKind,
    /// Our reference.
    pub reference: String,
    /// What people call it, for example "Build 12".
    pub label: String,
    /// Business date.
    pub date: NaiveDate,
    /// What moved, in the order of the document; the same product may come more than once.
    pub lines: Vec<DocumentLine>,
    /// Value of the whole in a journal, with its sign as seen by the debited account of its kind.
    pub total: Amount,
    /// Units went missing: a loss, breakage, a short delivery. Decides the account.
    pub is_loss: bool,
    /// Of what takes a document back: what of it is in the books.
    pub posted: Option<Draft>,
}

/// A product that moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentLine {
    /// Product.
    pub product: ProductId,
    /// Change of quantity.
    pub quantity: Quantity,
    /// Change of value, at our cost.
    pub value: Amount,
}

/// What would be sent, and what stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Business.
    pub business: BusinessId,
    /// Where it would go.
    pub integration: IntegrationId,
    /// The export's row, where there is one.
    pub export: Option<ExportId>,
    /// The document.
    pub document: DocumentRef,
    /// What is said of it.
    pub kind: ExportKind,
    /// The mode.
    pub mode: InventoryMode,
    /// Names everything that decides what is sent.
    pub hash: String,
    /// What is wrong, all of it; nothing is sent while there is anything.
    pub checks: Vec<Check>,
    /// What people should know.
    pub warnings: Vec<Notice>,
    /// What would be sent.
    pub draft: Draft,
    /// What it would do to the books.
    pub entries: Vec<Entry>,
    /// There is nothing to send, and why.
    pub nothing: Option<String>,
}

impl Plan {
    /// Whether it can be sent.
    pub fn ready(&self) -> bool {
        self.checks.is_empty() && self.nothing.is_none()
    }
}

/// Something that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Code to branch on.
    pub code: ErrorCode,
    /// Short title, with the words of the behaviour page (2.14).
    pub title: &'static str,
    /// A sentence that names the record.
    pub message: String,
    /// The way out.
    pub help: String,
    /// The record that it is about.
    pub record: Option<CheckRecord>,
    /// The role of an account that it is about.
    pub role: Option<AccountRole>,
}

/// The record that a check is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckRecord {
    /// A product.
    Product(ProductId),
    /// An item.
    Item(entity::ItemId),
    /// An account.
    Account(AccountId),
    /// The integration.
    Integration(IntegrationId),
}

/// What a document does to one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The provider's id of the account; none where it is not known yet.
    pub account: Option<String>,
    /// Its name.
    pub name: String,
    /// Debit, at the minor unit.
    pub debit: Amount,
    /// Credit, at the minor unit.
    pub credit: Amount,
    /// The accounting system costs the goods by itself: this is what our own costs say.
    pub estimated: bool,
}

/// An account for a role, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleChoice {
    /// Role.
    pub role: AccountRole,
    /// Account; none takes the choice back.
    pub account: Option<AccountId>,
}

/// Which products have an account of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OverrideOf {
    /// Those of a type.
    Type(ProductType),
    /// Those of a category, letter case ignored.
    Category(String),
}

/// An account for a role with some products, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverrideChoice {
    /// Role.
    pub role: AccountRole,
    /// Which products.
    pub of: OverrideOf,
    /// Account; none takes the choice back.
    pub account: Option<AccountId>,
}

/// Which exports to list; all set fields must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportFilter {
    /// In one of these states.
    pub states: Vec<ExportState>,
    /// Of one of these kinds.
    pub kinds: Vec<ExportKind>,
    /// To this integration.
    pub integration: Option<IntegrationId>,
    /// Of this document.
    pub document: Option<Uuid>,
    /// Whether the books differ from what was sent, and nobody has agreed to it.
    pub drifted: Option<bool>,
    /// Of this export run.
    pub run: Option<entity::RunId>,
}

/// A posted document, read back and compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// The export.
    pub export: Export,
    /// Whether the document was found.
    pub found: bool,
    /// Where it differs from what was sent; empty when it does not.
    pub differences: Vec<Difference>,
}

/// A difference between what was sent and what is in the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What: `state`, `date`, `account`, or an item's or account's external id.
    pub what: String,
    /// As it was sent.
    pub sent: Option<String>,
    /// As it is in the books.
    pub found: Option<String>,
}

/// Announces that an export changed; subscribers then read the row. A lost announcement does no harm.
#[derive(Debug, Clone)]
pub struct ExportChanges(broadcast::Sender<(BusinessId, ExportId)>);

impl Default for ExportChanges {
    fn default() -> Self {
        Self(broadcast::channel(1024).0)
    }
}

impl ExportChanges {
    /// Announces a change.
    pub fn announce(&self, business: BusinessId, export: ExportId) {
        // Nobody listening is not an error.
        let _ = self.0.send((business, export));
    }

    /// Listens from now on.
    pub fn listen(&self) -> broadcast::Receiver<(BusinessId, ExportId)> {
        self.0.subscribe()
    }
}

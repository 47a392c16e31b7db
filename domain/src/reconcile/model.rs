//! Types of reconciliations.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use entity::{
    AccountId, Amount, ExportId, ExportSource, IntegrationId, ProductId, Quantity, ReconciliationClass,
    ReconciliationId, ReconciliationState,
};
use providers::model::{LedgerLine, RecordKind};
use uuid::Uuid;

use crate::{error::Refusal, export::draft::Draft, money::Currency};

/// A reconciliation as stored.
pub type Reconciliation = entity::reconciliation::Model;
/// A line as stored.
pub type Line = entity::reconciliation_line::Model;
/// A product as stored.
pub type ItemRow = entity::reconciliation_item::Model;
/// A true-up as stored.
pub type TrueUp = entity::true_up::Model;

/// All classes, in the order people see them.
pub const CLASSES: [ReconciliationClass; 9] = [
    ReconciliationClass::NotExported,
    ReconciliationClass::Unlinked,
    ReconciliationClass::EditedThere,
    ReconciliationClass::ManualJournal,
    ReconciliationClass::OtherApp,
    ReconciliationClass::Sales,
    ReconciliationClass::ValueParity,
    ReconciliationClass::Rounding,
    ReconciliationClass::Unexplained,
];

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Whose books.
    pub integration: IntegrationId,
    /// At the end of which day; today if none.
    pub on: Option<NaiveDate>,
    /// The inventory accounts; those of the items and of the settings if none.
    pub accounts: Vec<AccountId>,
}

/// Which reconciliations to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReconciliationFilter {
    /// Of this integration.
    pub integration: Option<IntegrationId>,
    /// In one of these states.
    pub states: Vec<ReconciliationState>,
}

/// What a product moved by, within one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Product.
    pub product: ProductId,
    /// Change of quantity.
    pub quantity: Quantity,
    /// Change of value.
    pub value: Amount,
}

/// What one document did to our stock, up to the day: one side of a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    /// Our record, where it is one that can be shown.
    pub record: Option<(ExportSource, Uuid)>,
    /// Its export.
    pub export: Option<ExportId>,
    /// What people call it.
    pub label: String,
    /// Its day.
    pub date: NaiveDate,
    /// Where it stands.
    pub standing: Standing,
    /// What it moved.
    pub parts: Vec<Part>,
    /// Of a journal that gathers: what each of its documents moved, since each is rounded by itself. Empty for others.
    pub gathered: Vec<Amount>,
}

/// Where a document stands between us and the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// In the books, as it was sent.
    Posted {
        /// The provider's id.
        external_id: String,
        /// What was sent.
        draft: Draft,
    },
    /// A journal that was to bring the books' value to ours.
    TrueUp {
        /// The provider's id.
        external_id: String,
        /// What was added, by product and account.
        amounts: Vec<TrueUpAmount>,
    },
    /// There was nothing to send, and why.
    Nothing(String),
    /// Not in the books yet.
    Waiting {
        /// Why.
        reason: String,
        /// The way out.
        help: String,
    },
    /// Taken over from the accounting system: an opening, or what an item sync found.
    FromThere,
    /// A sale.
    Sale,
}

/// What a true-up adds to an account for a product.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TrueUpAmount {
    /// Product.
    pub product: Uuid,
    /// The provider's id of the account.
    pub account: String,
    /// Millionths, debits positive.
    pub amount: i64,
}

/// The item that a product is linked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedItem {
    /// The provider's id.
    pub external_id: String,
    /// The provider's id of the account that keeps its stock.
    pub asset_account: Option<String>,
}

/// A line of their accounts, its numbers kept exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TheirLine {
    /// The line.
    pub line: LedgerLine,
    /// Debit less credit.
    pub amount: Amount,
    /// Change of quantity, where told.
    pub quantity: Option<Quantity>,
}

/// What an item held there before the first day that is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// Quantity.
    pub quantity: Quantity,
    /// Value.
    pub value: Amount,
}

/// Everything that decides a reconciliation.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The business's currency.
    pub currency: Currency,
    /// At the end of this day.
    pub on: NaiveDate,
    /// The first day whose lines are known one by one.
    pub from: NaiveDate,
    /// The provider's ids of the inventory accounts.
    pub accounts: BTreeSet<String>,
    /// Our documents.
    pub legs: Vec<Leg>,
    /// Items that products are linked to.
    pub items: HashMap<ProductId, LinkedItem>,
    /// Names of products.
    pub products: HashMap<ProductId, String>,
    /// Names of items, by the provider's id.
    pub item_names: HashMap<String, String>,
    /// Their lines from the first day on.
    pub lines: Vec<TheirLine>,
    /// What their items held before.
    pub before: BTreeMap<String, Held>,
    /// What the accounts held before.
    pub balance_before: Amount,
    /// What the accounts hold at the end of the day, by their own account.
    pub balance: Amount,
}

/// A document there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct External {
    /// Kind, where this gateway knows it.
    pub kind: Option<RecordKind>,
    /// Kind, in the provider's words.
    pub label: String,
    /// The provider's id.
    pub id: Option<String>,
    /// Its number.
    pub number: Option<String>,
    /// The item.
    pub item: Option<String>,
}

/// One part of the difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundLine {
    /// Why.
    pub class: ReconciliationClass,
    /// Its part of the difference: ours less theirs.
    pub amount: Amount,
    /// What it is about.
    pub label: String,
    /// Why, in a sentence.
    pub reason: String,
    /// The way out.
    pub help: Option<String>,
    /// Its day.
    pub date: Option<NaiveDate>,
    /// The product.
    pub product: Option<ProductId>,
    /// Our record.
    pub record: Option<(ExportSource, Uuid)>,
    /// Its export.
    pub export: Option<ExportId>,
    /// The document there.
    pub external: Option<External>,
    /// What we say.
    pub ours: Option<Amount>,
    /// What they say.
    pub theirs: Option<Amount>,
}

/// Sum and number of the lines of a class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sum {
    /// Millionths.
    pub amount: i64,
    /// Lines.
    pub lines: u64,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Our stock value.
    pub ours: Amount,
    /// Theirs.
    pub theirs: Amount,
    /// Ours less theirs: the sum of all lines.
    pub difference: Amount,
    /// The lines, by class.
    pub lines: Vec<FoundLine>,
    /// Sums by class; classes without a line are left out.
    pub sums: BTreeMap<ReconciliationClass, Sum>,
    /// What is a matter of value alone, by product.
    pub parity: BTreeMap<ProductId, Amount>,
}

/// A side of a true-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrueUpEntry {
    /// The provider's id of the account.
    pub account: String,
    /// Its name.
    pub name: String,
    /// Debit.
    pub debit: Amount,
    /// Credit.
    pub credit: Amount,
}

/// A true-up as it would be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrueUpPlan {
    /// The reconciliation that found the parity.
    pub reconciliation: ReconciliationId,
    /// Where it would go.
    pub integration: IntegrationId,
    /// Date.
    pub date: NaiveDate,
    /// Names everything that decides what is sent.
    pub hash: String,
    /// What it does to the accounts.
    pub entries: Vec<TrueUpEntry>,
    /// What is added for each product.
    pub amounts: Vec<TrueUpAmount>,
    /// What is sent.
    pub draft: Draft,
    /// The account on the other side.
    pub account: String,
    /// Everything that stands in the way.
    pub checks: Vec<Refusal>,
}

/// What true-ups are planned from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrueUpAsk {
    /// The reconciliation.
    pub reconciliation: ReconciliationId,
    /// The account on the other side.
    pub account: AccountId,
    /// Date; the reconciliation's day if none.
    pub date: Option<NaiveDate>,
}

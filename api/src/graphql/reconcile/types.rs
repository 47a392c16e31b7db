//! Reconciliations, their classes, lines and products.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use domain::{
    export::DocumentRef,
    reconcile::{CLASSES, ItemRow, Line, Reconciliation as DomainRow, account_names, sums_of},
};
use entity::{Amount, ExportSource, ReconciliationClass as DomainClass, ReconciliationState as DomainState};

use crate::graphql::{
    catalog::Product,
    common::{Money, moment},
    connection::Connection,
    export::Export,
    integration::{Integration, InventoryMode},
    paging::{Asked, Key, count},
    refusal::{UserError, fault},
    rows::Plain,
    scalars::{Date, DateTime, Decimal, Url},
    services::{dangling, money, services},
};

/// A reconciliation.
#[derive(Debug, Clone)]
pub struct Reconciliation(pub(crate) DomainRow);

impl Plain for Reconciliation {}

/// Our stock value against the inventory accounts of the accounting system, at the end of a day. What it found stays as it
/// was found. `ours − theirs = difference`, and the classes add up to the difference exactly.
#[Object]
impl Reconciliation {
    /// Id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Whose books.
    async fn integration(&self, ctx: &Context<'_>) -> Result<Integration> {
        let found = services(ctx)?.loaders.integrations.get(self.0.business_id, self.0.integration_id).await?;
        found.map(Integration).ok_or_else(|| dangling("a reconciliation without an integration"))
    }

    /// At the end of which day.
    async fn on(&self) -> Date {
        Date(self.0.on_day)
    }

    /// State; ask again while it is QUEUED or RUNNING.
    async fn state(&self) -> ReconciliationState {
        self.0.state.into()
    }

    /// The inventory mode when it was asked for.
    async fn mode(&self) -> InventoryMode {
        self.0.mode.into()
    }

    /// The inventory accounts whose balance is theirs; empty until it has run, unless they were named.
    async fn accounts(&self) -> Vec<ReconciledAccount> {
        let account = |(external_id, name)| ReconciledAccount { external_id, name };
        account_names(&self.0).into_iter().map(account).collect()
    }

    /// Our stock value; null until it is DONE.
    async fn ours(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        optional(ctx, self.0.ours).await
    }

    /// The balance of their inventory accounts; null until it is DONE.
    async fn theirs(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        optional(ctx, self.0.theirs).await
    }

    /// Ours less theirs; null until it is DONE.
    async fn difference(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        optional(ctx, self.0.difference).await
    }

    /// Every class with its sum, in the order people read them; they add up to the difference. Empty until it is DONE.
    async fn classes(&self, ctx: &Context<'_>) -> Result<Vec<ReconciliationClassSum>> {
        if self.0.state != DomainState::Done {
            return Ok(Vec::new());
        }
        let sums = sums_of(&self.0);
        let mut classes = Vec::with_capacity(CLASSES.len());
        for class in CLASSES {
            let sum = sums.get(&class).copied().unwrap_or_default();
            let lines = i32::try_from(sum.lines).unwrap_or(i32::MAX);
            let amount = money(ctx, Amount(sum.amount)).await?;
            classes.push(ReconciliationClassSum { class: class.into(), amount, lines });
        }
        Ok(classes)
    }

    /// What the difference is made of, class by class.
    #[allow(clippy::too_many_arguments, reason = "Relay's four page arguments")]
    async fn lines(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only lines of this class.")] class: Option<ReconciliationClass>,
        #[graphql(desc = "Lines from the beginning, or after `after`; at most 250.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Lines from the end, or before `before`; at most 250.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<ReconciliationLine>> {
        let (whose, of) = ((self.0.business_id, self.0.id), services(ctx)?.reconciliations.clone());
        let class: Option<DomainClass> = class.map(Into::into);
        let asked = Asked::read(ctx, "reconciliation lines", first, after, last, before)?;
        let page = of.lines(whose, class, &asked.request()).await.map_err(fault)?;
        let total = count(move || {
            let of = of.clone();
            Box::pin(async move { of.count_lines(whose, class).await.map_err(fault) })
        });
        asked.connection(page, |row| Key::Number(row.position, row.id.0), ReconciliationLine, total)
    }

    /// Products against their items, by name.
    async fn items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Products from the beginning, or after `after`; at most 250.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Products from the end, or before `before`; at most 250.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<ReconciliationItem>> {
        let (whose, of) = ((self.0.business_id, self.0.id), services(ctx)?.reconciliations.clone());
        let asked = Asked::read(ctx, "reconciliation items", first, after, last, before)?;
        let page = of.items(whose, &asked.request()).await.map_err(fault)?;
        let total = count(move || {
            let of = of.clone();
            Box::pin(async move { of.count_items(whose).await.map_err(fault) })
        });
        asked.connection(page, |row| Key::Number(row.position, row.id.0), ReconciliationItem, total)
    }

    /// Why it FAILED; null otherwise.
    async fn error(&self) -> Option<UserError> {
        let code = self.0.error_code.as_deref()?;
        let message = self.0.error_message.as_deref().unwrap_or_default();
        Some(UserError::stored(code, message, self.0.error_help.as_deref(), None))
    }

    /// Who asked for it: the `sub` of their token. Its calls are in `syncLogs` with its id as `correlationId`.
    async fn requested_by(&self) -> &str {
        &self.0.requested_by
    }

    /// When it was asked for.
    async fn created_at(&self) -> DateTime {
        moment(self.0.created_at)
    }

    /// When it ended; null before.
    async fn ended_at(&self) -> Option<DateTime> {
        self.0.ended_at.map(moment)
    }
}

async fn optional(ctx: &Context<'_>, amount: Option<Amount>) -> Result<Option<Money>> {
    match amount {
        Some(amount) => money(ctx, amount).await.map(Some),
        None => Ok(None),
    }
}

/// An inventory account of the accounting system.
#[derive(Debug, Clone, SimpleObject)]
pub struct ReconciledAccount {
    /// The accounting system's id.
    external_id: String,
    /// Name.
    name: String,
}

/// A class and its sum.
#[derive(Debug, Clone, SimpleObject)]
pub struct ReconciliationClassSum {
    /// Class.
    class: ReconciliationClass,
    /// Its part of the difference.
    amount: Money,
    /// How many lines it has.
    lines: i32,
}

/// A line.
#[derive(Debug, Clone)]
pub struct ReconciliationLine(pub(crate) Line);

impl Plain for ReconciliationLine {}

/// One part of a reconciliation's difference: what it is about, why, and the way out.
#[Object]
impl ReconciliationLine {
    /// Place in the reconciliation, from 0.
    async fn position(&self) -> i32 {
        i32::try_from(self.0.position).unwrap_or(i32::MAX)
    }

    /// Why it differs.
    async fn class(&self) -> ReconciliationClass {
        self.0.class.into()
    }

    /// Its part of the difference: ours less theirs.
    async fn amount(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.0.amount).await
    }

    /// What it is about, for example "Build 12".
    async fn label(&self) -> &str {
        &self.0.label
    }

    /// Why, in a sentence.
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// The way out; null where nothing has to be done.
    async fn help(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// Date; null where it is of no one day.
    async fn date(&self) -> Option<Date> {
        self.0.on_day.map(Date)
    }

    /// What we say; null where only their side is known.
    async fn ours(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        optional(ctx, self.0.ours).await
    }

    /// What they say; null where only our side is known.
    async fn theirs(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        optional(ctx, self.0.theirs).await
    }

    /// The product; null where it is about none, or about several.
    async fn product(&self, ctx: &Context<'_>) -> Result<Option<Product>> {
        let Some(id) = self.0.product_id else { return Ok(None) };
        Ok(services(ctx)?.loaders.products.get(self.0.business_id, id).await?.map(Product))
    }

    /// Id of our document: a build, a receipt, a correction, a stock movement or a true-up; null where it is none of ours.
    async fn document_id(&self) -> Option<ID> {
        Some(document_id(self.0.source?, self.0.document_id?).into())
    }

    /// The document's export; null where it has none.
    async fn export(&self, ctx: &Context<'_>) -> Result<Option<Export>> {
        let Some(id) = self.0.export_id else { return Ok(None) };
        Ok(services(ctx)?.loaders.exports.exports.get(self.0.business_id, id).await?.map(Export))
    }

    /// The document there, in the accounting system's words; null where there is none.
    async fn external_kind(&self) -> Option<&str> {
        self.0.external_kind.as_deref()
    }

    /// Its id there.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }

    /// Its number there.
    async fn external_number(&self) -> Option<&str> {
        self.0.external_number.as_deref()
    }

    /// Where a person sees it in the accounting system; null where there is no such page.
    async fn external_url(&self) -> Option<Url> {
        self.0.url.as_deref().and_then(|url| url::Url::parse(url).ok()).map(Url)
    }
}

/// The text form of a document's id.
pub(in crate::graphql) fn document_id(source: ExportSource, id: uuid::Uuid) -> String {
    match DocumentRef::from_parts(source, id) {
        DocumentRef::Build(id) => id.to_string(),
        DocumentRef::Receipt(id) => id.to_string(),
        DocumentRef::Correction(id) => id.to_string(),
        DocumentRef::Movement(id) => id.to_string(),
        DocumentRef::Journal(id) => id.to_string(),
        DocumentRef::TrueUp(id) => id.to_string(),
    }
}

/// A product against its item.
#[derive(Debug, Clone)]
pub struct ReconciliationItem(pub(crate) ItemRow);

impl Plain for ReconciliationItem {}

/// A product at the end of the day, against the item that it is linked to.
#[Object]
impl ReconciliationItem {
    /// Place in the reconciliation, from 0.
    async fn position(&self) -> i32 {
        i32::try_from(self.0.position).unwrap_or(i32::MAX)
    }

    /// Name at that time.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The product; null when it is gone.
    async fn product(&self, ctx: &Context<'_>) -> Result<Option<Product>> {
        Ok(services(ctx)?.loaders.products.get(self.0.business_id, self.0.product_id).await?.map(Product))
    }

    /// The accounting system's id of the item; null where the product has none.
    async fn external_item_id(&self) -> Option<&str> {
        self.0.external_item.as_deref()
    }

    /// Our quantity.
    async fn our_quantity(&self) -> Decimal {
        Decimal(self.0.our_quantity.to_decimal())
    }

    /// Our value.
    async fn our_value(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.0.our_value).await
    }

    /// Their quantity; null where they do not tell it for a past day.
    async fn their_quantity(&self) -> Option<Decimal> {
        self.0.their_quantity.map(|quantity| Decimal(quantity.to_decimal()))
    }

    /// Their value; null where they do not tell it for a past day.
    async fn their_value(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        optional(ctx, self.0.their_value).await
    }

    /// How much of the difference is a matter of value alone: the same units, valued otherwise. A true-up takes it away.
    async fn parity(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.0.parity).await
    }
}

/// State of a reconciliation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainState")]
pub enum ReconciliationState {
    /// Waits for a worker.
    Queued,
    /// It is under way.
    Running,
    /// It is done.
    Done,
    /// It could not be done; see the error.
    Failed,
}

/// Why our stock value differs from the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainClass")]
pub enum ReconciliationClass {
    /// Recorded here, not in the books yet.
    NotExported,
    /// A product without an item, or an item without a product.
    Unlinked,
    /// Posted from here, and edited, voided or deleted there since.
    EditedThere,
    /// Both know of it and value it differently: our lots first in first out, theirs by their own costing.
    ValueParity,
    /// Our exact value less what can be posted at the currency's smallest coin.
    Rounding,
    /// A journal entry that somebody made in the accounting system.
    ManualJournal,
    /// Another document there that was not posted from here: a bill, an adjustment, a check.
    OtherApp,
    /// Sales, and the cost that they took out of stock on either side.
    Sales,
    /// What their own lines leave over against their own balance; zero unless the books changed meanwhile.
    Unexplained,
}

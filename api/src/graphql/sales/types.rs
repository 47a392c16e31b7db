//! Sales, their lines and versions, channels.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use domain::sales::{Channel as DomainChannel, Sale as DomainSale, SaleLine as DomainLine, SaleVersion as Version};
use entity::{Amount, SalesDocumentType as DomainType};

use super::{
    issue::SaleIssue,
    words::{SaleChange, SaleLineState, SaleSource, SaleStatus, SalesChannelKind, SalesDocumentType},
};
use crate::graphql::{
    catalog::{CostStatus, Product},
    common::{Money, moment},
    integration::Integration,
    provenance::CostTree,
    rows::Plain,
    scalars::{Date, DateTime, Decimal},
    services::{dangling, money, services},
    stock::{LotConsumption, StockMovement, consumptions_in},
};

/// Where sales come from.
#[derive(Debug, Clone)]
pub struct SalesChannel(pub(crate) DomainChannel);

/// Where sales come from: an integration's sales documents, or people. The manual channel is always there.
#[Object]
impl SalesChannel {
    /// Id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Whether sales come from an integration or from people.
    async fn kind(&self) -> SalesChannelKind {
        self.0.kind.into()
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The integration; null for the manual channel.
    async fn integration(&self, ctx: &Context<'_>) -> Result<Option<Integration>> {
        let Some(id) = self.0.integration_id else { return Ok(None) };
        Ok(services(ctx)?.loaders.integrations.get(self.0.business_id, id).await?.map(Integration))
    }

    /// Whether sales are read from it. Deactivated, it keeps what it has, and resumes where it stopped.
    async fn active(&self) -> bool {
        self.0.active
    }

    /// The earliest date of a document that is read; null for the manual channel.
    async fn initial_date(&self) -> Option<Date> {
        self.0.initial_date.map(Date)
    }

    /// When the last sync of it ended that read everything.
    async fn synced_at(&self) -> Option<DateTime> {
        self.0.synced_at.map(moment)
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        moment(self.0.created_at)
    }
}

/// A sale.
#[derive(Debug, Clone)]
pub struct Sale(pub(crate) DomainSale);

impl Plain for Sale {}

/// A sales document, or a sale recorded by hand, as it is now. What takes back is negative.
#[Object]
impl Sale {
    /// Id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Channel.
    async fn channel(&self, ctx: &Context<'_>) -> Result<SalesChannel> {
        let found = services(ctx)?.loaders.sales.channels.get(self.0.business_id, self.0.channel_id).await?;
        found.map(SalesChannel).ok_or_else(|| dangling("a sale without a channel"))
    }

    /// Whether it was synced or recorded by hand.
    async fn source(&self) -> SaleSource {
        if self.0.document_type == DomainType::Manual { SaleSource::Manual } else { SaleSource::Synced }
    }

    /// Kind of document.
    async fn document_type(&self) -> SalesDocumentType {
        self.0.document_type.into()
    }

    /// Number for people; the reference of a manual sale.
    async fn number(&self) -> Option<&str> {
        self.0.number.as_deref()
    }

    /// The accounting system's id; null for a manual sale.
    async fn external_id(&self) -> Option<&str> {
        Some(self.0.external_id.as_str()).filter(|_| self.0.document_type != DomainType::Manual)
    }

    /// Who bought.
    async fn customer(&self) -> Option<&str> {
        self.0.customer.as_deref()
    }

    /// Date of the document.
    async fn date(&self) -> Date {
        Date(self.0.date)
    }

    /// Whether it counts.
    async fn status(&self) -> SaleStatus {
        self.0.status.into()
    }

    /// Currency of the document; all money here is in the home currency.
    async fn currency(&self) -> &str {
        &self.0.currency
    }

    /// Units of home currency for one of the document's; null where they are the same.
    async fn rate(&self) -> Option<&str> {
        self.0.rate.as_deref()
    }

    /// What its lines of finished goods earn: before tax, after all discounts, without shipping, home currency. Zero once
    /// it is voided or deleted.
    async fn revenue(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.0.revenue).await
    }

    /// What those cost: the lots they took, and for units that were not there the average cost.
    async fn cost(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.0.cost).await
    }

    /// Revenue less cost.
    async fn margin(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, difference(self.0.revenue, self.0.cost)).await
    }

    /// Margin in percent of revenue, to four decimals; null when revenue is zero.
    async fn margin_percent(&self) -> Option<Decimal> {
        percent(self.0.revenue, self.0.cost)
    }

    /// How well the cost is known.
    async fn cost_status(&self) -> CostStatus {
        self.0.cost_status.into()
    }

    /// Units sold that were not there.
    async fn short_quantity(&self) -> Decimal {
        Decimal(self.0.short_quantity.to_decimal())
    }

    /// What all its lines earn, those that are no finished goods included.
    async fn net_total(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.0.net).await
    }

    /// Shipping before tax.
    async fn shipping(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.0.shipping).await
    }

    /// Lines that could not be processed yet.
    async fn open_lines(&self) -> i32 {
        self.0.open_lines
    }

    /// Lines of the version in force; those of the last version that counted, once it is voided or deleted.
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<SaleLine>> {
        let found = services(ctx)?.loaders.sales.lines.get(self.0.business_id, self.0.id).await?;
        Ok(found.unwrap_or_default().into_iter().map(SaleLine).collect())
    }

    /// What it was from one change to the next, oldest first.
    async fn versions(&self, ctx: &Context<'_>) -> Result<Vec<SaleVersion>> {
        let found = services(ctx)?.loaders.sales.versions.get(self.0.business_id, self.0.id).await?;
        let rows = found.unwrap_or_default();
        let mut versions = Vec::with_capacity(rows.len());
        for row in rows {
            versions.push(SaleVersion::of(ctx, row).await?);
        }
        Ok(versions)
    }

    /// Its open issues, oldest first.
    async fn issues(&self, ctx: &Context<'_>) -> Result<Vec<SaleIssue>> {
        let found = services(ctx)?.loaders.sales.issues.get(self.0.business_id, self.0.id).await?;
        Ok(found.unwrap_or_default().into_iter().map(SaleIssue).collect())
    }

    /// Note.
    async fn notes(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// When it was first recorded.
    async fn created_at(&self) -> DateTime {
        moment(self.0.created_at)
    }

    /// Who or what recorded it.
    async fn created_by(&self) -> &str {
        &self.0.created_by
    }

    /// When it last changed here.
    async fn updated_at(&self) -> DateTime {
        moment(self.0.updated_at)
    }
}

/// A line of a sale.
#[derive(Debug, Clone)]
pub struct SaleLine(pub(crate) DomainLine);

impl Plain for SaleLine {}

/// A line of a sale.
#[Object]
impl SaleLine {
    /// Id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The sale.
    async fn sale(&self, ctx: &Context<'_>) -> Result<Sale> {
        let found = services(ctx)?.loaders.sales.sales.get(self.0.business_id, self.0.sale_id).await?;
        found.map(Sale).ok_or_else(|| dangling("a line without a sale"))
    }

    /// What became of it.
    async fn state(&self) -> SaleLineState {
        self.0.state.into()
    }

    /// The product; null while its item is not linked, and for what is no stock.
    async fn product(&self, ctx: &Context<'_>) -> Result<Option<Product>> {
        let Some(id) = self.0.product_id else { return Ok(None) };
        Ok(services(ctx)?.loaders.products.get(self.0.business_id, id).await?.map(Product))
    }

    /// The accounting system's id of the item; null where the line names none.
    async fn item_external_id(&self) -> Option<&str> {
        self.0.item_external_id.as_deref()
    }

    /// The accounting system's id of the bundle that it is a part of.
    async fn bundle_external_id(&self) -> Option<&str> {
        self.0.bundle_external_id.as_deref()
    }

    /// Text.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// Units sold; negative where they came back.
    async fn quantity(&self) -> Decimal {
        Decimal(self.0.quantity.to_decimal())
    }

    /// What it earns: before tax, after all discounts, home currency.
    async fn revenue(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.0.revenue).await
    }

    /// What its units cost; zero for a line that moves no stock.
    async fn cost(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.0.cost).await
    }

    /// Revenue less cost; zero for a line that does not count.
    async fn margin(&self, ctx: &Context<'_>) -> Result<Money> {
        let counts = self.0.processed_at.is_some();
        money(ctx, if counts { difference(self.0.revenue, self.0.cost) } else { Amount::ZERO }).await
    }

    /// How well the cost is known.
    async fn cost_status(&self) -> CostStatus {
        self.0.cost_status.into()
    }

    /// Units sold that were not there.
    async fn short_quantity(&self) -> Decimal {
        Decimal(self.0.short_quantity.to_decimal())
    }

    /// Whether it is part of revenue and margin now.
    async fn counted(&self) -> bool {
        self.0.counted
    }

    /// The stock movement it made; the first, where goods came back to several lots.
    async fn movement(&self, ctx: &Context<'_>) -> Result<Option<StockMovement>> {
        let Some(id) = self.0.movement_id else { return Ok(None) };
        Ok(services(ctx)?.loaders.stock.movements.get(self.0.business_id, id).await?.map(StockMovement))
    }

    /// Where its cost comes from, down to suppliers' prices, landed costs and cost lines; null for a line that moved no
    /// stock. Permission: READ_CATALOG.
    async fn explain(&self, ctx: &Context<'_>) -> Result<Option<CostTree>> {
        match self.0.movement_id {
            Some(id) => CostTree::of_movement(ctx, id).await.map(Some),
            None => Ok(None),
        }
    }

    /// What it took from lots, one for each.
    async fn consumptions(&self, ctx: &Context<'_>) -> Result<Vec<LotConsumption>> {
        match self.0.movement_id {
            Some(id) => consumptions_in(ctx, self.0.business_id, id).await,
            None => Ok(Vec::new()),
        }
    }
}

/// What a sale was from one change to the next.
#[derive(Debug, Clone, SimpleObject)]
pub struct SaleVersion {
    /// Number, from 1.
    version: i32,
    /// What made it.
    change: SaleChange,
    /// Whether it counted.
    status: SaleStatus,
    /// The accounting system's version of the document.
    external_version: Option<String>,
    /// Number for people.
    number: Option<String>,
    /// Date of the document.
    date: Date,
    /// Who bought.
    customer: Option<String>,
    /// What its counted lines earned.
    revenue: Money,
    /// What those cost.
    cost: Money,
    /// Units sold that were not there.
    short_quantity: Decimal,
    /// Why a person took it back.
    reason: Option<String>,
    /// When it was recorded.
    recorded_at: DateTime,
    /// By whom or what.
    recorded_by: String,
}

impl SaleVersion {
    async fn of(ctx: &Context<'_>, row: Version) -> Result<Self> {
        Ok(Self {
            version: row.version,
            change: row.change.into(),
            status: row.status.into(),
            external_version: row.external_version,
            number: row.number,
            date: Date(row.date),
            customer: row.customer,
            revenue: money(ctx, row.revenue).await?,
            cost: money(ctx, row.cost).await?,
            short_quantity: Decimal(row.short_quantity.to_decimal()),
            reason: row.reason,
            recorded_at: moment(row.recorded_at),
            recorded_by: row.recorded_by,
        })
    }
}

fn difference(revenue: Amount, cost: Amount) -> Amount {
    // Both are sums of lines that fit; their difference is cut at the largest figure rather than wrapped.
    Amount(revenue.0.saturating_sub(cost.0))
}

fn percent(revenue: Amount, cost: Amount) -> Option<Decimal> {
    let (revenue, cost) = (revenue.to_decimal(), cost.to_decimal());
    let share = revenue.checked_sub(cost)?.checked_mul(rust_decimal::Decimal::ONE_HUNDRED)?.checked_div(revenue)?;
    Some(Decimal(share.round_dp(4).normalize()))
}

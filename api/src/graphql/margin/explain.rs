//! What is behind a figure.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use domain::{
    business::Actor,
    margin::{Cause, Change, Dimension, Figures, OrderField, Report, Trouble},
    page::Direction,
};
use entity::{BusinessId, ProductId, SaleId, SaleLineId};

use super::types::{MarginConnection, MarginFigures};
use crate::graphql::{
    catalog::Product,
    common::{Money, moment},
    connection::{Connection, Keyset, Page, PageArguments, PageLimits},
    fault::FaultCode,
    paging::count,
    refusal::fault,
    sales::{Sale, SaleChange, SaleLine, SaleStatus, SalesDocumentType},
    scalars::{DateTime, Decimal},
    services::{dangling, services},
    stock::StockMovement,
};

/// A figure of a report.
pub struct MarginExplanation {
    actor: Actor,
    report: Report,
    figures: Figures,
}

impl MarginExplanation {
    pub(super) async fn of(ctx: &Context<'_>, actor: Actor, report: Report) -> Result<Self> {
        let figures = services(ctx)?.margins.total(&actor, &report).await.map_err(fault)?;
        Ok(Self { actor, report, figures })
    }
}

/// What is behind a figure of a report.
#[Object]
impl MarginExplanation {
    /// The figures themselves.
    async fn totals(&self) -> MarginFigures {
        MarginFigures::of(&self.figures, &self.actor.currency)
    }

    /// The sales that make it up, the largest revenue first; their figures add up to the totals.
    async fn sales(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Sales from the beginning, or after `after`; at most 250.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
    ) -> Result<MarginConnection> {
        let order = (OrderField::Revenue, Direction::Descending);
        let report = Report { group_by: vec![Dimension::Sale], order, ..self.report.clone() };
        MarginConnection::read(ctx, self.actor.clone(), report, (first, after)).await
    }

    /// The lines that make it up, by date; `explain` of each leads to its lots, receipts, builds and cost lines.
    async fn lines(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Lines from the beginning, or after `after`; at most 250.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
    ) -> Result<Connection<SaleLine>> {
        let limits = ctx.data_opt::<PageLimits>().copied().unwrap_or_default();
        let arguments = PageArguments { first, after, ..PageArguments::default() };
        let keyset: Keyset<(chrono::NaiveDate, uuid::Uuid)> = Keyset::read(&arguments, limits, "margin lines")?;
        let services = services(ctx)?;
        let page =
            services.margins.lines(&self.actor, &self.report, keyset.limit, keyset.after).await.map_err(fault)?;
        let ids: Vec<SaleLineId> = page.rows.iter().map(|(_, id)| *id).collect();
        let mut rows = services.sales.lines_by_ids(self.actor.business, &ids).await.map_err(fault)?;
        rows.sort_by_key(|row| (row.date, row.id));
        let page = Page { rows, has_previous: keyset.after.is_some(), has_next: page.more };
        let lines = u64::try_from(self.figures.lines).unwrap_or_default();
        let counter = count(move || Box::pin(async move { Ok(lines) }));
        Connection::new(page, "margin lines", |row| (row.date, row.id.0), SaleLine, counter)
    }

    /// Why costs are missing, zero or estimated, and what to do; by product, the largest revenue first, at most 250.
    async fn causes(&self, ctx: &Context<'_>) -> Result<Vec<MarginCause>> {
        let found = services(ctx)?.margins.causes(&self.actor, &self.report).await.map_err(fault)?;
        let cause = |cause| MarginCause { business: self.actor.business, currency: self.actor.currency.clone(), cause };
        Ok(found.into_iter().map(cause).collect())
    }

    /// What changed it since a moment: documents edited, voided, returned or processed since, the latest first, at most 250.
    /// The differences of all add up to the difference of the totals. Not together with `knownAt`.
    async fn changes_since(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The moment.")] since: DateTime,
    ) -> Result<Vec<MarginChange>> {
        if self.report.known_at.is_some() {
            let message = "Changes are told against the figures of now; leave out `knownAt`.";
            return Err(FaultCode::Validation.error(message));
        }
        let found = services(ctx)?.margins.changes(&self.actor, &self.report, since.0.into()).await.map_err(fault)?;
        let change = |change| MarginChange::of(change, self.actor.business, &self.actor.currency);
        Ok(found.into_iter().map(change).collect())
    }

    /// What shortages of its products were settled with since a moment, the latest first, at most 250. The value of each is
    /// what was assumed less what the goods cost: it is in the value of stock, the cost of the sale stays as recorded.
    async fn settlements_since(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The moment.")] since: DateTime,
    ) -> Result<Vec<StockMovement>> {
        let services = services(ctx)?;
        let ids = services.margins.settlements(&self.actor, &self.report, since.0.into()).await.map_err(fault)?;
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            let movement = services.loaders.stock.movements.get(self.actor.business, id).await?;
            found.extend(movement.map(StockMovement));
        }
        Ok(found)
    }
}

/// Why a product's cost may not be taken at face value.
pub struct MarginCause {
    business: BusinessId,
    currency: String,
    cause: Cause,
}

/// Why a product's cost may not be taken at face value, and what to do.
#[Object]
impl MarginCause {
    /// The product.
    async fn product(&self, ctx: &Context<'_>) -> Result<Product> {
        let id: ProductId = self.cause.product;
        let found = services(ctx)?.loaders.products.get(self.business, id).await?;
        found.map(Product).ok_or_else(|| dangling("a sale line without its product"))
    }

    /// What is wrong.
    async fn trouble(&self) -> MarginTrouble {
        self.cause.trouble.into()
    }

    /// How many of its lines are meant.
    async fn lines(&self) -> i64 {
        self.cause.lines
    }

    /// Their revenue.
    async fn revenue(&self) -> Money {
        Money::of(self.cause.revenue, &self.currency)
    }

    /// Their cost.
    async fn cost(&self) -> Money {
        Money::of(self.cause.cost, &self.currency)
    }

    /// Units sold that were not there.
    async fn short_quantity(&self) -> Decimal {
        Decimal(self.cause.short_quantity.to_decimal())
    }

    /// Why, naming the product.
    async fn message(&self) -> &str {
        &self.cause.message
    }

    /// What to do.
    async fn help(&self) -> &str {
        &self.cause.help
    }
}

/// What is wrong with a cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Trouble")]
pub enum MarginTrouble {
    /// Units were sold that were not there, and no cost was known to assume.
    Missing,
    /// Units have cost nothing.
    Zero,
    /// The average cost was assumed for units that were not there or came back, or a lot's own cost is estimated.
    Estimated,
}

/// What a sale contributes now, against what it contributed at an earlier moment.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct MarginChange {
    /// Kind of document.
    document_type: SalesDocumentType,
    /// Whether it counts now.
    status: SaleStatus,
    /// What happened to it last.
    change: SaleChange,
    /// When.
    recorded_at: DateTime,
    /// By whom or what.
    recorded_by: String,
    /// What it contributed then.
    before: MarginFigures,
    /// What it contributes now.
    after: MarginFigures,
    #[graphql(skip)]
    business: BusinessId,
    #[graphql(skip)]
    sale: SaleId,
}

impl MarginChange {
    fn of(change: Change, business: BusinessId, currency: &str) -> Self {
        Self {
            document_type: change.document_type.into(),
            status: change.status.into(),
            change: change.change.into(),
            recorded_at: moment(change.recorded_at),
            recorded_by: change.recorded_by,
            before: MarginFigures::of(&change.before, currency),
            after: MarginFigures::of(&change.after, currency),
            business,
            sale: change.sale,
        }
    }
}

#[async_graphql::ComplexObject]
impl MarginChange {
    /// The sale.
    #[graphql(name = "sale")]
    async fn document(&self, ctx: &Context<'_>) -> Result<Sale> {
        let found = services(ctx)?.loaders.sales.sales.get(self.business, self.sale).await?;
        found.map(Sale).ok_or_else(|| dangling("a change without its sale"))
    }
}

//! Rows of margin reports, their figures, their pages.

use async_graphql::{ComplexObject, Context, Error, Object, Result, SimpleObject, Value};
use domain::{
    business::Actor,
    margin::{Figures, Keys, MarginRow as DomainRow, Margins, Place, Report, rules::percent},
};
use entity::BusinessId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::graphql::{
    catalog::{CostStatus, Product},
    common::Money,
    connection::{Connection, Edge, Keyset, Page, PageArguments, PageInfo, PageLimits},
    paging::count,
    refusal::fault,
    rows::{Plain, Row, Selected, text, value},
    sales::{Sale, SalesChannel},
    scalars::{Date, Decimal},
    services::services,
};

/// Figures of sales: sums of the lines that count, home currency, before tax, after all discounts, without shipping.
#[derive(Debug, Clone, SimpleObject)]
pub struct MarginFigures {
    /// Units sold less units that came back. Of several products, units of all of them.
    quantity: Decimal,
    /// What was earned; negative where more came back.
    revenue: Money,
    /// What the goods cost: the lots they were taken from, labour and overhead included; for units that were not there
    /// the average cost.
    cost: Money,
    /// Revenue less cost.
    margin: Money,
    /// Margin in percent of revenue, to four decimals; null when revenue is zero.
    margin_percent: Option<Decimal>,
    /// Units sold that were not there.
    short_quantity: Decimal,
    /// How well the cost is known: as well as that of the line of which least is known.
    cost_status: CostStatus,
    /// Lines that were added up.
    lines: i64,
    /// Lines whose cost is estimated.
    estimated_lines: i64,
    /// Revenue of those.
    estimated_revenue: Money,
    /// Their cost, which is part of `cost`.
    estimated_cost: Money,
    /// Their share of revenue in percent; null when revenue is zero.
    estimated_percent: Option<Decimal>,
    /// Lines whose cost is not known: what they cost is more than they add to `cost`.
    missing_lines: i64,
    /// Revenue of those.
    missing_revenue: Money,
    /// Their share of revenue in percent; null when revenue is zero.
    missing_percent: Option<Decimal>,
}

impl MarginFigures {
    pub(super) fn of(figures: &Figures, currency: &str) -> Self {
        let money = |amount| Money::of(amount, currency);
        Self {
            quantity: Decimal(figures.quantity.to_decimal()),
            revenue: money(figures.revenue),
            cost: money(figures.cost),
            margin: money(figures.margin()),
            margin_percent: figures.margin_percent().map(Decimal),
            short_quantity: Decimal(figures.short_quantity.to_decimal()),
            cost_status: figures.cost_status().into(),
            lines: figures.lines,
            estimated_lines: figures.estimated_lines,
            estimated_revenue: money(figures.estimated_revenue),
            estimated_cost: money(figures.estimated_cost),
            estimated_percent: percent(figures.estimated_revenue, figures.revenue).map(Decimal),
            missing_lines: figures.missing_lines,
            missing_revenue: money(figures.missing_revenue),
            missing_percent: percent(figures.missing_revenue, figures.revenue).map(Decimal),
        }
    }
}

impl MarginFigures {
    fn plain(&self, field: &Selected<'_>) -> Option<Value> {
        Some(match field.name {
            "quantity" => value(&self.quantity),
            "revenue" => return field.object(Some(&self.revenue)),
            "cost" => return field.object(Some(&self.cost)),
            "margin" => return field.object(Some(&self.margin)),
            "marginPercent" => value(&self.margin_percent),
            "shortQuantity" => value(&self.short_quantity),
            "costStatus" => value(&self.cost_status),
            "lines" => Value::from(self.lines),
            _ => return None,
        })
    }
}

/// A row of a margin report. What it is not grouped by is null.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct MarginRow {
    /// First day of the row's day, week or month.
    period: Option<Date>,
    /// Who bought; empty for sales that name nobody.
    customer: Option<String>,
    #[graphql(flatten)]
    figures: MarginFigures,
    #[graphql(skip)]
    business: BusinessId,
    #[graphql(skip)]
    keys: Keys,
}

impl MarginRow {
    fn of(row: DomainRow, business: BusinessId, currency: &str) -> Self {
        Self {
            period: row.keys.period.map(Date),
            customer: row.keys.customer.clone(),
            figures: MarginFigures::of(&row.figures, currency),
            business,
            keys: row.keys,
        }
    }
}

impl Plain for MarginRow {
    fn plain(&self, field: &Selected<'_>) -> Option<Value> {
        match field.name {
            "period" => Some(value(&self.period)),
            "customer" => Some(text(self.customer.as_deref())),
            _ => self.figures.plain(field),
        }
    }
}

#[ComplexObject]
impl MarginRow {
    /// Product.
    async fn product(&self, ctx: &Context<'_>) -> Result<Option<Product>> {
        let Some(id) = self.keys.product else { return Ok(None) };
        Ok(services(ctx)?.loaders.products.get(self.business, id).await?.map(Product))
    }

    /// Sales channel.
    async fn channel(&self, ctx: &Context<'_>) -> Result<Option<SalesChannel>> {
        let Some(id) = self.keys.channel else { return Ok(None) };
        Ok(services(ctx)?.loaders.sales.channels.get(self.business, id).await?.map(SalesChannel))
    }

    /// Sale.
    async fn sale(&self, ctx: &Context<'_>) -> Result<Option<Sale>> {
        let Some(id) = self.keys.sale else { return Ok(None) };
        Ok(services(ctx)?.loaders.sales.sales.get(self.business, id).await?.map(Sale))
    }
}

/// What a cursor holds: the figure that rows are ordered by, and what the row is grouped by.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Mark {
    #[serde(rename = "v", default, skip_serializing_if = "Option::is_none")]
    value: Option<i64>,
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    period: Option<chrono::NaiveDate>,
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    product: Option<Uuid>,
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    channel: Option<Uuid>,
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    sale: Option<Uuid>,
}

impl From<Place> for Mark {
    fn from(Place { value, keys }: Place) -> Self {
        Self {
            value,
            period: keys.period,
            product: keys.product.map(Into::into),
            channel: keys.channel.map(Into::into),
            customer: keys.customer,
            sale: keys.sale.map(Into::into),
        }
    }
}

impl From<Mark> for Place {
    fn from(mark: Mark) -> Self {
        let keys = Keys {
            period: mark.period,
            product: mark.product.map(Into::into),
            channel: mark.channel.map(Into::into),
            customer: mark.customer,
            sale: mark.sale.map(Into::into),
        };
        Self { value: mark.value, keys }
    }
}

/// A page of a margin report.
pub struct MarginConnection {
    page: Connection<MarginRow>,
    actor: Actor,
    margins: Margins,
    report: Report,
}

impl MarginConnection {
    /// Reads a page.
    ///
    /// # Errors
    /// A fault that names the argument, or says why the report is refused.
    pub(super) async fn read(
        ctx: &Context<'_>,
        actor: Actor,
        report: Report,
        (first, after): (Option<i32>, Option<String>),
    ) -> Result<Self> {
        let margins = services(ctx)?.margins.clone();
        let limits = ctx.data_opt::<PageLimits>().copied().unwrap_or_default();
        let arguments = PageArguments { first, after, ..PageArguments::default() };
        let order = format!("margins {:?} {:?} {:?}", report.group_by, report.order.0, report.order.1);
        let keyset: Keyset<Mark> = Keyset::read(&arguments, limits, &order)?;
        let after = keyset.after.clone().map(Place::from);
        let page = margins.page(&actor, &report, keyset.limit, after.as_ref()).await.map_err(fault)?;
        let page = Page { rows: page.rows, has_previous: after.is_some(), has_next: page.more };
        let node = |row| MarginRow::of(row, actor.business, &actor.currency);
        let mark = |row: &DomainRow| Mark::from(report.place(row));
        let asked = (margins.clone(), actor.clone(), report.clone());
        let counter = count(move || {
            let (margins, actor, report) = asked.clone();
            Box::pin(async move { margins.count(&actor, &report).await.map_err(fault) })
        });
        let page = Connection::new(page, &order, mark, node, counter)?;
        Ok(Self { page, actor, margins, report })
    }
}

/// A page of a margin report, and the totals of all of it.
#[Object]
impl MarginConnection {
    /// The rows of this page with their cursors.
    async fn edges(&self) -> &[Edge<MarginRow>] {
        self.page.edges_of()
    }

    /// The rows of this page.
    async fn nodes(&self) -> Vec<&Row<MarginRow>> {
        self.page.rows_of()
    }

    /// Where this page lies in the report.
    async fn page_info(&self) -> PageInfo {
        self.page.page_info_of().clone()
    }

    /// Rows of the whole report. Counted only when selected: leave it out where it is not shown.
    async fn total_count(&self) -> Result<u64, Error> {
        self.page.count_of().await
    }

    /// The figures of the whole report, the same whatever it is grouped by. Added up only when selected.
    async fn totals(&self) -> Result<MarginFigures, Error> {
        let total = self.margins.total(&self.actor, &self.report).await.map_err(fault)?;
        Ok(MarginFigures::of(&total, &self.actor.currency))
    }
}

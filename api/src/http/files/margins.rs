//! A report of margins as CSV, page by page while the client reads.

use std::collections::HashMap;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use chrono::{DateTime, NaiveDate};
use domain::{
    business::Actor,
    margin::{Dimension, MarginFilter, MarginRow, OrderField, Place, Report},
    page::Direction,
    sales::{Channel, Sale},
};
use entity::{CostStatus, SaleId, SalesChannelId, Timestamp, TypedId};
use serde::Serialize;

use super::{
    Files, answered, cells,
    export::{List, PAGE, day, file, invalid, product},
};
use crate::{graphql::fault::FaultCode, http::query::Refusal};

/// What to export.
#[derive(Debug, Default)]
struct Asked {
    group_by: Vec<Dimension>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    as_of: Option<NaiveDate>,
    known_at: Option<Timestamp>,
    field: Option<OrderField>,
    direction: Option<Direction>,
    filter: MarginFilter,
}

/// What may be asked, for the message of one that may not.
const PARAMETERS: &str = "groupBy, from, to, asOf, knownAt, productId, channelId, saleId, customer, costStatus, short, \
                          orderBy and direction";

fn refused(message: String) -> Refusal {
    invalid(FaultCode::Validation, message)
}

impl Asked {
    fn read(query: Option<&str>) -> Result<Report, Refusal> {
        let mut asked = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match name.as_ref() {
                "groupBy" => {
                    asked.group_by =
                        value.split(',').filter(|word| !word.is_empty()).map(dimension).collect::<Result<_, _>>()?;
                }
                "from" => asked.from = Some(day(&name, &value)?),
                "to" => asked.to = Some(day(&name, &value)?),
                "asOf" => asked.as_of = Some(day(&name, &value)?),
                "knownAt" => asked.known_at = Some(moment(&value)?),
                "orderBy" => asked.field = Some(word(&name, &value, &FIELDS)?),
                "direction" => asked.direction = Some(word(&name, &value, &DIRECTIONS)?),
                other => asked.narrow(other, value.into_owned())?,
            }
        }
        asked.report()
    }

    fn narrow(&mut self, name: &str, value: String) -> Result<(), Refusal> {
        let filter = &mut self.filter;
        match name {
            "productId" => filter.products.push(product(&value)?),
            "channelId" => filter.channels.push(id(&value)?),
            "saleId" => filter.sales.push(id(&value)?),
            "customer" => filter.customers.push(value),
            "costStatus" => filter.cost_statuses.push(word(name, &value, &STATUSES)?),
            "short" => filter.short = Some(word(name, &value, &[("true", true), ("false", false)])?),
            other => return Err(refused(format!("There is no parameter {other:?}; there are {PARAMETERS}."))),
        }
        Ok(())
    }

    fn report(mut self) -> Result<Report, Refusal> {
        let asked = &mut self;
        asked.group_by.sort_unstable();
        asked.group_by.dedup();
        let (Some(from), Some(to)) = (asked.from, asked.to) else {
            return Err(refused("Give the days from and to; both are part of the report.".to_owned()));
        };
        let has_period = asked.group_by.iter().any(|by| by.is_period());
        let order = match (asked.field, asked.direction) {
            (Some(field), direction) => (field, direction.unwrap_or_default()),
            (None, Some(_)) => return Err(refused("Give orderBy with direction.".to_owned())),
            (None, None) if has_period => (OrderField::Period, Direction::Ascending),
            (None, None) => (OrderField::Revenue, Direction::Descending),
        };
        let Self { group_by, as_of, known_at, filter, .. } = self;
        Ok(Report { group_by, from, to, filter, order, as_of, known_at })
    }
}

const FIELDS: [(&str, OrderField); 5] = [
    ("PERIOD", OrderField::Period),
    ("REVENUE", OrderField::Revenue),
    ("COST", OrderField::Cost),
    ("MARGIN", OrderField::Margin),
    ("QUANTITY", OrderField::Quantity),
];
const DIRECTIONS: [(&str, Direction); 2] = [("ASC", Direction::Ascending), ("DESC", Direction::Descending)];
const STATUSES: [(&str, CostStatus); 3] =
    [("COMPLETE", CostStatus::Complete), ("ESTIMATED", CostStatus::Estimated), ("MISSING", CostStatus::Missing)];

fn word<T: Copy>(name: &str, text: &str, words: &[(&str, T)]) -> Result<T, Refusal> {
    let found = words.iter().find(|(word, _)| *word == text).map(|(_, means)| *means);
    found.ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        refused(format!("{name}: {text:?} is none of {}.", known.join(", ")))
    })
}

fn id<T: TypedId>(text: &str) -> Result<T, Refusal> {
    T::parse(text).map_err(|error| invalid(FaultCode::InvalidId, error.to_string()))
}

fn moment(text: &str) -> Result<Timestamp, Refusal> {
    let read = DateTime::parse_from_rfc3339(text);
    let read = read.map_err(|_| refused("knownAt: write a moment as 2026-05-31T12:00:00Z.".to_owned()))?;
    Ok(Timestamp(read.timestamp_micros()))
}

fn dimension(word: &str) -> Result<Dimension, Refusal> {
    Ok(match word {
        "PRODUCT" => Dimension::Product,
        "CUSTOMER" => Dimension::Customer,
        "CHANNEL" => Dimension::Channel,
        "SALE" => Dimension::Sale,
        "DAY" => Dimension::Day,
        "WEEK" => Dimension::Week,
        "MONTH" => Dimension::Month,
        other => {
            let message = format!(
                "Margins are not grouped by {other:?}; group by PRODUCT, CUSTOMER, CHANNEL, SALE, DAY, WEEK or MONTH."
            );
            return Err(refused(message));
        }
    })
}

/// A report of margins. `groupBy` is a list with commas.
pub(super) async fn margins(State(files): State<Files>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let made = async {
        let actor = files.actor(&headers).await?;
        let report = Asked::read(query.as_deref())?;
        file("margins.csv", Margins { report, files, actor }).await
    };
    answered(made.await)
}

struct Margins {
    report: Report,
    files: Files,
    actor: Actor,
}

/// A row of a report as a row of a file.
#[derive(Debug, Default, Serialize)]
struct Row {
    period: Option<NaiveDate>,
    product_id: String,
    sku: String,
    product: String,
    customer: String,
    channel: String,
    sale_id: String,
    sale: String,
    quantity: String,
    revenue: String,
    cost: String,
    margin: String,
    margin_percent: String,
    short_quantity: String,
    cost_status: Option<CostStatus>,
    lines: i64,
    estimated_lines: i64,
    estimated_revenue: String,
    estimated_cost: String,
    missing_lines: i64,
    missing_revenue: String,
    currency: String,
}

impl List for Margins {
    type Row = Row;
    type Place = Place;

    async fn page(&self, after: Option<Place>) -> domain::Result<(Vec<Row>, Option<Place>)> {
        let services = &self.files.services;
        let page = services.margins.page(&self.actor, &self.report, PAGE, after.as_ref()).await?;
        let keys = || page.rows.iter().map(|row| &row.keys);
        let products = self.files.products_of(&self.actor, keys().filter_map(|keys| keys.product)).await?;
        let mut channels: Vec<SalesChannelId> = keys().filter_map(|keys| keys.channel).collect();
        channels.sort_unstable();
        channels.dedup();
        let channels = services.sales.channels_by_ids(self.actor.business, &channels).await?;
        let channels: HashMap<SalesChannelId, Channel> = channels.into_iter().map(|row| (row.id, row)).collect();
        let sales: Vec<SaleId> = keys().filter_map(|keys| keys.sale).collect();
        let sales = services.sales.by_ids(self.actor.business, &sales).await?;
        let sales: HashMap<SaleId, Sale> = sales.into_iter().map(|row| (row.id, row)).collect();
        let last = page.rows.last().map(|row| self.report.place(row)).filter(|_| page.more);
        let row = |row: &MarginRow| {
            let product = row.keys.product.and_then(|id| products.get(&id));
            let channel = row.keys.channel.and_then(|id| channels.get(&id));
            let sale = row.keys.sale.and_then(|id| sales.get(&id));
            Row {
                sku: cells::optional(product.and_then(|row| row.sku.as_deref())),
                product: cells::optional(product.map(|row| row.name.as_str())),
                channel: cells::optional(channel.map(|row| row.name.as_str())),
                sale: cells::optional(sale.and_then(|row| row.number.as_deref())),
                currency: self.actor.currency.clone(),
                ..figures(row)
            }
        };
        Ok((page.rows.iter().map(row).collect(), last))
    }
}

fn figures(row: &MarginRow) -> Row {
    let (keys, figures) = (&row.keys, &row.figures);
    Row {
        period: keys.period,
        product_id: keys.product.map(|id| id.to_string()).unwrap_or_default(),
        customer: cells::optional(keys.customer.as_deref()),
        sale_id: keys.sale.map(|id| id.to_string()).unwrap_or_default(),
        quantity: figures.quantity.to_string(),
        revenue: figures.revenue.to_string(),
        cost: figures.cost.to_string(),
        margin: figures.margin().to_string(),
        margin_percent: figures.margin_percent().map(|share| share.to_string()).unwrap_or_default(),
        short_quantity: figures.short_quantity.to_string(),
        cost_status: Some(figures.cost_status()),
        lines: figures.lines,
        estimated_lines: figures.estimated_lines,
        estimated_revenue: figures.estimated_revenue.to_string(),
        estimated_cost: figures.estimated_cost.to_string(),
        missing_lines: figures.missing_lines,
        missing_revenue: figures.missing_revenue.to_string(),
        ..Row::default()
    }
}

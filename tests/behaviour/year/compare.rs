//! Everything that a business knows of its sales, to be compared with another one that reads the same books.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use stockbridge_tests::client::Client;

const SALE: &str = "documentType externalId status number date customer currency rate revenue { amount } cost { amount } \
    shortQuantity costStatus netTotal { amount } shipping { amount } openLines \
    lines { state quantity revenue { amount } cost { amount } shortQuantity costStatus counted itemExternalId product { name } }";
const LOT: &str = "number product { name } status source receivedOn receivedQuantity receivedValue { amount } \
    remainingQuantity remainingValue { amount } costStatus";
const SHORTAGE: &str = "product { name } quantity openQuantity openValue { amount } since costStatus";
const PRODUCT: &str = "name onHand value { amount } averageCost { amount } costStatus shortQuantity";

/// What a business knows.
#[derive(Debug, PartialEq, Eq)]
pub struct Known {
    /// By kind and id.
    pub sales: BTreeMap<(String, String), Value>,
    pub lots: Vec<Value>,
    pub shortages: Vec<Value>,
    pub products: Vec<Value>,
}

impl Known {
    pub async fn read(client: &Client) -> Result<Self> {
        let mut sales = BTreeMap::new();
        for sale in client.all("sales", "SaleFilter", Value::Null, SALE).await? {
            let word = |key: &str| sale[key].as_str().unwrap_or_default().to_owned();
            sales.insert((word("documentType"), word("externalId")), sale);
        }
        let sorted = |mut rows: Vec<Value>| {
            rows.sort_by_key(Value::to_string);
            rows
        };
        Ok(Self {
            sales,
            lots: sorted(client.all("lots", "LotFilter", Value::Null, LOT).await?),
            shortages: sorted(client.all("shortages", "ShortageFilter", Value::Null, SHORTAGE).await?),
            products: sorted(client.all("products", "ProductFilter", Value::Null, PRODUCT).await?),
        })
    }

    pub fn posted(&self) -> impl Iterator<Item = (&(String, String), &Value)> {
        self.sales.iter().filter(|(_, sale)| sale["status"] == "POSTED")
    }
}

/// A sale without what it cost.
pub fn without_cost(sale: &Value) -> Value {
    let mut sale = sale.clone();
    sale["cost"] = Value::Null;
    for line in sale["lines"].as_array_mut().into_iter().flatten() {
        line["cost"] = Value::Null;
    }
    sale
}

/// An amount of an answer.
pub fn amount(value: &Value) -> Result<Decimal> {
    Ok(value["amount"].as_str().with_context(|| format!("no amount: {value}"))?.parse()?)
}

/// What sales cost, by product.
pub fn costs(known: &Known) -> Result<BTreeMap<String, Decimal>> {
    let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
    for (_, sale) in known.posted() {
        for line in sale["lines"].as_array().context("no lines")? {
            let name = line["product"]["name"].as_str().unwrap_or_default().to_owned();
            *sums.entry(name).or_default() += amount(&line["cost"])?;
        }
    }
    Ok(sums)
}

/// Every way to group.
const GROUPINGS: &[&[&str]] = &[
    &[],
    &["PRODUCT"],
    &["CUSTOMER"],
    &["CHANNEL"],
    &["DAY"],
    &["WEEK"],
    &["MONTH"],
    &["PRODUCT", "MONTH"],
    &["CUSTOMER", "WEEK"],
    &["PRODUCT", "CUSTOMER", "CHANNEL", "DAY"],
];

/// The ledger adds up.
pub async fn is_sound(client: &Client) -> Result<()> {
    let integrity = "{ integrity { sound broken { invariant record recordId expected found } } }";
    let report = client.data(integrity, Value::Null).await?["integrity"].clone();
    ensure!(report["sound"] == true && report["broken"] == json!([]), "{report}");
    Ok(())
}

/// Margins by any grouping come to the same cents as the sales and as the ledger.
pub async fn adds_up(client: &Client, known: &Known, (from, to): (chrono::NaiveDate, chrono::NaiveDate)) -> Result<()> {
    let (mut revenue, mut cost) = (Decimal::ZERO, Decimal::ZERO);
    for (_, sale) in known.posted() {
        revenue += amount(&sale["revenue"])?;
        cost += amount(&sale["cost"])?;
    }
    let kinds = json!({"kinds": ["SALE", "SALE_REVERSAL", "SALE_RETURN"]});
    let moved = client.all("stockMovements", "StockMovementFilter", kinds, "value { amount }").await?;
    let ledger: Decimal = moved.iter().map(|row| amount(&row["value"])).sum::<Result<Decimal>>()?;
    ensure!(-ledger == cost, "the ledger says {}, the sales say {cost}", -ledger);
    for grouping in GROUPINGS {
        let input = json!({"groupBy": grouping, "from": from, "to": to});
        let (rows, sums) = report_sums(client, &input).await?;
        ensure!(sums == (revenue, cost), "{grouping:?}: {sums:?} in {rows} rows, not {:?}", (revenue, cost));
    }
    Ok(())
}

/// How many rows a report has, and what they add up to, which is what it says in its totals.
async fn report_sums(client: &Client, input: &Value) -> Result<(usize, (Decimal, Decimal))> {
    let query = "query($input: MarginInput!, $after: String) { margins(input: $input, first: 250, after: $after) { \
        nodes { revenue { amount } cost { amount } } totals { revenue { amount } cost { amount } } \
        pageInfo { hasNextPage endCursor } } }";
    let (mut rows, mut sums, mut after) = (0, (Decimal::ZERO, Decimal::ZERO), Value::Null);
    loop {
        let page = client.data(query, json!({"input": input, "after": after})).await?["margins"].clone();
        for row in page["nodes"].as_array().context("no rows")? {
            rows += 1;
            sums = (sums.0 + amount(&row["revenue"])?, sums.1 + amount(&row["cost"])?);
        }
        if page["pageInfo"]["hasNextPage"] != true {
            let totals = (amount(&page["totals"]["revenue"])?, amount(&page["totals"]["cost"])?);
            ensure!(totals == sums, "{input}: rows come to {sums:?}, totals are {totals:?}");
            return Ok((rows, sums));
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

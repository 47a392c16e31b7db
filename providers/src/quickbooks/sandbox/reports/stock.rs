//! Inventory valuation summary (reference 14).
//!
//! Rule: stock is valued first in first out here, so the last day of the range counts and `report_date` does not
//! (reference 14, observed).

use rust_decimal::Decimal;

use super::{
    Period,
    table::{Row, Table, total},
};
use crate::quickbooks::sandbox::{json, store::Company};

/// Quantity and value of every stock item that has either.
pub(super) fn valuation(company: &Company, period: Period) -> Table {
    let mut table = Table::new(&[
        ("", "ProductsAndService"),
        ("SKU", "String"),
        ("Qty", "Quantity"),
        ("Asset Value", "Amount"),
        ("Calc. Avg", "Amount"),
    ]);
    let held = company.stock_values(Some(period.to));
    let held = held.into_iter().filter(|(_, quantity, value)| !quantity.is_zero() || !value.is_zero());
    let mut rows: Vec<(Row, Decimal, Decimal)> =
        held.map(|(item, quantity, value)| (row(company, item, quantity, value), quantity, value)).collect();
    rows.sort_by(|(a, ..), (b, ..)| a.label.cmp(&b.label));
    let quantity: Decimal = rows.iter().map(|(_, quantity, _)| *quantity).sum();
    let value: Decimal = rows.iter().map(|(.., value)| *value).sum();
    for (row, ..) in &rows {
        table.data(row);
    }
    if !table.is_empty() {
        let cells = vec![String::new(), quantity.normalize().to_string(), total(value), String::new()];
        table.sum("GrandTotal", &Row { id: None, label: "TOTAL".to_owned(), cells });
    }
    table
}

fn row(company: &Company, id: String, quantity: Decimal, value: Decimal) -> Row {
    let item = company.find("Item", &id).unwrap_or_default();
    let text = |field: &str| json::text(&item, field).map(str::to_owned);
    let average = value.checked_div(quantity).map(total).unwrap_or_default();
    let cells = vec![text("Sku").unwrap_or_default(), quantity.normalize().to_string(), total(value), average];
    Row { label: text("FullyQualifiedName").unwrap_or_else(|| format!("Item {id}")), id: Some(id), cells }
}

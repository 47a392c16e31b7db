//! General ledger (reference 14; columns and the ids on cells are from memory).
//!
//! Rule: a section per account with its balance before, its lines, its sum; what the books hold is all there is.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{
    Period, account_record,
    table::{Row, Table, money, total},
};
use crate::quickbooks::sandbox::{
    json,
    store::{Company, RowKey},
};

/// Columns: title and type.
const COLUMNS: [(&str, &str); 9] = [
    ("Date", "tx_date"),
    ("Transaction Type", "txn_type"),
    ("Num", "doc_num"),
    ("Created By", "create_by"),
    ("Memo/Description", "memo"),
    ("Product/Service", "item_name"),
    ("Qty", "quantity"),
    ("Debit", "debt_amt"),
    ("Credit", "credit_amt"),
];

/// The lines of some accounts, or of all.
pub(super) fn general(company: &Company, period: Period, wanted: Option<&str>) -> Table {
    let wanted: Option<Vec<&str>> = wanted.filter(|ids| !ids.trim().is_empty()).map(|ids| ids.split(',').collect());
    let mut sections: BTreeMap<&str, (Vec<Value>, Decimal)> = BTreeMap::new();
    let all = company.account_lines(period.from, period.to);
    for line in all.iter().filter(|line| wanted.as_ref().is_none_or(|ids| ids.contains(&line.account))) {
        let (rows, sum) = sections.entry(line.account).or_default();
        *sum += line.amount;
        rows.push(cells(company, line));
    }
    let before = period.from.pred_opt().map(|day| company.balances(Some(day))).unwrap_or_default();
    let mut table = Table::new(&COLUMNS);
    for (account, (rows, sum)) in sections {
        let mut inner = table.inner();
        inner.cells(carried(before.get(account).copied().unwrap_or_default()));
        for row in rows {
            inner.cells(row);
        }
        let record = account_record(company, account);
        let name = json::text(&record, "FullyQualifiedName").unwrap_or(account);
        let mut last = vec![String::new(); COLUMNS.len() - 2];
        last.push(total(sum));
        table.section_of(account, name, inner, &Row { id: None, label: format!("Total for {name}"), cells: last });
    }
    table
}

fn carried(balance: Decimal) -> Value {
    let mut cells = vec![json!({"value": "Beginning Balance"})];
    cells.resize(COLUMNS.len() - 1, json!({"value": ""}));
    cells.push(json!({"value": total(balance)}));
    cells.into()
}

fn cells(company: &Company, line: &super::super::books::AccountLine<'_>) -> Value {
    let (entity, id) = line.document.split_once('/').unwrap_or((line.document, ""));
    let (label, id) = match entity {
        "Opening" => ("Inventory Starting Value", format!("9{id}0000")),
        "Quantity" => ("Inventory Qty Adjust", format!("8{}", id.replace('/', "00"))),
        _ => (label(entity), id.to_owned()),
    };
    let record = id.parse().ok().and_then(|key| company.table(entity)?.row(RowKey::Id(key)).map(|row| row.to_record()));
    let record = record.unwrap_or_default();
    let text = |field: &str| json::text(&record, field).unwrap_or_default().to_owned();
    let mut item = json!({"value": ""});
    let mut quantity = String::new();
    if let Some((id, moved)) = line.item {
        let name = company.find("Item", id).and_then(|item| json::text(&item, "FullyQualifiedName").map(str::to_owned));
        item = json!({"value": name.unwrap_or_default(), "id": id});
        quantity = moved.normalize().to_string();
    }
    json!([
        {"value": line.date.to_string()}, {"value": label, "id": id}, {"value": text("DocNumber")}, {"value": ""},
        {"value": text("PrivateNote")}, item, {"value": quantity},
        {"value": money(line.amount.max(Decimal::ZERO))}, {"value": money((-line.amount).max(Decimal::ZERO))},
    ])
}

/// What the pages call an entity.
fn label(entity: &str) -> &str {
    match entity {
        "JournalEntry" => "Journal Entry",
        "InventoryAdjustment" => "Inventory Qty Adjust",
        "SalesReceipt" => "Sales Receipt",
        "CreditMemo" => "Credit Memo",
        "RefundReceipt" => "Refund",
        other => other,
    }
}

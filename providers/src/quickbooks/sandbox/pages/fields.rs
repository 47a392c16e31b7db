//! Which fields of an object a person may change on its form, and how a form becomes a write. Pure.
//!
//! Rule: only what differs from the object is written; the amount of a sold line follows its quantity and price.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::{
    quickbooks::sandbox::{
        hand::documents::{product, set_quantity},
        json::{self, Record},
    },
    sandbox::page::value,
};

const QUANTITY: &str = "SalesItemLineDetail.Qty";
const PRICE: &str = "SalesItemLineDetail.UnitPrice";
const BUNDLES: &str = "GroupLineDetail.Quantity";

/// Fields of the object itself; none for an object without a form.
pub(super) fn own_of(entity: &str) -> &'static [&'static str] {
    match entity {
        "Item" => &["Name", "Sku", "Description", "UnitPrice", "PurchaseCost"],
        "Invoice"
        | "SalesReceipt"
        | "CreditMemo"
        | "RefundReceipt"
        | "JournalEntry"
        | "InventoryAdjustment"
        | "Bill" => &["DocNumber", "TxnDate", "PrivateNote"],
        _ => &[],
    }
}

/// Fields of its lines.
pub(super) fn lines_of(entity: &str) -> &'static [&'static str] {
    match entity {
        "Item" => &[],
        "Bill" => &["Description"],
        "JournalEntry" => &["Amount", "Description"],
        "InventoryAdjustment" => &["ItemAdjustmentLineDetail.QtyDiff"],
        _ => &["Description", QUANTITY, PRICE, BUNDLES],
    }
}

/// The object as the form wants it, for a sparse update.
pub(super) fn changed(entity: &str, record: &Record, form: &HashMap<String, String>) -> Record {
    let mut body = record.clone();
    body.insert("sparse".to_owned(), true.into());
    if let Some(token) = form.get("SyncToken") {
        body.insert("SyncToken".to_owned(), token.as_str().into());
    }
    for field in own_of(entity) {
        if let Some(given) = form.get(*field).filter(|given| **given != value(record, field)) {
            body.insert((*field).to_owned(), written(given, record.get(*field), field));
        }
    }
    let lines = body.get_mut("Line").and_then(Value::as_array_mut).into_iter().flatten();
    for (index, line) in lines.enumerate() {
        change_line(entity, index, line, form);
    }
    body
}

fn change_line(entity: &str, index: usize, line: &mut Value, form: &HashMap<String, String>) {
    let before = line.as_object().cloned().unwrap_or_default();
    let differs = |field: &str| {
        let given = form.get(&format!("{index}.{field}"))?;
        (!value(&before, field).is_empty() && *given != value(&before, field)).then_some(given)
    };
    for field in lines_of(entity).iter().filter(|field| ![QUANTITY, BUNDLES].contains(field)) {
        let Some(given) = differs(field) else { continue };
        match field.split_once('.') {
            None => line[*field] = written(given, before.get(*field), field),
            Some((outer, inner)) => line[outer][inner] = written(given, before[outer].get(inner), field),
        }
    }
    match differs(QUANTITY).or_else(|| differs(BUNDLES)).and_then(|given| json::parse_decimal(given.trim())) {
        Some(quantity) => set_quantity(line, quantity),
        None if differs(PRICE).is_some() => reprice(line),
        None => {}
    }
}

/// The amount of a line whose price changed.
fn reprice(line: &mut Value) {
    let number = |value: &Value| json::value_decimal(value).unwrap_or_default();
    let detail = &line["SalesItemLineDetail"];
    let amount = product(number(&detail["Qty"]), number(&detail["UnitPrice"]));
    line["Amount"] = json::number(amount);
}

/// A value as the object has it: numbers stay numbers, so that a rule says what is wrong with another text.
fn written(given: &str, before: Option<&Value>, field: &str) -> Value {
    let is_number = matches!(before, Some(Value::Number(_))) || ["UnitPrice", "PurchaseCost"].contains(&field);
    match json::parse_decimal(given.trim()).filter(|_| is_number) {
        Some(number) => json::number(number),
        None if given.is_empty() => json!(""),
        None => given.into(),
    }
}

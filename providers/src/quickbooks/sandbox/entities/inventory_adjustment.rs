//! Inventory adjustments (reference 9.3).
//!
//! Rule: quantity alone is adjusted; what it is worth, the books find. A line says the difference or the new quantity,
//! and is kept as the difference.

use rust_decimal::Decimal;
use serde_json::Value;

use super::{
    Draft, EntityType,
    field::{CUSTOM_FIELD, DOMAIN, Field, ID, Kind, META, SPARSE, STATUS, SYNC_TOKEN},
    transaction::{DOC_NUMBER, PRIVATE_NOTE, TXN_DATE, date, detail, lines},
};
use crate::quickbooks::sandbox::{
    books::Effect,
    faults::Fault,
    json::{self, Record},
    store::Company,
};

const DETAIL: &str = "ItemAdjustmentLineDetail";

/// The detail of a line.
const DETAIL_FIELDS: &[Field] = &[
    Field::new("ItemRef", Kind::Reference("Item")),
    Field::new("QtyDiff", Kind::Price),
    Field::new("NewQty", Kind::Price),
    Field::new("SalesPrice", Kind::Price),
    Field::new("ClassRef", Kind::Loose),
];

/// A line.
const LINE: &[Field] = &[
    Field::new("Id", Kind::Text(30)),
    Field::new("LineNum", Kind::Decimal),
    Field::new("Description", Kind::Text(4000)),
    Field::new("DetailType", Kind::Choice(&[DETAIL])),
    Field::new(DETAIL, Kind::Object(DETAIL_FIELDS)),
    Field::new("LinkedTxn", Kind::Any),
];

/// The properties (filters of reference 6).
const FIELDS: &[Field] = &[
    ID,
    SYNC_TOKEN,
    META,
    DOMAIN,
    SPARSE,
    STATUS,
    CUSTOM_FIELD,
    DOC_NUMBER,
    TXN_DATE,
    PRIVATE_NOTE,
    Field::new("AdjustAccountRef", Kind::Reference("Account")),
    Field::new("CustomerRef", Kind::Reference("Customer")),
    Field::new("DepartmentRef", Kind::Loose),
    Field::new("ShippingAdjustment", Kind::Bool),
    Field::new("Line", Kind::List(LINE)),
];

/// The entity.
pub(crate) static INVENTORY_ADJUSTMENT: EntityType = EntityType {
    name: "InventoryAdjustment",
    fields: FIELDS,
    name_field: None,
    lists_active_only: false,
    kept: &[],
    check,
};

fn check(draft: &mut Draft<'_>) -> Result<(), Fault> {
    if !draft.company.tracks_inventory() {
        let detail = "Permission Denied Error : Inventory is not part of this company's subscription.";
        return Err(Fault::new(5020, detail));
    }
    // The service wants these in every update, sparse ones too (reference 7.3).
    for field in ["AdjustAccountRef", "TxnDate"] {
        if !matches!(draft.sent.get(field), Some(Some(_))) {
            return Err(Fault::missing(field));
        }
    }
    if !draft.is_new() && !matches!(draft.sent.get("Line"), Some(Some(_))) {
        return Err(Fault::missing("Line"));
    }
    draft.check_head()?;
    let mut lines = draft.take_lines()?;
    for line in &mut lines {
        check_line(draft, line)?;
    }
    check_account(draft)?;
    draft.put_lines(lines, 1);
    Ok(())
}

fn check_account(draft: &Draft<'_>) -> Result<(), Fault> {
    let account = draft.target("AdjustAccountRef").unwrap_or_default();
    match json::text(&account, "AccountType") {
        Some("Expense" | "Other Expense" | "Cost of Goods Sold") => Ok(()),
        kind => {
            let kind = kind.unwrap_or("no type");
            let detail = format!(
                "Invalid account type used: stock is adjusted against an account of expenses or of cost of goods sold, not of {kind}"
            );
            Err(Fault::new(6430, detail).at("AdjustAccountRef"))
        }
    }
}

fn check_line(draft: &Draft<'_>, line: &mut Record) -> Result<(), Fault> {
    let mut detail = detail(line, DETAIL).cloned().ok_or_else(|| Fault::missing(DETAIL))?;
    let item = draft.line_target(&mut detail, "ItemRef", "Item")?;
    let name = json::text(&item, "Name").unwrap_or_default();
    if json::text(&item, "Type") != Some("Inventory") {
        return Err(
            Fault::business(&format!("{name} is not an inventory item; only those can be adjusted.")).at("ItemRef")
        );
    }
    let account = json::reference(&draft.record, "AdjustAccountRef");
    if account.is_some() && account == json::reference(&item, "AssetAccountRef") {
        let detail = format!("The adjustment account cannot be the inventory asset account of {name}.");
        return Err(Fault::business(&detail).at("AdjustAccountRef"));
    }
    check_start(&item, &draft.record)?;
    let difference = difference(draft, &detail, &item)?;
    detail.remove("NewQty");
    detail.insert("QtyDiff".to_owned(), json::number(difference));
    line.remove("DetailType");
    line.insert(DETAIL.to_owned(), Value::Object(detail));
    Ok(())
}

/// 6270 for a transaction dated before the item's start.
///
/// # Errors
/// 6270.
pub(crate) fn check_start(item: &Record, record: &Record) -> Result<(), Fault> {
    let started = json::text(item, "InvStartDate").and_then(|start| start.parse().ok());
    if started.is_none_or(|started| date(record) >= started) {
        return Ok(());
    }
    let name = json::text(item, "Name").unwrap_or_default();
    let detail = format!("Transaction date is prior to start date for inventory item {name}");
    Err(Fault::new(6270, detail).at("TxnDate"))
}

/// Exactly one of difference and new quantity (reference 9.3).
fn difference(draft: &Draft<'_>, detail: &Record, item: &Record) -> Result<Decimal, Fault> {
    match (json::decimal(detail, "QtyDiff"), json::decimal(detail, "NewQty")) {
        (Some(difference), None) => Ok(difference),
        (None, Some(quantity)) => {
            let id = json::text(item, "Id");
            let own = draft.old.iter().flat_map(lines).filter_map(|line| super::transaction::detail(line, DETAIL));
            let own = own.filter(|detail| json::reference(detail, "ItemRef") == id);
            let own: Decimal = own.filter_map(|detail| json::decimal(detail, "QtyDiff")).sum();
            Ok(quantity - (json::decimal(item, "QtyOnHand").unwrap_or_default() - own))
        }
        (None, None) => Err(Fault::missing("QtyDiff")),
        (Some(_), Some(_)) => {
            Err(Fault::new(2600, "Conflicting elements : a line has either QtyDiff or NewQty").at("NewQty"))
        }
    }
}

/// The stock that an adjustment moves, against its account.
pub(crate) fn effect(company: &Company, record: &Record) -> Effect {
    let account = json::reference(record, "AdjustAccountRef");
    let movement = |line: &Record| {
        let detail = detail(line, DETAIL)?;
        let item = company.find("Item", json::reference(detail, "ItemRef")?)?;
        company.movement(&item, json::decimal(detail, "QtyDiff")?, account)
    };
    Effect { date: date(record), postings: Vec::new(), moves: lines(record).filter_map(movement).collect() }
}

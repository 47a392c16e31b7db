//! Items, tracked and not (reference 3.1).
//!
//! Rule: quantity and value are what documents made them; nothing here writes them.

use rust_decimal::Decimal;
use serde_json::Value;

use super::{ACCOUNTS, CREDIT_NOTES, Context, INVOICES, ITEMS, at_most, class_of};
use crate::xero::sandbox::{
    json::{self, Record, set, take},
    problem::{Findings, Invalid},
    store::Organisation,
};

/// Saves an item.
pub(super) fn save(
    organisation: &mut Organisation,
    context: &Context,
    body: &Record,
    existing: Option<&Record>,
) -> Result<Record, Invalid> {
    let mut item = existing.cloned().unwrap_or_else(|| fresh(context));
    take(
        &mut item,
        body,
        &["Code", "Name", "Description", "PurchaseDescription", "IsSold", "IsPurchased", "InventoryAssetAccountCode"],
    );
    for details in ["SalesDetails", "PurchaseDetails"] {
        take_details(&mut item, body, details, context.unit_decimals);
    }
    let tracked = is_to_be_tracked(&item);
    set(&mut item, "IsTrackedAsInventory", tracked);
    if tracked && let Some(Value::Object(details)) = item.get_mut("PurchaseDetails") {
        // Cost of goods sold stands in its place.
        details.remove("AccountCode");
    }
    let mut findings = Findings::default();
    check_words(organisation, &item, &mut findings);
    check_accounts(organisation, &item, tracked, &mut findings);
    check_tracking(organisation, &item, existing, tracked, &mut findings);
    findings.done()?;
    let renamed = existing.is_some_and(|old| json::text(old, "Code") != json::text(&item, "Code"));
    let item = organisation.put(&ITEMS, item, context.now);
    if renamed {
        rename(organisation, &item);
    }
    Ok(item)
}

fn fresh(context: &Context) -> Record {
    let mut item = Record::new();
    set(&mut item, "ItemID", context.new_id());
    set(&mut item, "IsSold", true);
    set(&mut item, "IsPurchased", true);
    for details in ["SalesDetails", "PurchaseDetails"] {
        set(&mut item, details, Record::new());
    }
    item
}

/// Details are changed field by field.
fn take_details(item: &mut Record, body: &Record, details: &str, decimals: u32) {
    let Some(given) = body.get(details).and_then(Value::as_object) else { return };
    let mut kept = item.get(details).and_then(Value::as_object).cloned().unwrap_or_default();
    take(&mut kept, given, &["UnitPrice", "AccountCode", "COGSAccountCode", "TaxType"]);
    if let Some(price) = kept.get("UnitPrice").and_then(json::value_decimal) {
        set(&mut kept, "UnitPrice", json::number(price.round_dp(decimals)));
    }
    set(item, details, kept);
}

fn is_to_be_tracked(item: &Record) -> bool {
    json::text(item, "InventoryAssetAccountCode").is_some()
        || json::inner(item, "PurchaseDetails", "COGSAccountCode").is_some()
}

fn check_words(organisation: &Organisation, item: &Record, findings: &mut Findings) {
    at_most(findings, item, "Code", 30);
    at_most(findings, item, "Name", 50);
    at_most(findings, item, "Description", 4000);
    at_most(findings, item, "PurchaseDescription", 4000);
    let Some(code) = json::text(item, "Code") else {
        return findings.add("Item Code is required.");
    };
    let namesake = organisation.table(&ITEMS).by_key(code);
    if namesake.is_some_and(|other| json::text(other, "ItemID") != json::text(item, "ItemID")) {
        findings.add(format!("Price List Item with Code '{code}' already exists"));
    }
}

fn check_accounts(organisation: &Organisation, item: &Record, tracked: bool, findings: &mut Findings) {
    let account = |code: Option<&str>| code.map(|code| (code.to_owned(), organisation.table(&ACCOUNTS).by_key(code)));
    let sales = account(json::inner(item, "SalesDetails", "AccountCode"));
    let purchases = account(json::inner(item, "PurchaseDetails", "AccountCode"));
    for (code, found) in [sales.clone(), purchases].into_iter().flatten() {
        if found.is_none_or(|account| json::text(account, "Status") != Some("ACTIVE")) {
            findings.add(format!("Account code '{code}' is not a valid code for this document."));
        }
    }
    if !tracked {
        return;
    }
    let kind =
        |found: Option<&Record>| found.and_then(|account| json::text(account, "Type")).unwrap_or_default().to_owned();
    let asset = account(json::text(item, "InventoryAssetAccountCode"));
    if asset.is_none_or(|(_, found)| kind(found) != "INVENTORY") {
        findings.add("InventoryAssetAccountCode must be the code of an account of type INVENTORY for a tracked item.");
    }
    let cogs = account(json::inner(item, "PurchaseDetails", "COGSAccountCode"));
    if cogs.is_none_or(|(_, found)| kind(found) != "DIRECTCOSTS") {
        findings.add("COGSAccountCode must be the code of an account of type DIRECTCOSTS for a tracked item.");
    }
    if sales.is_some_and(|(_, found)| class_of(&kind(found)) != Some("REVENUE")) {
        findings.add("The sales account of a tracked item must be a revenue account.");
    }
}

/// What cannot be changed about a used item; an item that is used untracked stays so (the reference is silent on that).
fn check_tracking(
    organisation: &Organisation,
    item: &Record,
    existing: Option<&Record>,
    tracked: bool,
    findings: &mut Findings,
) {
    if tracked && !organisation.rules.inventory {
        findings.add("The organisation's plan does not include tracked inventory.");
    }
    let Some(old) = existing else { return };
    let was = json::flag(old, "IsTrackedAsInventory") == Some(true);
    let moved = json::text(old, "InventoryAssetAccountCode") != json::text(item, "InventoryAssetAccountCode");
    let changed = was != tracked || (tracked && moved);
    if changed && is_used(organisation, old) {
        findings.add("The item is used in transactions: its tracking cannot be changed.");
    }
}

/// Whether a document that is not deleted names it.
fn is_used(organisation: &Organisation, item: &Record) -> bool {
    let id = json::text(item, "ItemID");
    let names = |line: &Record| json::inner(line, "Item", "ItemID") == id;
    let is_there = |row: &&Record| json::text(row, "Status") != Some("DELETED");
    [&INVOICES, &CREDIT_NOTES].into_iter().any(|resource| {
        organisation.table(resource).rows().filter(is_there).any(|row| json::objects(row, "LineItems").any(names))
    })
}

/// Deletes an item that no document names.
pub(super) fn delete(organisation: &mut Organisation, _: &Context, item: &Record) -> Result<(), Invalid> {
    if is_used(organisation, item) {
        return Err(Invalid::new("The item is used in transactions and cannot be deleted."));
    }
    organisation.remove(&ITEMS, json::text(item, "ItemID").unwrap_or_default());
    Ok(())
}

/// Documents show the code as it is now.
fn rename(organisation: &mut Organisation, item: &Record) {
    let (id, code) = (json::text(item, "ItemID"), json::text(item, "Code").unwrap_or_default());
    for resource in [&INVOICES, &CREDIT_NOTES] {
        let names =
            |row: &&Record| json::objects(row, "LineItems").any(|line| json::inner(line, "Item", "ItemID") == id);
        let mut rows: Vec<Record> = organisation.table(resource).rows().filter(names).cloned().collect();
        for line in rows.iter_mut().filter_map(|row| row.get_mut("LineItems")?.as_array_mut()).flatten() {
            let Some(line) = line.as_object_mut().filter(|line| json::inner(line, "Item", "ItemID") == id) else {
                continue;
            };
            set(line, "ItemCode", code);
            set(line, "Item", reference(item));
        }
        rows.into_iter().for_each(|row| organisation.put_silently(resource, row));
    }
}

/// An item as lines show it.
pub(super) fn reference(item: &Record) -> Record {
    let mut reference = Record::new();
    take(&mut reference, item, &["ItemID", "Name", "Code"]);
    reference
}

/// An item with what the books say of it.
pub(crate) fn view(organisation: &Organisation, item: &Record) -> Record {
    let mut item = item.clone();
    if json::flag(&item, "IsTrackedAsInventory") == Some(true) {
        let id = json::text(&item, "ItemID").unwrap_or_default();
        let (quantity, value): (Decimal, Decimal) = organisation.stock.on_hand(id);
        set(&mut item, "QuantityOnHand", json::number(quantity));
        set(&mut item, "TotalCostPool", json::amount(value));
    }
    item
}

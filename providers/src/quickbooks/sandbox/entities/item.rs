//! Items: stock, services, bundles and categories (reference 9.1).
//!
//! Rule: what an item must carry follows from its type; categories give the place in the tree.

use serde_json::Value;

use super::{
    Draft, EntityType,
    field::{ACTIVE, CUSTOM_FIELD, DOMAIN, Field, ID, Kind, META, SPARSE, STATUS, SYNC_TOKEN},
};
use crate::quickbooks::sandbox::{
    faults::Fault,
    json::{self, Record},
};

/// Characters that a name of an item may not have.
const FORBIDDEN: &[char] = &[':', '\t', '\n', '\r'];

/// Types that exist, the ones that cannot be created included.
const TYPES: &[&str] = &["Inventory", "NonInventory", "Service", "Group", "Category"];

/// The properties (reference 9.1; filters of reference 6).
const FIELDS: &[Field] = &[
    ID,
    SYNC_TOKEN,
    META,
    DOMAIN,
    SPARSE,
    STATUS,
    CUSTOM_FIELD,
    ACTIVE,
    Field::new("Name", Kind::Name(100, FORBIDDEN)).filter().sort(),
    Field::new("FullyQualifiedName", Kind::Text(505)).read_only().filter(),
    Field::new("Sku", Kind::Text(100)).filter(),
    Field::new("Type", Kind::Choice(TYPES)).filter().sort(),
    Field::new("Description", Kind::Text(4000)),
    Field::new("PurchaseDesc", Kind::Text(1000)),
    Field::new("UnitPrice", Kind::Price).sort(),
    Field::new("PurchaseCost", Kind::Price),
    Field::new("TrackQtyOnHand", Kind::Bool),
    Field::new("QtyOnHand", Kind::Price),
    Field::new("QtyOnPurchaseOrder", Kind::Decimal).read_only(),
    Field::new("QtyOnSalesOrder", Kind::Decimal).read_only(),
    Field::new("AvgCost", Kind::Decimal).read_only(),
    Field::new("ReorderPoint", Kind::Decimal),
    Field::new("InvStartDate", Kind::Date),
    Field::new("IncomeAccountRef", Kind::Reference("Account")),
    Field::new("ExpenseAccountRef", Kind::Reference("Account")),
    Field::new("AssetAccountRef", Kind::Reference("Account")),
    Field::new("COGSAccountRef", Kind::Reference("Account")),
    Field::new("PrefVendorRef", Kind::Reference("Vendor")),
    Field::new("ParentRef", Kind::Reference("Item")),
    Field::new("SubItem", Kind::Bool),
    Field::new("Level", Kind::Decimal).read_only(),
    Field::new("Taxable", Kind::Bool),
    Field::new("SalesTaxIncluded", Kind::Bool),
    Field::new("PurchaseTaxIncluded", Kind::Bool),
    Field::new("SalesTaxCodeRef", Kind::Loose),
    Field::new("PurchaseTaxCodeRef", Kind::Loose),
    Field::new("ClassRef", Kind::Loose),
    Field::new("TaxClassificationRef", Kind::Loose),
    Field::new("UQCDisplayText", Kind::Text(100)),
    Field::new("UQCId", Kind::Text(100)),
    Field::new("ServiceType", Kind::Text(100)),
    Field::new("ItemCategoryType", Kind::Text(100)),
    Field::new("AbatementRate", Kind::Decimal),
    Field::new("ReverseChargeRate", Kind::Decimal),
    Field::new("DeferredRevenue", Kind::Bool),
    Field::new("PrintGroupedItems", Kind::Bool),
    Field::new("ItemGroupDetail", Kind::Any),
    Field::new("Source", Kind::Text(100)).read_only(),
];

/// The entity.
pub(crate) static ITEM: EntityType = EntityType {
    name: "Item",
    fields: FIELDS,
    name_field: Some("Name"),
    lists_active_only: true,
    kept: &["Active", "Type", "QtyOnHand", "InvStartDate", "TrackQtyOnHand", "ItemGroupDetail", "PrintGroupedItems"],
    check,
};

/// Levels of categories (reference 9.1).
const CATEGORY_LEVELS: u64 = 4;

/// Properties that only stock has.
const STOCK_ONLY: [&str; 4] = ["QtyOnHand", "InvStartDate", "AssetAccountRef", "ReorderPoint"];

fn check(draft: &mut Draft<'_>) -> Result<(), Fault> {
    draft.require("Name")?;
    check_type(draft)?;
    check_parent(draft)?;
    draft.default("Active", true);
    match draft.text("Type").unwrap_or_default().to_owned().as_str() {
        "Inventory" => check_inventory(draft)?,
        "NonInventory" => check_non_inventory(draft)?,
        "Service" => check_service(draft)?,
        "Category" => check_category(draft)?,
        _ => {}
    }
    check_accounts(draft)
}

/// The type is given at creation and hardly ever changes (reference 9.1).
fn check_type(draft: &mut Draft<'_>) -> Result<(), Fault> {
    draft.require("Type")?;
    let new = draft.text("Type").unwrap_or_default();
    match draft.old_text("Type") {
        None if new == "Group" => Err(Fault::unsupported("create of Item with Type Group").at("Type")),
        None => Ok(()),
        Some(old) if old == new => Ok(()),
        Some("Inventory") => Err(Fault::business("The type of an inventory item cannot be changed.").at("Type")),
        Some("Category" | "Group") => Err(Fault::new(2120, format!("Invalid Type : {new}")).at("Type")),
        Some(_) if matches!(new, "Category" | "Group") => {
            Err(Fault::new(2120, format!("Invalid Type : {new}")).at("Type"))
        }
        Some(_) => Ok(()),
    }
}

/// The parent is a category, not below the item itself, and not too deep.
fn check_parent(draft: &mut Draft<'_>) -> Result<(), Fault> {
    let wanted = json::flag(&draft.record, "SubItem");
    if draft.sent.get("SubItem") == Some(&Some(Value::Bool(false))) {
        draft.record.remove("ParentRef");
    }
    let Some(parent) = draft.target("ParentRef") else {
        let orphan = wanted == Some(true) && draft.sent.contains_key("SubItem");
        return if orphan {
            Err(Fault::new(6150, "ParentRef is required for a sub-item").at("ParentRef"))
        } else {
            Ok(())
        };
    };
    if json::text(&parent, "Type") != Some("Category") {
        return Err(Fault::new(700, "The parent of an item must be a category").at("ParentRef"));
    }
    let own = draft.old_text("Id");
    let above = lineage(draft, parent);
    if above.iter().any(|category| json::text(category, "Id") == own && own.is_some()) {
        return Err(Fault::new(900, "An item cannot be its own parent").at("ParentRef"));
    }
    let levels = above.len() as u64 + u64::from(draft.text("Type") == Some("Category"));
    if levels > CATEGORY_LEVELS {
        return Err(Fault::new(6180, format!("No more than {CATEGORY_LEVELS} levels of categories")).at("ParentRef"));
    }
    Ok(())
}

/// The parent and everything above it.
fn lineage(draft: &Draft<'_>, parent: Record) -> Vec<Record> {
    let above = |child: &Record| draft.company.find("Item", json::reference(child, "ParentRef")?);
    std::iter::successors(Some(parent), above).take(10).collect()
}

/// Inventory: everything at creation; its quantity and start stay as they are afterwards (reference 9.1).
fn check_inventory(draft: &mut Draft<'_>) -> Result<(), Fault> {
    if draft.is_new() && !draft.company.tracks_inventory() {
        return Err(Fault::new(
            5020,
            "Permission Denied Error : Inventory is not part of this company's subscription.",
        ));
    }
    for field in ["QtyOnHand", "InvStartDate", "AssetAccountRef", "IncomeAccountRef", "ExpenseAccountRef"] {
        draft.require(field)?;
    }
    draft.set("TrackQtyOnHand", true);
    draft.default("UnitPrice", 0);
    draft.default("PurchaseCost", 0);
    if draft.old_text("Type") == Some("Inventory") {
        draft.keep("InvStartDate");
        if !draft.company.rules.quantity_updates {
            draft.keep("QtyOnHand");
        }
    }
    if draft.is_inactivated() {
        draft.set("QtyOnHand", 0);
    }
    Ok(())
}

fn check_non_inventory(draft: &mut Draft<'_>) -> Result<(), Fault> {
    if draft.require("IncomeAccountRef").is_err() {
        draft.require("ExpenseAccountRef")?;
    }
    without_stock(draft);
    Ok(())
}

fn check_service(draft: &mut Draft<'_>) -> Result<(), Fault> {
    draft.require("IncomeAccountRef")?;
    without_stock(draft);
    Ok(())
}

fn without_stock(draft: &mut Draft<'_>) {
    for field in STOCK_ONLY {
        draft.record.remove(field);
    }
    draft.set("TrackQtyOnHand", false);
    draft.default("UnitPrice", 0);
    draft.default("PurchaseCost", 0);
}

/// A category is a name and a place; it is always active (reference 7.6).
fn check_category(draft: &mut Draft<'_>) -> Result<(), Fault> {
    if json::flag(&draft.record, "Active") == Some(false) {
        return Err(Fault::business("A category cannot be made inactive.").at("Active"));
    }
    let prices = ["UnitPrice", "PurchaseCost", "Sku", "TrackQtyOnHand", "Taxable", "Description", "PurchaseDesc"];
    let accounts = ["IncomeAccountRef", "ExpenseAccountRef", "PrefVendorRef"];
    for field in prices.iter().chain(&accounts).chain(&STOCK_ONLY) {
        draft.record.remove(*field);
    }
    Ok(())
}

/// Each account is of a type that can do what it is there for (reference 9.1).
fn check_accounts(draft: &Draft<'_>) -> Result<(), Fault> {
    let stock = draft.text("Type") == Some("Inventory");
    let expenses: &[&str] =
        if stock { &["Cost of Goods Sold"] } else { &["Cost of Goods Sold", "Expense", "Other Expense"] };
    let uses: [(&str, &[&str], Option<&str>); 3] = [
        ("IncomeAccountRef", &["Income", "Other Income"], stock.then_some("SalesOfProductIncome")),
        ("ExpenseAccountRef", expenses, None),
        ("AssetAccountRef", &["Other Current Asset"], Some("Inventory")),
    ];
    for (field, types, subtype) in uses {
        let Some(account) = draft.target(field) else { continue };
        let of_type = json::text(&account, "AccountType").is_some_and(|kind| types.contains(&kind));
        let of_subtype = subtype.is_none_or(|subtype| json::text(&account, "AccountSubType") == Some(subtype));
        if !(of_type && of_subtype) {
            let wanted = subtype.unwrap_or(types[0]);
            return Err(
                Fault::new(6430, format!("Invalid account type used: {field} must be of type {wanted}")).at(field)
            );
        }
    }
    Ok(())
}

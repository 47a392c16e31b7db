//! Items: stock, services, bundles and categories (reference 9.1).
//!
//! Rule: what an item must carry follows from its type; categories give the place in the tree.

use super::{
    EntityType,
    field::{ACTIVE, CUSTOM_FIELD, DOMAIN, Field, ID, Kind, META, SPARSE, STATUS, SYNC_TOKEN},
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
    Field::new("QtyOnHand", Kind::Decimal),
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
pub(crate) static ITEM: EntityType =
    EntityType { name: "Item", fields: FIELDS, name_field: Some("Name"), lists_active_only: true };

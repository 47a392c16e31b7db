//! Products, links, movements, and the results of an import.

use chrono::NaiveDate;
use entity::{IntegrationId, ItemId, MovementKind, ProductId, ProductType, Quantity, Timestamp};
use uuid::Uuid;

use crate::{
    catalog::{Item, ItemFilter},
    error::Refusal,
};

/// A product as stored.
pub type Product = entity::product::Model;
/// A stock movement as stored.
pub type Movement = entity::stock_movement::Model;
/// A link as stored.
pub type Link = entity::product_link::Model;

/// A new product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProduct {
    /// Name.
    pub name: String,
    /// Stock keeping unit.
    pub sku: Option<String>,
    /// Kind.
    pub kind: ProductType,
    /// Unit of measure.
    pub unit: Option<String>,
    /// Category.
    pub category: Option<String>,
}

/// A change of a product; what is `None` stays. An empty SKU, unit or category removes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProductChange {
    /// New name.
    pub name: Option<String>,
    /// New SKU.
    pub sku: Option<String>,
    /// New kind.
    pub kind: Option<ProductType>,
    /// New unit.
    pub unit: Option<String>,
    /// New category.
    pub category: Option<String>,
    /// In use or not.
    pub active: Option<bool>,
}

/// Which products to list; all set fields must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProductFilter {
    /// Of one of these kinds; empty means any.
    pub kinds: Vec<ProductType>,
    /// In use or not.
    pub active: Option<bool>,
    /// Linked to an item or not.
    pub linked: Option<bool>,
    /// Text anywhere in name or SKU.
    pub search: Option<String>,
}

/// What products are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProductOrder {
    /// Name, letter case ignored.
    #[default]
    Name,
    /// SKU, letter case ignored.
    Sku,
    /// Creation.
    CreatedAt,
}

/// Which movements to list; all set fields must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MovementFilter {
    /// Of this product.
    pub product: Option<ProductId>,
    /// Of one of these kinds; empty means any.
    pub kinds: Vec<MovementKind>,
    /// Of this record.
    pub source: Option<Uuid>,
    /// Taking effect on this day or later.
    pub from: Option<NaiveDate>,
    /// Taking effect on this day or earlier.
    pub to: Option<NaiveDate>,
}

/// A product together with an item it is linked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// The integration.
    pub integration: IntegrationId,
    /// The product.
    pub product: ProductId,
    /// The item.
    pub item: ItemId,
}

/// Which items to import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportSelection {
    /// These.
    Ids(Vec<ItemId>),
    /// All that match.
    Filter(ItemFilter),
}

/// What became of one item of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportOutcome {
    /// The item asked for.
    pub item_id: ItemId,
    /// The item, if there is one.
    pub item: Option<Item>,
    /// What happened.
    pub status: ImportStatus,
    /// The product made, or the one the item is linked to already.
    pub product: Option<Product>,
    /// Why not.
    pub reason: Option<Refusal>,
    /// An unlinked product with the same SKU, to link instead.
    pub conflicting: Option<Product>,
}

/// How an item's import ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportStatus {
    /// A product was made.
    Created,
    /// It was linked already.
    Skipped,
    /// An unlinked product has the same SKU.
    Conflict,
    /// It cannot be imported.
    Failed,
}

/// A difference between our stock and the accounting system's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// Our quantity.
    pub ours: Quantity,
    /// Theirs.
    pub theirs: Quantity,
    /// Ours less theirs.
    pub difference: Quantity,
    /// When theirs was read.
    pub as_of: Timestamp,
}

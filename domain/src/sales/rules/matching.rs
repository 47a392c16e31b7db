//! What a line is about: a finished good, something else, or an item that nobody has linked yet.

use std::collections::{HashMap, HashSet};

use entity::{IssueReason, ItemType, ProductId, ProductType};

/// An item that lines name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownItem {
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: ItemType,
    /// The linked product.
    pub product: Option<(ProductId, ProductType)>,
}

/// What is known of items, by their external id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Items.
    pub items: HashMap<String, KnownItem>,
    /// Items that a person marked as no stock.
    pub not_stock: HashSet<String>,
    /// The gateway keeps the stock, so an item that the accounting system does not count may be stock here.
    pub self_managed: bool,
}

/// What a line is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// A finished good: stock moves, margin counts.
    Good(ProductId),
    /// A product that is bought or built on: only what is sold as finished counts (behaviour 3.21).
    OtherProduct(ProductId),
    /// No stock.
    NotStock,
    /// Stock, perhaps; somebody must say which.
    Open(IssueReason),
}

/// What a line with this item is about (behaviour 3.20).
pub fn match_line(item: Option<&str>, known: &Known) -> Match {
    let Some(id) = item else { return Match::NotStock };
    let found = known.items.get(id);
    match found.and_then(|item| item.product) {
        Some((product, ProductType::FinishedGood)) => return Match::Good(product),
        Some((product, _)) => return Match::OtherProduct(product),
        None => {}
    }
    if known.not_stock.contains(id) {
        return Match::NotStock;
    }
    match found.map(|item| item.kind) {
        None => Match::Open(IssueReason::ItemUnknown),
        Some(ItemType::Inventory | ItemType::Bundle) => Match::Open(IssueReason::ItemNotLinked),
        Some(ItemType::NonInventory) if known.self_managed => Match::Open(IssueReason::ItemNotLinked),
        Some(ItemType::NonInventory | ItemType::Service | ItemType::Category | ItemType::Other) => Match::NotStock,
    }
}

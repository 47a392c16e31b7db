//! Items, and how to look for them.

use entity::{IntegrationId, ItemId, ItemType};

/// An item as stored.
pub type Item = entity::item::Model;

/// Which items to list; all set fields must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemFilter {
    /// Of this integration.
    pub integration: Option<IntegrationId>,
    /// Of one of these types; empty means any.
    pub types: Vec<ItemType>,
    /// Active or not.
    pub active: Option<bool>,
    /// Linked to a product or not.
    pub linked: Option<bool>,
    /// Text anywhere in name or SKU, letter case ignored.
    pub search: Option<String>,
}

/// Which columns of items a list reads. What is not read stays empty, so whoever asks names every column that it shows;
/// who cannot tell asks for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemColumns(Option<Vec<&'static str>>);

impl ItemColumns {
    /// All of them.
    pub const ALL: Self = Self(None);

    /// These, by the names that the table has for them, beside those that every row needs.
    pub fn only(names: Vec<&'static str>) -> Self {
        Self(Some(names))
    }

    /// Whether a column is asked for.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.as_ref().is_none_or(|names| names.contains(&name))
    }
}

/// What items are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ItemOrder {
    /// Name, letter case ignored.
    #[default]
    Name,
    /// SKU, letter case ignored; items without one first.
    Sku,
    /// When a sync last wrote it.
    SyncedAt,
}

/// What a sync needs to know of a local item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalItem {
    /// Id.
    pub id: ItemId,
    /// The provider's id.
    pub external_id: String,
    /// Hash of the fields read.
    pub content_hash: i64,
    /// Active here.
    pub active: bool,
    /// Was gone from the accounting system.
    pub gone: bool,
}

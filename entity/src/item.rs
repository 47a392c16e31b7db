//! An item as the accounting system has it.

use sea_orm::entity::prelude::*;

use crate::{BusinessId, IntegrationId, ItemId, ItemType, Quantity, Timestamp, UnitCost};

/// An item as the accounting system has it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "item")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ItemId,
    /// Business.
    pub business_id: BusinessId,
    /// Integration.
    pub integration_id: IntegrationId,
    /// The provider's id.
    pub external_id: String,
    /// The provider's version.
    pub external_version: Option<String>,
    /// Kind.
    pub kind: ItemType,
    /// Name.
    pub name: String,
    /// Name with its categories.
    pub full_name: String,
    /// Name in lower case, for order and search.
    pub sort_name: String,
    /// Stock keeping unit.
    pub sku: Option<String>,
    /// SKU in lower case, empty where there is none; for order and search.
    pub sort_sku: String,
    /// Description.
    pub description: Option<String>,
    /// May be used in new documents.
    pub active: bool,
    /// No longer in the accounting system.
    pub gone: bool,
    /// Selling price per unit.
    pub unit_price: Option<UnitCost>,
    /// Purchase cost per unit.
    pub purchase_cost: Option<UnitCost>,
    /// Quantity the accounting system counts.
    pub quantity_on_hand: Option<Quantity>,
    /// Currency of price and cost.
    pub currency: String,
    /// External id of the income account.
    pub income_account: Option<String>,
    /// External id of the expense account.
    pub expense_account: Option<String>,
    /// External id of the asset account.
    pub asset_account: Option<String>,
    /// External id of the parent category.
    pub parent_external_id: Option<String>,
    /// When the provider last changed it.
    pub external_updated_at: Option<Timestamp>,
    /// Hash of all fields read, to see a change without reading them.
    pub content_hash: i64,
    /// When it was first seen.
    pub created_at: Timestamp,
    /// When a sync last wrote it.
    pub synced_at: Timestamp,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

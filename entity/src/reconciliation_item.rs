//! A product in a reconciliation, against its item.

use sea_orm::entity::prelude::*;

use crate::{Amount, BusinessId, ProductId, Quantity, ReconciliationId, ReconciliationItemId};

/// A product in a reconciliation, against its item.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reconciliation_item")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReconciliationItemId,
    /// Business.
    pub business_id: BusinessId,
    /// Reconciliation.
    pub reconciliation_id: ReconciliationId,
    /// Place, from 0.
    pub position: i64,
    /// Product.
    pub product_id: ProductId,
    /// The provider's id of its item; null where it has none.
    pub external_item: Option<String>,
    /// The provider's id of the account that keeps the item's stock.
    pub asset_account: Option<String>,
    /// Name.
    pub name: String,
    /// Our quantity.
    pub our_quantity: Quantity,
    /// Our value.
    pub our_value: Amount,
    /// Their quantity; null where they do not tell.
    pub their_quantity: Option<Quantity>,
    /// Their value; null where they do not tell.
    pub their_value: Option<Amount>,
    /// How much of the difference is a matter of value alone, at the minor unit.
    pub parity: Amount,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

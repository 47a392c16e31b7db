//! An answered request, kept so that a repeat gets the same answer.

use sea_orm::entity::prelude::*;

use crate::{BusinessId, Timestamp};

/// An answered request, kept so that a repeat gets the same answer.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_key")]
pub struct Model {
    /// Business.
    #[sea_orm(primary_key, auto_increment = false)]
    pub business_id: BusinessId,
    /// Mutation name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub operation: String,
    /// The client's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// SHA-256 of the input, hex.
    pub input_hash: String,
    /// What was answered, as ids.
    pub result: Json,
    /// When.
    pub created_at: Timestamp,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

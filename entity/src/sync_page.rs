//! A committed page of a run's item listing: which items it held, so that a resumed run knows them.

use sea_orm::entity::prelude::*;

use crate::{BusinessId, RunId};

/// A committed page of a run's item listing: which items it held, so that a resumed run knows them.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_page")]
pub struct Model {
    /// Run.
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_id: RunId,
    /// Number of the page, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub page: i32,
    /// Business.
    pub business_id: BusinessId,
    /// Ids of the items, 16 bytes each.
    pub seen: Vec<u8>,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

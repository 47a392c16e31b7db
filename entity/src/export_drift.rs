//! What became of a posted document in the books since.

use sea_orm::entity::prelude::*;

use crate::{BusinessId, DriftState, ExportId, IntegrationId, Timestamp};

/// What became of a posted document in the books since; no row while nobody had reason to look.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "export_drift")]
pub struct Model {
    /// Export.
    #[sea_orm(primary_key, auto_increment = false)]
    pub export_id: ExportId,
    /// Business.
    pub business_id: BusinessId,
    /// Whose books.
    pub integration_id: IntegrationId,
    /// State.
    pub state: DriftState,
    /// Where the books differ: `[{"what", "ours", "theirs"}]`.
    pub differences: Json,
    /// The provider's version of the document that was compared.
    pub version: Option<String>,
    /// When these differences were found.
    pub found_at: Option<Timestamp>,
    /// When it was last compared; null while it could not be read.
    pub checked_at: Option<Timestamp>,
    /// When it was last its turn to be read, whatever came of it.
    pub tried_at: Timestamp,
    /// The provider's version that was agreed to.
    pub accepted_version: Option<String>,
    /// When.
    pub accepted_at: Option<Timestamp>,
    /// By whom.
    pub accepted_by: Option<String>,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! How stock moves and how sure its cost is.
//!
//! Rule: as of all words, see [`super`].

use sea_orm::entity::prelude::*;

/// How well a cost is known.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    EnumIter,
    DeriveActiveEnum,
    serde::Serialize,
    serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CostStatus {
    /// Every unit's cost is known.
    Complete,
    /// Some cost is an assumption.
    Estimated,
    /// Unknown; not zero.
    Missing,
}

/// Why stock changed.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    EnumIter,
    DeriveActiveEnum,
    serde::Serialize,
    serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MovementKind {
    /// Opening balance at import.
    Opening,
    /// The accounting system's quantity or cost changed.
    ItemSync,
    /// A receipt was confirmed.
    Receive,
    /// A confirmed receipt was corrected.
    ReceiptCorrection,
    /// A receipt was voided.
    ReceiptVoid,
    /// A build consumed a component.
    BuildConsume,
    /// A build made its product.
    BuildProduce,
    /// A rejected build's component came back.
    BuildRecover,
    /// A build was reversed.
    BuildReverse,
    /// A lot was adjusted.
    LotAdjustment,
    /// A product's stock was adjusted.
    StockAdjustment,
    /// A sale.
    Sale,
    /// A sale was voided, deleted or edited.
    SaleReversal,
    /// A customer returned something.
    SaleReturn,
    /// What a shortage really cost, against what was assumed.
    ShortageSettlement,
}

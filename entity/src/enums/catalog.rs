//! What items, accounts and products are.
//!
//! Rule: as of all words, see [`super`].

use sea_orm::entity::prelude::*;

/// Kind of an accounting item.
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
pub enum ItemType {
    /// Stock that the accounting system counts.
    Inventory,
    /// Bought or sold, not counted.
    NonInventory,
    /// Work or fees.
    Service,
    /// Several items sold as one.
    Bundle,
    /// A heading for other items.
    Category,
    /// A kind this gateway does not know.
    Other,
}

/// Class of an account.
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
pub enum AccountClass {
    /// What the company owns.
    Asset,
    /// What it owes.
    Liability,
    /// The owners' share.
    Equity,
    /// Income.
    Revenue,
    /// Costs.
    Expense,
    /// Not part of the books.
    NonPosting,
}

/// Kind of a product.
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
pub enum ProductType {
    /// Bought, used in builds.
    RawMaterial,
    /// Bought, used in builds; behaves as raw material.
    Component,
    /// Built, used in builds.
    SubAssembly,
    /// Built, sold.
    FinishedGood,
}

//! Inputs and payloads of catalog mutations.

use async_graphql::{Enum, ID, InputObject, MaybeUndefined, SimpleObject};
use domain::catalog::{ImportOutcome, ImportStatus as DomainStatus};

use super::{
    items::{Item, ItemFilter},
    products::{Product, ProductType},
};
use crate::graphql::refusal::UserError;

/// Which items to import. Give exactly one of `itemIds` and `filter`.
#[derive(Debug, InputObject)]
pub struct ImportItemsInput {
    /// These items, 1 to 1,000.
    pub(super) item_ids: Option<Vec<ID>>,
    /// All items that match, at most 10,000.
    pub(super) filter: Option<ItemFilter>,
    /// Type of the products; the accounting system cannot know it.
    #[graphql(default_with = "ProductType::RawMaterial")]
    pub(super) product_type: ProductType,
    /// Same key and same input: the first answer again. 1 to 128 characters.
    pub(super) idempotency_key: Option<String>,
}

/// An answer per item.
#[derive(Debug, SimpleObject)]
pub struct ImportItemsPayload {
    /// One per item, in the order asked.
    pub(super) results: Vec<ImportResult>,
    /// Products made.
    pub(super) created: usize,
    /// Items that were linked already.
    pub(super) skipped: usize,
    /// Items that were not imported: conflicts and failures.
    pub(super) failed: usize,
    /// Why the whole request was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// What became of one item.
#[derive(Debug, SimpleObject)]
pub struct ImportResult {
    /// The item; null when there is none with this id.
    item: Option<Item>,
    /// The id asked for.
    item_id: ID,
    /// The product made, or the one the item was linked to already.
    product: Option<Product>,
    /// What happened.
    status: ImportStatus,
    /// Why no product was made.
    reason: Option<UserError>,
    /// With CONFLICT: the unlinked product with the same SKU; link it instead.
    conflicting_product: Option<Product>,
}

impl From<ImportOutcome> for ImportResult {
    fn from(outcome: ImportOutcome) -> Self {
        Self {
            item: outcome.item.map(Item),
            item_id: outcome.item_id.to_string().into(),
            product: outcome.product.map(Product),
            status: outcome.status.into(),
            reason: outcome.reason.map(Into::into),
            conflicting_product: outcome.conflicting.map(Product),
        }
    }
}

/// How an item's import ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainStatus")]
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

/// A new product.
#[derive(Debug, InputObject)]
pub struct CreateProductInput {
    /// Name, 1 to 200 characters.
    pub(super) name: String,
    /// Stock keeping unit, at most 100 characters, unique among active products.
    pub(super) sku: Option<String>,
    /// Type.
    #[graphql(name = "type", default_with = "ProductType::RawMaterial")]
    pub(super) kind: ProductType,
    /// Unit of measure.
    pub(super) unit: Option<String>,
    /// Category, at most 200 characters; exports may use accounts of their own for it.
    pub(super) category: Option<String>,
    /// Same key and same input: the first answer again. 1 to 128 characters.
    pub(super) idempotency_key: Option<String>,
}

/// The new product.
#[derive(Debug, SimpleObject)]
pub struct CreateProductPayload {
    /// The product; null when refused.
    pub(super) product: Option<Product>,
    /// Why it was refused.
    pub(super) user_errors: Vec<UserError>,
}

/// A change of a product; what is left out stays.
#[derive(Debug, InputObject)]
pub struct UpdateProductInput {
    /// The product.
    pub(super) product_id: ID,
    /// New name. In sync mode the accounting system's name wins at the next sync.
    pub(super) name: Option<String>,
    /// New SKU; null or empty removes it.
    pub(super) sku: MaybeUndefined<String>,
    /// New type.
    #[graphql(name = "type")]
    pub(super) kind: Option<ProductType>,
    /// New unit; null or empty removes it.
    pub(super) unit: MaybeUndefined<String>,
    /// New category; null or empty removes it.
    pub(super) category: MaybeUndefined<String>,
    /// In use or not.
    pub(super) active: Option<bool>,
}

/// The changed product.
#[derive(Debug, SimpleObject)]
pub struct UpdateProductPayload {
    /// The product; null when refused.
    pub(super) product: Option<Product>,
    /// Why it was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// What to link.
#[derive(Debug, InputObject)]
pub struct LinkProductInput {
    /// The product.
    pub(super) product_id: ID,
    /// The accounting item.
    pub(super) item_id: ID,
}

/// The linked pair.
#[derive(Debug, SimpleObject)]
pub struct LinkProductPayload {
    /// The product; null when refused.
    pub(super) product: Option<Product>,
    /// The item; null when refused.
    pub(super) item: Option<Item>,
    /// Why it was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// What to unlink.
#[derive(Debug, InputObject)]
pub struct UnlinkProductInput {
    /// The product.
    pub(super) product_id: ID,
    /// The integration whose item it is linked to.
    pub(super) integration_id: ID,
}

/// The unlinked product.
#[derive(Debug, SimpleObject)]
pub struct UnlinkProductPayload {
    /// The product; null when refused.
    pub(super) product: Option<Product>,
    /// Why it was refused.
    pub(super) user_errors: Vec<UserError>,
}

//! All rows of a business's stock, as text, in the order of ids.

use entity::{
    BusinessId, build, build_line, lot, lot_entry, product, receipt, receipt_correction, receipt_line, stock_movement,
};
use sea_orm::{ColumnTrait, EntityTrait, Iterable, ModelTrait, PrimaryKeyToColumn, QueryFilter, QueryOrder};
use stockbridge_tests::shop::Shop;

async fn table<E>(shop: &Shop, business: E::Column) -> anyhow::Result<Vec<String>>
where
    E: EntityTrait,
    E::Model: ModelTrait + std::fmt::Debug,
{
    let owner: BusinessId = shop.owner.business;
    let mut select = E::find().filter(business.eq(owner));
    for key in E::PrimaryKey::iter() {
        select = select.order_by_asc(key.into_column());
    }
    let rows = select.all(shop.db.connection()).await?;
    Ok(rows.iter().map(|row| format!("{row:?}")).collect())
}

/// Products, lots, movements, entries, receipts and builds, with their lines and corrections.
pub async fn all(shop: &Shop) -> anyhow::Result<Vec<String>> {
    let tables = [
        table::<product::Entity>(shop, product::Column::BusinessId).await?,
        table::<lot::Entity>(shop, lot::Column::BusinessId).await?,
        table::<stock_movement::Entity>(shop, stock_movement::Column::BusinessId).await?,
        table::<lot_entry::Entity>(shop, lot_entry::Column::BusinessId).await?,
        table::<receipt::Entity>(shop, receipt::Column::BusinessId).await?,
        table::<receipt_line::Entity>(shop, receipt_line::Column::BusinessId).await?,
        table::<receipt_correction::Entity>(shop, receipt_correction::Column::BusinessId).await?,
        table::<build::Entity>(shop, build::Column::BusinessId).await?,
        table::<build_line::Entity>(shop, build_line::Column::BusinessId).await?,
    ];
    Ok(tables.concat())
}

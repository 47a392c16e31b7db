//! Loaders of the ledger.

use std::collections::HashMap;

use domain::{
    catalog::{Movement, Products},
    stock::{AsOf, Entry, Figures, Lot, Stock},
};
use entity::{EntryId, LotId, LotStatus, MovementId, ProductId, Quantity};

use crate::graphql::loaders::{By, grouped, keyed};

/// The first lots of a product: in a status or in any, and how many.
pub(in crate::graphql) type FirstLots = (ProductId, Option<LotStatus>, u32);

/// Loaders of the ledger. Cheap to clone.
#[derive(Clone)]
pub struct StockLoaders {
    pub(in crate::graphql) lots: By<LotId, Lot>,
    pub(in crate::graphql) movements: By<MovementId, Movement>,
    pub(in crate::graphql) first_lots: By<FirstLots, Vec<Lot>>,
    pub(in crate::graphql) first_movements: By<(ProductId, u32), Vec<Movement>>,
    pub(in crate::graphql) first_consumptions: By<(LotId, u32), Vec<Entry>>,
    pub(in crate::graphql) consumptions_in: By<MovementId, Vec<Entry>>,
    pub(in crate::graphql) left: By<EntryId, Quantity>,
    pub(in crate::graphql) owed: By<ProductId, Quantity>,
    pub(in crate::graphql) products_at: By<(ProductId, AsOf), Figures<ProductId>>,
    pub(in crate::graphql) lots_at: By<(LotId, AsOf), Figures<LotId>>,
}

impl StockLoaders {
    pub(in crate::graphql) fn new(stock: &Stock, products: &Products) -> Self {
        Self {
            lots: By::over(stock, |stock, business, keys| {
                Box::pin(async move { Ok(keyed(stock.lots_found(business, &keys).await?, |row| row.id)) })
            }),
            movements: By::over(products, |products, business, keys| {
                Box::pin(async move { Ok(keyed(products.movements_by_ids(business, &keys).await?, |row| row.id)) })
            }),
            first_lots: first_lots(stock),
            first_movements: first_movements(stock),
            first_consumptions: first_consumptions(stock),
            consumptions_in: By::over(stock, |stock, business, keys| {
                Box::pin(async move {
                    Ok(grouped(stock.consumptions_in(business, &keys).await?, |row: &Entry| row.movement_id))
                })
            }),
            left: By::over(stock, |stock, business, keys| {
                Box::pin(async move { stock.left_of(business, &keys).await })
            }),
            owed: By::over(stock, |stock, business, keys| {
                Box::pin(async move { stock.owed_of(business, &keys).await })
            }),
            products_at: products_at(stock),
            lots_at: lots_at(stock),
        }
    }
}

fn first_lots(stock: &Stock) -> By<FirstLots, Vec<Lot>> {
    By::over(stock, |stock, business, keys| {
        Box::pin(async move {
            let mut found: HashMap<FirstLots, Vec<Lot>> = HashMap::new();
            for ((status, limit), keys) in grouped(keys, |(_, status, limit)| (*status, *limit)) {
                let products: Vec<ProductId> = keys.into_iter().map(|(product, ..)| product).collect();
                let rows = stock.first_lots(business, &products, status, limit).await?;
                found.extend(grouped(rows, |row| (row.product_id, status, limit)));
            }
            Ok(found)
        })
    })
}

fn first_movements(stock: &Stock) -> By<(ProductId, u32), Vec<Movement>> {
    By::over(stock, |stock, business, keys| {
        Box::pin(async move {
            let mut found = HashMap::new();
            for (limit, keys) in grouped(keys, |(_, limit)| *limit) {
                let products: Vec<ProductId> = keys.into_iter().map(|(product, _)| product).collect();
                let rows = stock.first_movements(business, &products, limit).await?;
                found.extend(grouped(rows, |row| (row.product_id, limit)));
            }
            Ok(found)
        })
    })
}

fn first_consumptions(stock: &Stock) -> By<(LotId, u32), Vec<Entry>> {
    By::over(stock, |stock, business, keys| {
        Box::pin(async move {
            let mut found = HashMap::new();
            for (limit, keys) in grouped(keys, |(_, limit)| *limit) {
                let lots: Vec<LotId> = keys.into_iter().map(|(lot, _)| lot).collect();
                let rows = stock.first_consumptions(business, &lots, limit).await?;
                found.extend(grouped(rows, |row| (row.lot_id, limit)));
            }
            Ok(found)
        })
    })
}

fn products_at(stock: &Stock) -> By<(ProductId, AsOf), Figures<ProductId>> {
    By::over(stock, |stock, business, keys| {
        Box::pin(async move {
            let mut found = HashMap::new();
            for (at, keys) in grouped(keys, |(_, at)| *at) {
                let products: Vec<ProductId> = keys.into_iter().map(|(product, _)| product).collect();
                let rows = stock.product_figures(business, &products, at).await?;
                found.extend(keyed(rows, |row| (row.id, at)));
            }
            Ok(found)
        })
    })
}

fn lots_at(stock: &Stock) -> By<(LotId, AsOf), Figures<LotId>> {
    By::over(stock, |stock, business, keys| {
        Box::pin(async move {
            let mut found = HashMap::new();
            for (at, keys) in grouped(keys, |(_, at)| *at) {
                let lots: Vec<LotId> = keys.into_iter().map(|(lot, _)| lot).collect();
                let rows = stock.lot_figures(business, &lots, at).await?;
                found.extend(keyed(rows, |row| (row.id, at)));
            }
            Ok(found)
        })
    })
}

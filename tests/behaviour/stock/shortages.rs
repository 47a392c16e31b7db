//! Shortages, reversals, unknown costs: what went out before it came in, and what comes back.

use domain::stock::LotFilter;
use entity::{CostStatus, LotStatus, MovementKind, ProductType};
use stockbridge_tests::{
    Outcome, TestDatabase, on_both_databases,
    shop::{Shop, amount, cost, day, quantity, refused},
};
use uuid::Uuid;

on_both_databases!(
    a_shortage_is_settled_once_with_the_difference,
    a_business_may_want_shortages_settled_at_once,
    a_sale_taken_back_restores_its_lots_and_its_settlement,
    what_was_taken_back_is_taken_back_again,
    what_is_owed_again_comes_back_once,
    what_others_took_meanwhile_does_not_refuse_a_reversal,
    a_documents_movement_is_not_taken_back_by_itself,
    an_unknown_cost_is_never_zero,
);

async fn a_shortage_is_settled_once_with_the_difference(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, good) = (shop.supplier().await?, shop.material("Oak").await?);
    shop.receive(supplier, good, "6", "9", day(5, 1)).await?;
    let sold = shop.sell(good, "10", Uuid::from_u128(1)).await?;
    assert_eq!((sold.value, sold.short, sold.status), (amount("90"), quantity("4"), CostStatus::Estimated));
    let product = shop.read(good).await?;
    assert_eq!(
        (product.on_hand, product.value, product.average_cost),
        (quantity("-4"), amount("-36"), Some(cost("9")))
    );
    shop.receive(supplier, good, "10", "8", day(5, 2)).await?;
    assert_eq!(shop.read(good).await?.average_cost, Some(cost("8")), "shortages are no lots");
    assert_eq!(shop.stock.settle(&shop.owner, good).await?, 1);
    let last = shop.movements().await?.pop().unwrap();
    let told = (last.kind, last.quantity, last.value, last.on_hand_after, last.value_after);
    assert_eq!(told, (MovementKind::ShortageSettlement, quantity("0"), amount("4"), quantity("6"), amount("48")));
    let before = shop.everything().await?;
    assert_eq!(shop.stock.settle(&shop.owner, good).await?, 0);
    assert_eq!(shop.everything().await?, before);
    assert_eq!(shop.stock.integrity(&shop.owner).await?, []);
    Ok(())
}

async fn a_business_may_want_shortages_settled_at_once(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    shop.stock.settle_at_once(&shop.owner, true).await?;
    let (supplier, good) = (shop.supplier().await?, shop.material("Oak").await?);
    let sold = shop.sell(good, "10", Uuid::from_u128(1)).await?;
    assert_eq!((sold.value, sold.status), (amount("0"), CostStatus::Missing), "nothing was ever known of its cost");
    shop.receive(supplier, good, "4", "8", day(5, 2)).await?;
    shop.receive(supplier, good, "10", "7", day(5, 3)).await?;
    let kinds: Vec<_> = shop.movements().await?.iter().map(|row| (row.kind, row.value)).collect();
    assert_eq!(
        kinds,
        [
            (MovementKind::Sale, amount("0")),
            (MovementKind::Receive, amount("32")),
            (MovementKind::ShortageSettlement, amount("-32")),
            (MovementKind::Receive, amount("70")),
            (MovementKind::ShortageSettlement, amount("-42")),
        ]
    );
    let debts = LotFilter { shortages: true, ..LotFilter::default() };
    let debts = shop.stock.lots(&shop.owner, &debts, &domain::page::PageRequest::first(10)).await?.rows;
    assert_eq!((debts.len(), debts[0].status), (1, LotStatus::Exhausted));
    assert_eq!(shop.read(good).await?.value, amount("28"));
    assert_eq!(shop.stock.integrity(&shop.owner).await?, []);
    Ok(())
}

async fn a_sale_taken_back_restores_its_lots_and_its_settlement(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, good) = (shop.supplier().await?, shop.product("Chair", ProductType::FinishedGood).await?);
    let first = shop.receive(supplier, good, "6", "9", day(5, 1)).await?;
    let sale = Uuid::from_u128(1);
    shop.sell(good, "12", sale).await?;
    let second = shop.receive(supplier, good, "4", "8", day(5, 2)).await?;
    shop.stock.settle(&shop.owner, good).await?;
    // Four of six are settled at 8, two are still owed at 9.
    assert_eq!(shop.read(good).await?.value, amount("-18"));
    let back = shop.stock.take_back(&shop.owner, sale, MovementKind::SaleReversal, None).await?;
    assert_eq!((back.len(), back[0].quantity, back[0].value), (1, quantity("12"), amount("104")));
    for (lot, units, value) in [(first, "6", "54"), (second, "4", "32")] {
        let lot = shop.lot(lot).await?;
        assert_eq!((lot.remaining_quantity, lot.remaining_value), (quantity(units), amount(value)));
    }
    let product = shop.read(good).await?;
    assert_eq!((product.on_hand, product.value), (quantity("10"), amount("86")));
    // Seen twice, nothing comes back twice (statement 108).
    let before = shop.everything().await?;
    assert_eq!(shop.stock.take_back(&shop.owner, sale, MovementKind::SaleReversal, None).await?, []);
    assert_eq!(shop.everything().await?, before);
    assert_eq!(shop.stock.integrity(&shop.owner).await?, []);
    Ok(())
}

async fn what_was_taken_back_is_taken_back_again(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, good) = (shop.supplier().await?, shop.material("Oak").await?);
    shop.receive(supplier, good, "3", "3.333333", day(5, 1)).await?;
    shop.receive(supplier, good, "3", "5", day(5, 2)).await?;
    let sold = shop.sell(good, "4", Uuid::from_u128(1)).await?;
    let figures = async || {
        let lots = shop.lots(good).await?;
        let lots: Vec<_> = lots.iter().map(|lot| (lot.status, lot.remaining_quantity, lot.remaining_value)).collect();
        let product = shop.read(good).await?;
        anyhow::Ok((lots, product.on_hand, product.value, product.average_cost))
    };
    let sold_state = figures().await?;
    let mut gone = sold.movement;
    for _ in 0..3 {
        let back = shop.stock.reverse(&shop.owner, gone.unwrap(), MovementKind::SaleReversal).await?;
        assert_eq!((back.quantity, back.value), (sold.quantity, sold.value));
        let again = shop.stock.reverse(&shop.owner, back.movement.unwrap(), MovementKind::Sale).await?;
        assert_eq!((again.quantity, again.value), (sold.quantity, sold.value));
        assert_eq!(figures().await?, sold_state);
        // From now on the units are gone by this movement, and by no other.
        let refusal = refused(shop.stock.reverse(&shop.owner, gone.unwrap(), MovementKind::SaleReversal).await)?;
        assert_eq!(refusal.message, "Nothing of that movement is left to take back.");
        gone = again.movement;
    }
    // However often it went back and forth, it comes back once.
    let back = shop.stock.take_back(&shop.owner, Uuid::from_u128(1), MovementKind::SaleReversal, None).await?;
    assert_eq!(back.iter().map(|posted| posted.quantity).collect::<Vec<_>>(), [quantity("4")]);
    assert_eq!(shop.read(good).await?.on_hand, quantity("6"));
    assert_eq!(shop.stock.take_back(&shop.owner, Uuid::from_u128(1), MovementKind::SaleReversal, None).await?, []);
    assert_eq!(shop.stock.integrity(&shop.owner).await?, []);
    Ok(())
}

/// The reversal of a reversal owes again on the same shortage: the sale, which came back wholly, has no part in that.
async fn what_is_owed_again_comes_back_once(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, oak) = (shop.supplier().await?, shop.material("Oak").await?);
    let sold = shop.sell(oak, "6", Uuid::from_u128(1)).await?;
    shop.receive(supplier, oak, "4", "8", day(5, 1)).await?;
    shop.stock.settle(&shop.owner, oak).await?;
    let back = shop.stock.reverse(&shop.owner, sold.movement.unwrap(), MovementKind::SaleReversal).await?;
    let again = shop.stock.reverse(&shop.owner, back.movement.unwrap(), MovementKind::Sale).await?;
    assert_eq!((back.quantity, again.quantity), (quantity("6"), quantity("6")));
    let before = shop.everything().await?;
    let refusal = refused(shop.stock.reverse(&shop.owner, sold.movement.unwrap(), MovementKind::SaleReversal).await)?;
    assert_eq!(refusal.message, "Nothing of that movement is left to take back.");
    assert_eq!(shop.everything().await?, before);
    let back = shop.stock.take_back(&shop.owner, Uuid::from_u128(1), MovementKind::SaleReversal, None).await?;
    assert_eq!(back.iter().map(|posted| posted.quantity).collect::<Vec<_>>(), [quantity("6")]);
    let row = shop.read(oak).await?;
    assert_eq!((row.on_hand, row.value), (quantity("4"), amount("32")));
    assert_eq!(shop.stock.integrity(&shop.owner).await?, []);
    Ok(())
}

async fn what_others_took_meanwhile_does_not_refuse_a_reversal(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, oak) = (shop.supplier().await?, shop.material("Oak").await?);
    shop.receive(supplier, oak, "1", "0.000005", day(5, 1)).await?;
    let sold = shop.sell(oak, "0.3", Uuid::from_u128(1)).await?;
    let back = shop.stock.reverse(&shop.owner, sold.movement.unwrap(), MovementKind::SaleReversal).await?;
    shop.sell(oak, "0.7", Uuid::from_u128(2)).await?;
    // 1.5 and 3.5 millionths, half to even: what is left is worth a millionth less than when it was sold.
    let left = shop.read(oak).await?;
    assert_eq!((sold.value, left.on_hand, left.value), (amount("0.000002"), quantity("0.3"), amount("0.000001")));
    let again = shop.stock.reverse(&shop.owner, back.movement.unwrap(), MovementKind::Sale).await?;
    assert_eq!((again.quantity, again.value), (quantity("0.3"), amount("0.000001")));
    let left = shop.read(oak).await?;
    assert_eq!((left.on_hand, left.value), (quantity("0"), amount("0")));
    assert_eq!(shop.stock.integrity(&shop.owner).await?, []);
    Ok(())
}

/// A receipt's or build's movement has its document's way back.
async fn a_documents_movement_is_not_taken_back_by_itself(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, oak) = (shop.supplier().await?, shop.material("Oak").await?);
    let chair = shop.product("Chair", ProductType::FinishedGood).await?;
    shop.recipe(chair, &[(oak, "1")]).await?;
    shop.receive(supplier, oak, "10", "2", day(5, 1)).await?;
    shop.production.execute(&shop.owner, domain::production::BuildOrder::quick(chair, quantity("1"))).await?;
    let before = shop.everything().await?;
    for movement in &before.2 {
        let refusal = refused(shop.stock.reverse(&shop.owner, movement.id, MovementKind::SaleReversal).await)?;
        assert_eq!(refusal.code, domain::ErrorCode::InvalidState);
        assert_eq!(refusal.message, "That movement cannot be taken back by itself.");
    }
    assert_eq!((before.2.len(), shop.everything().await?), (3, before));
    Ok(())
}

async fn an_unknown_cost_is_never_zero(database: TestDatabase) -> Outcome {
    use domain::{production::BuildOrder, stock::Adjustment};
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, oak) = (shop.supplier().await?, shop.material("Oak").await?);
    let chair = shop.product("Chair", ProductType::FinishedGood).await?;
    shop.recipe(chair, &[(oak, "1")]).await?;
    let found = Adjustment {
        quantity: quantity("5"),
        reason: entity::AdjustmentReason::CountCorrection,
        note: None,
        effective_on: None,
        unit_cost: None,
    };
    let product = shop.stock.adjust_stock(&shop.owner, oak, found.clone()).await?;
    assert_eq!((product.average_cost, product.cost_status), (None, CostStatus::Missing));
    let built = shop.production.execute(&shop.owner, BuildOrder::quick(chair, quantity("2"))).await?;
    assert_eq!(built.build.cost_status, CostStatus::Missing);
    assert_eq!(shop.lot(built.build.lot_id.unwrap()).await?.cost_status, CostStatus::Missing);
    let product = shop.read(chair).await?;
    assert_eq!((product.average_cost, product.cost_status), (None, CostStatus::Missing));
    // What is known is averaged without what is not.
    shop.receive(supplier, oak, "10", "4", day(5, 1)).await?;
    let product = shop.read(oak).await?;
    assert_eq!((product.average_cost, product.cost_status), (Some(cost("4")), CostStatus::Missing));
    // Once the unknown part is used up, all is known; what is found now is estimated at the average.
    shop.sell(oak, "13", Uuid::from_u128(1)).await?;
    let product = shop.stock.adjust_stock(&shop.owner, oak, found).await?;
    assert_eq!((product.average_cost, product.cost_status), (Some(cost("4")), CostStatus::Estimated));
    Ok(())
}

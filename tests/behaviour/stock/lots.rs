//! Lots and cost (statements 43 to 53).

use domain::{ErrorCode, stock::Adjustment};
use entity::{AdjustmentReason, CostStatus, LotSource, LotStatus, MovementKind, ProductType, Quantity};
use stockbridge_tests::{
    Outcome, TestDatabase, on_both_databases,
    shop::{Shop, amount, cost, day, quantity, refused},
};
use uuid::Uuid;

on_both_databases!(
    s043_the_oldest_lots_go_first,
    s044_a_consumption_has_a_record_per_lot,
    s045_of_one_day_the_earlier_made_goes_first,
    s046_expiry_does_not_change_the_order,
    s047_a_voided_lot_counts_for_nothing,
    s048_a_receipt_averages_the_cost,
    s049_enabling_receiving_makes_legacy_lots,
    s051_breakage_takes_away,
    s052_a_lot_is_adjusted_with_the_stock,
    s053_a_lot_gives_no_more_than_it_has,
);

fn adjust(units: &str, reason: AdjustmentReason) -> Adjustment {
    Adjustment { quantity: quantity(units), reason, note: None, effective_on: None, unit_cost: None }
}

async fn s043_the_oldest_lots_go_first(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, good) = (shop.supplier().await?, shop.product("Chair", ProductType::FinishedGood).await?);
    // Recorded in another order than received.
    let third = shop.receive(supplier, good, "40", "3.00", day(5, 3)).await?;
    let first = shop.receive(supplier, good, "10", "2.00", day(5, 1)).await?;
    let second = shop.receive(supplier, good, "15", "2.50", day(5, 2)).await?;
    let sold = shop.sell(good, "30", Uuid::from_u128(1)).await?;
    assert_eq!((sold.value, sold.status, sold.short), (amount("72.50"), CostStatus::Complete, Quantity::ZERO));
    let lots = [shop.lot(first).await?, shop.lot(second).await?, shop.lot(third).await?];
    let left: Vec<_> = lots.iter().map(|lot| (lot.status, lot.remaining_quantity, lot.remaining_value)).collect();
    assert_eq!(
        left,
        [
            (LotStatus::Exhausted, quantity("0"), amount("0")),
            (LotStatus::Exhausted, quantity("0"), amount("0")),
            (LotStatus::Active, quantity("35"), amount("105")),
        ]
    );
    Ok(())
}

async fn s044_a_consumption_has_a_record_per_lot(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, good) = (shop.supplier().await?, shop.material("Oak").await?);
    let first = shop.receive(supplier, good, "10", "2.00", day(5, 1)).await?;
    let second = shop.receive(supplier, good, "15", "2.50", day(5, 2)).await?;
    let third = shop.receive(supplier, good, "40", "3.00", day(5, 3)).await?;
    let sold = shop.sell(good, "30", Uuid::from_u128(1)).await?;
    let records: Vec<_> =
        shop.entries(sold.movement).await?.iter().map(|row| (row.lot_id, row.quantity, row.value)).collect();
    assert_eq!(
        records,
        [
            (first, quantity("-10"), amount("-20")),
            (second, quantity("-15"), amount("-37.5")),
            (third, quantity("-5"), amount("-15")),
        ]
    );
    Ok(())
}

async fn s045_of_one_day_the_earlier_made_goes_first(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, good) = (shop.supplier().await?, shop.material("Oak").await?);
    let earlier = shop.receive(supplier, good, "1", "1", day(5, 1)).await?;
    let later = shop.receive(supplier, good, "1", "2", day(5, 1)).await?;
    let sold = shop.sell(good, "1", Uuid::from_u128(1)).await?;
    assert_eq!(sold.value, amount("1"), "the clock stood still, and yet one came first");
    assert_eq!(shop.lot(earlier).await?.status, LotStatus::Exhausted);
    assert_eq!(shop.lot(later).await?.status, LotStatus::Active);
    Ok(())
}

async fn s046_expiry_does_not_change_the_order(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, good) = (shop.supplier().await?, shop.material("Glue").await?);
    let older = shop.receive(supplier, good, "1", "1", day(5, 1)).await?;
    let mut draft = shop.draft(supplier, day(5, 2), &[(good, "1", "2", None)], Vec::new()).await?;
    let line = domain::receiving::ReceiptLineDraft {
        product: good,
        quantity: quantity("1"),
        unit_cost: cost("2"),
        lot_number: None,
        expires_on: Some(day(5, 3)),
    };
    let change = domain::receiving::ReceiptDraft {
        id: Some(draft.receipt.id),
        supplier,
        received_on: Some(day(5, 2)),
        reference: None,
        note: None,
        lines: vec![line],
        costs: Vec::new(),
    };
    draft = shop.receiving.save(&shop.owner, change).await?;
    let confirmed = shop.receiving.confirm(&shop.owner, draft.receipt.id).await?;
    shop.sell(good, "1", Uuid::from_u128(1)).await?;
    assert_eq!(shop.lot(older).await?.status, LotStatus::Exhausted);
    let younger = shop.lot(confirmed.lines[0].lot_id.unwrap()).await?;
    assert_eq!((younger.status, younger.expires_on), (LotStatus::Active, Some(day(5, 3))));
    Ok(())
}

async fn s047_a_voided_lot_counts_for_nothing(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, good) = (shop.supplier().await?, shop.material("Oak").await?);
    let draft = shop.draft(supplier, day(5, 1), &[(good, "10", "1", None)], Vec::new()).await?;
    let voided = shop.receiving.confirm(&shop.owner, draft.receipt.id).await?;
    shop.receive(supplier, good, "10", "3", day(5, 2)).await?;
    shop.receiving.void(&shop.owner, draft.receipt.id).await?;
    let product = shop.read(good).await?;
    assert_eq!((product.on_hand, product.value, product.average_cost), (quantity("10"), amount("30"), Some(cost("3"))));
    assert_eq!(shop.sell(good, "4", Uuid::from_u128(1)).await?.value, amount("12"));
    let lot = shop.lot(voided.lines[0].lot_id.unwrap()).await?;
    assert_eq!((lot.status, lot.remaining_quantity), (LotStatus::Voided, Quantity::ZERO));
    Ok(())
}

async fn s048_a_receipt_averages_the_cost(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    let good = shop.material("Oak").await?;
    shop.add(good, "40", "5").await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let supplier = shop.supplier().await?;
    shop.receive(supplier, good, "60", "6", day(6, 1)).await?;
    let product = shop.read(good).await?;
    assert_eq!((product.on_hand, product.average_cost), (quantity("100"), Some(cost("5.60"))));
    assert_eq!(product.cost_status, CostStatus::Complete);
    Ok(())
}

async fn s049_enabling_receiving_makes_legacy_lots(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    let (oak, empty) = (shop.material("Oak").await?, shop.material("Ash").await?);
    shop.add(oak, "10", "2").await?;
    shop.add(oak, "2", "5").await?;
    let before = shop.read(oak).await?;
    let made = shop.stock.enable_receiving(&shop.owner).await?;
    let lots = shop.lots(oak).await?;
    assert_eq!(made, [lots[0].id]);
    let lot = &lots[0];
    assert_eq!((lot.source, lot.status, lot.number.as_str()), (LotSource::Legacy, LotStatus::Active, "LEGACY"));
    assert_eq!((lot.received_quantity, lot.remaining_quantity), (quantity("12"), quantity("12")));
    assert_eq!((before.average_cost, lot.remaining_value), (Some(cost("2.5")), amount("30")));
    assert_eq!(shop.lots(empty).await?.len(), 0);
    let after = shop.read(oak).await?;
    assert_eq!((after.on_hand, after.value, after.average_cost), (before.on_hand, before.value, before.average_cost));
    // Legacy lots go before all others, whatever their dates.
    let supplier = shop.supplier().await?;
    shop.receive(supplier, oak, "5", "9", day(1, 1)).await?;
    assert_eq!(shop.sell(oak, "1", Uuid::from_u128(1)).await?.value, amount("2.5"));
    // Enabled again, nothing happens.
    let before = shop.everything().await?;
    assert_eq!(shop.stock.enable_receiving(&shop.owner).await?, []);
    assert_eq!(shop.everything().await?, before);
    Ok(())
}

async fn s051_breakage_takes_away(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, good) = (shop.supplier().await?, shop.material("Oak").await?);
    let lot = shop.receive(supplier, good, "9", "2", day(5, 1)).await?;
    let before = shop.everything().await?;
    for reason in [AdjustmentReason::Breakage, AdjustmentReason::Loss] {
        let refusal = refused(shop.stock.adjust_lot(&shop.owner, lot, adjust("5", reason)).await)?;
        assert_eq!((refusal.code, refusal.path), (ErrorCode::InvalidQuantity, vec!["input".into(), "quantity".into()]));
    }
    let refusal = refused(shop.stock.adjust_lot(&shop.owner, lot, adjust("0", AdjustmentReason::Other)).await)?;
    assert_eq!(refusal.code, ErrorCode::InvalidQuantity);
    assert_eq!(shop.everything().await?, before);
    Ok(())
}

async fn s052_a_lot_is_adjusted_with_the_stock(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, good) = (shop.supplier().await?, shop.material("Oak").await?);
    let lot = shop.receive(supplier, good, "9", "2", day(5, 1)).await?;
    let adjusted = shop.stock.adjust_lot(&shop.owner, lot, adjust("-4", AdjustmentReason::Breakage)).await?;
    assert_eq!((adjusted.remaining_quantity, adjusted.remaining_value), (quantity("5"), amount("10")));
    assert_eq!(shop.lot(lot).await?, adjusted);
    assert_eq!(shop.read(good).await?.on_hand, quantity("5"));
    let movement = shop.movements().await?.pop().unwrap();
    assert_eq!(
        (movement.kind, movement.quantity, movement.value),
        (MovementKind::LotAdjustment, quantity("-4"), amount("-8"))
    );
    assert_eq!((movement.reason, movement.source_id), (Some(AdjustmentReason::Breakage), Some(lot.0)));
    // A count may also find more, at the lot's own cost; a used-up lot opens again.
    shop.stock.adjust_lot(&shop.owner, lot, adjust("-5", AdjustmentReason::Loss)).await?;
    let found = shop.stock.adjust_lot(&shop.owner, lot, adjust("1", AdjustmentReason::CountCorrection)).await?;
    assert_eq!((found.status, found.remaining_value), (LotStatus::Active, amount("2")));
    Ok(())
}

async fn s053_a_lot_gives_no_more_than_it_has(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, good) = (shop.supplier().await?, shop.material("Oak").await?);
    let lot = shop.receive(supplier, good, "3", "2", day(5, 1)).await?;
    shop.receive(supplier, good, "30", "2", day(5, 1)).await?;
    let before = shop.everything().await?;
    let refusal = refused(shop.stock.adjust_lot(&shop.owner, lot, adjust("-4", AdjustmentReason::Loss)).await)?;
    assert_eq!(refusal.code, ErrorCode::InsufficientStock);
    assert_eq!(refusal.message, "Only 3 is left of lot ABC-20260501 of Oak.");
    assert_eq!(shop.everything().await?, before);
    Ok(())
}

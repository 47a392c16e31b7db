//! Receipts (statements 50, 88 to 90 and 97), landed costs, corrections, closed dates.

use domain::{
    ErrorCode,
    receiving::{Correction, LandedCost, NewSupplier},
};
use entity::{CostBasis, LandedKind, LotStatus, MovementKind, ReceiptState, Role};
use stockbridge_tests::{
    Outcome, TestDatabase, on_both_databases,
    shop::{Shop, amount, cost, day, quantity, refused},
};
use uuid::Uuid;

on_both_databases!(
    s050_a_lot_number_is_unique_per_product,
    s088_a_draft_does_not_touch_stock,
    s089_a_bad_line_is_named,
    s090_a_lot_is_numbered_by_supplier_and_day,
    s097_a_consumed_receipt_is_not_voided,
    landed_costs_become_part_of_the_lots,
    a_corrected_line_changes_what_is_left,
    two_corrections_come_to_the_same_as_one,
    a_closed_date_refuses_what_is_before_it,
    a_voided_receipt_leaves_nothing,
    receiving_has_to_be_on,
);

async fn s050_a_lot_number_is_unique_per_product(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let supplier = shop.supplier().await?;
    let (a, b) = (shop.material("A").await?, shop.material("B").await?);
    let confirm = async |product, number| {
        let draft = shop.draft(supplier, day(5, 1), &[(product, "1", "1", Some(number))], Vec::new()).await?;
        shop.receiving.confirm(&shop.owner, draft.receipt.id).await.map_err(anyhow::Error::from)
    };
    confirm(a, "X1").await?;
    let draft = shop.draft(supplier, day(5, 1), &[(a, "1", "1", Some("X1"))], Vec::new()).await?;
    let before = shop.everything().await?;
    let refusal = refused(shop.receiving.confirm(&shop.owner, draft.receipt.id).await)?;
    assert_eq!(refusal.code, ErrorCode::DuplicateLot);
    assert_eq!(refusal.message, "Line 1 (A): another active lot of the product has the number X1.");
    assert_eq!(shop.everything().await?, before);
    confirm(b, "X1").await?;
    // Twice on one receipt is the same.
    let lines = [(a, "1", "1", Some("X2")), (a, "1", "1", Some("X2"))];
    let draft = shop.draft(supplier, day(5, 1), &lines, Vec::new()).await?;
    assert_eq!(refused(shop.receiving.confirm(&shop.owner, draft.receipt.id).await)?.code, ErrorCode::DuplicateLot);
    // Once the first is used up, its number is free.
    shop.sell(a, "1", Uuid::from_u128(1)).await?;
    confirm(a, "X1").await?;
    Ok(())
}

async fn s088_a_draft_does_not_touch_stock(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, oak) = (shop.supplier().await?, shop.material("Oak").await?);
    let before = shop.everything().await?;
    let draft = shop.draft(supplier, day(5, 1), &[(oak, "5", "2", None)], Vec::new()).await?;
    assert_eq!((draft.receipt.state, draft.receipt.value), (ReceiptState::Draft, amount("10")));
    assert_eq!(shop.everything().await?, before);
    shop.receiving.delete(&shop.owner, draft.receipt.id).await?;
    assert_eq!(shop.receiving.details(&shop.owner, &[draft.receipt.id]).await?, []);
    let confirmed = shop.draft(supplier, day(5, 1), &[(oak, "5", "2", None)], Vec::new()).await?.receipt.id;
    shop.receiving.confirm(&shop.owner, confirmed).await?;
    let refusal = refused(shop.receiving.delete(&shop.owner, confirmed).await)?;
    assert_eq!((refusal.code, refusal.message.as_str()), (ErrorCode::InvalidState, "Receipt 2 is confirmed."));
    assert_eq!(refused(shop.receiving.confirm(&shop.owner, confirmed).await)?.code, ErrorCode::InvalidState);
    // Another business's receipt reads as not found.
    let stranger = domain::business::Actor { business: shop.ambient.id(), ..shop.owner.clone() };
    assert_eq!(shop.receiving.details(&stranger, &[confirmed]).await?, []);
    Ok(())
}

async fn s089_a_bad_line_is_named(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let supplier = shop.supplier().await?;
    let (good, bad) = (shop.material("Oak").await?, shop.material("Ash").await?);
    let cases = [
        ("0", "1", ErrorCode::InvalidQuantity),
        ("-2", "1", ErrorCode::InvalidQuantity),
        ("9000000000000", "1", ErrorCode::InvalidQuantity),
        ("1", "-1", ErrorCode::InvalidCost),
        ("999999999999", "9000000000000", ErrorCode::InvalidCost),
    ];
    for (units, price, code) in cases {
        let lines = [(good, "1", "1", None), (bad, units, price, None)];
        let draft = shop.draft(supplier, day(5, 1), &lines, Vec::new()).await?;
        let before = shop.everything().await?;
        let refusal = refused(shop.receiving.confirm(&shop.owner, draft.receipt.id).await)?;
        assert_eq!(refusal.code, code, "{units} at {price}");
        assert!(refusal.message.starts_with("Line 2 (Ash): "), "{}", refusal.message);
        assert_eq!(shop.everything().await?, before);
    }
    // What is given for nothing is worth nothing, and that is known.
    let lot = shop.receive(supplier, good, "1", "0", day(5, 1)).await?;
    assert_eq!(shop.lot(lot).await?.cost_status, entity::CostStatus::Complete);
    Ok(())
}

async fn s090_a_lot_is_numbered_by_supplier_and_day(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, oak) = (shop.supplier().await?, shop.material("Oak").await?);
    let lines = [(oak, "1", "1", None), (oak, "1", "1", None), (oak, "1", "1", Some("Own"))];
    let draft = shop.draft(supplier, day(4, 4), &lines, Vec::new()).await?;
    let confirmed = shop.receiving.confirm(&shop.owner, draft.receipt.id).await?;
    let numbers: Vec<_> = confirmed.lines.iter().filter_map(|line| line.lot_number.as_deref()).collect();
    assert_eq!(numbers, ["ABC-20260404", "ABC-20260404-001", "Own"]);
    let numbers: Vec<String> = shop.lots(oak).await?.into_iter().map(|lot| lot.number).collect();
    assert_eq!(numbers, ["ABC-20260404", "ABC-20260404-001", "Own"]);
    // A code is made from the name and is nobody else's.
    let named = |name: &str| NewSupplier { name: Some(name.to_owned()), ..NewSupplier::default() };
    let other = shop.receiving.save_supplier(&shop.owner, named("abc Wood")).await?;
    assert_eq!(other.code.as_deref(), Some("ABC2"));
    let taken = NewSupplier { code: Some("abc".to_owned()), ..named("Third") };
    let refusal = refused(shop.receiving.save_supplier(&shop.owner, taken).await)?;
    assert_eq!(refusal.message, "Another supplier has the code ABC.");
    Ok(())
}

async fn s097_a_consumed_receipt_is_not_voided(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, oak, ash) = (shop.supplier().await?, shop.material("Oak").await?, shop.material("Ash").await?);
    let lines = [(ash, "5", "1", None), (oak, "5", "1", None)];
    let draft = shop.draft(supplier, day(5, 1), &lines, Vec::new()).await?;
    shop.receiving.confirm(&shop.owner, draft.receipt.id).await?;
    shop.sell(oak, "1", Uuid::from_u128(1)).await?;
    let before = shop.everything().await?;
    let refusal = refused(shop.receiving.void(&shop.owner, draft.receipt.id).await)?;
    assert_eq!(refusal.code, ErrorCode::LotConsumed);
    assert_eq!(refusal.message, "Some of lot ABC-20260501 of Oak is gone, so it cannot be voided.");
    assert_eq!(shop.everything().await?, before);
    // A count that fills the lot up again does not undo what was consumed.
    let found = domain::stock::Adjustment {
        quantity: quantity("1"),
        reason: entity::AdjustmentReason::CountCorrection,
        note: None,
        effective_on: None,
        unit_cost: None,
    };
    let lot = shop.lots(oak).await?[0].id;
    let counted = shop.stock.adjust_lot(&shop.owner, lot, found.clone()).await?;
    assert_eq!(counted.remaining_quantity, counted.received_quantity);
    let refusal = refused(shop.receiving.void(&shop.owner, draft.receipt.id).await)?;
    assert_eq!(refusal.code, ErrorCode::LotConsumed);
    let away = domain::stock::Adjustment { quantity: quantity("-1"), ..found };
    shop.stock.adjust_lot(&shop.owner, lot, away).await?;
    // When it has come back, the receipt may go.
    shop.stock.take_back(&shop.owner, Uuid::from_u128(1), MovementKind::SaleReversal, None).await?;
    shop.receiving.void(&shop.owner, draft.receipt.id).await?;
    assert_eq!(shop.read(oak).await?.on_hand, quantity("0"));
    Ok(())
}

async fn landed_costs_become_part_of_the_lots(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, a, b) = (shop.supplier().await?, shop.material("A").await?, shop.material("B").await?);
    let costs = vec![
        LandedCost {
            kind: LandedKind::Freight,
            label: "Freight".into(),
            amount: amount("10"),
            basis: CostBasis::Quantity,
        },
        LandedCost { kind: LandedKind::Duty, label: "Duty".into(), amount: amount("1"), basis: CostBasis::Value },
    ];
    let draft = shop.draft(supplier, day(5, 1), &[(a, "5", "2", None), (b, "7", "3", None)], costs).await?;
    let confirmed = shop.receiving.confirm(&shop.owner, draft.receipt.id).await?;
    assert_eq!(confirmed.receipt.value, amount("42"));
    let values: Vec<_> = confirmed.lines.iter().map(|line| (line.landed, line.value)).collect();
    assert_eq!(values, [(amount("4.489248"), amount("14.489248")), (amount("6.510752"), amount("27.510752"))]);
    assert_eq!(shop.read(a).await?.value, amount("14.489248"));
    assert_eq!(shop.read(b).await?.value, amount("27.510752"));
    Ok(())
}

async fn a_corrected_line_changes_what_is_left(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, oak) = (shop.supplier().await?, shop.material("Oak").await?);
    let draft = shop.draft(supplier, day(5, 1), &[(oak, "10", "2", None)], Vec::new()).await?;
    let confirmed = shop.receiving.confirm(&shop.owner, draft.receipt.id).await?;
    let (line, lot) = (confirmed.lines[0].id, confirmed.lines[0].lot_id.unwrap());
    let correct = async |units: Option<&str>, price: Option<&str>| {
        let correction =
            Correction { line, quantity: units.map(quantity), unit_cost: price.map(cost), effective_on: None };
        shop.receiving.correct(&shop.owner, correction).await
    };
    let sold = shop.sell(oak, "4", Uuid::from_u128(1)).await?;
    assert_eq!(sold.value, amount("8"));
    // 10 @ 2 were 9 @ 3: the five that are left are worth 15, what was sold keeps its 8.
    let details = correct(Some("9"), Some("3")).await?;
    let left = shop.lot(lot).await?;
    assert_eq!((left.remaining_quantity, left.remaining_value), (quantity("5"), amount("15")));
    let correction = &details.corrections[0];
    assert_eq!(
        (correction.quantity, correction.value, correction.captured),
        (quantity("-1"), amount("3"), amount("4"))
    );
    assert_eq!((details.receipt.quantity, details.receipt.value), (quantity("9"), amount("27")));
    assert_eq!(shop.movements().await?.pop().unwrap().kind, MovementKind::ReceiptCorrection);
    // No fewer than are gone.
    let before = shop.everything().await?;
    assert_eq!(refused(correct(Some("3"), None).await)?.code, ErrorCode::InsufficientStock);
    assert_eq!(refused(correct(Some("0"), None).await)?.code, ErrorCode::InvalidQuantity);
    assert_eq!(refused(correct(None, Some("-1")).await)?.code, ErrorCode::InvalidCost);
    assert_eq!(shop.everything().await?, before);
    correct(Some("4"), None).await?;
    assert_eq!((shop.lot(lot).await?.status, shop.read(oak).await?.value), (LotStatus::Exhausted, amount("0")));
    Ok(())
}

/// Units that are gone bear the difference of the unit cost, once: the second correction does not change that cost.
async fn two_corrections_come_to_the_same_as_one(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, oak) = (shop.supplier().await?, shop.material("Oak").await?);
    let draft = shop.draft(supplier, day(5, 1), &[(oak, "10", "1", None)], Vec::new()).await?;
    let confirmed = shop.receiving.confirm(&shop.owner, draft.receipt.id).await?;
    let (line, lot) = (confirmed.lines[0].id, confirmed.lines[0].lot_id.unwrap());
    shop.sell(oak, "5", Uuid::from_u128(1)).await?;
    let steps = [
        ("10", "2", "5", "10", ("5", "5")),
        ("20", "2", "15", "30", ("20", "0")),
        ("20", "0", "15", "0", ("-30", "-10")),
    ];
    for (place, (units, price, left, worth, (value, captured))) in steps.into_iter().enumerate() {
        let (units, price) = (Some(quantity(units)), Some(cost(price)));
        let correction = Correction { line, quantity: units, unit_cost: price, effective_on: None };
        let details = shop.receiving.correct(&shop.owner, correction).await?;
        let row = shop.lot(lot).await?;
        assert_eq!((row.remaining_quantity, row.remaining_value), (quantity(left), amount(worth)));
        let told = &details.corrections[place];
        assert_eq!((told.value, told.captured), (amount(value), amount(captured)));
    }
    assert_eq!(shop.stock.integrity(&shop.owner).await?, []);
    Ok(())
}

async fn a_closed_date_refuses_what_is_before_it(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, oak) = (shop.supplier().await?, shop.material("Oak").await?);
    let late = shop.draft(supplier, day(4, 30), &[(oak, "1", "1", None)], Vec::new()).await?.receipt.id;
    shop.stock.close_before(&shop.owner, Some(day(5, 1))).await?;
    let before = shop.everything().await?;
    let refusal = refused(shop.receiving.confirm(&shop.owner, late).await)?;
    assert_eq!(refusal.code, ErrorCode::PeriodClosed);
    assert_eq!(refusal.message, "The books are closed before 2026-05-01; 2026-04-30 is earlier.");
    let future = shop.draft(supplier, day(6, 2), &[(oak, "1", "1", None)], Vec::new()).await?.receipt.id;
    assert_eq!(refused(shop.receiving.confirm(&shop.owner, future).await)?.code, ErrorCode::Validation);
    assert_eq!(shop.everything().await?, before);
    let builder = shop.actor(Role::Builder).await?;
    let refused = shop.stock.close_before(&builder, None).await.unwrap_err();
    assert!(matches!(refused, domain::Error::Forbidden(_)), "{refused:?}");
    shop.stock.close_before(&shop.owner, None).await?;
    shop.receiving.confirm(&shop.owner, late).await?;
    Ok(())
}

async fn a_voided_receipt_leaves_nothing(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, oak) = (shop.supplier().await?, shop.material("Oak").await?);
    let draft = shop.draft(supplier, day(5, 1), &[(oak, "10", "2", None)], Vec::new()).await?;
    let confirmed = shop.receiving.confirm(&shop.owner, draft.receipt.id).await?;
    let voided = shop.receiving.void(&shop.owner, draft.receipt.id).await?;
    assert_eq!((voided.receipt.state, voided.receipt.voided_by.as_deref()), (ReceiptState::Voided, Some("owner")));
    let product = shop.read(oak).await?;
    assert_eq!((product.on_hand, product.value), (quantity("0"), amount("0")));
    let rows: Vec<_> = shop.movements().await?.iter().map(|row| (row.kind, row.quantity, row.value)).collect();
    assert_eq!(
        rows,
        [
            (MovementKind::Receive, quantity("10"), amount("20")),
            (MovementKind::ReceiptVoid, quantity("-10"), amount("-20")),
        ]
    );
    let lot = shop.lot(confirmed.lines[0].lot_id.unwrap()).await?;
    assert_eq!(shop.movements().await?[1].reverses, Some(lot.movement_id));
    assert_eq!(refused(shop.receiving.void(&shop.owner, draft.receipt.id).await)?.code, ErrorCode::InvalidState);
    Ok(())
}

async fn receiving_has_to_be_on(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    let (supplier, oak) = (shop.supplier().await?, shop.material("Oak").await?);
    let refusal = shop.draft(supplier, day(5, 1), &[(oak, "1", "1", None)], Vec::new()).await.unwrap_err();
    assert_eq!(refusal.to_string(), "Receiving is off.");
    Ok(())
}

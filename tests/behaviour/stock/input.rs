//! Figures that no stock can have, and what would lose some: refused, naming what is wrong, with nothing changed.

use std::str::FromStr;

use domain::{
    ErrorCode,
    production::BuildOrder,
    stock::{Adjustment, Consumption},
};
use entity::{AdjustmentReason, Amount, ProductType, Quantity, UnitCost};
use rust_decimal::Decimal;
use stockbridge_tests::{
    Outcome, TestDatabase, on_both_databases,
    shop::{Shop, amount, cost, day, part, quantity, refused},
};
use uuid::Uuid;

on_both_databases!(
    figures_that_cannot_be_kept_are_refused_everywhere,
    every_short_component_is_named_once,
    sums_that_do_not_fit_are_refused,
    a_closed_date_refuses_every_kind_of_document,
);

/// What the edges make of text before any use-case sees it.
#[test]
fn thirty_digits_and_nine_decimals_are_no_figures() {
    for text in ["0.123456789", "100000000000000000000", "79228162514264337593543950335", "-0.0000001"] {
        let number = Decimal::from_str(text).unwrap();
        assert!(Quantity::from_decimal(number).is_err(), "{text}");
        assert!(UnitCost::from_decimal(number).is_err(), "{text}");
        assert!(Amount::from_decimal(number).is_err(), "{text}");
    }
    for text in ["123456789012345678901234567890.5", "NaN", "Infinity", "1e400", "", "1,5", "--1"] {
        assert!(Decimal::from_str_exact(text).is_err(), "{text}");
    }
}

fn found(units: Quantity, unit_cost: Option<UnitCost>) -> Adjustment {
    let reason = AdjustmentReason::CountCorrection;
    Adjustment { quantity: units, reason, note: None, effective_on: None, unit_cost }
}

async fn figures_that_cannot_be_kept_are_refused_everywhere(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, oak) = (shop.supplier().await?, shop.material("Oak").await?);
    let chair = shop.product("Chair", ProductType::FinishedGood).await?;
    shop.recipe(chair, &[(oak, "1")]).await?;
    let lot = shop.receive(supplier, oak, "10", "2", day(5, 1)).await?;
    let before = shop.everything().await?;
    let largest = Quantity(i64::MAX);
    for units in [Quantity::ZERO, Quantity(-1), Quantity(i64::MIN), largest] {
        let order = BuildOrder::quick(chair, units);
        assert_eq!(refused(shop.production.execute(&shop.owner, order).await)?.code, ErrorCode::InvalidQuantity);
        let plan = domain::production::Plan::default();
        assert_eq!(
            refused(shop.production.plan(&shop.owner, chair, units, plan).await)?.code,
            ErrorCode::InvalidQuantity
        );
        let line = Consumption { product: oak, quantity: units, source: Uuid::nil(), line: 0, effective_on: day(6, 1) };
        let refusal = refused(shop.stock.consume(&shop.owner, &[line]).await)?;
        assert_eq!(refusal.code, ErrorCode::InvalidQuantity);
        assert!(refusal.message.starts_with("Line 1: the quantity must be positive"), "{}", refusal.message);
    }
    for units in [Quantity::ZERO, Quantity(i64::MIN), largest] {
        let on_lot = refused(shop.stock.adjust_lot(&shop.owner, lot, found(units, None)).await)?;
        let on_stock = refused(shop.stock.adjust_stock(&shop.owner, oak, found(units, None)).await)?;
        assert_eq!([on_lot.code, on_stock.code], [ErrorCode::InvalidQuantity; 2]);
    }
    for price in [UnitCost(-1), UnitCost(i64::MIN), UnitCost(i64::MAX)] {
        let change = found(quantity("1000000"), Some(price));
        assert_eq!(refused(shop.stock.adjust_stock(&shop.owner, oak, change).await)?.code, ErrorCode::InvalidCost);
    }
    assert_eq!(shop.everything().await?, before);
    Ok(())
}

async fn every_short_component_is_named_once(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let supplier = shop.supplier().await?;
    let (oak, glue, nail) = (shop.material("Oak").await?, shop.material("Glue").await?, shop.material("Nail").await?);
    let chair = shop.product("Chair", ProductType::FinishedGood).await?;
    shop.receive(supplier, oak, "10", "2", day(5, 1)).await?;
    shop.receive(supplier, nail, "1", "2", day(5, 1)).await?;
    // The same component on two lines is needed for both.
    shop.recipe_of(chair, vec![part(oak, "6"), part(glue, "1"), part(oak, "5"), part(nail, "1")]).await?;
    let before = shop.everything().await?;
    let refusal = refused(shop.production.execute(&shop.owner, BuildOrder::quick(chair, quantity("1"))).await)?;
    assert_eq!(refusal.code, ErrorCode::InsufficientStock);
    let expected = "There is not enough of Oak (11 needed, 10 available), Glue (1 needed, 0 available).";
    assert_eq!(refusal.message, expected);
    assert_eq!(shop.everything().await?, before);
    assert_eq!(shop.production.count(&shop.owner, &domain::production::BuildFilter::default()).await?, 0);
    Ok(())
}

async fn sums_that_do_not_fit_are_refused(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, oak) = (shop.supplier().await?, shop.material("Oak").await?);
    // Nine such receipts fit, the tenth does not.
    for number in 1..=9 {
        shop.receive(supplier, oak, "1000000000000", "1", day(5, number)).await?;
    }
    assert_eq!(shop.read(oak).await?.value, amount("9000000000000"));
    let draft = shop.draft(supplier, day(5, 10), &[(oak, "1000000000000", "1", None)], Vec::new()).await?;
    let before = shop.everything().await?;
    let refusal = refused(shop.receiving.confirm(&shop.owner, draft.receipt.id).await)?;
    assert_eq!(refusal.code, ErrorCode::InvalidQuantity);
    assert_eq!(refusal.message, "The stock would be too large to be kept exactly.");
    assert_eq!(shop.everything().await?, before);
    assert_eq!(shop.stock.integrity(&shop.owner).await?, []);
    Ok(())
}

async fn a_closed_date_refuses_every_kind_of_document(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, oak) = (shop.supplier().await?, shop.material("Oak").await?);
    let chair = shop.product("Chair", ProductType::FinishedGood).await?;
    shop.recipe(chair, &[(oak, "1")]).await?;
    let draft = shop.draft(supplier, day(5, 1), &[(oak, "10", "2", None)], Vec::new()).await?;
    let confirmed = shop.receiving.confirm(&shop.owner, draft.receipt.id).await?;
    let (line, lot) = (confirmed.lines[0].id, confirmed.lines[0].lot_id.unwrap());
    shop.sell(oak, "1", Uuid::from_u128(1)).await?;
    let built = shop.production.execute(&shop.owner, BuildOrder::quick(chair, quantity("1"))).await?.build.id;
    shop.stock.close_before(&shop.owner, Some(day(6, 1))).await?;
    let before = shop.everything().await?;
    let early = Some(day(5, 31));
    let order = BuildOrder { effective_on: early, ..BuildOrder::quick(chair, quantity("1")) };
    let late = Adjustment { effective_on: early, ..found(quantity("1"), Some(cost("1"))) };
    let sale =
        Consumption { product: oak, quantity: quantity("1"), source: Uuid::nil(), line: 0, effective_on: day(5, 31) };
    let change =
        domain::receiving::Correction { line, quantity: Some(quantity("9")), unit_cost: None, effective_on: early };
    let kind = entity::MovementKind::SaleReversal;
    let codes = [
        refused(shop.production.execute(&shop.owner, order).await)?.code,
        refused(shop.production.reverse(&shop.owner, built, None, early).await)?.code,
        refused(shop.stock.adjust_lot(&shop.owner, lot, late.clone()).await)?.code,
        refused(shop.stock.adjust_stock(&shop.owner, oak, late).await)?.code,
        refused(shop.stock.consume(&shop.owner, &[sale]).await)?.code,
        refused(shop.stock.take_back(&shop.owner, Uuid::from_u128(1), kind, early).await)?.code,
        refused(shop.receiving.correct(&shop.owner, change).await)?.code,
        // Its day is closed, so it cannot be taken out of that day's books.
        refused(shop.receiving.void(&shop.owner, draft.receipt.id).await)?.code,
    ];
    assert_eq!(codes, [ErrorCode::PeriodClosed; 8]);
    assert_eq!(shop.everything().await?, before);
    Ok(())
}

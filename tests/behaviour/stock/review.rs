//! Approval, rejection and reversal of builds (statements 59, 79, 80, 83, 84, 86 and 87).

use domain::{
    ErrorCode,
    production::{BuildDetails, BuildOrder, LossAccount, Rejection},
};
use entity::{BuildState, LotId, LotStatus, MovementKind, ProductId, ProductType, RecoveryMode, RejectReason, Role};
use stockbridge_tests::{
    Outcome, TestDatabase, on_both_databases,
    shop::{Shop, amount, day, labour, part, quantity, refused},
};
use uuid::Uuid;

on_both_databases!(
    s059_with_review_on_the_product_waits,
    s079_full_recovery_restores_everything,
    s080_a_total_loss_restores_nothing,
    s083_partial_recovery_loses_the_rest,
    s084_what_stays_lost_is_the_first_in_cost,
    s086_a_loss_needs_an_account,
    s087_only_who_may_approves,
    a_reversed_build_is_as_if_it_had_not_been,
    a_build_whose_product_is_gone_is_not_reversed,
);

struct Waiting {
    a: ProductId,
    chair: ProductId,
    lots: [LotId; 2],
    built: BuildDetails,
}

/// 20 of A, from lots of 10 @ 2 and 10 @ 3, in ten chairs that wait for approval.
async fn waiting(shop: &Shop) -> anyhow::Result<Waiting> {
    shop.stock.enable_receiving(&shop.owner).await?;
    shop.review_builds().await?;
    let (supplier, a) = (shop.supplier().await?, shop.material("A").await?);
    let chair = shop.product("Chair", ProductType::FinishedGood).await?;
    let lots = [
        shop.receive(supplier, a, "10", "2", day(5, 1)).await?,
        shop.receive(supplier, a, "10", "3", day(5, 2)).await?,
    ];
    shop.recipe_of(chair, vec![part(a, "2"), labour("1")]).await?;
    let built = shop.production.execute(&shop.owner, BuildOrder::quick(chair, quantity("10"))).await?;
    Ok(Waiting { a, chair, lots, built })
}

fn rejection(waiting: &Waiting, recovery: RecoveryMode, recovered: &str) -> Rejection {
    Rejection {
        build: waiting.built.build.id,
        reason: RejectReason::QualityDefect,
        recovery,
        recovered: vec![(waiting.built.lines[0].id, quantity(recovered))],
        note: None,
        loss_account: LossAccount::Waste,
        effective_on: None,
    }
}

async fn s059_with_review_on_the_product_waits(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    let waiting = waiting(&shop).await?;
    assert_eq!((waiting.built.build.state, waiting.built.build.qa), (BuildState::Executed, true));
    let on_hand = [shop.read(waiting.a).await?.on_hand, shop.read(waiting.chair).await?.on_hand];
    assert_eq!(on_hand, [quantity("0"), quantity("0")]);
    let id = waiting.built.build.id;
    let approved = shop.production.approve(&shop.owner, id, Some("Good".to_owned()), None).await?;
    assert_eq!((approved.build.state, approved.build.approved_by.as_deref()), (BuildState::Approved, Some("owner")));
    let chair = shop.read(waiting.chair).await?;
    assert_eq!((chair.on_hand, chair.value), (quantity("10"), amount("60")));
    assert_eq!(shop.lot(approved.build.lot_id.unwrap()).await?.received_value, amount("60"));
    let refusal = refused(shop.production.approve(&shop.owner, id, None, None).await)?;
    assert_eq!(refusal.code, ErrorCode::InvalidState);
    assert_eq!(shop.stock.integrity(&shop.owner).await?, []);
    Ok(())
}

async fn s079_full_recovery_restores_everything(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    let waiting = waiting(&shop).await?;
    let rejected = shop.production.reject(&shop.owner, rejection(&waiting, RecoveryMode::Full, "0")).await?;
    assert_eq!((rejected.build.state, rejected.build.lost_value), (BuildState::Rejected, amount("0")));
    for (lot, value) in waiting.lots.into_iter().zip(["20", "30"]) {
        let lot = shop.lot(lot).await?;
        let left = (lot.status, lot.remaining_quantity, lot.remaining_value);
        assert_eq!(left, (LotStatus::Active, quantity("10"), amount(value)));
    }
    assert_eq!(
        (shop.read(waiting.a).await?.value, shop.read(waiting.chair).await?.on_hand),
        (amount("50"), quantity("0"))
    );
    let last = shop.movements().await?.pop().unwrap();
    assert_eq!(
        (last.kind, last.quantity, last.reverses),
        (MovementKind::BuildRecover, quantity("20"), rejected.lines[0].movement_id)
    );
    assert_eq!(shop.stock.integrity(&shop.owner).await?, []);
    Ok(())
}

async fn s080_a_total_loss_restores_nothing(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    let waiting = waiting(&shop).await?;
    let before = shop.everything().await?;
    let rejected = shop.production.reject(&shop.owner, rejection(&waiting, RecoveryMode::None, "0")).await?;
    // What waste costs is the components', without the cost lines.
    assert_eq!((rejected.build.state, rejected.build.lost_value), (BuildState::Rejected, amount("50")));
    assert_eq!((rejected.build.recovery, rejected.build.exported_at), (Some(RecoveryMode::None), None));
    assert_eq!(shop.everything().await?, before);
    Ok(())
}

async fn s083_partial_recovery_loses_the_rest(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    let waiting = waiting(&shop).await?;
    let before = shop.everything().await?;
    let more = rejection(&waiting, RecoveryMode::Partial, "20.000001");
    let refusal = refused(shop.production.reject(&shop.owner, more).await)?;
    assert_eq!(refusal.code, ErrorCode::InvalidQuantity);
    assert_eq!(refusal.message, "Line 1: between 0 and 20 can be recovered, once; 20.000001 was asked for.");
    assert_eq!(shop.everything().await?, before);
    let rejected = shop.production.reject(&shop.owner, rejection(&waiting, RecoveryMode::Partial, "15")).await?;
    let line = &rejected.lines[0];
    assert_eq!((line.quantity, line.recovered_quantity), (quantity("20"), quantity("15")), "only 5 A are lost");
    assert_eq!(shop.read(waiting.a).await?.on_hand, quantity("15"));
    Ok(())
}

async fn s084_what_stays_lost_is_the_first_in_cost(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    let waiting = waiting(&shop).await?;
    let rejected = shop.production.reject(&shop.owner, rejection(&waiting, RecoveryMode::Partial, "15")).await?;
    assert_eq!(rejected.build.lost_value, amount("10"), "5 × 2");
    assert_eq!(rejected.lines[0].recovered_value, amount("40"));
    let [first, second] = [shop.lot(waiting.lots[0]).await?, shop.lot(waiting.lots[1]).await?];
    assert_eq!((first.remaining_quantity, first.remaining_value), (quantity("5"), amount("10")));
    assert_eq!((second.remaining_quantity, second.remaining_value), (quantity("10"), amount("30")));
    assert_eq!(shop.stock.integrity(&shop.owner).await?, []);
    Ok(())
}

async fn s086_a_loss_needs_an_account(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    let waiting = waiting(&shop).await?;
    let before = shop.everything().await?;
    for mode in [RecoveryMode::None, RecoveryMode::Partial] {
        let without = Rejection { loss_account: LossAccount::Missing, ..rejection(&waiting, mode, "1") };
        let refusal = refused(shop.production.reject(&shop.owner, without).await)?;
        assert_eq!(refusal.code, ErrorCode::AccountNotConfigured);
        assert!(refusal.message.starts_with("Account not configured: "), "{}", refusal.message);
    }
    assert_eq!(shop.everything().await?, before);
    let full = Rejection { loss_account: LossAccount::Missing, ..rejection(&waiting, RecoveryMode::Full, "0") };
    shop.production.reject(&shop.owner, full).await?;
    Ok(())
}

async fn s087_only_who_may_approves(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    let waiting = waiting(&shop).await?;
    let before = shop.everything().await?;
    for role in [Role::Builder, Role::Accountant] {
        let member = shop.actor(role).await?;
        let id = waiting.built.build.id;
        let approve = shop.production.approve(&member, id, None, None).await.unwrap_err();
        let reject = shop.production.reject(&member, rejection(&waiting, RecoveryMode::Full, "0")).await.unwrap_err();
        for refused in [approve, reject] {
            assert_eq!(refused.to_string(), "this needs the permission APPROVE_BUILDS, which your role does not have");
        }
    }
    assert_eq!(shop.everything().await?, before);
    Ok(())
}

async fn a_reversed_build_is_as_if_it_had_not_been(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    let waiting = waiting(&shop).await?;
    shop.production.approve(&shop.owner, waiting.built.build.id, None, None).await?;
    let reversed = shop.production.reverse(&shop.owner, waiting.built.build.id, None, None).await?;
    assert_eq!(reversed.build.state, BuildState::Reversed);
    assert_eq!(shop.lot(reversed.build.lot_id.unwrap()).await?.status, LotStatus::Voided);
    assert_eq!((shop.read(waiting.a).await?.value, shop.read(waiting.chair).await?.value), (amount("50"), amount("0")));
    let refusal = refused(shop.production.reverse(&shop.owner, reversed.build.id, None, None).await)?;
    assert_eq!(refusal.message, "Build 1 is reversed; only an executed or approved build can be reversed.");
    assert_eq!(shop.stock.integrity(&shop.owner).await?, []);
    Ok(())
}

async fn a_build_whose_product_is_gone_is_not_reversed(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    let waiting = waiting(&shop).await?;
    shop.production.approve(&shop.owner, waiting.built.build.id, None, None).await?;
    shop.sell(waiting.chair, "1", Uuid::from_u128(1)).await?;
    let before = shop.everything().await?;
    let refusal = refused(shop.production.reverse(&shop.owner, waiting.built.build.id, None, None).await)?;
    assert_eq!(refusal.code, ErrorCode::LotConsumed);
    assert_eq!(refusal.message, "Some of lot B-00001 of Chair is gone, so it cannot be voided.");
    assert_eq!(shop.everything().await?, before);
    Ok(())
}

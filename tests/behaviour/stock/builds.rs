//! Builds (statements 54 to 60), bills of materials, previews, the race for the last unit, the number of statements.

use domain::{
    ErrorCode,
    production::{BuildOrder, NewBomLine},
};
use entity::{BuildState, CostStatus, LotSource, MovementKind, ProductId, ProductType};
use stockbridge_tests::{
    Outcome, TestDatabase, on_both_databases,
    shop::{Shop, amount, cost, day, labour, part, quantity, refused},
};

on_both_databases!(
    s054_a_build_consumes_and_makes,
    s055_a_short_build_changes_nothing,
    s056_an_optional_component_gives_what_there_is,
    s057_cost_lines_become_part_of_the_lot,
    s058_a_captured_cost_stays,
    s060_a_failure_in_the_middle_leaves_nothing,
    versions_follow_one_another,
    a_cycle_at_depth_nine_is_refused,
    a_preview_tells_what_comes,
    a_planned_build_is_executed_once,
    two_builds_race_for_the_last_unit,
    a_build_of_fifty_components_over_five_hundred_lots_takes_thirteen_statements,
    lots_are_built_in_levels,
);

/// 2 × A and 1 × B make a chair; 30 of A at 2 and 20 of B at 1 are there.
async fn chairs(shop: &Shop) -> anyhow::Result<(ProductId, ProductId, ProductId)> {
    let (a, b) = (shop.material("A").await?, shop.material("B").await?);
    let chair = shop.product("Chair", ProductType::FinishedGood).await?;
    shop.add(a, "30", "2").await?;
    shop.add(b, "20", "1").await?;
    shop.recipe(chair, &[(a, "2"), (b, "1")]).await?;
    Ok((a, b, chair))
}

async fn s054_a_build_consumes_and_makes(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    let (a, b, chair) = chairs(&shop).await?;
    let built = shop.production.execute(&shop.owner, BuildOrder::quick(chair, quantity("10"))).await?;
    assert_eq!((built.build.state, built.build.number, built.build.lot_id), (BuildState::Executed, 1, None));
    assert_eq!((built.build.total_value, built.build.cost_status), (amount("50"), CostStatus::Complete));
    let lines: Vec<_> = built.lines.iter().map(|line| (line.product_id, line.quantity, line.value)).collect();
    assert_eq!(lines, [(Some(a), quantity("20"), amount("40")), (Some(b), quantity("10"), amount("10"))]);
    let on_hand = [shop.read(a).await?.on_hand, shop.read(b).await?.on_hand, shop.read(chair).await?.on_hand];
    assert_eq!(on_hand, [quantity("10"), quantity("10"), quantity("10")]);
    assert_eq!(shop.read(chair).await?.average_cost, Some(cost("5")));
    let rows: Vec<_> = shop.movements().await?[2..].iter().map(|row| (row.kind, row.quantity, row.source_id)).collect();
    let source = Some(built.build.id.0);
    assert_eq!(
        rows,
        [
            (MovementKind::BuildConsume, quantity("-20"), source),
            (MovementKind::BuildConsume, quantity("-10"), source),
            (MovementKind::BuildProduce, quantity("10"), source),
        ]
    );
    Ok(())
}

async fn s055_a_short_build_changes_nothing(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    let (_, _, chair) = chairs(&shop).await?;
    let before = shop.everything().await?;
    let refusal = refused(shop.production.execute(&shop.owner, BuildOrder::quick(chair, quantity("21"))).await)?;
    assert_eq!(refusal.code, ErrorCode::InsufficientStock);
    let expected = "There is not enough of A (42 needed, 30 available), B (21 needed, 20 available).";
    assert_eq!(refusal.message, expected);
    assert_eq!(shop.everything().await?, before);
    // The lock was let go.
    shop.production.execute(&shop.owner, BuildOrder::quick(chair, quantity("15"))).await?;
    for bad in ["0", "-1", "9000000000000"] {
        let refusal = refused(shop.production.execute(&shop.owner, BuildOrder::quick(chair, quantity(bad))).await)?;
        assert_eq!(refusal.code, ErrorCode::InvalidQuantity);
    }
    Ok(())
}

async fn s056_an_optional_component_gives_what_there_is(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    let (a, wax) = (shop.material("A").await?, shop.material("Wax").await?);
    let chair = shop.product("Chair", ProductType::FinishedGood).await?;
    shop.add(a, "30", "2").await?;
    shop.add(wax, "4", "1").await?;
    let optional = NewBomLine { optional: true, ..part(wax, "1") };
    shop.recipe_of(chair, vec![optional, part(a, "1")]).await?;
    let built = shop.production.execute(&shop.owner, BuildOrder::quick(chair, quantity("10"))).await?;
    let line = &built.lines[0];
    assert_eq!((line.needed, line.quantity, line.value), (quantity("10"), quantity("4"), amount("4")));
    assert_eq!((shop.read(wax).await?.on_hand, built.build.total_value), (quantity("0"), amount("24")));
    // None at all, and left out, are the same.
    let again = shop.production.execute(&shop.owner, BuildOrder::quick(chair, quantity("1"))).await?;
    assert_eq!((again.lines[0].quantity, again.lines[0].movement_id), (quantity("0"), None));
    shop.add(wax, "5", "1").await?;
    let order = BuildOrder { without: vec![wax], ..BuildOrder::quick(chair, quantity("1")) };
    let without = shop.production.execute(&shop.owner, order).await?;
    assert_eq!((without.lines[0].quantity, shop.read(wax).await?.on_hand), (quantity("0"), quantity("5")));
    Ok(())
}

async fn s057_cost_lines_become_part_of_the_lot(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, a) = (shop.supplier().await?, shop.material("A").await?);
    let chair = shop.product("Chair", ProductType::FinishedGood).await?;
    shop.receive(supplier, a, "20", "2.5", day(5, 1)).await?;
    // 0.75 direct, and 4.00 an hour for an eighth of an hour.
    let rate = NewBomLine { quantity: Some(quantity("0.125")), ..labour("4") };
    shop.recipe_of(chair, vec![part(a, "2"), labour("0.75"), rate]).await?;
    let built = shop.production.execute(&shop.owner, BuildOrder::quick(chair, quantity("10"))).await?;
    let build = &built.build;
    assert_eq!(
        (build.component_value, build.cost_value, build.total_value),
        (amount("50"), amount("12.5"), amount("62.5"))
    );
    let lot = shop.lot(build.lot_id.unwrap()).await?;
    assert_eq!((lot.source, lot.number.as_str(), lot.received_value), (LotSource::Build, "B-00001", amount("62.5")));
    assert_eq!(domain::money::average_half_even(lot.received_value, lot.received_quantity), Some(cost("6.25")));
    assert_eq!((lot.build_id, lot.received_on), (Some(build.id), day(6, 1)));
    Ok(())
}

async fn s058_a_captured_cost_stays(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, a) = (shop.supplier().await?, shop.material("A").await?);
    let chair = shop.product("Chair", ProductType::FinishedGood).await?;
    shop.receive(supplier, a, "20", "2", day(5, 10)).await?;
    shop.recipe(chair, &[(a, "1")]).await?;
    let built = shop.production.execute(&shop.owner, BuildOrder::quick(chair, quantity("10"))).await?;
    // A dearer receipt that came before, recorded late: it goes first from now on and changes nothing that was.
    shop.receive(supplier, a, "5", "9", day(5, 1)).await?;
    let read = shop.production.details(&shop.owner, &[built.build.id]).await?;
    assert_eq!(read, [built]);
    let next = shop.production.execute(&shop.owner, BuildOrder::quick(chair, quantity("6"))).await?;
    assert_eq!(next.build.total_value, amount("47"), "5 at 9 and 1 at 2");
    Ok(())
}

async fn s060_a_failure_in_the_middle_leaves_nothing(database: TestDatabase) -> Outcome {
    use sea_orm::ConnectionTrait;
    let shop = Shop::open(&database).await?;
    let (_, _, chair) = chairs(&shop).await?;
    let before = shop.everything().await?;
    // The last table to be written refuses.
    shop.db.connection().execute_unprepared("ALTER TABLE build_line RENAME TO build_line_away").await?;
    let failed = shop.production.execute(&shop.owner, BuildOrder::quick(chair, quantity("1"))).await.unwrap_err();
    assert!(matches!(failed, domain::Error::Store(_)), "{failed:?}");
    shop.db.connection().execute_unprepared("ALTER TABLE build_line_away RENAME TO build_line").await?;
    assert_eq!(shop.everything().await?, before);
    let filter = domain::production::BuildFilter::default();
    assert_eq!(shop.production.count(&shop.owner, &filter).await?, 0);
    shop.production.execute(&shop.owner, BuildOrder::quick(chair, quantity("1"))).await?;
    Ok(())
}

async fn versions_follow_one_another(database: TestDatabase) -> Outcome {
    use entity::BomStatus::{Active, Archived, Draft};
    let shop = Shop::open(&database).await?;
    let (a, b, chair) = chairs(&shop).await?;
    let draft = domain::production::NewBom { product: chair, lines: vec![part(b, "3")], note: None, draft: true };
    let draft = shop.production.save_bom(&shop.owner, draft).await?;
    shop.recipe(chair, &[(a, "1")]).await?;
    let versions = async || {
        let rows = shop.production.boms_of(&shop.owner, &[chair]).await?;
        anyhow::Ok(rows.into_iter().map(|row| (row.bom.version, row.bom.status)).collect::<Vec<_>>())
    };
    assert_eq!(versions().await?, [(3, Active), (2, Draft), (1, Archived)]);
    shop.production.activate_bom(&shop.owner, draft.bom.id).await?;
    assert_eq!(versions().await?, [(3, Archived), (2, Active), (1, Archived)]);
    let users =
        |rows: Vec<domain::production::BomDetails>| rows.into_iter().map(|row| row.bom.version).collect::<Vec<_>>();
    assert_eq!(users(shop.production.where_used(&shop.owner, b).await?), [2]);
    assert_eq!(users(shop.production.where_used(&shop.owner, a).await?), [0; 0]);
    let refuse = async |line: NewBomLine| anyhow::Ok(shop.recipe_of(chair, vec![line]).await.unwrap_err().to_string());
    assert!(refuse(part(a, "0")).await?.contains("must be positive with at most 4 decimals"));
    assert!(refuse(part(a, "0.00001")).await?.contains("it is 0.00001"));
    assert!(refuse(labour("-1")).await?.contains("a rate of zero or more"));
    Ok(())
}

async fn a_cycle_at_depth_nine_is_refused(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    let mut chain = Vec::new();
    for level in 1..=11 {
        chain.push(shop.product(&format!("P{level}"), ProductType::SubAssembly).await?);
    }
    for pair in chain[..9].windows(2) {
        shop.recipe(pair[0], &[(pair[1], "1")]).await?;
    }
    let before = shop.production.boms_of(&shop.owner, &chain).await?;
    let told = shop.recipe(chain[8], &[(chain[0], "1")]).await.unwrap_err().to_string();
    assert_eq!(told, "P9 would be made of itself: P9 → P1 → P2 → P3 → P4 → P5 → P6 → P7 → P8 → P9.");
    shop.recipe(chain[8], &[(chain[9], "1")]).await?;
    let told = shop.recipe(chain[9], &[(chain[10], "1")]).await.unwrap_err().to_string();
    assert!(told.starts_with("Bills of materials nest at most 10 levels; this would be 11: P1 → "), "{told}");
    assert_eq!(shop.production.boms_of(&shop.owner, &chain[..8]).await?, before);
    Ok(())
}

async fn a_preview_tells_what_comes(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    let (a, _, chair) = chairs(&shop).await?;
    let before = shop.everything().await?;
    let preview = shop.production.preview(&shop.owner, BuildOrder::quick(chair, quantity("10"))).await?;
    assert_eq!((preview.total_value, preview.unit_cost, preview.ready), (amount("50"), Some(cost("5")), true));
    assert_eq!(preview.max_buildable, Some(quantity("15")));
    let short = shop.production.preview(&shop.owner, BuildOrder::quick(chair, quantity("18"))).await?;
    let line = &short.lines[0];
    assert_eq!(
        (line.product, line.needed, line.quantity, line.short),
        (Some(a), quantity("36"), quantity("30"), quantity("6"))
    );
    assert!(!short.ready);
    assert_eq!(shop.everything().await?, before);
    Ok(())
}

async fn a_planned_build_is_executed_once(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    let (a, _, chair) = chairs(&shop).await?;
    let plan = domain::production::Plan::default();
    let planned = shop.production.plan(&shop.owner, chair, quantity("2"), plan.clone()).await?;
    // The version at planning is what is built.
    shop.recipe(chair, &[(a, "5")]).await?;
    let order = BuildOrder {
        quantity: Some(quantity("3")),
        note: Some("One more".to_owned()),
        ..BuildOrder::planned(planned.id)
    };
    let built = shop.production.execute(&shop.owner, order).await?;
    assert_eq!((built.build.id, built.build.total_value), (planned.id, amount("15")));
    assert_eq!(
        shop.production.details(&shop.owner, &[planned.id]).await?,
        [built],
        "three were made, not the two planned"
    );
    let before = shop.everything().await?;
    let refusal = refused(shop.production.execute(&shop.owner, BuildOrder::planned(planned.id)).await)?;
    assert_eq!(refusal.message, "Build 1 is executed; only a planned build can be executed.");
    let given_up = shop.production.plan(&shop.owner, chair, quantity("2"), plan).await?;
    shop.production.cancel(&shop.owner, given_up.id).await?;
    let refusal = refused(shop.production.execute(&shop.owner, BuildOrder::planned(given_up.id)).await)?;
    assert_eq!(refusal.code, ErrorCode::InvalidState);
    assert_eq!(shop.everything().await?, before);
    Ok(())
}

async fn two_builds_race_for_the_last_unit(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    let other = shop.another(&database, 2).await?;
    let a = shop.material("A").await?;
    let chair = shop.product("Chair", ProductType::FinishedGood).await?;
    shop.recipe(chair, &[(a, "1")]).await?;
    for round in 0..10 {
        shop.add(a, "1", "2").await?;
        let order = || BuildOrder::quick(chair, quantity("1"));
        let (one, two) = tokio::join!(
            shop.production.execute(&shop.owner, order()),
            other.production.execute(&other.owner, order())
        );
        let won = usize::from(one.is_ok()) + usize::from(two.is_ok());
        let lost = refused(if one.is_ok() { two } else { one })?;
        assert_eq!(won, 1, "round {round}");
        assert!(matches!(lost.code, ErrorCode::SyncLocked | ErrorCode::InsufficientStock), "{lost:?}");
        assert_eq!(shop.read(a).await?.on_hand, quantity("0"));
    }
    assert_eq!(shop.read(chair).await?.on_hand, quantity("10"));
    Ok(())
}

async fn a_build_of_fifty_components_over_five_hundred_lots_takes_thirteen_statements(
    database: TestDatabase,
) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let supplier = shop.supplier().await?;
    let chair = shop.product("Chair", ProductType::FinishedGood).await?;
    let mut lines = Vec::new();
    let mut parts = Vec::new();
    for number in 0..50 {
        let component = shop.material(&format!("Part {number}")).await?;
        parts.push(part(component, "5"));
        lines.extend((0..10).map(|_| (component, "1", "1.5", None)));
    }
    let draft = shop.draft(supplier, day(5, 1), &lines, Vec::new()).await?;
    shop.receiving.confirm(&shop.owner, draft.receipt.id).await?;
    shop.recipe_of(chair, parts).await?;
    let before = shop.db.statement_count();
    let built = shop.production.execute(&shop.owner, BuildOrder::quick(chair, quantity("2"))).await?;
    let statements = shop.db.statement_count() - before;
    assert_eq!(built.build.total_value, amount("750"));
    // SQLite takes 250 rows at a time: three statements for 501 lots and three for their entries.
    let more = if database.store == stockbridge_tests::Store::Sqlite { 4 } else { 0 };
    // One of them asks where its export goes.
    assert_eq!(statements, 13 + more);
    Ok(())
}

async fn lots_are_built_in_levels(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, oak) = (shop.supplier().await?, shop.material("Oak").await?);
    let (leg, table) =
        (shop.product("Leg", ProductType::SubAssembly).await?, shop.product("Table", ProductType::FinishedGood).await?);
    shop.receive(supplier, oak, "10", "1", day(5, 1)).await?;
    shop.receive(supplier, oak, "10", "2", day(5, 2)).await?;
    shop.recipe_of(leg, vec![part(oak, "1"), labour("0.5")]).await?;
    shop.recipe_of(table, vec![part(leg, "4"), labour("3")]).await?;
    shop.production.execute(&shop.owner, BuildOrder::quick(leg, quantity("12"))).await?;
    let table = shop.production.execute(&shop.owner, BuildOrder::quick(table, quantity("2"))).await?;
    // Twelve legs cost 10 + 4 + 6 = 20; eight of them two thirds of it.
    assert_eq!(table.build.total_value, amount("19.333333"));
    Ok(())
}

//! How many statements the lists of stock cost: one per level, whatever the number of rows.

use serde_json::{Value, json};
use stockbridge_tests::{Outcome, TestDatabase, on_both_databases, workshop::Workshop};

on_both_databases!(every_list_of_stock_costs_one_statement_per_level);

async fn every_list_of_stock_costs_one_statement_per_level(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    let supplier = shop.supplier().await?;
    for number in 0..8 {
        let (part, made) = (
            shop.material(&format!("Part {number}")).await?,
            shop.product(&format!("Made {number}"), "FINISHED_GOOD").await?,
        );
        shop.receive(&supplier, "2026-05-01", &part, "5", "1").await?;
        shop.receive(&supplier, "2026-05-02", &part, "5", "2").await?;
        shop.bom(&made, &[(&part, "2")]).await?;
        shop.build(&made, "3").await?;
        let line = shop.owner.data("{ lots(first: 1) { nodes { id } } }", Value::Null).await?;
        assert!(line["lots"]["nodes"][0]["id"].is_string());
    }
    let quiet = shop.world.another_gateway(true).await?;
    let owner = quiet.owner();
    owner.data("{ viewer { subject } }", Value::Null).await?;
    for (query, expected) in [
        ("{ lots(first: 50) { nodes { id remainingQuantity unitCost { amount } } } }", 1),
        (
            "{ lots(first: 50) { nodes { product { name } supplier { code } receipt { number } build { number } } totalCount } }",
            6,
        ),
        ("{ lots(first: 50) { nodes { at { quantity } early: at(asOf: \"2026-05-01\") { value { amount } } } } }", 3),
        (
            "{ lots(first: 50) { nodes { consumptions(first: 10) { nodes { quantity reversed consumedBy { id } } } } } }",
            5,
        ),
        ("{ products(first: 50) { nodes { lots(first: 5) { nodes { number } } } } }", 2),
        (
            "{ products(first: 50) { nodes { lots(first: 5, status: ACTIVE) { nodes { product { name } } } movements(first: 5) { nodes { kind } } } } }",
            4,
        ),
        ("{ products(first: 50) { nodes { shortQuantity at { quantity } activeBom { version } } } }", 4),
        ("{ products(first: 50) { nodes { maxBuildable } } }", 4),
        (
            "{ products(first: 50) { nodes { activeBom { estimate { unitCost { amount } } lines { product { name } } } } } }",
            4,
        ),
        (
            "{ stockMovements(first: 50) { nodes { kind document { id } reverses { id } consumptions { quantity lot { number } } } } }",
            5,
        ),
        (
            "{ receipts(first: 50) { nodes { number supplier { name } lines { product { name } lot { number } } costs { label } corrections { quantity } } } }",
            7,
        ),
        ("{ boms(first: 50) { nodes { product { name } lines { product { name } quantity } } } }", 4),
        (
            "{ builds(first: 50) { nodes { product { name } bom { version } lot { number } lines { product { name } consumptions { lot { number } } } } } }",
            8,
        ),
        ("{ shortages(first: 50) { nodes { product { name } } } }", 1),
        ("{ stockSettings { receiving qaReview closedBefore } }", 2),
    ] {
        // Again and again: how the look-ups of a level meet must not depend on chance.
        for _ in 0..3 {
            let before = quiet.app.db.statement_count();
            let data = owner.data(query, Value::Null).await?;
            let statements = quiet.app.db.statement_count() - before;
            assert_eq!(statements, expected, "{query}\n{data}");
        }
    }
    assert_eq!(owner.data("{ lots { totalCount } }", json!(null)).await?["lots"]["totalCount"], 24);
    Ok(())
}

//! The proof that the ledger adds up, turned against itself: each kind of damage done to the rows is named.
//!
//! Rule: damage is done behind the use-cases' back, found exactly, and mended again; none hides behind another.

use std::collections::BTreeSet;

use domain::{production::BuildOrder, stock::Stock};
use entity::ProductType;
use sea_orm::ConnectionTrait;
use stockbridge_tests::{
    Outcome, TestDatabase, on_both_databases,
    program::Program,
    shop::{Shop, day, labour, part, quantity},
};

on_both_databases!(every_kind_of_damage_is_found_and_named);

const QUANTITY_OF_MOVEMENTS: &str = "a product's quantity is the sum of its movements";
const VALUE_OF_MOVEMENTS: &str = "a product's value is the sum of its movements";
const RUNNING_QUANTITY: &str = "a movement's running quantity is the sum up to it";
const RUNNING_VALUE: &str = "a movement's running value is the sum up to it";
const LOT_QUANTITY: &str = "what is left of a lot is the sum of its entries";
const LOT_VALUE: &str = "the value of what is left of a lot is the sum of its entries";
const QUANTITY_OF_LOTS: &str = "a product's quantity is what is left of its lots, less its shortages";
const VALUE_OF_LOTS: &str = "a product's value is what its lots are worth, less its shortages";
const OWED: &str = "what a product owes is what its shortages owe";
const ENTRIES_QUANTITY: &str = "a movement's quantity is the sum of its entries";
const ENTRIES_VALUE: &str = "a movement's value is the sum of its entries";
const SIGNS: &str = "a lot holds no less than nothing, a shortage no more, and nothing is worth nothing";
const STATUS: &str = "a lot is active while something is left of it, and only then";
const TAKEN_BACK: &str = "nothing takes back more than there was";
const BUILD_COST: &str = "a build's cost is the sum of its lines";
const COMPONENT_COST: &str = "a component of a build costs what its movement says";
const BUILT_LOT: &str = "a build's lot is worth what the build cost";
const RECEIVED: &str = "a receipt's line received what its lot says";

/// Rows, what is done to them, how that is undone, and what does not hold meanwhile.
type Damage = (&'static str, &'static str, &'static str, &'static [&'static str]);

const DAMAGES: [Damage; 15] = [
    (
        "product",
        "on_hand = on_hand + 1|on_hand = on_hand - 1",
        "name = 'A'",
        &[QUANTITY_OF_MOVEMENTS, QUANTITY_OF_LOTS],
    ),
    ("product", "value = value + 1|value = value - 1", "name = 'A'", &[VALUE_OF_MOVEMENTS, VALUE_OF_LOTS]),
    ("product", "owed_quantity = owed_quantity + 1|owed_quantity = owed_quantity - 1", "name = 'A'", &[OWED]),
    ("product", "owed_value = owed_value + 1|owed_value = owed_value - 1", "name = 'A'", &[OWED]),
    (
        "stock_movement",
        "on_hand_after = on_hand_after + 1|on_hand_after = on_hand_after - 1",
        "kind = 'RECEIVE' AND value = 20000000",
        &[RUNNING_QUANTITY],
    ),
    (
        "stock_movement",
        "value_after = value_after + 1|value_after = value_after - 1",
        "kind = 'RECEIVE' AND value = 20000000",
        &[RUNNING_VALUE],
    ),
    (
        "stock_movement",
        "quantity = quantity + 1|quantity = quantity - 1",
        "kind = 'RECEIVE' AND value = 20000000",
        &[QUANTITY_OF_MOVEMENTS, RUNNING_QUANTITY, ENTRIES_QUANTITY],
    ),
    (
        "lot",
        "remaining_quantity = remaining_quantity + 1|remaining_quantity = remaining_quantity - 1",
        "received_value = 30000000 AND source = 'RECEIPT'",
        &[LOT_QUANTITY, QUANTITY_OF_LOTS],
    ),
    (
        "lot",
        "remaining_value = remaining_value + 1|remaining_value = remaining_value - 1",
        "remaining_quantity = 0",
        &[LOT_VALUE, VALUE_OF_LOTS, SIGNS],
    ),
    ("lot", "status = 'EXHAUSTED'|status = 'ACTIVE'", "received_value = 30000000 AND source = 'RECEIPT'", &[STATUS]),
    (
        "lot_entry",
        "quantity = quantity * 2|quantity = quantity / 2",
        "reverses IS NOT NULL AND quantity > 0",
        &[LOT_QUANTITY, ENTRIES_QUANTITY, TAKEN_BACK],
    ),
    (
        "lot_entry",
        "value = value * 2|value = value / 2",
        "reverses IS NOT NULL AND quantity > 0",
        &[LOT_VALUE, ENTRIES_VALUE],
    ),
    (
        "build",
        "total_value = total_value + 1|total_value = total_value - 1",
        "quantity = 3000000",
        &[BUILD_COST, BUILT_LOT],
    ),
    ("build_line", "quantity = quantity + 1|quantity = quantity - 1", "movement_id IS NOT NULL", &[COMPONENT_COST]),
    ("receipt_line", "quantity = quantity + 1|quantity = quantity - 1", "quantity >= 10000000", &[RECEIVED]),
];

/// Receipts, a build and a build that was reversed.
async fn history(shop: &Shop) -> Outcome {
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, a) = (shop.supplier().await?, shop.material("A").await?);
    let chair = shop.product("Chair", ProductType::FinishedGood).await?;
    shop.receive(supplier, a, "10", "2", day(5, 1)).await?;
    shop.receive(supplier, a, "10", "3", day(5, 2)).await?;
    shop.recipe_of(chair, vec![part(a, "2"), labour("1")]).await?;
    shop.production.execute(&shop.owner, BuildOrder::quick(chair, quantity("3"))).await?;
    let second = shop.production.execute(&shop.owner, BuildOrder::quick(chair, quantity("1"))).await?;
    shop.production.reverse(&shop.owner, second.build.id, None, None).await?;
    Ok(())
}

async fn every_kind_of_damage_is_found_and_named(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    history(&shop).await?;
    let doctor = |well: bool| Program::doctor(&database.folder, &database.url).map(|told| (told.0 == well, told.1));
    let (as_expected, told) = doctor(true)?;
    let sound = format!("ok    stock ledger    adds up: {} invariants, businesses: 1", Stock::invariants());
    assert!(as_expected && told.contains(&sound), "{told}");
    let mut named = BTreeSet::new();
    for (table, change, rows, expected) in DAMAGES {
        let (damage, repair) = change.split_once('|').unwrap();
        let rows = format!("{rows} AND business_id IS NOT NULL");
        let done =
            shop.db.connection().execute_unprepared(&format!("UPDATE {table} SET {damage} WHERE {rows}")).await?;
        assert!(done.rows_affected() > 0, "{table}: {damage} met nothing");
        let broken = shop.stock.integrity(&shop.owner).await?;
        let found: BTreeSet<&str> = broken.iter().map(|row| row.invariant).collect();
        assert_eq!(found, expected.iter().copied().collect(), "{table}: {damage}: {broken:?}");
        named.extend(found);
        if table == "product" {
            let (as_expected, told) = doctor(false)?;
            let first =
                format!("FAIL  stock ledger    does not add up: {}: {}", shop.owner.business, broken[0].invariant);
            assert!(as_expected && told.contains(&first), "{told}");
        }
        shop.db.connection().execute_unprepared(&format!("UPDATE {table} SET {repair} WHERE {rows}")).await?;
        assert_eq!(shop.stock.integrity(&shop.owner).await?, [], "{table}: {repair} did not mend it");
    }
    assert_eq!(named.len(), Stock::invariants(), "an invariant without a damage that breaks it");
    Ok(())
}

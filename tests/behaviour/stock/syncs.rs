//! Stock beside item syncs: who owns the quantity (statements 23 and 24), and that builds and syncs refuse each other (34
//! and 35).

use std::{sync::Arc, time::Duration};

use domain::{ErrorCode, production::BuildOrder};
use entity::{ProductId, ProductType, TypedId};
use sea_orm::{ConnectionTrait, Statement, TransactionTrait};
use serde_json::{Value, json};
use stockbridge_tests::{
    Options, Outcome, PATIENCE, Store, TestDatabase, World,
    client::Client,
    on_both_databases,
    sandbox::BAKERY,
    shop::{Shop, amount, quantity, refused},
    steps::{connect, counts, ended, import, item_named, products, start_sync, sync},
    world::held_clock,
};

on_both_databases!(
    s023_with_receiving_on_a_sync_reports_drift,
    s024_a_build_that_was_not_exported_stays_subtracted,
    s034_a_running_sync_refuses_a_build,
    s035_a_running_build_refuses_a_sync,
);

/// The bakery, synced, with its croissant (60 at 0.92) imported, and a box of three croissants to build.
struct Bakery {
    world: World,
    owner: Client,
    integration: String,
    shop: Shop,
    croissant: ProductId,
    boxed: ProductId,
}

async fn bakery(database: &TestDatabase) -> anyhow::Result<Bakery> {
    let clock = held_clock();
    let options = Options { clock: Some(Arc::clone(&clock)), ..Options::default() };
    let world = World::with(database, options).await?;
    let owner = world.owner();
    let integration = connect(&owner, BAKERY).await?;
    assert_eq!(counts(&sync(&owner, &integration).await?), [5, 0, 0, 0, 4]);
    let item = item_named(&owner, "Croissant").await?;
    let imported = import(&owner, &[&item]).await?;
    let croissant = ProductId::parse(imported[0]["product"]["id"].as_str().unwrap())?;
    let ambient = world.app.services.ambient.clone();
    let shop = Shop::with(world.app.db.clone(), ambient, clock, world.business).await?;
    let boxed = shop.product("Box", ProductType::FinishedGood).await?;
    shop.recipe(boxed, &[(croissant, "3")]).await?;
    Ok(Bakery { world, owner, integration, shop, croissant, boxed })
}

async fn s023_with_receiving_on_a_sync_reports_drift(database: TestDatabase) -> Outcome {
    let bakery = bakery(&database).await?;
    bakery.shop.stock.enable_receiving(&bakery.shop.owner).await?;
    let before = bakery.shop.everything().await?;
    bakery.world.sandbox.edit(BAKERY, "Item", "6", json!({"QtyOnHand": 64, "PurchaseCost": 1.25})).await?;
    let run = sync(&bakery.owner, &bakery.integration).await?;
    assert_eq!((counts(&run), &run["counts"]["products"]), ([0, 1, 4, 0, 4], &json!(0)));
    assert_eq!(bakery.shop.everything().await?, before);
    let drift = products(&bakery.owner, "name drift { ours theirs difference }").await?;
    let expected = json!([
        {"name": "Box", "drift": null},
        {"name": "Croissant", "drift": {"ours": "60", "theirs": "64", "difference": "-4"}},
    ]);
    assert_eq!(json!(drift), expected);
    Ok(())
}

async fn s024_a_build_that_was_not_exported_stays_subtracted(database: TestDatabase) -> Outcome {
    let bakery = bakery(&database).await?;
    let shop = &bakery.shop;
    let built = shop.production.execute(&shop.owner, BuildOrder::quick(bakery.boxed, quantity("1"))).await?;
    assert_eq!((built.build.exported_at, shop.read(bakery.croissant).await?.on_hand), (None, quantity("57")));
    bakery.world.sandbox.edit(BAKERY, "Item", "6", json!({"QtyOnHand": 20})).await?;
    sync(&bakery.owner, &bakery.integration).await?;
    let product = shop.read(bakery.croissant).await?;
    assert_eq!((product.on_hand, product.value), (quantity("17"), amount("15.64")));
    // Again, nothing has changed.
    let before = shop.everything().await?;
    sync(&bakery.owner, &bakery.integration).await?;
    assert_eq!(shop.everything().await?, before);
    assert_eq!(shop.stock.integrity(&shop.owner).await?, []);
    Ok(())
}

async fn s034_a_running_sync_refuses_a_build(database: TestDatabase) -> Outcome {
    let bakery = bakery(&database).await?;
    let shop = &bakery.shop;
    bakery.world.gate.close();
    let run = start_sync(&bakery.owner, &bakery.integration).await?;
    bakery.world.gate.reached().await;
    let before = shop.everything().await?;
    let order = || BuildOrder::quick(bakery.boxed, quantity("1"));
    let refusal = refused(shop.production.execute(&shop.owner, order()).await)?;
    assert_eq!(refusal.code, ErrorCode::SyncLocked);
    assert!(refusal.message.starts_with("Sync lock: item sync by owner is running"), "{}", refusal.message);
    // What else writes stock is refused too.
    let refusal = refused(shop.stock.settle(&shop.owner, bakery.croissant).await)?;
    assert_eq!(refusal.code, ErrorCode::SyncLocked);
    assert_eq!(shop.everything().await?, before);
    bakery.world.gate.open();
    ended(&bakery.owner, &run).await?;
    shop.production.execute(&shop.owner, order()).await?;
    Ok(())
}

const LOCK: &str = "{ syncLock { heldBy kind run { id } } }";

async fn s035_a_running_build_refuses_a_sync(database: TestDatabase) -> Outcome {
    let bakery = bakery(&database).await?;
    match database.store {
        Store::Postgres => refused_by_a_live_build(&bakery).await,
        Store::Sqlite => refused_by_a_dead_build(&bakery).await,
    }
}

async fn is_refused(bakery: &Bakery) -> Outcome {
    let held = json!({"heldBy": "build by owner", "kind": "BUILD", "run": null});
    assert_eq!(bakery.owner.data(LOCK, Value::Null).await?["syncLock"], held);
    let refusal = bakery.owner.refusal("syncItems", json!({"integrationId": bakery.integration})).await?;
    assert_eq!(refusal["code"], "SYNC_LOCKED");
    let message = refusal["message"].as_str().unwrap();
    assert!(message.starts_with("Sync lock: build by owner is running"), "{message}");
    assert_eq!(bakery.owner.data("{ syncRuns { totalCount } }", Value::Null).await?["syncRuns"]["totalCount"], 1);
    Ok(())
}

/// A build that waits for the ledger, which this test holds.
async fn refused_by_a_live_build(bakery: &Bakery) -> Outcome {
    let ledger = bakery.shop.db.connection().begin().await?;
    let sql = "SELECT 1 FROM stock_book WHERE business_id = $1 FOR UPDATE";
    let values = [bakery.shop.owner.business.into()];
    ledger.query_one_raw(Statement::from_sql_and_values(ledger.get_database_backend(), sql, values)).await?;
    let (production, owner) = (bakery.shop.production.clone(), bakery.shop.owner.clone());
    let order = BuildOrder::quick(bakery.boxed, quantity("1"));
    let build = tokio::spawn(async move { production.execute(&owner, order).await });
    let held = async {
        while bakery.owner.data(LOCK, Value::Null).await?["syncLock"].is_null() {
            tokio::task::yield_now().await;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(PATIENCE, held).await??;
    is_refused(bakery).await?;
    ledger.rollback().await?;
    build.await??;
    sync(&bakery.owner, &bakery.integration).await?;
    Ok(())
}

/// A build whose process died under the lock. (A live one on SQLite keeps every writer waiting anyway.)
async fn refused_by_a_dead_build(bakery: &Bakery) -> Outcome {
    let shop = &bakery.shop;
    // The transaction after the lock's cannot begin any more, nor can the lock be given back.
    let order = BuildOrder::quick(bakery.boxed, quantity("1"));
    let (production, owner) = (shop.production.clone(), shop.owner.clone());
    let triggers = "CREATE TRIGGER no_build BEFORE UPDATE ON stock_book BEGIN SELECT RAISE(ABORT, 'died'); END";
    shop.db.connection().execute_unprepared(triggers).await?;
    let keep = "CREATE TRIGGER no_release BEFORE UPDATE ON sync_lock WHEN NEW.kind IS NULL \
                BEGIN SELECT RAISE(ABORT, 'died'); END";
    shop.db.connection().execute_unprepared(keep).await?;
    production.execute(&owner, order).await.unwrap_err();
    for trigger in ["no_build", "no_release"] {
        shop.db.connection().execute_unprepared(&format!("DROP TRIGGER {trigger}")).await?;
    }
    is_refused(bakery).await?;
    bakery.world.advance(Duration::from_secs(300));
    sync(&bakery.owner, &bakery.integration).await?;
    Ok(())
}

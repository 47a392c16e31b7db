//! A process that dies in the middle of a build: all of it happened or nothing, and the lock ends by itself.
//!
//! Rule: the process that dies is this very program, started again for one test, with an order of how many statements it
//! may still execute.

use std::{
    env,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use chrono::{TimeZone, Utc};
use domain::{
    Ambient,
    ambient::ManualClock,
    production::{BuildFilter, BuildOrder},
    store::{Db, PoolSize},
};
use entity::{BuildState, BusinessId, ProductId, ProductType};
use stockbridge_tests::{
    Outcome, TestDatabase, on_both_databases,
    shop::{Shop, day, labour, part, quantity},
};
use uuid::Uuid;

on_both_databases!(a_build_that_dies_anywhere_happened_wholly_or_not_at_all);

/// What the dying process is told: address, business, product, minutes after noon, statements.
const ORDER: &str = "STOCKBRIDGE_TEST_DYING_BUILD";

async fn a_build_that_dies_anywhere_happened_wholly_or_not_at_all(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, oak) = (shop.supplier().await?, shop.material("Oak").await?);
    let chair = shop.product("Chair", ProductType::FinishedGood).await?;
    shop.recipe_of(chair, vec![part(oak, "2"), labour("1")]).await?;
    for number in 1..=30 {
        shop.receive(supplier, oak, "2", "1.5", day(5, number)).await?;
    }
    let (mut whole, mut nothing, mut minutes) = (0, 0, 0);
    for statements in 1_u64.. {
        let before = (shop.everything().await?, builds(&shop).await?);
        // Whoever dies under the lock keeps it for five minutes.
        minutes += 6;
        let told = format!("{}|{}|{}|{minutes}|{statements}", database.url, shop.owner.business.0, chair.0);
        let died = tokio::task::spawn_blocking(move || dies(&told)).await??;
        let after = (shop.everything().await?, builds(&shop).await?);
        if after == before {
            nothing += 1;
        } else {
            whole += 1;
            let made: Vec<_> = after.0.2[before.0.2.len()..].iter().map(|row| row.quantity).collect();
            assert_eq!(made, [quantity("-2"), quantity("1")], "after {statements} statements");
            assert_eq!(after.1, before.1 + 1, "after {statements} statements");
        }
        assert_eq!(shop.stock.integrity(&shop.owner).await?, [], "after {statements} statements");
        if !died {
            assert_eq!(after.1, before.1 + 1);
            break;
        }
    }
    // On a busy machine the watching thread comes late, and several orders end in the same place.
    assert!(nothing >= 3 && whole >= 1, "{nothing} died before the end, {whole} after it");
    // The books go on.
    shop.later(60 * (minutes + 6));
    shop.production.execute(&shop.owner, BuildOrder::quick(chair, quantity("1"))).await?;
    Ok(())
}

async fn builds(shop: &Shop) -> anyhow::Result<u64> {
    let executed = BuildFilter { state: Some(BuildState::Executed), product: None };
    let all = shop.production.count(&shop.owner, &BuildFilter::default()).await?;
    assert_eq!(shop.production.count(&shop.owner, &executed).await?, all);
    Ok(all)
}

/// Starts the process; whether it died before it was done.
fn dies(told: &str) -> anyhow::Result<bool> {
    let mut child = Command::new(env::current_exe()?);
    child.args(["--exact", "stock::killed::dying", "--nocapture"]).env(ORDER, told);
    let status = child.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    Ok(!status.success())
}

/// The process that dies. Without an order there is nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dying() -> Outcome {
    let Ok(told) = env::var(ORDER) else { return Ok(()) };
    let told: Vec<&str> = told.split('|').collect();
    let [url, business, product, minutes, statements] = told[..] else { anyhow::bail!("five parts: {told:?}") };
    let (business, minutes): (Uuid, u32) = (business.parse()?, minutes.parse()?);
    let start = Utc.with_ymd_and_hms(2026, 6, 1, 19, 0, 0).single().unwrap();
    let clock = Arc::new(ManualClock::new(start.into()));
    clock.advance(Duration::from_secs(60 * u64::from(minutes)));
    let ambient = Ambient::fixed(Arc::clone(&clock) as Arc<_>, u64::from(minutes));
    let db = Db::connect(url, PoolSize { max: 1, min: 1 }).await?;
    let shop = Shop::with(db.clone(), ambient, clock, BusinessId(business)).await?;
    let last = db.statement_count() + statements.parse::<u64>()?;
    let watch = db.clone();
    std::thread::spawn(move || {
        while watch.statement_count() < last {
            std::hint::spin_loop();
        }
        // Like a kill: nothing is unwound, closed or flushed.
        std::process::abort();
    });
    let product = ProductId(product.parse()?);
    shop.production.execute(&shop.owner, BuildOrder::quick(product, quantity("1"))).await?;
    Ok(())
}

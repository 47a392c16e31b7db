//! The sums by month: at every commit they are what the lines add up to.

use providers::{
    registry::ProviderEntry,
    sandbox::{SandboxAct, SandboxSale},
};
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder, Statement};
use serde_json::{Value, json};
use stockbridge_tests::{Outcome, TestDatabase, on_both_databases, steps::item_named, with_every_provider};

use super::counter::{Counter, five};
use crate::sales::stall::{Stall, ago, decimal, invoice, line, sells};

on_both_databases!(sums_follow_any_sequence_of_sales_and_voids, sums_that_were_changed_are_found_and_made_anew);
with_every_provider!(sums_follow_documents_that_are_synced_edited_returned_and_voided if sells);

/// Pseudo-random numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

async fn sums_follow_any_sequence_of_sales_and_voids(database: TestDatabase) -> Outcome {
    let counter = Counter::stocked(&database).await?;
    let products = [counter.chair.clone(), counter.desk.clone()];
    let (mut dice, mut open) = (Dice(2026), Vec::new());
    for _ in 0..40 {
        if dice.roll(3) == 0 && !open.is_empty() {
            let place = usize::try_from(dice.roll(open.len() as u64))?;
            let sale: String = open.swap_remove(place);
            counter.void(&sale).await?;
        } else {
            let day = format!("2026-0{}-{:02}", 1 + dice.roll(5), 10 + dice.roll(18));
            let customer = ["Ann", "Bob", "Cy"].get(usize::try_from(dice.roll(4))?).copied();
            let drawn: Vec<(String, String, String)> = (0..=dice.roll(3))
                .map(|_| {
                    let product = products[usize::from(dice.roll(2) == 0)].clone();
                    (
                        product,
                        format!("{}.{}", dice.roll(6), 1 + dice.roll(9)),
                        format!("{}.{:02}", dice.roll(300), dice.roll(100)),
                    )
                })
                .collect();
            let lines: Vec<_> =
                drawn.iter().map(|(one, two, three)| (one.as_str(), two.as_str(), three.as_str())).collect();
            open.push(counter.sell(&day, customer, &lines).await?);
        }
        counter.is_sound().await?;
    }
    // Read from the sums, and from the lines: a filter that lets everything through is only known of lines.
    let year = |group_by: Value, filter: Value| json!({"groupBy": group_by, "from": "2026-01-01", "to": "2026-12-31", "filter": filter});
    for by in
        [json!([]), json!(["PRODUCT"]), json!(["MONTH"]), json!(["CUSTOMER", "MONTH"]), json!(["PRODUCT", "CHANNEL"])]
    {
        let keys = "period customer product { id } channel { id }";
        let all = json!({"costStatuses": ["COMPLETE", "ESTIMATED", "MISSING"]});
        let (summed, added) = (
            counter.report(year(by.clone(), json!({})), keys).await?,
            counter.report(year(by.clone(), all), keys).await?,
        );
        assert_eq!(summed, added, "{by}");
        assert!(!summed.0.is_empty());
    }
    for sale in open {
        counter.void(&sale).await?;
    }
    let (rows, totals) = counter.report(year(json!(["PRODUCT"]), json!({})), "product { id }").await?;
    assert_eq!((rows, five(&totals)), (Vec::new(), ["0", "0", "0", "0", "null"]));
    counter.is_sound().await
}

async fn sums_that_were_changed_are_found_and_made_anew(database: TestDatabase) -> Outcome {
    let counter = Counter::stocked(&database).await?;
    counter.sell("2026-03-31", Some("Ann"), &[(&counter.chair, "5", "200"), (&counter.desk, "1", "90")]).await?;
    counter.sell("2026-04-01", None, &[(&counter.chair, "25", "200")]).await?;
    let world = &counter.shop.world;
    let (db, margins) = (&world.app.db, &world.app.services.margins);
    let everything = async || {
        use entity::margin_summary::{Column, Entity};
        let rows = Entity::find().order_by_asc(Column::Grain).order_by_asc(Column::Month);
        anyhow::Ok(rows.order_by_asc(Column::ProductId).order_by_asc(Column::Customer).all(db.connection()).await?)
    };
    let before = everything().await?;
    // By month and: nothing, product, channel, both, customer.
    assert_eq!(before.len(), 2 + 3 + 2 + 3 + 2);
    let backend = db.connection().get_database_backend();
    for sql in [
        "UPDATE margin_summary SET revenue = revenue + 1, margin = margin + 1 WHERE grain = 'PRODUCT' AND month = '2026-03-01'",
        "DELETE FROM margin_summary WHERE grain = 'CUSTOMER'",
        "UPDATE margin_summary SET margin = margin + 1 WHERE grain = 'TOTAL'",
    ] {
        db.connection().execute_raw(Statement::from_string(backend, sql)).await?;
        assert_eq!(margins.prove(world.business).await?.len(), 2, "{sql}");
        assert_eq!(margins.rebuild(world.business).await?, 12);
        assert_eq!(everything().await?, before, "{sql}");
        counter.is_sound().await?;
    }
    Ok(())
}

async fn sums_follow_documents_that_are_synced_edited_returned_and_voided(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let stall = Stall::since(&database, entry, ago(40)).await?;
    stall.receive("12", "140", ago(50)).await?;
    stall.receive("8", "150", ago(45)).await?;
    let sound = async |what: &str| {
        let stale = stall.world.app.services.margins.prove(stall.world.business).await?;
        anyhow::ensure!(stale.is_empty(), "{what}: {stale:?}");
        Ok(())
    };
    let lines = vec![line(Some(&stall.lamp_item), "10", "200"), line(Some(&stall.shade_item), "2", "30")];
    let sale = stall.write(SandboxSale { date: ago(35), ..invoice("INV-1", lines) }).await?;
    let other = stall.sell("INV-2", "15", "200").await?;
    stall.sync().await?;
    sound("synced").await?;
    let item = item_named(&stall.owner, "Stall Shade").await?;
    let input = json!({"itemIds": [item], "productType": "FINISHED_GOOD"});
    stall.owner.mutate("importItems", input, "created").await?;
    sound("imported").await?;
    stall.world.sandbox.act(SandboxAct::EditSale { sale: other.clone(), quantity: decimal("7") }).await?;
    stall.sync().await?;
    sound("edited").await?;
    stall
        .write(SandboxSale {
            kind: memo(),
            applies_to: Some(other.clone()),
            ..invoice("CR-1", vec![line(Some(&stall.lamp_item), "3", "200")])
        })
        .await?;
    stall.sync().await?;
    sound("returned").await?;
    let revenue = async || {
        let query = format!(
            "{{ margins(input: {{groupBy: [], from: \"{}\", to: \"{}\"}}) {{ totals {{ revenue {{ amount }} lines }} }} }}",
            ago(80),
            ago(0)
        );
        anyhow::Ok(stall.owner.data(&query, Value::Null).await?["margins"]["totals"].clone())
    };
    // 10 × 200 + 2 × 30, 7 × 200, less 3 × 200.
    assert_eq!(revenue().await?, json!({"revenue": {"amount": "2860"}, "lines": 4}));
    stall.world.sandbox.act(SandboxAct::VoidSale(sale)).await?;
    stall.sync().await?;
    sound("voided").await?;
    assert_eq!(revenue().await?, json!({"revenue": {"amount": "800"}, "lines": 2}));
    Ok(())
}

fn memo() -> providers::model::SalesDocumentKind {
    providers::model::SalesDocumentKind::CreditMemo
}

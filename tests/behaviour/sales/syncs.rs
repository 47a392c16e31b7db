//! Syncs of sales: what is read, in which order it is processed, what is skipped, edited, voided and deleted.

use std::time::Duration;

use providers::{
    model::ItemKind,
    registry::ProviderEntry,
    sandbox::{FaultTarget, SandboxAct, Trouble},
};
use serde_json::{Value, json};
use stockbridge_tests::{
    Outcome, TestDatabase,
    steps::{ended, sync},
    with_every_provider,
    world::Options,
};

use super::stall::{SALE, Stall, ago, counts, decimal, figures, invoice, line, moves, sells, today};

with_every_provider!(
    s098_nothing_older_than_the_initial_date_is_pulled if sells,
    s099_an_unchanged_invoice_is_skipped if sells,
    s100_twenty_cost_two_lots_in_order if sells,
    s101_only_the_finished_good_counts if sells,
    s104_what_is_not_there_costs_the_average if sells,
    s105_without_lots_and_cost_a_sale_costs_nothing if sells,
    s106_a_voided_invoice_gives_its_lots_back if sells,
    s107_a_deleted_invoice_is_as_a_voided_one if sells,
    s108_a_void_seen_twice_restores_once if sells,
    s109_an_edited_invoice_keeps_both_versions if sells,
    s111_an_answer_that_breaks_off_voids_nothing if sells,
    s112_a_deactivated_channel_rests_and_resumes if sells,
    s113_a_connection_has_one_channel if sells,
    s115_without_receiving_sales_are_not_tracked if sells,
    documents_are_processed_by_date_whatever_their_order if sells,
    a_discount_is_spread_and_shipping_kept_apart if sells,
    an_invoice_in_another_currency_counts_in_the_home_currency if sells,
    a_failed_run_is_continued_and_nothing_comes_twice if sells,
    a_full_sync_finds_nothing_new_and_voids_nothing if sells,
);

async fn s098_nothing_older_than_the_initial_date_is_pulled(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let stall = Stall::open(&database, entry).await?;
    let old = invoice("OLD-1", vec![line(None, "1", "5")]);
    stall.write(providers::sandbox::SandboxSale { date: ago(1), ..old }).await?;
    stall.sell("NEW-1", "1", "200").await?;
    stall.sync().await?;
    let numbers: Vec<Value> = stall.sales().await?.iter().map(|sale| sale["number"].clone()).collect();
    assert!(numbers.contains(&json!("NEW-1")) && !numbers.contains(&json!("OLD-1")), "{numbers:?}");
    // Nor by the feed, when it is edited later.
    stall.sell("NEW-2", "1", "200").await?;
    stall.sync().await?;
    let dates: Vec<Value> = stall.sales().await?.iter().map(|sale| sale["date"].clone()).collect();
    assert!(dates.iter().all(|date| *date == json!(today())), "{dates:?}");
    Ok(())
}

async fn s099_an_unchanged_invoice_is_skipped(database: TestDatabase, entry: &'static ProviderEntry) -> Outcome {
    let stall = Stall::open(&database, entry).await?;
    stall.receive("12", "140", ago(9)).await?;
    stall.sell("INV-1", "2", "200").await?;
    let first = stall.sync().await?;
    assert_eq!(counts(&first), [1, 0, 0, 0, 0], "{first}");
    let (sales, before) = (stall.sales().await?, stall.on_hand().await?);
    for full in [false, true] {
        let again = stall.synced(full).await?;
        assert_eq!(counts(&again)[..2], [0, 0], "{again}");
        assert_eq!((stall.sales().await?, stall.on_hand().await?), (sales.clone(), before.clone()));
    }
    assert_eq!(stall.moves().await?, moves(&[("SALE", "-2")]));
    Ok(())
}

async fn s100_twenty_cost_two_lots_in_order(database: TestDatabase, entry: &'static ProviderEntry) -> Outcome {
    let stall = Stall::open(&database, entry).await?;
    stall.receive("8", "150", ago(3)).await?;
    stall.receive("12", "140", ago(9)).await?;
    stall.sell("INV-1", "20", "200").await?;
    stall.sync().await?;
    let sale = stall.sale("INV-1").await?;
    assert_eq!(figures(&sale), ["POSTED", "4000", "2880", "0"]);
    assert_eq!((&sale["margin"]["amount"], &sale["marginPercent"]), (&json!("1120"), &json!("28")));
    let fields = "lines { quantity cost { amount } consumptions { quantity value { amount } unitCost { amount } } movement { document { id __typename } } }";
    let told = stall.owner.node(sale["id"].as_str().unwrap(), "Sale", fields).await?;
    let expected = json!([{
        "quantity": "20", "cost": {"amount": "2880"},
        "consumptions": [
            {"quantity": "12", "value": {"amount": "1680"}, "unitCost": {"amount": "140"}},
            {"quantity": "8", "value": {"amount": "1200"}, "unitCost": {"amount": "150"}},
        ],
        "movement": {"document": {"id": sale["id"], "__typename": "Sale"}},
    }]);
    assert_eq!(told["lines"], expected);
    assert_eq!(stall.on_hand().await?, ("0".to_owned(), "0".to_owned()));
    Ok(())
}

async fn s101_only_the_finished_good_counts(database: TestDatabase, entry: &'static ProviderEntry) -> Outcome {
    let stall = Stall::open(&database, entry).await?;
    stall.receive("12", "140", ago(9)).await?;
    // Where services are no items, a line of text stands for one.
    let fitting = if entry.capability.item_kinds.contains(&ItemKind::Service) {
        let act = SandboxAct::AddItem {
            name: "Stall Fitting".to_owned(),
            sku: None,
            kind: ItemKind::Service,
            price: decimal("75"),
            cost: decimal("0"),
            quantity: decimal("0"),
        };
        let item = stall.world.sandbox.act(act).await?;
        sync(&stall.owner, &stall.integration).await?;
        Some(item)
    } else {
        None
    };
    let lines = vec![line(Some(&stall.lamp_item), "2", "200"), line(fitting.as_deref(), "1", "75")];
    stall.write(invoice("INV-1", lines)).await?;
    let run = stall.sync().await?;
    assert_eq!((counts(&run), &run["counts"]["linesSkipped"]), ([1, 0, 0, 0, 0], &json!(1)));
    let sale = stall.sale("INV-1").await?;
    assert_eq!(figures(&sale), ["POSTED", "400", "280", "0"]);
    assert_eq!(sale["netTotal"]["amount"], "475");
    let states: Vec<&Value> = sale["lines"].as_array().unwrap().iter().map(|line| &line["state"]).collect();
    assert_eq!(states, ["PROCESSED", "NOT_STOCK"]);
    assert_eq!(stall.moves().await?, moves(&[("SALE", "-2")]));
    assert_eq!(stall.issues().await?, Vec::<Value>::new());
    Ok(())
}

async fn s104_what_is_not_there_costs_the_average(database: TestDatabase, entry: &'static ProviderEntry) -> Outcome {
    let stall = Stall::open(&database, entry).await?;
    stall.receive("6", "9", ago(9)).await?;
    stall.sell("INV-1", "10", "20").await?;
    let run = stall.sync().await?;
    assert_eq!(run["counts"]["shortages"], 1);
    let sale = stall.sale("INV-1").await?;
    assert_eq!(figures(&sale), ["POSTED", "200", "90", "4"]);
    assert_eq!(sale["costStatus"], "ESTIMATED");
    assert_eq!(stall.on_hand().await?, ("-4".to_owned(), "-36".to_owned()));
    Ok(())
}

async fn s105_without_lots_and_cost_a_sale_costs_nothing(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    use sea_orm::ConnectionTrait;
    let stall = Stall::open(&database, entry).await?;
    let sql = "UPDATE product SET average_cost = NULL, cost_status = 'MISSING'";
    stall.world.app.db.connection().execute_unprepared(sql).await?;
    stall.sell("INV-1", "3", "20").await?;
    stall.sync().await?;
    let sale = stall.sale("INV-1").await?;
    assert_eq!((figures(&sale), &sale["costStatus"]), (["POSTED", "60", "0", "3"], &json!("MISSING")));
    Ok(())
}

/// A stall that sold twenty lamps of two lots.
async fn sold(
    database: &TestDatabase,
    entry: &'static ProviderEntry,
) -> anyhow::Result<(Stall, providers::model::SaleRef)> {
    let stall = Stall::open(database, entry).await?;
    stall.receive("12", "140", ago(9)).await?;
    stall.receive("10", "150", ago(3)).await?;
    let sale = stall.sell("INV-1", "20", "200").await?;
    stall.sync().await?;
    assert_eq!(stall.on_hand().await?, ("2".to_owned(), "300".to_owned()));
    Ok((stall, sale))
}

const RESTORED: [(&str, &str); 2] = [("SALE", "-20"), ("SALE_REVERSAL", "20")];

async fn s106_a_voided_invoice_gives_its_lots_back(database: TestDatabase, entry: &'static ProviderEntry) -> Outcome {
    let (stall, sale) = sold(&database, entry).await?;
    stall.world.sandbox.act(SandboxAct::VoidSale(sale)).await?;
    let run = stall.sync().await?;
    assert_eq!(counts(&run)[..4], [0, 0, counts(&run)[2], 1], "{run}");
    let sale = stall.sale("INV-1").await?;
    assert_eq!(figures(&sale), ["VOIDED", "0", "0", "0"]);
    let versions: Vec<&Value> = sale["versions"].as_array().unwrap().iter().map(|row| &row["change"]).collect();
    assert_eq!(versions, ["CREATED", "VOIDED"]);
    assert_eq!(stall.on_hand().await?, ("22".to_owned(), "3180".to_owned()));
    assert_eq!(stall.moves().await?, moves(&RESTORED));
    let lots = stall.owner.all(
        "lots",
        "LotFilter",
        json!({"productId": stall.lamp}),
        "remainingQuantity remainingValue { amount }",
    );
    let expected = json!([
        {"remainingQuantity": "12", "remainingValue": {"amount": "1680"}},
        {"remainingQuantity": "10", "remainingValue": {"amount": "1500"}},
    ]);
    let mut lots = lots.await?;
    lots.sort_by_key(|lot| lot["remainingQuantity"].as_str().unwrap_or_default() != "12");
    assert_eq!(json!(lots), expected);
    Ok(())
}

async fn s107_a_deleted_invoice_is_as_a_voided_one(database: TestDatabase, entry: &'static ProviderEntry) -> Outcome {
    let (stall, sale) = sold(&database, entry).await?;
    stall.delete(sale).await?;
    let run = stall.sync().await?;
    assert_eq!(run["counts"]["voided"], 1, "{run}");
    let sale = stall.sale("INV-1").await?;
    assert!(matches!(sale["status"].as_str(), Some("DELETED" | "VOIDED")), "{sale}");
    assert_eq!(figures(&sale)[1..], ["0", "0", "0"]);
    assert_eq!(stall.on_hand().await?, ("22".to_owned(), "3180".to_owned()));
    assert_eq!(stall.moves().await?, moves(&RESTORED));
    Ok(())
}

async fn s108_a_void_seen_twice_restores_once(database: TestDatabase, entry: &'static ProviderEntry) -> Outcome {
    let (stall, sale) = sold(&database, entry).await?;
    stall.world.sandbox.act(SandboxAct::VoidSale(sale)).await?;
    stall.sync().await?;
    for full in [false, true] {
        let run = stall.synced(full).await?;
        assert_eq!(run["counts"]["voided"], 0, "{run}");
    }
    assert_eq!(stall.moves().await?, moves(&RESTORED));
    Ok(())
}

async fn s109_an_edited_invoice_keeps_both_versions(database: TestDatabase, entry: &'static ProviderEntry) -> Outcome {
    let stall = Stall::open(&database, entry).await?;
    stall.receive("12", "140", ago(9)).await?;
    let sale = stall.sell("INV-1", "10", "200").await?;
    stall.sync().await?;
    stall.world.sandbox.act(SandboxAct::EditSale { sale, quantity: decimal("7") }).await?;
    let run = stall.sync().await?;
    assert_eq!(run["counts"]["updated"], 1, "{run}");
    let sale = stall.sale("INV-1").await?;
    assert_eq!(figures(&sale), ["POSTED", "1400", "980", "0"]);
    let expected = json!([
        {"version": 1, "change": "CREATED", "status": "POSTED", "revenue": {"amount": "2000"}, "cost": {"amount": "1400"}},
        {"version": 2, "change": "EDITED", "status": "POSTED", "revenue": {"amount": "1400"}, "cost": {"amount": "980"}},
    ]);
    assert_eq!(sale["versions"], expected);
    assert_eq!(stall.on_hand().await?, ("5".to_owned(), "700".to_owned()));
    assert_eq!(stall.moves().await?, moves(&[("SALE", "-10"), ("SALE_REVERSAL", "10"), ("SALE", "-7")]));
    Ok(())
}

async fn s111_an_answer_that_breaks_off_voids_nothing(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let (stall, _) = sold(&database, entry).await?;
    let before = (stall.sales().await?, stall.on_hand().await?);
    let sandbox = &stall.world.sandbox;
    sandbox.break_next(50, FaultTarget::Reads, Trouble::Status { status: 503, committed: false }).await?;
    let run = ended(&stall.owner, &stall.start(true).await?).await?;
    assert_eq!(run["state"], "FAILED", "{run}");
    assert_eq!((stall.sales().await?, stall.on_hand().await?), before);
    Ok(())
}

async fn s112_a_deactivated_channel_rests_and_resumes(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let (stall, _) = sold(&database, entry).await?;
    let turn = |active: bool| json!({"id": stall.channel, "active": active});
    stall.owner.mutate("saveSalesChannel", turn(false), "channel { active }").await?;
    let before = stall.sales().await?;
    stall.sell("INV-2", "1", "200").await?;
    let refusal = stall.owner.refusal("syncSales", json!({"integrationId": stall.integration})).await?;
    assert_eq!(
        (&refusal["code"], &refusal["message"]),
        (&json!("INVALID_STATE"), &json!("The sales channel Shop is not active."))
    );
    assert_eq!(stall.sales().await?, before);
    stall.owner.mutate("saveSalesChannel", turn(true), "channel { active }").await?;
    let run = stall.sync().await?;
    assert_eq!(counts(&run)[..2], [1, 0], "{run}");
    assert_eq!(figures(&stall.sale("INV-2").await?), ["POSTED", "200", "150", "0"]);
    Ok(())
}

const CHANNELS: &str = "{ salesChannels { id kind name integration { id } } }";

async fn s113_a_connection_has_one_channel(database: TestDatabase, entry: &'static ProviderEntry) -> Outcome {
    let stall = Stall::open(&database, entry).await?;
    let before = stall.owner.data(CHANNELS, Value::Null).await?;
    let kinds: Vec<&Value> = before["salesChannels"].as_array().unwrap().iter().map(|row| &row["kind"]).collect();
    assert_eq!(kinds, ["MANUAL", "ACCOUNTING"]);
    let refusal = stall.owner.refusal("saveSalesChannel", json!({"integrationId": stall.integration})).await?;
    assert_eq!(refusal["code"], "INVALID_STATE");
    assert!(refusal["message"].as_str().unwrap().ends_with("already has the sales channel Shop."), "{refusal}");
    assert_eq!(stall.owner.data(CHANNELS, Value::Null).await?, before);
    Ok(())
}

async fn s115_without_receiving_sales_are_not_tracked(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    use stockbridge_tests::{World, steps::connect_first};
    let world = World::of(&database, entry).await?;
    let owner = world.owner();
    let integration = connect_first(&world, &owner).await?;
    let refusal = owner.refusal("saveSalesChannel", json!({"integrationId": integration})).await?;
    let expected = json!({"code": "FEATURE_DISABLED", "message": "Sales cannot be tracked while receiving is off."});
    assert_eq!(json!({"code": refusal["code"], "message": refusal["message"]}), expected);
    let features = "{ business { features { salesTracking } } salesChannels { kind } }";
    let told = owner.data(features, Value::Null).await?;
    assert_eq!(told["business"]["features"]["salesTracking"], false);
    assert_eq!(told["salesChannels"], json!([{"kind": "MANUAL"}]));
    Ok(())
}

async fn documents_are_processed_by_date_whatever_their_order(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let stall = Stall::since(&database, entry, ago(0)).await?;
    let input = json!({"id": stall.channel, "initialDate": ago(2)});
    stall.owner.mutate("saveSalesChannel", input, "channel { id }").await?;
    stall.receive("1", "10", ago(9)).await?;
    stall.receive("1", "20", ago(8)).await?;
    stall.receive("1", "30", ago(7)).await?;
    for (number, days) in [("C", 0), ("A", 2), ("B", 1)] {
        let sale = invoice(number, vec![line(Some(&stall.lamp_item), "1", "100")]);
        stall.write(providers::sandbox::SandboxSale { date: ago(days), ..sale }).await?;
    }
    stall.sync().await?;
    let mut costs = Vec::new();
    for number in ["A", "B", "C"] {
        costs.push(figures(&stall.sale(number).await?)[2].to_owned());
    }
    assert_eq!(costs, ["10", "20", "30"]);
    Ok(())
}

async fn a_discount_is_spread_and_shipping_kept_apart(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let stall = Stall::open(&database, entry).await?;
    stall.receive("9", "1", ago(9)).await?;
    let lines = vec![
        line(Some(&stall.lamp_item), "1", "100"),
        line(Some(&stall.lamp_item), "2", "100"),
        line(Some(&stall.shade_item), "1", "100"),
    ];
    let sale = invoice("INV-1", lines);
    stall.write(providers::sandbox::SandboxSale { discount: decimal("40"), shipping: decimal("15"), ..sale }).await?;
    stall.sync().await?;
    let sale = stall.sale("INV-1").await?;
    let sum: rust_decimal::Decimal =
        sale["lines"].as_array().unwrap().iter().map(|line| decimal(line["revenue"]["amount"].as_str().unwrap())).sum();
    assert_eq!(json!(sum.normalize().to_string()), sale["netTotal"]["amount"]);
    assert_eq!(figures(&sale)[1], "270");
    Ok(())
}

async fn an_invoice_in_another_currency_counts_in_the_home_currency(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let stall = Stall::open(&database, entry).await?;
    stall.receive("9", "1", ago(9)).await?;
    let sale = invoice("INV-1", vec![line(Some(&stall.lamp_item), "2", "100")]);
    let foreign = Some(("EUR".to_owned(), decimal("1.25")));
    stall.write(providers::sandbox::SandboxSale { currency: foreign, ..sale }).await?;
    stall.sync().await?;
    assert_eq!(figures(&stall.sale("INV-1").await?), ["POSTED", "250", "2", "0"]);
    Ok(())
}

async fn a_failed_run_is_continued_and_nothing_comes_twice(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let stall = Stall::open(&database, entry).await?;
    stall.receive("50", "10", ago(9)).await?;
    for number in 0..6 {
        stall.sell(&format!("INV-{number}"), "1", "100").await?;
    }
    stall.world.sandbox.break_next(50, FaultTarget::Reads, Trouble::Status { status: 503, committed: false }).await?;
    let run = ended(&stall.owner, &stall.start(false).await?).await?;
    assert_eq!(run["state"], "FAILED");
    heal(&stall).await;
    stall.sync().await?;
    stall.sync().await?;
    let of_ours = |sale: &&Value| sale["number"].as_str().is_some_and(|number| number.starts_with("INV-"));
    assert_eq!(stall.sales().await?.iter().filter(of_ours).count(), 6);
    assert_eq!(stall.on_hand().await?, ("44".to_owned(), "440".to_owned()));
    Ok(())
}

async fn heal(stall: &Stall) {
    // Whatever is left of the trouble passes by itself.
    for _ in 0..60 {
        if stall.sync().await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn a_full_sync_finds_nothing_new_and_voids_nothing(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let options = Options { provider: Some(entry), ..Options::default() };
    let stall = Stall::with(&database, options, ago(400)).await?;
    stall.sell("INV-1", "1", "100").await?;
    stall.sync().await?;
    let before = stall.sales().await?;
    assert!(!before.is_empty());
    let run = stall.synced(true).await?;
    assert_eq!((counts(&run)[0], counts(&run)[1], counts(&run)[3]), (0, 0, 0), "{run}");
    assert_eq!(stall.sales().await?, before);
    let one = stall.owner.node(before[0]["id"].as_str().unwrap(), "Sale", SALE).await?;
    assert_eq!(one, before[0]);
    Ok(())
}

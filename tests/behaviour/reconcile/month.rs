//! A seeded month with forty planted differences of all classes: all found, each in its class, the sum exact; and with
//! none planted, zero.

use providers::{
    model::{DocumentKind, ItemKind},
    sandbox::SandboxAct,
};
use rust_decimal::Decimal;
use serde_json::json;
use stockbridge_tests::{Outcome, TestDatabase, on_both_databases, workshop::text};

use super::desk::{Desk, amount};
use crate::exports::yard::{adjusting, decimal};

on_both_databases!(
    forty_differences_are_found_where_stock_is_kept_here,
    forty_differences_are_found_where_stock_is_kept_there,
);

const SELF_MANAGED: [(&str, &str); 4] =
    [("BUILD_DEBIT", "1310"), ("BUILD_CREDIT", "1300"), ("RECEIVING_DEBIT", "1300"), ("RECEIVING_CREDIT", "2050")];
const SYNC: [(&str, &str); 3] = [("COGS", "5000"), ("RECEIVING", "5100"), ("WASTE", "5400")];

fn units(number: i64) -> Decimal {
    Decimal::from(number)
}

/// Everything that is planted alike in both modes: 34 differences.
async fn plant(desk: &mut Desk, kind: DocumentKind, rounding: &[(&str, &str)]) -> Outcome {
    for number in 1..=6 {
        desk.receipt("B", &number.to_string(), "1").await?;
        desk.expect("NOT_EXPORTED", units(number));
    }
    for number in [10, 20, 30] {
        let export = desk.posted_receipt("B", &number.to_string(), "1").await?;
        let external_id = text(&export["externalId"])?;
        desk.yard.world.sandbox.act(SandboxAct::EditDocument { kind, external_id }).await?;
        desk.expect("EDITED_THERE", units(-number));
    }
    for number in [11, 12, 13] {
        let export = desk.posted_receipt("B", &number.to_string(), "1").await?;
        let external_id = text(&export["externalId"])?;
        desk.yard.world.sandbox.act(SandboxAct::RemoveDocument { kind, external_id }).await?;
        desk.expect("EDITED_THERE", units(number));
    }
    for number in 1..=5 {
        desk.journal("1300", "5000", units(100 + number)).await?;
        desk.expect("MANUAL_JOURNAL", units(-100 - number));
    }
    desk.journal("5000", "1300", decimal("7.77")).await?;
    desk.expect("MANUAL_JOURNAL", decimal("7.77"));
    for number in 1..=5_i64 {
        let (item, date) = (desk.yard.items["A"].clone(), desk.today());
        let (quantity, cost) = (units(number), decimal("2.5"));
        let number = format!("BILL-{number}");
        desk.yard.world.sandbox.act(SandboxAct::Buy { item, number, date, quantity, cost }).await?;
        desk.expect("OTHER_APP", -quantity * cost);
    }
    desk.sell("A", units(1)).await?;
    desk.expect("SALES", units(2));
    for (cost, residue) in rounding {
        desk.posted_receipt("A", "1", cost).await?;
        desk.expect("ROUNDING", decimal(residue));
    }
    for number in 1..=3 {
        desk.unlinked_product(&format!("Nobody's {number}"), "10", &number.to_string()).await?;
        desk.expect("UNLINKED", units(number * 10));
    }
    for number in 1..=2 {
        desk.yard
            .world
            .sandbox
            .act(SandboxAct::AddItem {
                name: format!("Theirs alone {number}"),
                sku: None,
                kind: ItemKind::Inventory,
                price: decimal("9"),
                cost: units(number),
                quantity: units(5),
            })
            .await?;
        desk.expect("UNLINKED", units(-5 * number));
    }
    Ok(())
}

async fn forty_differences_are_found_where_stock_is_kept_here(database: TestDatabase) -> Outcome {
    let mut desk = Desk::open(&database, adjusting(), "SELF_MANAGED", &SELF_MANAGED).await?;
    let clean = desk.check().await?;
    assert_eq!((amount(&clean["ours"]), amount(&clean["difference"])), (decimal("300"), Decimal::ZERO));
    desk.over_a_month();
    for _ in 0..6 {
        // A chair adds the work to our stock; its entry moves its whole value from one inventory account to another.
        let export = desk.yard.export(&desk.yard.build("1").await?).await?;
        assert_eq!(export["state"], "SYNCED", "{export}");
        desk.expect("VALUE_PARITY", decimal("1.25"));
    }
    let rounding =
        [("10.004", "0.004"), ("10.003", "0.003"), ("10.002", "0.002"), ("10.001", "0.001"), ("9.996", "-0.004")];
    plant(&mut desk, DocumentKind::JournalEntry, &rounding).await?;
    assert_eq!(desk.expected.len(), 40);
    let done = desk.check().await?;
    let again = desk.check().await?;
    assert_eq!((&done["classes"], &done["difference"]), (&again["classes"], &again["difference"]));
    Ok(())
}

async fn forty_differences_are_found_where_stock_is_kept_there(database: TestDatabase) -> Outcome {
    let mut desk = Desk::open(&database, adjusting(), "SYNC", &SYNC).await?;
    // What is built and received at their own cost differs by nothing.
    desk.yard.export(&desk.yard.build("4").await?).await?;
    desk.posted_receipt("B", "8", "1").await?;
    let clean = desk.check().await?;
    assert_eq!((amount(&clean["ours"]), amount(&clean["difference"])), (decimal("313"), Decimal::ZERO));
    desk.over_a_month();
    for number in 1..=6_i64 {
        let cost = units(2) + Decimal::new(number, 1);
        desk.posted_receipt("A", "2", &cost.to_string()).await?;
        desk.expect("VALUE_PARITY", Decimal::new(number, 1) * units(2));
    }
    let rounding =
        [("2.004", "0.004"), ("2.003", "0.003"), ("2.002", "0.002"), ("2.001", "0.001"), ("1.996", "-0.004")];
    plant(&mut desk, DocumentKind::InventoryAdjustment, &rounding).await?;
    assert_eq!(desk.expected.len(), 40);
    let found = desk.check().await?;
    true_up(&mut desk, found).await
}

/// The true-up takes the parity away, item by item, once; all else stays as it was found.
async fn true_up(desk: &mut Desk, found: serde_json::Value) -> Outcome {
    let parity = |items: &[serde_json::Value], name: &str| {
        let row = items.iter().find(|row| row["name"] == name).unwrap();
        amount(&row["parity"])
    };
    let items = desk.items(&found["id"]).await?;
    assert_eq!((parity(&items, "Yard A"), parity(&items, "Yard B")), (decimal("4.2"), Decimal::ZERO));
    let account = desk.yard.account("5000").await?["id"].clone();
    let ask = json!({"reconciliationId": found["id"], "accountId": account});
    let selection = "plan { hash ready reference checks { code } entries { accountName debit { amount } credit { amount } } \
                     amounts { amount { amount } } }";
    let plan = desk.yard.owner.mutate("planTrueUp", ask.clone(), selection).await?["plan"].clone();
    let zero = json!({"amount": "0"});
    let entries = json!([
        {"accountName": "Inventory Asset", "debit": {"amount": "4.2"}, "credit": zero},
        {"accountName": "Cost of Goods Sold", "debit": zero, "credit": {"amount": "4.2"}},
    ]);
    assert_eq!((&plan["ready"], &plan["checks"], &plan["entries"]), (&json!(true), &json!([]), &entries));
    let mut input = ask.clone();
    input["planHash"] = json!("another");
    assert_eq!(desk.yard.owner.refusal("postTrueUp", input.clone()).await?["code"], "PLAN_CHANGED");
    input["planHash"] = plan["hash"].clone();
    let export = desk.yard.owner.mutate("postTrueUp", input.clone(), "export { id kind }").await?["export"].clone();
    assert_eq!(export["kind"], "TRUE_UP");
    let ended = desk.yard.ended(export["id"].as_str().unwrap()).await?;
    assert_eq!((&ended["state"], &ended["reference"]), (&json!("SYNCED"), &plan["reference"]), "{ended}");
    assert_eq!(desk.yard.posted(DocumentKind::JournalEntry, &plan["reference"]).await?, 1);
    assert_eq!(desk.yard.owner.refusal("postTrueUp", input).await?["code"], "ALREADY_EXPORTED");
    desk.expect("VALUE_PARITY", decimal("-4.2"));
    let after = desk.check().await?;
    let items = desk.items(&after["id"]).await?;
    assert!(items.iter().all(|row| amount(&row["parity"]).is_zero()), "{items:#?}");
    let before = amount(&found["difference"]);
    assert_eq!(amount(&after["difference"]), (before - decimal("4.2")).normalize());
    Ok(())
}

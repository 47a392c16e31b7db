//! Builds in the books (statements 31, 61 to 68, 72, 73, 75, 77, 78).

use providers::{model::DocumentKind, registry::ProviderEntry, sandbox::SandboxAct};
use serde_json::{Value, json};
use stockbridge_tests::{
    Outcome, TestDatabase, on_both_databases,
    steps::{item_named, sync},
    with_every_provider,
    workshop::text,
};

use super::yard::{Yard, adjusting, decimal, keeps_journals};

on_both_databases!(
    s061_a_build_is_one_adjustment_against_cost_of_goods_sold,
    s064_an_unlinked_component_is_named_and_nothing_is_sent,
    s031_a_component_linked_by_hand_passes,
    s065_an_account_that_is_missing_is_named,
    s066_cost_of_goods_sold_does_not_stand_in_for_the_pair,
    s067_an_account_that_keeps_the_stock_is_refused_by_name,
    s068_the_same_known_here_is_told_without_a_call,
    s072_a_refusal_is_kept_and_the_build_is_as_it_was,
    s073_a_refusal_that_was_mended_is_retried_under_the_same_reference,
    s077_a_component_of_three_lots_is_one_line,
    s075_what_is_in_the_books_is_not_exported_again,
    s078_only_inventory_items_can_be_adjusted,
    a_plan_that_changed_is_not_exported,
    what_is_no_document_is_refused,
    a_build_taken_back_is_posted_the_other_way_round,
);
with_every_provider!(
    s062_a_build_is_one_journal_and_no_quantity if keeps_journals,
    s063_both_lines_of_a_builds_journal_are_its_whole_cost if keeps_journals,
);

async fn s061_a_build_is_one_adjustment_against_cost_of_goods_sold(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    let build = yard.build("10").await?;
    let plan = yard.plan(&build).await?;
    assert_eq!(
        (&plan["ready"], &plan["checks"], &plan["draft"]["accountName"]),
        (&json!(true), &json!([]), &json!("Cost of Goods Sold")),
        "{plan}"
    );
    let entry = |name: &str, debit: &str, credit: &str| json!({"accountName": name, "debit": {"amount": debit}, "credit": {"amount": credit}, "estimated": true});
    assert_eq!(
        plan["entries"],
        json!([entry("Inventory Asset", "62.5", "50"), entry("Cost of Goods Sold", "0", "12.5")])
    );
    let before = yard.counted().await?;
    let done = yard.export(&build).await?;
    assert_eq!(
        (&done["state"], &done["kind"], &done["mode"]),
        (&json!("SYNCED"), &json!("BUILD"), &json!("SYNC")),
        "{done}"
    );
    assert_eq!(done["attempts"], json!([{"number": 1, "outcome": "SYNCED", "providerCode": null}]));
    assert!(done["externalId"].is_string() && done["error"].is_null());
    assert_eq!(done, yard.of(&build).await?);
    let reference = text(&done["reference"])?;
    assert!(reference.starts_with("SB-") && reference.len() == 11, "{reference}");
    let after = yard.counted().await?;
    let moved = [after[0] - before[0], after[1] - before[1], after[2] - before[2]];
    assert_eq!(moved, [decimal("-20"), decimal("-10"), decimal("10")]);
    assert_eq!(yard.posted(DocumentKind::InventoryAdjustment, &done["reference"]).await?, 1);
    let verify = || {
        yard.owner.mutate("verifyExport", json!({"exportId": done["id"]}), "matches differences { what sent found }")
    };
    let verified = verify().await?;
    assert_eq!((&verified["matches"], &verified["differences"]), (&json!(true), &json!([])));
    // Somebody doubles it there; the comparison tells line by line.
    let (kind, external_id) = (DocumentKind::InventoryAdjustment, text(&done["externalId"])?);
    yard.world.sandbox.act(SandboxAct::EditDocument { kind, external_id }).await?;
    let verified = verify().await?;
    assert_eq!(verified["matches"], false);
    let differs = verified["differences"].as_array().unwrap();
    let of_a = differs.iter().find(|row| row["what"] == yard.items["A"].as_str()).unwrap();
    assert_eq!((&of_a["sent"], &of_a["found"]), (&json!("-20"), &json!("-40")));
    Ok(())
}

async fn s077_a_component_of_three_lots_is_one_line(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    yard.receive(&[("A", "3", "4"), ("A", "5", "6")]).await?;
    yard.receive(&[("B", "10", "1")]).await?;
    let build = yard.build("52").await?;
    let plan = yard.plan(&build).await?;
    // 100 at 2, 3 at 4 and 1 at 6; 52 B at 1; work for 65.
    let line = |name: &str, quantity: &str, value: &str| {
        json!({"name": format!("Yard {name}"), "quantity": quantity, "value": {"amount": value},
               "product": {"id": yard.product(name)}, "item": {"externalId": yard.items[name]}})
    };
    let lines = json!([line("A", "-104", "-218"), line("B", "-52", "-52"), line("Chair", "52", "335")]);
    assert_eq!(plan["draft"]["lines"], lines);
    Ok(())
}

/// A workshop that posts journals, and a build of ten.
async fn journals(database: &TestDatabase, provider: &'static ProviderEntry) -> anyhow::Result<(Yard, String)> {
    let yard = Yard::open(database, provider, "SELF_MANAGED").await?;
    yard.choose(&["BUILD_DEBIT", "BUILD_CREDIT"]).await?;
    let build = yard.build("10").await?;
    Ok((yard, build))
}

async fn s062_a_build_is_one_journal_and_no_quantity(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let (yard, build) = journals(&database, provider).await?;
    let (before, counted) = (yard.balances().await?, yard.counted().await?);
    let done = yard.export(&build).await?;
    assert_eq!(done["state"], "SYNCED", "{done}");
    assert_eq!(yard.posted(DocumentKind::JournalEntry, &done["reference"]).await?, 1);
    assert_eq!(yard.moved(&before, "BUILD_DEBIT").await?, decimal("62.5"));
    assert_eq!(yard.moved(&before, "BUILD_CREDIT").await?, decimal("-62.5"));
    assert_eq!(yard.counted().await?, counted, "no quantity is sent");
    let verify = json!({"exportId": done["id"]});
    let verified = yard.owner.mutate("verifyExport", verify, "matches differences { what sent found }").await?;
    assert_eq!(verified["differences"], json!([]));
    Ok(())
}

async fn s063_both_lines_of_a_builds_journal_are_its_whole_cost(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let (yard, build) = journals(&database, provider).await?;
    let plan = yard.plan(&build).await?;
    assert_eq!((&plan["ready"], &plan["mode"]), (&json!(true), &json!("SELF_MANAGED")), "{plan}");
    let lines = plan["draft"]["journal"].as_array().unwrap();
    let sides: Vec<_> = lines.iter().map(|line| (line["side"].clone(), line["amount"]["amount"].clone())).collect();
    assert_eq!(sides, [(json!("DEBIT"), json!("62.5")), (json!("CREDIT"), json!("62.5"))]);
    assert_eq!(plan["draft"]["residue"]["amount"], "0");
    assert_eq!(plan["draft"]["memo"], "Build 1: 10 × Yard Chair");
    let entries = plan["entries"].as_array().unwrap();
    assert!(entries.iter().all(|entry| entry["estimated"] == false), "{plan}");
    Ok(())
}

/// A workshop with a build that used a product made by hand; the product and the build.
async fn with_glue(database: &TestDatabase) -> anyhow::Result<(Yard, String, String)> {
    let yard = Yard::open(database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    let made =
        yard.owner.mutate("createProduct", json!({"name": "Glue", "type": "RAW_MATERIAL"}), "product { id }").await?;
    let glue = text(&made["product"]["id"])?;
    let stock = json!({"productId": glue, "quantity": "10", "unitCost": "1", "reason": "COUNT_CORRECTION"});
    yard.owner.mutate("adjustStock", stock, "product { id }").await?;
    let component = |product: &str| json!({"kind": "COMPONENT", "productId": product, "quantity": "1"});
    let bom = json!({"productId": yard.product("Chair"), "lines": [component(yard.product("A")), component(&glue)]});
    yard.owner.mutate("saveBom", bom, "bom { id }").await?;
    let build = yard.build("2").await?;
    Ok((yard, glue, build))
}

async fn s064_an_unlinked_component_is_named_and_nothing_is_sent(database: TestDatabase) -> Outcome {
    let (yard, glue, build) = with_glue(&database).await?;
    let plan = yard.plan(&build).await?;
    assert_eq!((&plan["ready"], plan["checks"].as_array().unwrap().len()), (&json!(false), 1));
    let check = &plan["checks"][0];
    assert_eq!(
        (&check["code"], &check["title"]),
        (&json!("PRODUCT_NOT_LINKED"), &json!("Product not linked to accounting item"))
    );
    assert_eq!(check["message"], "Glue is not linked to an item of the accounting system.");
    assert_eq!(check["recordId"], json!(glue));
    yard.world.sandbox.forget_calls().await?;
    let before = yard.of(&build).await?;
    let input = json!({"documentId": build, "planHash": plan["hash"]});
    let refusal = yard.owner.refusal("exportDocument", input).await?;
    assert_eq!((&refusal["code"], &refusal["message"]), (&check["code"], &check["message"]));
    assert_eq!(yard.world.sandbox.calls().await?.len(), 0, "no call is made");
    assert_eq!(yard.of(&build).await?, before);
    Ok(())
}

async fn s031_a_component_linked_by_hand_passes(database: TestDatabase) -> Outcome {
    let (yard, glue, build) = with_glue(&database).await?;
    assert_eq!(yard.checks(&build).await?, ["PRODUCT_NOT_LINKED"]);
    let act = SandboxAct::AddItem {
        name: "Glue of theirs".to_owned(),
        sku: None,
        kind: providers::model::ItemKind::Inventory,
        price: decimal("1"),
        cost: decimal("1"),
        quantity: decimal("10"),
    };
    yard.world.sandbox.act(act).await?;
    sync(&yard.owner, &yard.integration).await?;
    let item = item_named(&yard.owner, "Glue of theirs").await?;
    yard.owner.mutate("linkProduct", json!({"productId": glue, "itemId": item}), "product { id }").await?;
    assert_eq!(yard.checks(&build).await?, [""; 0]);
    assert_eq!(yard.export(&build).await?["state"], "SYNCED");
    Ok(())
}

async fn s065_an_account_that_is_missing_is_named(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    let build = yard.build("2").await?;
    let plan = yard.plan(&build).await?;
    let check = &plan["checks"][0];
    assert_eq!(
        (&check["code"], &check["title"], &check["role"]),
        (&json!("ACCOUNT_NOT_CONFIGURED"), &json!("Account not configured"), &json!("COGS"))
    );
    assert!(check["message"].as_str().unwrap().starts_with("Account not configured"), "{check}");
    yard.choose(&["COGS"]).await?;
    assert_eq!(yard.checks(&build).await?, [""; 0]);
    Ok(())
}

async fn s066_cost_of_goods_sold_does_not_stand_in_for_the_pair(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    let build = yard.build("2").await?;
    yard.settings(json!({"inventoryMode": "SELF_MANAGED"})).await?;
    let plan = yard.plan(&build).await?;
    let roles: Vec<Value> = plan["checks"].as_array().unwrap().iter().map(|check| check["role"].clone()).collect();
    assert_eq!(
        (yard.checks(&build).await?, roles),
        (vec!["ACCOUNT_NOT_CONFIGURED".to_owned(); 2], vec![json!("BUILD_DEBIT"), json!("BUILD_CREDIT")])
    );
    let payload = yard
        .owner
        .payload("exportDocument", json!({"documentId": build, "planHash": plan["hash"]}), "export { id }")
        .await?;
    assert_eq!(
        (&payload["export"], payload["userErrors"].as_array().unwrap().len()),
        (&Value::Null, 2),
        "all problems at once"
    );
    Ok(())
}

const BUILT: &str = "state totalValue { amount } lines { quantity }";

/// A build that was refused, because somebody made the account of builds the asset account of B and nobody synced since;
/// the build, as it was before, and its export.
async fn refused(database: &TestDatabase) -> anyhow::Result<(Yard, String, Value, Value)> {
    let yard = Yard::open(database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    let build = yard.build("2").await?;
    let built = yard.owner.node(&build, "Build", BUILT).await?;
    let (company, _) = yard.world.sandbox.company();
    let asset = json!({"AssetAccountRef": {"value": "80"}});
    yard.world.sandbox.edit(&company, "Item", &yard.items["B"], asset).await?;
    let failed = yard.export(&build).await?;
    Ok((yard, build, built, failed))
}

async fn s067_an_account_that_keeps_the_stock_is_refused_by_name(database: TestDatabase) -> Outcome {
    let (_yard, _, _, failed) = refused(&database).await?;
    assert_eq!((&failed["state"], &failed["errorTitle"]), (&json!("FAILED"), &json!("Failed")), "{failed}");
    let message = failed["error"]["message"].as_str().unwrap();
    assert!(message.contains("inventory asset account") && message.contains("Yard B"), "{message}");
    Ok(())
}

async fn s068_the_same_known_here_is_told_without_a_call(database: TestDatabase) -> Outcome {
    let (yard, build, _, failed) = refused(&database).await?;
    sync(&yard.owner, &yard.integration).await?;
    yard.world.sandbox.forget_calls().await?;
    let plan = yard.plan(&build).await?;
    let check = &plan["checks"][0];
    assert_eq!(check["title"], "Inventory adjustment account must be different than the inventory asset account");
    assert!(check["message"].as_str().unwrap().ends_with("Cost of Goods Sold keeps the stock of Yard B."), "{plan}");
    let refusal = yard.owner.refusal("retryExport", json!({"exportId": failed["id"]})).await?;
    assert_eq!(refusal["code"], "ACCOUNT_SAME_AS_ASSET");
    assert_eq!(yard.world.sandbox.calls().await?.len(), 0);
    Ok(())
}

async fn s072_a_refusal_is_kept_and_the_build_is_as_it_was(database: TestDatabase) -> Outcome {
    let (yard, build, built, failed) = refused(&database).await?;
    assert_eq!(
        (&failed["error"]["code"], &failed["attempts"][0]["outcome"]),
        (&json!("PROVIDER_REJECTED"), &json!("REFUSED"))
    );
    assert!(failed["error"]["providerCode"].is_string() && failed["error"]["help"].is_string());
    assert_eq!(yard.owner.node(&build, "Build", BUILT).await?, built);
    assert_eq!(yard.of(&build).await?, failed, "it stays failed");
    assert_eq!(yard.posted(DocumentKind::InventoryAdjustment, &failed["reference"]).await?, 0);
    Ok(())
}

async fn s073_a_refusal_that_was_mended_is_retried_under_the_same_reference(database: TestDatabase) -> Outcome {
    let (yard, _, _, failed) = refused(&database).await?;
    let other = yard.account("5500").await?["id"].clone();
    yard.settings(json!({"accounts": [{"role": "COGS", "accountId": other}]})).await?;
    yard.owner.mutate("retryExport", json!({"exportId": failed["id"]}), "export { reference }").await?;
    let done = yard.ended(failed["id"].as_str().unwrap()).await?;
    let expected = (&json!("SYNCED"), &Value::Null, &failed["reference"]);
    assert_eq!((&done["state"], &done["error"], &done["reference"]), expected, "{done}");
    let attempts = done["attempts"].as_array().unwrap();
    let outcomes: Vec<&str> = attempts.iter().map(|row| row["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["REFUSED", "ABSENT", "SYNCED"]);
    assert_eq!(yard.posted(DocumentKind::InventoryAdjustment, &done["reference"]).await?, 1);
    Ok(())
}

async fn s075_what_is_in_the_books_is_not_exported_again(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    let build = yard.build("2").await?;
    let plan = yard.plan(&build).await?;
    let input = json!({"documentId": build, "planHash": plan["hash"], "idempotencyKey": "once"});
    let queued = yard.owner.mutate("exportDocument", input.clone(), "export { id }").await?;
    let done = yard.ended(queued["export"]["id"].as_str().unwrap()).await?;
    assert_eq!(done["state"], "SYNCED");
    // The same request again is answered; another one is refused.
    assert_eq!(yard.owner.mutate("exportDocument", input.clone(), "export { id }").await?, queued);
    let mut other = input.clone();
    other["planHash"] = json!("another");
    assert_eq!(yard.owner.refusal("exportDocument", other).await?["code"], "IDEMPOTENCY_MISMATCH");
    let again = json!({"documentId": build, "planHash": yard.plan(&build).await?["hash"]});
    assert_eq!(yard.owner.refusal("exportDocument", again).await?["code"], "ALREADY_EXPORTED");
    assert_eq!(yard.owner.refusal("retryExport", json!({"exportId": done["id"]})).await?["code"], "ALREADY_EXPORTED");
    assert_eq!(yard.posted(DocumentKind::InventoryAdjustment, &done["reference"]).await?, 1);
    Ok(())
}

async fn s078_only_inventory_items_can_be_adjusted(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    let build = yard.build("2").await?;
    let product = yard.product("B");
    let unlink = json!({"productId": product, "integrationId": yard.integration});
    yard.owner.mutate("unlinkProduct", unlink, "product { id }").await?;
    let services = yard.owner.data(
        "{ items(first: 1, filter: {types: [SERVICE], active: true}) { nodes { id name fullName } } }",
        Value::Null,
    );
    let service = services.await?["items"]["nodes"][0].clone();
    let linked = yard
        .owner
        .payload("linkProduct", json!({"productId": product, "itemId": service["id"]}), "product { id }")
        .await?;
    if linked["userErrors"] != json!([]) {
        // A service cannot be linked from now on; one that was linked before is found by the plan.
        use sea_orm::ConnectionTrait;
        let item = item_named(&yard.owner, "Yard B").await?;
        yard.owner.mutate("linkProduct", json!({"productId": product, "itemId": item}), "product { id }").await?;
        yard.world
            .app
            .db
            .connection()
            .execute_unprepared("UPDATE item SET kind = 'SERVICE' WHERE name = 'Yard B'")
            .await?;
    }
    let plan = yard.plan(&build).await?;
    assert_eq!(plan["checks"].as_array().unwrap().len(), 1, "{plan}");
    assert_eq!(plan["checks"][0]["code"], "ITEM_TYPE_NOT_ADJUSTABLE");
    Ok(())
}

async fn a_plan_that_changed_is_not_exported(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    let build = yard.build("2").await?;
    let plan = yard.plan(&build).await?;
    assert_eq!(yard.plan(&build).await?, plan, "the same facts, the same plan");
    let other = yard.account("5500").await?["id"].clone();
    yard.settings(json!({"accounts": [{"role": "COGS", "accountId": other}]})).await?;
    let input = json!({"documentId": build, "planHash": plan["hash"]});
    let refusal = yard.owner.refusal("exportDocument", input).await?;
    assert_eq!((&refusal["code"], &refusal["path"]), (&json!("PLAN_CHANGED"), &json!(["input", "planHash"])));
    let waiting = yard.of(&build).await?;
    assert_eq!(
        (&waiting["state"], &waiting["queued"], &waiting["draft"]),
        (&json!("PENDING"), &json!(false), &Value::Null)
    );
    assert_eq!(yard.export(&build).await?["state"], "SYNCED");
    Ok(())
}

async fn what_is_no_document_is_refused(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    let planned = json!({"productId": yard.product("Chair"), "quantity": "1"});
    let planned = text(&yard.owner.mutate("planBuild", planned, "build { id }").await?["build"]["id"])?;
    assert_eq!(yard.owner.refusal("planExport", json!({"documentId": planned})).await?["code"], "INVALID_STATE");
    let fault = yard.owner.mutation_fault("planExport", json!({"documentId": yard.product("A")})).await?;
    assert_eq!(fault.code, "INVALID_ID");
    let build = yard.build("1").await?;
    let other = yard.world.another_business("Other").await?;
    let stranger = yard.world.client_of(other, entity::Role::Owner);
    assert_eq!(stranger.refusal("planExport", json!({"documentId": build})).await?["code"], "NOT_FOUND");
    let hash = yard.plan(&build).await?["hash"].clone();
    let input = json!({"documentId": build, "planHash": hash});
    assert_eq!(stranger.refusal("exportDocument", input.clone()).await?["code"], "NOT_FOUND");
    let builder = yard.world.client(entity::Role::Builder);
    for (mutation, input) in [("planExport", json!({"documentId": build})), ("exportDocument", input)] {
        assert_eq!(builder.mutation_fault(mutation, input).await?.code, "FORBIDDEN", "{mutation}");
    }
    assert_eq!(
        yard.world
            .client(entity::Role::Accountant)
            .payload("planExport", json!({"documentId": build}), "plan { ready }")
            .await?["plan"]["ready"],
        true
    );
    // Taken back before it went out: the books never hear of it.
    yard.owner.mutate("reverseBuild", json!({"buildId": build}), "build { state }").await?;
    let skipped = yard.of(&build).await?;
    assert_eq!(
        (&skipped["state"], &skipped["skippedBecause"]),
        (&json!("SKIPPED"), &json!("Build 2 was taken back before it was exported.")),
        "{skipped}"
    );
    assert_eq!(yard.owner.refusal("planExport", json!({"documentId": build})).await?["code"], "INVALID_STATE");
    Ok(())
}

async fn a_build_taken_back_is_posted_the_other_way_round(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    let before = yard.counted().await?;
    let build = yard.build("3").await?;
    assert_eq!(yard.export(&build).await?["state"], "SYNCED");
    yard.owner.mutate("reverseBuild", json!({"buildId": build}), "build { state }").await?;
    let waiting = yard.of(&build).await?;
    assert_eq!((&waiting["kind"], &waiting["state"]), (&json!("REVERSAL"), &json!("PENDING")));
    assert!(waiting["reference"].as_str().unwrap().ends_with("-R"));
    let done = yard.export(&build).await?;
    assert_eq!((&done["kind"], &done["state"]), (&json!("REVERSAL"), &json!("SYNCED")), "{done}");
    assert_eq!(yard.counted().await?, before, "as if nothing had been built");
    let all = yard.owner.node(&build, "Build", "exports { kind state }").await?;
    assert_eq!(all["exports"], json!([{"kind": "BUILD", "state": "SYNCED"}, {"kind": "REVERSAL", "state": "SYNCED"}]));
    Ok(())
}

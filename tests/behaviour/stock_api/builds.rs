//! Bills of materials and builds (statements 54, 55, 57, 59, 79, 80, 83, 84, 86 and 87).

use entity::Role;
use serde_json::{Value, json};
use stockbridge_tests::{
    Outcome, TestDatabase, on_both_databases,
    sandbox::BAKERY,
    steps::connect,
    workshop::{Workshop, text},
};

on_both_databases!(
    s054_s057_a_build_is_previewed_planned_and_executed,
    s055_a_short_build_names_each_component,
    s059_s087_with_review_on_the_product_waits_for_who_may_approve,
    s079_s080_s084_a_rejected_build_gives_back_what_is_asked,
    s086_a_loss_needs_an_account_once_connected,
    versions_follow_one_another,
    a_cycle_is_refused_with_its_chain,
    a_build_is_executed_once_per_key,
);

async fn s054_s057_a_build_is_previewed_planned_and_executed(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    let supplier = shop.supplier().await?;
    let (a, b, wax) = (shop.material("A").await?, shop.material("B").await?, shop.material("Wax").await?);
    let chair = shop.product("Chair", "FINISHED_GOOD").await?;
    shop.receive(&supplier, "2026-05-01", &a, "30", "2").await?;
    shop.receive(&supplier, "2026-05-01", &b, "20", "1").await?;
    shop.receive(&supplier, "2026-05-01", &wax, "4", "0.5").await?;
    let lines = json!([
        {"kind": "COMPONENT", "productId": a, "quantity": "2"},
        {"kind": "COMPONENT", "productId": b, "quantity": "1"},
        {"kind": "COMPONENT", "productId": wax, "quantity": "1", "optional": true},
        {"kind": "LABOUR", "label": "Assembly", "rate": "5", "quantity": "0.25"}
    ]);
    let selection = "bom { id version status estimate { unitCost { amount } costStatus } lines { kind product { id } quantity optional label rate { amount } } }";
    let saved =
        shop.owner.mutate("saveBom", json!({"productId": chair, "lines": lines}), selection).await?["bom"].clone();
    assert_eq!((&saved["version"], &saved["status"]), (&json!(1), &json!("ACTIVE")));
    // 2 × 2 + 1 × 1 + 5 × 0.25; what is optional is not asked for.
    assert_eq!(saved["estimate"], json!({"unitCost": {"amount": "6.25"}, "costStatus": "COMPLETE"}));
    assert_eq!(
        saved["lines"][3],
        json!({"kind": "LABOUR", "product": null, "quantity": "0.25", "optional": false, "label": "Assembly", "rate": {"amount": "5"}})
    );
    let product = shop.read(&chair, "Product", "activeBom { id } maxBuildable").await?;
    assert_eq!(product, json!({"activeBom": {"id": saved["id"]}, "maxBuildable": "15"}));
    let max = shop.owner.data("query($id: ID!) { maxBuildable(productId: $id) }", json!({"id": chair})).await?;
    assert_eq!(max["maxBuildable"], "15");
    assert_eq!(
        shop.read(&a, "Product", "maxBuildable whereUsed { nodes { id product { name } } totalCount }").await?,
        json!({"maxBuildable": null, "whereUsed": {"nodes": [{"id": saved["id"], "product": {"name": "Chair"}}], "totalCount": 1}})
    );

    let planned = json!({"productId": chair, "quantity": "10", "plannedFor": "2026-06-03", "assignee": "Ann", "note": "For the fair"});
    let planned = shop.owner.mutate(
        "planBuild",
        planned,
        "build { id number state plannedFor assignee note quantity unitCost { amount } lines { id } bom { id } }",
    );
    let planned = planned.await?["build"].clone();
    let id = text(&planned["id"])?;
    assert_eq!(
        planned,
        json!({"id": id, "number": 1, "state": "PLANNED", "plannedFor": "2026-06-03", "assignee": "Ann",
        "note": "For the fair", "quantity": "10", "unitCost": null, "lines": [], "bom": {"id": saved["id"]}})
    );
    let before = shop.everything().await?;
    let query = "query($input: BuildPreviewInput!) { buildPreview(input: $input) { ready quantity maxBuildable componentValue { amount } \
                 costValue { amount } totalValue { amount } unitCost { amount } costStatus bom { id } \
                 lines { kind product { name } label optional needed quantity shortQuantity value { amount } } } }";
    let preview = shop.owner.data(query, json!({"input": {"buildId": id}})).await?["buildPreview"].clone();
    let line = |kind: &str, product: Value, label: Value, optional: bool, figures: [&str; 3]| {
        json!({"kind": kind, "product": product, "label": label, "optional": optional, "needed": figures[0],
               "quantity": figures[1], "shortQuantity": "0", "value": {"amount": figures[2]}})
    };
    let named = |name: &str| json!({"name": name});
    assert_eq!(
        preview,
        json!({"ready": true, "quantity": "10", "maxBuildable": "15", "componentValue": {"amount": "52"},
        "costValue": {"amount": "12.5"}, "totalValue": {"amount": "64.5"}, "unitCost": {"amount": "6.45"}, "costStatus": "COMPLETE",
        "bom": {"id": saved["id"]}, "lines": [
            line("COMPONENT", named("A"), Value::Null, false, ["20", "20", "40"]),
            line("COMPONENT", named("B"), Value::Null, false, ["10", "10", "10"]),
            line("COMPONENT", named("Wax"), Value::Null, true, ["10", "4", "2"]),
            line("LABOUR", Value::Null, json!("Assembly"), false, ["2.5", "2.5", "12.5"])]})
    );
    assert_eq!(shop.everything().await?, before, "a preview writes nothing");

    let execute = json!({"buildId": id, "withoutProductIds": [wax], "effectiveOn": "2026-05-30", "note": "Done"});
    let selection = "build { state number effectiveOn executedBy componentValue { amount } costValue { amount } totalValue { amount } \
                     unitCost { amount } costStatus note lot { number receivedOn remainingQuantity } lines { kind quantity value { amount } } }";
    let done = shop.owner.mutate("executeBuild", execute, selection).await?["build"].clone();
    assert_eq!(
        done,
        json!({"state": "EXECUTED", "number": 1, "effectiveOn": "2026-05-30", "executedBy": "owner",
        "componentValue": {"amount": "50"}, "costValue": {"amount": "12.5"}, "totalValue": {"amount": "62.5"},
        "unitCost": {"amount": "6.25"}, "costStatus": "COMPLETE", "note": "Done",
        "lot": {"number": "B-00001", "receivedOn": "2026-05-30", "remainingQuantity": "10"},
        "lines": [{"kind": "COMPONENT", "quantity": "20", "value": {"amount": "40"}}, {"kind": "COMPONENT", "quantity": "10", "value": {"amount": "10"}},
                  {"kind": "COMPONENT", "quantity": "0", "value": {"amount": "0"}}, {"kind": "LABOUR", "quantity": "2.5", "value": {"amount": "12.5"}}]})
    );
    let refusal = shop.refused("executeBuild", json!({"buildId": id})).await?;
    assert_eq!(refusal["message"], "Build 1 is executed; only a planned build can be executed.");
    assert_eq!(shop.refused("cancelBuild", json!({"buildId": id})).await?["code"], "INVALID_STATE");
    let other = shop.owner.mutate("planBuild", json!({"productId": chair, "quantity": 1}), "build { id }").await?;
    let other = text(&other["build"]["id"])?;
    let cancelled = shop.owner.mutate("cancelBuild", json!({"buildId": other}), "build { state }").await?;
    assert_eq!(cancelled["build"]["state"], "CANCELLED");
    let builds =
        "{ executed: builds(filter: {state: EXECUTED}) { nodes { id } } all: builds { nodes { number } totalCount } }";
    let expected =
        json!({"executed": {"nodes": [{"id": id}]}, "all": {"nodes": [{"number": 2}, {"number": 1}], "totalCount": 2}});
    assert_eq!(shop.owner.data(builds, Value::Null).await?, expected);
    let by_id = shop.owner.data("query($id: ID!) { build(id: $id) { number } }", json!({"id": id})).await?;
    assert_eq!(by_id["build"]["number"], 1);
    shop.sound().await
}

async fn s055_a_short_build_names_each_component(database: TestDatabase) -> Outcome {
    let shop = Workshop::open(&database).await?;
    let (a, b) = (shop.material("A").await?, shop.material("B").await?);
    let chair = shop.product("Chair", "FINISHED_GOOD").await?;
    shop.add(&a, "19", "2").await?;
    shop.bom(&chair, &[(&a, "2"), (&b, "1")]).await?;
    let refusal = shop.refused("executeBuild", json!({"productId": chair, "quantity": 10})).await?;
    assert_eq!(refusal["code"], "INSUFFICIENT_STOCK");
    let message = refusal["message"].as_str().unwrap();
    assert!(
        message.contains("A (20 needed, 19 available)") && message.contains("B (10 needed, 0 available)"),
        "{message}"
    );
    let query = "query($input: BuildPreviewInput!) { buildPreview(input: $input) { ready unitCost { amount } maxBuildable lines { quantity shortQuantity } } }";
    let preview =
        shop.owner.data(query, json!({"input": {"productId": chair, "quantity": "10"}})).await?["buildPreview"].clone();
    let expected = json!({"ready": false, "unitCost": null, "maxBuildable": "0",
        "lines": [{"quantity": "19", "shortQuantity": "1"}, {"quantity": "0", "shortQuantity": "10"}]});
    assert_eq!(preview, expected);
    for (input, code) in [
        (json!({"productId": a, "quantity": 1}), "INVALID_STATE"),
        (json!({"productId": chair}), "VALIDATION"),
        (json!({}), "VALIDATION"),
        (json!({"productId": chair, "quantity": 0}), "INVALID_QUANTITY"),
        (json!({"buildId": "bld_01h455vb4pex5vsknk084sn02q"}), "NOT_FOUND"),
        (json!({"productId": chair, "quantity": 1, "effectiveOn": "2026-06-02"}), "VALIDATION"),
    ] {
        assert_eq!(shop.refused("executeBuild", input.clone()).await?["code"], code, "{input}");
        if code != "VALIDATION" {
            let mut input = input;
            input.as_object_mut().unwrap().remove("effectiveOn");
            assert_eq!(shop.owner.fault(query, json!({"input": input})).await?.code, code, "the preview says the same");
        }
    }
    shop.sound().await
}

async fn s059_s087_with_review_on_the_product_waits_for_who_may_approve(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    shop.owner.mutate("updateStockSettings", json!({"qaReview": true}), "__typename").await?;
    let (a, chair) = (shop.material("A").await?, shop.product("Chair", "FINISHED_GOOD").await?);
    shop.add(&a, "10", "2").await?;
    shop.bom(&chair, &[(&a, "1")]).await?;
    let build = shop.build(&chair, "10").await?;
    assert_eq!(
        shop.read(&build, "Build", "state qaReview lot { id }").await?,
        json!({"state": "EXECUTED", "qaReview": true, "lot": null})
    );
    let on_hand = json!([
        shop.read(&a, "Product", "onHand").await?["onHand"],
        shop.read(&chair, "Product", "onHand").await?["onHand"]
    ]);
    assert_eq!(on_hand, json!(["0", "0"]));
    let before = shop.everything().await?;
    for role in [Role::Accountant, Role::Builder] {
        let client = shop.world.client(role);
        let fault = client.mutation_fault("approveBuild", json!({"buildId": build})).await?;
        assert_eq!(fault.code, "FORBIDDEN", "{role:?}");
        let reject = json!({"buildId": build, "reason": "OTHER", "recovery": "FULL"});
        assert_eq!(client.mutation_fault("rejectBuild", reject).await?.code, "FORBIDDEN", "{role:?}");
    }
    assert_eq!(shop.everything().await?, before);
    let admin = shop.world.client(Role::Admin);
    let approved = admin.mutate(
        "approveBuild",
        json!({"buildId": build, "note": "Good"}),
        "build { state approvedBy reviewNote decidedOn lot { remainingValue { amount } } }",
    );
    assert_eq!(
        approved.await?["build"],
        json!({"state": "APPROVED", "approvedBy": "admin", "reviewNote": "Good",
        "decidedOn": "2026-06-01", "lot": {"remainingValue": {"amount": "20"}}})
    );
    assert_eq!(shop.refused("approveBuild", json!({"buildId": build})).await?["code"], "INVALID_STATE");
    assert_eq!(
        shop.read(&chair, "Product", "onHand value { amount }").await?,
        json!({"onHand": "10", "value": {"amount": "20"}})
    );
    let reversed = shop.owner.mutate(
        "reverseBuild",
        json!({"buildId": build}),
        "build { state reversedBy lot { status } lines { recoveredQuantity } }",
    );
    assert_eq!(
        reversed.await?["build"],
        json!({"state": "REVERSED", "reversedBy": "owner", "lot": {"status": "VOIDED"}, "lines": [{"recoveredQuantity": "10"}]})
    );
    assert_eq!(
        shop.read(&a, "Product", "onHand value { amount }").await?,
        json!({"onHand": "10", "value": {"amount": "20"}})
    );
    shop.sound().await
}

/// Review is on, and 10 chairs made of 20 A from lots 10 @ 2 and 10 @ 3 wait; chair, the build and its line.
async fn waiting(shop: &Workshop) -> anyhow::Result<(String, String, String)> {
    shop.owner.mutate("updateStockSettings", json!({"qaReview": true}), "__typename").await?;
    let supplier = shop.supplier().await?;
    let (a, chair) = (shop.material("A").await?, shop.product("Chair", "FINISHED_GOOD").await?);
    shop.receive(&supplier, "2026-05-01", &a, "10", "2").await?;
    shop.receive(&supplier, "2026-05-02", &a, "10", "3").await?;
    shop.bom(&chair, &[(&a, "2")]).await?;
    let build = shop.build(&chair, "10").await?;
    let line = text(&shop.read(&build, "Build", "lines { id }").await?["lines"][0]["id"])?;
    Ok((a, build, line))
}

async fn s079_s080_s084_a_rejected_build_gives_back_what_is_asked(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    let (a, build, line) = waiting(&shop).await?;
    let reject = |quantity: &str| {
        json!({"buildId": build, "reason": "PROCESS_ERROR", "recovery": "PARTIAL", "note": "Glue",
               "recovered": [{"buildLineId": line, "quantity": quantity}]})
    };
    for quantity in ["20.000001", "-1"] {
        let refusal = shop.refused("rejectBuild", reject(quantity)).await?;
        assert_eq!(refusal["code"], "INVALID_QUANTITY");
        assert!(refusal["message"].as_str().unwrap().contains("between 0 and 20"), "{refusal}");
    }
    let unknown = json!({"buildId": build, "reason": "OTHER", "recovery": "PARTIAL",
                         "recovered": [{"buildLineId": "bll_01h455vb4pex5vsknk084sn02q", "quantity": 1}]});
    assert_eq!(shop.refused("rejectBuild", unknown).await?["code"], "NOT_FOUND");
    let selection = "build { state rejectReason recovery reviewNote rejectedBy lostValue { amount } \
                     lines { id build { id } quantity recoveredQuantity recoveredValue { amount } consumptions { quantity reversedQuantity reversed } } }";
    let rejected = shop.owner.mutate("rejectBuild", reject("15"), selection).await?["build"].clone();
    let expected = json!({"state": "REJECTED", "rejectReason": "PROCESS_ERROR", "recovery": "PARTIAL", "reviewNote": "Glue",
        "rejectedBy": "owner", "lostValue": {"amount": "10"},
        "lines": [{"id": line, "build": {"id": build}, "quantity": "20", "recoveredQuantity": "15", "recoveredValue": {"amount": "40"},
                   "consumptions": [{"quantity": "10", "reversedQuantity": "5", "reversed": false}, {"quantity": "10", "reversedQuantity": "10", "reversed": true}]}]});
    assert_eq!(rejected, expected, "what is lost is 5 of the first lot at 2");
    assert_eq!(
        shop.read(&a, "Product", "onHand value { amount }").await?,
        json!({"onHand": "15", "value": {"amount": "40"}})
    );
    // Full recovery and total loss.
    let all = json!({"buildId": build, "reason": "OTHER", "recovery": "FULL"});
    assert_eq!(shop.refused("rejectBuild", all).await?["code"], "INVALID_STATE");
    let chair = text(&shop.read(&build, "Build", "product { id }").await?["product"]["id"])?;
    let second = shop.build(&chair, "5").await?;
    let loss = json!({"buildId": second, "reason": "WRONG_MATERIALS", "recovery": "NONE"});
    let lost = shop.owner.mutate("rejectBuild", loss, "build { lostValue { amount } }").await?;
    assert_eq!(lost["build"]["lostValue"]["amount"], "25", "5 @ 2 and 5 @ 3");
    let third = shop.build(&chair, "2").await?;
    let full = json!({"buildId": third, "reason": "EQUIPMENT_FAILURE", "recovery": "FULL"});
    let kept =
        shop.owner.mutate("rejectBuild", full, "build { lostValue { amount } lines { recoveredQuantity } }").await?;
    assert_eq!(kept["build"], json!({"lostValue": {"amount": "0"}, "lines": [{"recoveredQuantity": "4"}]}));
    shop.sound().await
}

async fn s086_a_loss_needs_an_account_once_connected(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    let (_, build, _) = waiting(&shop).await?;
    connect(&shop.owner, BAKERY).await?;
    let loss = json!({"buildId": build, "reason": "OTHER", "recovery": "NONE"});
    let refusal = shop.refused("rejectBuild", loss).await?;
    assert_eq!(refusal["code"], "ACCOUNT_NOT_CONFIGURED");
    assert!(refusal["message"].as_str().unwrap().starts_with("Account not configured"), "{refusal}");
    let full = json!({"buildId": build, "reason": "OTHER", "recovery": "FULL"});
    shop.owner.mutate("rejectBuild", full, "build { state }").await?;
    shop.sound().await
}

async fn versions_follow_one_another(database: TestDatabase) -> Outcome {
    let shop = Workshop::open(&database).await?;
    let (a, b) = (shop.material("A").await?, shop.material("B").await?);
    let chair = shop.product("Chair", "FINISHED_GOOD").await?;
    let first = shop.bom(&chair, &[(&a, "1")]).await?;
    let draft = json!({"productId": chair, "draft": true, "note": "Try", "lines": [{"kind": "COMPONENT", "productId": b, "quantity": "0.0001"}]});
    let draft = shop.owner.mutate("saveBom", draft, "bom { id version status note createdBy }").await?["bom"].clone();
    let id = text(&draft["id"])?;
    assert_eq!(draft, json!({"id": id, "version": 2, "status": "DRAFT", "note": "Try", "createdBy": "owner"}));
    assert_eq!(shop.read(&chair, "Product", "activeBom { id }").await?["activeBom"]["id"], json!(first));
    shop.owner.mutate("activateBom", json!({"bomId": id}), "bom { status }").await?;
    let versions = "query($filter: BomFilter) { boms(filter: $filter) { nodes { id status } totalCount } }";
    let found = shop.owner.data(versions, json!({"filter": {"productId": chair}})).await?["boms"].clone();
    let expected =
        json!({"nodes": [{"id": id, "status": "ACTIVE"}, {"id": first, "status": "ARCHIVED"}], "totalCount": 2});
    assert_eq!(found, expected);
    let found = shop.owner.data(versions, json!({"filter": {"componentId": a}})).await?["boms"].clone();
    assert_eq!(found["nodes"], json!([{"id": first, "status": "ARCHIVED"}]));
    assert_eq!(shop.read(&a, "Product", "whereUsed { totalCount }").await?["whereUsed"]["totalCount"], 0);
    assert_eq!(shop.refused("activateBom", json!({"bomId": first})).await?["code"], "INVALID_STATE");
    // An unknown cost is no cost of zero.
    let estimate = shop.read(&id, "Bom", "estimate { unitCost { amount } costStatus }").await?;
    assert_eq!(estimate["estimate"], json!({"unitCost": {"amount": "0"}, "costStatus": "MISSING"}));
    let component = |quantity: &str| json!({"kind": "COMPONENT", "productId": a, "quantity": quantity});
    for (lines, code) in [
        (json!([]), "VALIDATION"),
        (json!([component("0")]), "INVALID_QUANTITY"),
        (json!([component("-1")]), "INVALID_QUANTITY"),
        (json!([component("0.00001")]), "INVALID_QUANTITY"),
        (json!([{"kind": "COMPONENT", "quantity": 1}]), "VALIDATION"),
        (json!([{"kind": "LABOUR", "rate": 1}]), "VALIDATION"),
        (json!([{"kind": "LABOUR", "label": "Work"}]), "INVALID_COST"),
        (json!([{"kind": "OVERHEAD", "label": "Rent", "rate": "-1"}]), "INVALID_COST"),
        (
            json!([component("1"), {"kind": "COMPONENT", "productId": "prd_01h455vb4pex5vsknk084sn02q", "quantity": 1}]),
            "NOT_FOUND",
        ),
    ] {
        let input = json!({"productId": chair, "lines": lines});
        assert_eq!(shop.refused("saveBom", input).await?["code"], code, "{lines}");
    }
    Ok(())
}

async fn a_cycle_is_refused_with_its_chain(database: TestDatabase) -> Outcome {
    let shop = Workshop::open(&database).await?;
    let mut levels = Vec::new();
    for level in 1..=9 {
        levels.push(shop.product(&format!("Level {level}"), "SUB_ASSEMBLY").await?);
    }
    for pair in levels.windows(2) {
        shop.bom(&pair[0], &[(&pair[1], "1")]).await?;
    }
    let cycle =
        json!({"productId": levels[8], "lines": [{"kind": "COMPONENT", "productId": levels[0], "quantity": 1}]});
    let refusal = shop.refused("saveBom", cycle).await?;
    assert_eq!(refusal["code"], "BOM_CYCLE");
    let message = refusal["message"].as_str().unwrap();
    assert!(message.starts_with("Level 9 would be made of itself: Level 9 → Level 1 → Level 2"), "{message}");
    let own = json!({"productId": levels[0], "lines": [{"kind": "COMPONENT", "productId": levels[0], "quantity": 1}]});
    assert_eq!(shop.refused("saveBom", own).await?["code"], "BOM_CYCLE");
    // Ten levels are allowed, eleven are not.
    let (ten, eleven) = (shop.material("Level 10").await?, shop.material("Level 11").await?);
    shop.bom(&levels[8], &[(&ten, "1")]).await?;
    let deeper = json!({"productId": ten, "lines": [{"kind": "COMPONENT", "productId": eleven, "quantity": 1}]});
    assert_eq!(shop.refused("saveBom", deeper).await?["code"], "BOM_CYCLE");
    Ok(())
}

async fn a_build_is_executed_once_per_key(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    let (a, chair) = (shop.material("A").await?, shop.product("Chair", "FINISHED_GOOD").await?);
    shop.add(&a, "10", "2").await?;
    let bom = json!({"productId": chair, "idempotencyKey": "b", "lines": [{"kind": "COMPONENT", "productId": a, "quantity": 1}]});
    let made = shop.owner.mutate("saveBom", bom.clone(), "bom { id version }").await?;
    assert_eq!(shop.owner.mutate("saveBom", bom, "bom { id version }").await?, made);
    let plan = json!({"productId": chair, "quantity": 1, "idempotencyKey": "p"});
    let planned = shop.owner.mutate("planBuild", plan.clone(), "build { id }").await?;
    assert_eq!(shop.owner.mutate("planBuild", plan, "build { id }").await?, planned);
    let order = json!({"productId": chair, "quantity": 4, "idempotencyKey": "e"});
    let built = shop.owner.mutate("executeBuild", order.clone(), "build { id state lines { quantity } }").await?;
    let before = shop.everything().await?;
    assert_eq!(shop.owner.mutate("executeBuild", order.clone(), "build { id state lines { quantity } }").await?, built);
    assert_eq!(shop.everything().await?, before);
    // Two at once make one.
    let race = json!({"productId": chair, "quantity": 3, "idempotencyKey": "r"});
    let again = || shop.owner.payload("executeBuild", race.clone(), "build { id }");
    let (one, other) = futures::join!(again(), again());
    for payload in [one?, other?] {
        let code = payload["userErrors"][0]["code"].as_str();
        assert!(code.is_none() || code == Some("SYNC_LOCKED"), "{payload}");
    }
    assert_eq!(shop.read(&a, "Product", "onHand").await?["onHand"], "3");
    let mut other = order;
    other["quantity"] = json!(5);
    assert_eq!(shop.refused("executeBuild", other).await?["code"], "IDEMPOTENCY_MISMATCH");
    shop.sound().await
}

//! Accounts of some products, and reversals that go where the document went.

use providers::registry::ProviderEntry;
use serde_json::{Value, json};
use stockbridge_tests::{Outcome, TestDatabase, on_both_databases, with_every_provider, workshop::text};

use super::receipts::correct;
use super::yard::{Yard, adjusting, decimal, posts};

on_both_databases!(
    accounts_of_some_products_are_checked_when_they_are_chosen,
    an_adjustment_of_products_with_different_accounts_says_so,
    categories_are_set_and_come_with_items,
);
with_every_provider!(
    a_builds_journal_goes_to_the_accounts_of_its_products if posts,
    a_voided_receipt_is_taken_back_where_it_and_its_correction_went if posts,
);

const OVERRIDES: &str =
    "settings { accountOverrides { role productType category accountName chosenBy account { number } } }";

async fn overrides(yard: &Yard) -> anyhow::Result<Value> {
    let found = yard.owner.node(&yard.integration, "Integration", OVERRIDES).await?;
    Ok(found["settings"]["accountOverrides"].clone())
}

/// The choice of a role's account for some products.
async fn choice(yard: &Yard, role: &str, of: Value, number: &str) -> anyhow::Result<Value> {
    let mut choice = of;
    choice["role"] = json!(role);
    choice["accountId"] = yard.account(number).await?["id"].clone();
    Ok(choice)
}

async fn accounts_of_some_products_are_checked_when_they_are_chosen(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    let wood = json!({"category": "Wood"});
    for (role, of, number, code) in [
        ("COGS", wood.clone(), "1090", "ACCOUNT_INVALID"),
        ("COGS", wood.clone(), "4900", "ACCOUNT_INVALID"),
        ("WASTE", json!({}), "5400", "VALIDATION"),
        ("WASTE", json!({"category": "Wood", "productType": "COMPONENT"}), "5400", "VALIDATION"),
        ("WASTE", json!({"category": "  "}), "5400", "VALIDATION"),
    ] {
        let choice = choice(&yard, role, of, number).await?;
        let input = json!({"integrationId": yard.integration, "accountOverrides": [choice]});
        let refusal = yard.owner.refusal("updateIntegrationSettings", input).await?;
        assert_eq!(refusal["code"], code, "{refusal}");
        assert_eq!(refusal["path"], json!(["input", "accountOverrides"]), "{refusal}");
    }
    assert_eq!(overrides(&yard).await?, json!([]), "a refusal changes nothing");
    // An account on both sides of the receipts of some products.
    yard.choose(&["RECEIVING_CREDIT"]).await?;
    let same = choice(&yard, "RECEIVING_DEBIT", wood.clone(), yard.number("RECEIVING_CREDIT")).await?;
    let input = json!({"integrationId": yard.integration, "accountOverrides": [same]});
    assert_eq!(yard.owner.refusal("updateIntegrationSettings", input).await?["code"], "ACCOUNT_INVALID");

    let of_type = choice(&yard, "WASTE", json!({"productType": "RAW_MATERIAL"}), "5400").await?;
    let of_wood = choice(&yard, "WASTE", wood, "5300").await?;
    yard.settings(json!({"accountOverrides": [of_type, of_wood]})).await?;
    let one = |product_type: Value, category: Value, name: &str, number: &str| {
        json!({"role": "WASTE", "productType": product_type, "category": category, "accountName": name,
            "chosenBy": "owner", "account": {"number": number}})
    };
    let found = overrides(&yard).await?;
    assert_eq!(
        found,
        json!([
            one(Value::Null, json!("Wood"), found[0]["accountName"].as_str().unwrap(), "5300"),
            one(json!("RAW_MATERIAL"), Value::Null, "Scrap & Waste", "5400"),
        ])
    );
    // Letter case makes no other category; null takes the choice back.
    yard.settings(json!({"accountOverrides": [{"role": "WASTE", "category": "wOOD", "accountId": null}]})).await?;
    assert_eq!(overrides(&yard).await?, json!([one(json!("RAW_MATERIAL"), Value::Null, "Scrap & Waste", "5400")]));
    Ok(())
}

async fn an_adjustment_of_products_with_different_accounts_says_so(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["RECEIVING"]).await?;
    yard.owner
        .mutate("updateProduct", json!({"productId": yard.product("A"), "category": "Wood"}), "product { id }")
        .await?;
    let wood = choice(&yard, "RECEIVING", json!({"category": "wood"}), "5300").await?;
    yard.settings(json!({"accountOverrides": [wood]})).await?;
    let name = yard.account("5300").await?["name"].clone();
    let alone = yard.receive(&[("A", "5", "2")]).await?;
    let plan = yard.plan(&alone).await?;
    assert_eq!((&plan["draft"]["accountName"], &plan["warnings"], &plan["ready"]), (&name, &json!([]), &json!(true)));
    let before = yard.balances().await?;
    assert_eq!(yard.export(&alone).await?["state"], "SYNCED");
    assert_eq!(yard.moved(&before, "RECEIVING").await?, decimal("0"));
    let both = yard.receive(&[("A", "5", "2"), ("B", "1", "1")]).await?;
    let plan = yard.plan(&both).await?;
    let receiving = yard.account(yard.number("RECEIVING")).await?["name"].clone();
    let message = plan["warnings"][0]["message"].as_str().unwrap();
    assert_eq!((&plan["draft"]["accountName"], &plan["ready"]), (&receiving, &json!(true)), "{plan}");
    assert!(message.contains("Yard A") && message.contains("Yard B"), "{message}");
    Ok(())
}

async fn categories_are_set_and_come_with_items(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    let input = json!({"name": "Glue", "category": "  Supplies "});
    let made = yard.owner.mutate("createProduct", input, "product { id category }").await?["product"].clone();
    assert_eq!(made["category"], "Supplies");
    let change = |category: Value| json!({"productId": made["id"], "category": category});
    let changed = yard.owner.mutate("updateProduct", change(json!("Wood")), "product { category }").await?;
    assert_eq!(changed["product"]["category"], "Wood");
    let left = json!({"productId": made["id"], "unit": "kg"});
    assert_eq!(yard.owner.mutate("updateProduct", left, "product { category }").await?["product"]["category"], "Wood");
    let none = yard.owner.mutate("updateProduct", change(Value::Null), "product { category }").await?;
    assert_eq!(none["product"]["category"], Value::Null);
    let refusal = yard.owner.refusal("updateProduct", change(json!("x".repeat(201)))).await?;
    assert_eq!((&refusal["code"], &refusal["path"]), (&json!("VALIDATION"), &json!(["input", "category"])));
    // A sync that follows the items leaves it alone.
    let a = json!({"productId": yard.product("A"), "category": "Wood"});
    yard.owner.mutate("updateProduct", a, "product { id }").await?;
    stockbridge_tests::steps::sync(&yard.owner, &yard.integration).await?;
    assert_eq!(yard.owner.node(yard.product("A"), "Product", "category").await?["category"], "Wood");
    Ok(())
}

async fn a_builds_journal_goes_to_the_accounts_of_its_products(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let yard = Yard::open(&database, provider, "SELF_MANAGED").await?;
    yard.choose(&["BUILD_DEBIT", "BUILD_CREDIT"]).await?;
    yard.owner
        .mutate("updateProduct", json!({"productId": yard.product("A"), "category": "Wood"}), "product { id }")
        .await?;
    let wood = choice(&yard, "BUILD_CREDIT", json!({"category": "Wood"}), yard.number("WASTE")).await?;
    let raw = choice(&yard, "BUILD_CREDIT", json!({"productType": "RAW_MATERIAL"}), yard.number("RECEIVING_CREDIT"));
    yard.settings(json!({"accountOverrides": [wood, raw.await?]})).await?;
    let before = yard.balances().await?;
    let done = yard.export(&yard.build("10").await?).await?;
    assert_eq!(done["state"], "SYNCED", "{done}");
    for (role, by) in
        [("BUILD_DEBIT", "62.5"), ("WASTE", "-40"), ("RECEIVING_CREDIT", "-10"), ("BUILD_CREDIT", "-12.5")]
    {
        assert_eq!(yard.moved(&before, role).await?, decimal(by), "{role}");
    }
    let verified = yard.owner.mutate("verifyExport", json!({"exportId": done["id"]}), "matches").await?;
    assert_eq!(verified["matches"], true);
    // Taken back where it went, although everything is chosen otherwise since.
    let taken_back = json!({"accountOverrides": [
        {"role": "BUILD_CREDIT", "category": "Wood", "accountId": null},
        {"role": "BUILD_CREDIT", "productType": "RAW_MATERIAL", "accountId": null},
    ]});
    yard.settings(taken_back).await?;
    let back = yard.owner.mutate("reverseExport", json!({"exportId": done["id"]}), "export { id }").await?;
    assert_eq!(yard.export(&text(&back["export"]["id"])?).await?["state"], "SYNCED");
    assert_eq!(yard.balances().await?, before);
    Ok(())
}

async fn a_voided_receipt_is_taken_back_where_it_and_its_correction_went(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let yard = Yard::open(&database, provider, "SELF_MANAGED").await?;
    yard.choose(&["RECEIVING_DEBIT", "RECEIVING_CREDIT", "WASTE"]).await?;
    let before = yard.balances().await?;
    let receipt = yard.receive(&[("B", "7", "3")]).await?;
    assert_eq!(yard.export(&receipt).await?["state"], "SYNCED");
    let posted = correct(&yard, &receipt, "6").await?;
    assert_eq!(yard.export(&text(&posted["id"])?).await?["state"], "SYNCED");
    assert_eq!(yard.moved(&before, "WASTE").await?, decimal("3"));
    // One that was never posted is never taken back either.
    correct(&yard, &receipt, "5").await?;
    yard.owner.mutate("voidReceipt", json!({"receiptId": receipt}), "receipt { state }").await?;
    let list = "{ exports(filter: {states: [PENDING]}) { nodes { id kind reference } } }";
    let waiting = yard.owner.data(list, Value::Null).await?["exports"]["nodes"].clone();
    let mut references: Vec<&str> =
        waiting.as_array().unwrap().iter().map(|row| row["reference"].as_str().unwrap()).collect();
    references.sort_unstable();
    assert_eq!(references, ["SB-RCV-0001-C1-R", "SB-RCV-0001-R"], "{waiting}");
    for row in waiting.as_array().unwrap() {
        assert_eq!(yard.export(row["id"].as_str().unwrap()).await?["state"], "SYNCED");
    }
    assert_eq!(yard.balances().await?, before);
    Ok(())
}

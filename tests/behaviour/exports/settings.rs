//! Accounts for exports: what may be chosen, what is warned of.

use entity::Role;
use serde_json::{Value, json};
use stockbridge_tests::{Outcome, TestDatabase, on_both_databases};

use super::yard::{Yard, adjusting};

on_both_databases!(accounts_are_checked_when_they_are_chosen, the_receiving_account_brings_a_warning);

const ACCOUNTS: &str = "settings { accounts { role accountName chosenBy account { number } } }";

async fn assigned(yard: &Yard) -> anyhow::Result<Value> {
    Ok(yard.owner.node(&yard.integration, "Integration", ACCOUNTS).await?["settings"]["accounts"].clone())
}

async fn accounts_are_checked_when_they_are_chosen(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    let none = assigned(&yard).await?;
    assert_eq!(none.as_array().unwrap().len(), 7);
    assert_eq!(none[0], json!({"role": "COGS", "accountName": null, "chosenBy": null, "account": null}));
    let choose = |role: &str, id: Value| json!({"integrationId": yard.integration, "accounts": [{"role": role, "accountId": id}]});
    // Inactive, of a wrong class, of nobody.
    for (role, number, code) in [
        ("COGS", "1090", "ACCOUNT_INVALID"),
        ("COGS", "4900", "ACCOUNT_INVALID"),
        ("RECEIVING", "2050", "ACCOUNT_INVALID"),
        ("WASTE", "1300", "ACCOUNT_INVALID"),
        ("BUILD_DEBIT", "4900", "ACCOUNT_INVALID"),
    ] {
        let id = yard.account(number).await?["id"].clone();
        let refusal = yard.owner.refusal("updateIntegrationSettings", choose(role, id)).await?;
        assert_eq!(
            (&refusal["code"], &refusal["path"]),
            (&json!(code), &json!(["input", "accounts"])),
            "{role} {number}"
        );
    }
    let unknown = choose("COGS", json!("acc_01h455vb4pex5vsknk084sn02q"));
    assert_eq!(yard.owner.refusal("updateIntegrationSettings", unknown).await?["code"], "NOT_FOUND");
    // One that keeps a linked item's stock, as it was synced.
    use sea_orm::ConnectionTrait;
    let sql = "UPDATE item SET asset_account = '80' WHERE name = 'Yard B'";
    yard.world.app.db.connection().execute_unprepared(sql).await?;
    let id = yard.account("5000").await?["id"].clone();
    let refusal = yard.owner.refusal("updateIntegrationSettings", choose("COGS", id.clone())).await?;
    assert_eq!(refusal["code"], "ACCOUNT_SAME_AS_ASSET");
    assert!(
        refusal["message"].as_str().unwrap().ends_with("Cost of Goods Sold keeps the stock of Yard B."),
        "{refusal}"
    );
    // Both sides of a pair are one account.
    yard.choose(&["BUILD_DEBIT"]).await?;
    let id = yard.account(yard.number("BUILD_DEBIT")).await?["id"].clone();
    assert_eq!(
        yard.owner.refusal("updateIntegrationSettings", choose("BUILD_CREDIT", id)).await?["code"],
        "ACCOUNT_INVALID"
    );
    let chosen = assigned(&yard).await?;
    assert_eq!(
        chosen[3],
        json!({"role": "BUILD_DEBIT", "accountName": "Work in Process", "chosenBy": "owner", "account": {"number": "1310"}})
    );
    assert_eq!(chosen[0], none[0], "what was refused changed nothing");
    yard.settings(json!({"accounts": [{"role": "BUILD_DEBIT", "accountId": null}]})).await?;
    assert_eq!(assigned(&yard).await?, none);
    let builder = yard.world.client(Role::Builder);
    assert_eq!(
        builder.mutation_fault("updateIntegrationSettings", choose("COGS", Value::Null)).await?.code,
        "FORBIDDEN"
    );
    Ok(())
}

async fn the_receiving_account_brings_a_warning(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    let notices = || yard.owner.node(&yard.integration, "Integration", "notices { severity message help }");
    let before = notices().await?["notices"].clone();
    yard.choose(&["RECEIVING"]).await?;
    let after = notices().await?["notices"].clone();
    let (before, after) = (before.as_array().unwrap(), after.as_array().unwrap());
    assert_eq!(after.len(), before.len() + 1);
    let warning = after.last().unwrap();
    assert!(warning["message"].as_str().unwrap().contains("a second time"), "{warning}");
    assert!(warning["help"].as_str().unwrap().contains("Freight In"), "{warning}");
    Ok(())
}

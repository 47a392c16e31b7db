//! What changed between choice, plan and post, each under its title (behaviour 2.13, 2.14); amounts and days at their edges.

use chrono::{TimeZone, Utc};
use domain::ambient::ManualClock;
use providers::sandbox::SandboxAct;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use stockbridge_tests::{Outcome, TestDatabase, on_both_databases, steps::sync, world::Options};

use super::yard::{Yard, adjusting};

on_both_databases!(
    an_account_that_went_since_it_was_chosen_is_told_by_name,
    an_item_that_went_since_the_sync_is_told_by_name,
    a_company_without_inventory_is_told_before_and_after_the_post,
    what_is_worth_nothing_is_skipped_and_says_why,
    a_journal_is_rounded_at_the_currencys_own_minor_unit,
    a_document_is_of_the_business_own_day,
    every_error_has_its_title,
);

/// Code, title and message of everything that stands in the way.
async fn told(yard: &Yard, document: &str) -> anyhow::Result<Vec<[String; 3]>> {
    let plan = yard.plan(document).await?;
    let checks = plan["checks"].as_array().unwrap();
    let part = |check: &Value, key: &str| check[key].as_str().unwrap().to_owned();
    Ok(checks.iter().map(|check| ["code", "title", "message"].map(|key| part(check, key))).collect())
}

async fn change(yard: &Yard, sql: &str) -> Outcome {
    yard.world.app.db.connection().execute_unprepared(sql).await?;
    Ok(())
}

fn said(code: &str, title: &str, message: &str) -> [String; 3] {
    [code.to_owned(), title.to_owned(), message.to_owned()]
}

async fn an_account_that_went_since_it_was_chosen_is_told_by_name(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    let build = yard.build("1").await?;
    let hash = yard.plan(&build).await?["hash"].clone();
    let name = yard.account("5000").await?["name"].as_str().unwrap().to_owned();
    let check = |why: &str| {
        said(
            "ACCOUNT_INVALID",
            "Account cannot be used",
            &format!("{name}, chosen as the cost of goods sold account, {why}."),
        )
    };
    change(&yard, "UPDATE account SET active = false WHERE number = '5000'").await?;
    assert_eq!(told(&yard, &build).await?, [check("is inactive")]);
    let input = json!({"documentId": build, "planHash": hash});
    assert_eq!(yard.owner.refusal("exportDocument", input).await?["code"], "PLAN_CHANGED");
    change(&yard, "UPDATE account SET active = true, class = 'REVENUE' WHERE number = '5000'").await?;
    assert_eq!(told(&yard, &build).await?, [check("is of a class that cannot be it")]);
    change(&yard, "DELETE FROM account WHERE number = '5000'").await?;
    assert_eq!(told(&yard, &build).await?, [check("is no longer in the accounting system")]);
    assert_eq!(yard.of(&build).await?["state"], "PENDING");
    Ok(())
}

async fn an_item_that_went_since_the_sync_is_told_by_name(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    let (first, second) = (yard.build("1").await?, yard.build("1").await?);
    yard.world.sandbox.act(SandboxAct::SetItemActive { item: yard.items["B"].clone(), active: false }).await?;
    // Nobody synced since: the accounting system refuses, and the reason is kept.
    let failed = yard.export(&first).await?;
    assert_eq!((&failed["state"], &failed["errorTitle"]), (&json!("FAILED"), &json!("Failed")), "{failed}");
    assert!(failed["error"]["message"].as_str().is_some_and(|message| !message.is_empty()), "{failed}");
    let before = yard.counted().await?;
    yard.world.sandbox.act(SandboxAct::SetItemActive { item: yard.items["B"].clone(), active: true }).await?;
    yard.owner.mutate("retryExport", json!({"exportId": failed["id"]}), "export { id }").await?;
    assert_eq!(yard.ended(failed["id"].as_str().unwrap()).await?["state"], "SYNCED");
    assert_ne!(yard.counted().await?, before);
    // Known here, nothing is sent.
    yard.world.sandbox.act(SandboxAct::SetItemActive { item: yard.items["B"].clone(), active: false }).await?;
    sync(&yard.owner, &yard.integration).await?;
    let calls = yard.world.sandbox.calls_of("create InventoryAdjustment").await?;
    assert_eq!(told(&yard, &second).await?[0][..2], ["ITEM_INACTIVE".to_owned(), "Item inactive".to_owned()]);
    assert_eq!(yard.world.sandbox.calls_of("create InventoryAdjustment").await?, calls);
    Ok(())
}

async fn a_company_without_inventory_is_told_before_and_after_the_post(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    let build = yard.build("1").await?;
    yard.world.sandbox.act(SandboxAct::SetInventory(false)).await?;
    let failed = yard.export(&build).await?;
    assert_eq!((&failed["state"], &failed["errorTitle"]), (&json!("FAILED"), &json!("Failed")), "{failed}");
    change(&yard, "UPDATE integration SET company_inventory = false").await?;
    let checks = told(&yard, &build).await?;
    assert_eq!(
        checks,
        [said(
            "UNSUPPORTED_BY_PROVIDER",
            "Not supported by the accounting system",
            "The company's edition of the accounting system does not track inventory, so it takes no adjustments."
        )]
    );
    let refusal = yard.owner.refusal("retryExport", json!({"exportId": failed["id"]})).await?;
    assert_eq!(refusal["code"], "UNSUPPORTED_BY_PROVIDER");
    assert_eq!(yard.of(&build).await?["attempts"], failed["attempts"], "nothing was tried");
    Ok(())
}

async fn what_is_worth_nothing_is_skipped_and_says_why(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SELF_MANAGED").await?;
    yard.choose(&["RECEIVING_DEBIT", "RECEIVING_CREDIT"]).await?;
    let before = yard.balances().await?;
    for (number, cost, worth) in [(1, "0.0049", "0.0049, which rounds to zero"), (2, "0", "zero")] {
        let receipt = yard.receive(&[("A", "1", cost)]).await?;
        let plan = yard.plan(&receipt).await?;
        let why = format!("Receipt {number} is worth {worth}; a journal entry of nothing is not posted.");
        assert_eq!(
            (&plan["ready"], &plan["nothingBecause"], &plan["checks"]),
            (&json!(false), &json!(why), &json!([]))
        );
        let done = yard.export(&receipt).await?;
        assert_eq!(
            (&done["state"], &done["skippedBecause"], &done["attempts"]),
            (&json!("SKIPPED"), &json!(why), &json!([]))
        );
    }
    assert_eq!(yard.balances().await?, before);
    Ok(())
}

async fn a_journal_is_rounded_at_the_currencys_own_minor_unit(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SELF_MANAGED").await?;
    yard.choose(&["RECEIVING_DEBIT", "RECEIVING_CREDIT"]).await?;
    let receipt = yard.receive(&[("A", "1", "10.1235")]).await?;
    // A client of another role for each, because an actor is remembered for some seconds.
    for (currency, role, posted, residue) in
        [("JPY", entity::Role::Accountant, "10", "0.1235"), ("KWD", entity::Role::Admin, "10.124", "-0.0005")]
    {
        change(&yard, &format!("UPDATE business SET currency = '{currency}'")).await?;
        change(&yard, &format!("UPDATE integration SET company_currency = '{currency}'")).await?;
        let client = yard.world.client(role);
        let plan =
            client.mutate("planExport", json!({"documentId": receipt}), super::yard::PLAN).await?["plan"].clone();
        let draft = &plan["draft"];
        let amounts: Vec<&Value> =
            draft["journal"].as_array().unwrap().iter().map(|line| &line["amount"]["amount"]).collect();
        assert_eq!(
            (amounts, &draft["residue"]["amount"]),
            (vec![&json!(posted); 2], &json!(residue)),
            "{currency}: {plan}"
        );
        assert_eq!(plan["checks"], json!([]));
    }
    Ok(())
}

async fn a_document_is_of_the_business_own_day(database: TestDatabase) -> Outcome {
    // Half past ten in the evening of the last of the month in Los Angeles is the next month in UTC.
    let tomorrow = Utc::now().date_naive() + chrono::Days::new(1);
    let moment = Utc.from_utc_datetime(&tomorrow.and_hms_opt(5, 30, 0).unwrap());
    let clock = Some(std::sync::Arc::new(ManualClock::new(moment.into())));
    let yard =
        Yard::with(&database, Options { clock, provider: Some(adjusting()), ..Options::default() }, "SYNC").await?;
    yard.choose(&["COGS", "RECEIVING"]).await?;
    let own = (tomorrow - chrono::Days::new(1)).to_string();
    for document in [yard.build("1").await?, yard.receive(&[("A", "1", "2")]).await?] {
        assert_eq!(yard.plan(&document).await?["draft"]["date"], json!(own));
    }
    Ok(())
}

async fn every_error_has_its_title(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    let build = yard.build("1").await?;
    let title = async |sql: &str, back: &str| -> anyhow::Result<Vec<String>> {
        change(&yard, sql).await?;
        let titles = told(&yard, &build).await?.into_iter().map(|[_, title, _]| title).collect();
        change(&yard, back).await?;
        Ok(titles)
    };
    assert_eq!(title("SELECT 1", "SELECT 1").await?, ["Account not configured"]);
    yard.choose(&["COGS"]).await?;
    let expired =
        title("UPDATE integration SET status = 'EXPIRED'", "UPDATE integration SET status = 'ACTIVE'").await?;
    assert_eq!(expired, ["Connection expired"]);
    let cogs = yard.account("5000").await?["externalId"].as_str().unwrap().to_owned();
    let own = yard.account("1310").await?["externalId"].as_str().unwrap().to_owned();
    let same = format!("UPDATE item SET asset_account = '{cogs}' WHERE name = 'Yard B'");
    let same = title(&same, &format!("UPDATE item SET asset_account = '{own}' WHERE name = 'Yard B'")).await?;
    assert_eq!(same, ["Inventory adjustment account must be different than the inventory asset account"]);
    let unlink = json!({"productId": yard.product("B"), "integrationId": yard.integration});
    yard.owner.mutate("unlinkProduct", unlink, "product { id }").await?;
    assert_eq!(title("SELECT 1", "SELECT 1").await?, ["Product not linked to accounting item"]);
    Ok(())
}

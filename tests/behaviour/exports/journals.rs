//! What holds for exports in self-managed mode holds with every accounting system that takes journals, books in files
//! among them (statements 64, 66, 69 to 73, 75).

use providers::{model::DocumentKind, registry::ProviderEntry, sandbox::SandboxAct};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use stockbridge_tests::{Outcome, TestDatabase, with_every_provider, workshop::text};

use super::yard::{Yard, keeps_journals};

with_every_provider!(
    s064_an_unlinked_component_is_named_in_self_managed_mode if keeps_journals,
    s066_without_the_pair_the_accounts_are_asked_for if keeps_journals,
    s069_an_executed_build_becomes_a_journal_by_itself if keeps_journals,
    s070_with_review_on_no_journal_goes_before_approval if keeps_journals,
    s071_in_manual_mode_a_journal_waits_for_a_user if keeps_journals,
    s072_s073_a_refused_journal_is_kept_and_retried if keeps_journals,
    s075_a_journal_in_the_books_is_not_exported_again if keeps_journals,
    two_people_at_once_post_one_journal if keeps_journals,
    a_run_posts_each_journal_once if keeps_journals,
);

const PAIR: [&str; 2] = ["BUILD_DEBIT", "BUILD_CREDIT"];

async fn open(database: &TestDatabase, provider: &'static ProviderEntry) -> anyhow::Result<Yard> {
    let yard = Yard::open(database, provider, "SELF_MANAGED").await?;
    yard.choose(&PAIR).await?;
    Ok(yard)
}

async fn s064_an_unlinked_component_is_named_in_self_managed_mode(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let yard = open(&database, provider).await?;
    yard.owner
        .mutate(
            "unlinkProduct",
            json!({"productId": yard.product("B"), "integrationId": yard.integration}),
            "product { id }",
        )
        .await?;
    let build = yard.build("2").await?;
    let plan = yard.plan(&build).await?;
    let check = &plan["checks"][0];
    assert_eq!((&plan["ready"], &check["code"]), (&json!(false), &json!("PRODUCT_NOT_LINKED")), "{plan}");
    assert_eq!(
        (&check["recordId"], &check["title"]),
        (&json!(yard.product("B")), &json!("Product not linked to accounting item"))
    );
    let (before, balances) = (yard.of(&build).await?, yard.balances().await?);
    let refusal = yard.owner.refusal("exportDocument", json!({"documentId": build, "planHash": plan["hash"]})).await?;
    assert_eq!(refusal["message"], check["message"]);
    assert_eq!((yard.of(&build).await?, yard.balances().await?), (before, balances));
    Ok(())
}

async fn s066_without_the_pair_the_accounts_are_asked_for(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let yard = Yard::open(&database, provider, "SELF_MANAGED").await?;
    yard.choose(&["COGS"]).await?;
    let build = yard.build("2").await?;
    let plan = yard.plan(&build).await?;
    let roles: Vec<Value> = plan["checks"].as_array().unwrap().iter().map(|check| check["role"].clone()).collect();
    assert_eq!(yard.checks(&build).await?, ["ACCOUNT_NOT_CONFIGURED"; 2]);
    assert_eq!(roles, PAIR.map(|role| json!(role)));
    yard.choose(&PAIR).await?;
    assert_eq!(yard.checks(&build).await?, [""; 0]);
    Ok(())
}

async fn s069_an_executed_build_becomes_a_journal_by_itself(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let yard = open(&database, provider).await?;
    yard.settings(json!({"exportMode": "AUTOMATIC"})).await?;
    let build = yard.build("2").await?;
    let done = yard.ended(yard.of(&build).await?["id"].as_str().unwrap()).await?;
    assert_eq!((&done["state"], &done["automatic"]), (&json!("SYNCED"), &json!(true)), "{done}");
    assert!(done["externalId"].is_string());
    assert_eq!(yard.posted(DocumentKind::JournalEntry, &done["reference"]).await?, 1);
    Ok(())
}

async fn s070_with_review_on_no_journal_goes_before_approval(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let yard = open(&database, provider).await?;
    yard.settings(json!({"exportMode": "AUTOMATIC"})).await?;
    yard.world.app.db.connection().execute_unprepared("UPDATE business SET qa_review = true").await?;
    let build = yard.build("2").await?;
    assert_eq!(yard.of(&build).await?, Value::Null);
    yard.owner.mutate("approveBuild", json!({"buildId": build}), "build { state }").await?;
    assert_eq!(yard.ended(yard.of(&build).await?["id"].as_str().unwrap()).await?["state"], "SYNCED");
    Ok(())
}

async fn s071_in_manual_mode_a_journal_waits_for_a_user(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let yard = open(&database, provider).await?;
    let build = yard.build("2").await?;
    let waiting = yard.of(&build).await?;
    assert_eq!((&waiting["state"], &waiting["queued"]), (&json!("PENDING"), &json!(false)));
    assert_eq!(yard.world.app.poster.due(10).await?, []);
    assert_eq!(yard.posted(DocumentKind::JournalEntry, &waiting["reference"]).await?, 0);
    assert_eq!(yard.export(&build).await?["state"], "SYNCED");
    Ok(())
}

async fn s072_s073_a_refused_journal_is_kept_and_retried(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let yard = open(&database, provider).await?;
    let build = yard.build("2").await?;
    let plan = yard.plan(&build).await?;
    let tomorrow = chrono::Utc::now().date_naive() + chrono::Days::new(1);
    yard.world.sandbox.act(SandboxAct::CloseBooks(Some(tomorrow))).await?;
    let input = json!({"documentId": build, "planHash": plan["hash"]});
    let queued = yard.owner.mutate("exportDocument", input, "export { id reference }").await?["export"].clone();
    let failed = yard.ended(queued["id"].as_str().unwrap()).await?;
    assert_eq!((&failed["state"], &failed["error"]["code"]), (&json!("FAILED"), &json!("PERIOD_CLOSED")), "{failed}");
    assert!(failed["error"]["message"].is_string() && failed["error"]["help"].is_string(), "{failed}");
    assert_eq!(yard.posted(DocumentKind::JournalEntry, &failed["reference"]).await?, 0);
    assert_eq!(yard.owner.node(&build, "Build", "totalValue { amount }").await?["totalValue"]["amount"], "12.5");
    yard.world.sandbox.act(SandboxAct::CloseBooks(None)).await?;
    yard.owner.mutate("retryExport", json!({"exportId": failed["id"]}), "export { id }").await?;
    let done = yard.ended(failed["id"].as_str().unwrap()).await?;
    assert_eq!(
        (&done["state"], &done["error"], &done["reference"]),
        (&json!("SYNCED"), &Value::Null, &failed["reference"])
    );
    assert_eq!(yard.posted(DocumentKind::JournalEntry, &done["reference"]).await?, 1);
    Ok(())
}

async fn s075_a_journal_in_the_books_is_not_exported_again(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let yard = open(&database, provider).await?;
    let build = yard.build("2").await?;
    let done = yard.export(&build).await?;
    let plan = yard.plan(&build).await?;
    let refusal = yard.owner.refusal("exportDocument", json!({"documentId": build, "planHash": plan["hash"]})).await?;
    assert_eq!(refusal["code"], "ALREADY_EXPORTED");
    assert_eq!(yard.of(&build).await?, done);
    assert_eq!(yard.posted(DocumentKind::JournalEntry, &done["reference"]).await?, 1);
    Ok(())
}

async fn two_people_at_once_post_one_journal(database: TestDatabase, provider: &'static ProviderEntry) -> Outcome {
    let yard = open(&database, provider).await?;
    let build = yard.build("2").await?;
    let input = json!({"documentId": build, "planHash": yard.plan(&build).await?["hash"]});
    let accountant = yard.world.client(entity::Role::Accountant);
    let asked =
        [&yard.owner, &accountant].map(|person| person.payload("exportDocument", input.clone(), "export { id }"));
    let answers = futures::future::try_join_all(asked).await?;
    let queued: Vec<&Value> = answers.iter().filter(|answer| !answer["export"].is_null()).collect();
    assert_eq!(queued.len(), 1, "{answers:?}");
    let done = yard.ended(&text(&queued[0]["export"]["id"])?).await?;
    assert_eq!((&done["state"], done["attempts"].as_array().unwrap().len()), (&json!("SYNCED"), 1), "{done}");
    assert_eq!(yard.posted(DocumentKind::JournalEntry, &done["reference"]).await?, 1);
    Ok(())
}

async fn a_run_posts_each_journal_once(database: TestDatabase, provider: &'static ProviderEntry) -> Outcome {
    let yard = open(&database, provider).await?;
    let mut builds = Vec::new();
    for _ in 0..5 {
        builds.push(yard.build("1").await?);
    }
    let before = yard.balances().await?;
    let started = yard.owner.mutate("exportPending", json!({}), "run { id }").await?;
    let run = stockbridge_tests::steps::ended(&yard.owner, &text(&started["run"]["id"])?).await?;
    assert_eq!((&run["state"], &run["done"]), (&json!("SUCCEEDED"), &json!(5)), "{run}");
    for build in &builds {
        let done = yard.of(build).await?;
        assert_eq!(yard.posted(DocumentKind::JournalEntry, &done["reference"]).await?, 1, "{done}");
    }
    assert_eq!(yard.moved(&before, "BUILD_DEBIT").await?, super::yard::decimal("31.25"));
    Ok(())
}

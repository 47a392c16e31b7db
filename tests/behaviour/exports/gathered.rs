//! Journals that gather a day: one entry, told on each document, and nothing twice, whatever the setting was when.

use std::time::Duration;

use providers::{
    model::DocumentKind,
    registry::ProviderEntry,
    sandbox::{FaultTarget, SandboxAct, Trouble},
};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use stockbridge_tests::{
    Outcome, TestDatabase, on_both_databases, with_every_provider,
    workshop::text,
    world::{Options, held_clock},
};

use super::yard::{Yard, adjusting, decimal, posts};

with_every_provider!(
    a_days_builds_are_one_journal if posts,
    changing_the_setting_posts_nothing_twice if posts,
    what_a_kill_leaves_of_a_journal_is_taken_up_again if posts,
);
on_both_databases!(
    a_day_is_gathered_by_itself_when_it_is_over,
    a_refused_journal_is_told_on_each_document_and_retried_with_all,
    a_document_that_is_taken_back_leaves_its_journal,
    two_gateways_at_once_gather_once,
    what_became_of_a_journal_is_accepted_as_it_was_seen,
);

const JOURNAL: &str = "id kind state reference externalId errorTitle error { code } attempts { outcome } \
     gatheredIn { id reference } gathers { id } drift { state version } \
     draft { ... on JournalEntryDraft { documents { exportId label } residue { amount } journal: lines { side amount { amount } } } }";

async fn open(database: &TestDatabase, provider: &'static ProviderEntry, options: Options) -> anyhow::Result<Yard> {
    let yard = Yard::with(database, Options { provider: Some(provider), ..options }, "SELF_MANAGED").await?;
    yard.choose(&["BUILD_DEBIT", "BUILD_CREDIT", "RECEIVING_DEBIT", "RECEIVING_CREDIT"]).await?;
    yard.settings(json!({"journalGranularity": "DAY_AND_KIND"})).await?;
    Ok(yard)
}

async fn read(yard: &Yard, export: &Value) -> anyhow::Result<Value> {
    yard.owner.node(export.as_str().unwrap(), "Export", JOURNAL).await
}

/// Posts what waits; the journals' ids.
async fn post(yard: &Yard) -> anyhow::Result<Vec<Value>> {
    let input = json!({"integrationId": yard.integration});
    let posted = yard.owner.mutate("postDayJournals", input, "exports { id }").await?;
    Ok(posted["exports"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect())
}

/// Builds ten chairs, asks for the export, and waits until it waits for the end of the day; the export's id.
async fn waiting(yard: &Yard) -> anyhow::Result<Value> {
    let queued = yard.queue(&yard.build("10").await?).await?;
    let id = queued["id"].as_str().unwrap();
    let far = |row: &Value| row["nextAttemptAt"].as_str() > row["createdAt"].as_str();
    loop {
        let row = yard.owner.node(id, "Export", "state queued createdAt nextAttemptAt attempts { number }").await?;
        assert_eq!((&row["state"], &row["queued"], &row["attempts"]), (&json!("PENDING"), &json!(true), &json!([])));
        let next = chrono::DateTime::parse_from_rfc3339(row["nextAttemptAt"].as_str().unwrap())?;
        let made = chrono::DateTime::parse_from_rfc3339(row["createdAt"].as_str().unwrap())?;
        // Some second of a day is its last; then it is gathered in the next.
        if far(&row) && next - made > chrono::TimeDelta::seconds(5) {
            return Ok(queued["id"].clone());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn journals(yard: &Yard, references: &[&Value]) -> anyhow::Result<usize> {
    let mut posted = 0;
    for reference in references {
        posted += yard.posted(DocumentKind::JournalEntry, reference).await?;
    }
    Ok(posted)
}

async fn a_days_builds_are_one_journal(database: TestDatabase, provider: &'static ProviderEntry) -> Outcome {
    let yard = open(&database, provider, Options::default()).await?;
    let before = yard.balances().await?;
    let (one, two) = (waiting(&yard).await?, waiting(&yard).await?);
    assert_eq!(yard.balances().await?, before, "nothing is posted before the day is over");
    let ids = post(&yard).await?;
    assert_eq!(ids.len(), 1);
    let input = json!({"integrationId": yard.integration});
    let stranger = yard.world.client_of(yard.world.another_business("Other").await?, entity::Role::Owner);
    assert_eq!(stranger.refusal("postDayJournals", input.clone()).await?["code"], "NOT_FOUND");
    let builder = yard.world.client(entity::Role::Builder);
    assert_eq!(builder.mutation_fault("postDayJournals", input).await?.code, "FORBIDDEN");
    yard.ended(ids[0].as_str().unwrap()).await?;
    let journal = read(&yard, &ids[0]).await?;
    assert_eq!(
        (&journal["state"], &journal["kind"], &journal["gathers"]),
        (&json!("SYNCED"), &json!("BUILD"), &json!([{"id": one}, {"id": two}])),
        "{journal}"
    );
    let line = |side: &str| json!({"side": side, "amount": {"amount": "125"}});
    assert_eq!(journal["draft"]["journal"], json!([line("DEBIT"), line("CREDIT")]));
    assert_eq!(
        journal["draft"]["documents"],
        json!([{"exportId": one, "label": "Build 1"}, {"exportId": two, "label": "Build 2"}])
    );
    for member in [&one, &two] {
        let member = read(&yard, member).await?;
        assert_eq!(
            (&member["state"], &member["externalId"], &member["gatheredIn"]["id"], &member["attempts"]),
            (&json!("SYNCED"), &journal["externalId"], &ids[0], &journal["attempts"]),
            "{member}"
        );
        assert_eq!(journals(&yard, &[&member["reference"]]).await?, 0, "its own reference is not in the books");
        let verified = yard.owner.mutate("verifyExport", json!({"exportId": member["id"]}), "matches").await?;
        assert_eq!(verified["matches"], true);
    }
    assert_eq!(journals(&yard, &[&journal["reference"]]).await?, 1);
    assert_eq!(yard.moved(&before, "BUILD_DEBIT").await?, decimal("125"));
    // What comes late goes into a further journal of the day.
    let late = waiting(&yard).await?;
    let further = post(&yard).await?;
    yard.ended(further[0].as_str().unwrap()).await?;
    let further = read(&yard, &further[0]).await?;
    assert_eq!((&further["state"], &further["gathers"]), (&json!("SYNCED"), &json!([{"id": late}])));
    let numbered = |row: &Value| row["reference"].as_str().unwrap().rsplit_once('-').map(|(_, place)| place.to_owned());
    assert_eq!((numbered(&journal), numbered(&further)), (Some("1".to_owned()), Some("2".to_owned())));
    assert_eq!(yard.moved(&before, "BUILD_DEBIT").await?, decimal("187.5"));
    // One of them is taken back, and nothing of the others.
    let refusal = yard.owner.refusal("reverseExport", json!({"exportId": ids[0]})).await?;
    assert_eq!(refusal["code"], "INVALID_STATE");
    let back = yard.owner.mutate("reverseExport", json!({"exportId": one}), "export { id }").await?;
    yard.queue(&text(&back["export"]["id"])?).await?;
    // It waits for the end of the day like the others; one that is asked for now is posted now.
    loop {
        let posted = post(&yard).await?;
        if let Some(id) = posted.first() {
            assert_eq!(yard.ended(id.as_str().unwrap()).await?["state"], "SYNCED");
            break;
        }
    }
    assert_eq!(yard.moved(&before, "BUILD_DEBIT").await?, decimal("125"));
    let again = yard.owner.refusal("retryExport", json!({"exportId": one})).await?;
    assert_eq!(again["code"], "ALREADY_EXPORTED");
    Ok(())
}

async fn a_day_is_gathered_by_itself_when_it_is_over(database: TestDatabase) -> Outcome {
    let options = Options { clock: Some(held_clock()), ..Options::default() };
    let yard = open(&database, adjusting(), options).await?;
    yard.settings(json!({"exportMode": "AUTOMATIC"})).await?;
    let one = yard.of(&yard.build("10").await?).await?["id"].clone();
    let two = yard.of(&yard.build("2").await?).await?["id"].clone();
    let receipt = yard.of(&yard.receive(&[("A", "5", "2")]).await?).await?["id"].clone();
    for id in [&one, &two, &receipt] {
        yard.until(id.as_str().unwrap(), |row| !row["draft"].is_null()).await?;
        assert_eq!(yard.read(id.as_str().unwrap()).await?["state"], "PENDING");
    }
    yard.world.advance(Duration::from_secs(2 * 24 * 3600));
    for id in [&one, &two, &receipt] {
        assert_eq!(yard.ended(id.as_str().unwrap()).await?["state"], "SYNCED");
    }
    let [one, two, receipt] = [read(&yard, &one).await?, read(&yard, &two).await?, read(&yard, &receipt).await?];
    assert_eq!(one["gatheredIn"], two["gatheredIn"]);
    assert_ne!(one["gatheredIn"], receipt["gatheredIn"], "kinds are not mixed");
    let references = [&one["gatheredIn"]["reference"], &receipt["gatheredIn"]["reference"]];
    assert_eq!(journals(&yard, &references).await?, 2);
    Ok(())
}

async fn changing_the_setting_posts_nothing_twice(database: TestDatabase, provider: &'static ProviderEntry) -> Outcome {
    let yard = open(&database, provider, Options::default()).await?;
    let before = yard.balances().await?;
    let set = async |granularity: &str| yard.settings(json!({"journalGranularity": granularity})).await;
    // Waits under the one, goes by itself under the other.
    let alone = waiting(&yard).await?;
    set("DOCUMENT").await?;
    assert_eq!(yard.ended(alone.as_str().unwrap()).await?["state"], "SYNCED");
    let alone = read(&yard, &alone).await?;
    let none = yard.owner.refusal("postDayJournals", json!({"integrationId": yard.integration})).await?;
    assert_eq!(none["code"], "INVALID_STATE");
    assert_eq!((&alone["gatheredIn"], journals(&yard, &[&alone["reference"]]).await?), (&Value::Null, 1));
    // Sent by itself without an answer, and finished by itself after the change.
    yard.world.sandbox.break_next(1, FaultTarget::Writes, Trouble::Reset { committed: true }).await?;
    let lost = yard.queue(&yard.build("10").await?).await?["id"].clone();
    yard.until(lost.as_str().unwrap(), |row| row["attempts"] != json!([])).await?;
    set("DAY_AND_KIND").await?;
    let gathered = waiting(&yard).await?;
    assert_eq!(yard.ended(lost.as_str().unwrap()).await?["state"], "SYNCED");
    let lost = read(&yard, &lost).await?;
    // Gathered, sent without an answer, and the setting changes back before anybody knows.
    yard.world.sandbox.break_next(1, FaultTarget::Writes, Trouble::Reset { committed: true }).await?;
    let ids = post(&yard).await?;
    set("DOCUMENT").await?;
    let refusal = yard.owner.refusal("retryExport", json!({"exportId": gathered})).await;
    if let Ok(refusal) = refusal {
        assert!(["INVALID_STATE", "ALREADY_EXPORTED"].contains(&refusal["code"].as_str().unwrap()), "{refusal}");
    }
    let mut references = vec![alone["reference"].clone(), lost["reference"].clone()];
    for id in &ids {
        assert_eq!(yard.ended(id.as_str().unwrap()).await?["state"], "SYNCED");
        references.push(read(&yard, id).await?["reference"].clone());
    }
    assert_eq!(yard.ended(gathered.as_str().unwrap()).await?["state"], "SYNCED");
    references.push(read(&yard, &gathered).await?["reference"].clone());
    let references: Vec<&Value> = references.iter().collect();
    assert_eq!(journals(&yard, &references).await?, 3, "three builds, three entries");
    assert_eq!(yard.moved(&before, "BUILD_DEBIT").await?, decimal("187.5"));
    Ok(())
}

async fn what_a_kill_leaves_of_a_journal_is_taken_up_again(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let yard = open(&database, provider, Options::default()).await?;
    let before = yard.balances().await?;
    let member = waiting(&yard).await?;
    let ids = post(&yard).await?;
    let id = ids[0].as_str().unwrap();
    yard.ended(id).await?;
    // As a kill leaves it before the answer was kept.
    let connection = yard.world.app.db.connection();
    connection.execute_unprepared("DELETE FROM export_attempt").await?;
    let members =
        "UPDATE export SET state = 'SENDING', external_id = NULL, exported_at = NULL WHERE gathered_in IS NOT NULL";
    connection.execute_unprepared(members).await?;
    let journal = "UPDATE export SET state = 'SENDING', external_id = NULL, exported_at = NULL, due_at = created_at, \
         attempts = 1 WHERE source = 'JOURNAL'";
    connection.execute_unprepared(journal).await?;
    yard.until(id, |row| row["state"] == "SYNCED").await?;
    let done = read(&yard, &ids[0]).await?;
    assert_eq!(done["attempts"], json!([{"outcome": "FOUND"}]), "{done}");
    let member = read(&yard, &member).await?;
    assert_eq!((&member["state"], &member["externalId"]), (&json!("SYNCED"), &done["externalId"]));
    assert_eq!(journals(&yard, &[&done["reference"]]).await?, 1);
    assert_eq!(yard.moved(&before, "BUILD_DEBIT").await?, decimal("62.5"));
    Ok(())
}

async fn a_refused_journal_is_told_on_each_document_and_retried_with_all(database: TestDatabase) -> Outcome {
    let yard = open(&database, adjusting(), Options::default()).await?;
    let before = yard.balances().await?;
    let (one, two) = (waiting(&yard).await?, waiting(&yard).await?);
    let today = chrono::Utc::now().date_naive() + chrono::Days::new(2);
    yard.world.sandbox.act(SandboxAct::CloseBooks(Some(today))).await?;
    let ids = post(&yard).await?;
    yard.ended(ids[0].as_str().unwrap()).await?;
    for id in [&ids[0], &one, &two] {
        let row = read(&yard, id).await?;
        assert_eq!(
            (&row["state"], &row["errorTitle"], &row["error"]["code"]),
            (&json!("FAILED"), &json!("Books closed"), &json!("PERIOD_CLOSED")),
            "{row}"
        );
    }
    // By itself none of them goes; with the journal all do.
    let plan = yard.plan(one.as_str().unwrap()).await?;
    let input = json!({"documentId": one, "planHash": plan["hash"]});
    assert_eq!(yard.owner.refusal("exportDocument", input).await?["code"], "INVALID_STATE");
    yard.world.sandbox.act(SandboxAct::CloseBooks(None)).await?;
    yard.owner.mutate("retryExport", json!({"exportId": two}), "export { id }").await?;
    for id in [&ids[0], &one, &two] {
        assert_eq!(yard.ended(id.as_str().unwrap()).await?["state"], "SYNCED");
    }
    let journal = read(&yard, &ids[0]).await?;
    assert_eq!(journals(&yard, &[&journal["reference"]]).await?, 1);
    assert_eq!(yard.moved(&before, "BUILD_DEBIT").await?, decimal("125"));
    Ok(())
}

async fn a_document_that_is_taken_back_leaves_its_journal(database: TestDatabase) -> Outcome {
    let yard = open(&database, adjusting(), Options::default()).await?;
    let before = yard.balances().await?;
    let (one, two) = (yard.build("10").await?, yard.build("2").await?);
    for build in [&one, &two] {
        yard.queue(build).await?;
    }
    let connection = yard.world.app.db.connection();
    connection.execute_unprepared("UPDATE integration SET status = 'EXPIRED'").await?;
    let ids = loop {
        let ids = post(&yard).await?;
        if !ids.is_empty() {
            break ids;
        }
    };
    assert_eq!(read(&yard, &ids[0]).await?["gathers"].as_array().unwrap().len(), 2);
    yard.owner.mutate("reverseBuild", json!({"buildId": two}), "build { state }").await?;
    let gone = yard.of(&two).await?;
    assert_eq!((&gone["state"], &gone["queued"]), (&json!("SKIPPED"), &json!(false)), "{gone}");
    connection.execute_unprepared("UPDATE integration SET status = 'ACTIVE'").await?;
    assert_eq!(yard.ended(ids[0].as_str().unwrap()).await?["state"], "SYNCED");
    let journal = read(&yard, &ids[0]).await?;
    assert_eq!(journal["gathers"], json!([{"id": yard.of(&one).await?["id"]}]));
    assert_eq!(yard.moved(&before, "BUILD_DEBIT").await?, decimal("62.5"));
    // A journal that all have left is not posted.
    let last = yard.build("1").await?;
    yard.queue(&last).await?;
    connection.execute_unprepared("UPDATE integration SET status = 'EXPIRED'").await?;
    let ids = loop {
        let ids = post(&yard).await?;
        if !ids.is_empty() {
            break ids;
        }
    };
    yard.owner.mutate("reverseBuild", json!({"buildId": last}), "build { state }").await?;
    connection.execute_unprepared("UPDATE integration SET status = 'ACTIVE'").await?;
    assert_eq!(yard.ended(ids[0].as_str().unwrap()).await?["state"], "SKIPPED");
    assert_eq!(yard.moved(&before, "BUILD_DEBIT").await?, decimal("62.5"));
    Ok(())
}

async fn two_gateways_at_once_gather_once(database: TestDatabase) -> Outcome {
    let options = Options { clock: Some(held_clock()), ..Options::default() };
    let yard = open(&database, adjusting(), options).await?;
    let before = yard.balances().await?;
    let other = yard.world.another_gateway(false).await?;
    let mut members = Vec::new();
    for _ in 0..4 {
        members.push(waiting(&yard).await?);
    }
    // Asked for in both at once, while the day ends and the workers of both look.
    yard.world.advance(Duration::from_secs(2 * 24 * 3600));
    let input = json!({"integrationId": yard.integration});
    let theirs = other.owner();
    let (one, two) = tokio::join!(
        yard.owner.mutate("postDayJournals", input.clone(), "exports { id }"),
        theirs.mutate("postDayJournals", input, "exports { id }"),
    );
    let (one, two) = (one?, two?);
    assert!(one["exports"].as_array().unwrap().len() + two["exports"].as_array().unwrap().len() <= 1, "{one} {two}");
    let mut journals = Vec::new();
    for member in &members {
        assert_eq!(yard.ended(member.as_str().unwrap()).await?["state"], "SYNCED");
        journals.push(read(&yard, member).await?["gatheredIn"]["id"].clone());
    }
    assert!(journals.iter().all(|journal| *journal == journals[0] && journal.is_string()), "{journals:?}");
    assert_eq!(yard.moved(&before, "BUILD_DEBIT").await?, decimal("250"));
    Ok(())
}

async fn what_became_of_a_journal_is_accepted_as_it_was_seen(database: TestDatabase) -> Outcome {
    let yard = open(&database, adjusting(), Options::default()).await?;
    let member = waiting(&yard).await?;
    let ids = post(&yard).await?;
    yard.ended(ids[0].as_str().unwrap()).await?;
    let journal = read(&yard, &ids[0]).await?;
    let edit = || SandboxAct::EditDocument {
        kind: DocumentKind::JournalEntry,
        external_id: text(&journal["externalId"]).unwrap(),
    };
    let integration = entity::TypedId::parse(&yard.integration)?;
    yard.world.sandbox.act(edit()).await?;
    yard.world.app.watcher.look(yard.world.business, integration).await?;
    let list = "{ exports(filter: {drifted: true}) { nodes { id } } }";
    let drifted = yard.owner.data(list, Value::Null).await?["exports"]["nodes"].clone();
    assert_eq!(drifted, json!([{"id": ids[0]}]), "the document in the books is the journal");
    let seen = read(&yard, &member).await?["drift"].clone();
    assert_eq!(seen["state"], "DRIFTED");
    // It is changed again before the user has decided.
    yard.world.sandbox.act(edit()).await?;
    yard.world.app.watcher.look(yard.world.business, integration).await?;
    let accept = |version: &Value| json!({"exportId": member, "version": version});
    let refusal = yard.owner.refusal("acceptExportDrift", accept(&seen["version"])).await?;
    assert_eq!((&refusal["code"], &refusal["path"]), (&json!("PLAN_CHANGED"), &json!(["input", "version"])));
    let now = read(&yard, &member).await?["drift"].clone();
    assert_eq!(now["state"], "DRIFTED", "a refusal changes nothing");
    yard.owner.mutate("acceptExportDrift", accept(&now["version"]), "export { id }").await?;
    assert_eq!(read(&yard, &ids[0]).await?["drift"]["state"], "ACCEPTED");
    Ok(())
}

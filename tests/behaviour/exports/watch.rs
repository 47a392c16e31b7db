//! Posted documents that a person edits, voids or deletes in the accounting system are noticed within one cycle, with the
//! exact difference; nothing else is reported (issue 5, "Human edits, voids and deletes").

use std::time::Duration;

use domain::{
    call_log::Correlation,
    export::{WatchPace, Watcher},
};
use entity::{IntegrationId, Role, TypedId};
use providers::{
    model::{DocumentKind, DraftHead, JournalDraft, JournalLine, Side},
    registry::ProviderEntry,
    sandbox::{FaultTarget, SandboxAct, Trouble},
};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use stockbridge_tests::{Outcome, TestDatabase, on_both_databases, with_every_provider, workshop::text};

use super::yard::{Yard, adjusting, decimal, posts};

with_every_provider!(
    an_edit_is_found_in_one_cycle if posts,
    a_comparison_that_finds_an_edit_makes_it_known if posts,
    what_is_removed_is_found_in_one_cycle if posts,
    what_people_do_in_the_systems_own_pages_is_found_in_one_cycle if posts,
    a_document_of_somebody_else_is_not_reported if posts,
    what_was_accepted_is_not_reported_until_it_changes if posts,
    a_cycle_without_answers_reports_nothing_and_loses_nothing if posts,
    a_quiet_cycle_over_a_hundred_documents_is_one_call if posts_adjustments,
    a_quiet_cycle_over_a_hundred_journals_is_one_call if posts_journals_alone,
    what_is_gone_is_posted_again_once if posts,
    a_posted_build_is_reversed_by_its_opposite if posts,
);
on_both_databases!(
    a_cycle_that_breaks_off_half_way_goes_on_where_it_was,
    a_drift_ends_when_the_document_is_made_right,
    where_deletions_are_not_told_documents_are_read_in_turns,
    two_gateways_look_once,
);

const DRIFT: &str = "drift { state differences { what ours theirs } foundAt checkedAt acceptedBy }";

fn mode(provider: &ProviderEntry) -> &'static str {
    if provider.capability.inventory_adjustments { "SYNC" } else { "SELF_MANAGED" }
}

/// A workshop with so many exported builds of ten chairs each, and what they became.
async fn posted(
    database: &TestDatabase,
    provider: &'static ProviderEntry,
    builds: usize,
) -> anyhow::Result<(Yard, Vec<Value>, DocumentKind)> {
    let yard = Yard::open(database, provider, mode(provider)).await?;
    let (roles, kind): (&[&str], _) = match provider.capability.inventory_adjustments {
        true => (&["COGS"], DocumentKind::InventoryAdjustment),
        false => (&["BUILD_DEBIT", "BUILD_CREDIT"], DocumentKind::JournalEntry),
    };
    yard.choose(roles).await?;
    let mut exports = Vec::new();
    for _ in 0..builds {
        let done = yard.export(&yard.build("10").await?).await?;
        assert_eq!(done["state"], "SYNCED", "{done}");
        exports.push(done);
    }
    Ok((yard, exports, kind))
}

async fn look(yard: &Yard) -> domain::Result<()> {
    let integration = IntegrationId::parse(&yard.integration).unwrap();
    yard.world.app.watcher.look(yard.world.business, integration).await
}

async fn drift(yard: &Yard, export: &Value) -> anyhow::Result<Value> {
    Ok(yard.owner.node(export["id"].as_str().unwrap(), "Export", DRIFT).await?["drift"].clone())
}

/// Ids of exports that wait for somebody to decide.
async fn drifted(yard: &Yard) -> anyhow::Result<Vec<Value>> {
    let list = "{ exports(filter: {drifted: true}) { totalCount nodes { id } } }";
    let list = yard.owner.data(list, Value::Null).await?["exports"].clone();
    let nodes = list["nodes"].as_array().unwrap();
    assert_eq!(list["totalCount"], nodes.len());
    Ok(nodes.iter().map(|node| node["id"].clone()).collect())
}

async fn edit(yard: &Yard, kind: DocumentKind, export: &Value) -> Outcome {
    let external_id = text(&export["externalId"])?;
    yard.world.sandbox.act(SandboxAct::EditDocument { kind, external_id }).await.map(drop)
}

async fn remove(yard: &Yard, kind: DocumentKind, export: &Value) -> Outcome {
    let external_id = text(&export["externalId"])?;
    yard.world.sandbox.act(SandboxAct::RemoveDocument { kind, external_id }).await.map(drop)
}

/// What is said of the build of ten chairs after all its lines were multiplied.
async fn multiplied(yard: &Yard, kind: DocumentKind, by: i64) -> anyhow::Result<Value> {
    let by = rust_decimal::Decimal::from(by);
    let mut lines = match kind {
        DocumentKind::InventoryAdjustment => [("A", "-20"), ("B", "-10"), ("Chair", "10")]
            .map(|(name, quantity)| (yard.items[name].clone(), decimal(quantity)))
            .to_vec(),
        DocumentKind::JournalEntry => {
            let mut lines = Vec::new();
            for (role, side) in [("BUILD_DEBIT", "debit"), ("BUILD_CREDIT", "credit")] {
                let account = text(&yard.account(yard.number(role)).await?["externalId"])?;
                lines.push((format!("{side} {account}"), decimal("62.5")));
            }
            lines
        }
    };
    lines.sort();
    let line = |(what, ours): &(String, rust_decimal::Decimal)| json!({"what": what, "ours": ours.to_string(), "theirs": (ours * by).normalize().to_string()});
    Ok(lines.iter().map(line).collect())
}

async fn an_edit_is_found_in_one_cycle(database: TestDatabase, provider: &'static ProviderEntry) -> Outcome {
    let (yard, exports, kind) = posted(&database, provider, 2).await?;
    let unseen = json!({"state": "NONE", "differences": [], "foundAt": null, "checkedAt": null, "acceptedBy": null});
    assert_eq!(drift(&yard, &exports[0]).await?, unseen);
    look(&yard).await?;
    let seen = drift(&yard, &exports[0]).await?;
    assert_eq!((&seen["state"], seen["checkedAt"].is_string()), (&json!("NONE"), true));
    edit(&yard, kind, &exports[0]).await?;
    let of = format!("(documentId: \"{}\")", text(&exports[0]["documentId"])?);
    let mut changes = yard.owner.subscribe("exportChanged", &of, &format!("id {DRIFT}")).await?;
    look(&yard).await?;
    let told = changes.next().await?.unwrap();
    let found = drift(&yard, &exports[0]).await?;
    assert_eq!(told["drift"], found, "announced as it is");
    assert_eq!((&found["state"], &found["differences"]), (&json!("DRIFTED"), &multiplied(&yard, kind, 2).await?));
    assert_eq!(drift(&yard, &exports[1]).await?["state"], "NONE", "the other one was not touched");
    assert_eq!(drifted(&yard).await?, [exports[0]["id"].clone()]);
    // Reported once, however often is looked.
    look(&yard).await?;
    let again = drift(&yard, &exports[0]).await?;
    assert_eq!((&again["foundAt"], &again["differences"]), (&found["foundAt"], &found["differences"]));
    Ok(())
}

async fn a_comparison_that_finds_an_edit_makes_it_known(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let (yard, exports, kind) = posted(&database, provider, 1).await?;
    let compare = async || {
        let of = json!({"exportId": exports[0]["id"]});
        yard.owner.mutate("verifyExport", of, &format!("matches export {{ {DRIFT} }}")).await
    };
    let same = compare().await?;
    assert_eq!((&same["matches"], &same["export"]["drift"]["state"]), (&json!(true), &json!("NONE")), "{same}");
    edit(&yard, kind, &exports[0]).await?;
    let edited = compare().await?;
    assert_eq!(
        (&edited["matches"], &edited["export"]["drift"]["state"]),
        (&json!(false), &json!("DRIFTED")),
        "{edited}"
    );
    assert_eq!(edited["export"]["drift"]["differences"], multiplied(&yard, kind, 2).await?);
    assert_eq!(drifted(&yard).await?, [exports[0]["id"].clone()]);
    // The watch finds what is known.
    look(&yard).await?;
    let watched = drift(&yard, &exports[0]).await?;
    assert_eq!(watched["foundAt"], edited["export"]["drift"]["foundAt"]);
    Ok(())
}

async fn what_is_removed_is_found_in_one_cycle(database: TestDatabase, provider: &'static ProviderEntry) -> Outcome {
    let (yard, exports, kind) = posted(&database, provider, 2).await?;
    look(&yard).await?;
    remove(&yard, kind, &exports[1]).await?;
    look(&yard).await?;
    let found = drift(&yard, &exports[1]).await?;
    // Where nothing is voided it is deleted.
    let theirs = found["differences"][0]["theirs"].clone();
    assert!([Value::Null, json!("voided")].contains(&theirs), "{found}");
    assert_eq!(found["differences"], json!([{"what": "state", "ours": "posted", "theirs": theirs}]));
    assert_eq!(found["state"], "DRIFTED");
    assert_eq!(drifted(&yard).await?, [exports[1]["id"].clone()]);
    Ok(())
}

async fn what_people_do_in_the_systems_own_pages_is_found_in_one_cycle(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let (yard, exports, kind) = posted(&database, provider, 3).await?;
    let (company, _) = yard.world.sandbox.company();
    let (place, button) = match kind {
        DocumentKind::InventoryAdjustment => (format!("companies/{company}/InventoryAdjustment"), "delete"),
        DocumentKind::JournalEntry => (format!("organisations/{company}/ManualJournals"), "void"),
    };
    let page = |export: &Value| format!("{place}/{}", export["externalId"].as_str().unwrap());
    let sandbox = &yard.world.sandbox;
    let mut fields = sandbox.form(&page(&exports[0])).await?;
    for (_, value) in fields.iter_mut().filter(|(name, _)| name.ends_with("QtyDiff") || name.ends_with("LineAmount")) {
        *value = (rust_decimal::Decimal::TWO * decimal(value)).to_string();
    }
    sandbox.submit(&page(&exports[0]), &fields, "save").await?;
    let fields = sandbox.form(&page(&exports[1])).await?;
    sandbox.submit(&page(&exports[1]), &fields, button).await?;
    look(&yard).await?;
    let edited = drift(&yard, &exports[0]).await?;
    assert_eq!((&edited["state"], &edited["differences"]), (&json!("DRIFTED"), &multiplied(&yard, kind, 2).await?));
    let gone = drift(&yard, &exports[1]).await?;
    assert_eq!((&gone["state"], &gone["differences"][0]["what"]), (&json!("DRIFTED"), &json!("state")), "{gone}");
    assert_eq!(drift(&yard, &exports[2]).await?["state"], "NONE", "nobody touched it");
    let mut found = drifted(&yard).await?;
    found.sort_by_key(Value::to_string);
    let mut expected = [exports[0]["id"].clone(), exports[1]["id"].clone()];
    expected.sort_by_key(Value::to_string);
    assert_eq!(found, expected);
    Ok(())
}

async fn a_document_of_somebody_else_is_not_reported(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let yard = Yard::open(&database, provider, "SELF_MANAGED").await?;
    yard.choose(&["BUILD_DEBIT", "BUILD_CREDIT"]).await?;
    yard.export(&yard.build("10").await?).await?;
    look(&yard).await?;
    let integrations = &yard.world.app.services.integrations;
    let integration = integrations.get(yard.world.business, IntegrationId::parse(&yard.integration)?).await?;
    let (bookkeeper, session) = integrations.session(&integration, Correlation { run: None, id: None })?;
    let mut lines = Vec::new();
    for (role, side) in [("BUILD_DEBIT", Side::Debit), ("BUILD_CREDIT", Side::Credit)] {
        let account = text(&yard.account(yard.number(role)).await?["externalId"])?;
        lines.push(JournalLine { account, side, amount: decimal("5"), description: None });
    }
    let head = DraftHead {
        request_id: "somebody".to_owned(),
        reference: "THEIRS-1".to_owned(),
        date: chrono::Utc::now().date_naive(),
        memo: "Bank charges".to_owned(),
    };
    let theirs = bookkeeper.post_journal(&session, &JournalDraft { head, as_draft: false, lines }).await?;
    let (kind, external_id) = (DocumentKind::JournalEntry, theirs.external_id);
    yard.world.sandbox.act(SandboxAct::EditDocument { kind, external_id: external_id.clone() }).await?;
    look(&yard).await?;
    yard.world.sandbox.act(SandboxAct::RemoveDocument { kind, external_id }).await?;
    look(&yard).await?;
    assert_eq!(drifted(&yard).await?, Vec::<Value>::new());
    Ok(())
}

async fn what_was_accepted_is_not_reported_until_it_changes(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let (yard, exports, kind) = posted(&database, provider, 1).await?;
    let input = json!({"exportId": exports[0]["id"]});
    assert_eq!(yard.owner.refusal("acceptExportDrift", input.clone()).await?["code"], "INVALID_STATE");
    edit(&yard, kind, &exports[0]).await?;
    look(&yard).await?;
    let builder = yard.world.client(Role::Builder);
    for mutation in ["acceptExportDrift", "repostExport", "reverseExport"] {
        assert_eq!(builder.mutation_fault(mutation, input.clone()).await?.code, "FORBIDDEN", "{mutation}");
    }
    assert_eq!(yard.owner.refusal("repostExport", input.clone()).await?["code"], "INVALID_STATE", "it is still there");
    assert_eq!(drift(&yard, &exports[0]).await?["state"], "DRIFTED", "nothing was changed by refusals");
    let selection = format!("export {{ {DRIFT} }}");
    let accepted = yard.owner.mutate("acceptExportDrift", input.clone(), &selection).await?["export"]["drift"].clone();
    assert_eq!((&accepted["state"], &accepted["acceptedBy"]), (&json!("ACCEPTED"), &json!("owner")));
    look(&yard).await?;
    let kept = drift(&yard, &exports[0]).await?;
    assert_eq!((&kept["state"], &kept["differences"]), (&json!("ACCEPTED"), &multiplied(&yard, kind, 2).await?));
    assert_eq!(drifted(&yard).await?, Vec::<Value>::new());
    assert_eq!(yard.owner.refusal("acceptExportDrift", input).await?["code"], "INVALID_STATE", "agreed to already");
    edit(&yard, kind, &exports[0]).await?;
    look(&yard).await?;
    let further = drift(&yard, &exports[0]).await?;
    assert_eq!((&further["state"], &further["differences"]), (&json!("DRIFTED"), &multiplied(&yard, kind, 4).await?));
    Ok(())
}

async fn a_cycle_without_answers_reports_nothing_and_loses_nothing(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let (yard, exports, kind) = posted(&database, provider, 2).await?;
    look(&yard).await?;
    edit(&yard, kind, &exports[0]).await?;
    remove(&yard, kind, &exports[1]).await?;
    for trouble in [Trouble::Status { status: 503, committed: false }, Trouble::Html { committed: false }] {
        yard.world.sandbox.break_next(4, FaultTarget::Reads, trouble).await?;
        assert!(look(&yard).await.is_err());
        yard.world.sandbox.hand().calm().await;
        assert_eq!(drifted(&yard).await?, Vec::<Value>::new());
    }
    look(&yard).await?;
    assert_eq!(drifted(&yard).await?.len(), 2);
    Ok(())
}

async fn a_cycle_that_breaks_off_half_way_goes_on_where_it_was(database: TestDatabase) -> Outcome {
    let (yard, exports, kind) = posted(&database, adjusting(), 3).await?;
    look(&yard).await?;
    for export in &exports {
        edit(&yard, kind, export).await?;
    }
    // The feed answers, and so does the first document; the second does not, nor does anything after it.
    yard.world.sandbox.fail("read InventoryAdjustment", 1, None, json!({"kind": "status", "status": 503})).await?;
    assert!(look(&yard).await.is_err());
    assert_eq!(drifted(&yard).await?.len(), 1, "what was seen is kept, what was not is not guessed");
    yard.world.sandbox.heal().await?;
    look(&yard).await?;
    assert_eq!(drifted(&yard).await?.len(), 3);
    for export in &exports {
        assert_eq!(drift(&yard, export).await?["differences"], multiplied(&yard, kind, 2).await?);
    }
    Ok(())
}

async fn a_drift_ends_when_the_document_is_made_right(database: TestDatabase) -> Outcome {
    let (yard, exports, _) = posted(&database, adjusting(), 1).await?;
    let (company, _) = yard.world.sandbox.company();
    let id = text(&exports[0]["externalId"])?;
    let query = "draft { ... on InventoryAdjustmentDraft { date } }";
    let date = yard.owner.node(exports[0]["id"].as_str().unwrap(), "Export", query).await?["draft"]["date"].clone();
    yard.world.sandbox.edit(&company, "InventoryAdjustment", &id, json!({"TxnDate": "2026-01-31"})).await?;
    look(&yard).await?;
    let found = drift(&yard, &exports[0]).await?;
    assert_eq!(found["differences"], json!([{"what": "date", "ours": date, "theirs": "2026-01-31"}]));
    yard.world.sandbox.edit(&company, "InventoryAdjustment", &id, json!({"TxnDate": date})).await?;
    look(&yard).await?;
    let ended = drift(&yard, &exports[0]).await?;
    assert_eq!((&ended["state"], &ended["differences"], &ended["foundAt"]), (&json!("NONE"), &json!([]), &Value::Null));
    Ok(())
}

async fn where_deletions_are_not_told_documents_are_read_in_turns(database: TestDatabase) -> Outcome {
    let (yard, exports, _) = posted(&database, adjusting(), 3).await?;
    look(&yard).await?;
    let pace = WatchPace { every: Duration::from_secs(900), reads: 1, lease: Duration::from_secs(300) };
    let watcher = Watcher::new(yard.world.app.services.exports.clone(), pace);
    let integration = IntegrationId::parse(&yard.integration)?;
    // From here on the feed has nothing to tell of adjustments, which does not say that there is no change of them.
    let later = chrono::Utc::now() + chrono::TimeDelta::seconds(3600);
    let later = later.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let sql = format!("UPDATE export_watch SET cursor = '{later}'");
    yard.world.app.db.connection().execute_unprepared(&sql).await?;
    let (company, _) = yard.world.sandbox.company();
    let gone = text(&exports[1]["externalId"])?;
    yard.world.sandbox.remove(&company, "InventoryAdjustment", &[&gone]).await?;
    let mut found = Vec::new();
    for _ in 0..3 {
        yard.world.sandbox.forget_calls().await?;
        watcher.look(yard.world.business, integration).await?;
        assert_eq!(yard.world.sandbox.calls_of("read InventoryAdjustment").await?, 1, "one in a look");
        found = drifted(&yard).await?;
    }
    assert_eq!(found, [exports[1]["id"].clone()], "after three looks each had its turn");
    let gone = json!([{"what": "state", "ours": "posted", "theirs": null}]);
    assert_eq!(drift(&yard, &exports[1]).await?["differences"], gone);
    Ok(())
}

async fn two_gateways_look_once(database: TestDatabase) -> Outcome {
    let (yard, exports, kind) = posted(&database, adjusting(), 3).await?;
    let other = yard.world.another_gateway(true).await?;
    edit(&yard, kind, &exports[0]).await?;
    let integration = IntegrationId::parse(&yard.integration)?;
    let (first, second) = tokio::join!(look(&yard), other.app.watcher.look(yard.world.business, integration));
    first?;
    second?;
    assert_eq!(drifted(&yard).await?, [exports[0]["id"].clone()]);
    // Neither is due before its time, and then it is found.
    assert_eq!(other.app.watcher.due().await?, []);
    Ok(())
}

fn posts_adjustments(entry: &ProviderEntry) -> bool {
    posts(entry) && entry.capability.inventory_adjustments
}

fn posts_journals_alone(entry: &ProviderEntry) -> bool {
    posts(entry) && !entry.capability.inventory_adjustments
}

async fn a_quiet_cycle_over_a_hundred_documents_is_one_call(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    quiet(database, provider).await
}

async fn a_quiet_cycle_over_a_hundred_journals_is_one_call(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    quiet(database, provider).await
}

async fn quiet(database: TestDatabase, provider: &'static ProviderEntry) -> Outcome {
    let yard = Yard::open(&database, provider, "SELF_MANAGED").await?;
    yard.choose(&["RECEIVING_DEBIT", "RECEIVING_CREDIT"]).await?;
    yard.settings(json!({"exportMode": "AUTOMATIC"})).await?;
    let mut last = String::new();
    for _ in 0..100 {
        last = yard.receive(&[("A", "1", "2")]).await?;
    }
    let count = "{ exports(filter: {states: [SYNCED]}) { totalCount } }";
    yard.ended(yard.of(&last).await?["id"].as_str().unwrap()).await?;
    while yard.owner.data(count, Value::Null).await?["exports"]["totalCount"] != 100 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    look(&yard).await?;
    let quiet = yard.world.another_gateway(true).await?;
    let integration = IntegrationId::parse(&yard.integration)?;
    yard.world.sandbox.forget_calls().await?;
    let before = quiet.app.db.statement_count();
    quiet.app.watcher.look(yard.world.business, integration).await?;
    let statements = quiet.app.db.statement_count() - before;
    let calls = yard.world.sandbox.calls().await?;
    assert_eq!(calls.values().sum::<u64>(), 1, "{calls:?}");
    assert!(statements <= 30, "{statements} statements");
    assert_eq!(drifted(&yard).await?, Vec::<Value>::new());
    Ok(())
}

async fn what_is_gone_is_posted_again_once(database: TestDatabase, provider: &'static ProviderEntry) -> Outcome {
    let (yard, exports, kind) = posted(&database, provider, 1).await?;
    let before = yard.balances().await?;
    remove(&yard, kind, &exports[0]).await?;
    look(&yard).await?;
    let deleted = drift(&yard, &exports[0]).await?["differences"][0]["theirs"].is_null();
    let input = json!({"exportId": exports[0]["id"]});
    assert_eq!(yard.owner.refusal("reverseExport", input.clone()).await?["code"], "INVALID_STATE");
    let asked = (0..3).map(|_| yard.owner.payload("repostExport", input.clone(), "export { id reference }"));
    let answers: Vec<Value> = futures::future::try_join_all(asked).await?;
    assert_eq!(answers.iter().filter(|answer| !answer["export"].is_null()).count(), 1, "{answers:?}");
    let done = yard.ended(exports[0]["id"].as_str().unwrap()).await?;
    assert_eq!((&done["state"], &done["error"]), (&json!("SYNCED"), &Value::Null), "{done}");
    assert_ne!(done["externalId"], exports[0]["externalId"]);
    assert_eq!(done["reference"] == exports[0]["reference"], deleted, "a voided document keeps its reference");
    assert_eq!(yard.posted(kind, &done["reference"]).await?, 1);
    assert_eq!(yard.balances().await?, before, "in the books as before, once");
    look(&yard).await?;
    assert_eq!(drift(&yard, &done).await?["state"], "NONE");
    Ok(())
}

async fn a_posted_build_is_reversed_by_its_opposite(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let (yard, exports, kind) = posted(&database, provider, 1).await?;
    let counted = yard.counted().await?;
    let input = json!({"exportId": exports[0]["id"]});
    let selection = "export { id kind state queued label reference }";
    let opposite = yard.owner.mutate("reverseExport", input.clone(), selection).await?["export"].clone();
    assert_eq!(
        (&opposite["kind"], &opposite["state"], &opposite["queued"]),
        (&json!("REVERSAL"), &json!("PENDING"), &json!(false)),
        "nothing goes before it was planned"
    );
    assert_eq!(opposite["label"], "Reversal of build 1");
    assert_eq!(yard.posted(kind, &opposite["reference"]).await?, 0);
    assert_eq!(yard.owner.refusal("reverseExport", input).await?["code"], "INVALID_STATE");
    let done = yard.export(opposite["id"].as_str().unwrap()).await?;
    assert_eq!(done["state"], "SYNCED", "{done}");
    assert_eq!(yard.posted(kind, &done["reference"]).await?, 1);
    let after = yard.counted().await?;
    match kind {
        DocumentKind::InventoryAdjustment => {
            let change = [after[0] - counted[0], after[1] - counted[1], after[2] - counted[2]];
            assert_eq!(change, [decimal("20"), decimal("10"), decimal("-10")]);
        }
        DocumentKind::JournalEntry => {
            for role in ["BUILD_DEBIT", "BUILD_CREDIT"] {
                assert_eq!(yard.moved(&std::collections::BTreeMap::new(), role).await?, decimal("0"), "{role}");
            }
        }
    }
    Ok(())
}

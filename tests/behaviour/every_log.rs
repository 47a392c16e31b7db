//! The log of provider calls, and posting through it, with every provider (statements 76, 120 to 122).
//!
//! Rule: as in `every_provider`. Exports are not there yet; what they will do, post through an integration's session
//! under a correlation id, is done here by hand.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, NaiveDate, TimeDelta};
use domain::call_log::Correlation;
use entity::{IntegrationId, TypedId};
use providers::{
    ErrorKind, Provider, Session,
    capability::Authorization,
    model::{DocumentKind, DraftHead, JournalDraft, JournalLine, PostedDocument, Side},
    registry::ProviderEntry,
    sandbox::{FaultTarget, SandboxAct, Trouble},
};
use rust_decimal::dec;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::sync::Arc;
use stockbridge_tests::{
    Outcome, TestDatabase, World,
    client::Client,
    steps::{connect_first, items, sync},
    with_every_provider,
};

with_every_provider!(
    s076_too_many_requests_while_posting_are_waited_for if consents,
    s120_every_call_has_exactly_one_entry_with_request_and_response if consents,
    s120_a_failed_attempt_has_an_entry_too if consents,
    s120_an_operation_without_a_service_has_an_entry_too if is_configured,
    s121_no_entry_holds_a_secret if consents,
    s122_all_attempts_of_a_failed_post_are_listed_in_order if consents,
);

/// It is a service with tokens, calls and limits.
fn consents(entry: &ProviderEntry) -> bool {
    entry.capability.authorization == Authorization::Consent
}

fn is_configured(entry: &ProviderEntry) -> bool {
    entry.capability.authorization == Authorization::Configured
}

const ENTRY: &str = "at operation method url requestBody responseBody httpStatus outcome errorCode errorMessage attempt \
                     correlationId integration { id } run { id }";

/// Entries, the oldest first.
async fn entries(client: &Client, filter: Value) -> anyhow::Result<Vec<Value>> {
    let mut all = client.all("syncLogs", "SyncLogFilter", filter, ENTRY).await?;
    all.reverse();
    Ok(all)
}

/// Attempt, outcome and status of entries.
fn attempts(entries: &[Value]) -> Value {
    entries.iter().map(|entry| json!([entry["attempt"], entry["outcome"], entry["httpStatus"]])).collect()
}

/// How many calls the service saw; pages for people are no calls.
async fn seen(world: &World) -> anyhow::Result<u64> {
    let calls = world.sandbox.calls().await?;
    Ok(calls.iter().filter(|(name, _)| *name != "authorize").map(|(_, count)| count).sum())
}

/// How many items' names a text has.
async fn names_in(client: &Client, text: &str) -> anyhow::Result<usize> {
    let known = items(client, "name").await?;
    Ok(known.iter().filter(|item| text.contains(item["name"].as_str().unwrap())).count())
}

async fn s120_every_call_has_exactly_one_entry_with_request_and_response(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let world = World::of(&database, provider).await?;
    let owner = world.owner();
    let id = connect_first(&world, &owner).await?;
    world.sandbox.act(SandboxAct::ExpireAccessTokens).await?;
    let run = sync(&owner, &id).await?;
    let all = entries(&owner, Value::Null).await?;
    assert_eq!(all.len() as u64, seen(&world).await?);
    for entry in &all {
        assert!(entry["url"].as_str().unwrap().starts_with("http://127.0.0.1:"), "{entry}");
        assert!(entry["httpStatus"].is_number() && entry["responseBody"].is_string(), "{entry}");
        assert_eq!(entry["method"] == "POST", entry["requestBody"].is_string(), "{entry}");
        assert_eq!(entry["outcome"], if entry["httpStatus"] == 401 { "FAILED" } else { "OK" }, "{entry}");
        assert_eq!(entry["integration"]["id"], id, "{entry}");
    }
    assert!(all.iter().any(|entry| entry["httpStatus"] == 401), "a token was refused");
    // What came is in the responses that the log has, as far as it keeps long ones.
    let of_run = json!(entries(&owner, json!({"runId": run["id"], "outcome": "OK"})).await?).to_string();
    assert!(names_in(&owner, &of_run).await? > 5);
    Ok(())
}

async fn s120_a_failed_attempt_has_an_entry_too(database: TestDatabase, provider: &'static ProviderEntry) -> Outcome {
    let world = World::of(&database, provider).await?;
    let owner = world.owner();
    let id = connect_first(&world, &owner).await?;
    let before = entries(&owner, Value::Null).await?.len();
    world.sandbox.break_next(1, FaultTarget::Reads, Trouble::Status { status: 503, committed: false }).await?;
    world.sandbox.break_next(1, FaultTarget::Reads, Trouble::Reset { committed: false }).await?;
    owner.mutate("refreshAccounts", json!({"integrationId": id}), "count").await?;
    let all = entries(&owner, Value::Null).await?;
    // A failed attempt, a connection that broke, and what came then.
    let expected = json!([[1, "FAILED", 503], [2, "FAILED", null], [3, "OK", 200]]);
    assert_eq!(attempts(&all[before..before + 3]), expected);
    assert!(all[before..before + 2].iter().all(|entry| entry["errorMessage"].is_string()), "{all:?}");
    assert_eq!(all.len() as u64, seen(&world).await?);
    Ok(())
}

async fn s120_an_operation_without_a_service_has_an_entry_too(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let world = World::of(&database, provider).await?;
    let owner = world.owner();
    let id = connect_first(&world, &owner).await?;
    let run = sync(&owner, &id).await?;
    let of_run = entries(&owner, json!({"runId": run["id"]})).await?;
    let mut operations: Vec<&str> = of_run.iter().map(|entry| entry["operation"].as_str().unwrap()).collect();
    operations.sort_unstable();
    assert!(operations.len() >= 2, "{operations:?}");
    let (all, each) = (operations.len(), operations.iter().collect::<std::collections::BTreeSet<_>>().len());
    assert_eq!(all, each, "each operation has one entry: {operations:?}");
    assert!(of_run.iter().all(|entry| entry["outcome"] == "OK" && entry["integration"]["id"] == id), "{of_run:?}");
    Ok(())
}

async fn s121_no_entry_holds_a_secret(database: TestDatabase, provider: &'static ProviderEntry) -> Outcome {
    let world = World::of(&database, provider).await?;
    let owner = world.owner();
    let id = connect_first(&world, &owner).await?;
    let mut tokens = vec![world.stored_tokens(&id).await?.1];
    world.sandbox.act(SandboxAct::ExpireAccessTokens).await?;
    sync(&owner, &id).await?;
    tokens.push(world.stored_tokens(&id).await?.1);
    world.sandbox.break_next(2, FaultTarget::Tokens, Trouble::Status { status: 500, committed: false }).await?;
    world.sandbox.act(SandboxAct::ExpireAccessTokens).await?;
    sync(&owner, &id).await?;
    tokens.push(world.stored_tokens(&id).await?.1);
    let (books, session) = session(&world, &id, "exp_canary").await?;
    post(&*books, &session, &draft(&owner, "SB-SECRET", "canary").await?).await?;
    owner.mutate("disconnectIntegration", json!({"integrationId": id}), "revoked").await?;
    let settings = world.sandbox.settings();
    let client_secret = settings.client_secret.expose_secret();
    let basic = STANDARD.encode(format!("{}:{client_secret}", settings.client_id));
    let log = json!(entries(&owner, Value::Null).await?).to_string();
    assert!(log.contains("oauth.refresh") && log.contains("oauth.revoke") && names_in(&owner, &log).await? > 5);
    for secret in tokens.iter().flat_map(|pair| [&pair.access, &pair.refresh]) {
        assert!(!log.contains(secret.expose_secret()), "a token is in the log");
    }
    for text in [client_secret, &basic, "Bearer ", "Basic ", "uthorization\":"] {
        assert!(!log.contains(text), "{text} is in the log");
    }
    Ok(())
}

/// What an export will post with: the integration's provider, and a session whose calls are logged under an id.
async fn session(world: &World, id: &str, correlation: &str) -> anyhow::Result<(Arc<dyn Provider>, Session)> {
    let integrations = &world.app.services.integrations;
    let integration = integrations.get(world.business, IntegrationId::parse(id)?).await?;
    let correlation = Correlation { run: None, id: Some(correlation.to_owned()) };
    Ok(integrations.session(&integration, correlation)?)
}

/// A journal entry between two accounts that the company's items use.
async fn draft(client: &Client, reference: &str, request_id: &str) -> anyhow::Result<JournalDraft> {
    let known = items(client, "expenseAccount { externalId } incomeAccount { externalId }").await?;
    let account = |kind: &str| {
        let found = known.iter().find_map(|item| item[kind]["externalId"].as_str());
        found.unwrap_or_else(|| panic!("no item has an {kind}")).to_owned()
    };
    let line = |account, side| JournalLine { account, side, amount: dec!(62.50), description: None };
    Ok(JournalDraft {
        head: DraftHead {
            request_id: request_id.to_owned(),
            reference: reference.to_owned(),
            date: NaiveDate::from_ymd_opt(2026, 5, 4).expect("a day"),
            memo: "A build".to_owned(),
        },
        as_draft: false,
        lines: vec![line(account("expenseAccount"), Side::Debit), line(account("incomeAccount"), Side::Credit)],
    })
}

async fn post(provider: &dyn Provider, session: &Session, draft: &JournalDraft) -> anyhow::Result<PostedDocument> {
    Ok(provider.post_journal(session, draft).await?)
}

async fn posted(world: &World, reference: &str) -> anyhow::Result<usize> {
    Ok(world.sandbox.hand().count_posted(&world.sandbox.company().0, DocumentKind::JournalEntry, reference).await?)
}

/// The attempts to post a document, the oldest first.
async fn sent(client: &Client, correlation: &str, reference: &str) -> anyhow::Result<Vec<Value>> {
    let all = entries(client, json!({"correlationId": correlation})).await?;
    let holds = |entry: &Value| entry["requestBody"].as_str().is_some_and(|body| body.contains(reference));
    Ok(all.into_iter().filter(holds).collect())
}

/// When an entry's call began.
fn moment(entry: &Value) -> DateTime<chrono::Utc> {
    entry["at"].as_str().unwrap().parse().unwrap()
}

async fn s076_too_many_requests_while_posting_are_waited_for(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let world = World::of(&database, provider).await?;
    let owner = world.owner();
    let id = connect_first(&world, &owner).await?;
    sync(&owner, &id).await?;
    let draft = draft(&owner, "SB-76", "exp-76").await?;
    let (books, session) = session(&world, &id, "exp_76").await?;
    let advice = Trouble::TooManyRequests { retry_after: Some(1) };
    world.sandbox.break_next(1, FaultTarget::Writes, advice).await?;
    let document = post(&*books, &session, &draft).await?;
    assert!(!document.external_id.is_empty());
    assert_eq!(posted(&world, "SB-76").await?, 1);
    let sent = sent(&owner, "exp_76", "SB-76").await?;
    assert_eq!(attempts(&sent), json!([[1, "FAILED", 429], [2, "OK", 200]]));
    // The advised second, as the log has it.
    assert!(moment(&sent[1]) - moment(&sent[0]) >= TimeDelta::seconds(1), "{sent:?}");
    let state = owner.node(&id, "Integration", "status health { state }").await?;
    assert_eq!(state, json!({"status": "ACTIVE", "health": {"state": "HEALTHY"}}));
    Ok(())
}

async fn s122_all_attempts_of_a_failed_post_are_listed_in_order(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let world = World::of(&database, provider).await?;
    let owner = world.owner();
    let id = connect_first(&world, &owner).await?;
    sync(&owner, &id).await?;
    let draft = draft(&owner, "SB-122", "exp-122").await?;
    let (books, failing) = session(&world, &id, "exp_122").await?;
    world.sandbox.break_next(1000, FaultTarget::Writes, Trouble::TooManyRequests { retry_after: None }).await?;
    let error = books.post_journal(&failing, &draft).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::RateLimited, "{error}");
    assert_eq!(posted(&world, "SB-122").await?, 0);
    let listed = sent(&owner, "exp_122", "SB-122").await?;
    let expected: Value = (1..=4).map(|attempt| json!([attempt, "FAILED", 429])).collect();
    assert_eq!(attempts(&listed), expected);
    assert!(listed.windows(2).all(|pair| moment(&pair[0]) <= moment(&pair[1])), "{listed:?}");
    assert!(listed.iter().all(|entry| entry["integration"]["id"] == id && entry["run"].is_null()), "{listed:?}");
    let before = entries(&owner, json!({"correlationId": "exp_122"})).await?;
    // Another piece of work is another list.
    world.sandbox.hand().calm().await;
    let (books, next) = session(&world, &id, "exp_123").await?;
    post(&*books, &next, &draft).await?;
    assert_eq!(posted(&world, "SB-122").await?, 1);
    assert_eq!(entries(&owner, json!({"correlationId": "exp_122"})).await?, before);
    assert_eq!(attempts(&sent(&owner, "exp_123", "SB-122").await?), json!([[1, "OK", 200]]));
    Ok(())
}

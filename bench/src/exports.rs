//! Suite `exports`: documents a minute that an export run posts against each sandbox with the service's limits; what a plan
//! of 200 lines costs.
//!
//! Rule: everything is asked for through the API of a gateway in a process of its own, and a document counts when its
//! export is SYNCED. A minute of documents is as many as the service allows requests in one; how long it really took is
//! from the first of it to the first of the next. A refused request is a mistake of ours and fails the run.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use futures::future::try_join_all;
use providers::registry::ProviderEntry;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::{Value, json};

use crate::{
    company::with_sandbox,
    compare::{ROUNDS, at_least, at_most, middle},
    database::{Place, connect},
    gateway::Gateway,
    report::Section,
    sandbox::{self, SOLD, Shape},
};

/// What is reached at least, of what is allowed.
const GOAL: f64 = 0.9;
/// Lines of the planned document, each of another item.
const LINES: usize = 200;
/// Statements of its plan: fewer than ten, as a test has it.
const STATEMENTS: f64 = 9.0;
/// Documents asked for in one request.
const AT_ONCE: usize = 20;
/// Accounts of the sample companies, by role.
type Accounts = &'static [(&'static str, &'static str)];
/// Where we adjust what the books count.
const ADJUSTING: Accounts = &[("COGS", "5000"), ("RECEIVING", "5100")];
/// Where the books take journals alone.
const JOURNALS: Accounts =
    &[("RECEIVING_DEBIT", "621"), ("RECEIVING_CREDIT", "801"), ("BUILD_DEBIT", "622"), ("BUILD_CREDIT", "621")];

/// What one provider and database reached.
struct Reached {
    database: &'static str,
    entry: &'static ProviderEntry,
    posted: usize,
    refused: i64,
    /// Seconds of each minute's worth of documents.
    minutes: Vec<f64>,
    plan: Vec<Duration>,
    statements: u64,
}

/// Runs the suite; the providers at the same time, each against its own sandbox and database, because all of them mostly
/// wait.
///
/// # Errors
/// When a document is not posted, or a request was refused as one too many.
pub async fn measure() -> Result<Section> {
    let head = [
        "provider",
        "database",
        "documents posted",
        "answered 429",
        "allowed a minute",
        "a minute, reached",
        "of allowed",
        "plan of 200 lines",
        "its statements",
    ];
    let mut section = Section::new("Exports within the service's limits", &head);
    for place in &Place::both().await? {
        for reached in try_join_all(with_sandbox().map(|(entry, _)| reach(place, entry))).await? {
            section.rows.push(row(&reached)?);
        }
    }
    section.notes.push(format!(
        "One export run over {ROUNDS} minutes' worth of documents, each posted by one request; the middle minute counts. \
         Documents are builds, posted as stock adjustments or, where the service takes journals alone, as journals. Sandboxes with their limiters \
         on, both providers at the same time, sandbox and gateway in processes of their own. The plan is of a receipt of \
         {LINES} lines of as many items, through the API, with checks and entries."
    ));
    Ok(section)
}

fn row(reached: &Reached) -> Result<Vec<String>> {
    let allowed = f64::from(reached.entry.capability.requests_per_minute);
    let rate = middle(&reached.minutes, |seconds| allowed * 60.0 / seconds);
    Ok(vec![
        reached.entry.id.to_owned(),
        reached.database.to_owned(),
        reached.posted.to_string(),
        reached.refused.to_string(),
        format!("{allowed:.0}"),
        format!("{rate:.1}"),
        at_least(rate / allowed, GOAL, ""),
        format!("{:.1} ms", middle(&reached.plan, |time| time.as_secs_f64() * 1e3)),
        at_most(f64::from(u32::try_from(reached.statements)?), STATEMENTS, ""),
    ])
}

async fn reach(place: &Place, entry: &'static ProviderEntry) -> Result<Reached> {
    let allowed = usize::try_from(entry.capability.requests_per_minute)?;
    let adjusting = entry.capability.inventory_adjustments;
    let shape = Shape { provider: entry.id.to_owned(), goods: true, throttle: true, ..Shape::default() };
    let (part, address) = sandbox::start(shape).await?;
    let database = place.fresh().await?;
    let gateway = Gateway::start(database.clone(), address).await?;
    gateway.sync().await?;
    let products = import(&gateway).await?;
    choose(&gateway, if adjusting { ADJUSTING } else { JOURNALS }).await?;
    let wanted = allowed * ROUNDS + 1;
    let (product, part_of_it) = (products.first().context("no product")?, products.get(1).context("no product")?);
    build(&gateway, (product, part_of_it), wanted, !adjusting).await?;
    let (plan, statements) = plan(&gateway, &products).await?;
    send(&gateway).await?;
    let aside = connect(&database).await?;
    let posted = posted(&aside).await?;
    let refused = number_of(&aside, "SELECT COUNT(*) AS n FROM call_log WHERE http_status = 429").await?;
    // The receipt that was planned waits as well.
    ensure!(posted.len() == wanted + 1, "{} of {} documents were posted", posted.len(), wanted + 1);
    ensure!(refused == 0, "{refused} requests were refused as too many");
    aside.close().await?;
    gateway.part.end().await?;
    part.end().await?;
    let (database, minutes) = (place.name(), minutes(&posted, allowed));
    Ok(Reached { database, entry, posted: posted.len(), refused, minutes, plan, statements })
}

/// Makes products of the goods; their ids.
async fn import(gateway: &Gateway) -> Result<Vec<String>> {
    let query = format!("query {{ items(first: 250, filter: {{search: \"{SOLD}\"}}) {{ nodes {{ id }} }} }}");
    let found = gateway.ask(&query, Value::Null).await?;
    let nodes = found["items"]["nodes"].as_array().context("items")?;
    let ids: Vec<&Value> = nodes.iter().map(|node| &node["id"]).take(LINES).collect();
    ensure!(ids.len() == LINES, "{} items are too few", ids.len());
    let import = "mutation($ids: [ID!]!) { importItems(input: {itemIds: $ids, productType: COMPONENT}) \
                  { results { product { id } } userErrors { message } } }";
    let mut products = Vec::new();
    for ids in ids.chunks(100) {
        let told = gateway.ask(import, json!({ "ids": ids })).await?;
        for result in told["importItems"]["results"].as_array().context("results")? {
            products.push(result["product"]["id"].as_str().with_context(|| result.to_string())?.to_owned());
        }
    }
    Ok(products)
}

/// Chooses accounts.
async fn choose(gateway: &Gateway, accounts: Accounts) -> Result<()> {
    let id = &gateway.seat.integration;
    let query = "query($id: ID!) { accounts(integrationId: $id, first: 250) { nodes { id number } } }";
    let found = gateway.ask(query, json!({ "id": id })).await?;
    let nodes = found["accounts"]["nodes"].as_array().context("accounts")?;
    let mut chosen = Vec::new();
    for (role, number) in accounts {
        let node = nodes.iter().find(|node| node["number"] == *number);
        let account = node.with_context(|| format!("no account {number}"))?["id"].clone();
        chosen.push(json!({"role": role, "accountId": account}));
    }
    let change = "mutation($input: UpdateIntegrationSettingsInput!) { updateIntegrationSettings(input: $input) \
                  { userErrors { message } } }";
    let told = gateway.ask(change, json!({"input": {"integrationId": id, "accounts": chosen}})).await?;
    ensure!(told["updateIntegrationSettings"]["userErrors"] == json!([]), "{told}");
    Ok(())
}

/// Makes the first product of the second so many times; each build is a document that waits.
async fn build(gateway: &Gateway, (product, part): (&str, &str), times: usize, ours: bool) -> Result<()> {
    let stock = |_: usize| {
        format!(
            "stock: adjustStock(input: {{productId: \"{part}\", quantity: \"{times}\", unitCost: \"1\", reason: \
             COUNT_CORRECTION}}) {{ userErrors {{ message }} }}"
        )
    };
    // Where the books count what is in stock, it came with the items.
    ask_each(gateway, stock, usize::from(ours)).await?;
    let bom = |_: usize| {
        format!(
            "bom: saveBom(input: {{productId: \"{product}\", lines: [{{kind: COMPONENT, productId: \"{part}\", \
             quantity: \"1\"}}]}}) {{ userErrors {{ message }} }}"
        )
    };
    ask_each(gateway, bom, 1).await?;
    let one = |place: usize| {
        format!(
            "b{place}: executeBuild(input: {{productId: \"{product}\", quantity: \"1\"}}) \
             {{ userErrors {{ message }} }}"
        )
    };
    ask_each(gateway, one, times).await
}

/// Asks for changes, several in one request; none is refused.
async fn ask_each(gateway: &Gateway, one: impl Fn(usize) -> String, times: usize) -> Result<()> {
    for first in (0..times).step_by(AT_ONCE) {
        let all: Vec<String> = (first..times.min(first + AT_ONCE)).map(&one).collect();
        let told = gateway.ask(&format!("mutation {{ {} }}", all.join(" ")), Value::Null).await?;
        let mut answers = told.as_object().context("answers")?.values();
        ensure!(answers.all(|answer| answer["userErrors"] == json!([])), "{told}");
    }
    Ok(())
}

/// Plans a receipt with a line of each product; how long it takes each time, and its statements.
async fn plan(gateway: &Gateway, products: &[String]) -> Result<(Vec<Duration>, u64)> {
    let enable = "mutation { enableReceiving { userErrors { message } } }";
    gateway.ask(enable, Value::Null).await?;
    let supplier = "mutation { saveSupplier(input: {name: \"Bench\", code: \"BEN\"}) { supplier { id } } }";
    let supplier = gateway.ask(supplier, Value::Null).await?["saveSupplier"]["supplier"]["id"].clone();
    let lines: Vec<Value> =
        products.iter().map(|id| json!({"productId": id, "quantity": "1", "unitCost": "1"})).collect();
    let save =
        "mutation($input: SaveReceiptInput!) { saveReceipt(input: $input) { receipt { id } userErrors { message } } }";
    let saved = gateway.ask(save, json!({"input": {"supplierId": supplier, "lines": lines}})).await?;
    let receipt = saved["saveReceipt"]["receipt"]["id"].as_str().with_context(|| saved.to_string())?.to_owned();
    let confirm = "mutation($id: ID!) { confirmReceipt(input: {receiptId: $id}) { userErrors { message } } }";
    gateway.ask(confirm, json!({ "id": receipt })).await?;
    let query = "mutation($id: ID!) { planExport(input: {documentId: $id}) { plan { hash ready checks { message } \
                 entries { accountName debit { amount } credit { amount } } } userErrors { message } } }";
    let (mut times, mut statements) = (Vec::new(), 0);
    // Once before it counts, so that connections are open and statements are prepared.
    for round in 0..=ROUNDS {
        let (before, begun) = (gateway.statements().await?, Instant::now());
        let told = gateway.ask(query, json!({ "id": receipt })).await?;
        let took = begun.elapsed();
        ensure!(told["planExport"]["plan"]["ready"] == true, "{told}");
        if round > 0 {
            times.push(took);
            statements = gateway.statements().await? - before;
        }
    }
    Ok((times, statements))
}

/// Sends everything that waits, as one run.
async fn send(gateway: &Gateway) -> Result<()> {
    let told = gateway.ask("mutation { exportPending { run { id } userErrors { message } } }", Value::Null).await?;
    let run = told["exportPending"]["run"]["id"].as_str().with_context(|| told.to_string())?.to_owned();
    let query = "query($id: ID!) { node(id: $id) { ... on SyncRun { state done total counts { posted } } } }";
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let found = gateway.ask(query, json!({ "id": run })).await?["node"].clone();
        match found["state"].as_str() {
            Some("QUEUED" | "RUNNING") => {}
            Some("SUCCEEDED") => return Ok(()),
            _ => anyhow::bail!("the run ended: {found}"),
        }
    }
}

/// When each document was in the books, in order, in seconds.
async fn posted(aside: &DatabaseConnection) -> Result<Vec<f64>> {
    let sql = "SELECT ended_at FROM export_attempt WHERE outcome = 'SYNCED' ORDER BY ended_at";
    let rows = aside.query_all_raw(Statement::from_string(aside.get_database_backend(), sql)).await?;
    rows.iter()
        .map(|row| {
            let at: i64 = row.try_get("", "ended_at")?;
            Ok(Duration::from_micros(u64::try_from(at)?).as_secs_f64())
        })
        .collect()
}

async fn number_of(aside: &DatabaseConnection, sql: &str) -> Result<i64> {
    let row = aside.query_one_raw(Statement::from_string(aside.get_database_backend(), sql)).await?;
    Ok(row.context("no count")?.try_get("", "n")?)
}

/// Seconds from the first document of each minute's worth to the first of the next.
fn minutes(posted: &[f64], allowed: usize) -> Vec<f64> {
    let firsts: Vec<f64> = posted.iter().copied().step_by(allowed).collect();
    firsts.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_from_its_first_document_to_the_next_ones_first() {
        let posted: Vec<f64> = (0..31).map(|place| f64::from(place / 10) * 61.0).collect();
        assert_eq!(minutes(&posted, 10).iter().map(|seconds| format!("{seconds:.0}")).collect::<Vec<_>>(), ["61"; 3]);
        assert!(minutes(&posted[..10], 10).is_empty());
    }
}

//! Suite `pages`: a page of 50 items by name, filtered by type and active, first and at 90 % depth, against the raw
//! handler.
//!
//! Rule: one statement each, and by the composite index, or the run fails. The two take turns in every round.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use domain::measure::page_of_items;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::{
    child,
    compare::{ROUNDS, at_most, middle, number, ratio},
    database::{Place, connect},
    gateway::Gateway,
    load::Load,
    raw,
    report::Section,
    sandbox::{self, Shape},
};

/// Generated items.
const ITEMS: u32 = 100_000;
/// Requests of a round.
const REQUESTS: usize = 8_000;
/// Connections.
const CONNECTIONS: usize = 16;
/// The index made for these pages.
const INDEX: &str = "item_by_kind_and_name";

/// What is asked of the gateway; `raw` shows the same.
const QUERY: &str = "query($after: String) { items(first: 50, after: $after, filter: {types: [INVENTORY], active: true}) { \
    nodes { id externalId name sku type active unitPrice { amount currency } quantityOnHand } \
    pageInfo { hasNextPage endCursor } } }";

/// Cost of a request.
#[derive(Debug, Clone, Copy)]
struct Cost {
    /// CPU of the process that holds gateway and raw handler.
    cpu: Duration,
    /// CPU of the database's own processes.
    database: Option<Duration>,
    /// Wall time of all requests.
    seconds: f64,
    /// Bytes of an answer.
    bytes: usize,
}

/// One round on one kind of page.
#[derive(Debug)]
struct Round {
    ours: Cost,
    raw: Cost,
}

/// A kind of page, both ways.
struct Target {
    name: &'static str,
    ours: Load,
    raw: Load,
    rounds: Vec<Round>,
}

/// Runs the suite.
///
/// # Errors
/// When a page takes more than one statement, or another way than the index.
pub async fn measure() -> Result<Section> {
    let head = [
        "database",
        "page",
        "statements",
        "CPU a request",
        "raw",
        "CPU ÷ raw",
        "requests/s",
        "raw",
        "of raw",
        "database CPU a request",
        "bytes, raw",
    ];
    let mut section = Section::new("A page of 50 items of 100,000", &head);
    let (part, address) = sandbox::start(Shape { items: ITEMS, ..Shape::default() }).await?;
    for place in &Place::both().await? {
        let database = place.fresh().await?;
        let gateway = Gateway::start(database.clone(), address.clone()).await?;
        gateway.sync().await?;
        let place_90 = deep(&database).await?;
        let plans = plans(&database, place_90.clone()).await?;
        let mut targets = targets(&gateway, place_90).await?;
        let mut statements = Vec::new();
        for target in &targets {
            statements.push(statements_of(&gateway, target).await?);
        }
        for _ in 0..ROUNDS {
            for target in &mut targets {
                let round = Round {
                    raw: cost(place, &gateway, &target.raw).await?,
                    ours: cost(place, &gateway, &target.ours).await?,
                };
                target.rounds.push(round);
            }
        }
        for (target, statements) in targets.iter().zip(statements) {
            section.rows.push(row(place, target, statements));
        }
        section.notes.extend(plans.into_iter().map(|plan| format!("{}: `{plan}`", place.name())));
        gateway.part.end().await?;
    }
    part.end().await?;
    section.notes.push(format!(
        "{REQUESTS} requests over {CONNECTIONS} connections a round, from another process. Raw: the same statement, decoded and written by hand, no GraphQL, token, limits or metrics."
    ));
    Ok(section)
}

fn row(place: &Place, target: &Target, statements: u64) -> Vec<String> {
    let rounds = &target.rounds;
    let each = number(REQUESTS);
    let micro = |time: Duration| time.as_secs_f64() * 1e6 / each;
    let microseconds =
        |figure: fn(&Round) -> Duration| format!("{:.0} µs", middle(rounds, |round| micro(figure(round))));
    let rate = |figure: fn(&Round) -> f64| format!("{:.0}", middle(rounds, |round| each / figure(round)));
    let database = |cost: Cost| cost.database.map_or(f64::NAN, micro);
    let database = match rounds.first().and_then(|round| round.ours.database) {
        Some(_) => format!("{:.0} µs", middle(rounds, |round| database(round.ours))),
        None => "in the gateway's".to_owned(),
    };
    let bytes = rounds.first().map_or((0, 0), |round| (round.ours.bytes, round.raw.bytes));
    vec![
        place.name().to_owned(),
        target.name.to_owned(),
        statements.to_string(),
        microseconds(|round| round.ours.cpu),
        microseconds(|round| round.raw.cpu),
        at_most(middle(rounds, |round| ratio(round.ours.cpu, round.raw.cpu)), 2.0, ""),
        rate(|round| round.ours.seconds),
        rate(|round| round.raw.seconds),
        format!("{:.2}", middle(rounds, |round| round.raw.seconds / round.ours.seconds)),
        database,
        format!("{}, {}", bytes.0, bytes.1),
    ]
}

/// The row at 90 % depth of the list.
async fn deep(database: &str) -> Result<(String, uuid::Uuid)> {
    let connection = connect(database).await?;
    let backend = connection.get_database_backend();
    let matching = "FROM item WHERE kind = 'INVENTORY' AND active";
    let sql = format!(
        "SELECT sort_name, id {matching} ORDER BY sort_name, id LIMIT 1 \
         OFFSET (SELECT COUNT(*) * 9 / 10 {matching})"
    );
    let row = connection.query_one_raw(Statement::from_string(backend, sql)).await?.context("no items")?;
    let found = (row.try_get("", "sort_name")?, row.try_get("", "id")?);
    connection.close().await?;
    Ok(found)
}

/// How the database finds the pages.
async fn plans(database: &str, deep: (String, uuid::Uuid)) -> Result<Vec<String>> {
    let connection = connect(database).await?;
    let db = domain::store::Db::over(connection.clone());
    let backend = connection.get_database_backend();
    let sql = "SELECT DISTINCT business_id FROM item";
    let row = connection.query_one_raw(Statement::from_string(backend, sql)).await?.context("no items")?;
    let business: uuid::Uuid = row.try_get("", "business_id")?;
    let postgres = backend == sea_orm::DbBackend::Postgres;
    let (explain, column) = if postgres { ("EXPLAIN", "QUERY PLAN") } else { ("EXPLAIN QUERY PLAN", "detail") };
    let mut plans = Vec::new();
    for after in [None, Some(deep)] {
        let page = page_of_items(&db, business.into(), &raw::filter(), &raw::columns(), &raw::request(after));
        let sql = format!("{explain} {}", page.with_values);
        let rows = connection.query_all_raw(Statement::from_string(backend, sql)).await?;
        let lines = rows.iter().map(|row| row.try_get::<String>("", column)).collect::<Result<Vec<_>, _>>()?;
        let plan = lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join("; ");
        ensure!(plan.contains(INDEX), "{INDEX} is not used: {plan}");
        ensure!(!plan.to_lowercase().contains("sort key") && !plan.contains("TEMP B-TREE"), "sorted: {plan}");
        plans.push(plan);
    }
    connection.close().await?;
    Ok(plans)
}

async fn targets(gateway: &Gateway, deep: (String, uuid::Uuid)) -> Result<Vec<Target>> {
    let url = reqwest::Url::parse_with_params(
        &format!("{}/items", gateway.seat.raw),
        [("name", deep.0.as_str()), ("id", &deep.1.to_string())],
    )?;
    let cursor = cursor_at(gateway, &deep).await?;
    Ok(vec![
        target(gateway, "first", Value::Null, format!("{}/items", gateway.seat.raw)),
        target(gateway, "at 90 % depth", cursor.into(), url.into()),
    ])
}

fn target(gateway: &Gateway, name: &'static str, after: Value, raw: String) -> Target {
    let body = json!({ "query": QUERY, "variables": { "after": after } }).to_string();
    let load = Load { url: raw, body: None, token: None, requests: REQUESTS, connections: CONNECTIONS };
    let token = Some(gateway.seat.token.clone());
    let ours = Load { url: gateway.seat.graphql.clone(), body: Some(body), token, ..load.clone() };
    Target { name, ours, raw: load, rounds: Vec::new() }
}

/// The cursor of a row, found as a client finds it: by reading up to it.
async fn cursor_at(gateway: &Gateway, deep: &(String, uuid::Uuid)) -> Result<String> {
    let query = "query($after: String) { items(first: 250, after: $after, filter: {types: [INVENTORY], active: true}) { \
                 edges { cursor node { id } } pageInfo { endCursor } } }";
    let wanted = entity::ItemId(deep.1).to_string();
    let mut after = Value::Null;
    loop {
        let page = gateway.ask(query, json!({ "after": after })).await?["items"].take();
        let edges = page["edges"].as_array().context("no edges")?;
        if let Some(edge) = edges.iter().find(|edge| edge["node"]["id"] == wanted.as_str()) {
            return Ok(edge["cursor"].as_str().context("no cursor")?.to_owned());
        }
        after = page["pageInfo"]["endCursor"].clone();
        ensure!(!after.is_null(), "the row is not in the list");
    }
}

/// Statements of one page, counted by the gateway itself while nothing else is asked of it.
async fn statements_of(gateway: &Gateway, target: &Target) -> Result<u64> {
    let body: Value = serde_json::from_str(target.ours.body.as_deref().unwrap_or_default())?;
    // The first request also reads who asks; that is remembered for a while.
    gateway.ask(QUERY, body["variables"].clone()).await?;
    let mut fewest = u64::MAX;
    // The gateway looks for orphaned runs now and then, which counts too; it cannot fall into every attempt.
    for _ in 0..5 {
        let before = gateway.statements().await?;
        gateway.ask(QUERY, body["variables"].clone()).await?;
        fewest = fewest.min(gateway.statements().await? - before);
    }
    ensure!(fewest == 1, "a page took {fewest} statements");
    Ok(fewest)
}

async fn cost(place: &Place, gateway: &Gateway, load: &Load) -> Result<Cost> {
    let warm = Load { requests: REQUESTS / 10, ..load.clone() };
    warm.run().await?;
    let server = place.server()?;
    let database = |pid: Option<u32>| pid.map(child::cpu_with_children).transpose();
    let before = (child::cpu(gateway.part.pid)?, database(server)?);
    let done = load.run().await?;
    let after = (child::cpu(gateway.part.pid)?, database(server)?);
    let cpu = after.0.saturating_sub(before.0);
    let database = after.1.zip(before.1).map(|(after, before)| after.saturating_sub(before));
    Ok(Cost { cpu, database, seconds: done.seconds, bytes: done.bytes })
}

//! The gateway in a process of its own, served as the real program serves it; beside it the raw handler.
//!
//! Rule: both are in one process image, with the same allocator and the same pool, so that only what they do differs.

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpListener;

use crate::{
    child::{self, Part},
    raw,
    rig::Rig,
    sandbox::Address,
};

/// The part's name.
pub const PART: &str = "part-gateway";

/// What the part is told.
#[derive(Debug, Serialize, Deserialize)]
struct Settings {
    database: String,
    sandbox: Address,
}

/// Where a gateway is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Seat {
    /// The GraphQL endpoint.
    pub graphql: String,
    /// The raw handler.
    pub raw: String,
    /// A token of the owner.
    pub token: String,
    /// The connection to the sandbox.
    pub integration: String,
}

/// A running gateway.
#[derive(Debug)]
pub struct Gateway {
    /// Its process.
    pub part: Part,
    /// Where it is.
    pub seat: Seat,
    client: reqwest::Client,
}

impl Gateway {
    /// Starts one on a new database, connected to the sandbox.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(database: String, sandbox: Address) -> Result<Self> {
        let (part, seat) = Part::start(PART, &Settings { database, sandbox }).await?;
        Ok(Self { part, seat, client: reqwest::Client::new() })
    }

    /// Asks for something and expects no errors.
    ///
    /// # Errors
    /// When there are some.
    pub async fn ask(&self, query: &str, variables: Value) -> Result<Value> {
        let body = json!({ "query": query, "variables": variables });
        let answer = self.client.post(&self.seat.graphql).bearer_auth(&self.seat.token).json(&body).send().await?;
        let mut answer: Value = answer.json().await?;
        ensure!(answer.get("errors").is_none(), "{answer}");
        Ok(answer["data"].take())
    }

    /// Syncs the items.
    ///
    /// # Errors
    /// When the sync does not succeed.
    pub async fn sync(&self) -> Result<()> {
        let start =
            "mutation($id: ID!) { syncItems(input: {integrationId: $id}) { run { id } userErrors { message } } }";
        let started = self.ask(start, json!({ "id": self.seat.integration })).await?;
        let run = started["syncItems"]["run"]["id"].as_str().context("the sync was not started")?.to_owned();
        loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let found = self
                .ask("query($id: ID!) { node(id: $id) { ... on SyncRun { state } } }", json!({ "id": run }))
                .await?;
            match found["node"]["state"].as_str() {
                Some("QUEUED" | "RUNNING") => {}
                Some("SUCCEEDED") => return Ok(()),
                other => anyhow::bail!("the sync ended as {other:?}"),
            }
        }
    }

    /// Statements that the gateway has executed so far.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn statements(&self) -> Result<u64> {
        let url = format!("{}/statements", self.seat.raw);
        Ok(self.client.get(url).send().await?.error_for_status()?.text().await?.parse()?)
    }
}

/// Plays the part.
///
/// # Errors
/// When the gateway does not start.
pub async fn play(settings: &str) -> Result<()> {
    let Settings { database, sandbox } = serde_json::from_str(settings)?;
    let mut rig = Rig::open(&database, &sandbox).await?;
    let listener = rig.listener.take().context("no listener")?;
    let raw_listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let seat = Seat {
        graphql: format!("http://{}/graphql", listener.local_addr()?),
        raw: format!("http://{}", raw_listener.local_addr()?),
        token: rig.token()?,
        integration: rig.integration.to_string(),
    };
    let raw = tokio::spawn(axum::serve(raw_listener, raw::router(&rig)).into_future());
    child::say(&seat)?;
    let lifecycle = rig.lifecycle().clone();
    tokio::spawn(async move {
        child::until_told().await;
        lifecycle.stop();
    });
    rig.app.serve(listener).await?;
    raw.abort();
    rig.close().await
}

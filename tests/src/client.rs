//! A client of the gateway: sends operations with a token, reads answers.
//!
//! Rule: over HTTP, as any client; an answer is a whole JSON value to be compared.

use anyhow::{Context, Result, ensure};
use reqwest::header;
use serde_json::{Value, json};
use url::Url;

/// A client with a token.
#[derive(Debug, Clone)]
pub struct Client {
    /// The gateway.
    pub gateway: Url,
    /// The token, without `Bearer`.
    pub token: String,
    http: reqwest::Client,
}

/// A top-level error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// HTTP status.
    pub status: u16,
    /// `extensions.code`.
    pub code: String,
    /// The sentence.
    pub message: String,
}

impl Client {
    /// A client of this gateway with this token.
    pub fn new(gateway: Url, token: String) -> Self {
        Self { gateway, token, http: reqwest::Client::new() }
    }

    /// Sends an operation; status and body of the answer.
    ///
    /// # Errors
    /// When the gateway does not answer in JSON.
    pub async fn send(&self, query: &str, variables: Value) -> Result<(u16, Value)> {
        let response = self
            .http
            .post(self.gateway.join("graphql")?)
            .bearer_auth(&self.token)
            .header(header::ACCEPT, "application/graphql-response+json")
            .json(&json!({"query": query, "variables": variables}))
            .send()
            .await?;
        let status = response.status().as_u16();
        let text = response.text().await?;
        let body = serde_json::from_str(&text).with_context(|| format!("{status}: {text}"))?;
        Ok((status, body))
    }

    /// The data of an operation that must succeed.
    ///
    /// # Errors
    /// When it does not.
    pub async fn data(&self, query: &str, variables: Value) -> Result<Value> {
        let (status, body) = self.send(query, variables).await?;
        ensure!(status == 200 && body.get("errors").is_none(), "{status}: {body}\n{query}");
        Ok(body["data"].clone())
    }

    /// The first error of an operation that must be refused as a whole.
    ///
    /// # Errors
    /// When it succeeds.
    pub async fn fault(&self, query: &str, variables: Value) -> Result<Fault> {
        let (status, body) = self.send(query, variables).await?;
        let error = &body["errors"][0];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        ensure!(error["message"].is_string(), "no error: {status}: {body}");
        Ok(Fault { status, code: text(&error["extensions"]["code"]), message: text(&error["message"]) })
    }

    /// The payload of a mutation, whatever it says. Its input type is its name with `Input` behind.
    ///
    /// # Errors
    /// When it is refused as a whole.
    pub async fn payload(&self, mutation: &str, input: Value, selection: &str) -> Result<Value> {
        let data = self.data(&document(mutation, selection), json!({"input": input})).await?;
        Ok(data[mutation].clone())
    }

    /// The payload of a mutation that must be carried out.
    ///
    /// # Errors
    /// When it answers with `userErrors`.
    pub async fn mutate(&self, mutation: &str, input: Value, selection: &str) -> Result<Value> {
        let payload = self.payload(mutation, input, selection).await?;
        ensure!(payload["userErrors"] == json!([]), "{mutation}: {payload}");
        Ok(payload)
    }

    /// Code, message and path of the one refusal that a mutation must answer with.
    ///
    /// # Errors
    /// When it is carried out, or refused as a whole.
    pub async fn refusal(&self, mutation: &str, input: Value) -> Result<Value> {
        let payload = self.payload(mutation, input, "__typename").await?;
        let errors = payload["userErrors"].as_array().context("no userErrors")?;
        ensure!(errors.len() == 1, "{mutation}: {payload}");
        Ok(errors[0].clone())
    }

    /// The fault with which a mutation must be refused as a whole.
    ///
    /// # Errors
    /// When it is not.
    pub async fn mutation_fault(&self, mutation: &str, input: Value) -> Result<Fault> {
        self.fault(&document(mutation, "__typename"), json!({"input": input})).await
    }

    /// An object by its id, or null.
    ///
    /// # Errors
    /// When it cannot be asked for.
    pub async fn node(&self, id: &str, kind: &str, selection: &str) -> Result<Value> {
        let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {selection} }} }} }}");
        Ok(self.data(&query, json!({"id": id})).await?["node"].clone())
    }

    /// All nodes of a list, page after page; `filter` is null or the list's filter.
    ///
    /// # Errors
    /// When a page cannot be read.
    pub async fn all(&self, list: &str, filter_type: &str, filter: Value, selection: &str) -> Result<Vec<Value>> {
        let query = format!(
            "query($filter: {filter_type}, $after: String) {{ {list}(filter: $filter, first: 250, after: $after) {{ \
             nodes {{ {selection} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        let mut nodes = Vec::new();
        let mut after = Value::Null;
        loop {
            let data = self.data(&query, json!({"filter": filter, "after": after})).await?;
            let page = &data[list];
            nodes.extend(page["nodes"].as_array().context("no nodes")?.iter().cloned());
            if page["pageInfo"]["hasNextPage"] != true {
                return Ok(nodes);
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }
}

/// A mutation with one `input`.
fn document(mutation: &str, selection: &str) -> String {
    let (first, rest) = mutation.split_at(1);
    let input = format!("{}{rest}Input", first.to_uppercase());
    format!(
        "mutation($input: {input}!) {{ {mutation}(input: $input) {{ {selection} userErrors {{ code message path help \
         providerCode }} }} }}"
    )
}

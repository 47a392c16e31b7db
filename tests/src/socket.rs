//! Subscriptions over a WebSocket (graphql-transport-ws).
//!
//! Rule: what was received is kept in order; a test waits for the next value, never for time to pass.

use anyhow::{Context, Result, bail, ensure};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

use crate::{PATIENCE, client::Client};

/// A running subscription.
#[derive(Debug)]
pub struct Subscription {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    field: String,
}

impl Client {
    /// Subscribes to one field.
    ///
    /// # Errors
    /// When the gateway refuses.
    pub async fn subscribe(&self, field: &str, arguments: &str, selection: &str) -> Result<Subscription> {
        let mut url = self.gateway.join("graphql/ws")?;
        url.set_scheme("ws").map_err(|()| anyhow::anyhow!("no WebSocket address"))?;
        let mut request = url.as_str().into_client_request()?;
        request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("graphql-transport-ws"));
        let (mut stream, _) = connect_async(request).await?;
        let authorization = format!("Bearer {}", self.token);
        send(&mut stream, json!({"type": "connection_init", "payload": {"authorization": authorization}})).await?;
        let mut subscription = Subscription { stream, field: field.to_owned() };
        let acknowledged = subscription.receive().await?;
        ensure!(acknowledged["type"] == "connection_ack", "{acknowledged}");
        let query = format!("subscription {{ {field}{arguments} {{ {selection} }} }}");
        let message = json!({"type": "subscribe", "id": "1", "payload": {"query": query}});
        send(&mut subscription.stream, message).await?;
        Ok(subscription)
    }
}

async fn send(stream: &mut WebSocketStream<MaybeTlsStream<TcpStream>>, message: Value) -> Result<()> {
    Ok(stream.send(Message::text(message.to_string())).await?)
}

impl Subscription {
    /// The next value; nothing when the subscription is complete.
    ///
    /// # Errors
    /// When it brings an error, or nothing for a long time.
    pub async fn next(&mut self) -> Result<Option<Value>> {
        loop {
            let message = self.receive().await?;
            match message["type"].as_str() {
                Some("next") if message["payload"].get("errors").is_none() => {
                    return Ok(Some(message["payload"]["data"][&self.field].clone()));
                }
                Some("complete") => return Ok(None),
                Some("ping") => send(&mut self.stream, json!({"type": "pong"})).await?,
                _ => bail!("{message}"),
            }
        }
    }

    /// All values until it is complete.
    ///
    /// # Errors
    /// As [`Subscription::next`].
    pub async fn rest(&mut self) -> Result<Vec<Value>> {
        let mut values = Vec::new();
        while let Some(value) = self.next().await? {
            values.push(value);
        }
        Ok(values)
    }

    async fn receive(&mut self) -> Result<Value> {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.stream.next()).await.context("nothing came")?;
            match message.context("the connection ended")?? {
                Message::Text(text) => return Ok(serde_json::from_str(&text)?),
                Message::Ping(_) | Message::Pong(_) => {}
                other => bail!("{other:?}"),
            }
        }
    }
}

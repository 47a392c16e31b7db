//! The edge end to end: a tiny schema behind the real router, over real HTTP, WebSocket and SSE on loopback.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected shall fail at once")]

mod assets;
mod auth;
mod callback;
mod graphql;
mod health;
mod limits;
mod paging;
mod process;
mod sandbox;
mod schema;
mod server;
mod sse;
mod stopping;
mod websocket;

//! The edge end to end: a tiny schema behind the real router, over real HTTP, WebSocket and SSE on loopback.

mod assets;
mod auth;
mod callback;
mod graphql;
mod health;
mod limits;
mod paging;
mod process;
mod schema;
mod server;
mod sse;
mod stopping;
mod websocket;

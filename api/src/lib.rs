//! The gateway's edge: configuration, command line, HTTP, tokens and GraphQL's shared parts.
//!
//! Rule: an edge translates. It decides nothing about stock or books; that is `domain`'s.

pub mod app;
pub mod auth;
pub mod cli;
pub mod config;
pub mod database;
pub mod graphql;
pub mod http;
pub mod telemetry;
pub mod worker;

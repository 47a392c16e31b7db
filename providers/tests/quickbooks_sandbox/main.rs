//! The QuickBooks sandbox over HTTP, one rule of the reference at a time.
//!
//! Rule: only what a client of the service sees, and the control endpoint; nothing of the sandbox's inside.

mod batch;
mod bills;
mod books;
mod control;
mod gateway;
mod generated;
mod items;
mod lists;
mod oauth;
mod pages;
mod persistence;
mod query;
mod reading;
mod reports;
mod requests;
mod sales;
mod service;
mod statements;
mod updates;
mod webhooks;

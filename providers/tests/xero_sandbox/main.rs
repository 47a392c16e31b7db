//! The Xero sandbox over HTTP, one rule of the reference at a time.
//!
//! Rule: only what a client of the service sees, the pages, the control endpoint and the neutral hand; nothing of the
//! sandbox's inside.

mod books;
mod catalog;
mod documents;
mod faults;
mod hand;
mod journals;
mod lists;
mod oauth;
mod pages;
mod persistence;
mod random;
mod reports;
mod service;
mod webhooks;
mod writing;

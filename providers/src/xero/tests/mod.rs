//! The provider against scripted answers over real sockets, and its pure parts by tables.

mod canary;
mod catalog;
mod changes;
mod convert_sale;
mod error;
mod ledger;
mod oauth;
mod odd_answers;
mod posting;
mod reading;
mod reports;
mod sales;
mod sandbox;
mod settings;
mod webhook;

use std::{collections::BTreeMap, sync::Arc};

use rust_decimal::Decimal;
use url::Url;

use crate::{
    provider::Provider,
    settings::{ProviderSettings, TransportSettings},
    testing::{Seen, Stub, provider_settings},
    xero::ENTRY,
};

const ENDPOINTS: &[&str] = &["api", "authorize", "connections", "revocation", "token"];

/// An organisation of the tests.
const TENANT: &str = "7f2d1c9e-0c0a-4f5e-9a53-2b1f4d3c5a60";

/// The provider with every endpoint at the stub.
fn provider(stub: &Stub) -> Arc<dyn Provider> {
    (ENTRY.build)(&provider_settings(&stub.url, ENDPOINTS)).unwrap()
}

/// The same with other transport settings.
fn provider_with(stub: &Stub, transport: TransportSettings) -> Arc<dyn Provider> {
    let settings = provider_settings(&stub.url, ENDPOINTS);
    (ENTRY.build)(&ProviderSettings { transport, ..settings }).unwrap()
}

/// An answer with a collection (§2).
fn rows(collection: &str, rows: &str) -> String {
    format!(
        r#"{{"Id":"e3b1","Status":"OK","ProviderName":"app","DateTimeUTC":"/Date(1772471647511)/","{collection}":[{rows}]}}"#
    )
}

/// An answer with a page of a collection (§2).
fn page(collection: &str, rows: &str, page: u32, pages: u32) -> String {
    format!(
        r#"{{"Status":"OK","pagination":{{"page":{page},"pageSize":500,"pageCount":{pages},"itemCount":9}},"{collection}":[{rows}]}}"#
    )
}

/// The path that was asked for, and its parameters, decoded.
fn asked(seen: &Seen) -> (String, BTreeMap<String, String>) {
    let url = Url::parse(&format!("http://x{}", seen.url)).unwrap();
    (url.path().to_owned(), url.query_pairs().into_owned().collect())
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

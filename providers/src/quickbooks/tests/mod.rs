//! The provider against scripted answers over real sockets, and its pure parts by tables.

mod bills;
mod books;
mod canary;
mod changes;
mod convert;
mod error;
mod oauth;
mod odd_answers;
mod posting;
mod reading;
mod reports;
mod sales;
mod sandbox;
mod settings;
mod webhook;

use std::sync::Arc;

use crate::{
    provider::Provider,
    quickbooks::ENTRY,
    settings::TransportSettings,
    testing::{Seen, Stub, provider_settings},
};

const ENDPOINTS: &[&str] = &["api", "authorize", "revoke", "token"];

/// The provider with every endpoint at the stub.
fn provider(stub: &Stub) -> Arc<dyn Provider> {
    (ENTRY.build)(&provider_settings(&stub.url, ENDPOINTS)).unwrap()
}

/// The same with other transport settings.
fn provider_with(stub: &Stub, transport: TransportSettings) -> Arc<dyn Provider> {
    let settings = provider_settings(&stub.url, ENDPOINTS);
    (ENTRY.build)(&crate::settings::ProviderSettings { transport, ..settings }).unwrap()
}

/// The statement of a query, decoded.
fn statement(seen: &Seen) -> String {
    let url = url::Url::parse(&format!("http://x{}", seen.url)).unwrap();
    url.query_pairs().find(|(name, _)| name == "query").unwrap().1.into_owned()
}

/// An answer to a query.
fn rows(entity: &str, rows: &str) -> String {
    format!(
        r#"{{"QueryResponse":{{"{entity}":[{rows}],"startPosition":1,"maxResults":1}},"time":"2026-03-02T09:14:07.511-08:00"}}"#
    )
}

fn counted(total: u64) -> String {
    format!(r#"{{"QueryResponse":{{"totalCount":{total}}},"time":"2026-03-02T09:14:07.511-08:00"}}"#)
}

/// A business fault (§4.1).
fn fault(code: &str, kind: &str) -> String {
    format!(
        r#"{{"Fault":{{"Error":[{{"Message":"Said","Detail":"More","code":"{code}","element":""}}],"type":"{kind}"}},"time":"2026-03-02T09:14:07.511-08:00"}}"#
    )
}

/// A gateway fault: lower case, and with everything that comes with it (§4.1).
fn gateway_fault(name: &str, code: &str, status: u16, kind: &str) -> String {
    format!(
        r#"{{"warnings":null,"intuitObject":null,"fault":{{"error":[{{"message":"message={name}; errorCode={code}; statusCode={status}","detail":"Because","code":"{code}","element":null}}],"type":"{kind}"}},"report":null,"queryResponse":null,"batchItemResponse":[],"time":1772471647511,"status":null,"cdcresponse":[]}}"#
    )
}

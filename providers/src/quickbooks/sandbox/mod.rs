//! A stand-in of the QuickBooks Online service on loopback: OAuth, the accounting API, sample companies, faults on demand.
//!
//! Rule: it is the other side of the wire. It shares no code with the client in this folder's parent; both follow the
//! reference, each on its own. `README.md` beside this file says how to use it.

mod books;
mod clock;
mod company;
mod control;
mod entities;
mod faults;
mod hand;
mod json;
mod oauth;
mod operation;
mod pages;
mod pipeline;
mod query;
mod reports;
mod sample;
mod server;
mod shared;
mod store;
mod throttle;
mod webhooks;
mod xml;

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use secrecy::SecretString;
use tokio::{net::TcpListener, sync::watch};
use url::Url;

use self::{shared::Sandbox, store::State};
use crate::sandbox::{RunningSandbox, SandboxError, SandboxOptions, StateFile, connection};

/// What webhooks are signed with where nobody names another verifier token.
const WEBHOOK_KEY: &str = "sandbox-verifier-token";

/// The file in the state directory.
const STATE_FILE: &str = "quickbooks.json";

/// Starts the sandbox.
///
/// # Errors
/// When the address is taken or the state directory cannot be used.
pub async fn start(options: SandboxOptions) -> Result<RunningSandbox, SandboxError> {
    let refused = |reason: String| SandboxError::Listen { address: options.listen, reason };
    let file = options.directory.as_deref();
    let file = file.map(|directory| StateFile::in_directory(directory, STATE_FILE)).transpose()?;
    let state = load(file.as_ref(), &options)?;
    let listener = TcpListener::bind(options.listen).await.map_err(|error| refused(error.to_string()))?;
    let address = listener.local_addr().map_err(|error| refused(error.to_string()))?;
    let url = base_url(address).ok_or_else(|| refused("the address makes no URL".to_owned()))?;
    let (shutdown, stopping) = watch::channel(false);
    let sandbox = Arc::new(Sandbox::new(state, options, stopping));
    let control = Arc::new(hand::Hand(Arc::clone(&sandbox)));
    let task = tokio::spawn(server::serve(connection::Listener(listener), sandbox, file));
    Ok(RunningSandbox {
        address,
        endpoints: endpoints(&url),
        url,
        client_id: oauth::CLIENT_ID.to_owned(),
        client_secret: SecretString::from(oauth::CLIENT_SECRET),
        webhook_key: SecretString::from(WEBHOOK_KEY),
        control,
        shutdown,
        task,
    })
}

/// The stored state, or the sample companies.
fn load(file: Option<&StateFile>, options: &SandboxOptions) -> Result<State, SandboxError> {
    let stored = file.map(StateFile::read).transpose()?.flatten();
    let mut state = match stored {
        Some(state) => state,
        None => State::sample().map_err(|reason| SandboxError::State { path: "sample".into(), reason })?,
    };
    state.prepare(shared::generator(options));
    Ok(state)
}

/// The address as clients on this machine reach it.
fn base_url(address: SocketAddr) -> Option<Url> {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    Url::parse(&format!("http://{}/", SocketAddr::new(ip, address.port()))).ok()
}

/// `discovery` is the whole address of the document, `api` the origin before `/v3/…`.
fn endpoints(url: &Url) -> BTreeMap<String, Url> {
    let discovery = url.join("/.well-known/openid_sandbox_configuration").ok();
    let named = [("discovery", discovery), ("api", Some(url.clone()))];
    named.into_iter().filter_map(|(name, url)| Some((name.to_owned(), url?))).collect()
}

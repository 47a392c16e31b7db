//! A weir between the gateway and the accounting system: lets bytes through, or holds them on one side.
//!
//! Rule: it changes nothing and understands nothing; what it holds has left one side and not reached the other, which is
//! the one place where a test can be sure of that.

use std::sync::Arc;

use anyhow::{Context, Result};
use providers::settings::ProviderSettings;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};
use url::Url;

/// What is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// Nothing.
    Nothing,
    /// What the gateway sends.
    Requests,
    /// What the accounting system answers.
    Answers,
}

/// A weir. It ends with the test.
#[derive(Debug)]
pub struct Weir {
    /// Where it listens.
    pub url: Url,
    gate: watch::Sender<Held>,
    waiting: Arc<watch::Sender<usize>>,
    listening: JoinHandle<()>,
}

impl Weir {
    /// A weir before a service's address.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn before(service: &Url) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let mut url = service.clone();
        url.set_port(Some(listener.local_addr()?.port())).map_err(|()| anyhow::anyhow!("no port"))?;
        let target = (service.host_str().context("a host")?.to_owned(), service.port().context("a port")?);
        let (gate, _) = watch::channel(Held::Nothing);
        let waiting = Arc::new(watch::channel(0).0);
        let listening = tokio::spawn(listen(listener, target, gate.subscribe(), Arc::clone(&waiting)));
        Ok(Self { url, gate, waiting, listening })
    }

    /// The provider's settings with its API behind the weir.
    pub fn settings(&self, mut settings: ProviderSettings) -> ProviderSettings {
        settings.endpoints.insert("api".to_owned(), self.url.clone());
        settings
    }

    /// Holds, or lets go.
    pub fn hold(&self, what: Held) {
        self.gate.send_replace(what);
    }

    /// How many connections have something that is held now.
    pub fn waiting(&self) -> usize {
        *self.waiting.borrow()
    }
}

impl Drop for Weir {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(
    listener: TcpListener,
    target: (String, u16),
    gate: watch::Receiver<Held>,
    waiting: Arc<watch::Sender<usize>>,
) {
    while let Ok((client, _)) = listener.accept().await {
        let (target, gate, waiting) = (target.clone(), gate.clone(), Arc::clone(&waiting));
        tokio::spawn(async move {
            let Ok(service) = TcpStream::connect((target.0.as_str(), target.1)).await else { return };
            let (client_in, client_out) = client.into_split();
            let (service_in, service_out) = service.into_split();
            // Whichever side ends first, the connection is over for both, as when a process is killed.
            tokio::select! {
                () = flow(client_in, service_out, Held::Requests, gate.clone(), &waiting) => {}
                () = flow(service_in, client_out, Held::Answers, gate, &waiting) => {}
            }
        });
    }
}

/// Counts a connection while it has something that is held, also when it is cut then.
struct Waiting<'a>(&'a watch::Sender<usize>);

impl<'a> Waiting<'a> {
    fn begin(count: &'a watch::Sender<usize>) -> Self {
        count.send_modify(|count| *count += 1);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

async fn flow(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    side: Held,
    mut gate: watch::Receiver<Held>,
    waiting: &watch::Sender<usize>,
) {
    let mut bytes = vec![0; 16_384];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if *gate.borrow() == side {
            let _waiting = Waiting::begin(waiting);
            if gate.wait_for(|held| *held != side).await.is_err() {
                return;
            }
        }
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}

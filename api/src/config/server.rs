//! `[server]`: where the gateway listens and how it is seen from outside.
//!
//! Rule: loopback unless somebody says otherwise.

use std::net::SocketAddr;

use url::Url;

use super::{problem::Problem, section::section};

section! {
    /// Where the gateway listens and how it is seen from outside.
    Server at "server" {
        /// Address and port to listen on; port 0 takes a free one. `STOCKBRIDGE_SERVER__LISTEN`
        listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8080)),
        /// Confirms that listening beyond loopback is meant (a proxy with TLS stands in front), which silences the
        /// warning at start. `STOCKBRIDGE_SERVER__ALLOW_REMOTE`
        allow_remote: bool = false,
        /// The address under which users and providers reach the gateway; `http://` and the listening address if not
        /// given, as `localhost` on this machine. OAuth redirect addresses are built from it.
        /// `STOCKBRIDGE_SERVER__PUBLIC_URL`
        public_url: Option<Url> = None,
        /// Origins beside the public one from which browsers may call the API and open subscriptions, for example a
        /// console served elsewhere. `STOCKBRIDGE_SERVER__ORIGINS`
        origins: Vec<Url> = Vec::new(),
        /// Seconds that requests in progress and subscriptions get to end when the gateway is stopped.
        /// `STOCKBRIDGE_SERVER__SHUTDOWN_SECONDS`
        shutdown_seconds: u64 = 20,
        /// Serve the console and GraphiQL. `STOCKBRIDGE_SERVER__CONSOLE`
        console: bool = true,
        /// Answer introspection, which GraphiQL needs. `STOCKBRIDGE_SERVER__INTROSPECTION`
        introspection: bool = true,
    }
}

impl Server {
    pub(super) fn check(&self) -> Result<(), Problem> {
        let web = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
        Problem::unless(
            self.public_url.as_ref().is_none_or(|url| web(url) && url.path() == "/" && url.query().is_none()),
            "server.public_url",
            "must be http:// or https:// with a host and no path; the gateway needs a host name of its own",
        )?;
        Problem::unless(
            self.origins.iter().all(web),
            "server.origins",
            "must be a list of http:// or https:// addresses, as in [\"https://console.example\"]",
        )
    }

    /// The address under which the gateway is reached, `listening` being where it really listens. On this machine it is
    /// `localhost`: some accounting systems take that as a redirect address and refuse `127.0.0.1`.
    pub fn public_url(&self, listening: SocketAddr) -> Option<Url> {
        let here = listening.ip().is_loopback() || listening.ip().is_unspecified();
        let host = if here { format!("localhost:{}", listening.port()) } else { listening.to_string() };
        self.public_url.clone().or_else(|| Url::parse(&format!("http://{host}/")).ok())
    }
}

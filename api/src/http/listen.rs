//! Opens the port.
//!
//! Rule: an address that cannot be had is said in one line, with what to do.

use std::{io, net::SocketAddr};

use tokio::net::TcpListener;

/// Why the gateway cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Somebody else has the port.
    #[error("port {} on {} is in use by another program; stop that one, or choose another port with --listen (0 takes a free one)", .0.port(), .0.ip())]
    InUse(SocketAddr),
    /// Low ports need rights.
    #[error("this user may not listen on port {}; choose a port from 1024 with --listen", .0.port())]
    Forbidden(SocketAddr),
    /// The address belongs to another machine.
    #[error("this machine has no address {}; use 127.0.0.1, or 0.0.0.0 for all of its addresses", .0.ip())]
    NotOurs(SocketAddr),
    /// Anything else.
    #[error("cannot listen on {address}: {source}")]
    Other {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
}

/// Opens the port; port 0 takes a free one.
///
/// # Errors
/// See [`ListenError`].
pub async fn bind(address: SocketAddr) -> Result<TcpListener, ListenError> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => ListenError::InUse(address),
        io::ErrorKind::PermissionDenied => ListenError::Forbidden(address),
        io::ErrorKind::AddrNotAvailable => ListenError::NotOurs(address),
        _ => ListenError::Other { address, source },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_in_use_is_named_with_the_way_out() {
        let first = bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let address = first.local_addr().unwrap();
        let error = bind(address).await.unwrap_err();
        let expected = format!(
            "port {} on 127.0.0.1 is in use by another program; stop that one, or choose another port with --listen (0 takes a free one)",
            address.port()
        );
        assert_eq!(error.to_string(), expected);
    }

    #[tokio::test]
    async fn an_address_of_another_machine_is_named() {
        let error = bind("192.0.2.1:0".parse().unwrap()).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "this machine has no address 192.0.2.1; use 127.0.0.1, or 0.0.0.0 for all of its addresses"
        );
    }
}

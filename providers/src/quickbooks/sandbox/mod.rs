//! A stand-in of the QuickBooks Online service on loopback.

use crate::sandbox::{RunningSandbox, SandboxError, SandboxOptions};

/// Starts the sandbox.
///
/// # Errors
/// When the address is taken or the state directory cannot be used.
pub async fn start(options: SandboxOptions) -> Result<RunningSandbox, SandboxError> {
    Err(SandboxError::Listen { address: options.listen, reason: "not built yet".to_owned() })
}

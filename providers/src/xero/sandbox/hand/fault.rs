//! Faults in the words of this sandbox.
//!
//! Rule: a trouble that the service cannot make is unsupported, not replaced by another one.

use crate::{
    sandbox::{SandboxError, SandboxFault, Trouble},
    xero::sandbox::control::{Action, Plan},
};

/// The plan for a fault.
///
/// # Errors
/// `Unsupported` for a success with an error inside: the service answers those with 400.
pub(super) fn plan(fault: SandboxFault) -> Result<Plan, SandboxError> {
    let (committed, action) = match fault.trouble {
        Trouble::TooManyRequests { retry_after } => {
            (false, Action::Status { status: 429, retry_after: retry_after.map(u64::from) })
        }
        Trouble::Status { status, committed } => (committed, Action::Status { status, retry_after: None }),
        Trouble::Reset { committed } => (committed, Action::Reset),
        Trouble::CutOff { committed } => (committed, Action::CutOff),
        Trouble::Html { committed } => (committed, Action::Html),
        Trouble::OkWithFault => return Err(SandboxError::Unsupported("answer 200 with an error inside")),
        Trouble::Slow { pause, committed } => {
            let milliseconds = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
            (committed, if committed { Action::Slow { milliseconds } } else { Action::Late { milliseconds } })
        }
        Trouble::TokenExpired => (false, Action::Status { status: 401, retry_after: None }),
        Trouble::PagesShift => (false, Action::PagesShift),
    };
    Ok(Plan::new(fault.target, fault.reach, committed, action))
}

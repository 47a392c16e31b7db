//! Who may call: the bearer token and the company it is for.
//!
//! Rule: 401 for a token that is not valid now, 403 for one that is valid elsewhere (reference 4.2, 5).

use super::call::{Call, Failure};
use crate::quickbooks::sandbox::{
    faults::GatewayFault,
    oauth::{self, Access},
    server::Sandbox,
};

/// Lets a call through or not.
///
/// # Errors
/// The gateway's fault.
pub(super) fn check(sandbox: &Sandbox, call: &Call<'_>) -> Result<(), Failure> {
    let now = sandbox.clock.now();
    let refused = |detail: &str| GatewayFault::Authentication(detail.to_owned());
    let token = oauth::bearer(call.headers).ok_or_else(|| refused("Missing access token"))?;
    let access = sandbox.read(|state| state.grants.access(token, now).cloned());
    let access = access.ok_or_else(|| refused("Token expired: the access token is expired, revoked or unknown"))?;
    if !covers(&access, call.realm) {
        return Err(GatewayFault::Authorization.into());
    }
    let batch = call.resource.eq_ignore_ascii_case("batch");
    let counted = sandbox.throttle.count(call.realm, batch);
    counted.map_err(|too_many| GatewayFault::Throttled(too_many.retry_after).into())
}

fn covers(access: &Access, realm: &str) -> bool {
    access.realm.as_deref() == Some(realm) && access.scopes.iter().any(|scope| scope == oauth::ACCOUNTING)
}

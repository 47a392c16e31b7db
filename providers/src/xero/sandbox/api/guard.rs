//! Who may call what: token, organisation, scope (reference 1.3, 1.4, 2.4).
//!
//! Rule: first the token, then the organisation, then the scope; nothing is told about an organisation that is not
//! connected.

use super::call::Call;
use crate::xero::sandbox::{
    entities,
    oauth::{bearer, scope},
    problem::Problem,
    shared::Sandbox,
};

/// Lets a call pass.
///
/// # Errors
/// 401 for the token, 403 for organisation and scope.
pub(super) fn check(sandbox: &Sandbox, call: &Call<'_>) -> Result<(), Problem> {
    let now = sandbox.clock.now();
    let token = bearer(call.headers).unwrap_or_default();
    let tenant = call.tenant();
    sandbox.read(|state| {
        let consent = state.grants.consent(token, now).map_err(Problem::unauthorised)?;
        let connected = state.grants.connections().iter().any(|connection| connection.tenant == tenant);
        if !connected || !state.organisations.contains_key(tenant) {
            return Err(Problem::not_connected());
        }
        let name = entities::find(call.name()).map_or_else(|| call.name(), |resource| resource.name);
        let report = call.segments.get(1).copied().filter(|_| name == "Reports");
        match scope::allows(&consent.scopes, name, report, !call.reads()) {
            true => Ok(()),
            false => Err(Problem::scope()),
        }
    })
}

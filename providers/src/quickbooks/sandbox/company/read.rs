//! Reading one object (reference 2, 4).
//!
//! Rule: inactive objects are read like any other; only queries leave them out.

use super::{
    call::{Call, Failure},
    envelope,
};
use crate::quickbooks::sandbox::{entities, faults::Fault, server::Sandbox};

/// `GET …/{entity}/{id}`, also `GET …/preferences`.
///
/// # Errors
/// 610 for an unknown id, 2030 for one that is no number, 500 for an unknown entity.
pub(super) fn read(sandbox: &Sandbox, call: &Call<'_>) -> Result<String, Failure> {
    if call.rest.is_some() {
        return Err(Failure::NoSuchPath);
    }
    let entity = entities::find(call.resource)
        .ok_or_else(|| Fault::unsupported(&format!("could not find resource for entity {}", call.resource)))?;
    let id = match (entity.name, call.id) {
        ("CompanyInfo" | "Preferences", _) => "1",
        (_, Some(id)) if id.bytes().all(|byte| byte.is_ascii_digit()) => id,
        (_, Some(id)) => return Err(Fault::new(2030, format!("Invalid ID : {id}")).at("Id").into()),
        (_, None) => return Err(Failure::NoSuchPath),
    };
    let found = sandbox.read(|state| state.companies.get(call.realm)?.find(entity.name, id));
    let object = found.map(serde_json::Value::Object).ok_or_else(Fault::not_found)?;
    Ok(envelope(entity.name, &object.to_string(), sandbox.clock.now()))
}

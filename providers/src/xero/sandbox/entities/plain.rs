//! Resources with hardly any rule of their own.
//!
//! Rule: only what the gateway or its tests need is there.

use super::{CURRENCIES, Context};
use crate::xero::sandbox::{
    json::{self, Record},
    problem::Invalid,
    store::Organisation,
};

/// Adds a currency to those that the organisation uses.
pub(super) fn save_currency(
    organisation: &mut Organisation,
    context: &Context,
    body: &Record,
    _: Option<&Record>,
) -> Result<Record, Invalid> {
    let code = json::text(body, "Code").unwrap_or_default().to_uppercase();
    if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(Invalid::new("Currency code must be three letters."));
    }
    let mut record = Record::new();
    json::set(&mut record, "Code", code.clone());
    json::set(&mut record, "Description", json::text(body, "Description").unwrap_or(&code).to_owned());
    Ok(organisation.put(&CURRENCIES, record, context.now))
}

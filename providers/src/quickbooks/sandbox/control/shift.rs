//! Pages that move under a reader: a row before the page that is being read goes.
//!
//! Rule: only listings lose the row, and only until the faults are cleared; a first page has nothing before it.

use crate::{
    quickbooks::sandbox::{query, shared::Sandbox},
    sandbox::Operation,
};

/// Leaves the first row of the entity out of listings, in every company, if the statement asks for a later page.
pub(super) fn shift(sandbox: &Sandbox, operation: &Operation, statement: &str) {
    let Some(entity) = operation.name.strip_prefix("query ") else { return };
    let start = query::parse(statement).ok().and_then(|statement| statement.start_position);
    if start.unwrap_or(1) > 1 {
        sandbox.change(|state| state.companies.values_mut().for_each(|company| company.table_mut(entity).hide_first()));
    }
}

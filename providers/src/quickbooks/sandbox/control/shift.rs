//! Pages that move under a reader: rows come or go before the page that is being read.
//!
//! Rule: rows go where the listing can lose one without breaking a document (an inactive or untouched row of the
//! sample), so the reader meets every row that is left twice or not at all, and nothing else changes.

use crate::{
    quickbooks::sandbox::{shared::Sandbox, store::OddRow},
    sandbox::Operation,
};

/// Puts a copy of the first row of the entity that is queried before all others, in every company; the next time takes
/// it out again. Rows thus move down and up by one in turn.
pub(super) fn shift(sandbox: &Sandbox, operation: &Operation) {
    let Some(entity) = operation.name.strip_prefix("query ") else { return };
    sandbox.change(|state| {
        for company in state.companies.values_mut() {
            let table = company.table_mut(entity);
            if table.take_shifted() {
                continue;
            }
            let first = table.ids().next().and_then(|id| table.find(&id.to_string()));
            if let Some(record) = first {
                table.put_odd(OddRow { at: Some(1), record, shifted: true });
            }
        }
    });
}

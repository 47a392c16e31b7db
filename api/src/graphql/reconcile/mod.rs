//! Reconciliations: started, followed, looked at; true-ups planned and posted.

mod input;
mod mutation;
mod query;
mod true_up;
mod types;

pub(super) use mutation::ReconcileMutation;
pub(super) use query::ReconcileQuery;
pub use types::Reconciliation;

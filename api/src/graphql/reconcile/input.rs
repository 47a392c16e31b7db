//! Inputs and payloads of reconciliations.

use async_graphql::{Error, ID, InputObject, SimpleObject};
use domain::reconcile::{Ask, ReconciliationFilter as DomainFilter, TrueUpAsk};

use super::{
    true_up::TrueUpPlan,
    types::{Reconciliation, ReconciliationState},
};
use crate::graphql::{
    export::Export,
    paging::{id, optional_id},
    refusal::UserError,
    scalars::Date,
};

/// What to reconcile.
#[derive(Debug, InputObject)]
pub struct StartReconciliationInput {
    /// Whose books.
    pub(super) integration_id: ID,
    /// At the end of which day; today if not given.
    pub(super) on: Option<Date>,
    /// The inventory accounts. If none are given: those that keep the stock of linked items, and in self-managed mode the
    /// asset accounts that builds and receipts are posted to.
    pub(super) account_ids: Option<Vec<ID>>,
}

impl StartReconciliationInput {
    pub(super) fn read(self) -> Result<Ask, Error> {
        let accounts = self.account_ids.unwrap_or_default();
        Ok(Ask {
            integration: id(&self.integration_id)?,
            on: self.on.map(|day| day.0),
            accounts: accounts.iter().map(id).collect::<Result<_, Error>>()?,
        })
    }
}

/// The reconciliation.
#[derive(Debug, SimpleObject)]
pub struct StartReconciliationPayload {
    /// The reconciliation, queued; null when refused. Ask for it by its id to follow it.
    pub(super) reconciliation: Option<Reconciliation>,
    /// Why it was refused.
    pub(super) user_errors: Vec<UserError>,
}

/// Which reconciliations; all given fields must match.
#[derive(Debug, Default, InputObject)]
pub struct ReconciliationFilter {
    /// Of this integration.
    integration_id: Option<ID>,
    /// In one of these states.
    states: Option<Vec<ReconciliationState>>,
}

impl ReconciliationFilter {
    pub(super) fn read(self) -> Result<DomainFilter, Error> {
        Ok(DomainFilter {
            integration: optional_id(self.integration_id.as_ref())?,
            states: self.states.unwrap_or_default().into_iter().map(Into::into).collect(),
        })
    }
}

/// What to true up.
#[derive(Debug, InputObject)]
pub struct PlanTrueUpInput {
    /// The reconciliation that found the difference.
    pub(super) reconciliation_id: ID,
    /// The account on the other side, for example cost of goods sold.
    pub(super) account_id: ID,
    /// Date of the journal; the reconciliation's day if not given.
    pub(super) date: Option<Date>,
}

impl PlanTrueUpInput {
    pub(super) fn read(self) -> Result<TrueUpAsk, Error> {
        asked(&self.reconciliation_id, &self.account_id, self.date)
    }
}

/// What to post.
#[derive(Debug, InputObject)]
pub struct PostTrueUpInput {
    /// As in `planTrueUp`.
    pub(super) reconciliation_id: ID,
    /// As in `planTrueUp`.
    pub(super) account_id: ID,
    /// As in `planTrueUp`.
    pub(super) date: Option<Date>,
    /// Hash of the plan that was looked at.
    pub(super) plan_hash: String,
    /// The same key with the same input gets the first answer again; 1 to 128 characters.
    pub(super) idempotency_key: Option<String>,
}

impl PostTrueUpInput {
    pub(super) fn read(&self) -> Result<TrueUpAsk, Error> {
        asked(&self.reconciliation_id, &self.account_id, self.date)
    }
}

fn asked(reconciliation: &ID, account: &ID, date: Option<Date>) -> Result<TrueUpAsk, Error> {
    Ok(TrueUpAsk { reconciliation: id(reconciliation)?, account: id(account)?, date: date.map(|day| day.0) })
}

/// The plan.
#[derive(Debug, SimpleObject)]
pub struct PlanTrueUpPayload {
    /// The plan; null when refused.
    pub(super) plan: Option<TrueUpPlan>,
    /// Why it was refused.
    pub(super) user_errors: Vec<UserError>,
}

/// The true-up's export.
#[derive(Debug, SimpleObject)]
pub struct PostTrueUpPayload {
    /// The export, queued; null when refused. Follow it with `exportChanged`.
    pub(super) export: Option<Export>,
    /// Everything that stands in the way; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

//! True-ups: planned from what a reconciliation found, posted once as an export like any other.
//!
//! Rule: the draft is frozen into the export's row in the transaction that keeps the true-up; the export's own machine does
//! the rest. One that was refused is not sent again: a new one is planned, from a new look at the books.

use std::collections::BTreeMap;

use entity::{ExportKind, TrueUpId};

use super::{
    model::{Reconciliation, TrueUp, TrueUpAsk, TrueUpPlan},
    rules::{self, Sides},
    service::{Reconciliations, account_names},
    store,
};
use crate::{
    business::{Actor, Permission},
    catalog::references,
    error::{Error, ErrorCode, Refusal, Result},
    export::{self, DocumentRef, Export, FrozenDocument},
    idempotency::RequestKey,
    integration::Integration,
    store::Connection,
};

/// A true-up that was asked for, or everything that stands in its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostedTrueUpExport {
    /// Its export, queued.
    Export(Box<Export>),
    /// Nothing was changed.
    Refused(Vec<Refusal>),
}

impl Reconciliations {
    /// What a true-up would post. Nothing is written and no call is made.
    ///
    /// # Errors
    /// `Forbidden` without [`Permission::Export`], `NOT_FOUND`; `INVALID_STATE` when the reconciliation has not ended well.
    pub async fn plan_true_up(&self, actor: &Actor, ask: &TrueUpAsk) -> Result<TrueUpPlan> {
        actor.require(Permission::Export)?;
        self.planned(self.db.connection(), actor, ask).await.map(|(plan, ..)| plan)
    }

    /// Posts a true-up as it was planned, once.
    ///
    /// # Errors
    /// As [`Reconciliations::plan_true_up`]; `PLAN_CHANGED`, `IDEMPOTENCY_MISMATCH`; `ALREADY_EXPORTED` when this
    /// reconciliation was trued up. What stands in the way is an answer.
    pub async fn post_true_up(
        &self,
        actor: &Actor,
        ask: &TrueUpAsk,
        hash: &str,
        key: Option<&str>,
    ) -> Result<PostedTrueUpExport> {
        actor.require(Permission::Export)?;
        let key = RequestKey::of("postTrueUp", key, &(ask, hash))?;
        let tx = self.db.write().await?;
        if let Some(id) = RequestKey::made(key.as_ref(), &tx, actor.business).await? {
            return Ok(PostedTrueUpExport::Export(Box::new(self.exports.get(actor.business, id).await?)));
        }
        let (plan, row, integration) = self.planned(tx.connection(), actor, ask).await?;
        // Held until the transaction ends, so that of two who post it one finds the other's.
        store::touch(tx.connection(), actor.business, row.id).await?;
        if let Some(other) = store::open_true_up(tx.connection(), actor.business, row.id).await? {
            return Err(Refusal::new(
                ErrorCode::AlreadyExported,
                format!("This reconciliation was trued up already, as {}.", other.reference),
            )
            .help("Reconcile again, and plan a true-up from what that finds.")
            .into());
        }
        if hash != plan.hash {
            return Err(Refusal::new(ErrorCode::PlanChanged, "The true-up is no longer what was planned.")
                .help("Plan it again, look at the new entry, and post that.")
                .at(&["input", "planHash"])
                .into());
        }
        if !plan.checks.is_empty() {
            return Ok(PostedTrueUpExport::Refused(plan.checks));
        }
        let export = self.keep(&tx, actor, &plan, &row, &integration).await?;
        RequestKey::keep_made(key.as_ref(), &tx, actor.business, export.id, self.ambient.now()).await?;
        tx.commit().await?;
        self.exports.announce(&export);
        Ok(PostedTrueUpExport::Export(Box::new(export)))
    }

    async fn keep(
        &self,
        tx: &crate::store::WriteTx,
        actor: &Actor,
        plan: &TrueUpPlan,
        row: &Reconciliation,
        integration: &Integration,
    ) -> Result<Export> {
        let id: TrueUpId = self.ambient.id();
        let amounts = serde_json::to_value(&plan.amounts).map_err(|error| Error::Internal(error.to_string()))?;
        let kept = TrueUp {
            id,
            business_id: actor.business,
            integration_id: integration.id,
            reconciliation_id: row.id,
            on_day: plan.date,
            account: plan.account.clone(),
            amounts,
            created_at: self.ambient.now(),
            created_by: actor.subject.clone(),
        };
        store::insert_true_up(tx.connection(), kept).await?;
        let document = FrozenDocument {
            record: DocumentRef::TrueUp(id),
            kind: ExportKind::TrueUp,
            label: format!("True-up of {}", row.on_day),
            draft: &plan.draft,
            hash: &plan.hash,
            by: &actor.subject,
        };
        export::insert_frozen(tx, &self.ambient, integration, document).await
    }

    async fn planned(
        &self,
        connection: &impl Connection,
        actor: &Actor,
        ask: &TrueUpAsk,
    ) -> Result<(TrueUpPlan, Reconciliation, Integration)> {
        let found = store::find(connection, actor.business, ask.reconciliation).await?;
        let row = found.ok_or_else(|| Refusal::not_found("reconciliation", ask.reconciliation))?;
        if row.state != entity::ReconciliationState::Done {
            return Err(Refusal::new(
                ErrorCode::InvalidState,
                "The reconciliation has not ended well, so nothing is known.",
            )
            .help("Wait for it, or reconcile again.")
            .into());
        }
        let integration = self.integrations.get(actor.business, row.integration_id).await?;
        let found = references::store::accounts_by_ids(connection, actor.business, &[ask.account]).await?.pop();
        let account = found.filter(|account| account.integration_id == integration.id);
        let account = account.ok_or_else(|| Refusal::not_found("account", ask.account).at(&["input", "accountId"]))?;
        let items = store::with_parity(connection, actor.business, row.id).await?;
        let names: BTreeMap<String, String> = account_names(&row).into_iter().collect();
        let date = ask.date.unwrap_or(row.on_day);
        let sides = Sides {
            account: (&account.external_id, &account.name),
            names: &names,
            reference: reference(&integration, &row),
            date,
        };
        let mut plan = rules::true_up_plan(&row, &items, &sides)?;
        self.check(&integration, &account, &mut plan)?;
        Ok((plan, row, integration))
    }

    fn check(&self, integration: &Integration, account: &crate::catalog::Account, plan: &mut TrueUpPlan) -> Result<()> {
        if !account.active {
            plan.checks.push(
                Refusal::new(ErrorCode::AccountInvalid, format!("{} is inactive.", account.name))
                    .help("Choose another account, or make this one active there and refresh the accounts."),
            );
        }
        if !self.integrations.capability(integration)?.journal_entries {
            plan.checks.push(Refusal::new(
                ErrorCode::UnsupportedByProvider,
                "This accounting system takes no journal entries.",
            ));
        }
        if let Some(closed) = integration.company_book_close_date.filter(|closed| plan.date <= *closed) {
            plan.checks.push(
                Refusal::new(ErrorCode::PeriodClosed, format!("The books are closed up to {closed}."))
                    .help("Give the true-up a later date, or open the books."),
            );
        }
        Ok(())
    }
}

/// Our reference: at most 21 characters, the same for one reconciliation.
fn reference(integration: &Integration, row: &Reconciliation) -> String {
    let id = row.id.0.simple().to_string();
    let prefix: String = integration.document_prefix.chars().take(6).collect();
    format!("{prefix}-TU-{}", id.get(id.len().saturating_sub(10)..).unwrap_or_default())
}

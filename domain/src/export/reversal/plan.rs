//! Makes the opposites of a scope, in a transaction whose end decides whether they stay.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::{Amount, ExportId, ExportKind, ExportState};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{DOCUMENTS_MAX, Reversal, ReversalPlan, ReversalScope, store};
use crate::{
    business::Actor,
    error::{Error, ErrorCode, Refusal, Result},
    export::{
        model::{Entry, Export, Plan},
        note,
        plan::{self, Target},
        service::{Exports, required},
        store as exports_store, watch,
    },
    integration::{self, Integration},
    store::WriteTx,
    sync::store as sync_store,
};

impl Exports {
    /// Where the documents of a scope were posted.
    pub(super) async fn place(&self, tx: &WriteTx, actor: &Actor, scope: &ReversalScope) -> Result<Integration> {
        let wanted = match scope {
            ReversalScope::Days { integration, .. } => return self.destination(tx, actor, *integration).await,
            ReversalScope::Run(run) => sync_store::run(tx.connection(), actor.business, *run).await?,
        };
        let missing = || Refusal::not_found("sync run", "of this reversal").at(&["input", "runId"]);
        let run = wanted.ok_or_else(missing)?;
        let found = integration::store::find(tx.connection(), actor.business, run.integration_id).await?;
        found.ok_or_else(|| Refusal::not_found("integration", run.integration_id).into())
    }
}

/// The plan of a scope, and the exports of the opposites, written and not committed.
pub(super) async fn made(
    exports: &Exports,
    tx: &WriteTx,
    actor: &Actor,
    integration: &Integration,
    (scope, day): (&ReversalScope, NaiveDate),
) -> Result<(ReversalPlan, Vec<ExportId>)> {
    let whose = (actor.business, integration.id);
    let posted = store::posted(tx.connection(), whose, scope, DOCUMENTS_MAX as u64 + 1).await?;
    checked(&posted)?;
    let documents: Vec<Uuid> = posted.iter().map(|row| row.document_id).collect();
    let others = exports_store::of_documents(tx.connection(), actor.business, &documents).await?;
    let opposites = others.into_iter().filter(|row| row.kind == ExportKind::Reversal);
    let opposites: HashMap<Uuid, Export> = opposites.map(|row| (row.document_id, row)).collect();
    let (mut all, mut rows) = (Vec::with_capacity(posted.len()), Vec::new());
    for export in posted {
        let opposite = opposites.get(&export.document_id).filter(|row| row.id != export.id);
        let reversal = one(exports, tx, actor, (integration, day), (export, opposite)).await?;
        rows.extend(reversal.plan.as_ref().and_then(|plan| plan.export));
        all.push(reversal);
    }
    let entries = sums(all.iter().filter_map(|reversal| reversal.plan.as_ref()))?;
    let hash = hash(integration, &all);
    Ok((ReversalPlan { integration: integration.id, hash, documents: all, entries }, rows))
}

fn checked(posted: &[Export]) -> Result<()> {
    let refused = |message: String, help: &str| Err(Refusal::new(ErrorCode::InvalidState, message).help(help).into());
    if posted.is_empty() {
        return refused(
            "Nothing of this is in the books.".to_owned(),
            "Choose other days, other kinds or another run.",
        );
    }
    if posted.len() > DOCUMENTS_MAX {
        let message = format!("These are more than {DOCUMENTS_MAX} documents, too many for one plan.");
        return refused(message, "Choose fewer days or kinds, and reverse the rest after it.");
    }
    Ok(())
}

/// A document with its opposite planned, or everything that stands in its way.
async fn one(
    exports: &Exports,
    tx: &WriteTx,
    actor: &Actor,
    (integration, day): (&Integration, NaiveDate),
    (export, opposite): (Export, Option<&Export>),
) -> Result<Reversal> {
    let export = required(tx, actor.business, export.id).await?;
    let row = note::reversal_row(&exports.ambient, integration, &export, day, &actor.subject);
    let reference = opposite.map_or_else(|| row.reference.clone(), |opposite| opposite.reference.clone());
    let drift = watch::known(tx.connection(), &export, exports.ambient.now()).await?;
    let refused = |export, refusals| Ok(Reversal { export, reference: reference.clone(), plan: None, refusals });
    if let Err(refusal) = watch::may_reverse(&export, &drift) {
        return refused(export, vec![refusal]);
    }
    if let Some(opposite) = opposite {
        let refusals = vec![has_one(&export, opposite)];
        return refused(export, refusals);
    }
    if !exports_store::insert(tx.connection(), row.clone()).await? {
        return Err(Error::Internal(format!("the opposite of {} was made meanwhile", export.id)));
    }
    match planned(exports, tx, actor, row.id).await? {
        Ok(plan) => Ok(Reversal { export, reference, plan: Some(plan), refusals: Vec::new() }),
        Err(refusals) => {
            store::remove(tx.connection(), actor.business, row.id).await?;
            refused(export, refusals)
        }
    }
}

async fn planned(
    exports: &Exports,
    tx: &WriteTx,
    actor: &Actor,
    id: ExportId,
) -> Result<std::result::Result<Plan, Vec<Refusal>>> {
    let planned = plan::plan_for(tx.connection(), &exports.integrations, actor, Target::Export(id)).await;
    let plan = match planned {
        Ok(planned) => planned.plan,
        Err(Error::Refused(refusal)) => return Ok(Err(vec![*refusal])),
        Err(other) => return Err(other),
    };
    let nothing = plan.nothing.iter().map(|why| {
        Refusal::new(ErrorCode::InvalidState, why.clone())
            .help("Nothing has to be done: there is nothing to take back.")
    });
    let refusals: Vec<Refusal> = plan.checks.iter().map(crate::export::service::refusal).chain(nothing).collect();
    Ok(if refusals.is_empty() { Ok(plan) } else { Err(refusals) })
}

/// It was taken back already, or is about to be.
fn has_one(export: &Export, opposite: &Export) -> Refusal {
    let (message, help) = match opposite.state {
        ExportState::Synced => (
            format!("{} was reversed already, as {}.", export.label, opposite.reference),
            "Nothing has to be done.".to_owned(),
        ),
        _ => (
            format!("{} has an export of its opposite already, {}.", export.label, opposite.reference),
            "Export that one; it waits among the exports of the document.".to_owned(),
        ),
    };
    Refusal::new(ErrorCode::InvalidState, message).help(help)
}

/// What all of them do to each account.
fn sums<'a>(plans: impl Iterator<Item = &'a Plan>) -> Result<Vec<Entry>> {
    let mut sums: Vec<Entry> = Vec::new();
    let too_large = || Refusal::new(ErrorCode::InvalidCost, "Together they are worth too much to be added up.");
    for entry in plans.flat_map(|plan| &plan.entries) {
        let known = sums.iter_mut().find(|sum| sum.account == entry.account && sum.name == entry.name);
        let Some(sum) = known else {
            sums.push(entry.clone());
            continue;
        };
        let add = |one: Amount, other: Amount| one.checked_add(other).ok_or_else(too_large);
        (sum.debit, sum.credit) = (add(sum.debit, entry.debit)?, add(sum.credit, entry.credit)?);
        sum.estimated |= entry.estimated;
    }
    Ok(sums)
}

/// Names everything that decides what is posted, and what was told of the rest.
fn hash(integration: &Integration, all: &[Reversal]) -> String {
    let mut digest = Sha256::new();
    let mut add = |text: &str| {
        digest.update(text.len().to_le_bytes());
        digest.update(text.as_bytes());
    };
    add(&integration.id.to_string());
    for reversal in all {
        add(&reversal.export.id.to_string());
        add(reversal.export.external_id.as_deref().unwrap_or_default());
        add(reversal.plan.as_ref().map_or("", |plan| &plan.hash));
        for refusal in &reversal.refusals {
            add(refusal.code.as_str());
        }
    }
    hex::encode(&digest.finalize()[..16])
}

//! Use-cases of builds beside execution and review: plan, cancel, preview, read.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::{Amount, BuildId, BuildState, CostStatus, ProductId, Quantity};

use super::{
    execute::{self, Planned},
    model::{Build, BuildDetails, BuildFilter, BuildOrder, BuildPreview},
    store::{self, Which},
};
use crate::{
    ambient::Ambient,
    business::{Actor, Permission},
    error::{ErrorCode, Refusal, Result},
    idempotency::RequestKey,
    page::{Page, PageRequest},
    stock::{
        self,
        ledger::{Ledger, Writer},
    },
    store::{Db, WriteTx},
};

/// Bills of materials and builds of all businesses.
#[derive(Debug, Clone)]
pub struct Production {
    pub(super) db: Db,
    pub(super) ambient: Ambient,
}

/// What is planned beside product and quantity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Planned day.
    pub planned_for: Option<NaiveDate>,
    /// Who is to do it.
    pub assignee: Option<String>,
    /// Note.
    pub note: Option<String>,
}

impl Production {
    /// Bills of materials and builds in this database.
    pub fn new(db: Db, ambient: Ambient) -> Self {
        Self { db, ambient }
    }

    /// Plans a build after the version that is active now. Stock is not touched; lots are told by the preview and
    /// taken at execution.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`, `INVALID_STATE` without an active version, `INVALID_QUANTITY`.
    pub async fn plan(&self, actor: &Actor, product: ProductId, quantity: Quantity, plan: Plan) -> Result<Build> {
        self.plan_once(actor, product, quantity, plan, None).await
    }

    /// As [`Production::plan`]; the same key with the same plan gets the build as it is now, and nothing happens.
    ///
    /// # Errors
    /// As [`Production::plan`]; `IDEMPOTENCY_MISMATCH`.
    pub async fn plan_once(
        &self,
        actor: &Actor,
        product: ProductId,
        quantity: Quantity,
        plan: Plan,
        key: Option<&str>,
    ) -> Result<Build> {
        actor.require(Permission::ManageStock)?;
        let key = RequestKey::of("planBuild", key, &(product, quantity, &plan))?;
        stock::rules::check_quantity(quantity, "The build")?;
        let tx = self.db.write().await?;
        let writer = Writer { numbers: (0, 1), ..Writer::new(actor.business, &actor.subject) };
        let ledger = Ledger::open(&tx, &self.ambient, &writer).await?;
        if let Some(id) = RequestKey::made::<BuildId>(key.as_ref(), &tx, actor.business).await? {
            return required(&tx, actor, id).await;
        }
        let recipe = store::recipe(tx.connection(), actor.business, Which::ActiveOf(product)).await?;
        let recipe = recipe.ok_or_else(|| no_version(product))?;
        let mut build = blank(actor, &ledger, self.ambient.id(), &recipe, quantity);
        (build.planned_for, build.assignee, build.note) = (plan.planned_for, plan.assignee, plan.note);
        store::insert_build(tx.connection(), build.clone()).await?;
        RequestKey::keep_made(key.as_ref(), &tx, actor.business, build.id, self.ambient.now()).await?;
        tx.commit().await?;
        Ok(build)
    }

    /// Gives up a planned build.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`, `INVALID_STATE` when it is not planned.
    pub async fn cancel(&self, actor: &Actor, id: BuildId) -> Result<Build> {
        actor.require(Permission::ManageStock)?;
        let tx = self.db.write().await?;
        let ledger = Ledger::open(&tx, &self.ambient, &Writer::new(actor.business, &actor.subject)).await?;
        let mut build = required(&tx, actor, id).await?;
        if build.state != BuildState::Planned {
            return Err(wrong_state(&build, "only a planned build can be cancelled").into());
        }
        build.state = BuildState::Cancelled;
        build.updated_at = ledger.book.stamp.recorded_at;
        store::update_build(tx.connection(), build.clone()).await?;
        tx.commit().await?;
        Ok(build)
    }

    /// What a build would come to now. Nothing is written.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`, `INVALID_STATE`, `INVALID_QUANTITY`.
    pub async fn preview(&self, actor: &Actor, order: BuildOrder) -> Result<BuildPreview> {
        actor.require(Permission::ReadCatalog)?;
        let tx = self.db.write().await?;
        let mut ledger = Ledger::open(&tx, &self.ambient, &Writer::new(actor.business, &actor.subject)).await?;
        let planned = Planned::find(&tx, actor, &order).await?;
        // The transaction is dropped: nothing of this stays.
        execute::preview(&mut ledger, &planned, &order).await
    }

    /// A page of builds, newest first.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn page(&self, actor: &Actor, filter: &BuildFilter, request: &PageRequest) -> Result<Page<Build>> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::page(self.db.connection(), actor.business, filter, request).await?)
    }

    /// How many builds match.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn count(&self, actor: &Actor, filter: &BuildFilter) -> Result<u64> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::count(self.db.connection(), actor.business, filter).await?)
    }

    /// Builds with their lines, in the order of `ids`; unknown ones are left out.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn details(&self, actor: &Actor, ids: &[BuildId]) -> Result<Vec<BuildDetails>> {
        actor.require(Permission::ReadCatalog)?;
        let rows = store::builds(self.db.connection(), actor.business, ids).await?;
        let lines = store::build_lines(self.db.connection(), actor.business, ids).await?;
        let of = |build: Build| {
            let lines = lines.iter().filter(|line| line.build_id == build.id).cloned().collect();
            BuildDetails { build, lines }
        };
        let mut found: HashMap<BuildId, Build> = rows.into_iter().map(|row| (row.id, row)).collect();
        Ok(ids.iter().filter_map(|id| found.remove(id)).map(of).collect())
    }
}

/// A planned build's row.
pub(super) fn blank(
    actor: &Actor,
    ledger: &Ledger<'_>,
    id: BuildId,
    recipe: &store::Recipe,
    quantity: Quantity,
) -> Build {
    let now = ledger.book.stamp.recorded_at;
    Build {
        id,
        business_id: actor.business,
        number: ledger.opened.builds,
        product_id: recipe.product,
        bom_id: recipe.bom,
        quantity,
        state: BuildState::Planned,
        qa: ledger.opened.qa_review,
        planned_for: None,
        assignee: None,
        note: None,
        effective_on: None,
        component_value: Amount::ZERO,
        cost_value: Amount::ZERO,
        total_value: Amount::ZERO,
        lost_value: Amount::ZERO,
        cost_status: CostStatus::Complete,
        lot_id: None,
        created_at: now,
        created_by: actor.subject.clone(),
        executed_at: None,
        executed_by: None,
        approved_at: None,
        approved_by: None,
        rejected_at: None,
        rejected_by: None,
        reject_reason: None,
        recovery: None,
        decided_on: None,
        review_note: None,
        reversed_at: None,
        reversed_by: None,
        exported_at: None,
        updated_at: now,
    }
}

pub(super) async fn required(tx: &WriteTx, actor: &Actor, id: BuildId) -> Result<Build> {
    let found = store::build(tx.connection(), actor.business, id).await?;
    found.ok_or_else(|| Refusal::not_found("build", id).into())
}

pub(super) fn no_version(product: ProductId) -> Refusal {
    Refusal::new(ErrorCode::InvalidState, format!("The product {product} has no active bill of materials."))
        .help("Save a bill of materials for it first.")
}

pub(super) fn wrong_state(build: &Build, why: &str) -> Refusal {
    let is = match build.state {
        BuildState::Planned => "planned",
        BuildState::Executed if build.qa => "waiting for approval",
        BuildState::Executed => "executed",
        BuildState::Approved => "approved",
        BuildState::Rejected => "rejected",
        BuildState::Reversed => "reversed",
        BuildState::Cancelled => "cancelled",
    };
    Refusal::new(ErrorCode::InvalidState, format!("Build {} is {is}; {why}.", build.number))
}

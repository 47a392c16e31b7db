//! Approval, rejection with recovery, and reversal of builds (behaviour 2.10).
//!
//! Rule: recovered components go back to exactly the lots they came from, the last consumed first.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::{Amount, BuildId, BuildState, LineKind, MovementId, MovementKind, Quantity, RecoveryMode, SourceKind};

use super::{
    execute,
    model::{Build, BuildDetails, BuildLine, LossAccount, Rejection},
    service::{Production, required, wrong_state},
    store,
};
use crate::{
    business::{Actor, Permission},
    error::{ErrorCode, Refusal, Result},
    export::{DocumentRef, note},
    stock::{
        self, Cause,
        ledger::{Ledger, Writer},
    },
    store::WriteTx,
    sync::require_free_lock,
};

impl Production {
    async fn begin(&self, actor: &Actor) -> Result<WriteTx> {
        let tx = self.db.write().await?;
        require_free_lock(&tx, actor.business, self.ambient.now()).await?;
        Ok(tx)
    }

    /// Approves an executed build: its product comes into stock.
    ///
    /// # Errors
    /// `Forbidden` without [`Permission::ApproveBuilds`], `NOT_FOUND`, `SYNC_LOCKED`, `INVALID_STATE`, `PERIOD_CLOSED`.
    pub async fn approve(
        &self,
        actor: &Actor,
        id: BuildId,
        note: Option<String>,
        effective_on: Option<NaiveDate>,
    ) -> Result<BuildDetails> {
        actor.require(Permission::ApproveBuilds)?;
        let tx = self.begin(actor).await?;
        let mut ledger = Ledger::open(&tx, &self.ambient, &Writer::new(actor.business, &actor.subject)).await?;
        let day = ledger.date(effective_on)?;
        let mut build = waiting(&tx, actor, id).await?;
        let arriving = ledger.arriving();
        ledger.load(&[(build.product_id, arriving)]).await?;
        build.lot_id = execute::produce(&mut ledger, &build, day)?.lot;
        build.state = BuildState::Approved;
        build.decided_on = Some(day);
        build.review_note = note;
        build.approved_at = Some(ledger.book.stamp.recorded_at);
        build.approved_by = Some(actor.subject.clone());
        build.updated_at = ledger.book.stamp.recorded_at;
        ledger.write().await?;
        note::build_made(&tx, &self.ambient, &build, day, &actor.subject).await?;
        self.finish(tx, actor, build).await
    }

    /// Rejects an executed build and recovers components, all, some or none.
    ///
    /// # Errors
    /// As [`Production::approve`]; `ACCOUNT_NOT_CONFIGURED` when something is lost and nowhere to post it;
    /// `INVALID_QUANTITY` when more is recovered than was consumed.
    pub async fn reject(&self, actor: &Actor, rejection: Rejection) -> Result<BuildDetails> {
        actor.require(Permission::ApproveBuilds)?;
        if rejection.recovery != RecoveryMode::Full && rejection.loss_account == LossAccount::Missing {
            return Err(Refusal::new(
                ErrorCode::AccountNotConfigured,
                "Account not configured: a loss needs the waste account, or the cost of goods sold account.",
            )
            .help("Choose a waste account in the integration's settings, or recover everything.")
            .into());
        }
        let tx = self.begin(actor).await?;
        let mut ledger = Ledger::open(&tx, &self.ambient, &Writer::new(actor.business, &actor.subject)).await?;
        let day = ledger.date(rejection.effective_on)?;
        let mut build = waiting(&tx, actor, rejection.build).await?;
        let mut lines = store::build_lines(tx.connection(), actor.business, &[build.id]).await?;
        let recovered = recovered(&lines, &rejection)?;
        self.give_back(&tx, &mut ledger, &build, &mut lines, &recovered, (MovementKind::BuildRecover, day)).await?;
        let components = lines.iter().filter(|line| line.kind == LineKind::Component);
        build.lost_value = Amount(components.map(|line| line.value.0 - line.recovered_value.0).sum());
        build.state = BuildState::Rejected;
        build.decided_on = Some(day);
        build.reject_reason = Some(rejection.reason);
        build.recovery = Some(rejection.recovery);
        build.review_note = rejection.note;
        build.rejected_at = Some(ledger.book.stamp.recorded_at);
        build.rejected_by = Some(actor.subject.clone());
        build.updated_at = ledger.book.stamp.recorded_at;
        ledger.write().await?;
        store::put_lines(tx.connection(), &lines).await?;
        if lines.iter().any(|line| line.kind == LineKind::Component && line.recovered_quantity < line.quantity) {
            note::build_lost(&tx, &self.ambient, &build, day, &actor.subject).await?;
        }
        self.finish(tx, actor, build).await
    }

    /// Takes an executed or approved build back: its lot is voided, its components return.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`, `SYNC_LOCKED`, `PERIOD_CLOSED`, `INVALID_STATE`; `LOT_CONSUMED` when some of its product
    /// is gone.
    pub async fn reverse(
        &self,
        actor: &Actor,
        id: BuildId,
        note: Option<String>,
        effective_on: Option<NaiveDate>,
    ) -> Result<BuildDetails> {
        actor.require(Permission::ManageStock)?;
        let tx = self.begin(actor).await?;
        let mut ledger = Ledger::open(&tx, &self.ambient, &Writer::new(actor.business, &actor.subject)).await?;
        let day = ledger.date(effective_on)?;
        let mut build = required(&tx, actor, id).await?;
        if !matches!(build.state, BuildState::Executed | BuildState::Approved) {
            return Err(wrong_state(&build, "only an executed or approved build can be reversed").into());
        }
        let mut lines = store::build_lines(tx.connection(), actor.business, &[id]).await?;
        self.unmake(&tx, &mut ledger, &build, day).await?;
        let all: HashMap<usize, Quantity> =
            lines.iter().enumerate().map(|(place, line)| (place, line.quantity)).collect();
        self.give_back(&tx, &mut ledger, &build, &mut lines, &all, (MovementKind::BuildReverse, day)).await?;
        build.state = BuildState::Reversed;
        build.review_note = note.or(build.review_note);
        build.reversed_at = Some(ledger.book.stamp.recorded_at);
        build.reversed_by = Some(actor.subject.clone());
        build.updated_at = ledger.book.stamp.recorded_at;
        ledger.write().await?;
        store::put_lines(tx.connection(), &lines).await?;
        let record = (actor.business, DocumentRef::Build(id));
        note::taken_back(&tx, &self.ambient, record, day, &actor.subject).await?;
        self.finish(tx, actor, build).await
    }

    /// Takes the product of a build out of stock again, if it ever came.
    async fn unmake(&self, tx: &WriteTx, ledger: &mut Ledger<'_>, build: &Build, day: NaiveDate) -> Result<()> {
        let movements = stock::store::movements_of_source(tx.connection(), build.business_id, build.id.into()).await?;
        let Some(made) = movements.into_iter().find(|row| row.kind == MovementKind::BuildProduce) else {
            return Ok(());
        };
        match build.lot_id {
            Some(lot) => {
                ledger.load_lots(&[lot]).await?;
                ledger.require_unused(&[lot]).await?;
            }
            None => ledger.load(&[(build.product_id, build.quantity)]).await?,
        }
        let cause = Cause::new(MovementKind::BuildReverse, day).of(SourceKind::Build, build.id);
        let unmade = ledger.book.unarrive(&made, build.lot_id, &cause);
        unmade.map_err(|error| stock::rules::explain(&error, &ledger.book))?;
        Ok(())
    }

    /// Gives components back, by the place of their line.
    async fn give_back(
        &self,
        tx: &WriteTx,
        ledger: &mut Ledger<'_>,
        build: &Build,
        lines: &mut [BuildLine],
        quantities: &HashMap<usize, Quantity>,
        (kind, day): (MovementKind, NaiveDate),
    ) -> Result<()> {
        let ids: Vec<MovementId> = lines.iter().filter_map(|line| line.movement_id).collect();
        let movements = stock::store::movements_by_ids(tx.connection(), build.business_id, &ids).await?;
        let histories = ledger.histories(movements).await?;
        for (place, line) in lines.iter_mut().enumerate().rev() {
            let quantity = quantities.get(&place).copied().unwrap_or_default();
            let history = histories.iter().find(|history| Some(history.movement.id) == line.movement_id);
            let (Some(history), 1..) = (history, quantity.0) else { continue };
            let cause = Cause::new(kind, day).of(SourceKind::Build, build.id).line(line.position);
            let posted = ledger.book.reverse(history, Some(quantity), &cause);
            let posted = posted.map_err(|error| stock::rules::explain(&error, &ledger.book))?;
            (line.recovered_quantity, line.recovered_value) = (posted.quantity, posted.value);
        }
        Ok(())
    }

    async fn finish(&self, tx: WriteTx, actor: &Actor, build: Build) -> Result<BuildDetails> {
        store::update_build(tx.connection(), build.clone()).await?;
        let lines = store::build_lines(tx.connection(), actor.business, &[build.id]).await?;
        tx.commit().await?;
        Ok(BuildDetails { build, lines })
    }
}

async fn waiting(tx: &WriteTx, actor: &Actor, id: BuildId) -> Result<Build> {
    let build = required(tx, actor, id).await?;
    if build.state == BuildState::Executed && build.qa {
        return Ok(build);
    }
    Err(wrong_state(&build, "only a build that waits for approval can be approved or rejected").into())
}

/// What is recovered, by the place of the line.
fn recovered(lines: &[BuildLine], rejection: &Rejection) -> Result<HashMap<usize, Quantity>> {
    let components = || lines.iter().enumerate().filter(|(_, line)| line.kind == LineKind::Component);
    match rejection.recovery {
        RecoveryMode::Full => Ok(components().map(|(place, line)| (place, line.quantity)).collect()),
        RecoveryMode::None => Ok(HashMap::new()),
        RecoveryMode::Partial => {
            let mut wanted = HashMap::new();
            for (id, quantity) in &rejection.recovered {
                let found = components().find(|(_, line)| line.id == *id);
                let (place, line) = found.ok_or_else(|| Refusal::not_found("component line", id))?;
                if quantity.0 < 0 || *quantity > line.quantity || wanted.insert(place, *quantity).is_some() {
                    let message = format!(
                        "Line {}: between 0 and {} can be recovered, once; {quantity} was asked for.",
                        line.position + 1,
                        line.quantity
                    );
                    return Err(Refusal::new(ErrorCode::InvalidQuantity, message)
                        .help("Give each component once, with at most what was consumed.")
                        .into());
                }
            }
            Ok(wanted)
        }
    }
}

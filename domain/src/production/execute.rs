//! Execution of a build: one transaction under the business's lock (behaviour 2.8).
//!
//! Rule: every short component is named and nothing changes; costs are captured at this moment and never change.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use entity::{
    Amount, BuildId, BuildState, CostStatus, LineKind, LotSource, MovementKind, ProductId, Quantity, SourceKind,
};

use super::{
    model::{Build, BuildDetails, BuildLine, BuildOrder, BuildPreview, PreviewLine},
    rules,
    service::{Production, blank, no_version, required, wrong_state},
    store::{self, Recipe, Which},
};
use crate::{
    business::{Actor, Permission},
    error::{Error, ErrorCode, Refusal, Result},
    export::note,
    idempotency::RequestKey,
    money::average_half_even,
    stock::{
        self, Arrival, Cause, NewLot, Posted, Shortfall,
        ledger::{Ledger, Writer},
        model::worse,
    },
    store::WriteTx,
    sync::hold::Hold,
};

/// What is to be built.
pub(super) struct Planned {
    build: Option<Build>,
    recipe: Recipe,
    quantity: Quantity,
}

impl Planned {
    /// Finds the planned build's version, or the product's active one.
    pub(super) async fn find(tx: &WriteTx, actor: &Actor, order: &BuildOrder) -> Result<Self> {
        if let Some(id) = order.build {
            let build = required(tx, actor, id).await?;
            if build.state != BuildState::Planned {
                return Err(wrong_state(&build, "only a planned build can be executed").into());
            }
            let recipe = store::recipe(tx.connection(), actor.business, Which::Version(build.bom_id)).await?;
            let recipe = recipe.ok_or_else(|| no_version(build.product_id))?;
            let quantity = order.quantity.unwrap_or(build.quantity);
            stock::rules::check_quantity(quantity, "The build")?;
            return Ok(Self { quantity, build: Some(build), recipe });
        }
        let (Some(product), Some(quantity)) = (order.product, order.quantity) else {
            return Err(
                Refusal::new(ErrorCode::Validation, "Name a planned build, or a product and a quantity.").into()
            );
        };
        stock::rules::check_quantity(quantity, "The build")?;
        let recipe = store::recipe(tx.connection(), actor.business, Which::ActiveOf(product)).await?;
        Ok(Self { build: None, recipe: recipe.ok_or_else(|| no_version(product))?, quantity })
    }

    /// What each line asks for.
    fn needs(&self) -> Result<Vec<Quantity>> {
        let too_many = || Refusal::new(ErrorCode::InvalidQuantity, "The build needs more than can be kept exactly.");
        let need = |line| rules::needed(line, self.quantity).ok_or_else(|| too_many().into());
        self.recipe.lines.iter().map(need).collect()
    }

    async fn load(&self, ledger: &mut Ledger<'_>, needs: &[Quantity]) -> Result<()> {
        let arriving = ledger.arriving();
        let components = self.recipe.lines.iter().zip(needs);
        let mut all: Vec<(ProductId, Quantity)> =
            components.filter_map(|(line, need)| Some((line.product_id?, *need))).collect();
        all.push((self.recipe.product, arriving));
        ledger.load(&all).await
    }

    /// Required components of which there is too little, in the order of the lines: needed and there.
    fn shorts(&self, ledger: &Ledger<'_>, needs: &[Quantity]) -> Vec<(ProductId, Quantity, Quantity)> {
        let mut sums: BTreeMap<ProductId, i64> = BTreeMap::new();
        let mut order = Vec::new();
        for (line, need) in self.recipe.lines.iter().zip(needs).filter(|(line, _)| !line.optional) {
            if let Some(product) = line.product_id {
                let sum = sums.entry(product).or_insert_with(|| {
                    order.push(product);
                    0
                });
                *sum = sum.saturating_add(need.0);
            }
        }
        let needed = |product: &ProductId| Quantity(sums.get(product).copied().unwrap_or_default());
        let there = order.into_iter().map(|product| (product, needed(&product), ledger.book.available(product)));
        there.filter(|(_, needed, available)| needed > available).collect()
    }
}

impl Production {
    /// Executes a planned build, or builds at once. Once begun it runs to its end, also when the caller goes away.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`, `SYNC_LOCKED`, `INVALID_STATE`, `INVALID_QUANTITY`, `PERIOD_CLOSED`;
    /// `INSUFFICIENT_STOCK` naming each short component. Nothing is changed then.
    pub async fn execute(&self, actor: &Actor, order: BuildOrder) -> Result<BuildDetails> {
        self.execute_once(actor, order, None).await
    }

    /// As [`Production::execute`]; the same key with the same order gets the build as it is now, and nothing happens.
    ///
    /// # Errors
    /// As [`Production::execute`]; `IDEMPOTENCY_MISMATCH`.
    pub async fn execute_once(&self, actor: &Actor, order: BuildOrder, key: Option<&str>) -> Result<BuildDetails> {
        actor.require(Permission::ManageStock)?;
        let key = RequestKey::of("executeBuild", key, &order)?;
        if key.is_some() {
            // Told before the lock is asked for: a repeat disturbs nobody.
            let tx = self.db.write().await?;
            if let Some(id) = RequestKey::made::<BuildId>(key.as_ref(), &tx, actor.business).await? {
                return again(&tx, actor, id).await;
            }
        }
        let (production, actor) = (self.clone(), actor.clone());
        let work = tokio::spawn(async move { production.execute_held(&actor, &order, key.as_ref()).await });
        work.await.map_err(|error| Error::Internal(format!("build: {error}")))?
    }

    async fn execute_held(&self, actor: &Actor, order: &BuildOrder, key: Option<&RequestKey>) -> Result<BuildDetails> {
        let held_by = format!("build by {}", actor.subject);
        let hold = Hold::take(&self.db, actor.business, &held_by, self.ambient.now()).await?;
        let done = self.execute_under(actor, order, key, &hold).await;
        if done.is_err() {
            hold.give_up(&self.db).await?;
        }
        done
    }

    async fn execute_under(
        &self,
        actor: &Actor,
        order: &BuildOrder,
        key: Option<&RequestKey>,
        hold: &Hold,
    ) -> Result<BuildDetails> {
        let tx = self.db.write().await?;
        let numbers = (0, i64::from(order.build.is_none()));
        let writer = Writer { numbers, ..Writer::new(actor.business, &actor.subject) };
        let mut ledger = Ledger::open(&tx, &self.ambient, &writer).await?;
        if let Some(id) = RequestKey::made::<BuildId>(key, &tx, actor.business).await? {
            let done = again(&tx, actor, id).await?;
            drop(tx);
            hold.give_up(&self.db).await?;
            return Ok(done);
        }
        let day = ledger.date(order.effective_on)?;
        let planned = Planned::find(&tx, actor, order).await?;
        let needs = planned.needs()?;
        planned.load(&mut ledger, &needs).await?;
        let shorts = planned.shorts(&ledger, &needs);
        if !shorts.is_empty() {
            return Err(insufficient(&ledger, &shorts).into());
        }
        let is_new = planned.build.is_none();
        let mut build = match &planned.build {
            Some(build) => build.clone(),
            None => blank(actor, &ledger, self.ambient.id(), &planned.recipe, planned.quantity),
        };
        build.quantity = planned.quantity;
        build.note = order.note.clone().or(build.note);
        let details = self.perform(&mut ledger, build, &planned, &needs, order, day, actor)?;
        let is_exported = ledger.is_connected() && !details.build.qa;
        ledger.write().await?;
        if is_new {
            store::insert_build(tx.connection(), details.build.clone()).await?;
        } else if !store::execute_planned(tx.connection(), &details.build).await? {
            return Err(wrong_state(&details.build, "it was executed meanwhile").into());
        }
        store::put_lines(tx.connection(), &details.lines).await?;
        if is_exported {
            note::build_made(&tx, &self.ambient, &details.build, day, &actor.subject).await?;
        }
        RequestKey::keep_made(key, &tx, actor.business, details.build.id, self.ambient.now()).await?;
        hold.release(&tx).await?;
        tx.commit().await?;
        Ok(details)
    }

    /// Everything an execution does to the book, and the build's rows.
    #[allow(clippy::too_many_arguments, reason = "the parts of one decision, each used once")]
    fn perform(
        &self,
        ledger: &mut Ledger<'_>,
        mut build: Build,
        planned: &Planned,
        needs: &[Quantity],
        order: &BuildOrder,
        day: NaiveDate,
        actor: &Actor,
    ) -> Result<BuildDetails> {
        let consumed = consume(ledger, planned, needs, order, |line| {
            Cause::new(MovementKind::BuildConsume, day).of(SourceKind::Build, build.id).line(line)
        })?;
        let totals = totals(&consumed)?;
        (build.component_value, build.cost_value, build.total_value, build.cost_status) = totals;
        build.state = BuildState::Executed;
        build.effective_on = Some(day);
        build.executed_at = Some(ledger.book.stamp.recorded_at);
        build.executed_by = Some(actor.subject.clone());
        build.updated_at = ledger.book.stamp.recorded_at;
        if !build.qa {
            build.lot_id = produce(ledger, &build, day)?.lot;
        }
        let lines = consumed.into_iter().enumerate().map(|(place, (line, movement))| BuildLine {
            id: self.ambient.id(),
            business_id: build.business_id,
            build_id: build.id,
            position: i32::try_from(place).unwrap_or(i32::MAX),
            kind: line.kind,
            product_id: line.product,
            label: line.label,
            optional: line.optional,
            needed: line.needed,
            quantity: line.quantity,
            value: line.value,
            cost_status: line.cost_status,
            recovered_quantity: Quantity::ZERO,
            recovered_value: Amount::ZERO,
            movement_id: movement,
        });
        let lines = lines.collect();
        Ok(BuildDetails { build, lines })
    }
}

/// A build that an earlier request executed.
async fn again(tx: &WriteTx, actor: &Actor, id: BuildId) -> Result<BuildDetails> {
    let build = required(tx, actor, id).await?;
    let lines = store::build_lines(tx.connection(), actor.business, &[id]).await?;
    Ok(BuildDetails { build, lines })
}

type Consumed = (PreviewLine, Option<entity::MovementId>);

/// Takes components out of stock and works out cost lines. Required components go before optional ones, so that what is
/// left for these is what is really left.
fn consume(
    ledger: &mut Ledger<'_>,
    planned: &Planned,
    needs: &[Quantity],
    order: &BuildOrder,
    cause: impl Fn(i32) -> Cause,
) -> Result<Vec<Consumed>> {
    let mut consumed: BTreeMap<usize, Consumed> = BTreeMap::new();
    let without: BTreeSet<ProductId> = order.without.iter().copied().collect();
    let lines: Vec<_> = planned.recipe.lines.iter().zip(needs).enumerate().collect();
    for optional in [false, true] {
        for (place, (line, need)) in lines.iter().filter(|(_, (line, _))| line.optional == optional) {
            let mut row = PreviewLine {
                kind: line.kind,
                product: line.product_id,
                label: line.label.clone(),
                optional,
                needed: **need,
                quantity: **need,
                value: Amount::ZERO,
                cost_status: CostStatus::Complete,
                short: Quantity::ZERO,
                draws: Vec::new(),
            };
            let mut movement = None;
            if let (LineKind::Component, Some(product)) = (line.kind, line.product_id) {
                let position = i32::try_from(*place).unwrap_or(i32::MAX);
                let shortfall = if optional { Shortfall::TakeLess } else { Shortfall::Refuse };
                let left_out = optional && without.contains(&product);
                let posted =
                    if left_out { None } else { Some(ledger.book.leave(product, **need, shortfall, &cause(position))) };
                let posted: Option<Posted> =
                    posted.transpose().map_err(|error| stock::rules::explain(&error, &ledger.book))?;
                row.quantity = posted.as_ref().map_or(Quantity::ZERO, |posted| posted.quantity);
                row.value = posted.as_ref().map_or(Amount::ZERO, |posted| posted.value);
                row.cost_status = posted.as_ref().map_or(CostStatus::Complete, |posted| posted.status);
                movement = posted.and_then(|posted| posted.movement);
            } else {
                let value = rules::cost(line, planned.quantity);
                row.value =
                    value.ok_or_else(|| Refusal::new(ErrorCode::InvalidCost, "A cost line's value is too large."))?;
            }
            consumed.insert(*place, (row, movement));
        }
    }
    Ok(consumed.into_values().collect())
}

/// Component value, cost value, both, and how well they are known.
fn totals(lines: &[Consumed]) -> Result<(Amount, Amount, Amount, CostStatus)> {
    let too_large = || Refusal::new(ErrorCode::InvalidCost, "The build's cost is too large to be kept exactly.");
    let (mut components, mut costs, mut status) = (0_i64, 0_i64, CostStatus::Complete);
    for (line, _) in lines {
        let sum = if line.kind == LineKind::Component { &mut components } else { &mut costs };
        *sum = sum.checked_add(line.value.0).ok_or_else(too_large)?;
        status = worse(status, line.cost_status);
    }
    let total = components.checked_add(costs).ok_or_else(too_large)?;
    Ok((Amount(components), Amount(costs), Amount(total), status))
}

/// The finished lot, worth what the build cost.
pub(super) fn produce(ledger: &mut Ledger<'_>, build: &Build, day: NaiveDate) -> Result<Posted> {
    let lot = NewLot { build: Some(build.id), ..NewLot::new(format!("B-{:05}", build.number), LotSource::Build, day) };
    let arrival = Arrival {
        product: build.product_id,
        quantity: build.quantity,
        value: build.total_value,
        status: build.cost_status,
        lot,
    };
    let cause = Cause::new(MovementKind::BuildProduce, day).of(SourceKind::Build, build.id);
    let posted = ledger.book.arrive(&arrival, &cause);
    posted.map_err(|error| stock::rules::explain(&error, &ledger.book))
}

fn insufficient(ledger: &Ledger<'_>, shorts: &[(ProductId, Quantity, Quantity)]) -> Refusal {
    let name = |id: &ProductId| ledger.book.product(*id).map_or_else(|| id.to_string(), |row| row.name.clone());
    let shorts: Vec<String> = shorts
        .iter()
        .map(|(product, needed, available)| format!("{} ({needed} needed, {available} available)", name(product)))
        .collect();
    Refusal::new(ErrorCode::InsufficientStock, format!("There is not enough of {}.", shorts.join(", ")))
        .help("Receive or build more of it, or build less.")
}

/// What a build would come to: the same steps on a book that is not written.
pub(super) async fn preview(ledger: &mut Ledger<'_>, planned: &Planned, order: &BuildOrder) -> Result<BuildPreview> {
    let needs = planned.needs()?;
    planned.load(ledger, &needs).await?;
    // For the most that could be built, all lots count; totals of products tell that without them.
    let shorts = planned.shorts(ledger, &needs);
    let short_of = |product: Option<ProductId>| {
        let found = shorts.iter().find(|(id, ..)| Some(*id) == product);
        found.map_or(Quantity::ZERO, |(_, needed, available)| Quantity(needed.0 - available.0))
    };
    let on_hand = |id: ProductId| ledger.book.product(id).map_or(Quantity::ZERO, |row| row.on_hand);
    let max_buildable = rules::max_buildable(&planned.recipe.lines, on_hand);
    let day = ledger.book.stamp.today;
    let mut lines = Vec::new();
    if shorts.is_empty() {
        lines = consume(ledger, planned, &needs, order, |line| Cause::new(MovementKind::BuildConsume, day).line(line))?;
    } else {
        let lenient = |line: &super::model::BomLine| super::model::BomLine { optional: true, ..line.clone() };
        let recipe = Recipe {
            bom: planned.recipe.bom,
            product: planned.recipe.product,
            lines: planned.recipe.lines.iter().map(lenient).collect(),
        };
        let partial = Planned { build: None, recipe, quantity: planned.quantity };
        lines.extend(consume(ledger, &partial, &needs, order, |line| {
            Cause::new(MovementKind::BuildConsume, day).line(line)
        })?);
        for (row, line) in lines.iter_mut().zip(&planned.recipe.lines) {
            row.0.optional = line.optional;
            row.0.short = if line.optional { Quantity::ZERO } else { short_of(line.product_id) };
        }
    }
    let (component_value, cost_value, total_value, cost_status) = totals(&lines)?;
    let drawn = |(line, movement): Consumed| {
        let draws = movement.into_iter().flat_map(|id| ledger.book.entries_in(id)).cloned().collect();
        PreviewLine { draws, ..line }
    };
    Ok(BuildPreview {
        bom: planned.recipe.bom,
        quantity: planned.quantity,
        lines: lines.into_iter().map(drawn).collect(),
        component_value,
        cost_value,
        total_value,
        unit_cost: average_half_even(total_value, planned.quantity),
        cost_status,
        ready: shorts.is_empty(),
        max_buildable,
    })
}

//! Explanations: the tree of a cost, loaded level by level.
//!
//! Rule: a level is loaded as a whole, with a number of statements that does not depend on how many parts it has.

use std::collections::{BTreeSet, HashMap};

use entity::{Amount, BuildId, LotId, LotSource, MovementId, MovementKind, Quantity, ReceiptId};

use super::{
    model::{CostPart, Explanation, PartKind, Subject},
    rules::{self, Facts},
};
use crate::{
    business::{Actor, Permission},
    error::{Refusal, Result},
    production, receiving,
    stock::store,
    store::Db,
};

/// Parts of one explanation. What has more is cut, and says so.
const PARTS_MAX: usize = 5_000;

/// Where costs and lots of all businesses come from and go.
#[derive(Debug, Clone)]
pub struct Provenance {
    pub(super) db: Db,
}

impl Provenance {
    /// Provenance in this database.
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// Where the cost of a lot, a movement or a build comes from, down to suppliers' prices, landed costs and cost lines.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`.
    pub async fn explain(&self, actor: &Actor, subject: Subject) -> Result<Explanation> {
        actor.require(Permission::ReadCatalog)?;
        let mut facts = Facts::default();
        let mut parts = vec![self.whole(actor, subject, &mut facts).await?];
        let mut level = 0..1;
        while !level.is_empty() {
            let open: Vec<usize> = level.filter(|place| parts.get(*place).is_some_and(rules::is_open)).collect();
            self.learn(actor, &parts, &open, &mut facts).await?;
            let begin = parts.len();
            for place in open {
                grow(&mut parts, place, &facts);
            }
            level = begin..parts.len();
        }
        Ok(Explanation { parts })
    }

    async fn whole(&self, actor: &Actor, subject: Subject, facts: &mut Facts) -> Result<CostPart> {
        let (connection, business) = (self.db.connection(), actor.business);
        match subject {
            Subject::Lot(id) => {
                let lot = store::lots_by_ids(connection, business, &[id]).await?.pop();
                let lot = lot.ok_or_else(|| Refusal::not_found("lot", id))?;
                let whole = rules::lot_part(&lot, lot.received_quantity, lot.received_value);
                facts.lots.insert(id, lot);
                Ok(whole)
            }
            Subject::Movement(id) => {
                let row = store::movements_by_ids(connection, business, &[id]).await?.pop();
                let row = row.ok_or_else(|| Refusal::not_found("stock movement", id))?;
                let (quantity, value) = (Quantity(row.quantity.0.abs()), Amount(row.value.0.abs()));
                let whole = rules::part(PartKind::Movement(row.kind), Some(quantity), value, row.cost_status);
                let whole = CostPart { product: Some(row.product_id), movement: Some(id), ..whole };
                facts.movements.insert(id, row);
                Ok(whole)
            }
            Subject::Build(id) => {
                let build = production::store::build(connection, business, id).await?;
                let build = build.ok_or_else(|| Refusal::not_found("build", id))?;
                let (quantity, value) = (Some(build.quantity), build.total_value);
                let whole = rules::part(PartKind::Build, quantity, value, build.cost_status);
                let whole = CostPart { product: Some(build.product_id), build: Some(id), ..whole };
                facts.builds.insert(id, build);
                Ok(whole)
            }
        }
    }

    /// Loads what the parts of open parts need to be known.
    async fn learn(&self, actor: &Actor, parts: &[CostPart], open: &[usize], facts: &mut Facts) -> Result<()> {
        let open = || open.iter().filter_map(|place| parts.get(*place));
        let movements = open()
            .filter(|part| matches!(part.kind, PartKind::Movement(_) | PartKind::Component))
            .filter_map(|part| part.movement);
        let movements: BTreeSet<MovementId> = movements.filter(|id| !facts.entries.contains_key(id)).collect();
        self.learn_movements(actor, movements.into_iter().collect(), facts).await?;
        let builds = open()
            .filter(|part| matches!(part.kind, PartKind::Build | PartKind::Lot(LotSource::Build)))
            .filter_map(|part| part.build);
        let builds: BTreeSet<BuildId> = builds.filter(|id| !facts.build_lines.contains_key(id)).collect();
        self.learn_builds(actor, builds.into_iter().collect(), facts).await?;
        let receipts = open().filter(|part| part.kind == PartKind::Lot(LotSource::Receipt));
        let receipts = receipts.filter_map(|part| part.receipt);
        let receipts: BTreeSet<ReceiptId> = receipts.filter(|id| !facts.receipt_lines.contains_key(id)).collect();
        self.learn_receipts(actor, receipts.into_iter().collect(), facts).await
    }

    async fn learn_movements(&self, actor: &Actor, ids: Vec<MovementId>, facts: &mut Facts) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let (connection, business) = (self.db.connection(), actor.business);
        for id in &ids {
            facts.entries.entry(*id).or_default();
        }
        let entries = store::in_movements(connection, business, &ids).await?;
        let lots: BTreeSet<LotId> =
            entries.iter().map(|entry| entry.lot_id).filter(|id| !facts.lots.contains_key(id)).collect();
        for entry in entries {
            facts.entries.entry(entry.movement_id).or_default().push(entry);
        }
        let lots: Vec<LotId> = lots.into_iter().collect();
        let lots = store::lots_by_ids(connection, business, &lots).await?;
        facts.lots.extend(lots.into_iter().map(|lot| (lot.id, lot)));
        let bare = |id: &&MovementId| facts.entries.get(*id).is_none_or(Vec::is_empty);
        let bare: Vec<MovementId> = ids.iter().filter(bare).copied().collect();
        let rows = store::movements_by_ids(connection, business, &bare).await?;
        facts.movements.extend(rows.into_iter().map(|row| (row.id, row)));
        Ok(())
    }

    async fn learn_builds(&self, actor: &Actor, ids: Vec<BuildId>, facts: &mut Facts) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        for id in &ids {
            facts.build_lines.entry(*id).or_default();
        }
        for line in production::store::build_lines(self.db.connection(), actor.business, &ids).await? {
            facts.build_lines.entry(line.build_id).or_default().push(line);
        }
        Ok(())
    }

    async fn learn_receipts(&self, actor: &Actor, ids: Vec<ReceiptId>, facts: &mut Facts) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let (connection, business) = (self.db.connection(), actor.business);
        let mut lines: HashMap<ReceiptId, Vec<_>> = ids.iter().map(|id| (*id, Vec::new())).collect();
        for line in receiving::store::lines(connection, business, &ids).await? {
            lines.entry(line.receipt_id).or_default().push(line);
        }
        facts.receipt_lines.extend(lines);
        for cost in receiving::store::costs(connection, business, &ids).await? {
            facts.receipt_costs.entry(cost.receipt_id).or_default().push(cost);
        }
        let sources: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
        for row in store::movements_of_sources(connection, business, &sources, MovementKind::Receive).await? {
            if let (Some(source), Some(line)) = (row.source_id, row.source_line) {
                facts.arrivals.insert((ReceiptId(source), line), (row.quantity, row.value));
            }
        }
        Ok(())
    }
}

/// Adds the parts of a part, unless there would be too many.
fn grow(parts: &mut Vec<CostPart>, place: usize, facts: &Facts) {
    let Some(whole) = parts.get(place).cloned() else { return };
    let below = rules::parts_of(&whole, facts);
    if parts.len() + below.len() > PARTS_MAX {
        if let Some(whole) = parts.get_mut(place) {
            whole.cut = !below.is_empty();
        }
        return;
    }
    let (parent, depth) = (Some(place), whole.depth + 1);
    parts.extend(below.into_iter().map(|part| CostPart { parent, depth, ..part }));
}

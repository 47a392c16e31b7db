//! Traces: what a lot was made of, what became of it, lot by lot (behaviour 2.6; a recall).
//!
//! Rule: a level is loaded as a whole, with a number of statements that does not depend on how many lots it has.

use std::collections::{BTreeSet, HashMap, HashSet};

use entity::{Amount, BuildId, EntryId, LotId, LotSource, MovementId, MovementKind, Quantity, SourceKind};

use super::{
    explain::Provenance,
    model::{Toward, Trace, TraceLink},
};
use crate::{
    business::{Actor, Permission},
    error::{Refusal, Result},
    production,
    stock::{Entry, Lot, Movement, store},
};

/// Lots of one trace.
const LOTS_MAX: usize = 10_000;

impl Provenance {
    /// Follows a lot to its origins, or to everything that was made of it.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`.
    pub async fn trace(&self, actor: &Actor, lot: LotId, toward: Toward) -> Result<Trace> {
        actor.require(Permission::ReadCatalog)?;
        let first = store::lots_by_ids(self.db.connection(), actor.business, &[lot]).await?.pop();
        let first = first.ok_or_else(|| Refusal::not_found("lot", lot))?;
        let mut trace = Trace { lots: vec![first], links: Vec::new(), complete: true };
        let mut known = HashSet::from([lot]);
        let mut begin = 0;
        for depth in 1.. {
            let level: Vec<Lot> = trace.lots.get(begin..).unwrap_or_default().to_vec();
            if level.is_empty() {
                break;
            }
            begin = trace.lots.len();
            let links = match toward {
                Toward::Origin => self.origins(actor, &level, depth).await?,
                Toward::Use => self.uses(actor, &level, depth).await?,
            };
            let ends = links.iter().filter_map(|link| if toward == Toward::Use { link.to } else { Some(link.from) });
            let next: BTreeSet<LotId> = ends.filter(|id| known.insert(*id)).collect();
            trace.links.extend(links);
            if trace.lots.len() + next.len() > LOTS_MAX {
                trace.complete = false;
                break;
            }
            let next: Vec<LotId> = next.into_iter().collect();
            trace.lots.extend(store::lots_by_ids(self.db.connection(), actor.business, &next).await?);
        }
        Ok(trace)
    }

    /// What the builds of lots consumed, when they did.
    async fn origins(&self, actor: &Actor, level: &[Lot], depth: u32) -> Result<Vec<TraceLink>> {
        let (connection, business) = (self.db.connection(), actor.business);
        let made: HashMap<BuildId, LotId> = level.iter().filter_map(|lot| Some((lot.build_id?, lot.id))).collect();
        let builds: Vec<BuildId> = made.keys().copied().collect();
        if builds.is_empty() {
            return Ok(Vec::new());
        }
        let lines = production::store::build_lines(connection, business, &builds).await?;
        let movements: Vec<MovementId> = lines.iter().filter_map(|line| line.movement_id).collect();
        let of: HashMap<MovementId, (BuildId, i32)> =
            lines.iter().filter_map(|line| Some((line.movement_id?, (line.build_id, line.position)))).collect();
        let link = |entry: Entry| {
            let (build, line) = of.get(&entry.movement_id).copied()?;
            Some(TraceLink {
                from: entry.lot_id,
                to: made.get(&build).copied(),
                build: Some(build),
                movement: entry.movement_id,
                kind: MovementKind::BuildConsume,
                source: Some((SourceKind::Build, build.into())),
                line: Some(line),
                effective_on: entry.effective_on,
                quantity: Quantity(entry.quantity.0.abs()),
                value: Amount(entry.value.0.abs()),
                depth,
            })
        };
        Ok(store::in_movements(connection, business, &movements).await?.into_iter().filter_map(link).collect())
    }

    /// What was taken from lots and not given back.
    async fn uses(&self, actor: &Actor, level: &[Lot], depth: u32) -> Result<Vec<TraceLink>> {
        let (connection, business) = (self.db.connection(), actor.business);
        let lots: Vec<LotId> = level.iter().map(|lot| lot.id).collect();
        let entries = store::on_lots(connection, business, &lots).await?;
        let left = left(&entries);
        // What takes back something that was found left for nowhere; what takes back a return left again.
        let returned: HashSet<EntryId> =
            entries.iter().filter(|entry| entry.reverses.is_some()).map(|entry| entry.id).collect();
        let gone = |entry: &&Entry| {
            let is_taken = entry.quantity.0 < 0 && entry.reverses.is_none_or(|back| returned.contains(&back));
            is_taken && left.get(&entry.id).is_some_and(|(quantity, _)| *quantity > 0)
        };
        let gone: Vec<&Entry> = entries.iter().filter(gone).collect();
        let ids: BTreeSet<MovementId> = gone.iter().map(|entry| entry.movement_id).collect();
        let ids: Vec<MovementId> = ids.into_iter().collect();
        let rows = store::movements_by_ids(connection, business, &ids).await?;
        let mut movements: HashMap<MovementId, Movement> = rows.into_iter().map(|row| (row.id, row)).collect();
        self.name_debtors(actor, &mut movements).await?;
        let builds = movements.values().filter(|row| row.kind == MovementKind::BuildConsume);
        let builds: BTreeSet<BuildId> = builds.filter_map(|row| row.source_id).map(BuildId::from).collect();
        let builds: Vec<BuildId> = builds.into_iter().collect();
        let built = production::store::builds(connection, business, &builds).await?;
        let built: HashMap<BuildId, Option<LotId>> = built.into_iter().map(|build| (build.id, build.lot_id)).collect();
        let link = |entry: &Entry| {
            let row = movements.get(&entry.movement_id)?;
            let build = (row.kind == MovementKind::BuildConsume).then_some(row.source_id?.into());
            let (quantity, value) = left.get(&entry.id).copied()?;
            Some(TraceLink {
                from: entry.lot_id,
                to: build.and_then(|build| built.get(&build).copied().flatten()),
                build,
                movement: row.id,
                kind: row.kind,
                source: row.source_kind.zip(row.source_id),
                line: row.source_line,
                effective_on: row.effective_on,
                quantity: Quantity(quantity),
                value: Amount(value),
                depth,
            })
        };
        Ok(gone.into_iter().filter_map(link).collect())
    }

    /// Puts, in place of a movement that settled a shortage, the one that made it: that is where the units went.
    async fn name_debtors(&self, actor: &Actor, movements: &mut HashMap<MovementId, Movement>) -> Result<()> {
        let (connection, business) = (self.db.connection(), actor.business);
        let settling = movements.values().filter(|row| row.kind == MovementKind::ShortageSettlement);
        let settling: Vec<MovementId> = settling.map(|row| row.id).collect();
        if settling.is_empty() {
            return Ok(());
        }
        let paid = store::in_movements(connection, business, &settling).await?;
        let paid: HashMap<LotId, MovementId> =
            paid.iter().filter(|entry| entry.quantity.0 > 0).map(|entry| (entry.lot_id, entry.movement_id)).collect();
        let debts: Vec<LotId> = paid.keys().copied().collect();
        let debts = store::lots_by_ids(connection, business, &debts).await?;
        let debts = debts.into_iter().filter(|lot| lot.source == LotSource::Shortage);
        let made_by: HashMap<MovementId, LotId> = debts.map(|lot| (lot.movement_id, lot.id)).collect();
        let ids: Vec<MovementId> = made_by.keys().copied().collect();
        for row in store::movements_by_ids(connection, business, &ids).await? {
            let settled_by = made_by.get(&row.id).and_then(|debt| paid.get(debt));
            if let Some(settled_by) = settled_by {
                movements.insert(*settled_by, row);
            }
        }
        Ok(())
    }
}

/// What is left of each entry, without sign, less what took it back; all of that is on the same lots.
fn left(entries: &[Entry]) -> HashMap<EntryId, (i64, i64)> {
    let size = |entry: &Entry| (entry.quantity.0.saturating_abs(), entry.value.0.saturating_abs());
    let mut left: HashMap<EntryId, (i64, i64)> = entries.iter().map(|entry| (entry.id, size(entry))).collect();
    for back in entries {
        let Some(own) = back.reverses.and_then(|id| left.get_mut(&id)) else { continue };
        let (quantity, value) = size(back);
        (own.0, own.1) = (own.0.saturating_sub(quantity), own.1.saturating_sub(value));
    }
    left
}

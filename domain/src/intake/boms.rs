//! Bills of materials of a file.
//!
//! Rule: the rows of one product are one version, taken or refused together; one that is in use already is not made
//! again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use entity::{BomId, BomStatus, LineKind, ProductId};

use super::{
    model::{BomGroup, BomRow, RowOutcome},
    service::{Batch, named},
    store,
};
use crate::{
    catalog::Product,
    error::{ErrorCode, Refusal, Result},
    production::{Bom, BomLine, NewBomLine, rules, store as production},
    stock::ledger::{Ledger, Writer},
};

/// What is known of the versions there are.
#[derive(Default)]
struct Versions {
    latest: HashMap<ProductId, i32>,
    active: HashMap<ProductId, (BomId, Vec<NewBomLine>)>,
}

/// What the file makes.
#[derive(Default)]
struct Writes {
    boms: Vec<Bom>,
    lines: Vec<BomLine>,
}

/// Why a group is not taken: the row it is about, if it is about one.
type Unfit = (Option<u64>, Refusal);

impl Batch {
    /// Saves bills of materials and puts them to use. One outcome per row, in their order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn boms(&mut self, groups: Vec<BomGroup>) -> Result<Vec<RowOutcome>> {
        // The book's lock keeps two versions from being made at once, and its time tells which came later.
        let writer = Writer::new(self.actor.business, &self.actor.subject);
        self.now = Ledger::open(&self.tx, &self.ambient, &writer).await?.book.stamp.recorded_at;
        let rows = groups.iter().flat_map(|group| &group.rows);
        let components = rows.filter_map(|row| row.component.as_deref());
        let skus = groups.iter().map(|group| group.sku.as_str()).chain(components).map(str::to_lowercase).collect();
        let found = self.by_sku(skus).await?;
        let versions = self.versions(&groups, &found).await?;
        let mut made_of = match self.made_of.take() {
            Some(made_of) => made_of,
            None => production::made_of(self.tx.connection(), self.actor.business).await?,
        };
        let mut writes = Writes::default();
        let mut outcomes = Vec::new();
        for group in &groups {
            outcomes.extend(self.group(group, &found, &versions, &mut made_of, &mut writes));
        }
        let products: Vec<ProductId> = writes.boms.iter().map(|bom| bom.product_id).collect();
        store::archive(self.tx.connection(), self.actor.business, &products).await?;
        store::insert_boms(self.tx.connection(), &writes.boms, &writes.lines).await?;
        self.made_of = Some(made_of);
        Ok(outcomes)
    }

    async fn versions(&self, groups: &[BomGroup], found: &HashMap<String, Option<Product>>) -> Result<Versions> {
        let made = groups.iter().filter_map(|group| named(found, &group.sku).ok().map(|product| product.id));
        let made: BTreeSet<ProductId> = made.collect();
        let made: Vec<ProductId> = made.into_iter().collect();
        let mut versions = Versions::default();
        for bom in production::boms_of(self.tx.connection(), self.actor.business, &made).await? {
            let latest = versions.latest.entry(bom.product_id).or_default();
            *latest = bom.version.max(*latest);
            if bom.status == BomStatus::Active {
                versions.active.insert(bom.product_id, (bom.id, Vec::new()));
            }
        }
        let active: HashMap<BomId, ProductId> = versions.active.iter().map(|(made, (bom, _))| (*bom, *made)).collect();
        let ids: Vec<BomId> = active.keys().copied().collect();
        for line in production::bom_lines(self.tx.connection(), self.actor.business, &ids).await? {
            if let Some((_, lines)) = active.get(&line.bom_id).and_then(|made| versions.active.get_mut(made)) {
                lines.push(NewBomLine {
                    kind: line.kind,
                    product: line.product_id,
                    quantity: line.quantity,
                    optional: line.optional,
                    label: line.label,
                    rate: line.rate,
                });
            }
        }
        Ok(versions)
    }

    fn group(
        &mut self,
        group: &BomGroup,
        found: &HashMap<String, Option<Product>>,
        versions: &Versions,
        made_of: &mut BTreeMap<ProductId, Vec<ProductId>>,
        writes: &mut Writes,
    ) -> Vec<RowOutcome> {
        let each = |outcome: &dyn Fn(u64) -> RowOutcome| group.rows.iter().map(|row| outcome(row.row)).collect();
        let (product, lines) = match self.fit(group, found, made_of) {
            Ok(fit) => fit,
            Err((about, reason)) => return each(&|row| RowOutcome::failed(row, told(row, about, &reason))),
        };
        self.seen.insert(product.id);
        if let Some((bom, _)) = versions.active.get(&product.id).filter(|(_, active)| *active == lines) {
            let message = format!("{} is made so already.", product.name);
            let reason = Refusal::new(ErrorCode::InvalidState, message).help("Nothing to do.");
            return each(&|row| RowOutcome::skipped(row, Some(bom), reason.clone()));
        }
        made_of.insert(product.id, lines.iter().filter_map(|line| line.product).collect());
        let version = versions.latest.get(&product.id).map_or(1, |latest| latest + 1);
        let id = self.write(product.id, version, lines, writes);
        each(&|row| RowOutcome::created(row, id))
    }

    fn write(&self, product_id: ProductId, version: i32, lines: Vec<NewBomLine>, writes: &mut Writes) -> BomId {
        let id: BomId = self.ambient.id();
        let (business_id, created_at) = (self.actor.business, self.now);
        let (status, created_by) = (BomStatus::Active, self.actor.subject.clone());
        writes.boms.push(Bom { id, business_id, product_id, version, status, note: None, created_at, created_by });
        writes.lines.extend((0_i32..).zip(lines).map(|(position, line)| BomLine {
            id: self.ambient.id(),
            business_id,
            bom_id: id,
            position,
            kind: line.kind,
            product_id: line.product,
            quantity: line.quantity,
            optional: line.optional,
            label: line.label,
            rate: line.rate,
        }));
        id
    }

    fn fit<'a>(
        &self,
        group: &BomGroup,
        found: &'a HashMap<String, Option<Product>>,
        made_of: &BTreeMap<ProductId, Vec<ProductId>>,
    ) -> std::result::Result<(&'a Product, Vec<NewBomLine>), Unfit> {
        let product = named(found, &group.sku).map_err(|refusal| (None, refusal))?;
        if let Some(row) = group.after_unread {
            return Err((Some(row), Refusal::new(ErrorCode::Validation, format!("Row {row} could not be read."))));
        }
        if self.seen.contains(&product.id) {
            let message = format!("{} has rows elsewhere in the file.", product.name);
            return Err((None, Refusal::new(ErrorCode::Validation, message).help("Put its rows together.")));
        }
        if group.rows.len() > rules::LINES_MAX {
            let message = format!("{} has more than {} rows.", product.name, rules::LINES_MAX);
            return Err((None, Refusal::new(ErrorCode::Validation, message).help("Use sub-assemblies.")));
        }
        let lines = group
            .rows
            .iter()
            .enumerate()
            .map(|(place, row)| line(place, row, found).map_err(|refusal| (Some(row.row), refusal)));
        let lines: Vec<NewBomLine> = lines.collect::<std::result::Result<_, _>>()?;
        let components: Vec<ProductId> = lines.iter().filter_map(|line| line.product).collect();
        rules::check_nesting(product.id, &components, made_of).map_err(|chain| {
            let message = format!("{} would be made of itself, or nest deeper than 10 levels.", product.name);
            let help = format!("Take a product out of the chain of {}.", chain.len());
            (None, Refusal::new(ErrorCode::BomCycle, message).help(help))
        })?;
        Ok((product, lines))
    }
}

fn line(
    place: usize,
    row: &BomRow,
    found: &HashMap<String, Option<Product>>,
) -> std::result::Result<NewBomLine, Refusal> {
    if let Some(reason) = &row.unread {
        return Err(reason.clone());
    }
    let product = row.component.as_deref().map(|sku| named(found, sku).map(|product| product.id)).transpose()?;
    let line = NewBomLine {
        kind: row.kind,
        product,
        quantity: row.quantity,
        optional: row.optional && row.kind == LineKind::Component,
        label: row.label.clone(),
        rate: row.rate,
    };
    rules::check_line(place, &line)?;
    Ok(line)
}

/// What a row of a refused group is told.
fn told(row: u64, about: Option<u64>, reason: &Refusal) -> Refusal {
    match about {
        Some(other) if other != row => {
            Refusal::new(reason.code, format!("The bill of materials was not taken because of row {other}."))
                .help("Correct that row.")
        }
        _ => reason.clone(),
    }
}

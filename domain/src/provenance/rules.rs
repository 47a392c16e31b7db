//! Decisions about provenance: what a lot's cost is made of, and how a share of it is split.
//!
//! Rule: pure. The parts of a part add up to it exactly, whatever was rounded below.

use std::collections::HashMap;

use entity::{
    Amount, BuildId, CostBasis, CostStatus, LotId, LotSource, MovementId, Quantity, ReceiptId, ReceiptLineId,
};

use super::model::{CostPart, PartKind};
use crate::{
    money::{share_half_even, spread_largest_remainder},
    production::{Build, BuildLine},
    receiving::{ReceiptCost, ReceiptLine},
    stock::{Entry, Lot, Movement},
};

/// What is known so far of the records that costs come from.
#[derive(Debug, Default)]
pub struct Facts {
    /// Lots.
    pub lots: HashMap<LotId, Lot>,
    /// Lines of receipts, in order.
    pub receipt_lines: HashMap<ReceiptId, Vec<ReceiptLine>>,
    /// Landed costs of receipts, in order.
    pub receipt_costs: HashMap<ReceiptId, Vec<ReceiptCost>>,
    /// What lines of receipts brought when they were confirmed: quantity and value by line's position.
    pub arrivals: HashMap<(ReceiptId, i32), (Quantity, Amount)>,
    /// Builds.
    pub builds: HashMap<BuildId, Build>,
    /// Their lines, in order.
    pub build_lines: HashMap<BuildId, Vec<BuildLine>>,
    /// Movements.
    pub movements: HashMap<MovementId, Movement>,
    /// Their entries, in order.
    pub entries: HashMap<MovementId, Vec<Entry>>,
}

/// A part with nothing known but its kind and figures.
pub fn part(kind: PartKind, quantity: Option<Quantity>, value: Amount, status: CostStatus) -> CostPart {
    CostPart {
        parent: None,
        depth: 0,
        kind,
        quantity,
        value,
        status,
        product: None,
        lot: None,
        build: None,
        receipt: None,
        supplier: None,
        movement: None,
        label: None,
        unit_cost: None,
        cut: false,
    }
}

/// A share of a lot.
pub fn lot_part(lot: &Lot, quantity: Quantity, value: Amount) -> CostPart {
    let kind = if lot.source == LotSource::Shortage { PartKind::Shortage } else { PartKind::Lot(lot.source) };
    CostPart {
        product: Some(lot.product_id),
        lot: Some(lot.id),
        build: lot.build_id,
        receipt: lot.receipt_id,
        supplier: lot.supplier_id,
        label: Some(lot.number.clone()),
        ..part(kind, Some(quantity), value, lot.cost_status)
    }
}

/// Whether a part may have parts of its own.
pub fn is_open(part: &CostPart) -> bool {
    match part.kind {
        PartKind::Movement(_) | PartKind::Build | PartKind::Component => true,
        PartKind::Lot(source) => matches!(source, LotSource::Receipt | LotSource::Build),
        _ => false,
    }
}

/// The parts of a part, as shares of its own figures.
pub fn parts_of(whole: &CostPart, facts: &Facts) -> Vec<CostPart> {
    let parts = match whole.kind {
        PartKind::Movement(_) | PartKind::Component => whole.movement.map(|id| taken(id, facts)).unwrap_or_default(),
        PartKind::Build => whole.build.map(|id| lines(id, facts)).unwrap_or_default(),
        PartKind::Lot(LotSource::Build) => whole.build.map(|id| lines(id, facts)).unwrap_or_default(),
        PartKind::Lot(LotSource::Receipt) => {
            whole.lot.and_then(|id| facts.lots.get(&id)).map(|lot| delivered(lot, facts)).unwrap_or_default()
        }
        _ => Vec::new(),
    };
    scaled(whole, parts, facts)
}

/// What a movement took, lot by lot; without lots, all of it at the average cost.
fn taken(id: MovementId, facts: &Facts) -> Vec<CostPart> {
    let entries = facts.entries.get(&id).map(Vec::as_slice).unwrap_or_default();
    let of = |entry: &Entry| {
        let lot = facts.lots.get(&entry.lot_id)?;
        let (quantity, value) = (Quantity(entry.quantity.0.abs()), Amount(entry.value.0.abs()));
        Some(CostPart { status: entry.cost_status, movement: Some(id), ..lot_part(lot, quantity, value) })
    };
    if !entries.is_empty() {
        return entries.iter().filter_map(of).collect();
    }
    let Some(movement) = facts.movements.get(&id) else { return Vec::new() };
    let (quantity, value) = (Quantity(movement.quantity.0.abs()), Amount(movement.value.0.abs()));
    let average = part(PartKind::Average, Some(quantity), value, movement.cost_status);
    vec![CostPart { product: Some(movement.product_id), movement: Some(id), ..average }]
}

/// Components and cost lines of a build; components of which nothing was consumed are no part of its cost.
fn lines(id: BuildId, facts: &Facts) -> Vec<CostPart> {
    let lines = facts.build_lines.get(&id).map(Vec::as_slice).unwrap_or_default();
    let of = |line: &BuildLine| {
        let is_component = line.kind == entity::LineKind::Component;
        let kind = if is_component { PartKind::Component } else { PartKind::CostLine(line.kind) };
        CostPart {
            product: line.product_id,
            build: Some(id),
            movement: line.movement_id,
            label: line.label.clone(),
            ..part(kind, is_component.then_some(line.quantity), line.value, line.cost_status)
        }
    };
    lines.iter().filter(|line| line.movement_id.is_some() || !line.value.is_zero()).map(of).collect()
}

/// The price and the landed costs of a delivered lot, corrections counted with the price.
fn delivered(lot: &Lot, facts: &Facts) -> Vec<CostPart> {
    let Some(receipt) = lot.receipt_id else { return Vec::new() };
    let lines = facts.receipt_lines.get(&receipt).map(Vec::as_slice).unwrap_or_default();
    let Some(line) = lines.iter().find(|line| Some(line.id) == lot.receipt_line_id) else { return Vec::new() };
    let about = |part: CostPart| CostPart { receipt: Some(receipt), supplier: lot.supplier_id, ..part };
    let mut parts = Vec::new();
    let mut rest = lot.received_value.0;
    for (cost, share) in landed(receipt, line.id, facts) {
        rest = rest.saturating_sub(share.0);
        let landed = part(PartKind::Landed(cost.kind), None, share, CostStatus::Complete);
        parts.push(CostPart { label: Some(cost.label.clone()), ..about(landed) });
    }
    let price = part(PartKind::Price, Some(lot.received_quantity), Amount(rest), lot.cost_status);
    let price = CostPart { product: Some(lot.product_id), unit_cost: Some(line.unit_cost), ..about(price) };
    parts.insert(0, price);
    parts
}

/// A line's share of each landed cost: the same spread as at confirmation, over what the lines brought then.
fn landed(receipt: ReceiptId, line: ReceiptLineId, facts: &Facts) -> Vec<(&ReceiptCost, Amount)> {
    let lines = facts.receipt_lines.get(&receipt).map(Vec::as_slice).unwrap_or_default();
    let Some(place) = lines.iter().position(|other| other.id == line) else { return Vec::new() };
    let brought = |line: &ReceiptLine| {
        facts.arrivals.get(&(receipt, line.position)).copied().unwrap_or((line.quantity, line.value))
    };
    let quantities: Vec<i64> = lines.iter().map(|line| brought(line).0.0).collect();
    let values: Vec<i64> = lines.iter().map(|line| brought(line).1.0.saturating_sub(line.landed.0)).collect();
    let costs = facts.receipt_costs.get(&receipt).map(Vec::as_slice).unwrap_or_default();
    let share = |cost: &ReceiptCost| {
        let weights = if cost.basis == CostBasis::Value { &values } else { &quantities };
        spread_largest_remainder(cost.amount, weights)?.get(place).copied()
    };
    costs.iter().filter_map(|cost| Some((cost, share(cost)?))).filter(|(_, share)| !share.is_zero()).collect()
}

/// Makes parts of a record the parts of a share of it: values and quantities in proportion, adding up to the share's.
fn scaled(whole: &CostPart, mut parts: Vec<CostPart>, facts: &Facts) -> Vec<CostPart> {
    let values: Vec<i64> = parts.iter().map(|part| part.value.0).collect();
    for (part, value) in parts.iter_mut().zip(split(whole.value.0, &values)) {
        part.value = Amount(value);
    }
    if let (PartKind::Component | PartKind::Movement(_), Some(quantity)) = (whole.kind, whole.quantity) {
        // The same product, cut into lots: the pieces are the whole.
        let quantities: Vec<i64> = parts.iter().map(|part| part.quantity.unwrap_or_default().0).collect();
        for (part, quantity) in parts.iter_mut().zip(split(quantity.0, &quantities)) {
            part.quantity = Some(Quantity(quantity));
        }
    } else if let (Some(share), Some(of)) = (whole.quantity, received(whole, facts)) {
        for part in &mut parts {
            let quantity = part.quantity.and_then(|quantity| share_half_even(quantity.0, share.0, of.0));
            part.quantity = part.quantity.and(quantity.map(Quantity));
        }
    }
    parts
}

/// How many units the record of a part made.
fn received(whole: &CostPart, facts: &Facts) -> Option<Quantity> {
    match whole.kind {
        PartKind::Build => whole.build.and_then(|id| facts.builds.get(&id)).map(|build| build.quantity),
        _ => whole.lot.and_then(|id| facts.lots.get(&id)).map(|lot| lot.received_quantity),
    }
}

/// Splits a total in proportion to weights of any sign, so that the parts add up to it: the sums up to each part are
/// rounded half to even, and a part is the difference of two of them. Without weight all of it is the first part's.
pub fn split(total: i64, weights: &[i64]) -> Vec<i64> {
    let whole = weights.iter().fold(0_i64, |sum, weight| sum.saturating_add(*weight));
    if whole == total {
        return weights.to_vec();
    }
    if weights.is_empty() {
        return Vec::new();
    }
    if whole == 0 {
        let rest = weights.iter().skip(1).map(|_| 0);
        return std::iter::once(total).chain(rest).collect();
    }
    let (mut upto, mut before) = (0_i64, 0_i64);
    let next = |weight: &i64| {
        upto = upto.saturating_add(*weight);
        let share = share_half_even(total, upto.saturating_mul(whole.signum()), whole.saturating_abs());
        let after = share.unwrap_or(total);
        let part = after.saturating_sub(before);
        before = after;
        part
    };
    weights.iter().map(next).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parts_keep_their_proportion_and_their_sum() {
        assert_eq!(split(10, &[1, 1, 1]), [3, 4, 3]);
        assert_eq!(split(-10, &[1, 1, 1]), [-3, -4, -3]);
        assert_eq!(split(7, &[7, 0]), [7, 0]);
        assert_eq!(split(50, &[120, -20]), [60, -10]);
        assert_eq!(split(5, &[0, 0]), [5, 0]);
        assert_eq!(split(5, &[]), [0; 0]);
        // What is the whole is not touched, also where a correction took more than the price.
        assert_eq!(split(3, &[-2, 5]), [-2, 5]);
    }

    proptest! {
        #[test]
        fn they_always_add_up(
            total in -1_000_000_000_000_000_000_i64..1_000_000_000_000_000_000,
            weights in proptest::collection::vec(0_i64..1_000_000_000_000_000, 1..30),
        ) {
            let parts = split(total, &weights);
            prop_assert_eq!(parts.iter().map(|part| i128::from(*part)).sum::<i128>(), i128::from(total));
            let whole: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
            for (part, weight) in parts.iter().zip(&weights) {
                let off = i128::from(*part) * whole - i128::from(total) * i128::from(*weight);
                prop_assert!(whole == 0 || off.abs() <= whole);
            }
        }
    }
}

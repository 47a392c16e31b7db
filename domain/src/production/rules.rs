//! Decisions about production: what a bill of materials may hold, what it asks for, how many could be built.

use std::collections::{BTreeMap, BTreeSet};

use entity::{Amount, CostStatus, LineKind, ProductId, Quantity, UnitCost, exact::ONE};

use super::model::{BomLine, NewBomLine};
use crate::{
    error::{ErrorCode, Refusal},
    money::extend_half_even,
    stock::{model::worse, rules::LARGEST},
};

/// Levels of nesting, the product itself included.
pub const LEVELS_MAX: usize = 10;
/// Lines of one bill of materials.
pub const LINES_MAX: usize = 500;
/// A component's quantity has at most 4 decimals.
const STEP: i64 = 100;

/// Whether a line makes sense.
///
/// # Errors
/// `VALIDATION`, `INVALID_QUANTITY` or `INVALID_COST` naming the line.
pub fn check_line(place: usize, line: &NewBomLine) -> Result<(), Refusal> {
    let name = format!("Line {}", place + 1);
    let quantity = |quantity: Quantity| quantity.0 > 0 && quantity.0 <= LARGEST && quantity.0 % STEP == 0;
    if line.kind == LineKind::Component {
        if line.product.is_none() {
            return Err(Refusal::new(ErrorCode::Validation, format!("{name}: a component needs a product.")));
        }
        return match line.quantity {
            Some(asked) if quantity(asked) => Ok(()),
            asked => Err(Refusal::new(
                ErrorCode::InvalidQuantity,
                format!(
                    "{name}: a component's quantity must be positive with at most 4 decimals; it is {}.",
                    asked.unwrap_or_default()
                ),
            )),
        };
    }
    if line.product.is_some() || line.label.as_deref().is_none_or(|label| label.trim().is_empty()) {
        return Err(Refusal::new(ErrorCode::Validation, format!("{name}: a cost needs a label and has no product.")));
    }
    if line.quantity.is_some_and(|asked| asked.0 <= 0 || asked.0 > LARGEST) {
        return Err(Refusal::new(ErrorCode::InvalidQuantity, format!("{name}: the units of a rate must be positive.")));
    }
    match line.rate {
        Some(rate) if (0..=LARGEST).contains(&rate.0) => Ok(()),
        _ => Err(Refusal::new(ErrorCode::InvalidCost, format!("{name}: a cost needs a rate of zero or more."))),
    }
}

/// Whether a product may be made of these components, given what every product is made of: no cycle, and no chain of
/// more than [`LEVELS_MAX`] products. On a refusal the offending chain, from the product down.
///
/// # Errors
/// The chain.
pub fn check_nesting(
    product: ProductId,
    components: &[ProductId],
    made_of: &BTreeMap<ProductId, Vec<ProductId>>,
) -> Result<(), Vec<ProductId>> {
    let mut below = made_of.clone();
    below.insert(product, components.to_vec());
    let mut above: BTreeMap<ProductId, Vec<ProductId>> = BTreeMap::new();
    for (parent, parts) in &below {
        for part in parts {
            above.entry(*part).or_default().push(*parent);
        }
    }
    let down = longest(product, &below)?;
    let mut up = longest(product, &above).map_err(|mut chain| {
        chain.reverse();
        chain
    })?;
    up.reverse();
    up.pop();
    if up.len() + down.len() > LEVELS_MAX {
        up.extend(down);
        return Err(up);
    }
    Ok(())
}

/// The longest chain from a product on, or a chain that comes back to a product it holds already. Every product is
/// walked once.
fn longest(from: ProductId, next: &BTreeMap<ProductId, Vec<ProductId>>) -> Result<Vec<ProductId>, Vec<ProductId>> {
    let mut done: BTreeMap<ProductId, Vec<ProductId>> = BTreeMap::new();
    let mut path: Vec<(ProductId, usize)> = vec![(from, 0)];
    let mut open = BTreeSet::from([from]);
    while let Some((product, at)) = path.last().copied() {
        let parts = next.get(&product).map_or(&[][..], Vec::as_slice);
        if let Some(part) = parts.get(at).copied() {
            if let Some(last) = path.last_mut() {
                last.1 += 1;
            }
            if open.contains(&part) {
                let mut chain: Vec<ProductId> = path.iter().map(|(product, _)| *product).collect();
                chain.push(part);
                return Err(chain);
            }
            if !done.contains_key(&part) {
                path.push((part, 0));
                open.insert(part);
            }
            continue;
        }
        let tail = parts.iter().filter_map(|part| done.get(part)).max_by_key(|chain| chain.len());
        let mut chain = vec![product];
        chain.extend(tail.into_iter().flatten());
        done.insert(product, chain);
        open.remove(&product);
        path.pop();
    }
    Ok(done.remove(&from).unwrap_or_default())
}

/// What a line asks for when `quantity` is built: units of a component, or of a rate.
pub fn needed(line: &BomLine, quantity: Quantity) -> Option<Quantity> {
    let per_unit = line.quantity.unwrap_or(Quantity(ONE));
    extend_half_even(quantity, UnitCost(per_unit.0))
        .map(|needed| Quantity(needed.0))
        .filter(|needed| needed.0 <= LARGEST)
}

/// The value of a cost line when `quantity` is built.
pub fn cost(line: &BomLine, quantity: Quantity) -> Option<Amount> {
    extend_half_even(needed(line, quantity)?, line.rate.unwrap_or_default())
}

/// What a unit would cost now: required components at their cost, and the cost lines. A component whose cost is unknown
/// is not in the sum.
///
/// # Errors
/// `INVALID_COST` when it is too large.
pub fn estimate(
    lines: &[BomLine],
    cost_of: impl Fn(ProductId) -> Option<(UnitCost, CostStatus)>,
) -> Result<(Amount, CostStatus), Refusal> {
    let too_large = || Refusal::new(ErrorCode::InvalidCost, "A unit's cost is too large to be kept exactly.");
    let (mut sum, mut status) = (Amount::ZERO, CostStatus::Complete);
    for line in lines.iter().filter(|line| !line.optional) {
        let value = match line.product_id.filter(|_| line.kind == LineKind::Component) {
            None => cost(line, Quantity(ONE)),
            Some(product) => {
                let (cost, known) = cost_of(product).unwrap_or((UnitCost::ZERO, CostStatus::Missing));
                status = worse(status, known);
                extend_half_even(line.quantity.unwrap_or_default(), cost)
            }
        };
        sum = value.and_then(|value| sum.checked_add(value)).ok_or_else(too_large)?;
    }
    Ok((sum, status))
}

/// Whole units that could be built of what is there, by required components alone; nothing where there are none.
pub fn max_buildable(lines: &[BomLine], available: impl Fn(ProductId) -> Quantity) -> Option<Quantity> {
    let mut per_unit: BTreeMap<ProductId, i64> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.kind == LineKind::Component && !line.optional) {
        let sum = per_unit.entry(line.product_id?).or_default();
        *sum = sum.saturating_add(line.quantity.unwrap_or_default().0);
    }
    let units = per_unit.into_iter().filter(|(_, each)| *each > 0);
    units
        .map(|(product, each)| available(product).0.max(0) / each)
        .min()
        .map(|units| Quantity(units.saturating_mul(ONE)))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn product(number: u128) -> ProductId {
        ProductId(Uuid::from_u128(number))
    }

    /// A chain 1 → 2 → … → `length`.
    fn chain(length: u128) -> BTreeMap<ProductId, Vec<ProductId>> {
        (1..length).map(|number| (product(number), vec![product(number + 1)])).collect()
    }

    #[test]
    fn ten_levels_pass_and_eleven_do_not() {
        assert_eq!(check_nesting(product(0), &[product(1)], &chain(9)), Ok(()));
        let refused = check_nesting(product(0), &[product(1)], &chain(10)).unwrap_err();
        assert_eq!(refused, (0..=10).map(product).collect::<Vec<_>>());
        // Also when the new one is in the middle: 1 … 5 above it, 6 … 10 below.
        let mut parts = chain(10);
        parts.remove(&product(5));
        assert_eq!(check_nesting(product(5), &[product(6)], &parts), Ok(()));
        parts.insert(product(10), vec![product(11)]);
        assert_eq!(check_nesting(product(5), &[product(6)], &parts).unwrap_err().len(), 11);
    }

    #[test]
    fn a_cycle_is_found_at_any_depth() {
        assert_eq!(check_nesting(product(1), &[product(1)], &BTreeMap::new()), Err(vec![product(1), product(1)]));
        let refused = check_nesting(product(9), &[product(1)], &chain(9)).unwrap_err();
        let expected: Vec<ProductId> = [9, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(product).to_vec();
        assert_eq!(refused, expected);
    }

    #[test]
    fn a_wide_lattice_is_walked_once() {
        // Ten levels of twenty products, each made of all of the next level: 20^9 paths.
        let level = |level: u128| (0..20).map(move |place| product(level * 100 + place));
        let made_of: BTreeMap<_, _> =
            (1..9).flat_map(|n| level(n).map(move |part| (part, level(n + 1).collect::<Vec<_>>()))).collect();
        let top: Vec<ProductId> = level(1).collect();
        assert_eq!(check_nesting(product(7), &top, &made_of), Ok(()));
    }
}

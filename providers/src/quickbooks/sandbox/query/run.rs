//! A plan run over a table.
//!
//! Rule: paging counts the rows that pass, in the order asked for; ties and silence mean by id.

use std::cmp::Reverse;

use super::{
    super::store::{Row, RowKey, Table},
    bind::{Activity, Plan, Property},
    compare::{Scalar, passes, row_scalar},
};

/// The keys of the page that the plan asks for.
pub(crate) fn page(table: &Table, plan: &Plan) -> Vec<RowKey> {
    let skip = usize::try_from(plan.start - 1).unwrap_or(usize::MAX);
    let take = usize::try_from(plan.limit).unwrap_or(usize::MAX);
    if by_id_upwards(plan) && table.odd().is_empty() {
        return matching(table, plan).skip(skip).take(take).collect();
    }
    let mut keys: Vec<RowKey> = matching(table, plan).collect();
    sort(table, plan, &mut keys);
    splice_odd(table, plan, &mut keys);
    keys.into_iter().skip(skip).take(take).collect()
}

/// The number of rows that pass.
pub(crate) fn count(table: &Table, plan: &Plan) -> usize {
    let odd = table.odd().iter().filter(|odd| row_passes(&Row::Stored(&odd.record), plan)).count();
    matching(table, plan).count() + odd
}

fn by_id_upwards(plan: &Plan) -> bool {
    match plan.order.as_slice() {
        [] => true,
        [(property, descending)] => property.outer.name == "Id" && !descending,
        _ => false,
    }
}

/// Keys of all rows that pass, the odd ones left out, by id.
fn matching(table: &Table, plan: &Plan) -> impl Iterator<Item = RowKey> {
    let meant = |id: &u64| plan.activity == Activity::Any || plan.activity.allows(table.is_active(*id));
    let kept = |id: &u64| {
        plan.filters.is_empty()
            || table.row(RowKey::Id(*id)).is_some_and(|row| plan.filters.iter().all(|filter| passes(&row, filter)))
    };
    table.ids().filter(meant).filter(kept).map(RowKey::Id)
}

fn row_passes(row: &Row<'_>, plan: &Plan) -> bool {
    let inactive = matches!(row, Row::Stored(record) if record.get("Active") == Some(&serde_json::Value::Bool(false)));
    plan.activity.allows(!inactive) && plan.filters.iter().all(|filter| passes(row, filter))
}

fn sort(table: &Table, plan: &Plan, keys: &mut [RowKey]) {
    if by_id_upwards(plan) {
        return;
    }
    keys.sort_by_cached_key(|key| rank(table, plan, *key));
}

/// The sort keys of a row, each with its direction.
fn rank(table: &Table, plan: &Plan, key: RowKey) -> Vec<Directed> {
    let row = table.row(key);
    let scalar = |property: Property| row.as_ref().map_or(Scalar::Null, |row| row_scalar(row, property));
    let directed = |(property, descending): &(Property, bool)| match descending {
        false => Directed::Up(scalar(*property)),
        true => Directed::Down(Reverse(scalar(*property))),
    };
    plan.order.iter().map(directed).collect()
}

/// A value that sorts upwards or downwards.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Directed {
    Up(Scalar),
    Down(Reverse<Scalar>),
}

/// Puts the odd rows that pass in their places.
fn splice_odd(table: &Table, plan: &Plan, keys: &mut Vec<RowKey>) {
    for (number, odd) in table.odd().iter().enumerate() {
        if row_passes(&Row::Stored(&odd.record), plan) {
            let at = odd.at.map_or(keys.len(), |at| at.saturating_sub(1).min(keys.len()));
            keys.insert(at, RowKey::Odd(number));
        }
    }
}

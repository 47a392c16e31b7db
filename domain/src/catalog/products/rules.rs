//! Decisions about products: what an item's quantity and cost mean for stock, drift, what may be imported or linked.

use entity::{Amount, CostStatus, ItemType, Quantity, UnitCost};

use super::model::{Drift, Product};
use crate::{
    catalog::Item,
    error::{ErrorCode, Refusal},
    money::extend_half_even,
};

/// Longest name and SKU, characters.
pub const NAME_MAX: usize = 200;
/// Longest SKU, characters.
pub const SKU_MAX: usize = 100;

/// Stock of a product after its item's figures were taken over, and the movement that leads there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restock {
    /// Change of quantity.
    pub quantity: Quantity,
    /// Change of value.
    pub value: Amount,
    /// Quantity afterwards.
    pub on_hand: Quantity,
    /// Value afterwards.
    pub value_after: Amount,
    /// Cost per unit afterwards; nothing while unknown.
    pub average_cost: Option<UnitCost>,
    /// How well the cost is known.
    pub cost_status: CostStatus,
}

impl Restock {
    /// Whether it changes stock.
    pub fn moves(&self) -> bool {
        !self.quantity.is_zero() || !self.value.is_zero()
    }
}

/// The purchase cost an item tells. Accounting systems write 0 where nobody entered a cost, so 0 means unknown.
pub fn known_cost(item: &Item) -> Option<UnitCost> {
    item.purchase_cost.filter(|cost| cost.0 > 0)
}

/// What taking over `quantity` units at `cost` does to stock of `on_hand` units worth `value`.
///
/// # Errors
/// When the value does not fit.
pub fn restock(
    on_hand: Quantity,
    value: Amount,
    quantity: Quantity,
    cost: Option<UnitCost>,
) -> Result<Restock, Refusal> {
    let too_large = || Refusal::new(ErrorCode::InvalidQuantity, "The stock value is too large to be kept exactly.");
    let value_after = match cost {
        Some(cost) => extend_half_even(quantity, cost).ok_or_else(too_large)?,
        None => Amount::ZERO,
    };
    Ok(Restock {
        quantity: quantity.checked_sub(on_hand).ok_or_else(too_large)?,
        value: value_after.checked_sub(value).ok_or_else(too_large)?,
        on_hand: quantity,
        value_after,
        average_cost: cost,
        cost_status: if cost.is_some() { CostStatus::Complete } else { CostStatus::Missing },
    })
}

/// Our stock against the accounting system's: nothing when equal or unknown there.
pub fn drift(product: &Product, item: &Item) -> Option<Drift> {
    let theirs = item.quantity_on_hand.filter(|_| item.kind == ItemType::Inventory)?;
    let difference = product.on_hand.checked_sub(theirs)?;
    (!difference.is_zero()).then_some(Drift { ours: product.on_hand, theirs, difference, as_of: item.synced_at })
}

/// Whether an item can become or be linked to a product.
///
/// # Errors
/// A refusal that names the item.
pub fn check_stockable(item: &Item) -> Result<(), Refusal> {
    if item.gone {
        return Err(Refusal::new(
            ErrorCode::InvalidState,
            format!("{} is no longer in the accounting system.", item.name),
        )
        .help("Choose an item that exists there."));
    }
    if item.kind == ItemType::Category {
        return Err(Refusal::new(ErrorCode::Validation, format!("{} is a category, not an item.", item.name))
            .help("Choose an item inside the category."));
    }
    Ok(())
}

/// A name fit for a product.
///
/// # Errors
/// When it is empty or too long.
pub fn check_name(name: &str) -> Result<String, Refusal> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_MAX {
        return Err(Refusal::new(ErrorCode::Validation, "A product's name must have 1 to 200 characters.")
            .at(&["input", "name"]));
    }
    Ok(name.to_owned())
}

/// A SKU fit for a product; empty means none.
///
/// # Errors
/// When it is too long.
pub fn check_sku(sku: Option<&str>) -> Result<Option<String>, Refusal> {
    let sku = sku.map(str::trim).filter(|sku| !sku.is_empty());
    if sku.is_some_and(|sku| sku.chars().count() > SKU_MAX) {
        return Err(
            Refusal::new(ErrorCode::Validation, "A SKU must have at most 100 characters.").at(&["input", "sku"])
        );
    }
    Ok(sku.map(str::to_owned))
}

/// A category fit for a product; empty means none.
///
/// # Errors
/// When it is too long.
pub fn check_category(category: Option<&str>) -> Result<Option<String>, Refusal> {
    let category = category.map(str::trim).filter(|category| !category.is_empty());
    if category.is_some_and(|category| category.chars().count() > NAME_MAX) {
        return Err(Refusal::new(ErrorCode::Validation, "A category must have at most 200 characters.")
            .at(&["input", "category"]));
    }
    Ok(category.map(str::to_owned))
}

/// Where an item stands in the accounting system, as the category of a product made of it: its full name without its own
/// (QBO reference 9.1: `Cat:Sub:Name`). Nothing where the accounting system knows no categories.
pub fn category_of(item: &Item) -> Option<String> {
    let place = item.full_name.strip_suffix(&item.name)?.strip_suffix(':')?;
    check_category(Some(place)).ok().flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ten_to_fourteen_is_a_movement_of_four_at_the_items_cost() {
        let change =
            restock(Quantity(10_000_000), Amount(25_000_000), Quantity(14_000_000), Some(UnitCost(2_500_000))).unwrap();
        assert_eq!(change.quantity, Quantity(4_000_000));
        assert_eq!(change.value, Amount(10_000_000));
        assert_eq!((change.on_hand, change.value_after), (Quantity(14_000_000), Amount(35_000_000)));
        assert_eq!(change.cost_status, CostStatus::Complete);
    }

    #[test]
    fn an_unknown_cost_is_missing_and_not_zero() {
        let change = restock(Quantity::ZERO, Amount::ZERO, Quantity(8_000_000), None).unwrap();
        assert_eq!((change.average_cost, change.cost_status), (None, CostStatus::Missing));
    }

    proptest! {
        #[test]
        fn what_was_there_and_the_movement_add_up(
            on_hand in -1_000_000_000_i64..1_000_000_000,
            value in -1_000_000_000_i64..1_000_000_000,
            quantity in -1_000_000_000_i64..1_000_000_000,
            cost in proptest::option::of(1_i64..1_000_000_000),
        ) {
            let change = restock(Quantity(on_hand), Amount(value), Quantity(quantity), cost.map(UnitCost)).unwrap();
            prop_assert_eq!(on_hand + change.quantity.0, change.on_hand.0);
            prop_assert_eq!(value + change.value.0, change.value_after.0);
        }
    }
}

//! `items.csv`: what the company makes, buys and sells.
//!
//! Rule: rows are listed in the order of their ids, so a page that begins after an id misses nothing when rows come or go.

use std::collections::BTreeMap;

use super::{
    config::Config,
    table::{Complaint, Row, Table},
    trouble::misconfigured,
};
use crate::{
    error::ProviderError,
    model::{ItemKind, RemoteItem, Unusable},
};

pub(super) const FILE: &str = "items.csv";
const REQUIRED: [&str; 3] = ["id", "name", "kind"];

/// Reads all items and the rows that are none.
///
/// # Errors
/// When there is no file, or it cannot be read.
pub(super) fn read(config: &Config) -> Result<(Vec<RemoteItem>, Vec<Unusable>), ProviderError> {
    let path = config.directory.join(FILE);
    let table = Table::read(&path, &REQUIRED)?.ok_or_else(|| {
        misconfigured(format!("{} does not exist; write it with the columns {}", path.display(), REQUIRED.join(", ")))
    })?;
    Ok(of(&table))
}

pub(super) fn of(table: &Table) -> (Vec<RemoteItem>, Vec<Unusable>) {
    let mut lines: BTreeMap<String, u64> = BTreeMap::new();
    let (mut items, mut unusable) = (Vec::new(), Vec::new());
    for row in table.rows() {
        let kind = kind_of(row);
        match item(row, kind).and_then(|item| unique(row, item, &mut lines)) {
            Ok(item) => items.push(item),
            Err(complaint) => unusable.push(row.unusable(kind, complaint)),
        }
    }
    (items, unusable)
}

fn unique(row: Row<'_>, item: RemoteItem, lines: &mut BTreeMap<String, u64>) -> Result<RemoteItem, Complaint> {
    if let Some(line) = lines.get(&item.external_id) {
        return Err(row.invalid("id", &format!("is also that of line {line}")));
    }
    lines.insert(item.external_id.clone(), row.line);
    Ok(item)
}

fn item(row: Row<'_>, kind: Option<ItemKind>) -> Result<RemoteItem, Complaint> {
    let (external_id, name) = (row.id()?, row.name()?);
    let kind = kind.ok_or_else(|| row.invalid("kind", "is none of inventory, non-inventory, service"))?;
    let quantity = row.number("quantity")?;
    Ok(RemoteItem {
        external_id,
        version: None,
        kind,
        full_name: name.clone(),
        name,
        sku: row.owned("sku"),
        description: row.owned("description"),
        active: row.active()?,
        unit_price: row.number("price")?,
        purchase_cost: row.number("cost")?,
        quantity_on_hand: quantity.filter(|_| kind == ItemKind::Inventory),
        income_account: row.owned("income_account"),
        expense_account: row.owned("expense_account"),
        asset_account: row.owned("asset_account"),
        parent: row.owned("parent"),
        updated_at: None,
    })
}

fn kind_of(row: Row<'_>) -> Option<ItemKind> {
    Some(match row.text("kind")?.to_lowercase().as_str() {
        "inventory" => ItemKind::Inventory,
        "non-inventory" | "noninventory" => ItemKind::NonInventory,
        "service" => ItemKind::Service,
        _ => return None,
    })
}

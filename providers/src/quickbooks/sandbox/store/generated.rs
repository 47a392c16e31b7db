//! Items made on demand: any number of them without memory, the same ones for the same seed.
//!
//! Rule: an item follows from the seed and its id alone.

use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;

use crate::{
    quickbooks::sandbox::{clock, json::Record},
    sandbox::mix,
};

/// Id of the first generated item; the sample's own stay below.
const FIRST_ID: u64 = 10_001;

/// Moment at which the first generated item was made (2025-01-06, in seconds).
const FIRST_STAMP: i64 = 1_736_150_400;

const MATERIALS: [&str; 8] = ["Oak", "Cedar", "Walnut", "Steel", "Brass", "Copper", "Ash", "Birch"];
const PRODUCTS: [&str; 12] =
    ["Bracket", "Shelf", "Hinge", "Table Leg", "Panel", "Dowel", "Handle", "Frame", "Drawer", "Rail", "Plate", "Knob"];

/// The generated items of one company.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Generator {
    seed: u64,
    count: u64,
}

/// A generated item, as it goes over the wire.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
struct GeneratedItem {
    #[serde(rename = "domain")]
    domain: &'static str,
    #[serde(rename = "sparse")]
    sparse: bool,
    id: String,
    sync_token: &'static str,
    name: String,
    fully_qualified_name: String,
    sku: String,
    r#type: &'static str,
    description: String,
    active: bool,
    taxable: bool,
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    unit_price: Decimal,
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    purchase_cost: Decimal,
    track_qty_on_hand: bool,
    #[serde(skip_serializing_if = "Option::is_none", with = "rust_decimal::serde::arbitrary_precision_option")]
    qty_on_hand: Option<Decimal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inv_start_date: Option<&'static str>,
    income_account_ref: Reference,
    expense_account_ref: Reference,
    #[serde(skip_serializing_if = "Option::is_none")]
    asset_account_ref: Option<Reference>,
    meta_data: MetaData,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Reference {
    value: &'static str,
    name: &'static str,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
struct MetaData {
    create_time: String,
    last_updated_time: String,
}

impl GeneratedItem {
    /// The item as an object.
    fn to_record(&self) -> Record {
        match serde_json::to_value(self) {
            Ok(Value::Object(record)) => record,
            _ => Record::new(),
        }
    }
}

/// A generated row: made only as far as it is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GeneratedRow {
    generator: Generator,
    id: u64,
}

impl GeneratedRow {
    /// The row as an object.
    pub(crate) fn to_record(self) -> Record {
        self.generator.item(self.id).to_record()
    }

    /// Writes the row as JSON text.
    pub(crate) fn write(self, out: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(out, &self.generator.item(self.id))
    }

    /// A property that queries ask often, without making the whole object.
    pub(crate) fn scalar(self, property: &str) -> Option<Value> {
        Some(match property {
            "Id" => Value::from(self.id.to_string()),
            "Name" | "FullyQualifiedName" => Value::from(self.generator.name(self.id)),
            "Sku" => Value::from(sku(self.id)),
            "Type" => Value::from(self.generator.kind(self.id)),
            "Active" => Value::from(self.generator.is_active(self.id)),
            _ => return None,
        })
    }

    /// When it was made and last changed.
    pub(crate) fn made_at(self) -> DateTime<Utc> {
        made_at(self.id)
    }
}

impl Generator {
    /// So many items of this seed.
    pub(crate) fn new(seed: u64, count: u32) -> Self {
        Self { seed, count: u64::from(count) }
    }

    /// The ids it makes; empty without items.
    pub(crate) const fn ids(&self) -> Range<u64> {
        FIRST_ID..FIRST_ID + self.count
    }

    /// The highest id it makes, or zero.
    pub(crate) const fn last_id(&self) -> u64 {
        if self.count == 0 { 0 } else { FIRST_ID + self.count - 1 }
    }

    /// Whether this id is one of its own.
    pub(crate) fn has(&self, id: u64) -> bool {
        self.ids().contains(&id)
    }

    /// One in fifty is inactive.
    pub(crate) fn is_active(&self, id: u64) -> bool {
        !mix(self.seed, id).is_multiple_of(50)
    }

    /// The row of this id.
    pub(crate) fn row(&self, id: u64) -> Option<GeneratedRow> {
        self.has(id).then_some(GeneratedRow { generator: *self, id })
    }

    /// The type of an item: half of them are stock.
    fn kind(&self, id: u64) -> &'static str {
        ["Inventory", "Inventory", "NonInventory", "Service"][pick(mix(self.seed, id), 8, 4)]
    }

    fn item(&self, id: u64) -> GeneratedItem {
        let noise = mix(self.seed, id);
        let name = self.name(id);
        let kind = self.kind(id);
        let stock = kind == "Inventory";
        let stamp = clock::record_stamp(made_at(id));
        GeneratedItem {
            domain: "QBO",
            sparse: false,
            id: id.to_string(),
            sync_token: "0",
            fully_qualified_name: name.clone(),
            sku: sku(id),
            r#type: kind,
            description: format!("{} made to order", self.base_name(id)),
            name,
            active: self.is_active(id),
            taxable: !noise.is_multiple_of(5),
            unit_price: cents(noise >> 16, 500, 60_000),
            purchase_cost: cents(noise >> 24, 100, 20_000),
            track_qty_on_hand: stock,
            qty_on_hand: stock.then(|| Decimal::from((noise >> 32) % 500)),
            inv_start_date: stock.then_some("2025-01-01"),
            income_account_ref: Reference { value: "79", name: "Sales of Product Income" },
            expense_account_ref: Reference { value: "80", name: "Cost of Goods Sold" },
            asset_account_ref: stock.then_some(Reference { value: "81", name: "Inventory Asset" }),
            meta_data: MetaData { create_time: stamp.clone(), last_updated_time: stamp },
        }
    }

    /// The id whose name this is (lower-case).
    pub(crate) fn id_of_name(&self, name: &str) -> Option<u64> {
        let name = name.strip_suffix(" (deleted)").unwrap_or(name);
        let number: u64 = name.rsplit(' ').next()?.parse().ok()?;
        let id = FIRST_ID.checked_add(number)?.checked_sub(1)?;
        (self.has(id) && self.base_name(id).to_lowercase() == name).then_some(id)
    }

    /// The name, with the mark of inactive objects where it is one.
    fn name(&self, id: u64) -> String {
        let suffix = if self.is_active(id) { "" } else { " (deleted)" };
        format!("{}{suffix}", self.base_name(id))
    }

    fn base_name(&self, id: u64) -> String {
        let noise = mix(self.seed, id);
        let material = MATERIALS[pick(noise, 40, MATERIALS.len())];
        let product = PRODUCTS[pick(noise, 48, PRODUCTS.len())];
        format!("{material} {product} {:06}", id - FIRST_ID + 1)
    }
}

fn sku(id: u64) -> String {
    format!("GEN-{:06}", id - FIRST_ID + 1)
}

/// One a minute, starting anew after 300 days.
fn made_at(id: u64) -> DateTime<Utc> {
    let minutes = i64::try_from((id - FIRST_ID) % (300 * 24 * 60)).unwrap_or_default();
    DateTime::from_timestamp(FIRST_STAMP, 0).unwrap_or_default() + TimeDelta::minutes(minutes)
}

/// An amount from `least` cents, below `least + spread`.
fn cents(noise: u64, least: u64, spread: u64) -> Decimal {
    Decimal::new(i64::try_from(least + noise % spread).unwrap_or_default(), 2).normalize()
}

/// A choice among `count`, from the bits at `shift`.
fn pick(noise: u64, shift: u32, count: usize) -> usize {
    usize::try_from((noise >> shift) & 0xff).unwrap_or_default() % count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_items_and_another_seed_others() {
        let text = |seed: u64| {
            let generator = Generator::new(seed, 100);
            let items: Vec<String> =
                generator.ids().filter_map(|id| serde_json::to_string(&generator.item(id)).ok()).collect();
            items.join("\n")
        };
        assert_eq!(text(7), text(7));
        assert_ne!(text(7), text(8));
        assert_eq!(text(7).lines().count(), 100);
    }

    #[test]
    fn an_item_is_found_by_its_name_whether_active_or_not() {
        let generator = Generator::new(3, 500);
        for id in generator.ids() {
            let name = generator.name(id).to_lowercase();
            assert_eq!(generator.id_of_name(&name), Some(id), "{name}");
        }
        assert_eq!(generator.id_of_name("oak table"), None);
    }

    #[test]
    fn a_row_looked_at_in_part_equals_the_whole() {
        let generator = Generator::new(1, 60);
        for row in generator.ids().filter_map(|id| generator.row(id)) {
            let record = row.to_record();
            for property in ["Id", "Name", "FullyQualifiedName", "Sku", "Type", "Active"] {
                assert_eq!(row.scalar(property).as_ref(), record.get(property), "{property}");
            }
            assert_eq!(record["MetaData"]["LastUpdatedTime"], clock::record_stamp(row.made_at()));
            let mut written = Vec::new();
            row.write(&mut written).expect("written");
            assert_eq!(serde_json::from_slice::<Record>(&written).expect("json"), record);
        }
    }

    #[test]
    fn one_item_in_fifty_or_so_is_inactive() {
        let generator = Generator::new(1, 10_000);
        let inactive = generator.ids().filter(|id| !generator.is_active(*id)).count();
        assert!((150..250).contains(&inactive), "{inactive}");
    }
}

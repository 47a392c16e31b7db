//! What one page of a listing means for the local items: pure, so that every case can be tested (behaviour 2.4).

use std::collections::{HashMap, HashSet};

use entity::{BusinessId, IntegrationId, ItemId, ItemType, Quantity, Severity, SkipReason, Timestamp, UnitCost};
use providers::model::{Page, RemoteItem, Unusable, UnusableReason};

use super::model::{Item, LocalItem};
use crate::{
    catalog::content_hash::ContentHash,
    integration::rules::item_type,
    sync::{Counts, Issue},
};

/// What a plan depends on beside the page.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The business.
    pub business: BusinessId,
    /// The integration.
    pub integration: IntegrationId,
    /// Selected item types.
    pub types: Vec<ItemType>,
    /// Home currency of the company.
    pub currency: String,
    /// The moment written into rows.
    pub now: Timestamp,
}

/// What to write for a page.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ItemPlan {
    /// Rows to insert or update.
    pub upserts: Vec<Item>,
    /// Known items that the page held, written or not.
    pub seen: Vec<ItemId>,
    /// Records a person should look at.
    pub issues: Vec<Issue>,
    /// Records on the page.
    pub records: i64,
}

/// Plans a page. `seen` holds the (short) ids of items that earlier pages of the run held, and takes this page's.
pub fn plan_items(
    page: &Page<RemoteItem>,
    local: &HashMap<String, LocalItem>,
    policy: &Policy,
    seen: &mut HashSet<u64>,
    counts: &mut Counts,
    mut new_id: impl FnMut() -> ItemId,
) -> ItemPlan {
    let mut plan = ItemPlan::default();
    let mut on_this_page: HashSet<&str> = HashSet::new();
    for record in &page.records {
        plan.records += 1;
        let kind = item_type(record.kind);
        let known = local.get(&record.external_id);
        let first_on_page = on_this_page.insert(&record.external_id);
        let first = known.map_or(first_on_page, |item| first_on_page && seen.insert(short(item.id)));
        if let Some(item) = known.filter(|_| first) {
            plan.seen.push(item.id);
        }
        match verdict(record, kind, known, first, policy) {
            Verdict::Skip(reason) => counts.skip(Some(kind), reason),
            Verdict::Unchanged => counts.unchanged += 1,
            Verdict::Unusable(issue) => {
                counts.skip(Some(kind), SkipReason::InexactNumber);
                plan.issues.push(*issue);
            }
            Verdict::Write(mut row, change) => {
                if known.is_none() {
                    row.id = new_id();
                    seen.insert(short(row.id));
                    plan.seen.push(row.id);
                }
                change.count(counts);
                plan.upserts.push(*row);
            }
        }
    }
    for record in &page.unusable {
        plan.records += 1;
        if let Some(item) = record.external_id.as_ref().and_then(|id| local.get(id))
            && seen.insert(short(item.id))
        {
            plan.seen.push(item.id);
        }
        counts.skip(record.kind.map(item_type), skip_reason(record.reason));
        plan.issues.push(issue(record));
    }
    plan
}

/// The random half of an id: enough to tell items apart, at half the memory.
pub fn short(id: ItemId) -> u64 {
    let (_, low) = id.0.as_u64_pair();
    low
}

enum Verdict {
    Skip(SkipReason),
    Unusable(Box<Issue>),
    Unchanged,
    Write(Box<Item>, Change),
}

#[derive(Clone, Copy)]
enum Change {
    Created,
    Updated,
    Deactivated,
}

impl Change {
    fn count(self, counts: &mut Counts) {
        match self {
            Self::Created => counts.created += 1,
            Self::Updated => counts.updated += 1,
            Self::Deactivated => counts.deactivated += 1,
        }
    }
}

fn verdict(record: &RemoteItem, kind: ItemType, known: Option<&LocalItem>, first: bool, policy: &Policy) -> Verdict {
    if !first {
        return Verdict::Skip(SkipReason::Duplicate);
    }
    if kind == ItemType::Category {
        return Verdict::Skip(SkipReason::Category);
    }
    if !policy.types.contains(&kind) {
        return Verdict::Skip(SkipReason::TypeNotSelected);
    }
    let row = match row(record, kind, known, policy) {
        Ok(row) => row,
        Err(issue) => return Verdict::Unusable(issue),
    };
    match known {
        None => Verdict::Write(Box::new(row), Change::Created),
        Some(item) if item.content_hash == row.content_hash && !item.gone => Verdict::Unchanged,
        Some(item) if item.active && !row.active => Verdict::Write(Box::new(row), Change::Deactivated),
        Some(_) => Verdict::Write(Box::new(row), Change::Updated),
    }
}

fn row(record: &RemoteItem, kind: ItemType, known: Option<&LocalItem>, policy: &Policy) -> Result<Item, Box<Issue>> {
    let inexact = |field: &str, error: entity::InexactNumber| {
        Box::new(Issue {
            severity: Severity::Warning,
            reason: "INEXACT_NUMBER".to_owned(),
            message: format!("{} was skipped: {field} {error}.", record.name),
            help: Some("Round the number in the accounting system and sync again.".to_owned()),
            external_id: Some(record.external_id.clone()),
            label: Some(record.name.clone()),
        })
    };
    let price =
        |field, value: Option<_>| value.map(UnitCost::from_decimal).transpose().map_err(|error| inexact(field, error));
    let quantity = record.quantity_on_hand.map(Quantity::from_decimal).transpose();
    let mut row = Item {
        id: known.map_or_else(|| ItemId::from(uuid::Uuid::nil()), |item| item.id),
        business_id: policy.business,
        integration_id: policy.integration,
        external_id: record.external_id.clone(),
        external_version: record.version.clone(),
        kind,
        name: record.name.clone(),
        full_name: record.full_name.clone(),
        sort_name: record.name.to_lowercase(),
        sku: present(record.sku.as_deref()),
        sort_sku: record.sku.as_deref().unwrap_or_default().to_lowercase(),
        description: present(record.description.as_deref()),
        active: record.active,
        gone: false,
        unit_price: price("selling price", record.unit_price)?,
        purchase_cost: price("purchase cost", record.purchase_cost)?,
        quantity_on_hand: quantity.map_err(|error| inexact("quantity on hand", error))?,
        currency: policy.currency.clone(),
        income_account: present(record.income_account.as_deref()),
        expense_account: present(record.expense_account.as_deref()),
        asset_account: present(record.asset_account.as_deref()),
        parent_external_id: present(record.parent.as_deref()),
        external_updated_at: record.updated_at.map(Into::into),
        content_hash: 0,
        created_at: policy.now,
        synced_at: policy.now,
    };
    row.content_hash = hash(&row);
    Ok(row)
}

fn present(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Version, times and our own fields are left out: a version that rises without a change is not a change.
fn hash(row: &Item) -> i64 {
    ContentHash::new()
        .text(&format!("{:?}", row.kind))
        .text(&row.name)
        .text(&row.full_name)
        .optional(row.sku.as_deref())
        .optional(row.description.as_deref())
        .flag(row.active)
        .number(row.unit_price.map(|price| price.0))
        .number(row.purchase_cost.map(|cost| cost.0))
        .number(row.quantity_on_hand.map(|quantity| quantity.0))
        .text(&row.currency)
        .optional(row.income_account.as_deref())
        .optional(row.expense_account.as_deref())
        .optional(row.asset_account.as_deref())
        .optional(row.parent_external_id.as_deref())
        .finish()
}

fn skip_reason(reason: UnusableReason) -> SkipReason {
    match reason {
        UnusableReason::MissingId => SkipReason::MissingId,
        UnusableReason::MissingName => SkipReason::MissingName,
        UnusableReason::InexactNumber => SkipReason::InexactNumber,
        UnusableReason::InvalidField => SkipReason::InvalidField,
    }
}

fn issue(record: &Unusable) -> Issue {
    let reason = skip_reason(record.reason);
    let text = reason_text(reason);
    Issue {
        severity: Severity::Warning,
        reason: text.to_owned(),
        message: format!("{} was skipped: {}.", record.label, record.detail.trim_end_matches('.')),
        help: Some("Correct it in the accounting system and sync again.".to_owned()),
        external_id: record.external_id.clone(),
        label: Some(record.label.clone()),
    }
}

fn reason_text(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::TypeNotSelected => "TYPE_NOT_SELECTED",
        SkipReason::Category => "CATEGORY",
        SkipReason::MissingId => "MISSING_ID",
        SkipReason::MissingName => "MISSING_NAME",
        SkipReason::InexactNumber => "INEXACT_NUMBER",
        SkipReason::InvalidField => "INVALID_FIELD",
        SkipReason::Duplicate => "DUPLICATE",
    }
}

/// Whether a listing that has been read to its end was complete, so that what it did not hold is really gone: as many
/// records as the provider had announced, and none twice.
pub fn is_complete(announced: Option<i64>, records: i64, counts: &Counts) -> bool {
    let duplicates = counts.skipped_by_reason.get(&SkipReason::Duplicate).copied().unwrap_or(0);
    duplicates == 0 && announced.is_some_and(|announced| announced == records)
}

/// What people are told when items may be gone but the listing moved while it was read.
pub fn moved_listing(announced: Option<i64>, records: i64) -> Issue {
    Issue {
        severity: Severity::Info,
        reason: "LISTING_MOVED".to_owned(),
        message: format!(
            "The item list changed while it was read ({} announced, {records} read), so no item was marked as gone.",
            announced.map_or_else(|| "unknown number".to_owned(), |number| number.to_string()),
        ),
        help: Some("The next sync looks again.".to_owned()),
        external_id: None,
        label: None,
    }
}

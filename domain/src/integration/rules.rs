//! Decisions about integrations: settings that make sense, health, notices.

use std::time::Duration;

use entity::{ExportMode, IntegrationStatus, InventoryMode, ItemType, JournalGranularity, Severity, Timestamp};
use providers::{Capability, model::ItemKind};
use serde_json::Value;

use super::model::{Health, HealthState, Integration, Notice, Settings, SettingsChange, TokenFacts};
use crate::{
    error::{ErrorCode, Refusal},
    sync::check_cron,
};

/// Types that are synced unless somebody chooses otherwise (behaviour 2.4).
pub const DEFAULT_ITEM_TYPES: [ItemType; 3] = [ItemType::Inventory, ItemType::Service, ItemType::Bundle];
/// Shortest and longest schedule, minutes: five minutes, a week.
pub const SCHEDULE_MINUTES: std::ops::RangeInclusive<i32> = 5..=10_080;
/// How long before the end of a grant people are told.
const WARN_BEFORE_EXPIRY: Duration = Duration::from_secs(14 * 24 * 3600);

/// The stored kind of a provider's item kind.
pub fn item_type(kind: ItemKind) -> ItemType {
    match kind {
        ItemKind::Inventory => ItemType::Inventory,
        ItemKind::NonInventory => ItemType::NonInventory,
        ItemKind::Service => ItemType::Service,
        ItemKind::Bundle => ItemType::Bundle,
        ItemKind::Category => ItemType::Category,
        ItemKind::Other => ItemType::Other,
    }
}

/// Stored item types, in a fixed order.
pub fn item_types_to_json(types: &[ItemType]) -> Value {
    let mut types = types.to_vec();
    types.sort_unstable();
    types.dedup();
    serde_json::to_value(types).unwrap_or(Value::Array(Vec::new()))
}

/// Settings of a stored integration.
pub fn settings(integration: &Integration) -> Settings {
    Settings {
        inventory_mode: integration.inventory_mode,
        item_types: serde_json::from_value(integration.item_types.clone()).unwrap_or_default(),
        export_mode: integration.export_mode,
        journal_granularity: integration.journal_granularity,
        document_prefix: integration.document_prefix.clone(),
        item_sync_every_minutes: integration.item_sync_every_minutes,
        sales_sync_every_minutes: integration.sales_sync_every_minutes,
        item_sync_cron: integration.item_sync_cron.clone(),
        sales_sync_cron: integration.sales_sync_cron.clone(),
    }
}

/// Settings of a new integration: sync mode where the provider can adjust quantities, manual export.
pub fn first_settings(capability: &Capability) -> Settings {
    Settings {
        inventory_mode: if capability.inventory_adjustments { InventoryMode::Sync } else { InventoryMode::SelfManaged },
        item_types: default_item_types(capability),
        export_mode: ExportMode::Manual,
        journal_granularity: JournalGranularity::Document,
        document_prefix: "SB".to_owned(),
        item_sync_every_minutes: None,
        sales_sync_every_minutes: None,
        item_sync_cron: None,
        sales_sync_cron: None,
    }
}

/// The default types that the provider has. One that does not tell services from goods without stock has its services
/// among the latter, so those are synced too (behaviour 2.1: tracked and untracked items).
fn default_item_types(capability: &Capability) -> Vec<ItemType> {
    let known: Vec<ItemType> = capability.item_kinds.iter().map(|kind| item_type(*kind)).collect();
    let mut types = DEFAULT_ITEM_TYPES.to_vec();
    types.retain(|chosen| known.contains(chosen));
    if !known.contains(&ItemType::Service) && known.contains(&ItemType::NonInventory) {
        types.push(ItemType::NonInventory);
    }
    types
}

/// Settings after a change, or every reason why not.
///
/// # Errors
/// The first thing that is wrong, with its place in the input.
pub fn change_settings(now: &Settings, change: SettingsChange, capability: &Capability) -> Result<Settings, Refusal> {
    let items = Schedule::changed(
        (now.item_sync_every_minutes, &now.item_sync_cron),
        (change.item_sync_every_minutes, change.item_sync_cron),
        ("itemSyncEveryMinutes", "itemSyncCron"),
    )?;
    let sales = Schedule::changed(
        (now.sales_sync_every_minutes, &now.sales_sync_cron),
        (change.sales_sync_every_minutes, change.sales_sync_cron),
        ("salesSyncEveryMinutes", "salesSyncCron"),
    )?;
    let next = Settings {
        inventory_mode: change.inventory_mode.unwrap_or(now.inventory_mode),
        item_types: change.item_types.unwrap_or_else(|| now.item_types.clone()),
        export_mode: change.export_mode.unwrap_or(now.export_mode),
        journal_granularity: change.journal_granularity.unwrap_or(now.journal_granularity),
        document_prefix: change.document_prefix.unwrap_or_else(|| now.document_prefix.clone()),
        item_sync_every_minutes: items.minutes,
        sales_sync_every_minutes: sales.minutes,
        item_sync_cron: items.cron,
        sales_sync_cron: sales.cron,
    };
    check_mode(&next, capability)?;
    check_types(&next, capability)?;
    check_prefix(&next.document_prefix)?;
    Ok(next)
}

fn check_mode(settings: &Settings, capability: &Capability) -> Result<(), Refusal> {
    if settings.inventory_mode == InventoryMode::Sync && !capability.inventory_adjustments {
        return Err(Refusal::new(
            ErrorCode::UnsupportedByProvider,
            "Sync mode needs an accounting system that takes inventory adjustments; this one does not.",
        )
        .help("Use the self-managed mode: stock is kept here and exported as journal entries.")
        .at(&["input", "inventoryMode"]));
    }
    Ok(())
}

fn check_types(settings: &Settings, capability: &Capability) -> Result<(), Refusal> {
    let known: Vec<ItemType> = capability.item_kinds.iter().map(|kind| item_type(*kind)).collect();
    let place = &["input", "itemTypes"];
    if settings.item_types.is_empty() {
        return Err(Refusal::new(ErrorCode::Validation, "At least one item type must be selected.")
            .help("The default is Inventory, Service and Bundle.")
            .at(place));
    }
    for chosen in &settings.item_types {
        if *chosen == ItemType::Category || !known.contains(chosen) {
            let message = format!("Items of type {chosen:?} cannot be synced from this accounting system.");
            return Err(Refusal::new(ErrorCode::Validation, message).help("Leave this type out.").at(place));
        }
    }
    Ok(())
}

fn check_prefix(prefix: &str) -> Result<(), Refusal> {
    let fits = (1..=6).contains(&prefix.len()) && prefix.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if fits {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::Validation, format!("{prefix:?} cannot be a document prefix."))
        .help("Use 1 to 6 letters or digits; the accounting system limits a reference to 21 characters.")
        .at(&["input", "documentPrefix"]))
}

/// Every so many minutes, or by cron, or not at all.
struct Schedule {
    minutes: Option<i32>,
    cron: Option<String>,
}

impl Schedule {
    /// A schedule after a change: minutes take the place of cron, and the other way round.
    fn changed(
        (minutes, cron): (Option<i32>, &Option<String>),
        change: (Option<Option<i32>>, Option<Option<String>>),
        (minutes_field, cron_field): (&str, &str),
    ) -> Result<Self, Refusal> {
        if matches!(&change, (Some(Some(_)), Some(Some(_)))) {
            return Err(Refusal::new(ErrorCode::Validation, "A schedule is either every so many minutes or by cron.")
                .help(format!("Leave {minutes_field} or {cron_field} out."))
                .at(&["input", cron_field]));
        }
        let (changes_minutes, changes_cron) = (matches!(change.0, Some(Some(_))), matches!(change.1, Some(Some(_))));
        let next = Self {
            minutes: if changes_cron { None } else { change.0.unwrap_or(minutes) },
            cron: if changes_minutes { None } else { change.1.unwrap_or_else(|| cron.clone()) },
        };
        check_schedule(next.minutes, minutes_field)?;
        if let Some(cron) = &next.cron {
            check_cron(cron, cron_field)?;
        }
        Ok(next)
    }
}

fn check_schedule(minutes: Option<i32>, field: &str) -> Result<(), Refusal> {
    match minutes {
        Some(minutes) if !SCHEDULE_MINUTES.contains(&minutes) => {
            Err(Refusal::new(ErrorCode::Validation, format!("A schedule of {minutes} minutes is not possible."))
                .help("Use 5 to 10080 minutes, or null to switch the schedule off.")
                .at(&["input", field]))
        }
        _ => Ok(()),
    }
}

/// Health of an integration, derived from its row.
pub fn health(integration: &Integration) -> Health {
    match integration.status {
        IntegrationStatus::Active => match &integration.trouble {
            None => Health { state: HealthState::Healthy, reason: None, help: None },
            Some(trouble) => Health {
                state: HealthState::Degraded,
                reason: Some(trouble.clone()),
                help: Some(
                    "Nothing to do: calls are retried and this clears by itself with the next success.".to_owned(),
                ),
            },
        },
        IntegrationStatus::Expired => Health {
            state: HealthState::Expired,
            reason: Some(integration.expired_reason.clone().unwrap_or_else(|| "Connection expired".to_owned())),
            help: Some("Reconnect; settings, items and links stay.".to_owned()),
        },
        IntegrationStatus::Pending => Health {
            state: HealthState::Disconnected,
            reason: Some("The consent covers several companies".to_owned()),
            help: Some("Choose the company to connect.".to_owned()),
        },
        IntegrationStatus::Disconnected => Health {
            state: HealthState::Disconnected,
            reason: Some("Not connected".to_owned()),
            help: Some("Connect again; items and links are kept and used again for the same company.".to_owned()),
        },
    }
}

/// What people should know about an integration.
pub fn notices(integration: &Integration, tokens: Option<&TokenFacts>, now: Timestamp) -> Vec<Notice> {
    let mut notices = Vec::new();
    if integration.status == IntegrationStatus::Active {
        if integration.inventory_mode == InventoryMode::Sync && !integration.company_inventory {
            notices.push(Notice {
                severity: Severity::Warning,
                message: "The company does not track inventory in the accounting system, so inventory adjustments will be refused.".to_owned(),
                help: Some("Turn on inventory tracking there, or use the self-managed mode.".to_owned()),
            });
        }
        notices.extend(tokens.and_then(|tokens| expiry_notice(tokens, now)));
    }
    notices
}

fn expiry_notice(tokens: &TokenFacts, now: Timestamp) -> Option<Notice> {
    let end = [tokens.refresh_expires_at, tokens.refresh_hard_expires_at].into_iter().flatten().min()?;
    (end < now.plus(WARN_BEFORE_EXPIRY)).then(|| Notice {
        severity: Severity::Warning,
        message: format!("The connection ends on {}.", end.to_utc().date_naive()),
        help: Some("Reconnect before that day; settings, items and links stay.".to_owned()),
    })
}

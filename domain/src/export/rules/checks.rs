//! What stands in the way of an export (behaviour 2.13): everything at once, each with its way out.

use std::collections::BTreeSet;

use entity::{AccountRole, IntegrationStatus, InventoryMode, ItemType, ProductId};

use super::{
    Facts,
    accounts::{role_title, suits},
    overrides::picked,
    split::{SideOf, offset, sides},
};
use crate::{
    catalog::{Account, Item},
    error::ErrorCode,
    export::{
        draft::Draft,
        model::{Check, CheckRecord, ChosenAccount},
    },
};

/// Most lines of one document. The references are silent on the services' own limits; this is far above a workshop's.
pub const LINES_MAX: usize = 1_000;

/// The title of a code, with the words of the behaviour page (2.14).
pub fn title(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::ConnectionExpired => "Connection expired",
        ErrorCode::SyncLocked => "Sync lock",
        ErrorCode::ProductNotLinked => "Product not linked to accounting item",
        ErrorCode::AccountNotConfigured => "Account not configured",
        ErrorCode::AccountSameAsAsset => {
            "Inventory adjustment account must be different than the inventory asset account"
        }
        ErrorCode::AccountInvalid => "Account cannot be used",
        ErrorCode::ItemInactive => "Item inactive",
        ErrorCode::ItemTypeNotAdjustable => "Item without inventory",
        ErrorCode::UnsupportedByProvider => "Not supported by the accounting system",
        ErrorCode::PeriodClosed => "Books closed",
        ErrorCode::CurrencyMismatch => "Different currencies",
        _ => "Failed",
    }
}

fn check(code: ErrorCode, message: String, help: impl Into<String>) -> Check {
    Check { code, title: title(code), message, help: help.into(), record: None, role: None }
}

impl Check {
    fn about(mut self, record: CheckRecord) -> Self {
        self.record = Some(record);
        self
    }
}

/// Everything that stands in the way.
pub fn checks(facts: &Facts<'_>) -> Vec<Check> {
    let mut found = Vec::new();
    connection(facts, &mut found);
    ability(facts, &mut found);
    currency(facts, &mut found);
    period(facts, &mut found);
    if let Some(posted) = &facts.document.posted {
        accounts_of(facts, posted, &mut found);
        return found;
    }
    match facts.integration.inventory_mode {
        InventoryMode::SelfManaged => accounts(facts, &mut found),
        InventoryMode::Sync => offset_account(facts, &mut found),
    }
    products(facts, &mut found);
    if facts.integration.inventory_mode == InventoryMode::Sync {
        items(facts, &mut found);
    }
    found
}

fn connection(facts: &Facts<'_>, found: &mut Vec<Check>) {
    let record = CheckRecord::Integration(facts.integration.id);
    match facts.integration.status {
        IntegrationStatus::Active => {}
        IntegrationStatus::Expired => {
            let why = facts.integration.expired_reason.as_deref().unwrap_or("the grant has ended");
            let message = format!("Connection expired: {}.", why.trim_end_matches('.'));
            let help = "Reconnect on the integrations page; settings, items and links stay.";
            found.push(check(ErrorCode::ConnectionExpired, message, help).about(record));
        }
        IntegrationStatus::Pending | IntegrationStatus::Disconnected => {
            let message = "The accounting system is not connected.".to_owned();
            let help = "Connect it again on the integrations page; where another company took its place, move the export there.";
            let mut missing = check(ErrorCode::InvalidState, message, help);
            missing.title = "Not connected";
            found.push(missing.about(record));
        }
    }
}

fn ability(facts: &Facts<'_>, found: &mut Vec<Check>) {
    let (mode, capability) = (facts.integration.inventory_mode, facts.capability);
    let (message, help) = match mode {
        InventoryMode::Sync if !capability.inventory_adjustments => (
            "This accounting system takes no inventory adjustments, which sync mode needs.",
            "Use the self-managed mode: stock is kept here and exported as journal entries.",
        ),
        InventoryMode::Sync if !facts.integration.company_inventory => (
            "The company's edition of the accounting system does not track inventory, so it takes no adjustments.",
            "Turn on inventory tracking there (it may need another plan), or use the self-managed mode.",
        ),
        InventoryMode::SelfManaged if !capability.journal_entries => (
            "This accounting system takes no journal entries, which the self-managed mode needs.",
            "Use another accounting system for exports.",
        ),
        InventoryMode::Sync | InventoryMode::SelfManaged => return,
    };
    let record = CheckRecord::Integration(facts.integration.id);
    found.push(check(ErrorCode::UnsupportedByProvider, message.to_owned(), help).about(record));
}

fn currency(facts: &Facts<'_>, found: &mut Vec<Check>) {
    let Some(theirs) = facts.integration.company_currency.as_deref() else { return };
    let ours = facts.currency.code();
    if theirs == ours {
        return;
    }
    let message = format!("The business keeps its stock in {ours}, the company its books in {theirs}.");
    let help = "Connect a company that keeps its books in the business's currency.";
    let record = CheckRecord::Integration(facts.integration.id);
    found.push(check(ErrorCode::CurrencyMismatch, message, help).about(record));
}

fn period(facts: &Facts<'_>, found: &mut Vec<Check>) {
    let Some(closed) = facts.integration.company_book_close_date else { return };
    if facts.document.date > closed {
        return;
    }
    let message =
        format!("The books are closed up to {closed}; {} is of {}.", facts.document.label, facts.document.date);
    let help = "Open the books in the accounting system for as long as it takes, then plan again.";
    found.push(check(ErrorCode::PeriodClosed, message, help));
}

fn accounts(facts: &Facts<'_>, found: &mut Vec<Check>) {
    let sides = sides(facts.document, InventoryMode::SelfManaged).unwrap_or_default();
    for side in &sides {
        let mut seen: Vec<&str> = Vec::new();
        for (product, _) in &side.parts {
            match picked(facts, side.roles, *product) {
                None if seen.contains(&"") => {}
                None => {
                    seen.push("");
                    found.push(missing(facts, side.roles));
                }
                Some(chosen) if seen.contains(&chosen.external_id.as_str()) => {}
                Some(chosen) => {
                    seen.push(&chosen.external_id);
                    found.extend(usable(facts, chosen));
                }
            }
        }
    }
    if let [first, second] = sides.as_slice() {
        found.extend(same_on_both_sides(facts, first, second));
    }
}

/// An entry between one account and itself. What a build made and used may be in one account, as long as there is another.
fn same_on_both_sides(facts: &Facts<'_>, first: &SideOf, second: &SideOf) -> Option<Check> {
    let of = |side: &SideOf, product| picked(facts, side.roles, product);
    let same = |one: &ChosenAccount, other: &ChosenAccount| one.external_id == other.external_id;
    let goods = |side: &SideOf| side.parts.iter().map(|(product, _)| *product).collect::<Vec<_>>();
    let one = if goods(first) == goods(second) {
        goods(first).into_iter().find_map(|product| {
            of(first, product).filter(|one| of(second, product).is_some_and(|other| same(one, other)))
        })?
    } else {
        let all =
            [first, second].into_iter().flat_map(|side| goods(side).into_iter().map(move |product| of(side, product)));
        let all: Vec<&ChosenAccount> = all.collect::<Option<_>>()?;
        all.first().copied().filter(|one| all.iter().all(|other| same(one, other)))?
    };
    let message = format!("{} would be debited and credited by the same entry.", one.name);
    let help = "Choose two accounts in the integration's settings.";
    Some(check(ErrorCode::AccountInvalid, message, help).about(CheckRecord::Account(one.account_id)))
}

fn offset_account(facts: &Facts<'_>, found: &mut Vec<Check>) {
    let needed = super::accounts::roles(facts.document, InventoryMode::Sync).first;
    match offset(facts).account {
        None => found.push(missing(facts, needed)),
        Some(chosen) => found.extend(usable(facts, chosen)),
    }
}

/// What is wrong with a chosen account as it is now.
fn usable(facts: &Facts<'_>, chosen: &ChosenAccount) -> Option<Check> {
    match facts.accounts.get(&chosen.external_id) {
        Some(account) if account.active && suits(chosen.role, account, facts.integration.inventory_mode) => None,
        account => Some(unusable(chosen, account)),
    }
}

/// Accounts of what is taken back: they are not chosen any more, they only must be there.
fn accounts_of(facts: &Facts<'_>, posted: &Draft, found: &mut Vec<Check>) {
    let mut ids: Vec<(&str, &str)> = match posted {
        Draft::Adjustment(draft) => draft.account.as_deref().zip(draft.account_name.as_deref()).into_iter().collect(),
        Draft::Journal(draft) => {
            draft.lines.iter().filter_map(|line| line.account.as_deref().zip(line.account_name.as_deref())).collect()
        }
    };
    ids.sort_unstable();
    ids.dedup();
    for (id, name) in ids {
        let account = facts.accounts.get(id);
        if account.is_some_and(|account| account.active) {
            continue;
        }
        let why = if account.is_some() { "is inactive" } else { "is no longer in the accounting system" };
        let message = format!("{name}, which {} was posted to, {why}.", facts.document.label);
        let help =
            "Make it active again there and refresh the accounts; what was posted is taken back where it was posted.";
        let about = account.map(|account| CheckRecord::Account(account.id));
        found.push(Check { record: about, ..check(ErrorCode::AccountInvalid, message, help) });
    }
}

fn missing(facts: &Facts<'_>, sides: &[AccountRole]) -> Check {
    let titles: Vec<&str> = sides.iter().map(|role| role_title(*role)).collect();
    let which = titles.join(" account, nor the ");
    let message = match sides {
        [_] => format!("Account not configured: {} needs the {which} account.", facts.document.label),
        _ => format!(
            "Account not configured: {} needs the {} account, and there is neither the {which} account.",
            facts.document.label, titles[0]
        ),
    };
    let help = format!("Choose the {} account in the integration's settings.", titles[0]);
    let mut missing = check(ErrorCode::AccountNotConfigured, message, help);
    missing.role = sides.first().copied();
    missing
}

fn unusable(chosen: &ChosenAccount, account: Option<&Account>) -> Check {
    let why = match account {
        None => "is no longer in the accounting system",
        Some(account) if !account.active => "is inactive",
        Some(_) => "is of a class that cannot be it",
    };
    let message = format!("{}, chosen as the {} account, {why}.", chosen.name, role_title(chosen.role));
    let help =
        "Choose another account in the integration's settings, or make this one active again and refresh the accounts.";
    let mut check = check(ErrorCode::AccountInvalid, message, help).about(CheckRecord::Account(chosen.account_id));
    check.role = Some(chosen.role);
    check
}

/// Products in the order of the document, each once.
fn named(facts: &Facts<'_>) -> Vec<ProductId> {
    let mut seen = BTreeSet::new();
    let lines = facts.document.lines.iter().filter(|line| !line.quantity.is_zero());
    lines.map(|line| line.product).filter(|product| seen.insert(*product)).collect()
}

fn products(facts: &Facts<'_>, found: &mut Vec<Check>) {
    for product in named(facts) {
        let linked = facts.items.get(&product).is_some_and(|item| !item.external_id.is_empty());
        if !linked {
            let message = format!("{} is not linked to an item of the accounting system.", facts.name(product));
            let help = "Link it to an item on its page, or import the matching item.";
            found.push(check(ErrorCode::ProductNotLinked, message, help).about(CheckRecord::Product(product)));
        }
    }
    let lines = named(facts).len();
    if facts.integration.inventory_mode == InventoryMode::Sync && lines > LINES_MAX {
        let message = format!("{} has {lines} items; one document takes at most {LINES_MAX}.", facts.document.label);
        found.push(check(ErrorCode::Validation, message, "Record it in parts."));
    }
}

fn items(facts: &Facts<'_>, found: &mut Vec<Check>) {
    let offset = offset(facts).account;
    for product in named(facts) {
        let Some(item) = facts.items.get(&product) else { continue };
        found.extend(item_check(item, offset).map(|check| check.about(CheckRecord::Item(item.id))));
    }
}

fn item_check(item: &Item, offset: Option<&ChosenAccount>) -> Option<Check> {
    if item.gone || !item.active {
        let why = if item.gone { "is no longer in the accounting system" } else { "is inactive" };
        let message = format!("The item {} {why}.", item.full_name);
        let help = "Make it active there and sync the items, or link the product to another item.";
        return Some(check(ErrorCode::ItemInactive, message, help));
    }
    if item.kind != ItemType::Inventory {
        let message = format!(
            "The item {} is of the type {:?}; only Inventory items have a quantity that can be adjusted.",
            item.full_name, item.kind
        );
        let help = "Link the product to an Inventory item, or use the self-managed mode.";
        return Some(check(ErrorCode::ItemTypeNotAdjustable, message, help));
    }
    let offset = offset.filter(|offset| Some(offset.external_id.as_str()) == item.asset_account.as_deref())?;
    let message = format!(
        "Inventory adjustment account must be different than the inventory asset account: {} keeps the stock of {}.",
        offset.name, item.full_name
    );
    let help = format!("Choose another {} account in the integration's settings.", role_title(offset.role));
    let mut same = check(ErrorCode::AccountSameAsAsset, message, help);
    same.role = Some(offset.role);
    Some(same)
}

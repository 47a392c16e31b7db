//! Which accounts a document needs, and which may be chosen for what (behaviour 2.11, 3.1 to 3.9).
//!
//! Rule: nothing is chosen by itself. Only what the mode uses is asked for.

use std::collections::HashMap;

use entity::{AccountClass, AccountRole, ExportKind, InventoryMode, Severity};

use crate::{
    catalog::Account,
    error::{ErrorCode, Refusal},
    export::model::{ChosenAccount, Document, DocumentRef},
    integration::Notice,
};

/// The accounts of a document: the first that is chosen among each side's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roles {
    /// Sync mode: the other side. Self-managed mode: debited where the total is positive.
    pub first: &'static [AccountRole],
    /// Self-managed mode: credited where the total is positive.
    pub second: Option<&'static [AccountRole]>,
}

/// All roles, in the order people see them.
pub const ROLES: [AccountRole; 7] = [
    AccountRole::Cogs,
    AccountRole::Receiving,
    AccountRole::Waste,
    AccountRole::BuildDebit,
    AccountRole::BuildCredit,
    AccountRole::ReceivingDebit,
    AccountRole::ReceivingCredit,
];

/// A loss goes to the waste account; where there is none, to cost of goods sold (statement 85).
const LOSS: &[AccountRole] = &[AccountRole::Waste, AccountRole::Cogs];

/// Which accounts a document needs.
pub fn roles(document: &Document, mode: InventoryMode) -> Roles {
    let of_build = matches!(document.record, DocumentRef::Build(_));
    let is_loss = document.is_loss || matches!(document.kind, ExportKind::Waste | ExportKind::Adjustment);
    match (mode, is_loss, of_build) {
        (InventoryMode::Sync, true, _) => Roles { first: LOSS, second: None },
        (InventoryMode::Sync, false, true) => Roles { first: &[AccountRole::Cogs], second: None },
        (InventoryMode::Sync, false, false) => Roles { first: &[AccountRole::Receiving], second: None },
        (InventoryMode::SelfManaged, true, true) => Roles { first: LOSS, second: Some(&[AccountRole::BuildCredit]) },
        // What was received is in the account that receipts debit; what is missing leaves it.
        (InventoryMode::SelfManaged, true, false) => {
            Roles { first: LOSS, second: Some(&[AccountRole::ReceivingDebit]) }
        }
        (InventoryMode::SelfManaged, false, true) => {
            Roles { first: &[AccountRole::BuildDebit], second: Some(&[AccountRole::BuildCredit]) }
        }
        (InventoryMode::SelfManaged, false, false) => {
            Roles { first: &[AccountRole::ReceivingDebit], second: Some(&[AccountRole::ReceivingCredit]) }
        }
    }
}

/// What people call a role.
pub fn role_title(role: AccountRole) -> &'static str {
    match role {
        AccountRole::Cogs => "cost of goods sold",
        AccountRole::Receiving => "receiving",
        AccountRole::Waste => "waste",
        AccountRole::BuildDebit => "build debit",
        AccountRole::BuildCredit => "build credit",
        AccountRole::ReceivingDebit => "receiving debit",
        AccountRole::ReceivingCredit => "receiving credit",
    }
}

/// Classes that make sense for a role. Which account of them is the user's to know (behaviour 3.6). Inventory adjustments
/// go against expense accounts alone (QBO reference 9.3).
fn classes(role: AccountRole, mode: InventoryMode) -> &'static [AccountClass] {
    use AccountClass::{Asset, Equity, Expense, Liability};
    match (role, mode) {
        (AccountRole::Receiving, _) | (AccountRole::Cogs | AccountRole::Waste, InventoryMode::Sync) => &[Expense],
        // Work in progress is an asset.
        (AccountRole::Cogs | AccountRole::Waste, InventoryMode::SelfManaged) => &[Expense, Asset],
        (AccountRole::BuildDebit | AccountRole::BuildCredit, _) => &[Asset, Expense, Liability],
        (AccountRole::ReceivingDebit | AccountRole::ReceivingCredit, _) => &[Asset, Liability, Expense, Equity],
    }
}

/// Whether an account is of a class that makes sense for a role.
pub(super) fn suits(role: AccountRole, account: &Account, mode: InventoryMode) -> bool {
    classes(role, mode).contains(&account.class)
}

/// Whether an account may be chosen for a role. `stocked` tells the linked item whose stock an account keeps.
///
/// # Errors
/// `ACCOUNT_INVALID`, or `ACCOUNT_SAME_AS_ASSET` naming the item.
pub fn check_choice(
    role: AccountRole,
    account: &Account,
    mode: InventoryMode,
    stocked: &HashMap<String, String>,
) -> Result<(), Refusal> {
    let title = role_title(role);
    let invalid = |why: String, help: &str| Err(Refusal::new(ErrorCode::AccountInvalid, why).help(help));
    if !account.active {
        return invalid(
            format!("{} is inactive; it cannot be the {title} account.", account.name),
            "Make it active in the accounting system and refresh the accounts, or choose another.",
        );
    }
    if !suits(role, account, mode) {
        return invalid(
            format!("{} is of the class {:?}; it cannot be the {title} account.", account.name, account.class),
            "Choose an account of another class.",
        );
    }
    let is_offset = matches!(role, AccountRole::Cogs | AccountRole::Receiving | AccountRole::Waste);
    match stocked.get(&account.external_id).filter(|_| is_offset && mode == InventoryMode::Sync) {
        Some(item) => Err(same_as_asset(&account.name, item)),
        None => Ok(()),
    }
}

/// The refusal of an account that keeps an item's stock.
fn same_as_asset(account: &str, item: &str) -> Refusal {
    Refusal::new(
        ErrorCode::AccountSameAsAsset,
        format!(
            "Inventory adjustment account must be different than the inventory asset account: {account} keeps the stock of {item}."
        ),
    )
    .help("Choose another account; an expense account of its own keeps the books clear.")
}

/// Whether the two sides of each pair differ.
///
/// # Errors
/// `ACCOUNT_INVALID`.
pub fn check_pairs(chosen: &HashMap<AccountRole, ChosenAccount>) -> Result<(), Refusal> {
    let pairs = [
        (AccountRole::BuildDebit, AccountRole::BuildCredit),
        (AccountRole::ReceivingDebit, AccountRole::ReceivingCredit),
    ];
    for (debit, credit) in pairs {
        if let (Some(one), Some(other)) = (chosen.get(&debit), chosen.get(&credit))
            && one.external_id == other.external_id
        {
            let message = format!(
                "{} cannot be both the {} and the {} account.",
                one.name,
                role_title(debit),
                role_title(credit)
            );
            return Err(Refusal::new(ErrorCode::AccountInvalid, message)
                .help("Choose two accounts; an entry between one and the same says nothing."));
        }
    }
    Ok(())
}

/// What people should know about the accounts they chose: a receipt and the supplier's bill may count the same goods
/// twice (behaviour 3.9).
pub fn choice_notices(mode: InventoryMode, chosen: &[ChosenAccount]) -> Vec<Notice> {
    let asked = match mode {
        InventoryMode::Sync => AccountRole::Receiving,
        InventoryMode::SelfManaged => AccountRole::ReceivingCredit,
    };
    let Some(account) = chosen.iter().find(|row| row.role == asked) else { return Vec::new() };
    let clears = match mode {
        // No clearing account among assets or liabilities: adjustments take expense accounts alone (QBO reference 9.3).
        InventoryMode::Sync => "receipts credit it, bills debit it, and what is left on it has not been billed yet",
        InventoryMode::SelfManaged => "then the receipt and the bill clear each other there",
    };
    vec![Notice {
        severity: Severity::Warning,
        message: "An exported receipt raises inventory; a supplier's bill entered by item raises it a second time."
            .to_owned(),
        help: Some(format!(
            "Enter suppliers' bills by account, on {}, not by item, and use that account for nothing else; {clears}.",
            account.name
        )),
    }]
}

//! Accounts that stand for a role with some products only: those of a category, or of a type.
//!
//! Rule: the more specific choice wins: category over type over role. What no product is behind (work, overhead) goes to
//! the role's own account.

use std::collections::HashMap;

use entity::{AccountRole, OverrideScope, ProductId, ProductType};

use super::{Facts, accounts::role_title};
use crate::{
    error::{ErrorCode, Refusal},
    export::model::{ChosenAccount, OverrideOf, OverrideRow},
};

/// What tells a product's accounts from others'.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Type.
    pub kind: ProductType,
    /// Category.
    pub category: Option<String>,
}

/// Accounts by role and products.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides(HashMap<(AccountRole, OverrideScope, String), ChosenAccount>);

/// By what an override is found: its scope, and the type or the category in lower case.
pub fn key_of(of: &OverrideOf) -> (OverrideScope, String) {
    match of {
        OverrideOf::Type(kind) => (OverrideScope::ProductType, type_key(*kind).to_owned()),
        OverrideOf::Category(category) => (OverrideScope::Category, category.trim().to_lowercase()),
    }
}

/// What an override is about, as people say it.
pub fn of_title(of: &OverrideOf) -> String {
    match of {
        OverrideOf::Type(kind) => format!("the type {}", type_title(*kind)),
        OverrideOf::Category(category) => format!("the category {}", category.trim()),
    }
}

fn type_key(kind: ProductType) -> &'static str {
    match kind {
        ProductType::RawMaterial => "RAW_MATERIAL",
        ProductType::Component => "COMPONENT",
        ProductType::SubAssembly => "SUB_ASSEMBLY",
        ProductType::FinishedGood => "FINISHED_GOOD",
    }
}

fn type_title(kind: ProductType) -> &'static str {
    match kind {
        ProductType::RawMaterial => "raw material",
        ProductType::Component => "component",
        ProductType::SubAssembly => "sub-assembly",
        ProductType::FinishedGood => "finished good",
    }
}

/// What a stored override is about.
pub fn of_row(row: &OverrideRow) -> Option<OverrideOf> {
    match row.scope {
        OverrideScope::Category => Some(OverrideOf::Category(row.label.clone())),
        OverrideScope::ProductType => {
            let kinds =
                [ProductType::RawMaterial, ProductType::Component, ProductType::SubAssembly, ProductType::FinishedGood];
            kinds.into_iter().find(|kind| type_key(*kind) == row.value).map(OverrideOf::Type)
        }
    }
}

impl Overrides {
    /// Of stored rows.
    pub fn new(rows: Vec<OverrideRow>) -> Self {
        let one = |row: OverrideRow| {
            let chosen = ChosenAccount {
                integration_id: row.integration_id,
                role: row.role,
                business_id: row.business_id,
                account_id: row.account_id,
                external_id: row.external_id,
                name: row.name,
                chosen_at: row.chosen_at,
                chosen_by: row.chosen_by,
            };
            ((row.role, row.scope, row.value), chosen)
        };
        Self(rows.into_iter().map(one).collect())
    }

    /// All accounts that were chosen.
    pub fn accounts(&self) -> impl Iterator<Item = &ChosenAccount> {
        self.0.values()
    }

    fn of(&self, role: AccountRole, group: &Group) -> Option<&ChosenAccount> {
        let category = group.category.as_deref().map(|category| category.trim().to_lowercase());
        let of_category = category.and_then(|key| self.0.get(&(role, OverrideScope::Category, key)));
        of_category.or_else(|| self.0.get(&(role, OverrideScope::ProductType, type_key(group.kind).to_owned())))
    }
}

/// The account of a side for a product, or for what no product is behind: of the first role that has one.
pub fn picked<'a>(facts: &'a Facts<'_>, side: &[AccountRole], product: Option<ProductId>) -> Option<&'a ChosenAccount> {
    let group = product.and_then(|product| facts.groups.get(&product));
    side.iter().find_map(|role| {
        let special = group.and_then(|group| facts.overrides.of(*role, group));
        special.or_else(|| facts.chosen.get(role))
    })
}

/// Whether receipts would debit and credit one account for the products of an override.
///
/// # Errors
/// `ACCOUNT_INVALID`.
pub fn check_override_pairs(
    chosen: &HashMap<AccountRole, ChosenAccount>,
    overrides: &Overrides,
) -> Result<(), Refusal> {
    let pair = (AccountRole::ReceivingDebit, AccountRole::ReceivingCredit);
    for (role, scope, value) in overrides.0.keys().filter(|(role, ..)| [pair.0, pair.1].contains(role)) {
        let of = |role: AccountRole| {
            overrides.0.get(&(role, *scope, value.clone())).or_else(|| chosen.get(&role)).map(|row| &row.external_id)
        };
        if of(pair.0).is_some() && of(pair.0) == of(pair.1) {
            let name = overrides.0.get(&(*role, *scope, value.clone())).map_or("One account", |row| row.name.as_str());
            let message = format!(
                "{name} would be both the {} and the {} account of some products.",
                role_title(pair.0),
                role_title(pair.1)
            );
            return Err(Refusal::new(ErrorCode::AccountInvalid, message)
                .help("Choose two accounts; an entry between one and the same says nothing."));
        }
    }
    Ok(())
}

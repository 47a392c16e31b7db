//! Decisions about exports: which accounts a document needs, what stands in the way, what is sent, how it is called.
//!
//! Rule: pure; all problems at once; the same facts give the same draft and the same hash.

mod accounts;
mod checks;
mod drafts;
pub mod drift;
mod gather;
mod names;
mod opposite;
mod overrides;
mod split;
mod states;

use std::collections::HashMap;

use entity::{AccountRole, ProductId};
use providers::Capability;

pub use accounts::{ROLES, check_choice, check_pairs, choice_notices, role_title, roles};
pub use checks::{checks, title};
pub use drafts::{entries, plan_of};
pub use gather::{day_ends, gathered, is_gathered, journal_label, journal_reference};
pub use names::{adjustment_reference, build_reference, correction_reference, receipt_reference, suffixed};
pub use overrides::{Group, Overrides, check_override_pairs, key_of, of_row, of_title};
pub use states::{is_open, may_export, retry_pause};

use super::model::{ChosenAccount, Document};
use crate::{
    catalog::{Account, Item},
    integration::Integration,
    money::Currency,
};

/// Everything that decides what is sent.
#[derive(Debug)]
pub struct Facts<'a> {
    /// Where it goes.
    pub integration: &'a Integration,
    /// What that can do.
    pub capability: &'a Capability,
    /// The business's currency.
    pub currency: Currency,
    /// The document.
    pub document: &'a Document,
    /// Chosen accounts by role.
    pub chosen: &'a HashMap<AccountRole, ChosenAccount>,
    /// Accounts that stand for a role with some products only.
    pub overrides: &'a Overrides,
    /// What tells a product's accounts from others'.
    pub groups: &'a HashMap<ProductId, Group>,
    /// Accounts as they are now, by external id: those chosen and those of the items.
    pub accounts: &'a HashMap<String, Account>,
    /// Names of the document's products.
    pub products: &'a HashMap<ProductId, String>,
    /// Items that they are linked to.
    pub items: &'a HashMap<ProductId, Item>,
}

impl Facts<'_> {
    /// What people call a product.
    pub(crate) fn name(&self, product: ProductId) -> &str {
        self.products.get(&product).map_or("a product", String::as_str)
    }
}

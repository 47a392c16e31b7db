//! Accounts and suppliers, and how to look for them.

use entity::{AccountClass, IntegrationId};

/// An account as stored.
pub type Account = entity::account::Model;
/// A supplier as stored.
pub type Supplier = entity::supplier::Model;

/// Which accounts to list; all set fields must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountFilter {
    /// Of one of these classes; empty means any.
    pub classes: Vec<AccountClass>,
    /// Active or not.
    pub active: Option<bool>,
    /// Text anywhere in the name.
    pub search: Option<String>,
}

/// Which suppliers to list; all set fields must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SupplierFilter {
    /// Of this integration.
    pub integration: Option<IntegrationId>,
    /// Active or not.
    pub active: Option<bool>,
    /// Text anywhere in the name.
    pub search: Option<String>,
}

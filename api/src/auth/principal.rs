//! Who calls, and what that role may do.
//!
//! Rule: permissions are decided by one table (shared design, "Who may do what"); every operation asks for a permission,
//! never for a role.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The caller of a request, as its token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The person or program, `sub` of the token.
    pub subject: String,
    /// The business, `business` of the token, as it was written there.
    pub business: String,
    /// The role in that business.
    pub role: Role,
    /// When the token ends.
    pub expires_at: DateTime<Utc>,
}

impl Principal {
    /// Whether this caller may do that.
    pub fn may(&self, permission: Permission) -> bool {
        permitted(self.role, permission)
    }
}

/// A role in a business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Role {
    /// One per business; may do everything.
    Owner,
    /// May do everything the owner may here.
    Admin,
    /// Books: syncs, exports, sales and margins, but no connections and no approval.
    Accountant,
    /// Workshop: products are built and received; no books.
    Builder,
}

impl Role {
    /// Every role, from the most to the least trusted.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Admin, Self::Accountant, Self::Builder];

    /// The name in tokens and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Owner => "OWNER",
            Self::Admin => "ADMIN",
            Self::Accountant => "ACCOUNTANT",
            Self::Builder => "BUILDER",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|role| role.name().eq_ignore_ascii_case(text)).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|role| role.name()).collect();
            format!("is not a role; use one of {}", names.join(", "))
        })
    }
}

/// Something a role may or may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Connect, reconnect and disconnect integrations.
    ManageConnections,
    /// Change the settings of an integration and of exports.
    ConfigureSettings,
    /// Start and cancel item syncs, refresh accounts.
    SyncItems,
    /// Make products of synced items.
    ImportProducts,
    /// Link products to items and unlink them.
    LinkProducts,
    /// Create and change products.
    ManageProducts,
    /// Read items, products, accounts, suppliers, lots and stock.
    ReadCatalog,
    /// Read the log of provider calls.
    ViewSyncLog,
    /// Export documents and retry exports.
    Export,
    /// Sync sales and handle their issues.
    SyncSales,
    /// Read sales and margins.
    ViewMargins,
    /// Bills of materials, builds, receipts, stock adjustments.
    ManageStock,
    /// Approve or reject a build.
    ApproveBuilds,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 13] = [
        Self::ManageConnections,
        Self::ConfigureSettings,
        Self::SyncItems,
        Self::ImportProducts,
        Self::LinkProducts,
        Self::ManageProducts,
        Self::ReadCatalog,
        Self::ViewSyncLog,
        Self::Export,
        Self::SyncSales,
        Self::ViewMargins,
        Self::ManageStock,
        Self::ApproveBuilds,
    ];

    /// What it allows, as the end of "… may not".
    pub fn deed(self) -> &'static str {
        match self {
            Self::ManageConnections => "connect or disconnect accounting systems",
            Self::ConfigureSettings => "change integration settings",
            Self::SyncItems => "sync items",
            Self::ImportProducts => "import products",
            Self::LinkProducts => "link products",
            Self::ManageProducts => "create or change products",
            Self::ReadCatalog => "read items and products",
            Self::ViewSyncLog => "read the sync log",
            Self::Export => "export to the accounting system",
            Self::SyncSales => "sync sales",
            Self::ViewMargins => "read sales and margins",
            Self::ManageStock => "change stock, builds or receipts",
            Self::ApproveBuilds => "approve or reject builds",
        }
    }
}

/// The table: whether `role` has `permission`.
pub fn permitted(role: Role, permission: Permission) -> bool {
    match role {
        Role::Owner | Role::Admin => true,
        Role::Accountant => !matches!(permission, Permission::ManageConnections | Permission::ApproveBuilds),
        Role::Builder => matches!(permission, Permission::ReadCatalog | Permission::ManageStock),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of the shared design, a row per permission: owner, admin, accountant, builder.
    const TABLE: [(Permission, [bool; 4]); 13] = [
        (Permission::ManageConnections, [true, true, false, false]),
        (Permission::ConfigureSettings, [true, true, true, false]),
        (Permission::SyncItems, [true, true, true, false]),
        (Permission::ImportProducts, [true, true, true, false]),
        (Permission::LinkProducts, [true, true, true, false]),
        (Permission::ManageProducts, [true, true, true, false]),
        (Permission::ReadCatalog, [true, true, true, true]),
        (Permission::ViewSyncLog, [true, true, true, false]),
        (Permission::Export, [true, true, true, false]),
        (Permission::SyncSales, [true, true, true, false]),
        (Permission::ViewMargins, [true, true, true, false]),
        (Permission::ManageStock, [true, true, true, true]),
        (Permission::ApproveBuilds, [true, true, false, false]),
    ];

    #[test]
    fn every_role_has_exactly_the_permissions_of_the_table() {
        for (permission, allowed) in TABLE {
            let found = Role::ALL.map(|role| permitted(role, permission));
            assert_eq!(found, allowed, "{permission:?}");
        }
    }

    #[test]
    fn the_table_names_every_permission_once() {
        assert_eq!(TABLE.map(|(permission, _)| permission), Permission::ALL);
    }

    #[test]
    fn roles_are_read_in_any_case_and_others_are_refused_with_the_list() {
        assert_eq!("accountant".parse(), Ok(Role::Accountant));
        assert_eq!(
            "viewer".parse::<Role>(),
            Err("is not a role; use one of OWNER, ADMIN, ACCOUNTANT, BUILDER".to_owned())
        );
    }
}

//! Businesses, actors and permissions.

use std::{collections::BTreeSet, fmt};

use entity::{BusinessId, Role};

use crate::error::{Error, Result};

/// A business (tenant).
pub type Business = entity::business::Model;

/// One thing that somebody may be allowed to do (behaviour 2.19).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Permission {
    /// Connect, reconnect and disconnect.
    ManageConnections,
    /// Change an integration's settings.
    ConfigureSettings,
    /// Start and cancel syncs.
    SyncItems,
    /// Import items as products.
    ImportProducts,
    /// Link and unlink products and items.
    LinkProducts,
    /// Create and change products.
    ManageProducts,
    /// Read items, products, accounts, suppliers and lots.
    ReadCatalog,
    /// Read the log of provider calls.
    ViewSyncLog,
    /// Export documents.
    Export,
    /// Sync sales.
    SyncSales,
    /// Read margins.
    ViewMargins,
    /// Receipts, builds, BOMs and adjustments.
    ManageStock,
    /// Approve or reject builds.
    ApproveBuilds,
}

impl Permission {
    /// All permissions.
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

    /// The permission as the API and the database spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ManageConnections => "MANAGE_CONNECTIONS",
            Self::ConfigureSettings => "CONFIGURE_SETTINGS",
            Self::SyncItems => "SYNC_ITEMS",
            Self::ImportProducts => "IMPORT_PRODUCTS",
            Self::LinkProducts => "LINK_PRODUCTS",
            Self::ManageProducts => "MANAGE_PRODUCTS",
            Self::ReadCatalog => "READ_CATALOG",
            Self::ViewSyncLog => "VIEW_SYNC_LOG",
            Self::Export => "EXPORT",
            Self::SyncSales => "SYNC_SALES",
            Self::ViewMargins => "VIEW_MARGINS",
            Self::ManageStock => "MANAGE_STOCK",
            Self::ApproveBuilds => "APPROVE_BUILDS",
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who asks: a member of a business with the permissions in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The business of the token; every query is limited to it.
    pub business: BusinessId,
    /// The `sub` of the token.
    pub subject: String,
    /// The role of the token.
    pub role: Role,
    /// What the actor may do.
    pub permissions: BTreeSet<Permission>,
    /// Home currency of the business.
    pub currency: String,
}

impl Actor {
    /// Refuses who lacks the permission.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn require(&self, permission: Permission) -> Result<()> {
        if self.permissions.contains(&permission) { Ok(()) } else { Err(Error::Forbidden(permission)) }
    }
}

//! The viewer and the business.

use async_graphql::{Enum, ID, Object, SimpleObject};
use domain::business::{Actor, Business as DomainBusiness, Permission as DomainPermission};
use entity::Role as DomainRole;

/// A business (tenant).
#[derive(Debug, Clone)]
pub struct Business(pub(crate) DomainBusiness);

/// A business (tenant): whose stock and books these are.
#[Object]
impl Business {
    /// Id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Name for people.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// IANA time zone; decides what day it is.
    async fn time_zone(&self) -> &str {
        &self.0.time_zone
    }

    /// Home currency, ISO 4217.
    async fn currency(&self) -> &str {
        &self.0.currency
    }

    /// What is switched on.
    async fn features(&self) -> Features {
        Features { receiving: self.0.receiving, sales_tracking: self.0.sales_tracking, qa_review: self.0.qa_review }
    }
}

/// What is switched on for a business.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct Features {
    /// Lots and receipts.
    receiving: bool,
    /// Sales and margins.
    sales_tracking: bool,
    /// Builds wait for approval.
    qa_review: bool,
}

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct Viewer {
    pub(super) actor: Actor,
    pub(super) business: DomainBusiness,
}

/// Who is signed in, and what they may do.
#[Object]
impl Viewer {
    /// The `sub` of the token.
    async fn subject(&self) -> &str {
        &self.actor.subject
    }

    /// The business of the token.
    async fn business(&self) -> Business {
        Business(self.business.clone())
    }

    /// The role of the token.
    async fn role(&self) -> Role {
        self.actor.role.into()
    }

    /// What the viewer may do.
    async fn permissions(&self) -> Vec<Permission> {
        self.actor.permissions.iter().map(|permission| (*permission).into()).collect()
    }
}

/// A role in a business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainRole")]
pub enum Role {
    /// All permissions; one per business.
    Owner,
    /// All permissions but the owner's own.
    Admin,
    /// Syncs, imports, exports; no connections, no approvals.
    Accountant,
    /// Builds and stock; no accounting.
    Builder,
}

/// One thing that somebody may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainPermission")]
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
    /// Read items, products, accounts and suppliers.
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

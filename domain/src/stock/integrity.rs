//! The proof that the ledger adds up: every quantity and value again from the movements.

use entity::BusinessId;
use uuid::Uuid;

use super::{service::Stock, store};
use crate::{
    business::{Actor, Permission},
    error::Result,
};

/// A row that breaks an invariant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// What should hold.
    pub invariant: &'static str,
    /// What kind of record does not.
    pub record: &'static str,
    /// Its id.
    pub id: Uuid,
    /// The figure that adding up gives, in millionths.
    pub expected: i64,
    /// The figure that is stored, in millionths.
    pub found: i64,
}

impl Stock {
    /// Adds everything up again and lists what does not agree: nothing, if the ledger is sound. At most 100 rows per
    /// invariant.
    ///
    /// # Errors
    /// `Forbidden`; when the database does not answer.
    pub async fn integrity(&self, actor: &Actor) -> Result<Vec<Broken>> {
        actor.require(Permission::ReadCatalog)?;
        self.prove(actor.business).await
    }

    /// As [`Stock::integrity`], for the operator of the database, who needs no permission.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn prove(&self, business: BusinessId) -> Result<Vec<Broken>> {
        let mut broken = Vec::new();
        for invariant in store::INVARIANTS {
            let rows = store::broken(self.db.connection(), business, invariant).await?;
            let (name, record) = (invariant.name, invariant.record);
            broken.extend(rows.into_iter().map(|row| Broken {
                invariant: name,
                record,
                id: row.id,
                expected: row.expected,
                found: row.found,
            }));
        }
        Ok(broken)
    }

    /// How many invariants are checked.
    pub fn invariants() -> usize {
        store::INVARIANTS.len()
    }
}

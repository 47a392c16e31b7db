//! Reads for the levels of an answer: the caller has checked who asks, and names the business.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::{BusinessId, EntryId, LotId, LotStatus, MovementId, ProductId, Quantity};

use super::{
    ledger::{Ledger, Writer},
    model::{AsOf, Entry, Figures, Lot, Movement},
    service::Stock,
    store,
};
use crate::{
    business::{Actor, Permission},
    error::Result,
    page::{Page, PageRequest},
};

/// What is set for a business's ledger.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settings {
    /// Lots are kept.
    pub lots: bool,
    /// What arrives settles shortages at once.
    pub settle_at_once: bool,
    /// Documents before this day are refused.
    pub closed_before: Option<NaiveDate>,
}

/// A change of what is set for a business's stock; what is `None` stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SettingsChange {
    /// New builds wait for approval.
    pub qa_review: Option<bool>,
    /// What arrives settles shortages at once.
    pub settle_at_once: Option<bool>,
    /// Documents before this day are refused; `Some(None)` opens all days.
    pub closed_before: Option<Option<NaiveDate>>,
}

impl Stock {
    /// Changes what is set, all of it or nothing. Builds under way stay as they are.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn change_settings(&self, actor: &Actor, change: &SettingsChange) -> Result<()> {
        actor.require(Permission::ConfigureSettings)?;
        let tx = self.db.write().await?;
        Ledger::open(&tx, &self.ambient, &Writer::new(actor.business, &actor.subject)).await?;
        let (connection, business) = (tx.connection(), actor.business);
        if let Some(day) = change.closed_before {
            store::close_before(connection, business, day).await?;
        }
        if let Some(settle) = change.settle_at_once {
            store::set_settling(connection, business, settle).await?;
        }
        if let Some(review) = change.qa_review {
            store::set_review(connection, business, review).await?;
        }
        Ok(tx.commit().await?)
    }

    /// What is set for the actor's ledger.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn settings(&self, actor: &Actor) -> Result<Settings> {
        actor.require(Permission::ReadCatalog)?;
        let row = store::book(self.db.connection(), actor.business).await?;
        Ok(row.map_or_else(Settings::default, |row| Settings {
            lots: row.lots,
            settle_at_once: row.settle_shortages,
            closed_before: row.closed_before,
        }))
    }

    /// A page of what was taken from a lot, in the order of recording.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn consumptions(&self, actor: &Actor, lot: LotId, request: &PageRequest) -> Result<Page<Entry>> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::consumptions(self.db.connection(), actor.business, lot, request).await?)
    }

    /// How often something was taken from a lot.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn count_consumptions(&self, actor: &Actor, lot: LotId) -> Result<u64> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::count_consumptions(self.db.connection(), actor.business, lot).await?)
    }

    /// Lots by id; unknown ones are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lots_found(&self, business: BusinessId, ids: &[LotId]) -> Result<Vec<Lot>> {
        Ok(store::lots_by_ids(self.db.connection(), business, ids).await?)
    }

    /// Entries by id; unknown ones are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn entries_found(&self, business: BusinessId, ids: &[EntryId]) -> Result<Vec<Entry>> {
        Ok(store::entries_by_ids(self.db.connection(), business, ids).await?)
    }

    /// The first `limit` lots of each product, oldest record first; shortages are not lots.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn first_lots(
        &self,
        business: BusinessId,
        products: &[ProductId],
        status: Option<LotStatus>,
        limit: u32,
    ) -> Result<Vec<Lot>> {
        Ok(store::first_lots(self.db.connection(), business, products, status, limit).await?)
    }

    /// The first `limit` movements of each product, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn first_movements(
        &self,
        business: BusinessId,
        products: &[ProductId],
        limit: u32,
    ) -> Result<Vec<Movement>> {
        Ok(store::first_movements(self.db.connection(), business, products, limit).await?)
    }

    /// The first `limit` consumptions of each lot, in the order of recording.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn first_consumptions(&self, business: BusinessId, lots: &[LotId], limit: u32) -> Result<Vec<Entry>> {
        Ok(store::first_consumptions(self.db.connection(), business, lots, limit).await?)
    }

    /// What movements took from lots, in the order of recording.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn consumptions_in(&self, business: BusinessId, movements: &[MovementId]) -> Result<Vec<Entry>> {
        Ok(store::consumptions_in(self.db.connection(), business, movements).await?)
    }

    /// What is left of entries, with their sign: less what was taken back.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn left_of(&self, business: BusinessId, entries: &[EntryId]) -> Result<HashMap<EntryId, Quantity>> {
        Ok(store::left_of(self.db.connection(), business, entries).await?)
    }

    /// What is owed of products; those of which nothing is owed are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn owed_of(&self, business: BusinessId, products: &[ProductId]) -> Result<HashMap<ProductId, Quantity>> {
        Ok(store::owed_of(self.db.connection(), business, products).await?)
    }

    /// Quantity and value of these products at a moment; those that never moved before are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn product_figures(
        &self,
        business: BusinessId,
        products: &[ProductId],
        at: AsOf,
    ) -> Result<Vec<Figures<ProductId>>> {
        Ok(store::figures_of_products(self.db.connection(), business, products, at).await?)
    }

    /// What was left of these lots at a moment; those that did not exist are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lot_figures(&self, business: BusinessId, lots: &[LotId], at: AsOf) -> Result<Vec<Figures<LotId>>> {
        Ok(store::figures_of_lots(self.db.connection(), business, lots, at).await?)
    }
}

//! Use-cases of margins.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::{BusinessId, MovementId, SaleId, SaleLineId, Timestamp};
use uuid::Uuid;

use super::{
    model::{Cause, Change, Dimension, Figures, MarginRow, OrderField, Place, Report, StaleSum},
    rules,
    store::{self, Changed},
};
use crate::{
    business::{Actor, Permission},
    error::{ErrorCode, Refusal, Result},
    page::{Direction, Page},
    store::Db,
};

/// Changes and causes that are listed at once.
const LISTED: u32 = 250;

/// Margins of all businesses.
#[derive(Debug, Clone)]
pub struct Margins {
    db: Db,
}

impl Margins {
    /// Margins in this database.
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    fn checked(&self, actor: &Actor, report: &Report) -> Result<()> {
        actor.require(Permission::ViewMargins)?;
        Ok(rules::check(report)?)
    }

    /// A page of a report.
    ///
    /// # Errors
    /// `Forbidden` without [`Permission::ViewMargins`]; `VALIDATION`.
    pub async fn page(
        &self,
        actor: &Actor,
        report: &Report,
        limit: u32,
        after: Option<&Place>,
    ) -> Result<Page<MarginRow>> {
        self.checked(actor, report)?;
        if after.is_some_and(|place| !report.has_place(place)) {
            let message = "The cursor is of a report that is grouped or ordered in another way.";
            return Err(Refusal::new(ErrorCode::Validation, message).help("Start again without it.").into());
        }
        let mut rows = store::page(self.db.connection(), actor.business, report, limit, after).await?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        Ok(Page { rows, more })
    }

    /// The sums of everything in a report: the same, whatever it is grouped by (statement 119).
    ///
    /// # Errors
    /// As [`Margins::page`].
    pub async fn total(&self, actor: &Actor, report: &Report) -> Result<Figures> {
        self.checked(actor, report)?;
        Ok(store::total(self.db.connection(), actor.business, report).await?)
    }

    /// How many rows a report has.
    ///
    /// # Errors
    /// As [`Margins::page`].
    pub async fn count(&self, actor: &Actor, report: &Report) -> Result<u64> {
        self.checked(actor, report)?;
        Ok(store::count(self.db.connection(), actor.business, report).await?)
    }

    /// The lines that a report adds up, by date and id.
    ///
    /// # Errors
    /// As [`Margins::page`].
    pub async fn lines(
        &self,
        actor: &Actor,
        report: &Report,
        limit: u32,
        after: Option<(NaiveDate, Uuid)>,
    ) -> Result<Page<(NaiveDate, SaleLineId)>> {
        self.checked(actor, report)?;
        let found = store::lines(self.db.connection(), actor.business, report, limit, after).await?;
        let mut rows: Vec<_> = found.into_iter().map(|place| (place.date, place.id)).collect();
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        Ok(Page { rows, more })
    }

    /// What changed a report since a moment: edits, voids, returns, lines that were processed late. The latest 250 sales,
    /// the latest first; the differences are exact.
    ///
    /// # Errors
    /// As [`Margins::page`].
    pub async fn changes(&self, actor: &Actor, report: &Report, since: Timestamp) -> Result<Vec<Change>> {
        self.checked(actor, report)?;
        let changed = store::changed(self.db.connection(), actor.business, report, since, LISTED).await?;
        if changed.is_empty() {
            return Ok(Vec::new());
        }
        let sales: Vec<SaleId> = changed.iter().map(|row| row.sale_id).collect();
        let before = self.of_sales(actor.business, report, &sales, Some(since)).await?;
        let after = self.of_sales(actor.business, report, &sales, None).await?;
        let figures = |of: &HashMap<SaleId, Figures>, row: &Changed| of.get(&row.sale_id).copied().unwrap_or_default();
        let change = |row: Changed| Change {
            before: figures(&before, &row),
            after: figures(&after, &row),
            sale: row.sale_id,
            document_type: row.document_type,
            status: row.status,
            change: row.change,
            recorded_at: row.recorded_at,
            recorded_by: row.recorded_by,
        };
        // One that was edited and came to the same changed nothing here.
        Ok(changed.into_iter().map(change).filter(|change| change.before != change.after).collect())
    }

    async fn of_sales(
        &self,
        business: BusinessId,
        report: &Report,
        sales: &[SaleId],
        known_at: Option<Timestamp>,
    ) -> Result<HashMap<SaleId, Figures>> {
        let mut report = Report {
            group_by: vec![Dimension::Sale],
            order: (OrderField::Revenue, Direction::Descending),
            known_at,
            ..report.clone()
        };
        report.filter.sales = sales.to_vec();
        let rows = store::page(self.db.connection(), business, &report, LISTED, None).await?;
        Ok(rows.into_iter().filter_map(|row| Some((row.keys.sale?, row.figures))).collect())
    }

    /// What shortages of the products that were short in a report were settled with since a moment; the latest 250. What
    /// a settlement differs by from what was assumed is a value of stock: the cost of the sale stays as it was recorded.
    ///
    /// # Errors
    /// As [`Margins::page`].
    pub async fn settlements(&self, actor: &Actor, report: &Report, since: Timestamp) -> Result<Vec<MovementId>> {
        self.checked(actor, report)?;
        Ok(store::settled(self.db.connection(), actor.business, report, since, LISTED).await?)
    }

    /// Why costs in a report are missing, zero or estimated, and what to do: by product, the largest revenue first.
    ///
    /// # Errors
    /// As [`Margins::page`].
    pub async fn causes(&self, actor: &Actor, report: &Report) -> Result<Vec<Cause>> {
        self.checked(actor, report)?;
        let rows = store::doubtful(self.db.connection(), actor.business, report, LISTED).await?;
        Ok(rows.into_iter().map(super::cause::cause).collect())
    }

    /// Makes the sums of a business anew from its lines; how many there are.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn rebuild(&self, business: BusinessId) -> Result<u64> {
        let tx = self.db.write().await?;
        let made = store::rebuild(tx.connection(), business).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Sums that are not what their lines add up to: none, if all is well. At most 100.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn prove(&self, business: BusinessId) -> Result<Vec<StaleSum>> {
        Ok(store::stale(self.db.connection(), business).await?)
    }
}

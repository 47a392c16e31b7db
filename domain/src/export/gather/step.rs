//! What a worker does with an export that goes with others of its day, and with a journal whose members changed.

use super::{drafted, gather, store};
use crate::{
    business,
    error::{Error, Result},
    export::{
        model::Export,
        outcome::{ended, let_go},
        poster::{Claim, Poster, Step},
        rules, store as exports_store,
    },
    integration,
};

impl Poster {
    /// Waits for the end of the day, or gathers the day. Nothing where the export goes by itself.
    pub(in crate::export) async fn gather(&self, claim: Claim, export: &Export) -> Result<Option<Step>> {
        let integration = self.exports.integrations.get(claim.business, export.integration_id).await?;
        if !rules::is_gathered(&integration, export) {
            return Ok(None);
        }
        // Days of documents are the business's; where the company's clock says another, the later of both ends the day.
        let ours = rules::day_ends(export.effective_on, &business::time_zone(&self.exports.db, claim.business).await?);
        let theirs = integration.company_time_zone.as_deref().map(|zone| rules::day_ends(export.effective_on, zone));
        let ends = theirs.map_or(ours, |theirs| theirs.max(ours));
        if self.exports.ambient.now() < ends {
            let tx = self.begin(claim).await?;
            self.keep(tx, let_go(Export { due_at: Some(ends), ..export.clone() })).await?;
            return Ok(Some(Step::Done));
        }
        self.gather_day(claim, export).await
    }

    async fn gather_day(&self, claim: Claim, export: &Export) -> Result<Option<Step>> {
        let whose = (claim.business, export.integration_id);
        let tx = self.exports.db.write().await?;
        store::hold(tx.connection(), whose).await?;
        let held = exports_store::hold(tx.connection(), claim.business, claim.id).await?;
        let held = held.filter(|row| self.has(claim, row)).ok_or(Error::Fenced)?;
        let found = integration::store::find(tx.connection(), claim.business, export.integration_id).await?;
        // Read again under its lock: the setting may have changed since.
        let Some(integration) = found.filter(|found| rules::is_gathered(found, &held)) else { return Ok(None) };
        let journal = gather(&tx, &self.exports.ambient, &integration, (held.kind, held.effective_on)).await?;
        tx.commit().await?;
        if let Some(journal) = journal {
            self.exports.told(&journal);
            self.exports.tell_members(claim.business, &[journal]).await?;
        }
        Ok(Some(Step::Done))
    }

    /// Drafts a journal anew, whose members changed before it was sent.
    pub(in crate::export) async fn draft_journal(&self, claim: Claim, journal: Export) -> Result<Step> {
        let tx = self.begin(claim).await?;
        let drafted = drafted(&tx, &self.exports.ambient, journal).await?;
        if drafted.due_at.is_none() {
            self.keep(tx, ended(drafted)).await?;
            return Ok(Step::Done);
        }
        Ok(Step::More(Box::new(self.keep(tx, drafted).await?)))
    }
}

//! What an item sync does: company, accounts, suppliers, items, linked products, items that are gone.
//!
//! Rule: each page is one transaction (fence, rows, counters, cursor, event), so a run can die at any line and be taken
//! up again; nothing is written where nothing changed; nothing is marked as gone unless the listing was complete.

use std::collections::HashSet;

use async_trait::async_trait;
use entity::{IntegrationStatus, InventoryMode, ItemId, SyncPhase};
use providers::{
    Provider, Session,
    listing::{Listed, PageStream, stream_pages},
    model::{Page, PageCursor, RemoteAccount, RemoteItem, RemoteSupplier},
};
use std::sync::Arc;

use super::{
    items::{self, rules::Policy},
    products,
    references::{self, service::changed_accounts},
};
use crate::{
    ambient::Ambient,
    business,
    call_log::Correlation,
    error::{ErrorCode, Refusal, Result},
    integration::{Integration, Integrations, rules as integration_rules},
    store::Db,
    sync::{Counts, Fence, Issue, Progress, Run, RunBody, store as sync_store},
};

/// Items looked at in one statement when those that are gone are sought.
const SWEEP: u64 = 5_000;

/// The body of item syncs.
#[derive(Debug, Clone)]
pub struct ItemSync {
    db: Db,
    ambient: Ambient,
    integrations: Integrations,
    /// Pages fetched ahead.
    prefetch: usize,
}

/// One run at work.
struct Work<'a> {
    body: &'a ItemSync,
    fence: &'a Fence,
    run: &'a Run,
    integration: Integration,
    provider: Arc<dyn Provider>,
    session: Session,
    progress: Progress,
    seen: HashSet<u64>,
    pages: i32,
}

#[async_trait]
impl RunBody for ItemSync {
    async fn run(&self, fence: &Fence, run: &Run) -> Result<()> {
        let mut work = self.begin(fence, run).await?;
        let resume = work.progress.cursor.clone().map(PageCursor);
        if work.progress.phase < SyncPhase::Items {
            // Everything is asked for at once, and used in this order.
            let (accounts, suppliers, items) = (work.open(None), work.open_suppliers(), work.open(resume));
            let (accounts, suppliers, items, ()) = tokio::try_join!(accounts, suppliers, items, work.company())?;
            work.accounts(accounts).await?;
            work.suppliers(suppliers).await?;
            work.items(items).await?;
        } else if work.progress.phase == SyncPhase::Items {
            let items = work.open(resume).await?;
            work.items(items).await?;
        }
        work.products().await?;
        work.gone().await
    }
}

impl ItemSync {
    /// A body that fetches `prefetch` pages ahead.
    pub fn new(db: Db, ambient: Ambient, integrations: Integrations, prefetch: usize) -> Self {
        Self { db, ambient, integrations, prefetch }
    }

    async fn begin<'a>(&'a self, fence: &'a Fence, run: &'a Run) -> Result<Work<'a>> {
        let integration = self.integrations.get(run.business_id, run.integration_id).await?;
        if integration.status != IntegrationStatus::Active {
            let reason = integration.expired_reason.clone().unwrap_or_else(|| "it was disconnected".to_owned());
            return Err(Refusal::new(ErrorCode::ConnectionExpired, format!("Connection expired: {reason}."))
                .help("Reconnect on the integrations page; settings, items and links stay.")
                .into());
        }
        let (provider, session) = self.integrations.session(&integration, Correlation::run(run.id))?;
        let pages = sync_store::pages(self.db.connection(), run.business_id, run.id).await?;
        let seen = pages.iter().flat_map(|page| decode(&page.seen)).collect();
        let progress = Progress {
            phase: run.phase,
            done: run.done,
            total: run.total,
            cursor: run.cursor.clone(),
            counts: Counts::from_json(&run.counts),
        };
        let next_page = pages.last().map_or(0, |page| page.page + 1);
        Ok(Work { body: self, fence, run, integration, provider, session, progress, seen, pages: next_page })
    }
}

impl Work<'_> {
    /// Opens a collection; its first pages are on their way when this ends. Borrows nothing.
    fn open<T: Listed>(&self, resume: Option<PageCursor>) -> impl Future<Output = Result<PageStream<T>>> + use<T> {
        let (provider, session, window) = (Arc::clone(&self.provider), self.session.clone(), self.body.prefetch);
        async move {
            let mut stream = stream_pages(provider, session, resume.as_ref(), window).await?;
            stream.start();
            Ok(stream)
        }
    }

    fn open_suppliers(&self) -> impl Future<Output = Result<Option<PageStream<RemoteSupplier>>>> + use<> {
        let opening = self.provider.capability().suppliers.then(|| self.open(None));
        async move {
            match opening {
                Some(opening) => opening.await.map(Some),
                None => Ok(None),
            }
        }
    }

    async fn company(&mut self) -> Result<()> {
        self.announce(SyncPhase::Company, "reading the company's settings").await?;
        let correlation = Correlation::run(self.run.id);
        self.body.integrations.read_company(&self.integration, correlation).await?;
        self.integration = self.body.integrations.get(self.run.business_id, self.run.integration_id).await?;
        Ok(())
    }

    async fn announce(&mut self, phase: SyncPhase, message: &str) -> Result<()> {
        self.progress.phase = phase;
        let tx = self.fence.begin().await?;
        self.fence.report(&tx, &self.progress, &[], message).await?;
        self.fence.commit(tx).await
    }

    async fn accounts(&mut self, mut stream: PageStream<RemoteAccount>) -> Result<()> {
        self.announce(SyncPhase::Accounts, "reading the chart of accounts").await?;
        let (business, integration) = (self.run.business_id, self.run.integration_id);
        while let Some(page) = stream.next().await {
            let (_, page) = page?;
            let tx = self.fence.begin().await?;
            let hashes = references::store::account_hashes(tx.connection(), business, integration).await?;
            let rows = changed_accounts(&page.records, &hashes, &self.body.ambient, business, integration);
            references::store::upsert_accounts(tx.connection(), rows).await?;
            self.progress.counts.accounts += i64::try_from(page.records.len()).unwrap_or(i64::MAX);
            let message = format!("{} accounts", self.progress.counts.accounts);
            self.fence.report(&tx, &self.progress, &[], &message).await?;
            self.fence.commit(tx).await?;
        }
        Ok(())
    }

    async fn suppliers(&mut self, stream: Option<PageStream<RemoteSupplier>>) -> Result<()> {
        let Some(mut stream) = stream else { return Ok(()) };
        self.announce(SyncPhase::Suppliers, "reading suppliers").await?;
        while let Some(page) = stream.next().await {
            let (_, page) = page?;
            self.supplier_page(&page).await?;
        }
        Ok(())
    }

    async fn supplier_page(&mut self, page: &Page<RemoteSupplier>) -> Result<()> {
        let (business, integration) = (self.run.business_id, self.run.integration_id);
        let now = self.body.ambient.now();
        let ids: Vec<String> = page.records.iter().map(|remote| remote.external_id.clone()).collect();
        let tx = self.fence.begin().await?;
        let hashes = references::store::supplier_hashes(tx.connection(), business, integration, &ids).await?;
        let rows = page
            .records
            .iter()
            .map(|remote| references::rules::supplier(self.body.ambient.id(), business, integration, remote, now))
            .filter(|row| row.external_id.as_ref().and_then(|id| hashes.get(id)) != Some(&row.content_hash))
            .collect();
        references::store::upsert_suppliers(tx.connection(), rows).await?;
        self.progress.counts.suppliers += i64::try_from(page.records.len()).unwrap_or(i64::MAX);
        let message = format!("{} suppliers", self.progress.counts.suppliers);
        self.fence.report(&tx, &self.progress, &[], &message).await?;
        self.fence.commit(tx).await
    }

    async fn items(&mut self, mut stream: PageStream<RemoteItem>) -> Result<()> {
        self.progress.total = stream.total().and_then(|total| i64::try_from(total).ok());
        self.announce(SyncPhase::Items, "reading items").await?;
        let policy = self.policy().await?;
        self.item_pages(&mut stream, &policy).await
    }

    async fn policy(&self) -> Result<Policy> {
        let currency = match &self.integration.company_currency {
            Some(currency) => currency.clone(),
            None => business::home_currency(&self.body.db, self.run.business_id).await?,
        };
        Ok(Policy {
            business: self.run.business_id,
            integration: self.run.integration_id,
            types: integration_rules::settings(&self.integration).item_types,
            currency,
            now: self.body.ambient.now(),
        })
    }

    async fn item_pages(&mut self, stream: &mut PageStream<RemoteItem>, policy: &Policy) -> Result<()> {
        while let Some(page) = stream.next().await {
            let (_, page) = page?;
            self.item_page(&page, policy).await?;
        }
        Ok(())
    }

    async fn item_page(&mut self, page: &Page<RemoteItem>, policy: &Policy) -> Result<()> {
        let external_ids: Vec<String> = page
            .records
            .iter()
            .map(|record| record.external_id.clone())
            .chain(page.unusable.iter().filter_map(|record| record.external_id.clone()))
            .collect();
        let tx = self.fence.begin().await?;
        let local = items::store::local(tx.connection(), policy.business, policy.integration, external_ids).await?;
        let ambient = &self.body.ambient;
        let mut counts = self.progress.counts.clone();
        let plan = items::rules::plan_items(page, &local, policy, &mut self.seen, &mut counts, || ambient.id());
        items::store::upsert(tx.connection(), plan.upserts).await?;
        sync_store::insert_page(tx.connection(), policy.business, self.run.id, self.pages, encode(&plan.seen)).await?;
        self.pages += 1;
        self.progress.counts = counts;
        self.progress.done += plan.records;
        self.progress.total = self.progress.total.map(|total| total.max(self.progress.done));
        self.progress.cursor = page.next.clone().map(|cursor| cursor.0);
        let message = format!("{} items", self.progress.done);
        self.fence.report(&tx, &self.progress, &plan.issues, &message).await?;
        self.fence.commit(tx).await
    }

    /// In sync mode the accounting system's name, SKU, quantity and cost win over the linked product's.
    async fn products(&mut self) -> Result<()> {
        self.announce(SyncPhase::Products, "bringing linked products up to date").await?;
        if self.integration.inventory_mode != InventoryMode::Sync {
            return Ok(());
        }
        let mut after = None;
        loop {
            let tx = self.fence.begin().await?;
            let (changed, last) =
                products::follow::follow_items(&tx, &self.body.ambient, &self.integration, self.run, after).await?;
            self.progress.counts.products += changed;
            if changed > 0 {
                let message = format!("{} products brought up to date", self.progress.counts.products);
                self.fence.report(&tx, &self.progress, &[], &message).await?;
            }
            self.fence.commit(tx).await?;
            match last {
                Some(product) => after = Some(product),
                None => return Ok(()),
            }
        }
    }

    async fn gone(&mut self) -> Result<()> {
        self.announce(SyncPhase::Deactivations, "looking for items that are gone").await?;
        let announced = self.progress.total;
        let missing = self.missing().await?;
        if missing.is_empty() {
            return Ok(());
        }
        let tx = self.fence.begin().await?;
        let mut issues: Vec<Issue> = Vec::new();
        if items::rules::is_complete(announced, self.progress.done, &self.progress.counts) {
            let ids: Vec<ItemId> = missing.iter().map(|(id, _)| *id).collect();
            items::store::mark_gone(tx.connection(), self.run.business_id, &ids, self.body.ambient.now()).await?;
            let were_active = missing.iter().filter(|(_, active)| *active).count();
            self.progress.counts.deactivated += i64::try_from(were_active).unwrap_or(i64::MAX);
        } else {
            issues.push(items::rules::moved_listing(announced, self.progress.done));
        }
        let message = format!("{} items deactivated", self.progress.counts.deactivated);
        self.fence.report(&tx, &self.progress, &issues, &message).await?;
        self.fence.commit(tx).await
    }

    /// Items that are here and were not in the listing, with whether they are active here.
    async fn missing(&self) -> Result<Vec<(ItemId, bool)>> {
        let (business, integration) = (self.run.business_id, self.run.integration_id);
        let mut missing = Vec::new();
        let mut after = String::new();
        loop {
            let connection = self.body.db.connection();
            let rows = items::store::present(connection, business, integration, &after, SWEEP).await?;
            let full = rows.len() as u64 == SWEEP;
            for (id, external_id, active) in rows {
                if !self.seen.contains(&items::rules::short(id)) {
                    missing.push((id, active));
                }
                after = external_id;
            }
            if !full {
                return Ok(missing);
            }
        }
    }
}

/// Ids of a page, as stored: 8 bytes each.
fn encode(seen: &[ItemId]) -> Vec<u8> {
    seen.iter().flat_map(|id| items::rules::short(*id).to_le_bytes()).collect()
}

fn decode(seen: &[u8]) -> impl Iterator<Item = u64> + '_ {
    seen.chunks_exact(8).filter_map(|bytes| bytes.try_into().ok().map(u64::from_le_bytes))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn seen_ids_come_back_as_they_were_stored() {
        let ids: Vec<ItemId> = (0..3_u128).map(|bits| ItemId(Uuid::from_u128(bits * 7))).collect();
        let short: Vec<u64> = ids.iter().map(|id| items::rules::short(*id)).collect();
        assert_eq!(decode(&encode(&ids)).collect::<Vec<_>>(), short);
    }
}

//! Documents become sales: a batch of them in one transaction.
//!
//! Rule: documents are processed in order of date and id. New ones that only sell go together; each that takes something
//! back, or changes what is stored, goes by itself, so that it finds the ledger as the one before left it.

use std::collections::{BTreeSet, HashMap};

use entity::{IssueReason, IssueState, RunId, SaleChange, SaleStatus, Timestamp};

use super::{
    document::{Document, DocumentKey, takes_back},
    draft::{self, Stamp},
    ledger,
    model::{Channel, Sale, SaleIssue, SaleLine, SaleVersion},
    rules::{self, Action, Known, Priced, Trouble},
    store::{self, Closing},
};
use crate::{
    ambient::Ambient,
    error::{ErrorCode, Refusal, Result},
    integration::Integration,
    stock::{
        History,
        ledger::{Ledger, Writer},
        rules::explain,
    },
    store::WriteTx,
};

/// For whom documents are processed.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    pub(super) ambient: Ambient,
    pub(super) channel: Channel,
    pub(super) integration: Integration,
    /// Home currency of the company.
    pub(super) home: String,
    pub(super) run: Option<RunId>,
    pub(super) by: String,
}

/// What a batch came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Done {
    pub(super) created: i64,
    pub(super) updated: i64,
    pub(super) unchanged: i64,
    pub(super) voided: i64,
    pub(super) skipped: i64,
    pub(super) failed: i64,
    pub(super) lines_skipped: i64,
    pub(super) lines_retried: i64,
    pub(super) shortages: i64,
    pub(super) issues: Vec<SaleIssue>,
}

/// A sale on its way into the books.
struct Draft {
    sale: Sale,
    lines: Vec<SaleLine>,
    change: SaleChange,
}

impl Desk {
    pub(super) fn place(&self) -> (entity::BusinessId, entity::SalesChannelId) {
        (self.channel.business_id, self.channel.id)
    }

    pub(super) fn writer(&self) -> Writer<'_> {
        Writer { run: self.run, ..Writer::new(self.channel.business_id, &self.by) }
    }

    fn stamp(&self, now: Timestamp) -> Stamp<'_> {
        Stamp { ambient: &self.ambient, channel: &self.channel, run: self.run, by: &self.by, now }
    }

    /// How many of the documents, from the first, can be processed in one transaction; at least one of any.
    pub(super) fn together(documents: &[Document], stored: &HashMap<DocumentKey, Sale>) -> usize {
        let plain = documents.iter().take_while(|document| match rules::decide(stored.get(&document.key), document) {
            Action::Ignore | Action::Unchanged => true,
            Action::Create => {
                !takes_back(document.key.kind) && document.lines.iter().all(|line| !line.quantity.is_sign_negative())
            }
            _ => false,
        });
        plain.count().max(1).min(documents.len())
    }

    /// Processes documents that go together.
    pub(super) async fn process(
        &self,
        tx: &WriteTx,
        documents: &[Document],
        stored: &HashMap<DocumentKey, Sale>,
    ) -> Result<Done> {
        let mut done = Done::default();
        let known = self.known(tx, documents).await?;
        let keys: Vec<DocumentKey> = documents.iter().map(|document| document.key.clone()).collect();
        let is_changed = |document: &&Document| self.decided(document, stored).1 != Action::Unchanged;
        let changed: Vec<DocumentKey> =
            documents.iter().filter(is_changed).map(|document| document.key.clone()).collect();
        self.close(tx, &keys, true).await?;
        self.close(tx, &changed, false).await?;
        for document in documents {
            if let (Some(sale), action) = self.decided(document, stored)
                && matches!(action, Action::Redo | Action::Void | Action::Delete)
            {
                self.take_back(tx, sale, document, action, &mut done).await?;
            }
        }
        let mut ledger = Ledger::open(tx, &self.ambient, &self.writer()).await?;
        let mut drafts = Vec::new();
        for document in documents {
            let (before, action) = self.decided(document, stored);
            match action {
                Action::Ignore => done.skipped += 1,
                Action::Unchanged => done.unchanged += 1,
                Action::Void | Action::Delete => {}
                Action::Create | Action::Redo | Action::Restore => {
                    let drafted = self.draft((&ledger, &known), document, (before, action), &mut done);
                    drafts.extend(drafted);
                }
            }
        }
        // Only one of several drafts in a batch would find its histories up to date; so whatever takes back is alone.
        let named = match &drafts[..] {
            [draft] => self.named(tx, &mut ledger, (&draft.sale, &draft.lines)).await?,
            _ => Vec::new(),
        };
        self.post(tx, ledger, drafts, &named, &mut done).await?;
        store::keep_issues(tx.connection(), &done.issues).await?;
        store::unwait(tx.connection(), self.place(), &keys).await?;
        Ok(done)
    }

    fn decided<'a>(&self, document: &Document, stored: &'a HashMap<DocumentKey, Sale>) -> (Option<&'a Sale>, Action) {
        let sale = stored.get(&document.key);
        (sale, rules::decide(sale, document))
    }

    async fn known(&self, tx: &WriteTx, documents: &[Document]) -> Result<Known> {
        let items: BTreeSet<String> =
            documents.iter().flat_map(|document| &document.lines).filter_map(|line| line.item.clone()).collect();
        self.known_of(tx, &items).await
    }

    pub(super) async fn known_of(&self, tx: &WriteTx, items: &BTreeSet<String>) -> Result<Known> {
        let place = (self.channel.business_id, self.integration.id);
        let self_managed = self.integration.inventory_mode == entity::InventoryMode::SelfManaged;
        Ok(store::known_items(tx.connection(), place, items, self_managed).await?)
    }

    /// What was wrong with these documents is looked at anew.
    async fn close(&self, tx: &WriteTx, keys: &[DocumentKey], whole_only: bool) -> Result<()> {
        let (business, channel) = self.place();
        let closing = Closing { business, channel, state: IssueState::Resolved, at: self.ambient.now(), by: &self.by };
        Ok(store::close(tx.connection(), &closing, keys, whole_only).await?)
    }

    /// Takes a sale's goods back. An edited document that cannot be processed as it is now keeps its version instead.
    async fn take_back(
        &self,
        tx: &WriteTx,
        sale: &Sale,
        document: &Document,
        action: Action,
        done: &mut Done,
    ) -> Result<()> {
        let mut ledger = Ledger::open(tx, &self.ambient, &self.writer()).await?;
        if action == Action::Redo && self.refused(&ledger, document).is_err() {
            return Ok(());
        }
        if sale.status == SaleStatus::Posted {
            ledger::take_back(tx, &mut ledger, sale).await?;
        }
        let now = ledger.book.stamp.recorded_at;
        ledger.write().await?;
        store::forget_counted(tx.connection(), sale.business_id, sale.id).await?;
        if action != Action::Redo {
            let change = if action == Action::Void { SaleChange::Voided } else { SaleChange::Deleted };
            let ended = ended(sale, change, (self.run, now));
            store::put_sales(tx.connection(), std::slice::from_ref(&ended)).await?;
            store::put_versions(tx.connection(), &[version(&ended, change, &self.by, None)]).await?;
            done.voided += i64::from(sale.status == SaleStatus::Posted);
        }
        Ok(())
    }

    /// What the document comes to, unless it cannot be processed as it is.
    fn refused(
        &self,
        ledger: &Ledger<'_>,
        document: &Document,
    ) -> std::result::Result<Priced, (IssueReason, String, &'static str)> {
        if let Some(closed) = ledger.opened.closed_before.filter(|closed| document.date < *closed) {
            return Err((
                IssueReason::PeriodClosed,
                format!("its date is in a closed period: the books are closed before {closed}."),
                "Open the period in the stock settings, or change the document's date; then sync again.",
            ));
        }
        rules::price(document, &self.home).map_err(|trouble| match trouble {
            Trouble::RateMissing(currency) => (
                IssueReason::RateMissing,
                format!("it is in {currency} and has no exchange rate to {}.", self.home),
                "Enter the exchange rate on the document in the accounting system; then sync again.",
            ),
            Trouble::TooLarge => (
                IssueReason::InexactNumber,
                "a figure is too large to be kept exactly.".to_owned(),
                "Look for a misplaced point on the document in the accounting system; then sync again.",
            ),
        })
    }

    fn draft(
        &self,
        (ledger, known): (&Ledger<'_>, &Known),
        document: &Document,
        (before, action): (Option<&Sale>, Action),
        done: &mut Done,
    ) -> Option<Draft> {
        let stamp = self.stamp(ledger.book.stamp.recorded_at);
        let priced = match self.refused(ledger, document) {
            Ok(priced) => priced,
            Err((reason, why, help)) => {
                let issue = draft::document_issue(stamp, document, reason, (&why, help));
                done.issues.push(SaleIssue { sale_id: before.map(|sale| sale.id), ..issue });
                done.failed += 1;
                return None;
            }
        };
        let change = match action {
            Action::Redo => SaleChange::Edited,
            Action::Restore => SaleChange::Restored,
            _ => SaleChange::Created,
        };
        let sale = draft::sale(stamp, document, &priced, before);
        let (lines, issues) = draft::lines(stamp, &sale, document, &priced, known);
        done.issues.extend(issues);
        if change == SaleChange::Created {
            done.created += 1;
        } else {
            done.updated += 1;
        }
        Some(Draft { sale, lines, change })
    }

    /// The histories of what a sale names.
    pub(super) async fn named(
        &self,
        tx: &WriteTx,
        ledger: &mut Ledger<'_>,
        (sale, lines): (&Sale, &[SaleLine]),
    ) -> Result<Vec<History>> {
        let names = names(sale);
        let found = store::by_keys(tx.connection(), self.place(), &names).await?;
        let sales: Vec<&Sale> =
            names.iter().filter_map(|key| found.get(key)).filter(|sale| sale.status == SaleStatus::Posted).collect();
        ledger::named(tx, ledger, &sales, lines).await
    }

    /// Moves stock for all drafts and writes them.
    async fn post(
        &self,
        tx: &WriteTx,
        mut ledger: Ledger<'_>,
        drafts: Vec<Draft>,
        named: &[History],
        done: &mut Done,
    ) -> Result<()> {
        let needs: Vec<_> = drafts.iter().flat_map(|draft| ledger::needs(&ledger, &draft.lines)).collect();
        ledger.load(&needs).await?;
        let (mut sales, mut lines, mut versions) = (Vec::new(), Vec::new(), Vec::new());
        for mut draft in drafts {
            let processed = ledger::process(&mut ledger.book, &draft.sale, &mut draft.lines, named);
            processed.map_err(|error| explain(&error, &ledger.book))?;
            draft::settle(&mut draft.sale, &draft.lines).ok_or_else(too_large)?;
            done.lines_skipped += count(&draft.lines, |line| !line.counted);
            done.shortages += count(&draft.lines, |line| line.short_quantity.0 > 0);
            versions.push(version(&draft.sale, draft.change, &self.by, None));
            sales.push(draft.sale);
            lines.extend(draft.lines);
        }
        ledger.write().await?;
        store::put_sales(tx.connection(), &sales).await?;
        store::put_versions(tx.connection(), &versions).await?;
        Ok(store::put_lines(tx.connection(), &lines).await?)
    }

    /// Keeps a document that the ledger refused as an issue.
    pub(super) async fn refuse(&self, tx: &WriteTx, document: &Document, refusal: &Refusal) -> Result<Done> {
        let stamp = self.stamp(self.ambient.now());
        let help = refusal.help.as_deref().unwrap_or("Look at the document in the accounting system; then sync again.");
        let issue = draft::document_issue(stamp, document, IssueReason::Refused, (&refusal.message, help));
        store::keep_issues(tx.connection(), std::slice::from_ref(&issue)).await?;
        store::unwait(tx.connection(), self.place(), std::slice::from_ref(&document.key)).await?;
        Ok(Done { failed: 1, issues: vec![issue], ..Done::default() })
    }
}

/// The documents that a sale names.
pub(super) fn names(sale: &Sale) -> Vec<DocumentKey> {
    sale.applies_to.as_deref().and_then(|names| serde_json::from_str(names).ok()).unwrap_or_default()
}

/// A sale that counts no more.
pub(super) fn ended(sale: &Sale, change: SaleChange, (run, now): (Option<RunId>, Timestamp)) -> Sale {
    Sale {
        status: if change == SaleChange::Deleted { SaleStatus::Deleted } else { SaleStatus::Voided },
        version: sale.version + 1,
        versioned_at: now,
        revenue: entity::Amount::ZERO,
        cost: entity::Amount::ZERO,
        short_quantity: entity::Quantity::ZERO,
        open_lines: 0,
        run_id: run,
        updated_at: now,
        ..sale.clone()
    }
}

/// A version as a sale is now.
pub(super) fn version(sale: &Sale, change: SaleChange, by: &str, reason: Option<String>) -> SaleVersion {
    SaleVersion {
        sale_id: sale.id,
        version: sale.version,
        business_id: sale.business_id,
        change,
        status: sale.status,
        external_version: sale.external_version.clone(),
        number: sale.number.clone(),
        date: sale.date,
        customer: sale.customer.clone(),
        revenue: sale.revenue,
        cost: sale.cost,
        short_quantity: sale.short_quantity,
        reason,
        run_id: sale.run_id,
        recorded_at: sale.versioned_at,
        recorded_by: by.to_owned(),
    }
}

fn count(lines: &[SaleLine], which: impl Fn(&SaleLine) -> bool) -> i64 {
    i64::try_from(lines.iter().filter(|line| which(line)).count()).unwrap_or(i64::MAX)
}

pub(super) fn too_large() -> Refusal {
    Refusal::new(ErrorCode::Validation, "The sale is too large to be kept exactly.")
        .help("Check quantities and prices for a misplaced point.")
}

//! The `Provider` trait for books in files: each operation is one piece of work on the folder, observed once.
//!
//! Rule: no state but configuration; every operation reads the files anew.

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use chrono::NaiveDate;

use super::{
    ENTRY,
    account::{self, Chart},
    company,
    config::Config,
    item,
    observe::{Log, Operation},
    post::Books,
    trouble::rejected,
};
use crate::{
    capability::Capability,
    clock::SystemClock,
    error::ProviderError,
    model::{
        AccountBalance, Collection, CompanyChoice, DocumentKind, JournalDraft, LedgerPage, LedgerWindow, Listing, Page,
        PageCursor, PostedDocument, RemoteAccount, RemoteCompany, RemoteItem, Report, Unusable,
    },
    provider::Provider,
    session::{CallObserver, Session},
    settings::ProviderSettings,
};

/// Before the id after which a page begins; the first page begins after nothing.
const AFTER: &str = "after:";

/// Books in files.
#[derive(Debug)]
struct BooksFile {
    config: Arc<Config>,
    log: Log,
    page_size: usize,
}

/// Makes the provider. Touches no file.
///
/// # Errors
/// `Misconfigured`, naming the setting.
pub(super) fn build(settings: &ProviderSettings) -> Result<Arc<dyn Provider>, ProviderError> {
    let log = Log { clock: Arc::new(SystemClock), body_bytes_max: settings.transport.log_body_bytes };
    let page_size = usize::try_from(ENTRY.capability.page_size_max).unwrap_or(usize::MAX);
    Ok(Arc::new(BooksFile { config: Arc::new(Config::of(settings)?), log, page_size }))
}

impl BooksFile {
    /// Does one piece of work for a session's company.
    async fn work<T: Send + 'static>(
        &self,
        operation: Operation,
        session: &Session,
        work: impl FnOnce(&Config, &str) -> Result<T, ProviderError> + Send + 'static,
        answer: impl FnOnce(&T) -> String + Send + 'static,
    ) -> Result<T, ProviderError> {
        let (config, company) = (self.config.clone(), session.company.clone());
        self.log.observed(operation, session.observer.clone(), move || work(&config, &company), answer).await
    }

    fn read(&self, name: &'static str, file: &str) -> Operation {
        Operation { name, write: false, path: self.path(file), request: None }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.config.directory.join(file)
    }

    fn only_journals(&self, kind: DocumentKind, operation: &'static str) -> Result<(), ProviderError> {
        if kind == DocumentKind::JournalEntry { Ok(()) } else { Err(self.unsupported(operation)) }
    }
}

#[async_trait]
impl Provider for BooksFile {
    fn id(&self) -> &'static str {
        ENTRY.id
    }

    fn name(&self) -> &'static str {
        ENTRY.name
    }

    fn capability(&self) -> &Capability {
        &ENTRY.capability
    }

    async fn configured_company(&self, observer: Arc<dyn CallObserver>) -> Result<CompanyChoice, ProviderError> {
        let (config, operation) = (self.config.clone(), self.read("company.configured", company::FILE));
        let company = self.log.observed(operation, observer, move || company::read(&config), debug).await?;
        Ok(CompanyChoice { external_id: company.remote.external_id, name: Some(company.remote.name) })
    }

    async fn company(&self, session: &Session) -> Result<RemoteCompany, ProviderError> {
        let operation = self.read("company.read", company::FILE);
        Ok(self.work(operation, session, company::read_for, debug).await?.remote)
    }

    async fn open_listing(
        &self,
        session: &Session,
        collection: Collection,
        resume: Option<&PageCursor>,
    ) -> Result<Listing, ProviderError> {
        let (name, file) = match collection {
            Collection::Items => ("item.count", item::FILE),
            Collection::Accounts => ("account.count", account::FILE),
            Collection::Suppliers => return Err(self.unsupported("suppliers.list")),
        };
        let first = resume.cloned().unwrap_or_else(|| PageCursor(AFTER.to_owned()));
        after(&first, name)?;
        let count = move |config: &Config, company: &str| {
            company::read_for(config, company)?;
            let (records, unusable) = match collection {
                Collection::Items => item::read(config).map(|(items, unusable)| (items.len(), unusable.len()))?,
                _ => Chart::read(config).map(|chart| (chart.accounts.len(), chart.unusable.len()))?,
            };
            Ok(u64::try_from(records + unusable).unwrap_or(u64::MAX))
        };
        let total = self.work(self.read(name, file), session, count, debug).await?;
        Ok(Listing { total: Some(total), cursors: vec![first] })
    }

    async fn items(&self, session: &Session, cursor: &PageCursor) -> Result<Page<RemoteItem>, ProviderError> {
        let (after, size) = (after(cursor, "item.list")?, self.page_size);
        let list = move |config: &Config, company: &str| {
            company::read_for(config, company)?;
            let (items, unusable) = item::read(config)?;
            Ok(page(items, unusable, &after, size, |item| &item.external_id))
        };
        self.work(self.read("item.list", item::FILE), session, list, summary).await
    }

    async fn accounts(&self, session: &Session, cursor: &PageCursor) -> Result<Page<RemoteAccount>, ProviderError> {
        let (after, size) = (after(cursor, "account.list")?, self.page_size);
        let list = move |config: &Config, company: &str| {
            company::read_for(config, company)?;
            let chart = Chart::read(config)?;
            let accounts = chart.accounts.into_iter().map(|account| account.remote).collect();
            Ok(page(accounts, chart.unusable, &after, size, |account: &RemoteAccount| &account.external_id))
        };
        self.work(self.read("account.list", account::FILE), session, list, summary).await
    }

    async fn post_journal(&self, session: &Session, draft: &JournalDraft) -> Result<PostedDocument, ProviderError> {
        if draft.as_draft {
            return Err(self.unsupported("journal.draft"));
        }
        let request = Some(format!("{draft:?}"));
        let operation = Operation { name: "journal.post", write: true, path: self.path("entries"), request };
        let draft = draft.clone();
        self.work(operation, session, move |config, company| Books::open(config, company)?.post(&draft), debug).await
    }

    async fn find_posted(
        &self,
        session: &Session,
        kind: DocumentKind,
        reference: &str,
        _date: NaiveDate,
    ) -> Result<Vec<PostedDocument>, ProviderError> {
        self.only_journals(kind, "document.find")?;
        let operation = Operation { request: Some(reference.to_owned()), ..self.read("journal.find", "entries") };
        let reference = reference.to_owned();
        self.work(operation, session, move |config, company| Books::open(config, company)?.find(&reference), debug)
            .await
    }

    async fn read_posted(
        &self,
        session: &Session,
        kind: DocumentKind,
        external_id: &str,
    ) -> Result<PostedDocument, ProviderError> {
        self.only_journals(kind, "document.read")?;
        let operation = Operation { request: Some(external_id.to_owned()), ..self.read("journal.read", "entries") };
        let id = external_id.to_owned();
        self.work(operation, session, move |config, company| Books::open(config, company)?.read(&id), debug).await
    }

    async fn account_balances(
        &self,
        session: &Session,
        as_of: Option<NaiveDate>,
    ) -> Result<Report<AccountBalance>, ProviderError> {
        let request = as_of.map(|day| day.to_string());
        let operation = Operation { request, ..self.read("report.balances", "entries") };
        self.work(operation, session, move |config, company| Books::open(config, company)?.balances(as_of), debug).await
    }

    /// All at once: the files are read whole for any of them, and a book of files is a small one.
    async fn ledger_lines(
        &self,
        session: &Session,
        window: &LedgerWindow,
        _: Option<&PageCursor>,
    ) -> Result<LedgerPage, ProviderError> {
        let operation = Operation { request: Some(format!("{window:?}")), ..self.read("ledger.lines", "entries") };
        let window = window.clone();
        let lines = move |config: &Config, company: &str| Books::open(config, company)?.lines(&window);
        Ok(LedgerPage { lines: self.work(operation, session, lines, debug).await?, next: None })
    }
}

fn debug<T: std::fmt::Debug>(value: &T) -> String {
    format!("{value:?}")
}

fn summary<T>(page: &Page<T>) -> String {
    format!("{} records, {} unusable rows", page.records.len(), page.unusable.len())
}

/// The id after which a page begins.
fn after(cursor: &PageCursor, operation: &'static str) -> Result<String, ProviderError> {
    cursor.0.strip_prefix(AFTER).map(str::to_owned).ok_or_else(|| {
        let text = format!("`{}` is no cursor of this provider; start the listing anew", cursor.0);
        ProviderError { operation, ..rejected(text) }
    })
}

/// The records after an id, in the order of ids; unusable rows come with the first page.
fn page<T>(
    mut records: Vec<T>,
    unusable: Vec<Unusable>,
    after: &str,
    size: usize,
    id: impl Fn(&T) -> &String,
) -> Page<T> {
    records.sort_by(|a, b| id(a).cmp(id(b)));
    records.retain(|record| after.is_empty() || id(record).as_str() > after);
    let more = records.len() > size;
    records.truncate(size);
    let next = records.last().filter(|_| more).map(|last| PageCursor(format!("{AFTER}{}", id(last))));
    Page { records, unusable: if after.is_empty() { unusable } else { Vec::new() }, next }
}

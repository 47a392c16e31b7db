//! Posting and reading entries: joins the pure parts to the folder.
//!
//! Rule: whether an entry is there is decided by its file alone, under the lock; a used reference never gets a second entry.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{
    account::Chart,
    company::{self, Company},
    config::Config,
    entry::{self, Posting, Transaction},
    folder::{EntryFile, Folder},
    parse, render,
    trouble::{closed, malformed, rejected},
};
use crate::{
    error::ProviderError,
    model::{
        AccountBalance, DocumentContent, DocumentKind, DocumentState, JournalDraft, LedgerLine, LedgerWindow,
        PostedDocument, RecordKind, Report, Side,
    },
};

/// The books of one company, opened for one operation.
#[derive(Debug)]
pub(super) struct Books<'a> {
    config: &'a Config,
    company: Company,
    chart: Chart,
}

impl<'a> Books<'a> {
    /// Reads company and accounts.
    ///
    /// # Errors
    /// What [`company::read_for`] or [`Chart::read`] says.
    pub(super) fn open(config: &'a Config, company: &str) -> Result<Self, ProviderError> {
        Ok(Self { config, company: company::read_for(config, company)?, chart: Chart::read(config)? })
    }

    fn folder(&self) -> Folder<'a> {
        Folder::of(self.config)
    }

    /// Posts an entry, or finds it posted.
    ///
    /// # Errors
    /// `Rejected`, `PeriodClosed`, or what the disk says.
    pub(super) fn post(&self, draft: &JournalDraft) -> Result<PostedDocument, ProviderError> {
        check(draft)?;
        let folder = self.folder();
        let lock = folder.lock()?;
        let id = entry::id_of(&draft.head.reference);
        let path = folder.path_of(&id);
        if path.symlink_metadata().is_ok() {
            return self.same(folder.entry(&id)?, draft);
        }
        self.open_at(draft.head.date)?;
        let transaction = self.transaction(draft)?;
        let main = render::main_file(self.config.syntax, &self.company.remote.name, &self.company.currency);
        let declared = render::declarations(self.config.syntax, &self.chart.ledger_names(), &self.company.currency);
        folder.prepare(&lock, &main, &declared)?;
        folder.put(&lock, &path, &render::entry(self.config.syntax, &transaction, &self.company.currency))?;
        self.document(folder.entry(&id)?)
    }

    /// The entry that has this reference already, if it is the one to be posted.
    fn same(&self, file: EntryFile, draft: &JournalDraft) -> Result<PostedDocument, ProviderError> {
        let place = file.path.display().to_string();
        let found = self.document(file)?;
        let content = DocumentContent::Journal { lines: draft.lines.clone() };
        let is_same = found.reference.as_deref() == Some(&draft.head.reference) && found.date == draft.head.date;
        if is_same && found.content == content {
            return Ok(found);
        }
        Err(rejected(format!("{place} has the reference `{}` and says something else", draft.head.reference)))
    }

    fn open_at(&self, date: NaiveDate) -> Result<(), ProviderError> {
        match self.company.remote.book_close_date {
            Some(last) if date <= last => {
                Err(closed(format!("the books are closed until {last}; see `books_closed_until` in {}", company::FILE)))
            }
            _ => Ok(()),
        }
    }

    fn transaction(&self, draft: &JournalDraft) -> Result<Transaction, ProviderError> {
        let posting = |line| Ok(Posting::of(line, self.chart.postable(&line.account)?));
        let head = &draft.head;
        Ok(Transaction {
            date: head.date,
            reference: Some(head.reference.clone()),
            request: Some(head.request_id.clone()),
            memo: Some(head.memo.clone()).filter(|memo| !memo.is_empty()),
            postings: draft.lines.iter().map(posting).collect::<Result<_, ProviderError>>()?,
        })
    }

    /// All entries with this reference.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub(super) fn find(&self, reference: &str) -> Result<Vec<PostedDocument>, ProviderError> {
        let mut found = Vec::new();
        for file in self.folder().entries()? {
            let transactions = self.transactions(&file)?;
            if transactions.iter().any(|transaction| transaction.reference.as_deref() == Some(reference)) {
                found.push(self.document(file)?);
            }
        }
        Ok(found)
    }

    /// One entry.
    ///
    /// # Errors
    /// `NotFound` when its file is gone.
    pub(super) fn read(&self, id: &str) -> Result<PostedDocument, ProviderError> {
        self.document(self.folder().entry(id)?)
    }

    /// Balances of all accounts that were ever posted to, of the entries until a day.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub(super) fn balances(&self, as_of: Option<NaiveDate>) -> Result<Report<AccountBalance>, ProviderError> {
        let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
        for file in self.folder().entries()? {
            for transaction in self.transactions(&file)? {
                if as_of.is_none_or(|day| transaction.date <= day) {
                    self.add(&file, &transaction, &mut sums)?;
                }
            }
        }
        let rows = sums.into_iter().map(|(account, balance)| AccountBalance { account, balance }).collect();
        Ok(Report { as_of, rows })
    }

    /// What hit accounts in a span of days, by day.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub(super) fn lines(&self, window: &LedgerWindow) -> Result<Vec<LedgerLine>, ProviderError> {
        let mut lines = Vec::new();
        for file in self.folder().entries()? {
            for transaction in self.transactions(&file)? {
                if !(window.from..=window.to).contains(&transaction.date) {
                    continue;
                }
                for posting in &transaction.postings {
                    let account = self.account_of(&file, posting)?;
                    if window.accounts.iter().any(|wanted| wanted == account) {
                        lines.push(line(&file.id, &transaction, account, posting.amount));
                    }
                }
            }
        }
        lines.sort_by_key(|line| line.date);
        Ok(lines)
    }

    fn add(
        &self,
        file: &EntryFile,
        transaction: &Transaction,
        sums: &mut BTreeMap<String, Decimal>,
    ) -> Result<(), ProviderError> {
        for posting in &transaction.postings {
            let sum = sums.entry(self.account_of(file, posting)?.to_owned()).or_default();
            *sum =
                sum.checked_add(posting.amount).ok_or_else(|| malformed("the balances are too large to be added"))?;
        }
        Ok(())
    }

    fn transactions(&self, file: &EntryFile) -> Result<Vec<Transaction>, ProviderError> {
        let name = file.path.display().to_string();
        parse::transactions(self.config.syntax, &name, &file.text, &self.company.currency)
    }

    fn document(&self, file: EntryFile) -> Result<PostedDocument, ProviderError> {
        let mut transactions = self.transactions(&file)?;
        let (Some(transaction), true) = (transactions.pop(), transactions.is_empty()) else {
            return Err(malformed(format!("{} must hold one transaction", file.path.display())));
        };
        let line = |posting: &Posting| Ok(posting.to_line(self.account_of(&file, posting)?));
        let lines = transaction.postings.iter().map(line).collect::<Result<_, ProviderError>>()?;
        Ok(PostedDocument {
            kind: DocumentKind::JournalEntry,
            version: None,
            reference: transaction.reference,
            state: DocumentState::Posted,
            date: transaction.date,
            memo: transaction.memo,
            content: DocumentContent::Journal { lines },
            updated_at: file.modified,
            external_id: file.id,
        })
    }

    fn account_of(&self, file: &EntryFile, posting: &Posting) -> Result<&str, ProviderError> {
        self.chart.id_of(&posting.account).ok_or_else(|| {
            let place = format!("{}, line {}, column 1", file.path.display(), posting.line);
            malformed(format!("{place}: `{}` is the name of no account in {}", posting.account, super::account::FILE))
        })
    }
}

fn line(id: &str, of: &Transaction, account: &str, amount: Decimal) -> LedgerLine {
    LedgerLine {
        account: account.to_owned(),
        kind: Some(RecordKind::Document(DocumentKind::JournalEntry)),
        label: "Journal entry".to_owned(),
        external_id: Some(id.to_owned()),
        number: of.reference.clone(),
        date: of.date,
        amount,
        item: None,
        quantity: None,
        memo: of.memo.clone(),
        made_by: None,
    }
}

/// What any books would refuse.
fn check(draft: &JournalDraft) -> Result<(), ProviderError> {
    if draft.head.reference.is_empty() || draft.head.request_id.is_empty() {
        return Err(rejected("an entry needs a reference and a request id"));
    }
    let has = |side| draft.lines.iter().any(|line| line.side == side);
    if !has(Side::Debit) || !has(Side::Credit) {
        return Err(rejected("an entry needs a line on each side"));
    }
    let mut sum = Decimal::ZERO;
    for (index, line) in draft.lines.iter().enumerate() {
        if line.amount <= Decimal::ZERO || !render::is_exact(line.amount) {
            return Err(rejected(format!("line {}: {} is no amount for the books", index + 1, line.amount)));
        }
        let signed = if line.side == Side::Debit { line.amount } else { -line.amount };
        sum = sum.checked_add(signed).ok_or_else(|| rejected("the amounts are too large to be added"))?;
    }
    if sum.is_zero() { Ok(()) } else { Err(rejected(format!("debits and credits differ by {sum}"))) }
}

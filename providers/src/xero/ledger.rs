//! Lines of accounts, from the documents that made them: manual journals, invoices, bills and credit notes (§3.3–§3.5).
//!
//! Rule: one page is one collection, read whole before anything of it is answered, so that a document that changes
//! meanwhile counts once, as it was read last. The journal feed itself needs a scope that is sold apart (§1.3); what is in
//! none of these collections (bank transactions, expense claims, payments, the cost that a tracked item takes out of stock)
//! is missing here, and the balance tells by how much.

use std::collections::{BTreeMap, HashSet};

use super::{
    convert::{self, Entry},
    error::malformed,
    lookup::Codes,
    page::{self, Rows},
    provider::Xero,
    request,
    walk::Place,
};
use crate::{
    error::{ErrorKind, ProviderError},
    model::{LedgerLine, LedgerPage, LedgerWindow, PageCursor, SalesDocumentKind},
    session::Session,
    transport::{Call, Reply},
};

const OPERATION: &str = "ledger.lines";

/// The collections, in the order of reading; each is a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Journals,
    Invoices,
    CreditNotes,
}

impl Source {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Journals, "journals"), (Self::Invoices, "invoices"), (Self::CreditNotes, "credit-notes")];

    fn parse(cursor: Option<&PageCursor>) -> Result<Self, ProviderError> {
        let Some(cursor) = cursor else { return Ok(Self::Journals) };
        let found = Self::ALL.iter().find(|(_, word)| *word == cursor.0).map(|(source, _)| *source);
        found.ok_or_else(|| {
            let text = format!("`{}` is no cursor of this provider; read the lines anew", cursor.0);
            ProviderError::new(ErrorKind::Rejected, OPERATION, text)
        })
    }

    fn next(self) -> Option<PageCursor> {
        let after = Self::ALL.iter().skip_while(|(source, _)| *source != self).nth(1);
        after.map(|(_, word)| PageCursor((*word).to_owned()))
    }
}

impl Xero {
    pub(super) async fn read_ledger(
        &self,
        session: &Session,
        window: &LedgerWindow,
        cursor: Option<&PageCursor>,
    ) -> Result<LedgerPage, ProviderError> {
        let source = Source::parse(cursor)?;
        let (api, span) = (&self.endpoints.api, (window.from, window.to));
        let entries = match source {
            Source::Journals => {
                let call = |place| request::journals_between(api, session, span, place);
                self.entries(call, |reply| page::read(reply, convert::journal_entry)).await?
            }
            Source::Invoices => {
                let call = |place| request::trades_between(api, session, SalesDocumentKind::Invoice, span, place);
                self.entries(call, |reply| page::read(reply, convert::trade_entry)).await?
            }
            Source::CreditNotes => {
                let call = |place| request::trades_between(api, session, SalesDocumentKind::CreditMemo, span, place);
                self.entries(call, |reply| page::read(reply, convert::trade_entry)).await?
            }
        };
        let coded = entries.iter().flat_map(|entry| &entry.lines).any(|line| line.code.is_some());
        let codes = if coded { self.account_codes(session).await? } else { Codes::default() };
        Ok(LedgerPage { lines: lines(entries, &codes, window), next: source.next() })
    }

    /// Every document of a collection once, as it was read last.
    async fn entries(
        &self,
        call: impl Fn(Place) -> Call + Send + Sync,
        read: impl Fn(&Reply) -> Result<Rows<Entry>, ProviderError> + Send + Sync + Copy + 'static,
    ) -> Result<Vec<Entry>, ProviderError> {
        let (mut place, mut entries) = (Place::since(None), BTreeMap::new());
        loop {
            let step = self.step(place, &call, read, |entry: &Entry| entry.updated_at).await?;
            for row in step.rows {
                let entry = row.map_err(|why| malformed(&format!("{} cannot be read: {}", why.label, why.detail)))?;
                entries.insert(entry.external_id.clone(), entry);
            }
            match step.next {
                Some(next) => place = next,
                None => return Ok(entries.into_values().collect()),
            }
        }
    }
}

/// The lines on the accounts that were asked for, by day.
fn lines(entries: Vec<Entry>, codes: &Codes, window: &LedgerWindow) -> Vec<LedgerLine> {
    let wanted: HashSet<&str> = window.accounts.iter().map(String::as_str).collect();
    let mut lines = Vec::new();
    for entry in entries {
        for line in entry.lines {
            let by_code = || line.code.as_deref().and_then(|code| codes.id_of(code));
            let Some(account) = line.account.clone().or_else(by_code) else { continue };
            if !wanted.contains(account.as_str()) {
                continue;
            }
            lines.push(LedgerLine {
                account,
                kind: entry.kind,
                label: entry.label.to_owned(),
                external_id: Some(entry.external_id.clone()),
                number: entry.number.clone(),
                date: entry.date,
                amount: line.amount,
                item: None,
                quantity: None,
                memo: line.memo,
                made_by: None,
            });
        }
    }
    lines.sort_by_key(|line| line.date);
    lines
}

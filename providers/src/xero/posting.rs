//! Manual journals: posting one, finding it again (§3.3, §2.2, §2.3).
//!
//! Rule: a journal is created once or not at all as far as is known; after an answer that tells neither, the caller
//! looks for the stamp. A journal that may carry it and cannot be read is an error, never "not found".

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Number, value::RawValue};

use super::{
    convert::{self, JournalRow, stamped},
    error::{check_element, check_id, malformed},
    page,
    provider::Xero,
    request,
    walk::{Place, Step},
    wire::{Envelope, ManualJournal, read},
};
use crate::{
    error::{ErrorKind, Outcome, ProviderError},
    model::{DocumentContent, JournalDraft, JournalLine, PostedDocument, Side},
    session::Session,
    transport::Reply,
};

const OPERATION: &str = "journal.create";

/// Characters kept of a text for people; the reference is silent about the service's own limit.
const TEXT_CHARS_MAX: usize = 1000;

/// Decimals of an amount (§2); more would be rounded line by line, and the sum no longer zero.
const AMOUNT_DECIMALS: u32 = 2;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    manual_journals: [NewJournal; 1],
}

/// A journal to be created (§3.3).
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct NewJournal {
    narration: String,
    date: String,
    status: &'static str,
    line_amount_types: &'static str,
    journal_lines: Vec<NewLine>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct NewLine {
    /// Debit positive, credit negative.
    line_amount: Number,
    /// The id, because a code can be edited (§3.2).
    #[serde(rename = "AccountID")]
    account_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

impl Xero {
    pub(super) async fn create_journal(
        &self,
        session: &Session,
        draft: &JournalDraft,
    ) -> Result<PostedDocument, ProviderError> {
        let call = request::create_journal(&self.endpoints.api, session, &draft.head.request_id, body(draft)?);
        let row = self.fetch(call, created).await?;
        // It is posted: that its accounts cannot be looked up makes it no less so.
        let document = self.with_accounts(session, row).await.map_err(|error| error.outcome(Outcome::Unknown))?;
        Ok(PostedDocument { reference: Some(draft.head.reference.clone()), ..document })
    }

    pub(super) async fn find_journals(
        &self,
        session: &Session,
        reference: &str,
        date: NaiveDate,
    ) -> Result<Vec<PostedDocument>, ProviderError> {
        let stamp = format!("[{reference}]");
        let (mut place, mut found) = (Place::since(None), Vec::<PostedDocument>::new());
        loop {
            let call = |place| request::journals(&self.endpoints.api, session, Some(date), place);
            let read = |reply: &_| page::read(reply, convert::journal);
            let Step { rows, next, .. } = self.step(place, call, read, |row| row.updated_at).await?;
            for row in rows {
                let row = match row {
                    Ok(row) if row.narration.contains(&stamp) => row,
                    Err(why) if why.label.contains(&stamp) => return Err(unreadable(&why.label, &why.detail)),
                    Ok(_) | Err(_) => continue,
                };
                let document = self.found(session, row).await?;
                found.retain(|known| known.external_id != document.external_id);
                found.push(PostedDocument { reference: Some(reference.to_owned()), ..document });
            }
            let Some(next) = next else { return Ok(found) };
            place = next;
        }
    }

    pub(super) async fn read_journal(
        &self,
        session: &Session,
        external_id: &str,
    ) -> Result<PostedDocument, ProviderError> {
        let call = request::journal(&self.endpoints.api, session, external_id);
        let asked = external_id.to_owned();
        let read = move |reply: &_| {
            let row = only(reply)?;
            check_id(&asked, &row.document.record.external_id).map(|()| row)
        };
        let row = self.fetch_record(call, read).await?;
        self.with_accounts(session, row).await
    }

    /// A list may leave lines out; then the journal is read by itself.
    async fn found(&self, session: &Session, row: JournalRow) -> Result<PostedDocument, ProviderError> {
        let DocumentContent::Journal { lines } = &row.document.record.content else {
            return Err(malformed("the journal is none"));
        };
        if lines.is_empty() {
            return self.read_journal(session, &row.document.record.external_id).await;
        }
        self.with_accounts(session, row).await
    }

    async fn with_accounts(&self, session: &Session, row: JournalRow) -> Result<PostedDocument, ProviderError> {
        let codes = self.account_codes_for(session, std::iter::once(&row)).await?;
        Ok(codes.journal(row.document))
    }
}

fn body(draft: &JournalDraft) -> Result<String, ProviderError> {
    let journal = NewJournal {
        narration: stamped(&draft.head.memo, &draft.head.reference, TEXT_CHARS_MAX),
        date: draft.head.date.to_string(),
        status: if draft.as_draft { "DRAFT" } else { "POSTED" },
        line_amount_types: "NoTax",
        journal_lines: draft.lines.iter().map(line).collect::<Result<_, _>>()?,
    };
    let body = serde_json::to_string(&Body { manual_journals: [journal] });
    body.map_err(|error| ProviderError::new(ErrorKind::Rejected, OPERATION, format!("the journal is no JSON: {error}")))
}

fn line(line: &JournalLine) -> Result<NewLine, ProviderError> {
    let refused = |what: &str| {
        let text = format!("amount {} for account {} {what}", line.amount, line.account);
        ProviderError::new(ErrorKind::Rejected, OPERATION, text)
    };
    if line.amount.normalize().scale() > AMOUNT_DECIMALS {
        return Err(refused("has more than two decimals; Xero keeps two"));
    }
    let signed = match line.side {
        Side::Debit => line.amount,
        Side::Credit => Decimal::ZERO - line.amount,
    };
    let line_amount = signed.to_string().parse().map_err(|_| refused("is no JSON number"))?;
    let cut = |text: &String| text.chars().take(TEXT_CHARS_MAX).collect::<String>();
    Ok(NewLine { line_amount, account_id: line.account.clone(), description: line.description.as_ref().map(cut) })
}

/// The one journal of the answer to its creation, unless something was wrong with it.
fn created(reply: &Reply) -> Result<JournalRow, ProviderError> {
    let answer: Envelope<'_, &RawValue> = read(reply)?;
    let element = answer.records.first().ok_or_else(|| malformed("the answer holds no journal"))?;
    let parsed = serde_json::from_str(element.get());
    check_element(&parsed.map_err(|error| malformed(&format!("the answer cannot be read: {error}")))?)?;
    only(reply)
}

fn only(reply: &Reply) -> Result<JournalRow, ProviderError> {
    let rows = page::read(reply, |row: &ManualJournal<'_>, place| convert::journal(row, place))?.rows;
    let row = rows.into_iter().next().ok_or_else(|| malformed("the answer holds no journal"))?;
    row.map_err(|why| unreadable(&why.label, &why.detail))
}

fn unreadable(label: &str, detail: &str) -> ProviderError {
    malformed(&format!("the journal `{label}` cannot be read: {detail}"))
}

//! Inventory adjustments (§9.3) and journal entries (§9.4): posted, found again by our reference, read back.
//!
//! Rule: every write carries a request id made of the draft's own, so a repeat posts nothing more (§3); what was posted
//! is found by its number, and by the stamp on its note should the number have been changed.

mod convert;
mod draft;
mod stamp;
mod wire;

use std::collections::HashSet;

use chrono::NaiveDate;
use futures::try_join;

pub(super) use self::{convert::document as convert, wire::Document};
use super::{
    entity::Entity,
    page::{self, Rows},
    provider::QuickBooks,
    reading::{record, unreadable},
    request::{self, quoted},
    walk::Step,
};
use crate::{
    error::{ErrorKind, ProviderError},
    model::{AdjustmentDraft, DocumentKind, DraftHead, JournalDraft, PostedDocument, Unusable},
    provider::Provider,
    session::Session,
    transport::Reply,
};

impl QuickBooks {
    pub(super) async fn new_adjustment(
        &self,
        session: &Session,
        draft: &AdjustmentDraft,
    ) -> Result<PostedDocument, ProviderError> {
        let body = draft::adjustment(draft)?;
        self.post(session, "adjustment.post", DocumentKind::InventoryAdjustment, &draft.head, body).await
    }

    /// A company of several currencies wants to be told which (§9.4), so its settings are read first.
    pub(super) async fn new_journal(
        &self,
        session: &Session,
        draft: &JournalDraft,
    ) -> Result<PostedDocument, ProviderError> {
        if draft.as_draft {
            return Err(self.unsupported("journal.draft"));
        }
        draft::journal(draft, None)?;
        let settings = self.settings(session).await?;
        let body = draft::journal(draft, settings.currency_to_name())?;
        self.post(session, "journal.post", DocumentKind::JournalEntry, &draft.head, body).await
    }

    async fn post(
        &self,
        session: &Session,
        operation: &'static str,
        kind: DocumentKind,
        head: &DraftHead,
        body: String,
    ) -> Result<PostedDocument, ProviderError> {
        let request_id = draft::request_id(head);
        let entity = Entity::of_document(kind);
        let call = request::create(&self.api, session, operation, entity, &request_id, body);
        let posted = self.fetch(call, move |reply| record(reply, |raw| page::alone(raw, 1, reader(kind)))).await;
        posted.map_err(|error| match error.kind {
            // Of a write, code 610 means something that the draft names: inactive or gone (§5).
            ErrorKind::NotFound => ProviderError { kind: ErrorKind::Rejected, ..error },
            _ => error,
        })
    }

    /// Documents with our reference: by number, and among those of the draft's day by stamp. Where QuickBooks does not
    /// let adjustments be asked for like that (§6), all of them are looked through.
    pub(super) async fn posted_with(
        &self,
        session: &Session,
        kind: DocumentKind,
        reference: &str,
        date: NaiveDate,
    ) -> Result<Vec<PostedDocument>, ProviderError> {
        let by_number = [format!("DocNumber = {}", quoted(reference))];
        let by_day = [format!("TxnDate = '{date}'")];
        let entity = Entity::of_document(kind);
        let read = move |reply: &Reply| read_page(reply, kind);
        let both = async {
            let (mut found, of_day) = try_join!(
                self.all(session, entity, &by_number, Step::default(), read),
                self.all(session, entity, &by_day, Step::default(), read)
            )?;
            found.0.extend(of_day.0);
            found.1.extend(of_day.1);
            Ok(found)
        };
        let (documents, unusable) = match both.await {
            Err(error) if cannot_be_asked(&error) => self.all(session, entity, &[], Step::by_id(), read).await?,
            other => other?,
        };
        carrying(documents, &unusable, reference)
    }

    pub(super) async fn one_posted(
        &self,
        session: &Session,
        kind: DocumentKind,
        id: &str,
    ) -> Result<PostedDocument, ProviderError> {
        self.one(session, Entity::of_document(kind), id, move |raw| page::alone(raw, 1, reader(kind))).await
    }
}

fn reader(kind: DocumentKind) -> impl Fn(&Document<'_>, usize) -> Result<PostedDocument, Unusable> + Copy {
    move |wire: &Document<'_>, place| convert(wire, kind, place)
}

/// A page of documents of one kind.
pub(super) fn read_page(reply: &Reply, kind: DocumentKind) -> Result<Rows<PostedDocument>, ProviderError> {
    page::read(reply, reader(kind))
}

/// A property that cannot be asked for, or a query that cannot be made (§5: 4000 to 4002).
fn cannot_be_asked(error: &ProviderError) -> bool {
    matches!(error.code.as_deref(), Some("4000" | "4001" | "4002"))
}

/// Those that carry the reference, each once. One that carries it and cannot be read is an error: leaving it out would
/// say that nothing was posted.
fn carrying(
    documents: Vec<PostedDocument>,
    unusable: &[Unusable],
    reference: &str,
) -> Result<Vec<PostedDocument>, ProviderError> {
    if let Some(ours) = unusable.iter().find(|document| document.label == reference) {
        return Err(ProviderError { operation: "document.find", ..unreadable(ours) });
    }
    let mut known = HashSet::new();
    let ours = documents.into_iter().filter(|document| document.reference.as_deref() == Some(reference));
    Ok(ours.filter(|document| known.insert(document.external_id.clone())).collect())
}

//! Sales documents: invoices, then credit notes, each walked by time (see [`super::walk`]).
//!
//! Rule: a page costs one call for its documents, and one for the items where lines name them by code alone; what the
//! company's own currency is, is asked once and travels in the cursor.

use super::{
    convert::{self, Coded, SaleRow, What},
    error::{check_id, malformed, not_found},
    lookup::Codes,
    page,
    provider::Xero,
    reading::{paged, strange},
    request,
    walk::{Place, Step},
    wire,
};
use crate::{
    error::{ErrorKind, ProviderError},
    model::{Listing, Page, PageCursor, RemoteSale, SaleRef, SalesDocumentKind, SalesWindow},
    provider::Provider,
    session::Session,
};

const OPERATION: &str = "sales.list";

/// Where a page of a window begins.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SalesCursor {
    kind: SalesDocumentKind,
    /// The company's own currency, where it is known.
    currency: Option<String>,
    place: Place,
}

impl Xero {
    pub(super) async fn open_sales_window(
        &self,
        session: &Session,
        window: &SalesWindow,
        resume: Option<&PageCursor>,
    ) -> Result<Listing, ProviderError> {
        let kinds = self.kinds_of(window)?;
        let cursor = match resume {
            Some(cursor) => SalesCursor::parse(cursor, &kinds)?.text(),
            None => {
                let currency = self.organisation(session).await?.currency;
                let first = kinds.first().copied();
                let kind = first.ok_or_else(|| {
                    ProviderError::new(ErrorKind::Rejected, OPERATION, "the window names no kind of document")
                })?;
                SalesCursor { kind, currency, place: Place::since(window.changed_since) }.text()
            }
        };
        Ok(Listing { total: None, cursors: vec![cursor] })
    }

    pub(super) async fn list_sales(
        &self,
        session: &Session,
        window: &SalesWindow,
        cursor: &PageCursor,
    ) -> Result<Page<RemoteSale>, ProviderError> {
        let kinds = self.kinds_of(window)?;
        let at = SalesCursor::parse(cursor, &kinds)?;
        let kind = at.kind;
        let call = |place| request::sales(&self.endpoints.api, session, kind, Some(window.from), place, false);
        let read = move |reply: &_| page::read(reply, |row: &wire::Sale<'_>, place| convert::sale(row, place, kind));
        let Step { rows, next, .. } = self.step(at.place, call, read, |row: &SaleRow| row.updated_at).await?;
        let next = next.map_or_else(|| at.next_kind(&kinds, window), |place| Some(at.with(kind, place)));
        let codes = self.item_codes_for(session, rows.iter().flatten()).await?;
        let sales =
            rows.into_iter().filter_map(|row| row.map(|row| settled(row, &codes, at.currency.as_deref())).transpose());
        Ok(paged(sales, next.map(|cursor| cursor.text())))
    }

    pub(super) async fn read_sale(&self, session: &Session, sale: &SaleRef) -> Result<RemoteSale, ProviderError> {
        let kind = sale.kind;
        if !self.capability().sales_documents.contains(&kind) {
            return Err(self.unsupported("sales.read"));
        }
        let call = request::sale(&self.endpoints.api, session, kind, &sale.external_id);
        let asked = sale.external_id.clone();
        let read = move |reply: &_| {
            let rows = page::read(reply, |row: &wire::Sale<'_>, place| convert::sale(row, place, kind))?.rows;
            let row = rows.into_iter().next().ok_or_else(|| malformed("the answer holds no document"))?;
            let row = row.map_err(|why| malformed(&format!("the document {}: {}", why.label, why.detail)))?;
            check_id(&asked, &row.external_id)?;
            standing(row)
        };
        let coded = self.fetch_record(call, read).await?;
        let currency = self.organisation(session).await?.currency;
        let codes = if coded.codes.is_empty() { Codes::default() } else { self.item_codes(session).await? };
        Ok(at_home(codes.sale(coded), currency.as_deref()))
    }

    /// Ids of items, where a document names one by its code alone.
    pub(super) async fn item_codes_for(
        &self,
        session: &Session,
        mut rows: impl Iterator<Item = &SaleRow>,
    ) -> Result<Codes, ProviderError> {
        let coded = rows.any(|row| matches!(&row.what, What::Sale(sale) if !sale.codes.is_empty()));
        if coded { self.item_codes(session).await } else { Ok(Codes::default()) }
    }

    /// The kinds of a window, each once.
    fn kinds_of(&self, window: &SalesWindow) -> Result<Vec<SalesDocumentKind>, ProviderError> {
        let mut kinds: Vec<SalesDocumentKind> = Vec::new();
        for &kind in &window.kinds {
            if !self.capability().sales_documents.contains(&kind) {
                return Err(self.unsupported(OPERATION));
            }
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        Ok(kinds)
    }
}

/// A document with the ids of its items; nothing for what is no sale (any more).
pub(super) fn settled(row: SaleRow, codes: &Codes, currency: Option<&str>) -> Option<RemoteSale> {
    match row.what {
        What::Sale(coded) => Some(at_home(codes.sale(*coded), currency)),
        What::Deleted | What::Purchase => None,
    }
}

/// A document in the company's own currency names none.
fn at_home(sale: RemoteSale, currency: Option<&str>) -> RemoteSale {
    let own = sale.currency.is_none() || sale.currency.as_deref() == currency;
    if own { RemoteSale { currency: None, rate: None, ..sale } } else { sale }
}

/// One document that was asked for by its id.
fn standing(row: SaleRow) -> Result<Coded<RemoteSale, usize>, ProviderError> {
    match row.what {
        What::Sale(coded) => Ok(*coded),
        What::Deleted => Err(not_found("the document was deleted at Xero")),
        What::Purchase => Err(not_found("the document is a purchase, no sale")),
    }
}

impl SalesCursor {
    /// Kind, currency, place.
    fn text(&self) -> PageCursor {
        let kind = if self.kind == SalesDocumentKind::Invoice { "invoice" } else { "creditnote" };
        PageCursor(format!("{kind}/{}/{}", self.currency.as_deref().unwrap_or_default(), self.place.text()))
    }

    fn parse(cursor: &PageCursor, kinds: &[SalesDocumentKind]) -> Result<Self, ProviderError> {
        let read = |text: &str| {
            let (kind, rest) = text.split_once('/')?;
            let (currency, place) = rest.split_once('/')?;
            let kind = match kind {
                "invoice" => SalesDocumentKind::Invoice,
                "creditnote" => SalesDocumentKind::CreditMemo,
                _ => return None,
            };
            let currency = Some(currency.to_owned()).filter(|code| !code.is_empty());
            Some(Self { kind, currency, place: Place::parse(place)? })
        };
        read(&cursor.0).filter(|read| kinds.contains(&read.kind)).ok_or_else(|| strange(cursor, OPERATION))
    }

    fn with(&self, kind: SalesDocumentKind, place: Place) -> Self {
        Self { kind, place, currency: self.currency.clone() }
    }

    /// The first page of the kind after this one.
    fn next_kind(&self, kinds: &[SalesDocumentKind], window: &SalesWindow) -> Option<Self> {
        let position = kinds.iter().position(|kind| *kind == self.kind)?;
        let next = kinds.get(position + 1)?;
        Some(self.with(*next, Place::since(window.changed_since)))
    }
}

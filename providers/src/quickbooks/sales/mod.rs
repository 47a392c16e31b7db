//! Sales documents (§9.5): listed kind after kind, each in the order of its last change, and read one by one.
//!
//! Rule: a listing leaves no document out ([`super::walk`]); a cursor is the kind's name and the step of its walk.

mod convert;
mod expand;
mod settle;
mod wire;

use chrono::NaiveDate;
use futures::future::try_join_all;

pub(super) use self::{convert::sale as convert, wire::Sale};
use super::{
    entity::{Entity, Shape},
    page::{self, Rows},
    provider::{QuickBooks, read_count},
    request,
    walk::{self, Step},
};
use crate::{
    error::{ErrorKind, ProviderError},
    model::{Listing, Page, PageCursor, RemoteSale, SaleRef, SalesDocumentKind, SalesWindow},
    session::Session,
    transport::Reply,
};

impl QuickBooks {
    /// Counts what the window holds; there is one cursor at a time, since only a page tells where the next one begins.
    pub(super) async fn sales_listing(
        &self,
        session: &Session,
        window: &SalesWindow,
        resume: Option<&PageCursor>,
    ) -> Result<Listing, ProviderError> {
        let first = match resume {
            Some(cursor) => At::read(window, cursor)?,
            None => At::first(window)?,
        };
        let counts = distinct(window).into_iter().map(|kind| self.sales_count(session, window, kind));
        let total = try_join_all(counts).await?.into_iter().sum();
        Ok(Listing { total: Some(total), cursors: vec![first.cursor()] })
    }

    async fn sales_count(
        &self,
        session: &Session,
        window: &SalesWindow,
        kind: SalesDocumentKind,
    ) -> Result<u64, ProviderError> {
        let entity = Entity::of_sale(kind);
        let changed = window.changed_since.map(|moment| {
            format!("MetaData.LastUpdatedTime >= '{}'", moment.to_rfc3339_opts(chrono::SecondsFormat::Secs, false))
        });
        let conditions = walk::filter(entity, [dated(window.from)].into_iter().chain(changed));
        let statement = format!("SELECT COUNT(*) FROM {}{conditions}", entity.name());
        let call = request::statement(&self.api, session, entity.count(), &statement);
        self.fetch(call, read_count).await
    }

    /// One page.
    pub(super) async fn sales_page(
        &self,
        session: &Session,
        window: &SalesWindow,
        cursor: &PageCursor,
    ) -> Result<Page<RemoteSale>, ProviderError> {
        let at = At::read(window, cursor)?;
        let conditions = [dated(window.from)];
        let stride = self
            .step(session, Entity::of_sale(at.kind), &conditions, &at.step, move |reply| read_page(reply, at.kind))
            .await?;
        let next = match stride.next {
            Some(step) => Some(At { step, ..at }),
            None => At::after(window, at.kind),
        };
        Ok(Page { records: stride.rows.records, unusable: stride.rows.unusable, next: next.map(|at| at.cursor()) })
    }

    /// One document.
    pub(super) async fn one_sale(&self, session: &Session, sale: &SaleRef) -> Result<RemoteSale, ProviderError> {
        let kind = sale.kind;
        let convert = move |wire: &Sale<'_>, place| convert(wire, kind, place);
        self.one(session, Entity::of_sale(kind), &sale.external_id, move |raw| page::alone(raw, 1, convert)).await
    }
}

/// The kinds asked for, each once.
fn distinct(window: &SalesWindow) -> Vec<SalesDocumentKind> {
    let mut kinds = Vec::new();
    for kind in &window.kinds {
        if !kinds.contains(kind) {
            kinds.push(*kind);
        }
    }
    kinds
}

fn dated(from: NaiveDate) -> String {
    format!("TxnDate >= '{from}'")
}

/// A page of documents of one kind.
pub(super) fn read_page(reply: &Reply, kind: SalesDocumentKind) -> Result<Rows<RemoteSale>, ProviderError> {
    page::read(reply, |wire: &Sale<'_>, place| convert(wire, kind, place))
}

/// Where a listing of several kinds stands.
#[derive(Debug, Clone)]
struct At {
    kind: SalesDocumentKind,
    step: Step,
}

impl At {
    fn first(window: &SalesWindow) -> Result<Self, ProviderError> {
        let kind = window.kinds.first().ok_or_else(|| refused("no kind of sales document was asked for"))?;
        Ok(Self::begin(window, *kind))
    }

    fn begin(window: &SalesWindow, kind: SalesDocumentKind) -> Self {
        Self { kind, step: Step::since(window.changed_since) }
    }

    /// The beginning of the kind after this one.
    fn after(window: &SalesWindow, kind: SalesDocumentKind) -> Option<Self> {
        let kinds = distinct(window);
        let place = kinds.iter().position(|asked| *asked == kind)?;
        kinds.get(place + 1).map(|kind| Self::begin(window, *kind))
    }

    fn cursor(&self) -> PageCursor {
        PageCursor(format!("{} {}", Entity::of_sale(self.kind).name(), self.step))
    }

    fn read(window: &SalesWindow, cursor: &PageCursor) -> Result<Self, ProviderError> {
        let foreign = || refused(&format!("`{}` is no cursor of this listing; start it anew", cursor.0));
        let (name, step) = cursor.0.split_once(' ').ok_or_else(foreign)?;
        let Some(Shape::Sale(kind)) = Entity::named(name).map(Entity::shape) else { return Err(foreign()) };
        if !window.kinds.contains(&kind) {
            return Err(foreign());
        }
        Ok(Self { kind, step: Step::parse(step).ok_or_else(foreign)? })
    }
}

fn refused(text: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Rejected, "sales.list", text)
}

//! Sales documents (§9.5): listed kind after kind, each in the order of its last change, and read one by one.
//!
//! Rule: a listing leaves no document out ([`super::walk`]); a cursor is the kind's name, the company's own currency and
//! the step of the kind's walk.

mod convert;
mod expand;
mod settle;
mod wire;

use chrono::NaiveDate;
use futures::{future::try_join_all, try_join};
use serde_json::value::RawValue;

pub(super) use self::{convert::sale as convert, wire::Sale};
use super::{
    convert::CompanySettings,
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
            None => At::first(window, None)?,
        };
        let counts = distinct(window).into_iter().map(|kind| self.sales_count(session, window, kind));
        let home = async {
            match (resume, &first.home) {
                (Some(_), home) => Ok(home.clone()),
                (None, _) => self.settings(session).await.map(CompanySettings::home_currency),
            }
        };
        let (counts, home) = try_join!(try_join_all(counts), home)?;
        Ok(Listing { total: Some(counts.into_iter().sum()), cursors: vec![At { home, ..first }.cursor()] })
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
        let home = at.home.as_deref();
        let rows = stride.rows.map(|sale| at_home(sale, home));
        let next = match stride.next {
            Some(step) => Some(At { step, ..at }),
            None => at.after(window),
        };
        Ok(Page { records: rows.records, unusable: rows.unusable, next: next.map(|at| at.cursor()) })
    }

    /// One document.
    pub(super) async fn one_sale(&self, session: &Session, sale: &SaleRef) -> Result<RemoteSale, ProviderError> {
        let kind = sale.kind;
        let convert = move |wire: &Sale<'_>, place| convert(wire, kind, place);
        let read = move |raw: &RawValue| page::alone(raw, 1, convert);
        let sale = self.one(session, Entity::of_sale(kind), &sale.external_id, read).await?;
        if sale.currency.is_none() {
            return Ok(sale);
        }
        let home = self.settings(session).await?.home_currency();
        Ok(at_home(sale, home.as_deref()))
    }
}

/// A document in the company's own currency names none. QuickBooks names it on every document (§9.5), and what it is
/// only in the settings, which are therefore read once for a listing.
pub(super) fn at_home(sale: RemoteSale, home: Option<&str>) -> RemoteSale {
    if sale.currency.as_deref() == home { RemoteSale { currency: None, rate: None, ..sale } } else { sale }
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
    /// The company's own currency, where it is known.
    home: Option<String>,
    step: Step,
}

impl At {
    fn first(window: &SalesWindow, home: Option<String>) -> Result<Self, ProviderError> {
        let kind = window.kinds.first().ok_or_else(|| refused("no kind of sales document was asked for"))?;
        Ok(Self { kind: *kind, home, step: Step::since(window.changed_since) })
    }

    /// The beginning of the kind after this one.
    fn after(self, window: &SalesWindow) -> Option<Self> {
        let kinds = distinct(window);
        let place = kinds.iter().position(|asked| *asked == self.kind)?;
        kinds.get(place + 1).map(|kind| Self { kind: *kind, step: Step::since(window.changed_since), ..self })
    }

    fn cursor(&self) -> PageCursor {
        let home = self.home.as_deref().unwrap_or("-");
        PageCursor(format!("{} {home} {}", Entity::of_sale(self.kind).name(), self.step))
    }

    fn read(window: &SalesWindow, cursor: &PageCursor) -> Result<Self, ProviderError> {
        let foreign = || refused(&format!("`{}` is no cursor of this listing; start it anew", cursor.0));
        let mut words = cursor.0.splitn(3, ' ');
        let (Some(name), Some(home), Some(step)) = (words.next(), words.next(), words.next()) else {
            return Err(foreign());
        };
        let Some(Shape::Sale(kind)) = Entity::named(name).map(Entity::shape) else { return Err(foreign()) };
        if !window.kinds.contains(&kind) {
            return Err(foreign());
        }
        let home = (home != "-").then(|| home.to_owned());
        Ok(Self { kind, home, step: Step::parse(step).ok_or_else(foreign)? })
    }
}

fn refused(text: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Rejected, "sales.list", text)
}

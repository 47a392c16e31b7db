//! The company, its collections and its reports.
//!
//! Rule: what the service gives whole (items, accounts: §2.1) is one page; contacts are walked (see [`super::walk`]).

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    convert::{self, OrganisationFacts, ReportAnswer},
    error::malformed,
    lookup::Codes,
    page::{self, Rows},
    provider::Xero,
    request,
    walk::Place,
    wire::{Account, Currency, Envelope, Item, Organisation, read},
};
use crate::{
    error::{ErrorKind, ProviderError},
    model::{
        AccountBalance, Collection, ItemValuation, Listing, Page, PageCursor, RemoteAccount, RemoteCompany, RemoteItem,
        RemoteSupplier, Report, Unusable,
    },
    session::Session,
    transport::Reply,
};

/// The only page of a collection that is given whole.
const WHOLE: &str = "all";

/// Rows, and when they were asked for.
type Dated<T> = (Vec<Result<T, Unusable>>, DateTime<Utc>);

impl Xero {
    pub(super) async fn read_company(&self, session: &Session) -> Result<RemoteCompany, ProviderError> {
        let currencies = self.fetch(request::currencies(&self.endpoints.api, session), |reply| {
            Ok(convert::currencies(&read::<Envelope<'_, Currency<'_>>>(reply)?.records))
        });
        let (facts, currencies) = futures::try_join!(self.organisation(session), currencies)?;
        Ok(convert::company(&session.company, facts, &currencies))
    }

    /// The organisation's own data.
    pub(super) async fn organisation(&self, session: &Session) -> Result<OrganisationFacts, ProviderError> {
        self.fetch(request::organisation(&self.endpoints.api, session), read_organisation).await
    }

    /// Every collection is read one page after the other: only a page knows where the next begins.
    pub(super) fn open_collection(
        &self,
        collection: Collection,
        resume: Option<&PageCursor>,
    ) -> Result<Listing, ProviderError> {
        let cursor = match (resume, collection) {
            (Some(cursor), Collection::Suppliers) => PageCursor(place_of(cursor, "contact.list")?.text()),
            (Some(cursor), Collection::Items | Collection::Accounts) => whole(cursor, "listing.open")?.clone(),
            (None, Collection::Suppliers) => PageCursor(Place::since(None).text()),
            (None, Collection::Items | Collection::Accounts) => PageCursor(WHOLE.to_owned()),
        };
        Ok(Listing { total: None, cursors: vec![cursor] })
    }

    pub(super) async fn list_items(
        &self,
        session: &Session,
        cursor: &PageCursor,
    ) -> Result<Page<RemoteItem>, ProviderError> {
        whole(cursor, "item.list")?;
        let (rows, _) = self.read_items(session, None).await?;
        Ok(paged(rows, None))
    }

    /// Items with the ids of their accounts, and when they were asked for. The accounts are read only when an item names
    /// one.
    pub(super) async fn read_items(
        &self,
        session: &Session,
        since: Option<DateTime<Utc>>,
    ) -> Result<Dated<RemoteItem>, ProviderError> {
        let call = request::items(&self.endpoints.api, session, since);
        let (Rows { rows, .. }, asked_at) = self.asked(call, |reply| page::read(reply, convert::item)).await?;
        let codes = match rows.iter().flatten().any(|item| !item.codes.is_empty()) {
            true => self.account_codes(session).await?,
            false => Codes::default(),
        };
        Ok((rows.into_iter().map(|row| row.map(|item| codes.item(item))).collect(), asked_at))
    }

    pub(super) async fn list_accounts(
        &self,
        session: &Session,
        cursor: &PageCursor,
    ) -> Result<Page<RemoteAccount>, ProviderError> {
        whole(cursor, "account.list")?;
        let call = request::accounts(&self.endpoints.api, session, None);
        let Rows { rows, .. } = self.fetch(call, |reply| page::read(reply, convert::account)).await?;
        Ok(paged(rows.into_iter().filter_map(|row| row.map(|listed| listed.record).transpose()), None))
    }

    /// All contacts are read, and those that only buy are left out here: the service's filter is by expression, which it
    /// warns against for large lists, and a supplier without a bill yet is marked as neither.
    pub(super) async fn list_suppliers(
        &self,
        session: &Session,
        cursor: &PageCursor,
    ) -> Result<Page<RemoteSupplier>, ProviderError> {
        let place = place_of(cursor, "contact.list")?;
        let call = |place| request::contacts(&self.endpoints.api, session, place);
        let read = |reply: &_| page::read(reply, convert::supplier);
        let step = self.step(place, call, read, |listed| listed.updated_at).await?;
        let next = step.next.map(|place| PageCursor(place.text()));
        Ok(paged(step.rows.into_iter().filter_map(|row| row.map(|listed| listed.record).transpose()), next))
    }

    /// Ids of accounts by their codes.
    pub(super) async fn account_codes(&self, session: &Session) -> Result<Codes, ProviderError> {
        let call = request::accounts(&self.endpoints.api, session, None);
        self.fetch(call, |reply| Ok(Codes::of_accounts(&read::<Envelope<'_, Account<'_>>>(reply)?.records))).await
    }

    /// Ids of items by their codes.
    pub(super) async fn item_codes(&self, session: &Session) -> Result<Codes, ProviderError> {
        let call = request::items(&self.endpoints.api, session, None);
        self.fetch(call, |reply| Ok(Codes::of_items(&read::<Envelope<'_, Item<'_>>>(reply)?.records))).await
    }

    pub(super) async fn read_balances(
        &self,
        session: &Session,
        as_of: Option<NaiveDate>,
    ) -> Result<Report<AccountBalance>, ProviderError> {
        let call = request::trial_balance(&self.endpoints.api, session, as_of);
        self.fetch(call, move |reply| convert::trial_balance(&read::<ReportAnswer<'_>>(reply)?, as_of)).await
    }

    /// Of all items or of none: a value left out would read as zero.
    pub(super) async fn read_valuation(&self, session: &Session) -> Result<Report<ItemValuation>, ProviderError> {
        let call = request::items(&self.endpoints.api, session, None);
        let Rows { rows, .. } = self.fetch(call, |reply| page::read(reply, convert::valuation)).await?;
        let rows = rows.into_iter().filter_map(Result::transpose).collect::<Result<Vec<_>, _>>();
        let unusable = |why: Unusable| {
            let text = format!("the value of item {} cannot be read: {}", why.label, why.detail);
            ProviderError::new(ErrorKind::Malformed, "item.list", text)
        };
        Ok(Report { as_of: None, rows: rows.map_err(unusable)? })
    }
}

fn read_organisation(reply: &Reply) -> Result<OrganisationFacts, ProviderError> {
    let answer: Envelope<'_, Organisation<'_>> = read(reply)?;
    answer.records.first().ok_or_else(|| malformed("the answer holds no organisation"))?.try_into()
}

/// A page of records and of those that cannot be used.
pub(super) fn paged<T>(rows: impl IntoIterator<Item = Result<T, Unusable>>, next: Option<PageCursor>) -> Page<T> {
    let mut page = Page { records: Vec::new(), unusable: Vec::new(), next };
    for row in rows {
        match row {
            Ok(record) => page.records.push(record),
            Err(unusable) => page.unusable.push(unusable),
        }
    }
    page
}

/// A cursor that is none of ours.
pub(super) fn strange(cursor: &PageCursor, operation: &'static str) -> ProviderError {
    let text = format!("`{}` is no cursor of this provider; start the listing anew", cursor.0);
    ProviderError::new(ErrorKind::Rejected, operation, text)
}

fn whole<'a>(cursor: &'a PageCursor, operation: &'static str) -> Result<&'a PageCursor, ProviderError> {
    if cursor.0 == WHOLE { Ok(cursor) } else { Err(strange(cursor, operation)) }
}

fn place_of(cursor: &PageCursor, operation: &'static str) -> Result<Place, ProviderError> {
    Place::parse(&cursor.0).ok_or_else(|| strange(cursor, operation))
}

//! Inputs and payloads of sales.

use async_graphql::{Enum, ID, InputObject, Result, SimpleObject};
use domain::sales::{ChannelChange, Fix, IssueFilter, NewSale, NewSaleLine, SaleFilter as DomainFilter};

use super::{
    issue::SaleIssue,
    types::{Sale, SalesChannel},
    words::{SaleIssueState, SaleStatus, SalesDocumentType},
};
use crate::graphql::{
    input::{Read, quantity, row_path, unit_cost},
    paging::{id, optional_id},
    refusal::UserError,
    scalars::{Date, Decimal},
    sync::{SyncLock, SyncRun},
};

/// Lines of one sale that are read.
const LINES_MAX: usize = 1_000;

/// Which sales to sync: name the integration or its channel.
#[derive(Debug, InputObject)]
pub struct SyncSalesInput {
    /// The integration.
    pub(super) integration_id: Option<ID>,
    /// Its sales channel.
    pub(super) channel_id: Option<ID>,
    /// Read the whole listing again and look for documents that are gone, also where the change feed would do.
    #[graphql(default = false)]
    pub(super) full: bool,
    /// Same key and same input: the same run again, nothing new is started. 1 to 128 characters.
    pub(super) idempotency_key: Option<String>,
}

/// The started run.
#[derive(Debug, SimpleObject)]
pub struct SyncSalesPayload {
    /// The run to follow; null when refused.
    pub(super) run: Option<SyncRun>,
    /// With SYNC_LOCKED: who holds the lock.
    pub(super) lock: Option<SyncLock>,
    /// Why it was refused; nothing was started then.
    pub(super) user_errors: Vec<UserError>,
}

/// A channel to make or change. What is left out stays as it is.
#[derive(Debug, InputObject)]
pub struct SaveSalesChannelInput {
    /// The channel to change; leave it out to make one.
    pub(super) id: Option<ID>,
    /// The integration of a new channel.
    pub(super) integration_id: Option<ID>,
    /// Name; a new one is called as its company. 1 to 200 characters.
    pub(super) name: Option<String>,
    /// The earliest date of a document that is read; a new channel begins today.
    pub(super) initial_date: Option<Date>,
    /// Whether sales are read from it.
    pub(super) active: Option<bool>,
}

impl SaveSalesChannelInput {
    pub(super) fn read(self) -> Result<ChannelChange> {
        Ok(ChannelChange {
            id: optional_id(self.id.as_ref())?,
            integration: optional_id(self.integration_id.as_ref())?,
            name: self.name,
            initial_date: self.initial_date.map(|day| day.0),
            active: self.active,
        })
    }
}

/// The channel.
#[derive(Debug, SimpleObject)]
pub struct SaveSalesChannelPayload {
    /// The channel; null when refused.
    pub(super) channel: Option<SalesChannel>,
    /// Why it was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// A sale to record by hand.
#[derive(Debug, InputObject)]
pub struct RecordSaleInput {
    /// Date; today if left out.
    pub(super) date: Option<Date>,
    /// Number or reference.
    pub(super) reference: Option<String>,
    /// Who bought.
    pub(super) customer: Option<String>,
    /// Notes.
    pub(super) notes: Option<String>,
    /// Lines, 1 to 1,000.
    pub(super) lines: Vec<RecordSaleLineInput>,
    /// Same key and same input: the first answer again, nothing is recorded. 1 to 128 characters.
    pub(super) idempotency_key: Option<String>,
}

/// A line of a sale to record by hand.
#[derive(Debug, InputObject)]
pub struct RecordSaleLineInput {
    /// A finished good.
    pub(super) product_id: ID,
    /// Quantity, positive.
    pub(super) quantity: Decimal,
    /// Price of one before tax, after discounts, home currency.
    pub(super) unit_price: Decimal,
    /// Text.
    pub(super) description: Option<String>,
}

impl RecordSaleInput {
    pub(super) fn read(self) -> Read<NewSale> {
        let line = |(place, line): (usize, RecordSaleLineInput)| {
            Ok(NewSaleLine {
                product: id(&line.product_id)?,
                quantity: quantity(line.quantity, row_path("lines", place, "quantity"))?,
                unit_price: unit_cost(line.unit_price, row_path("lines", place, "unitPrice"))?,
                description: line.description,
            })
        };
        // One too many is enough to be refused.
        let lines = self.lines.into_iter().take(LINES_MAX + 1).enumerate().map(line).collect::<Read<Vec<_>>>()?;
        Ok(NewSale {
            date: self.date.map(|day| day.0),
            reference: self.reference,
            customer: self.customer,
            note: self.notes,
            lines,
        })
    }
}

/// The recorded sale.
#[derive(Debug, SimpleObject)]
pub struct RecordSalePayload {
    /// The sale; null when refused.
    pub(super) sale: Option<Sale>,
    /// Why it was refused; nothing was recorded then.
    pub(super) user_errors: Vec<UserError>,
}

/// Which manual sale to take back.
#[derive(Debug, InputObject)]
pub struct VoidSaleInput {
    /// The sale.
    pub(super) sale_id: ID,
    /// Why; kept with the version.
    pub(super) reason: Option<String>,
}

/// The voided sale.
#[derive(Debug, SimpleObject)]
pub struct VoidSalePayload {
    /// The sale; null when refused.
    pub(super) sale: Option<Sale>,
    /// Why it was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// What to do about an issue.
#[derive(Debug, InputObject)]
pub struct ResolveSaleIssueInput {
    /// The issue.
    pub(super) issue_id: ID,
    /// What to do.
    pub(super) action: SaleIssueAction,
}

/// What people do about an issue. Linking or importing its item needs no action: the line is then processed at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Fix")]
pub enum SaleIssueAction {
    /// Its item is no stock: all its lines are passed over, now and later.
    NotStock,
    /// Try again now.
    Retry,
    /// Leave this line or document out.
    Dismiss,
}

/// The issue.
#[derive(Debug, SimpleObject)]
pub struct ResolveSaleIssuePayload {
    /// The issue as it is now; null when refused.
    pub(super) issue: Option<SaleIssue>,
    /// Why it was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// Which sales to list; all given fields must match.
#[derive(Debug, Default, InputObject)]
pub struct SaleFilter {
    /// Of this channel.
    pub(super) channel_id: Option<ID>,
    /// In one of these states.
    pub(super) statuses: Option<Vec<SaleStatus>>,
    /// Of one of these kinds.
    pub(super) document_types: Option<Vec<SalesDocumentType>>,
    /// From this day on.
    pub(super) from: Option<Date>,
    /// Up to this day.
    pub(super) to: Option<Date>,
    /// With this number.
    pub(super) number: Option<String>,
    /// Whose number or customer contains this text, whatever the case; a SQLite file knows the case of A to Z alone.
    pub(super) search: Option<String>,
    /// With (or without) units that were not there.
    pub(super) short: Option<bool>,
    /// With (or without) lines that could not be processed yet.
    pub(super) open: Option<bool>,
}

impl SaleFilter {
    pub(super) fn read(self) -> Result<DomainFilter> {
        Ok(DomainFilter {
            channel: optional_id(self.channel_id.as_ref())?,
            statuses: self.statuses.unwrap_or_default().into_iter().map(Into::into).collect(),
            document_types: self.document_types.unwrap_or_default().into_iter().map(Into::into).collect(),
            from: self.from.map(|day| day.0),
            to: self.to.map(|day| day.0),
            number: self.number,
            search: self.search,
            short: self.short,
            open: self.open,
        })
    }
}

/// Which issues to list; all given fields must match.
#[derive(Debug, Default, InputObject)]
pub struct SaleIssueFilter {
    /// Of this channel.
    pub(super) channel_id: Option<ID>,
    /// In this state.
    pub(super) state: Option<SaleIssueState>,
    /// Of this sale.
    pub(super) sale_id: Option<ID>,
}

impl SaleIssueFilter {
    pub(super) fn read(self) -> Result<IssueFilter> {
        Ok(IssueFilter {
            channel: optional_id(self.channel_id.as_ref())?,
            state: self.state.map(Into::into),
            sale: optional_id(self.sale_id.as_ref())?,
        })
    }
}

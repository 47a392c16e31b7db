//! Issues of sales.

use async_graphql::{Context, ID, Object, Result};
use domain::sales::SaleIssue as DomainIssue;

use super::{
    types::{Sale, SaleLine, SalesChannel},
    words::{SaleIssueReason, SaleIssueState, SalesDocumentType},
};
use crate::graphql::{
    catalog::Item,
    common::moment,
    rows::Plain,
    scalars::{Date, DateTime},
    services::{dangling, services},
    sync::SyncRun,
};

/// Something of a sale that could not be processed.
#[derive(Debug, Clone)]
pub struct SaleIssue(pub(crate) DomainIssue);

impl Plain for SaleIssue {}

/// Something of a sale that could not be processed, kept until it is: tried again by every sync whatever the date of the
/// document, and at once when its item is linked, imported or marked as not stock.
#[Object]
impl SaleIssue {
    /// Id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Channel.
    async fn channel(&self, ctx: &Context<'_>) -> Result<SalesChannel> {
        let found = services(ctx)?.loaders.sales.channels.get(self.0.business_id, self.0.channel_id).await?;
        found.map(SalesChannel).ok_or_else(|| dangling("an issue without a channel"))
    }

    /// Whether it is still open.
    async fn state(&self) -> SaleIssueState {
        self.0.state.into()
    }

    /// Why.
    async fn reason(&self) -> SaleIssueReason {
        self.0.reason.into()
    }

    /// What, naming the document.
    async fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do.
    async fn help(&self) -> &str {
        &self.0.help
    }

    /// The sale; null while the document could not be recorded at all.
    async fn sale(&self, ctx: &Context<'_>) -> Result<Option<Sale>> {
        let Some(id) = self.0.sale_id else { return Ok(None) };
        Ok(services(ctx)?.loaders.sales.sales.get(self.0.business_id, id).await?.map(Sale))
    }

    /// The line; null where the whole document is meant.
    async fn line(&self, ctx: &Context<'_>) -> Result<Option<SaleLine>> {
        let Some(id) = self.0.sale_line_id else { return Ok(None) };
        Ok(services(ctx)?.loaders.sales.line.get(self.0.business_id, id).await?.map(SaleLine))
    }

    /// Kind of document.
    async fn document_type(&self) -> SalesDocumentType {
        self.0.document_type.into()
    }

    /// The accounting system's id of the document.
    async fn external_id(&self) -> &str {
        &self.0.external_id
    }

    /// Number of the document.
    async fn number(&self) -> Option<&str> {
        self.0.number.as_deref()
    }

    /// Date of the document.
    async fn date(&self) -> Option<Date> {
        self.0.date.map(Date)
    }

    /// The accounting system's id of the item to link; null where it is about no item.
    async fn item_external_id(&self) -> Option<&str> {
        self.0.item_external_id.as_deref()
    }

    /// The item to link or import; null where it is not known here.
    async fn item(&self, ctx: &Context<'_>) -> Result<Option<Item>> {
        let Some(external) = self.0.item_external_id.as_deref() else { return Ok(None) };
        let services = services(ctx)?;
        let channel = services.loaders.sales.channels.get(self.0.business_id, self.0.channel_id).await?;
        let Some(integration) = channel.and_then(|channel| channel.integration_id) else { return Ok(None) };
        let key = (integration, external.to_owned());
        Ok(services.loaders.item_by_external_id.get(self.0.business_id, key).await?.map(Item))
    }

    /// What the line or item is called.
    async fn label(&self) -> Option<&str> {
        self.0.label.as_deref()
    }

    /// The run that found it last.
    async fn run(&self, ctx: &Context<'_>) -> Result<Option<SyncRun>> {
        let Some(id) = self.0.run_id else { return Ok(None) };
        Ok(services(ctx)?.loaders.runs.get(self.0.business_id, id).await?.map(SyncRun))
    }

    /// When it was first found.
    async fn opened_at(&self) -> DateTime {
        moment(self.0.opened_at)
    }

    /// When it was closed.
    async fn closed_at(&self) -> Option<DateTime> {
        self.0.closed_at.map(moment)
    }

    /// By whom or what.
    async fn closed_by(&self) -> Option<&str> {
        self.0.closed_by.as_deref()
    }
}

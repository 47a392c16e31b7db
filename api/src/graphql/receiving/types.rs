//! Receipts.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use domain::receiving::{
    Receipt as DomainReceipt, ReceiptCorrection as DomainCorrection, ReceiptCost as DomainCost,
    ReceiptFilter as DomainFilter, ReceiptLine as DomainLine,
};
use entity::{CostBasis as DomainBasis, LandedKind as DomainKind, ReceiptState as DomainState};

use crate::graphql::{
    catalog::{Product, Supplier},
    common::{Money, moment},
    export::{Export, export_of, exports_of},
    paging::optional_id,
    scalars::{Date, DateTime, Decimal},
    services::{dangling, money, per_unit, services},
    stock::{Lot, StockMovement},
};

/// An incoming delivery.
#[derive(Debug, Clone)]
pub struct Receipt(pub(crate) DomainReceipt);

/// An incoming delivery: a draft has no effect on stock, a confirmed one made a lot of each line.
#[Object]
impl Receipt {
    /// Id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Number, counted up within the business.
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// State.
    async fn state(&self) -> ReceiptState {
        self.0.state.into()
    }

    /// Who delivered it.
    async fn supplier(&self, ctx: &Context<'_>) -> Result<Supplier> {
        let found = services(ctx)?.loaders.suppliers.get(self.0.business_id, self.0.supplier_id).await?;
        found.map(Supplier).ok_or_else(|| dangling("a receipt without a supplier"))
    }

    /// Day of receipt; the business date of its lots.
    async fn received_on(&self) -> Date {
        Date(self.0.received_on)
    }

    /// The supplier's own number.
    async fn reference(&self) -> Option<&str> {
        self.0.reference.as_deref()
    }

    /// Note.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Sum of the lines' quantities.
    async fn quantity(&self) -> Decimal {
        Decimal(self.0.quantity.to_decimal())
    }

    /// Sum of the lines' values, landed costs included.
    async fn value(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.0.value).await
    }

    /// Lines, in order; at most 1,000.
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<ReceiptLine>> {
        let found = services(ctx)?.loaders.receiving.lines.get(self.0.business_id, self.0.id).await?;
        Ok(found.unwrap_or_default().into_iter().map(ReceiptLine).collect())
    }

    /// Landed costs, in order.
    async fn costs(&self, ctx: &Context<'_>) -> Result<Vec<ReceiptCost>> {
        let found = services(ctx)?.loaders.receiving.costs.get(self.0.business_id, self.0.id).await?;
        Ok(found.unwrap_or_default().into_iter().map(ReceiptCost).collect())
    }

    /// Corrections since it was confirmed, in the order of recording.
    async fn corrections(&self, ctx: &Context<'_>) -> Result<Vec<ReceiptCorrection>> {
        let found = services(ctx)?.loaders.receiving.corrections.get(self.0.business_id, self.0.id).await?;
        Ok(found.unwrap_or_default().into_iter().map(ReceiptCorrection).collect())
    }

    /// Where it stands in the accounting system: its latest export; null for a draft, and where nothing was connected.
    async fn export(&self, ctx: &Context<'_>) -> Result<Option<Export>> {
        export_of(ctx, self.0.business_id, self.0.id.0).await
    }

    /// All its exports, oldest first: the receipt, and what took it back. Corrections have their own.
    async fn exports(&self, ctx: &Context<'_>) -> Result<Vec<Export>> {
        exports_of(ctx, self.0.business_id, self.0.id.0).await
    }

    /// When it was created.
    async fn created_at(&self) -> DateTime {
        moment(self.0.created_at)
    }

    /// Who created it.
    async fn created_by(&self) -> &str {
        &self.0.created_by
    }

    /// When it was confirmed; null for a draft.
    async fn confirmed_at(&self) -> Option<DateTime> {
        self.0.confirmed_at.map(moment)
    }

    /// Who confirmed it.
    async fn confirmed_by(&self) -> Option<&str> {
        self.0.confirmed_by.as_deref()
    }

    /// When it was voided.
    async fn voided_at(&self) -> Option<DateTime> {
        self.0.voided_at.map(moment)
    }

    /// Who voided it.
    async fn voided_by(&self) -> Option<&str> {
        self.0.voided_by.as_deref()
    }
}

/// A product on a receipt.
#[derive(Debug, Clone)]
pub struct ReceiptLine(pub(crate) DomainLine);

/// A product on a receipt.
#[Object]
impl ReceiptLine {
    /// Id. The lines of a draft are replaced whenever it is saved, and get new ids.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The receipt.
    async fn receipt(&self, ctx: &Context<'_>) -> Result<Receipt> {
        let found = services(ctx)?.loaders.receiving.receipts.get(self.0.business_id, self.0.receipt_id).await?;
        found.map(Receipt).ok_or_else(|| dangling("a line without a receipt"))
    }

    /// The product.
    async fn product(&self, ctx: &Context<'_>) -> Result<Product> {
        let found = services(ctx)?.loaders.products.get(self.0.business_id, self.0.product_id).await?;
        found.map(Product).ok_or_else(|| dangling("a receipt's line without a product"))
    }

    /// Quantity, as corrected, in the product's unit.
    async fn quantity(&self) -> Decimal {
        Decimal(self.0.quantity.to_decimal())
    }

    /// The supplier's price per unit, as corrected.
    async fn unit_cost(&self, ctx: &Context<'_>) -> Result<Money> {
        per_unit(ctx, self.0.unit_cost).await
    }

    /// Its share of the landed costs.
    async fn landed_cost(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.0.landed).await
    }

    /// Quantity at the price, and its share of the landed costs.
    async fn value(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.0.value).await
    }

    /// Number of the lot; null on a draft where it will be made at confirmation.
    async fn lot_number(&self) -> Option<&str> {
        self.0.lot_number.as_deref()
    }

    /// Expiry of the lot, for information.
    async fn expires_on(&self) -> Option<Date> {
        self.0.expires_on.map(Date)
    }

    /// The lot it made; null on a draft.
    async fn lot(&self, ctx: &Context<'_>) -> Result<Option<Lot>> {
        let Some(id) = self.0.lot_id else { return Ok(None) };
        Ok(services(ctx)?.loaders.stock.lots.get(self.0.business_id, id).await?.map(Lot))
    }
}

/// A landed cost of a receipt.
#[derive(Debug, Clone)]
pub struct ReceiptCost(DomainCost);

/// A cost of the delivery that becomes part of its lots' cost.
#[Object]
impl ReceiptCost {
    /// Kind.
    async fn kind(&self) -> LandedCostKind {
        self.0.kind.into()
    }

    /// Label.
    async fn label(&self) -> &str {
        &self.0.label
    }

    /// Amount.
    async fn amount(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.0.amount).await
    }

    /// What it is spread over the lines by; the shares add up to the amount.
    async fn basis(&self) -> CostBasis {
        self.0.basis.into()
    }
}

/// A correction of a confirmed receipt's line.
#[derive(Debug, Clone)]
pub struct ReceiptCorrection(DomainCorrection);

/// A correction of a confirmed receipt's line. What was consumed before keeps the cost it was captured at.
#[Object]
impl ReceiptCorrection {
    /// Id, to export it by.
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Its export; null where the receipt's own export has it in it.
    async fn export(&self, ctx: &Context<'_>) -> Result<Option<Export>> {
        export_of(ctx, self.0.business_id, self.0.id.0).await
    }

    /// The line, as it is now.
    async fn line(&self, ctx: &Context<'_>) -> Result<ReceiptLine> {
        let found = services(ctx)?.loaders.receiving.line.get(self.0.business_id, self.0.line_id).await?;
        found.map(ReceiptLine).ok_or_else(|| dangling("a correction without a line"))
    }

    /// The stock movement; null where only consumed units were concerned.
    async fn movement(&self, ctx: &Context<'_>) -> Result<Option<StockMovement>> {
        let Some(id) = self.0.movement_id else { return Ok(None) };
        Ok(services(ctx)?.loaders.stock.movements.get(self.0.business_id, id).await?.map(StockMovement))
    }

    /// Change of quantity.
    async fn quantity(&self) -> Decimal {
        Decimal(self.0.quantity.to_decimal())
    }

    /// Change of the stock's value.
    async fn value(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.0.value).await
    }

    /// The part of the change that falls on units consumed before, whose captured cost stays.
    async fn captured_value(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.0.captured).await
    }

    /// The price before.
    async fn unit_cost_before(&self, ctx: &Context<'_>) -> Result<Money> {
        per_unit(ctx, self.0.unit_cost_before).await
    }

    /// The price after.
    async fn unit_cost_after(&self, ctx: &Context<'_>) -> Result<Money> {
        per_unit(ctx, self.0.unit_cost_after).await
    }

    /// Business date.
    async fn effective_on(&self) -> Date {
        Date(self.0.effective_on)
    }

    /// When it was recorded.
    async fn recorded_at(&self) -> DateTime {
        moment(self.0.recorded_at)
    }

    /// Who recorded it.
    async fn recorded_by(&self) -> &str {
        &self.0.recorded_by
    }
}

/// State of a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainState")]
pub enum ReceiptState {
    /// May be edited and deleted; no effect on stock.
    Draft,
    /// In stock.
    Confirmed,
    /// Taken back.
    Voided,
}

/// Kind of a landed cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainKind")]
pub enum LandedCostKind {
    /// Freight.
    Freight,
    /// Duty.
    Duty,
    /// Something else.
    Other,
}

/// What a landed cost is spread by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainBasis")]
pub enum CostBasis {
    /// The lines' values.
    Value,
    /// The lines' quantities.
    Quantity,
}

/// Which receipts; all given fields must match.
#[derive(Debug, Default, InputObject)]
pub struct ReceiptFilter {
    /// In this state.
    state: Option<ReceiptState>,
    /// From this supplier.
    supplier_id: Option<ID>,
}

impl ReceiptFilter {
    pub(super) fn read(self) -> Result<DomainFilter> {
        Ok(DomainFilter { state: self.state.map(Into::into), supplier: optional_id(self.supplier_id.as_ref())? })
    }
}

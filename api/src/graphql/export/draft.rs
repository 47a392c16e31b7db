//! Drafts: what is sent, line by line.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject, Union};
use domain::export::draft::{Adjustment, AmountLine, Draft, ItemLine, Journal, Member, Side};
use entity::{Amount, BusinessId, ExportId, IntegrationId};

use crate::graphql::{
    catalog::{Account, Item, Product},
    common::Money,
    scalars::{Date, Decimal},
    services::{dangling, money, services},
};

/// Whose accounts and items a draft names.
#[derive(Debug, Clone, Copy)]
struct Whose {
    business: BusinessId,
    integration: IntegrationId,
}

impl Whose {
    async fn account(self, ctx: &Context<'_>, external_id: Option<&str>) -> Result<Option<Account>> {
        let Some(external_id) = external_id else { return Ok(None) };
        let key = (self.integration, external_id.to_owned());
        Ok(services(ctx)?.loaders.accounts.get(self.business, key).await?.map(Account))
    }
}

/// What is sent.
#[derive(Debug, Clone, Union)]
pub enum ExportDraft {
    /// Quantities of items against one account.
    Adjustment(InventoryAdjustmentDraft),
    /// Amounts between accounts.
    Journal(JournalEntryDraft),
}

impl ExportDraft {
    pub(super) fn new(business: BusinessId, integration: IntegrationId, draft: Draft) -> Self {
        let whose = Whose { business, integration };
        match draft {
            Draft::Adjustment(draft) => Self::Adjustment(InventoryAdjustmentDraft(whose, draft)),
            Draft::Journal(draft) => Self::Journal(JournalEntryDraft(whose, draft)),
        }
    }
}

/// An inventory adjustment.
#[derive(Debug, Clone)]
pub struct InventoryAdjustmentDraft(Whose, Adjustment);

/// An inventory adjustment: one line per item, quantities only. The accounting system costs them by itself.
#[Object]
impl InventoryAdjustmentDraft {
    /// Our reference.
    async fn reference(&self) -> &str {
        &self.1.reference
    }

    /// Date of the transaction.
    async fn date(&self) -> Date {
        Date(self.1.date)
    }

    /// Text for people.
    async fn memo(&self) -> &str {
        &self.1.memo
    }

    /// The account of the other side, as it is now; null while it is not chosen.
    async fn account(&self, ctx: &Context<'_>) -> Result<Option<Account>> {
        self.0.account(ctx, self.1.account.as_deref()).await
    }

    /// Its name when it was chosen.
    async fn account_name(&self) -> Option<&str> {
        self.1.account_name.as_deref()
    }

    /// One line per item.
    async fn lines(&self) -> Vec<InventoryAdjustmentLine> {
        self.1.lines.iter().map(|line| InventoryAdjustmentLine(self.0, line.clone())).collect()
    }
}

/// An item whose quantity changes.
#[derive(Debug, Clone)]
pub struct InventoryAdjustmentLine(Whose, ItemLine);

/// An item whose quantity changes.
#[Object]
impl InventoryAdjustmentLine {
    /// The item; null while the product is not linked, and where it was linked to another since.
    async fn item(&self, ctx: &Context<'_>) -> Result<Option<Item>> {
        let found = services(ctx)?.loaders.item_of_product.get(self.0.business, self.1.product_id()).await?;
        Ok(found.filter(|item| Some(&item.external_id) == self.1.item.as_ref()).map(Item))
    }

    /// The accounting system's id of the item; null while the product is not linked.
    async fn item_external_id(&self) -> Option<&str> {
        self.1.item.as_deref()
    }

    /// Name of the item, or of the product while it is not linked.
    async fn name(&self) -> &str {
        &self.1.name
    }

    /// The product.
    async fn product(&self, ctx: &Context<'_>) -> Result<Product> {
        let found = services(ctx)?.loaders.products.get(self.0.business, self.1.product_id()).await?;
        found.map(Product).ok_or_else(|| dangling("a draft without its product"))
    }

    /// Change of quantity, signed.
    async fn quantity(&self) -> Decimal {
        Decimal(self.1.quantity)
    }

    /// Change of value at our own cost, signed; not sent.
    async fn value(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, kept(self.1.value)).await
    }
}

/// A journal entry.
#[derive(Debug, Clone)]
pub struct JournalEntryDraft(Whose, Journal);

/// A journal entry at the currency's minor unit.
#[Object]
impl JournalEntryDraft {
    /// Our reference.
    async fn reference(&self) -> &str {
        &self.1.reference
    }

    /// Date of the transaction.
    async fn date(&self) -> Date {
        Date(self.1.date)
    }

    /// Text for people.
    async fn memo(&self) -> &str {
        &self.1.memo
    }

    /// Lines, debits first; empty where there is nothing to post.
    async fn lines(&self) -> Vec<JournalEntryLine> {
        self.1.lines.iter().map(|line| JournalEntryLine(self.0, line.clone())).collect()
    }

    /// The documents of a journal entry that gathers a day; empty where it is about one.
    async fn documents(&self) -> Vec<JournalDocument> {
        let of = |member: &Member| JournalDocument {
            export_id: ExportId(member.export).to_string().into(),
            reference: member.reference.clone(),
            label: member.label.clone(),
        };
        self.1.members.iter().map(of).collect()
    }

    /// What rounding to the minor unit leaves in our own ledger: our exact value less what is posted.
    async fn residue(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, kept(self.1.residue)).await
    }
}

/// A document of a journal entry that gathers a day.
#[derive(Debug, Clone, SimpleObject)]
pub struct JournalDocument {
    /// Its export.
    export_id: ID,
    /// Its own reference; the books have the journal's.
    reference: String,
    /// What people call it.
    label: String,
}

/// An amount on one side of an account.
#[derive(Debug, Clone)]
pub struct JournalEntryLine(Whose, AmountLine);

/// An amount on one side of an account.
#[Object]
impl JournalEntryLine {
    /// The account as it is now; null while it is not chosen.
    async fn account(&self, ctx: &Context<'_>) -> Result<Option<Account>> {
        self.0.account(ctx, self.1.account.as_deref()).await
    }

    /// Its name when it was chosen.
    async fn account_name(&self) -> Option<&str> {
        self.1.account_name.as_deref()
    }

    /// Side.
    async fn side(&self) -> JournalSide {
        self.1.side.into()
    }

    /// Amount, above zero.
    async fn amount(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, kept(self.1.amount)).await
    }

    /// What rounding to the minor unit leaves in our own ledger of this line: our exact value less the amount.
    async fn residue(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, kept(self.1.residue)).await
    }

    /// Text.
    async fn description(&self) -> &str {
        &self.1.description
    }
}

/// Side of a journal line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Side")]
pub enum JournalSide {
    /// Debit.
    Debit,
    /// Credit.
    Credit,
}

/// Numbers of a draft were amounts before they were drafted.
fn kept(number: rust_decimal::Decimal) -> Amount {
    Amount::from_decimal(number).unwrap_or_default()
}

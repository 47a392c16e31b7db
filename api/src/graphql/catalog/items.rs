//! Accounting items.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, Value};
use domain::catalog::{Item as DomainItem, ItemColumns, ItemFilter as DomainFilter, ItemOrder as DomainOrder};
use entity::{ItemType as DomainType, UnitCost};

use super::{products::Product, references::Account};
use crate::graphql::{
    common::{Money, OrderDirection, moment},
    integration::Integration,
    paging::optional_id,
    refusal::fault,
    rows::{Plain, Row, Selected, text, value},
    scalars::{DateTime, Decimal},
    services::services,
};

/// An item as the accounting system has it.
#[derive(Debug, Clone)]
pub struct Item(pub(crate) DomainItem);

impl Item {
    async fn account(&self, ctx: &Context<'_>, external_id: Option<&String>) -> Result<Option<Row<Account>>> {
        let Some(external_id) = external_id else { return Ok(None) };
        let key = (self.0.integration_id, external_id.clone());
        Ok(services(ctx)?.loaders.accounts.get(self.0.business_id, key).await?.map(|row| Row(Account(row))))
    }
}

/// An item as the accounting system has it. It is not a product until it is imported or linked.
#[Object]
impl Item {
    /// Id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The integration it comes from.
    async fn integration(&self, ctx: &Context<'_>) -> Result<Integration> {
        let found = services(ctx)?.loaders.integrations.get(self.0.business_id, self.0.integration_id).await?;
        found
            .map(Integration)
            .ok_or_else(|| fault(domain::Error::Internal("an item without an integration".to_owned())))
    }

    /// The accounting system's id.
    async fn external_id(&self) -> &str {
        &self.0.external_id
    }

    /// Name within its category.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Name with its categories, joined by `:`.
    async fn full_name(&self) -> &str {
        &self.0.full_name
    }

    /// Stock keeping unit.
    async fn sku(&self) -> Option<&str> {
        self.0.sku.as_deref()
    }

    /// Description.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// Type.
    #[graphql(name = "type")]
    async fn kind(&self) -> ItemType {
        self.0.kind.into()
    }

    /// Whether it may be used in new documents there.
    async fn active(&self) -> bool {
        self.0.active
    }

    /// Selling price per unit.
    async fn unit_price(&self) -> Option<Money> {
        self.0.unit_price.map(|price| Money::per_unit(price, &self.0.currency))
    }

    /// Purchase cost per unit as entered there.
    async fn purchase_cost(&self) -> Option<Money> {
        self.0.purchase_cost.map(|cost| Money::per_unit(cost, &self.0.currency))
    }

    /// Quantity the accounting system counts; null where it does not count this item.
    async fn quantity_on_hand(&self) -> Option<Decimal> {
        self.0.quantity_on_hand.map(|quantity| Decimal(quantity.to_decimal()))
    }

    /// Account that sales are booked to.
    async fn income_account(&self, ctx: &Context<'_>) -> Result<Option<Row<Account>>> {
        self.account(ctx, self.0.income_account.as_ref()).await
    }

    /// Account that costs are booked to.
    async fn expense_account(&self, ctx: &Context<'_>) -> Result<Option<Row<Account>>> {
        self.account(ctx, self.0.expense_account.as_ref()).await
    }

    /// Account that holds the stock's value.
    async fn asset_account(&self, ctx: &Context<'_>) -> Result<Option<Row<Account>>> {
        self.account(ctx, self.0.asset_account.as_ref()).await
    }

    /// The product it is linked to.
    async fn product(&self, ctx: &Context<'_>) -> Result<Option<Row<Product>>> {
        let found = services(ctx)?.loaders.product_of_item.get(self.0.business_id, self.0.id).await?;
        Ok(found.map(|row| Row(Product(row))))
    }

    /// The accounting system's version of the record.
    async fn external_version(&self) -> Option<&str> {
        self.0.external_version.as_deref()
    }

    /// When the accounting system last changed it.
    async fn external_updated_at(&self) -> Option<DateTime> {
        self.0.external_updated_at.map(moment)
    }

    /// When a sync last wrote it; a sync that finds no change does not.
    async fn synced_at(&self) -> DateTime {
        moment(self.0.synced_at)
    }
}

impl Plain for Item {
    fn plain(&self, field: &Selected<'_>) -> Option<Value> {
        let money = |cost: Option<UnitCost>| {
            let cost = cost.map(|cost| Money::per_unit(cost, &self.0.currency));
            field.object(cost.as_ref())
        };
        Some(match field.name {
            "id" => Value::String(self.0.id.to_string()),
            "externalId" => text(self.0.external_id.as_str()),
            "name" => text(self.0.name.as_str()),
            "fullName" => text(self.0.full_name.as_str()),
            "sku" => text(self.0.sku.as_deref()),
            "description" => text(self.0.description.as_deref()),
            "type" => value(&ItemType::from(self.0.kind)),
            "active" => Value::Boolean(self.0.active),
            "unitPrice" => return money(self.0.unit_price),
            "purchaseCost" => return money(self.0.purchase_cost),
            "quantityOnHand" => value(&self.0.quantity_on_hand.map(|quantity| Decimal(quantity.to_decimal()))),
            "externalVersion" => text(self.0.external_version.as_deref()),
            "externalUpdatedAt" => value(&self.0.external_updated_at.map(moment)),
            "syncedAt" => value(&moment(self.0.synced_at)),
            _ => return None,
        })
    }
}

/// The columns that a list of items must read for what is asked of it.
pub(super) fn item_columns(ctx: &Context<'_>) -> ItemColumns {
    let mut names = Vec::new();
    let mut nodes = Vec::new();
    for field in ctx.field().selection_set() {
        match field.name() {
            "nodes" => nodes.push(field),
            "edges" => nodes.extend(field.selection_set().filter(|field| field.name() == "node")),
            _ => {}
        }
    }
    for field in nodes.iter().flat_map(|node| node.selection_set()) {
        match columns_of(field.name()) {
            Some(columns) => names.extend(columns),
            None => return ItemColumns::ALL,
        }
    }
    ItemColumns::only(names)
}

/// The columns that a field shows, beside those that every row has; nothing for a field that is not known here.
fn columns_of(field: &str) -> Option<&'static [&'static str]> {
    Some(match field {
        "__typename" | "id" | "integration" | "type" | "product" => &[],
        "externalId" => &["external_id"],
        "name" => &["name"],
        "fullName" => &["full_name"],
        "sku" => &["sku"],
        "description" => &["description"],
        "active" => &["active"],
        "unitPrice" => &["unit_price"],
        "purchaseCost" => &["purchase_cost"],
        "quantityOnHand" => &["quantity_on_hand"],
        "incomeAccount" => &["income_account"],
        "expenseAccount" => &["expense_account"],
        "assetAccount" => &["asset_account"],
        "externalVersion" => &["external_version"],
        "externalUpdatedAt" => &["external_updated_at"],
        "syncedAt" => &["synced_at"],
        _ => return None,
    })
}

/// Type of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ItemType {
    /// Stock that the accounting system counts.
    Inventory,
    /// Bought or sold, not counted.
    NonInventory,
    /// Work or fees.
    Service,
    /// Several items sold as one.
    Bundle,
    /// Another name of BUNDLE, accepted as input, never answered.
    Group,
    /// A heading for other items; never synced.
    Category,
    /// A type this gateway does not know.
    Other,
}

impl From<DomainType> for ItemType {
    fn from(kind: DomainType) -> Self {
        match kind {
            DomainType::Inventory => Self::Inventory,
            DomainType::NonInventory => Self::NonInventory,
            DomainType::Service => Self::Service,
            DomainType::Bundle => Self::Bundle,
            DomainType::Category => Self::Category,
            DomainType::Other => Self::Other,
        }
    }
}

impl From<ItemType> for DomainType {
    fn from(kind: ItemType) -> Self {
        match kind {
            ItemType::Inventory => Self::Inventory,
            ItemType::NonInventory => Self::NonInventory,
            ItemType::Service => Self::Service,
            ItemType::Bundle | ItemType::Group => Self::Bundle,
            ItemType::Category => Self::Category,
            ItemType::Other => Self::Other,
        }
    }
}

/// Which items; all given fields must match.
#[derive(Debug, Default, InputObject)]
pub struct ItemFilter {
    /// Of this integration.
    integration_id: Option<ID>,
    /// Of one of these types.
    types: Option<Vec<ItemType>>,
    /// Active or not.
    active: Option<bool>,
    /// Linked to a product or not.
    linked: Option<bool>,
    /// Text anywhere in name or SKU, letter case ignored.
    search: Option<String>,
}

impl ItemFilter {
    pub(super) fn read(self) -> Result<DomainFilter> {
        Ok(DomainFilter {
            integration: optional_id(self.integration_id.as_ref())?,
            types: self.types.unwrap_or_default().into_iter().map(Into::into).collect(),
            active: self.active,
            linked: self.linked,
            search: self.search,
        })
    }
}

/// Order of items; ties go by id.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct ItemOrder {
    /// By what.
    pub(super) field: ItemOrderField,
    /// Which way.
    #[graphql(default)]
    pub(super) direction: OrderDirection,
}

/// What items are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainOrder")]
pub enum ItemOrderField {
    /// Name, letter case ignored.
    Name,
    /// SKU, letter case ignored; items without one first.
    Sku,
    /// When a sync last wrote it.
    #[graphql(name = "UPDATED_AT")]
    SyncedAt,
}

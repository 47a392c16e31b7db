//! Accounts and suppliers.

use async_graphql::{Enum, ID, InputObject, Object, Result, Value};
use domain::catalog::{
    Account as DomainAccount, AccountFilter as DomainAccountFilter, Supplier as DomainSupplier,
    SupplierFilter as DomainSupplierFilter,
};
use entity::AccountClass as DomainClass;

use crate::graphql::{
    paging::optional_id,
    rows::{Plain, Selected, text, value},
};

/// An account of the accounting system's chart.
#[derive(Debug, Clone)]
pub struct Account(pub(crate) DomainAccount);

/// An account of the accounting system's chart.
#[Object]
impl Account {
    /// Id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The accounting system's id.
    async fn external_id(&self) -> &str {
        &self.0.external_id
    }

    /// Account number, where the company uses them.
    async fn number(&self) -> Option<&str> {
        self.0.number.as_deref()
    }

    /// Name with its parents, joined by `:`.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The accounting system's own type.
    #[graphql(name = "type")]
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// The accounting system's own sub-type.
    async fn sub_type(&self) -> Option<&str> {
        self.0.sub_kind.as_deref()
    }

    /// Class.
    async fn classification(&self) -> AccountClass {
        self.0.class.into()
    }

    /// Whether it may be used in new documents.
    async fn active(&self) -> bool {
        self.0.active
    }

    /// Its own currency, ISO 4217; null where it has none.
    async fn currency(&self) -> Option<&str> {
        self.0.currency.as_deref()
    }
}

impl Plain for Account {
    fn plain(&self, field: &Selected<'_>) -> Option<Value> {
        Some(match field.name {
            "id" => Value::String(self.0.id.to_string()),
            "externalId" => text(self.0.external_id.as_str()),
            "number" => text(self.0.number.as_deref()),
            "name" => text(self.0.name.as_str()),
            "type" => text(self.0.kind.as_str()),
            "subType" => text(self.0.sub_kind.as_deref()),
            "classification" => value(&AccountClass::from(self.0.class)),
            "active" => Value::Boolean(self.0.active),
            "currency" => text(self.0.currency.as_deref()),
            _ => return None,
        })
    }
}

/// Class of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainClass")]
pub enum AccountClass {
    /// What the company owns.
    Asset,
    /// What it owes.
    Liability,
    /// The owners' share.
    Equity,
    /// Income.
    Revenue,
    /// Costs.
    Expense,
    /// Not part of the books.
    NonPosting,
}

/// Which accounts; all given fields must match.
#[derive(Debug, Default, InputObject)]
pub struct AccountFilter {
    /// Of one of these classes.
    classification: Option<Vec<AccountClass>>,
    /// Active or not.
    active: Option<bool>,
    /// Text anywhere in the name, letter case ignored.
    search: Option<String>,
}

impl AccountFilter {
    pub(super) fn read(self) -> DomainAccountFilter {
        DomainAccountFilter {
            classes: self.classification.unwrap_or_default().into_iter().map(Into::into).collect(),
            active: self.active,
            search: self.search,
        }
    }
}

/// A supplier.
#[derive(Debug, Clone)]
pub struct Supplier(pub(crate) DomainSupplier);

/// A supplier, synced from the accounting system's vendors or local.
#[Object]
impl Supplier {
    /// Id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The accounting system's id; null for a local one.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Code of 3 or 4 letters and digits that heads lot numbers; null until the first receipt where none was given.
    async fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// E-mail address.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// Phone number, free form.
    async fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// Whether it may be used in new documents.
    async fn active(&self) -> bool {
        self.0.active
    }
}

impl Plain for Supplier {
    fn plain(&self, field: &Selected<'_>) -> Option<Value> {
        Some(match field.name {
            "id" => Value::String(self.0.id.to_string()),
            "externalId" => text(self.0.external_id.as_deref()),
            "name" => text(self.0.name.as_str()),
            "code" => text(self.0.code.as_deref()),
            "email" => text(self.0.email.as_deref()),
            "phone" => text(self.0.phone.as_deref()),
            "active" => Value::Boolean(self.0.active),
            _ => return None,
        })
    }
}

/// Which suppliers; all given fields must match.
#[derive(Debug, Default, InputObject)]
pub struct SupplierFilter {
    /// Of this integration.
    integration_id: Option<ID>,
    /// Active or not.
    active: Option<bool>,
    /// Text anywhere in the name, letter case ignored.
    search: Option<String>,
}

impl SupplierFilter {
    pub(super) fn read(self) -> Result<DomainSupplierFilter> {
        Ok(DomainSupplierFilter {
            integration: optional_id(self.integration_id.as_ref())?,
            active: self.active,
            search: self.search,
        })
    }
}

//! Accounts that stand for a role with some products only.

use async_graphql::{Context, ID, InputObject, Object, Result};
use domain::{
    error::{ErrorCode, Refusal},
    export::{OverrideChoice, OverrideOf, OverrideRow, rules::of_row},
};

use crate::graphql::{
    catalog::{Account, ProductType},
    common::moment,
    export::AccountRole,
    paging::optional_id,
    scalars::DateTime,
    services::services,
};

/// An account for a role with some products.
#[derive(Debug, Clone)]
pub struct AccountOverride(pub(super) OverrideRow);

/// An account that stands for a role with the products of a type or a category.
#[Object]
impl AccountOverride {
    /// Role.
    async fn role(&self) -> AccountRole {
        self.0.role.into()
    }

    /// The type of the products; null where it is about a category.
    async fn product_type(&self) -> Option<ProductType> {
        match of_row(&self.0)? {
            OverrideOf::Type(kind) => Some(kind.into()),
            OverrideOf::Category(_) => None,
        }
    }

    /// The category of the products, letter case ignored; null where it is about a type.
    async fn category(&self) -> Option<String> {
        match of_row(&self.0)? {
            OverrideOf::Type(_) => None,
            OverrideOf::Category(category) => Some(category),
        }
    }

    /// The account as it is now; null where it is gone.
    async fn account(&self, ctx: &Context<'_>) -> Result<Option<Account>> {
        let key = (self.0.integration_id, self.0.external_id.clone());
        Ok(services(ctx)?.loaders.accounts.get(self.0.business_id, key).await?.map(Account))
    }

    /// Its name when it was chosen.
    async fn account_name(&self) -> &str {
        &self.0.name
    }

    /// When it was chosen.
    async fn chosen_at(&self) -> DateTime {
        moment(self.0.chosen_at)
    }

    /// Who chose it.
    async fn chosen_by(&self) -> &str {
        &self.0.chosen_by
    }
}

/// An account for a role with some products. Give exactly one of `productType` and `category`.
#[derive(Debug, InputObject)]
pub struct AccountOverrideInput {
    /// Role.
    role: AccountRole,
    /// The products of this type.
    product_type: Option<ProductType>,
    /// The products of this category, letter case ignored; 1 to 200 characters.
    category: Option<String>,
    /// The account, active and of a class that fits the role; null takes the choice back.
    account_id: Option<ID>,
}

/// Reads choices.
///
/// # Errors
/// The outer one for a malformed id; the inner one where it is not told which products are meant.
pub(super) fn overrides(given: Vec<AccountOverrideInput>) -> Result<std::result::Result<Vec<OverrideChoice>, Refusal>> {
    let mut choices = Vec::with_capacity(given.len());
    for choice in given {
        let of = match (choice.product_type, choice.category) {
            (Some(kind), None) => OverrideOf::Type(kind.into()),
            (None, Some(category)) => OverrideOf::Category(category),
            _ => {
                let message = "An account of some products is for a type or for a category, and for one of them only.";
                return Ok(Err(Refusal::new(ErrorCode::Validation, message)
                    .help("Give productType or category.")
                    .at(&["input", "accountOverrides"])));
            }
        };
        let account = optional_id(choice.account_id.as_ref())?;
        choices.push(OverrideChoice { role: choice.role.into(), of, account });
    }
    Ok(Ok(choices))
}

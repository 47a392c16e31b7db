//! True-ups: what would be posted.

use async_graphql::{Object, SimpleObject};
use domain::reconcile::TrueUpPlan as DomainPlan;
use entity::{Amount, ProductId};

use crate::graphql::{common::Money, refusal::UserError, scalars::Date};

/// A plan, with the currency of its amounts.
#[derive(Debug, Clone)]
pub struct TrueUpPlan(pub(super) DomainPlan, pub(super) String);

/// The journal that brings the books' stock value to ours. Nothing was written, and no call was made.
#[Object]
impl TrueUpPlan {
    /// Names everything that decides what is sent; to be handed to `postTrueUp`.
    async fn hash(&self) -> &str {
        &self.0.hash
    }

    /// Whether it can be posted now.
    async fn ready(&self) -> bool {
        self.0.checks.is_empty()
    }

    /// What stands in the way, all of it; empty when nothing does.
    async fn checks(&self) -> Vec<UserError> {
        self.0.checks.iter().cloned().map(Into::into).collect()
    }

    /// Date of the journal.
    async fn date(&self) -> Date {
        Date(self.0.date)
    }

    /// Our reference.
    async fn reference(&self) -> &str {
        self.0.draft.reference()
    }

    /// Debits and credits per account; they balance.
    async fn entries(&self) -> Vec<TrueUpEntry> {
        let entry = |entry: &domain::reconcile::TrueUpEntry| TrueUpEntry {
            account_external_id: entry.account.clone(),
            account_name: entry.name.clone(),
            debit: Money::of(entry.debit, &self.1),
            credit: Money::of(entry.credit, &self.1),
        };
        self.0.entries.iter().map(entry).collect()
    }

    /// What is added for each product.
    async fn amounts(&self) -> Vec<TrueUpAmount> {
        let amount = |amount: &domain::reconcile::TrueUpAmount| TrueUpAmount {
            product_id: ProductId(amount.product).to_string().into(),
            amount: Money::of(Amount(amount.amount), &self.1),
        };
        self.0.amounts.iter().map(amount).collect()
    }
}

/// One account of a true-up.
#[derive(Debug, Clone, SimpleObject)]
pub struct TrueUpEntry {
    /// The accounting system's id of the account.
    account_external_id: String,
    /// Its name.
    account_name: String,
    /// Debit.
    debit: Money,
    /// Credit.
    credit: Money,
}

/// What a true-up adds to the books for a product.
#[derive(Debug, Clone, SimpleObject)]
pub struct TrueUpAmount {
    /// The product.
    product_id: async_graphql::ID,
    /// How much; negative where the books are too high.
    amount: Money,
}

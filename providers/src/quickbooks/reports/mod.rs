//! What the company's own books say: balances of accounts, quantity and value of items (§14).
//!
//! Rule: a report is for the day that its header states, or refused; balances of now are those that the accounts carry.

mod table;
mod wire;

use std::collections::HashSet;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{
    convert::account_class,
    entity::Entity,
    page,
    provider::QuickBooks,
    reading::unreadable,
    record::{Record, invalid},
    request,
    walk::Step,
    wire::{Reference, Scalar},
};
use crate::{
    error::ProviderError,
    model::{AccountBalance, AccountClass, ItemValuation, Report, Unusable},
    session::Session,
};

/// The part of an account that says its balance (§9.2).
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Account<'a> {
    #[serde(borrow)]
    id: Scalar<'a>,
    #[serde(borrow)]
    name: Scalar<'a>,
    #[serde(borrow)]
    account_type: Scalar<'a>,
    #[serde(borrow)]
    classification: Scalar<'a>,
    #[serde(borrow)]
    current_balance: Scalar<'a>,
    #[serde(borrow)]
    currency_ref: Reference<'a>,
}

/// A balance in the account's own currency.
struct Balance {
    balance: AccountBalance,
    currency: Option<String>,
}

impl QuickBooks {
    pub(super) async fn balances(
        &self,
        session: &Session,
        as_of: Option<NaiveDate>,
    ) -> Result<Report<AccountBalance>, ProviderError> {
        match as_of {
            Some(day) => self.trial_balance(session, day).await,
            None => self.balances_now(session).await,
        }
    }

    /// The balances that the accounts carry. They are in each account's currency, so of a company of several the trial
    /// balance of today is taken, which is in its own; "today" is tomorrow's UTC date, the latest in any time zone.
    async fn balances_now(&self, session: &Session) -> Result<Report<AccountBalance>, ProviderError> {
        let (balances, unusable) =
            self.all(session, Entity::Account, &[], Step::default(), |reply| page::read(reply, balance)).await?;
        if let Some(why) = unusable.first() {
            return Err(ProviderError { operation: "report.balances", ..unreadable(why) });
        }
        let currencies: HashSet<&str> = balances.iter().filter_map(|balance| balance.currency.as_deref()).collect();
        if currencies.len() > 1 {
            let today = self.clock.now().date_naive();
            let report = self.trial_balance(session, today.succ_opt().unwrap_or(today)).await?;
            return Ok(Report { as_of: None, ..report });
        }
        let mut known = HashSet::new();
        let balances = balances.into_iter().map(|balance| balance.balance);
        let rows = balances.filter(|balance| known.insert(balance.account.clone())).collect();
        Ok(Report { as_of: None, rows })
    }

    /// The range begins with the year: income and expense are stated since then, all else since ever.
    async fn trial_balance(&self, session: &Session, day: NaiveDate) -> Result<Report<AccountBalance>, ProviderError> {
        let begin = day.with_ordinal(1).unwrap_or(day);
        let parameters = [
            ("start_date", begin.to_string()),
            ("end_date", day.to_string()),
            ("accounting_method", "Accrual".to_owned()),
        ];
        let call = request::report(&self.api, session, "report.balances", "TrialBalance", &parameters);
        let rows = self.fetch(call, move |reply| table::balances(reply, Some(day))).await?;
        Ok(Report { as_of: Some(day), rows })
    }

    /// Which date counts depends on how the company costs its stock, so all are sent (§14).
    pub(super) async fn valuation(
        &self,
        session: &Session,
        as_of: Option<NaiveDate>,
    ) -> Result<Report<ItemValuation>, ProviderError> {
        let dated = |day: NaiveDate| ["start_date", "end_date", "report_date"].map(|name| (name, day.to_string()));
        let parameters: Vec<_> = as_of.into_iter().flat_map(dated).collect();
        let call = request::report(&self.api, session, "report.valuation", "InventoryValuationSummary", &parameters);
        let rows = self.fetch(call, move |reply| table::valuations(reply, as_of)).await?;
        Ok(Report { as_of, rows })
    }
}

/// An account's balance: liabilities, equity and income carry theirs as credits (§9.2).
fn balance(wire: &Account<'_>, place: usize) -> Result<Balance, Unusable> {
    let who = Record { id: wire.id, name: wire.name, kind: None, place };
    let kind = wire.account_type.owned().unwrap_or_default();
    let class = account_class(wire.classification.text().as_deref(), &kind);
    let stated = who.number("CurrentBalance", wire.current_balance)?.unwrap_or_default();
    let balance = match class.ok_or_else(|| who.unusable(invalid("AccountType", &kind)))? {
        AccountClass::Asset | AccountClass::Expense => stated,
        AccountClass::Liability | AccountClass::Equity | AccountClass::Revenue => -stated,
        AccountClass::NonPosting => Decimal::ZERO,
    };
    Ok(Balance { balance: AccountBalance { account: who.id()?, balance }, currency: wire.currency_ref.id() })
}

//! What the company's own books say: balances of accounts, quantity and value of items (§14).
//!
//! Rule: a report is for the day that its header states, or refused. Balances of now come from the trial balance too, and
//! not from the accounts' own `CurrentBalance`: the reference does not say which sign it has (§9.2), it is in the account's
//! currency and not in the company's, and accounts of income and expense are known to show none. The price is one call
//! that the service computes, and that documents dated in the future are not in it.

mod ledger;
mod table;
mod wire;

use chrono::{Datelike, NaiveDate};

use super::{provider::QuickBooks, request};
use crate::{
    error::ProviderError,
    model::{AccountBalance, ItemValuation, Report},
    session::Session,
};

impl QuickBooks {
    pub(super) async fn balances(
        &self,
        session: &Session,
        as_of: Option<NaiveDate>,
    ) -> Result<Report<AccountBalance>, ProviderError> {
        let Some(day) = as_of else {
            let report = self.trial_balance(session, self.latest_day()).await?;
            return Ok(Report { as_of: None, ..report });
        };
        self.trial_balance(session, day).await
    }

    /// Today where it is latest: the date in UTC may be a day behind that of the company.
    fn latest_day(&self) -> NaiveDate {
        let today = self.clock.now().date_naive();
        today.succ_opt().unwrap_or(today)
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

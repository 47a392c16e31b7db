//! Reports of a company's books (reference 14).
//!
//! Rule: every figure is the books'; the header states the days that it holds for. What the reference leaves open:
//! without dates a report runs from the first day of the business year to today; the books are kept by accrual alone.

mod balance;
mod ledger;
mod result;
mod stock;
mod table;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Datelike, Month, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use self::table::Table;
use super::{
    books::stands,
    clock,
    faults::Fault,
    json,
    json::Record,
    store::{Company, RowKey},
};

/// A report's days, and the rest of what was asked.
#[derive(Debug, Clone, Copy)]
struct Period {
    from: NaiveDate,
    to: NaiveDate,
}

/// Answers a call for a report.
///
/// # Errors
/// 500 for a report that there is none of, 2060 and 2190 for dates, 5030 for a basis other than accrual.
pub(crate) fn answer(
    company: &Company,
    name: &str,
    parameters: &HashMap<String, String>,
    now: DateTime<Utc>,
) -> Result<String, Fault> {
    if parameters.get("accounting_method").is_some_and(|method| method.eq_ignore_ascii_case("cash")) {
        let detail = "Feature Not Supported Error : this sandbox keeps its books by accrual alone";
        return Err(Fault::new(5030, detail).at("accounting_method"));
    }
    let today = clock::local_date(now);
    let to = day(parameters, "end_date")?.unwrap_or(today);
    let from = day(parameters, "start_date")?.unwrap_or_else(|| year_begins(company, to));
    if from > to {
        return Err(Fault::new(2190, format!("Invalid Date Range : {from} is after {to}")).at("start_date"));
    }
    let period = Period { from, to };
    let (name, table) = match name.to_ascii_lowercase().as_str() {
        "trialbalance" => ("TrialBalance", balance::trial(company, period)),
        "balancesheet" => ("BalanceSheet", balance::sheet(company, period)),
        "profitandloss" => ("ProfitAndLoss", result::profit_and_loss(company, period)),
        "inventoryvaluationsummary" => ("InventoryValuationSummary", stock::valuation(company, period)),
        "generalledger" => {
            ("GeneralLedger", ledger::general(company, period, parameters.get("account").map(String::as_str)))
        }
        _ => return Err(Fault::unsupported(&format!("could not find resource for report {name}"))),
    };
    Ok(body(company, name, period, &table, now).to_string())
}

/// A date among the parameters.
fn day(parameters: &HashMap<String, String>, name: &str) -> Result<Option<NaiveDate>, Fault> {
    let Some(text) = parameters.get(name).filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    let wrong = || Fault::new(2060, format!("Invalid Date Format : {text}, expected yyyy-MM-dd")).at(name);
    text.trim().parse().map(Some).map_err(|_| wrong())
}

fn body(company: &Company, name: &str, period: Period, table: &Table, now: DateTime<Utc>) -> Value {
    json!({
        "Header": {
            "Time": clock::record_stamp(now), "ReportName": name, "ReportBasis": "Accrual",
            "StartPeriod": period.from.to_string(), "EndPeriod": period.to.to_string(),
            "SummarizeColumnsBy": "Total", "Currency": home_currency(company),
            "Option": [{"Name": "AccountingStandard", "Value": "GAAP"},
                       {"Name": "NoReportData", "Value": table.is_empty().to_string()}],
        },
        "Columns": table.columns(),
        "Rows": table.rows(),
    })
}

fn home_currency(company: &Company) -> String {
    super::entities::transaction::home_currency(company)
}

/// The first day of the business year that a day is in (reference 9.8).
fn year_begins(company: &Company, day: NaiveDate) -> NaiveDate {
    let preferences = company.single("Preferences").unwrap_or_default();
    let month = preferences.get("AccountingInfoPrefs").and_then(|prefs| prefs.get("FirstMonthOfFiscalYear")?.as_str());
    let month = month.and_then(|month| month.parse::<Month>().ok()).map_or(1, |month| month.number_from_month());
    let year = if day.month() >= month { day.year() } else { day.year() - 1 };
    NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(day)
}

/// An account as reports show it.
#[derive(Debug, Clone)]
struct Account {
    id: String,
    name: String,
    kind: String,
    /// Debits minus credits.
    balance: Decimal,
}

/// The accounts that have a balance, in the order of the chart: by type, then by id.
fn accounts(company: &Company, balances: BTreeMap<String, Decimal>) -> Vec<Account> {
    let mut accounts: Vec<Account> = balances
        .into_iter()
        .filter(|(_, balance)| !balance.is_zero())
        .map(|(id, balance)| {
            let record = account_record(company, &id);
            let text = |field: &str| json::text(&record, field).map(str::to_owned);
            let name = text("FullyQualifiedName").unwrap_or_else(|| format!("Account {id}"));
            Account { id, name, kind: text("AccountType").unwrap_or_default(), balance }
        })
        .collect();
    let number = |account: &Account| account.id.parse::<u64>().unwrap_or(u64::MAX);
    accounts.sort_by_key(|account| (rank(&account.kind), number(account)));
    accounts
}

fn account_record(company: &Company, id: &str) -> Record {
    let key = id.parse().map(RowKey::Id);
    let row = key.ok().and_then(|key| company.table("Account")?.row(key));
    row.map(|row| row.to_record()).unwrap_or_default()
}

/// Types in the order of reports (reference 9.2).
const ORDER: [&str; 15] = [
    "Bank",
    "Accounts Receivable",
    "Other Current Asset",
    "Fixed Asset",
    "Other Asset",
    "Accounts Payable",
    "Credit Card",
    "Other Current Liability",
    "Long Term Liability",
    "Equity",
    "Income",
    "Cost of Goods Sold",
    "Expense",
    "Other Income",
    "Other Expense",
];

fn rank(kind: &str) -> usize {
    ORDER.iter().position(|known| *known == kind).unwrap_or(ORDER.len())
}

/// Balances at the end of a day as the service states them: income and expense begin anew each business year, and the
/// results of earlier years stand in Retained Earnings.
pub(crate) fn trial_balance(company: &Company, day: NaiveDate) -> BTreeMap<String, Decimal> {
    let mut balances = company.balances(Some(day));
    let before = year_begins(company, day).pred_opt().map(|end| company.balances(Some(end))).unwrap_or_default();
    let mut earlier = Decimal::ZERO;
    for (account, balance) in before {
        if !stands(&account_record(company, &account)) {
            earlier += balance;
            *balances.entry(account).or_default() -= balance;
        }
    }
    if let Some(retained) = company.account_of_subtype("RetainedEarnings") {
        *balances.entry(retained).or_default() += earlier;
    }
    balances.retain(|_, balance| !balance.is_zero());
    balances
}

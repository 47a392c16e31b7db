//! Balances and valuations: what is asked for, for which day, and what is refused.

use rstest::rstest;
use rust_decimal::{Decimal, dec};

use super::{provider, rows};
use crate::{
    error::{ErrorKind, ProviderError},
    model::{AccountBalance, ItemValuation, Report},
    testing::{Stub, reply, sitting},
};

fn report(end: &str, titles: &str, rows: &str) -> String {
    format!(
        r#"{{"Header":{{"Time":"2026-03-02T10:00:00-08:00","ReportName":"R","StartPeriod":"2026-01-01","EndPeriod":"{end}","Currency":"USD"}},
        "Columns":{{"Column":[{titles}]}},"Rows":{{"Row":[{rows}]}}}}"#
    )
}

const TRIAL: &str = r#"{"ColTitle":"","ColType":"Account"},{"ColTitle":"Debit","ColType":"Money"},{"ColTitle":"Credit","ColType":"Money"}"#;

const TRIAL_ROWS: &str = r#"{"ColData":[{"value":"Checking","id":"35"},{"value":"1,201.00"},{"value":""}]},
    {"type":"Section","Header":{"ColData":[{"value":"Income","id":"1"},{"value":"9"},{"value":"9"}]},
     "Rows":{"Row":[{"type":"Data","ColData":[{"id":"79","value":"Sales"},{},{"value":"1300.50"}]}]},
     "Summary":{"ColData":[{"value":"Total income"},{"value":""},{"value":"1300.50"}]}},
    {"ColData":[{"value":"Inventory Asset","id":"81"},{"value":"99.5"},{"value":"0"}]},
    {"ColData":[{"value":"Nobody's","id":""},{"value":""},{"value":"0.00"}]},
    {"ColData":[{"value":"TOTAL"},{"value":"1300.50"},{"value":"1300.50"}]},
    {"type":"Section","group":"GrandTotal","Summary":{"ColData":[{"value":"TOTAL"},{"value":"1300.50"},{"value":"1300.50"}]}}"#;

const STOCK: &str = r#"{"ColTitle":"","ColType":"ProductsAndService"},{"ColTitle":"SKU","ColType":"String"},{"ColTitle":"Qty","ColType":"Quantity"},{"ColTitle":"Asset Value","ColType":"Amount"},{"ColTitle":"Calc. Avg","ColType":"Amount"}"#;

const STOCK_ROWS: &str = r#"{"ColData":[{"value":"Oak Table","id":"19"},{"value":"OT-1"},{"value":"12.00000"},{"value":"2286.00"},{"value":"190.50"}],"type":"Data"},
    {"Header":{"ColData":[{"value":"Chairs","id":"7"},{"value":""}]},"type":"Section","Rows":{"Row":[
      {"ColData":[{"value":"Stool","id":"20"},{"value":""},{"value":"-1.5"},{"value":"-30"},{"value":"20"}],"type":"Data"}]}},
    {"Summary":{"ColData":[{"value":"TOTAL"},{"value":""},{"value":"10.5"},{"value":"2256.00"},{"value":""}]},"type":"Section"}"#;

fn balance(account: &str, balance: Decimal) -> AccountBalance {
    AccountBalance { account: account.to_owned(), balance }
}

async fn balances(body: String, day: Option<&str>) -> (Result<Report<AccountBalance>, ProviderError>, Vec<String>) {
    let stub = Stub::start(move |_, _| reply(200, body.as_str())).await;
    let day = day.map(|day| day.parse().unwrap());
    (provider(&stub).account_balances(&sitting("9130").session, day).await, stub.urls())
}

async fn valuation(body: String, day: Option<&str>) -> (Result<Report<ItemValuation>, ProviderError>, Vec<String>) {
    let stub = Stub::start(move |_, _| reply(200, body.as_str())).await;
    let day = day.map(|day| day.parse().unwrap());
    (provider(&stub).item_valuation(&sitting("9130").session, day).await, stub.urls())
}

#[tokio::test]
async fn balances_of_a_day_are_the_trial_balance() {
    let (read, urls) = balances(report("2026-02-28", TRIAL, TRIAL_ROWS), Some("2026-02-28")).await;
    let rows = vec![balance("35", dec!(1201)), balance("79", dec!(-1300.5)), balance("81", dec!(99.5))];
    assert_eq!(read.unwrap(), Report { as_of: Some("2026-02-28".parse().unwrap()), rows });
    let url = "/v3/company/9130/reports/TrialBalance?minorversion=75&start_date=2026-01-01&end_date=2026-02-28\
               &accounting_method=Accrual";
    assert_eq!(urls, [url]);
}

/// §9.2: liabilities, equity and income carry their balances as credits.
#[tokio::test]
async fn balances_of_now_are_those_of_the_accounts() {
    let accounts = r#"{"Id":"35","Name":"Checking","AccountType":"Bank","Classification":"Asset","CurrentBalance":1201,"CurrentBalanceWithSubAccounts":5,"CurrencyRef":{"value":"USD"}},
        {"Id":"33","Name":"A/P","AccountType":"Accounts Payable","CurrentBalance":"-20.5"},
        {"Id":"34","Name":"Equity","AccountType":"Equity","CurrentBalance":1300},
        {"Id":"79","Name":"Sales","AccountType":"Income","CurrentBalance":7.25},
        {"Id":"80","Name":"COGS","AccountType":"Cost of Goods Sold","CurrentBalance":3,"Active":false},
        {"Id":"90","Name":"Empty","AccountType":"Expense"},{"Id":"91","Name":"Memo","AccountType":"Non-Posting","CurrentBalance":4}"#;
    let (read, urls) = balances(rows("Account", accounts), None).await;
    let rows = vec![
        balance("35", dec!(1201)),
        balance("33", dec!(20.5)),
        balance("34", dec!(-1300)),
        balance("79", dec!(-7.25)),
        balance("80", dec!(3)),
        balance("90", dec!(0)),
        balance("91", dec!(0)),
    ];
    assert_eq!((read.unwrap(), urls.len()), (Report { as_of: None, rows }, 1));
}

/// An account's balance is in its own currency, the trial balance in the company's.
#[tokio::test]
async fn balances_of_now_of_several_currencies_are_the_trial_balance_of_today() {
    let accounts = r#"{"Id":"35","Name":"Checking","AccountType":"Bank","CurrentBalance":1201,"CurrencyRef":{"value":"USD"}},
        {"Id":"36","Name":"Euro","AccountType":"Bank","CurrentBalance":5,"CurrencyRef":{"value":"EUR"}}"#;
    let stub = Stub::start(move |seen, _| match seen.url.split_once("end_date=") {
        Some((_, day)) => reply(200, report(&day[..10], TRIAL, TRIAL_ROWS)),
        None => reply(200, rows("Account", accounts)),
    })
    .await;
    let read = provider(&stub).account_balances(&sitting("9130").session, None).await.unwrap();
    assert_eq!((read.as_of, read.rows.len(), stub.seen().len()), (None, 3, 2));
}

#[tokio::test]
async fn an_account_that_cannot_be_used_is_no_zero() {
    let accounts = r#"{"Id":"35","Name":"Checking","AccountType":"Bank","CurrentBalance":"much"}"#;
    let error = balances(rows("Account", accounts), None).await.0.unwrap_err();
    let told = (error.kind, error.operation, error.message.as_str());
    assert_eq!(told, (ErrorKind::Malformed, "report.balances", "Checking: CurrentBalance `much` cannot be read"));
}

#[tokio::test]
async fn a_valuation_is_asked_for_with_every_date_that_may_count() {
    let item = |item: &str, quantity, value| ItemValuation { item: item.to_owned(), quantity, value };
    let rows = vec![item("19", dec!(12), dec!(2286)), item("20", dec!(-1.5), dec!(-30))];
    let (read, urls) = valuation(report("2026-02-28", STOCK, STOCK_ROWS), Some("2026-02-28")).await;
    assert_eq!(read.unwrap(), Report { as_of: Some("2026-02-28".parse().unwrap()), rows: rows.clone() });
    let url = "/v3/company/9130/reports/InventoryValuationSummary?minorversion=75&start_date=2026-02-28\
               &end_date=2026-02-28&report_date=2026-02-28";
    assert_eq!(urls, [url]);
    let (read, urls) = valuation(report("2026-03-02", STOCK, STOCK_ROWS), None).await;
    assert_eq!(read.unwrap(), Report { as_of: None, rows });
    assert_eq!(urls, ["/v3/company/9130/reports/InventoryValuationSummary?minorversion=75"]);
}

/// §14: a report that was given the wrong kind of date answers as of today without an error.
#[rstest]
#[case(report("2026-03-02", TRIAL, TRIAL_ROWS), "the report was asked for as of 2026-02-28 and holds for 2026-03-02")]
#[case("{}".to_owned(), "the report was asked for as of 2026-02-28 and holds for no day at all")]
#[case(report("2026-02-28", STOCK, TRIAL_ROWS).replace("Asset Value", "Worth").replace("Qty", "Number"), "the report has no column")]
#[case(
    report("2026-02-28", &format!("{TRIAL},{STOCK}"), r#"{"ColData":[{"value":"Checking"},{"value":"1"},{"value":"2"},{"value":"3"},{"value":"4"},{"value":"5"},{"value":"6"}]}"#),
    "the row `Checking` names no record"
)]
#[case(
    report("2026-02-28", &format!("{TRIAL},{STOCK}"), r#"{"ColData":[{"value":"A","id":"1"},{"value":"x"},{"value":"2"},{"value":"3"},{"value":"4"},{"value":"x"},{"value":"6"}]}"#),
    "the row `A`: the figure `x` cannot be read"
)]
#[tokio::test]
async fn a_report_that_cannot_be_trusted_is_refused_once(#[case] body: String, #[case] said: &str) {
    let (balances, urls) = balances(body.clone(), Some("2026-02-28")).await;
    let error = balances.unwrap_err();
    assert_eq!((error.kind, error.operation, urls.len()), (ErrorKind::Malformed, "report.balances", 1));
    assert!(error.message.starts_with(said), "{}", error.message);
    let error = valuation(body, Some("2026-02-28")).await.0.unwrap_err();
    assert_eq!((error.kind, error.operation), (ErrorKind::Malformed, "report.valuation"));
    assert!(error.message.starts_with(said), "{}", error.message);
}

#[tokio::test]
async fn a_report_without_rows_is_empty() {
    let body = r#"{"Header":{"EndPeriod":"2026-02-28","Option":[{"Name":"NoReportData","Value":"true"}]},"Columns":{},"Rows":{}}"#;
    assert_eq!(balances(body.to_owned(), Some("2026-02-28")).await.0.unwrap().rows, []);
    assert_eq!(valuation(body.to_owned(), Some("2026-02-28")).await.0.unwrap().rows, []);
}

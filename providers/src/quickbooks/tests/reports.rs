//! Balances and valuations: what is asked for, for which day, and what is refused.

use rstest::rstest;
use rust_decimal::{Decimal, dec};

use super::provider;
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

/// §9.2 does not tell the sign of `CurrentBalance`, so nothing is asked of the accounts; the latest day of any time zone is
/// asked for.
#[tokio::test]
async fn balances_of_now_are_the_trial_balance_of_today() {
    let stub = Stub::start(move |seen, _| match seen.url.split_once("end_date=") {
        Some((_, day)) => reply(200, report(&day[..10], TRIAL, TRIAL_ROWS)),
        None => reply(500, ""),
    })
    .await;
    let read = provider(&stub).account_balances(&sitting("9130").session, None).await.unwrap();
    let rows = vec![balance("35", dec!(1201)), balance("79", dec!(-1300.5)), balance("81", dec!(99.5))];
    assert_eq!((read, stub.seen().len()), (Report { as_of: None, rows }, 1));
    let day = (chrono::Utc::now().date_naive() + chrono::Days::new(1)).to_string();
    assert!(stub.urls()[0].contains(&format!("end_date={day}&")), "{:?}", stub.urls());
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

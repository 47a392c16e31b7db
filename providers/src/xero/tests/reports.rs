//! Balances of accounts and values of items.

use rstest::rstest;

use super::{TENANT, asked, decimal, provider, rows};
use crate::{
    error::ErrorKind,
    model::{AccountBalance, ItemValuation, Report},
    testing::{Stub, reply, sitting},
};

fn cell(value: &str, account: &str) -> String {
    format!(r#"{{"Value":"{value}","Attributes":[{{"Value":"{account}","Id":"account"}}]}}"#)
}

fn row(name: &str, account: &str, figures: [&str; 4]) -> String {
    let cells: Vec<String> = [name].into_iter().chain(figures).map(|value| cell(value, account)).collect();
    format!(r#"{{"RowType":"Row","Cells":[{}]}}"#, cells.join(","))
}

fn report(heading: [&str; 5], rows: &str) -> String {
    let heading = heading.map(|title| format!(r#"{{"Value":"{title}"}}"#)).join(",");
    format!(
        r#"{{"Status":"OK","Reports":[{{"ReportID":"TrialBalance","ReportName":"Trial Balance","ReportDate":"2 April 2026",
            "ReportTitles":["Trial Balance","Oak & Co","As at 31 March 2026"],"Rows":[
            {{"RowType":"Header","Cells":[{heading}]}},{rows}]}}]}}"#
    )
}

const HEADING: [&str; 5] = ["Account", "Debit", "Credit", "YTD Debit", "YTD Credit"];

fn whole() -> String {
    let sections = format!(
        r#"{{"RowType":"Section","Title":"Revenue","Rows":[{}]}},
           {{"RowType":"Section","Title":"Assets","Rows":[{},{}]}},
           {{"RowType":"Section","Title":"","Rows":[{{"RowType":"SummaryRow","Cells":[{{"Value":"Total"}},
             {{"Value":"1"}},{{"Value":"1"}},{{"Value":"1500.25"}},{{"Value":"1500.25"}}]}}]}}"#,
        row("Sales (200)", "a-200", ["", "100.00", "", "1500.25"]),
        row("Bank (090)", "a-090", ["100.00", "", "1600.25", ""]),
        row("Stock (630)", "a-630", ["", "", "", "100.00"]),
    );
    report(HEADING, &sections)
}

#[rstest]
#[case(Some("2026-03-31"), "/Reports/TrialBalance?date=2026-03-31")]
#[case(None, "/Reports/TrialBalance")]
#[tokio::test]
async fn balances_are_those_of_the_year_to_date(#[case] day: Option<&str>, #[case] url: &str) {
    let stub = Stub::start(|_, _| reply(200, whole())).await;
    let day = day.map(|day| day.parse().unwrap());
    let balances = provider(&stub).account_balances(&sitting(TENANT).session, day).await.unwrap();
    let balance =
        |account: &str, amount: &str| AccountBalance { account: account.to_owned(), balance: decimal(amount) };
    let rows = vec![balance("a-200", "-1500.25"), balance("a-090", "1600.25"), balance("a-630", "-100")];
    assert_eq!(balances, Report { as_of: day, rows });
    assert_eq!(stub.urls(), [url]);
}

#[tokio::test]
async fn the_day_is_the_one_that_the_report_states() {
    let stub = Stub::start(|_, _| reply(200, whole())).await;
    let asked = Some("2026-04-30".parse().unwrap());
    let balances = provider(&stub).account_balances(&sitting(TENANT).session, asked).await.unwrap();
    assert_eq!(balances.as_of, Some("2026-03-31".parse().unwrap()));
    let stub = Stub::start(|_, _| reply(200, whole().replace("As at 31 March 2026", "Bis 31. März"))).await;
    let balances = provider(&stub).account_balances(&sitting(TENANT).session, asked).await.unwrap();
    assert_eq!(balances.as_of, asked);
}

#[rstest]
#[case::no_report(r#"{"Reports":[]}"#.to_owned(), "the answer holds no report")]
#[case::no_columns(report(["Konto", "Soll", "Haben", "", ""], "{}"), "the report has no debit and credit columns")]
#[case::no_account(
    report(HEADING, r#"{"RowType":"Row","Cells":[{"Value":"Sales"},{"Value":"1"}]}"#),
    "a row of the report names no account"
)]
#[case::no_figure(
    report(HEADING, &row("Sales", "a-1", ["", "", "1,500.25", ""])),
    "the figure `1,500.25` of account a-1 cannot be read"
)]
#[tokio::test]
async fn a_report_that_cannot_be_read_is_no_balance_of_zero(#[case] body: String, #[case] message: &'static str) {
    let stub = Stub::start(move |_, _| reply(200, body.clone())).await;
    let error = provider(&stub).account_balances(&sitting(TENANT).session, None).await.unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Malformed, message));
}

#[tokio::test]
async fn columns_are_found_by_their_titles() {
    let body = report(
        ["Account", "YTD Credit", "YTD Debit", "Credit", "Debit"],
        &row("Bank", "a-1", ["3.00", "10.00", "9", "9"]),
    );
    let stub = Stub::start(move |_, _| reply(200, body.clone())).await;
    let balances = provider(&stub).account_balances(&sitting(TENANT).session, None).await.unwrap();
    assert_eq!(balances.rows[0].balance, decimal("7"));
}

#[tokio::test]
async fn the_value_of_tracked_items_is_the_pool_of_their_costs() {
    let items = r#"{"ItemID":"i-1","Code":"A","IsTrackedAsInventory":true,"QuantityOnHand":3,"TotalCostPool":"100.00"},
        {"ItemID":"i-2","Code":"B","IsTrackedAsInventory":false},{"ItemID":"i-3","Code":"C","IsTrackedAsInventory":true}"#;
    let stub = Stub::start(move |_, _| reply(200, rows("Items", items))).await;
    let (provider, session) = (provider(&stub), sitting(TENANT).session);
    let value = |item: &str, quantity: &str, value: &str| ItemValuation {
        item: item.to_owned(),
        quantity: decimal(quantity),
        value: decimal(value),
    };
    let expected = Report { as_of: None, rows: vec![value("i-1", "3", "100"), value("i-3", "0", "0")] };
    assert_eq!(provider.item_valuation(&session, None).await, Ok(expected));
    let day = Some("2026-03-31".parse().unwrap());
    let error = provider.item_valuation(&session, day).await.unwrap_err();
    assert_eq!((error.kind, stub.seen().len()), (ErrorKind::Unsupported, 1), "only as of now, and nothing was sent");
}

#[tokio::test]
async fn a_value_that_cannot_be_read_is_no_value_of_zero() {
    let items = r#"{"ItemID":"i-1","Code":"A","IsTrackedAsInventory":true,"QuantityOnHand":"many"}"#;
    let stub = Stub::start(move |seen, _| {
        assert_eq!(asked(seen).0, "/Items");
        reply(200, rows("Items", items))
    })
    .await;
    let error = provider(&stub).item_valuation(&sitting(TENANT).session, None).await.unwrap_err();
    let said = "the value of item A cannot be read: QuantityOnHand `many` cannot be read";
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Malformed, said));
}

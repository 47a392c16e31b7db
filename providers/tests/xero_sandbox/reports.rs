//! Trial balance, balance sheet, profit and loss.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::service::connected;

/// All rows with cells, of all sections, as texts.
fn rows(report: &Value) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for row in report["Rows"].as_array().expect("rows") {
        for inner in row["Rows"].as_array().unwrap_or(&vec![row.clone()]) {
            let cells = inner["Cells"].as_array().expect("cells");
            rows.push(cells.iter().map(|cell| cell["Value"].as_str().expect("a text").to_owned()).collect());
        }
    }
    rows
}

fn row<'r>(rows: &'r [Vec<String>], label: &str) -> &'r [String] {
    let found = rows.iter().find(|row| row[0] == label);
    assert!(found.is_some(), "no row {label}: {rows:?}");
    found.map(|row| &row[1..]).unwrap_or_default()
}

#[tokio::test]
async fn the_trial_balance_has_month_and_year_and_names_accounts_by_id() {
    let (_service, main) = connected().await;
    let (_, body) = main.get("Reports/TrialBalance?date=2026-02-28").await;
    let report = &body["Reports"][0];
    assert_eq!(report["ReportTitles"], json!(["Trial Balance", "Tōtara & Pine Furniture", "As at 28 February 2026"]));
    let rows = rows(report);
    assert_eq!(rows[0], ["Account", "Debit", "Credit", "YTD Debit", "YTD Credit"]);
    assert_eq!(row(&rows, "Sales (200)"), ["", "2378.81", "", "2378.81"]);
    assert_eq!(row(&rows, "Direct Wages (320)"), ["4210.40", "", "4210.40", ""]);
    let total = row(&rows, "Total");
    assert_eq!((&total[0], &total[2]), (&total[1], &total[3]));
    let sales = main.find("Accounts", "200").await;
    let attribute = report["Rows"][1]["Rows"][0]["Cells"][0]["Attributes"][0].clone();
    assert_eq!(attribute, json!({"Value": sales["AccountID"], "Id": "account"}));
}

#[tokio::test]
async fn a_new_year_begins_with_profit_in_retained_earnings() {
    let (_service, main) = connected().await;
    let (_, old) = main.get("Reports/TrialBalance?date=2026-03-31").await;
    let (_, new) = main.get("Reports/TrialBalance?date=2026-04-01").await;
    let (old, new) = (rows(&old["Reports"][0]), rows(&new["Reports"][0]));
    assert!(new.iter().all(|row| !row[0].starts_with("Sales (")), "{new:?}");
    assert!(old.iter().all(|row| !row[0].starts_with("Retained")));
    let retained = row(&new, "Retained Earnings (960)");
    assert!(!retained[2].is_empty() || !retained[3].is_empty());
    let total = row(&new, "Total");
    assert_eq!(total[2], total[3]);
}

#[tokio::test]
async fn the_balance_sheet_balances_and_profit_is_what_it_says() {
    let (_service, main) = connected().await;
    let (_, sheet) = main.get("Reports/BalanceSheet?date=2026-03-31").await;
    let sheet = rows(&sheet["Reports"][0]);
    assert_eq!(row(&sheet, "Net Assets"), row(&sheet, "Total Equity"));
    let (_, profit) = main.get("Reports/ProfitAndLoss?fromDate=2025-04-01&toDate=2026-03-31").await;
    let profit = rows(&profit["Reports"][0]);
    assert_eq!(row(&profit, "Net Profit"), row(&sheet, "Current Year Earnings"));
    assert_eq!(main.get("Reports/Nonsense").await.0, StatusCode::NOT_FOUND);
    assert_eq!(main.get("Reports/TrialBalance?date=soon").await.0, StatusCode::BAD_REQUEST);
}

//! Reports as a reader sees them: rows, sums, the day that they hold for (reference 14).

use std::collections::BTreeMap;

use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    books::{adjustment, figure, journal, posting},
    service::{Company, but, connected, fault},
};

async fn report(company: &Company, path: &str) -> Value {
    let (status, body) = company.get(&format!("reports/{path}")).await;
    assert_eq!(status, 200, "{body}");
    body
}

/// Cells of all rows of data by the id in the first.
fn data(report: &Value) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    gather(&report["Rows"], &mut found);
    found
}

fn gather(rows: &Value, found: &mut BTreeMap<String, Vec<String>>) {
    for row in rows["Row"].as_array().into_iter().flatten() {
        gather(&row["Rows"], found);
        let Some(cells) = row["ColData"].as_array() else { continue };
        let text = |cell: &Value| cell["value"].as_str().unwrap_or_default().to_owned();
        let id = cells[0]["id"].as_str().unwrap_or("none").to_owned();
        found.insert(id, cells[1..].iter().map(text).collect());
    }
}

/// The cells of the sum of a group.
fn sum(rows: &Value, group: &str) -> Option<Vec<String>> {
    rows["Row"].as_array()?.iter().find_map(|row| {
        if row["group"] != group {
            return sum(&row["Rows"], group);
        }
        let cells = row["Summary"]["ColData"].as_array()?;
        Some(cells[1..].iter().map(|cell| cell["value"].as_str().unwrap_or_default().to_owned()).collect())
    })
}

fn cents(text: &str) -> i64 {
    text.replace('.', "").parse().unwrap_or_default()
}

#[tokio::test]
async fn a_trial_balance_balances_and_says_what_the_accounts_say() {
    let (_service, company) = connected().await;
    company.save("JournalEntry", journal()).await;
    company.save("InventoryAdjustment", adjustment()).await;
    let report =
        report(&company, "TrialBalance?start_date=2026-01-01&end_date=2026-11-20&accounting_method=Accrual").await;
    assert_eq!(report["Header"]["ReportName"], "TrialBalance");
    assert_eq!(
        (&report["Header"]["StartPeriod"], &report["Header"]["EndPeriod"]),
        (&json!("2026-01-01"), &json!("2026-11-20"))
    );
    let titles: Vec<&str> = report["Columns"]["Column"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| column["ColTitle"].as_str().unwrap())
        .collect();
    assert_eq!(titles, ["", "Debit", "Credit"]);
    let rows = data(&report);
    let total = |column: usize| rows.values().map(|cells| cents(&cells[column])).sum::<i64>();
    assert_eq!(total(0), total(1));
    let sums = sum(&report["Rows"], "GrandTotal").unwrap();
    assert_eq!((cents(&sums[0]), cents(&sums[1])), (total(0), total(1)));
    assert_eq!(rows["91"], ["381.00", ""], "two tables at 190.50 went to shrinkage");
    let bank: f64 = figure(&company, "Account", "35", "CurrentBalance").await.parse().unwrap();
    assert_eq!(rows["35"][0], format!("{bank:.2}"));
}

#[tokio::test]
async fn a_report_holds_for_the_day_that_its_header_states() {
    let (_service, company) = connected().await;
    company.save("InventoryAdjustment", adjustment()).await;
    let quantity = async |query: &str| {
        let report = report(&company, &format!("InventoryValuationSummary{query}")).await;
        (data(&report)["11"].clone(), report["Header"]["EndPeriod"].as_str().unwrap().to_owned())
    };
    let cells = |quantity: &str, value: &str| ["OT-1", quantity, value, "190.50"].map(str::to_owned).to_vec();
    let (before, end) = quantity("?start_date=2026-02-28&end_date=2026-02-28&report_date=2026-02-28").await;
    assert_eq!((before, end.as_str()), (cells("12", "2286.00"), "2026-02-28"));
    assert_eq!(quantity("?end_date=2026-03-01").await.0, cells("10", "1905.00"));
    assert_eq!(quantity("").await.0, cells("10", "1905.00"));
    // Stock valued first in first out is dated by the range: the report's date alone changes nothing.
    assert_eq!(quantity("?report_date=2026-02-28").await.0, cells("10", "1905.00"));
}

#[tokio::test]
async fn stock_is_worth_what_its_account_says() {
    let (_service, company) = connected().await;
    company.save("InventoryAdjustment", adjustment()).await;
    let stock = report(&company, "InventoryValuationSummary").await;
    let value: i64 = data(&stock).values().map(|cells| cents(&cells[2])).sum();
    assert_eq!(sum(&stock["Rows"], "GrandTotal").map(|sums| cents(&sums[2])), Some(value));
    let sheet = report(&company, "BalanceSheet").await;
    assert_eq!(cents(&data(&sheet)["81"][0]), value);
}

#[tokio::test]
async fn assets_equal_what_is_owed_and_what_remains() {
    let (_service, company) = connected().await;
    company.save("InventoryAdjustment", adjustment()).await;
    let lines = json!([posting("Debit", "35", json!(100)), posting("Credit", "1", json!(100))]);
    company.save("JournalEntry", but(journal(), json!({"Line": lines}))).await;
    let sheet = report(&company, "BalanceSheet?end_date=2026-11-20").await;
    let of = |group: &str| cents(&sum(&sheet["Rows"], group).unwrap()[0]);
    assert_eq!(of("TotalAssets"), of("TotalLiabilitiesAndEquity"));
    assert_eq!(data(&sheet)["none"], ["-281.00"], "the result of the year: 100 earned, 381 lost");
    let result = report(&company, "ProfitAndLoss?start_date=2026-01-01&end_date=2026-11-20").await;
    let of = |group: &str| sum(&result["Rows"], group).unwrap()[0].clone();
    assert_eq!(
        (of("Income"), of("COGS"), of("GrossProfit"), of("NetIncome")),
        ("100.00".into(), "381.00".into(), "-281.00".into(), "-281.00".into())
    );
    let earlier = report(&company, "ProfitAndLoss?start_date=2026-01-01&end_date=2026-02-28").await;
    assert_eq!((earlier["Rows"].clone(), &earlier["Header"]["Option"][1]["Value"]), (json!({}), &json!("true")));
}

#[tokio::test]
async fn results_of_earlier_years_stand_in_retained_earnings() {
    let (_service, company) = connected().await;
    let lines = json!([posting("Debit", "35", json!(70.25)), posting("Credit", "1", json!(70.25))]);
    company.save("JournalEntry", but(journal(), json!({"TxnDate": "2025-12-31", "Line": lines}))).await;
    let of = async |day: &str| data(&report(&company, &format!("TrialBalance?end_date={day}")).await);
    let (old, new) = (of("2025-12-31").await, of("2026-01-01").await);
    assert_eq!((old.get("1"), old.get("2")), (Some(&vec![String::new(), "70.25".to_owned()]), None));
    assert_eq!((new.get("1"), new.get("2")), (None, Some(&vec![String::new(), "70.25".to_owned()])));
}

#[rstest]
#[case("Unicorns", 500, "")]
#[case("TrialBalance?end_date=soon", 2060, "end_date")]
#[case("TrialBalance?start_date=2026-02-01&end_date=2026-01-01", 2190, "start_date")]
#[case("ProfitAndLoss?accounting_method=Cash", 5030, "accounting_method")]
#[tokio::test]
async fn a_report_that_there_is_not_is_refused(#[case] path: &str, #[case] code: u32, #[case] element: &str) {
    let (_service, company) = connected().await;
    let found = fault(&company.get(&format!("reports/{path}")).await);
    assert_eq!((found.0, found.1.as_str()), (code, element), "{}", found.2);
}

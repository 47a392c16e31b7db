//! Reports and the feed of changes (reference 11, 14).

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::{
    books::{adjustment, journal},
    service::{Company, but, connected, fault},
};

/// Id and figures of the rows of data.
async fn rows(company: &Company, path: &str, places: [usize; 2]) -> Vec<(String, [Decimal; 2])> {
    let (status, report) = company.get(path).await;
    assert_eq!(status, 200, "{report}");
    let rows = report["Rows"]["Row"].as_array().expect("rows").iter().filter(|row| row["type"] == "Data");
    let figure = |row: &Value, place: usize| {
        let text = row["ColData"][place]["value"].as_str().expect("text");
        if text.is_empty() { Decimal::ZERO } else { text.parse().expect("a number") }
    };
    rows.map(|row| {
        (row["ColData"][0]["id"].as_str().expect("an id").to_owned(), places.map(|place| figure(row, place)))
    })
    .collect()
}

async fn in_balance(company: &Company, path: &str) -> Vec<(String, [Decimal; 2])> {
    let rows = rows(company, path, [1, 2]).await;
    let sum: Decimal = rows.iter().map(|(_, [debit, credit])| debit - credit).sum();
    assert_eq!(sum, Decimal::ZERO, "{path}");
    rows
}

fn of(rows: &[(String, [Decimal; 2])], id: &str) -> [Decimal; 2] {
    rows.iter().find(|(row, _)| row == id).map_or([Decimal::ZERO; 2], |(_, figures)| *figures)
}

#[tokio::test]
async fn the_trial_balance_adds_up_on_every_day_and_stock_ties_to_its_account() {
    let (_service, company) = connected().await;
    let sale = json!({"TxnDate": "2026-03-02", "CustomerRef": {"value": "1"}, "TxnTaxDetail": {"TotalTax": 2.5}, "Line": [
        {"DetailType": "SalesItemLineDetail",
         "SalesItemLineDetail": {"ItemRef": {"value": "11"}, "Qty": 3, "UnitPrice": 310}}]});
    company.save("JournalEntry", journal()).await;
    company.save("InventoryAdjustment", adjustment()).await;
    company.save("Invoice", sale).await;
    for day in ["2026-02-28", "2026-03-01", "2026-03-02", "2027-03-02"] {
        let year = &day[..4];
        let path = format!("reports/TrialBalance?start_date={year}-01-01&end_date={day}");
        let balances = in_balance(&company, &path).await;
        let path = format!("reports/InventoryValuationSummary?start_date={day}&end_date={day}&report_date={day}");
        let stock = rows(&company, &path, [2, 3]).await;
        let value: Decimal = stock.iter().map(|(_, [_, value])| *value).sum();
        assert_eq!(of(&balances, "81"), [value, Decimal::ZERO], "{day}");
        let quantity = of(&stock, "11")[0];
        let expected = match day {
            "2026-02-28" => (12, [0, 0], 0),
            "2026-03-01" => (10, [0, 38_100], 0),
            "2026-03-02" => (7, [57_150, 38_100], 93_000),
            // In the next year all of it is retained.
            _ => (7, [0, 0], 0),
        };
        let cents = |amount: i64| Decimal::new(amount, 2);
        assert_eq!(quantity, Decimal::from(expected.0), "{day}");
        assert_eq!([of(&balances, "80")[0], of(&balances, "91")[0]], expected.1.map(cents), "{day}");
        assert_eq!(of(&balances, "46")[1], cents(expected.2), "{day}");
    }
    let (_, report) = company.get("reports/TrialBalance?end_date=2026-03-01").await;
    assert_eq!(
        (&report["Header"]["StartPeriod"], &report["Header"]["EndPeriod"]),
        (&json!("2026-01-01"), &json!("2026-03-01"))
    );
    assert_eq!(fault(&company.get("reports/Nonsense").await).0, 500);
    assert_eq!(fault(&company.get("reports/TrialBalance?end_date=soon").await).0, 2060);
}

/// The rows of the feed, by entity.
async fn feed(company: &Company, entities: &str, since: &str) -> Value {
    let request = company.request(reqwest::Method::GET, "cdc");
    let (status, mut body) =
        crate::service::answer(request.query(&[("entities", entities), ("changedSince", since)])).await;
    assert_eq!(status, 200, "{body}");
    body["CDCResponse"][0]["QueryResponse"].take()
}

#[tokio::test]
async fn the_feed_tells_of_changes_and_deletions_once_asked_for() {
    let (_service, company) = connected().await;
    let since = chrono::Utc::now().to_rfc3339();
    let kinds = "Item,JournalEntry,InventoryAdjustment";
    assert_eq!(feed(&company, kinds, &since).await, json!([{}]));
    let made = company.save("JournalEntry", journal()).await;
    company.save("InventoryAdjustment", adjustment()).await;
    let gone = company.save("JournalEntry", but(journal(), json!({"DocNumber": "SF-2"}))).await;
    company.post("journalentry?operation=delete", &gone).await;
    let told = feed(&company, kinds, &since).await;
    let told = told.as_array().unwrap();
    assert_eq!(told.len(), 3);
    assert_eq!((&told[0]["Item"][0]["Id"], &told[0]["Item"][0]["QtyOnHand"]), (&json!("11"), &json!(10)));
    let deleted = &told[1]["JournalEntry"][1];
    assert_eq!(told[1]["JournalEntry"][0], made);
    let stamp = json!({"LastUpdatedTime": deleted["MetaData"]["LastUpdatedTime"]});
    assert_eq!(*deleted, json!({"Id": "3", "domain": "QBO", "status": "Deleted", "MetaData": stamp}));
    assert_eq!(told[1]["totalCount"], 2);
    assert_eq!(told[2]["InventoryAdjustment"][0]["Id"], "2");
}

#[tokio::test]
async fn the_feed_refuses_what_it_cannot_tell() {
    let (_service, company) = connected().await;
    let today = chrono::Utc::now().date_naive();
    let old = today - chrono::TimeDelta::days(40);
    for (parameters, code) in [
        ("entities=Item".to_owned(), 2020),
        (format!("changedSince={today}"), 2020),
        (format!("entities=Gnome&changedSince={today}"), 500),
        (format!("entities=Item&changedSince={old}"), 2190),
        ("entities=Item&changedSince=soon".to_owned(), 2060),
    ] {
        assert_eq!(fault(&company.get(&format!("cdc?{parameters}")).await).0, code, "{parameters}");
    }
}

#[tokio::test]
async fn a_batch_writes_documents_each_for_itself() {
    let (_service, company) = connected().await;
    let body = json!({"BatchItemRequest": [
        {"bId": "a", "operation": "create", "JournalEntry": journal()},
        {"bId": "b", "operation": "create", "JournalEntry": but(journal(), json!({"Line": null}))},
        {"bId": "c", "operation": "create", "InventoryAdjustment": adjustment()},
        {"bId": "d", "operation": "delete", "JournalEntry": {"Id": "1", "SyncToken": "0"}}]});
    let (_, answer) = company.post("batch", &body).await;
    let items = &answer["BatchItemResponse"];
    assert_eq!((&items[0]["JournalEntry"]["Id"], &items[2]["InventoryAdjustment"]["Id"]), (&json!("1"), &json!("2")));
    assert_eq!(items[1]["Fault"]["Error"][0]["code"], "2250");
    assert_eq!(items[3]["JournalEntry"], json!({"Id": "1", "domain": "QBO", "status": "Deleted"}));
    in_balance(&company, "reports/TrialBalance").await;
}

//! Bills of suppliers, and what they do to stock, expenses and payables (reference 9.9).

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::{
    books::figure,
    service::{Company, but, connected, fault},
};

fn bill() -> Value {
    json!({"VendorRef": {"value": "1"}, "TxnDate": "2026-03-01", "DocNumber": "S-1", "Line": [
        {"DetailType": "ItemBasedExpenseLineDetail",
         "ItemBasedExpenseLineDetail": {"ItemRef": {"value": "11"}, "Qty": 3, "UnitPrice": 200.25}},
        {"Amount": 19.99, "DetailType": "AccountBasedExpenseLineDetail",
         "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "54"}}}]})
}

/// Payables, stock; and the quantity of oak tables.
async fn state(company: &Company) -> (Decimal, Decimal, String) {
    let balance = async |account| -> Decimal {
        figure(company, "Account", account, "CurrentBalance").await.parse().expect("a number")
    };
    (balance("33").await, balance("81").await, figure(company, "Item", "11", "QtyOnHand").await)
}

#[tokio::test]
async fn a_bill_puts_stock_in_at_its_price_and_its_deletion_takes_it_out() {
    let (_service, company) = connected().await;
    let before = state(&company).await;
    let made = company.save("Bill", bill()).await;
    assert_eq!(
        (&made["TotalAmt"], &made["Balance"], &made["DueDate"]),
        (&json!(620.74), &json!(620.74), &json!("2026-03-01"))
    );
    assert_eq!(made["APAccountRef"]["value"], "33");
    let (payable, stock, quantity) = state(&company).await;
    assert_eq!(
        (payable - before.0, stock - before.1, quantity.as_str()),
        (Decimal::new(-62074, 2), Decimal::new(60075, 2), "15")
    );
    let found = company.query("SELECT * FROM Bill WHERE VendorRef = '1'").await;
    assert_eq!(found["Bill"], json!([made]));
    let (_, trial) = company.get("reports/TrialBalance").await;
    let total = &trial["Rows"]["Row"].as_array().expect("rows").last().expect("a sum")["Summary"]["ColData"];
    assert_eq!(total[1]["value"], total[2]["value"], "{total}");
    let (status, gone) = company.post("bill?operation=delete", &made).await;
    assert_eq!((status.as_u16(), &gone["Bill"]["status"]), (200, &json!("Deleted")));
    assert_eq!(state(&company).await, before);
}

#[tokio::test]
async fn a_bill_keeps_the_rules() {
    let (_service, company) = connected().await;
    let line = |detail: Value| json!({"Line": [detail]});
    let of_item = |item: &str| {
        json!({"DetailType": "ItemBasedExpenseLineDetail", "Amount": 1,
        "ItemBasedExpenseLineDetail": {"ItemRef": {"value": item}}})
    };
    let both = json!({"Amount": 1, "ItemBasedExpenseLineDetail": {"ItemRef": {"value": "11"}},
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "54"}}});
    for (change, code) in [
        (json!({"VendorRef": null}), 2020),
        (json!({"VendorRef": {"value": "4711"}}), 2500),
        (json!({"APAccountRef": {"value": "81"}}), 6430),
        (json!({"Line": []}), 2250),
        (line(both), 2600),
        (line(of_item("4711")), 2500),
        (line(of_item("2")), 2120),
        (json!({"TxnDate": "2001-01-01"}), 6270),
    ] {
        assert_eq!(company.refused("Bill", but(bill(), change.clone())).await.0, code, "{change}");
    }
    assert_eq!(fault(&company.get("bill/1").await).0, 610);
}

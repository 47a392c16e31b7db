//! Sales transactions, and what they do to accounts and stock (reference 7.4, 9.5).

use rstest::rstest;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::{
    books::figure,
    service::{Company, REALM, but, connected, fault},
};

const KINDS: [&str; 4] = ["Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt"];

fn goods(item: &str, quantity: Value, price: Value) -> Value {
    json!({"DetailType": "SalesItemLineDetail",
           "SalesItemLineDetail": {"ItemRef": {"value": item}, "Qty": quantity, "UnitPrice": price}})
}

/// Two oak tables (11, at 310, cost 190.50) with discount, shipping and tax, paid into the bank (35) where it is paid.
fn sale() -> Value {
    json!({"TxnDate": "2026-03-01", "CustomerRef": {"value": "1"}, "DepositToAccountRef": {"value": "35"},
           "TxnTaxDetail": {"TotalTax": 3.21}, "Line": [
        goods("11", json!(2), json!(310)),
        {"DetailType": "DiscountLineDetail", "Amount": 10.01, "DiscountLineDetail": {"PercentBased": false}},
        {"DetailType": "SalesItemLineDetail", "Amount": 7.5,
         "SalesItemLineDetail": {"ItemRef": {"value": "SHIPPING_ITEM_ID"}}}]})
}

async fn balance(company: &Company, account: &str) -> Decimal {
    figure(company, "Account", account, "CurrentBalance").await.parse().expect("a number")
}

/// Receivable, bank, stock, tax; and the quantity of oak tables.
async fn state(company: &Company) -> ([Decimal; 4], String) {
    let mut balances = [Decimal::ZERO; 4];
    for (balance_, account) in balances.iter_mut().zip(["84", "35", "81", "89"]) {
        *balance_ = balance(company, account).await;
    }
    (balances, figure(company, "Item", "11", "QtyOnHand").await)
}

async fn post(company: &Company, path: &str, entity: &str, body: &Value) -> Value {
    let (status, mut answer) = company.post(path, body).await;
    assert_eq!(status, 200, "{answer}");
    answer[entity].take()
}

fn number(text: &str) -> Decimal {
    text.parse().expect("a number")
}

#[tokio::test]
async fn an_invoice_is_kept_whole() {
    let (_service, company) = connected().await;
    let made = company.save("Invoice", but(sale(), json!({"DepositToAccountRef": null}))).await;
    let expected = json!({
        "Id": "1", "SyncToken": "0", "domain": "QBO", "sparse": false, "MetaData": made["MetaData"],
        "DocNumber": "1001", "TxnDate": "2026-03-01", "DueDate": "2026-03-01",
        "CustomerRef": {"value": "1", "name": "Amelia Stone"},
        "CurrencyRef": {"value": "USD", "name": "United States Dollar"},
        "TxnTaxDetail": {"TotalTax": 3.21}, "ApplyTaxAfterDiscount": false, "PrintStatus": "NotSet",
        "TotalAmt": 620.7, "Balance": 620.7, "Line": [
            {"Id": "1", "Amount": 620, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail":
             {"ItemRef": {"value": "11", "name": "Furniture:Tables:Oak Table"}, "Qty": 2, "UnitPrice": 310}},
            {"Id": "2", "Amount": 10.01, "DetailType": "DiscountLineDetail", "DiscountLineDetail":
             {"PercentBased": false, "DiscountAccountRef": {"value": "50", "name": "Discounts Given"}}},
            {"Id": "3", "Amount": 7.5, "DetailType": "SalesItemLineDetail",
             "SalesItemLineDetail": {"ItemRef": {"value": "SHIPPING_ITEM_ID"}}},
            {"Amount": 620, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}]});
    assert_eq!(made, expected);
    assert_eq!(company.find("Invoice", "1").await, expected);
    let found = company.query("SELECT * FROM Invoice WHERE CustomerRef = '1' AND TotalAmt > '600'").await;
    assert_eq!(found["Invoice"], json!([expected]));
}

#[rstest]
#[case(0, ["620.7", "0"], -1)]
#[case(1, ["0", "620.7"], -1)]
#[case(2, ["-620.7", "0"], 1)]
#[case(3, ["0", "-620.7"], 1)]
#[tokio::test]
async fn each_kind_posts_its_own_way_and_void_and_deletion_undo_it(
    #[case] kind: usize,
    #[case] money: [&str; 2],
    #[case] direction: i64,
) {
    let (_service, company) = connected().await;
    let (kind, path) = (KINDS[kind], KINDS[kind].to_lowercase());
    let before = state(&company).await;
    let made = company.save(kind, sale()).await;
    let after = state(&company).await;
    let moved: Vec<Decimal> = after.0.iter().zip(before.0).map(|(after, before)| after - before).collect();
    let stock = number("381") * Decimal::from(direction);
    assert_eq!(moved, [number(money[0]), number(money[1]), stock, number("3.21") * Decimal::from(direction)]);
    assert_eq!(after.1, (12 + 2 * direction).to_string());

    let token = json!({"Id": made["Id"], "SyncToken": "0", "sparse": true});
    let voided = post(&company, &format!("{path}?operation=update&include=void"), kind, &token).await;
    assert_eq!((&voided["TotalAmt"], &voided["PrivateNote"]), (&json!(0), &json!("Voided")));
    assert_eq!(voided["Line"][0]["SalesItemLineDetail"]["Qty"], 0);
    assert_eq!(state(&company).await, before);
    assert_eq!(company.find(kind, "1").await, voided);

    let again = company.save(kind, sale()).await;
    assert_eq!(state(&company).await, after);
    let five =
        json!({"Id": again["Id"], "SyncToken": "0", "sparse": true, "Line": [goods("11", json!(5), json!(310))]});
    let changed = company.save(kind, five).await;
    assert_eq!(changed["TotalAmt"], 1553.21);
    assert_eq!(figure(&company, "Item", "11", "QtyOnHand").await, (12 + 5 * direction).to_string());
    let gone = post(&company, &format!("{path}?operation=delete"), kind, &changed).await;
    assert_eq!(gone, json!({"Id": "2", "domain": "QBO", "status": "Deleted"}));
    assert_eq!(state(&company).await, before);
    assert_eq!(fault(&company.get(&format!("{path}/2")).await).0, 610);
}

#[tokio::test]
async fn a_bundle_is_expanded_into_its_parts() {
    let (_service, company) = connected().await;
    let bundle = json!([{"DetailType": "GroupLineDetail",
                         "GroupLineDetail": {"GroupItemRef": {"value": "60"}, "Quantity": 2}}]);
    let made = company.save("Invoice", but(sale(), json!({"Line": bundle, "TxnTaxDetail": null}))).await;
    let bench = company.find("Item", "15").await;
    let group = &made["Line"][0]["GroupLineDetail"];
    let part = |id: &str, item: &str, name: &str, quantity: i64, price: &Value| {
        let amount = number(&price.to_string()) * Decimal::from(quantity);
        let amount: Value = serde_json::from_str(&amount.normalize().to_string()).unwrap();
        json!({"Id": id, "DetailType": "SalesItemLineDetail", "Amount": amount, "SalesItemLineDetail":
               {"ItemRef": {"value": item, "name": name}, "Qty": quantity, "UnitPrice": price}})
    };
    let parts = json!([
        part("1001", "11", "Furniture:Tables:Oak Table", 2, &json!(310)),
        part("1002", "15", "Furniture:Seating:Bench, 3-seat", 4, &bench["UnitPrice"])
    ]);
    assert_eq!(group["Line"], parts);
    assert_eq!(made["TotalAmt"], made["Line"][0]["Amount"]);
    assert_eq!(figure(&company, "Item", "11", "QtyOnHand").await, "10");
}

#[rstest]
#[case("Invoice", json!({"CustomerRef": null}), 2020, "CustomerRef")]
#[case("Invoice", json!({"CustomerRef": {"value": "9999"}}), 2500, "CustomerRef")]
#[case("RefundReceipt", json!({"DepositToAccountRef": null}), 2020, "DepositToAccountRef")]
#[case("SalesReceipt", json!({"DepositToAccountRef": {"value": "79"}}), 6430, "DepositToAccountRef")]
#[case("Invoice", json!({"Line": []}), 2250, "Line")]
#[case("Invoice", json!({"Line": [{"DetailType": "SalesItemLineDetail", "Amount": 5,
    "SalesItemLineDetail": {"ItemRef": {"value": "11"}}}]}), 6520, "Qty")]
#[case("Invoice", json!({"Line": [but(goods("11", json!(3), json!(33.33)), json!({"Amount": 100}))]}), 6070, "Amount")]
#[case("Invoice", json!({"Line": [goods("1", json!(1), json!(1))]}), 2120, "ItemRef")]
#[case("Invoice", json!({"Line": [goods("9999", json!(1), json!(1))]}), 2500, "ItemRef")]
#[case("Invoice", json!({"Line": [{"DetailType": "DiscountLineDetail", "DiscountLineDetail": {}}]}), 6090, "Amount")]
#[case("Invoice", json!({"TxnDate": "2023-12-31"}), 6270, "TxnDate")]
#[case("CreditMemo", json!({"LinkedTxn": [{"TxnId": "77", "TxnType": "Invoice"}]}), 620, "LinkedTxn")]
#[case("Invoice", json!({"CurrencyRef": {"value": "EUR"}, "ExchangeRate": 1.1}), 2220, "CurrencyRef")]
#[tokio::test]
async fn a_sale_that_breaks_a_rule_is_refused(
    #[case] kind: &str,
    #[case] change: Value,
    #[case] code: u32,
    #[case] element: &str,
) {
    let (_service, company) = connected().await;
    let before = state(&company).await;
    let found = company.refused(kind, but(sale(), change)).await;
    assert_eq!((found.0, found.1.as_str()), (code, element), "{}", found.2);
    assert_eq!(state(&company).await, before);
    assert_eq!(company.query(&format!("SELECT COUNT(*) FROM {kind}")).await, json!({"totalCount": 0}));
}

#[tokio::test]
async fn a_third_of_a_hundred_passes_when_the_price_is_not_rounded() {
    let (_service, company) = connected().await;
    let line = but(goods("11", json!(3), json!(33.333333)), json!({"Amount": 100}));
    let made = company.save("Invoice", but(sale(), json!({"Line": [line], "TxnTaxDetail": null}))).await;
    assert_eq!(made["TotalAmt"], 100);
}

#[tokio::test]
async fn another_currency_is_posted_at_its_rate() {
    let (service, company) = connected().await;
    let set = json!({"CurrencyPrefs": {"MultiCurrencyEnabled": true, "HomeCurrency": {"value": "USD"}}});
    let edit = json!({"command": "edit", "realm": REALM, "entity": "Preferences", "id": "1", "set": set});
    service.control(edit).await;
    assert_eq!(company.refused("Invoice", sale()).await.0, 2020);
    let before = balance(&company, "84").await;
    let foreign = but(sale(), json!({"CurrencyRef": {"value": "EUR"}, "ExchangeRate": 1.0837}));
    let made = company.save("Invoice", foreign).await;
    // 620 − 10.01 + 7.50 + 3.21, each at the rate and to the cent.
    assert_eq!((&made["TotalAmt"], &made["HomeTotalAmt"]), (&json!(620.7), &json!(672.65)));
    assert_eq!(balance(&company, "84").await - before, number("672.65"));
}

/// Reference 7.5: numbers are the company's own where it says so, and then nobody's twice.
#[tokio::test]
async fn a_number_that_was_given_by_hand_is_given_once() {
    let (service, company) = connected().await;
    let numbered = |number: &str| but(sale(), json!({"DocNumber": number}));
    company.save("SalesReceipt", numbered("A-1")).await;
    company.save("SalesReceipt", numbered("A-1")).await;
    let prefs = json!({"command": "edit", "realm": REALM, "entity": "Preferences", "id": "1",
                       "set": {"SalesFormsPrefs": {"CustomTxnNumbers": true}}});
    service.control(prefs).await;
    for kind in KINDS {
        let (code, element, detail) = company.refused(kind, numbered("A-1")).await;
        assert_eq!((code, element.as_str()), (6140, "DocNumber"), "{kind}");
        assert!(detail.contains("DocNumber=A-1 is assigned to TxnType=SalesReceipt with TxnId=1"), "{detail}");
    }
    let made = company.save("Invoice", but(numbered("A-2"), json!({"DepositToAccountRef": null}))).await;
    company.save("Invoice", json!({"Id": made["Id"], "SyncToken": "0", "sparse": true, "DocNumber": "A-2"})).await;
    let update = json!({"Id": made["Id"], "SyncToken": "1", "sparse": true, "DocNumber": "A-1"});
    assert_eq!(company.refused("Invoice", update.clone()).await.0, 6140);
    let batch = json!({"BatchItemRequest": [{"bId": "1", "operation": "update", "Invoice": update}]});
    let (_, answer) = company.post("batch", &batch).await;
    assert_eq!(answer["BatchItemResponse"][0]["Fault"]["Error"][0]["code"], "6140", "{answer}");
    let allowed = post(&company, "invoice?include=allowduplicatedocnum", "Invoice", &update).await;
    assert_eq!(allowed["DocNumber"], "A-1");
}

/// Reference 5 at 6540: what was brought to the bank stays as it is.
#[tokio::test]
async fn a_deposited_receipt_cannot_be_changed() {
    let (service, company) = connected().await;
    let made = company.save("SalesReceipt", sale()).await;
    let deposited = json!({"command": "edit", "realm": REALM, "entity": "SalesReceipt", "id": made["Id"], "touch": false,
                           "set": {"LinkedTxn": [{"TxnId": "900", "TxnType": "Deposit"}]}});
    service.control(deposited).await;
    let update = json!({"Id": made["Id"], "SyncToken": "0", "sparse": true, "PrivateNote": "x"});
    assert_eq!(company.refused("SalesReceipt", update.clone()).await.0, 6540);
    for path in ["salesreceipt?operation=delete", "salesreceipt?operation=update&include=void"] {
        assert_eq!(fault(&company.post(path, &update).await).0, 6540, "{path}");
    }
    assert_eq!(company.find("SalesReceipt", "1").await["TotalAmt"], made["TotalAmt"]);
}

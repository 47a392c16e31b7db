//! Journals and inventory adjustments, and what they do to accounts and stock (reference 9.3, 9.4).

use rstest::rstest;
use serde_json::{Value, json};

use crate::service::{Company, REALM, but, connected, fault, inventory_item};

/// A line of a journal.
pub(crate) fn posting(side: &str, account: &str, amount: Value) -> Value {
    json!({"DetailType": "JournalEntryLineDetail", "Amount": amount,
           "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account}}})
}

/// Debits the bank (35), credits a loan (43).
pub(crate) fn journal() -> Value {
    json!({"DocNumber": "SF-1", "TxnDate": "2026-03-01", "PrivateNote": "daily summary",
           "Line": [posting("Debit", "35", json!(340.55)), posting("Credit", "43", json!("340.55"))]})
}

/// Takes two oak tables (11) out, against shrinkage (91).
pub(crate) fn adjustment() -> Value {
    json!({"DocNumber": "ADJ-1", "TxnDate": "2026-03-01", "PrivateNote": "cycle count",
           "AdjustAccountRef": {"value": "91"}, "Line": [adjusted("11", json!({"QtyDiff": -2}))]})
}

fn adjusted(item: &str, detail: Value) -> Value {
    json!({"DetailType": "ItemAdjustmentLineDetail",
           "ItemAdjustmentLineDetail": but(json!({"ItemRef": {"value": item}}), detail)})
}

/// A number of an object, as text.
pub(crate) async fn figure(company: &Company, entity: &str, id: &str, field: &str) -> String {
    company.find(entity, id).await[field].to_string()
}

async fn balances(company: &Company) -> [String; 3] {
    [
        figure(company, "Account", "35", "CurrentBalance").await,
        figure(company, "Account", "43", "CurrentBalance").await,
        figure(company, "Account", "81", "CurrentBalance").await,
    ]
}

/// Posts to a path and answers with the object.
async fn post(company: &Company, path: &str, entity: &str, body: &Value) -> Value {
    let (status, mut answer) = company.post(path, body).await;
    assert_eq!(status, 200, "{answer}");
    answer[entity].take()
}

#[tokio::test]
async fn a_journal_is_kept_whole_and_moves_its_accounts() {
    let (_service, company) = connected().await;
    let before = balances(&company).await;
    let made = company.save("JournalEntry", journal()).await;
    let line = |id: &str, side: &str, account: &str, name: &str| {
        json!({"Id": id, "Amount": 340.55, "DetailType": "JournalEntryLineDetail",
               "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account, "name": name}}})
    };
    let expected = json!({
        "Id": "1", "SyncToken": "0", "domain": "QBO", "sparse": false, "MetaData": made["MetaData"],
        "DocNumber": "SF-1", "TxnDate": "2026-03-01", "PrivateNote": "daily summary", "Adjustment": false,
        "CurrencyRef": {"value": "USD", "name": "United States Dollar"}, "TotalAmt": 0,
        "Line": [line("0", "Debit", "35", "Checking"), line("1", "Credit", "43", "Loan Payable")]});
    assert_eq!(made, expected);
    assert_eq!(company.find("JournalEntry", "1").await, expected);
    let found = company.query("SELECT * FROM JournalEntry WHERE DocNumber = 'SF-1' AND TxnDate >= '2026-03-01'").await;
    assert_eq!(found, json!({"JournalEntry": [expected], "startPosition": 1, "maxResults": 1}));
    for field in ["TotalAmt", "PrivateNote"] {
        assert_eq!(company.query_fault(&format!("SELECT * FROM JournalEntry WHERE {field} = '0'")).await.0, 4001);
    }
    let after = balances(&company).await;
    let added = |before: &str, cents: i64| {
        let whole: serde_json::Number = before.parse().unwrap();
        let (units, part) = whole
            .to_string()
            .split_once('.')
            .map_or((whole.to_string(), "00".to_owned()), |(a, b)| (a.to_owned(), format!("{b:0<2}")));
        let sign = if units.starts_with('-') { -1 } else { 1 };
        units.parse::<i64>().unwrap() * 100 + sign * part.parse::<i64>().unwrap() + cents
    };
    assert_eq!(added(&after[0], 0), added(&before[0], 34055));
    assert_eq!(added(&after[1], 0), added(&before[1], -34055));
    assert_eq!(after[2], before[2]);
}

#[tokio::test]
async fn a_journal_is_changed_and_deleted_and_leaves_nothing() {
    let (_service, company) = connected().await;
    let before = balances(&company).await;
    company.save("JournalEntry", journal()).await;
    let lines = json!([posting("Debit", "35", json!(5)), posting("Credit", "43", json!(5))]);
    let sparse = json!({"Id": "1", "SyncToken": "0", "sparse": true, "Line": lines});
    let changed = company.save("JournalEntry", sparse.clone()).await;
    assert_eq!((&changed["DocNumber"], &changed["SyncToken"]), (&json!("SF-1"), &json!("1")));
    assert_eq!(company.refused("JournalEntry", sparse).await.0, 5010);
    let full = json!({"Id": "1", "SyncToken": "1", "Line": lines});
    let changed = company.save("JournalEntry", full).await;
    assert_eq!((&changed["DocNumber"], &changed["PrivateNote"]), (&Value::Null, &Value::Null));
    let stale = json!({"Id": "1", "SyncToken": "1"});
    assert_eq!(fault(&company.post("journalentry?operation=delete", &stale).await).0, 5010);
    let gone = post(&company, "journalentry?operation=delete", "JournalEntry", &changed).await;
    assert_eq!(gone, json!({"Id": "1", "domain": "QBO", "status": "Deleted"}));
    assert_eq!(balances(&company).await, before);
    assert_eq!(fault(&company.get("journalentry/1").await).0, 610);
    let again = json!({"Id": "1", "SyncToken": "2"});
    assert_eq!(fault(&company.post("journalentry?operation=delete", &again).await).0, 610);
    assert_eq!(company.query("SELECT COUNT(*) FROM JournalEntry").await, json!({"totalCount": 0}));
    assert_eq!(fault(&company.post("journalentry?operation=void", &again).await).0, 500);
}

#[rstest]
#[case(json!({"Line": null}), 2250, "Line")]
#[case(json!({"Line": [{"DetailType": "DescriptionOnly", "Description": "text"}]}), 2250, "Line")]
#[case(json!({"Line": [{"Amount": 1, "JournalEntryLineDetail": {"AccountRef": {"value": "35"}}}]}), 2260, "PostingType")]
#[case(json!({"Line": [posting("Debit", "35", json!(-1)), posting("Credit", "43", json!(-1))]}), 2290, "Amount")]
#[case(json!({"Line": [posting("Debit", "35", json!(1)), posting("Credit", "43", json!(1.01))]}), 2300, "Line")]
#[case(json!({"Line": [posting("Debit", "35", json!(0))]}), 2300, "Line")]
#[case(json!({"Line": [posting("Debit", "35", json!(1.001)), posting("Credit", "43", json!(1.001))]}), 2140, "Amount")]
#[case(json!({"Line": [posting("Debit", "35", Value::Null)]}), 2020, "Amount")]
#[case(json!({"Line": [posting("Debit", "9999", json!(1))]}), 2500, "AccountRef")]
#[case(json!({"Line": [posting("Debit", "56", json!(1))]}), 610, "AccountRef")]
#[case(json!({"Line": [posting("Sideways", "35", json!(1))]}), 2170, "PostingType")]
#[case(json!({"Line": [posting("Debit", "84", json!(1)), posting("Credit", "43", json!(1))]}), 6000, "Entity")]
#[case(json!({"DocNumber": "1234567890123456789012"}), 2050, "DocNumber")]
#[case(json!({"PrivateNote": "x".repeat(4001)}), 2050, "PrivateNote")]
#[case(json!({"CurrencyRef": {"value": "EUR"}}), 2220, "CurrencyRef")]
#[case(json!({"Line": [{"Colour": "red"}]}), 2010, "Colour")]
#[tokio::test]
async fn a_journal_that_breaks_a_rule_is_refused(#[case] change: Value, #[case] code: u32, #[case] element: &str) {
    let (_service, company) = connected().await;
    let before = balances(&company).await;
    let found = company.refused("JournalEntry", but(journal(), change)).await;
    assert_eq!((found.0, found.1.as_str()), (code, element), "{}", found.2);
    assert_eq!(balances(&company).await, before);
    assert_eq!(company.query("SELECT COUNT(*) FROM JournalEntry").await, json!({"totalCount": 0}));
}

#[tokio::test]
async fn a_repeated_request_posts_once() {
    let (_service, company) = connected().await;
    let first = company.post("journalentry?requestid=r-1", &journal()).await;
    assert_eq!(company.post("journalentry?requestid=r-1", &journal()).await, first);
    assert_eq!(company.query("SELECT COUNT(*) FROM JournalEntry").await, json!({"totalCount": 1}));
    let first = company.post("inventoryadjustment?requestid=r-2", &adjustment()).await;
    assert_eq!(company.post("inventoryadjustment?requestid=r-2", &adjustment()).await, first);
    assert_eq!(figure(&company, "Item", "11", "QtyOnHand").await, "10");
}

#[tokio::test]
async fn closed_books_refuse_new_and_old_documents() {
    let (service, company) = connected().await;
    company.save("JournalEntry", journal()).await;
    company.save("InventoryAdjustment", adjustment()).await;
    let before = balances(&company).await;
    let close = json!({"command": "edit", "realm": REALM, "entity": "Preferences", "id": "1",
                       "set": {"AccountingInfoPrefs": {"BookCloseDate": "2026-03-01"}}});
    service.control(close).await;
    assert_eq!(company.refused("JournalEntry", journal()).await.0, 6210);
    assert_eq!(company.refused("InventoryAdjustment", adjustment()).await.0, 6210);
    let old = json!({"Id": "1", "SyncToken": "0", "sparse": true, "TxnDate": "2026-03-02"});
    assert_eq!(company.refused("JournalEntry", old.clone()).await.0, 6210);
    assert_eq!(fault(&company.post("journalentry?operation=delete", &old).await).0, 6210);
    assert_eq!(balances(&company).await, before);
    let made = company.save("JournalEntry", but(journal(), json!({"TxnDate": "2026-03-02"}))).await;
    assert_eq!(made["Id"], "3");
}

#[tokio::test]
async fn an_adjustment_moves_stock_and_its_account() {
    let (_service, company) = connected().await;
    let before = balances(&company).await;
    let made = company.save("InventoryAdjustment", adjustment()).await;
    let expected = json!({
        "Id": "1", "SyncToken": "0", "domain": "QBO", "sparse": false, "MetaData": made["MetaData"],
        "DocNumber": "ADJ-1", "TxnDate": "2026-03-01", "PrivateNote": "cycle count",
        "AdjustAccountRef": {"value": "91", "name": "Inventory Shrinkage"},
        "Line": [{"Id": "1", "ItemAdjustmentLineDetail":
                  {"ItemRef": {"value": "11", "name": "Furniture:Tables:Oak Table"}, "QtyDiff": -2}}]});
    assert_eq!(made, expected);
    assert_eq!(company.find("InventoryAdjustment", "1").await, expected);
    let found = company.query("SELECT * FROM InventoryAdjustment WHERE DocNumber = 'ADJ-1'").await;
    assert_eq!(found["InventoryAdjustment"], json!([expected]));
    let item = company.find("Item", "11").await;
    assert_eq!((&item["QtyOnHand"], &item["SyncToken"]), (&json!(10), &json!("0")));
    // Two tables at 190.50 each.
    let value = |text: &str| text.parse::<rust_decimal::Decimal>().unwrap();
    assert_eq!(value(&balances(&company).await[2]), value(&before[2]) - value("381"));
    let counted = json!({"Id": "1", "SyncToken": "0", "sparse": true, "TxnDate": "2026-03-02",
                         "AdjustAccountRef": {"value": "91"}, "Line": [adjusted("11", json!({"NewQty": 15}))]});
    let counted = company.save("InventoryAdjustment", counted).await;
    assert_eq!(counted["Line"][0]["ItemAdjustmentLineDetail"]["QtyDiff"], 3);
    assert_eq!(figure(&company, "Item", "11", "QtyOnHand").await, "15");
    post(&company, "inventoryadjustment?operation=delete", "InventoryAdjustment", &counted).await;
    assert_eq!(figure(&company, "Item", "11", "QtyOnHand").await, "12");
    assert_eq!(balances(&company).await, before);
    assert_eq!(fault(&company.get("inventoryadjustment/1").await).0, 610);
}

#[tokio::test]
async fn what_came_first_goes_first() {
    let (_service, company) = connected().await;
    let before = balances(&company).await;
    // Ten at 11.25 at the start, ten more at 20.
    let item = company.save("Item", inventory_item("Layered")).await;
    let id = item["Id"].as_str().unwrap();
    company.save("Item", json!({"Id": id, "SyncToken": "0", "sparse": true, "PurchaseCost": 20})).await;
    let of = |quantity: i64, day: &str| {
        but(adjustment(), json!({"TxnDate": day, "Line": [adjusted(id, json!({"QtyDiff": quantity}))]}))
    };
    company.save("InventoryAdjustment", of(10, "2026-02-01")).await;
    let value = |text: &str| text.parse::<rust_decimal::Decimal>().unwrap();
    let since = async || value(&balances(&company).await[2]) - value(&before[2]);
    assert_eq!(since().await, value("312.5"));
    let taken = company.save("InventoryAdjustment", of(-12, "2026-03-01")).await;
    assert_eq!(since().await, value("160"));
    // What is entered for an earlier day goes first; the later one is costed anew.
    company.save("InventoryAdjustment", of(-1, "2026-02-15")).await;
    assert_eq!(since().await, value("140"));
    post(&company, "inventoryadjustment?operation=delete", "InventoryAdjustment", &taken).await;
    assert_eq!(since().await, value("301.25"));
    company.save("InventoryAdjustment", of(-19, "2026-03-01")).await;
    assert_eq!(since().await, value("0"));
    company.save("InventoryAdjustment", of(-3, "2026-03-02")).await;
    assert_eq!((since().await, figure(&company, "Item", id, "QtyOnHand").await), (value("-60"), "-3".to_owned()));
}

#[rstest]
#[case(json!({"AdjustAccountRef": null}), 2020, "AdjustAccountRef")]
#[case(json!({"TxnDate": null}), 2020, "TxnDate")]
#[case(json!({"Line": null}), 2250, "Line")]
#[case(json!({"Line": [adjusted("11", json!({}))]}), 2020, "QtyDiff")]
#[case(json!({"Line": [adjusted("11", json!({"QtyDiff": 1, "NewQty": 1}))]}), 2600, "NewQty")]
#[case(json!({"Line": [adjusted("9999", json!({"QtyDiff": 1}))]}), 2500, "ItemRef")]
#[case(json!({"Line": [adjusted("55", json!({"QtyDiff": 1}))]}), 6000, "ItemRef")]
#[case(json!({"AdjustAccountRef": {"value": "81"}}), 6000, "AdjustAccountRef")]
#[case(json!({"AdjustAccountRef": {"value": "79"}}), 6430, "AdjustAccountRef")]
#[case(json!({"AdjustAccountRef": {"value": "9999"}}), 2500, "AdjustAccountRef")]
#[case(json!({"TxnDate": "2023-12-31"}), 6270, "TxnDate")]
#[case(json!({"DocNumber": "1234567890123456789012"}), 2050, "DocNumber")]
#[tokio::test]
async fn an_adjustment_that_breaks_a_rule_is_refused(#[case] change: Value, #[case] code: u32, #[case] element: &str) {
    let (_service, company) = connected().await;
    let before = balances(&company).await;
    let found = company.refused("InventoryAdjustment", but(adjustment(), change)).await;
    assert_eq!((found.0, found.1.as_str()), (code, element), "{}", found.2);
    assert_eq!(balances(&company).await, before);
    assert_eq!(figure(&company, "Item", "11", "QtyOnHand").await, "12");
    assert_eq!(company.query("SELECT COUNT(*) FROM InventoryAdjustment").await, json!({"totalCount": 0}));
}

#[tokio::test]
async fn adjustments_need_an_active_item_and_an_edition_with_inventory() {
    let (service, company) = connected().await;
    company.save("Item", json!({"Id": "11", "SyncToken": "0", "sparse": true, "Active": false})).await;
    assert_eq!(company.refused("InventoryAdjustment", adjustment()).await.0, 610);
    let command = json!({"command": "company-rules", "realm": REALM, "offering": "QuickBooks Online Essentials"});
    service.control(command).await;
    assert_eq!(company.refused("InventoryAdjustment", adjustment()).await.0, 5020);
}

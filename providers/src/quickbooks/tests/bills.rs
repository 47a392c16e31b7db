//! Bills of suppliers: read whole, and refused where a number cannot be kept.

use rust_decimal::dec;

use super::provider;
use crate::{
    error::{ErrorKind, ProviderError},
    model::{BillLine, DocumentState, RemoteBill, RemoteParty},
    testing::{Stub, reply, sitting},
};

async fn read(body: &'static str) -> (Result<RemoteBill, ProviderError>, Vec<String>) {
    let stub =
        Stub::start(move |_, _| reply(200, format!(r#"{{"Bill":{body},"time":"2026-03-02T10:00:00-08:00"}}"#))).await;
    (provider(&stub).bill(&sitting("9130").session, "44").await, stub.urls())
}

#[tokio::test]
async fn a_bill_is_read_with_lines_of_items_and_of_accounts() {
    let (bill, urls) = read(
        r#"{"Id":"44","SyncToken":"2","DocNumber":"S-9","TxnDate":"2026-03-01","PrivateNote":"oak",
            "VendorRef":{"value":"30","name":"Timber & Co"},"CurrencyRef":{"value":"EUR"},"ExchangeRate":"1.08",
            "TotalAmt":112.5,"MetaData":{"LastUpdatedTime":"2026-03-02T09:00:00-08:00"},"Line":[
            {"Id":"1","Amount":"100","Description":"boards","DetailType":"ItemBasedExpenseLineDetail",
             "ItemBasedExpenseLineDetail":{"ItemRef":{"value":"11"},"Qty":12.5,"UnitPrice":8}},
            {"Amount":12.5,"DetailType":"AccountBasedExpenseLineDetail",
             "AccountBasedExpenseLineDetail":{"AccountRef":{"value":"54"}}}]}"#,
    )
    .await;
    let line = |id: &str, amount| BillLine {
        external_id: id.to_owned(),
        item: None,
        account: None,
        description: None,
        quantity: None,
        amount,
    };
    let item = BillLine {
        item: Some("11".to_owned()),
        description: Some("boards".to_owned()),
        quantity: Some(dec!(12.5)),
        ..line("1", dec!(100))
    };
    let account = BillLine { account: Some("54".to_owned()), ..line("2", dec!(12.5)) };
    let expected = RemoteBill {
        external_id: "44".to_owned(),
        version: Some("2".to_owned()),
        state: DocumentState::Posted,
        number: Some("S-9".to_owned()),
        date: "2026-03-01".parse().unwrap(),
        supplier: Some(RemoteParty { external_id: "30".to_owned(), name: Some("Timber & Co".to_owned()) }),
        currency: Some("EUR".to_owned()),
        rate: Some(dec!(1.08)),
        lines: vec![item, account],
        total: dec!(112.5),
        memo: Some("oak".to_owned()),
        updated_at: Some("2026-03-02T17:00:00Z".parse().unwrap()),
    };
    assert_eq!((bill, urls), (Ok(expected), vec!["/v3/company/9130/bill/44?minorversion=75".to_owned()]));
}

#[tokio::test]
async fn a_bill_that_is_gone_or_odd_is_an_error_that_says_so() {
    let error = read(r#"{"Id":"44","domain":"QBO","status":"Deleted"}"#).await.0.unwrap_err();
    assert_eq!((error.kind, error.operation), (ErrorKind::NotFound, "bill.read"));
    let error = read(r#"{"Id":"44","TxnDate":"2026-03-01","TotalAmt":"much"}"#).await.0.unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Malformed, "44: TotalAmt `much` cannot be read"));
}

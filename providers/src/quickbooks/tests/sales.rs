//! Sales documents: what is asked, and what is made of every kind of line and amount.

use rstest::rstest;
use rust_decimal::{Decimal, dec};

use super::{counted, fault, provider, rows, statement};
use crate::{
    error::{ErrorKind, ProviderError},
    model::{
        Listing, Page, PageCursor, RemoteParty, RemoteSale, SaleLine, SaleRef, SaleState, SalesDocumentKind,
        SalesWindow, Unusable, UnusableReason,
    },
    testing::{Seen, Stub, reply, sitting},
};

const INVOICE: SalesDocumentKind = SalesDocumentKind::Invoice;

fn window(kinds: &[SalesDocumentKind]) -> SalesWindow {
    SalesWindow { kinds: kinds.to_vec(), from: "2026-01-01".parse().unwrap(), changed_since: None }
}

fn cursor(text: &str) -> PageCursor {
    PageCursor(text.to_owned())
}

async fn page_of(entity: &'static str, records: &str, kind: SalesDocumentKind) -> Page<RemoteSale> {
    let body = rows(entity, records);
    let stub = Stub::start(move |_, _| reply(200, body.as_str())).await;
    let at = cursor(&format!("{entity} USD - 0"));
    provider(&stub).sales(&sitting("9130").session, &window(&[kind]), &at).await.unwrap()
}

/// One document that can be used.
async fn one(entity: &'static str, record: &str, kind: SalesDocumentKind) -> RemoteSale {
    let mut page = page_of(entity, record, kind).await;
    assert_eq!((page.records.len(), &page.unusable, &page.next), (1, &vec![], &None));
    let sale = page.records.remove(0);
    let net: Decimal = sale.lines.iter().map(|line| line.net).sum();
    assert_eq!(net + sale.shipping + sale.tax + sale.other, sale.total);
    sale
}

async fn unusable(record: &str) -> Unusable {
    let mut page = page_of("Invoice", record, INVOICE).await;
    assert_eq!((page.records.len(), page.unusable.len()), (0, 1));
    page.unusable.remove(0)
}

fn line(id: &str, item: Option<&str>, quantity: Decimal, gross: Decimal, discount: Decimal) -> SaleLine {
    SaleLine {
        external_id: id.to_owned(),
        item: item.map(str::to_owned),
        bundle: None,
        description: None,
        quantity,
        gross,
        discount,
        net: gross - discount,
        tax_code: None,
    }
}

const PREFERENCES: &str =
    r#"{"Preferences":{"CurrencyPrefs":{"MultiCurrencyEnabled":true,"HomeCurrency":{"value":"EUR"}}}}"#;

const FULL: &str = r#"{"Id":"44","SyncToken":"3","DocNumber":"1037","TxnDate":"2026-03-01","domain":"QBO","sparse":false,
  "CustomerRef":{"value":"24","name":"Sonnenschein Family Store"},"PrivateNote":"rush","Unknown":{"a":[1]},
  "CurrencyRef":{"value":"EUR","name":"Euro"},"ExchangeRate":1.0925,"GlobalTaxCalculation":"TaxExcluded",
  "LinkedTxn":[{"TxnId":"9","TxnType":"Payment"}],"CustomField":[],
  "Line":[
   {"Id":"1","LineNum":1,"Description":"Oak table","Amount":310.00,"DetailType":"SalesItemLineDetail",
    "SalesItemLineDetail":{"ItemRef":{"value":"19","name":"Oak Table"},"Qty":1,"UnitPrice":310,"TaxCodeRef":{"value":"TAX"}}},
   {"Id":"2","Amount":90,"DetailType":"GroupLineDetail","GroupLineDetail":{"GroupItemRef":{"value":"30"},"Quantity":2,"Line":[
     {"Id":"3","Amount":60,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"11"},"Qty":4,"UnitPrice":15}},
     {"Id":"4","Amount":30,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"12"},"Qty":2,"UnitPrice":15}}]}},
   {"Id":"5","Description":"thank you","DetailType":"DescriptionOnly","DescriptionLineDetail":{}},
   {"Id":"6","Amount":25,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"SHIPPING_ITEM_ID"}}},
   {"Amount":400,"DetailType":"SubTotalLineDetail","SubTotalLineDetail":{}},
   {"Amount":40,"DetailType":"DiscountLineDetail","DiscountLineDetail":{"PercentBased":true,"DiscountPercent":10}}],
  "TxnTaxDetail":{"TotalTax":23.02,"TaxLine":[{"Amount":23.02,"DetailType":"TaxLineDetail","TaxLineDetail":{"NetAmountTaxable":279}}]},
  "TotalAmt":408.02,"Balance":408.02,"MetaData":{"CreateTime":"2026-03-01T10:00:00-08:00","LastUpdatedTime":"2026-03-01T10:05:00-08:00"}}"#;

#[tokio::test]
async fn a_document_is_read_whole() {
    let part = |id: &str, item: &str, quantity, gross, discount| SaleLine {
        bundle: Some("30".to_owned()),
        ..line(id, Some(item), quantity, gross, discount)
    };
    let expected = RemoteSale {
        external_id: "44".to_owned(),
        version: Some("3".to_owned()),
        kind: INVOICE,
        state: SaleState::Posted,
        number: Some("1037".to_owned()),
        date: "2026-03-01".parse().unwrap(),
        customer: Some(RemoteParty {
            external_id: "24".to_owned(),
            name: Some("Sonnenschein Family Store".to_owned()),
        }),
        currency: Some("EUR".to_owned()),
        rate: Some(dec!(1.0925)),
        lines: vec![
            SaleLine {
                description: Some("Oak table".to_owned()),
                tax_code: Some("TAX".to_owned()),
                ..line("1", Some("19"), dec!(1), dec!(310), dec!(31))
            },
            part("2.1", "11", dec!(4), dec!(60), dec!(6)),
            part("2.2", "12", dec!(2), dec!(30), dec!(3)),
        ],
        shipping: dec!(25),
        tax: dec!(23.02),
        other: dec!(0),
        total: dec!(408.02),
        applies_to: vec![],
        memo: Some("rush".to_owned()),
        updated_at: Some("2026-03-01T18:05:00Z".parse().unwrap()),
    };
    assert_eq!(one("Invoice", FULL, INVOICE).await, expected);
}

#[rstest]
#[case("Invoice", SalesDocumentKind::Invoice)]
#[case("SalesReceipt", SalesDocumentKind::SalesReceipt)]
#[case("CreditMemo", SalesDocumentKind::CreditMemo)]
#[case("RefundReceipt", SalesDocumentKind::Refund)]
#[tokio::test]
async fn a_document_may_lack_everything_optional(#[case] entity: &'static str, #[case] kind: SalesDocumentKind) {
    let bare = r#"{"Id":7,"TxnDate":"2026-03-01","TotalAmt":"0"}"#;
    let expected = RemoteSale {
        external_id: "7".to_owned(),
        version: None,
        kind,
        state: SaleState::Posted,
        number: None,
        date: "2026-03-01".parse().unwrap(),
        customer: None,
        currency: None,
        rate: None,
        lines: vec![],
        shipping: dec!(0),
        tax: dec!(0),
        other: dec!(0),
        total: dec!(0),
        applies_to: vec![],
        memo: None,
        updated_at: None,
    };
    assert_eq!(one(entity, bare, kind).await, expected);
}

#[tokio::test]
async fn lines_of_every_odd_shape_are_read() {
    let record = r#"{"Id":"1","TxnDate":"2026-03-01T00:00:00-08:00","TotalAmt":"88.12","Line":[
      {"Amount":"-20.5","SalesItemLineDetail":{"ItemRef":"19","Qty":"-2","UnitPrice":"10.25"}},
      {"Id":"a","Amount":100.00,"SalesItemLineDetail":{"ItemRef":{"value":"20"},"Qty":0.33333}},
      {"Id":"a","Amount":5,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{}},
      {"Id":"b","DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"21"},"Qty":3,"UnitPrice":1.205}},
      {"Id":"c","Amount":0,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"22"}}},
      {"Id":"d","Amount":9,"DetailType":"GroupLineDetail","GroupLineDetail":{"GroupItemRef":{"value":"30"},"Quantity":3}},
      {"Id":"e","Amount":1,"DetailType":"SomethingNew","SomethingNewDetail":{}}]}"#;
    let sale = one("Invoice", record, INVOICE).await;
    let expected = vec![
        line("#1", Some("19"), dec!(-2), dec!(-20.5), dec!(0)),
        line("a", Some("20"), dec!(0.33333), dec!(100), dec!(0)),
        line("a~2", None, dec!(1), dec!(5), dec!(0)),
        line("b", Some("21"), dec!(3), dec!(3.62), dec!(0)),
        line("c", Some("22"), dec!(0), dec!(0), dec!(0)),
        line("d", Some("30"), dec!(3), dec!(9), dec!(0)),
    ];
    assert_eq!((sale.lines, sale.other), (expected, dec!(-9)));
}

#[tokio::test]
async fn eight_hundred_lines_share_a_discount_to_the_last_cent() {
    let lines: Vec<String> = (0..800)
        .map(|id| {
            format!(
                r#"{{"Id":"{id}","Amount":0.{:02},"SalesItemLineDetail":{{"ItemRef":{{"value":"{id}"}},"Qty":1}}}}"#,
                id % 90 + 10
            )
        })
        .collect();
    let discount = r#"{"Amount":33.33,"DetailType":"DiscountLineDetail","DiscountLineDetail":{}}"#;
    let sum: Decimal = (0..800).map(|id| Decimal::new(i64::from(id % 90 + 10), 2)).sum();
    let record = format!(
        r#"{{"Id":"1","TxnDate":"2026-03-01","TotalAmt":{},"Line":[{},{discount}]}}"#,
        sum - dec!(33.33),
        lines.join(",")
    );
    let sale = one("SalesReceipt", &record, SalesDocumentKind::SalesReceipt).await;
    assert_eq!((sale.lines.len(), sale.other), (800, dec!(0)));
    assert_eq!(sale.lines.iter().map(|line| line.discount).sum::<Decimal>(), dec!(33.33));
}

#[tokio::test]
async fn a_percentage_alone_is_worked_out_on_the_goods() {
    let record = r#"{"Id":"1","TxnDate":"2026-03-01","TotalAmt":28.47,"Line":[
      {"Id":"1","Amount":19.99,"SalesItemLineDetail":{"ItemRef":{"value":"19"},"Qty":1}},
      {"Id":"2","Amount":10.52,"SalesItemLineDetail":{"ItemRef":{"value":"SHIPPING_ITEM_ID"},"Qty":1}},
      {"DetailType":"DiscountLineDetail","DiscountLineDetail":{"PercentBased":"true","DiscountPercent":"10.2"}}]}"#;
    let sale = one("Invoice", record, INVOICE).await;
    assert_eq!((sale.lines[0].discount, sale.shipping, sale.other), (dec!(2.04), dec!(10.52), dec!(0)));
}

#[tokio::test]
async fn tax_inside_the_amounts_is_taken_out() {
    let record = r#"{"Id":"1","TxnDate":"2026-03-01","TotalAmt":100,"GlobalTaxCalculation":"TaxInclusive","Line":[
      {"Id":"1","Amount":100,"SalesItemLineDetail":{"ItemRef":{"value":"19"},"Qty":1,"TaxCodeRef":{"value":"6"},"TaxInclusiveAmt":100}}],
      "TxnTaxDetail":{"TaxLine":[{"Amount":16.67,"TaxLineDetail":{"NetAmountTaxable":83.33}}]}}"#;
    let sale = one("Invoice", record, INVOICE).await;
    assert_eq!((sale.lines[0].net, sale.tax, sale.other), (dec!(83.33), dec!(16.67), dec!(0)));
}

/// Without a tax detail the lines themselves say what tax there is.
#[tokio::test]
async fn tax_beside_the_amounts_is_known_from_the_lines() {
    let record = r#"{"Id":"1","TxnDate":"2026-03-01","TotalAmt":112,"GlobalTaxCalculation":"TaxInclusive","Line":[
      {"Id":"1","Amount":83.33,"SalesItemLineDetail":{"ItemRef":{"value":"19"},"Qty":1,"TaxCodeRef":{"value":"6"},"TaxInclusiveAmt":100}},
      {"Id":"2","Amount":10,"SalesItemLineDetail":{"ItemRef":{"value":"SHIPPING_ITEM_ID"},"TaxInclusiveAmt":12}}]}"#;
    let sale = one("Invoice", record, INVOICE).await;
    let parts = (sale.lines[0].net, sale.shipping, sale.tax, sale.other);
    assert_eq!(parts, (dec!(83.33), dec!(10), dec!(18.67), dec!(0)));
}

#[tokio::test]
async fn a_currency_without_cents_is_spread_without_cents() {
    let record = r#"{"Id":"1","TxnDate":"2026-03-01","TotalAmt":290,"CurrencyRef":{"value":"JPY"},"ExchangeRate":0.0067,"Line":[
      {"Id":"1","Amount":100,"SalesItemLineDetail":{"Qty":1}},{"Id":"2","Amount":100,"SalesItemLineDetail":{"Qty":1}},
      {"Id":"3","Amount":100,"SalesItemLineDetail":{"Qty":1}},{"Amount":10,"DetailType":"DiscountLineDetail","DiscountLineDetail":{}}]}"#;
    let discounts: Vec<Decimal> =
        one("Invoice", record, INVOICE).await.lines.iter().map(|line| line.discount).collect();
    assert_eq!(discounts, [dec!(4), dec!(3), dec!(3)]);
}

/// §7.4: a void leaves zeroes and the note; a person's note on a sale that counts is no void.
#[rstest]
#[case("Voided", 0, 0, SaleState::Voided)]
#[case("Voided - ordered twice", 0, 0, SaleState::Voided)]
#[case("Voided", 5, 5, SaleState::Posted)]
#[case("free sample", 0, 0, SaleState::Posted)]
#[case("Voided the warranty", 5, 0, SaleState::Posted)]
#[tokio::test]
async fn a_void_shows_in_the_state(
    #[case] note: &str,
    #[case] amount: u8,
    #[case] total: u8,
    #[case] state: SaleState,
) {
    let record = format!(
        r#"{{"Id":"1","TxnDate":"2026-03-01","TotalAmt":{total},"PrivateNote":"{note}","Line":[
          {{"Id":"1","Amount":{amount},"SalesItemLineDetail":{{"ItemRef":{{"value":"19"}},"Qty":0}}}}]}}"#
    );
    assert_eq!(one("Invoice", &record, INVOICE).await.state, state);
}

#[tokio::test]
async fn a_credit_memo_names_the_invoices_that_it_takes_back() {
    let record = r#"{"Id":"8","TxnDate":"2026-03-01","TotalAmt":5,"LinkedTxn":[{"TxnId":"44","TxnType":"Invoice"},{"TxnId":"9","TxnType":"Payment"}],
      "Line":[{"Id":"1","Amount":5,"LinkedTxn":[{"TxnId":"44","TxnType":"Invoice"},{"TxnId":"45","TxnType":"SalesReceipt"}],"SalesItemLineDetail":{"Qty":1}}]}"#;
    let kind = SalesDocumentKind::CreditMemo;
    let sale = |kind, id: &str| SaleRef { kind, external_id: id.to_owned() };
    let named = [sale(INVOICE, "44"), sale(SalesDocumentKind::SalesReceipt, "45")];
    assert_eq!(one("CreditMemo", record, kind).await.applies_to, named);
}

#[rstest]
#[case(
    r#"{"DocNumber":"1037","TxnDate":"2026-03-01","TotalAmt":1}"#,
    "1037",
    UnusableReason::MissingId,
    "Id is missing"
)]
#[case(r#"{"Id":"1","TotalAmt":1}"#, "1", UnusableReason::InvalidField, "TxnDate is missing")]
#[case(
    r#"{"Id":"1","TxnDate":"soon","TotalAmt":1}"#,
    "1",
    UnusableReason::InvalidField,
    "TxnDate `soon` cannot be read"
)]
#[case(r#"{"Id":"1","TxnDate":"2026-03-01"}"#, "1", UnusableReason::InvalidField, "TotalAmt is missing")]
#[case(
    r#"{"Id":"1","TxnDate":"2026-03-01","TotalAmt":"1,5"}"#,
    "1",
    UnusableReason::InvalidField,
    "TotalAmt `1,5` cannot be read"
)]
#[case(r#"{"Id":"1","TxnDate":"2026-03-01","TotalAmt":1,"Line":[{"SalesItemLineDetail":{"Qty":9e20,"UnitPrice":9000000000}}]}"#, "1",
    UnusableReason::InexactNumber, "its amounts are too large to be kept exactly")]
#[tokio::test]
async fn a_document_that_cannot_be_used_says_why(
    #[case] record: &str,
    #[case] label: &str,
    #[case] reason: UnusableReason,
    #[case] detail: &str,
) {
    let why = unusable(record).await;
    assert_eq!((why.label.as_str(), why.reason, why.detail.as_str()), (label, reason, detail));
}

#[tokio::test]
async fn an_odd_document_costs_no_other() {
    let records = format!(r#"null,{FULL},{{"Id":"5","DocNumber":"77","Line":"none"}},"text""#);
    let page = page_of("Invoice", &records, INVOICE).await;
    let ids: Vec<&str> = page.records.iter().map(|sale| sale.external_id.as_str()).collect();
    let labels: Vec<&str> = page.unusable.iter().map(|why| why.label.as_str()).collect();
    assert_eq!((ids, labels), (vec!["44"], vec!["record 1 of the page", "77", "record 4 of the page"]));
}

#[tokio::test]
async fn a_listing_counts_all_kinds_and_reads_them_one_after_the_other() {
    let stub = Stub::start(|seen, _| {
        if seen.url.contains("/preferences") {
            return reply(200, PREFERENCES);
        }
        let statement = statement(seen);
        match statement.split(' ').nth(3) {
            Some("Invoice") if statement.contains("COUNT") => reply(200, counted(2)),
            Some("CreditMemo") if statement.contains("COUNT") => reply(200, counted(1)),
            Some("Invoice") => reply(200, rows("Invoice", FULL)),
            _ => reply(200, r#"{"QueryResponse":{}}"#),
        }
    })
    .await;
    let (provider, sitting) = (provider(&stub), sitting("9130"));
    let window = SalesWindow {
        changed_since: Some("2026-02-01T08:00:00.750Z".parse().unwrap()),
        ..window(&[INVOICE, SalesDocumentKind::CreditMemo, INVOICE])
    };
    let listing = provider.open_sales(&sitting.session, &window, None).await.unwrap();
    let first = cursor("Invoice EUR 2026-02-01T08:00:00+00:00 0");
    assert_eq!(listing, Listing { total: Some(3), cursors: vec![first.clone()] });
    let page = provider.sales(&sitting.session, &window, &first).await.unwrap();
    let second = cursor("CreditMemo EUR 2026-02-01T08:00:00+00:00 0");
    assert_eq!((page.records.len(), page.next.as_ref()), (1, Some(&second)));
    assert_eq!((&page.records[0].currency, page.records[0].rate), (&None, None), "the company's own currency");
    let page = provider.sales(&sitting.session, &window, &second).await.unwrap();
    assert_eq!((page.records.len(), page.next), (0, None));
    let resumed = provider.open_sales(&sitting.session, &window, Some(&second)).await.unwrap();
    assert_eq!(resumed, Listing { total: Some(3), cursors: vec![second] });

    let seen: Vec<Seen> = stub.seen().into_iter().filter(|seen| seen.url.contains("query=")).collect();
    let filter = "WHERE TxnDate >= '2026-01-01' AND MetaData.LastUpdatedTime >= '2026-02-01T08:00:00+00:00'";
    let order = "ORDERBY MetaData.LastUpdatedTime, Id STARTPOSITION 1 MAXRESULTS 1000";
    let mut counts: Vec<String> = seen[..2].iter().map(statement).collect();
    counts.sort();
    assert_eq!(
        counts,
        [format!("SELECT COUNT(*) FROM CreditMemo {filter}"), format!("SELECT COUNT(*) FROM Invoice {filter}")]
    );
    assert_eq!(statement(&seen[2]), format!("SELECT * FROM Invoice {filter} {order}"));
    assert!(seen[2].url.contains("2026-02-01T08%3A00%3A00%2B00%3A00"), "the plus sign is escaped: {}", seen[2].url);
    let operations: Vec<&str> = sitting.records.all().iter().map(|record| record.operation).collect();
    assert_eq!(operations.iter().filter(|operation| operation.ends_with(".count")).count(), 4);
    assert!(operations.contains(&"invoice.query") && operations.contains(&"creditmemo.query"));
}

/// Rows vanish and move between the pages; whatever is there at the end was read.
#[tokio::test]
async fn pages_that_shift_leave_no_document_out() {
    use std::sync::{Arc, Mutex};
    // Id and the minute of the last change; many share one.
    let table: Vec<(u32, u32)> = (0..2600).map(|id| (id, id / 1300)).collect();
    let table = Arc::new(Mutex::new(table));
    let served = table.clone();
    let stub = Stub::start(move |seen, before| {
        let mut table = served.lock().unwrap();
        if before > 0 && before < 4 {
            table.remove(before * 7);
            let moved = table.remove(500);
            table.push((moved.0, 50 + u32::try_from(before).unwrap()));
        }
        reply(200, rows("Invoice", &answer(&table, &statement(seen)).join(",")))
    })
    .await;
    fn answer(table: &[(u32, u32)], statement: &str) -> Vec<String> {
        let time = |minute: u32| format!("2026-03-01T10:{minute:02}:00-08:00");
        let since = statement.split("LastUpdatedTime >= '").nth(1).map_or("", |rest| rest.split('\'').next().unwrap());
        let words: Vec<&str> = statement.split(' ').collect();
        let start =
            words[words.iter().position(|word| *word == "STARTPOSITION").unwrap() + 1].parse::<usize>().unwrap();
        let mut rows: Vec<_> = table.iter().filter(|(_, minute)| time(*minute).as_str() >= since).collect();
        rows.sort_by_key(|(id, minute)| (*minute, *id));
        let row = |(id, minute): &(u32, u32)| {
            let time = time(*minute);
            format!(r#"{{"Id":"{id}","TxnDate":"2026-03-01","TotalAmt":0,"MetaData":{{"LastUpdatedTime":"{time}"}}}}"#)
        };
        rows.into_iter().skip(start - 1).take(1000).map(row).collect()
    }
    let (provider, sitting, window) = (provider(&stub), sitting("9130"), window(&[INVOICE]));
    let (mut next, mut read) = (Some(cursor("Invoice - - 0")), std::collections::HashSet::new());
    while let Some(at) = next {
        let page = provider.sales(&sitting.session, &window, &at).await.unwrap();
        read.extend(page.records.into_iter().map(|sale| sale.external_id));
        next = page.next;
    }
    let table = table.lock().unwrap();
    let missed: Vec<u32> = table.iter().map(|(id, _)| *id).filter(|id| !read.contains(&id.to_string())).collect();
    assert_eq!((missed, table.len()), (vec![], 2597));
}

#[rstest]
#[case("1")]
#[case("Invoice")]
#[case("Invoice USD")]
#[case("Item - - 0")]
#[case("SalesReceipt - - 0")]
#[case("Invoice - yesterday 0")]
#[tokio::test]
async fn a_cursor_of_another_listing_is_refused_before_anything_is_sent(#[case] text: &str) {
    let stub = Stub::start(|_, _| reply(500, "")).await;
    let (provider, sitting, window) = (provider(&stub), sitting("9130"), window(&[INVOICE]));
    let said = format!("`{text}` is no cursor of this listing; start it anew");
    let refusal = ProviderError::new(ErrorKind::Rejected, "sales.list", said);
    assert_eq!(provider.sales(&sitting.session, &window, &cursor(text)).await.unwrap_err(), refusal);
    let error = provider.open_sales(&sitting.session, &window, Some(&cursor(text))).await.unwrap_err();
    assert_eq!((error, stub.seen().len()), (refusal, 0));
}

async fn read(status: u16, body: String) -> Result<RemoteSale, ProviderError> {
    let stub = Stub::start(move |seen, _| match seen.url.as_str() {
        "/v3/company/9130/salesreceipt/44?minorversion=75" => reply(status, body.as_str()),
        _ => reply(200, PREFERENCES),
    })
    .await;
    let sale = SaleRef { kind: SalesDocumentKind::SalesReceipt, external_id: "44".to_owned() };
    provider(&stub).sale(&sitting("9130").session, &sale).await
}

#[tokio::test]
async fn one_document_is_read_by_its_id() {
    let sale = read(200, format!(r#"{{"SalesReceipt":{FULL},"time":"2026-03-02T09:14:07.511-08:00"}}"#)).await.unwrap();
    assert_eq!((sale.kind, sale.lines.len(), sale.total), (SalesDocumentKind::SalesReceipt, 3, dec!(408.02)));
    assert_eq!((sale.currency, sale.rate), (None, None), "the company's own currency");
}

#[tokio::test]
async fn a_document_is_gone_only_when_quickbooks_says_so() {
    let deleted = r#"{"SalesReceipt":{"Id":"44","status":"Deleted","domain":"QBO"},"time":"…"}"#;
    for (status, body) in [(400, fault("610", "ValidationFault")), (200, deleted.to_owned())] {
        let error = read(status, body).await.unwrap_err();
        assert_eq!((error.kind, error.operation, error.attempts), (ErrorKind::NotFound, "salesreceipt.read", 1));
    }
    for (status, body) in [(404, "<html>".to_owned()), (200, "{}".to_owned()), (503, String::new())] {
        assert_ne!(read(status, body).await.unwrap_err().kind, ErrorKind::NotFound);
    }
    let error = read(200, r#"{"SalesReceipt":{"Id":"44","DocNumber":"1037"}}"#.to_owned()).await.unwrap_err();
    let told = (error.kind, error.message.as_str(), error.attempts);
    assert_eq!(told, (ErrorKind::Malformed, "1037: TotalAmt is missing", 1));
}

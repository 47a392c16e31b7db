//! Sales documents: window, order, pages, and single documents as evidence.

use rstest::rstest;

use super::{TENANT, asked, decimal, page, provider, rows};
use crate::{
    error::ErrorKind,
    model::{PageCursor, SaleRef, SaleState, SalesDocumentKind, SalesWindow},
    testing::{Stub, reply, sitting},
};

const BOTH: [SalesDocumentKind; 2] = [SalesDocumentKind::Invoice, SalesDocumentKind::CreditMemo];

fn window(kinds: &[SalesDocumentKind]) -> SalesWindow {
    SalesWindow { kinds: kinds.to_vec(), from: "2026-01-31".parse().unwrap(), changed_since: None }
}

fn invoice(id: &str, second: u64, currency: &str) -> String {
    format!(
        r#"{{"Type":"ACCREC","InvoiceID":"{id}","InvoiceNumber":"N-{id}","Status":"AUTHORISED","Date":"2026-03-02T00:00:00",
            "CurrencyCode":"{currency}","CurrencyRate":0.5,"TotalTax":0,"Total":5,
            "LineItems":[{{"LineItemID":"l","Quantity":1,"LineAmount":5,"ItemCode":"OT-1"}}],
            "UpdatedDateUTC":"/Date({}+0000)/"}}"#,
        1_772_409_600_000 + 1000 * second
    )
}

fn credit_note(id: &str, status: &str) -> String {
    format!(
        r#"{{"Type":"ACCRECCREDIT","CreditNoteID":"{id}","Status":"{status}","Date":"2026-03-02T00:00:00","Total":5,
            "LineItems":[{{"Quantity":1,"LineAmount":5,"ItemCode":"GONE"}}],
            "Allocations":[{{"Invoice":{{"InvoiceID":"v-1"}}}}]}}"#
    )
}

const ITEMS: &str = r#"{"ItemID":"i-1","Code":"OT-1"}"#;

#[tokio::test]
async fn a_window_is_read_kind_by_kind_with_ids_and_currencies() {
    let stub = Stub::start(|seen, _| {
        let (path, query) = asked(seen);
        let since = seen.header("if-modified-since");
        match (path.as_str(), since) {
            ("/Organisation", _) => reply(200, rows("Organisations", r#"{"BaseCurrency":"NZD"}"#)),
            ("/Items", _) => reply(200, rows("Items", ITEMS)),
            ("/Invoices", _) => {
                assert_eq!(query["where"], r#"Type=="ACCREC" AND Date>=DateTime(2026,01,31)"#);
                assert_eq!(query["Statuses"], "DRAFT,SUBMITTED,AUTHORISED,PAID,VOIDED");
                assert_eq!((query["unitdp"].as_str(), query["pageSize"].as_str()), ("4", "500"));
                assert_eq!((query["order"].as_str(), query["page"].as_str()), ("UpdatedDateUTC ASC", "1"));
                let (both, last) = ([invoice("v-1", 3, "NZD"), invoice("v-2", 7, "USD")], invoice("v-2", 7, "USD"));
                match since {
                    "" => reply(200, page("Invoices", &both.join(","), 1, 2)),
                    "2026-03-02T00:00:06" => reply(200, page("Invoices", &last, 1, 1)),
                    other => panic!("{other}"),
                }
            }
            ("/CreditNotes", "") => {
                assert_eq!(query["where"], r#"Type=="ACCRECCREDIT" AND Date>=DateTime(2026,01,31)"#);
                assert_eq!(query.get("Statuses"), None);
                let notes = [credit_note("n-1", "PAID"), credit_note("n-2", "DELETED"), r#"{"Total":1}"#.to_owned()];
                reply(200, page("CreditNotes", &notes.join(","), 1, 1))
            }
            other => panic!("{other:?}"),
        }
    })
    .await;
    let (provider, session) = (provider(&stub), sitting(TENANT).session);
    let listing = provider.open_sales(&session, &window(&BOTH), None).await.unwrap();
    let first = PageCursor("invoice/NZD//1".to_owned());
    assert_eq!((listing.total, listing.cursors.as_slice()), (None, [first.clone()].as_slice()));

    let page = provider.sales(&session, &window(&BOTH), &first).await.unwrap();
    let told: Vec<_> = page
        .records
        .iter()
        .map(|sale| (sale.external_id.as_str(), sale.currency.as_deref(), sale.rate, sale.lines[0].item.as_deref()))
        .collect();
    let two = Some(decimal("2"));
    assert_eq!(told, [("v-1", None, None, Some("i-1")), ("v-2", Some("USD"), two, Some("i-1"))]);
    let second = page.next.unwrap();
    assert_eq!(second.0, "invoice/NZD/2026-03-02T00:00:06Z/1");

    let page = provider.sales(&session, &window(&BOTH), &second).await.unwrap();
    assert_eq!(page.records.len(), 1, "the last one again, none left out");
    let third = page.next.unwrap();
    assert_eq!(third.0, "creditnote/NZD//1");
    let resumed = provider.open_sales(&session, &window(&BOTH), Some(&third)).await.unwrap();
    assert_eq!(resumed.cursors, std::slice::from_ref(&third));

    let page = provider.sales(&session, &window(&BOTH), &third).await.unwrap();
    assert_eq!((page.records.len(), page.unusable.len(), page.next), (1, 1, None));
    let note = &page.records[0];
    assert_eq!((note.kind, note.state), (SalesDocumentKind::CreditMemo, SaleState::Posted));
    assert_eq!(note.lines[0].item.as_deref(), Some("GONE"), "an item that is gone is not no item");
    assert_eq!(note.applies_to, [SaleRef { kind: SalesDocumentKind::Invoice, external_id: "v-1".to_owned() }]);
}

#[tokio::test]
async fn only_what_changed_since_is_asked_for() {
    let stub = Stub::start(|seen, _| match asked(seen).0.as_str() {
        "/Organisation" => reply(200, rows("Organisations", r#"{"BaseCurrency":"NZD"}"#)),
        _ => reply(304, ""),
    })
    .await;
    let (provider, session) = (provider(&stub), sitting(TENANT).session);
    let window = SalesWindow { changed_since: Some("2026-03-02T01:02:03.999Z".parse().unwrap()), ..window(&BOTH) };
    let mut at = provider.open_sales(&session, &window, None).await.unwrap().cursors.remove(0);
    let mut pages = 0;
    loop {
        let page = provider.sales(&session, &window, &at).await.unwrap();
        assert_eq!((page.records.len(), page.unusable.len()), (0, 0));
        pages += 1;
        let Some(next) = page.next else { break };
        at = next;
    }
    let lists: Vec<_> = stub.seen().into_iter().skip(1).collect();
    assert_eq!((pages, lists.len()), (2, 2));
    assert!(lists.iter().all(|seen| seen.header("if-modified-since") == "2026-03-02T01:02:03"));
}

#[rstest]
#[case(SalesDocumentKind::SalesReceipt)]
#[case(SalesDocumentKind::Refund)]
#[tokio::test]
async fn kinds_that_xero_does_not_have_are_refused_before_anything_is_sent(#[case] kind: SalesDocumentKind) {
    let stub = Stub::start(|_, _| reply(200, "")).await;
    let (provider, session) = (provider(&stub), sitting(TENANT).session);
    let window = window(&[SalesDocumentKind::Invoice, kind]);
    let sale = SaleRef { kind, external_id: "1".to_owned() };
    let errors = [
        provider.open_sales(&session, &window, None).await.map(|_| ()).unwrap_err(),
        provider.sales(&session, &window, &PageCursor("invoice/NZD//1".to_owned())).await.map(|_| ()).unwrap_err(),
        provider.sale(&session, &sale).await.map(|_| ()).unwrap_err(),
    ];
    assert!(errors.iter().all(|error| error.kind == ErrorKind::Unsupported));
    assert_eq!(stub.seen().len(), 0);
}

#[rstest]
#[case("creditnote/NZD//1")]
#[case("invoice/NZD")]
#[case("receipt/NZD//1")]
#[case("invoice/NZD//x")]
#[tokio::test]
async fn a_cursor_that_does_not_fit_the_window_is_refused(#[case] text: &str) {
    let stub = Stub::start(|_, _| reply(200, "")).await;
    let window = window(&[SalesDocumentKind::Invoice, SalesDocumentKind::Invoice]);
    let cursor = PageCursor(text.to_owned());
    let error = provider(&stub).sales(&sitting(TENANT).session, &window, &cursor).await.unwrap_err();
    assert_eq!((error.kind, stub.seen().len()), (ErrorKind::Rejected, 0));
}

#[rstest]
#[case::there(200, rows("Invoices", &invoice("v-1", 0, "USD")), Ok(()))]
#[case::other_case(200, rows("Invoices", &invoice("V-1", 0, "USD")), Ok(()))]
#[case::deleted(200, rows("Invoices", &invoice("v-1", 0, "USD").replace("AUTHORISED", "DELETED")), Err(ErrorKind::NotFound))]
#[case::a_bill(200, rows("Invoices", &invoice("v-1", 0, "USD").replace("ACCREC", "ACCPAY")), Err(ErrorKind::NotFound))]
#[case::no_such(404, "The resource you're looking for cannot be found".to_owned(), Err(ErrorKind::NotFound))]
#[case::no_such_and_silent(404, String::new(), Err(ErrorKind::NotFound))]
#[case::another_server(404, "<html>nginx</html>".to_owned(), Err(ErrorKind::Misconfigured))]
#[case::another_document(200, rows("Invoices", &invoice("v-9", 0, "USD")), Err(ErrorKind::Malformed))]
#[case::none(200, rows("Invoices", ""), Err(ErrorKind::Malformed))]
#[case::unreadable(200, rows("Invoices", r#"{"InvoiceID":"v-1"}"#), Err(ErrorKind::Malformed))]
#[case::down(503, String::new(), Err(ErrorKind::Unavailable))]
#[tokio::test]
async fn one_document_is_evidence_only_when_xero_says_so(
    #[case] status: u16,
    #[case] body: String,
    #[case] expected: Result<(), ErrorKind>,
) {
    let stub = Stub::start(move |seen, _| match asked(seen).0.as_str() {
        "/Organisation" => reply(200, rows("Organisations", r#"{"BaseCurrency":"NZD"}"#)),
        "/Items" => reply(200, rows("Items", ITEMS)),
        "/Invoices/v-1" => reply(status, body.clone()),
        other => panic!("{other}"),
    })
    .await;
    let sale = SaleRef { kind: SalesDocumentKind::Invoice, external_id: "v-1".to_owned() };
    let read = provider(&stub).sale(&sitting(TENANT).session, &sale).await;
    match &read {
        Ok(sale) => {
            assert_eq!((sale.currency.as_deref(), sale.rate), (Some("USD"), Some(decimal("2"))));
            assert_eq!(sale.lines[0].item.as_deref(), Some("i-1"));
        }
        Err(error) => assert!(error.operation == "invoice.read", "{error}"),
    }
    assert_eq!(read.map(|_| ()).map_err(|error| error.kind), expected);
}

#[tokio::test]
async fn an_id_that_asks_for_a_list_reads_no_document() {
    let stub = Stub::start(|_, _| reply(200, rows("CreditNotes", &credit_note("n-1", "PAID")))).await;
    for id in ["", "..", "../Invoices"] {
        let sale = SaleRef { kind: SalesDocumentKind::CreditMemo, external_id: id.to_owned() };
        let error = provider(&stub).sale(&sitting(TENANT).session, &sale).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Malformed, "{id}");
    }
    assert!(stub.urls().iter().all(|url| url.starts_with("/CreditNotes")), "{:?}", stub.urls());
}

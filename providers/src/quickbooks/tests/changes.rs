//! What changed since a cursor: the feed, its limits, and the catch-up by query where it does not reach.

use chrono::{DateTime, TimeDelta, Utc};
use rstest::rstest;

use super::{fault, provider, rows, statement};
use crate::{
    error::{ErrorKind, ProviderError},
    model::{Change, ChangeCursor, ChangeSet, DocumentKind, RecordKind, RecordRef, SalesDocumentKind},
    testing::{Answer, Seen, Stub, reply, sitting},
};

const INVOICE: RecordKind = RecordKind::Sale(SalesDocumentKind::Invoice);
const ADJUSTMENT: RecordKind = RecordKind::Document(DocumentKind::InventoryAdjustment);

fn ago(age: TimeDelta) -> ChangeCursor {
    ChangeCursor((Utc::now() - age).to_rfc3339())
}

fn recent() -> ChangeCursor {
    ago(TimeDelta::hours(1))
}

/// An answer of the feed, given now.
fn feed(lists: &[(&str, String)]) -> String {
    let lists: Vec<String> = lists
        .iter()
        .map(|(entity, rows)| format!(r#"{{"{entity}":[{rows}],"startPosition":1,"maxResults":1,"totalCount":1}}"#))
        .collect();
    let lists = if lists.is_empty() { "{}".to_owned() } else { lists.join(",") };
    format!(r#"{{"CDCResponse":[{{"QueryResponse":[{lists}]}}],"time":"{}"}}"#, Utc::now().to_rfc3339())
}

fn items(ids: std::ops::Range<u32>) -> String {
    let rows: Vec<String> = ids.map(|id| format!(r#"{{"Id":"{id}","SyncToken":"1","Name":"n{id}"}}"#)).collect();
    rows.join(",")
}

fn parameter(seen: &Seen, name: &str) -> Option<String> {
    let url = url::Url::parse(&format!("http://x{}", seen.url)).unwrap();
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

async fn changes(stub: &Stub, since: &ChangeCursor, kinds: &[RecordKind]) -> Result<ChangeSet, ProviderError> {
    provider(stub).changes(&sitting("9130").session, since, kinds).await
}

fn told(change: &Change) -> String {
    match change {
        Change::Item(item) => format!("item {} {}", item.external_id, item.name),
        Change::Sale(sale) => format!("sale {} {:?} {}", sale.external_id, sale.state, sale.total),
        Change::Document(document) => format!("document {} {:?}", document.external_id, document.reference),
        Change::Deleted { record, at } => format!("deleted {:?} {} {at:?}", record.kind, record.external_id),
        Change::Unusable { kind, why } => format!("unusable {kind:?} {}", why.label),
        Change::Account(_) | Change::Supplier(_) | Change::Bill(_) => "other".to_owned(),
    }
}

#[tokio::test]
async fn one_call_tells_of_everything_deletions_included() {
    let invoices = r#"{"Id":"44","SyncToken":"2","TxnDate":"2026-03-01","TotalAmt":0,"PrivateNote":"Voided"},
        {"Id":"45","domain":"QBO","status":"Deleted","MetaData":{"LastUpdatedTime":"2026-03-01T10:00:00-08:00"}},
        {"Id":"46","SyncToken":"0"}"#;
    let saws = r#"{"Id":"19","SyncToken":"3","Name":"Saw"},{"Id":"19","SyncToken":"4","Name":"Big saw","Active":false},{"Id":"19","SyncToken":"2","Name":"Old saw"}"#;
    let body = feed(&[("Item", saws.to_owned()), ("Invoice", invoices.to_owned()), ("Unheard", "1".to_owned())]);
    let stub = Stub::start(move |_, _| reply(200, body.as_str())).await;
    let before = Utc::now();
    let set = changes(&stub, &recent(), &[RecordKind::Item, INVOICE, RecordKind::Item]).await.unwrap();
    let expected = [
        "item 19 Big saw".to_owned(),
        "sale 44 Voided 0".to_owned(),
        format!("deleted {INVOICE:?} 45 Some(2026-03-01T18:00:00Z)"),
        format!("unusable {INVOICE:?} 46"),
    ];
    assert_eq!(set.changes.iter().map(told).collect::<Vec<_>>(), expected);
    assert_eq!((set.more, set.deletions_known), (false, true));
    let next: DateTime<Utc> = set.next.0.parse().unwrap();
    assert!(next > before - TimeDelta::minutes(2) && next < Utc::now() - TimeDelta::seconds(59), "{next}");
    let seen = stub.seen();
    assert_eq!((seen.len(), parameter(&seen[0], "entities").as_deref()), (1, Some("Item,Invoice")));
    assert!(seen[0].url.starts_with("/v3/company/9130/cdc?minorversion=75&entities="), "{}", seen[0].url);
}

/// The settings say which currency is the company's own; they are asked only when a sale names one.
#[tokio::test]
async fn a_sale_in_the_companys_own_currency_names_none() {
    let sale = |id, currency| {
        format!(
            r#"{{"Id":"{id}","TxnDate":"2026-03-01","TotalAmt":5,"CurrencyRef":{{"value":"{currency}"}},"ExchangeRate":1.5}}"#
        )
    };
    let body = feed(&[("Invoice", format!("{},{}", sale(1, "USD"), sale(2, "EUR")))]);
    let stub = Stub::start(move |seen, _| match seen.url.contains("/preferences") {
        true => reply(200, r#"{"Preferences":{"CurrencyPrefs":{"HomeCurrency":{"value":"USD"}}}}"#),
        false => reply(200, body.as_str()),
    })
    .await;
    let set = changes(&stub, &recent(), &[INVOICE]).await.unwrap();
    let money = |change: &Change| match change {
        Change::Sale(sale) => (sale.currency.clone(), sale.rate.map(|rate| rate.to_string())),
        other => panic!("{other:?}"),
    };
    let expected = [(None, None), (Some("EUR".to_owned()), Some("1.5".to_owned()))];
    assert_eq!(set.changes.iter().map(money).collect::<Vec<_>>(), expected);
    assert_eq!(stub.seen().len(), 2);
}

#[tokio::test]
async fn nothing_changed_is_one_call() {
    let stub = Stub::start(|_, _| reply(200, feed(&[]))).await;
    let kinds = [RecordKind::Item, RecordKind::Account, RecordKind::Supplier, INVOICE];
    let set = changes(&stub, &recent(), &kinds).await.unwrap();
    assert_eq!((set.changes.len(), set.more, set.deletions_known, stub.seen().len()), (0, false, true, 1));
}

#[test]
fn a_deleted_record_is_named() {
    let record = RecordRef { kind: INVOICE, external_id: "45".to_owned() };
    let change = Change::Deleted { record, at: None };
    assert_eq!(told(&change), format!("deleted {INVOICE:?} 45 None"));
}

/// §11: a full answer may have been cut off, whichever kind it was that filled it.
#[tokio::test]
async fn a_full_answer_is_asked_for_kind_by_kind_and_the_full_kind_is_caught_up_on() {
    let stub = Stub::start(|seen, _| match parameter(seen, "entities").as_deref() {
        Some("Item,Invoice") => reply(200, feed(&[("Item", items(0..1000))])),
        Some("Item") => {
            let deleted = r#",{"Id":"7000","status":"Deleted"}"#;
            reply(200, feed(&[("Item", items(0..999) + deleted)]))
        }
        Some("Invoice") => {
            reply(200, feed(&[("Invoice", r#"{"Id":"44","TxnDate":"2026-03-01","TotalAmt":5}"#.to_owned())]))
        }
        _ if statement(seen).contains("STARTPOSITION 1 ") => reply(200, rows("Item", &items(0..1000))),
        _ => reply(200, rows("Item", &items(999..1200))),
    })
    .await;
    let since = recent();
    let set = changes(&stub, &since, &[RecordKind::Item, INVOICE]).await.unwrap();
    let expected = ["deleted Item 7000 None", "sale 44 Posted 5"];
    assert_eq!(set.changes.iter().map(told).collect::<Vec<_>>(), expected);
    assert_eq!((set.more, set.deletions_known), (true, false));
    assert!(set.next.0.starts_with("catch-up ") && set.next.0.contains(" Item "), "{}", set.next.0);

    let (mut next, mut ids, mut sets) = (set.next, std::collections::BTreeSet::new(), 0);
    loop {
        let set = changes(&stub, &next, &[RecordKind::Item, INVOICE]).await.unwrap();
        for change in &set.changes {
            let Change::Item(item) = change else { panic!("{change:?}") };
            ids.insert(item.external_id.parse::<u32>().unwrap());
        }
        assert!(!set.deletions_known);
        (next, sets) = (set.next, sets + 1);
        if !set.more {
            break;
        }
    }
    assert_eq!((ids.len(), sets), (1200, 2));
    let next: DateTime<Utc> = next.0.parse().unwrap();
    assert!(next > since.0.parse::<DateTime<Utc>>().unwrap(), "the feed takes over again");
    let first = stub.seen().iter().filter(|seen| seen.url.contains("query=")).map(statement).next().unwrap();
    assert!(first.starts_with("SELECT * FROM Item WHERE Active IN (true,false) AND MetaData.LastUpdatedTime >= '"));
}

/// §11: the feed looks back 30 days at most.
#[tokio::test]
async fn an_old_cursor_is_caught_up_on_by_query() {
    let stub = Stub::start(|seen, _| match parameter(seen, "entities") {
        Some(_) => reply(
            200,
            feed(&[(
                "Invoice",
                r#"{"Id":"45","status":"Deleted"},{"Id":"44","TxnDate":"2026-03-01","TotalAmt":5}"#.to_owned(),
            )]),
        ),
        None if statement(seen).contains("FROM Invoice") => {
            reply(200, rows("Invoice", r#"{"Id":"43","TxnDate":"2026-01-01","TotalAmt":1},{"Id":"9"}"#))
        }
        None => reply(200, r#"{"QueryResponse":{}}"#),
    })
    .await;
    let first = changes(&stub, &ago(TimeDelta::days(60)), &[INVOICE, RecordKind::Item]).await.unwrap();
    assert_eq!(first.changes.iter().map(told).collect::<Vec<_>>(), [format!("deleted {INVOICE:?} 45 None")]);
    assert_eq!((first.more, first.deletions_known), (true, false));
    let asked: DateTime<Utc> = parameter(&stub.seen()[0], "changedSince").unwrap().parse().unwrap();
    let age = Utc::now() - asked;
    assert!(age < TimeDelta::days(30) && age > TimeDelta::days(29), "{age}");
    let second = changes(&stub, &first.next, &[INVOICE, RecordKind::Item]).await.unwrap();
    let expected = ["sale 43 Posted 1".to_owned(), format!("unusable {INVOICE:?} 9")];
    assert_eq!(second.changes.iter().map(told).collect::<Vec<_>>(), expected);
    assert!(second.more);
    let last = changes(&stub, &second.next, &[INVOICE, RecordKind::Item]).await.unwrap();
    assert_eq!((last.changes.len(), last.more, last.deletions_known), (0, false, false));
    assert!(last.next.0.parse::<DateTime<Utc>>().is_ok());
}

/// §9.3: whether the feed has adjustments is not known.
#[rstest]
#[case::refused(Some((400, fault("2000", "ValidationFault"))))]
#[case::refused_inside(Some((200, feed(&[]).replace("{}", &fault("2000", "ValidationFault")))))]
#[case::left_out(None)]
#[tokio::test]
async fn adjustments_that_the_feed_does_not_tell_of_are_asked_for_by_query(#[case] refusal: Option<(u16, String)>) {
    let stub = Stub::start(move |seen, _| match (parameter(seen, "entities"), &refusal) {
        (Some(entities), Some((status, body))) if entities.contains("InventoryAdjustment") => {
            reply(*status, body.as_str())
        }
        (Some(_), _) => reply(200, feed(&[("Item", items(1..2))])),
        (None, _) => {
            reply(200, rows("InventoryAdjustment", r#"{"Id":"501","DocNumber":"SB-1","TxnDate":"2026-03-01"}"#))
        }
    })
    .await;
    for (kinds, from_feed) in [(vec![RecordKind::Item, ADJUSTMENT], 1), (vec![ADJUSTMENT], 0)] {
        let set = changes(&stub, &recent(), &kinds).await.unwrap();
        assert_eq!((set.changes.len(), set.more, set.deletions_known), (from_feed, true, false));
        let set = changes(&stub, &set.next, &kinds).await.unwrap();
        assert_eq!(set.changes.iter().map(told).collect::<Vec<_>>(), [r#"document 501 Some("SB-1")"#]);
        assert!(!set.more);
    }
}

#[tokio::test]
async fn a_cursor_never_goes_back() {
    let stub = Stub::start(|_, _| reply(200, feed(&[]))).await;
    let since = ChangeCursor(Utc::now().to_rfc3339());
    let set = changes(&stub, &since, &[INVOICE]).await.unwrap();
    let (next, since): (DateTime<Utc>, DateTime<Utc>) = (set.next.0.parse().unwrap(), since.0.parse().unwrap());
    assert!((next - since).abs() < TimeDelta::milliseconds(1), "{next} {since}");
}

#[test]
fn a_cursor_is_made_without_a_call_and_overlaps() {
    let settings = crate::testing::provider_settings(&"http://127.0.0.1:9/".parse().unwrap(), super::ENDPOINTS);
    let provider = (crate::quickbooks::ENTRY.build)(&settings).unwrap();
    let cursor = provider.changes_since("2026-03-02T12:00:00Z".parse().unwrap()).unwrap();
    assert_eq!(cursor, ChangeCursor("2026-03-02T11:59:00.000Z".to_owned()));
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_refused_before_anything_is_sent() {
    let stub = Stub::start(|_, _| reply(500, "")).await;
    let error = changes(&stub, &recent(), &[INVOICE, RecordKind::Company]).await.unwrap_err();
    assert_eq!((error.kind, error.operation), (ErrorKind::Unsupported, "changes.company"));
    let error = changes(&stub, &ChangeCursor("yesterday".to_owned()), &[INVOICE]).await.unwrap_err();
    let said = "`yesterday` is no cursor of this provider; read changes since a moment anew";
    assert_eq!(error, ProviderError::new(ErrorKind::Rejected, "changes.read", said));
    assert_eq!(changes(&stub, &recent(), &[]).await.unwrap().changes, []);
    assert_eq!(stub.seen().len(), 0);
}

#[rstest]
#[case::no_time(r#"{"CDCResponse":[{"QueryResponse":[{}]}]}"#)]
#[case::no_list(r#"{"CDCResponse":[{"QueryResponse":[{"Invoice":7}]}],"time":"2026-03-02T09:14:07.511-08:00"}"#)]
#[case::no_feed(r#"{"QueryResponse":{}}"#)]
#[tokio::test]
async fn an_answer_that_cannot_be_trusted_moves_no_cursor(#[case] body: &'static str) {
    let stub = Stub::start(move |_, _| -> Answer { reply(200, body) }).await;
    let error = changes(&stub, &recent(), &[INVOICE]).await.unwrap_err();
    assert_eq!((error.kind, error.operation, error.attempts), (ErrorKind::Malformed, "changes.read", 4));
}

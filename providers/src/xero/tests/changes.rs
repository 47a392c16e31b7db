//! Changes since a moment: what is asked of which collection, where the next reading begins, what is known of deletions.

use rstest::rstest;

use super::{TENANT, asked, page, provider, rows};
use crate::{
    error::ErrorKind,
    model::{
        Change, ChangeCursor, DocumentContent, DocumentKind, DocumentState, RecordKind, RecordRef, SaleState,
        SalesDocumentKind,
    },
    testing::{Answer, Stub, reply, reply_with, sitting},
};

const INVOICE: RecordKind = RecordKind::Sale(SalesDocumentKind::Invoice);
const JOURNAL: RecordKind = RecordKind::Document(DocumentKind::JournalEntry);

/// The service's clock.
const DATE: &[(&str, &str)] = &[("date", "Mon, 02 Mar 2026 12:00:00 GMT")];

fn since(text: &str) -> ChangeCursor {
    ChangeCursor(text.to_owned())
}

fn at(second: u64) -> String {
    format!(r#""UpdatedDateUTC":"/Date({}+0000)/""#, 1_772_409_600_000 + 1000 * second)
}

fn invoice(id: &str, second: u64, status: &str) -> String {
    format!(
        r#"{{"Type":"ACCREC","InvoiceID":"{id}","Status":"{status}","Date":"2026-03-02T00:00:00","Total":0,
            "LineItems":[],"CurrencyCode":"NZD",{}}}"#,
        at(second)
    )
}

fn answer(path: &str) -> Answer {
    let body = match path {
        "/Items" => {
            rows("Items", &format!(r#"{{"ItemID":"i-1","Code":"A","InventoryAssetAccountCode":"630",{}}}"#, at(1)))
        }
        "/Accounts" => rows(
            "Accounts",
            r#"{"AccountID":"a-1","Code":"630","Name":"Stock","Type":"INVENTORY","Status":"ACTIVE"},
               {"AccountID":"a-2","Code":"1","Name":"Old","Type":"BANK","Status":"DELETED"}"#,
        ),
        "/Contacts" => rows(
            "Contacts",
            &format!(
                r#"{{"ContactID":"c-1","Name":"Timber",{}}},{{"ContactID":"c-2","Name":"Buyer","IsCustomer":true}}"#,
                at(1)
            ),
        ),
        "/Invoices" => rows(
            "Invoices",
            &[invoice("v-1", 1, "VOIDED"), invoice("v-2", 2, "DELETED"), r#"{"InvoiceNumber":"odd"}"#.to_owned()]
                .join(","),
        ),
        "/CreditNotes" => rows("CreditNotes", ""),
        "/ManualJournals" => rows(
            "ManualJournals",
            &format!(
                r#"{{"ManualJournalID":"m-1","Narration":"Build [SB-1]","Date":"2026-03-02T00:00:00","Status":"VOIDED",
                    "JournalLines":[{{"LineAmount":5,"AccountCode":"630"}},{{"LineAmount":-5,"AccountID":"a-9"}}],{}}}"#,
                at(3)
            ),
        ),
        "/Organisation" => rows("Organisations", r#"{"BaseCurrency":"NZD"}"#),
        other => panic!("{other}"),
    };
    reply_with(200, DATE, body)
}

#[tokio::test]
async fn every_kind_is_asked_for_what_changed() {
    let stub = Stub::start(|seen, _| answer(&asked(seen).0)).await;
    let kinds = [
        RecordKind::Item,
        RecordKind::Account,
        RecordKind::Supplier,
        INVOICE,
        RecordKind::Sale(SalesDocumentKind::CreditMemo),
        JOURNAL,
        RecordKind::Item,
    ];
    let cursor = since("2026-03-02T00:00:00.5Z");
    let set = provider(&stub).changes(&sitting(TENANT).session, &cursor, &kinds).await.unwrap();
    assert_eq!((set.more, set.deletions_known, set.next), (false, false, since("2026-03-02T11:59:00Z")));

    let [item, account, old, supplier, voided, deleted, odd, journal] = set.changes.try_into().unwrap();
    let Change::Item(item) = item else { panic!("{item:?}") };
    assert_eq!((item.external_id.as_str(), item.asset_account.as_deref()), ("i-1", Some("a-1")));
    let Change::Account(account) = account else { panic!("{account:?}") };
    assert_eq!(account.external_id, "a-1");
    let gone = |kind, id: &str| RecordRef { kind, external_id: id.to_owned() };
    assert_eq!(old, Change::Deleted { record: gone(RecordKind::Account, "a-2"), at: None });
    let Change::Supplier(supplier) = supplier else { panic!("{supplier:?}") };
    assert_eq!(supplier.external_id, "c-1", "one that only buys is left out");
    let Change::Sale(sale) = voided else { panic!("{voided:?}") };
    assert_eq!((sale.external_id.as_str(), sale.state), ("v-1", SaleState::Voided));
    let when = "2026-03-02T00:00:02Z".parse().unwrap();
    assert_eq!(deleted, Change::Deleted { record: gone(INVOICE, "v-2"), at: Some(when) });
    let Change::Unusable { kind, why } = odd else { panic!("{odd:?}") };
    assert_eq!((kind, why.label.as_str()), (INVOICE, "odd"));
    let Change::Document(journal) = journal else { panic!("{journal:?}") };
    assert_eq!((journal.state, journal.reference.as_deref()), (DocumentState::Voided, Some("SB-1")));
    let DocumentContent::Journal { lines } = &journal.content else { panic!("{journal:?}") };
    let accounts: Vec<&str> = lines.iter().map(|line| line.account.as_str()).collect();
    assert_eq!(accounts, ["a-1", "a-9"], "codes become ids");

    // The tables of codes and the organisation are asked for whole, everything else only since.
    let asked_since: Vec<(String, String)> =
        stub.seen().iter().map(|seen| (asked(seen).0, seen.header("if-modified-since").to_owned())).collect();
    let changed = "2026-03-02T00:00:00";
    let expected = [
        ("/Items", changed),
        ("/Accounts", ""),
        ("/Accounts", changed),
        ("/Contacts", changed),
        ("/Invoices", changed),
        ("/Organisation", ""),
        ("/CreditNotes", changed),
        ("/ManualJournals", changed),
        ("/Accounts", ""),
    ];
    assert_eq!(asked_since, expected.map(|(path, since)| (path.to_owned(), since.to_owned())));
    let statuses = asked(&stub.seen()[4]).1["Statuses"].clone();
    assert_eq!(statuses, "DRAFT,SUBMITTED,AUTHORISED,PAID,VOIDED,DELETED");
}

#[tokio::test]
async fn nothing_changed_costs_one_call_for_each_kind() {
    for status in [200, 304] {
        let stub = Stub::start(move |seen, _| {
            let path = asked(seen).0;
            let body = if status == 304 { String::new() } else { rows(path.trim_start_matches('/'), "") };
            reply_with(status, DATE, body)
        })
        .await;
        let kinds = [RecordKind::Supplier, INVOICE, JOURNAL];
        let cursor = since("2026-03-02T00:00:00Z");
        let set = provider(&stub).changes(&sitting(TENANT).session, &cursor, &kinds).await.unwrap();
        assert_eq!((set.changes.len(), set.more, set.deletions_known), (0, false, true));
        assert_eq!((set.next, stub.seen().len()), (since("2026-03-02T11:59:00Z"), 3));
    }
}

#[tokio::test]
async fn the_cursor_never_goes_back() {
    let stub = Stub::start(|_, _| reply_with(304, DATE, "")).await;
    let cursor = since("2026-03-02T11:59:30Z");
    let set = provider(&stub).changes(&sitting(TENANT).session, &cursor, &[JOURNAL]).await.unwrap();
    assert_eq!(set.next, cursor, "read a moment ago");
    let set = provider(&stub).changes(&sitting(TENANT).session, &cursor, &[]).await.unwrap();
    assert_eq!((set.next, set.more, set.changes.len()), (cursor, false, 0));
}

/// Two invoices a page, each a second after the other; the service holds twelve.
#[tokio::test]
async fn what_does_not_fit_one_page_is_read_on_from_where_it_ends() {
    let stub = Stub::start(|seen, _| {
        let (path, query) = asked(seen);
        if path == "/Organisation" {
            return reply(200, rows("Organisations", "{}"));
        }
        let since: chrono::NaiveDateTime = seen.header("if-modified-since").parse().unwrap();
        let from = (since.and_utc().timestamp() - 1_772_409_600).max(0) as u64;
        let number: u64 = query["page"].parse().unwrap();
        let all: Vec<String> = (from..12).map(|n| invoice(&format!("v-{n}"), n, "PAID")).collect();
        let start = (2 * (number as usize - 1)).min(all.len());
        let shown = all[start..all.len().min(start + 2)].join(",");
        let pages = all.len().div_ceil(2) as u32;
        reply_with(200, DATE, page("Invoices", &shown, number as u32, pages))
    })
    .await;
    let (provider, session) = (provider(&stub), sitting(TENANT).session);
    let (mut cursor, mut seen, mut readings) = (since("2026-03-01T23:59:59Z"), Vec::new(), 0);
    loop {
        let set = provider.changes(&session, &cursor, &[INVOICE]).await.unwrap();
        let mut once = std::collections::BTreeSet::new();
        for change in set.changes {
            let Change::Sale(sale) = change else { panic!("{change:?}") };
            assert!(once.insert(sale.external_id.clone()), "{} twice in one set", sale.external_id);
            seen.push(sale.external_id);
        }
        readings += 1;
        assert!(set.next.0 > cursor.0 && readings < 30, "{:?} after {cursor:?}", set.next);
        cursor = set.next;
        if !set.more {
            break;
        }
    }
    let distinct: std::collections::BTreeSet<&String> = seen.iter().collect();
    assert_eq!(distinct.len(), 12, "none left out: {seen:?}");
    assert_eq!(cursor, since("2026-03-02T11:59:00Z"));
}

#[tokio::test]
async fn a_record_that_comes_twice_is_told_once_as_it_was_last() {
    // The page does not end later than it began, so the next one is read too, the first again, and the last once more.
    let named = |name: &str| format!(r#"{{"ContactID":"c-1","Name":"{name}",{}}}"#, at(0));
    let stub = Stub::start(move |seen, nth| match (asked(seen).1["page"].as_str(), nth) {
        ("1", 0) => reply(200, page("Contacts", &named("Old"), 1, 2)),
        ("1", _) => reply(200, page("Contacts", &named("Newer"), 1, 2)),
        (_, 1) => reply(200, page("Contacts", &named("New"), 2, 2)),
        _ => reply(200, page("Contacts", &named("Newest"), 2, 2)),
    })
    .await;
    let cursor = since("2026-03-02T00:00:00Z");
    let kinds = [RecordKind::Supplier];
    let set = provider(&stub).changes(&sitting(TENANT).session, &cursor, &kinds).await.unwrap();
    let [Change::Supplier(supplier)] = set.changes.as_slice() else { panic!("{:?}", set.changes) };
    assert_eq!((supplier.name.as_str(), set.more, stub.seen().len()), ("Newest", false, 4));
}

#[test]
fn a_moment_is_a_cursor() {
    let provider = (crate::xero::ENTRY.build)(&crate::testing::provider_settings(
        &url::Url::parse("http://127.0.0.1:9/").unwrap(),
        super::ENDPOINTS,
    ))
    .unwrap();
    let cursor = provider.changes_since("2026-03-02T01:02:03.004Z".parse().unwrap()).unwrap();
    assert_eq!(cursor, since("2026-03-02T01:02:03.004Z"));
}

#[rstest]
#[case(RecordKind::Company, ErrorKind::Unsupported)]
#[case(RecordKind::Sale(SalesDocumentKind::Refund), ErrorKind::Unsupported)]
#[case(RecordKind::Document(DocumentKind::InventoryAdjustment), ErrorKind::Unsupported)]
#[tokio::test]
async fn what_is_not_covered_is_refused_before_anything_is_sent(#[case] kind: RecordKind, #[case] expected: ErrorKind) {
    let stub = Stub::start(|_, _| reply(304, "")).await;
    let (provider, session) = (provider(&stub), sitting(TENANT).session);
    let error = provider.changes(&session, &since("2026-03-02T00:00:00Z"), &[INVOICE, kind]).await.unwrap_err();
    assert_eq!((error.kind, stub.seen().len()), (expected, 0));
    let error = provider.changes(&session, &since("yesterday"), &[INVOICE]).await.unwrap_err();
    assert_eq!((error.kind, stub.seen().len()), (ErrorKind::Rejected, 0));
}

#[tokio::test]
async fn a_failure_of_one_kind_is_a_failure_of_the_set() {
    let stub = Stub::start(|seen, _| match asked(seen).0.as_str() {
        "/ManualJournals" => reply(400, r#"{"ErrorNumber":16,"Type":"QueryParseException","Message":"No"}"#),
        path => answer(path),
    })
    .await;
    let kinds = [INVOICE, JOURNAL];
    let cursor = since("2026-03-02T00:00:00Z");
    let error = provider(&stub).changes(&sitting(TENANT).session, &cursor, &kinds).await.unwrap_err();
    assert_eq!((error.kind, error.operation, error.code.as_deref()), (ErrorKind::Rejected, "journal.list", Some("16")));
}

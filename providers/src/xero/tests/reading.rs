//! Company and collections: what is asked, and what is made of it.

use rstest::rstest;

use super::{TENANT, asked, page, provider, rows};
use crate::{
    error::ErrorKind,
    listing::stream_pages,
    model::{
        Collection, DocumentKind, ItemKind, Listing, PageCursor, RecordKind, RecordRef, RemoteCompany, RemoteItem,
        RemoteSupplier, SalesDocumentKind,
    },
    testing::{Seen, Stub, reply, sitting},
};

const ORGANISATION: &str = r#"{"OrganisationID":"7f2d","Name":"Oak & Co","LegalName":"Oak Ltd","BaseCurrency":"NZD",
    "CountryCode":"NZ","Timezone":"NEWZEALANDSTANDARDTIME","PeriodLockDate":"/Date(1767139200000+0000)/",
    "EndOfYearLockDate":"/Date(1743379200000+0000)/","Class":"PREMIUM","IsDemoCompany":true}"#;

const ACCOUNTS: &str = r#"{"AccountID":"a-200","Code":"200","Name":"Sales","Type":"REVENUE","Status":"ACTIVE"},
    {"AccountID":"a-310","Code":"310","Name":"COGS","Type":"DIRECTCOSTS","Status":"ARCHIVED"},
    {"AccountID":"a-old","Code":"999","Name":"Old","Type":"EXPENSE","Status":"DELETED"}"#;

fn cursor(text: &str) -> PageCursor {
    PageCursor(text.to_owned())
}

fn assert_asked_as(seen: &Seen) {
    assert_eq!((seen.method.as_str(), seen.body.as_str()), ("GET", ""));
    assert_eq!(seen.header("xero-tenant-id"), TENANT);
    assert_eq!(seen.header("accept"), "application/json");
    assert_eq!(seen.header("authorization"), "Bearer CANARY-token-0");
}

#[tokio::test]
async fn the_company_is_read_with_its_currencies_and_locks() {
    let stub = Stub::start(|seen, _| match seen.url.as_str() {
        "/Organisation" => reply(200, rows("Organisations", ORGANISATION)),
        "/Currencies" => reply(200, rows("Currencies", r#"{"Code":"NZD"},{"Code":"USD","Description":"Dollar"}"#)),
        other => panic!("{other}"),
    })
    .await;
    let company = provider(&stub).company(&sitting(TENANT).session).await.unwrap();
    let expected = RemoteCompany {
        external_id: TENANT.to_owned(),
        name: "Oak & Co".to_owned(),
        country: Some("NZ".to_owned()),
        edition: Some("PREMIUM".to_owned()),
        home_currency: Some("NZD".to_owned()),
        multicurrency: true,
        inventory_enabled: false,
        book_close_date: Some("2025-12-31".parse().unwrap()),
        time_zone: Some("Pacific/Auckland".to_owned()),
    };
    assert_eq!(company, expected);
    stub.seen().iter().for_each(assert_asked_as);
    assert_eq!(stub.seen().len(), 2);
}

#[tokio::test]
async fn a_company_that_says_little_is_read_too() {
    let stub = Stub::start(|seen, _| match seen.url.as_str() {
        "/Organisation" => reply(200, rows("Organisations", r#"{"BaseCurrency":"NZD","Timezone":"MARSTIME"}"#)),
        _ => reply(200, rows("Currencies", r#"{"Code":"NZD"}"#)),
    })
    .await;
    let company = provider(&stub).company(&sitting(TENANT).session).await.unwrap();
    assert_eq!((company.name.as_str(), company.multicurrency), (TENANT, false));
    assert_eq!((company.time_zone, company.book_close_date, company.edition), (None, None, None));
}

#[tokio::test]
async fn a_lock_date_that_cannot_be_read_is_no_open_period() {
    let stub = Stub::start(|seen, _| match seen.url.as_str() {
        "/Organisation" => reply(200, rows("Organisations", r#"{"Name":"Oak","PeriodLockDate":"soon"}"#)),
        _ => reply(200, rows("Currencies", "")),
    })
    .await;
    let error = provider(&stub).company(&sitting(TENANT).session).await.unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Malformed, "PeriodLockDate `soon` cannot be read"));
}

#[tokio::test]
async fn items_come_whole_with_the_ids_of_their_accounts() {
    let items = r#"{"ItemID":"i-1","Code":"OT-1","Name":"Table","IsTrackedAsInventory":true,"QuantityOnHand":2,
        "SalesDetails":{"UnitPrice":310,"AccountCode":"200"},"PurchaseDetails":{"UnitPrice":190.5,"COGSAccountCode":"310"},
        "InventoryAssetAccountCode":"630"},{"Code":"no id"},{"ItemID":"i-3","SalesDetails":5}"#;
    let stub = Stub::start(move |seen, _| match seen.url.as_str() {
        "/Items?unitdp=4" => reply(200, rows("Items", items)),
        "/Accounts" => reply(200, rows("Accounts", ACCOUNTS)),
        other => panic!("{other}"),
    })
    .await;
    let provider = provider(&stub);
    let session = sitting(TENANT).session;
    let listing = provider.open_listing(&session, Collection::Items, None).await.unwrap();
    assert_eq!(listing, Listing { total: None, cursors: vec![cursor("all")] });
    let page = provider.items(&session, &cursor("all")).await.unwrap();
    assert_eq!((page.records.len(), page.unusable.len(), page.next), (1, 2, None));
    let item = &page.records[0];
    assert_eq!((item.external_id.as_str(), item.kind), ("i-1", ItemKind::Inventory));
    assert_eq!(item.income_account.as_deref(), Some("a-200"));
    assert_eq!(item.expense_account.as_deref(), Some("a-310"), "an archived account is still an account");
    assert_eq!(item.asset_account, None, "no account has this code");
    let labels: Vec<&str> = page.unusable.iter().map(|unusable| unusable.label.as_str()).collect();
    assert_eq!(labels, ["no id", "i-3"]);
    stub.seen().iter().for_each(assert_asked_as);

    let accounts = provider.accounts(&session, &cursor("all")).await.unwrap();
    let ids: Vec<(&str, bool)> = accounts.records.iter().map(|a| (a.external_id.as_str(), a.active)).collect();
    assert_eq!((ids, accounts.unusable.len()), (vec![("a-200", true), ("a-310", false)], 0));
}

#[tokio::test]
async fn accounts_are_not_asked_for_when_no_item_names_one() {
    let stub = Stub::start(|_, _| reply(200, rows("Items", r#"{"ItemID":"i-1","Code":"A"}"#))).await;
    let page = provider(&stub).items(&sitting(TENANT).session, &cursor("all")).await.unwrap();
    assert_eq!((page.records.len(), stub.urls()), (1, vec!["/Items?unitdp=4".to_owned()]));
}

fn contact(id: usize, second: usize, customer: bool) -> String {
    format!(
        r#"{{"ContactID":"c-{id}","Name":"n{id}","IsSupplier":false,"IsCustomer":{customer},
            "UpdatedDateUTC":"/Date({}+0000)/"}}"#,
        1_772_409_600_000_u64 + 1000 * second as u64
    )
}

#[tokio::test]
async fn suppliers_are_walked_by_the_time_of_their_changes() {
    let stub = Stub::start(|seen, _| {
        let (path, query) = asked(seen);
        assert_eq!((path.as_str(), query["pageSize"].as_str(), query["page"].as_str()), ("/Contacts", "500", "1"));
        assert_eq!((query["order"].as_str(), query["includeArchived"].as_str()), ("UpdatedDateUTC ASC", "true"));
        match seen.header("if-modified-since") {
            "" => {
                let rows = [contact(1, 0, false), contact(2, 5, true), contact(3, 9, false)].join(",");
                reply(200, page("Contacts", &rows, 1, 2))
            }
            "2026-03-02T00:00:08" => {
                let rows = [contact(3, 9, false), contact(1, 12, false)].join(",");
                reply(200, page("Contacts", &rows, 1, 1))
            }
            other => panic!("{other}"),
        }
    })
    .await;
    let mut pages = stream_pages::<RemoteSupplier>(provider(&stub), sitting(TENANT).session, None, 4).await.unwrap();
    let mut read = Vec::new();
    while let Some(page) = pages.next().await {
        let (at, page) = page.unwrap();
        read.push((at.0, page.records.into_iter().map(|supplier| supplier.external_id).collect::<Vec<_>>()));
    }
    let expected = [("/1", vec!["c-1", "c-3"]), ("2026-03-02T00:00:08Z/1", vec!["c-3", "c-1"])];
    assert_eq!(read, expected.map(|(at, ids)| (at.to_owned(), ids.into_iter().map(str::to_owned).collect())));
}

/// Inside one second pages are numbered, and what slipped to the page before while it was read is read there.
#[tokio::test]
async fn a_crowded_second_is_read_by_pages_and_each_one_before_again() {
    let stub = Stub::start(|seen, nth| {
        // The service tells nothing of pages. After the first one is read, record 0 leaves, and all others move up.
        let gone = usize::from(nth > 0);
        let page: usize = asked(seen).1["page"].parse().unwrap();
        let range = (500 * (page - 1) + gone)..(500 * page + gone).min(700);
        let all: Vec<String> = range.map(|id| contact(id, 0, false)).collect();
        reply(200, rows("Contacts", &all.join(",")))
    })
    .await;
    let provider = provider(&stub);
    let session = sitting(TENANT).session;
    let first = provider.suppliers(&session, &cursor("2026-03-01T23:59:59Z/1")).await.unwrap();
    let next = first.next.unwrap();
    assert_eq!((first.records.len(), next.0.as_str()), (500, "2026-03-01T23:59:59Z/2"));
    let second = provider.suppliers(&session, &next).await.unwrap();
    assert_eq!(second.next, None);
    let read: std::collections::BTreeSet<String> =
        first.records.into_iter().chain(second.records).map(|supplier| supplier.external_id).collect();
    assert_eq!(read.len(), 700, "record 500 is on page 1 by now");
    let pages: Vec<String> = stub.seen().iter().map(|seen| asked(seen).1["page"].clone()).collect();
    assert_eq!(pages, ["1", "2", "1", "2"]);
}

#[rstest]
#[case("1")]
#[case("")]
#[case("yesterday/1")]
#[case("2026-03-02T00:00:08Z/0")]
#[tokio::test]
async fn a_cursor_of_somebody_else_is_refused_before_anything_is_sent(#[case] text: &str) {
    let stub = Stub::start(|_, _| reply(200, "")).await;
    let (provider, session) = (provider(&stub), sitting(TENANT).session);
    let at = cursor(text);
    let errors = [
        provider.items(&session, &at).await.map(|_| ()).unwrap_err(),
        provider.accounts(&session, &at).await.map(|_| ()).unwrap_err(),
        provider.suppliers(&session, &at).await.map(|_| ()).unwrap_err(),
        provider.open_listing(&session, Collection::Items, Some(&at)).await.map(|_| ()).unwrap_err(),
        provider.open_listing(&session, Collection::Suppliers, Some(&at)).await.map(|_| ()).unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind, ErrorKind::Rejected);
        assert_eq!(error.message, format!("`{text}` is no cursor of this provider; start the listing anew"));
    }
    assert_eq!(stub.seen().len(), 0);
}

#[tokio::test]
async fn a_whole_collection_is_one_page_of_a_listing() {
    let stub = Stub::start(|_, _| reply(200, rows("Items", r#"{"ItemID":"i-1","Code":"A"}"#))).await;
    let session = sitting(TENANT).session;
    let mut pages = stream_pages::<RemoteItem>(provider(&stub), session, None, 4).await.unwrap();
    assert_eq!(pages.next().await.unwrap().unwrap().1.records.len(), 1);
    assert!(pages.next().await.is_none());
}

#[rstest]
#[case(RecordKind::Sale(SalesDocumentKind::Invoice), Some("/AccountsReceivable/View.aspx?InvoiceID=id%261"))]
#[case(
    RecordKind::Sale(SalesDocumentKind::CreditMemo),
    Some("/AccountsReceivable/ViewCreditNote.aspx?creditNoteID=id%261")
)]
#[case(RecordKind::Document(DocumentKind::JournalEntry), Some("/Journal/View.aspx?InvoiceID=id%261"))]
#[case(RecordKind::Supplier, Some("/Contacts/View/id&1"))]
#[case(RecordKind::Item, Some("/Accounts/Inventory/id&1"))]
#[case(RecordKind::Account, None)]
#[case(RecordKind::Document(DocumentKind::InventoryAdjustment), None)]
#[tokio::test]
async fn a_record_has_a_page_for_people(#[case] kind: RecordKind, #[case] path: Option<&str>) {
    let stub = Stub::start(|_, _| reply(200, "")).await;
    let url = provider(&stub).document_url(TENANT, &RecordRef { kind, external_id: "id&1".to_owned() });
    assert_eq!(url.map(String::from), path.map(|path| format!("https://go.xero.com{path}")));
}

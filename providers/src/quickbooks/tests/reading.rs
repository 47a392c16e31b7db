//! Company and collections: what is asked, page by page, and what is made of it.

use rstest::rstest;

use super::{counted, provider, rows, statement};
use crate::{
    error::{ErrorKind, ProviderError},
    listing::stream_pages,
    model::{
        Collection, Listing, PageCursor, RemoteAccount, RemoteCompany, RemoteItem, RemoteSupplier, UnusableReason,
    },
    testing::{Answer, Stub, reply, sitting},
};

fn cursor(start: u64) -> PageCursor {
    PageCursor(start.to_string())
}

/// A stand-in that holds so many records of every collection.
async fn holding(total: u64) -> Stub {
    Stub::start(move |seen, _| answer_query(&statement(seen), total)).await
}

fn answer_query(statement: &str, total: u64) -> Answer {
    if statement.starts_with("SELECT COUNT(*)") {
        return reply(200, counted(total));
    }
    let words: Vec<&str> = statement.split(' ').collect();
    let number_after = |word: &str| words[words.iter().position(|w| *w == word).unwrap() + 1].parse::<u64>().unwrap();
    let (start, size) = (number_after("STARTPOSITION"), number_after("MAXRESULTS"));
    let ids = start..(start + size).min(total + 1);
    let records: Vec<String> =
        ids.map(|id| format!(r#"{{"Id":"{id}","Name":"n{id}","DisplayName":"n{id}","AccountType":"Bank"}}"#)).collect();
    if records.is_empty() {
        return reply(200, r#"{"QueryResponse":{},"time":"2026-03-02T09:14:07.511-08:00"}"#);
    }
    reply(200, rows(words[3], &records.join(",")))
}

#[rstest]
#[case(0, None, &["1"])]
#[case(1, None, &["1"])]
#[case(1000, None, &["1"])]
#[case(1001, None, &["1", "1001/1001"])]
#[case(3500, None, &["1", "1001", "2001", "3001/3500"])]
#[case(3500, Some("2001"), &["2001", "3001/3500"])]
#[case(3500, Some("3001/3600"), &["3001/3500"])]
#[case(3500, Some("5001"), &["5001/3500"])]
#[case(3500, Some("walk - 0"), &["walk - 0"])]
#[tokio::test]
async fn a_listing_knows_its_total_and_where_its_pages_begin(
    #[case] total: u64,
    #[case] resume: Option<&str>,
    #[case] starts: &[&str],
) {
    let stub = holding(total).await;
    let (provider, sitting) = (provider(&stub), sitting("9130"));
    for (collection, entity) in
        [(Collection::Items, "Item"), (Collection::Accounts, "Account"), (Collection::Suppliers, "Vendor")]
    {
        let resume = resume.map(|resume| PageCursor(resume.to_owned()));
        let listing = provider.open_listing(&sitting.session, collection, resume.as_ref()).await.unwrap();
        let cursors = starts.iter().map(|&start| PageCursor(start.to_owned())).collect();
        assert_eq!(listing, Listing { total: Some(total), cursors });
        let asked = format!("SELECT COUNT(*) FROM {entity} WHERE Active IN (true,false)");
        assert_eq!(statement(stub.seen().last().unwrap()), asked);
    }
}

#[tokio::test]
async fn a_page_asks_for_active_and_inactive_rows_in_the_order_of_their_ids() {
    let stub = holding(1002).await;
    let sitting = sitting("9130");
    let page = provider(&stub).items(&sitting.session, &cursor(1001)).await.unwrap();
    let ids: Vec<&str> = page.records.iter().map(|item| item.external_id.as_str()).collect();
    assert_eq!((ids, page.unusable.len(), page.next), (vec!["1001", "1002"], 0, None));
    let seen = stub.seen();
    let expected = "/v3/company/9130/query?minorversion=75&query=SELECT+*+FROM+Item+WHERE+Active+IN+%28true%2Cfalse%29\
                    +ORDERBY+Id+STARTPOSITION+1001+MAXRESULTS+1000";
    assert_eq!((seen.len(), seen[0].url.as_str()), (1, expected));
    assert_eq!((seen[0].method.as_str(), seen[0].header("accept")), ("GET", "application/json"));
    assert_eq!(sitting.records.all()[0].url, stub.url.join(expected).unwrap().as_str());
}

#[tokio::test]
async fn a_full_page_names_the_next_one() {
    let stub = holding(2000).await;
    let (provider, sitting) = (provider(&stub), sitting("9130"));
    let page = provider.accounts(&sitting.session, &cursor(1)).await.unwrap();
    assert_eq!((page.records.len(), page.next), (1000, Some(cursor(1001))));
    let page = provider.suppliers(&sitting.session, &cursor(2001)).await.unwrap();
    assert_eq!((page.records.len(), page.next), (0, None));
}

#[tokio::test]
async fn whole_collections_are_streamed_in_order() {
    let stub = holding(3500).await;
    let (provider, sitting) = (provider(&stub), sitting("9130"));
    let mut pages = stream_pages::<RemoteItem>(provider.clone(), sitting.session.clone(), None, 4).await.unwrap();
    let mut ids = Vec::new();
    while let Some(page) = pages.next().await {
        let (at, page) = page.unwrap();
        let start = ids.len() + 1;
        assert_eq!(at.0, if start == 3001 { "3001/3500".to_owned() } else { start.to_string() });
        ids.extend(page.records.into_iter().map(|item| item.external_id));
    }
    assert_eq!(ids, (1..=3500).map(|id: u64| id.to_string()).collect::<Vec<_>>());
    assert_eq!(stub.seen().len(), 5, "a count and four pages");
    let mut pages = stream_pages::<RemoteAccount>(provider.clone(), sitting.session.clone(), None, 4).await.unwrap();
    assert_eq!(pages.total(), Some(3500));
    assert_eq!(pages.next().await.unwrap().unwrap().1.records.len(), 1000);
    let resume = cursor(3001);
    let mut pages =
        stream_pages::<RemoteSupplier>(provider.clone(), sitting.session.clone(), Some(&resume), 4).await.unwrap();
    assert_eq!(pages.next().await.unwrap().unwrap().1.records.len(), 500);
    assert!(pages.next().await.is_none());
}

/// Rows vanish while pages are read by position, so that others move over a page's edge; none of those is left out.
#[tokio::test]
async fn a_collection_that_shifts_is_read_once_more() {
    use std::sync::{Arc, Mutex};
    let table = Arc::new(Mutex::new((1..=2500).collect::<Vec<u32>>()));
    let served = table.clone();
    let stub = Stub::start(move |seen, _| {
        let (mut table, statement) = (served.lock().unwrap(), statement(seen));
        if statement.starts_with("SELECT COUNT(*)") {
            return reply(200, counted(table.len() as u64));
        }
        if statement.contains("STARTPOSITION 1001 ") && table.len() == 2500 {
            table.retain(|id| *id != 7 && *id != 8);
        }
        let words: Vec<&str> = statement.split(' ').collect();
        let start =
            words[words.iter().position(|word| *word == "STARTPOSITION").unwrap() + 1].parse::<usize>().unwrap();
        let row = |id: &u32| format!(r#"{{"Id":"{id}","Name":"n{id}"}}"#);
        let records: Vec<String> = table.iter().skip(start - 1).take(1000).map(row).collect();
        reply(200, rows("Item", &records.join(",")))
    })
    .await;
    let (provider, sitting) = (provider(&stub), sitting("9130"));
    let mut pages = stream_pages::<RemoteItem>(provider, sitting.session.clone(), None, 1).await.unwrap();
    let (mut ids, mut cursors) = (std::collections::BTreeSet::new(), Vec::new());
    while let Some(page) = pages.next().await {
        let (at, page) = page.unwrap();
        cursors.push(at.0);
        ids.extend(page.records.into_iter().map(|item| item.external_id.parse::<u32>().unwrap()));
    }
    let expected = ["1", "1001", "2001/2500", "walk - 0", "walk - 0 1000 1002", "walk - 0 1999 2001"];
    assert_eq!(cursors, expected);
    assert!(table.lock().unwrap().iter().all(|id| ids.contains(id)) && ids.len() == 2500, "{}", ids.len());
}

#[tokio::test]
async fn a_page_with_records_that_cannot_be_used_hands_on_both_kinds() {
    let records = r#"{"Id":"1","Name":"Good","UnitPrice":"12.50"},{"Id":"2"},{"Name":"No id"},
        {"Id":"1234567890123456789","Name":"Long id"},{"Id":"5","Name":"Fine price","UnitPrice":0.0000001}"#;
    let stub = Stub::start(move |_, _| reply(200, rows("Item", records))).await;
    let page = provider(&stub).items(&sitting("9130").session, &cursor(1)).await.unwrap();
    let used: Vec<(&str, Option<String>)> = page
        .records
        .iter()
        .map(|item| (item.external_id.as_str(), item.unit_price.map(|price| price.to_string())))
        .collect();
    assert_eq!(used, [("1", Some("12.5".to_owned())), ("1234567890123456789", None)]);
    let unusable: Vec<(&str, &str)> =
        page.unusable.iter().map(|unusable| (unusable.label.as_str(), unusable.detail.as_str())).collect();
    let price = "UnitPrice 0.0000001 cannot be kept exactly: at most 6 decimals and 9223372036854.775807 are";
    assert_eq!(unusable, [("2", "Name is missing"), ("No id", "Id is missing"), ("Fine price", price)]);
}

#[tokio::test]
async fn a_record_of_an_odd_shape_costs_no_other() {
    let records = r#"{"Id":"1","Name":"Good"},null,{"Id":"3","Name":"Twice","Name":"Twice"},"text",
        {"Id":"5","MetaData":"never"},{"Id":"6","Name":"Also good"},{"Name":"Odd id","Id":{"a":[]}}"#;
    let stub = Stub::start(move |_, _| reply(200, rows("Item", records))).await;
    let page = provider(&stub).items(&sitting("9130").session, &cursor(1)).await.unwrap();
    let used: Vec<&str> = page.records.iter().map(|item| item.name.as_str()).collect();
    assert_eq!((used, page.next), (vec!["Good", "Also good"], None));
    let unusable: Vec<_> =
        page.unusable.iter().map(|odd| (odd.external_id.as_deref(), odd.label.as_str(), odd.reason)).collect();
    let expected = [
        (None, "record 2 of the page", UnusableReason::InvalidField),
        (None, "record 3 of the page", UnusableReason::InvalidField),
        (None, "record 4 of the page", UnusableReason::InvalidField),
        (Some("5"), "5", UnusableReason::InvalidField),
        (None, "Odd id", UnusableReason::MissingId),
    ];
    assert_eq!(unusable, expected);
    assert!(page.unusable[1].detail.starts_with("the record cannot be read: duplicate field `Name`"));
}

#[rstest]
#[case("0")]
#[case("-1")]
#[case("abc")]
#[case("")]
#[case("1/x")]
#[case("walk 1")]
#[tokio::test]
async fn a_cursor_of_somebody_else_is_refused_before_anything_is_sent(#[case] text: &str) {
    let stub = holding(1).await;
    let (provider, sitting) = (provider(&stub), sitting("9130"));
    let foreign = PageCursor(text.to_owned());
    let said = format!("`{text}` is no cursor of this provider; start the listing anew");
    let error = provider.items(&sitting.session, &foreign).await.unwrap_err();
    assert_eq!(error, ProviderError::new(ErrorKind::Rejected, "item.query", said.clone()));
    let error = provider.open_listing(&sitting.session, Collection::Items, Some(&foreign)).await.unwrap_err();
    assert_eq!(error, ProviderError::new(ErrorKind::Rejected, "item.count", said));
    assert_eq!(stub.seen().len(), 0);
}

const COMPANY: &str = r#"{"CompanyInfo":{"CompanyName":"Oak & Sons","LegalName":"Oak & Sons LLC","Country":"US",
    "DefaultTimeZone":"America/Los_Angeles","FiscalYearStartMonth":"January","Id":"1","SyncToken":"4",
    "NameValue":[{"Name":"NeoEnabled","Value":"true"},{"Name":"OfferingSku","Value":"QuickBooks Online Plus"}]},
    "time":"2026-03-02T09:14:07.511-08:00"}"#;

const PREFERENCES: &str = r#"{"Preferences":{"AccountingInfoPrefs":{"BookCloseDate":"2025-12-31","TaxYearMonth":"January"},
    "ProductAndServicesPrefs":{"ForSales":true,"QuantityOnHand":true},
    "CurrencyPrefs":{"MultiCurrencyEnabled":false,"HomeCurrency":{"value":"USD"}},"Id":"1"},"time":"…"}"#;

async fn company(info: &'static str, preferences: &'static str) -> Result<RemoteCompany, ProviderError> {
    let stub = Stub::start(move |seen, _| match seen.url.as_str() {
        "/v3/company/9130/companyinfo/9130?minorversion=75" => reply(200, info),
        "/v3/company/9130/preferences?minorversion=75" => reply(200, preferences),
        other => reply(404, other),
    })
    .await;
    let read = provider(&stub).company(&sitting("9130").session).await;
    if read.is_ok() {
        assert_eq!(stub.seen().len(), 2);
    }
    read
}

#[tokio::test]
async fn a_company_is_read_with_its_settings() {
    let expected = RemoteCompany {
        external_id: "9130".to_owned(),
        name: "Oak & Sons".to_owned(),
        country: Some("US".to_owned()),
        edition: Some("QuickBooks Online Plus".to_owned()),
        home_currency: Some("USD".to_owned()),
        multicurrency: false,
        inventory_enabled: true,
        book_close_date: Some("2025-12-31".parse().unwrap()),
        time_zone: Some("America/Los_Angeles".to_owned()),
    };
    assert_eq!(company(COMPANY, PREFERENCES).await, Ok(expected));
}

#[tokio::test]
async fn a_company_may_lack_everything_but_the_two_objects() {
    let expected = RemoteCompany {
        external_id: "9130".to_owned(),
        name: "9130".to_owned(),
        country: None,
        edition: None,
        home_currency: None,
        multicurrency: false,
        inventory_enabled: false,
        book_close_date: None,
        time_zone: None,
    };
    let read = company(r#"{"CompanyInfo":{"DefaultTimeZone":"Nowhere"}}"#, r#"{"Preferences":{}}"#).await;
    assert_eq!(read, Ok(expected));
}

#[tokio::test]
async fn a_closing_date_that_cannot_be_read_is_no_open_period() {
    let odd = r#"{"Preferences":{"AccountingInfoPrefs":{"BookCloseDate":"last year"}}}"#;
    let error = company(COMPANY, odd).await.unwrap_err();
    let text = "Preferences.BookCloseDate `last year` is no date";
    assert_eq!((error.kind, error.message.as_str(), error.operation), (ErrorKind::Malformed, text, "preferences.read"));
}

//! Lines of accounts, out of documents: what is asked, and what is made of it.

use rust_decimal::Decimal;

use super::{asked, decimal, page, provider, rows};
use crate::{
    error::ErrorKind,
    model::{DocumentKind, LedgerLine, LedgerPage, LedgerWindow, PageCursor, RecordKind, SalesDocumentKind},
    testing::{Stub, reply, sitting},
};

const ACCOUNTS: &str = r#"{"AccountID":"a-621","Code":"621","Name":"Stock","Type":"CURRENT","Status":"ACTIVE"}"#;

/// One of each that counts, and what counts not: a draft, a voided one, another account.
const JOURNALS: &str = r#"
    {"ManualJournalID":"m-1","Narration":"Build B-7 [SB-1Z]","Date":"/Date(1772409600000+0000)/","Status":"POSTED",
     "UpdatedDateUTC":"/Date(1772409600000+0000)/","JournalLines":[{"LineAmount":12.34,"AccountCode":"621","Description":"in"},
     {"LineAmount":-12.34,"AccountID":"a-801"}]},
    {"ManualJournalID":"m-2","Narration":"Later","Date":"/Date(1772409600000+0000)/","Status":"VOIDED",
     "JournalLines":[{"LineAmount":1,"AccountCode":"621"},{"LineAmount":-1,"AccountCode":"801"}]},
    {"ManualJournalID":"m-3","Narration":"Perhaps","Date":"/Date(1772409600000+0000)/","Status":"DRAFT",
     "JournalLines":[{"LineAmount":1,"AccountCode":"621"},{"LineAmount":-1,"AccountCode":"801"}]}"#;

const INVOICES: &str = r#"
    {"InvoiceID":"i-1","Type":"ACCPAY","InvoiceNumber":"BILL-9","Status":"PAID","Date":"/Date(1772496000000+0000)/",
     "LineAmountTypes":"Inclusive","CurrencyRate":2,"TotalTax":3,"Total":23,"LineItems":[
     {"Description":"Oak","Quantity":1,"UnitAmount":23,"LineAmount":23,"TaxAmount":3,"AccountCode":"621"}]},
    {"InvoiceID":"i-2","Type":"ACCREC","InvoiceNumber":"INV-1","Status":"AUTHORISED","Date":"/Date(1772409600000+0000)/",
     "LineAmountTypes":"Exclusive","CurrencyRate":1.0,"TotalTax":1.5,"Total":11.5,"LineItems":[
     {"Quantity":1,"UnitAmount":10,"LineAmount":10,"TaxAmount":1.5,"AccountID":"a-621"},{"Description":"Thank you"}]},
    {"InvoiceID":"i-3","Type":"ACCPAY","Status":"DRAFT","Date":"/Date(1772409600000+0000)/","Total":5,"LineItems":[
     {"Quantity":1,"UnitAmount":5,"LineAmount":5,"AccountCode":"621"}]}"#;

const CREDITS: &str = r#"
    {"CreditNoteID":"c-1","Type":"ACCPAYCREDIT","CreditNoteNumber":"CN-1","Status":"AUTHORISED","Date":"2026-03-02T00:00:00",
     "LineAmountTypes":"NoTax","Total":4,"LineItems":[{"Quantity":1,"UnitAmount":4,"LineAmount":4,"AccountCode":"621"}]}"#;

fn window() -> LedgerWindow {
    LedgerWindow {
        accounts: vec!["a-621".to_owned()],
        from: "2026-03-01".parse().unwrap(),
        to: "2026-03-31".parse().unwrap(),
    }
}

async fn stub() -> Stub {
    Stub::start(|seen, _| {
        let (path, _) = asked(seen);
        match path.as_str() {
            "/Accounts" => reply(200, rows("Accounts", ACCOUNTS)),
            "/ManualJournals" => reply(200, page("ManualJournals", JOURNALS, 1, 1)),
            "/Invoices" => reply(200, page("Invoices", INVOICES, 1, 1)),
            "/CreditNotes" => reply(200, page("CreditNotes", CREDITS, 1, 1)),
            other => panic!("{other}"),
        }
    })
    .await
}

#[tokio::test]
async fn every_document_that_counts_is_on_its_accounts() {
    let stub = stub().await;
    let (provider, sitting) = (provider(&stub), sitting(super::TENANT));
    let (mut pages, mut cursor): (Vec<LedgerPage>, Option<PageCursor>) = (Vec::new(), None);
    loop {
        let page = provider.ledger_lines(&sitting.session, &window(), cursor.as_ref()).await.unwrap();
        cursor.clone_from(&page.next);
        pages.push(page);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(pages.len(), 3, "one for each collection");
    let line = |kind, label: &str, id: &str, number: &str, day: &str, amount: &str, memo: Option<&str>| LedgerLine {
        account: "a-621".to_owned(),
        kind,
        label: label.to_owned(),
        external_id: Some(id.to_owned()),
        number: Some(number.to_owned()),
        date: day.parse().unwrap(),
        amount: decimal(amount),
        item: None,
        quantity: None,
        memo: memo.map(str::to_owned),
        made_by: None,
    };
    let journal = Some(RecordKind::Document(DocumentKind::JournalEntry));
    let invoice = Some(RecordKind::Sale(SalesDocumentKind::Invoice));
    let expected = [
        line(journal, "Manual journal", "m-1", "SB-1Z", "2026-03-02", "12.34", Some("in")),
        line(invoice, "Invoice", "i-2", "INV-1", "2026-03-02", "-10", None),
        // Twenty before tax, at two foreign units for one of the company's own.
        line(Some(RecordKind::Bill), "Bill", "i-1", "BILL-9", "2026-03-03", "10", Some("Oak")),
        line(None, "Credit note of a supplier", "c-1", "CN-1", "2026-03-02", "-4", None),
    ];
    let found: Vec<LedgerLine> = pages.into_iter().flat_map(|page| page.lines).collect();
    assert_eq!(found, expected);
    let (path, parameters) = asked(&stub.seen()[0]);
    let span = "Date>=DateTime(2026,03,01) AND Date<=DateTime(2026,03,31)";
    assert_eq!((path.as_str(), parameters["where"].as_str()), ("/ManualJournals", span));
}

#[tokio::test]
async fn a_document_that_comes_again_counts_once_as_it_was_read_last() {
    let journal = |amount: &str, second: u32| {
        format!(
            r#"{{"ManualJournalID":"m-1","Narration":"x","Date":"2026-03-02","Status":"POSTED",
               "UpdatedDateUTC":"2026-03-02T10:00:{second:02}","JournalLines":[
               {{"LineAmount":{amount},"AccountID":"a-621"}},{{"LineAmount":-{amount},"AccountID":"a-801"}}]}}"#
        )
    };
    let stub = Stub::start(move |seen, _| match seen.header("if-modified-since") {
        "" => reply(200, page("ManualJournals", &journal("5", 1), 1, 2)),
        _ => reply(200, page("ManualJournals", &journal("7", 9), 1, 1)),
    })
    .await;
    let answer = provider(&stub).ledger_lines(&sitting(super::TENANT).session, &window(), None).await.unwrap();
    let amounts: Vec<Decimal> = answer.lines.iter().map(|line| line.amount).collect();
    assert_eq!(amounts, [decimal("7")]);
}

#[tokio::test]
async fn a_line_that_cannot_be_read_is_an_error_and_never_zero() {
    let stub = Stub::start(|_, _| {
        let row = r#"{"ManualJournalID":"m-1","Narration":"Odd","Date":"2026-03-02","Status":"POSTED","JournalLines":[{"LineAmount":"much","AccountID":"a-621"}]}"#;
        reply(200, page("ManualJournals", row, 1, 1))
    })
    .await;
    let (provider, sitting) = (provider(&stub), sitting(super::TENANT));
    let error = provider.ledger_lines(&sitting.session, &window(), None).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Malformed);
    assert!(error.to_string().contains("Odd"), "{error}");
    let cursor = PageCursor("elsewhere".to_owned());
    let error = provider.ledger_lines(&sitting.session, &window(), Some(&cursor)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected);
}

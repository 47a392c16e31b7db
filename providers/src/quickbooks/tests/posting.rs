//! What is sent when a document is posted, what a lost answer leads to, and how a document is found again.

use std::time::Duration;

use rstest::rstest;
use rust_decimal::dec;
use serde_json::{Value, json};

use super::{fault, provider, provider_with, rows, statement};
use crate::{
    error::{ErrorKind, Outcome, ProviderError, Retry},
    model::{
        AdjustmentDraft, AdjustmentLine, DocumentContent, DocumentKind, DocumentState, DraftHead, JournalDraft,
        JournalLine, PostedDocument, Side,
    },
    settings::TransportSettings,
    testing::{Answer, Seen, Stub, quick, reply, sitting},
};

const ADJUSTMENT: DocumentKind = DocumentKind::InventoryAdjustment;
const JOURNAL: DocumentKind = DocumentKind::JournalEntry;

fn head() -> DraftHead {
    DraftHead {
        request_id: "export-7-1".to_owned(),
        reference: "SB-000000481".to_owned(),
        date: "2026-03-01".parse().unwrap(),
        memo: "cycle count 118".to_owned(),
    }
}

fn adjustment() -> AdjustmentDraft {
    let line = |item: &str, quantity| AdjustmentLine { item: item.to_owned(), quantity };
    AdjustmentDraft {
        head: head(),
        account: "91".to_owned(),
        lines: vec![line("19", dec!(-2.00)), line("20", dec!(0.33333))],
    }
}

fn journal() -> JournalDraft {
    let line = |account: &str, side, description: Option<&str>| JournalLine {
        account: account.to_owned(),
        side,
        amount: dec!(340.50),
        description: description.map(str::to_owned),
    };
    JournalDraft {
        head: head(),
        as_draft: false,
        lines: vec![line("120", Side::Debit, Some("clearing")), line("79", Side::Credit, None)],
    }
}

const POSTED_ADJUSTMENT: &str = r#"{"Id":"501","SyncToken":"0","DocNumber":"SB-000000481","TxnDate":"2026-03-01",
    "PrivateNote":"cycle count 118 [ref: SB-000000481]","AdjustAccountRef":{"value":"91","name":"Inventory Shrinkage"},
    "Line":[{"Id":"1","ItemAdjustmentLineDetail":{"ItemRef":{"value":"19"},"QtyDiff":-2}},
            {"Id":"2","ItemAdjustmentLineDetail":{"ItemRef":{"value":"20"},"QtyDiff":"0.33333"}}],
    "MetaData":{"CreateTime":"2026-03-01","LastUpdatedTime":"2026-03-01"}}"#;

const POSTED_JOURNAL: &str = r#"{"Id":"77","SyncToken":"0","DocNumber":"SB-000000481","TxnDate":"2026-03-01","TotalAmt":0,
    "PrivateNote":"cycle count 118 [ref: SB-000000481]","Adjustment":false,
    "Line":[{"Id":"0","Amount":340.50,"Description":"clearing","DetailType":"JournalEntryLineDetail",
             "JournalEntryLineDetail":{"PostingType":"Debit","AccountRef":{"value":"120"}}},
            {"Id":"1","Amount":"340.5","DetailType":"JournalEntryLineDetail",
             "JournalEntryLineDetail":{"PostingType":"Credit","AccountRef":{"value":"79"}}},
            {"Id":"2","Description":"text alone","DetailType":"DescriptionOnly"}],
    "MetaData":{"LastUpdatedTime":"2026-03-01T10:05:00-08:00"}}"#;

const PREFERENCES: &str =
    r#"{"Preferences":{"CurrencyPrefs":{"MultiCurrencyEnabled":false,"HomeCurrency":{"value":"USD"}}}}"#;

fn answered(entity: &str, record: &str) -> String {
    format!(r#"{{"{entity}":{record},"time":"2026-03-02T09:14:07.511-08:00"}}"#)
}

fn posted_adjustment() -> PostedDocument {
    PostedDocument {
        kind: ADJUSTMENT,
        external_id: "501".to_owned(),
        version: Some("0".to_owned()),
        reference: Some("SB-000000481".to_owned()),
        state: DocumentState::Posted,
        date: "2026-03-01".parse().unwrap(),
        memo: Some("cycle count 118".to_owned()),
        content: DocumentContent::Adjustment { account: Some("91".to_owned()), lines: adjustment().lines },
        updated_at: None,
    }
}

fn posted_journal() -> PostedDocument {
    PostedDocument {
        kind: JOURNAL,
        external_id: "77".to_owned(),
        updated_at: Some("2026-03-01T18:05:00Z".parse().unwrap()),
        content: DocumentContent::Journal { lines: journal().lines },
        ..posted_adjustment()
    }
}

/// A service that answers posts by the script; the preferences are always there.
async fn service(post: impl Fn(&Seen, usize) -> Answer + Send + Sync + 'static) -> Stub {
    Stub::start(move |seen, before| match seen.method.as_str() {
        "GET" => reply(200, PREFERENCES),
        _ => post(seen, before),
    })
    .await
}

fn posts(stub: &Stub) -> Vec<Seen> {
    stub.seen().into_iter().filter(|seen| seen.method == "POST").collect()
}

#[tokio::test]
async fn an_adjustment_is_posted_with_number_stamp_and_request_id() {
    let stub = service(|_, _| reply(200, answered("InventoryAdjustment", POSTED_ADJUSTMENT))).await;
    let sitting = sitting("9130");
    let posted = provider(&stub).post_adjustment(&sitting.session, &adjustment()).await.unwrap();
    assert_eq!(posted, posted_adjustment());
    let seen = stub.seen();
    let url = "/v3/company/9130/inventoryadjustment?minorversion=75&requestid=export-7-1";
    assert_eq!((seen.len(), seen[0].method.as_str(), seen[0].url.as_str()), (1, "POST", url));
    assert_eq!(seen[0].header("content-type"), "application/json");
    let sent = r#"{"DocNumber":"SB-000000481","TxnDate":"2026-03-01","PrivateNote":"cycle count 118 [ref: SB-000000481]","AdjustAccountRef":{"value":"91"},"Line":[{"DetailType":"ItemAdjustmentLineDetail","ItemAdjustmentLineDetail":{"ItemRef":{"value":"19"},"QtyDiff":-2}},{"DetailType":"ItemAdjustmentLineDetail","ItemAdjustmentLineDetail":{"ItemRef":{"value":"20"},"QtyDiff":0.33333}}]}"#;
    assert_eq!(seen[0].body, sent);
    assert_eq!(sitting.records.all()[0].operation, "adjustment.post");
}

#[rstest]
#[case::one_currency(PREFERENCES, None)]
#[case::several(
    r#"{"Preferences":{"CurrencyPrefs":{"MultiCurrencyEnabled":true,"HomeCurrency":{"value":"CAD"}}}}"#,
    Some("CAD")
)]
#[tokio::test]
async fn a_journal_names_its_currency_where_the_company_keeps_several(
    #[case] preferences: &'static str,
    #[case] currency: Option<&str>,
) {
    let stub = Stub::start(move |seen, _| match seen.method.as_str() {
        "GET" => reply(200, preferences),
        _ => reply(200, answered("JournalEntry", POSTED_JOURNAL)),
    })
    .await;
    let posted = provider(&stub).post_journal(&sitting("9130").session, &journal()).await.unwrap();
    assert_eq!(posted, posted_journal());
    let sent: Value = serde_json::from_str(&posts(&stub)[0].body).unwrap();
    let mut expected = json!({"DocNumber": "SB-000000481", "TxnDate": "2026-03-01",
        "PrivateNote": "cycle count 118 [ref: SB-000000481]", "Line": [
            {"DetailType": "JournalEntryLineDetail", "Amount": 340.5, "Description": "clearing",
             "JournalEntryLineDetail": {"PostingType": "Debit", "AccountRef": {"value": "120"}}},
            {"DetailType": "JournalEntryLineDetail", "Amount": 340.5,
             "JournalEntryLineDetail": {"PostingType": "Credit", "AccountRef": {"value": "79"}}}]});
    if let Some(currency) = currency {
        expected["CurrencyRef"] = json!({"value": currency});
    }
    assert_eq!(sent, expected);
    assert!(posts(&stub)[0].url.ends_with("/journalentry?minorversion=75&requestid=export-7-1"));
}

#[rstest]
#[case("export-7-1", "export-7-1")]
#[case("0190a5c8-7b1e-7c3e-9d0a-1f2e3d4c5b6a", "0190a5c8-7b1e-7c3e-9d0a-1f2e3d4c5b6a")]
#[case("", "h-e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934c")]
#[case("run 7/ä", "h-")]
#[case("this-request-id-is-longer-than-the-fifty-characters-allowed", "h-")]
#[tokio::test]
async fn a_request_id_takes_quickbooks_form(#[case] own: &str, #[case] sent: &str) {
    let stub = service(|_, _| reply(200, answered("InventoryAdjustment", POSTED_ADJUSTMENT))).await;
    let (provider, sitting) = (provider(&stub), sitting("9130"));
    let mut draft = adjustment();
    draft.head.request_id = own.to_owned();
    for _ in 0..2 {
        provider.post_adjustment(&sitting.session, &draft).await.unwrap();
    }
    let ids: Vec<String> = stub.urls().iter().map(|url| url.rsplit_once("requestid=").unwrap().1.to_owned()).collect();
    assert_eq!(ids[0], ids[1], "the same for every attempt");
    assert!(ids[0].starts_with(sent) && ids[0].len() <= 50, "{}", ids[0]);
    assert_eq!(ids[0].len() == 50, sent.starts_with("h-"));
}

#[rstest]
#[case("", "reference `` has 0 characters; QuickBooks takes 1 to 21")]
#[case("SB-0123456789-0123456789", "reference `SB-0123456789-0123456789` has 24 characters; QuickBooks takes 1 to 21")]
#[tokio::test]
async fn a_reference_that_does_not_fit_is_refused_before_anything_is_sent(#[case] reference: &str, #[case] said: &str) {
    let stub = service(|_, _| reply(500, "")).await;
    let (provider, sitting) = (provider(&stub), sitting("9130"));
    let (mut adjustment, mut journal) = (adjustment(), journal());
    adjustment.head.reference = reference.to_owned();
    journal.head.reference = reference.to_owned();
    let error = provider.post_adjustment(&sitting.session, &adjustment).await.unwrap_err();
    assert_eq!(error, ProviderError::new(ErrorKind::Rejected, "adjustment.post", said));
    let error = provider.post_journal(&sitting.session, &journal).await.unwrap_err();
    assert_eq!(error, ProviderError::new(ErrorKind::Rejected, "journal.post", said));
    assert_eq!(stub.seen().len(), 0);
}

#[tokio::test]
async fn a_draft_for_a_person_is_not_supported_and_not_posted() {
    let stub = service(|_, _| reply(500, "")).await;
    let draft = JournalDraft { as_draft: true, ..journal() };
    let error = provider(&stub).post_journal(&sitting("9130").session, &draft).await.unwrap_err();
    assert_eq!((error.kind, stub.seen().len()), (ErrorKind::Unsupported, 0));
}

/// The first answer is lost after the write took effect; the repeat carries the same request id and the same bytes.
#[rstest]
#[case::server_error(500, "")]
#[case::cut_off(200, r#"{"InventoryAdjustment":{"Id":"50"#)]
#[case::html(200, "<html>welcome</html>")]
#[tokio::test]
async fn a_lost_answer_is_asked_for_again_as_the_same_request(#[case] status: u16, #[case] body: &'static str) {
    let stub = service(move |_, before| match before {
        0 => reply(status, body),
        _ => reply(200, answered("InventoryAdjustment", POSTED_ADJUSTMENT)),
    })
    .await;
    let posted = provider(&stub).post_adjustment(&sitting("9130").session, &adjustment()).await.unwrap();
    assert_eq!(posted.external_id, "501");
    let posts = posts(&stub);
    assert_eq!(posts.len(), 2);
    assert_eq!((&posts[0].url, &posts[0].body), (&posts[1].url, &posts[1].body));
}

#[tokio::test]
async fn an_answer_that_never_comes_leaves_the_outcome_unknown() {
    let stub = service(|_, _| Answer::Hang).await;
    let settings = TransportSettings { timeout: Duration::from_millis(60), attempts: 2, ..quick() };
    let provider = provider_with(&stub, settings);
    let error = provider.post_adjustment(&sitting("9130").session, &adjustment()).await.unwrap_err();
    assert_eq!((error.kind, error.outcome, error.attempts), (ErrorKind::Unavailable, Outcome::Unknown, 2));
}

/// A refusal of the repeat does not prove that the first attempt was without effect.
#[tokio::test]
async fn a_doubt_outlives_a_later_refusal() {
    let stub = service(|_, before| match before {
        0 => reply(502, "<html>bad gateway</html>"),
        _ => reply(400, fault("6140", "ValidationFault")),
    })
    .await;
    let error = provider(&stub).post_adjustment(&sitting("9130").session, &adjustment()).await.unwrap_err();
    assert_eq!((error.kind, error.outcome, error.attempts), (ErrorKind::Rejected, Outcome::Unknown, 2));
}

#[rstest]
#[case("6210", ErrorKind::PeriodClosed)]
#[case("6270", ErrorKind::Rejected)]
#[case("5020", ErrorKind::Rejected)]
#[case("6190", ErrorKind::CompanyBlocked)]
#[case("610", ErrorKind::Rejected)]
#[tokio::test]
async fn a_refused_write_is_final_and_without_effect(#[case] code: &'static str, #[case] kind: ErrorKind) {
    let stub = service(move |_, _| reply(400, fault(code, "ValidationFault"))).await;
    let error = provider(&stub).post_adjustment(&sitting("9130").session, &adjustment()).await.unwrap_err();
    assert_eq!((error.kind, error.retry, error.outcome), (kind, Retry::Never, Outcome::NotApplied));
    assert_eq!((error.code.as_deref(), error.attempts, posts(&stub).len()), (Some(code), 1, 1));
}

#[tokio::test]
async fn a_posted_document_that_cannot_be_read_leaves_the_outcome_unknown() {
    let stub = service(|_, _| reply(200, answered("InventoryAdjustment", r#"{"Id":"501"}"#))).await;
    let error = provider(&stub).post_adjustment(&sitting("9130").session, &adjustment()).await.unwrap_err();
    let told = (error.kind, error.outcome, error.message.as_str());
    assert_eq!(told, (ErrorKind::Malformed, Outcome::Unknown, "501: TxnDate is missing"));
}

#[tokio::test]
async fn a_document_is_found_by_its_number_and_by_its_stamp() {
    // One was given another number by a person, one only looks like ours, one is somebody else's of that day.
    let renumbered = POSTED_JOURNAL.replace(r#""DocNumber":"SB-000000481""#, r#""DocNumber":"17""#).replace("77", "78");
    let stamped_otherwise = POSTED_JOURNAL.replace("[ref: SB-000000481]", "[ref: SB-9]").replace("77", "79");
    let foreign = r#"{"Id":"80","DocNumber":"18","TxnDate":"2026-03-01","Line":[]},{"Id":"81","TxnDate":"2026-03-01","Line":"odd"}"#;
    let stub = Stub::start(move |seen, _| {
        let found = match statement(seen).contains("DocNumber = 'SB-000000481'") {
            true => format!("{POSTED_JOURNAL},{stamped_otherwise}"),
            false => format!("{POSTED_JOURNAL},{renumbered},{foreign}"),
        };
        reply(200, rows("JournalEntry", &found))
    })
    .await;
    let date = "2026-03-01".parse().unwrap();
    let found = provider(&stub).find_posted(&sitting("9130").session, JOURNAL, "SB-000000481", date).await.unwrap();
    let renumbered = PostedDocument { external_id: "78".to_owned(), ..posted_journal() };
    assert_eq!(found, [posted_journal(), renumbered]);
    let mut asked: Vec<String> = stub.seen().iter().map(statement).collect();
    asked.sort();
    let order = "ORDERBY MetaData.LastUpdatedTime, Id STARTPOSITION 1 MAXRESULTS 1000";
    let expected = ["DocNumber = 'SB-000000481'", "TxnDate = '2026-03-01'"];
    assert_eq!(asked, expected.map(|condition| format!("SELECT * FROM JournalEntry WHERE {condition} {order}")));
}

#[tokio::test]
async fn a_reference_is_escaped() {
    let stub = Stub::start(|_, _| reply(200, r#"{"QueryResponse":{}}"#)).await;
    let date = "2026-03-01".parse().unwrap();
    let found = provider(&stub).find_posted(&sitting("9130").session, JOURNAL, r"O'Neil\1", date).await.unwrap();
    assert_eq!(found, []);
    assert!(stub.seen().iter().any(|seen| statement(seen).contains(r"DocNumber = 'O\'Neil\\1'")));
}

/// §6: only the id of an adjustment is sure to be queryable.
#[tokio::test]
async fn adjustments_that_cannot_be_asked_for_are_looked_through() {
    let other = POSTED_ADJUSTMENT.replace("SB-000000481", "SB-1").replace("501", "502");
    let stub = Stub::start(move |seen, _| {
        match statement(seen).contains("DocNumber") || statement(seen).contains("MetaData") {
            true => reply(400, fault("4001", "ValidationFault")),
            false => reply(200, rows("InventoryAdjustment", &format!("{other},{POSTED_ADJUSTMENT}"))),
        }
    })
    .await;
    let date = "2026-03-01".parse().unwrap();
    let found = provider(&stub).find_posted(&sitting("9130").session, ADJUSTMENT, "SB-000000481", date).await.unwrap();
    assert_eq!(found, [posted_adjustment()]);
}

/// Leaving it out would say that nothing was posted.
#[tokio::test]
async fn a_found_document_that_cannot_be_read_is_an_error() {
    let odd = r#"{"Id":"501","DocNumber":"SB-000000481","Line":"odd"}"#;
    let stub = Stub::start(move |_, _| reply(200, rows("InventoryAdjustment", odd))).await;
    let date = "2026-03-01".parse().unwrap();
    let provider = provider(&stub);
    let error = provider.find_posted(&sitting("9130").session, ADJUSTMENT, "SB-000000481", date).await.unwrap_err();
    assert_eq!((error.kind, error.operation), (ErrorKind::Malformed, "document.find"));
}

#[tokio::test]
async fn a_posted_document_is_read_back() {
    let stub = Stub::start(|seen, _| match seen.url.as_str() {
        "/v3/company/9130/inventoryadjustment/501?minorversion=75" => {
            reply(200, answered("InventoryAdjustment", POSTED_ADJUSTMENT))
        }
        "/v3/company/9130/journalentry/77?minorversion=75" => reply(200, answered("JournalEntry", POSTED_JOURNAL)),
        _ => reply(400, fault("610", "ValidationFault")),
    })
    .await;
    let (provider, sitting) = (provider(&stub), sitting("9130"));
    assert_eq!(provider.read_posted(&sitting.session, ADJUSTMENT, "501").await.unwrap(), posted_adjustment());
    assert_eq!(provider.read_posted(&sitting.session, JOURNAL, "77").await.unwrap(), posted_journal());
    let error = provider.read_posted(&sitting.session, JOURNAL, "78").await.unwrap_err();
    assert_eq!((error.kind, error.operation), (ErrorKind::NotFound, "journalentry.read"));
}

#[tokio::test]
async fn a_journal_in_a_foreign_currency_is_told_in_the_home_currency() {
    let foreign =
        POSTED_JOURNAL.replace(r#""TotalAmt":0"#, r#""TotalAmt":0,"CurrencyRef":{"value":"EUR"},"ExchangeRate":1.1"#);
    let body = answered("JournalEntry", &foreign);
    let stub = Stub::start(move |_, _| reply(200, body.as_str())).await;
    let read = provider(&stub).read_posted(&sitting("9130").session, JOURNAL, "77").await.unwrap();
    let DocumentContent::Journal { lines } = read.content else { panic!("no journal") };
    assert_eq!(lines.iter().map(|line| line.amount).collect::<Vec<_>>(), [dec!(374.55), dec!(374.55)]);
}

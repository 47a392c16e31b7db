//! Manual journals: what is sent, every way it can end, and how one is found again.

use rstest::rstest;
use rust_decimal::Decimal;

use super::{TENANT, asked, decimal, page, provider, rows};
use crate::{
    error::{ErrorKind, Outcome, ProviderError, Retry},
    model::{
        AdjustmentDraft, DocumentContent, DocumentKind, DocumentState, DraftHead, JournalDraft, JournalLine,
        PostedDocument, Side,
    },
    testing::{Answer, Sitting, Stub, reply, reply_with, sitting},
};

fn line(account: &str, side: Side, amount: &str) -> JournalLine {
    JournalLine { account: account.to_owned(), side, amount: decimal(amount), description: None }
}

fn draft() -> JournalDraft {
    let lines = vec![
        JournalLine { description: Some("Oak".to_owned()), ..line("a-1", Side::Debit, "340.55") },
        line("a-2", Side::Credit, "340.55"),
    ];
    let head = DraftHead {
        request_id: "export-1".to_owned(),
        reference: "SB-1Z".to_owned(),
        date: "2026-03-02".parse().unwrap(),
        memo: "Build B-7".to_owned(),
    };
    JournalDraft { head, as_draft: false, lines }
}

fn journal(id: &str, narration: &str, status: &str, lines: &str) -> String {
    format!(
        r#"{{"ManualJournalID":"{id}","Narration":"{narration}","Date":"/Date(1772409600000+0000)/","Status":"{status}",
            "LineAmountTypes":"NoTax","JournalLines":[{lines}],"UpdatedDateUTC":"/Date(1772410000000+0000)/",
            "StatusAttributeString":"OK","ValidationErrors":[]}}"#
    )
}

const LINES: &str = r#"{"LineAmount":340.55,"AccountID":"a-1","AccountCode":"630","Description":"Oak","TaxType":"NONE"},
    {"LineAmount":-340.55,"AccountID":"a-2","AccountCode":"310"},{"LineAmount":0.00,"AccountID":"a-3"}"#;

fn expected(id: &str) -> PostedDocument {
    let lines = draft().lines;
    PostedDocument {
        kind: DocumentKind::JournalEntry,
        external_id: id.to_owned(),
        version: None,
        reference: Some("SB-1Z".to_owned()),
        state: DocumentState::Posted,
        date: "2026-03-02".parse().unwrap(),
        memo: Some("Build B-7".to_owned()),
        content: DocumentContent::Journal { lines },
        updated_at: Some("2026-03-02T00:06:40Z".parse().unwrap()),
    }
}

async fn post(stub: &Stub, draft: &JournalDraft) -> (Result<PostedDocument, ProviderError>, Sitting) {
    let sitting = sitting(TENANT);
    let posted = provider(stub).post_journal(&sitting.session, draft).await;
    (posted, sitting)
}

#[tokio::test]
async fn a_journal_is_posted_with_its_stamp_and_its_key() {
    let stub =
        Stub::start(|_, _| reply(200, rows("ManualJournals", &journal("m-1", "Build B-7 [SB-1Z]", "POSTED", LINES))))
            .await;
    assert_eq!(post(&stub, &draft()).await.0, Ok(expected("m-1")));
    let [seen] = stub.seen().try_into().unwrap();
    assert_eq!((seen.method.as_str(), seen.url.as_str()), ("PUT", "/ManualJournals?summarizeErrors=false"));
    assert_eq!((seen.header("idempotency-key"), seen.header("xero-tenant-id")), ("export-1", TENANT));
    assert_eq!(seen.header("content-type"), "application/json");
    let body = concat!(
        r#"{"ManualJournals":[{"Narration":"Build B-7 [SB-1Z]","Date":"2026-03-02","Status":"POSTED","#,
        r#""LineAmountTypes":"NoTax","JournalLines":[{"LineAmount":340.55,"AccountID":"a-1","Description":"Oak"},"#,
        r#"{"LineAmount":-340.55,"AccountID":"a-2"}]}]}"#
    );
    assert_eq!(seen.body, body);
}

#[tokio::test]
async fn a_draft_stays_a_draft_and_texts_are_cut_but_never_the_stamp() {
    let stub =
        Stub::start(|_, _| reply(200, rows("ManualJournals", &journal("m-1", "x [SB-1Z]", "DRAFT", LINES)))).await;
    let mut draft = draft();
    draft.as_draft = true;
    draft.head.memo = "ä".repeat(5000);
    draft.head.request_id = "r".repeat(129);
    draft.lines[0].description = Some("ö".repeat(5000));
    let posted = post(&stub, &draft).await.0.unwrap();
    assert_eq!((posted.state, posted.memo.as_deref()), (DocumentState::Draft, Some("x")));
    let [seen] = stub.seen().try_into().unwrap();
    let body: serde_json::Value = serde_json::from_str(&seen.body).unwrap();
    let sent = &body["ManualJournals"][0];
    assert_eq!(sent["Status"], "DRAFT");
    assert_eq!(sent["Narration"], format!("{} [SB-1Z]", "ä".repeat(1000)));
    assert_eq!(sent["JournalLines"][0]["Description"], "ö".repeat(1000));
    // SHA-256 of 129 times "r".
    assert_eq!(seen.header("idempotency-key").len(), 64);
}

#[tokio::test]
async fn keys_differ_when_request_ids_do_and_are_the_same_when_they_are() {
    let stub =
        Stub::start(|_, _| reply(200, rows("ManualJournals", &journal("m-1", "x [SB-1Z]", "POSTED", LINES)))).await;
    let ids = ["a".repeat(128), "a".repeat(129), "a".repeat(130), "with blank".to_owned(), "a".repeat(129)];
    for id in &ids {
        let mut draft = draft();
        draft.head.request_id.clone_from(id);
        post(&stub, &draft).await.0.unwrap();
    }
    let keys: Vec<String> = stub.seen().iter().map(|seen| seen.header("idempotency-key").to_owned()).collect();
    assert_eq!(keys[0], ids[0]);
    assert_eq!(keys[1], keys[4]);
    let distinct: std::collections::BTreeSet<&String> = keys.iter().collect();
    assert_eq!(distinct.len(), 4);
    assert!(keys.iter().all(|key| key.len() <= 128));
}

#[tokio::test]
async fn a_finer_amount_than_xero_keeps_is_refused_before_it_is_sent() {
    let stub = Stub::start(|_, _| reply(200, "")).await;
    let mut draft = draft();
    draft.lines[0].amount = decimal("340.5500");
    draft.lines[1].amount = decimal("340.555");
    let error = post(&stub, &draft).await.0.unwrap_err();
    assert_eq!((error.kind, error.outcome), (ErrorKind::Rejected, Outcome::NotApplied));
    assert_eq!(error.message, "amount 340.555 for account a-2 has more than two decimals; Xero keeps two");
    assert_eq!(stub.seen().len(), 0);
}

const ERRORS: &str = r#"[{"Message":"The total debits (340.55) must equal total credits (-340)"},
    {"Message":"Account code '999' is not a valid code"}]"#;

#[rstest]
#[case::element(
    200,
    format!(r#"{{"ManualJournals":[{{"Narration":"x","StatusAttributeString":"ERROR","ValidationErrors":{ERRORS}}}]}}"#),
    ErrorKind::Rejected,
    "The total debits (340.55) must equal total credits (-340); Account code '999' is not a valid code"
)]
#[case::whole(
    400,
    format!(r#"{{"ErrorNumber":10,"Type":"ValidationException","Message":"A validation exception occurred",
        "Elements":[{{"ManualJournalID":"0","ValidationErrors":{ERRORS}}}]}}"#),
    ErrorKind::Rejected,
    "The total debits (340.55) must equal total credits (-340); Account code '999' is not a valid code"
)]
#[case::silent_element(
    200,
    r#"{"ManualJournals":[{"StatusAttributeString":"ERROR"}]}"#.to_owned(),
    ErrorKind::Rejected,
    "Xero refused without a reason"
)]
#[case::locked(
    200,
    r#"{"ManualJournals":[{"StatusAttributeString":"ERROR","ValidationErrors":[{"Message":
        "The document date cannot be before the period lock date, currently set at 31 December 2025"}]}]}"#.to_owned(),
    ErrorKind::PeriodClosed,
    "The document date cannot be before the period lock date, currently set at 31 December 2025. \
     The books are closed at this date; reopen the period at Xero or use a later date"
)]
#[tokio::test]
async fn a_refusal_tells_everything_that_was_wrong_and_posts_nothing(
    #[case] status: u16,
    #[case] body: String,
    #[case] kind: ErrorKind,
    #[case] message: &str,
) {
    let stub = Stub::start(move |_, _| reply(status, body.clone())).await;
    let error = post(&stub, &draft()).await.0.unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (kind, message));
    assert_eq!((error.retry, error.outcome, error.operation), (Retry::Never, Outcome::NotApplied, "journal.create"));
    assert_eq!(stub.seen().len(), 1);
}

#[rstest]
#[case::down(503, String::new(), ErrorKind::Unavailable)]
#[case::html(200, "<html>".to_owned(), ErrorKind::Malformed)]
#[case::nothing(200, rows("ManualJournals", ""), ErrorKind::Malformed)]
#[case::no_id(200, rows("ManualJournals", r#"{"Narration":"x","Status":"POSTED"}"#), ErrorKind::Malformed)]
#[case::used_key(
    400,
    r#"{"Message":"Idempotency key has been used with a different request"}"#.to_owned(),
    ErrorKind::Rejected
)]
#[tokio::test]
async fn what_nobody_knows_is_unknown_and_never_sent_again(
    #[case] status: u16,
    #[case] body: String,
    #[case] kind: ErrorKind,
) {
    let stub = Stub::start(move |_, _| reply(status, body.clone())).await;
    let error = post(&stub, &draft()).await.0.unwrap_err();
    assert_eq!((error.kind, error.outcome, error.attempts), (kind, Outcome::Unknown, 1));
    assert_eq!(stub.seen().len(), 1, "the caller looks for it first");
}

/// Statement 76: a 429 certainly posted nothing, so it is waited out.
#[tokio::test]
async fn s076_too_many_requests_are_waited_out_and_then_it_is_posted_once() {
    let stub = Stub::start(|_, nth| match nth {
        0 => reply_with(429, &[("x-rate-limit-problem", "Minute"), ("retry-after", "1")], ""),
        1 => reply_with(429, &[("x-rate-limit-problem", "concurrent")], ""),
        _ => reply(200, rows("ManualJournals", &journal("m-1", "Build B-7 [SB-1Z]", "POSTED", LINES))),
    })
    .await;
    let (posted, sitting) = post(&stub, &draft()).await;
    assert_eq!(posted, Ok(expected("m-1")));
    let keys: Vec<String> = stub.seen().iter().map(|seen| seen.header("idempotency-key").to_owned()).collect();
    assert_eq!(keys, ["export-1"; 3]);
    assert_eq!(sitting.records.all().len(), 3, "statements 120 and 122: every attempt is told, in order");
}

#[tokio::test]
async fn an_answer_with_codes_alone_is_told_with_ids() {
    let lines =
        r#"{"LineAmount":340.55,"AccountCode":"630","Description":"Oak"},{"LineAmount":-340.55,"AccountCode":"310"}"#;
    let stub = Stub::start(move |seen, _| match asked(seen).0.as_str() {
        "/Accounts" => {
            reply(200, rows("Accounts", r#"{"AccountID":"a-1","Code":"630"},{"AccountID":"a-2","Code":"310"}"#))
        }
        _ => reply(200, rows("ManualJournals", &journal("m-1", "Build B-7 [SB-1Z]", "POSTED", lines))),
    })
    .await;
    assert_eq!(post(&stub, &draft()).await.0, Ok(expected("m-1")));
}

/// What is posted is not called unposted because a look-up after it fails.
#[tokio::test]
async fn a_posted_journal_whose_accounts_cannot_be_looked_up_is_in_doubt() {
    let lines = r#"{"LineAmount":340.55,"AccountCode":"630"},{"LineAmount":-340.55,"AccountCode":"310"}"#;
    let stub = Stub::start(move |seen, _| match asked(seen).0.as_str() {
        "/Accounts" => reply(400, r#"{"Message":"No"}"#),
        _ => reply(200, rows("ManualJournals", &journal("m-1", "Build B-7 [SB-1Z]", "POSTED", lines))),
    })
    .await;
    let error = post(&stub, &draft()).await.0.unwrap_err();
    assert_eq!((error.operation, error.outcome), ("account.list", Outcome::Unknown));
}

async fn find(stub: &Stub) -> Result<Vec<PostedDocument>, ProviderError> {
    let date = "2026-03-02".parse().unwrap();
    provider(stub).find_posted(&sitting(TENANT).session, DocumentKind::JournalEntry, "SB-1Z", date).await
}

#[tokio::test]
async fn a_journal_is_found_by_its_day_and_its_stamp_over_all_pages() {
    let stub = Stub::start(|seen, nth| {
        let (path, query) = asked(seen);
        assert_eq!((path.as_str(), query["where"].as_str()), ("/ManualJournals", "Date==DateTime(2026,03,02)"));
        let odd = r#"{"Narration":"somebody else's","Date":"never"}"#.to_owned();
        let rows = match nth {
            0 => {
                [journal("m-0", "Build [SB-1]", "POSTED", LINES), journal("m-1", "Build B-7 [SB-1Z]", "POSTED", LINES)]
            }
            _ => [odd, journal("m-2", "Build B-7 [SB-1Z] wrong [x]", "VOIDED", LINES)],
        };
        reply(200, page("ManualJournals", &rows.join(","), nth as u32 + 1, 2))
    })
    .await;
    let voided = PostedDocument {
        state: DocumentState::Voided,
        memo: Some("Build B-7 [SB-1Z] wrong".to_owned()),
        ..expected("m-2")
    };
    assert_eq!(find(&stub).await, Ok(vec![expected("m-1"), voided]));
    assert_eq!(stub.seen().len(), 2);
}

#[tokio::test]
async fn a_list_without_lines_is_filled_up() {
    let stub = Stub::start(|seen, _| match asked(seen).0.as_str() {
        "/ManualJournals" => reply(200, rows("ManualJournals", &journal("m-1", "Build B-7 [SB-1Z]", "POSTED", ""))),
        "/ManualJournals/m-1" => {
            reply(200, rows("ManualJournals", &journal("m-1", "Build B-7 [SB-1Z]", "POSTED", LINES)))
        }
        other => panic!("{other}"),
    })
    .await;
    assert_eq!(find(&stub).await, Ok(vec![expected("m-1")]));
}

#[tokio::test]
async fn a_stamped_journal_that_cannot_be_read_is_not_nothing() {
    let body = rows("ManualJournals", r#"{"ManualJournalID":"m-1","Narration":"Build [SB-1Z]","Status":"LOST"}"#);
    let stub = Stub::start(move |_, _| reply(200, body.clone())).await;
    let error = find(&stub).await.unwrap_err();
    let said = "the journal `Build [SB-1Z]` cannot be read: Status `LOST` cannot be read";
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Malformed, said));
}

#[tokio::test]
async fn nothing_is_found_where_nothing_is() {
    let stub = Stub::start(|_, _| reply(200, rows("ManualJournals", ""))).await;
    assert_eq!(find(&stub).await, Ok(vec![]));
}

fn one(status: &str) -> Answer {
    reply(200, rows("ManualJournals", &journal("m-1", "Build B-7 [SB-1Z]", status, LINES)))
}

#[rstest]
#[case("POSTED", DocumentState::Posted)]
#[case("DRAFT", DocumentState::Draft)]
#[case("VOIDED", DocumentState::Voided)]
#[case("DELETED", DocumentState::Voided)]
#[case("ARCHIVED", DocumentState::Voided)]
#[tokio::test]
async fn a_journal_is_read_as_it_is_now(#[case] status: &'static str, #[case] state: DocumentState) {
    let stub = Stub::start(move |_, _| one(status)).await;
    let read = provider(&stub).read_posted(&sitting(TENANT).session, DocumentKind::JournalEntry, "m-1").await;
    assert_eq!(read, Ok(PostedDocument { state, ..expected("m-1") }));
    assert_eq!(stub.urls(), ["/ManualJournals/m-1"]);
}

#[tokio::test]
async fn a_journal_that_is_not_there_is_not_found() {
    let stub = Stub::start(|_, _| reply(404, "The resource you're looking for cannot be found")).await;
    let read = provider(&stub).read_posted(&sitting(TENANT).session, DocumentKind::JournalEntry, "m-1").await;
    assert_eq!(read.unwrap_err().kind, ErrorKind::NotFound);
    let stub = Stub::start(|_, _| one("POSTED")).await;
    let read = provider(&stub).read_posted(&sitting(TENANT).session, DocumentKind::JournalEntry, "m-2").await;
    assert_eq!(read.unwrap_err().kind, ErrorKind::Malformed, "another journal than the one asked for");
}

/// Statements 11 and 128: quantities cannot be changed at Xero, so a company there is self-managed.
#[tokio::test]
async fn s011_s128_quantities_are_refused_by_capability_and_by_call() {
    let stub = Stub::start(|_, _| reply(200, "")).await;
    let (provider, session) = (provider(&stub), sitting(TENANT).session);
    assert!(!provider.capability().inventory_adjustments && provider.capability().journal_entries);
    let draft = AdjustmentDraft { head: draft().head, account: "a-1".to_owned(), lines: vec![] };
    let kind = DocumentKind::InventoryAdjustment;
    let errors = [
        provider.post_adjustment(&session, &draft).await.unwrap_err(),
        provider.find_posted(&session, kind, "SB-1Z", draft.head.date).await.unwrap_err(),
        provider.read_posted(&session, kind, "1").await.unwrap_err(),
    ];
    assert!(errors.iter().all(|error| error.kind == ErrorKind::Unsupported), "{errors:?}");
    assert_eq!(stub.seen().len(), 0);
}

#[test]
fn a_signed_amount_has_the_digits_that_were_drafted() {
    assert_eq!((Decimal::ZERO - decimal("340.50")).to_string(), "-340.50");
}

//! No secret leaves: distinctive secrets go through every operation, good and bad, and are then looked for in every
//! record, error and `Debug` text.

use std::sync::Arc;

use secrecy::SecretString;
use url::Url;

use super::{ENDPOINTS, fault, provider};
use crate::{
    model::{
        AdjustmentDraft, Collection, DocumentKind, DraftHead, JournalDraft, PageCursor, RecordKind, SaleRef,
        SalesDocumentKind, SalesWindow, WebhookRequest,
    },
    provider::{AuthorizationRequest, Callback, Provider},
    quickbooks::ENTRY,
    session::Session,
    testing::{Seen, Sitting, Stub, provider_settings, reply, sitting},
};

const CODE: &str = "CANARY-code-%2F\"1";
const REFRESH: &str = "CANARY-refresh+/=1";

const TOKENS: &str = r#"{"token_type":"bearer","access_token":"CANARY-new-access","expires_in":3600,
    "refresh_token":"CANARY-new-refresh","id_token":"CANARY-id-token"}"#;

/// Everything that was said during the calls.
async fn everything_said(stub: &Stub) -> String {
    let provider = provider(stub);
    let sitting = sitting("9130");
    let mut said = vec![format!("{provider:?} {:?}", provider_settings(&stub.url, ENDPOINTS))];
    said.push(oauth_said(&provider, &sitting).await);
    said.push(calls_said(&provider, &sitting).await);
    said.extend(sitting.records.all().iter().map(|record| format!("{record:?}")));
    said.join("\n")
}

async fn oauth_said(provider: &Arc<dyn Provider>, sitting: &Sitting) -> String {
    let observer = sitting.session.observer.clone();
    let redirect_uri = Url::parse("https://example.com/callback").unwrap();
    let request = AuthorizationRequest { state: "state".to_owned(), redirect_uri: redirect_uri.clone() };
    let mut returned = redirect_uri.clone();
    returned.query_pairs_mut().append_pair("code", CODE).append_pair("state", "s").append_pair("realmId", "9130");
    let callback = provider.parse_callback(&returned).unwrap();
    let refresh_token = SecretString::from(REFRESH);
    let url = provider.authorization_url(&request, observer.clone()).await;
    let grant = provider.exchange_code(&callback, &redirect_uri, observer.clone()).await;
    let tokens = provider.refresh(&refresh_token, observer.clone()).await;
    let revoked = provider.revoke(&refresh_token, None, observer).await;
    let refused = provider.parse_callback(&Url::parse("https://example.com/?error=x&code=CANARY-x").unwrap());
    let errors = [
        refused.as_ref().err().map(ToString::to_string),
        grant.as_ref().err().map(ToString::to_string),
        tokens.as_ref().err().map(ToString::to_string),
        revoked.as_ref().err().map(ToString::to_string),
    ];
    format!("{url:?} {callback:?} {grant:?} {tokens:?} {revoked:?} {refused:?} {errors:?}")
}

async fn calls_said(provider: &Arc<dyn Provider>, sitting: &Sitting) -> String {
    let session = &sitting.session;
    let first = PageCursor("1".to_owned());
    let company = provider.company(session).await;
    let listing = provider.open_listing(session, Collection::Items, None).await;
    let items = provider.items(session, &first).await;
    let accounts = provider.accounts(session, &first).await;
    let suppliers = provider.suppliers(session, &first).await;
    let documents = documents_said(provider, session).await;
    format!("{session:?} {company:?} {listing:?} {items:?} {accounts:?} {suppliers:?} {documents}")
}

/// Sales, changes, posting, reports and webhooks.
async fn documents_said(provider: &Arc<dyn Provider>, session: &Session) -> String {
    let date = "2026-03-01".parse().unwrap();
    let window = SalesWindow { kinds: vec![SalesDocumentKind::Invoice], from: date, changed_since: None };
    let sale = SaleRef { kind: SalesDocumentKind::Invoice, external_id: "44".to_owned() };
    let head = DraftHead { request_id: "r-1".to_owned(), reference: "SB-1".to_owned(), date, memo: String::new() };
    let adjustment = AdjustmentDraft { head: head.clone(), account: "91".to_owned(), lines: vec![] };
    let journal = JournalDraft { head, as_draft: false, lines: vec![] };
    let kind = DocumentKind::JournalEntry;
    let since = provider.changes_since(chrono::Utc::now()).unwrap();
    let headers = [("intuit-signature".to_owned(), "CANARY".to_owned())];
    let said = [
        format!("{:?}", provider.open_sales(session, &window, None).await),
        format!("{:?}", provider.sales(session, &window, &PageCursor("Invoice - - 0".to_owned())).await),
        format!("{:?}", provider.sale(session, &sale).await),
        format!("{:?}", provider.bill(session, "44").await),
        format!("{:?}", provider.changes(session, &since, &[RecordKind::Item]).await),
        format!("{:?}", provider.post_adjustment(session, &adjustment).await),
        format!("{:?}", provider.post_journal(session, &journal).await),
        format!("{:?}", provider.find_posted(session, kind, "SB-1", date).await),
        format!("{:?}", provider.read_posted(session, kind, "77").await),
        format!("{:?}", provider.account_balances(session, Some(date)).await),
        format!("{:?}", provider.account_balances(session, None).await),
        format!("{:?}", provider.item_valuation(session, None).await),
        format!("{:?}", provider.webhook(&WebhookRequest { headers: &headers, body: b"CANARY" })),
    ];
    said.join("\n")
}

fn assert_silent(said: &str, records_at_least: usize) {
    assert!(said.matches("CallRecord").count() >= records_at_least, "nothing was recorded: {said}");
    assert!(!said.contains("CANARY"), "a secret was told: {said}");
    // Spellings of the same secrets in a form, in JSON and in the Basic header.
    for spelling in ["%2FCANARY", "Y2xpZW50LTE6", "refresh%2B%2F", "client-secret"] {
        assert!(!said.contains(spelling), "a secret was told as {spelling}: {said}");
    }
}

#[tokio::test]
async fn good_answers_tell_no_secret() {
    let stub = Stub::start(|seen, _| match seen.url.as_str() {
        "/token" => reply(200, TOKENS),
        "/revoke" => reply(200, ""),
        url if url.contains("COUNT") => reply(200, super::counted(1)),
        url if url.contains("/companyinfo/") => reply(200, r#"{"CompanyInfo":{"CompanyName":"Oak"}}"#),
        url if url.contains("/preferences") => reply(200, r#"{"Preferences":{}}"#),
        url if url.contains("Account") => reply(200, super::rows("Account", "")),
        _ => reply(200, r#"{"QueryResponse":{}}"#),
    })
    .await;
    let said = everything_said(&stub).await;
    assert!(said.contains("CompanyChoice") && said.contains("Oak") && said.contains("grant_type=refresh_token"));
    assert_silent(&said, 20);
}

#[tokio::test]
async fn answers_that_repeat_what_they_were_sent_tell_no_secret() {
    fn echo(seen: &Seen) -> String {
        format!("{} {} {} {}", seen.url, seen.header("authorization"), seen.body, TOKENS)
    }
    for status in [200, 400, 401, 403, 500] {
        let stub = Stub::start(move |seen, _| reply(status, echo(seen))).await;
        assert_silent(&everything_said(&stub).await, 20);
        let stub = Stub::start(move |seen, _| {
            reply(status, serde_json::json!({"error": "invalid_grant", "error_description": echo(seen)}).to_string())
        })
        .await;
        assert_silent(&everything_said(&stub).await, 20);
        let stub = Stub::start(move |seen, _| {
            let echoed = serde_json::Value::from(echo(seen)).to_string();
            reply(status, fault("6000", "ValidationFault").replace("\"More\"", &echoed))
        })
        .await;
        assert_silent(&everything_said(&stub).await, 20);
    }
}

#[tokio::test]
async fn answers_cut_off_in_the_middle_of_a_secret_tell_none_of_it() {
    for cut in (0..TOKENS.len()).step_by(7) {
        let stub = Stub::start(move |_, _| reply(200, &TOKENS[..cut])).await;
        let sitting = sitting("9130");
        let refreshed = provider(&stub).refresh(&SecretString::from(REFRESH), sitting.session.observer.clone()).await;
        let said = format!("{refreshed:?} {:?}", sitting.records.all());
        assert!(!said.contains("CANARY"), "cut at {cut}: {said}");
    }
}

#[test]
fn public_types_show_no_secret() {
    let settings = provider_settings(&Url::parse("http://127.0.0.1:9/").unwrap(), ENDPOINTS);
    let callback = Callback { state: "s".to_owned(), code: CODE.into(), company: None };
    let said = format!("{settings:?} {callback:?} {:?} {ENTRY:?}", sitting("9130").session);
    assert!(!said.contains("CANARY"), "{said}");
}

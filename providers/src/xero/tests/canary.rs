//! No secret leaves (statement 121): distinctive secrets go through every operation, good and bad, and are then looked
//! for in every record, error and `Debug` text.

use std::sync::Arc;

use secrecy::SecretString;
use url::Url;

use super::{ENDPOINTS, TENANT, asked, rows};
use crate::{
    model::{
        ChangeCursor, Collection, DocumentKind, DraftHead, JournalDraft, PageCursor, RecordKind, SaleRef,
        SalesDocumentKind, SalesWindow, WebhookRequest,
    },
    provider::{AuthorizationRequest, Provider},
    settings::ProviderSettings,
    testing::{Seen, Sitting, Stub, provider_settings, reply, sitting},
    xero::ENTRY,
};

const CODE: &str = "CANARY-code-%2F\"1";
const REFRESH: &str = "CANARY-refresh+/=1";

const TOKENS: &str = r#"{"token_type":"Bearer","access_token":"CANARY-new.access.token","expires_in":1800,
    "refresh_token":"CANARY-new-refresh","id_token":"CANARY-id-token"}"#;

fn settings(stub: &Stub) -> ProviderSettings {
    ProviderSettings {
        webhook_key: Some(SecretString::from("CANARY-webhook-key")),
        ..provider_settings(&stub.url, ENDPOINTS)
    }
}

/// Everything that was said during the calls.
async fn everything_said(stub: &Stub) -> String {
    let provider = (ENTRY.build)(&settings(stub)).unwrap();
    let sitting = sitting(TENANT);
    let mut said = vec![format!("{provider:?} {:?}", settings(stub))];
    said.push(oauth_said(&provider, &sitting).await);
    said.push(reads_said(&provider, &sitting).await);
    said.push(books_said(&provider, &sitting).await);
    said.extend(sitting.records.all().iter().map(|record| format!("{record:?}")));
    said.join("\n")
}

async fn oauth_said(provider: &Arc<dyn Provider>, sitting: &Sitting) -> String {
    let observer = sitting.session.observer.clone();
    let redirect_uri = Url::parse("https://example.com/callback").unwrap();
    let request = AuthorizationRequest { state: "state".to_owned(), redirect_uri: redirect_uri.clone() };
    let mut returned = redirect_uri.clone();
    returned.query_pairs_mut().append_pair("code", CODE).append_pair("state", "s");
    let callback = provider.parse_callback(&returned).unwrap();
    let refresh_token = SecretString::from(REFRESH);
    let url = provider.authorization_url(&request, observer.clone()).await;
    let grant = provider.exchange_code(&callback, &redirect_uri, observer.clone()).await;
    let tokens = provider.refresh(&refresh_token, observer.clone()).await;
    let revoked = provider.revoke(&refresh_token, observer).await;
    let refused = provider.parse_callback(&Url::parse("https://example.com/?error=x&code=CANARY-x").unwrap());
    let headers = [("x-xero-signature".to_owned(), "AAAA".to_owned())];
    let webhook = provider.webhook(&WebhookRequest { headers: &headers, body: b"{}" });
    format!("{url:?} {callback:?} {grant:?} {tokens:?} {revoked:?} {refused:?} {webhook:?}")
}

async fn reads_said(provider: &Arc<dyn Provider>, sitting: &Sitting) -> String {
    let session = &sitting.session;
    let all = PageCursor("all".to_owned());
    let window = SalesWindow {
        kinds: vec![SalesDocumentKind::Invoice],
        from: "2026-01-01".parse().unwrap(),
        changed_since: None,
    };
    let sale = SaleRef { kind: SalesDocumentKind::CreditMemo, external_id: "n-1".to_owned() };
    let company = provider.company(session).await;
    let listing = provider.open_listing(session, Collection::Items, None).await;
    let items = provider.items(session, &all).await;
    let accounts = provider.accounts(session, &all).await;
    let suppliers = provider.suppliers(session, &PageCursor("/1".to_owned())).await;
    let opened = provider.open_sales(session, &window, None).await;
    let sales = provider.sales(session, &window, &PageCursor("invoice/NZD//1".to_owned())).await;
    let sale = provider.sale(session, &sale).await;
    format!("{session:?} {company:?} {listing:?} {items:?} {accounts:?} {suppliers:?} {opened:?} {sales:?} {sale:?}")
}

async fn books_said(provider: &Arc<dyn Provider>, sitting: &Sitting) -> String {
    let session = &sitting.session;
    let date = "2026-03-02".parse().unwrap();
    let head = DraftHead { request_id: "r".to_owned(), reference: "SB-1".to_owned(), date, memo: "Build".to_owned() };
    let since = ChangeCursor("2026-03-02T00:00:00Z".to_owned());
    let kind = DocumentKind::JournalEntry;
    let posted = provider.post_journal(session, &JournalDraft { head, as_draft: false, lines: vec![] }).await;
    let found = provider.find_posted(session, kind, "SB-1", date).await;
    let read = provider.read_posted(session, kind, "m-1").await;
    let changes = provider.changes(session, &since, &[RecordKind::Item]).await;
    let balances = provider.account_balances(session, None).await;
    let values = provider.item_valuation(session, None).await;
    format!("{posted:?} {found:?} {read:?} {changes:?} {balances:?} {values:?}")
}

fn assert_silent(said: &str, records_at_least: usize) {
    assert!(said.matches("CallRecord").count() >= records_at_least, "nothing was recorded: {said}");
    assert!(!said.contains("CANARY"), "a secret was told: {said}");
    // Spellings of the same secrets in a form, in JSON and in the Basic header.
    for spelling in ["%2FCANARY", "Y2xpZW50LTE6", "refresh%2B%2F", "client-secret", "access.token"] {
        assert!(!said.contains(spelling), "a secret was told as {spelling}: {said}");
    }
}

#[tokio::test]
async fn s121_good_answers_tell_no_secret() {
    let stub = Stub::start(|seen, _| {
        let path = asked(seen).0;
        let name = path.trim_start_matches('/').split('/').next().unwrap_or_default().to_owned();
        match path.as_str() {
            "/token" => reply(200, TOKENS),
            "/revocation" => reply(200, ""),
            "/connections" => {
                reply(200, format!(r#"[{{"tenantId":"{TENANT}","tenantType":"ORGANISATION","tenantName":"Oak"}}]"#))
            }
            "/Organisation" => reply(200, rows("Organisations", r#"{"Name":"Oak","BaseCurrency":"NZD"}"#)),
            _ => reply(200, rows(&name, "")),
        }
    })
    .await;
    let said = everything_said(&stub).await;
    assert!(said.contains("CompanyChoice") && said.contains("Oak") && said.contains("grant_type=refresh_token"));
    assert_silent(&said, 18);
}

#[tokio::test]
async fn s121_answers_that_repeat_what_they_were_sent_tell_no_secret() {
    fn echo(seen: &Seen) -> String {
        format!("{} {} {} {}", seen.url, seen.header("authorization"), seen.body, TOKENS)
    }
    for status in [200, 400, 401, 403, 429, 500] {
        let stub = Stub::start(move |seen, _| reply(status, echo(seen))).await;
        assert_silent(&everything_said(&stub).await, 15);
        let stub = Stub::start(move |seen, _| {
            let errors = serde_json::json!([{"ValidationErrors": [{"Message": echo(seen)}]}]);
            let body = serde_json::json!({"error": "invalid_grant", "error_description": echo(seen), "Message": echo(seen),
                "Detail": echo(seen), "ErrorNumber": echo(seen), "Elements": errors, "ManualJournals": errors});
            reply(status, body.to_string())
        })
        .await;
        assert_silent(&everything_said(&stub).await, 15);
    }
}

//! The OAuth steps: what is sent, what is made of every answer, and that only a definite refusal ends a grant (§1).

use std::{sync::Arc, time::Duration};

use chrono::{TimeDelta, Utc};
use reqwest::header::HeaderMap;
use rstest::rstest;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::provider;
use crate::{
    clock::SystemClock,
    error::{ErrorKind, Outcome, ProviderError, Retry},
    model::CompanyChoice,
    oauth::{OAuth, OAuthConfig, OAuthEndpoints, RevokeBody},
    provider::{AuthorizationRequest, Callback, Provider, TokenSet},
    quickbooks::{ENTRY, callback},
    settings::ProviderSettings,
    testing::{Records, Seen, Stub, expired, provider_settings, reply, reply_with},
    transport::{Body, Call, Reply, Transport},
};

const TOKENS: &str = r#"{"token_type":"bearer","access_token":"access-2","expires_in":3600,"refresh_token":"refresh-2",
    "x_refresh_token_expires_in":8726400,"x_refresh_token_hard_expires_in":"157680000"}"#;

fn returned() -> Callback {
    Callback { state: "s".to_owned(), code: SecretString::from("code-1"), company: Some("9130".to_owned()) }
}

fn redirect_uri() -> Url {
    Url::parse("https://example.com/callback").unwrap()
}

async fn refresh(provider: &Arc<dyn Provider>) -> Result<TokenSet, ProviderError> {
    provider.refresh(&SecretString::from("refresh-1"), Arc::new(Records::default())).await
}

#[tokio::test]
async fn a_code_is_exchanged_for_tokens_and_the_company() {
    let stub = Stub::start(|_, _| reply(200, TOKENS)).await;
    let before = Utc::now();
    let records = Arc::new(Records::default());
    let grant = provider(&stub).exchange_code(&returned(), &redirect_uri(), records.clone()).await.unwrap();
    assert_eq!(grant.companies, [CompanyChoice { external_id: "9130".to_owned(), name: None }]);
    let tokens = grant.tokens;
    assert_eq!(tokens.access_token.expose_secret(), "access-2");
    assert_eq!(tokens.refresh_token.expose_secret(), "refresh-2");
    let asked_at = tokens.access_expires_at - TimeDelta::seconds(3600);
    assert!(before <= asked_at && asked_at <= Utc::now(), "counted from when it was asked for");
    assert_eq!(tokens.refresh_expires_at, Some(asked_at + TimeDelta::seconds(8_726_400)));
    assert_eq!(tokens.refresh_hard_expires_at, Some(asked_at + TimeDelta::seconds(157_680_000)));

    let seen = stub.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!((seen[0].method.as_str(), seen[0].url.as_str()), ("POST", "/token"));
    let body = "grant_type=authorization_code&code=code-1&redirect_uri=https%3A%2F%2Fexample.com%2Fcallback";
    assert_eq!(seen[0].body, body);
    assert_eq!(seen[0].header("authorization"), "Basic Y2xpZW50LTE6Q0FOQVJZLWNsaWVudC1zZWNyZXQ=");
    assert_eq!(seen[0].header("content-type"), "application/x-www-form-urlencoded");
    assert_eq!(seen[0].header("accept"), "application/json");
    assert_eq!(seen[0].header("x-include-refresh-token-hard-expires-in"), "true");

    let records = records.all();
    assert_eq!(records.len(), 1);
    let shown = "grant_type=authorization_code&code=[redacted]&redirect_uri=https%3A%2F%2Fexample.com%2Fcallback";
    assert_eq!((records[0].operation, records[0].request_body.as_deref()), ("oauth.exchange", Some(shown)));
    let answer = records[0].response_body.as_deref().unwrap();
    assert!(
        answer.contains(r#""access_token":"[redacted]","expires_in":3600,"refresh_token":"[redacted]""#),
        "{answer}"
    );
}

#[tokio::test]
async fn a_refresh_sends_the_old_token_and_brings_the_new_ones_whatever_the_answer_is_called() {
    let stub = Stub::start(|_, _| reply_with(200, &[("content-type", "text/plain")], TOKENS)).await;
    let tokens = refresh(&provider(&stub)).await.unwrap();
    assert_eq!(tokens.refresh_token.expose_secret(), "refresh-2");
    assert_eq!(stub.seen()[0].body, "grant_type=refresh_token&refresh_token=refresh-1");
}

#[tokio::test]
async fn an_answer_without_a_refresh_token_keeps_the_old_one() {
    let stub =
        Stub::start(|_, _| reply(200, r#"{"token_type":"Bearer","access_token":"access-2","expires_in":3600}"#)).await;
    let tokens = refresh(&provider(&stub)).await.unwrap();
    assert_eq!(tokens.refresh_token.expose_secret(), "refresh-1");
    assert_eq!((tokens.refresh_expires_at, tokens.refresh_hard_expires_at), (None, None));
    let error =
        provider(&stub).exchange_code(&returned(), &redirect_uri(), Arc::new(Records::default())).await.unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Malformed, "the token answer has no refresh_token"));
}

#[rstest]
#[case::bare(400, r#"{"error":"invalid_grant"}"#, ErrorKind::ConnectionExpired, "invalid_grant")]
#[case::with_text(
    400,
    r#"{"error":"invalid_grant","error_description":"Incorrect or invalid refresh token"}"#,
    ErrorKind::ConnectionExpired,
    "invalid_grant"
)]
#[case::wrong_client(400, r#"{"error":"invalid_client"}"#, ErrorKind::Misconfigured, "invalid_client")]
#[case::wrong_client_401(401, r#"{"error":"invalid_client"}"#, ErrorKind::Misconfigured, "invalid_client")]
#[case::wrong_request(400, r#"{"error":"invalid_request"}"#, ErrorKind::Misconfigured, "invalid_request")]
#[case::wrong_scope(400, r#"{"error":"invalid_scope"}"#, ErrorKind::Misconfigured, "invalid_scope")]
#[case::unheard_of(400, r#"{"error":"strange"}"#, ErrorKind::Rejected, "strange")]
#[tokio::test]
async fn a_refusal_is_final(
    #[case] status: u16,
    #[case] body: &'static str,
    #[case] kind: ErrorKind,
    #[case] code: &str,
) {
    let stub = Stub::start(move |_, _| reply_with(status, &[("intuit_tid", "1-a-b")], body)).await;
    let error = refresh(&provider(&stub)).await.unwrap_err();
    assert_eq!((error.kind, error.retry, error.outcome), (kind, Retry::Never, Outcome::NotApplied));
    assert_eq!((error.code.as_deref(), error.http_status, error.attempts), (Some(code), Some(status), 1));
    assert_eq!((error.trace_id.as_deref(), error.operation), (Some("1-a-b"), "oauth.refresh"));
    assert_eq!(stub.seen().len(), 1);
}

#[rstest]
#[case::outage(503, "<html>down</html>", ErrorKind::Unavailable)]
#[case::outage_in_json(500, r#"{"error":"invalid_grant"}"#, ErrorKind::Unavailable)]
#[case::throttled(429, "", ErrorKind::RateLimited)]
#[case::page_from_the_edge(400, "<html>invalid_grant</html>", ErrorKind::Malformed)]
#[case::empty_401(401, "", ErrorKind::Malformed)]
#[case::cut_off(200, r#"{"token_type":"bearer","access_to"#, ErrorKind::Malformed)]
#[case::not_json(200, "<html>welcome</html>", ErrorKind::Malformed)]
#[tokio::test]
async fn trouble_never_ends_a_grant_and_is_tried_again(
    #[case] status: u16,
    #[case] body: &'static str,
    #[case] kind: ErrorKind,
) {
    let stub = Stub::start(move |_, _| reply(status, body)).await;
    let error = refresh(&provider(&stub)).await.unwrap_err();
    assert_eq!((error.kind, error.attempts), (kind, 4));
    assert!(error.is_transient());
    let stub = Stub::start(move |_, nth| if nth < 3 { reply(status, body) } else { reply(200, TOKENS) }).await;
    refresh(&provider(&stub)).await.unwrap();
}

#[tokio::test]
async fn an_answer_that_lacks_a_token_says_what_it_lacks_and_no_value() {
    for (body, text) in [
        (
            r#"{"token_type":"bearer","access_token":"CANARY-a","refresh_token":"CANARY-b"}"#,
            "the token answer has no usable expires_in",
        ),
        (
            r#"{"token_type":"bearer","access_token":{"CANARY-a":1},"expires_in":1}"#,
            "the token answer cannot be read at access_token",
        ),
    ] {
        let stub = Stub::start(move |_, _| reply(200, body)).await;
        let error = refresh(&provider(&stub)).await.unwrap_err();
        assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Malformed, text));
    }
}

#[rstest]
#[case::broken_answer(502)]
#[case::nonsense(400)]
#[tokio::test]
async fn a_code_is_never_sent_twice_once_it_may_have_been_used(#[case] status: u16) {
    let stub = Stub::start(move |_, _| reply(status, "<html>")).await;
    let error =
        provider(&stub).exchange_code(&returned(), &redirect_uri(), Arc::new(Records::default())).await.unwrap_err();
    assert_eq!((error.outcome, error.attempts, stub.seen().len()), (Outcome::Unknown, 1, 1));
}

#[tokio::test]
async fn a_code_that_was_throttled_away_may_be_sent_again() {
    let stub = Stub::start(|_, nth| if nth == 0 { reply(429, "") } else { reply(200, TOKENS) }).await;
    provider(&stub).exchange_code(&returned(), &redirect_uri(), Arc::new(Records::default())).await.unwrap();
    assert_eq!(stub.seen().len(), 2);
}

#[tokio::test]
async fn a_grant_is_given_back_with_a_json_body() {
    let stub = Stub::start(|_, _| reply_with(200, &[("content-length", "0")], "")).await;
    let records = Arc::new(Records::default());
    provider(&stub).revoke(&SecretString::from("refresh-1"), Some("9130"), records.clone()).await.unwrap();
    let seen = stub.seen();
    assert_eq!((seen[0].method.as_str(), seen[0].url.as_str()), ("POST", "/revoke"));
    assert_eq!(seen[0].body, r#"{"token":"refresh-1"}"#);
    assert_eq!(seen[0].header("content-type"), "application/json");
    assert!(seen[0].header("authorization").starts_with("Basic "));
    assert_eq!(records.all()[0].request_body.as_deref(), Some(r#"{"token":"[redacted]"}"#));
}

#[rstest]
#[case::gone_already(400, r#"{"error":"invalid_grant"}"#, None)]
#[case::gone_already_without_words(400, "", None)]
#[case::wrong_client(400, r#"{"error":"invalid_client"}"#, Some(ErrorKind::Misconfigured))]
#[case::wrong_client_401(401, r#"{"error":"invalid_client"}"#, Some(ErrorKind::Misconfigured))]
#[case::outage(503, "", Some(ErrorKind::Unavailable))]
#[case::success_that_is_none(200, r#"{"error":"server_error"}"#, Some(ErrorKind::Unavailable))]
#[tokio::test]
async fn a_grant_that_is_gone_counts_as_given_back(
    #[case] status: u16,
    #[case] body: &'static str,
    #[case] failure: Option<ErrorKind>,
) {
    let stub = Stub::start(move |_, _| reply(status, body)).await;
    let revoked =
        provider(&stub).revoke(&SecretString::from("refresh-1"), Some("9130"), Arc::new(Records::default())).await;
    assert_eq!(revoked.err().map(|error| error.kind), failure);
}

/// The settings of a stand-in that is found by its discovery document alone.
fn discovered(stub: &Stub) -> ProviderSettings {
    provider_settings(&stub.url, &["api", "discovery"])
}

fn directory(seen: &Seen) -> String {
    let at = |path: &str| format!("http://{}{path}", seen.header("host"));
    serde_json::json!({
        "issuer": "https://example.com", "authorization_endpoint": at("/a"), "token_endpoint": at("/t"),
        "revocation_endpoint": at("/r"), "scopes_supported": ["openid"],
    })
    .to_string()
}

#[tokio::test]
async fn what_is_not_set_is_read_once_from_the_discovery_document() {
    let stub = Stub::start(|seen, _| match seen.url.as_str() {
        "/discovery" => reply(200, directory(seen)),
        _ => reply(200, TOKENS),
    })
    .await;
    let provider = (ENTRY.build)(&discovered(&stub)).unwrap();
    let records = Arc::new(Records::default());
    let request = AuthorizationRequest { state: "s".to_owned(), redirect_uri: redirect_uri() };
    let url = provider.authorization_url(&request, records.clone()).await.unwrap();
    assert!(url.as_str().starts_with(stub.url.join("a?response_type=code&").unwrap().as_str()), "{url}");
    provider.refresh(&SecretString::from("refresh-1"), records.clone()).await.unwrap();
    provider.revoke(&SecretString::from("refresh-1"), Some("9130"), records.clone()).await.unwrap();
    assert_eq!(stub.urls(), ["/discovery", "/t", "/r"]);
    let operations: Vec<&str> = records.all().iter().map(|record| record.operation).collect();
    assert_eq!(operations, ["oauth.discover", "oauth.refresh", "oauth.revoke"]);
}

#[tokio::test]
async fn what_is_set_wins_over_the_discovery_document() {
    let stub = Stub::start(|_, _| reply(200, TOKENS)).await;
    let mut settings = discovered(&stub);
    settings.endpoints.insert("token".to_owned(), stub.url.join("own").unwrap());
    refresh(&(ENTRY.build)(&settings).unwrap()).await.unwrap();
    assert_eq!(stub.urls(), ["/own"]);
}

#[rstest]
#[case(404, "no such page", ErrorKind::Misconfigured, 1, "no discovery document at the configured address (HTTP 404)")]
#[case(503, "", ErrorKind::Unavailable, 4, "no discovery document at the configured address (HTTP 503)")]
#[case(429, "", ErrorKind::RateLimited, 4, "no discovery document at the configured address (HTTP 429)")]
#[case(
    200,
    r#"{"authorization_endpoint":"https://a.example"}"#,
    ErrorKind::Malformed,
    4,
    "the discovery document cannot be used: missing field `token_endpoint` at line 1 column 46"
)]
#[tokio::test]
async fn a_discovery_document_that_cannot_be_used_says_why_and_is_asked_for_again_next_time(
    #[case] status: u16,
    #[case] body: &'static str,
    #[case] kind: ErrorKind,
    #[case] attempts: u32,
    #[case] text: &str,
) {
    let sick = std::sync::atomic::AtomicBool::new(true);
    let sick = Arc::new(sick);
    let healed = sick.clone();
    let stub = Stub::start(move |seen, _| match seen.url.as_str() {
        "/discovery" if sick.load(std::sync::atomic::Ordering::SeqCst) => reply(status, body),
        "/discovery" => reply(200, directory(seen)),
        _ => reply(200, TOKENS),
    })
    .await;
    let provider = (ENTRY.build)(&discovered(&stub)).unwrap();
    let error = refresh(&provider).await.unwrap_err();
    assert_eq!((error.kind, error.message.as_str(), error.operation), (kind, text, "oauth.discover"));
    assert_eq!((error.attempts, stub.seen().len()), (attempts, attempts as usize));
    healed.store(false, std::sync::atomic::Ordering::SeqCst);
    refresh(&provider).await.unwrap();
}

/// Keeps what it is sent, and fails.
#[derive(Debug, Default)]
struct Capture(std::sync::Mutex<Vec<Call>>);

#[async_trait::async_trait]
impl Transport for Capture {
    async fn send(&self, call: &Call) -> Result<Reply, ProviderError> {
        self.0.lock().unwrap().push(call.clone());
        Err(expired())
    }
}

#[tokio::test]
async fn steps_are_writes_of_at_most_thirty_seconds_and_only_the_code_is_not_repeated() {
    let capture = Arc::new(Capture::default());
    let url = Some(Url::parse("http://127.0.0.1:9/").unwrap());
    let config = OAuthConfig {
        client_id: "client-1".to_owned(),
        client_secret: SecretString::from("secret-1"),
        endpoints: OAuthEndpoints { authorize: url.clone(), token: url.clone(), revoke: url, discovery: None },
        scopes: &[],
        token_headers: HeaderMap::new(),
        refresh_expires_in: None,
        refresh_hard_expires_in: None,
        revoke_body: RevokeBody::Form,
    };
    let oauth = OAuth::new(config, capture.clone(), Arc::new(SystemClock));
    let (token, observer) = (SecretString::from("a+b"), Arc::new(Records::default()));
    assert_eq!(oauth.exchange_code(&returned(), &redirect_uri(), observer.clone()).await.unwrap_err(), expired());
    assert_eq!(oauth.refresh(&token, observer.clone()).await.unwrap_err(), expired());
    assert_eq!(oauth.revoke(&token, observer).await.unwrap_err(), expired());
    let calls = capture.0.lock().unwrap();
    let facts: Vec<_> = calls.iter().map(|call| (call.operation, call.write, call.safe_to_repeat)).collect();
    let expected = [("oauth.exchange", true, false), ("oauth.refresh", true, true), ("oauth.revoke", true, true)];
    assert_eq!(facts, expected);
    assert!(calls.iter().all(|call| call.timeout == Some(Duration::from_secs(30)) && call.company.is_none()));
    assert!(calls[2].body == Body::Form("token=a%2Bb".to_owned()), "the standard's way to revoke");
}

fn callback_of(query: &str) -> Result<Callback, ProviderError> {
    callback::read(&Url::parse(&format!("https://example.com/callback?{query}")).unwrap())
}

#[test]
fn a_callback_is_read() {
    let read = callback_of("code=a%2Fb&state=s+1&realmId=9130").unwrap();
    assert_eq!((read.code.expose_secret(), read.state.as_str()), ("a/b", "s 1"));
    assert_eq!(read.company.as_deref(), Some("9130"));
}

#[rstest]
#[case("error=access_denied&state=s", ErrorKind::ConsentRefused, "consent was refused; nothing was connected")]
#[case(
    "error=invalid_scope&state=s",
    ErrorKind::Misconfigured,
    "the app may not ask for this scope; check it at Intuit"
)]
#[case("error=odd&state=s", ErrorKind::ConsentRefused, "consent was not given; start connecting again")]
#[case(
    "state=s&realmId=1",
    ErrorKind::Malformed,
    "the callback cannot be used: code is missing; start connecting again"
)]
#[case(
    "code=c&realmId=1",
    ErrorKind::Malformed,
    "the callback cannot be used: state is missing; start connecting again"
)]
#[case(
    "code=c&state=s",
    ErrorKind::Malformed,
    "the callback cannot be used: realmId is missing; start connecting again"
)]
#[case(
    "code=c&state=s&realmId=",
    ErrorKind::Malformed,
    "the callback cannot be used: realmId is missing; start connecting again"
)]
#[case(
    "code=c&state=s&realmId=../1",
    ErrorKind::Malformed,
    "the callback cannot be used: realmId is no number; start connecting again"
)]
fn a_callback_that_cannot_be_used_says_why(#[case] query: &str, #[case] kind: ErrorKind, #[case] text: &str) {
    let error = callback_of(query).unwrap_err();
    assert_eq!((error.kind, error.message.as_str(), error.operation), (kind, text, "oauth.callback"));
}

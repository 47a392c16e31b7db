//! The OAuth steps: what is sent, which organisations a consent covers, and that only a definite refusal ends a grant.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{TimeDelta, Utc};
use rstest::rstest;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{TENANT, asked, provider};
use crate::{
    error::{ErrorKind, Outcome, ProviderError, Retry},
    model::CompanyChoice,
    provider::{Callback, Grant},
    testing::{Answer, Records, Seen, Stub, reply, reply_with},
    xero::callback,
};

const EVENT: &str = "d99ecdfe-391d-43d2-b834-17636ba90e8d";
const OTHER: &str = "5ad3b5a4-8f3a-4b0d-a2cf-06d2d2d8b5b1";

/// An access token with these claims, signed by nobody.
fn jwt(claims: &str) -> String {
    let part = |json: &str| URL_SAFE_NO_PAD.encode(json);
    format!("{}.{}.c2ln", part(r#"{"alg":"RS256","kid":"1","typ":"JWT"}"#), part(claims))
}

fn tokens(access: &str) -> String {
    format!(
        r#"{{"access_token":"{access}","token_type":"Bearer","expires_in":1800,"refresh_token":"refresh-2",
            "scope":"offline_access accounting.settings.read","id_token":"CANARY-id"}}"#
    )
}

fn with_event() -> String {
    tokens(&jwt(&format!(r#"{{"authentication_event_id":"{EVENT}","xero_userid":"u","scope":["x"]}}"#)))
}

fn connection(tenant: &str, kind: &str, name: &str) -> String {
    format!(
        r#"{{"id":"e1","authEventId":"{EVENT}","tenantId":"{tenant}","tenantType":"{kind}","tenantName":{name},
            "createdDateUtc":"2026-03-01T10:00:00.0000000","updatedDateUtc":"2026-03-01T10:00:00.0000000"}}"#
    )
}

fn two() -> String {
    let practice = connection("c7e4f21a-4b6c-43d2-b834-17636ba90e8d", "PRACTICE", "\"Advisers\"");
    let not_an_id = connection("a\\nb", "ORGANISATION", "\"Odd\"");
    let (first, second) =
        (connection(TENANT, "ORGANISATION", "\"Oak & Co\""), connection(OTHER, "ORGANISATION", "null"));
    format!("[{practice},{first},{not_an_id},{second}]")
}

fn returned() -> Callback {
    Callback { state: "s".to_owned(), code: SecretString::from("code-1"), company: None }
}

fn redirect_uri() -> Url {
    Url::parse("https://example.com/callback").unwrap()
}

async fn exchange(stub: &Stub) -> Result<Grant, ProviderError> {
    provider(stub).exchange_code(&returned(), &redirect_uri(), Arc::new(Records::default())).await
}

fn choice(id: &str, name: Option<&str>) -> CompanyChoice {
    CompanyChoice { external_id: id.to_owned(), name: name.map(str::to_owned) }
}

#[tokio::test]
async fn a_code_is_exchanged_for_tokens_and_the_organisations_of_this_consent() {
    let stub = Stub::start(|seen, _| match asked(seen).0.as_str() {
        "/token" => reply(200, with_event()),
        _ => reply(200, two()),
    })
    .await;
    let before = Utc::now();
    let grant = exchange(&stub).await.unwrap();
    assert_eq!(grant.companies, [choice(TENANT, Some("Oak & Co")), choice(OTHER, None)]);
    let tokens = grant.tokens;
    assert_eq!(tokens.refresh_token.expose_secret(), "refresh-2");
    let after = Utc::now();
    let (access, refresh) = (tokens.access_expires_at, tokens.refresh_expires_at.unwrap());
    assert!(before + TimeDelta::minutes(30) <= access && access <= after + TimeDelta::minutes(30));
    assert!(before + TimeDelta::days(60) <= refresh && refresh <= after + TimeDelta::days(60));
    assert_eq!(tokens.refresh_hard_expires_at, None);

    let [token, connections] = stub.seen().try_into().unwrap();
    assert_eq!((token.method.as_str(), token.url.as_str()), ("POST", "/token"));
    let body = "grant_type=authorization_code&code=code-1&redirect_uri=https%3A%2F%2Fexample.com%2Fcallback";
    assert_eq!(token.body, body);
    assert_eq!(token.header("authorization"), "Basic Y2xpZW50LTE6Q0FOQVJZLWNsaWVudC1zZWNyZXQ=");
    assert_eq!(connections.url, format!("/connections?authEventId={EVENT}"));
    assert_eq!(connections.header("authorization"), format!("Bearer {}", tokens.access_token.expose_secret()));
    assert_eq!(connections.header("xero-tenant-id"), "");
}

#[rstest]
#[case::opaque("opaque-token".to_owned())]
#[case::no_claim(jwt("{}"))]
#[case::no_uuid(jwt(r#"{"authentication_event_id":"1 or 2"}"#))]
#[case::no_json(jwt("soon"))]
#[case::no_base64("a.%%%.c".to_owned())]
#[tokio::test]
async fn a_token_that_says_nothing_of_the_consent_is_asked_for_all_it_covers(#[case] access: String) {
    let stub = Stub::start(move |seen, _| match asked(seen).0.as_str() {
        "/token" => reply(200, tokens(&access)),
        _ => reply(200, two()),
    })
    .await;
    assert_eq!(exchange(&stub).await.unwrap().companies.len(), 2);
    assert_eq!(stub.urls(), ["/token", "/connections"]);
}

#[tokio::test]
async fn organisations_connected_before_are_still_to_be_had() {
    let stub = Stub::start(|seen, _| match seen.url.as_str() {
        "/token" => reply(200, with_event()),
        "/connections" => reply(200, two()),
        _ => reply(200, "[]"),
    })
    .await;
    assert_eq!(exchange(&stub).await.unwrap().companies.len(), 2);
    assert_eq!(stub.seen().len(), 3);
}

#[rstest]
#[case::none("[]".to_owned())]
#[case::a_practice_alone(format!("[{}]", connection(TENANT, "PRACTICE", "null")))]
#[tokio::test]
async fn a_consent_without_an_organisation_connects_nothing(#[case] body: String) {
    let stub = Stub::start(move |seen, _| match asked(seen).0.as_str() {
        "/token" => reply(200, with_event()),
        _ => reply(200, body.clone()),
    })
    .await;
    let error = exchange(&stub).await.unwrap_err();
    let said = "no organisation was connected; connect again and choose one";
    assert_eq!(error, ProviderError::new(ErrorKind::ConsentRefused, "tenants.list", said));
}

#[tokio::test]
async fn connections_that_cannot_be_asked_for_are_asked_for_again() {
    let stub = Stub::start(|seen, nth| match (asked(seen).0.as_str(), nth) {
        ("/token", _) => reply(200, with_event()),
        (_, 1) => reply(503, ""),
        (_, 2) => reply(200, "<html>"),
        _ => reply(200, two()),
    })
    .await;
    assert_eq!(exchange(&stub).await.unwrap().companies.len(), 2);
    let stub = Stub::start(|seen, _| match asked(seen).0.as_str() {
        "/token" => reply(200, with_event()),
        _ => reply(401, ""),
    })
    .await;
    let error = exchange(&stub).await.unwrap_err();
    assert_eq!((error.kind, error.retry, stub.seen().len()), (ErrorKind::TokenRejected, Retry::Never, 2));
}

async fn refresh(stub: &Stub) -> Result<crate::provider::TokenSet, ProviderError> {
    provider(stub).refresh(&SecretString::from("refresh-1"), Arc::new(Records::default())).await
}

/// Within its 30 minutes of grace the old token answers the repeat of a call whose answer was lost (§1.2).
#[tokio::test]
async fn a_refresh_brings_the_next_token_also_when_an_answer_is_lost() {
    let stub =
        Stub::start(|_, nth| if nth == 0 { reply(200, "{\"access_tok") } else { reply(200, tokens("a-2")) }).await;
    let fresh = refresh(&stub).await.unwrap();
    assert_eq!((fresh.access_token.expose_secret(), fresh.refresh_token.expose_secret()), ("a-2", "refresh-2"));
    assert!(fresh.refresh_expires_at.unwrap() > Utc::now() + TimeDelta::days(59));
    let sent: Vec<String> = stub.seen().into_iter().map(|seen| seen.body).collect();
    assert_eq!(sent, ["grant_type=refresh_token&refresh_token=refresh-1"; 2]);
}

#[rstest]
#[case("invalid_grant", ErrorKind::ConnectionExpired)]
#[case("invalid_client", ErrorKind::Misconfigured)]
#[case("unauthorized_client", ErrorKind::Misconfigured)]
#[case("invalid_scope", ErrorKind::Misconfigured)]
#[tokio::test]
async fn s003_a_refusal_is_final(#[case] code: &'static str, #[case] kind: ErrorKind) {
    let body = format!(r#"{{"error":"{code}"}}"#);
    let stub = Stub::start(move |_, _| reply_with(400, &[("xero-correlation-id", "7a")], body.clone())).await;
    let error = refresh(&stub).await.unwrap_err();
    assert_eq!((error.kind, error.retry, error.outcome), (kind, Retry::Never, Outcome::NotApplied));
    assert_eq!((error.code.as_deref(), error.trace_id.as_deref(), stub.seen().len()), (Some(code), Some("7a"), 1));
}

/// Statement 10, as far as it is the provider's part: an outage never ends a grant.
#[tokio::test]
async fn s010_an_outage_is_no_refusal() {
    let stub = Stub::start(|_, _| reply(503, r#"{"error":"invalid_grant"}"#)).await;
    let error = refresh(&stub).await.unwrap_err();
    assert_eq!((error.kind, error.attempts), (ErrorKind::Unavailable, 4));
}

#[tokio::test]
async fn a_grant_is_given_back_as_a_form() {
    let stub = Stub::start(|_, _| reply(200, "")).await;
    provider(&stub).revoke(&SecretString::from("refresh-1"), Arc::new(Records::default())).await.unwrap();
    let [seen] = stub.seen().try_into().unwrap();
    assert_eq!((seen.url.as_str(), seen.body.as_str()), ("/revocation", "token=refresh-1"));
    assert_eq!(seen.header("authorization"), "Basic Y2xpZW50LTE6Q0FOQVJZLWNsaWVudC1zZWNyZXQ=");
    let gone = |_: &Seen, _| -> Answer { reply(400, r#"{"error":"invalid_grant"}"#) };
    let stub = Stub::start(gone).await;
    provider(&stub).revoke(&SecretString::from("refresh-1"), Arc::new(Records::default())).await.unwrap();
}

fn back(query: &str) -> Result<Callback, ProviderError> {
    callback::read(&Url::parse(&format!("https://example.com/callback?{query}")).unwrap())
}

#[test]
fn a_callback_names_no_organisation() {
    let callback = back("code=abc&scope=offline_access&state=st%20ate&session_state=x").unwrap();
    assert_eq!((callback.state.as_str(), callback.code.expose_secret()), ("st ate", "abc"));
    assert_eq!(callback.company, None);
}

#[rstest]
#[case("error=access_denied&state=s", ErrorKind::ConsentRefused, Some("access_denied"))]
#[case("error=invalid_scope&state=s", ErrorKind::Misconfigured, Some("invalid_scope"))]
#[case("error=unauthorized_client", ErrorKind::Misconfigured, Some("unauthorized_client"))]
#[case("error=strange&code=abc&state=s", ErrorKind::ConsentRefused, Some("strange"))]
#[case("state=s", ErrorKind::Malformed, None)]
#[case("code=abc", ErrorKind::Malformed, None)]
#[case("code=&state=s", ErrorKind::Malformed, None)]
fn a_callback_that_brings_no_code_says_why(#[case] query: &str, #[case] kind: ErrorKind, #[case] code: Option<&str>) {
    let error = back(query).unwrap_err();
    assert_eq!((error.kind, error.code.as_deref(), error.operation), (kind, code, "oauth.callback"));
}

//! Consent, tokens, rotation, revocation, OpenID (reference 1).

use providers::sandbox::SandboxOptions;
use reqwest::{Method, StatusCode, header};
use rstest::rstest;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::service::{ACCOUNTING, BACK, OTHER_REALM, REALM, answer, connected, parameter, start, start_with};

const DAY: i64 = 86_400;

#[rstest]
#[case("/.well-known/openid_configuration")]
#[case("/.well-known/openid_configuration/")]
#[case("/.well-known/openid_sandbox_configuration")]
#[case("/.well-known/openid_sandbox_configuration/")]
#[tokio::test]
async fn discovery_names_every_endpoint_on_the_origin_that_was_asked(#[case] path: &str) {
    let service = start().await;
    let (status, document) = answer(service.request(Method::GET, path)).await;
    assert_eq!(status, StatusCode::OK);
    let at = |path: &str| Value::from(service.url(path).to_string());
    assert_eq!(document["issuer"], "https://oauth.platform.intuit.com/op/v1");
    assert_eq!(document["authorization_endpoint"], at("/connect/oauth2"));
    assert_eq!(document["token_endpoint"], at("/oauth2/v1/tokens/bearer"));
    assert_eq!(document["revocation_endpoint"], at("/v2/oauth2/tokens/revoke"));
    assert_eq!(document["userinfo_endpoint"], at("/v1/openid_connect/userinfo"));
    assert_eq!(document["jwks_uri"], at("/op/v1/jwks"));
}

#[tokio::test]
async fn agreeing_sends_back_a_code_the_state_and_the_chosen_company() {
    let service = start().await;
    let (status, back) = service.consent(&[("realm", OTHER_REALM), ("state", "a b&c")]).await;
    let back = back.expect("a redirect");
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(back.as_str().starts_with(BACK), "{back}");
    assert_eq!(parameter(&back, "state").as_deref(), Some("a b&c"));
    assert_eq!(parameter(&back, "realmId").as_deref(), Some(OTHER_REALM));
    assert!(parameter(&back, "code").is_some_and(|code| code.len() > 20 && code.len() <= 512));
}

#[tokio::test]
async fn refusing_sends_back_access_denied_and_no_code() {
    let service = start().await;
    let (_, back) = service.consent(&[("decision", "refuse")]).await;
    let back = back.expect("a redirect");
    assert_eq!(back.query(), Some("error=access_denied&state=s-1"));
}

#[rstest]
#[case("scope", "com.intuit.quickbooks.everything", "invalid_scope")]
#[case("scope", "", "invalid_scope")]
#[case("response_type", "token", "unsupported_response_type")]
#[tokio::test]
async fn a_request_that_is_wrong_is_reported_at_the_address(
    #[case] field: &str,
    #[case] value: &str,
    #[case] error: &str,
) {
    let service = start().await;
    let (_, back) = service.consent(&[(field, value)]).await;
    assert_eq!(back.and_then(|back| parameter(&back, "error")).as_deref(), Some(error));
}

#[rstest]
#[case("client_id", "someone-else")]
#[case("redirect_uri", "https://evil.example/back")]
#[case("redirect_uri", "ftp://localhost/back")]
#[case("redirect_uri", "")]
#[tokio::test]
async fn an_address_that_is_not_trusted_is_never_redirected_to(#[case] field: &str, #[case] value: &str) {
    let service = start().await;
    assert_eq!(service.consent(&[(field, value)]).await, (StatusCode::BAD_REQUEST, None));
}

#[rstest]
#[case("http://localhost:3000/callback")]
#[case("https://localhost/callback")]
#[case("http://127.0.0.1:8080/x")]
#[case("http://[::1]:8080/x")]
#[case("http://app.localhost/x")]
#[tokio::test]
async fn any_address_on_this_machine_may_be_redirected_to(#[case] uri: &str) {
    let service = start().await;
    let (_, back) = service.consent(&[("redirect_uri", uri)]).await;
    assert!(back.is_some_and(|back| parameter(&back, "code").is_some()));
}

#[tokio::test]
async fn another_address_may_be_redirected_to_once_it_is_registered() {
    let service = start().await;
    let uri = "https://gateway.example/callback";
    service.control(json!({"command": "register-redirect-uri", "uri": uri})).await;
    let (_, back) = service.consent(&[("redirect_uri", uri)]).await;
    assert!(back.is_some_and(|back| back.as_str().starts_with(uri)));
}

#[tokio::test]
async fn the_consent_page_is_a_form_that_carries_the_request_and_works_without_scripts() {
    let service = start().await;
    let query = [
        ("client_id", service.running.client_id.as_str()),
        ("redirect_uri", BACK),
        ("response_type", "code"),
        ("scope", ACCOUNTING),
        ("state", "\"><script>alert(1)</script>"),
    ];
    let page = service.request(Method::GET, "/connect/oauth2").query(&query).send().await.expect("a page");
    assert_eq!(page.status(), StatusCode::OK);
    let html = page.text().await.expect("html");
    assert!(html.contains("Cedar &amp; Steel Workshop") && html.contains("Harbor Light Bakery"));
    assert!(html.contains("value=\"agree\"") && html.contains("value=\"refuse\""));
    assert!(html.contains("name=\"state\" value=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\""));
    assert!(!html.contains("<script"));
}

#[tokio::test]
async fn a_form_sent_from_another_site_decides_nothing() {
    let service = start().await;
    let request = service.request(Method::POST, "/connect/oauth2").header(header::ORIGIN, "https://evil.example");
    assert_eq!(answer(request).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn tokens_have_the_lives_and_names_of_the_service() {
    let service = start().await;
    let code = service.code(&[]).await;
    let (status, tokens) = service.exchange(&code).await;
    assert_eq!(status, StatusCode::OK);
    let keys: Vec<&str> = tokens.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(keys, ["access_token", "expires_in", "refresh_token", "token_type", "x_refresh_token_expires_in"]);
    assert_eq!(tokens["token_type"], "bearer");
    assert_eq!(tokens["expires_in"], json!(3600));
    assert_eq!(tokens["x_refresh_token_expires_in"], json!(8_726_400));
}

#[tokio::test]
async fn the_end_of_consent_is_told_only_to_who_asks() {
    let service = start().await;
    let code = service.code(&[]).await;
    let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", BACK)];
    let request = service
        .request(Method::POST, "/oauth2/v1/tokens/bearer")
        .basic_auth(&service.running.client_id, Some(service.running.client_secret.expose_secret()))
        .header("x-include-refresh-token-hard-expires-in", "true")
        .form(&form);
    let (_, tokens) = answer(request).await;
    assert_eq!(tokens["x_refresh_token_hard_expires_in"], json!(157_680_000));
}

#[tokio::test]
async fn a_code_is_exchanged_once_within_five_minutes_at_its_own_address() {
    let service = start().await;
    let invalid = (StatusCode::BAD_REQUEST, json!({"error": "invalid_grant"}));
    let code = service.code(&[]).await;
    let elsewhere = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", "http://localhost/other")];
    assert_eq!(service.token(&elsewhere).await, invalid);
    assert_eq!(service.exchange(&code).await.0, StatusCode::OK);
    assert_eq!(service.exchange(&code).await, invalid);
    let late = service.code(&[]).await;
    service.control(json!({"command": "advance-clock", "seconds": 301})).await;
    assert_eq!(service.exchange(&late).await, invalid);
    assert_eq!(service.exchange("made-up").await, invalid);
}

#[tokio::test]
async fn a_wrong_client_gets_nothing_and_the_body_may_name_the_client() {
    let service = start().await;
    let code = service.code(&[]).await;
    let form = vec![("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", BACK)];
    let at_endpoint = || service.request(Method::POST, "/oauth2/v1/tokens/bearer");
    let wrong = at_endpoint().basic_auth(&service.running.client_id, Some("wrong")).form(&form);
    assert_eq!(answer(wrong).await, (StatusCode::UNAUTHORIZED, json!({"error": "invalid_client"})));
    assert_eq!(answer(at_endpoint().form(&form)).await.0, StatusCode::UNAUTHORIZED);
    let mut named = form.clone();
    named.push(("client_id", service.running.client_id.as_str()));
    named.push(("client_secret", service.running.client_secret.expose_secret()));
    assert_eq!(answer(at_endpoint().form(&named)).await.0, StatusCode::OK);
}

#[rstest]
#[case(&[("grant_type", "password")], "unsupported_grant_type")]
#[case(&[("grant_type", "refresh_token")], "invalid_request")]
#[case(&[("code", "x")], "invalid_request")]
#[tokio::test]
async fn a_token_request_that_is_wrong_is_told_so(#[case] form: &[(&str, &str)], #[case] error: &str) {
    let service = start().await;
    assert_eq!(service.token(form).await, (StatusCode::BAD_REQUEST, json!({"error": error})));
}

#[tokio::test]
async fn an_access_token_lasts_an_hour() {
    let (service, company) = connected().await;
    service.control(json!({"command": "advance-clock", "seconds": 3590})).await;
    assert_eq!(company.get("companyinfo/1").await.0, StatusCode::OK);
    service.control(json!({"command": "advance-clock", "seconds": 20})).await;
    assert_eq!(company.get("companyinfo/1").await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_refresh_token_changes_on_the_first_refresh_after_a_day() {
    let (service, company) = connected().await;
    let (_, same) = service.refresh(&company.refresh_token).await;
    assert_eq!(same["refresh_token"], company.refresh_token.as_str());
    assert_ne!(same["access_token"], company.token.as_str());
    service.control(json!({"command": "advance-clock", "seconds": DAY})).await;
    let (_, changed) = service.refresh(&company.refresh_token).await;
    assert_ne!(changed["refresh_token"], company.refresh_token.as_str());
    let old = service.refresh(&company.refresh_token).await;
    assert_eq!(old, (StatusCode::BAD_REQUEST, json!({"error": "invalid_grant"})));
    let new = changed["refresh_token"].as_str().expect("a token");
    assert_eq!(service.refresh(new).await.0, StatusCode::OK);
}

#[tokio::test]
async fn where_every_refresh_rotates_two_at_once_have_one_winner() {
    let (service, company) = connected().await;
    service.control(json!({"command": "oauth-rules", "rotation": "every"})).await;
    let (one, two) = tokio::join!(service.refresh(&company.refresh_token), service.refresh(&company.refresh_token));
    let mut statuses = [one.0.as_u16(), two.0.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
}

#[tokio::test]
async fn where_reuse_is_abuse_it_ends_the_whole_chain() {
    let (service, company) = connected().await;
    service.control(json!({"command": "oauth-rules", "rotation": "every", "kill_on_reuse": true})).await;
    let (_, tokens) = service.refresh(&company.refresh_token).await;
    assert_eq!(service.refresh(&company.refresh_token).await.0, StatusCode::BAD_REQUEST);
    let newest = tokens["refresh_token"].as_str().expect("a token");
    assert_eq!(service.refresh(newest).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(company.get("companyinfo/1").await.0, StatusCode::UNAUTHORIZED);
}

#[rstest]
#[case(true, true)]
#[case(true, false)]
#[case(false, true)]
#[case(false, false)]
#[tokio::test]
async fn revoking_either_token_in_either_form_ends_both(#[case] json_body: bool, #[case] refresh: bool) {
    let (service, company) = connected().await;
    let token = if refresh { &company.refresh_token } else { &company.token };
    let revoke = || {
        let request = service
            .request(Method::POST, "/v2/oauth2/tokens/revoke")
            .basic_auth(&service.running.client_id, Some(service.running.client_secret.expose_secret()));
        if json_body { request.json(&json!({"token": token})) } else { request.form(&[("token", token)]) }
    };
    assert_eq!(answer(revoke()).await, (StatusCode::OK, json!("")));
    assert_eq!(company.get("companyinfo/1").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(service.refresh(&company.refresh_token).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(answer(revoke()).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn openid_brings_a_signed_token_that_the_published_key_verifies() {
    let service = start().await;
    let scope = format!("{ACCOUNTING} openid email");
    let code = service.code(&[("scope", &scope)]).await;
    let (_, tokens) = service.exchange(&code).await;
    let id_token = tokens["id_token"].as_str().expect("an id token");
    let (_, keys) = answer(service.request(Method::GET, "/op/v1/jwks")).await;
    let keys: jsonwebtoken::jwk::JwkSet = serde_json::from_value(keys).expect("keys");
    let header = jsonwebtoken::decode_header(id_token).expect("a header");
    let key = keys.find(&header.kid.expect("a key id")).expect("the key");
    let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
    rules.set_audience(&[&service.running.client_id]);
    rules.set_issuer(&["https://oauth.platform.intuit.com/op/v1"]);
    let key = jsonwebtoken::DecodingKey::from_jwk(key).expect("a key");
    let claims = jsonwebtoken::decode::<Value>(id_token, &key, &rules).expect("a valid token").claims;
    assert_eq!(claims["aud"], json!([service.running.client_id]));
    assert_eq!(claims["realmid"], REALM);
}

#[tokio::test]
async fn userinfo_tells_what_the_scopes_allow() {
    let service = start().await;
    let code = service.code(&[("scope", "openid email")]).await;
    let (_, tokens) = service.exchange(&code).await;
    let userinfo = |token: &str| answer(service.request(Method::GET, "/v1/openid_connect/userinfo").bearer_auth(token));
    let (status, person) = userinfo(tokens["access_token"].as_str().expect("a token")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(person["email"], "robin@cedar-and-steel.example");
    assert_eq!(person.get("givenName"), None);
    assert_eq!(userinfo("made-up").await.0, StatusCode::UNAUTHORIZED);
    let accounting = service.connect(REALM).await;
    assert_eq!(userinfo(&accounting.token).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn without_a_scope_that_needs_one_no_company_is_named() {
    let service = start().await;
    let (_, back) = service.consent(&[("scope", "openid")]).await;
    assert_eq!(parameter(&back.expect("a redirect"), "realmId"), None);
}

#[tokio::test]
async fn every_answer_carries_a_trace_id() {
    let service = start_with(SandboxOptions::default()).await;
    for path in ["/.well-known/openid_configuration", "/connect/oauth2", "/op/v1/jwks", "/v3/company/1/item/1"] {
        let response = service.request(Method::GET, path).send().await.expect("an answer");
        let trace = response.headers().get("intuit_tid").expect("a trace id").to_str().expect("text").to_owned();
        let lengths: Vec<usize> = trace.split('-').map(str::len).collect();
        assert_eq!(lengths, [1, 8, 24], "{path}: {trace}");
    }
}

//! Consent, tokens, connections, scopes (reference 1).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{Method, StatusCode};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::service::{BACK, MAIN, OTHER, SCOPES, answer, connected, parameter, start};

#[tokio::test]
async fn the_consent_page_is_a_form_without_scripts_that_lists_all_organisations() {
    let service = start().await;
    let query = [
        ("client_id", service.running.client_id.as_str()),
        ("redirect_uri", BACK),
        ("response_type", "code"),
        ("scope", "openid accounting.settings"),
        ("state", "<s>"),
    ];
    let page = service.request(Method::GET, "/identity/connect/authorize").query(&query).send().await.expect("a page");
    assert_eq!(page.status(), StatusCode::OK);
    let html = page.text().await.expect("html");
    assert!(html.contains("type=\"checkbox\" name=\"tenant\""), "{html}");
    assert!(html.contains("Tōtara &amp; Pine Furniture") && html.contains("Bramble Lane Candles"));
    assert!(html.contains("value=\"&lt;s&gt;\"") && !html.contains("<script"));
}

#[tokio::test]
async fn one_consent_covers_several_organisations() {
    let service = start().await;
    let (status, back) = service.consent(&[MAIN, OTHER], &[]).await;
    let back = back.expect("a redirect");
    assert_eq!((status, parameter(&back, "state")), (StatusCode::SEE_OTHER, Some("s-1".to_owned())));
    assert_eq!(parameter(&back, "scope").as_deref(), Some(SCOPES));
    assert!(parameter(&back, "session_state").is_some() && back.as_str().starts_with(BACK));
    let (_, tokens) = service.exchange(&parameter(&back, "code").expect("a code")).await;
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(1800)));
    assert_eq!(tokens["scope"], SCOPES);
    let claims = claims(tokens["access_token"].as_str().expect("a token"));
    assert_eq!(claims["scope"].as_array().map(Vec::len), Some(SCOPES.split_whitespace().count()));
    let event = claims["authentication_event_id"].as_str().expect("an event");
    assert!(claims["xero_userid"].is_string() && tokens["id_token"].is_string());
    let token = tokens["access_token"].as_str().expect("a token");
    let (_, connections) = service.connections(token, "").await;
    let names: Vec<&Value> = connections.as_array().expect("a list").iter().map(|row| &row["tenantName"]).collect();
    assert_eq!(names, ["Tōtara & Pine Furniture", "Bramble Lane Candles"]);
    assert_eq!(
        (&connections[0]["tenantType"], &connections[0]["authEventId"]),
        (&json!("ORGANISATION"), &json!(event))
    );
}

fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).expect("claims");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64")).expect("json")
}

#[tokio::test]
async fn refusals_go_to_the_address_unless_it_cannot_be_trusted() {
    let service = start().await;
    let error = |back: Option<reqwest::Url>| parameter(&back.expect("a redirect"), "error");
    assert_eq!(error(service.consent(&[], &[("decision", "refuse")]).await.1).as_deref(), Some("access_denied"));
    assert_eq!(
        error(service.consent(&[MAIN], &[("scope", "openid nonsense")]).await.1).as_deref(),
        Some("invalid_scope")
    );
    let refused = [
        ("client_id", "another"),
        ("redirect_uri", "https://elsewhere.example/back"),
        ("redirect_uri", "http://127.0.0.1:9/back"),
    ];
    for field in refused {
        let (status, back) = service.consent(&[MAIN], &[field]).await;
        assert_eq!((status, back), (StatusCode::BAD_REQUEST, None), "{field:?}");
    }
    assert_eq!(service.consent(&[], &[]).await.0, StatusCode::BAD_REQUEST, "no organisation");
    service.control(json!({"command": "register-redirect-uri", "uri": "https://elsewhere.example/back"})).await;
    let registered = service.consent(&[MAIN], &[("redirect_uri", "https://elsewhere.example/back")]).await;
    assert_eq!(registered.0, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_code_works_once_for_its_address_and_for_five_minutes() {
    let service = start().await;
    let code = service.code(&[MAIN], &[]).await;
    let other = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", "http://localhost/x")];
    let dead = (StatusCode::BAD_REQUEST, json!({"error": "invalid_grant"}));
    assert_eq!(service.token(&other).await, dead);
    assert_eq!(service.exchange(&code).await.0, StatusCode::OK);
    assert_eq!(service.exchange(&code).await, dead);
    let late = service.code(&[MAIN], &[]).await;
    service.control(json!({"command": "advance-clock", "seconds": 300})).await;
    assert_eq!(service.exchange(&late).await, dead);
}

#[tokio::test]
async fn the_client_may_name_itself_in_the_body_and_a_wrong_secret_is_refused() {
    let service = start().await;
    let code = service.code(&[MAIN], &[]).await;
    let with = |secret: String| {
        let fields = [
            ("grant_type", "authorization_code".to_owned()),
            ("code", code.clone()),
            ("redirect_uri", BACK.to_owned()),
            ("client_id", service.running.client_id.clone()),
            ("client_secret", secret),
        ];
        answer(service.request(Method::POST, "/connect/token").form(&fields))
    };
    assert_eq!(with("wrong".to_owned()).await, (StatusCode::BAD_REQUEST, json!({"error": "invalid_client"})));
    assert_eq!(with(service.running.client_secret.expose_secret().to_owned()).await.0, StatusCode::OK);
    let own = service.token(&[("grant_type", "client_credentials")]).await;
    assert_eq!(own, (StatusCode::BAD_REQUEST, json!({"error": "unauthorized_client"})));
}

#[tokio::test]
async fn a_refresh_token_changes_each_time_and_the_last_one_has_half_an_hour() {
    let (service, main) = connected().await;
    let (_, second) = service.refresh(&main.refresh_token).await;
    let second = second["refresh_token"].as_str().expect("a token").to_owned();
    assert_ne!(second, main.refresh_token);
    service.control(json!({"command": "advance-clock", "seconds": 1799})).await;
    assert_eq!(service.refresh(&main.refresh_token).await.0, StatusCode::OK);
    service.control(json!({"command": "advance-clock", "seconds": 1})).await;
    assert_eq!(service.refresh(&main.refresh_token).await.1, json!({"error": "invalid_grant"}));
    let (status, third) = service.refresh(&second).await;
    assert_eq!(status, StatusCode::OK, "its own grace began later: {third}");
}

#[tokio::test]
async fn without_offline_access_there_is_no_refresh_token() {
    let service = start().await;
    let code = service.code(&[MAIN], &[("scope", "accounting.settings")]).await;
    let (_, tokens) = service.exchange(&code).await;
    assert_eq!((tokens.get("refresh_token"), tokens.get("id_token")), (None, None));
}

#[tokio::test]
async fn an_expired_or_unknown_token_is_a_problem_of_status_401() {
    let (service, main) = connected().await;
    service.control(json!({"command": "advance-clock", "seconds": 1800})).await;
    let (status, body) = main.get("Organisation").await;
    assert_eq!(
        (status, &body["Title"], &body["Status"]),
        (StatusCode::UNAUTHORIZED, &json!("Unauthorized"), &json!(401))
    );
    assert!(
        body["Detail"].as_str().is_some_and(|detail| detail.starts_with("TokenExpired: token expired at")),
        "{body}"
    );
    assert_eq!((&body["Type"], &body["Extensions"]), (&Value::Null, &json!({})));
    let unknown = answer(service.request(Method::GET, "/api.xro/2.0/Items").bearer_auth("x")).await;
    assert_eq!(unknown.1["Detail"], "AuthenticationUnsuccessful");
}

#[tokio::test]
async fn connections_are_filtered_and_taken_away_one_by_one() {
    let service = start().await;
    service.connect(&[MAIN], SCOPES).await;
    let second = service.connect(&[OTHER], SCOPES).await;
    let event = claims(&second.token)["authentication_event_id"].as_str().expect("an event").to_owned();
    for name in ["authEventId", "autheventid", "AuthEventID"] {
        let (_, found) = service.connections(&second.token, &format!("?{name}={event}")).await;
        assert_eq!((found.as_array().map(Vec::len), &found[0]["tenantId"]), (Some(1), &json!(OTHER)));
    }
    let (_, all) = service.connections(&second.token, "").await;
    let path = format!("/Connections/{}", all[1]["id"].as_str().expect("an id"));
    let delete = || service.request(Method::DELETE, &path).bearer_auth(&second.token).send();
    assert_eq!(delete().await.expect("an answer").status(), StatusCode::NO_CONTENT);
    assert_eq!(delete().await.expect("an answer").status(), StatusCode::NOT_FOUND);
    let (status, body) = second.get("Organisation").await;
    assert_eq!((status, &body["Detail"]), (StatusCode::FORBIDDEN, &json!("AuthenticationUnsuccessful")));
}

#[tokio::test]
async fn revoking_a_refresh_token_ends_every_connection() {
    let (service, main) = connected().await;
    let other = service.connect(&[OTHER], SCOPES).await;
    let secret = service.running.client_secret.expose_secret();
    let revoke = |token: String| {
        let request = service.request(Method::POST, "/connect/revocation");
        request.basic_auth(&service.running.client_id, Some(secret)).form(&[("token", token)]).send()
    };
    assert_eq!(revoke("unknown".to_owned()).await.expect("an answer").status(), StatusCode::OK);
    assert_eq!(main.get("Organisation").await.0, StatusCode::OK);
    let done = revoke(other.refresh_token.clone()).await.expect("an answer");
    assert_eq!((done.status(), done.text().await.expect("a body").as_str()), (StatusCode::OK, ""));
    assert_eq!(main.get("Organisation").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(service.refresh(&main.refresh_token).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn every_call_needs_a_scope_of_its_own() {
    let service = start().await;
    let reader = service.connect(&[MAIN], "accounting.settings.read accounting.invoices.read").await;
    assert_eq!(reader.get("Items").await.0, StatusCode::OK);
    assert_eq!(reader.get("Invoices").await.0, StatusCode::OK);
    let forbidden =
        [reader.get("ManualJournals").await, reader.get("Contacts").await, reader.put("Items", &json!({})).await];
    for (status, body) in forbidden {
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(body["Detail"].as_str().is_some_and(|detail| detail.contains("insufficient_scope")), "{body}");
    }
    let broad = service.connect(&[MAIN], "accounting.transactions accounting.reports.read").await;
    assert_eq!(broad.get("ManualJournals").await.0, StatusCode::OK);
    assert_eq!(broad.get("Reports/TrialBalance").await.0, StatusCode::OK);
    assert_eq!(broad.get("Accounts").await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_organisation_that_was_not_chosen_is_forbidden() {
    let (_service, mut main) = connected().await;
    for tenant in [OTHER, "", "nonsense"] {
        main.tenant = tenant.to_owned();
        assert_eq!(main.get("Organisation").await.0, StatusCode::FORBIDDEN, "{tenant}");
    }
}

//! Tokens over HTTP.

use entity::Role;
use reqwest::header;
use rstest::rstest;
use serde_json::json;
use stockbridge::config::SecretText;

use super::server::{NEW, OLD, Server, answer, head, start};

fn without_token(server: &Server, accept: &str) -> reqwest::RequestBuilder {
    server.post("/graphql").header(header::ACCEPT, accept).json(&json!({"query": "{ version }"}))
}

#[rstest]
#[case(NEW)]
#[case(OLD)]
#[tokio::test]
async fn without_a_token_nothing_is_answered_but_how_to_send_one(#[case] accept: &str) {
    let server = start().await;
    let response = without_token(&server, accept).send().await.unwrap();
    assert_eq!((response.status().as_u16(), head(&response, "www-authenticate")), (401, "Bearer"));
    let body: serde_json::Value = response.json().await.unwrap();
    assert_eq!((body.get("data"), &body["errors"][0]["extensions"]["code"]), (None, &json!("UNAUTHENTICATED")));
}

#[tokio::test]
async fn bad_tokens_are_refused_with_the_reason() {
    let server = start().await;
    let expired = server.token(-5);
    let foreign = server.token_with(|auth| auth.hs256_secret = Some(SecretText::new("9".repeat(40))));
    let other_audience = server.token_with(|auth| auth.audience = Some("other".to_owned()));
    let none = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.";
    for (token, start) in [
        (expired.as_str(), "The token expired at "),
        (&foreign, "The token's signature is not valid"),
        (&other_audience, "The token is meant for another service"),
        (none, "The token is not a JSON Web Token"),
    ] {
        let (status, body) = answer(without_token(&server, NEW).bearer_auth(token)).await;
        let message = body["errors"][0]["message"].as_str().unwrap();
        assert_eq!((status, message.starts_with(start)), (401, true), "{message}");
        assert!(!body.to_string().contains(token), "the token is repeated");
    }
}

#[tokio::test]
async fn resolvers_see_the_business_and_role_of_the_token_and_no_other() {
    let server = start().await;
    for (business, role, name) in [
        ("biz_01h455vb4pex5vsknk084sn02q", Role::Builder, "BUILDER"),
        ("biz_00000000000000000000000001", Role::Owner, "OWNER"),
    ] {
        let request = without_token(&server, NEW).bearer_auth(server.token_of(business, role));
        let (_, body) = answer(request.json(&json!({"query": "{ viewer { subject business role } }"}))).await;
        assert_eq!(body["data"]["viewer"], json!({"subject": "user-7", "business": business, "role": name}));
    }
}

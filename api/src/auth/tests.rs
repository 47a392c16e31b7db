//! Which tokens open the gateway, and which do not.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use axum::{Json, Router, routing::get};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use entity::{BusinessId, Role, TypedId};
use jsonwebtoken::{EncodingKey, Header, jwk::Jwk};
use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::config::SecretText;

const SECRET: &str = "0123456789012345678901234567890123456789";
const BUSINESS: &str = "biz_01h455vb4pex5vsknk084sn02q";
const NOW: i64 = 1_800_000_000;

#[derive(Debug)]
struct Still;

impl Clock for Still {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(NOW, 0).unwrap()
    }
}

fn config() -> Auth {
    Auth {
        hs256_secret: Some(SecretText::new(SECRET)),
        issuer: Some("https://issuer.example".to_owned()),
        audience: Some("stockbridge".to_owned()),
        ..Auth::default()
    }
}

fn authenticator(config: &Auth) -> Authenticator {
    Authenticator::new(config, Arc::new(Still)).unwrap()
}

fn claims() -> Value {
    json!({
        "sub": "user-7", "business": BUSINESS, "role": "ACCOUNTANT", "exp": NOW + 60,
        "iss": "https://issuer.example", "aud": "stockbridge",
    })
}

fn signed(claims: &Value) -> String {
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(SECRET.as_bytes())).unwrap()
}

async fn check(claims: &Value) -> Result<Principal, AuthError> {
    authenticator(&config()).token(&signed(claims)).await
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

#[tokio::test]
async fn a_good_token_gives_its_caller() {
    let expected = Principal {
        subject: "user-7".to_owned(),
        business: BusinessId::parse(BUSINESS).unwrap(),
        role: Role::Accountant,
        expires_at: DateTime::from_timestamp(NOW + 60, 0).unwrap(),
    };
    assert_eq!(check(&claims()).await, Ok(expected.clone()));
    assert_eq!(check(&with("aud", json!(["other", "stockbridge"]))).await, Ok(expected.clone()));
    assert_eq!(check(&with("nbf", json!(NOW))).await, Ok(expected));
}

#[rstest]
#[case::no_end(without("exp"), AuthError::Claim { claim: "exp", reason: "is missing" })]
#[case::end_is_text(with("exp", json!("soon")), AuthError::Malformed)]
#[case::end_is_beyond_time(with("exp", json!(1e30)), AuthError::Claim { claim: "exp", reason: "is not a time in seconds since 1970" })]
#[case::not_yet(with("nbf", json!(NOW + 6)), AuthError::NotYetValid { from: DateTime::from_timestamp(NOW + 6, 0).unwrap() })]
#[case::other_issuer(with("iss", json!("https://evil.example")), AuthError::Issuer)]
#[case::no_issuer(without("iss"), AuthError::Issuer)]
#[case::other_audience(with("aud", json!("other")), AuthError::Audience)]
#[case::other_audiences(with("aud", json!(["a", "b"])), AuthError::Audience)]
#[case::no_audience(without("aud"), AuthError::Audience)]
#[case::no_subject(without("sub"), AuthError::Claim { claim: "sub", reason: "is missing" })]
#[case::blank_subject(with("sub", json!(" ")), AuthError::Claim { claim: "sub", reason: "is missing" })]
#[case::no_business(without("business"), AuthError::Claim { claim: "business", reason: "is missing" })]
#[case::wrong_business(with("business", json!("itm_01h455vb4pex5vsknk084sn02q")), AuthError::Claim { claim: "business", reason: "is not the id of a business (biz_…)" })]
#[case::no_role(without("role"), AuthError::Claim { claim: "role", reason: "is missing" })]
#[case::other_role(with("role", json!("ROOT")), AuthError::Claim { claim: "role", reason: "must be OWNER, ADMIN, ACCOUNTANT or BUILDER" })]
#[case::role_in_lower_case(with("role", json!("owner")), AuthError::Claim { claim: "role", reason: "must be OWNER, ADMIN, ACCOUNTANT or BUILDER" })]
#[tokio::test]
async fn a_token_with_a_wrong_claim_is_refused(#[case] claims: Value, #[case] error: AuthError) {
    assert_eq!(check(&claims).await, Err(error));
}

#[rstest]
#[case::a_second_ago(NOW - 1, true)]
#[case::within_the_leeway(NOW - 4, true)]
#[case::at_the_leeway(NOW - 5, false)]
#[case::long_ago(0, false)]
#[tokio::test]
async fn a_token_ends_when_its_time_and_the_leeway_are_over(#[case] exp: i64, #[case] valid: bool) {
    let expired = AuthError::Expired { at: DateTime::from_timestamp(exp, 0).unwrap() };
    assert_eq!(check(&with("exp", json!(exp))).await.map(|_| ()), if valid { Ok(()) } else { Err(expired) });
}

#[tokio::test]
async fn a_token_without_a_signature_is_refused() {
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    for alg in ["none", "None", "NONE", "nOnE"] {
        let head = part(&json!({"alg": alg, "typ": "JWT"}));
        let body = part(&claims());
        for token in [format!("{head}.{body}."), format!("{head}.{body}"), format!("{head}.{body}.AAAA")] {
            assert_eq!(authenticator(&config()).token(&token).await, Err(AuthError::Malformed), "{alg}");
        }
    }
    let stripped = signed(&claims()).rsplit_once('.').unwrap().0.to_owned() + ".";
    assert_eq!(authenticator(&config()).token(&stripped).await, Err(AuthError::Signature));
}

#[tokio::test]
async fn a_changed_token_and_one_of_another_secret_are_refused() {
    let token = signed(&claims());
    let (head, rest) = token.split_once('.').unwrap();
    let (_, signature) = rest.split_once('.').unwrap();
    let forged = URL_SAFE_NO_PAD.encode(with("role", json!("OWNER")).to_string());
    let authenticator = authenticator(&config());
    assert_eq!(authenticator.token(&format!("{head}.{forged}.{signature}")).await, Err(AuthError::Signature));
    let other = EncodingKey::from_secret(b"another secret of at least 32 characters");
    let foreign = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims(), &other).unwrap();
    assert_eq!(authenticator.token(&foreign).await, Err(AuthError::Signature));
}

#[tokio::test]
async fn another_hash_of_the_same_secret_is_refused() {
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let token = jsonwebtoken::encode(&Header::new(Algorithm::HS512), &claims(), &key).unwrap();
    assert_eq!(authenticator(&config()).token(&token).await, Err(AuthError::Algorithm { accepted: "HS256" }));
}

#[rstest]
#[case(None, AuthError::Missing)]
#[case(Some(""), AuthError::Missing)]
#[case(Some("Basic dTpw"), AuthError::Scheme)]
#[case(Some("Bearer"), AuthError::Scheme)]
#[case(Some("Bearer nonsense"), AuthError::Malformed)]
#[tokio::test]
async fn only_bearer_tokens_are_read(#[case] text: Option<&str>, #[case] error: AuthError) {
    assert_eq!(authenticator(&config()).bearer(text).await, Err(error));
}

#[tokio::test]
async fn a_minted_token_is_accepted_and_says_what_was_asked() {
    let issued_at = DateTime::from_timestamp(NOW, 0).unwrap();
    let expires_at = DateTime::from_timestamp(NOW + 60, 0).unwrap();
    let business = BusinessId::parse(BUSINESS).unwrap();
    let grant = Grant { subject: "demo".to_owned(), business, role: Role::Owner, issued_at, expires_at };
    let token = mint(&config(), &grant).unwrap();
    let principal = authenticator(&config()).bearer(Some(&format!("bearer  {token}"))).await.unwrap();
    assert_eq!(principal, Principal { subject: "demo".to_owned(), business, role: Role::Owner, expires_at });
}

#[test]
fn nothing_configured_is_said_with_the_variable() {
    let problem = Authenticator::new(&Auth::default(), Arc::new(Still)).unwrap_err().to_string();
    assert!(
        problem.starts_with("auth.hs256_secret is not set") && problem.contains("STOCKBRIDGE_AUTH__HS256_SECRET"),
        "{problem}"
    );
}

/// An issuer on loopback, and how often it was asked.
struct Issuer {
    url: url::Url,
    keys: Arc<std::sync::Mutex<Value>>,
    asked: Arc<AtomicUsize>,
}

impl Issuer {
    async fn start(keys: Value) -> Self {
        let keys = Arc::new(std::sync::Mutex::new(keys));
        let asked = Arc::new(AtomicUsize::new(0));
        let (shared, counter) = (Arc::clone(&keys), Arc::clone(&asked));
        let answer = move || {
            counter.fetch_add(1, Ordering::SeqCst);
            let keys = shared.lock().unwrap().clone();
            async move { Json(json!({ "keys": keys })) }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/jwks", listener.local_addr().unwrap()).parse().unwrap();
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/jwks", get(answer))).await });
        Self { url, keys, asked }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn authenticator(&self) -> Authenticator {
        authenticator(&Auth { hs256_secret: None, jwks_url: Some(self.url.clone()), ..config() })
    }
}

const RSA: &[u8] = include_bytes!("../../tests/keys/rsa.pem");
const EC: &[u8] = include_bytes!("../../tests/keys/ec.pem");
const ED: &[u8] = include_bytes!("../../tests/keys/ed.pem");

fn key(algorithm: Algorithm) -> EncodingKey {
    match algorithm {
        Algorithm::RS256 | Algorithm::PS256 => EncodingKey::from_rsa_pem(RSA).unwrap(),
        Algorithm::ES256 => EncodingKey::from_ec_pem(EC).unwrap(),
        Algorithm::EdDSA => EncodingKey::from_ed_pem(ED).unwrap(),
        other => panic!("{other:?}"),
    }
}

fn published(algorithm: Algorithm, kid: &str) -> Value {
    let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&key(algorithm), algorithm).unwrap()).unwrap();
    jwk["kid"] = json!(kid);
    jwk
}

fn issued(algorithm: Algorithm, kid: Option<&str>) -> String {
    let header = Header { kid: kid.map(str::to_owned), ..Header::new(algorithm) };
    jsonwebtoken::encode(&header, &claims(), &key(algorithm)).unwrap()
}

#[rstest]
#[case(Algorithm::RS256)]
#[case(Algorithm::ES256)]
#[case(Algorithm::EdDSA)]
#[tokio::test]
async fn a_token_of_a_published_key_is_accepted_and_the_keys_are_fetched_once(#[case] algorithm: Algorithm) {
    let issuer = Issuer::start(json!([{"kty": "future", "kid": "x"}, published(algorithm, "k1")])).await;
    let authenticator = issuer.authenticator();
    for kid in [Some("k1"), None, Some("k1")] {
        assert_eq!(authenticator.token(&issued(algorithm, kid)).await.unwrap().subject, "user-7");
    }
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn a_public_key_is_never_taken_for_a_shared_secret() {
    let issuer = Issuer::start(json!([published(Algorithm::RS256, "k1")])).await;
    let authenticator = issuer.authenticator();
    let public = issuer.keys.lock().unwrap()[0]["n"].as_str().unwrap().to_owned();
    for secret in [RSA, public.as_bytes()] {
        let header = Header { kid: Some("k1".to_owned()), ..Header::new(Algorithm::HS256) };
        let token = jsonwebtoken::encode(&header, &claims(), &EncodingKey::from_secret(secret)).unwrap();
        let refused = AuthError::Algorithm { accepted: "RS256, ES256, EdDSA" };
        assert_eq!(authenticator.token(&token).await, Err(refused));
    }
    assert_eq!(issuer.asked(), 0);
}

#[tokio::test]
async fn a_published_shared_secret_or_encryption_key_is_never_used() {
    let secret = json!({"kty": "oct", "kid": "s", "alg": "HS256", "k": URL_SAFE_NO_PAD.encode(SECRET)});
    let mut encryption = published(Algorithm::RS256, "e");
    encryption["use"] = json!("enc");
    let issuer = Issuer::start(json!([secret, encryption])).await;
    let authenticator = issuer.authenticator();
    assert_eq!(authenticator.token(&issued(Algorithm::RS256, Some("e"))).await, Err(AuthError::UnknownKey));
    assert_eq!(
        authenticator.token(&signed(&claims())).await,
        Err(AuthError::Algorithm { accepted: "RS256, ES256, EdDSA" })
    );
}

#[tokio::test]
async fn the_algorithm_must_be_the_keys_own() {
    let issuer = Issuer::start(json!([published(Algorithm::RS256, "k1"), published(Algorithm::ES256, "k2")])).await;
    let authenticator = issuer.authenticator();
    assert_eq!(authenticator.token(&issued(Algorithm::ES256, Some("k1"))).await, Err(AuthError::UnknownKey));
    let refused = AuthError::Algorithm { accepted: "RS256, ES256, EdDSA" };
    assert_eq!(authenticator.token(&issued(Algorithm::PS256, Some("k1"))).await, Err(refused));
}

#[tokio::test]
async fn a_new_key_is_fetched_but_not_more_often_than_the_interval() {
    let issuer = Issuer::start(json!([published(Algorithm::RS256, "old")])).await;
    let published_keys = Jwks::new(issuer.url.clone(), Duration::from_millis(300), Duration::from_secs(60)).unwrap();
    let header = |kid: &str| Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::ES256) };
    assert!(published_keys.key(&header("new")).await.is_err());
    *issuer.keys.lock().unwrap() = json!([published(Algorithm::ES256, "new")]);
    for _ in 0..20 {
        assert_eq!(published_keys.key(&header("new")).await.err(), Some(AuthError::UnknownKey));
    }
    assert_eq!(issuer.asked(), 1);
    let found = async {
        while published_keys.key(&header("new")).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), found).await.unwrap();
    assert_eq!(issuer.asked(), 2);
}

#[tokio::test]
async fn many_waiting_callers_cause_one_fetch() {
    let issuer = Issuer::start(json!([published(Algorithm::RS256, "k1")])).await;
    let authenticator = Arc::new(issuer.authenticator());
    let token = issued(Algorithm::RS256, Some("k1"));
    let callers = (0..20).map(|_| {
        let (authenticator, token) = (Arc::clone(&authenticator), token.clone());
        tokio::spawn(async move { authenticator.token(&token).await.is_ok() })
    });
    let accepted =
        futures::future::join_all(callers).await.into_iter().filter(|answer| *answer.as_ref().unwrap()).count();
    assert_eq!((accepted, issuer.asked()), (20, 1));
}

#[tokio::test]
async fn an_issuer_that_cannot_be_reached_is_said_to_be() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{free}/jwks").parse().unwrap();
    let authenticator = authenticator(&Auth { hs256_secret: None, jwks_url: Some(url), ..config() });
    assert_eq!(authenticator.token(&issued(Algorithm::RS256, Some("k1"))).await, Err(AuthError::KeysUnavailable));
}

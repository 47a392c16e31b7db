//! Redaction: no secret survives, whatever it looks like, wherever it stands and wherever the text is cut; and what is
//! no secret does survive, or the call log would be useless.

use proptest::prelude::*;
use reqwest::Method;
use secrecy::SecretString;

use crate::{
    testing::sitting,
    transport::{Auth, Call, redact::Redactor},
};

/// Secrets as providers make them; long enough that no part of eight characters occurs elsewhere by chance.
fn token() -> impl Strategy<Value = String> {
    "[A-Za-z0-9._~+/-]{16,60}"
}

fn knowing(secret: &str) -> Redactor {
    let sitting = sitting("1");
    let url = "http://127.0.0.1/".parse().unwrap();
    let call = Call::bare("thing.read", Method::GET, url, sitting.session.observer.clone());
    Redactor::of(&Call { secrets: vec![SecretString::from(secret)], ..call })
}

/// Whether eight characters in a row of the secret can be read.
fn leaks(shown: &str, secret: &str) -> bool {
    let characters: Vec<char> = secret.chars().collect();
    characters.windows(8).any(|part| shown.contains(&part.iter().collect::<String>()))
}

fn form(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

const NAMES: [&str; 9] = [
    "access_token",
    "refresh_token",
    "id_token",
    "client_secret",
    "token",
    "code_verifier",
    "Authorization",
    "Set-Cookie",
    "password",
];

proptest! {
    #[test]
    fn a_json_field_with_a_secret_name_is_masked_even_where_the_text_is_cut(
        secret in token(), name in prop::sample::select(&NAMES[..]), cut in 0_usize..400, pretty: bool,
    ) {
        let json = serde_json::json!({"expires_in": 3600, "deep": [{name: secret.clone()}], "token_type": "bearer"});
        let text = if pretty { serde_json::to_string_pretty(&json).unwrap() } else { json.to_string() };
        let cut = &text.as_bytes()[..cut.min(text.len())];
        let shown = Redactor::default().body(cut, usize::MAX);
        prop_assert!(!leaks(&shown, &secret), "{}", shown);
    }

    #[test]
    fn a_json_field_inside_a_json_string_is_masked(secret in token(), name in prop::sample::select(&NAMES[..])) {
        let inner = serde_json::json!({name: secret.clone()}).to_string();
        let shown = Redactor::default().body(serde_json::json!({"detail": inner}).to_string().as_bytes(), usize::MAX);
        prop_assert!(!leaks(&shown, &secret), "{}", shown);
    }

    #[test]
    fn any_text_at_all_is_masked_in_a_json_field(secret in "\\PC{8,40}", nested: bool) {
        let value = if nested { serde_json::json!({"a": ["]}", secret.clone()]}) } else { secret.clone().into() };
        let json = serde_json::json!({"a": 1, "refresh_token": value, "z": "last"}).to_string();
        let shown = Redactor::default().body(json.as_bytes(), usize::MAX);
        prop_assert_eq!(shown.matches("[redacted]").count(), 1);
        prop_assert!(shown.ends_with(r#""z":"last"}"#), "{}", shown);
        prop_assert!(shown.len() < 60, "{}", shown);
    }

    #[test]
    fn a_pair_with_a_secret_name_is_masked_in_forms_and_urls(
        secret in token(), name in prop::sample::select(&["code", "refresh_token", "CLIENT_SECRET", "token"][..]),
        cut in 0_usize..200,
    ) {
        let text = form(&[("grant_type", "refresh_token"), (name, &secret), ("last", "1")]);
        let cut = &text[..cut.min(text.len())];
        prop_assert!(!leaks(&Redactor::default().body(cut.as_bytes(), usize::MAX), &secret));
        let mut url: url::Url = format!("https://example.com/p?{text}").parse().unwrap();
        url.set_password(Some(&secret)).unwrap();
        let shown = Redactor::default().url(&url);
        prop_assert!(!leaks(&shown, &secret), "{}", shown);
        prop_assert!(shown.starts_with("https://example.com/p?grant_type=refresh_token&") && shown.ends_with("&last=1"));
    }

    #[test]
    fn header_lines_are_masked_to_their_end(
        secret in token(), name in prop::sample::select(&["Authorization: Bearer", "cookie:", "Set-Cookie: a;"][..]),
    ) {
        let text = format!("GET / HTTP/1.1\r\n{name} {secret}\r\nAccept: text/html\r\n");
        let shown = Redactor::default().text(&text, usize::MAX);
        prop_assert!(!leaks(&shown, &secret), "{}", shown);
        prop_assert!(shown.ends_with("\r\nAccept: text/html\r\n"));
    }

    #[test]
    fn what_a_call_carries_is_masked_anywhere(
        secret in "\\PC{8,40}", before in "\\PC{0,20}", after in "\\PC{0,20}", max in 0_usize..120,
    ) {
        let redactor = knowing(&secret);
        for spelling in [secret.clone(), form(&[("x", &secret)]), serde_json::json!({"x": secret}).to_string()] {
            let text = format!("{before}{spelling}{after}");
            let shown = redactor.text(&text, usize::MAX);
            prop_assert!(!shown.contains(&secret), "{}", shown);
            // However the window falls, no more of the secret shows than of any text that long.
            let cut = redactor.body(text.as_bytes(), max);
            prop_assert!(cut.len() <= max + '…'.len_utf8());
            prop_assert!(!leaks(&cut, &secret) || leaks(&format!("{before}{after}[redacted]"), &secret), "{}", cut);
        }
    }

    #[test]
    fn no_text_breaks_it(text in "\\PC{0,80}", max in 0_usize..100) {
        let shown = Redactor::default().body(text.as_bytes(), max);
        prop_assert!(shown.len() <= max + '…'.len_utf8());
    }
}

#[test]
fn the_access_token_and_the_client_credentials_of_a_call_are_known() {
    let sitting = sitting("1");
    let url = "http://127.0.0.1/".parse().unwrap();
    let mut call = Call::bare("thing.read", Method::GET, url, sitting.session.observer.clone());
    call.stamp.token = Some(SecretString::from("access-token-1"));
    call.auth = Auth::Basic("id".to_owned(), SecretString::from("client-secret-1"));
    let text = "access-token-1 client-secret-1 aWQ6Y2xpZW50LXNlY3JldC0x id";
    assert_eq!(Redactor::of(&call).text(text, usize::MAX), "[redacted] [redacted] [redacted] id");
}

#[test]
fn what_is_no_secret_stays_readable() {
    let unchanged = [
        r#"{"Fault":{"Error":[{"Message":"Stale","code":"5010","element":""}],"type":"ValidationFault"}}"#,
        r#"{"SyncToken":"3","x_refresh_token_expires_in":8726400,"token_type":"bearer","expires_in":3600}"#,
        "grant_type=authorization_code&redirect_uri=https%3A%2F%2Fexample.com%2Fcallback",
        "SELECT * FROM Item WHERE Active IN (true,false) ORDERBY Id STARTPOSITION 1 MAXRESULTS 1000",
        "a token was refused, the code is 7",
    ];
    for text in unchanged {
        assert_eq!(Redactor::default().text(text, usize::MAX), text);
    }
}

#[test]
fn a_long_text_is_cut_at_a_character_and_says_so() {
    let shown = Redactor::default().body("äöü".as_bytes(), 3);
    assert_eq!(shown, "ä…");
}

#[test]
fn bytes_that_are_no_text_do_not_hide_a_secret() {
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend_from_slice(br#"{"access_token":"abcdefghijklmnop"}"#);
    let shown = Redactor::default().body(&bytes, usize::MAX);
    assert!(!leaks(&shown, "abcdefghijklmnop") && shown.contains("access_token"), "{shown}");
}

//! Where providers send users back to.

use rstest::rstest;

use super::server::{head, start};

/// The first provider of the registry: no provider is named outside its folder.
fn provider() -> &'static str {
    providers::registry::PROVIDERS.first().unwrap().id
}

#[tokio::test]
async fn the_whole_callback_is_handed_over_and_the_user_sent_on() {
    let server = start().await;
    *server.callbacks.target.lock().unwrap() = Some("/console/connections?connected=1".to_owned());
    let path = format!("/oauth/callback/{}?code=a%2Bb&state=s&realmId=9", provider());
    let response = server.get(&path).send().await.unwrap();
    assert_eq!((response.status().as_u16(), head(&response, "location")), (303, "/console/connections?connected=1"));
    assert_eq!((head(&response, "cache-control"), head(&response, "referrer-policy")), ("no-store", "no-referrer"));
    let seen = server.callbacks.seen.lock().unwrap().clone();
    assert_eq!(seen, [(provider().to_owned(), server.url(&path).parse().unwrap())]);
}

#[rstest]
#[case("https://console.example/app", true)]
#[case("//evil.example", false)]
#[case("/\\evil.example", false)]
#[case("https://evil.example/console", false)]
#[case("javascript:alert(1)", false)]
#[tokio::test]
async fn users_are_sent_to_our_own_pages_only(#[case] target: &str, #[case] trusted: bool) {
    let server = start().await;
    *server.callbacks.target.lock().unwrap() = Some(target.to_owned());
    let response = server.get(&format!("/oauth/callback/{}?code=a&state=s", provider())).send().await.unwrap();
    assert_eq!(head(&response, "location"), if trusted { target } else { "/console" });
}

#[tokio::test]
async fn a_refusal_is_a_page_that_runs_nothing() {
    let server = start().await;
    let response = server.get(&format!("/oauth/callback/{}?error=access_denied", provider())).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 400);
    assert!(head(&response, "content-security-policy").starts_with("default-src 'none'"));
    let page = response.text().await.unwrap();
    assert!(page.contains("<p>This link &lt;b&gt;was used&lt;/b&gt; already.</p><p>Connect again.</p>"), "{page}");
}

#[tokio::test]
async fn a_provider_that_is_none_reaches_nobody() {
    let server = start().await;
    let response = server.get("/oauth/callback/nobody?code=a&state=s").send().await.unwrap();
    assert_eq!((response.status().as_u16(), server.callbacks.seen.lock().unwrap().len()), (404, 0));
}

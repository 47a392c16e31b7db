//! What is made of the settings, and what is refused.

use std::{collections::BTreeMap, sync::Arc};

use rstest::rstest;
use secrecy::SecretString;
use url::Url;

use crate::{
    error::{ErrorKind, ProviderError},
    provider::AuthorizationRequest,
    quickbooks::{ENTRY, endpoints::Endpoints},
    registry,
    settings::{ProviderSettings, TransportSettings},
    testing::Records,
};

fn settings() -> ProviderSettings {
    ProviderSettings {
        client_id: "client-1".to_owned(),
        client_secret: SecretString::from("secret-1"),
        environment: None,
        endpoints: [("api".to_owned(), Url::parse("http://127.0.0.1:9/").unwrap())].into(),
        webhook_key: None,
        options: BTreeMap::new(),
        transport: TransportSettings::default(),
    }
}

fn refused(settings: &ProviderSettings) -> ProviderError {
    (ENTRY.build)(settings).unwrap_err()
}

#[rstest]
#[case(None, "https://quickbooks.api.intuit.com/")]
#[case(Some("production"), "https://quickbooks.api.intuit.com/")]
#[case(Some("sandbox"), "https://sandbox-quickbooks.api.intuit.com/")]
fn the_environment_decides_the_host(#[case] environment: Option<&str>, #[case] api: &str) {
    let settings = ProviderSettings { environment: environment.map(str::to_owned), endpoints: [].into(), ..settings() };
    let endpoints = Endpoints::of(&settings).unwrap();
    assert_eq!(endpoints.api.as_str(), api);
    let oauth = &endpoints.oauth;
    let addresses = [&oauth.authorize, &oauth.token, &oauth.revoke].map(|url| url.as_ref().unwrap().as_str());
    let expected = [
        "https://appcenter.intuit.com/connect/oauth2",
        "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
        "https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
    ];
    assert_eq!((addresses, &oauth.discovery), (expected, &None));
    assert!(endpoints.tls());
}

#[test]
fn an_unknown_environment_is_named() {
    let error = refused(&ProviderSettings { environment: Some("staging".to_owned()), ..settings() });
    let text = "unknown environment `staging`; known are production, sandbox";
    assert_eq!(error, ProviderError::new(ErrorKind::Misconfigured, "quickbooks.settings", text));
}

#[test]
fn an_unknown_endpoint_is_named() {
    let mut settings = settings();
    settings.endpoints.insert("tokens".to_owned(), Url::parse("http://127.0.0.1:9/").unwrap());
    let text = "unknown endpoint `tokens`; known are api, authorize, discovery, revoke, token";
    assert_eq!(refused(&settings), ProviderError::new(ErrorKind::Misconfigured, "quickbooks.settings", text));
}

#[test]
fn an_endpoint_that_is_no_web_address_is_named() {
    let mut settings = settings();
    settings.endpoints.insert("token".to_owned(), Url::parse("mailto:a@example.com").unwrap());
    let text = "endpoint `token` is no web address: mailto:a@example.com";
    assert_eq!(refused(&settings), ProviderError::new(ErrorKind::Misconfigured, "quickbooks.settings", text));
}

#[test]
fn an_unknown_option_is_named() {
    let error = refused(&ProviderSettings { options: [("format".to_owned(), "old".to_owned())].into(), ..settings() });
    let text = "unknown option `format`; QuickBooks has no options";
    assert_eq!(error, ProviderError::new(ErrorKind::Misconfigured, "quickbooks.settings", text));
}

#[test]
fn an_empty_client_id_is_refused() {
    let error = refused(&ProviderSettings { client_id: String::new(), ..settings() });
    assert_eq!(error.kind, ErrorKind::Misconfigured);
    assert!(error.message.starts_with("client_id is empty"), "{}", error.message);
}

#[test]
fn the_registry_finds_it_and_it_says_what_the_registry_says() {
    let entry = registry::find("quickbooks").unwrap();
    let mut local = settings();
    for name in ["token", "revoke"] {
        local.endpoints.insert(name.to_owned(), Url::parse("http://127.0.0.1:9/").unwrap());
    }
    let provider = (entry.build)(&local).unwrap();
    assert_eq!((provider.id(), provider.name(), provider.capability()), (entry.id, entry.name, &entry.capability));
}

#[tokio::test]
async fn the_user_is_sent_to_intuit_with_all_that_it_needs() {
    let mut local = settings();
    for name in ["token", "revoke"] {
        local.endpoints.insert(name.to_owned(), Url::parse("http://127.0.0.1:9/").unwrap());
    }
    let provider = (ENTRY.build)(&local).unwrap();
    let redirect_uri = Url::parse("https://example.com/callback?x=1").unwrap();
    let request = AuthorizationRequest { state: "s t".to_owned(), redirect_uri };
    let url = provider.authorization_url(&request, Arc::new(Records::default())).await.unwrap();
    let expected = "https://appcenter.intuit.com/connect/oauth2?response_type=code&client_id=client-1&state=s+t\
                    &redirect_uri=https%3A%2F%2Fexample.com%2Fcallback%3Fx%3D1\
                    &scope=com.intuit.quickbooks.accounting";
    assert_eq!(url.as_str(), expected);
}

//! What is made of the settings, and what is refused.

use std::{collections::BTreeMap, sync::Arc};

use rstest::rstest;
use secrecy::SecretString;
use url::Url;

use crate::{
    error::{ErrorKind, ProviderError},
    provider::AuthorizationRequest,
    registry,
    settings::{ProviderSettings, TransportSettings},
    testing::Records,
    transport::Limits,
    xero::{ENTRY, endpoints::Endpoints},
};

fn settings() -> ProviderSettings {
    ProviderSettings {
        client_id: "client-1".to_owned(),
        client_secret: SecretString::from("secret-1"),
        environment: None,
        endpoints: BTreeMap::new(),
        webhook_key: None,
        options: BTreeMap::new(),
        transport: TransportSettings::default(),
    }
}

/// Settings that need no root certificates.
fn local() -> ProviderSettings {
    let here = |name: &str| (name.to_owned(), Url::parse("http://127.0.0.1:9/").unwrap());
    ProviderSettings { endpoints: ["api", "connections", "revocation", "token"].map(here).into(), ..settings() }
}

fn refused(settings: &ProviderSettings) -> ProviderError {
    (ENTRY.build)(settings).unwrap_err()
}

#[rstest]
#[case(None)]
#[case(Some("production"))]
fn there_is_one_environment(#[case] environment: Option<&str>) {
    let settings = ProviderSettings { environment: environment.map(str::to_owned), ..settings() };
    let endpoints = Endpoints::of(&settings).unwrap();
    let oauth = &endpoints.oauth;
    let addresses = [&oauth.authorize, &oauth.token, &oauth.revoke].map(|url| url.as_ref().unwrap().as_str());
    let expected = [
        "https://login.xero.com/identity/connect/authorize",
        "https://identity.xero.com/connect/token",
        "https://identity.xero.com/connect/revocation",
    ];
    assert_eq!((addresses, &oauth.discovery), (expected, &None));
    assert_eq!(endpoints.api.as_str(), "https://api.xero.com/api.xro/2.0");
    assert_eq!(endpoints.connections.as_str(), "https://api.xero.com/connections");
    assert!(endpoints.tls() && !Endpoints::of(&local()).unwrap().tls());
}

#[rstest]
#[case::environment(ProviderSettings { environment: Some("sandbox".to_owned()), ..settings() },
    "unknown environment `sandbox`; known is production")]
#[case::endpoint(
    ProviderSettings {
        endpoints: [("identity".to_owned(), Url::parse("http://127.0.0.1:9/").unwrap())].into(), ..settings()
    },
    "unknown endpoint `identity`; known are api, app, authorize, connections, revocation, token")]
#[case::no_web_address(
    ProviderSettings {
        endpoints: [("token".to_owned(), Url::parse("mailto:a@example.com").unwrap())].into(), ..settings()
    },
    "endpoint `token` is no web address: mailto:a@example.com")]
#[case::option(ProviderSettings { options: [("tier".to_owned(), "core".to_owned())].into(), ..settings() },
    "unknown option `tier`; this provider has none")]
#[case::client(ProviderSettings { client_id: String::new(), ..settings() },
    "client_id is empty; it is shown with the app's configuration at Xero")]
fn what_nobody_knows_is_named(#[case] settings: ProviderSettings, #[case] text: &str) {
    assert_eq!(refused(&settings), ProviderError::new(ErrorKind::Misconfigured, "xero.settings", text));
}

#[test]
fn the_registry_finds_it_and_it_says_what_the_registry_says() {
    let entry = registry::find("xero").unwrap();
    let provider = (entry.build)(&local()).unwrap();
    assert_eq!((provider.id(), provider.name(), provider.capability()), (entry.id, entry.name, &entry.capability));
}

#[test]
fn a_minute_takes_sixty_requests_and_five_at_once() {
    let limits = Limits::of(&ENTRY.capability, &TransportSettings::default());
    assert_eq!(limits, Limits { windows: vec![(60, std::time::Duration::from_secs(60))], concurrent: 5 });
}

#[tokio::test]
async fn the_user_is_sent_to_xero_with_all_that_it_needs() {
    let provider = (ENTRY.build)(&local()).unwrap();
    let redirect_uri = Url::parse("https://example.com/callback?x=1").unwrap();
    let request = AuthorizationRequest { state: "s t".to_owned(), redirect_uri };
    let url = provider.authorization_url(&request, Arc::new(Records::default())).await.unwrap();
    let expected = "https://login.xero.com/identity/connect/authorize?response_type=code&client_id=client-1&state=s+t\
                    &redirect_uri=https%3A%2F%2Fexample.com%2Fcallback%3Fx%3D1\
                    &scope=offline_access+accounting.settings.read+accounting.invoices.read+accounting.contacts.read\
                    +accounting.manualjournals+accounting.reports.trialbalance.read";
    assert_eq!(url.as_str(), expected);
}

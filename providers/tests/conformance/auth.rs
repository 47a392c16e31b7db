//! Connecting: consent, codes, refreshing, giving back; or the configuration in its place.

use std::sync::Arc;

use chrono::Utc;
use providers::{
    ErrorKind, Session,
    provider::callback_state,
    registry::ProviderEntry,
    sandbox::{FaultTarget, SandboxAct, Trouble},
    settings::ProviderSettings,
};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::{
    cases,
    plan::Need,
    tokens::{Records, Vault},
    world::{World, consent, redirect_uri, request},
};

cases! { "auth" {
    consent_gives_tokens_and_the_company: [Need::Consent, Need::Hand],
    one_consent_can_cover_several_companies: [Need::ManyCompanies, Need::Hand],
    refusal_is_consent_refused_and_keeps_the_state: [Need::Consent, Need::Hand],
    callback_without_code_or_state_is_malformed: [Need::Consent],
    code_is_good_once: [Need::Consent, Need::Hand],
    made_up_code_is_connection_expired: [Need::Consent, Need::Hand],
    made_up_refresh_token_is_connection_expired: [Need::Consent, Need::Hand],
    wrong_client_secret_is_misconfigured: [Need::Consent, Need::Hand],
    refresh_gives_tokens_that_work: [Need::Consent],
    outage_while_refreshing_never_ends_the_connection: [Need::Consent, Need::Service],
    expired_access_token_is_refreshed_unseen: [Need::Consent, Need::Hand],
    changed_refresh_token_is_followed: [Need::Consent, Need::Hand],
    replaced_refresh_token_is_connection_expired: [Need::Consent, Need::Hand],
    many_workers_with_one_expired_token_send_one_refresh: [Need::Consent, Need::Hand],
    revoked_consent_is_connection_expired: [Need::Consent, Need::Hand],
    giving_back_twice_is_a_success: [Need::Consent, Need::Hand],
    giving_one_company_back_leaves_the_others_connected: [Need::ManyCompanies, Need::Hand],
    configuration_names_the_company: [Need::Configured],
} }

async fn consent_gives_tokens_and_the_company(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let grant = &world.vault().grant;
    assert!(grant.tokens.access_expires_at > Utc::now());
    assert_ne!(grant.tokens.access_token.expose_secret(), grant.tokens.refresh_token.expose_secret());
    assert_eq!(grant.companies.len(), 1);
    let company = world.provider.company(&world.session).await.unwrap();
    assert_eq!(company.external_id, world.session.company);
    assert!(!company.name.is_empty() && company.home_currency.is_some_and(|code| code.len() == 3));
}

async fn one_consent_can_cover_several_companies(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let all: Vec<String> = world.hand().companies().into_iter().map(|company| company.external_id).collect();
    assert!(all.len() > 1, "the sandbox has one company only");
    let grant = consent(world.provider.as_ref(), world.hand(), &world.records, &all).await;
    let mut given: Vec<String> = grant.companies.into_iter().map(|company| company.external_id).collect();
    let mut asked = all;
    given.sort();
    asked.sort();
    assert_eq!(given, asked);
}

async fn refusal_is_consent_refused_and_keeps_the_state(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let page = world.provider.authorization_url(&request("state-2"), world.records.clone()).await.unwrap();
    let back = world.hand().consent(&page, &[]).await.unwrap();
    let error = world.provider.parse_callback(&back).unwrap_err();
    assert_eq!(error.kind, ErrorKind::ConsentRefused, "{error}");
    assert_eq!(callback_state(&back).as_deref(), Some("state-2"));
}

async fn callback_without_code_or_state_is_malformed(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    for query in ["", "?code=abc", "?state=abc", "?code=&state=abc", "?code=abc&state="] {
        let url = Url::parse(&format!("http://localhost:1/callback{query}")).unwrap();
        let error = world.provider.parse_callback(&url).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Malformed, "{query}: {error}");
    }
}

async fn code_is_good_once(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let page = world.provider.authorization_url(&request("state-3"), world.records.clone()).await.unwrap();
    let back = world.hand().consent(&page, std::slice::from_ref(&world.session.company)).await.unwrap();
    let callback = world.provider.parse_callback(&back).unwrap();
    world.provider.exchange_code(&callback, &redirect_uri(), world.records.clone()).await.unwrap();
    let error = world.provider.exchange_code(&callback, &redirect_uri(), world.records.clone()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::ConnectionExpired, "{error}");
}

async fn made_up_code_is_connection_expired(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let page = world.provider.authorization_url(&request("state-4"), world.records.clone()).await.unwrap();
    let back = world.hand().consent(&page, std::slice::from_ref(&world.session.company)).await.unwrap();
    let mut callback = world.provider.parse_callback(&back).unwrap();
    callback.code = SecretString::from("made-up-code");
    let error = world.provider.exchange_code(&callback, &redirect_uri(), world.records.clone()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::ConnectionExpired, "{error}");
}

async fn made_up_refresh_token_is_connection_expired(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let made_up = SecretString::from("made-up-refresh-token");
    let error = world.provider.refresh(&made_up, world.records.clone()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::ConnectionExpired, "{error}");
    assert!(!format!("{error:?}").contains("made-up-refresh-token"), "{error:?}");
    assert_eq!(world.records.of("oauth.refresh"), 1, "a definite refusal is not tried again");
}

async fn wrong_client_secret_is_misconfigured(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let settings = ProviderSettings { client_secret: SecretString::from("not-the-secret"), ..world.settings.clone() };
    let provider = (entry.build)(&settings).unwrap();
    let token = world.vault().refresh_token().await;
    let error = provider.refresh(&token, Arc::new(Records::default())).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Misconfigured, "{error}");
    world.provider.refresh(&token, world.records.clone()).await.expect("the grant is as good as before");
}

async fn refresh_gives_tokens_that_work(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let token = world.vault().refresh_token().await;
    let tokens = world.provider.refresh(&token, world.records.clone()).await.unwrap();
    assert!(tokens.access_expires_at > Utc::now());
    world.vault().put(tokens).await;
    world.provider.company(&world.session).await.unwrap();
}

async fn outage_while_refreshing_never_ends_the_connection(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let token = world.vault().refresh_token().await;
    let troubles = [
        Trouble::Status { status: 503, committed: false },
        Trouble::Html { committed: false },
        Trouble::Reset { committed: false },
        Trouble::TooManyRequests { retry_after: None },
    ];
    for trouble in troubles {
        world.always(trouble, FaultTarget::Tokens).await;
        let error = world.provider.refresh(&token, world.records.clone()).await.unwrap_err();
        assert!(error.is_transient(), "{trouble:?}: {error:?}");
        world.hand().calm().await;
    }
    let tokens = world.provider.refresh(&token, world.records.clone()).await.unwrap();
    world.vault().put(tokens).await;
    world.provider.company(&world.session).await.unwrap();
}

async fn expired_access_token_is_refreshed_unseen(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    world.act(SandboxAct::ExpireAccessTokens).await;
    world.items().await;
    assert_eq!(world.records.of("oauth.refresh"), 1);
}

async fn changed_refresh_token_is_followed(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    for round in 0..3 {
        let before = world.vault().refresh_token().await;
        world.act(SandboxAct::RotateRefreshTokens).await;
        world.act(SandboxAct::ExpireAccessTokens).await;
        world.provider.company(&world.session).await.unwrap();
        let after = world.vault().refresh_token().await;
        assert_ne!(after.expose_secret(), before.expose_secret(), "round {round}");
    }
    assert_eq!(world.records.of("oauth.refresh"), 3);
}

/// A second refresh with a value that was replaced: definitely refused, and where the service takes it for a theft, the
/// whole grant is gone and says so.
async fn replaced_refresh_token_is_connection_expired(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let replaced = world.vault().refresh_token().await;
    world.act(SandboxAct::RotateRefreshTokens).await;
    let tokens = world.provider.refresh(&replaced, world.records.clone()).await.unwrap();
    world.vault().put(tokens).await;
    world.act(SandboxAct::RetireRefreshTokens).await;
    world.records.clear();
    let error = world.provider.refresh(&replaced, world.records.clone()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::ConnectionExpired, "{error}");
    assert_eq!(world.records.of("oauth.refresh"), 1, "a definite refusal is not tried again");
    world.act(SandboxAct::ExpireAccessTokens).await;
    if let Err(error) = world.provider.company(&world.session).await {
        assert_eq!(error.kind, ErrorKind::ConnectionExpired, "{error}");
    }
}

async fn many_workers_with_one_expired_token_send_one_refresh(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    world.act(SandboxAct::ExpireAccessTokens).await;
    let workers = (0..8).map(|_| world.provider.company(&world.session));
    for answer in futures::future::join_all(workers).await {
        answer.unwrap();
    }
    assert_eq!(world.records.of("oauth.refresh"), 1);
}

async fn revoked_consent_is_connection_expired(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    world.act(SandboxAct::RevokeConsent).await;
    let error = world.provider.company(&world.session).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::ConnectionExpired, "{error}");
    assert!(world.records.of("oauth.refresh") <= 2, "two calls at once may each ask, and no more");
}

async fn giving_back_twice_is_a_success(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let token = world.vault().refresh_token().await;
    world.provider.revoke(&token, Some(&world.session.company), world.records.clone()).await.unwrap();
    world.provider.revoke(&token, Some(&world.session.company), world.records.clone()).await.unwrap();
    let error = world.provider.refresh(&token, world.records.clone()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::ConnectionExpired, "{error}");
}

async fn giving_one_company_back_leaves_the_others_connected(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let all: Vec<String> = world.hand().companies().into_iter().map(|company| company.external_id).collect();
    let grant = consent(world.provider.as_ref(), world.hand(), &world.records, &all).await;
    let vault = Arc::new(Vault::new(world.provider.clone(), world.records.clone(), grant));
    let session =
        |company: &str| Session { company: company.to_owned(), tokens: vault.clone(), observer: world.records.clone() };
    let (last, earlier) = all.split_last().unwrap();
    for (place, company) in earlier.iter().enumerate() {
        let token = vault.refresh_token().await;
        world.provider.revoke(&token, Some(company), world.records.clone()).await.unwrap();
        let error = world.provider.company(&session(company)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::ConnectionExpired, "{error}");
        for other in &all[place + 1..] {
            assert_eq!(world.provider.company(&session(other)).await.unwrap().external_id, *other);
        }
    }
    let token = vault.refresh_token().await;
    world.provider.revoke(&token, Some(last), world.records.clone()).await.unwrap();
    let error = world.provider.refresh(&token, world.records.clone()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::ConnectionExpired, "the grant ends with its last company: {error}");
}

async fn configuration_names_the_company(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let choice = world.provider.configured_company(world.records.clone()).await.unwrap();
    let company = world.provider.company(&world.session).await.unwrap();
    assert_eq!((company.external_id, Some(company.name)), (choice.external_id, choice.name));
    assert!(company.home_currency.is_some_and(|code| code.len() == 3));
}

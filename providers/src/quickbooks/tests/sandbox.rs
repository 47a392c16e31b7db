//! The provider against the sandbox: the whole life of a connection, and whole collections.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use reqwest::redirect::Policy;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::{
    error::{ErrorKind, ProviderError},
    listing::{Listed, stream_pages},
    model::{ItemKind, PageCursor, RemoteAccount, RemoteItem, RemoteSupplier, UnusableReason},
    provider::{AuthorizationRequest, Grant, Provider},
    quickbooks::ENTRY,
    sandbox::{RunningSandbox, SandboxOptions},
    session::{CallResult, Session, TokenSource},
    settings::{ProviderSettings, TransportSettings},
    testing::{Records, quick},
};

/// The company of the sandbox that counts stock.
const WORKSHOP: &str = "Cedar &amp; Steel Workshop";

/// Keeps the tokens of a grant, and refreshes as the gateway does.
struct Vault {
    provider: Arc<dyn Provider>,
    records: Arc<Records>,
    grant: Mutex<Grant>,
}

impl Vault {
    fn access(&self) -> SecretString {
        self.grant.lock().unwrap().tokens.access_token.clone()
    }

    fn refresh_token(&self) -> SecretString {
        self.grant.lock().unwrap().tokens.refresh_token.clone()
    }
}

#[async_trait]
impl TokenSource for Vault {
    async fn access_token(&self) -> Result<SecretString, ProviderError> {
        Ok(self.access())
    }

    async fn replace_token(&self, _: &SecretString) -> Result<SecretString, ProviderError> {
        let tokens = self.provider.refresh(&self.refresh_token(), self.records.clone()).await?;
        self.grant.lock().unwrap().tokens = tokens;
        Ok(self.access())
    }
}

/// A company connected to a running sandbox.
pub(super) struct Connection {
    pub(super) sandbox: RunningSandbox,
    pub(super) provider: Arc<dyn Provider>,
    vault: Arc<Vault>,
    records: Arc<Records>,
    pub(super) session: Session,
}

pub(super) async fn connect(extra_items: u32) -> Connection {
    let options = SandboxOptions { extra_items, throttle: false, ..SandboxOptions::default() };
    connect_with(options, quick()).await
}

async fn connect_with(options: SandboxOptions, transport: TransportSettings) -> Connection {
    let sandbox = (ENTRY.sandbox.unwrap())(options).await.unwrap();
    let settings = ProviderSettings { transport, ..sandbox.provider_settings() };
    let provider = (ENTRY.build)(&settings).unwrap();
    let records = Arc::new(Records::default());
    let grant = consent(provider.as_ref(), &records).await;
    let company = grant.companies[0].external_id.clone();
    let vault = Arc::new(Vault { provider: provider.clone(), records: records.clone(), grant: Mutex::new(grant) });
    let session = Session { company, tokens: vault.clone(), observer: records.clone() };
    Connection { sandbox, provider, vault, records, session }
}

/// Consents as a person does: opens the page, picks the workshop, agrees; then exchanges the code.
async fn consent(provider: &dyn Provider, records: &Arc<Records>) -> Grant {
    let redirect_uri = Url::parse("http://localhost:1/callback").unwrap();
    let request = AuthorizationRequest { state: "state-1".to_owned(), redirect_uri: redirect_uri.clone() };
    let page = provider.authorization_url(&request, records.clone()).await.unwrap();
    let browser = reqwest::Client::builder().redirect(Policy::none()).tls_certs_only([]).build().unwrap();
    let html = browser.get(page.clone()).send().await.unwrap().text().await.unwrap();
    let (before, _) = html.split_once(WORKSHOP).unwrap();
    let (_, realm) = before.rsplit_once("value=\"").unwrap();
    let realm = realm.split_once('"').unwrap().0.to_owned();
    let mut form: Vec<(String, String)> = page.query_pairs().into_owned().collect();
    form.extend([("realm".to_owned(), realm.clone()), ("decision".to_owned(), "agree".to_owned())]);
    let answer = browser.post(page).form(&form).send().await.unwrap();
    let back = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
    let callback = provider.parse_callback(&back).unwrap();
    assert_eq!((callback.state.as_str(), callback.company.as_deref()), ("state-1", Some(realm.as_str())));
    let grant = provider.exchange_code(&callback, &redirect_uri, records.clone()).await.unwrap();
    let error = provider.exchange_code(&callback, &redirect_uri, records.clone()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::ConnectionExpired, "a code is good once");
    grant
}

/// Every record of a collection, and the number that cannot be used.
pub(super) async fn all<T: Listed>(connection: &Connection) -> (Vec<T>, Vec<UnusableReason>) {
    let provider = connection.provider.clone();
    let mut pages = stream_pages::<T>(provider, connection.session.clone(), None, 4).await.unwrap();
    let (mut records, mut unusable) = (Vec::new(), Vec::new());
    while let Some(page) = pages.next().await {
        let (_, page) = page.unwrap();
        records.extend(page.records);
        unusable.extend(page.unusable.into_iter().map(|unusable| unusable.reason));
    }
    assert_eq!(pages.total(), Some((records.len() + unusable.len()) as u64));
    (records, unusable)
}

#[tokio::test]
async fn a_connection_lives_from_consent_to_revocation() {
    let Connection { sandbox, provider, vault, records, session } = connect(0).await;
    let company = provider.company(&session).await.unwrap();
    assert_eq!(
        (company.external_id.as_str(), company.name.as_str()),
        (session.company.as_str(), "Cedar & Steel Workshop")
    );
    assert_eq!((company.country.as_deref(), company.time_zone.as_deref()), (Some("US"), Some("America/Los_Angeles")));
    assert_eq!(company.edition.as_deref(), Some("QuickBooks Online Plus"));
    assert_eq!((company.home_currency.as_deref(), company.inventory_enabled), (Some("USD"), true));

    let first = vault.access();
    vault.replace_token(&first).await.unwrap();
    assert_ne!(vault.access().expose_secret(), first.expose_secret());
    provider.company(&session).await.unwrap();

    let refresh_token = vault.refresh_token();
    provider.revoke(&refresh_token, records.clone()).await.unwrap();
    provider.revoke(&refresh_token, records.clone()).await.unwrap();
    let error = provider.refresh(&refresh_token, records.clone()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::ConnectionExpired);
    let error = provider.company(&session).await.unwrap_err();
    assert_eq!((error.kind, error.operation), (ErrorKind::ConnectionExpired, "oauth.refresh"));

    let said = format!("{:?}", records.all());
    let secrets = [&first, &vault.access(), &refresh_token, &sandbox.client_secret];
    assert!(secrets.iter().all(|secret| !said.contains(secret.expose_secret())), "a secret was recorded");
    assert!(records.all().iter().all(|record| record.trace_id.is_some()), "every answer has a trace id");
    sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn collections_are_read_whole_with_inactive_records() {
    let connection = connect(2500).await;
    let (items, unusable) = all::<RemoteItem>(&connection).await;
    assert_eq!(unusable, []);
    assert!(items.len() > 2500 && items.iter().any(|item| !item.active), "{}", items.len());
    let ids: std::collections::BTreeSet<&str> = items.iter().map(|item| item.external_id.as_str()).collect();
    assert_eq!(ids.len(), items.len(), "no item twice");
    let known = ENTRY.capability.item_kinds;
    assert!(items.iter().all(|item| known.contains(&item.kind)));
    for item in items.iter().filter(|item| item.kind == ItemKind::Inventory) {
        assert!(item.quantity_on_hand.is_some() && item.asset_account.is_some(), "{item:?}");
    }
    let (accounts, unusable) = all::<RemoteAccount>(&connection).await;
    assert!(unusable.is_empty() && accounts.iter().any(|account| account.sub_kind.as_deref() == Some("Inventory")));
    let assets: std::collections::BTreeSet<&str> =
        accounts.iter().map(|account| account.external_id.as_str()).collect();
    assert!(items.iter().filter_map(|item| item.asset_account.as_deref()).all(|id| assets.contains(id)));
    let (suppliers, unusable) = all::<RemoteSupplier>(&connection).await;
    assert!(unusable.is_empty() && !suppliers.is_empty());
    assert!(connection.records.all().iter().filter(|record| record.result == CallResult::Ok).count() >= 8);
    connection.sandbox.stop().await.unwrap();
}

/// The second way through a collection, for when positions have shifted, finds the same records.
#[tokio::test]
async fn a_walk_through_a_collection_finds_every_record() {
    let connection = connect(2500).await;
    let (items, _) = all::<RemoteItem>(&connection).await;
    let expected: std::collections::BTreeSet<String> = items.into_iter().map(|item| item.external_id).collect();
    for (beginning, expected) in [
        ("walk - 0", &expected),
        ("walk id 0", &expected),
        ("walk 2001-01-01T00:00:00+00:00 0", &expected),
        ("walk 2999-01-01T00:00:00-08:00 0", &std::collections::BTreeSet::new()),
    ] {
        let (mut next, mut walked) = (Some(PageCursor(beginning.to_owned())), std::collections::BTreeSet::new());
        while let Some(cursor) = next {
            let page = connection.provider.items(&connection.session, &cursor).await.unwrap();
            walked.extend(page.records.into_iter().map(|item| item.external_id));
            next = page.next;
        }
        assert_eq!(&walked, expected, "{beginning}");
    }
    connection.sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn the_limits_of_the_service_are_used_up_and_never_run_into() {
    let options = SandboxOptions { extra_items: 24_000, throttle: true, ..SandboxOptions::default() };
    let connection = connect_with(options, TransportSettings::default()).await;
    let begun = std::time::Instant::now();
    let (items, _) = all::<RemoteItem>(&connection).await;
    assert!(items.len() > 24_000);
    let records = connection.records.all();
    let statuses: std::collections::BTreeSet<_> = records
        .iter()
        .filter(|record| record.operation.starts_with("item."))
        .map(|record| record.http_status)
        .collect();
    assert_eq!(statuses, [Some(200)].into());
    // A count and 25 pages at ten a second: the last six leave once two windows have passed.
    let calls = records.iter().filter(|record| record.operation.starts_with("item.")).count();
    assert_eq!(calls, 26);
    let waited = begun.elapsed();
    assert!(waited >= std::time::Duration::from_secs(2), "faster than allowed: {waited:?}");
    connection.sandbox.stop().await.unwrap();
}

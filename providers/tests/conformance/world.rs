//! A company connected for one case: its sandbox or fixture, the provider built on it, a session that refreshes.
//!
//! Rule: every case starts with a company of its own; calls are quick to retry, so that a case waits for nothing real.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chrono::{NaiveDate, Utc};
use providers::{
    CallObserver, CallRecord, Provider, ProviderError, Session, TokenSource,
    capability::Authorization,
    listing::{Listed, stream_pages},
    model::{
        AdjustmentDraft, AdjustmentLine, DocumentKind, DraftHead, ItemKind, JournalDraft, JournalLine, PostedDocument,
        RemoteItem, Side, Unusable,
    },
    provider::{AuthorizationRequest, Grant, TokenSet},
    registry::ProviderEntry,
    sandbox::{
        FaultReach, FaultTarget, RunningSandbox, SandboxAct, SandboxControl, SandboxError, SandboxFault,
        SandboxOptions, Trouble,
    },
    settings::{ProviderSettings, TransportSettings},
};
use rust_decimal::Decimal;
use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;
use url::Url;

/// Attempts of a call, the first included.
pub const ATTEMPTS: u32 = 3;

/// How a world is started.
#[derive(Debug, Clone)]
pub struct Options {
    pub extra_items: u32,
    pub throttle: bool,
    pub transport: TransportSettings,
}

impl Default for Options {
    fn default() -> Self {
        Self { extra_items: 0, throttle: false, transport: quick() }
    }
}

/// Transport settings that let a case end soon.
pub fn quick() -> TransportSettings {
    TransportSettings {
        timeout: Duration::from_secs(20),
        attempts: ATTEMPTS,
        backoff_base: Duration::from_millis(1),
        backoff_max: Duration::from_millis(8),
        rate_limited_pause: Duration::from_millis(4),
        requests_per_second: Some(100_000),
        ..TransportSettings::default()
    }
}

/// A connected company.
pub struct World {
    pub entry: &'static ProviderEntry,
    pub settings: ProviderSettings,
    pub provider: Arc<dyn Provider>,
    pub session: Session,
    pub records: Arc<Records>,
    /// Tokens, where consent was given.
    pub vault: Option<Arc<Vault>>,
    hand: Option<Arc<dyn SandboxControl>>,
    // Dropped last: the server, then the folder.
    _sandbox: Option<RunningSandbox>,
    _folder: TempDir,
    drafts: AtomicU32,
}

impl World {
    pub async fn start(entry: &'static ProviderEntry) -> Self {
        Self::with(entry, Options::default()).await
    }

    pub async fn with(entry: &'static ProviderEntry, options: Options) -> Self {
        Self::changed(entry, options, |settings| settings).await
    }

    /// With settings changed before the provider is built on them.
    pub async fn changed(
        entry: &'static ProviderEntry,
        options: Options,
        change: impl FnOnce(ProviderSettings) -> ProviderSettings,
    ) -> Self {
        if live::provider().is_some() {
            return live::world(entry, options).await;
        }
        let folder = tempfile::tempdir().unwrap();
        let Ground { settings, hand, sandbox } = ground(entry, &folder, &options).await;
        let settings = change(ProviderSettings { transport: options.transport, ..settings });
        let provider = (entry.build)(&settings).unwrap();
        let records = Arc::new(Records::default());
        let chosen = hand.companies()[0].external_id.clone();
        let vault = match entry.capability.authorization {
            Authorization::Configured => None,
            Authorization::Consent => {
                let grant = consent(provider.as_ref(), hand.as_ref(), &records, std::slice::from_ref(&chosen)).await;
                Some(Arc::new(Vault::new(provider.clone(), records.clone(), grant)))
            }
        };
        let company = match &vault {
            Some(vault) => vault.grant.companies[0].external_id.clone(),
            None => provider.configured_company(records.clone()).await.unwrap().external_id,
        };
        assert_eq!(company, chosen);
        Self::of(entry, settings, provider, records, vault, company, Some(hand), sandbox, folder)
    }

    #[allow(clippy::too_many_arguments, reason = "a constructor of a plain record")]
    fn of(
        entry: &'static ProviderEntry,
        settings: ProviderSettings,
        provider: Arc<dyn Provider>,
        records: Arc<Records>,
        vault: Option<Arc<Vault>>,
        company: String,
        hand: Option<Arc<dyn SandboxControl>>,
        sandbox: Option<RunningSandbox>,
        folder: TempDir,
    ) -> Self {
        let tokens: Arc<dyn TokenSource> = match &vault {
            Some(vault) => vault.clone(),
            None => Arc::new(NoTokens),
        };
        let session = Session { company, tokens, observer: records.clone() };
        let drafts = AtomicU32::new(0);
        Self { entry, settings, provider, session, records, vault, hand, _sandbox: sandbox, _folder: folder, drafts }
    }

    pub fn hand(&self) -> &dyn SandboxControl {
        self.hand.as_deref().expect("cases that need a hand are left out of live runs")
    }

    pub fn vault(&self) -> &Arc<Vault> {
        self.vault.as_ref().expect("the case needs consent")
    }

    /// Acts as a person; whatever the sandbox says no to fails the case.
    pub async fn act(&self, act: SandboxAct) -> String {
        let what = format!("{act:?}");
        self.hand().act(&self.session.company, act).await.unwrap_or_else(|error| panic!("{what}: {error}"))
    }

    /// Acts as a person where the service may have a rule against it.
    pub async fn try_act(&self, act: SandboxAct) -> Option<String> {
        let what = format!("{act:?}");
        match self.hand().act(&self.session.company, act).await {
            Ok(id) => Some(id),
            Err(SandboxError::Refused(reason)) => {
                println!("the service itself refuses it: {reason}");
                None
            }
            Err(error) => panic!("{what}: {error}"),
        }
    }

    pub async fn inject(&self, trouble: Trouble, target: FaultTarget, reach: FaultReach) {
        let fault = SandboxFault { trouble, target, reach };
        self.hand().inject(fault).await.unwrap_or_else(|error| panic!("{fault:?}: {error}"));
    }

    /// The next call of this target fails, and no more.
    pub async fn once(&self, trouble: Trouble, target: FaultTarget) {
        self.inject(trouble, target, FaultReach::Next(1)).await;
    }

    /// Every call of this target fails until [`SandboxControl::calm`].
    pub async fn always(&self, trouble: Trouble, target: FaultTarget) {
        self.inject(trouble, target, FaultReach::Share { per_mille: 1000, seed: 1 }).await;
    }

    /// A whole collection, with what of it cannot be used. No id comes twice.
    pub async fn all<T: Listed + Named>(&self) -> (Vec<T>, Vec<Unusable>) {
        let mut pages = stream_pages::<T>(self.provider.clone(), self.session.clone(), None, 4).await.unwrap();
        let (mut records, mut unusable) = (Vec::new(), Vec::new());
        while let Some(page) = pages.next().await {
            let (_, page) = page.unwrap();
            records.extend(page.records);
            unusable.extend(page.unusable);
        }
        let ids: BTreeSet<&str> = records.iter().map(Named::id).collect();
        assert_eq!(ids.len(), records.len(), "an id comes twice");
        (records, unusable)
    }

    pub async fn items(&self) -> Vec<RemoteItem> {
        self.all::<RemoteItem>().await.0
    }

    pub async fn item(&self, id: &str) -> RemoteItem {
        self.items().await.into_iter().find(|item| item.external_id == id).unwrap_or_else(|| panic!("no item {id}"))
    }

    /// An expense and an income account that the company's items use: both take any entry.
    pub async fn two_accounts(&self) -> (String, String) {
        let items = self.items().await;
        let expense =
            items.iter().find_map(|item| item.expense_account.clone()).expect("an item with an expense account");
        let income = items.iter().find_map(|item| item.income_account.clone()).expect("an item with an income account");
        (expense, income)
    }

    /// An active item that the service counts.
    pub async fn stock_item(&self) -> RemoteItem {
        let counted =
            |item: &RemoteItem| item.active && item.kind == ItemKind::Inventory && item.quantity_on_hand.is_some();
        self.items().await.into_iter().find(counted).expect("an active inventory item")
    }

    /// Head of a draft that no other has.
    pub fn head(&self) -> DraftHead {
        let number = self.drafts.fetch_add(1, Ordering::Relaxed);
        let series = Utc::now().timestamp_micros() % 100_000_000;
        DraftHead {
            request_id: format!("conformance-{series}-{number}"),
            reference: format!("C{series}-{number}"),
            date: today(),
            memo: "Conformance suite".to_owned(),
        }
    }

    pub async fn journal(&self, amount: Decimal) -> JournalDraft {
        let (expense, income) = self.two_accounts().await;
        journal(self.head(), &expense, &income, amount)
    }

    pub async fn adjustment(&self, quantity: Decimal) -> AdjustmentDraft {
        let item = self.stock_item().await;
        let account = item.expense_account.clone().expect("an inventory item has an expense account");
        AdjustmentDraft { head: self.head(), account, lines: vec![AdjustmentLine { item: item.external_id, quantity }] }
    }

    /// A draft of every kind that can be posted.
    pub async fn drafts(&self) -> Vec<Draft> {
        let able = &self.entry.capability;
        let mut drafts = Vec::new();
        if able.journal_entries {
            drafts.push(Draft::Journal(self.journal(Decimal::new(1234, 2)).await));
        }
        if able.inventory_adjustments {
            drafts.push(Draft::Adjustment(self.adjustment(Decimal::TWO).await));
        }
        drafts
    }

    pub async fn post(&self, draft: &Draft) -> Result<PostedDocument, ProviderError> {
        match draft {
            Draft::Journal(draft) => self.provider.post_journal(&self.session, draft).await,
            Draft::Adjustment(draft) => self.provider.post_adjustment(&self.session, draft).await,
        }
    }

    pub async fn find(&self, draft: &Draft) -> Result<Vec<PostedDocument>, ProviderError> {
        let head = draft.head();
        self.provider.find_posted(&self.session, draft.kind(), &head.reference, head.date).await
    }

    /// How many documents of the draft count, as the books themselves say.
    pub async fn count(&self, draft: &Draft) -> usize {
        self.hand().count_posted(&self.session.company, draft.kind(), &draft.head().reference).await.unwrap()
    }
}

/// A document to post.
#[derive(Debug, Clone)]
pub enum Draft {
    Journal(JournalDraft),
    Adjustment(AdjustmentDraft),
}

impl Draft {
    pub fn head(&self) -> &DraftHead {
        match self {
            Self::Journal(draft) => &draft.head,
            Self::Adjustment(draft) => &draft.head,
        }
    }

    pub fn head_mut(&mut self) -> &mut DraftHead {
        match self {
            Self::Journal(draft) => &mut draft.head,
            Self::Adjustment(draft) => &mut draft.head,
        }
    }

    pub fn kind(&self) -> DocumentKind {
        match self {
            Self::Journal(_) => DocumentKind::JournalEntry,
            Self::Adjustment(_) => DocumentKind::InventoryAdjustment,
        }
    }
}

pub fn journal(head: DraftHead, debit: &str, credit: &str, amount: Decimal) -> JournalDraft {
    let line = |account: &str, side| JournalLine { account: account.to_owned(), side, amount, description: None };
    JournalDraft { head, as_draft: false, lines: vec![line(debit, Side::Debit), line(credit, Side::Credit)] }
}

pub fn today() -> NaiveDate {
    Utc::now().date_naive()
}

/// A record with an id.
pub trait Named {
    fn id(&self) -> &str;
}

macro_rules! named {
    ($($record:ty),*) => {$(
        impl Named for $record {
            fn id(&self) -> &str {
                &self.external_id
            }
        }
    )*};
}
named!(RemoteItem, providers::model::RemoteAccount, providers::model::RemoteSupplier);

struct Ground {
    settings: ProviderSettings,
    hand: Arc<dyn SandboxControl>,
    sandbox: Option<RunningSandbox>,
}

async fn ground(entry: &ProviderEntry, folder: &TempDir, options: &Options) -> Ground {
    if let Some(start) = entry.sandbox {
        let options = SandboxOptions {
            extra_items: options.extra_items,
            throttle: options.throttle,
            ..SandboxOptions::default()
        };
        let sandbox = start(options).await.unwrap();
        return Ground { settings: sandbox.provider_settings(), hand: sandbox.control.clone(), sandbox: Some(sandbox) };
    }
    let fixture = (entry.fixture.expect("a sandbox or a fixture"))(folder.path()).unwrap();
    Ground { settings: fixture.settings, hand: fixture.control, sandbox: None }
}

pub fn redirect_uri() -> Url {
    Url::parse("http://localhost:1/callback").unwrap()
}

pub fn request(state: &str) -> AuthorizationRequest {
    AuthorizationRequest { state: state.to_owned(), redirect_uri: redirect_uri() }
}

/// The whole way of a consent.
pub async fn consent(
    provider: &dyn Provider,
    hand: &dyn SandboxControl,
    records: &Arc<Records>,
    companies: &[String],
) -> Grant {
    let page = provider.authorization_url(&request("state-1"), records.clone()).await.unwrap();
    let back = hand.consent(&page, companies).await.unwrap();
    let callback = provider.parse_callback(&back).unwrap();
    assert_eq!(callback.state, "state-1");
    provider.exchange_code(&callback, &redirect_uri(), records.clone()).await.unwrap()
}

/// Keeps the tokens of a grant, and refreshes as the gateway does: one at a time, and only if nobody else has.
pub struct Vault {
    provider: Arc<dyn Provider>,
    records: Arc<Records>,
    pub grant: Grant,
    tokens: tokio::sync::Mutex<TokenSet>,
    issued: Mutex<Vec<String>>,
}

impl Vault {
    fn new(provider: Arc<dyn Provider>, records: Arc<Records>, grant: Grant) -> Self {
        let issued = Mutex::new(spellings(&grant.tokens));
        Self { provider, records, tokens: tokio::sync::Mutex::new(grant.tokens.clone()), grant, issued }
    }

    pub async fn refresh_token(&self) -> SecretString {
        self.tokens.lock().await.refresh_token.clone()
    }

    /// Every token that was ever issued to it.
    pub fn issued(&self) -> Vec<String> {
        self.issued.lock().unwrap().clone()
    }

    pub async fn put(&self, tokens: TokenSet) {
        self.issued.lock().unwrap().extend(spellings(&tokens));
        *self.tokens.lock().await = tokens;
    }
}

fn spellings(tokens: &TokenSet) -> Vec<String> {
    vec![tokens.access_token.expose_secret().to_owned(), tokens.refresh_token.expose_secret().to_owned()]
}

#[async_trait]
impl TokenSource for Vault {
    async fn access_token(&self) -> Result<SecretString, ProviderError> {
        Ok(self.tokens.lock().await.access_token.clone())
    }

    async fn replace_token(&self, rejected: &SecretString) -> Result<SecretString, ProviderError> {
        let mut tokens = self.tokens.lock().await;
        if tokens.access_token.expose_secret() == rejected.expose_secret() {
            *tokens = self.provider.refresh(&tokens.refresh_token, self.records.clone()).await?;
            self.issued.lock().unwrap().extend(spellings(&tokens));
        }
        Ok(tokens.access_token.clone())
    }
}

/// Where nobody was asked for consent, nobody asks for a token.
struct NoTokens;

#[async_trait]
impl TokenSource for NoTokens {
    async fn access_token(&self) -> Result<SecretString, ProviderError> {
        panic!("a provider without consent asks for a token")
    }

    async fn replace_token(&self, _: &SecretString) -> Result<SecretString, ProviderError> {
        panic!("a provider without consent refuses a token")
    }
}

/// An observer that keeps every record.
#[derive(Debug, Default)]
pub struct Records(Mutex<Vec<CallRecord>>);

impl Records {
    pub fn all(&self) -> Vec<CallRecord> {
        self.0.lock().unwrap().clone()
    }

    pub fn clear(&self) {
        self.0.lock().unwrap().clear();
    }

    /// Records of one operation.
    pub fn of(&self, operation: &str) -> usize {
        self.0.lock().unwrap().iter().filter(|record| record.operation == operation).count()
    }
}

#[async_trait]
impl CallObserver for Records {
    async fn observe(&self, record: CallRecord) {
        self.0.lock().unwrap().push(record);
    }
}

/// A real company in place of a sandbox, from the environment:
///
/// | Variable | |
/// |---|---|
/// | `STOCKBRIDGE_LIVE_PROVIDER` | the provider's id; turns the live run on |
/// | `STOCKBRIDGE_LIVE_CLIENT_ID`, `…_CLIENT_SECRET` | the client |
/// | `STOCKBRIDGE_LIVE_ENVIRONMENT` | the provider's environment; use its sandbox company, since documents are posted |
/// | `STOCKBRIDGE_LIVE_COMPANY` | the company's external id |
/// | `STOCKBRIDGE_LIVE_REFRESH_TOKEN` | a refresh token; what replaces it is written to the file … |
/// | `STOCKBRIDGE_LIVE_TOKEN_FILE` | … named here, and read from it by the next case |
/// | `STOCKBRIDGE_LIVE_OPTIONS` | options as `name=value;name=value` |
pub mod live {
    use super::*;

    /// The id of the provider to try live.
    pub fn provider() -> Option<String> {
        variable("PROVIDER")
    }

    fn variable(name: &str) -> Option<String> {
        std::env::var(format!("STOCKBRIDGE_LIVE_{name}")).ok().filter(|text| !text.is_empty())
    }

    fn required(name: &str) -> String {
        variable(name).unwrap_or_else(|| panic!("STOCKBRIDGE_LIVE_{name} is missing"))
    }

    fn settings(transport: TransportSettings) -> ProviderSettings {
        let options = variable("OPTIONS").unwrap_or_default();
        let pair = |text: &str| text.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        ProviderSettings {
            client_id: variable("CLIENT_ID").unwrap_or_default(),
            client_secret: variable("CLIENT_SECRET").unwrap_or_default().into(),
            environment: variable("ENVIRONMENT"),
            endpoints: std::collections::BTreeMap::new(),
            webhook_key: variable("WEBHOOK_KEY").map(SecretString::from),
            options: options.split(';').filter_map(pair).collect(),
            transport,
        }
    }

    /// Runs of a real service keep its own limits and pauses.
    pub(super) async fn world(entry: &'static ProviderEntry, options: Options) -> World {
        let _ = options;
        let settings = settings(TransportSettings::default());
        let provider = (entry.build)(&settings).unwrap();
        let records = Arc::new(Records::default());
        let vault = match entry.capability.authorization {
            Authorization::Configured => None,
            Authorization::Consent => {
                let tokens = tokens(provider.as_ref(), &records).await;
                let grant = Grant { tokens, companies: Vec::new() };
                Some(Arc::new(Vault::new(provider.clone(), records.clone(), grant)))
            }
        };
        let company = match vault {
            Some(_) => required("COMPANY"),
            None => provider.configured_company(records.clone()).await.unwrap().external_id,
        };
        let folder = tempfile::tempdir().unwrap();
        World::of(entry, settings, provider, records, vault, company, None, None, folder)
    }

    /// Refreshes once per case, and keeps the new refresh token for the next.
    async fn tokens(provider: &dyn Provider, records: &Arc<Records>) -> TokenSet {
        let file = required("TOKEN_FILE");
        let kept = std::fs::read_to_string(&file).ok().map(|text| text.trim().to_owned());
        let token = kept.filter(|text| !text.is_empty()).unwrap_or_else(|| required("REFRESH_TOKEN"));
        let tokens = provider.refresh(&SecretString::from(token), records.clone()).await.unwrap();
        std::fs::write(&file, tokens.refresh_token.expose_secret()).unwrap();
        tokens
    }
}

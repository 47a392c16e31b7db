//! A company connected for one case: its sandbox or fixture, the provider built on it, a session that refreshes.
//!
//! Rule: every case starts with a company of its own; calls are quick to retry, so that a case waits for nothing real.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use chrono::{NaiveDate, Utc};
use providers::{
    Provider, ProviderError, Session, TokenSource,
    capability::Authorization,
    listing::{Listed, stream_pages},
    model::{
        AdjustmentDraft, AdjustmentLine, DocumentKind, DraftHead, ItemKind, JournalDraft, JournalLine, PostedDocument,
        RemoteItem, Side, Unusable,
    },
    provider::{AuthorizationRequest, Grant},
    registry::ProviderEntry,
    sandbox::{
        FaultReach, FaultTarget, RunningSandbox, SandboxAct, SandboxControl, SandboxError, SandboxFault,
        SandboxOptions, Trouble,
    },
    settings::{ProviderSettings, TransportSettings},
};
use rust_decimal::Decimal;
use tempfile::TempDir;
use url::Url;

use crate::{
    live,
    tokens::{NoTokens, Records, Vault},
};

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
            return live::world(entry).await;
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
    pub fn of(
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

    /// Acts as a person where the service may not have that at all.
    pub async fn act_if_there(&self, act: SandboxAct) -> Option<String> {
        let what = format!("{act:?}");
        match self.hand().act(&self.session.company, act).await {
            Ok(id) => Some(id),
            Err(SandboxError::Unsupported(thing)) => {
                println!("the service cannot {thing}");
                None
            }
            Err(error) => panic!("{what}: {error}"),
        }
    }

    /// An inventory item of which there is enough for any test.
    pub async fn goods(&self) -> String {
        let (kind, name) = (ItemKind::Inventory, "Enough for all".to_owned());
        let (price, cost, quantity) = (Decimal::TEN, Decimal::ONE, Decimal::from(1_000_000));
        self.act(SandboxAct::AddItem { name, sku: Some("ENOUGH".to_owned()), kind, price, cost, quantity }).await
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

/// The day that it is where the day begins last, so that it has come in every company.
pub fn today() -> NaiveDate {
    (Utc::now() - chrono::TimeDelta::hours(12)).date_naive()
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

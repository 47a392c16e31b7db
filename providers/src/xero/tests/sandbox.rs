//! The client against the sandbox: the whole life of a connection, whole collections, documents both ways, bad days.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{Days, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::decimal;
use crate::{
    error::{ErrorKind, Outcome, ProviderError},
    listing::{Listed, stream_pages},
    model::{
        Change, DocumentKind, DocumentState, DraftHead, ItemKind, JournalDraft, JournalLine, RecordKind, RemoteAccount,
        RemoteItem, RemoteSale, RemoteSupplier, SaleRef, SaleState, SalesDocumentKind, SalesWindow, Side,
        WebhookRequest,
    },
    provider::{AuthorizationRequest, Grant, Provider},
    sandbox::{
        FaultReach, FaultTarget, RunningSandbox, SandboxAct, SandboxFault, SandboxOptions, SandboxSale,
        SandboxSaleLine, Trouble,
    },
    session::{CallResult, Session, TokenSource},
    settings::{ProviderSettings, TransportSettings},
    testing::{Records, Stub, quick, reply},
    xero::ENTRY,
};

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

/// An organisation connected to a running sandbox.
struct Connection {
    sandbox: RunningSandbox,
    provider: Arc<dyn Provider>,
    vault: Arc<Vault>,
    records: Arc<Records>,
    session: Session,
}

fn redirect_uri() -> Url {
    Url::parse("http://localhost:1/callback").unwrap()
}

async fn connect() -> Connection {
    let options = SandboxOptions { throttle: false, ..SandboxOptions::default() };
    connect_with(options, quick()).await
}

async fn connect_with(options: SandboxOptions, transport: TransportSettings) -> Connection {
    let sandbox = (ENTRY.sandbox.unwrap())(options).await.unwrap();
    let settings = ProviderSettings { transport, ..sandbox.provider_settings() };
    let provider = (ENTRY.build)(&settings).unwrap();
    let records = Arc::new(Records::default());
    let all: Vec<String> = sandbox.control.companies().into_iter().map(|company| company.external_id).collect();
    let request = AuthorizationRequest { state: "state-1".to_owned(), redirect_uri: redirect_uri() };
    let page = provider.authorization_url(&request, records.clone()).await.unwrap();
    let back = sandbox.control.consent(&page, &all).await.unwrap();
    let callback = provider.parse_callback(&back).unwrap();
    assert_eq!((callback.state.as_str(), callback.company.as_deref()), ("state-1", None));
    let grant = provider.exchange_code(&callback, &redirect_uri(), records.clone()).await.unwrap();
    let error = provider.exchange_code(&callback, &redirect_uri(), records.clone()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::ConnectionExpired, "a code is good once");
    let mut given: Vec<String> = grant.companies.iter().map(|company| company.external_id.clone()).collect();
    let company = all[0].clone();
    let mut expected = all;
    given.sort();
    expected.sort();
    assert_eq!(given, expected, "one consent, several organisations");
    let vault = Arc::new(Vault { provider: provider.clone(), records: records.clone(), grant: Mutex::new(grant) });
    let session = Session { company, tokens: vault.clone(), observer: records.clone() };
    Connection { sandbox, provider, vault, records, session }
}

impl Connection {
    async fn act(&self, act: SandboxAct) -> String {
        self.sandbox.control.act(&self.session.company, act).await.unwrap()
    }

    /// Every record of a collection.
    async fn all<T: Listed>(&self) -> Vec<T> {
        let mut pages = stream_pages::<T>(self.provider.clone(), self.session.clone(), None, 4).await.unwrap();
        let mut records = Vec::new();
        while let Some(page) = pages.next().await {
            let (_, page) = page.unwrap();
            assert_eq!(page.unusable, []);
            records.extend(page.records);
        }
        records
    }

    async fn item(&self) -> RemoteItem {
        let items = self.all::<RemoteItem>().await;
        items.into_iter().find(|item| item.kind == ItemKind::NonInventory).unwrap()
    }

    /// An account that journals may use, of this type.
    async fn account(&self, kind: &str) -> String {
        let accounts = self.all::<RemoteAccount>().await;
        let usable = |account: &&RemoteAccount| account.active && account.kind == kind && account.sub_kind.is_none();
        accounts.iter().find(usable).unwrap().external_id.clone()
    }

    async fn draft(&self, number: u32) -> JournalDraft {
        let line = |account: String, side| JournalLine { account, side, amount: decimal("340.55"), description: None };
        let lines =
            vec![line(self.account("EXPENSE").await, Side::Debit), line(self.account("REVENUE").await, Side::Credit)];
        let head = DraftHead {
            request_id: format!("export-{number}"),
            reference: format!("SB-{number}"),
            date: today(),
            memo: format!("Build B-{number}"),
        };
        JournalDraft { head, as_draft: false, lines }
    }

    async fn sales(&self, kinds: &[SalesDocumentKind]) -> Vec<RemoteSale> {
        let window = SalesWindow { kinds: kinds.to_vec(), from: today() - Days::new(1), changed_since: None };
        let mut at = self.provider.open_sales(&self.session, &window, None).await.unwrap().cursors.pop();
        let mut sales = Vec::new();
        while let Some(cursor) = at {
            let page = self.provider.sales(&self.session, &window, &cursor).await.unwrap();
            assert_eq!(page.unusable, []);
            sales.extend(page.records);
            at = page.next;
        }
        sales
    }

    async fn break_next(&self, trouble: Trouble, target: FaultTarget) {
        let fault = SandboxFault { trouble, target, reach: FaultReach::Next(1) };
        self.sandbox.control.inject(fault).await.unwrap();
    }

    async fn counted(&self, draft: &JournalDraft) -> usize {
        let (company, reference) = (&self.session.company, &draft.head.reference);
        self.sandbox.control.count_posted(company, DocumentKind::JournalEntry, reference).await.unwrap()
    }
}

fn today() -> NaiveDate {
    Utc::now().date_naive()
}

fn sold(kind: SalesDocumentKind, item: &str, quantity: &str, price: &str) -> SandboxSale {
    let line = SandboxSaleLine {
        item: Some(item.to_owned()),
        quantity: decimal(quantity),
        price: decimal(price),
        discount: Decimal::ZERO,
        taxed: true,
    };
    SandboxSale {
        kind,
        number: None,
        date: today(),
        lines: vec![line],
        discount: Decimal::ZERO,
        shipping: Decimal::ZERO,
        tax: Decimal::ZERO,
        currency: None,
        applies_to: None,
        customer: 0,
    }
}

#[tokio::test]
async fn a_connection_lives_from_consent_to_revocation() {
    let Connection { sandbox, provider, vault, records, session } = connect().await;
    let company = provider.company(&session).await.unwrap();
    let known = &sandbox.control.companies()[0];
    assert_eq!((&company.external_id, Some(&company.name)), (&session.company, known.name.as_ref()));
    assert!(company.home_currency.is_some() && company.time_zone.is_some(), "{company:?}");

    let first = vault.access();
    vault.replace_token(&first).await.unwrap();
    assert_ne!(vault.access().expose_secret(), first.expose_secret());
    provider.company(&session).await.unwrap();

    let refresh_token = vault.refresh_token();
    for company in sandbox.control.companies() {
        let company = Some(company.external_id.as_str());
        provider.revoke(&refresh_token, company, records.clone()).await.unwrap();
        provider.revoke(&refresh_token, company, records.clone()).await.unwrap();
    }
    let error = provider.refresh(&refresh_token, records.clone()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::ConnectionExpired);
    assert_eq!(provider.company(&session).await.unwrap_err().kind, ErrorKind::ConnectionExpired);

    let said = format!("{:?}", records.all());
    let secrets = [&first, &vault.access(), &refresh_token, &sandbox.client_secret];
    assert!(secrets.iter().all(|secret| !said.contains(secret.expose_secret())), "a secret was recorded");
    assert!(records.all().iter().all(|record| record.trace_id.is_some()), "every answer has a trace id");
    sandbox.stop().await.unwrap();
}

/// The lost answer of a refresh is asked for again with the same token, within its 30 minutes of grace (§1.2).
#[tokio::test]
async fn a_refresh_whose_answer_is_lost_ends_nothing() {
    let connection = connect().await;
    let old = connection.vault.refresh_token();
    connection.break_next(Trouble::Reset { committed: true }, FaultTarget::Tokens).await;
    let tokens = connection.provider.refresh(&old, connection.records.clone()).await.unwrap();
    assert_ne!(tokens.refresh_token.expose_secret(), old.expose_secret());
    connection.sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn collections_are_read_whole() {
    let options = SandboxOptions { throttle: false, extra_items: 1200, ..SandboxOptions::default() };
    let connection = connect_with(options, quick()).await;
    let items = connection.all::<RemoteItem>().await;
    assert!(items.len() > 1200, "{}", items.len());
    let ids: std::collections::BTreeSet<&str> = items.iter().map(|item| item.external_id.as_str()).collect();
    assert_eq!(ids.len(), items.len(), "no item twice");
    assert!(items.iter().all(|item| ENTRY.capability.item_kinds.contains(&item.kind)));
    let accounts = connection.all::<RemoteAccount>().await;
    let known: std::collections::BTreeSet<&str> = accounts.iter().map(|account| account.external_id.as_str()).collect();
    let named =
        |item: &RemoteItem| [item.income_account.clone(), item.expense_account.clone(), item.asset_account.clone()];
    assert!(items.iter().flat_map(named).flatten().all(|id| known.contains(id.as_str())));
    assert!(items.iter().any(|item| item.income_account.is_some()), "codes were looked up");
    for item in items.iter().filter(|item| item.kind == ItemKind::Inventory) {
        assert!(item.quantity_on_hand.is_some() && item.asset_account.is_some(), "{item:?}");
    }
    assert!(!connection.all::<RemoteSupplier>().await.is_empty());
    connection.sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn sales_are_read_edited_voided_and_taken_back() {
    let connection = connect().await;
    let item = connection.item().await.external_id;
    let since = connection.provider.changes_since(Utc::now() - TimeDelta::minutes(1)).unwrap();
    let invoice = SandboxAct::Sell(sold(SalesDocumentKind::Invoice, &item, "3", "19.99"));
    let invoice = SaleRef { kind: SalesDocumentKind::Invoice, external_id: connection.act(invoice).await };
    let note =
        SandboxSale { applies_to: Some(invoice.clone()), ..sold(SalesDocumentKind::CreditMemo, &item, "1", "19.99") };
    let note = SaleRef { kind: note.kind, external_id: connection.act(SandboxAct::Sell(note)).await };

    let read = connection.provider.sale(&connection.session, &invoice).await.unwrap();
    assert_eq!((read.state, read.date, read.total), (SaleState::Posted, today(), decimal("59.97")));
    assert_eq!((read.currency.as_deref(), read.lines[0].item.as_ref()), (None, Some(&item)));
    let all = connection.sales(&[SalesDocumentKind::Invoice, SalesDocumentKind::CreditMemo]).await;
    assert_eq!(all.iter().filter(|sale| sale.external_id == invoice.external_id).collect::<Vec<_>>(), [&read]);
    let taken_back = all.iter().find(|sale| sale.external_id == note.external_id).unwrap();
    assert_eq!((taken_back.kind, &taken_back.applies_to), (SalesDocumentKind::CreditMemo, &vec![invoice.clone()]));

    let other = SandboxAct::Sell(sold(SalesDocumentKind::Invoice, &item, "1", "5"));
    let other = SaleRef { kind: SalesDocumentKind::Invoice, external_id: connection.act(other).await };
    connection.act(SandboxAct::EditSale { sale: other.clone(), quantity: decimal("4") }).await;
    let edited = connection.provider.sale(&connection.session, &other).await.unwrap();
    assert_eq!((edited.lines[0].quantity, edited.total), (decimal("4"), decimal("20")));
    connection.act(SandboxAct::VoidSale(other.clone())).await;
    let voided = connection.provider.sale(&connection.session, &other).await.unwrap();
    assert_eq!(voided.state, SaleState::Voided);

    let kinds = [RecordKind::Sale(SalesDocumentKind::Invoice)];
    let set = connection.provider.changes(&connection.session, &since, &kinds).await.unwrap();
    let changed = |change: &Change| matches!(change, Change::Sale(sale) if **sale == voided);
    assert!(set.changes.iter().any(changed) && set.deletions_known, "{:?}", set.changes);
    connection.sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn a_journal_is_posted_found_read_and_voided() {
    let connection = connect().await;
    let (provider, session) = (&connection.provider, &connection.session);
    let draft = connection.draft(1).await;
    let kind = DocumentKind::JournalEntry;
    assert_eq!(provider.find_posted(session, kind, "SB-1", today()).await, Ok(vec![]));
    let posted = provider.post_journal(session, &draft).await.unwrap();
    assert_eq!((posted.state, posted.memo.as_deref()), (DocumentState::Posted, Some("Build B-1")));
    assert_eq!(posted.content, crate::model::DocumentContent::Journal { lines: draft.lines.clone() });
    assert_eq!(provider.find_posted(session, kind, "SB-1", today()).await, Ok(vec![posted.clone()]));
    assert_eq!(provider.read_posted(session, kind, &posted.external_id).await, Ok(posted.clone()));
    assert_eq!(connection.counted(&draft).await, 1);

    let report = provider.account_balances(session, None).await.unwrap();
    let books = connection.sandbox.control.trial_balance(&session.company).await.unwrap();
    let sorted = |rows: Vec<crate::model::AccountBalance>| {
        let rows = rows.into_iter().filter(|row| !row.balance.is_zero());
        rows.map(|row| (row.account, row.balance.normalize())).collect::<std::collections::BTreeMap<_, _>>()
    };
    assert_eq!(sorted(report.rows), sorted(books));

    connection.act(SandboxAct::RemoveDocument { kind, external_id: posted.external_id.clone() }).await;
    let read = provider.read_posted(session, kind, &posted.external_id).await.unwrap();
    assert_eq!((read.state, connection.counted(&draft).await), (DocumentState::Voided, 0));
    let as_draft = JournalDraft { as_draft: true, ..connection.draft(2).await };
    assert_eq!(provider.post_journal(session, &as_draft).await.unwrap().state, DocumentState::Draft);
    connection.sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn closed_books_and_unknown_accounts_post_nothing() {
    let connection = connect().await;
    let mut draft = connection.draft(1).await;
    connection.act(SandboxAct::CloseBooks(Some(today()))).await;
    let company = connection.provider.company(&connection.session).await.unwrap();
    assert_eq!(company.book_close_date, Some(today()));
    let error = connection.provider.post_journal(&connection.session, &draft).await.unwrap_err();
    assert_eq!((error.kind, error.outcome), (ErrorKind::PeriodClosed, Outcome::NotApplied), "{error}");
    connection.act(SandboxAct::CloseBooks(None)).await;
    draft.lines[0].account = "5ad3b5a4-8f3a-4b0d-a2cf-06d2d2d8b5b1".to_owned();
    draft.head.request_id = "export-other".to_owned();
    let error = connection.provider.post_journal(&connection.session, &draft).await.unwrap_err();
    assert_eq!((error.kind, error.outcome), (ErrorKind::Rejected, Outcome::NotApplied), "{error}");
    assert_eq!(connection.counted(&draft).await, 0);
    connection.sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn a_posted_journal_whose_answer_is_lost_is_found_and_not_posted_twice() {
    let troubles = [
        Trouble::Status { status: 503, committed: true },
        Trouble::Reset { committed: true },
        Trouble::CutOff { committed: true },
        Trouble::Html { committed: true },
    ];
    let connection = connect().await;
    for (number, trouble) in (10..).zip(troubles) {
        let draft = connection.draft(number).await;
        connection.break_next(trouble, FaultTarget::Writes).await;
        let error = connection.provider.post_journal(&connection.session, &draft).await.unwrap_err();
        assert_eq!((error.outcome, error.attempts), (Outcome::Unknown, 1), "{trouble:?}: {error}");
        let kind = DocumentKind::JournalEntry;
        let found = connection.provider.find_posted(&connection.session, kind, &draft.head.reference, today()).await;
        assert_eq!((found.unwrap().len(), connection.counted(&draft).await), (1, 1), "{trouble:?}");
    }
    connection.sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn the_limits_of_the_service_are_used_up_and_never_run_into() {
    let options = SandboxOptions { throttle: true, ..SandboxOptions::default() };
    let connection = connect_with(options, TransportSettings::default()).await;
    let cursor = crate::model::PageCursor("all".to_owned());
    let calls = (0..20).map(|_| connection.provider.accounts(&connection.session, &cursor));
    for answer in futures::future::join_all(calls).await {
        answer.unwrap();
    }
    let refused = connection.records.all().into_iter().filter(|record| record.result != CallResult::Ok);
    let refused: Vec<_> = refused.filter(|record| record.operation == "account.list").collect();
    assert_eq!(refused.len(), 0, "five at once and no more: {refused:?}");
    connection.sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn a_change_is_announced_with_a_signature() {
    let connection = connect().await;
    let stub = Stub::start(|_, _| reply(200, "")).await;
    let key = connection.sandbox.webhook_key.clone();
    connection.act(SandboxAct::SendWebhooks { to: stub.url.clone(), key, format: None }).await;
    let item = connection.item().await.external_id;
    let id = connection.act(SandboxAct::Sell(sold(SalesDocumentKind::Invoice, &item, "1", "5"))).await;
    let event = loop {
        let announced = stub.seen().iter().find_map(|seen| {
            let headers: Vec<(String, String)> = seen
                .headers
                .iter()
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
                .collect();
            let request = WebhookRequest { headers: &headers, body: seen.body.as_bytes() };
            let events = connection.provider.webhook(&request).ok()?;
            events.into_iter().find(|event| event.external_id == id)
        });
        match announced {
            Some(event) => break event,
            None => stub.arrival().await,
        }
    };
    assert_eq!((event.company.as_str(), event.entity.as_str()), (connection.session.company.as_str(), "INVOICE"));
    assert_eq!(event.kind, Some(RecordKind::Sale(SalesDocumentKind::Invoice)));
    connection.sandbox.stop().await.unwrap();
}

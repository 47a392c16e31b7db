//! What a provider says of itself is true, and it tells no secret.

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex, OnceLock},
};

use chrono::Utc;
use providers::{
    ErrorKind, ProviderError,
    model::{
        Collection, DocumentKind, LedgerWindow, RecordKind, RecordRef, ReportDates, SaleRef, SalesDocumentKind,
        SalesWindow, WebhookRequest,
    },
    provider::Callback,
    registry::ProviderEntry,
    sandbox::{FaultTarget, SandboxAct, Trouble},
};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::{
    cases, operations,
    plan::Need,
    world::{Draft, World, redirect_uri, request, today},
};

cases! { "honesty" {
    provider_is_the_one_of_its_entry: [],
    what_the_capability_denies_is_unsupported: [],
    what_the_capability_names_is_not_unsupported: [Need::Hand],
    unsupported_costs_no_call: [],
    no_secret_in_debug_errors_records_or_logs: [Need::Consent, Need::Service],
} }

async fn provider_is_the_one_of_its_entry(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    assert_eq!((world.provider.id(), world.provider.name()), (entry.id, entry.name));
    assert_eq!(world.provider.capability(), &entry.capability);
}

const EVERY_SALE: [SalesDocumentKind; 4] = [
    SalesDocumentKind::Invoice,
    SalesDocumentKind::SalesReceipt,
    SalesDocumentKind::CreditMemo,
    SalesDocumentKind::Refund,
];

/// Everything that the capability denies, with what the provider answers.
async fn denied(world: &World) -> Vec<(String, Result<(), ProviderError>)> {
    let (provider, session, able) = (&world.provider, &world.session, &world.entry.capability);
    let records = || world.records.clone();
    let mut answers: Vec<(String, Result<(), ProviderError>)> = Vec::new();
    let mut add = |name: &str, answer: Result<(), ProviderError>| answers.push((name.to_owned(), answer));
    if Need::Configured.of(world.entry).0 {
        let token = SecretString::from("token");
        add("authorization_url", provider.authorization_url(&request("s"), records()).await.map(|_| ()));
        add("refresh", provider.refresh(&token, records()).await.map(|_| ()));
        add("revoke", provider.revoke(&token, Some(&session.company), records()).await);
        let callback = Url::parse("http://localhost/?code=1&state=2").unwrap();
        add("parse_callback", provider.parse_callback(&callback).map(|_| ()));
    } else {
        add("configured_company", provider.configured_company(records()).await.map(|_| ()));
    }
    if !able.suppliers {
        add("suppliers", provider.open_listing(session, Collection::Suppliers, None).await.map(|_| ()));
        add("suppliers", provider.suppliers(session, &providers::model::PageCursor("1".to_owned())).await.map(|_| ()));
    }
    for kind in EVERY_SALE.into_iter().filter(|kind| !able.sales_documents.contains(kind)) {
        let window = SalesWindow { kinds: vec![kind], from: today(), changed_since: None };
        let reference = SaleRef { kind, external_id: "1".to_owned() };
        add("open_sales", provider.open_sales(session, &window, None).await.map(|_| ()));
        add("sale", provider.sale(session, &reference).await.map(|_| ()));
        if able.change_feed {
            let since = provider.changes_since(Utc::now()).unwrap();
            add("changes", provider.changes(session, &since, &[RecordKind::Sale(kind)]).await.map(|_| ()));
        }
    }
    if !able.bills {
        add("bill", provider.bill(session, "1").await.map(|_| ()));
        if able.change_feed {
            let since = provider.changes_since(Utc::now()).unwrap();
            add("changes", provider.changes(session, &since, &[RecordKind::Bill]).await.map(|_| ()));
        }
    }
    if !able.change_feed {
        add("changes_since", provider.changes_since(Utc::now()).map(|_| ()));
        let cursor = providers::model::ChangeCursor("1".to_owned());
        add("changes", provider.changes(session, &cursor, &[RecordKind::Item]).await.map(|_| ()));
    }
    for kind in operations::KINDS {
        let can = match kind {
            DocumentKind::JournalEntry => able.journal_entries,
            DocumentKind::InventoryAdjustment => able.inventory_adjustments,
        };
        if !can {
            add("find_posted", provider.find_posted(session, kind, "R", today()).await.map(|_| ()));
            add("read_posted", provider.read_posted(session, kind, "1").await.map(|_| ()));
            add("post", world.post(&any_draft(world, kind)).await.map(|_| ()));
        }
    }
    if able.journal_entries && !able.journal_drafts {
        let Draft::Journal(mut draft) = any_draft(world, DocumentKind::JournalEntry) else { return answers };
        draft.as_draft = true;
        add("journal as a draft", provider.post_journal(session, &draft).await.map(|_| ()));
    }
    let deny = |dates, as_of: bool| dates == ReportDates::None || (as_of && dates == ReportDates::Now);
    for as_of in [None, Some(today())] {
        if deny(able.account_balances, as_of.is_some()) {
            add("account_balances", provider.account_balances(session, as_of).await.map(|_| ()));
        }
        if deny(able.item_valuation, as_of.is_some()) {
            add("item_valuation", provider.item_valuation(session, as_of).await.map(|_| ()));
        }
    }
    if !able.ledger_lines {
        let window = LedgerWindow { accounts: vec!["1".to_owned()], from: today(), to: today() };
        add("ledger_lines", provider.ledger_lines(session, &window, None).await.map(|_| ()));
    }
    if !able.webhooks {
        add("webhook", provider.webhook(&WebhookRequest { headers: &[], body: b"{}" }).map(|_| ()));
    }
    answers
}

fn any_draft(world: &World, kind: DocumentKind) -> Draft {
    match kind {
        DocumentKind::JournalEntry => {
            Draft::Journal(crate::world::journal(world.head(), "1", "2", rust_decimal::dec!(1)))
        }
        DocumentKind::InventoryAdjustment => Draft::Adjustment(providers::model::AdjustmentDraft {
            head: world.head(),
            account: "1".to_owned(),
            lines: vec![providers::model::AdjustmentLine { item: "1".to_owned(), quantity: rust_decimal::dec!(1) }],
        }),
    }
}

async fn what_the_capability_denies_is_unsupported(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    for (name, answer) in denied(&world).await {
        let Err(error) = answer else { panic!("{name} works, and the capability denies it") };
        assert_eq!(error.kind, ErrorKind::Unsupported, "{name}: {error}");
        assert!(error.message.contains(entry.name), "{error}");
    }
    if !entry.capability.deep_links {
        for kind in [RecordKind::Item, RecordKind::Account, RecordKind::Document(DocumentKind::JournalEntry)] {
            let record = RecordRef { kind, external_id: "1".to_owned() };
            assert_eq!(world.provider.document_url(&world.session.company, &record), None);
        }
    }
}

async fn what_the_capability_names_is_not_unsupported(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let known = operations::known(&world).await;
    for operation in operations::able_reads(&world) {
        let answer = (operation.run)(&world, &known).await;
        assert!(answer.is_ok(), "{}: {answer:?}", operation.name);
    }
}

async fn unsupported_costs_no_call(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    world.records.clear();
    let answers = denied(&world).await;
    let calls: Vec<_> = world.records.all().into_iter().map(|record| record.operation).collect();
    assert_eq!(calls, [""; 0], "{} answers without asking", answers.len());
}

/// Everything that was logged in this process.
#[derive(Default, Clone)]
struct Logged(Arc<Mutex<String>>);

impl tracing::Subscriber for Logged {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        span.record(&mut self.clone());
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, values: &tracing::span::Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

impl tracing::field::Visit for Logged {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        let _ = writeln!(self.0.lock().unwrap(), "{field}={value:?}");
    }
}

/// One for the process, since there is only one place for it.
fn listen() -> Logged {
    static LOGGED: OnceLock<Logged> = OnceLock::new();
    LOGGED
        .get_or_init(|| {
            let logged = Logged::default();
            let _ = tracing::subscriber::set_global_default(logged.clone());
            logged
        })
        .clone()
}

const MADE_UP_CODE: &str = "made-up-code-4711-secret";

/// A callback with a code that the service never gave.
async fn made_up_callback(world: &World) -> Callback {
    let page = world.provider.authorization_url(&request("state-9"), world.records.clone()).await.unwrap();
    let back = world.hand().consent(&page, std::slice::from_ref(&world.session.company)).await.unwrap();
    Callback { code: SecretString::from(MADE_UP_CODE), ..world.provider.parse_callback(&back).unwrap() }
}

async fn no_secret_in_debug_errors_records_or_logs(entry: &'static ProviderEntry) {
    let logged = listen();
    let world = World::start(entry).await;
    let known = operations::known(&world).await;
    let mut told = format!("{:?} {:?} {:?} {:?}", world.provider, world.settings, world.session, world.vault().grant);
    let made_up = made_up_callback(&world).await;
    let refused = world.provider.exchange_code(&made_up, &redirect_uri(), world.records.clone()).await;
    let _ = write!(told, "{made_up:?} {refused:?}");
    world.act(SandboxAct::ExpireAccessTokens).await;
    world.items().await;
    let troubles = [
        Trouble::Status { status: 500, committed: false },
        Trouble::Html { committed: false },
        Trouble::CutOff { committed: false },
        Trouble::TokenExpired,
    ];
    for trouble in troubles {
        world.always(trouble, FaultTarget::Any).await;
        for operation in operations::reads(&world, &known) {
            let error = (operation.run)(&world, &known).await.unwrap_err();
            let _ = write!(told, "{error} {error:?}");
        }
        world.hand().calm().await;
        world.always(trouble, FaultTarget::Tokens).await;
        let token = world.vault().refresh_token().await;
        if let Err(error) = world.provider.refresh(&token, world.records.clone()).await {
            let _ = write!(told, "{error} {error:?}");
        }
        world.hand().calm().await;
    }
    let token = world.vault().refresh_token().await;
    let _ = world.provider.revoke(&token, Some(&world.session.company), world.records.clone()).await;
    let _ = write!(told, "{:?}", world.records.all());
    told.push_str(&logged.0.lock().unwrap());
    assert!(told.contains("provider call"), "nothing was logged");
    let mut secrets = world.vault().issued();
    secrets.push(MADE_UP_CODE.to_owned());
    secrets.push(world.settings.client_secret.expose_secret().to_owned());
    secrets.extend(world.settings.webhook_key.iter().map(|key| key.expose_secret().to_owned()));
    for secret in secrets {
        let at = told.find(&secret);
        assert!(
            at.is_none(),
            "a secret is told: {}",
            at.map(|at| &told[at.saturating_sub(80)..at]).unwrap_or_default()
        );
    }
}

//! The provider against the sandbox's books: sold, voided, deleted, told of, posted, found, read back, reported, announced.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, Utc};
use rust_decimal::{Decimal, dec};

use super::sandbox::{Connection, all, connect};
use crate::{
    error::{ErrorKind, Outcome},
    model::{
        AdjustmentDraft, AdjustmentLine, Change, ChangeCursor, DocumentContent, DocumentKind, DraftHead, ItemKind,
        JournalDraft, JournalLine, RecordKind, RecordRef, RemoteAccount, RemoteItem, RemoteSale, SaleRef, SaleState,
        SalesDocumentKind, SalesWindow, Side, WebhookRequest,
    },
    sandbox::{FaultReach, FaultTarget, SandboxAct, SandboxFault, SandboxSale, SandboxSaleLine, Trouble},
    testing::{Stub, reply},
};

const KINDS: [SalesDocumentKind; 4] = [
    SalesDocumentKind::Invoice,
    SalesDocumentKind::SalesReceipt,
    SalesDocumentKind::CreditMemo,
    SalesDocumentKind::Refund,
];

fn day() -> NaiveDate {
    Utc::now().date_naive() - chrono::TimeDelta::days(2)
}

impl Connection {
    async fn act(&self, act: SandboxAct) -> String {
        self.sandbox.control.act(&self.session.company, act).await.unwrap()
    }

    async fn item(&self, name: &str, price: Decimal, cost: Decimal, quantity: Decimal) -> String {
        let kind = ItemKind::Inventory;
        let (name, sku) = (name.to_owned(), None);
        self.act(SandboxAct::AddItem { name, sku, kind, price, cost, quantity }).await
    }

    async fn sell(&self, sale: SandboxSale) -> SaleRef {
        let kind = sale.kind;
        SaleRef { kind, external_id: self.act(SandboxAct::Sell(sale)).await }
    }

    /// All sales since a year, each once.
    async fn sales(&self, kinds: &[SalesDocumentKind]) -> Vec<RemoteSale> {
        let from = day() - chrono::TimeDelta::days(365);
        let window = SalesWindow { kinds: kinds.to_vec(), from, changed_since: None };
        let listing = self.provider.open_sales(&self.session, &window, None).await.unwrap();
        let (mut next, mut sales) = (listing.cursors.into_iter().next(), BTreeMap::new());
        while let Some(cursor) = next {
            let page = self.provider.sales(&self.session, &window, &cursor).await.unwrap();
            assert_eq!(page.unusable, []);
            sales.extend(page.records.into_iter().map(|sale| ((sale.kind, sale.external_id.clone()), sale)));
            next = page.next;
        }
        sales.into_values().collect()
    }

    async fn changes(&self, since: &ChangeCursor) -> (Vec<Change>, bool) {
        let kinds: Vec<RecordKind> = KINDS.map(RecordKind::Sale).into_iter().chain([RecordKind::Item]).collect();
        let (mut next, mut changes, mut known) = (since.clone(), Vec::new(), true);
        loop {
            let set = self.provider.changes(&self.session, &next, &kinds).await.unwrap();
            changes.extend(set.changes);
            known &= set.deletions_known;
            if !set.more {
                return (changes, known);
            }
            next = set.next;
        }
    }

    async fn account(&self, sub_kind: &str) -> String {
        let (accounts, _) = all::<RemoteAccount>(self).await;
        let found =
            accounts.into_iter().find(|account| account.sub_kind.as_deref() == Some(sub_kind) && account.active);
        found.unwrap_or_else(|| panic!("no account of sub kind {sub_kind}")).external_id
    }

    async fn break_writes(&self, trouble: Trouble) {
        let fault = SandboxFault { trouble, target: FaultTarget::Writes, reach: FaultReach::Next(1) };
        self.sandbox.control.inject(fault).await.unwrap();
    }
}

fn line(item: &str, quantity: Decimal, price: Decimal) -> SandboxSaleLine {
    SandboxSaleLine { item: Some(item.to_owned()), quantity, price, discount: Decimal::ZERO, taxed: true }
}

fn sale(kind: SalesDocumentKind, lines: Vec<SandboxSaleLine>) -> SandboxSale {
    SandboxSale {
        kind,
        number: None,
        date: day(),
        lines,
        discount: Decimal::ZERO,
        shipping: Decimal::ZERO,
        tax: Decimal::ZERO,
        currency: None,
        applies_to: None,
        customer: 0,
    }
}

fn head(reference: &str) -> DraftHead {
    DraftHead {
        request_id: format!("series of {reference}"),
        reference: reference.to_owned(),
        date: day(),
        memo: "cycle count".to_owned(),
    }
}

fn adds_up(sale: &RemoteSale) {
    let net: Decimal = sale.lines.iter().map(|line| line.net).sum();
    assert_eq!(net + sale.shipping + sale.tax + sale.other, sale.total, "{sale:?}");
    assert!(sale.lines.iter().all(|line| line.gross - line.discount == line.net), "{sale:?}");
}

#[tokio::test]
async fn sales_of_every_kind_are_read_with_all_their_parts() {
    let connection = connect(0).await;
    let saw = connection.item("Coping saw", dec!(30), dec!(10), dec!(100)).await;
    let vice = connection.item("Bench vice", dec!(15), dec!(5), dec!(100)).await;
    for kind in KINDS {
        let sold = SandboxSale {
            discount: dec!(10.01),
            shipping: dec!(7.5),
            tax: dec!(3.21),
            ..sale(kind, vec![line(&saw, dec!(2), dec!(30)), line(&vice, dec!(1), dec!(15))])
        };
        let named = connection.sell(sold).await;
        let read = connection.provider.sale(&connection.session, &named).await.unwrap();
        adds_up(&read);
        assert_eq!((read.kind, read.state, read.date), (kind, SaleState::Posted, day()));
        assert_eq!((read.shipping, read.tax, read.other, read.total), (dec!(7.5), dec!(3.21), dec!(0), dec!(75.7)));
        let lines: Vec<_> =
            read.lines.iter().map(|line| (line.item.as_deref(), line.quantity, line.gross, line.discount)).collect();
        let expected = vec![
            (Some(saw.as_str()), dec!(2), dec!(60), dec!(8.01)),
            (Some(vice.as_str()), dec!(1), dec!(15), dec!(2)),
        ];
        assert_eq!(lines, expected);
        assert!(connection.sales(&[kind]).await.contains(&read), "the listing says the same");
    }
    let kinds: BTreeSet<_> = connection.sales(&KINDS).await.into_iter().map(|sale| sale.kind).collect();
    assert_eq!(kinds.len(), 4);
    connection.sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn a_bundle_is_read_as_its_parts() {
    let connection = connect(0).await;
    let saw = connection.item("Coping saw", dec!(30), dec!(10), dec!(100)).await;
    let vice = connection.item("Bench vice", dec!(15), dec!(5), dec!(100)).await;
    let parts = vec![(saw.clone(), dec!(2)), (vice.clone(), dec!(1))];
    let bundle = connection.act(SandboxAct::AddBundle { name: "Starter set".to_owned(), parts }).await;
    let named = connection.sell(sale(SalesDocumentKind::Invoice, vec![line(&bundle, dec!(3), dec!(75))])).await;
    let read = connection.provider.sale(&connection.session, &named).await.unwrap();
    adds_up(&read);
    let lines: Vec<_> = read
        .lines
        .iter()
        .map(|line| (line.item.as_deref().unwrap(), line.bundle.as_deref().unwrap(), line.quantity))
        .collect();
    assert_eq!(lines, [(saw.as_str(), bundle.as_str(), dec!(6)), (vice.as_str(), bundle.as_str(), dec!(3))]);
    assert_eq!(read.other, dec!(0));
    connection.sandbox.stop().await.unwrap();
}

/// Statements 106 and 107: a void and a deletion are facts, and are told of.
#[tokio::test]
async fn voids_and_deletions_are_facts() {
    let connection = connect(0).await;
    let saw = connection.item("Coping saw", dec!(30), dec!(10), dec!(100)).await;
    let sold = || sale(SalesDocumentKind::Invoice, vec![line(&saw, dec!(2), dec!(30))]);
    let (kept, voided, deleted) =
        (connection.sell(sold()).await, connection.sell(sold()).await, connection.sell(sold()).await);
    let since = connection.provider.changes_since(Utc::now()).unwrap();
    connection.act(SandboxAct::VoidSale(voided.clone())).await;
    connection.act(SandboxAct::DeleteSale(deleted.clone())).await;
    connection.act(SandboxAct::EditSale { sale: kept.clone(), quantity: dec!(5) }).await;

    let read = connection.provider.sale(&connection.session, &voided).await.unwrap();
    assert_eq!((read.state, read.total), (SaleState::Voided, dec!(0)));
    adds_up(&read);
    let error = connection.provider.sale(&connection.session, &deleted).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
    let read = connection.provider.sale(&connection.session, &kept).await.unwrap();
    assert_eq!((read.lines[0].quantity, read.total), (dec!(5), dec!(150)));

    let (changes, known) = connection.changes(&since).await;
    assert!(known);
    let gone = RecordRef { kind: RecordKind::Sale(deleted.kind), external_id: deleted.external_id.clone() };
    let is_gone = |change: &Change| matches!(change, Change::Deleted { record, .. } if *record == gone);
    assert_eq!(changes.iter().filter(|change| is_gone(change)).count(), 1, "{changes:?}");
    let states: BTreeMap<String, SaleState> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Sale(sale) => Some((sale.external_id.clone(), sale.state)),
            _ => None,
        })
        .collect();
    assert_eq!(states.get(&voided.external_id), Some(&SaleState::Voided));
    assert_eq!(states.get(&kept.external_id), Some(&SaleState::Posted));
    assert!(!states.contains_key(&deleted.external_id));
    connection.sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn an_adjustment_is_posted_once_and_found_and_read_back() {
    let connection = connect(0).await;
    let saw = connection.item("Coping saw", dec!(30), dec!(10), dec!(100)).await;
    let account = connection.account("SuppliesMaterialsCogs").await;
    let draft = AdjustmentDraft {
        head: head("SB-000000481"),
        account: account.clone(),
        lines: vec![AdjustmentLine { item: saw.clone(), quantity: dec!(-2.5) }],
    };
    let (provider, session) = (&connection.provider, &connection.session);
    let posted = provider.post_adjustment(session, &draft).await.unwrap();
    assert_eq!(provider.post_adjustment(session, &draft).await.unwrap(), posted, "the same answer as the first time");
    let kind = DocumentKind::InventoryAdjustment;
    let counted = connection.sandbox.control.count_posted(&session.company, kind, "SB-000000481").await.unwrap();
    assert_eq!(counted, 1);
    let content = DocumentContent::Adjustment { account: Some(account), lines: draft.lines.clone() };
    assert_eq!((&posted.content, posted.date), (&content, day()));
    assert_eq!((posted.reference.as_deref(), posted.memo.as_deref()), (Some("SB-000000481"), Some("cycle count")));
    let found = provider.find_posted(session, kind, "SB-000000481", day()).await.unwrap();
    assert_eq!(found, std::slice::from_ref(&posted));
    assert_eq!(provider.find_posted(session, kind, "SB-000000482", day()).await.unwrap(), []);
    assert_eq!(provider.read_posted(session, kind, &posted.external_id).await.unwrap(), posted);
    let (items, _) = all::<RemoteItem>(&connection).await;
    let saw = items.iter().find(|item| item.external_id == saw).unwrap();
    assert_eq!(saw.quantity_on_hand, Some(dec!(97.5)));

    let external_id = posted.external_id.clone();
    connection.act(SandboxAct::RemoveDocument { kind, external_id: external_id.clone() }).await;
    let error = provider.read_posted(session, kind, &external_id).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
    assert_eq!(provider.find_posted(session, kind, "SB-000000481", day()).await.unwrap(), []);
    connection.sandbox.stop().await.unwrap();
}

async fn journal(connection: &Connection, reference: &str) -> JournalDraft {
    let line = |account: String, side| JournalLine { account, side, amount: dec!(340.55), description: None };
    JournalDraft {
        head: head(reference),
        as_draft: false,
        lines: vec![
            line(connection.account("SuppliesMaterialsCogs").await, Side::Debit),
            line(connection.account("SalesOfProductIncome").await, Side::Credit),
        ],
    }
}

#[tokio::test]
async fn a_journal_whose_answer_is_lost_is_posted_once() {
    let connection = connect(0).await;
    let kind = DocumentKind::JournalEntry;
    let troubles = [
        Trouble::Reset { committed: true },
        Trouble::Status { status: 500, committed: true },
        Trouble::CutOff { committed: true },
        Trouble::Html { committed: true },
        Trouble::Reset { committed: false },
        Trouble::TooManyRequests { retry_after: None },
    ];
    for (nth, trouble) in troubles.into_iter().enumerate() {
        let reference = format!("SB-{nth}");
        let draft = journal(&connection, &reference).await;
        connection.break_writes(trouble).await;
        let posted = connection.provider.post_journal(&connection.session, &draft).await.unwrap();
        assert_eq!(posted.content, DocumentContent::Journal { lines: draft.lines });
        let (company, provider) = (&connection.session.company, &connection.provider);
        let counted = connection.sandbox.control.count_posted(company, kind, &reference).await.unwrap();
        assert_eq!(counted, 1, "{trouble:?}");
        let found = provider.find_posted(&connection.session, kind, &reference, day()).await.unwrap();
        assert_eq!(found, [posted]);
    }
    connection.sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn closed_books_refuse_a_document_and_keep_nothing_of_it() {
    let connection = connect(0).await;
    connection.act(SandboxAct::CloseBooks(Some(day()))).await;
    let draft = journal(&connection, "SB-1").await;
    let error = connection.provider.post_journal(&connection.session, &draft).await.unwrap_err();
    assert_eq!((error.kind, error.outcome), (ErrorKind::PeriodClosed, Outcome::NotApplied));
    let kind = DocumentKind::JournalEntry;
    assert_eq!(connection.provider.find_posted(&connection.session, kind, "SB-1", day()).await.unwrap(), []);
    connection.sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn an_edited_document_shows_what_it_says_now() {
    let connection = connect(0).await;
    let (kind, draft) = (DocumentKind::JournalEntry, journal(&connection, "SB-1").await);
    let posted = connection.provider.post_journal(&connection.session, &draft).await.unwrap();
    connection.act(SandboxAct::EditDocument { kind, external_id: posted.external_id.clone() }).await;
    let read = connection.provider.read_posted(&connection.session, kind, &posted.external_id).await.unwrap();
    assert_ne!((&read.content, &read.version), (&posted.content, &posted.version));
    assert_eq!(read.reference.as_deref(), Some("SB-1"));
    connection.sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn reports_agree_with_the_books() {
    let connection = connect(0).await;
    let saw = connection.item("Coping saw", dec!(30), dec!(10), dec!(100)).await;
    connection.sell(sale(SalesDocumentKind::Invoice, vec![line(&saw, dec!(2), dec!(30))])).await;
    let draft = journal(&connection, "SB-1").await;
    connection.provider.post_journal(&connection.session, &draft).await.unwrap();
    let (control, company) = (&connection.sandbox.control, &connection.session.company);
    let today = Utc::now().date_naive();

    let mut values: BTreeMap<String, (Decimal, Decimal)> = BTreeMap::new();
    for row in control.valuation(company).await.unwrap() {
        values.insert(row.item, (row.quantity, row.value));
    }
    for day in [None, Some(today)] {
        let report = connection.provider.item_valuation(&connection.session, day).await.unwrap();
        assert_eq!(report.as_of, day);
        let told: BTreeMap<_, _> = report.rows.into_iter().map(|row| (row.item, (row.quantity, row.value))).collect();
        let held = |rows: &BTreeMap<String, (Decimal, Decimal)>| {
            let rows = rows.iter().filter(|(_, (quantity, value))| !quantity.is_zero() || !value.is_zero());
            rows.map(|(item, row)| (item.clone(), *row)).collect::<BTreeMap<_, _>>()
        };
        assert_eq!(held(&told), held(&values), "{day:?}");
    }

    let balances: BTreeMap<String, Decimal> =
        control.trial_balance(company).await.unwrap().into_iter().map(|row| (row.account, row.balance)).collect();
    let held = |rows: &BTreeMap<String, Decimal>| {
        rows.iter()
            .filter(|(_, balance)| !balance.is_zero())
            .map(|(id, balance)| (id.clone(), *balance))
            .collect::<BTreeMap<_, _>>()
    };
    let report = connection.provider.account_balances(&connection.session, Some(today)).await.unwrap();
    assert_eq!(report.as_of, Some(today));
    let told: BTreeMap<_, _> = report.rows.into_iter().map(|row| (row.account, row.balance)).collect();
    assert_eq!(held(&told), held(&balances));
    assert_eq!(told.values().sum::<Decimal>(), dec!(0));
    // Whether the accounts of income and expense carry a balance of their own is not settled; those of the others do.
    let report = connection.provider.account_balances(&connection.session, None).await.unwrap();
    let asset = connection.account("Inventory").await;
    let now: BTreeMap<_, _> = report.rows.into_iter().map(|row| (row.account, row.balance)).collect();
    assert_eq!(now.get(&asset), balances.get(&asset));
    connection.sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn webhooks_of_both_formats_are_verified_and_read() {
    let connection = connect(0).await;
    let saw = connection.item("Coping saw", dec!(30), dec!(10), dec!(100)).await;
    let stub = Stub::start(|_, _| reply(200, "")).await;
    for format in [None, Some("legacy".to_owned())] {
        let (to, key) = (stub.url.clone(), connection.sandbox.webhook_key.clone());
        connection.act(SandboxAct::SendWebhooks { to, key, format }).await;
        let sold = connection.sell(sale(SalesDocumentKind::Invoice, vec![line(&saw, dec!(2), dec!(30))])).await;
        let event = loop {
            stub.arrival().await;
            let seen = stub.seen();
            let found = seen.iter().find_map(|seen| {
                let header = |name: &str| (name.to_owned(), seen.header(name).to_owned());
                let headers = [header("intuit-signature"), header("content-type")];
                let request = WebhookRequest { headers: &headers, body: seen.body.as_bytes() };
                let events = connection.provider.webhook(&request).unwrap();
                events.into_iter().find(|event| event.external_id == sold.external_id)
            });
            if let Some(event) = found {
                break event;
            }
        };
        assert_eq!((&event.company, event.kind), (&connection.session.company, Some(RecordKind::Sale(sold.kind))));
        let forged = WebhookRequest { headers: &[("intuit-signature".to_owned(), "AAAA".to_owned())], body: b"[]" };
        assert_eq!(connection.provider.webhook(&forged).unwrap_err().kind, ErrorKind::Forged);
    }
    connection.sandbox.stop().await.unwrap();
}

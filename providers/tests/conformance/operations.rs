//! Every operation of the trait on one connected company, as values: what the fault cases and the honesty cases go through.
//!
//! Rule: an operation that the trait gains is added here once, and every fault meets it.

use std::pin::Pin;

use providers::{
    ProviderError,
    model::{
        AdjustmentDraft, AdjustmentLine, ChangeCursor, Collection, DocumentKind, LedgerWindow, PageCursor,
        PostedDocument, SaleRef, SalesDocumentKind, SalesWindow,
    },
    sandbox::FaultTarget,
};
use rust_decimal::dec;

use crate::{
    bills, changes,
    plan::Need,
    sales,
    world::{Draft, World, journal, today},
};

type Answer<'a> = Pin<Box<dyn Future<Output = Result<(), ProviderError>> + 'a>>;

/// One operation.
pub struct Operation {
    pub name: &'static str,
    /// What the capability must say for it to work.
    pub needs: &'static [Need],
    pub run: for<'a> fn(&'a World, &'a Known) -> Answer<'a>,
}

/// What must be there before the operations can be asked for it.
pub struct Known {
    pub items: PageCursor,
    pub accounts: PageCursor,
    pub suppliers: PageCursor,
    pub window: SalesWindow,
    pub sales: PageCursor,
    pub sale: SaleRef,
    pub bill: String,
    pub changes: ChangeCursor,
    pub posted: PostedDocument,
    pub expense: String,
    pub income: String,
    pub item: String,
    /// Names of the reads that make calls.
    asking: Vec<&'static str>,
}

/// Reads that the provider is able to do.
pub fn able_reads(world: &World) -> Vec<&'static Operation> {
    let able = |operation: &&Operation| operation.needs.iter().all(|need| need.of(world.entry).0);
    READS.iter().filter(able).collect()
}

/// Those of them that ask the service: what a provider knows without asking, no fault can take from it.
pub fn reads(world: &World, known: &Known) -> Vec<&'static Operation> {
    able_reads(world).into_iter().filter(|operation| known.asking.contains(&operation.name)).collect()
}

/// Does every read once while nothing is broken, and keeps those that made a call.
async fn learn_asking(world: &World, known: &mut Known) {
    for operation in able_reads(world) {
        world.records.clear();
        (operation.run)(world, known).await.unwrap_or_else(|error| panic!("{}: {error:?}", operation.name));
        if !world.records.all().is_empty() {
            known.asking.push(operation.name);
        }
    }
    assert!(!known.asking.is_empty());
}

macro_rules! operation {
    ($name:literal, [$($need:expr),*], |$world:ident, $known:ident| $call:expr) => {
        Operation {
            name: $name,
            needs: &[$($need),*],
            run: |$world, $known| Box::pin(async move { $call.await.map(|_| ()) }),
        }
    };
}

/// Everything that only asks.
pub const READS: &[Operation] = &[
    operation!("company", [], |w, _k| w.provider.company(&w.session)),
    operation!("open_listing items", [], |w, _k| w.provider.open_listing(&w.session, Collection::Items, None)),
    operation!("items", [], |w, k| w.provider.items(&w.session, &k.items)),
    operation!("accounts", [], |w, k| w.provider.accounts(&w.session, &k.accounts)),
    operation!("open_listing suppliers", [Need::Suppliers], |w, _k| w.provider.open_listing(
        &w.session,
        Collection::Suppliers,
        None
    )),
    operation!("suppliers", [Need::Suppliers], |w, k| w.provider.suppliers(&w.session, &k.suppliers)),
    operation!("open_sales", [Need::Sales], |w, k| w.provider.open_sales(&w.session, &k.window, None)),
    operation!("sales", [Need::Sales], |w, k| w.provider.sales(&w.session, &k.window, &k.sales)),
    operation!("sale", [Need::Sales], |w, k| w.provider.sale(&w.session, &k.sale)),
    operation!("bill", [Need::Bills], |w, k| w.provider.bill(&w.session, &k.bill)),
    operation!("changes", [Need::Changes], |w, k| async {
        w.provider.changes(&w.session, &k.changes, &changes::kinds(w.entry)).await
    }),
    operation!("find_posted", [Need::Posting], |w, k| async {
        let reference = k.posted.reference.clone().unwrap_or_default();
        w.provider.find_posted(&w.session, k.posted.kind, &reference, k.posted.date).await
    }),
    operation!("read_posted", [Need::Posting], |w, k| w.provider.read_posted(
        &w.session,
        k.posted.kind,
        &k.posted.external_id
    )),
    operation!("account_balances", [Need::Balances], |w, _k| w.provider.account_balances(&w.session, None)),
    operation!("account_balances of a day", [Need::BalancesOfAnyDay], |w, _k| w
        .provider
        .account_balances(&w.session, Some(today()))),
    operation!("ledger_lines", [Need::LedgerLines], |w, k| async {
        let accounts = vec![k.expense.clone()];
        let window = LedgerWindow { accounts, from: today() - chrono::Days::new(3), to: today() };
        w.provider.ledger_lines(&w.session, &window, None).await
    }),
    operation!("item_valuation", [Need::Valuation], |w, _k| w.provider.item_valuation(&w.session, None)),
];

/// Learns what the operations ask for, while nothing is broken.
pub async fn known(world: &World) -> Known {
    let (provider, session, able) = (&world.provider, &world.session, &world.entry.capability);
    let first = async |collection| {
        let listing = provider.open_listing(session, collection, None).await;
        listing.map_or_else(|_| PageCursor("1".to_owned()), |listing| listing.cursors[0].clone())
    };
    let kind = able.sales_documents.first().copied().unwrap_or(SalesDocumentKind::Invoice);
    let window = SalesWindow { kinds: vec![kind], from: today() - chrono::Days::new(30), changed_since: None };
    let (mut sale, mut cursor) = (SaleRef { kind, external_id: "1".to_owned() }, PageCursor("1".to_owned()));
    if !able.sales_documents.is_empty() {
        sale = sales::sell(world, sales::simple(world).await).await;
        cursor = provider.open_sales(session, &window, None).await.unwrap().cursors[0].clone();
    }
    let bill = if able.bills { bills::buy(world).await } else { String::new() };
    let (expense, income) = world.two_accounts().await;
    let mut drafts = world.drafts().await;
    let posted = world.post(&drafts.remove(0)).await.unwrap();
    let item = world.items().await.into_iter().find(|item| item.active && item.quantity_on_hand.is_some());
    let mut known = Known {
        items: first(Collection::Items).await,
        accounts: first(Collection::Accounts).await,
        suppliers: first(Collection::Suppliers).await,
        window,
        sales: cursor,
        sale,
        bill,
        changes: provider
            .changes_since(chrono::Utc::now() - chrono::TimeDelta::minutes(5))
            .unwrap_or_else(|_| ChangeCursor("1".to_owned())),
        posted,
        expense,
        income,
        item: item.map(|item| item.external_id).unwrap_or_default(),
        asking: Vec::new(),
    };
    learn_asking(world, &mut known).await;
    known
}

/// A new draft of every kind that can be posted, made without asking the service.
pub fn drafts(world: &World, known: &Known) -> Vec<Draft> {
    let able = &world.entry.capability;
    let mut drafts = Vec::new();
    if able.journal_entries {
        drafts.push(Draft::Journal(journal(world.head(), &known.expense, &known.income, dec!(5.05))));
    }
    if able.inventory_adjustments {
        let lines = vec![AdjustmentLine { item: known.item.clone(), quantity: dec!(1) }];
        drafts.push(Draft::Adjustment(AdjustmentDraft { head: world.head(), account: known.expense.clone(), lines }));
    }
    drafts
}

/// What a read's faults are aimed at.
pub const AT_READS: FaultTarget = FaultTarget::Reads;

/// Kinds of document, all of them.
pub const KINDS: [DocumentKind; 2] = [DocumentKind::JournalEntry, DocumentKind::InventoryAdjustment];

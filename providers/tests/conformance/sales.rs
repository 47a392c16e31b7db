//! Sales documents of every kind and shape: read whole, adding up to the last digit.

use std::collections::BTreeSet;

use chrono::{Days, Utc};
use providers::{
    ErrorKind,
    listing::stream_sales,
    model::{ItemKind, RemoteSale, SaleRef, SaleState, SalesDocumentKind, SalesWindow},
    registry::ProviderEntry,
    sandbox::{FaultReach, FaultTarget, SandboxAct, SandboxSale, SandboxSaleLine, Trouble},
};
use rust_decimal::{Decimal, dec};

use crate::{
    cases,
    plan::Need,
    world::{World, today},
};

cases! { "sales" {
    invoice_is_read_whole: [Need::Sale(SalesDocumentKind::Invoice), Need::Hand],
    sales_receipt_is_read_whole: [Need::Sale(SalesDocumentKind::SalesReceipt), Need::Hand],
    credit_memo_is_read_whole: [Need::Sale(SalesDocumentKind::CreditMemo), Need::Hand],
    refund_is_read_whole: [Need::Sale(SalesDocumentKind::Refund), Need::Hand],
    sample_documents_add_up: [Need::Sales],
    zero_lines: [Need::Sales, Need::Hand],
    eight_hundred_lines: [Need::Sales, Need::Hand],
    negative_quantity: [Need::Sales, Need::Hand],
    line_without_an_item: [Need::Sales, Need::Hand],
    quantity_with_five_decimals: [Need::Sales, Need::Hand],
    foreign_currency_has_its_rate: [Need::Sales, Need::Hand],
    discounts_shipping_and_tax_are_kept_apart: [Need::Sales, Need::Hand],
    mixed_tax_is_on_the_document_alone: [Need::Sales, Need::Hand],
    unknown_item_is_named_and_not_taken_for_text: [Need::Sales, Need::Hand],
    bundle_is_replaced_by_its_parts: [Need::Sales, Need::Kind(ItemKind::Bundle), Need::Hand],
    edit_is_seen: [Need::Sales, Need::Hand],
    void_is_seen: [Need::Sales, Need::Hand],
    deletion_is_not_found: [Need::Sales, Need::Hand],
    window_leaves_out_what_is_older: [Need::Sales, Need::Hand],
    window_knows_its_kinds: [Need::Sales, Need::Hand],
    pages_that_shift_leave_no_gap_and_no_duplicate: [Need::Sales, Need::Service],
    made_up_document_is_not_found: [Need::Sales],
} }

/// The first kind that the provider knows: an invoice wherever there are invoices.
fn first_kind(world: &World) -> SalesDocumentKind {
    world.entry.capability.sales_documents[0]
}

pub fn line(item: Option<&str>, quantity: Decimal, price: Decimal) -> SandboxSaleLine {
    SandboxSaleLine { item: item.map(str::to_owned), quantity, price, discount: Decimal::ZERO, taxed: true }
}

pub fn sale(kind: SalesDocumentKind, lines: Vec<SandboxSaleLine>) -> SandboxSale {
    SandboxSale {
        kind,
        number: None,
        date: today(),
        lines,
        discount: Decimal::ZERO,
        shipping: Decimal::ZERO,
        tax: Decimal::ZERO,
        currency: None,
        applies_to: None,
        customer: 0,
    }
}

/// An invoice, or what comes nearest, of two of the stock item.
pub async fn simple(world: &World) -> SandboxSale {
    let item = world.stock_item().await.external_id;
    sale(first_kind(world), vec![line(Some(&item), dec!(2), dec!(10.25))])
}

pub async fn sell(world: &World, sale: SandboxSale) -> SaleRef {
    let kind = sale.kind;
    SaleRef { kind, external_id: world.act(SandboxAct::Sell(sale)).await }
}

fn window(kinds: &[SalesDocumentKind]) -> SalesWindow {
    SalesWindow { kinds: kinds.to_vec(), from: today() - Days::new(3650), changed_since: None }
}

/// All documents of a window. None comes twice.
async fn read(world: &World, window: &SalesWindow) -> Vec<RemoteSale> {
    let opened = stream_sales(world.provider.clone(), world.session.clone(), window.clone(), None, 4).await;
    let (mut pages, mut sales) = (opened.unwrap(), Vec::new());
    while let Some(page) = pages.next().await {
        sales.extend(page.unwrap().1.records);
    }
    let unique: BTreeSet<_> = sales.iter().map(|sale| (sale.kind, sale.external_id.as_str())).collect();
    assert_eq!(unique.len(), sales.len(), "a document comes twice");
    sales
}

/// Parts and total agree, to the last digit.
fn check(sale: &RemoteSale) {
    for line in &sale.lines {
        assert_eq!(line.net, line.gross - line.discount, "{}: {line:?}", sale.external_id);
    }
    let net: Decimal = sale.lines.iter().map(|line| line.net).sum();
    assert_eq!(net + sale.shipping + sale.tax + sale.other, sale.total, "{sale:?}");
    let ids: BTreeSet<&str> = sale.lines.iter().map(|line| line.external_id.as_str()).collect();
    assert_eq!(ids.len(), sale.lines.len(), "line ids of {}", sale.external_id);
}

/// The document as it is listed, which must be as it is read alone.
async fn listed(world: &World, reference: &SaleRef) -> RemoteSale {
    let all = read(world, &window(&[reference.kind])).await;
    let found: Vec<_> = all.into_iter().filter(|sale| sale.external_id == reference.external_id).collect();
    assert_eq!(found.len(), 1, "{reference:?}");
    let alone = world.provider.sale(&world.session, reference).await.unwrap();
    assert_eq!(found[0], alone);
    check(&alone);
    alone
}

async fn kind_is_read_whole(entry: &'static ProviderEntry, kind: SalesDocumentKind) {
    let world = World::start(entry).await;
    let item = world.stock_item().await.external_id;
    let lines = vec![line(Some(&item), dec!(3), dec!(19.99)), line(Some(&item), dec!(1), dec!(0.01))];
    let reference = sell(&world, sale(kind, lines)).await;
    let sale = listed(&world, &reference).await;
    assert_eq!((sale.kind, sale.state, sale.date), (kind, SaleState::Posted, today()));
    assert_eq!((sale.currency, sale.rate), (None, None));
    let lines: Vec<_> = sale.lines.iter().map(|line| (line.item.as_deref(), line.quantity, line.net)).collect();
    assert_eq!(lines, [(Some(item.as_str()), dec!(3), dec!(59.97)), (Some(item.as_str()), dec!(1), dec!(0.01))]);
    assert_eq!((sale.shipping, sale.tax, sale.total), (dec!(0), dec!(0), dec!(59.98)));
}

async fn invoice_is_read_whole(entry: &'static ProviderEntry) {
    kind_is_read_whole(entry, SalesDocumentKind::Invoice).await;
}

async fn sales_receipt_is_read_whole(entry: &'static ProviderEntry) {
    kind_is_read_whole(entry, SalesDocumentKind::SalesReceipt).await;
}

async fn credit_memo_is_read_whole(entry: &'static ProviderEntry) {
    kind_is_read_whole(entry, SalesDocumentKind::CreditMemo).await;
}

async fn refund_is_read_whole(entry: &'static ProviderEntry) {
    kind_is_read_whole(entry, SalesDocumentKind::Refund).await;
}

async fn sample_documents_add_up(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    for sale in read(&world, &window(entry.capability.sales_documents)).await {
        check(&sale);
        assert!(entry.capability.sales_documents.contains(&sale.kind));
    }
}

async fn zero_lines(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let kind = first_kind(&world);
    if let Some(external_id) = world.try_act(SandboxAct::Sell(sale(kind, Vec::new()))).await {
        let sale = listed(&world, &SaleRef { kind, external_id }).await;
        assert_eq!((sale.lines.len(), sale.total), (0, dec!(0)));
    }
}

async fn eight_hundred_lines(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let item = world.goods().await;
    let lines = (0..800).map(|cents| line(Some(&item), dec!(1), Decimal::new(cents, 2))).collect();
    let reference = sell(&world, sale(first_kind(&world), lines)).await;
    let sale = listed(&world, &reference).await;
    assert_eq!((sale.lines.len(), sale.total), (800, dec!(3196.00)));
}

async fn negative_quantity(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let item = world.stock_item().await.external_id;
    let kind = first_kind(&world);
    let lines = vec![line(Some(&item), dec!(5), dec!(10)), line(Some(&item), dec!(-2), dec!(10))];
    if let Some(external_id) = world.try_act(SandboxAct::Sell(sale(kind, lines))).await {
        let sale = listed(&world, &SaleRef { kind, external_id }).await;
        assert_eq!((sale.lines[1].quantity, sale.lines[1].net, sale.total), (dec!(-2), dec!(-20), dec!(30)));
    }
}

async fn line_without_an_item(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let item = world.stock_item().await.external_id;
    let lines = vec![line(Some(&item), dec!(1), dec!(10)), line(None, dec!(1), dec!(3.5))];
    let kind = first_kind(&world);
    if let Some(external_id) = world.try_act(SandboxAct::Sell(sale(kind, lines))).await {
        let sale = listed(&world, &SaleRef { kind, external_id }).await;
        let nameless: Vec<_> = sale.lines.iter().filter(|line| line.item.as_ref() != Some(&item)).collect();
        assert!(nameless.iter().all(|line| line.item.is_none()), "{nameless:?}");
        assert_eq!(sale.lines[0].net, dec!(10));
    }
}

async fn quantity_with_five_decimals(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let item = world.stock_item().await.external_id;
    let kind = first_kind(&world);
    let lines = vec![line(Some(&item), dec!(1.23456), dec!(100))];
    if let Some(external_id) = world.try_act(SandboxAct::Sell(sale(kind, lines))).await {
        let sale = listed(&world, &SaleRef { kind, external_id }).await;
        // The service may keep fewer decimals of a quantity; what it keeps is read, and the money agrees.
        let quantity = sale.lines[0].quantity;
        assert!((quantity - dec!(1.23456)).abs() < dec!(0.0001), "{quantity}");
    }
}

async fn foreign_currency_has_its_rate(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let mut sold = simple(&world).await;
    sold.currency = Some(("SEK".to_owned(), dec!(0.0952)));
    let kind = sold.kind;
    if let Some(external_id) = world.try_act(SandboxAct::Sell(sold)).await {
        let sale = listed(&world, &SaleRef { kind, external_id }).await;
        assert_eq!((sale.currency.as_deref(), sale.total), (Some("SEK"), dec!(20.50)));
        // A service that states the rate the other way round cannot give it back to the last digit.
        let rate = sale.rate.expect("a rate");
        assert!((rate - dec!(0.0952)).abs() < dec!(0.000001), "{rate}");
    }
}

async fn discounts_shipping_and_tax_are_kept_apart(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let item = world.stock_item().await.external_id;
    let kind = first_kind(&world);
    let mut lines = vec![line(Some(&item), dec!(3), dec!(33.33)), line(Some(&item), dec!(1), dec!(50))];
    lines[1].discount = dec!(5);
    let mut whole = sale(kind, lines.clone());
    whole.tax = dec!(7.77);
    let mixed: Vec<SandboxSale> = vec![
        whole,
        SandboxSale { discount: dec!(10.01), ..sale(kind, lines.clone()) },
        SandboxSale { shipping: dec!(12.5), ..sale(kind, lines.clone()) },
        SandboxSale { discount: dec!(0.01), shipping: dec!(9.99), tax: dec!(3.21), ..sale(kind, lines) },
    ];
    for sold in mixed {
        let (discount, shipping, tax) = (sold.discount, sold.shipping, sold.tax);
        let Some(external_id) = world.try_act(SandboxAct::Sell(sold)).await else { continue };
        let sale = listed(&world, &SaleRef { kind, external_id }).await;
        let goods: Decimal = sale.lines.iter().map(|line| line.net).sum();
        assert_eq!(sale.tax, tax, "tax");
        assert_eq!(goods + sale.shipping, dec!(144.99) - discount + shipping, "goods and shipping without tax");
    }
}

/// Taxed and untaxed lines on one document: the tax is told once, and no line's amount holds any.
async fn mixed_tax_is_on_the_document_alone(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let item = world.stock_item().await.external_id;
    let untaxed = SandboxSaleLine { taxed: false, ..line(Some(&item), dec!(2), dec!(12.5)) };
    let lines = vec![line(Some(&item), dec!(1), dec!(33.33)), untaxed, line(Some(&item), dec!(3), dec!(0.35))];
    let sold = SandboxSale { tax: dec!(2.41), ..sale(first_kind(&world), lines) };
    let reference = sell(&world, sold).await;
    let sale = listed(&world, &reference).await;
    let nets: Vec<Decimal> = sale.lines.iter().map(|line| line.net).collect();
    assert_eq!((nets, sale.tax, sale.total), (vec![dec!(33.33), dec!(25), dec!(1.05)], dec!(2.41), dec!(61.79)));
}

/// An item that no listing shows any more: the reader must be able to say that he does not know it.
async fn unknown_item_is_named_and_not_taken_for_text(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let (name, kind) = ("Soon gone".to_owned(), ItemKind::NonInventory);
    let (price, cost, quantity) = (dec!(8), dec!(3), dec!(0));
    let item = world.act(SandboxAct::AddItem { name, sku: None, kind, price, cost, quantity }).await;
    let lines = vec![line(Some(&item), dec!(2), dec!(8))];
    let reference = sell(&world, sale(first_kind(&world), lines)).await;
    world.act(SandboxAct::RemoveItem(item.clone())).await;
    assert!(world.items().await.iter().all(|known| known.external_id != item));
    let sale = listed(&world, &reference).await;
    assert_eq!((sale.lines.len(), sale.lines[0].quantity, sale.total), (1, dec!(2), dec!(16)));
    let named = sale.lines[0].item.clone().expect("the line still names its item");
    assert!(world.items().await.iter().all(|known| known.external_id != named), "{named} is somebody else");
}

async fn bundle_is_replaced_by_its_parts(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let items = world.items().await;
    let stock: Vec<_> = items.iter().filter(|item| item.active && item.kind == ItemKind::Inventory).take(2).collect();
    let parts = vec![(stock[0].external_id.clone(), dec!(1)), (stock[1].external_id.clone(), dec!(4))];
    let bundle = world.act(SandboxAct::AddBundle { name: "Kit".to_owned(), parts }).await;
    let reference = sell(&world, sale(first_kind(&world), vec![line(Some(&bundle), dec!(2), dec!(90))])).await;
    let sale = listed(&world, &reference).await;
    let lines: Vec<_> =
        sale.lines.iter().map(|line| (line.item.as_deref(), line.bundle.as_deref(), line.quantity)).collect();
    let expected = [
        (Some(stock[0].external_id.as_str()), Some(bundle.as_str()), dec!(2)),
        (Some(stock[1].external_id.as_str()), Some(bundle.as_str()), dec!(8)),
    ];
    assert_eq!(lines, expected);
}

async fn edit_is_seen(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let reference = sell(&world, simple(&world).await).await;
    let before = listed(&world, &reference).await;
    world.act(SandboxAct::EditSale { sale: reference.clone(), quantity: dec!(4) }).await;
    let after = listed(&world, &reference).await;
    assert_eq!((after.lines[0].quantity, after.total), (dec!(4), dec!(41.00)));
    assert_eq!(after.lines[0].external_id, before.lines[0].external_id);
    assert_ne!((after.version, after.updated_at), (before.version, before.updated_at));
}

async fn void_is_seen(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let reference = sell(&world, simple(&world).await).await;
    world.act(SandboxAct::VoidSale(reference.clone())).await;
    let sale = world.provider.sale(&world.session, &reference).await.unwrap();
    assert_eq!(sale.state, SaleState::Voided);
    check(&sale);
}

async fn deletion_is_not_found(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let reference = sell(&world, simple(&world).await).await;
    if world.try_act(SandboxAct::DeleteSale(reference.clone())).await.is_some() {
        match world.provider.sale(&world.session, &reference).await {
            Err(error) => assert_eq!(error.kind, ErrorKind::NotFound, "{error}"),
            // A service that keeps the number of a deleted document shows it as taken back.
            Ok(sale) => assert_eq!(sale.state, SaleState::Voided),
        }
    }
}

async fn window_leaves_out_what_is_older(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let reference = sell(&world, simple(&world).await).await;
    let is_listed = async |window: SalesWindow| {
        read(&world, &window).await.iter().any(|sale| sale.external_id == reference.external_id)
    };
    let whole = window(&[reference.kind]);
    assert!(is_listed(SalesWindow { from: today(), ..whole.clone() }).await);
    assert!(!is_listed(SalesWindow { from: today() + Days::new(1), ..whole.clone() }).await);
    let hour = chrono::TimeDelta::hours(1);
    assert!(is_listed(SalesWindow { changed_since: Some(Utc::now() - hour), ..whole.clone() }).await);
    assert!(!is_listed(SalesWindow { changed_since: Some(Utc::now() + hour), ..whole }).await);
}

async fn window_knows_its_kinds(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let item = world.stock_item().await.external_id;
    for kind in entry.capability.sales_documents {
        sell(&world, sale(*kind, vec![line(Some(&item), dec!(1), dec!(1))])).await;
    }
    for kind in entry.capability.sales_documents {
        let sales = read(&world, &window(&[*kind])).await;
        assert!(!sales.is_empty() && sales.iter().all(|sale| sale.kind == *kind), "{kind:?}");
    }
    let unique: BTreeSet<_> = read(&world, &window(entry.capability.sales_documents))
        .await
        .into_iter()
        .map(|sale| (sale.kind, sale.external_id))
        .collect();
    assert!(unique.len() >= entry.capability.sales_documents.len());
}

async fn pages_that_shift_leave_no_gap_and_no_duplicate(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let item = world.goods().await;
    let kind = first_kind(&world);
    // More than one page, whatever the service's page for documents with lines is.
    let count = usize::try_from(entry.capability.page_size_max).unwrap() + 30;
    for _ in 0..count {
        sell(&world, sale(kind, vec![line(Some(&item), dec!(1), dec!(1))])).await;
    }
    let all = window(&[kind]);
    let ids = |sales: &[RemoteSale]| sales.iter().map(|sale| sale.external_id.clone()).collect::<BTreeSet<_>>();
    let before = ids(&read(&world, &all).await);
    assert!(before.len() >= count);
    world.inject(Trouble::PagesShift, FaultTarget::Reads, FaultReach::Next(2)).await;
    let seen = ids(&read(&world, &all).await);
    world.hand().calm().await;
    let after = ids(&read(&world, &all).await);
    let missed: Vec<&String> = before.intersection(&after).filter(|id| !seen.contains(*id)).collect();
    assert!(missed.is_empty(), "{} documents were there all the time and not read: {missed:?}", missed.len());
}

async fn made_up_document_is_not_found(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    for external_id in ["999999999", "00000000-0000-4000-8000-000000000000"] {
        let reference = SaleRef { kind: first_kind(&world), external_id: external_id.to_owned() };
        let error = world.provider.sale(&world.session, &reference).await.unwrap_err();
        assert!(matches!(error.kind, ErrorKind::NotFound | ErrorKind::Rejected), "{error}");
    }
}

//! Items: all of them, whole, in pages that may shift, and what a person does to them.

use std::collections::BTreeSet;

use providers::{
    listing::stream_pages,
    model::{Collection, ItemKind, PageCursor, RemoteItem},
    registry::ProviderEntry,
    sandbox::{FaultReach, FaultTarget, SandboxAct, Trouble},
};
use rust_decimal::{Decimal, dec};

use crate::{
    cases,
    plan::Need,
    world::{Options, World},
};

/// More than two pages of the largest size.
const MANY: u32 = 2300;

cases! { "items" {
    list_is_whole: [],
    inventory_item_is_read_exactly: [Need::Kind(ItemKind::Inventory), Need::Hand],
    non_inventory_item_is_read: [Need::Kind(ItemKind::NonInventory), Need::Hand],
    service_item_is_read: [Need::Kind(ItemKind::Service), Need::Hand],
    bundle_is_read: [Need::Kind(ItemKind::Bundle), Need::Hand],
    category_is_read: [Need::Kind(ItemKind::Category), Need::Hand],
    rename_is_seen: [Need::Hand],
    inactive_item_is_listed_as_such: [Need::Hand],
    pages_in_parallel_give_every_item_once: [Need::Service],
    listing_goes_on_where_it_stopped: [Need::Service],
    pages_that_shift_leave_no_gap: [Need::Service],
    made_up_cursor_is_refused: [],
} }

async fn list_is_whole(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let listing = world.provider.open_listing(&world.session, Collection::Items, None).await.unwrap();
    assert!(!listing.cursors.is_empty());
    let (items, unusable) = world.all::<RemoteItem>().await;
    assert!(!items.is_empty());
    if let Some(total) = listing.total {
        assert_eq!(total, u64::try_from(items.len() + unusable.len()).unwrap());
    }
    for item in items {
        assert!(!item.name.is_empty() && !item.external_id.is_empty());
        let known = item.kind == ItemKind::Other || entry.capability.item_kinds.contains(&item.kind);
        assert!(known, "{:?} is not among the kinds that the capability names", item.kind);
        assert!(item.quantity_on_hand.is_none() || item.kind == ItemKind::Inventory, "{item:?}");
    }
}

async fn added(entry: &'static ProviderEntry, kind: ItemKind, quantity: Decimal) -> RemoteItem {
    let world = World::start(entry).await;
    let act = SandboxAct::AddItem {
        name: "Walnut shelf, 2\" thick & oiled".to_owned(),
        sku: Some("W-2".to_owned()),
        kind,
        price: dec!(19.95),
        cost: dec!(7.5),
        quantity,
    };
    let id = world.act(act).await;
    world.item(&id).await
}

async fn inventory_item_is_read_exactly(entry: &'static ProviderEntry) {
    let item = added(entry, ItemKind::Inventory, dec!(12.5)).await;
    assert_eq!((item.kind, item.active), (ItemKind::Inventory, true));
    assert_eq!(item.name, "Walnut shelf, 2\" thick & oiled");
    assert_eq!(item.sku.as_deref(), Some("W-2"));
    assert_eq!((item.unit_price, item.purchase_cost), (Some(dec!(19.95)), Some(dec!(7.5))));
    assert_eq!(item.quantity_on_hand, Some(dec!(12.5)));
}

async fn non_inventory_item_is_read(entry: &'static ProviderEntry) {
    let item = added(entry, ItemKind::NonInventory, dec!(0)).await;
    assert_eq!((item.kind, item.quantity_on_hand, item.unit_price), (ItemKind::NonInventory, None, Some(dec!(19.95))));
}

async fn service_item_is_read(entry: &'static ProviderEntry) {
    let item = added(entry, ItemKind::Service, dec!(0)).await;
    assert_eq!((item.kind, item.quantity_on_hand, item.unit_price), (ItemKind::Service, None, Some(dec!(19.95))));
}

async fn bundle_is_read(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let parts = world.items().await.into_iter().filter(|item| item.active && item.kind == ItemKind::Inventory);
    let parts: Vec<(String, Decimal)> = parts.take(2).map(|item| (item.external_id, dec!(2))).collect();
    let id = world.act(SandboxAct::AddBundle { name: "Set of shelves".to_owned(), parts }).await;
    assert_eq!(world.item(&id).await.kind, ItemKind::Bundle);
}

async fn category_is_read(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let items = world.items().await;
    let category =
        items.iter().find(|item| item.kind == ItemKind::Category).expect("the sample company has a category");
    let inside: Vec<_> = items.iter().filter(|item| item.parent.as_ref() == Some(&category.external_id)).collect();
    assert!(!inside.is_empty(), "nothing is in {}", category.name);
    for item in inside {
        assert_eq!(item.full_name, format!("{}:{}", category.full_name, item.name));
    }
}

async fn rename_is_seen(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let item = world.stock_item().await;
    world.act(SandboxAct::RenameItem { item: item.external_id.clone(), name: "Renamed".to_owned() }).await;
    let renamed = world.item(&item.external_id).await;
    assert_eq!(renamed.name, "Renamed");
    assert_eq!((renamed.sku, renamed.quantity_on_hand), (item.sku, item.quantity_on_hand));
}

async fn inactive_item_is_listed_as_such(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let act = SandboxAct::AddItem {
        name: "Short-lived".to_owned(),
        sku: None,
        kind: ItemKind::Service,
        price: dec!(1),
        cost: dec!(0),
        quantity: dec!(0),
    };
    let item = world.act(act).await;
    // Where the service has no such switch, the item stays as it is, and the refusal says so.
    if world.try_act(SandboxAct::SetItemActive { item: item.clone(), active: false }).await.is_some() {
        assert!(!world.item(&item).await.active);
        world.act(SandboxAct::SetItemActive { item: item.clone(), active: true }).await;
    }
    assert!(world.item(&item).await.active);
}

async fn many(entry: &'static ProviderEntry) -> World {
    World::with(entry, Options { extra_items: MANY, ..Options::default() }).await
}

async fn pages_in_parallel_give_every_item_once(entry: &'static ProviderEntry) {
    let own = World::start(entry).await.items().await.len();
    let world = many(entry).await;
    let (items, unusable) = world.all::<RemoteItem>().await;
    assert_eq!(items.len() + unusable.len(), own + usize::try_from(MANY).unwrap());
}

async fn listing_goes_on_where_it_stopped(entry: &'static ProviderEntry) {
    let world = many(entry).await;
    let whole: Vec<String> = world.items().await.into_iter().map(|item| item.external_id).collect();
    let mut pages = stream_pages::<RemoteItem>(world.provider.clone(), world.session.clone(), None, 1).await.unwrap();
    let (_, first) = pages.next().await.unwrap().unwrap();
    let (resume, _) = match pages.next().await {
        Some(page) => page.unwrap(),
        None => return assert_eq!(first.records.len(), whole.len(), "one page is the whole"),
    };
    let mut rest =
        stream_pages::<RemoteItem>(world.provider.clone(), world.session.clone(), Some(&resume), 2).await.unwrap();
    let mut ids: Vec<String> = first.records.into_iter().map(|item| item.external_id).collect();
    while let Some(page) = rest.next().await {
        ids.extend(page.unwrap().1.records.into_iter().map(|item| item.external_id));
    }
    assert_eq!(ids, whole);
}

async fn pages_that_shift_leave_no_gap(entry: &'static ProviderEntry) {
    let world = many(entry).await;
    let before = ids(&world.items().await);
    let mut pages = stream_pages::<RemoteItem>(world.provider.clone(), world.session.clone(), None, 1).await.unwrap();
    let mut seen = Vec::new();
    world.inject(Trouble::PagesShift, FaultTarget::Reads, FaultReach::Next(2)).await;
    while let Some(page) = pages.next().await {
        let (_, page) = page.unwrap();
        seen.extend(page.records.into_iter().map(|item| item.external_id));
    }
    world.hand().calm().await;
    let after = ids(&world.items().await);
    let read: BTreeSet<String> = seen.iter().cloned().collect();
    let missed: Vec<&String> = before.intersection(&after).filter(|id| !read.contains(*id)).collect();
    assert!(missed.is_empty(), "{} items were there all the time and not read: {missed:?}", missed.len());
    assert_eq!(read.len(), seen.len(), "an item came twice");
}

fn ids(items: &[RemoteItem]) -> BTreeSet<String> {
    items.iter().map(|item| item.external_id.clone()).collect()
}

async fn made_up_cursor_is_refused(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let error = world.provider.items(&world.session, &PageCursor("no such cursor".to_owned())).await.unwrap_err();
    assert_eq!(error.kind, providers::ErrorKind::Rejected, "{error}");
}

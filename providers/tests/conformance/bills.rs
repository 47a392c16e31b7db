//! Bills of suppliers: read whole, by themselves and among the changes.

use chrono::{TimeDelta, Utc};
use providers::{
    ErrorKind,
    model::{Change, DocumentState, RecordKind, RecordRef},
    registry::ProviderEntry,
    sandbox::SandboxAct,
};
use rust_decimal::dec;

use crate::{
    cases, changes,
    plan::Need,
    world::{World, today},
};

cases! { "bills" {
    bill_is_read_whole: [Need::Bills, Need::Hand],
    new_and_deleted_bill_are_among_the_changes: [Need::Bills, Need::Changes, Need::Hand],
    bill_is_found_by_an_old_cursor: [Need::Bills, Need::Changes, Need::Hand],
    bill_that_is_gone_is_not_found: [Need::Bills, Need::Hand],
} }

/// A bill for four of the stock item at 7.25.
pub async fn buy(world: &World) -> String {
    let (item, number) = (world.stock_item().await.external_id, "S-4711".to_owned());
    world.act(SandboxAct::Buy { item, number, date: today(), quantity: dec!(4), cost: dec!(7.25) }).await
}

async fn bill_is_read_whole(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let before = world.stock_item().await;
    let id = buy(&world).await;
    let bill = world.provider.bill(&world.session, &id).await.unwrap();
    assert_eq!((bill.external_id.as_str(), bill.state, bill.date), (id.as_str(), DocumentState::Posted, today()));
    assert_eq!((bill.number.as_deref(), bill.total), (Some("S-4711"), dec!(29)));
    assert!(bill.supplier.is_some_and(|supplier| !supplier.external_id.is_empty()));
    let lines: Vec<_> = bill.lines.iter().map(|line| (line.item.as_ref(), line.quantity, line.amount)).collect();
    assert_eq!(lines, [(Some(&before.external_id), Some(dec!(4)), dec!(29))]);
    let after = world.item(&before.external_id).await.quantity_on_hand;
    assert_eq!(after, before.quantity_on_hand.map(|quantity| quantity + dec!(4)));
}

async fn new_and_deleted_bill_are_among_the_changes(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let since = changes::start(&world);
    let id = buy(&world).await;
    let (told, _, _) = changes::all(&world, &since, &[RecordKind::Bill]).await;
    let alone = world.provider.bill(&world.session, &id).await.unwrap();
    assert_eq!(told, [Change::Bill(Box::new(alone))]);
    world.act(SandboxAct::DeleteBill(id.clone())).await;
    let (told, _, known) = changes::all(&world, &since, &[RecordKind::Bill]).await;
    let record = RecordRef { kind: RecordKind::Bill, external_id: id };
    let deleted = told.iter().any(|change| matches!(change, Change::Deleted { record: gone, .. } if *gone == record));
    assert!(deleted || !known, "{told:?}");
}

/// Beyond the memory of the change feed, where there is another way of asking.
async fn bill_is_found_by_an_old_cursor(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let id = buy(&world).await;
    let since = world.provider.changes_since(Utc::now() - TimeDelta::days(400)).unwrap();
    let (told, _, _) = changes::all(&world, &since, &[RecordKind::Bill]).await;
    let found = told.iter().any(|change| matches!(change, Change::Bill(bill) if bill.external_id == id));
    assert!(found, "{told:?}");
}

async fn bill_that_is_gone_is_not_found(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let id = buy(&world).await;
    world.act(SandboxAct::DeleteBill(id.clone())).await;
    for id in [id.as_str(), "999999999"] {
        let error = world.provider.bill(&world.session, id).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::NotFound, "{id}: {error}");
    }
}

//! What changed since a moment, deletions included where the provider tells.

use chrono::{TimeDelta, Utc};
use providers::{
    model::{Change, ChangeCursor, DocumentKind, RecordKind, SaleState, SalesDocumentKind},
    registry::ProviderEntry,
    sandbox::SandboxAct,
};
use rust_decimal::dec;

use crate::{
    cases,
    plan::Need,
    sales::{sell, simple},
    world::World,
};

cases! { "changes" {
    renamed_item_is_among_them: [Need::Changes, Need::Hand],
    new_edited_and_voided_sale_are_among_them: [Need::Changes, Need::Sales, Need::Hand],
    deleted_sale_is_told_or_the_set_says_that_it_is_not: [Need::Changes, Need::Sales, Need::Hand],
    posted_document_is_among_them: [Need::Changes, Need::Posting, Need::Hand],
    reading_on_repeats_little_and_misses_nothing: [Need::Changes, Need::Hand],
    old_cursor_says_that_deletions_are_not_known_or_gives_them: [Need::Changes],
    made_up_cursor_is_refused: [Need::Changes],
} }

/// All changes since a cursor, to the end.
pub async fn all(world: &World, since: &ChangeCursor, kinds: &[RecordKind]) -> (Vec<Change>, ChangeCursor, bool) {
    let (mut changes, mut at, mut known) = (Vec::new(), since.clone(), true);
    loop {
        let set = world.provider.changes(&world.session, &at, kinds).await.unwrap();
        changes.extend(set.changes);
        known &= set.deletions_known;
        assert!(!set.more || set.next != at, "the cursor stands still while more is waiting");
        at = set.next;
        if !set.more {
            return (changes, at, known);
        }
    }
}

pub fn start(world: &World) -> ChangeCursor {
    world.provider.changes_since(Utc::now() - TimeDelta::minutes(5)).unwrap()
}

async fn renamed_item_is_among_them(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let item = world.stock_item().await.external_id;
    let since = start(&world);
    world.act(SandboxAct::RenameItem { item: item.clone(), name: "Renamed".to_owned() }).await;
    let (changes, _, _) = all(&world, &since, &[RecordKind::Item]).await;
    let found: Vec<_> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Item(found) if found.external_id == item => Some(found.name.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(found, ["Renamed"]);
}

async fn new_edited_and_voided_sale_are_among_them(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let since = start(&world);
    let reference = sell(&world, simple(&world).await).await;
    let seen = async || {
        let (changes, _, _) = all(&world, &since, &[RecordKind::Sale(reference.kind)]).await;
        let mut ours = changes.into_iter().filter_map(|change| match change {
            Change::Sale(sale) if sale.external_id == reference.external_id => Some(*sale),
            _ => None,
        });
        ours.next_back().expect("the sale is among the changes")
    };
    assert_eq!(seen().await.lines[0].quantity, dec!(2));
    world.act(SandboxAct::EditSale { sale: reference.clone(), quantity: dec!(3) }).await;
    assert_eq!(seen().await.lines[0].quantity, dec!(3));
    world.act(SandboxAct::VoidSale(reference.clone())).await;
    assert_eq!(seen().await.state, SaleState::Voided);
    let alone = world.provider.sale(&world.session, &reference).await.unwrap();
    assert_eq!(seen().await, alone);
}

async fn deleted_sale_is_told_or_the_set_says_that_it_is_not(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let reference = sell(&world, simple(&world).await).await;
    let since = start(&world);
    if world.try_act(SandboxAct::DeleteSale(reference.clone())).await.is_none() {
        return;
    }
    let (changes, _, known) = all(&world, &since, &[RecordKind::Sale(reference.kind)]).await;
    let told = changes.iter().any(|change| match change {
        Change::Deleted { record, .. } => record.external_id == reference.external_id,
        Change::Sale(sale) => sale.external_id == reference.external_id && sale.state == SaleState::Voided,
        _ => false,
    });
    assert!(told || !known, "a deletion is neither told nor said to be untold: {changes:?}");
}

async fn posted_document_is_among_them(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let since = start(&world);
    for draft in world.drafts().await {
        let posted = world.post(&draft).await.unwrap();
        let (changes, _, _) = all(&world, &since, &[RecordKind::Document(draft.kind())]).await;
        let found = changes.iter().any(|change| {
            matches!(change, Change::Document(document) if document.external_id == posted.external_id && document.reference == posted.reference)
        });
        assert!(found, "{:?}: {changes:?}", draft.kind());
    }
}

async fn reading_on_repeats_little_and_misses_nothing(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let item = world.stock_item().await.external_id;
    let (_, mut at, _) = all(&world, &start(&world), &[RecordKind::Item]).await;
    for round in 0..3 {
        let name = format!("Name {round}");
        world.act(SandboxAct::RenameItem { item: item.clone(), name: name.clone() }).await;
        let (changes, next, _) = all(&world, &at, &[RecordKind::Item]).await;
        let latest = changes.iter().rev().find_map(|change| match change {
            Change::Item(found) if found.external_id == item => Some(found.name.clone()),
            _ => None,
        });
        assert_eq!(latest, Some(name), "round {round}");
        at = next;
    }
}

async fn old_cursor_says_that_deletions_are_not_known_or_gives_them(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let since = world.provider.changes_since(Utc::now() - TimeDelta::days(400)).unwrap();
    let (_, next, known) = all(&world, &since, &kinds(entry)).await;
    assert!(!known, "no service remembers deletions of 400 days ago");
    assert_ne!(next, since);
}

async fn made_up_cursor_is_refused(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let made_up = ChangeCursor("no such cursor".to_owned());
    let error = world.provider.changes(&world.session, &made_up, &[RecordKind::Item]).await.unwrap_err();
    assert_eq!(error.kind, providers::ErrorKind::Rejected, "{error}");
}

/// Kinds that a change feed is asked for, by what the capability names.
pub fn kinds(entry: &ProviderEntry) -> Vec<RecordKind> {
    let able = &entry.capability;
    let sales = able.sales_documents.iter().map(|kind: &SalesDocumentKind| RecordKind::Sale(*kind));
    let mut kinds = vec![RecordKind::Item, RecordKind::Account];
    kinds.extend(sales);
    if able.bills {
        kinds.push(RecordKind::Bill);
    }
    if able.journal_entries {
        kinds.push(RecordKind::Document(DocumentKind::JournalEntry));
    }
    if able.inventory_adjustments {
        kinds.push(RecordKind::Document(DocumentKind::InventoryAdjustment));
    }
    kinds
}

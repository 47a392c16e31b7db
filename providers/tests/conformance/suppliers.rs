//! Suppliers.

use providers::{model::RemoteSupplier, registry::ProviderEntry};

use crate::{cases, plan::Need, world::World};

cases! { "suppliers" {
    list_is_whole: [Need::Suppliers],
} }

async fn list_is_whole(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let (suppliers, _) = world.all::<RemoteSupplier>().await;
    assert!(!suppliers.is_empty());
    assert!(suppliers.iter().all(|supplier| !supplier.name.is_empty() && !supplier.external_id.is_empty()));
}

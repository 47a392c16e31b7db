//! The chart of accounts.

use std::collections::BTreeSet;

use providers::{
    model::{AccountClass, RemoteAccount},
    registry::ProviderEntry,
};

use crate::{cases, plan::Need, world::World};

cases! { "accounts" {
    list_is_whole_and_classed: [],
    accounts_that_items_name_exist: [],
    balances_are_of_known_accounts: [Need::Balances],
} }

async fn list_is_whole_and_classed(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let (accounts, _) = world.all::<RemoteAccount>().await;
    let has = |class| accounts.iter().any(|account| account.class == class);
    for class in [AccountClass::Asset, AccountClass::Revenue, AccountClass::Expense, AccountClass::Equity] {
        assert!(has(class), "no account is {class:?}");
    }
    assert!(accounts.iter().all(|account| !account.name.is_empty() && !account.kind.is_empty()));
}

async fn accounts_that_items_name_exist(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let (accounts, _) = world.all::<RemoteAccount>().await;
    let known: BTreeSet<String> = accounts.into_iter().map(|account| account.external_id).collect();
    for item in world.items().await {
        for account in [&item.income_account, &item.expense_account, &item.asset_account].into_iter().flatten() {
            assert!(known.contains(account), "{} names the account {account}, which is not listed", item.name);
        }
    }
}

async fn balances_are_of_known_accounts(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let (accounts, _) = world.all::<RemoteAccount>().await;
    let known: BTreeSet<String> = accounts.into_iter().map(|account| account.external_id).collect();
    let report = world.provider.account_balances(&world.session, None).await.unwrap();
    let unknown: Vec<_> = report.rows.iter().filter(|row| !known.contains(&row.account)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

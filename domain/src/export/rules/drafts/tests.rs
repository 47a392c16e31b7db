//! Examples and properties of what is sent.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::{
    AccountClass, AccountId, BusinessId, ExportMode, IntegrationId, IntegrationStatus, ItemId, ItemType, OverrideScope,
    ProductType, Timestamp,
};
use proptest::prelude::*;
use providers::{Capability, registry::PROVIDERS};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::{
    catalog::{Account, Item},
    export::{
        model::{ChosenAccount, DocumentRef, OverrideRow},
        rules::{Group, Overrides},
    },
    integration::Integration,
    money::Currency,
};

/// What a test may change.
struct World {
    integration: Integration,
    capability: Capability,
    currency: &'static str,
    document: Document,
    chosen: HashMap<AccountRole, ChosenAccount>,
    accounts: HashMap<String, Account>,
    overrides: Overrides,
    groups: HashMap<ProductId, Group>,
    products: HashMap<ProductId, String>,
    items: HashMap<ProductId, Item>,
}

fn product(number: u128) -> ProductId {
    ProductId(Uuid::from_u128(number))
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, 1).unwrap()
}

fn integration(mode: InventoryMode) -> Integration {
    Integration {
        id: IntegrationId(Uuid::from_u128(1)),
        business_id: BusinessId(Uuid::from_u128(2)),
        provider: "any".to_owned(),
        status: IntegrationStatus::Active,
        company_external_id: Some("1".to_owned()),
        company_name: None,
        company_country: None,
        company_currency: None,
        company_edition: None,
        company_multicurrency: false,
        company_inventory: true,
        company_book_close_date: None,
        company_time_zone: None,
        company_choices: None,
        inventory_mode: mode,
        item_types: json!([]),
        export_mode: ExportMode::Manual,
        journal_granularity: entity::JournalGranularity::Document,
        document_prefix: "SB".to_owned(),
        item_sync_every_minutes: None,
        sales_sync_every_minutes: None,
        item_sync_cron: None,
        sales_sync_cron: None,
        connected_at: None,
        connected_by: None,
        disconnected_at: None,
        last_call_at: None,
        last_success_at: None,
        trouble: None,
        trouble_since: None,
        expired_reason: None,
        created_at: Timestamp(0),
        updated_at: Timestamp(0),
    }
}

fn account(external_id: &str) -> Account {
    Account {
        id: AccountId(Uuid::from_u128(external_id.len() as u128)),
        business_id: BusinessId(Uuid::from_u128(2)),
        integration_id: IntegrationId(Uuid::from_u128(1)),
        external_id: external_id.to_owned(),
        external_version: None,
        number: None,
        name: format!("Account {external_id}"),
        sort_name: String::new(),
        kind: String::new(),
        sub_kind: None,
        class: AccountClass::Expense,
        active: true,
        currency: None,
        content_hash: 0,
        synced_at: Timestamp(0),
    }
}

fn item(number: u128) -> Item {
    Item {
        id: ItemId(Uuid::from_u128(number)),
        business_id: BusinessId(Uuid::from_u128(2)),
        integration_id: IntegrationId(Uuid::from_u128(1)),
        external_id: format!("i{number}"),
        external_version: None,
        kind: ItemType::Inventory,
        name: format!("Item {number}"),
        full_name: format!("Item {number}"),
        sort_name: String::new(),
        sku: None,
        sort_sku: String::new(),
        description: None,
        active: true,
        gone: false,
        unit_price: None,
        purchase_cost: None,
        quantity_on_hand: None,
        currency: "USD".to_owned(),
        income_account: None,
        expense_account: None,
        asset_account: Some("asset".to_owned()),
        parent_external_id: None,
        external_updated_at: None,
        content_hash: 0,
        created_at: Timestamp(0),
        synced_at: Timestamp(0),
    }
}

impl World {
    fn new(mode: InventoryMode, document: Document) -> Self {
        let roles = [
            AccountRole::Cogs,
            AccountRole::Receiving,
            AccountRole::Waste,
            AccountRole::BuildDebit,
            AccountRole::BuildCredit,
            AccountRole::ReceivingDebit,
            AccountRole::ReceivingCredit,
        ];
        let chosen = |role: AccountRole| ChosenAccount {
            integration_id: IntegrationId(Uuid::from_u128(1)),
            role,
            business_id: BusinessId(Uuid::from_u128(2)),
            account_id: AccountId(Uuid::from_u128(9)),
            external_id: format!("{role:?}"),
            name: format!("Account {role:?}"),
            chosen_at: Timestamp(0),
            chosen_by: "owner".to_owned(),
        };
        let ids = roles.iter().map(|role| format!("{role:?}")).chain(["asset".to_owned()]);
        let products = document.lines.iter().map(|line| line.product);
        Self {
            integration: integration(mode),
            capability: Capability {
                inventory_adjustments: true,
                journal_entries: true,
                ..PROVIDERS[0].capability.clone()
            },
            currency: "USD",
            chosen: roles.into_iter().map(|role| (role, chosen(role))).collect(),
            accounts: ids.map(|id| (id.clone(), account(&id))).collect(),
            overrides: Overrides::default(),
            groups: HashMap::new(),
            products: products.clone().map(|id| (id, format!("Product {}", id.0.as_u128()))).collect(),
            items: products.map(|id| (id, item(id.0.as_u128()))).collect(),
            document,
        }
    }

    fn plan(&self) -> Plan {
        plan_of(&Facts {
            integration: &self.integration,
            capability: &self.capability,
            currency: Currency::parse(self.currency).unwrap(),
            document: &self.document,
            chosen: &self.chosen,
            overrides: &self.overrides,
            groups: &self.groups,
            accounts: &self.accounts,
            products: &self.products,
            items: &self.items,
        })
        .unwrap()
    }
}

fn line(number: u128, quantity: i64, value: i64) -> DocumentLine {
    DocumentLine { product: product(number), quantity: Quantity(quantity), value: Amount(value) }
}

fn document(kind: ExportKind, lines: Vec<DocumentLine>, total: i64) -> Document {
    let record = match kind {
        ExportKind::Receipt => DocumentRef::Receipt(Uuid::from_u128(5).into()),
        _ => DocumentRef::Build(Uuid::from_u128(5).into()),
    };
    Document {
        record,
        kind,
        reference: "SB-1".to_owned(),
        label: "Build 1".to_owned(),
        date: day(),
        lines,
        total: Amount(total),
        is_loss: kind == ExportKind::Waste,
        posted: None,
    }
}

/// Statement 61: 10 built of 20 A and 10 B.
fn built() -> Document {
    let lines =
        vec![line(1, -20_000_000, -40_000_000), line(2, -10_000_000, -10_000_000), line(3, 10_000_000, 62_500_000)];
    document(ExportKind::Build, lines, 62_500_000)
}

fn codes(plan: &Plan) -> Vec<ErrorCode> {
    plan.checks.iter().map(|check| check.code).collect()
}

#[test]
fn a_build_is_one_adjustment_against_cost_of_goods_sold() {
    let plan = World::new(InventoryMode::Sync, built()).plan();
    assert!(plan.ready(), "{:?}", plan.checks);
    let Draft::Adjustment(draft) = &plan.draft else { panic!("no adjustment") };
    let lines: Vec<_> =
        draft.lines.iter().map(|line| (line.item.clone().unwrap(), line.quantity.to_string())).collect();
    let expected =
        [("i1", "-20"), ("i2", "-10"), ("i3", "10")].map(|(item, units)| (item.to_owned(), units.to_owned()));
    assert_eq!((lines, draft.account.as_deref()), (expected.to_vec(), Some("Cogs")));
    assert_eq!(draft.memo, "Build 1: 10 × Product 3");
    let sides: Vec<_> = plan.entries.iter().map(|entry| (entry.name.as_str(), entry.debit.0, entry.credit.0)).collect();
    assert_eq!(sides, [("Account asset", 62_500_000, 50_000_000), ("Account Cogs", 0, 12_500_000)]);
}

#[test]
fn a_build_is_one_journal_of_its_whole_cost() {
    let plan = World::new(InventoryMode::SelfManaged, built()).plan();
    let Draft::Journal(draft) = &plan.draft else { panic!("no journal") };
    let lines: Vec<_> =
        draft.lines.iter().map(|line| (line.account.as_deref(), line.side, line.amount.to_string())).collect();
    let expected =
        [(Some("BuildDebit"), Side::Debit, "62.5".to_owned()), (Some("BuildCredit"), Side::Credit, "62.5".to_owned())];
    assert_eq!((lines, draft.residue), (expected.to_vec(), Decimal::ZERO));
}

#[test]
fn everything_wrong_is_told_at_once() {
    let mut world = World::new(InventoryMode::Sync, built());
    world.integration.status = IntegrationStatus::Expired;
    world.integration.company_inventory = false;
    world.integration.company_currency = Some("NZD".to_owned());
    world.integration.company_book_close_date = Some(day());
    world.chosen.get_mut(&AccountRole::Cogs).unwrap().external_id = "asset".to_owned();
    world.accounts.get_mut("asset").unwrap().active = false;
    world.items.remove(&product(1));
    world.items.get_mut(&product(2)).unwrap().kind = ItemType::Service;
    let plan = world.plan();
    let expected = [
        ErrorCode::ConnectionExpired,
        ErrorCode::UnsupportedByProvider,
        ErrorCode::CurrencyMismatch,
        ErrorCode::PeriodClosed,
        ErrorCode::AccountInvalid,
        ErrorCode::ProductNotLinked,
        ErrorCode::ItemTypeNotAdjustable,
        ErrorCode::AccountSameAsAsset,
    ];
    assert_eq!(codes(&plan), expected);
    assert!(!plan.ready());
    assert_eq!(plan.checks[5].message, "Product 1 is not linked to an item of the accounting system.");
    assert_eq!(plan.checks[5].title, "Product not linked to accounting item");
    assert!(plan.checks[7].message.ends_with("keeps the stock of Item 3."), "{}", plan.checks[7].message);
    world.items.get_mut(&product(3)).unwrap().active = false;
    assert_eq!(codes(&world.plan()).last(), Some(&ErrorCode::ItemInactive));
}

#[test]
fn a_loss_without_waste_account_goes_to_cost_of_goods_sold_and_says_so() {
    let lost = document(ExportKind::Waste, vec![line(1, -20_000_000, -50_000_000)], 50_000_000);
    for mode in [InventoryMode::Sync, InventoryMode::SelfManaged] {
        let mut world = World::new(mode, lost.clone());
        assert_eq!(world.plan().warnings, []);
        world.chosen.remove(&AccountRole::Waste);
        let plan = world.plan();
        assert!(plan.ready() && plan.warnings[0].message.contains("Account Cogs"), "{plan:?}");
        world.chosen.remove(&AccountRole::Cogs);
        let plan = world.plan();
        assert_eq!(
            (codes(&plan), plan.checks[0].role),
            (vec![ErrorCode::AccountNotConfigured], Some(AccountRole::Waste))
        );
    }
}

#[test]
fn a_currency_rounds_at_its_minor_unit_and_shows_what_is_left() {
    let receipt = document(ExportKind::Receipt, vec![line(1, 1_000_000, 10_123_500)], 10_123_500);
    for (currency, posted, residue) in
        [("USD", "10.12", "0.0035"), ("JPY", "10", "0.1235"), ("KWD", "10.124", "-0.0005")]
    {
        let mut world = World::new(InventoryMode::SelfManaged, receipt.clone());
        world.currency = currency;
        let Draft::Journal(draft) = world.plan().draft else { panic!("no journal") };
        assert_eq!(
            (draft.lines[0].amount.to_string(), draft.residue.to_string()),
            (posted.to_owned(), residue.to_owned())
        );
    }
}

#[test]
fn what_is_worth_nothing_is_not_posted() {
    for (mode, lines, total) in [
        (InventoryMode::SelfManaged, vec![line(1, 1_000_000, 4_000)], 4_000),
        (InventoryMode::SelfManaged, vec![line(1, 1_000_000, 0)], 0),
        (InventoryMode::Sync, vec![line(1, 0, 100)], 100),
    ] {
        let plan = World::new(mode, document(ExportKind::Receipt, lines, total)).plan();
        assert!(plan.nothing.is_some() && !plan.ready(), "{plan:?}");
    }
}

#[test]
fn a_draft_comes_back_from_its_json_as_it_was() {
    for mode in [InventoryMode::Sync, InventoryMode::SelfManaged] {
        let draft = World::new(mode, built()).plan().draft;
        assert_eq!(Draft::from_json(&draft.to_json()), Some(draft.clone()));
        assert!(draft.sendable("r".to_owned()).is_some());
    }
}

fn any_document() -> impl Strategy<Value = Document> {
    let lines =
        prop::collection::vec((1_u128..6, -1_000_000_000_i64..1_000_000_000, -1_000_000_000_i64..1_000_000_000), 1..30);
    lines.prop_map(|lines| {
        let lines: Vec<_> = lines.into_iter().map(|(number, quantity, value)| line(number, quantity, value)).collect();
        let total = lines.iter().map(|line| line.value.0).sum();
        document(ExportKind::Receipt, lines, total)
    })
}

mod special;

use special::{RAW, WOOD, special};

proptest! {
    #[test]
    fn debits_equal_credits_and_nothing_is_lost(document in any_document(), mode in 0..2, currency in 0..3_usize) {
        let mode = [InventoryMode::Sync, InventoryMode::SelfManaged][usize::try_from(mode).unwrap()];
        let rows = vec![special(AccountRole::ReceivingCredit, WOOD, "wood"), special(AccountRole::ReceivingDebit, RAW, "raw")];
        let mut world = World::with_overrides(mode, document, rows);
        world.currency = ["JPY", "USD", "KWD"][currency];
        let plan = world.plan();
        let (debits, credits) = plan.entries.iter().fold((0, 0), |(debits, credits), entry| (debits + entry.debit.0, credits + entry.credit.0));
        prop_assert_eq!(debits, credits);
        let step = [1_000_000, 10_000, 1_000][currency];
        for entry in &plan.entries {
            prop_assert_eq!((entry.debit.0 % step, entry.credit.0 % step), (0, 0));
        }
        match &plan.draft {
            Draft::Journal(journal) => {
                let sum = |side| journal.lines.iter().filter(|line| line.side == side).map(|line| line.amount).sum::<Decimal>();
                prop_assert_eq!(sum(Side::Debit), sum(Side::Credit));
                let first = |line: &&AmountLine| ["raw", "ReceivingDebit"].contains(&line.account.as_deref().unwrap());
                let of_first = journal.lines.iter().filter(first);
                let signed = of_first.map(|line| if line.side == Side::Debit { line.amount } else { -line.amount });
                prop_assert_eq!(signed.sum::<Decimal>() + journal.residue, world.document.total.to_decimal());
                prop_assert!(journal.lines.iter().all(|line| line.amount > Decimal::ZERO));
            }
            Draft::Adjustment(adjustment) => {
                let mut items: Vec<_> = adjustment.lines.iter().map(|line| line.item.clone()).collect();
                prop_assert!(adjustment.lines.iter().all(|line| !line.quantity.is_zero()));
                let units: Decimal = adjustment.lines.iter().map(|line| line.quantity).sum();
                let expected: i64 = world.document.lines.iter().map(|line| line.quantity.0).sum();
                prop_assert_eq!(units, Quantity(expected).to_decimal());
                let lines = items.len();
                items.sort();
                items.dedup();
                prop_assert_eq!(items.len(), lines, "one line per item");
            }
        }
    }

    #[test]
    fn the_hash_tells_any_change(document in any_document(), by in 1_i64..1_000) {
        let world = World::new(InventoryMode::Sync, document);
        let (before, mut changed) = (world.plan(), World::new(InventoryMode::Sync, world.document.clone()));
        prop_assert_eq!(&before.hash, &changed.plan().hash);
        changed.document.lines[0].quantity.0 += by * 1_000;
        prop_assert_ne!(&before.hash, &changed.plan().hash);
        changed.document = world.document.clone();
        changed.chosen.get_mut(&AccountRole::Receiving).unwrap().external_id = "other".to_owned();
        prop_assert_ne!(&before.hash, &changed.plan().hash);
    }
}

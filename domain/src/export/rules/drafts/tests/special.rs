//! Accounts of some products, and what is taken back where it was posted.

use super::*;

/// An account for a role with the products of a type or of a category.
pub(super) fn special(role: AccountRole, of: (OverrideScope, &str), external_id: &str) -> OverrideRow {
    OverrideRow {
        integration_id: IntegrationId(Uuid::from_u128(1)),
        role,
        scope: of.0,
        value: of.1.to_owned(),
        label: of.1.to_owned(),
        business_id: BusinessId(Uuid::from_u128(2)),
        account_id: AccountId(Uuid::from_u128(9)),
        external_id: external_id.to_owned(),
        name: format!("Account {external_id}"),
        chosen_at: Timestamp(0),
        chosen_by: "owner".to_owned(),
    }
}

impl World {
    /// With accounts of some products; 1 is wood, 2 is no category's, both are raw material, 3 is made.
    pub(super) fn with_overrides(mode: InventoryMode, document: Document, rows: Vec<OverrideRow>) -> Self {
        let mut world = Self::new(mode, document);
        let ids = rows.iter().map(|row| row.external_id.clone());
        world.accounts.extend(ids.map(|id| (id.clone(), account(&id))).collect::<Vec<_>>());
        world.overrides = Overrides::new(rows);
        let group = |kind, category: Option<&str>| Group { kind, category: category.map(str::to_owned) };
        world.groups = HashMap::from([
            (product(1), group(ProductType::RawMaterial, Some(" Wood "))),
            (product(2), group(ProductType::RawMaterial, None)),
            (product(3), group(ProductType::FinishedGood, None)),
        ]);
        world
    }
}

pub(super) const RAW: (OverrideScope, &str) = (OverrideScope::ProductType, "RAW_MATERIAL");
pub(super) const WOOD: (OverrideScope, &str) = (OverrideScope::Category, "wood");

/// Account, side and amount of each line.
fn amounts(draft: &Draft) -> Vec<(&str, Side, String)> {
    let Draft::Journal(draft) = draft else { panic!("no journal") };
    draft.lines.iter().map(|line| (line.account.as_deref().unwrap(), line.side, line.amount.to_string())).collect()
}

#[test]
fn a_builds_value_goes_to_the_accounts_of_what_was_made_and_used() {
    let credit = AccountRole::BuildCredit;
    let rows = vec![
        special(credit, WOOD, "wood"),
        special(credit, RAW, "raw"),
        special(AccountRole::BuildDebit, RAW, "never"),
    ];
    let world = World::with_overrides(InventoryMode::SelfManaged, built(), rows);
    let plan = world.plan();
    assert!(plan.ready(), "{:?}", plan.checks);
    let line = |account, side, amount: &str| (account, side, amount.to_owned());
    let expected = [
        line("BuildDebit", Side::Debit, "62.5"),
        line("wood", Side::Credit, "40"),
        line("raw", Side::Credit, "10"),
        line("BuildCredit", Side::Credit, "12.5"),
    ];
    assert_eq!(amounts(&plan.draft), expected, "wood over raw material over the role; work by the role");
    let Draft::Journal(draft) = &plan.draft else { panic!("no journal") };
    assert_eq!(Draft::from_json(&plan.draft.to_json()).as_ref(), Some(&plan.draft));
    assert!(draft.lines.iter().all(|line| line.residue.is_zero()));
}

#[test]
fn a_role_is_needed_only_for_what_has_no_account_of_its_own() {
    let receipt =
        document(ExportKind::Receipt, vec![line(1, 1_000_000, 5_000_000), line(2, 1_000_000, 3_000_000)], 8_000_000);
    let of = |scope, id| special(AccountRole::ReceivingDebit, scope, id);
    let mut world = World::with_overrides(InventoryMode::SelfManaged, receipt, vec![of(RAW, "raw"), of(WOOD, "wood")]);
    world.chosen.remove(&AccountRole::ReceivingDebit);
    assert!(world.plan().ready(), "{:?}", world.plan().checks);
    world.accounts.get_mut("wood").unwrap().active = false;
    assert_eq!(codes(&world.plan()), [ErrorCode::AccountInvalid]);
    world.accounts.get_mut("wood").unwrap().active = true;
    world.accounts.get_mut("raw").unwrap().class = AccountClass::Revenue;
    assert_eq!(codes(&world.plan()), [ErrorCode::AccountInvalid], "another class since it was chosen");
    world.accounts.get_mut("raw").unwrap().class = AccountClass::Asset;
    world.groups.get_mut(&product(2)).unwrap().kind = ProductType::Component;
    assert_eq!(codes(&world.plan()), [ErrorCode::AccountNotConfigured]);
    let rows = vec![of(WOOD, "ReceivingCredit"), of(RAW, "raw")];
    let world = World::with_overrides(InventoryMode::SelfManaged, world.document, rows);
    assert_eq!(codes(&world.plan()), [ErrorCode::AccountInvalid], "wood against itself");
}

#[test]
fn an_adjustment_is_never_split() {
    let goods = |lines: Vec<DocumentLine>| document(ExportKind::Receipt, lines, 0);
    let rows = || vec![special(AccountRole::Receiving, WOOD, "wood")];
    let offset = |plan: &Plan| match &plan.draft {
        Draft::Adjustment(draft) => draft.account.clone().unwrap(),
        Draft::Journal(_) => panic!("no adjustment"),
    };
    let wood = goods(vec![line(1, 1_000_000, 5_000_000)]);
    let plan = World::with_overrides(InventoryMode::Sync, wood, rows()).plan();
    assert_eq!((offset(&plan).as_str(), plan.warnings.len(), plan.ready()), ("wood", 0, true));
    let both = goods(vec![line(1, 1_000_000, 5_000_000), line(2, 1_000_000, 3_000_000)]);
    let mut world = World::with_overrides(InventoryMode::Sync, both, rows());
    let plan = world.plan();
    assert_eq!((offset(&plan).as_str(), plan.ready()), ("Receiving", true));
    assert_eq!(
        plan.warnings[0].message,
        "The products of Build 1 have different accounts: Product 1 (Account wood), Product 2 (Account Receiving). An \
         inventory adjustment takes one account, so all of it goes to Account Receiving."
    );
    world.chosen.remove(&AccountRole::Receiving);
    assert_eq!(codes(&world.plan()), [ErrorCode::AccountNotConfigured]);
    let wood = goods(vec![line(1, 1_000_000, 5_000_000)]);
    let plan =
        World::with_overrides(InventoryMode::Sync, wood, vec![special(AccountRole::Receiving, WOOD, "asset")]).plan();
    assert_eq!(codes(&plan), [ErrorCode::AccountSameAsAsset]);
}

#[test]
fn what_was_posted_is_taken_back_where_it_was_posted() {
    for mode in [InventoryMode::Sync, InventoryMode::SelfManaged] {
        let posted = World::new(mode, built()).plan().draft;
        let mut back = built();
        (back.kind, back.reference, back.posted) = (ExportKind::Reversal, "SB-1-R".to_owned(), Some(posted.clone()));
        let mut world = World::new(mode, back);
        // Whatever was chosen and linked since.
        world.chosen.clear();
        world.items.clear();
        let plan = world.plan();
        assert!(plan.ready(), "{:?}", plan.checks);
        match (&plan.draft, &posted) {
            (Draft::Journal(back), Draft::Journal(_)) => {
                let expected =
                    [("BuildCredit", Side::Debit, "62.5".to_owned()), ("BuildDebit", Side::Credit, "62.5".to_owned())];
                assert_eq!((amounts(&plan.draft), back.reference.as_str()), (expected.to_vec(), "SB-1-R"));
            }
            (Draft::Adjustment(back), Draft::Adjustment(posted)) => {
                let units = |draft: &Adjustment| {
                    draft.lines.iter().map(|line| (line.item.clone(), line.quantity)).collect::<Vec<_>>()
                };
                let expected: Vec<_> = units(posted).into_iter().map(|(item, quantity)| (item, -quantity)).collect();
                assert_eq!((units(back), &back.account), (expected, &posted.account));
            }
            _ => panic!("another kind of document"),
        }
        world.accounts.remove(match mode {
            InventoryMode::Sync => "Cogs",
            InventoryMode::SelfManaged => "BuildDebit",
        });
        assert_eq!(codes(&world.plan()), [ErrorCode::AccountInvalid]);
    }
}

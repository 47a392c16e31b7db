//! Every class by an example, and the sum by properties.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use entity::{Amount, ProductId, Quantity, ReconciliationClass as Class};
use proptest::prelude::*;
use providers::model::{DocumentKind, LedgerLine, RecordKind, SalesDocumentKind};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::*;
use crate::{
    export::draft::{Adjustment, AmountLine, Draft, ItemLine, Journal, Side},
    money::Currency,
    reconcile::model::{Held, LinkedItem, Part, Standing, TrueUpAmount},
};

fn day(number: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, number).unwrap()
}

fn product(number: u8) -> ProductId {
    ProductId(Uuid::from_u128(u128::from(number)))
}

fn part(number: u8, quantity: i64, value: i64) -> Part {
    Part { product: product(number), quantity: Quantity(quantity), value: Amount(value) }
}

fn leg(standing: Standing, parts: Vec<Part>) -> Leg {
    Leg {
        record: None,
        export: None,
        label: "Receipt 1".to_owned(),
        date: day(5),
        standing,
        parts,
        gathered: Vec::new(),
    }
}

fn journal(amount: i64, accounts: (&str, &str)) -> Draft {
    let line = |account: &str, side| AmountLine {
        account: Some(account.to_owned()),
        account_name: None,
        side,
        amount: Decimal::new(amount, 6),
        description: String::new(),
        residue: Decimal::ZERO,
    };
    Draft::Journal(Journal {
        reference: "R".to_owned(),
        date: day(5),
        memo: String::new(),
        lines: vec![line(accounts.0, Side::Debit), line(accounts.1, Side::Credit)],
        residue: Decimal::ZERO,
        members: Vec::new(),
    })
}

fn adjustment(lines: &[(u8, i64)]) -> Draft {
    let line = |(number, quantity): &(u8, i64)| ItemLine {
        item: Some(number.to_string()),
        name: String::new(),
        product: product(*number).0,
        quantity: Decimal::new(*quantity, 6),
        value: Decimal::ZERO,
    };
    Draft::Adjustment(Adjustment {
        reference: "R".to_owned(),
        date: day(5),
        memo: String::new(),
        account: Some("C".to_owned()),
        account_name: None,
        lines: lines.iter().map(line).collect(),
    })
}

fn posted(id: &str, draft: Draft) -> Standing {
    Standing::Posted { external_id: id.to_owned(), draft }
}

fn there(kind: Option<RecordKind>, id: &str, amount: i64, item: Option<(u8, i64)>) -> TheirLine {
    let line = LedgerLine {
        account: "I".to_owned(),
        kind,
        label: format!("{kind:?}"),
        external_id: Some(id.to_owned()),
        number: None,
        date: day(6),
        amount: Decimal::new(amount, 6),
        item: item.map(|(number, _)| number.to_string()),
        quantity: item.map(|(_, quantity)| Decimal::new(quantity, 6)),
        memo: None,
        made_by: None,
    };
    TheirLine { line, amount: Amount(amount), quantity: item.map(|(_, quantity)| Quantity(quantity)) }
}

const JOURNAL: Option<RecordKind> = Some(RecordKind::Document(DocumentKind::JournalEntry));
const ADJUSTMENT: Option<RecordKind> = Some(RecordKind::Document(DocumentKind::InventoryAdjustment));
const CENT: i64 = 10_000;

/// Products 1 and 2 are linked to items 1 and 2, product 3 to none; what the accounts hold is what the lines say.
fn facts(legs: Vec<Leg>, lines: Vec<TheirLine>) -> Facts {
    let item = |number: u8| LinkedItem { external_id: number.to_string(), asset_account: Some("I".to_owned()) };
    Facts {
        currency: Currency::parse("USD").unwrap(),
        on: day(30),
        from: day(1),
        accounts: BTreeSet::from(["I".to_owned()]),
        items: HashMap::from([(product(1), item(1)), (product(2), item(2))]),
        products: HashMap::new(),
        item_names: HashMap::new(),
        before: BTreeMap::new(),
        balance_before: Amount::ZERO,
        balance: Amount(lines.iter().map(|line| line.amount.0).sum()),
        legs,
        lines,
    }
}

fn found(legs: Vec<Leg>, lines: Vec<TheirLine>) -> Vec<(Class, i64)> {
    let found = classify(&facts(legs, lines)).unwrap();
    found.lines.iter().map(|line| (line.class, line.amount.0)).collect()
}

#[test]
fn a_document_that_is_there_as_sent_leaves_nothing_but_what_cannot_be_posted() {
    let ours = leg(posted("7", journal(1_000 * CENT, ("I", "P"))), vec![part(1, 1, 1_000 * CENT + 400)]);
    assert_eq!(found(vec![ours], vec![there(JOURNAL, "7", 1_000 * CENT, None)]), [(Class::Rounding, 400)]);
}

#[test]
fn each_kind_of_difference_has_its_class() {
    let sent = || leg(posted("7", journal(500 * CENT, ("I", "P"))), vec![part(1, 1, 500 * CENT)]);
    assert_eq!(found(vec![sent()], vec![there(JOURNAL, "7", 1_000 * CENT, None)]), [(Class::EditedThere, -500 * CENT)]);
    assert_eq!(found(vec![sent()], vec![]), [(Class::EditedThere, 500 * CENT)]);
    let labour = leg(posted("8", journal(500 * CENT, ("P", "Q"))), vec![part(1, 1, 25 * CENT)]);
    assert_eq!(found(vec![labour], vec![]), [(Class::ValueParity, 25 * CENT)]);
    let waiting = Standing::Waiting { reason: String::new(), help: String::new() };
    let both = leg(waiting, vec![part(1, 1, 3 * CENT), part(3, 1, 4 * CENT)]);
    assert_eq!(found(vec![both], vec![]), [(Class::NotExported, 3 * CENT), (Class::Unlinked, 4 * CENT)]);
    let theirs = |kind| vec![there(kind, "9", 5 * CENT, None)];
    assert_eq!(found(vec![], theirs(JOURNAL)), [(Class::ManualJournal, -5 * CENT)]);
    assert_eq!(found(vec![], theirs(Some(RecordKind::Bill))), [(Class::OtherApp, -5 * CENT)]);
    assert_eq!(found(vec![], theirs(ADJUSTMENT)), [(Class::OtherApp, -5 * CENT)]);
    let sale = Some(RecordKind::Sale(SalesDocumentKind::Invoice));
    assert_eq!(found(vec![], theirs(sale)), [(Class::Sales, -5 * CENT)]);
    assert_eq!(found(vec![], vec![there(None, "9", CENT, Some((9, 1)))]), [(Class::Unlinked, -CENT)]);
}

#[test]
fn the_same_units_at_another_cost_are_parity_and_other_units_an_edit() {
    let ours =
        || leg(posted("7", adjustment(&[(1, 10), (2, 10)])), vec![part(1, 10, 20 * CENT), part(2, 10, 30 * CENT)]);
    let theirs = |quantity| {
        let two = there(ADJUSTMENT, "7", 30 * CENT, Some((2, 10)));
        vec![there(ADJUSTMENT, "7", 15 * CENT, Some((1, quantity))), two]
    };
    assert_eq!(found(vec![ours()], theirs(10)), [(Class::ValueParity, 5 * CENT)]);
    assert_eq!(found(vec![ours()], theirs(7)), [(Class::EditedThere, 5 * CENT)]);
    let parity = classify(&facts(vec![ours()], theirs(10))).unwrap().parity;
    assert_eq!(parity, BTreeMap::from([(product(1), Amount(5 * CENT))]));
}

#[test]
fn a_true_up_takes_the_parity_away() {
    let ours = leg(posted("7", adjustment(&[(1, 10)])), vec![part(1, 10, 20 * CENT)]);
    let amounts = vec![TrueUpAmount { product: product(1).0, account: "I".to_owned(), amount: 5 * CENT }];
    let true_up = leg(Standing::TrueUp { external_id: "8".to_owned(), amounts }, vec![]);
    let theirs = vec![there(ADJUSTMENT, "7", 15 * CENT, Some((1, 10))), there(JOURNAL, "8", 5 * CENT, None)];
    let found = classify(&facts(vec![ours, true_up], theirs)).unwrap();
    assert_eq!((found.difference, found.parity), (Amount::ZERO, BTreeMap::new()));
    assert_eq!(found.sums[&Class::ValueParity], Sum { amount: 0, lines: 2 });
}

#[test]
fn what_was_taken_over_is_paired_with_what_the_item_held() {
    let opening = leg(Standing::FromThere, vec![part(1, 100, 200 * CENT)]);
    let bill = there(Some(RecordKind::Bill), "9", 7 * CENT, Some((1, 3)));
    let mut facts = facts(vec![opening], vec![bill]);
    facts.before.insert("1".to_owned(), Held { quantity: Quantity(100), value: Amount(198 * CENT) });
    (facts.balance_before, facts.balance) = (Amount(198 * CENT), Amount(205 * CENT));
    let found = classify(&facts).unwrap();
    let found: Vec<_> = found.lines.iter().map(|line| (line.class, line.amount.0)).collect();
    assert_eq!(found, [(Class::OtherApp, -7 * CENT), (Class::ValueParity, 2 * CENT)]);
}

#[test]
fn what_their_own_lines_leave_over_is_shown() {
    let mut facts = facts(vec![], vec![]);
    facts.balance = Amount(3 * CENT);
    let found = classify(&facts).unwrap();
    assert_eq!(found.sums, BTreeMap::from([(Class::Unexplained, Sum { amount: -3 * CENT, lines: 1 })]));
}

fn any_parts() -> impl Strategy<Value = Vec<Part>> {
    let one = (1_u8..5, -500_i64..500, -900_000_i64..900_000)
        .prop_map(|(number, quantity, value)| part(number, quantity, value));
    prop::collection::vec(one, 0..4)
}

fn any_standing() -> impl Strategy<Value = Standing> {
    let account = prop::sample::select(vec!["I", "P", "Q"]);
    let id = prop::sample::select(vec!["1", "2", "3", "4"]);
    let amounts = prop::collection::vec((1_u8..4, -50_i64..50), 0..3);
    prop_oneof![
        Just(Standing::FromThere),
        Just(Standing::Sale),
        Just(Standing::Nothing("nothing".to_owned())),
        Just(Standing::Waiting { reason: "waits".to_owned(), help: "send it".to_owned() }),
        (id.clone(), account.clone(), account, 1_i64..100)
            .prop_map(|(id, one, other, amount)| posted(id, journal(amount * CENT, (one, other)))),
        (id.clone(), prop::collection::vec((1_u8..5, -500_i64..500), 0..4))
            .prop_map(|(id, lines)| posted(id, adjustment(&lines))),
        (id, amounts).prop_map(|(id, amounts)| {
            let amount = |(number, amount): (u8, i64)| TrueUpAmount {
                product: product(number).0,
                account: if amount % 2 == 0 { "I" } else { "J" }.to_owned(),
                amount: amount * CENT,
            };
            Standing::TrueUp { external_id: id.to_owned(), amounts: amounts.into_iter().map(amount).collect() }
        }),
    ]
}

fn any_line() -> impl Strategy<Value = TheirLine> {
    let kind = prop::sample::select(vec![
        None,
        JOURNAL,
        ADJUSTMENT,
        Some(RecordKind::Bill),
        Some(RecordKind::Sale(SalesDocumentKind::Invoice)),
    ]);
    let id = prop::sample::select(vec!["1", "2", "3", "4", "5"]);
    let item = prop::option::of((1_u8..6, -500_i64..500));
    (kind, id, -500_i64..500, item, 1_u32..28).prop_map(|(kind, id, amount, item, date)| {
        let mut line = there(kind, id, amount * CENT, item);
        line.line.date = day(date);
        line
    })
}

proptest! {
    /// Whatever both sides say, every part of it is in one class, and the classes add up to the difference.
    #[test]
    fn the_classes_add_up_to_the_difference(
        legs in prop::collection::vec((any_standing(), any_parts()), 0..12),
        lines in prop::collection::vec(any_line(), 0..20),
        held in prop::collection::btree_map(1_u8..6, (-500_i64..500, -500_i64..500), 0..4),
        (beside, off) in (-500_i64..500, -3_i64..3),
    ) {
        let legs = legs.into_iter().map(|(standing, parts)| leg(standing, parts)).collect();
        let mut facts = facts(legs, lines);
        facts.before = held
            .into_iter()
            .map(|(item, (quantity, value))| (item.to_string(), Held { quantity: Quantity(quantity), value: Amount(value * CENT) }))
            .collect();
        let of_items: i64 = facts.before.values().map(|held| held.value.0).sum();
        facts.balance_before = Amount(of_items + beside * CENT);
        facts.balance = Amount(facts.balance.0 + facts.balance_before.0 + off * CENT);
        let found = classify(&facts).unwrap();
        let ours: i64 = facts.legs.iter().flat_map(|leg| &leg.parts).map(|part| part.value.0).sum();
        prop_assert_eq!(found.difference.0, ours - facts.balance.0);
        prop_assert_eq!(found.lines.iter().map(|line| line.amount.0).sum::<i64>(), found.difference.0);
        prop_assert_eq!(found.sums.values().map(|sum| sum.amount).sum::<i64>(), found.difference.0);
        prop_assert!(found.lines.iter().all(|line| !line.amount.is_zero() && !line.reason.is_empty()));
        let unexplained = found.sums.get(&Class::Unexplained).map_or(0, |sum| sum.amount);
        prop_assert_eq!(unexplained, -off * CENT);
        // What can be trued up is whole cents.
        prop_assert!(found.parity.values().all(|amount| amount.0 % CENT == 0));
    }
}

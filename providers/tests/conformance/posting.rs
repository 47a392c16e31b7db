//! Posting: once, exactly, or refused with a reason and without effect.

use std::collections::BTreeMap;

use chrono::Days;
use providers::{
    ErrorKind, Outcome,
    model::{AdjustmentLine, DocumentContent, DocumentState, JournalLine, Side},
    registry::ProviderEntry,
    sandbox::SandboxAct,
};
use rust_decimal::{Decimal, dec};

use crate::{
    cases,
    plan::Need,
    world::{Draft, World, journal, today},
};

cases! { "posting" {
    journal_is_posted_and_moves_the_books_exactly: [Need::Journals, Need::Hand],
    adjustment_is_posted_and_moves_the_stock_exactly: [Need::Adjustments, Need::Hand],
    journal_of_many_lines_is_kept_whole: [Need::Journals],
    journal_is_left_as_a_draft: [Need::Drafts],
    repeat_with_the_same_request_id_posts_once: [Need::Posting, Need::Idempotency, Need::Hand],
    repeats_at_once_post_once: [Need::Posting, Need::Idempotency, Need::Hand],
    unknown_account_is_rejected_without_effect: [Need::Posting, Need::Hand],
    unknown_item_is_rejected_without_effect: [Need::Adjustments, Need::Hand],
    inactive_item_is_rejected_without_effect: [Need::Adjustments, Need::Hand],
    closed_books_are_period_closed_without_effect: [Need::Posting, Need::Hand],
    edition_without_inventory_is_refused: [Need::Adjustments, Need::Hand],
    memo_of_any_text_keeps_the_reference: [Need::Posting, Need::Hand],
} }

/// Balances as the books themselves say, without zeros.
pub async fn trial_balance(world: &World) -> BTreeMap<String, Decimal> {
    let rows = world.hand().trial_balance(&world.session.company).await.unwrap();
    rows.into_iter().filter(|row| !row.balance.is_zero()).map(|row| (row.account, row.balance.normalize())).collect()
}

/// By how much each account moved.
pub fn moved(before: &BTreeMap<String, Decimal>, after: &BTreeMap<String, Decimal>) -> BTreeMap<String, Decimal> {
    let mut moved = after.clone();
    for (account, balance) in before {
        *moved.entry(account.clone()).or_default() -= balance;
    }
    moved.retain(|_, balance| !balance.is_zero());
    moved
}

async fn journal_is_posted_and_moves_the_books_exactly(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let (expense, income) = world.two_accounts().await;
    for amount in [dec!(0.01), dec!(1234.56), dec!(9999999.99)] {
        let draft = journal(world.head(), &expense, &income, amount);
        let before = trial_balance(&world).await;
        let posted = world.provider.post_journal(&world.session, &draft).await.unwrap();
        assert_eq!(posted.reference.as_deref(), Some(draft.head.reference.as_str()));
        assert_eq!((posted.state, posted.date), (DocumentState::Posted, draft.head.date));
        let expected = BTreeMap::from([(expense.clone(), amount), (income.clone(), -amount)]);
        assert_eq!(moved(&before, &trial_balance(&world).await), expected);
        assert_eq!(world.count(&Draft::Journal(draft)).await, 1);
    }
}

async fn adjustment_is_posted_and_moves_the_stock_exactly(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let quantity_of = async |item: &str| {
        let rows = world.hand().valuation(&world.session.company).await.unwrap();
        rows.into_iter().find(|row| row.item == item).map(|row| row.quantity).unwrap_or_default()
    };
    for quantity in [dec!(3), dec!(-1.5)] {
        let draft = world.adjustment(quantity).await;
        let item = draft.lines[0].item.clone();
        let before = quantity_of(&item).await;
        let posted = world.provider.post_adjustment(&world.session, &draft).await.unwrap();
        assert_eq!(posted.reference.as_deref(), Some(draft.head.reference.as_str()));
        assert_eq!(quantity_of(&item).await, before + quantity);
        assert_eq!(world.item(&item).await.quantity_on_hand, Some(before + quantity));
        let sum: Decimal = trial_balance(&world).await.into_values().sum();
        assert_eq!(sum, Decimal::ZERO);
        let DocumentContent::Adjustment { lines, .. } = posted.content else { panic!("{posted:?}") };
        assert_eq!(lines, draft.lines);
    }
}

async fn journal_of_many_lines_is_kept_whole(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let (expense, income) = world.two_accounts().await;
    let mut draft = journal(world.head(), &expense, &income, dec!(1));
    draft.lines.clear();
    for number in 1..=60 {
        let (account, side) = if number % 2 == 1 { (&expense, Side::Debit) } else { (&income, Side::Credit) };
        let description = Some(format!("line {number}"));
        let amount = Decimal::new((number + 1) / 2, 2);
        draft.lines.push(JournalLine { account: account.clone(), side, amount, description });
    }
    let posted = world.provider.post_journal(&world.session, &draft).await.unwrap();
    assert_eq!(posted.content, DocumentContent::Journal { lines: draft.lines.clone() });
    let read = world.provider.read_posted(&world.session, posted.kind, &posted.external_id).await.unwrap();
    assert_eq!(read.content, posted.content);
}

async fn journal_is_left_as_a_draft(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let mut draft = world.journal(dec!(10)).await;
    draft.as_draft = true;
    let posted = world.provider.post_journal(&world.session, &draft).await.unwrap();
    assert_eq!(posted.state, DocumentState::Draft);
    let read = world.provider.read_posted(&world.session, posted.kind, &posted.external_id).await.unwrap();
    assert_eq!(read.state, DocumentState::Draft);
}

async fn repeat_with_the_same_request_id_posts_once(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    for draft in world.drafts().await {
        let first = world.post(&draft).await.unwrap();
        let second = world.post(&draft).await.unwrap();
        assert_eq!(first.external_id, second.external_id);
        assert_eq!(world.count(&draft).await, 1, "{:?}", draft.kind());
    }
}

async fn repeats_at_once_post_once(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    for draft in world.drafts().await {
        let posted = futures::future::join_all((0..5).map(|_| world.post(&draft))).await;
        let ids: std::collections::BTreeSet<_> =
            posted.into_iter().flatten().map(|posted| posted.external_id).collect();
        assert_eq!(ids.len(), 1, "{ids:?}");
        assert_eq!(world.count(&draft).await, 1);
    }
}

/// Refused with this kind, certainly without effect: no document, no amount moved.
async fn refused(world: &World, draft: &Draft, kind: ErrorKind) {
    let before = trial_balance(world).await;
    let error = world.post(draft).await.unwrap_err();
    assert_eq!((error.kind, error.outcome), (kind, Outcome::NotApplied), "{error:?}");
    assert!(!error.message.is_empty());
    assert_eq!(world.count(draft).await, 0);
    assert_eq!(trial_balance(world).await, before);
}

async fn unknown_account_is_rejected_without_effect(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    for mut draft in world.drafts().await {
        match &mut draft {
            Draft::Journal(draft) => draft.lines[0].account = "99999".to_owned(),
            Draft::Adjustment(draft) => draft.account = "99999".to_owned(),
        }
        refused(&world, &draft, ErrorKind::Rejected).await;
    }
}

async fn unknown_item_is_rejected_without_effect(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let mut draft = world.adjustment(dec!(1)).await;
    draft.lines.push(AdjustmentLine { item: "99999".to_owned(), quantity: dec!(1) });
    refused(&world, &Draft::Adjustment(draft), ErrorKind::Rejected).await;
}

async fn inactive_item_is_rejected_without_effect(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let draft = world.adjustment(dec!(1)).await;
    let item = draft.lines[0].item.clone();
    // An item with stock may have to be emptied first, as in the service.
    let stock = world.item(&item).await.quantity_on_hand.unwrap_or_default();
    let mut emptied = draft.clone();
    (emptied.head, emptied.lines[0].quantity) = (world.head(), -stock);
    if !stock.is_zero() {
        world.provider.post_adjustment(&world.session, &emptied).await.unwrap();
    }
    world.act(SandboxAct::SetItemActive { item, active: false }).await;
    refused(&world, &Draft::Adjustment(draft), ErrorKind::Rejected).await;
}

async fn closed_books_are_period_closed_without_effect(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let drafts = world.drafts().await;
    world.act(SandboxAct::CloseBooks(Some(today() + Days::new(1)))).await;
    let company = world.provider.company(&world.session).await.unwrap();
    assert_eq!(company.book_close_date, Some(today() + Days::new(1)));
    for draft in &drafts {
        refused(&world, draft, ErrorKind::PeriodClosed).await;
    }
    world.act(SandboxAct::CloseBooks(None)).await;
    for draft in &drafts {
        world.post(draft).await.unwrap();
        assert_eq!(world.count(draft).await, 1);
    }
}

async fn edition_without_inventory_is_refused(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let draft = world.adjustment(dec!(1)).await;
    world.act(SandboxAct::SetInventory(false)).await;
    assert!(!world.provider.company(&world.session).await.unwrap().inventory_enabled);
    let error = world.provider.post_adjustment(&world.session, &draft).await.unwrap_err();
    assert_eq!(error.outcome, Outcome::NotApplied, "{error:?}");
    assert!(matches!(error.kind, ErrorKind::Rejected | ErrorKind::Unsupported), "{error:?}");
    assert_eq!(world.count(&Draft::Adjustment(draft)).await, 0);
}

async fn memo_of_any_text_keeps_the_reference(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let long = "A long memo. ".repeat(600);
    for memo in ["", "Ünïcode 材料 \u{1F600}", "<b>&amp;</b> \"quotes\" \\ 'x'", "two\nlines\tand a tab", &long] {
        for mut draft in world.drafts().await {
            draft.head_mut().memo = memo.to_owned();
            let posted = world.post(&draft).await.unwrap();
            assert_eq!(posted.reference.as_ref(), Some(&draft.head().reference), "{memo:.40}");
            let found = world.find(&draft).await.unwrap();
            assert_eq!(found.len(), 1, "{memo:.40}");
            let kept = found[0].memo.clone().unwrap_or_default();
            let begins: String = kept.chars().take(10).collect();
            assert!(
                memo.replace(['\n', '\t'], " ").starts_with(begins.replace(['\n', '\t'], " ").as_str()),
                "{kept:.60}"
            );
        }
    }
}

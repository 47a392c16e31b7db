//! Lines of accounts: what hit them, by which document, day by day.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use providers::{
    model::{DocumentKind, LedgerLine, LedgerWindow, RecordKind},
    registry::ProviderEntry,
    sandbox::SandboxAct,
};
use rust_decimal::{Decimal, dec};

use crate::{
    cases,
    plan::Need,
    world::{World, today},
};

cases! { "ledger" {
    a_journal_is_on_both_its_accounts: [Need::LedgerLines, Need::Journals],
    an_adjustment_names_its_items_and_quantities: [Need::LedgerLines, Need::Adjustments],
    lines_add_up_to_what_the_balance_moved: [Need::LedgerLines, Need::BalancesOfAnyDay, Need::Journals],
    a_span_of_months_has_every_line_once: [Need::LedgerLines, Need::Journals],
    what_is_taken_back_adds_up_to_nothing: [Need::LedgerLines, Need::Journals, Need::Hand],
    what_somebody_edits_is_there_as_it_is_now: [Need::LedgerLines, Need::Journals, Need::Hand],
    a_quiet_account_has_no_lines: [Need::LedgerLines],
} }

/// All lines of some accounts, page by page.
async fn lines(world: &World, accounts: &[&str], from: NaiveDate, to: NaiveDate) -> Vec<LedgerLine> {
    let accounts = accounts.iter().map(|id| (*id).to_owned()).collect();
    let window = LedgerWindow { accounts, from, to };
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let page = world.provider.ledger_lines(&world.session, &window, cursor.as_ref()).await.unwrap();
        all.extend(page.lines);
        assert!(page.next.is_none() || page.next != cursor, "the pages go on");
        cursor = page.next;
        if cursor.is_none() {
            return all;
        }
    }
}

/// Sums by document.
fn sums(lines: &[LedgerLine]) -> BTreeMap<String, Decimal> {
    let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
    for line in lines {
        *sums.entry(line.external_id.clone().unwrap_or_default()).or_default() += line.amount;
    }
    sums.retain(|_, sum| !sum.is_zero());
    sums
}

async fn a_journal_is_on_both_its_accounts(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let draft = world.journal(dec!(12.34)).await;
    let posted = world.provider.post_journal(&world.session, &draft).await.unwrap();
    for (line, amount) in draft.lines.iter().zip([dec!(12.34), dec!(-12.34)]) {
        let found = lines(&world, &[&line.account], draft.head.date, draft.head.date).await;
        let ours: Vec<&LedgerLine> =
            found.iter().filter(|found| found.external_id.as_ref() == Some(&posted.external_id)).collect();
        assert_eq!(ours.len(), 1, "{found:?}");
        assert_eq!(
            (&ours[0].account, ours[0].amount.normalize(), ours[0].date),
            (&line.account, amount, draft.head.date)
        );
        assert_eq!(ours[0].kind, Some(RecordKind::Document(DocumentKind::JournalEntry)));
        assert!(ours[0].item.is_none() && !ours[0].label.is_empty());
    }
}

async fn an_adjustment_names_its_items_and_quantities(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let draft = world.adjustment(dec!(3)).await;
    let item = world.item(&draft.lines[0].item).await;
    let asset = item.asset_account.unwrap();
    let posted = world.provider.post_adjustment(&world.session, &draft).await.unwrap();
    let found = lines(&world, &[&asset], draft.head.date, draft.head.date).await;
    let ours: Vec<&LedgerLine> =
        found.iter().filter(|line| line.external_id.as_ref() == Some(&posted.external_id)).collect();
    let told: BTreeMap<_, _> =
        ours.iter().map(|line| (line.item.clone().unwrap(), line.quantity.unwrap().normalize())).collect();
    let sent: BTreeMap<_, _> = draft.lines.iter().map(|line| (line.item.clone(), line.quantity.normalize())).collect();
    assert_eq!(told, sent);
    assert!(ours.iter().all(|line| line.kind == Some(RecordKind::Document(DocumentKind::InventoryAdjustment))));
}

async fn lines_add_up_to_what_the_balance_moved(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let draft = world.journal(dec!(99.01)).await;
    world.provider.post_journal(&world.session, &draft).await.unwrap();
    let account = &draft.lines[0].account;
    let balance = async |day: NaiveDate| {
        let report = world.provider.account_balances(&world.session, Some(day)).await.unwrap();
        report.rows.into_iter().find(|row| row.account == *account).map(|row| row.balance).unwrap_or_default()
    };
    // Within one business year, so that no account begins anew between.
    let day = draft.head.date;
    let moved = balance(day).await - balance(day - Days::new(1)).await;
    let sum: Decimal = lines(&world, &[account], day, day).await.iter().map(|line| line.amount).sum();
    assert_eq!(sum.normalize(), moved.normalize());
}

async fn a_span_of_months_has_every_line_once(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let mut expected = BTreeMap::new();
    let mut accounts = Vec::new();
    for (place, ago) in [0_u64, 30, 31, 32, 61, 62, 63, 95].into_iter().enumerate() {
        let amount = Decimal::from(place) + dec!(1.5);
        let mut draft = world.journal(amount).await;
        draft.head.date = today() - Days::new(ago);
        accounts.clone_from(&vec![draft.lines[0].account.clone()]);
        expected.insert(world.provider.post_journal(&world.session, &draft).await.unwrap().external_id, amount);
    }
    let found = lines(&world, &[&accounts[0]], today() - Days::new(95), today()).await;
    let of_ours = |line: &&LedgerLine| expected.contains_key(line.external_id.as_deref().unwrap_or_default());
    let ours: Vec<LedgerLine> = found.iter().filter(of_ours).cloned().collect();
    assert_eq!((ours.len(), sums(&ours)), (expected.len(), expected.clone()));
    let narrow = lines(&world, &[&accounts[0]], today() - Days::new(62), today() - Days::new(31)).await;
    assert_eq!(narrow.iter().filter(of_ours).count(), 4, "the span's first and last day are in it");
}

async fn what_is_taken_back_adds_up_to_nothing(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let draft = world.journal(dec!(40)).await;
    let posted = world.provider.post_journal(&world.session, &draft).await.unwrap();
    let (kind, external_id) = (posted.kind, posted.external_id.clone());
    world.act(SandboxAct::RemoveDocument { kind, external_id }).await;
    let found = lines(&world, &[&draft.lines[0].account], draft.head.date, draft.head.date).await;
    assert_eq!(sums(&found).get(&posted.external_id), None, "{found:?}");
}

async fn what_somebody_edits_is_there_as_it_is_now(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let draft = world.journal(dec!(40)).await;
    let posted = world.provider.post_journal(&world.session, &draft).await.unwrap();
    let (kind, external_id) = (posted.kind, posted.external_id.clone());
    world.act(SandboxAct::EditDocument { kind, external_id }).await;
    let found = lines(&world, &[&draft.lines[0].account], draft.head.date, draft.head.date).await;
    assert_eq!(sums(&found).get(&posted.external_id).map(Decimal::normalize), Some(dec!(80)), "{found:?}");
}

async fn a_quiet_account_has_no_lines(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let (account, _) = world.two_accounts().await;
    let day = NaiveDate::from_ymd_opt(2001, 2, 3).unwrap();
    assert_eq!(lines(&world, &[&account], day, day).await, []);
}

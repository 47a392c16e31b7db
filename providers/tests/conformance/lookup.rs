//! Finding again what was posted, and the provider's own books.

use chrono::Days;
use providers::{
    ErrorKind,
    model::{DocumentContent, DocumentState, RecordKind, RecordRef},
    registry::ProviderEntry,
    sandbox::SandboxAct,
};
use rust_decimal::{Decimal, dec};

use crate::{
    cases,
    plan::Need,
    posting::trial_balance,
    world::{Draft, World, today},
};

cases! { "lookup" {
    posted_document_is_found_by_its_reference: [Need::Posting],
    similar_references_are_not_confused: [Need::Posting],
    nothing_is_found_where_nothing_was_posted: [Need::Posting],
    made_up_document_is_not_found: [Need::Posting],
    edited_document_is_read_as_it_is_now: [Need::Posting, Need::Hand],
    removed_document_is_voided_or_gone: [Need::Posting, Need::Hand],
    balances_are_those_of_the_books: [Need::Balances, Need::Hand],
    balances_of_a_day_leave_out_what_is_later: [Need::BalancesOfAnyDay, Need::Journals],
    valuation_is_that_of_the_books: [Need::Valuation, Need::Hand],
    document_has_a_page: [Need::DeepLinks, Need::Posting],
} }

async fn posted_document_is_found_by_its_reference(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    for draft in world.drafts().await {
        let posted = world.post(&draft).await.unwrap();
        let found = world.find(&draft).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].external_id, posted.external_id);
        assert_eq!(found[0].reference.as_ref(), Some(&draft.head().reference));
        let read = world.provider.read_posted(&world.session, draft.kind(), &posted.external_id).await.unwrap();
        assert_eq!(read.external_id, posted.external_id);
        assert_eq!((read.kind, read.state, read.date), (draft.kind(), DocumentState::Posted, draft.head().date));
        match (&draft, &read.content) {
            (Draft::Journal(draft), DocumentContent::Journal { lines }) => assert_eq!(*lines, draft.lines),
            (Draft::Adjustment(draft), DocumentContent::Adjustment { account, lines }) => {
                assert_eq!(*lines, draft.lines);
                assert!(account.as_ref().is_none_or(|account| *account == draft.account));
            }
            (_, content) => panic!("{content:?}"),
        }
    }
}

async fn similar_references_are_not_confused(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    for draft in world.drafts().await {
        for suffix in ["", "0", "-A"] {
            let mut similar = draft.clone();
            let head = similar.head_mut();
            (head.reference, head.request_id) =
                (format!("{}{suffix}", head.reference), format!("{}{suffix}", head.request_id));
            world.post(&similar).await.unwrap();
        }
        let found = world.find(&draft).await.unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
    }
}

async fn nothing_is_found_where_nothing_was_posted(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    for draft in world.drafts().await {
        assert_eq!(world.find(&draft).await.unwrap(), []);
    }
}

async fn made_up_document_is_not_found(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    for draft in world.drafts().await {
        for id in ["999999999", "00000000-0000-4000-8000-000000000000"] {
            let error = world.provider.read_posted(&world.session, draft.kind(), id).await.unwrap_err();
            assert!(matches!(error.kind, ErrorKind::NotFound | ErrorKind::Rejected), "{id}: {error}");
        }
    }
}

async fn edited_document_is_read_as_it_is_now(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    for draft in world.drafts().await {
        let posted = world.post(&draft).await.unwrap();
        let (kind, external_id) = (draft.kind(), posted.external_id.clone());
        world.act(SandboxAct::EditDocument { kind, external_id: external_id.clone() }).await;
        let read = world.provider.read_posted(&world.session, kind, &external_id).await.unwrap();
        let doubled = |content: &DocumentContent| match content {
            DocumentContent::Journal { lines } => lines.iter().map(|line| line.amount).collect::<Vec<_>>(),
            DocumentContent::Adjustment { lines, .. } => lines.iter().map(|line| line.quantity).collect(),
        };
        let expected: Vec<Decimal> = doubled(&posted.content).into_iter().map(|number| number * dec!(2)).collect();
        assert_eq!(doubled(&read.content), expected);
    }
}

async fn removed_document_is_voided_or_gone(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    for draft in world.drafts().await {
        let before = trial_balance(&world).await;
        let posted = world.post(&draft).await.unwrap();
        let (kind, external_id) = (draft.kind(), posted.external_id.clone());
        world.act(SandboxAct::RemoveDocument { kind, external_id: external_id.clone() }).await;
        assert_eq!(trial_balance(&world).await, before);
        assert_eq!(world.count(&draft).await, 0);
        match world.provider.read_posted(&world.session, kind, &external_id).await {
            Ok(read) => assert_eq!(read.state, DocumentState::Voided),
            Err(error) => assert_eq!(error.kind, ErrorKind::NotFound, "{error}"),
        }
        let counting =
            world.find(&draft).await.unwrap().into_iter().filter(|found| found.state != DocumentState::Voided);
        assert_eq!(counting.count(), 0);
    }
}

async fn balances_are_those_of_the_books(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    if entry.capability.journal_entries {
        let draft = world.journal(dec!(77.7)).await;
        world.provider.post_journal(&world.session, &draft).await.unwrap();
    }
    let report = world.provider.account_balances(&world.session, None).await.unwrap();
    let rows = report.rows.into_iter().filter(|row| !row.balance.is_zero());
    let told: std::collections::BTreeMap<_, _> = rows.map(|row| (row.account, row.balance.normalize())).collect();
    assert_eq!(told.values().sum::<Decimal>(), Decimal::ZERO);
    assert_eq!(told, trial_balance(&world).await);
}

async fn balances_of_a_day_leave_out_what_is_later(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let mut draft = world.journal(dec!(500)).await;
    let account = draft.lines[0].account.clone();
    draft.head.date = today() - Days::new(1);
    let balance = async |days_ago: u64| {
        let day = today() - Days::new(days_ago);
        let report = world.provider.account_balances(&world.session, Some(day)).await.unwrap();
        assert_eq!(report.as_of, Some(day));
        report.rows.into_iter().find(|row| row.account == account).map(|row| row.balance).unwrap_or_default()
    };
    let before = (balance(2).await, balance(1).await, balance(0).await);
    world.provider.post_journal(&world.session, &draft).await.unwrap();
    let after = (balance(2).await, balance(1).await, balance(0).await);
    assert_eq!(after, (before.0, before.1 + dec!(500), before.2 + dec!(500)));
}

async fn valuation_is_that_of_the_books(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let report = world.provider.item_valuation(&world.session, None).await.unwrap();
    let books = world.hand().valuation(&world.session.company).await.unwrap();
    let sorted = |rows: Vec<providers::model::ItemValuation>| {
        let rows = rows.into_iter().filter(|row| !row.quantity.is_zero() || !row.value.is_zero());
        let mut rows: Vec<_> =
            rows.map(|row| (row.item, row.quantity.normalize(), row.value.round_dp(2).normalize())).collect();
        rows.sort();
        rows
    };
    assert_eq!(sorted(report.rows), sorted(books));
}

async fn document_has_a_page(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    for draft in world.drafts().await {
        let external_id = world.post(&draft).await.unwrap().external_id;
        let record = RecordRef { kind: RecordKind::Document(draft.kind()), external_id: external_id.clone() };
        let url = world.provider.document_url(&world.session.company, &record).expect("a page");
        assert!(url.as_str().contains(&external_id), "{url}");
    }
}

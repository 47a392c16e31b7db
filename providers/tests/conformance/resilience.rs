//! Every fault, for every operation: the right kind of error, retried only where that is safe, and no write lost or doubled.

use std::{sync::Arc, time::Duration};

use providers::{
    ErrorKind, Outcome, Provider, ProviderError, Session,
    listing::{Listed, stream_pages, stream_sales},
    model::{RemoteAccount, RemoteItem, RemoteSale, RemoteSupplier, SalesWindow as Window, Unusable},
    registry::ProviderEntry,
    sandbox::{FaultReach, FaultTarget, SandboxAct, SandboxError, SandboxFault, Trouble},
    settings::TransportSettings,
};

use crate::{
    cases, odd_json,
    operations::{self, Known},
    plan::Need,
    world::{ATTEMPTS, Draft, Options, World, quick},
};

cases! { "resilience" {
    too_many_requests_with_advice: [Need::Service],
    too_many_requests_without_advice: [Need::Service],
    server_error_before_commit: [Need::Service],
    server_error_after_commit: [Need::Service],
    reset_before_commit: [Need::Service],
    reset_after_commit: [Need::Service],
    cut_off_before_commit: [Need::Service],
    cut_off_after_commit: [Need::Service],
    html_before_commit: [Need::Service],
    html_after_commit: [Need::Service],
    success_status_with_a_fault_inside: [Need::Service],
    slow_answer_before_commit: [Need::Service],
    slow_answer_after_commit: [Need::Service],
    write_whose_reads_fail_is_not_called_unapplied: [Need::Service, Need::Posting],
    access_token_expired: [Need::Service, Need::Consent],
    access_token_refused_for_ever: [Need::Service, Need::Consent],
    consent_revoked: [Need::Service, Need::Consent],
    numbers_as_strings_unknown_and_missing_fields_change_nothing: [Need::Service],
    limits_are_kept_without_a_refusal: [Need::Service],
    every_attempt_is_recorded_once: [Need::Service],
} }

/// What a trouble must look like to the caller.
struct Expected {
    kinds: &'static [ErrorKind],
    /// Of a write: whether nobody can know if it took effect.
    unknown: bool,
    /// Whether the write did take effect.
    committed: bool,
}

async fn too_many_requests_with_advice(entry: &'static ProviderEntry) {
    let expected = Expected { kinds: &[ErrorKind::RateLimited], unknown: false, committed: false };
    trouble(entry, Trouble::TooManyRequests { retry_after: Some(1) }, &expected).await;
}

async fn too_many_requests_without_advice(entry: &'static ProviderEntry) {
    let expected = Expected { kinds: &[ErrorKind::RateLimited], unknown: false, committed: false };
    trouble(entry, Trouble::TooManyRequests { retry_after: None }, &expected).await;
}

async fn server_error_before_commit(entry: &'static ProviderEntry) {
    server_error(entry, false).await;
}

async fn server_error_after_commit(entry: &'static ProviderEntry) {
    server_error(entry, true).await;
}

async fn server_error(entry: &'static ProviderEntry, committed: bool) {
    for status in [500, 502, 503, 504] {
        let expected = Expected { kinds: &[ErrorKind::Unavailable], unknown: true, committed };
        trouble(entry, Trouble::Status { status, committed }, &expected).await;
    }
}

async fn reset_before_commit(entry: &'static ProviderEntry) {
    let expected = Expected { kinds: &[ErrorKind::Unavailable], unknown: true, committed: false };
    trouble(entry, Trouble::Reset { committed: false }, &expected).await;
}

async fn reset_after_commit(entry: &'static ProviderEntry) {
    let expected = Expected { kinds: &[ErrorKind::Unavailable], unknown: true, committed: true };
    trouble(entry, Trouble::Reset { committed: true }, &expected).await;
}

/// Cut off on the way it is broken; cut off inside a whole answer it cannot be understood.
const CUT_OFF: &[ErrorKind] = &[ErrorKind::Unavailable, ErrorKind::Malformed];

async fn cut_off_before_commit(entry: &'static ProviderEntry) {
    let expected = Expected { kinds: CUT_OFF, unknown: true, committed: false };
    trouble(entry, Trouble::CutOff { committed: false }, &expected).await;
}

async fn cut_off_after_commit(entry: &'static ProviderEntry) {
    let expected = Expected { kinds: CUT_OFF, unknown: true, committed: true };
    trouble(entry, Trouble::CutOff { committed: true }, &expected).await;
}

async fn html_before_commit(entry: &'static ProviderEntry) {
    let expected = Expected { kinds: &[ErrorKind::Malformed], unknown: true, committed: false };
    trouble(entry, Trouble::Html { committed: false }, &expected).await;
}

async fn html_after_commit(entry: &'static ProviderEntry) {
    let expected = Expected { kinds: &[ErrorKind::Malformed], unknown: true, committed: true };
    trouble(entry, Trouble::Html { committed: true }, &expected).await;
}

/// All reads under the trouble for good, and once; then all writes.
async fn trouble(entry: &'static ProviderEntry, trouble: Trouble, expected: &Expected) {
    let world = World::start(entry).await;
    let known = operations::known(&world).await;
    failing_reads(&world, &known, trouble, expected.kinds).await;
    recovering_reads(&world, &known, trouble).await;
    for draft in operations::drafts(&world, &known) {
        failing_write(&world, &draft, trouble, expected).await;
    }
    for draft in operations::drafts(&world, &known) {
        recovering_write(&world, &draft, trouble, expected).await;
    }
}

async fn failing_reads(world: &World, known: &Known, trouble: Trouble, kinds: &[ErrorKind]) {
    world.always(trouble, operations::AT_READS).await;
    let reads = operations::reads(world, known);
    let answers = futures::future::join_all(reads.iter().map(|operation| (operation.run)(world, known))).await;
    for (operation, answer) in reads.iter().zip(answers) {
        let Err(error) = answer else { panic!("{} under {trouble:?} succeeds", operation.name) };
        assert!(kinds.contains(&error.kind), "{} under {trouble:?}: {error:?}", operation.name);
        assert_eq!(error.outcome, Outcome::NotApplied, "{}: a read has no effect", operation.name);
        assert_eq!(
            error.attempts, world.settings.transport.attempts,
            "{} under {trouble:?}: {error:?}",
            operation.name
        );
    }
    world.hand().calm().await;
}

/// A fault that passes is not seen by the caller of a read.
async fn recovering_reads(world: &World, known: &Known, trouble: Trouble) {
    for operation in operations::reads(world, known) {
        world.once(trouble, operations::AT_READS).await;
        let answer = (operation.run)(world, known).await;
        assert!(answer.is_ok(), "{} after one {trouble:?}: {answer:?}", operation.name);
        world.hand().calm().await;
    }
}

async fn failing_write(world: &World, draft: &Draft, trouble: Trouble, expected: &Expected) {
    world.records.clear();
    world.always(trouble, FaultTarget::Writes).await;
    let answer = world.post(draft).await;
    world.hand().calm().await;
    let Err(error) = answer else { panic!("{:?} under {trouble:?} succeeds", draft.kind()) };
    assert!(expected.kinds.contains(&error.kind), "{:?} under {trouble:?}: {error:?}", draft.kind());
    let outcome = if expected.unknown { Outcome::Unknown } else { Outcome::NotApplied };
    assert_eq!(error.outcome, outcome, "{:?} under {trouble:?}: {error:?}", draft.kind());
    assert!(
        allowed_attempts(world, &error).contains(&error.attempts),
        "{:?} under {trouble:?}: {error:?}",
        draft.kind()
    );
    assert_eq!(world.count(draft).await, usize::from(expected.committed), "{:?} under {trouble:?}", draft.kind());
    surely_post(world, draft).await;
    assert_eq!(world.count(draft).await, 1, "{:?} after {trouble:?}", draft.kind());
}

/// A write that may have taken effect is sent again only where the service knows the repeat: for ever where it is
/// idempotent, else at most as often as the service remembers, and the count of documents says whether it did.
fn allowed_attempts(world: &World, error: &ProviderError) -> Vec<u32> {
    let all = world.settings.transport.attempts;
    let safe = error.outcome == Outcome::NotApplied || world.entry.capability.write_idempotency;
    if safe { vec![all] } else { vec![1, all] }
}

async fn recovering_write(world: &World, draft: &Draft, trouble: Trouble, expected: &Expected) {
    world.once(trouble, FaultTarget::Writes).await;
    let answer = world.post(draft).await;
    world.hand().calm().await;
    if !expected.unknown || world.entry.capability.write_idempotency {
        assert!(answer.is_ok(), "{:?} after one {trouble:?}: {answer:?}", draft.kind());
    }
    surely_post(world, draft).await;
    assert_eq!(world.count(draft).await, 1, "{:?} after one {trouble:?}", draft.kind());
}

/// Posts as the gateway does: what may have taken effect is looked up before it is sent again.
async fn surely_post(world: &World, draft: &Draft) {
    if world.find(draft).await.unwrap().is_empty() {
        world.post(draft).await.unwrap();
    }
}

async fn success_status_with_a_fault_inside(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let known = operations::known(&world).await;
    let reach = FaultReach::Share { per_mille: 1000, seed: 1 };
    let fault = SandboxFault { trouble: Trouble::OkWithFault, target: FaultTarget::Any, reach };
    match world.hand().inject(fault).await {
        Ok(()) => {}
        // The hand's own contract: a service that never does that has no such fault.
        Err(SandboxError::Unsupported(_)) => return println!("this service never answers so"),
        Err(error) => panic!("{error}"),
    }
    for operation in operations::reads(&world, &known) {
        let answer = (operation.run)(&world, &known).await;
        assert!(answer.is_err(), "{} takes a fault for an answer", operation.name);
    }
    let drafts = operations::drafts(&world, &known);
    for draft in &drafts {
        world.post(draft).await.unwrap_err();
    }
    world.hand().calm().await;
    for draft in &drafts {
        surely_post(&world, draft).await;
        assert_eq!(world.count(draft).await, 1);
    }
}

/// Longer than a call may take here.
const PAUSE: Duration = Duration::from_secs(3);

async fn slow(entry: &'static ProviderEntry, committed: bool) {
    let transport = TransportSettings { timeout: Duration::from_millis(700), attempts: 2, ..quick() };
    let world = World::with(entry, Options { transport, ..Options::default() }).await;
    let known = operations::known(&world).await;
    let trouble = Trouble::Slow { pause: PAUSE, committed };
    failing_reads(&world, &known, trouble, &[ErrorKind::Unavailable]).await;
    let expected = Expected { kinds: &[ErrorKind::Unavailable], unknown: true, committed };
    for draft in operations::drafts(&world, &known) {
        failing_write(&world, &draft, trouble, &expected).await;
    }
}

async fn slow_answer_before_commit(entry: &'static ProviderEntry) {
    slow(entry, false).await;
}

async fn slow_answer_after_commit(entry: &'static ProviderEntry) {
    slow(entry, true).await;
}

/// A provider may read before or after it writes. Whatever goes wrong there, `NotApplied` must be true.
async fn write_whose_reads_fail_is_not_called_unapplied(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let known = operations::known(&world).await;
    for trouble in [Trouble::Status { status: 503, committed: false }, Trouble::Html { committed: false }] {
        for draft in operations::drafts(&world, &known) {
            world.always(trouble, operations::AT_READS).await;
            let answer = world.post(&draft).await;
            world.hand().calm().await;
            let count = world.count(&draft).await;
            match answer {
                Ok(_) => assert_eq!(count, 1),
                Err(error) if error.outcome == Outcome::NotApplied => assert_eq!(count, 0, "{error:?}"),
                Err(_) => assert!(count <= 1),
            }
            surely_post(&world, &draft).await;
            assert_eq!(world.count(&draft).await, 1);
        }
    }
}

async fn access_token_expired(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let known = operations::known(&world).await;
    for operation in operations::reads(&world, &known) {
        world.act(SandboxAct::ExpireAccessTokens).await;
        world.records.clear();
        let answer = (operation.run)(&world, &known).await;
        assert!(answer.is_ok(), "{}: {answer:?}", operation.name);
        assert_eq!(world.records.of("oauth.refresh"), 1, "{}", operation.name);
    }
    for draft in operations::drafts(&world, &known) {
        world.act(SandboxAct::ExpireAccessTokens).await;
        world.post(&draft).await.unwrap();
        assert_eq!(world.count(&draft).await, 1);
    }
}

async fn access_token_refused_for_ever(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let known = operations::known(&world).await;
    world.always(Trouble::TokenExpired, FaultTarget::Any).await;
    for operation in operations::reads(&world, &known) {
        let error = (operation.run)(&world, &known).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::TokenRejected, "{}: {error:?}", operation.name);
        assert_eq!(error.attempts, 2, "{}: once more with a new token, and no more", operation.name);
    }
    let drafts = operations::drafts(&world, &known);
    for draft in &drafts {
        let error = world.post(draft).await.unwrap_err();
        assert_eq!((error.kind, error.outcome), (ErrorKind::TokenRejected, Outcome::NotApplied), "{error:?}");
    }
    world.hand().calm().await;
    for draft in &drafts {
        assert_eq!(world.count(draft).await, 0);
    }
}

async fn consent_revoked(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let known = operations::known(&world).await;
    let drafts = operations::drafts(&world, &known);
    world.act(SandboxAct::RevokeConsent).await;
    for operation in operations::reads(&world, &known) {
        let error = (operation.run)(&world, &known).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::ConnectionExpired, "{}: {error:?}", operation.name);
    }
    for draft in &drafts {
        let error = world.post(draft).await.unwrap_err();
        assert_eq!((error.kind, error.outcome), (ErrorKind::ConnectionExpired, Outcome::NotApplied), "{error:?}");
        assert_eq!(world.count(draft).await, 0);
    }
}

async fn numbers_as_strings_unknown_and_missing_fields_change_nothing(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let known = operations::known(&world).await;
    let proxy = odd_json::Proxy::start(&world.settings).await;
    let odd = (entry.build)(&proxy.settings(&world.settings)).unwrap();
    let (plain, session) = (&world.provider, &world.session);
    let all = Window { kinds: entry.capability.sales_documents.to_vec(), ..known.window.clone() };
    assert_eq!(everything::<RemoteItem>(&odd, session).await, everything::<RemoteItem>(plain, session).await);
    assert_eq!(everything::<RemoteAccount>(&odd, session).await, everything::<RemoteAccount>(plain, session).await);
    assert_eq!(odd.company(session).await.unwrap(), plain.company(session).await.unwrap());
    if Need::Suppliers.of(entry).0 {
        let suppliers = everything::<RemoteSupplier>(plain, session).await;
        assert_eq!(everything::<RemoteSupplier>(&odd, session).await, suppliers);
    }
    if Need::Sales.of(entry).0 {
        assert_eq!(odd.sale(session, &known.sale).await.unwrap(), plain.sale(session, &known.sale).await.unwrap());
        assert_eq!(sales_of(&odd, session, &all).await, sales_of(plain, session, &all).await);
    }
    if Need::Changes.of(entry).0 {
        let kinds = crate::changes::kinds(entry);
        let seen = async |provider: &Arc<dyn Provider>| {
            provider.changes(session, &known.changes, &kinds).await.unwrap().changes
        };
        assert_eq!(seen(&odd).await, seen(plain).await);
    }
    let (kind, id) = (known.posted.kind, &known.posted.external_id);
    assert_eq!(odd.read_posted(session, kind, id).await.unwrap(), plain.read_posted(session, kind, id).await.unwrap());
    if Need::Balances.of(entry).0 {
        let balances = plain.account_balances(session, None).await.unwrap();
        assert_eq!(odd.account_balances(session, None).await.unwrap(), balances);
    }
    if Need::Valuation.of(entry).0 {
        let valuation = plain.item_valuation(session, None).await.unwrap();
        assert_eq!(odd.item_valuation(session, None).await.unwrap(), valuation);
    }
    assert!(proxy.changed() > 0, "nothing went through the proxy");
}

/// A collection, with what of it cannot be used.
async fn everything<T: Listed>(provider: &Arc<dyn Provider>, session: &Session) -> (Vec<T>, Vec<Unusable>) {
    let mut pages = stream_pages::<T>(provider.clone(), session.clone(), None, 1).await.unwrap();
    let (mut records, mut unusable) = (Vec::new(), Vec::new());
    while let Some(page) = pages.next().await {
        let (_, page) = page.unwrap();
        records.extend(page.records);
        unusable.extend(page.unusable);
    }
    (records, unusable)
}

async fn sales_of(provider: &Arc<dyn Provider>, session: &Session, window: &Window) -> Vec<RemoteSale> {
    let mut pages = stream_sales(provider.clone(), session.clone(), window.clone(), None, 1).await.unwrap();
    let mut sales = Vec::new();
    while let Some(page) = pages.next().await {
        sales.extend(page.unwrap().1.records);
    }
    sales
}

/// The one case with the service's own limits: a burst well over what a second holds.
async fn limits_are_kept_without_a_refusal(entry: &'static ProviderEntry) {
    let transport = TransportSettings { requests_per_second: None, ..quick() };
    let world = World::with(entry, Options { throttle: true, transport, ..Options::default() }).await;
    let calls = entry.capability.requests_per_second.unwrap_or(20).max(entry.capability.concurrent_requests) + 8;
    let cursor =
        world.provider.open_listing(&world.session, providers::model::Collection::Accounts, None).await.unwrap();
    let cursor = &cursor.cursors[0];
    let burst = (0..calls).map(|_| world.provider.accounts(&world.session, cursor));
    for answer in futures::future::join_all(burst).await {
        answer.unwrap();
    }
    let refused: Vec<_> = world.records.all().into_iter().filter(|record| record.http_status == Some(429)).collect();
    assert_eq!(refused.len(), 0, "the service had to refuse");
}

async fn every_attempt_is_recorded_once(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let known = operations::known(&world).await;
    world.always(Trouble::Status { status: 503, committed: false }, FaultTarget::Any).await;
    world.records.clear();
    let error = world.provider.items(&world.session, &known.items).await.unwrap_err();
    world.hand().calm().await;
    let records = world.records.all();
    let attempts: Vec<u32> = records.iter().map(|record| record.attempt).collect();
    assert_eq!(attempts, (1..=ATTEMPTS).collect::<Vec<_>>());
    for record in records {
        assert_eq!((record.operation, record.http_status), (error.operation, Some(503)));
        assert!(matches!(record.result, providers::session::CallResult::Failed(_)));
    }
}

//! A storm: many writes while a fifth of all calls goes wrong in every way there is. What was posted is there exactly once.
//!
//! Rule: the writer does what the gateway does and no more: after an unknown outcome it looks the document up before it sends
//! it again. `STOCKBRIDGE_STORM_WRITES` and `STOCKBRIDGE_STORM_SEED` set another size and another storm. What the storm was
//! (documents, tries, look-ups, calls struck, seconds) is printed.

use std::time::{Duration, Instant};

use chrono::{Datelike, Days, NaiveDate};
use futures::StreamExt;
use providers::{
    ErrorKind, Outcome,
    model::DraftHead,
    registry::ProviderEntry,
    sandbox::{FaultReach, FaultTarget, SandboxError, SandboxFault, Trouble},
    session::CallResult,
};
use rust_decimal::Decimal;

use crate::{
    cases, operations,
    plan::Need,
    posting::{moved, trial_balance},
    world::{Draft, World, journal, today},
};

cases! { "storm" {
    every_document_exists_exactly_once: [Need::Posting, Need::Hand],
} }

const WRITES: u32 = 500;

/// Documents are dated over so many days back, as a company's are.
const DAYS: u32 = 60;

/// Thousandths of calls that fail, all faults together.
const SHARE: u16 = 200;

/// Rounds of asking before the storm counts as too strong for anybody.
const ROUNDS: u32 = 60;

fn number(variable: &str, default: u32) -> u32 {
    std::env::var(variable).ok().map_or(default, |text| text.parse().expect("a number"))
}

/// Every fault there is.
fn troubles() -> Vec<Trouble> {
    let mut troubles = vec![
        Trouble::TooManyRequests { retry_after: None },
        Trouble::TooManyRequests { retry_after: Some(1) },
        Trouble::OkWithFault,
        Trouble::TokenExpired,
    ];
    for committed in [false, true] {
        troubles.extend([
            Trouble::Status { status: 500, committed },
            Trouble::Status { status: 502, committed },
            Trouble::Status { status: 503, committed },
            Trouble::Status { status: 504, committed },
            Trouble::Reset { committed },
            Trouble::CutOff { committed },
            Trouble::Html { committed },
            Trouble::Slow { pause: Duration::from_millis(15), committed },
        ]);
    }
    troubles
}

async fn break_out(world: &World, seed: u64) {
    let troubles = troubles();
    // Each strikes what those before it have spared, so together a little less than the sum.
    let share = SHARE / u16::try_from(troubles.len()).unwrap() + 2;
    for (place, trouble) in (0..).zip(troubles) {
        let reach = FaultReach::Share { per_mille: share, seed: seed + place };
        match world.hand().inject(SandboxFault { trouble, target: FaultTarget::Any, reach }).await {
            Ok(()) => {}
            Err(SandboxError::Unsupported(_)) if trouble == Trouble::OkWithFault => {}
            Err(error) => panic!("{trouble:?}: {error}"),
        }
    }
}

/// How one document fared.
#[derive(Default)]
struct Fate {
    sent: u32,
    looked_up: u32,
}

/// As the gateway: sends, and after an unknown outcome looks up until it knows.
async fn post(world: &World, draft: &Draft) -> Fate {
    let mut fate = Fate::default();
    let (mut in_doubt, mut last) = (false, None);
    for _ in 0..ROUNDS {
        if in_doubt {
            fate.looked_up += 1;
            match world.find(draft).await {
                Ok(found) if found.is_empty() => in_doubt = false,
                Ok(_) => return fate,
                Err(error) => {
                    assert_passing(&error);
                    last = Some(error);
                }
            }
            continue;
        }
        fate.sent += 1;
        match world.post(draft).await {
            Ok(_) => return fate,
            Err(error) => {
                in_doubt = error.outcome == Outcome::Unknown;
                assert_passing(&error);
                last = Some(error);
            }
        }
    }
    panic!("{} is neither posted nor refused after {ROUNDS} rounds: {last:?}", draft.head().reference)
}

/// In a storm nothing is refused for good.
fn assert_passing(error: &providers::ProviderError) {
    let passing = error.is_transient() || error.kind == ErrorKind::TokenRejected || error.code.is_some();
    assert!(passing && error.kind != ErrorKind::ConnectionExpired, "{error:?}");
}

async fn every_document_exists_exactly_once(entry: &'static ProviderEntry) {
    let world = World::start(entry).await;
    let known = operations::known(&world).await;
    let before = trial_balance(&world).await;
    let writes = number("STOCKBRIDGE_STORM_WRITES", WRITES);
    let seed = number("STOCKBRIDGE_STORM_SEED", 20_261);
    let drafts: Vec<Draft> =
        (0..writes).flat_map(|number| drafts(&world, &known, number)).take(writes as usize).collect();
    if entry.sandbox.is_some() {
        break_out(&world, u64::from(seed)).await;
    }
    world.records.clear();
    let started = Instant::now();
    let fates: Vec<Fate> =
        futures::stream::iter(&drafts).map(|draft| post(&world, draft)).buffer_unordered(6).collect().await;
    let seconds = started.elapsed().as_secs();
    world.hand().calm().await;
    each_is_there_once(&world, &drafts).await;
    let after = trial_balance(&world).await;
    assert_eq!(after.values().sum::<Decimal>(), Decimal::ZERO);
    accounted_for(&drafts, moved(&before, &after).get(&known.income).copied().unwrap_or_default());
    let (sent, looked_up) = fates.iter().fold((0, 0), |sum, fate| (sum.0 + fate.sent, sum.1 + fate.looked_up));
    let records = world.records.all();
    let failed = records.iter().filter(|record| record.result != CallResult::Ok).count();
    println!(
        "{}: {writes} documents, seed {seed}: sent {sent} times, looked up {looked_up} times; {failed} of {} calls failed; {seconds} s",
        entry.id,
        records.len()
    );
    assert!(entry.sandbox.is_none() || failed * 7 > records.len(), "there was no storm");
}

/// None is missing, none is there twice, as the books themselves say.
async fn each_is_there_once(world: &World, drafts: &[Draft]) {
    for kind in operations::KINDS {
        let ours: Vec<&str> =
            drafts.iter().filter(|draft| draft.kind() == kind).map(|draft| draft.head().reference.as_str()).collect();
        if ours.is_empty() {
            continue;
        }
        let counts = world.hand().count_all_posted(&world.session.company, kind, &ours).await.unwrap();
        let wrong: Vec<_> = ours.iter().zip(counts).filter(|(_, count)| *count != 1).collect();
        assert!(wrong.is_empty(), "{} of {} {kind:?} are not there exactly once: {wrong:?}", wrong.len(), ours.len());
    }
}

/// What moved is what was posted. Where a business year began among the days of the documents, the results before it
/// stand elsewhere.
fn accounted_for(drafts: &[Draft], income: Decimal) {
    let since = |day: NaiveDate| -> Decimal {
        let journals =
            drafts.iter().filter_map(|draft| if let Draft::Journal(journal) = draft { Some(journal) } else { None });
        journals.filter(|journal| journal.head.date >= day).map(|journal| journal.lines[0].amount).sum()
    };
    let first = today() - Days::new(u64::from(DAYS));
    let months = first.iter_days().take(DAYS as usize + 2).filter(|day| day.day() == 1);
    let mut years = std::iter::once(first).chain(months);
    assert!(years.any(|year| since(year) == -income), "{income} of {}", since(first));
}

/// Journals with amounts of their own, adjustments now and then where they can be posted.
fn drafts(world: &World, known: &operations::Known, number: u32) -> Vec<Draft> {
    let amount = Decimal::new(i64::from(number) * 13 + 1, 2);
    let mut drafts = Vec::new();
    if world.entry.capability.journal_entries {
        let date = today() - Days::new(u64::from(number % DAYS));
        let head = DraftHead { date, ..world.head() };
        drafts.push(Draft::Journal(journal(head, &known.expense, &known.income, amount)));
    }
    if world.entry.capability.inventory_adjustments && (number.is_multiple_of(3) || drafts.is_empty()) {
        let others = operations::drafts(world, known).into_iter();
        drafts.extend(others.filter(|draft| matches!(draft, Draft::Adjustment(_))));
    }
    drafts
}

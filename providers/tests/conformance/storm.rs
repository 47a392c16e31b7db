//! A storm: many writes while a fifth of all calls goes wrong in every way there is. What was posted is there exactly once.
//!
//! Rule: the writer does what the gateway does and no more: after an unknown outcome it looks the document up before it sends
//! it again. `STOCKBRIDGE_STORM_WRITES` and `STOCKBRIDGE_STORM_SEED` set another size and another storm.

use std::{collections::BTreeMap, time::Duration};

use futures::StreamExt;
use providers::{
    ErrorKind, Outcome,
    registry::ProviderEntry,
    sandbox::{FaultReach, FaultTarget, SandboxError, SandboxFault, Trouble},
};
use rust_decimal::Decimal;

use crate::{
    cases, operations,
    plan::Need,
    posting::{moved, trial_balance},
    world::{Draft, World, journal},
};

cases! { "storm" {
    every_document_exists_exactly_once: [Need::Posting, Need::Hand],
} }

const WRITES: u32 = 300;

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
            Trouble::Status { status: 503, committed },
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
    let share = SHARE / u16::try_from(troubles.len()).unwrap() + 1;
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
    let mut in_doubt = false;
    for _ in 0..ROUNDS {
        if in_doubt {
            fate.looked_up += 1;
            match world.find(draft).await {
                Ok(found) if found.is_empty() => in_doubt = false,
                Ok(_) => return fate,
                Err(error) => assert_passing(&error),
            }
            continue;
        }
        fate.sent += 1;
        match world.post(draft).await {
            Ok(_) => return fate,
            Err(error) => {
                in_doubt = error.outcome == Outcome::Unknown;
                assert_passing(&error);
            }
        }
    }
    panic!("{} is neither posted nor refused after {ROUNDS} rounds", draft.head().reference)
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
    let drafts: Vec<Draft> =
        (0..writes).flat_map(|number| drafts(&world, &known, number)).take(writes as usize).collect();
    if entry.sandbox.is_some() {
        break_out(&world, u64::from(number("STOCKBRIDGE_STORM_SEED", 20_261))).await;
    }
    let fates: Vec<Fate> =
        futures::stream::iter(&drafts).map(|draft| post(&world, draft)).buffer_unordered(6).collect().await;
    world.hand().calm().await;
    let (mut expense, mut missing, mut doubled) = (Decimal::ZERO, Vec::new(), Vec::new());
    for draft in &drafts {
        match world.count(draft).await {
            0 => missing.push(&draft.head().reference),
            1 => {}
            _ => doubled.push(&draft.head().reference),
        }
        if let Draft::Journal(draft) = draft {
            expense += draft.lines[0].amount;
        }
    }
    assert!(missing.is_empty() && doubled.is_empty(), "missing {missing:?}, more than once {doubled:?}");
    let after = trial_balance(&world).await;
    assert_eq!(after.values().sum::<Decimal>(), Decimal::ZERO);
    let by: BTreeMap<String, Decimal> = moved(&before, &after);
    assert_eq!(by.get(&known.income).copied().unwrap_or_default(), -expense, "what moved is what was posted");
    let (sent, looked_up) = fates.iter().fold((0, 0), |sum, fate| (sum.0 + fate.sent, sum.1 + fate.looked_up));
    println!("{writes} documents: sent {sent} times, looked up {looked_up} times");
    if entry.sandbox.is_some() {
        assert!(
            u32::try_from(
                world.records.all().iter().filter(|r| r.result != providers::session::CallResult::Ok).count()
            )
            .unwrap()
                > writes / 10,
            "there was no storm"
        );
    }
}

/// Journals with amounts of their own, adjustments now and then where they can be posted.
fn drafts(world: &World, known: &operations::Known, number: u32) -> Vec<Draft> {
    let amount = Decimal::new(i64::from(number) * 13 + 1, 2);
    let mut drafts = Vec::new();
    if world.entry.capability.journal_entries {
        drafts.push(Draft::Journal(journal(world.head(), &known.expense, &known.income, amount)));
    }
    if world.entry.capability.inventory_adjustments && (number.is_multiple_of(3) || drafts.is_empty()) {
        let others = operations::drafts(world, known).into_iter();
        drafts.extend(others.filter(|draft| matches!(draft, Draft::Adjustment(_))));
    }
    drafts
}

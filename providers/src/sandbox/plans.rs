//! Faults planned for calls to come: which calls they strike, how often, by what chance.
//!
//! Rule: the same plans and the same calls give the same faults; chance comes from a seed, never from the clock.

use std::sync::{Mutex, PoisonError};

use serde::Deserialize;

use super::{FaultReach, FaultTarget, Operation};

/// A fault for calls to come. `A` is what happens to a call, in the sandbox's own words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan<A> {
    /// Part of an operation's name or path, in any case; every call if empty.
    #[serde(default)]
    pub(crate) operation: String,
    /// The sort of calls; every sort if absent.
    #[serde(default)]
    pub(crate) target: Option<Aim>,
    /// How many calls; until cleared if absent.
    pub(crate) times: Option<u32>,
    /// How many calls are let through first.
    #[serde(default)]
    pub(crate) skip: u32,
    /// The share of calls, by chance; every call if absent.
    #[serde(default)]
    pub(crate) share: Option<Share>,
    /// Whether the call is done before its answer is spoilt.
    #[serde(default)]
    pub(crate) after_commit: bool,
    /// What happens.
    pub(crate) fault: A,
}

/// [`FaultTarget`] as it is written in a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Aim {
    /// Calls to the accounting API.
    Any,
    /// Of these, the ones that read.
    Reads,
    /// Of these, the ones that write.
    Writes,
    /// Calls for tokens.
    Tokens,
}

/// A share of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Share {
    /// Thousandths.
    pub(crate) per_mille: u16,
    /// Where chance begins.
    #[serde(default)]
    pub(crate) seed: u64,
}

impl From<FaultTarget> for Aim {
    fn from(target: FaultTarget) -> Self {
        match target {
            FaultTarget::Any => Self::Any,
            FaultTarget::Reads => Self::Reads,
            FaultTarget::Writes => Self::Writes,
            FaultTarget::Tokens => Self::Tokens,
        }
    }
}

impl From<Aim> for FaultTarget {
    fn from(aim: Aim) -> Self {
        match aim {
            Aim::Any => Self::Any,
            Aim::Reads => Self::Reads,
            Aim::Writes => Self::Writes,
            Aim::Tokens => Self::Tokens,
        }
    }
}

impl<A> Plan<A> {
    /// A plan in the words of the neutral hand.
    pub(crate) fn new(target: FaultTarget, reach: FaultReach, after_commit: bool, fault: A) -> Self {
        let (times, share) = match reach {
            FaultReach::Next(times) => (Some(times), None),
            FaultReach::Share { per_mille, seed } => (None, Some(Share { per_mille, seed })),
        };
        Self { operation: String::new(), target: Some(target.into()), times, skip: 0, share, after_commit, fault }
    }

    fn fits(&self, operation: &Operation) -> bool {
        self.target.is_none_or(|aim| operation.is_hit_by(aim.into())) && operation.matches(&self.operation)
    }
}

/// All plans, the oldest first.
#[derive(Debug)]
pub(crate) struct Plans<A>(Mutex<Vec<Armed<A>>>);

#[derive(Debug)]
struct Armed<A> {
    plan: Plan<A>,
    /// Calls that fitted so far: where chance has got to.
    seen: u64,
}

impl<A> Default for Plans<A> {
    fn default() -> Self {
        Self(Mutex::new(Vec::new()))
    }
}

impl<A: Clone> Plans<A> {
    /// Adds a plan; how many there are now.
    pub(crate) fn add(&self, plan: Plan<A>) -> usize {
        let mut plans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if plan.times != Some(0) {
            plans.push(Armed { plan, seen: 0 });
        }
        plans.len()
    }

    /// Forgets all; how many there were.
    pub(crate) fn clear(&self) -> usize {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).len()
    }

    /// The plan that strikes this call; it is used up by one. The first plan that fits decides, unless chance spares
    /// the call: then the next one is asked.
    pub(crate) fn take(&self, operation: &Operation) -> Option<Plan<A>> {
        let mut plans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for at in 0..plans.len() {
            let armed = &mut plans[at];
            if !armed.plan.fits(operation) {
                continue;
            }
            if armed.plan.skip > 0 {
                armed.plan.skip -= 1;
                return None;
            }
            armed.seen += 1;
            if armed.plan.share.is_some_and(|share| !strikes(share, armed.seen)) {
                continue;
            }
            let taken = armed.plan.clone();
            armed.plan.times = armed.plan.times.map(|times| times.saturating_sub(1));
            if armed.plan.times == Some(0) {
                plans.remove(at);
            }
            return Some(taken);
        }
        None
    }
}

/// Whether chance strikes the call of this number.
fn strikes(share: Share, call: u64) -> bool {
    mix(share.seed, call) % 1000 < u64::from(share.per_mille)
}

/// SplitMix64 of a seed and a number: well-spread bits without any state.
pub(crate) const fn mix(seed: u64, number: u64) -> u64 {
    let mut z = seed.wrapping_add(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::{super::Sort, *};

    fn operation(name: &str, sort: Sort) -> Operation {
        Operation { name: name.to_owned(), path: "/v3/company/1/query".to_owned(), sort }
    }

    fn plan(text: &str) -> Plan<String> {
        serde_json::from_str(text).expect("a plan")
    }

    #[test]
    fn a_plan_skips_then_strikes_then_is_used_up() {
        let plans = Plans::default();
        plans.add(plan(r#"{"operation": "QUERY item", "times": 2, "skip": 1, "fault": "x"}"#));
        let query = operation("query Item", Sort::Read);
        let struck: Vec<bool> = (0..4).map(|_| plans.take(&query).is_some()).collect();
        assert_eq!(struck, [false, true, true, false]);
    }

    #[test]
    fn a_plan_strikes_only_its_operation_and_without_times_for_ever() {
        let plans = Plans::default();
        plans.add(plan(r#"{"operation": "query Account", "fault": "x"}"#));
        assert_eq!(plans.take(&operation("query Item", Sort::Read)), None);
        assert!((0..5).all(|_| plans.take(&operation("query Account", Sort::Read)).is_some()));
        assert_eq!(plans.clear(), 1);
        assert_eq!(plans.take(&operation("query Account", Sort::Read)), None);
    }

    #[test]
    fn a_plan_strikes_only_the_sort_of_calls_it_is_aimed_at() {
        let plans = Plans::default();
        plans.add(Plan::new(FaultTarget::Writes, FaultReach::Next(1), false, "x".to_owned()));
        let calls = [(Sort::Read, false), (Sort::Token, false), (Sort::Other, false), (Sort::Write, true)];
        for (sort, struck) in calls {
            assert_eq!(plans.take(&operation("a call", sort)).is_some(), struck, "{sort:?}");
        }
    }

    #[test]
    fn the_same_seed_strikes_the_same_share_of_calls() {
        let struck = |seed: u64| -> Vec<bool> {
            let plans = Plans::default();
            let reach = FaultReach::Share { per_mille: 200, seed };
            plans.add(Plan::new(FaultTarget::Any, reach, false, "x".to_owned()));
            (0..1000).map(|_| plans.take(&operation("query Item", Sort::Read)).is_some()).collect()
        };
        let first = struck(7);
        assert_eq!(first, struck(7));
        assert_ne!(first, struck(8));
        let count = first.iter().filter(|struck| **struck).count();
        assert!((150..250).contains(&count), "{count}");
    }
}

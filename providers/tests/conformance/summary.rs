//! What the suite says about itself: how much of it ran, and that nothing was left out in silence.
//!
//! Rule: counted from the plan, which is the same whether the trials run in one process or in many.

use std::collections::BTreeMap;

use libtest_mimic::{Failed, Trial};
use providers::registry::{PROVIDERS, ProviderEntry};

use crate::{
    CASES, matrix,
    plan::{self, Decision, Need, Planned},
};

/// Tests of the suite itself.
pub fn trials() -> Vec<Trial> {
    let trial = |name: &str, test: fn() -> Result<(), Failed>| Trial::test(format!("suite::{name}"), test);
    vec![
        trial("every_case_runs_or_is_left_out_for_a_flag", every_case_runs_or_is_left_out_for_a_flag),
        trial("every_ability_has_a_case_that_runs", every_ability_has_a_case_that_runs),
        trial("every_provider_can_be_tried", every_provider_can_be_tried),
        trial("the_page_shows_the_matrix_as_it_is", matrix::the_page_shows_the_matrix_as_it_is),
    ]
}

/// Counts, and each reason with the cases that it leaves out.
pub fn text(planned: &[Planned]) -> String {
    let providers = planned.iter().map(|planned| planned.entry.id).collect::<std::collections::BTreeSet<_>>().len();
    let run = planned.iter().filter(|planned| planned.decision == Decision::Run).count();
    let mut left_out: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for planned in planned {
        if let Decision::Skip(reason) = &planned.decision {
            let name = format!("{}::{}", planned.case.area, planned.case.name);
            left_out.entry((planned.entry.id, reason)).or_default().push(name);
        }
    }
    let cases = planned.len().checked_div(providers).unwrap_or(0);
    let skipped = planned.len() - run;
    let mut text = format!(
        "conformance: {cases} cases x {providers} providers = {}: {run} run, {skipped} left out for what a provider does not have",
        planned.len(),
    );
    for ((provider, reason), names) in left_out {
        text.push_str(&format!("\n  {provider}: {reason}: {}", names.join(", ")));
    }
    text
}

fn every_case_runs_or_is_left_out_for_a_flag() -> Result<(), Failed> {
    let planned = plan::all(PROVIDERS, CASES, None);
    println!("{}", text(&planned));
    let cases: usize = CASES.iter().map(|cases| cases.len()).sum();
    assert_eq!(planned.len(), cases * PROVIDERS.len());
    for Planned { entry, case, decision } in &planned {
        let unmet: Vec<String> = [Need::Hand]
            .iter()
            .chain(case.needs)
            .map(|need| need.of(entry))
            .filter(|(met, _)| !met)
            .map(|(_, why)| why)
            .collect();
        match decision {
            Decision::Run => assert_eq!(unmet, [""; 0], "{}::{}", entry.id, case.name),
            Decision::Skip(reason) => assert_eq!(Some(reason), unmet.first(), "{}::{}", entry.id, case.name),
        }
    }
    let mut names: Vec<_> =
        planned.iter().map(|planned| (planned.entry.id, planned.case.area, planned.case.name)).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), planned.len(), "a name is used twice");
    Ok(())
}

/// All that a capability can promise.
fn promises(entry: &ProviderEntry) -> Vec<Need> {
    let all = [
        Need::Consent,
        Need::Configured,
        Need::ManyCompanies,
        Need::Suppliers,
        Need::Bills,
        Need::Changes,
        Need::Webhooks,
        Need::Adjustments,
        Need::Journals,
        Need::Drafts,
        Need::Balances,
        Need::BalancesOfAnyDay,
        Need::Valuation,
        Need::LedgerLines,
        Need::DeepLinks,
        Need::Idempotency,
    ];
    let kinds = entry.capability.item_kinds.iter().map(|kind| Need::Kind(*kind));
    let sales = entry.capability.sales_documents.iter().map(|kind| Need::Sale(*kind));
    all.into_iter().chain(kinds).chain(sales).filter(|need| need.of(entry).0).collect()
}

fn every_ability_has_a_case_that_runs() -> Result<(), Failed> {
    let planned = plan::all(PROVIDERS, CASES, None);
    for entry in PROVIDERS {
        for promise in promises(entry) {
            let proven = planned.iter().any(|planned| {
                planned.entry.id == entry.id
                    && planned.decision == Decision::Run
                    && planned.case.needs.contains(&promise)
            });
            assert!(proven, "{}: nothing proves {promise:?}", entry.id);
        }
    }
    Ok(())
}

fn every_provider_can_be_tried() -> Result<(), Failed> {
    for entry in PROVIDERS {
        assert!(
            entry.sandbox.is_some() != entry.fixture.is_some(),
            "{}: a sandbox or a fixture, one of them",
            entry.id
        );
    }
    Ok(())
}

//! The conformance suite: every provider of the registry against every case, on its own sandbox.
//!
//! Rule: the trials are made from `PROVIDERS` and [`CASES`], so a new line in either brings its tests with it. A case is left
//! out only for a flag of the capability or a fact of the registry entry, and that reason is printed.
//!
//! `cargo nextest run -p stockbridge-providers --test conformance` runs it; a trial is called `provider::area::case`. With
//! `STOCKBRIDGE_LIVE_PROVIDER` set it runs against a real company instead ([`live`] says what else is needed).
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test")]

mod accounts;
mod auth;
mod bills;
mod changes;
mod honesty;
mod items;
mod ledger;
mod live;
mod lookup;
mod matrix;
mod odd_json;
mod operations;
mod plan;
mod posting;
mod receiver;
mod resilience;
mod sales;
mod storm;
mod summary;
mod suppliers;
mod tokens;
mod webhooks;
mod world;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};
use providers::registry::PROVIDERS;

use crate::plan::{Case, Decision};

/// All cases, by area.
const CASES: &[&[Case]] = &[
    auth::CASES,
    items::CASES,
    accounts::CASES,
    suppliers::CASES,
    sales::CASES,
    bills::CASES,
    changes::CASES,
    posting::CASES,
    lookup::CASES,
    ledger::CASES,
    webhooks::CASES,
    resilience::CASES,
    storm::CASES,
    honesty::CASES,
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let planned = plan::all(PROVIDERS, CASES, live::provider().as_deref());
    let mut trials: Vec<Trial> = planned.iter().map(trial).collect();
    trials.extend(summary::trials());
    let is_listing = arguments.list;
    let conclusion = libtest_mimic::run(&arguments, trials);
    if !is_listing && arguments.filter.is_none() {
        println!("{}", summary::text(&planned));
    }
    conclusion.exit_code()
}

/// One provider and one case. A case left out is shown as ignored, its reason in the place of its kind.
fn trial(planned: &plan::Planned) -> Trial {
    let (entry, case) = (planned.entry, planned.case);
    let name = format!("{}::{}::{}", entry.id, case.area, case.name);
    match &planned.decision {
        Decision::Run => Trial::test(name, move || {
            run(case, entry);
            Ok(())
        }),
        Decision::Skip(reason) => {
            let said = format!("left out: {reason}");
            Trial::test(name, move || Err(said.into())).with_kind(reason.clone()).with_ignored_flag(true)
        }
    }
}

fn run(case: &Case, entry: &'static providers::registry::ProviderEntry) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on((case.run)(entry));
}

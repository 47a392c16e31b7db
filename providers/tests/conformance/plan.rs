//! Which case runs for which provider: decided from data alone, before anything is started.
//!
//! Rule: a case runs or is left out for a reason that the data give; there is no third way.

use std::{future::Future, pin::Pin};

use providers::{
    capability::Authorization,
    model::{ItemKind, ReportDates, SalesDocumentKind},
    registry::ProviderEntry,
};

/// What a case does; it panics when the provider does not conform.
pub type Run = fn(&'static ProviderEntry) -> Pin<Box<dyn Future<Output = ()>>>;

/// One case.
#[derive(Debug)]
pub struct Case {
    pub area: &'static str,
    pub name: &'static str,
    pub needs: &'static [Need],
    pub run: Run,
}

/// Makes the list of an area's cases from functions and what each needs.
#[macro_export]
macro_rules! cases {
    ($area:literal { $($name:ident: [$($need:expr),*]),* $(,)? }) => {
        pub const CASES: &[$crate::plan::Case] = &[$(
            $crate::plan::Case {
                area: $area,
                name: stringify!($name),
                needs: &[$($need),*],
                run: |entry| Box::pin($name(entry)),
            }
        ),*];
    };
}

/// What a case needs of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Somebody to act in the company and look into its books: not on a live one.
    Hand,
    /// A service behind HTTP that can be broken: its sandbox.
    Service,
    Consent,
    Configured,
    ManyCompanies,
    Kind(ItemKind),
    Suppliers,
    /// Any kind of sales document.
    Sales,
    Sale(SalesDocumentKind),
    Bills,
    Changes,
    Webhooks,
    Adjustments,
    Journals,
    Drafts,
    Balances,
    BalancesOfAnyDay,
    Valuation,
    LedgerLines,
    DeepLinks,
    Idempotency,
    /// At least one kind of document can be posted.
    Posting,
}

impl Need {
    /// Whether the provider's data meet it, and the words for it if not.
    pub fn of(self, entry: &ProviderEntry) -> (bool, String) {
        let able = &entry.capability;
        let flag = |met: bool, name: &str| (met, format!("capability: {name} is false"));
        match self {
            Self::Hand => {
                (entry.sandbox.is_some() || entry.fixture.is_some(), "registry: no sandbox and no fixture".to_owned())
            }
            Self::Service => (entry.sandbox.is_some(), "registry: no sandbox, so no service to break".to_owned()),
            Self::Consent => {
                (able.authorization == Authorization::Consent, "capability: authorization is Configured".to_owned())
            }
            Self::Configured => {
                (able.authorization == Authorization::Configured, "capability: authorization is Consent".to_owned())
            }
            Self::ManyCompanies => flag(able.multiple_companies, "multiple_companies"),
            Self::Kind(kind) => (able.item_kinds.contains(&kind), format!("capability: item_kinds has no {kind:?}")),
            Self::Suppliers => flag(able.suppliers, "suppliers"),
            Self::Sales => (!able.sales_documents.is_empty(), "capability: sales_documents is empty".to_owned()),
            Self::Sale(kind) => {
                (able.sales_documents.contains(&kind), format!("capability: sales_documents has no {kind:?}"))
            }
            Self::Bills => flag(able.bills, "bills"),
            Self::Changes => flag(able.change_feed, "change_feed"),
            Self::Webhooks => flag(able.webhooks, "webhooks"),
            Self::Adjustments => flag(able.inventory_adjustments, "inventory_adjustments"),
            Self::Journals => flag(able.journal_entries, "journal_entries"),
            Self::Drafts => flag(able.journal_drafts, "journal_drafts"),
            Self::Balances => {
                (able.account_balances != ReportDates::None, "capability: account_balances is None".to_owned())
            }
            Self::BalancesOfAnyDay => (
                able.account_balances == ReportDates::AnyDay,
                format!("capability: account_balances is {:?}", able.account_balances),
            ),
            Self::Valuation => {
                (able.item_valuation != ReportDates::None, "capability: item_valuation is None".to_owned())
            }
            Self::LedgerLines => flag(able.ledger_lines, "ledger_lines"),
            Self::DeepLinks => flag(able.deep_links, "deep_links"),
            Self::Idempotency => flag(able.write_idempotency, "write_idempotency"),
            Self::Posting => {
                (able.inventory_adjustments || able.journal_entries, "capability: nothing can be posted".to_owned())
            }
        }
    }
}

/// What is done with a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    Run,
    Skip(String),
}

/// A case for a provider.
#[derive(Debug)]
pub struct Planned {
    pub entry: &'static ProviderEntry,
    pub case: &'static Case,
    pub decision: Decision,
}

/// Every provider with every case; of a `live` run only that provider, without what needs a hand.
pub fn all(
    providers: &'static [&'static ProviderEntry],
    cases: &'static [&'static [Case]],
    live: Option<&str>,
) -> Vec<Planned> {
    let chosen = providers.iter().copied().filter(|entry| live.is_none_or(|id| id == entry.id));
    let pairs = chosen.flat_map(|entry| cases.iter().copied().flatten().map(move |case| (entry, case)));
    pairs.map(|(entry, case)| Planned { entry, case, decision: decide(entry, case, live.is_some()) }).collect()
}

fn decide(entry: &ProviderEntry, case: &Case, is_live: bool) -> Decision {
    // Without a company to try it on nothing can be tried; the suite itself complains of such an entry.
    let ground = if is_live { None } else { Some(&Need::Hand) };
    let unmet = ground.into_iter().chain(case.needs).map(|need| need.of(entry)).find(|(met, _)| !met);
    if let Some((_, reason)) = unmet {
        return Decision::Skip(reason);
    }
    let by_hand = case.needs.iter().any(|need| matches!(need, Need::Hand | Need::Service));
    if is_live && by_hand { Decision::Skip("live".to_owned()) } else { Decision::Run }
}

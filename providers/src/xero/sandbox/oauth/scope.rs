//! The scopes an application may ask for, and which calls each allows (reference 1.3).
//!
//! Rule: one unknown scope refuses the whole request; the broad names of before March 2026 count beside the granular
//! ones.

/// The scope that brings a refresh token.
pub(crate) const OFFLINE: &str = "offline_access";
/// The scope that brings an identity token.
pub(crate) const OPENID: &str = "openid";

/// Scopes that know no difference between reading and writing.
const PLAIN: [&str; 4] = [OPENID, "profile", "email", OFFLINE];

/// Scopes that come alone and with `.read`.
const PAIRED: [&str; 8] = [
    "accounting.transactions",
    "accounting.invoices",
    "accounting.payments",
    "accounting.banktransactions",
    "accounting.manualjournals",
    "accounting.settings",
    "accounting.contacts",
    "accounting.attachments",
];

/// Scopes that only read.
const READING: [&str; 3] = ["accounting.reports.read", "accounting.budgets.read", "accounting.journals.read"];

/// Reports with a scope of their own: its part of the name, and the report's.
const REPORTS: [(&str, &str); 8] = [
    ("aged", "AgedReceivablesByContact"),
    ("balancesheet", "BalanceSheet"),
    ("banksummary", "BankSummary"),
    ("budgetsummary", "BudgetSummary"),
    ("executivesummary", "ExecutiveSummary"),
    ("profitandloss", "ProfitAndLoss"),
    ("trialbalance", "TrialBalance"),
    ("taxreports", "GSTReport"),
];

/// The scopes in a request; `None` if there is none or an unknown one.
pub(crate) fn parse(scope: &str) -> Option<Vec<String>> {
    let scopes: Vec<String> = scope.split_whitespace().map(str::to_owned).collect();
    let known = !scopes.is_empty() && scopes.iter().all(|scope| is_known(scope));
    known.then_some(scopes)
}

fn is_known(scope: &str) -> bool {
    let paired = scope.strip_suffix(".read").unwrap_or(scope);
    let report = |scope: &str| {
        let name = scope.strip_prefix("accounting.reports.").and_then(|rest| rest.strip_suffix(".read"));
        name.is_some_and(|name| REPORTS.iter().any(|(part, _)| *part == name))
    };
    PLAIN.contains(&scope) || READING.contains(&scope) || PAIRED.contains(&paired) || report(scope)
}

/// Whether consent to these scopes is consent for organisations.
pub(crate) fn needs_organisation(scopes: &[String]) -> bool {
    scopes.iter().any(|scope| scope.starts_with("accounting."))
}

/// Whether these scopes allow a call to a resource; `report` is the report's name where it is one.
pub(crate) fn allows(scopes: &[String], resource: &str, report: Option<&str>, writes: bool) -> bool {
    accepted(resource, report).iter().any(|wanted| {
        let read = format!("{wanted}.read");
        scopes.iter().any(|scope| scope == wanted || (!writes && *scope == read))
    })
}

/// The scopes that allow a resource, without `.read`.
fn accepted(resource: &str, report: Option<&str>) -> Vec<String> {
    let names: &[&str] = match resource {
        "Items" => &["accounting.settings", "accounting.invoices", "accounting.transactions"],
        "Contacts" => &["accounting.contacts"],
        "Invoices" | "CreditNotes" => &["accounting.invoices", "accounting.transactions"],
        "Payments" => &["accounting.payments", "accounting.transactions"],
        "ManualJournals" => &["accounting.manualjournals", "accounting.transactions"],
        "Reports" => &["accounting.reports"],
        _ => &["accounting.settings"],
    };
    let mut accepted: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let part = report.and_then(|name| REPORTS.iter().find(|(_, report)| *report == name));
    accepted.extend(part.map(|(part, _)| format!("accounting.reports.{part}")));
    accepted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes(text: &str) -> Vec<String> {
        parse(text).expect("known scopes")
    }

    #[test]
    fn one_unknown_scope_spoils_the_request() {
        assert_eq!(parse("openid email"), Some(vec!["openid".to_owned(), "email".to_owned()]));
        assert_eq!(parse("openid accounting.everything"), None);
        assert_eq!(parse("openid.read"), None);
        assert_eq!(parse("  "), None);
    }

    #[test]
    fn a_read_scope_reads_and_does_not_write() {
        let granted = scopes("accounting.invoices.read accounting.reports.trialbalance.read");
        assert!(allows(&granted, "Invoices", None, false));
        assert!(allows(&granted, "Items", None, false));
        assert!(!allows(&granted, "Invoices", None, true));
        assert!(!allows(&granted, "ManualJournals", None, false));
        assert!(allows(&granted, "Reports", Some("TrialBalance"), false));
        assert!(!allows(&granted, "Reports", Some("BalanceSheet"), false));
    }

    #[test]
    fn the_broad_names_cover_what_they_covered() {
        let granted = scopes("accounting.transactions accounting.reports.read");
        assert!(allows(&granted, "ManualJournals", None, true));
        assert!(allows(&granted, "Payments", None, true));
        assert!(allows(&granted, "Reports", Some("ProfitAndLoss"), false));
        assert!(!allows(&granted, "Accounts", None, false));
    }
}

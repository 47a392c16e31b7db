//! The scopes an application may ask for (reference 1.3).
//!
//! Rule: one unknown scope refuses the whole request.

/// The scope of the accounting API.
pub(crate) const ACCOUNTING: &str = "com.intuit.quickbooks.accounting";
/// The scope of the payments API; also bound to a company.
const PAYMENT: &str = "com.intuit.quickbooks.payment";
/// The scope that brings an identity token.
pub(crate) const OPENID: &str = "openid";

const KNOWN: [&str; 14] = [
    ACCOUNTING,
    PAYMENT,
    OPENID,
    "profile",
    "email",
    "phone",
    "address",
    "app-foundations.custom-field-definitions",
    "app-foundations.custom-field-definitions.read",
    "project-management.project",
    "indirect-tax.tax-calculation.quickbooks",
    "payroll.compensation.read",
    "time-tracking.time-entry",
    "app-foundations.custom-dimensions.read",
];

/// The scopes in a request; `None` if there is none or an unknown one.
pub(crate) fn parse(scope: &str) -> Option<Vec<String>> {
    let scopes: Vec<String> = scope.split_whitespace().map(str::to_owned).collect();
    let known = !scopes.is_empty() && scopes.iter().all(|scope| KNOWN.contains(&scope.as_str()));
    known.then_some(scopes)
}

/// Whether consent to these scopes is consent for a company.
pub(crate) fn needs_company(scopes: &[String]) -> bool {
    scopes.iter().any(|scope| scope == ACCOUNTING || scope == PAYMENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_unknown_scope_spoils_the_request() {
        assert_eq!(parse("openid email"), Some(vec!["openid".to_owned(), "email".to_owned()]));
        assert_eq!(parse("openid com.intuit.quickbooks.everything"), None);
        assert_eq!(parse("  "), None);
    }
}

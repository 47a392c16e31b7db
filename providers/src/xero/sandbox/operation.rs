//! Names of calls to this sandbox, for example `list Items`, `create ManualJournals`, `token refresh_token`.
//!
//! Rule: the same words for the same call, whoever made it and however it was written.

use axum::http::{Method, Uri};

use super::{api, entities, oauth};
use crate::sandbox::{Operation, Sort};

/// Names a call.
pub(crate) fn of(method: &Method, uri: &Uri, body: &[u8]) -> Operation {
    let path = uri.path();
    let other = |name: &str| (name.to_owned(), Sort::Other);
    let (name, sort) = match path {
        oauth::AUTHORIZE_PATH => other("authorize"),
        oauth::TOKEN_PATH => (format!("token {}", form_field(body, "grant_type").unwrap_or_default()), Sort::Token),
        oauth::REVOKE_PATH => other("revoke"),
        oauth::USERINFO_PATH => other("userinfo"),
        oauth::JWKS_PATH => other("jwks"),
        oauth::DISCOVERY_PATH => other("discovery"),
        _ if path.to_ascii_lowercase().starts_with("/connections") => other("connections"),
        _ => accounting(method, path.strip_prefix(api::PATH).unwrap_or(path)),
    };
    Operation { name, path: path.to_owned(), sort }
}

fn form_field(text: &[u8], name: &str) -> Option<String> {
    url::form_urlencoded::parse(text).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// A call of the accounting API.
fn accounting(method: &Method, path: &str) -> (String, Sort) {
    let mut segments = path.trim_matches('/').split('/');
    let given = segments.next().unwrap_or_default();
    let name = entities::find(given).map_or(given, |resource| resource.name);
    let id = segments.next();
    let part = segments.next();
    let (verb, sort) = match (method, id, part) {
        (&Method::GET, None, _) => ("list", Sort::Read),
        (&Method::GET, Some(_), _) => ("read", Sort::Read),
        (_, _, Some(part)) => return (format!("create {name} {part}"), Sort::Write),
        (&Method::PUT, ..) => ("create", Sort::Write),
        (&Method::DELETE, ..) => ("delete", Sort::Write),
        (_, Some(_), _) => ("update", Sort::Write),
        (_, None, _) => ("save", Sort::Write),
    };
    match (name, id) {
        ("Reports", Some(report)) => (format!("report {report}"), sort),
        _ => (format!("{verb} {name}"), sort),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("POST", "/connect/token", "grant_type=refresh_token&refresh_token=x", "token refresh_token", Sort::Token)]
    #[case("GET", "/Connections", "", "connections", Sort::Other)]
    #[case("GET", "/api.xro/2.0/items?page=1", "", "list Items", Sort::Read)]
    #[case("GET", "/api.xro/2.0/Invoices/7", "", "read Invoices", Sort::Read)]
    #[case("PUT", "/api.xro/2.0/ManualJournals", "{}", "create ManualJournals", Sort::Write)]
    #[case("POST", "/api.xro/2.0/Invoices", "{}", "save Invoices", Sort::Write)]
    #[case("POST", "/api.xro/2.0/Invoices/7", "{}", "update Invoices", Sort::Write)]
    #[case("PUT", "/api.xro/2.0/CreditNotes/7/Allocations", "{}", "create CreditNotes Allocations", Sort::Write)]
    #[case("DELETE", "/api.xro/2.0/Items/7", "", "delete Items", Sort::Write)]
    #[case("GET", "/api.xro/2.0/Reports/TrialBalance", "", "report TrialBalance", Sort::Read)]
    fn a_call_is_named_by_what_it_does(
        #[case] method: Method,
        #[case] uri: Uri,
        #[case] body: &str,
        #[case] name: &str,
        #[case] sort: Sort,
    ) {
        let operation = of(&method, &uri, body.as_bytes());
        assert_eq!((operation.name.as_str(), operation.sort), (name, sort));
    }
}

//! The name of a call: what it does, to what. Counters and planned faults go by it.
//!
//! Rule: the same words for the same call, whoever made it and however it was written.

use axum::http::{Method, Uri};
use serde_json::Value;

use super::{entities, json::Record, oauth, query};
use crate::sandbox::{Operation, Sort};

/// Names a call: for example `query Item`, `create Customer`, `token refresh_token`.
pub(crate) fn of(method: &Method, uri: &Uri, body: &[u8]) -> Operation {
    let path = uri.path();
    let name = match path {
        oauth::AUTHORIZE_PATH => "authorize".to_owned(),
        oauth::TOKEN_PATH => format!("token {}", form_field(body, "grant_type").unwrap_or_default()),
        oauth::REVOKE_PATH => "revoke".to_owned(),
        oauth::USERINFO_PATH => "userinfo".to_owned(),
        oauth::JWKS_PATH => "jwks".to_owned(),
        _ if path.starts_with("/.well-known/") => "discovery".to_owned(),
        _ => company(method, path, uri.query().unwrap_or_default(), body),
    };
    let sort = sort(&name);
    Operation { name, path: path.to_owned(), sort }
}

/// What sort of call a name stands for; a batch may write, so it counts as writing.
fn sort(name: &str) -> Sort {
    match name.split(' ').next().unwrap_or_default() {
        "query" | "read" | "cdc" | "report" => Sort::Read,
        "create" | "update" | "delete" | "void" | "batch" => Sort::Write,
        "token" => Sort::Token,
        _ => Sort::Other,
    }
}

fn form_field(text: &[u8], name: &str) -> Option<String> {
    url::form_urlencoded::parse(text)
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.into_owned())
}

/// A call of the accounting API.
fn company(method: &Method, path: &str, parameters: &str, body: &[u8]) -> String {
    let mut segments = path.trim_matches('/').split('/').skip(3);
    let resource = segments.next().unwrap_or_default();
    let canonical = |name: &str| entities::find(name).map_or_else(|| name.to_owned(), |entity| entity.name.to_owned());
    let get = method == Method::GET;
    match resource.to_lowercase().as_str() {
        "query" => {
            let statement = statement_in(get, parameters, body);
            let entity = query::parse(&statement).map(|statement| canonical(&statement.entity));
            format!("query {}", entity.unwrap_or_default()).trim_end().to_owned()
        }
        "batch" => "batch".to_owned(),
        "cdc" => "cdc".to_owned(),
        "reports" => format!("report {}", segments.next().unwrap_or_default()),
        _ if get => format!("read {}", canonical(resource)),
        _ => format!("{} {}", verb(parameters, body), canonical(resource)),
    }
}

/// The statement of a query; whatever else a call carries otherwise.
pub(crate) fn statement(method: &Method, uri: &Uri, body: &[u8]) -> String {
    statement_in(method == Method::GET, uri.query().unwrap_or_default(), body)
}

fn statement_in(get: bool, parameters: &str, body: &[u8]) -> String {
    let statement = if get { form_field(parameters.as_bytes(), "query") } else { None };
    statement.unwrap_or_else(|| String::from_utf8_lossy(body).into_owned())
}

/// What a POST to an entity does.
fn verb(parameters: &str, body: &[u8]) -> &'static str {
    let parameter = |name: &str| form_field(parameters.as_bytes(), name).unwrap_or_default().to_lowercase();
    match parameter("operation").as_str() {
        "delete" => return "delete",
        "void" => return "void",
        _ if parameter("include").split(',').any(|include| include == "void") => return "void",
        _ => {}
    }
    let object: Record = serde_json::from_slice(body).unwrap_or_default();
    let id = object.get("Id").filter(|id| !matches!(id, Value::Null) && **id != "" && **id != "0");
    if id.is_some() { "update" } else { "create" }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("POST", "/oauth2/v1/tokens/bearer", "grant_type=refresh_token&refresh_token=x", "token refresh_token")]
    #[case("GET", "/.well-known/openid_sandbox_configuration/", "", "discovery")]
    #[case("GET", "/v3/company/1/query?query=select+*+from+item", "", "query Item")]
    #[case("POST", "/v3/company/1/query?minorversion=75", "SELECT COUNT(*) FROM Account", "query Account")]
    #[case("POST", "/v3/company/1/query", "nonsense", "query")]
    #[case("GET", "/v3/company/1/companyinfo/1", "", "read CompanyInfo")]
    #[case("POST", "/v3/company/1/item", r#"{"Name": "x"}"#, "create Item")]
    #[case("POST", "/v3/company/1/ITEM?operation=update", r#"{"Id": "4"}"#, "update Item")]
    #[case("POST", "/v3/company/1/invoice?operation=delete", r#"{"Id": "4"}"#, "delete Invoice")]
    #[case("POST", "/v3/company/1/salesreceipt?operation=update&include=void", r#"{"Id": "4"}"#, "void SalesReceipt")]
    #[case("GET", "/v3/company/1/reports/BalanceSheet", "", "report BalanceSheet")]
    fn a_call_is_named_by_what_it_does(
        #[case] method: Method,
        #[case] uri: Uri,
        #[case] body: &str,
        #[case] name: &str,
    ) {
        assert_eq!(of(&method, &uri, body.as_bytes()).name, name);
    }
}

//! Requests and answers as JSON.
//!
//! Rule: numbers keep their digits (see [`crate::graphql::numbers`]), and what is not as the GraphQL over HTTP
//! specification has it is said by the name of the parameter.

use async_graphql::{Name, Request, Response, ServerError, Value, Variables, indexmap::IndexMap};
use serde::Serialize;
use serde_json::{Map, Value as Json};

use crate::graphql::fault::was_executed;

/// One operation or several.
#[derive(Debug)]
pub(super) enum Operations {
    Single(Box<Request>),
    Batch(Vec<Request>),
}

/// Reads a request body.
///
/// # Errors
/// A sentence that says what is not as the GraphQL over HTTP specification has it.
pub(super) fn operations(body: &[u8]) -> Result<Operations, String> {
    let json = serde_json::from_slice(body).map_err(|error| format!("The body is not JSON: {error}."))?;
    match json {
        Json::Array(batch) if batch.is_empty() => Err("The batch is empty.".to_owned()),
        Json::Array(batch) => batch.into_iter().map(operation).collect::<Result<_, _>>().map(Operations::Batch),
        single => operation(single).map(Box::new).map(Operations::Single),
    }
}

/// Reads one operation: `query`, `operationName`, `variables`, `extensions`.
///
/// # Errors
/// As [`operations`].
pub(super) fn operation(json: Json) -> Result<Request, String> {
    let Json::Object(mut parameters) = json else {
        return Err("A request is a JSON object with `query`.".to_owned());
    };
    let query = match parameters.remove("query") {
        Some(Json::String(query)) => query,
        None | Some(Json::Null) => return Err("The request has no `query`.".to_owned()),
        Some(_) => return Err("`query` must be a string.".to_owned()),
    };
    let mut request = Request::new(query);
    request.operation_name = match parameters.remove("operationName") {
        None | Some(Json::Null) => None,
        Some(Json::String(name)) => Some(name).filter(|name| !name.is_empty()),
        Some(_) => return Err("`operationName` must be a string.".to_owned()),
    };
    request.variables = Variables::from_value(Value::Object(object("variables", parameters.remove("variables"))?));
    // Reserved for extensions of the protocol, of which there are none here; only its form is checked.
    object("extensions", parameters.remove("extensions"))?;
    Ok(request)
}

fn object(name: &str, json: Option<Json>) -> Result<IndexMap<Name, Value>, String> {
    match json {
        None | Some(Json::Null) => Ok(IndexMap::new()),
        Some(Json::Object(map)) => Ok(fields(map)),
        Some(_) => Err(format!("`{name}` must be an object.")),
    }
}

fn fields(map: Map<String, Json>) -> IndexMap<Name, Value> {
    map.into_iter().map(|(name, json)| (Name::new(name), value(json))).collect()
}

/// The same value for the engine, digits kept.
fn value(json: Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Boolean(flag),
        Json::Number(number) => Value::Number(number),
        Json::String(text) => Value::String(text),
        Json::Array(list) => Value::List(list.into_iter().map(value).collect()),
        Json::Object(map) => Value::Object(fields(map)),
    }
}

/// Reads an operation from a query string (GraphQL over HTTP, GET).
///
/// # Errors
/// As [`operations`].
pub(super) fn from_query_string(query: Option<&str>) -> Result<Request, String> {
    let mut parameters = Map::new();
    for (name, text) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        let json = match name.as_ref() {
            "variables" | "extensions" if text.is_empty() => Json::Null,
            "variables" | "extensions" => {
                serde_json::from_str(&text).map_err(|error| format!("`{name}` is not JSON: {error}."))?
            }
            _ => Json::String(text.into_owned()),
        };
        parameters.insert(name.into_owned(), json);
    }
    operation(Json::Object(parameters))
}

/// An answer as the specification has it: `data` only when execution began.
#[derive(Serialize)]
pub(super) struct Answer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    extensions: &'a std::collections::BTreeMap<String, Value>,
}

impl<'a> Answer<'a> {
    pub(super) fn of(response: &'a Response) -> Self {
        let data = was_executed(response).then_some(&response.data);
        Self { data, errors: &response.errors, extensions: &response.extensions }
    }
}

/// One answer as JSON text.
pub(super) fn answer(response: &Response) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(&Answer::of(response))
}

#[cfg(test)]
mod tests {
    use async_graphql::value;

    use super::*;

    fn single(body: &str) -> Request {
        match operations(body.as_bytes()) {
            Ok(Operations::Single(request)) => *request,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn numbers_in_variables_keep_every_digit() {
        let body = r#"{"query":"{a}","variables":{"a":0.1000000000000000055511151231,"b":[1,{"c":-7}]}}"#;
        let variables = single(body).variables.into_value().to_string();
        assert_eq!(variables, "{a: 0.1000000000000000055511151231, b: [1, {c: -7}]}");
    }

    #[test]
    fn null_is_the_same_as_nothing_for_optional_parameters() {
        let request = single(r#"{"query":"{a}","operationName":null,"variables":null,"extensions":null}"#);
        assert_eq!((request.operation_name, request.variables.into_value()), (None, value!({})));
    }

    #[test]
    fn parameters_of_the_wrong_type_are_named() {
        let message = |body: &str| operations(body.as_bytes()).unwrap_err();
        assert_eq!(message(r#"{"qeury":"{a}"}"#), "The request has no `query`.");
        assert_eq!(message(r#"{"query":{}}"#), "`query` must be a string.");
        assert_eq!(message(r#"{"query":"{a}","variables":[7]}"#), "`variables` must be an object.");
        assert_eq!(message(r#"{"query":"{a}","extensions":"x"}"#), "`extensions` must be an object.");
        assert_eq!(message(r#"{"query":"{a}","operationName":1}"#), "`operationName` must be a string.");
        assert_eq!(message("[]"), "The batch is empty.");
        assert_eq!(message("7"), "A request is a JSON object with `query`.");
        assert!(message("{").starts_with("The body is not JSON: "));
    }

    #[test]
    fn a_query_string_carries_the_same_parameters() {
        let request = from_query_string(Some("query=%7Ba%7D&operationName=&variables=%7B%22n%22%3A1.50%7D")).unwrap();
        assert_eq!((request.query.as_str(), request.operation_name), ("{a}", None));
        assert_eq!(request.variables.into_value().to_string(), "{n: 1.50}");
        assert!(
            from_query_string(Some("query=%7Ba%7D&variables=nonsense"))
                .unwrap_err()
                .starts_with("`variables` is not JSON")
        );
        assert_eq!(from_query_string(None).unwrap_err(), "The request has no `query`.");
    }
}

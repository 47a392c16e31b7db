//! GraphQL over HTTP: methods, media types, status codes, bodies.

use std::sync::atomic::Ordering;

use reqwest::header;
use rstest::rstest;
use serde_json::{Value, json};

use super::server::{NEW, OLD, Setup, answer, head, start, start_with};

#[rstest]
#[case::new_form(NEW, 200, "application/graphql-response+json; charset=utf-8")]
#[case::older_form(OLD, 200, "application/json; charset=utf-8")]
#[case::anything("*/*", 200, "application/graphql-response+json; charset=utf-8")]
#[case::neither("text/html", 406, "application/json; charset=utf-8")]
#[tokio::test]
async fn the_answer_has_the_form_that_the_client_accepts(
    #[case] accept: &str,
    #[case] status: u16,
    #[case] form: &str,
) {
    let server = start().await;
    let request = server.operation(&json!({"query": "{ version }"})).header(header::ACCEPT, accept);
    let request = {
        let mut built = request.build().unwrap();
        built.headers_mut().insert(header::ACCEPT, accept.parse().unwrap());
        built
    };
    let response = reqwest::Client::new().execute(request).await.unwrap();
    assert_eq!((response.status().as_u16(), head(&response, "content-type")), (status, form));
}

#[tokio::test]
async fn an_answer_carries_data_cost_and_the_request_id() {
    let server = start().await;
    let response =
        server.operation(&json!({"query": "{ version }"})).header("x-request-id", "abc-1").send().await.unwrap();
    assert_eq!((head(&response, "x-request-id"), head(&response, "cache-control")), ("abc-1", "no-store"));
    assert_eq!(head(&response, "x-content-type-options"), "nosniff");
    let body: Value = response.json().await.unwrap();
    let expected =
        json!({"data": {"version": "1"}, "extensions": {"cost": {"requested": 1, "limit": 50000, "left": 49999}}});
    assert_eq!(body, expected);
}

#[tokio::test]
async fn a_request_id_that_no_log_can_hold_is_replaced() {
    let server = start().await;
    for id in ["a b", "x\u{7f}y", &"a".repeat(65), ""] {
        let Ok(value) = header::HeaderValue::from_bytes(id.as_bytes()) else { continue };
        let response = server.get("/health/live").header("x-request-id", value).send().await.unwrap();
        let given = head(&response, "x-request-id");
        assert_eq!((given.len(), given == id), (32, false), "{id:?}");
    }
}

/// (body, status in the new form, status in the older form, code)
#[rstest]
#[case::not_json("NONSENSE", 400, 400, "BAD_REQUEST")]
#[case::half_json("{\"query\":", 400, 400, "BAD_REQUEST")]
#[case::no_body("", 400, 400, "BAD_REQUEST")]
#[case::typo("{\"qeury\":\"{ version }\"}", 400, 400, "BAD_REQUEST")]
#[case::query_is_an_object("{\"query\":{}}", 400, 400, "BAD_REQUEST")]
#[case::variables_are_a_list("{\"query\":\"{ version }\",\"variables\":[7]}", 400, 400, "BAD_REQUEST")]
#[case::empty_batch("[]", 400, 400, "BAD_REQUEST")]
#[case::unparsable("{\"query\":\"{\"}", 400, 200, "GRAPHQL_PARSE_FAILED")]
#[case::invalid("{\"query\":\"{ nothing }\"}", 400, 200, "GRAPHQL_VALIDATION_FAILED")]
#[case::unknown_operation(
    "{\"query\":\"query A { version } query B { version }\",\"operationName\":\"C\"}",
    400,
    200,
    "GRAPHQL_VALIDATION_FAILED"
)]
#[case::which_operation(
    "{\"query\":\"query A { version } query B { version }\"}",
    400,
    200,
    "GRAPHQL_VALIDATION_FAILED"
)]
#[case::wrong_variable(
    "{\"query\":\"query($n: Int!) { number(n: $n) }\",\"variables\":{\"n\":\"x\"}}",
    400,
    200,
    "GRAPHQL_VALIDATION_FAILED"
)]
#[case::missing_variable("{\"query\":\"query($n: Int!) { number(n: $n) }\"}", 400, 200, "GRAPHQL_VALIDATION_FAILED")]
#[case::fragment_cycle(
    "{\"query\":\"{ ...A } fragment A on Query { version ...B } fragment B on Query { ...A }\"}",
    400,
    200,
    "GRAPHQL_VALIDATION_FAILED"
)]
#[case::subscription("{\"query\":\"subscription { ticks(count: 1) }\"}", 400, 200, "BAD_REQUEST")]
#[tokio::test]
async fn what_cannot_be_executed_is_refused_without_data(
    #[case] body: &'static str,
    #[case] status: u16,
    #[case] older: u16,
    #[case] code: &str,
) {
    let server = start().await;
    for (accept, expected) in [(NEW, status), (OLD, older)] {
        let request = server.post("/graphql").bearer_auth(server.token(60)).header(header::ACCEPT, accept);
        let (status, answer) = answer(request.header(header::CONTENT_TYPE, "application/json").body(body)).await;
        assert_eq!((status, answer["errors"][0]["extensions"]["code"].as_str()), (expected, Some(code)), "{answer}");
        assert_eq!(answer.get("data"), None, "{answer}");
    }
}

#[tokio::test]
async fn a_parse_error_says_where() {
    let server = start().await;
    let (_, body) = server.ask("{ version\n  items( }").await;
    assert_eq!(body["errors"][0]["locations"], json!([{"line": 2, "column": 10}]), "{body}");
}

#[rstest]
#[case("text/plain")]
#[case("application/x-www-form-urlencoded")]
#[case("multipart/form-data; boundary=x")]
#[case("application/json; charset=latin1")]
#[case("")]
#[tokio::test]
async fn a_type_that_browsers_send_for_any_page_changes_nothing(#[case] content_type: &str) {
    let server = start().await;
    let request = server.post("/graphql").bearer_auth(server.token(60)).header(header::ACCEPT, NEW);
    let request = if content_type.is_empty() { request } else { request.header(header::CONTENT_TYPE, content_type) };
    let (status, body) = answer(request.body("{\"query\":\"mutation { add(by: 1) }\"}")).await;
    assert_eq!((status, body["errors"][0]["extensions"]["code"].as_str()), (415, Some("BAD_REQUEST")));
    assert_eq!(server.watch.total.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn get_executes_queries_and_refuses_mutations() {
    let server = start().await;
    let get = |query: &str| {
        let parameters = [("query", query), ("variables", "{\"n\":3}"), ("operationName", "Q")];
        server.get("/graphql").bearer_auth(server.token(60)).header(header::ACCEPT, NEW).query(&parameters)
    };
    let (status, body) = answer(get("query Q($n: Int!) { number(n: $n) }")).await;
    assert_eq!((status, &body["data"]), (200, &json!({"number": 3})));
    let response = get("mutation Q($n: Int!) { add(by: $n) }").send().await.unwrap();
    assert_eq!((response.status().as_u16(), head(&response, "allow")), (405, "POST"));
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["errors"][0]["extensions"]["code"], "METHOD_NOT_ALLOWED");
    assert_eq!(server.watch.total.load(Ordering::SeqCst), 0);
    let both = "query Q($n: Int!) { number(n: $n) } mutation M($n: Int!) { add(by: $n) }";
    assert_eq!(answer(get(both)).await.0, 200);
}

#[tokio::test]
async fn other_methods_are_refused_with_the_ones_there_are() {
    let server = start().await;
    for method in ["PUT", "DELETE", "PATCH"] {
        let response = server.method(method, "/graphql").send().await.unwrap();
        assert_eq!((response.status().as_u16(), head(&response, "allow")), (405, "GET, POST"));
    }
}

#[tokio::test]
async fn an_error_while_executing_is_answered_with_200_and_its_path() {
    let server = start().await;
    let (status, body) = server.ask("{ version forbidden }").await;
    assert_eq!((status, &body["data"]), (200, &json!({"version": "1", "forbidden": null})));
    let error = &body["errors"][0];
    assert_eq!((&error["message"], &error["path"]), (&json!("Only owners may do this."), &json!(["forbidden"])));
    assert_eq!(error["extensions"], json!({"code": "FORBIDDEN"}));
    // A null that may not be takes the whole answer with it, which was executed nevertheless.
    let (status, body) = server.ask("{ version leak }").await;
    assert_eq!((status, body.get("data")), (200, Some(&Value::Null)));
}

#[rstest]
#[case("{ leak }")]
#[case("{ plainLeak }")]
#[case("{ panics }")]
#[tokio::test]
async fn an_error_without_a_code_shows_a_reference_and_nothing_else(#[case] query: &str) {
    let server = start().await;
    let (_, body) = server.ask(query).await;
    let error = &body["errors"][0];
    assert_eq!(error["extensions"]["code"], "INTERNAL", "{body}");
    let reference = error["extensions"]["reference"].as_str().unwrap();
    assert_eq!(error["message"], format!("Something went wrong on our side. Reference: {reference}"));
    let text = body.to_string();
    assert!(!["geheim", "books", "/var", "connecting"].iter().any(|leak| text.contains(leak)), "{text}");
}

#[tokio::test]
async fn numbers_keep_their_digits_on_the_way_in_and_out() {
    let server = start().await;
    let query = "query($a: Decimal!, $n: Int!) { echo(amount: $a) number(n: $n) literal: echo(amount: 0.1000000000000000055511151231) }";
    // Written by hand: a double could not carry the number.
    let body = format!("{{\"query\":{},\"variables\":{{\"a\":12345678901234567.89,\"n\":7}}}}", json!(query));
    let request = server.post("/graphql").bearer_auth(server.token(60)).header(header::ACCEPT, NEW);
    let (_, body) = answer(request.header(header::CONTENT_TYPE, "application/json").body(body)).await;
    let expected = json!({"echo": "12345678901234567.89", "number": 7, "literal": "0.1000000000000000055511151231"});
    assert_eq!(body["data"], expected, "{body}");
}

#[tokio::test]
async fn a_number_that_cannot_be_exact_is_refused_as_input() {
    let server = start().await;
    let (_, code, message) = server.error("{ echo(amount: 1e3) }").await;
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("VALIDATION", "Failed to parse \"Decimal\": write the number without an exponent")
    );
}

#[tokio::test]
async fn an_id_that_is_none_has_its_own_code() {
    let server = start().await;
    let (_, code, message) = server.error("{ itemId(id: \"itm_1\") }").await;
    assert_eq!(code, "INVALID_ID");
    assert_eq!(message, "\"itm_1\" is not a valid itm id; it looks like itm_01h455vb4pex5vsknk084sn02q");
}

#[tokio::test]
async fn a_batch_is_answered_in_its_order() {
    let server = start().await;
    let batch = json!([{"query": "mutation { add(by: 1) }"}, {"query": "{"}, {"query": "mutation { add(by: 2) }"}]);
    let (status, body) = answer(server.operation(&batch)).await;
    assert_eq!((status, &body[0]["data"], &body[2]["data"]), (200, &json!({"add": 1}), &json!({"add": 3})));
    assert_eq!(
        (body[1].get("data"), &body[1]["errors"][0]["extensions"]["code"]),
        (None, &json!("GRAPHQL_PARSE_FAILED"))
    );
}

#[tokio::test]
async fn introspection_can_be_closed() {
    let query = "{ __schema { queryType { name } } }";
    assert_eq!(start().await.data(query).await["__schema"]["queryType"]["name"], "Query");
    let closed = start_with(Setup { introspection: false, ..Setup::default() }).await;
    let (_, body) = closed.ask(query).await;
    assert_eq!(body["data"]["__schema"], Value::Null, "{body}");
}

#[tokio::test]
async fn a_page_of_a_configured_origin_may_call_and_others_may_not() {
    let server = start().await;
    let preflight = |origin: &str| {
        server
            .method("OPTIONS", "/graphql")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type")
            .send()
    };
    let known = preflight("https://console.example").await.unwrap();
    assert_eq!(head(&known, "access-control-allow-origin"), "https://console.example");
    assert_eq!(head(&known, "access-control-allow-headers"), "authorization,content-type,accept,x-request-id");
    let other = preflight("https://evil.example").await.unwrap();
    assert_eq!(head(&other, "access-control-allow-origin"), "");
}

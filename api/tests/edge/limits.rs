//! What one request may ask for.

use std::{sync::atomic::Ordering, time::Duration};

use reqwest::header;
use serde_json::{Value, json};
use stockbridge::config::Limits;

use super::server::{NEW, Setup, answer, start, start_with, until};

fn nested(depth: usize) -> String {
    format!("{{ {}version{} }}", "this { ".repeat(depth - 1), " }".repeat(depth - 1))
}

#[tokio::test]
async fn an_operation_as_deep_as_allowed_passes_and_one_level_more_does_not() {
    let server = start().await;
    assert_eq!(server.ask(&nested(15)).await.0, 200);
    let (status, code, message) = server.error(&nested(16)).await;
    assert_eq!((status, code.as_str()), (400, "QUERY_TOO_DEEP"));
    assert_eq!(
        message,
        "The operation is 16 levels deep; at most 15 are allowed. Ask for the inner objects by their ids."
    );
}

#[tokio::test]
async fn depth_counts_through_fragments() {
    let server = start().await;
    let query = "{ ...A } fragment A on Query { this { this { this { this { ...B } } } } } \
        fragment B on Query { this { this { this { this { this { this { this { this { this { this { this { version } } } } } } } } } } } }";
    assert_eq!(server.error(query).await.1, "QUERY_TOO_DEEP");
}

#[tokio::test]
async fn brackets_too_deep_to_parse_are_refused_before_parsing() {
    let server = start().await;
    for text in [format!("{{ a{} }}", "(b:[".repeat(20_000)), "{a".repeat(100_000)] {
        let (status, code, _) = server.error(&text).await;
        assert_eq!((status, code.as_str()), (400, "QUERY_TOO_DEEP"));
    }
}

#[tokio::test]
async fn cost_is_one_per_field_times_the_pages_around_it() {
    let server = start().await;
    let cost = async |query: &str, variables: Value| {
        let (_, body) = answer(server.operation(&json!({"query": query, "variables": variables}))).await;
        body["extensions"]["cost"]["requested"].as_u64().unwrap_or_else(|| panic!("{body}"))
    };
    // items + 25 × (nodes + name)
    assert_eq!(cost("{ items { nodes { name } } }", json!({})).await, 51);
    assert_eq!(cost("{ items(first: 10) { nodes { name } } }", json!({})).await, 21);
    assert_eq!(cost("query($n: Int) { items(last: $n) { nodes { name } } }", json!({"n": 4})).await, 9);
    assert_eq!(cost("query($n: Int = 3) { items(first: $n) { nodes { name } } }", json!({})).await, 7);
    assert_eq!(
        cost("{ a: version ...F } fragment F on Query { version ... on Query { b: version } }", json!({})).await,
        3
    );
}

#[tokio::test]
async fn an_operation_that_costs_too_much_is_refused_before_anything_runs() {
    let server = start_with(Setup::limits(Limits { complexity: 20, ..Limits::default() })).await;
    let (status, code, message) = server.error("{ items(first: 10) { nodes { name } totalCount } }").await;
    assert_eq!((status, code.as_str()), (400, "QUERY_TOO_COMPLEX"));
    assert!(message.starts_with("The operation costs 31; at most 20 is allowed."), "{message}");
    assert_eq!(server.watch.counted.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn aliases_directives_and_fields_are_bounded() {
    let limits = Limits { aliases: 2, directives: 2, fields: 6, ..Limits::default() };
    let server = start_with(Setup::limits(limits)).await;
    assert_eq!(server.ask("{ a: version b: version }").await.0, 200);
    assert_eq!(
        server.error("{ a: version b: version ...F } fragment F on Query { c: version }").await.2,
        "The document has 3 aliases; at most 2 are allowed. Use lists or several requests."
    );
    assert_eq!(
        server.error("{ version @include(if: true) @skip(if: false) ... @include(if: true) { version } }").await.2,
        "The document has 3 directives; at most 2 are allowed. Leave out what is not needed."
    );
    assert_eq!(
        server.error("query A { version } query B { this { version } this { version } this { version } }").await.2,
        "The document has several operations; say which one with `operationName`."
    );
    assert_eq!(
        server.error("{ this { version } this { version } this { version } version }").await.2,
        "The document has 7 fields; at most 6 are allowed. Send several requests."
    );
}

#[tokio::test]
async fn operations_that_are_not_executed_count_as_well() {
    let server = start_with(Setup::limits(Limits { fields: 3, ..Limits::default() })).await;
    let document = "query A { version } query B { version this { version } }";
    let (_, body) = answer(server.operation(&json!({"query": document, "operationName": "A"}))).await;
    assert_eq!(body["errors"][0]["extensions"]["code"], "QUERY_TOO_COMPLEX", "{body}");
}

/// Each fragment uses the next one twice: written out, this would be two to the thirtieth fields.
#[tokio::test]
async fn a_document_made_to_explode_is_refused_at_once() {
    let server = start().await;
    let fragments: String =
        (0..30).map(|n| format!("fragment F{n} on Query {{ ...F{next} ...F{next} }} ", next = n + 1)).collect();
    let document = format!("{{ ...F0 }} {fragments} fragment F30 on Query {{ version }}");
    let asked = tokio::time::timeout(Duration::from_secs(5), server.error(&document)).await.unwrap();
    assert_eq!((asked.0, asked.1.as_str()), (400, "QUERY_TOO_COMPLEX"));
}

#[tokio::test]
async fn introspection_made_to_explode_is_refused_and_the_tools_own_is_not() {
    let server = start().await;
    let bomb = "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }";
    assert_eq!(server.error(bomb).await.1, "QUERY_TOO_DEEP");
    let tool = include_str!("introspection.graphql");
    let data = server.data(tool).await;
    assert_eq!(data["__schema"]["queryType"]["name"], "Query");
}

#[tokio::test]
async fn a_page_larger_than_allowed_is_refused_by_its_argument_and_not_cut() {
    let server = start().await;
    for query in ["{ items(first: 251) { totalCount } }", "query($n: Int = 251) { items(first: $n) { totalCount } }"] {
        let (status, code, message) = server.error(query).await;
        assert_eq!((status, code.as_str()), (400, "VALIDATION"));
        assert_eq!(
            message,
            "The argument `first` of `items` asks for 251; at most 250 are allowed. Page with a cursor."
        );
    }
    let ids = vec!["\"x\""; 251].join(",");
    assert_eq!(server.error(&format!("{{ nodes(ids: [{ids}]) }}")).await.1, "VALIDATION");
    let ids = vec!["\"x\""; 250].join(",");
    assert_eq!(server.data(&format!("{{ nodes(ids: [{ids}]) }}")).await, json!({"nodes": 250}));
}

#[tokio::test]
async fn a_batch_and_a_body_larger_than_allowed_are_refused() {
    let server = start_with(Setup::limits(Limits { batch: 2, body_bytes: 400, ..Limits::default() })).await;
    let one = json!({"query": "{ version }"});
    assert_eq!(answer(server.operation(&json!([one, one]))).await.0, 200);
    let (status, body) = answer(server.operation(&json!([one, one, one]))).await;
    assert_eq!(
        (status, &body["errors"][0]["message"]),
        (400, &json!("The batch has 3 operations; at most 2 are allowed."))
    );
    let long = format!("{{ version }} # {}", "x".repeat(400));
    assert_eq!(server.ask(&long).await.0, 413);
    // Without a declared length the body is counted while it comes.
    let chunks = futures::stream::iter((0..100).map(|_| Ok::<_, std::io::Error>("x".repeat(10))));
    let request = server.post("/graphql").bearer_auth(server.token(60)).header(header::ACCEPT, NEW);
    let request = request.header(header::CONTENT_TYPE, "application/json").body(reqwest::Body::wrap_stream(chunks));
    assert_eq!(answer(request).await.0, 413);
}

#[tokio::test]
async fn a_query_that_takes_too_long_is_ended() {
    let server = start_with(Setup::limits(Limits { request_seconds: 1, ..Limits::default() })).await;
    let (status, code, message) = server.error("{ waits }").await;
    assert_eq!((status, code.as_str()), (504, "TIMEOUT"));
    assert_eq!(message, "The request took longer than the 1 s allowed; ask for less at once.");
}

#[tokio::test]
async fn a_mutation_that_takes_too_long_goes_on_and_its_client_is_told_so() {
    let server = start_with(Setup::limits(Limits { request_seconds: 1, ..Limits::default() })).await;
    let (status, code, message) = server.error("mutation { addSlowly(by: 5) }").await;
    assert_eq!((status, code.as_str()), (504, "TIMEOUT"));
    assert!(message.starts_with("The change was not finished within 1 s and goes on."), "{message}");
    assert_eq!(server.watch.total.load(Ordering::SeqCst), 0);
    server.watch.go_on.notify_waiters();
    until("the mutation finishes", || server.watch.total.load(Ordering::SeqCst) == 5).await;
}

#[tokio::test]
async fn a_mutation_is_carried_through_when_its_client_is_gone() {
    let server = start().await;
    let request = server.operation(&json!({"query": "mutation { addSlowly(by: 5) }"})).send();
    let client = tokio::spawn(request);
    until("the mutation begins", || server.watch.waiting.load(Ordering::SeqCst) == 1).await;
    client.abort();
    assert!(client.await.unwrap_err().is_cancelled());
    server.watch.go_on.notify_waiters();
    until("the mutation finishes", || server.watch.total.load(Ordering::SeqCst) == 5).await;
}

#[tokio::test]
async fn more_requests_than_may_run_wait_their_turn_and_say_so_when_it_does_not_come() {
    let limits = Limits { concurrent_requests: 1, request_seconds: 2, ..Limits::default() };
    let server = start_with(Setup::limits(limits)).await;
    let first = tokio::spawn(server.operation(&json!({"query": "{ waits }"})).send());
    until("the first one runs", || server.watch.waiting.load(Ordering::SeqCst) == 1).await;
    let second = tokio::spawn(server.operation(&json!({"query": "{ version }"})).send());
    server.watch.go_on.notify_waiters();
    assert_eq!(first.await.unwrap().unwrap().status().as_u16(), 200);
    assert_eq!(second.await.unwrap().unwrap().status().as_u16(), 200);
    let holder = tokio::spawn(server.operation(&json!({"query": "mutation { addSlowly(by: 1) }"})).send());
    until("the holder runs", || server.watch.waiting.load(Ordering::SeqCst) == 2).await;
    let (status, code, _) = server.error("{ version }").await;
    assert_eq!((status, code.as_str()), (503, "RATE_LIMITED"));
    server.watch.go_on.notify_waiters();
    holder.abort();
}

//! A list from end to end and back.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::server::{Server, start};

async fn page(server: &Server, arguments: &str) -> Value {
    let query = format!(
        "{{ items({arguments}) {{ nodes {{ number }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
    );
    server.data(&query).await["items"].clone()
}

fn numbers(page: &Value) -> Vec<u64> {
    page["nodes"].as_array().unwrap().iter().map(|node| node["number"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn forward_pages_cover_the_list_once_also_where_names_repeat() {
    let server = start().await;
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = page(&server, &format!("first: 7 {after}")).await;
        seen.extend(numbers(&page));
        assert_eq!(page["pageInfo"]["hasPreviousPage"], json!(!after.is_empty()));
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        after = format!("after: {}", page["pageInfo"]["endCursor"]);
    }
    assert_eq!(seen, (0..60).collect::<Vec<_>>());
}

#[tokio::test]
async fn backward_pages_cover_the_list_once_in_its_own_order() {
    let server = start().await;
    let (mut seen, mut before) = (Vec::new(), String::new());
    loop {
        let page = page(&server, &format!("last: 7 {before}")).await;
        seen = [numbers(&page), seen].concat();
        assert_eq!(page["pageInfo"]["hasNextPage"], json!(!before.is_empty()));
        if page["pageInfo"]["hasPreviousPage"] == json!(false) {
            break;
        }
        before = format!("before: {}", page["pageInfo"]["startCursor"]);
    }
    assert_eq!(seen, (0..60).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_page_without_arguments_has_25_rows_and_edges_match_nodes() {
    let server = start().await;
    let data =
        server.data("{ items { nodes { number } edges { cursor node { number } } pageInfo { endCursor } } }").await;
    let items = &data["items"];
    assert_eq!(items["nodes"].as_array().unwrap().len(), 25);
    assert_eq!(items["edges"][24]["node"], items["nodes"][24]);
    assert_eq!(items["edges"][24]["cursor"], items["pageInfo"]["endCursor"]);
}

#[tokio::test]
async fn the_list_is_counted_only_when_asked_for() {
    let server = start().await;
    server.data("{ items { nodes { number } } }").await;
    assert_eq!(server.watch.counted.load(Ordering::SeqCst), 0);
    assert_eq!(server.data("{ items(first: 1) { totalCount } }").await, json!({"items": {"totalCount": 60}}));
    assert_eq!(server.watch.counted.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_empty_page_has_no_cursors() {
    let server = start().await;
    let page = page(&server, "first: 0").await;
    let expected = json!({"hasNextPage": true, "hasPreviousPage": false, "startCursor": null, "endCursor": null});
    assert_eq!((numbers(&page), &page["pageInfo"]), (vec![], &expected));
}

#[tokio::test]
async fn a_broken_cursor_is_refused_by_its_argument() {
    let server = start().await;
    let (_, body) = server.ask("{ items(after: \"nonsense\") { totalCount } }").await;
    let error = &body["errors"][0];
    assert_eq!(error["extensions"], json!({"code": "VALIDATION", "argument": "after"}), "{body}");
}

//! The control endpoint: what happens behind the client's back, and planned faults.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode, header};
use rstest::rstest;
use serde_json::{Value, json};

use crate::service::{REALM, answer, connected, start};

fn fail(operation: &str, fault: Value) -> Value {
    json!({"command": "fail", "operation": operation, "times": 1, "fault": fault})
}

#[tokio::test]
async fn expired_access_tokens_are_refused_and_refreshed() {
    let (service, company) = connected().await;
    let done = service.control(json!({"command": "expire-access-tokens", "realm": REALM})).await;
    assert_eq!(done, json!({"expired": 1}));
    assert_eq!(company.get("item/11").await.0, StatusCode::UNAUTHORIZED);
    let (_, tokens) = service.refresh(&company.refresh_token).await;
    let fresh =
        crate::service::Company { token: tokens["access_token"].as_str().expect("a token").to_owned(), ..company };
    assert_eq!(fresh.get("item/11").await.0, StatusCode::OK);
}

#[tokio::test]
async fn refresh_tokens_rotate_on_the_next_refresh_or_at_once() {
    let (service, company) = connected().await;
    service.control(json!({"command": "rotate-refresh-tokens"})).await;
    let (status, tokens) = service.refresh(&company.refresh_token).await;
    assert_eq!(status, StatusCode::OK);
    let next = tokens["refresh_token"].as_str().expect("a token");
    assert_ne!(next, company.refresh_token);
    service.control(json!({"command": "rotate-refresh-tokens", "realm": REALM, "at_once": true})).await;
    assert_eq!(service.refresh(next).await, (StatusCode::BAD_REQUEST, json!({"error": "invalid_grant"})));
}

#[tokio::test]
async fn consent_taken_back_ends_every_token() {
    let (service, company) = connected().await;
    assert_eq!(service.control(json!({"command": "revoke-consent", "realm": REALM})).await, json!({"revoked": 1}));
    assert_eq!(company.get("item/11").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(service.refresh(&company.refresh_token).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn calls_are_counted_by_operation_until_reset() {
    let (service, company) = connected().await;
    service.control(json!({"command": "reset-calls"})).await;
    company.query("SELECT * FROM Item").await;
    company.query("select count(*) from item").await;
    company.find("Item", "11").await;
    service.refresh(&company.refresh_token).await;
    let (_, counts) = answer(service.request(Method::GET, "/sandbox/control/calls")).await;
    let expected = json!({"calls": {"query Item": 2, "read Item": 1, "token refresh_token": 1}, "total": 4});
    assert_eq!(counts, expected);
    service.control(json!({"command": "reset-calls"})).await;
    assert_eq!(service.calls("query Item").await, 0);
}

#[rstest]
#[case(json!({"kind": "status", "status": 429, "retry_after": 3}), 429, Some("3"), "003001")]
#[case(json!({"kind": "status", "status": 429}), 429, None, "003001")]
#[case(json!({"kind": "status", "status": 500}), 500, None, "10000")]
#[case(json!({"kind": "status", "status": 502}), 502, None, "<h1>Bad Gateway</h1>")]
#[case(json!({"kind": "status", "status": 503, "retry_after": 1}), 503, Some("1"), "<h1>Service Unavailable</h1>")]
#[case(json!({"kind": "status", "status": 504, "body": "text"}), 504, None, "Gateway Timeout")]
#[case(json!({"kind": "status", "status": 401}), 401, None, "3200")]
#[case(json!({"kind": "status", "status": 200, "body": "html"}), 200, None, "<html>")]
#[case(json!({"kind": "fault", "code": 10000}), 200, None, "SystemFault")]
#[case(json!({"kind": "fault", "code": 6210, "detail": "closed", "status": 400}), 400, None, "closed")]
#[tokio::test]
async fn a_planned_fault_strikes_once(
    #[case] fault: Value,
    #[case] status: u16,
    #[case] retry_after: Option<&str>,
    #[case] content: &str,
) {
    let (service, company) = connected().await;
    service.control(fail("query item", fault)).await;
    company.query("SELECT * FROM Account MAXRESULTS 1").await;
    let request = || company.request(Method::GET, "query").query(&[("query", "SELECT * FROM Item MAXRESULTS 1")]);
    let struck = request().send().await.expect("an answer");
    assert_eq!(struck.status().as_u16(), status);
    let advice = struck.headers().get(header::RETRY_AFTER).map(|value| value.to_str().expect("text").to_owned());
    assert_eq!(advice.as_deref(), retry_after);
    assert!(struck.headers().contains_key("intuit_tid"));
    let text = struck.text().await.expect("text");
    assert!(text.contains(content), "{text}");
    assert_eq!(answer(request()).await.1["QueryResponse"]["maxResults"], json!(1));
}

#[tokio::test]
async fn before_commit_nothing_is_done_and_after_commit_it_is() {
    let (service, company) = connected().await;
    let category = |name: &str| json!({"Name": name, "Type": "Category"});
    service.control(fail("create Item", json!({"kind": "status", "status": 500}))).await;
    company.post("item", &category("One")).await;
    let mut plan = fail("create Item", json!({"kind": "status", "status": 500}));
    plan["after_commit"] = true.into();
    service.control(plan).await;
    company.post("item", &category("Two")).await;
    let names = company.column("SELECT * FROM Item WHERE Name IN ('One', 'Two')", "Item", "Name").await;
    assert_eq!(names, ["Two"]);
}

#[tokio::test]
async fn a_cut_off_answer_is_half_of_the_right_one() {
    let (service, company) = connected().await;
    let request = || company.request(Method::GET, "item/11");
    let whole = request().send().await.expect("an answer").text().await.expect("text");
    service.control(fail("read Item", json!({"kind": "cut-off"}))).await;
    let half = request().send().await.expect("an answer").text().await.expect("text");
    assert_eq!(half.len(), whole.len() / 2);
    assert_eq!(half[..100], whole[..100]);
}

#[tokio::test]
async fn a_reset_connection_gives_no_answer() {
    let (service, company) = connected().await;
    service.control(fail("read Item", json!({"kind": "reset"}))).await;
    let error = company.request(Method::GET, "item/11").send().await.expect_err("no answer");
    assert!(error.is_request(), "{error:?}");
    assert_eq!(company.get("item/11").await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_hanging_call_ends_when_the_client_gives_up_and_does_not_keep_the_server() {
    let (service, company) = connected().await;
    service.control(fail("read Item", json!({"kind": "hang"}))).await;
    let error = company.request(Method::GET, "item/11").timeout(Duration::from_millis(200)).send().await;
    assert!(error.expect_err("no answer").is_timeout());
    service.control(fail("read Item", json!({"kind": "hang"}))).await;
    let hanging = tokio::spawn(company.request(Method::GET, "item/11").send());
    while service.calls("read Item").await < 2 {
        tokio::task::yield_now().await;
    }
    let began = Instant::now();
    service.running.stop().await.expect("an orderly end");
    assert!(began.elapsed() < Duration::from_secs(4));
    assert!(hanging.await.expect("a task").is_err());
}

#[tokio::test]
async fn a_slow_answer_is_the_right_one_late() {
    let (service, company) = connected().await;
    service.control(fail("read Item", json!({"kind": "slow", "milliseconds": 120}))).await;
    let began = Instant::now();
    assert_eq!(company.get("item/11").await.0, StatusCode::OK);
    assert!(began.elapsed() >= Duration::from_millis(120));
}

#[tokio::test]
async fn the_token_endpoint_fails_as_planned() {
    let (service, company) = connected().await;
    service.control(fail("token refresh", json!({"kind": "status", "status": 503}))).await;
    assert_eq!(service.refresh(&company.refresh_token).await.0, StatusCode::SERVICE_UNAVAILABLE);
    service.control(fail("token refresh", json!({"kind": "oauth-error", "error": "invalid_grant"}))).await;
    let refused = service.refresh(&company.refresh_token).await;
    assert_eq!(refused, (StatusCode::BAD_REQUEST, json!({"error": "invalid_grant"})));
    assert_eq!(service.refresh(&company.refresh_token).await.0, StatusCode::OK);
    assert_eq!(service.calls("token refresh_token").await, 3);
}

#[tokio::test]
async fn planned_faults_can_wait_repeat_and_be_forgotten() {
    let (service, company) = connected().await;
    service
        .control(json!({"command": "fail", "operation": "/item/", "skip": 1,
                        "fault": {"kind": "status", "status": 500}}))
        .await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(company.get("item/11").await.0.as_u16());
    }
    assert_eq!(statuses, [200, 500, 500, 500]);
    assert_eq!(service.control(json!({"command": "clear-faults"})).await, json!({"cleared": 1}));
    assert_eq!(company.get("item/11").await.0, StatusCode::OK);
}

#[tokio::test]
async fn an_edit_changes_an_object_without_any_rule() {
    let (service, company) = connected().await;
    let edit = json!({"command": "edit", "realm": REALM, "entity": "item", "id": "11",
                      "set": {"QtyOnHand": -3, "Name": "Oak:Table", "Sku": null}});
    service.control(edit).await;
    let item = company.find("Item", "11").await;
    assert_eq!((item["QtyOnHand"].clone(), item["SyncToken"].clone()), (json!(-3), json!("1")));
    assert_eq!(item["FullyQualifiedName"], "Furniture:Tables:Oak:Table");
    assert_eq!(item.get("Sku"), None);
    let quiet = json!({"command": "edit", "realm": REALM, "entity": "Item", "id": "11", "touch": false,
                       "set": {"Active": false}});
    service.control(quiet).await;
    assert_eq!(company.find("Item", "11").await["SyncToken"], "1");
    assert_eq!(company.query("SELECT COUNT(*) FROM Item").await, json!({"totalCount": 57}));
}

#[tokio::test]
async fn a_removed_object_is_gone_for_good() {
    let (service, company) = connected().await;
    service.control(json!({"command": "remove", "realm": REALM, "entity": "Item", "id": "11"})).await;
    assert_eq!(crate::service::fault(&company.get("item/11").await).0, 610);
    assert_eq!(company.query("SELECT COUNT(*) FROM Item").await, json!({"totalCount": 57}));
}

#[tokio::test]
async fn odd_objects_stand_in_listings_where_they_were_put_until_they_are_cleared() {
    let (service, company) = connected().await;
    let odd = |at: u64, record: Value| json!({"command": "add-odd", "realm": REALM, "entity": "Item", "at": at, "record": record});
    let twice = json!({"Id": "11", "Name": "Oak Table", "Type": "Inventory"});
    service.control(json!([odd(1, twice.clone()), odd(30, twice)])).await;
    let text = r#"{"command": "add-odd", "realm": "9341453920441001", "entity": "Item",
                   "record": {"Id": "9223372036854775807", "UnitPrice": 12.3456789}}"#;
    service.control(serde_json::from_str(text).expect("json")).await;
    let ids = company.column("SELECT * FROM Item ORDERBY Id MAXRESULTS 1000", "Item", "Id").await;
    let places: Vec<usize> = ids.iter().enumerate().filter(|(_, id)| *id == "11").map(|(at, _)| at).collect();
    assert_eq!((places, ids.len()), (vec![0, 11, 29], 61));
    let odd = company.find("Item", "9223372036854775807").await;
    assert_eq!((odd["UnitPrice"].to_string().as_str(), odd.get("Name")), ("12.3456789", None));
    service.control(json!({"command": "clear-odd", "realm": REALM})).await;
    assert_eq!(company.query("SELECT COUNT(*) FROM Item").await, json!({"totalCount": 58}));
}

#[tokio::test]
async fn latency_is_the_least_time_of_every_answer() {
    let (service, company) = connected().await;
    service.control(json!({"command": "latency", "milliseconds": 80})).await;
    let began = Instant::now();
    company.get("item/11").await;
    assert!(began.elapsed() >= Duration::from_millis(80));
}

#[tokio::test]
async fn a_reset_brings_everything_back_to_the_start() {
    let (service, company) = connected().await;
    service.control(json!({"command": "advance-clock", "seconds": 86_400_000})).await;
    service.control(json!({"command": "remove", "realm": REALM, "entity": "Item", "id": "11"})).await;
    service.control(json!({"command": "reset"})).await;
    assert_eq!(company.get("item/11").await.0, StatusCode::UNAUTHORIZED);
    let again = service.connect(REALM).await;
    assert_eq!(again.find("Item", "11").await["SyncToken"], "0");
}

#[rstest]
#[case(json!({"command": "make-coffee"}), "unknown variant `make-coffee`")]
#[case(json!({"command": "expire-access-tokens", "realms": "1"}), "unknown field `realms`")]
#[case(json!({"command": "edit", "realm": "1", "entity": "Item", "id": "1", "set": {}}), "no company 1; there are")]
#[case(json!({"command": "remove", "realm": REALM, "entity": "Ship", "id": "1"}), "no entity Ship; there are Item")]
#[case(json!({"command": "remove", "realm": REALM, "entity": "Item", "id": "7777"}), "no Item 7777")]
#[case(json!({"command": "fail", "fault": {"kind": "explode"}}), "unknown variant `explode`")]
#[tokio::test]
async fn a_command_that_means_nothing_is_an_error(#[case] command: Value, #[case] text: &str) {
    let service = start().await;
    let (status, body) = answer(service.request(Method::POST, "/sandbox/control").json(&command)).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(body["error"].as_str().is_some_and(|error| error.contains(text)), "{body}");
}

#[rstest]
#[case("https://evil.example", StatusCode::FORBIDDEN)]
#[case("null", StatusCode::FORBIDDEN)]
#[tokio::test]
async fn pages_of_other_sites_are_not_obeyed(#[case] origin: &str, #[case] status: StatusCode) {
    let (service, company) = connected().await;
    let command = json!({"command": "revoke-consent"});
    let request = service.request(Method::POST, "/sandbox/control").header(header::ORIGIN, origin).json(&command);
    assert_eq!(answer(request).await.0, status);
    assert_eq!(company.get("item/11").await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_rebound_host_name_is_another_site_and_the_own_origin_is_not() {
    let service = start().await;
    let port = service.running.address.port();
    let send = |host: String| {
        let request = service.request(Method::POST, "/sandbox/control").header(header::HOST, &host);
        answer(request.header(header::ORIGIN, format!("http://{host}")).json(&json!({"command": "clear-faults"})))
    };
    assert_eq!(send(format!("evil.example:{port}")).await.0, StatusCode::FORBIDDEN);
    assert_eq!(send(format!("127.0.0.1:{port}")).await.0, StatusCode::OK);
    assert_eq!(send(format!("localhost:{port}")).await.0, StatusCode::OK);
}

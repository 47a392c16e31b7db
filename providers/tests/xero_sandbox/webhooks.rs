//! Webhooks: signed, repeated, and only of what the service tells of (reference 4).

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::service::{MAIN, Organisation, Service, connected, document, sold};

/// What a receiver got: whether it was signed rightly, and the body.
type Got = (bool, Value);

/// A receiver that answers 200 to right signatures and 401 to wrong ones, after so many 500s.
#[derive(Clone, Default)]
struct Receiver {
    got: Arc<Mutex<Vec<Got>>>,
    failures: Arc<Mutex<u32>>,
    arrived: Arc<Notify>,
}

const KEY: &str = "a key of the test";

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let key = signature(&body);
    let right = headers.get("x-xero-signature").and_then(|value| value.to_str().ok()) == Some(key.as_str());
    receiver.got.lock().expect("to be there").push((right, serde_json::from_slice(&body).expect("json")));
    receiver.arrived.notify_one();
    let mut failures = receiver.failures.lock().expect("to be there");
    if *failures > 0 {
        *failures -= 1;
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    if right { StatusCode::OK } else { StatusCode::UNAUTHORIZED }
}

/// HMAC-SHA256 by its definition (RFC 2104), in Base64.
fn signature(body: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    let mut block = [0_u8; 64];
    block[..KEY.len()].copy_from_slice(KEY.as_bytes());
    let inner = Sha256::digest([block.map(|byte| byte ^ 0x36).as_slice(), body].concat());
    STANDARD.encode(Sha256::digest([block.map(|byte| byte ^ 0x5c).as_slice(), inner.as_slice()].concat()))
}

impl Receiver {
    async fn start() -> (Self, String) {
        let receiver = Self::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let app = Router::new().route("/hook", post(receive)).with_state(receiver.clone());
        tokio::spawn(axum::serve(listener, app).into_future());
        (receiver, url)
    }

    /// Waits for so many requests.
    async fn wait(&self, count: usize) -> Vec<Got> {
        let enough = async {
            loop {
                let got = self.got.lock().expect("to be there").clone();
                if got.len() >= count {
                    return got;
                }
                self.arrived.notified().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), enough).await.expect("requests")
    }
}

async fn subscribed() -> (Service, Organisation, Receiver) {
    let (service, main) = connected().await;
    let (receiver, url) = Receiver::start().await;
    service.control(json!({"command": "send-webhooks", "to": url, "key": KEY, "retries": [0, 0, 0]})).await;
    (service, main, receiver)
}

#[tokio::test]
async fn contacts_invoices_and_credit_notes_are_told_of_and_nothing_else() {
    let (_service, main, receiver) = subscribed().await;
    main.create("Items", json!({"Code": "UNTOLD"})).await;
    let contact = main.create("Contacts", json!({"Name": "Told", "IsCustomer": true})).await;
    let id = contact["ContactID"].as_str().expect("an id");
    receiver.wait(1).await;
    let invoice = main.create("Invoices", sold(id, "WAX", 1, "5")).await;
    receiver.wait(2).await;
    let note = document("ACCRECCREDIT", id, json!([{"ItemCode": "WAX", "Quantity": 1, "UnitAmount": 5}]));
    let note = main.create("CreditNotes", note).await;
    let got = receiver.wait(3).await;
    assert!(got.iter().all(|(right, _)| *right));
    let first = &got[0].1["events"][0];
    assert_eq!(
        (&first["eventCategory"], &first["eventType"], &first["resourceId"]),
        (&json!("CONTACT"), &json!("CREATE"), &json!(id))
    );
    assert_eq!((&first["tenantId"], &first["tenantType"]), (&json!(MAIN), &json!("ORGANISATION")));
    assert!(first["resourceUrl"].as_str().is_some_and(|url| url.ends_with(&format!("/api.xro/2.0/Contacts/{id}"))));
    let events = |body: &Value| body["events"].as_array().expect("events").clone();
    let invoices: Vec<Value> = events(&got[1].1);
    assert!(
        invoices.iter().any(|event| event["eventCategory"] == "INVOICE" && event["resourceId"] == invoice["InvoiceID"])
    );
    let notes = events(&got[2].1);
    let told = notes.iter().find(|event| event["eventCategory"] == "CREDITNOTE").expect("the note");
    assert_eq!(
        (&told["resourceId"], &told["data"]),
        (&note["CreditNoteID"], &json!({"Type": "ACCRECCREDIT", "Status": "AUTHORISED"}))
    );
    let span = |body: &Value| {
        (
            body["firstEventSequence"].as_u64().expect("to be there"),
            body["lastEventSequence"].as_u64().expect("to be there"),
        )
    };
    let mut next = 1;
    for (_, body) in &got {
        let (first, last) = span(body);
        assert_eq!((first, last + 1 - first), (next, u64::try_from(events(body).len()).expect("to be there")));
        next = last + 1;
    }
}

#[tokio::test]
async fn what_is_not_taken_comes_again_with_the_same_bytes() {
    let (_service, main, receiver) = subscribed().await;
    *receiver.failures.lock().expect("to be there") = 2;
    main.create("Contacts", json!({"Name": "Thrice"})).await;
    let got = receiver.wait(3).await;
    assert_eq!((got.len(), got[0] == got[1], got[1] == got[2]), (3, true, true));
}

#[tokio::test]
async fn the_intent_to_receive_sends_right_and_wrong_signatures_without_events() {
    let (service, main, receiver) = subscribed().await;
    assert_eq!(service.control(json!({"command": "intent-to-receive"})).await, json!({"sent": 4}));
    let got = receiver.wait(4).await;
    assert_eq!(got.iter().filter(|(right, _)| *right).count(), 2);
    assert!(got.iter().all(|(_, body)| body["events"] == json!([])));
    main.create("Contacts", json!({"Name": "Still told"})).await;
    receiver.wait(5).await;
}

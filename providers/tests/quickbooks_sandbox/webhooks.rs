//! Webhooks (reference 12).

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, http::StatusCode, routing::post};
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::{
    books::{adjustment, journal},
    service::{REALM, Service, connected, start},
};

/// One delivery as it came.
struct Came {
    headers: HeaderMap,
    body: Bytes,
}

impl Came {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("json")
    }
}

type Shared = (UnboundedSender<Came>, Arc<Mutex<VecDeque<StatusCode>>>);

/// A receiver that answers with these statuses, then with 200; where it listens, and what comes.
async fn receiver(statuses: &[u16]) -> (String, UnboundedReceiver<Came>) {
    let (send, come) = unbounded_channel();
    let statuses = statuses.iter().map(|status| StatusCode::from_u16(*status).expect("a status")).collect();
    let state: Shared = (send, Arc::new(Mutex::new(statuses)));
    let routes = Router::new().route("/hook", post(receive)).with_state(state);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (url, come)
}

async fn receive(State((send, statuses)): State<Shared>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let _ = send.send(Came { headers, body });
    statuses.lock().expect("a lock").pop_front().unwrap_or(StatusCode::OK)
}

async fn tell(service: &Service, to: &str, more: Value) {
    let mut command = json!({"command": "webhooks", "to": to, "key": "verifier", "retry_ms": [1, 1, 1]});
    command.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
    service.control(command).await;
}

fn signature(body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(b"verifier").expect("a key");
    mac.update(body);
    STANDARD.encode(mac.finalize().into_bytes())
}

#[tokio::test]
async fn a_change_is_told_as_an_event_and_signed() {
    let (service, company) = connected().await;
    let (to, mut come) = receiver(&[]).await;
    tell(&service, &to, json!({})).await;
    company.save("JournalEntry", journal()).await;
    let came = come.recv().await.expect("a delivery");
    assert_eq!(came.header("intuit-signature"), signature(&came.body));
    assert_eq!(came.header("content-type"), "application/cloudevents+json");
    assert_eq!(came.header("user-agent"), "intuit_notification_server/0.1");
    let event = &came.json()[0];
    assert_eq!((&event["type"], &event["specversion"]), (&json!("qbo.journalentry.created.v1"), &json!("1.0")));
    assert_eq!((&event["intuitentityid"], &event["intuitaccountid"]), (&json!("1"), &json!(REALM)));
    assert_eq!(came.json().as_array().map(Vec::len), Some(1), "what follows on accounts is no news");
    company.post("journalentry?operation=delete", &json!({"Id": "1", "SyncToken": "0"})).await;
    assert_eq!(come.recv().await.expect("a delivery").json()[0]["type"], "qbo.journalentry.deleted.v1");
}

#[tokio::test]
async fn the_older_format_tells_by_company() {
    let (service, company) = connected().await;
    let (to, mut come) = receiver(&[]).await;
    tell(&service, &to, json!({"format": "legacy"})).await;
    // Adjustments are not announced; the items that they move are.
    company.save("InventoryAdjustment", adjustment()).await;
    let came = come.recv().await.expect("a delivery");
    assert_eq!(came.header("intuit-signature"), signature(&came.body));
    assert_eq!(came.header("content-type"), "application/json");
    let told = came.json();
    let notification = &told["eventNotifications"][0];
    assert_eq!(notification["realmId"], REALM);
    let entities = notification["dataChangeEvent"]["entities"].as_array().expect("entities");
    assert_eq!(entities.len(), 1, "{told}");
    let named = ["name", "id", "operation"].map(|field| entities[0][field].as_str().unwrap_or_default());
    assert_eq!(named, ["Item", "11", "Update"]);
}

#[tokio::test]
async fn a_delivery_is_repeated_unchanged_until_it_is_taken() {
    let (service, company) = connected().await;
    let (to, mut come) = receiver(&[500, 503, 408]).await;
    tell(&service, &to, json!({})).await;
    company.save("JournalEntry", journal()).await;
    let mut bodies = Vec::new();
    for _ in 0..4 {
        bodies.push(come.recv().await.expect("an attempt").body);
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]));
    company.save("JournalEntry", journal()).await;
    assert_ne!(come.recv().await.expect("the next").body, bodies[0]);
}

#[tokio::test]
async fn a_refused_delivery_and_one_tried_to_the_end_are_dropped() {
    let (service, company) = connected().await;
    let (to, mut come) = receiver(&[404, 500, 500]).await;
    tell(&service, &to, json!({"retry_ms": [1]})).await;
    let mut ids = Vec::new();
    for number in 1..=3 {
        company.save("JournalEntry", journal()).await;
        let attempts = if number == 2 { 2 } else { 1 };
        for _ in 0..attempts {
            ids.push(come.recv().await.expect("an attempt").json()[0]["intuitentityid"].clone());
        }
    }
    assert_eq!(ids, [json!("1"), json!("2"), json!("2"), json!("3")]);
}

#[tokio::test]
async fn only_companies_with_a_consent_tell_and_only_while_asked_to() {
    let service = start().await;
    let (to, mut come) = receiver(&[]).await;
    tell(&service, &to, json!({})).await;
    let change = |name: &str| json!({"command": "edit", "realm": REALM, "entity": "Item", "id": "11", "set": {"Description": name}});
    service.control(change("nobody is connected")).await;
    let _company = service.connect(REALM).await;
    service.control(change("somebody is")).await;
    assert_eq!(come.recv().await.expect("a delivery").json().as_array().map(Vec::len), Some(1));
    service.control(json!({"command": "revoke-consent", "realm": REALM})).await;
    service.control(change("nobody is again")).await;
    let _company = service.connect(REALM).await;
    service.control(json!({"command": "webhooks"})).await;
    service.control(change("nobody asked")).await;
    tell(&service, &to, json!({})).await;
    service.control(change("asked again")).await;
    let last = come.recv().await.expect("a delivery").json();
    assert_eq!((last[0]["intuitentityid"].as_str(), come.try_recv().is_err()), (Some("11"), true));
}

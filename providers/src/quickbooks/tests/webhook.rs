//! Webhooks in both formats: what is believed, and what is made of it.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use rstest::rstest;
use secrecy::SecretString;
use sha2::Sha256;

use super::ENDPOINTS;
use crate::{
    error::{ErrorKind, ProviderError},
    model::{DocumentKind, RecordKind, RecordRef, SalesDocumentKind, WebhookEvent, WebhookOperation, WebhookRequest},
    provider::Provider,
    quickbooks::ENTRY,
    settings::ProviderSettings,
    testing::provider_settings,
};

const KEY: &str = "CANARY-verifier-token";

fn provider(key: Option<&str>) -> Arc<dyn Provider> {
    let settings = provider_settings(&"http://127.0.0.1:9/".parse().unwrap(), ENDPOINTS);
    (ENTRY.build)(&ProviderSettings { webhook_key: key.map(SecretString::from), ..settings }).unwrap()
}

fn signature(body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap();
    mac.update(body);
    STANDARD.encode(mac.finalize().into_bytes())
}

fn read_with(body: &[u8], signature: Option<String>) -> Result<Vec<WebhookEvent>, ProviderError> {
    let headers: Vec<(String, String)> =
        signature.map(|signature| ("intuit-signature".to_owned(), signature)).into_iter().collect();
    provider(Some(KEY)).webhook(&WebhookRequest { headers: &headers, body })
}

fn read(body: &str) -> Result<Vec<WebhookEvent>, ProviderError> {
    read_with(body.as_bytes(), Some(signature(body.as_bytes())))
}

fn legacy(entities: &str) -> String {
    format!(r#"{{"eventNotifications":[{{"realmId":"9130","dataChangeEvent":{{"entities":[{entities}]}}}}]}}"#)
}

const UPDATED: &str = r#"{"name":"Item","id":"19","operation":"Update","lastUpdated":"2026-03-01T10:00:00.000Z"}"#;

fn cloud(id: &str, kind: &str, entity: &str, realm: &str) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"{id}","source":"intuit.x=","type":"{kind}","datacontenttype":"application/json","time":"2026-03-01T10:00:00.179Z","intuitentityid":"{entity}","intuitaccountid":"{realm}","data":{{}}}}"#
    )
}

#[test]
fn both_formats_say_the_same() {
    let older = read(&legacy(UPDATED)).unwrap();
    let newer = read(&format!("[{}]", cloud("e-1", "qbo.item.updated.v1", "19", "9130"))).unwrap();
    let expected = |entity: &str, delivery_id: &str, at: &str| WebhookEvent {
        company: "9130".to_owned(),
        kind: Some(RecordKind::Item),
        entity: entity.to_owned(),
        external_id: "19".to_owned(),
        operation: WebhookOperation::Updated,
        at: Some(at.parse().unwrap()),
        delivery_id: delivery_id.to_owned(),
    };
    assert_eq!(older, [expected("Item", &older[0].delivery_id, "2026-03-01T10:00:00Z")]);
    assert_eq!(newer, [expected("item", "e-1", "2026-03-01T10:00:00.179Z")]);
    let alone = read(&cloud("e-1", "qbo.item.updated.v1", "19", "9130")).unwrap();
    assert_eq!(alone, newer);
}

#[rstest]
#[case("Account", Some(RecordKind::Account))]
#[case("Vendor", Some(RecordKind::Supplier))]
#[case("Invoice", Some(RecordKind::Sale(SalesDocumentKind::Invoice)))]
#[case("SalesReceipt", Some(RecordKind::Sale(SalesDocumentKind::SalesReceipt)))]
#[case("CreditMemo", Some(RecordKind::Sale(SalesDocumentKind::CreditMemo)))]
#[case("RefundReceipt", Some(RecordKind::Sale(SalesDocumentKind::Refund)))]
#[case("JournalEntry", Some(RecordKind::Document(DocumentKind::JournalEntry)))]
#[case("InventoryAdjustment", Some(RecordKind::Document(DocumentKind::InventoryAdjustment)))]
#[case("Preferences", Some(RecordKind::Company))]
#[case("Estimate", None)]
#[case("", None)]
fn a_kind_is_known_in_both_spellings(#[case] name: &str, #[case] kind: Option<RecordKind>) {
    let older = read(&legacy(&UPDATED.replace("Item", name))).unwrap();
    let lower = format!("qbo.{}.updated.v1", name.to_lowercase());
    let newer = read(&format!("[{}]", cloud("e-1", &lower, "19", "9130"))).unwrap();
    assert_eq!((older[0].kind, newer[0].kind), (kind, kind));
}

#[rstest]
#[case("Create", "created", WebhookOperation::Created)]
#[case("Update", "updated", WebhookOperation::Updated)]
#[case("Delete", "deleted", WebhookOperation::Deleted)]
#[case("Void", "voided", WebhookOperation::Voided)]
#[case("Merge", "merged", WebhookOperation::Merged)]
#[case("Emailed", "emailed", WebhookOperation::Other)]
fn an_operation_is_known_in_both_spellings(
    #[case] older: &str,
    #[case] newer: &str,
    #[case] operation: WebhookOperation,
) {
    let older = read(&legacy(&UPDATED.replace("Update\"", &format!("{older}\"")))).unwrap();
    let newer = read(&format!("[{}]", cloud("e", &format!("qbo.item.{newer}.v1"), "19", "9130"))).unwrap();
    assert_eq!((older[0].operation, newer[0].operation), (operation, operation));
}

#[test]
fn a_merge_is_told_of_both_records() {
    let merge =
        r#"{"name":"Vendor","id":"5","operation":"Merge","deletedId":"6","lastUpdated":"2026-03-01T10:00:00.000Z"}"#;
    let events = read(&legacy(merge)).unwrap();
    let told: Vec<_> = events.iter().map(|event| (event.external_id.as_str(), event.operation)).collect();
    assert_eq!(told, [("5", WebhookOperation::Updated), ("6", WebhookOperation::Merged)]);
    assert_ne!(events[0].delivery_id, events[1].delivery_id);
}

#[test]
fn several_companies_may_come_at_once() {
    let body = r#"{"eventNotifications":[
        {"realmId":"1","dataChangeEvent":{"entities":[{"name":"Item","id":1,"operation":"Create"}]}},
        {"realmId":2,"dataChangeEvent":{"entities":[{"name":"Item","id":"1","operation":"Create","more":{}}]},"unknown":1},
        {"dataChangeEvent":{"entities":[{"name":"Item","id":"1"}]}},{"realmId":"3"},{"realmId":"4","dataChangeEvent":{"entities":null}}]}"#;
    let events = read(body).unwrap();
    let told: Vec<_> =
        events.iter().map(|event| (event.company.as_str(), event.external_id.as_str(), event.at)).collect();
    assert_eq!(told, [("1", "1", None), ("2", "1", None)]);
    assert_ne!(events[0].delivery_id, events[1].delivery_id);
    let both = format!("[{},{}]", cloud("a", "qbo.item.created.v1", "1", "1"), cloud("b", "odd", "1", "2"));
    let told: Vec<_> = read(&both).unwrap().into_iter().map(|event| (event.company, event.kind)).collect();
    assert_eq!(told, [("1".to_owned(), Some(RecordKind::Item)), ("2".to_owned(), None)]);
}

#[test]
fn a_delivery_is_known_again() {
    let again = || read(&legacy(UPDATED)).unwrap()[0].delivery_id.clone();
    assert_eq!(again(), again());
    for other in ["Item\",\"id\":\"20", "Items\",\"id\":\"19"] {
        let other = UPDATED.replace("Item\",\"id\":\"19", other);
        assert_ne!(read(&legacy(&other)).unwrap()[0].delivery_id, again());
    }
    let later = UPDATED.replace("10:00:00", "10:00:01");
    assert_ne!(read(&legacy(&later)).unwrap()[0].delivery_id, again());
}

#[rstest]
#[case("[]")]
#[case(r#"{"eventNotifications":[]}"#)]
#[case("  [ ] ")]
fn an_announcement_of_nothing_is_valid(#[case] body: &str) {
    assert_eq!(read(body), Ok(vec![]));
}

#[rstest]
#[case("")]
#[case("{}")]
#[case("null")]
#[case("[1]")]
#[case("{\"eventNotifications\":[{\"realmId\":\"1\"")]
#[case("{\"eventNotifications\":7}")]
fn a_signed_body_that_is_no_announcement_cannot_be_read(#[case] body: &str) {
    let error = read(body).unwrap_err();
    assert_eq!((error.kind, error.operation), (ErrorKind::Malformed, "webhook"), "{body}");
}

/// §12, §15: the signature is over the raw bytes.
#[test]
fn a_forged_announcement_is_not_read() {
    let body = legacy(UPDATED);
    let right = signature(body.as_bytes());
    let mut tampered = body.clone().into_bytes();
    tampered[40] ^= 1;
    let cases: [(&[u8], Option<String>); 7] = [
        (body.as_bytes(), None),
        (body.as_bytes(), Some(String::new())),
        (body.as_bytes(), Some("not base64!".to_owned())),
        (body.as_bytes(), Some(STANDARD.encode([0; 32]))),
        (body.as_bytes(), Some(STANDARD.encode(&STANDARD.decode(&right).unwrap()[..31]))),
        (&tampered, Some(right.clone())),
        (b"not even JSON", Some(right.clone())),
    ];
    for (body, signature) in cases {
        let error = read_with(body, signature).unwrap_err();
        assert_eq!((error.kind, error.operation), (ErrorKind::Forged, "webhook"));
        assert!(!error.to_string().contains("CANARY"));
    }
    assert_eq!(read_with(body.as_bytes(), Some(format!(" {right} "))).unwrap().len(), 1);
}

#[test]
fn without_a_key_nothing_is_believed() {
    let body = legacy(UPDATED);
    let headers = [("intuit-signature".to_owned(), signature(body.as_bytes()))];
    for key in [None, Some("")] {
        let error = provider(key).webhook(&WebhookRequest { headers: &headers, body: body.as_bytes() }).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Misconfigured);
        assert!(error.message.starts_with("webhook_key is not set"));
    }
    let said = format!("{:?}", provider(Some(KEY)));
    assert!(!said.contains("CANARY"), "{said}");
}

#[test]
fn two_megabytes_are_read_whole() {
    let events: Vec<String> =
        (0..10_000).map(|id| cloud(&format!("e-{id}"), "qbo.invoice.voided.v1", "1", "9130")).collect();
    let body = format!("[{}]", events.join(","));
    assert!(body.len() > 2_000_000, "{}", body.len());
    let read = read(&body).unwrap();
    assert_eq!((read.len(), read[9999].delivery_id.as_str()), (10_000, "e-9999"));
}

#[test]
fn a_document_is_shown_in_the_environment_that_is_configured() {
    let settings = provider_settings(&"http://127.0.0.1:9/".parse().unwrap(), ENDPOINTS);
    let sandbox = ProviderSettings { environment: Some("sandbox".to_owned()), ..settings };
    let record = RecordRef { kind: RecordKind::Sale(SalesDocumentKind::Invoice), external_id: "44".to_owned() };
    let url = (ENTRY.build)(&sandbox).unwrap().document_url("9130", &record).unwrap();
    let expected = "https://app.sandbox.qbo.intuit.com/app/invoice?txnId=44&deeplinkcompanyid=9130";
    assert_eq!(url.as_str(), expected);
}

//! Webhooks: the signature over raw bytes first, then every category (§4).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use proptest::prelude::*;
use rstest::rstest;
use secrecy::SecretString;

use crate::{
    error::{ErrorKind, ProviderError},
    model::{RecordKind, SalesDocumentKind, WebhookEvent, WebhookOperation, WebhookRequest},
    xero::webhook::read,
};

const KEY: &str = "CANARY-key/with+signs==";

/// HMAC-SHA256 by its definition (RFC 2104), so that the library is not its own witness.
fn signature(key: &str, body: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    let mut block = [0_u8; 64];
    block[..key.len()].copy_from_slice(key.as_bytes());
    let pad = |byte: u8| block.map(|key| key ^ byte).to_vec();
    let inner = Sha256::digest([pad(0x36), body.to_vec()].concat());
    STANDARD.encode(Sha256::digest([pad(0x5c), inner.to_vec()].concat()))
}

fn received(body: &[u8], signature: Option<&str>) -> Result<Vec<WebhookEvent>, ProviderError> {
    let headers: Vec<(String, String)> =
        signature.map(|value| ("x-xero-signature".to_owned(), value.to_owned())).into_iter().collect();
    read(Some(&SecretString::from(KEY)), &WebhookRequest { headers: &headers, body })
}

fn signed(body: &str) -> Result<Vec<WebhookEvent>, ProviderError> {
    received(body.as_bytes(), Some(&signature(KEY, body.as_bytes())))
}

fn delivery(events: &str) -> String {
    format!(r#"{{"events":[{events}],"lastEventSequence":7,"firstEventSequence":7,"entropy":"ABCDEF"}}"#)
}

#[test]
fn an_announcement_is_read_whole() {
    let body = delivery(
        r#"{"resourceUrl":"https://api.xero.com/api.xro/2.0/Invoices/v-1","resourceId":"v-1","tenantId":"t-1",
            "tenantType":"ORGANISATION","eventCategory":"INVOICE","eventType":"UPDATE",
            "eventDateUtc":"2026-03-01T10:00:00.123"}"#,
    );
    let expected = WebhookEvent {
        company: "t-1".to_owned(),
        kind: Some(RecordKind::Sale(SalesDocumentKind::Invoice)),
        entity: "INVOICE".to_owned(),
        external_id: "v-1".to_owned(),
        operation: WebhookOperation::Updated,
        at: Some("2026-03-01T10:00:00.123Z".parse().unwrap()),
        delivery_id: "t-1/INVOICE/v-1/UPDATE/2026-03-01T10:00:00.123".to_owned(),
    };
    assert_eq!(signed(&body), Ok(vec![expected.clone()]));
    let replayed = body.replace(":7", ":70");
    assert_eq!(signed(&replayed), Ok(vec![expected]), "the same however it is bundled");
}

#[rstest]
#[case("INVOICE", "CREATE", "", Some(RecordKind::Sale(SalesDocumentKind::Invoice)), WebhookOperation::Created)]
#[case(
    "CREDITNOTE",
    "UPDATE",
    r#","data":{"Type":"ACCRECCREDIT","Status":"VOIDED"}"#,
    Some(RecordKind::Sale(SalesDocumentKind::CreditMemo)),
    WebhookOperation::Voided
)]
#[case(
    "CREDITNOTE",
    "UPDATE",
    r#","data":{"Type":"ACCRECCREDIT","Status":"DELETED"}"#,
    Some(RecordKind::Sale(SalesDocumentKind::CreditMemo)),
    WebhookOperation::Deleted
)]
#[case("CREDITNOTE", "UPDATE", r#","data":{"type":"ACCPAYCREDIT","status":"PAID"}"#, None, WebhookOperation::Updated)]
#[case(
    "CREDITNOTE",
    "CREATE",
    r#","data":null"#,
    Some(RecordKind::Sale(SalesDocumentKind::CreditMemo)),
    WebhookOperation::Created
)]
#[case("CONTACT", "UPDATE", "", Some(RecordKind::Supplier), WebhookOperation::Updated)]
#[case("SUBSCRIPTION", "CREATE", "", None, WebhookOperation::Created)]
#[case("PREPAYMENT", "ARCHIVE", "", None, WebhookOperation::Other)]
fn every_category_has_its_kind(
    #[case] category: &str,
    #[case] event: &str,
    #[case] more: &str,
    #[case] kind: Option<RecordKind>,
    #[case] operation: WebhookOperation,
) {
    let body = delivery(&format!(
        r#"{{"resourceId":"r","tenantId":"t","eventCategory":"{category}","eventType":"{event}"{more}}}"#
    ));
    let [told] = signed(&body).unwrap().try_into().unwrap();
    assert_eq!((told.kind, told.operation, told.entity.as_str(), told.at), (kind, operation, category, None));
}

/// Intent to receive: an empty list, some signed and some not (§4).
#[test]
fn an_endpoint_that_is_tested_answers_by_the_signature_alone() {
    assert_eq!(signed(&delivery("")), Ok(vec![]));
    let forged = received(delivery("").as_bytes(), Some(&signature("another key", delivery("").as_bytes())));
    assert_eq!(forged.unwrap_err().kind, ErrorKind::Forged);
}

#[rstest]
#[case::none(None)]
#[case::empty(Some(""))]
#[case::no_base64(Some("%%%"))]
#[case::short(Some("AAAA"))]
#[case::of_other_bytes(Some("p0IaOZh4kSNZ1qXbaCbtjSgiC5QWuVoCM4Mxv0aJxOk="))]
fn what_is_not_signed_is_not_read(#[case] signature: Option<&str>) {
    let error = received(b"not even JSON", signature).unwrap_err();
    assert_eq!((error.kind, error.operation), (ErrorKind::Forged, "webhook"));
    assert!(!format!("{error:?}").contains("CANARY"));
}

#[test]
fn without_a_key_nothing_is_believed() {
    let body = delivery("");
    let headers = [("x-xero-signature".to_owned(), signature("", body.as_bytes()))];
    let error = read(None, &WebhookRequest { headers: &headers, body: body.as_bytes() }).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Misconfigured);
}

#[rstest]
#[case("")]
#[case("{}")]
#[case("[]")]
#[case(r#"{"events":[{"resourceId":"r","eventCategory":"INVOICE"}]}"#)]
#[case(r#"{"events":[{"tenantId":"t","eventCategory":"INVOICE"}]}"#)]
#[case(r#"{"events":[{"tenantId":"t","resourceId":"r"}]}"#)]
fn a_signed_body_that_cannot_be_read_is_malformed(#[case] body: &str) {
    assert_eq!(signed(body).unwrap_err().kind, ErrorKind::Malformed);
}

proptest! {
    #[test]
    fn one_changed_byte_is_forged(at in any::<prop::sample::Index>(), flip in 1_u8..) {
        let mut body = delivery(r#"{"resourceId":"r","tenantId":"t","eventCategory":"INVOICE"}"#).into_bytes();
        let signature = signature(KEY, &body);
        let at = at.index(body.len());
        body[at] ^= flip;
        prop_assert_eq!(received(&body, Some(&signature)).unwrap_err().kind, ErrorKind::Forged);
    }
}

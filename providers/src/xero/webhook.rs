//! Webhooks (§4). Pure.
//!
//! Rule: the signature is checked over the raw bytes before anything is read, in constant time. An empty list is how the
//! service tests the endpoint.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{error::malformed, scalar::Scalar};
use crate::{
    error::{ErrorKind, ProviderError, Retry},
    model::{RecordKind, SalesDocumentKind, WebhookEvent, WebhookOperation, WebhookRequest},
};

const OPERATION: &str = "webhook";
const SIGNATURE: &str = "x-xero-signature";

/// A delivery (§4).
#[derive(Debug, Deserialize)]
struct Delivery<'a> {
    #[serde(borrow)]
    events: Vec<Event<'a>>,
}

/// An announcement (§4).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Event<'a> {
    #[serde(borrow)]
    resource_id: Scalar<'a>,
    #[serde(borrow)]
    tenant_id: Scalar<'a>,
    #[serde(borrow)]
    event_category: Scalar<'a>,
    #[serde(borrow)]
    event_type: Scalar<'a>,
    #[serde(borrow)]
    event_date_utc: Scalar<'a>,
    #[serde(borrow)]
    data: Option<Data<'a>>,
}

/// What a credit note's announcement says beside (§4).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Data<'a> {
    #[serde(borrow, rename = "Type", alias = "type")]
    kind: Scalar<'a>,
    #[serde(borrow, alias = "status")]
    status: Scalar<'a>,
}

/// Checks and reads a delivery.
///
/// # Errors
/// `Misconfigured` without a key, `Forged`, or `Malformed` when a signed body cannot be read.
pub(super) fn read(
    key: Option<&SecretString>,
    request: &WebhookRequest<'_>,
) -> Result<Vec<WebhookEvent>, ProviderError> {
    let key = key.ok_or_else(|| {
        let text = "no webhook_key is configured; it is shown with the app's webhooks at Xero";
        ProviderError::new(ErrorKind::Misconfigured, OPERATION, text)
    })?;
    verify(key, request)?;
    let unusable = |text: String| ProviderError { operation: OPERATION, ..malformed(&text).retry(Retry::Never) };
    let delivery: Delivery<'_> = serde_json::from_slice(request.body)
        .map_err(|error| unusable(format!("the signed announcement cannot be read: {error}")))?;
    delivery.events.iter().map(|event| understood(event).map_err(|text| unusable(text.to_owned()))).collect()
}

fn verify(key: &SecretString, request: &WebhookRequest<'_>) -> Result<(), ProviderError> {
    let forged = |text: &str| ProviderError::new(ErrorKind::Forged, OPERATION, text);
    let given = request.header(SIGNATURE).ok_or_else(|| forged("the announcement is not signed"))?;
    let signature = STANDARD.decode(given.trim()).map_err(|_| forged("the signature is no Base64"))?;
    // The library takes a signature in the alphabet of tokens, and compares in constant time.
    let key = DecodingKey::from_secret(key.expose_secret().as_bytes());
    let checked = crypto::verify(&URL_SAFE_NO_PAD.encode(signature), request.body, &key, Algorithm::HS256);
    match checked {
        Ok(true) => Ok(()),
        Ok(false) => Err(forged("the signature is not Xero's for this app; check webhook_key")),
        Err(_) => Err(ProviderError::new(ErrorKind::Misconfigured, OPERATION, "webhook_key cannot be a key")),
    }
}

fn understood(event: &Event<'_>) -> Result<WebhookEvent, &'static str> {
    let company = event.tenant_id.owned().ok_or("an event names no tenant")?;
    let external_id = event.resource_id.owned().ok_or("an event names no resource")?;
    let entity = event.event_category.owned().ok_or("an event has no category")?;
    let kind = event.event_type.owned().unwrap_or_default();
    let date = event.event_date_utc.owned().unwrap_or_default();
    Ok(WebhookEvent {
        kind: record_kind(&entity, event.data.as_ref()),
        operation: operation(&kind, event.data.as_ref()),
        at: event.event_date_utc.moment(),
        // By resource and date (§4): sequences number deliveries, and a replay may bundle them anew.
        delivery_id: format!("{company}/{entity}/{external_id}/{kind}/{date}"),
        company,
        entity,
        external_id,
    })
}

/// Invoices are announced without their type: a bill is recognised when it is read.
fn record_kind(category: &str, data: Option<&Data<'_>>) -> Option<RecordKind> {
    match category {
        "INVOICE" => Some(RecordKind::Sale(SalesDocumentKind::Invoice)),
        "CREDITNOTE" if data.is_some_and(|data| data.kind.is("ACCPAYCREDIT")) => None,
        "CREDITNOTE" => Some(RecordKind::Sale(SalesDocumentKind::CreditMemo)),
        "CONTACT" => Some(RecordKind::Supplier),
        _ => None,
    }
}

fn operation(kind: &str, data: Option<&Data<'_>>) -> WebhookOperation {
    let status = |word| data.is_some_and(|data| data.status.is(word));
    match kind {
        "CREATE" => WebhookOperation::Created,
        "UPDATE" if status("VOIDED") => WebhookOperation::Voided,
        "UPDATE" if status("DELETED") => WebhookOperation::Deleted,
        "UPDATE" => WebhookOperation::Updated,
        _ => WebhookOperation::Other,
    }
}

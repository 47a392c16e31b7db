//! State over a restart.

use std::path::Path;

use providers::sandbox::{SandboxError, SandboxOptions};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::service::{MAIN, Organisation, SCOPES, Service, answer, sold, start_with};

fn kept(directory: &Path) -> SandboxOptions {
    SandboxOptions { throttle: false, directory: Some(directory.to_owned()), ..SandboxOptions::default() }
}

/// The same organisation at a sandbox that was started again.
fn moved(service: &Service, main: &Organisation) -> Organisation {
    Organisation { base: service.url("/api.xro/2.0/"), ..main.clone() }
}

#[tokio::test]
async fn books_tokens_and_keys_survive_an_orderly_restart() {
    let directory = tempfile::tempdir().expect("a directory");
    let service = start_with(kept(directory.path())).await;
    let main = service.connect(&[MAIN], SCOPES).await;
    let customer = main.contact("Kōwhai Café").await;
    let body = sold(&customer, "OT-1", 2, "300");
    let keyed =
        |main: &Organisation| answer(main.request(Method::PUT, "Invoices").header("Idempotency-Key", "k").json(&body));
    let first = keyed(&main).await;
    let (stock, balances) =
        (main.on_hand("OT-1").await, service.running.control.trial_balance(MAIN).await.expect("balances"));
    service.control(json!({"command": "advance-clock", "seconds": 100})).await;
    service.running.stop().await.expect("an orderly end");

    let again = start_with(kept(directory.path())).await;
    let main = moved(&again, &main);
    assert_eq!(keyed(&main).await, first);
    assert_eq!(main.on_hand("OT-1").await, stock);
    assert_eq!(again.running.control.trial_balance(MAIN).await.expect("balances"), balances);
    assert_eq!(again.refresh(&main.refresh_token).await.0, StatusCode::OK);
    let id = first.1["Invoices"][0]["InvoiceID"].as_str().expect("an id");
    main.update("Invoices", id, json!({"Status": "VOIDED"})).await;
    assert_eq!(main.on_hand("OT-1").await, ("10".to_owned(), "1905.00".to_owned()));
    let next = main.create("Invoices", sold(&customer, "WAX", 1, "1")).await;
    assert_eq!(next["InvoiceNumber"], "INV-0007");
}

#[tokio::test]
async fn a_damaged_file_is_told_and_not_overwritten() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("xero.json");
    std::fs::write(&file, "{\"half\":").expect("a file");
    let error = providers::xero::sandbox::start(kept(directory.path())).await.expect_err("an error");
    assert!(matches!(&error, SandboxError::State { path, .. } if *path == file), "{error}");
    assert_eq!(std::fs::read_to_string(&file).expect("text"), "{\"half\":");
}

#[tokio::test]
async fn a_taken_address_is_told() {
    let service = start_with(SandboxOptions::default()).await;
    let options = SandboxOptions { listen: service.running.address, ..SandboxOptions::default() };
    let error = providers::xero::sandbox::start(options).await.expect_err("an error");
    assert!(matches!(error, SandboxError::Listen { .. }), "{error}");
}

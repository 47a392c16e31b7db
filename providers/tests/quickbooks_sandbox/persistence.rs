//! State over a restart.

use std::path::Path;

use providers::sandbox::{SandboxError, SandboxOptions};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::service::{Company, REALM, Service, inventory_item, start_with};

fn kept(directory: &Path) -> SandboxOptions {
    SandboxOptions { throttle: false, directory: Some(directory.to_owned()), ..SandboxOptions::default() }
}

/// The same company at a sandbox that was started again.
fn moved(service: &Service, company: &Company) -> Company {
    Company { base: service.url(&format!("/v3/company/{REALM}/")), ..company.clone() }
}

#[tokio::test]
async fn companies_tokens_and_request_ids_survive_an_orderly_restart() {
    let directory = tempfile::tempdir().expect("a directory");
    let service = start_with(kept(directory.path())).await;
    let company = service.connect(REALM).await;
    let created = company.post("item?requestid=r-1", &inventory_item("Lasting")).await;
    service.control(json!({"command": "advance-clock", "seconds": 100})).await;
    service.running.stop().await.expect("an orderly end");

    let again = start_with(kept(directory.path())).await;
    let company = moved(&again, &company);
    assert_eq!(company.find("Item", "63").await["Name"], "Lasting");
    assert_eq!(company.post("item?requestid=r-1", &inventory_item("Lasting")).await, created);
    assert_eq!(again.refresh(&company.refresh_token).await.0, StatusCode::OK);
    let next = company.save("Item", inventory_item("Next")).await;
    assert_eq!(next["Id"], "64");
}

#[tokio::test]
async fn a_change_is_stored_soon_without_any_order_to_end() {
    let directory = tempfile::tempdir().expect("a directory");
    let service = start_with(kept(directory.path())).await;
    let company = service.connect(REALM).await;
    company.save("Item", inventory_item("Soon")).await;
    let file = directory.path().join("quickbooks.json");
    let stored = || std::fs::read_to_string(&file).is_ok_and(|text| text.contains("\"Soon\""));
    let waiting = async {
        while !stored() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(5), waiting).await.expect("stored");
    let whole: Value = serde_json::from_str(&std::fs::read_to_string(&file).expect("text")).expect("whole json");
    assert!(whole["companies"][REALM].is_object());
    drop(service);
    let again = start_with(kept(directory.path())).await;
    assert_eq!(moved(&again, &company).find("Item", "63").await["Name"], "Soon");
}

#[tokio::test]
async fn a_damaged_file_is_told_and_not_overwritten() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("quickbooks.json");
    std::fs::write(&file, "{\"half\":").expect("a file");
    let error = providers::quickbooks::sandbox::start(kept(directory.path())).await.expect_err("an error");
    assert!(matches!(&error, SandboxError::State { path, .. } if *path == file), "{error}");
    assert_eq!(std::fs::read_to_string(&file).expect("text"), "{\"half\":");
}

#[tokio::test]
async fn a_taken_address_is_told() {
    let service = start_with(SandboxOptions::default()).await;
    let options = SandboxOptions { listen: service.running.address, ..SandboxOptions::default() };
    let error = providers::quickbooks::sandbox::start(options).await.expect_err("an error");
    assert!(matches!(error, SandboxError::Listen { .. }), "{error}");
}

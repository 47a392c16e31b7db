//! Manual journals (reference 3.3).

use serde_json::{Value, json};

use crate::service::{but, connected};

fn journal(lines: Value) -> Value {
    json!({"Narration": "SB-1 summary", "Date": "2026-05-04", "Status": "POSTED", "JournalLines": lines})
}

fn balanced() -> Value {
    journal(
        json!([{"LineAmount": 340.55, "AccountCode": "621", "Description": "in"}, {"LineAmount": "-340.55", "AccountCode": "801"}]),
    )
}

#[tokio::test]
async fn a_journal_is_posted_edited_and_voided() {
    let (_service, main) = connected().await;
    let posted = main.create("ManualJournals", json!({"ManualJournals": [balanced()]})).await;
    assert_eq!(
        (&posted["Status"], &posted["LineAmountTypes"], &posted["ShowOnCashBasisReports"]),
        (&json!("POSTED"), &json!("NoTax"), &json!(true))
    );
    assert_eq!(
        (posted["JournalLines"][0]["LineAmount"].to_string(), &posted["Date"]),
        ("340.55".to_owned(), &json!("/Date(1777852800000+0000)/"))
    );
    assert!(posted["JournalLines"][0]["AccountID"].is_string());
    let id = posted["ManualJournalID"].as_str().expect("an id");
    let lines = json!([{"LineAmount": 1, "AccountCode": "621"}, {"LineAmount": -1, "AccountCode": "801"}]);
    assert_eq!(
        main.update("ManualJournals", id, json!({"JournalLines": lines})).await["JournalLines"][0]["LineAmount"]
            .to_string(),
        "1.00"
    );
    assert_eq!(
        main.update_refused("ManualJournals", id, json!({"Status": "DRAFT"})).await,
        "The manual journal is POSTED and cannot become DRAFT."
    );
    assert_eq!(main.update("ManualJournals", id, json!({"Status": "VOIDED"})).await["Status"], "VOIDED");
    assert_eq!(
        main.update_refused("ManualJournals", id, json!({"Status": "POSTED"})).await,
        "The manual journal is VOIDED and cannot become POSTED."
    );
}

#[tokio::test]
async fn a_journal_is_a_draft_unless_it_says_otherwise() {
    let (_service, main) = connected().await;
    let draft = main.create("ManualJournals", but(balanced(), json!({"Status": null}))).await;
    let id = draft["ManualJournalID"].as_str().expect("an id");
    assert_eq!(draft["Status"], "DRAFT");
    assert_eq!(main.update("ManualJournals", id, json!({"Status": "DELETED"})).await["Status"], "DELETED");
    assert!(
        main.refused("ManualJournals", but(balanced(), json!({"Status": "VOIDED"})))
            .await
            .contains("is new and cannot become VOIDED")
    );
}

#[tokio::test]
async fn debits_and_credits_must_cancel_out_and_no_line_may_touch_what_others_keep() {
    let (_service, main) = connected().await;
    let two =
        |code: &str| journal(json!([{"LineAmount": 5, "AccountCode": code}, {"LineAmount": -5, "AccountCode": "200"}]));
    let wrong = [
        (
            journal(
                json!([{"LineAmount": 340.55, "AccountCode": "621"}, {"LineAmount": -340.54, "AccountCode": "200"}]),
            ),
            "The total debits (340.55) must equal total credits (-340.54)",
        ),
        (journal(json!([{"LineAmount": 0, "AccountCode": "621"}])), "A manual journal must have at least two lines."),
        (but(balanced(), json!({"Narration": " "})), "Narration must be specified."),
        (
            two("610"),
            "Account code '610' (Accounts Receivable) is a system account and cannot be used in a manual journal. Choose another account.",
        ),
        (
            two("960"),
            "Account code '960' (Retained Earnings) is a system account and cannot be used in a manual journal. Choose another account.",
        ),
        (
            two("090"),
            "Account code '090' (Business Bank Account) is a bank account and cannot be used in a manual journal. Choose another account.",
        ),
        (
            two("630"),
            "Account code '630' (Inventory) is an inventory account and cannot be used in a manual journal. Choose another account.",
        ),
        (two("480"), "Account code '480' has been archived or deleted."),
        (two("9999"), "Account code '9999' is not a valid code for this document."),
    ];
    let before = main.list("ManualJournals", &[]).await.len();
    for (body, text) in wrong {
        assert_eq!(main.refused("ManualJournals", body).await, text);
    }
    assert_eq!(main.list("ManualJournals", &[]).await.len(), before);
}

#[tokio::test]
async fn taxes_of_a_journal_count_in_its_balance() {
    let (_service, main) = connected().await;
    let lines = json!([{"LineAmount": 100, "AccountCode": "429", "TaxType": "INPUT2"}, {"LineAmount": -115, "AccountCode": "805"}]);
    let body = but(journal(lines), json!({"LineAmountTypes": "Exclusive"}));
    let posted = main.create("ManualJournals", body.clone()).await;
    assert_eq!(posted["JournalLines"][0]["TaxAmount"].to_string(), "15.00");
    assert!(
        main.refused("ManualJournals", but(body, json!({"LineAmountTypes": "NoTax"})))
            .await
            .starts_with("The total debits")
    );
}

#[tokio::test]
async fn locked_days_take_no_journal() {
    let (service, main) = connected().await;
    service.control(json!({"command": "close-books", "tenant": main.tenant, "until": "2026-05-04"})).await;
    assert!(
        main.refused("ManualJournals", balanced()).await.starts_with("The document date cannot be before 5 May 2026")
    );
    let draft = main.create("ManualJournals", but(balanced(), json!({"Status": "DRAFT"}))).await;
    let id = draft["ManualJournalID"].as_str().expect("an id");
    assert!(main.update_refused("ManualJournals", id, json!({"Status": "POSTED"})).await.contains("is locked"));
    main.create("ManualJournals", but(balanced(), json!({"Date": "2026-05-05"}))).await;
}

//! What documents do to ledger and stock (reference 3.1, 3.3, 3.4).

use std::collections::BTreeMap;

use providers::sandbox::SandboxControl;
use rust_decimal::{Decimal, dec};
use serde_json::json;

use crate::service::{MAIN, Organisation, Service, bought, but, connected, document, sold, tracked};

/// Balances by account code, and what changed since `before`.
async fn moved(
    service: &Service,
    main: &Organisation,
    before: &BTreeMap<String, Decimal>,
) -> BTreeMap<String, Decimal> {
    let after = balances(service, main).await;
    let difference =
        |(code, balance): (&String, &Decimal)| (code.clone(), *balance - before.get(code).copied().unwrap_or_default());
    after.iter().map(difference).filter(|(_, amount)| !amount.is_zero()).collect()
}

async fn balances(service: &Service, main: &Organisation) -> BTreeMap<String, Decimal> {
    let accounts = main.list("Accounts", &[]).await;
    let code = |id: &str| {
        accounts
            .iter()
            .find(|account| account["AccountID"] == id)
            .map(|account| account["Code"].as_str().expect("a code").to_owned())
    };
    let rows = control(service).trial_balance(MAIN).await.expect("balances");
    let sum: Decimal = rows.iter().map(|row| row.balance).sum();
    assert_eq!(sum, Decimal::ZERO);
    rows.into_iter().map(|row| (code(&row.account).expect("an account"), row.balance.normalize())).collect()
}

fn control(service: &Service) -> &dyn SandboxControl {
    service.running.control.as_ref()
}

fn expected<const N: usize>(rows: [(&str, Decimal); N]) -> BTreeMap<String, Decimal> {
    rows.into_iter().map(|(code, amount)| (code.to_owned(), amount)).collect()
}

#[tokio::test]
async fn a_bill_a_sale_a_return_and_their_end_move_what_they_should() {
    let (service, main) = connected().await;
    let (customer, supplier) = (main.contact("Kōwhai Café").await, main.contact("Fixings Direct").await);
    main.create("Items", tracked("T-1")).await;
    let start = balances(&service, &main).await;

    main.create("Invoices", but(bought(&supplier, "T-1", 10, "8"), json!({"LineAmountTypes": "Exclusive"}))).await;
    assert_eq!(
        moved(&service, &main, &start).await,
        expected([("630", dec!(80)), ("820", dec!(12)), ("800", dec!(-92))])
    );
    assert_eq!(main.on_hand("T-1").await, ("10".to_owned(), "80.00".to_owned()));

    main.create("Invoices", bought(&supplier, "T-1", 5, "11")).await;
    assert_eq!(main.on_hand("T-1").await, ("15".to_owned(), "135.00".to_owned()));

    let before = balances(&service, &main).await;
    let sale = main.create("Invoices", sold(&customer, "T-1", 4, "20")).await;
    assert_eq!(
        moved(&service, &main, &before).await,
        expected([("610", dec!(80)), ("200", dec!(-80)), ("310", dec!(36)), ("630", dec!(-36))])
    );

    let note = document("ACCRECCREDIT", &customer, json!([{"ItemCode": "T-1", "Quantity": 1, "UnitAmount": 20}]));
    main.create("CreditNotes", note).await;
    assert_eq!(main.on_hand("T-1").await, ("12".to_owned(), "108.00".to_owned()));
    let back = document("ACCPAYCREDIT", &supplier, json!([{"ItemCode": "T-1", "Quantity": 2, "UnitAmount": 8}]));
    main.create("CreditNotes", back).await;
    assert_eq!(main.on_hand("T-1").await, ("10".to_owned(), "92.00".to_owned()));

    main.update("Invoices", sale["InvoiceID"].as_str().expect("an id"), json!({"Status": "VOIDED"})).await;
    assert_eq!(main.on_hand("T-1").await, ("14".to_owned(), "128.00".to_owned()));
}

#[tokio::test]
async fn stock_does_not_fall_below_zero_unless_backorders_are_allowed() {
    let (service, main) = connected().await;
    let (customer, supplier) = (main.contact("Kōwhai Café").await, main.contact("Fixings Direct").await);
    main.create("Items", tracked("T-1")).await;
    let bill = main.create("Invoices", bought(&supplier, "T-1", 3, "8")).await;
    let before = balances(&service, &main).await;
    assert!(
        main.refused("Invoices", sold(&customer, "T-1", 4, "20"))
            .await
            .starts_with("There are not enough items on hand")
    );
    let early = but(sold(&customer, "T-1", 1, "20"), json!({"Date": "2026-05-03"}));
    assert!(main.refused("Invoices", early).await.contains("on 3 May 2026"), "the bill came a day later");
    assert_eq!(moved(&service, &main, &before).await, BTreeMap::new());

    main.create("Invoices", sold(&customer, "T-1", 1, "20")).await;
    let id = bill["InvoiceID"].as_str().expect("an id");
    assert!(
        main.update_refused("Invoices", id, json!({"Status": "VOIDED"}))
            .await
            .starts_with("There are not enough items")
    );
    let (status, body) = main.put("Invoices?allowBackorders=true", &sold(&customer, "T-1", 4, "20")).await;
    assert_eq!(status, reqwest::StatusCode::OK, "{body}");
    assert_eq!(main.on_hand("T-1").await, ("-2".to_owned(), "-16.00".to_owned()));
    main.create("Invoices", bought(&supplier, "T-1", 5, "10")).await;
    assert_eq!(main.on_hand("T-1").await, ("3".to_owned(), "30.00".to_owned()));
}

#[tokio::test]
async fn quantities_are_adjusted_by_documents_that_come_to_nothing() {
    let (service, main) = connected().await;
    let supplier = main.contact("Fixings Direct").await;
    main.create("Items", tracked("T-1")).await;
    let start = balances(&service, &main).await;
    let adjust = |kind: &str, quantity: u32| {
        let total = quantity * 8;
        document(
            kind,
            &supplier,
            json!([
                {"ItemCode": "T-1", "Quantity": quantity, "UnitAmount": 8},
                {"Description": "Found in the shed", "Quantity": 1, "UnitAmount": format!("-{total}"), "AccountCode": "330"},
            ]),
        )
    };
    let up = main.create("Invoices", adjust("ACCPAY", 5)).await;
    assert_eq!((&up["Status"], up["Total"].to_string()), (&json!("PAID"), "0.00".to_owned()));
    assert_eq!(moved(&service, &main, &start).await, expected([("630", dec!(40)), ("330", dec!(-40))]));
    main.create("CreditNotes", adjust("ACCPAYCREDIT", 2)).await;
    assert_eq!(main.on_hand("T-1").await, ("3".to_owned(), "24.00".to_owned()));
    assert!(main.refused("CreditNotes", adjust("ACCPAYCREDIT", 4)).await.starts_with("There are not enough items"));
    let dear = document("ACCPAYCREDIT", &supplier, json!([{"ItemCode": "T-1", "Quantity": 1, "UnitAmount": 25}]));
    assert!(main.refused("CreditNotes", dear).await.starts_with("The total cost pool"));
    let voided = main.update("Invoices", up["InvoiceID"].as_str().expect("an id"), json!({"Reference": "stays"})).await;
    assert_eq!(voided["Status"], "PAID");
}

#[tokio::test]
async fn inventory_accounts_are_for_tracked_items_alone() {
    let (_service, main) = connected().await;
    let (customer, supplier) = (main.contact("Kōwhai Café").await, main.contact("Fixings Direct").await);
    let line = |line: serde_json::Value| json!([line]);
    let wrong = [
        document("ACCPAY", &supplier, line(json!({"Description": "x", "UnitAmount": 5, "AccountCode": "630"}))),
        document(
            "ACCPAY",
            &supplier,
            line(json!({"ItemCode": "OT-1", "Quantity": 1, "UnitAmount": 5, "AccountCode": "300"})),
        ),
        document(
            "ACCPAY",
            &supplier,
            line(json!({"ItemCode": "OT-1", "Quantity": 1, "UnitAmount": 5, "AccountCode": "631"})),
        ),
        document(
            "ACCREC",
            &customer,
            line(json!({"ItemCode": "OT-1", "Quantity": 1, "UnitAmount": 5, "AccountCode": "630"})),
        ),
        document(
            "ACCREC",
            &customer,
            line(json!({"ItemCode": "OT-1", "Quantity": 1, "UnitAmount": 5, "AccountCode": "429"})),
        ),
        document(
            "ACCREC",
            &customer,
            line(json!({"ItemCode": "WAX", "Quantity": 1, "UnitAmount": 5, "AccountCode": "630"})),
        ),
    ];
    for body in wrong {
        let said = main.refused("Invoices", body.clone()).await;
        assert!(said.contains("tracked"), "{body}: {said}");
    }
    assert_eq!(main.on_hand("OT-1").await, ("10".to_owned(), "1905.00".to_owned()));
}

#[tokio::test]
async fn foreign_amounts_come_home_by_the_rate() {
    let (service, main) = connected().await;
    let customer = main.contact("Sydney Sideboards Pty").await;
    let before = balances(&service, &main).await;
    let body = but(
        sold(&customer, "WAX", 3, "33.33"),
        json!({"CurrencyCode": "AUD", "CurrencyRate": 0.8, "LineAmountTypes": "Exclusive"}),
    );
    let invoice = main.create("Invoices", body).await;
    assert_eq!((invoice["Total"].to_string(), &invoice["CurrencyRate"]), ("114.99".to_owned(), &json!(0.8)));
    assert_eq!(
        moved(&service, &main, &before).await,
        expected([("610", dec!(143.74)), ("200", dec!(-124.99)), ("820", dec!(-18.75))])
    );
    let pay = json!({"Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Account": {"Code": "090"}, "Amount": 114.99});
    main.create("Payments", pay).await;
    assert_eq!(
        moved(&service, &main, &before).await,
        expected([("090", dec!(143.74)), ("200", dec!(-124.99)), ("820", dec!(-18.75))])
    );
}

#[tokio::test]
async fn a_journal_moves_its_accounts_and_a_voided_one_moves_them_back() {
    let (service, main) = connected().await;
    let before = balances(&service, &main).await;
    let lines = json!([{"LineAmount": 12.34, "AccountCode": "621"}, {"LineAmount": -12.34, "AccountCode": "325"}]);
    let body = json!({"Narration": "x", "Status": "POSTED", "Date": "2026-05-04", "JournalLines": lines});
    let journal = main.create("ManualJournals", body.clone()).await;
    assert_eq!(moved(&service, &main, &before).await, expected([("621", dec!(12.34)), ("325", dec!(-12.34))]));
    main.update("ManualJournals", journal["ManualJournalID"].as_str().expect("an id"), json!({"Status": "VOIDED"}))
        .await;
    assert_eq!(moved(&service, &main, &before).await, BTreeMap::new());
    main.create("ManualJournals", but(body, json!({"Status": "DRAFT"}))).await;
    assert_eq!(moved(&service, &main, &before).await, BTreeMap::new());
}

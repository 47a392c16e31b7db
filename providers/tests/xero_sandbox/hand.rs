//! The neutral hand.

use chrono::NaiveDate;
use providers::{
    model::{DocumentKind, ItemKind, SaleRef, SalesDocumentKind},
    sandbox::{FaultReach, FaultTarget, SandboxAct, SandboxError, SandboxFault, SandboxSale, SandboxSaleLine, Trouble},
};
use reqwest::StatusCode;
use rust_decimal::{Decimal, dec};
use serde_json::json;

use crate::service::{BACK, MAIN, OTHER, Organisation, Service, connected, parameter};

async fn act(service: &Service, act: SandboxAct) -> Result<String, SandboxError> {
    service.running.control.act(MAIN, act).await
}

fn sale(item: &str) -> SandboxSale {
    let line = |item: Option<&str>, quantity, price, discount| SandboxSaleLine {
        item: item.map(str::to_owned),
        quantity,
        price,
        discount,
        taxed: true,
    };
    SandboxSale {
        kind: SalesDocumentKind::Invoice,
        number: Some("S-1".to_owned()),
        date: NaiveDate::from_ymd_opt(2026, 11, 2).expect("a day"),
        lines: vec![line(Some(item), dec!(3), dec!(20), dec!(5)), line(None, dec!(1), dec!(45), dec!(0))],
        discount: dec!(10),
        shipping: dec!(7.5),
        tax: dec!(14.63),
        currency: Some(("EUR".to_owned(), dec!(1.6))),
        applies_to: None,
        customer: 0,
    }
}

async fn shelf(service: &Service) -> String {
    let add = SandboxAct::AddItem {
        name: "Shelf by hand".to_owned(),
        sku: Some("HAND-1".to_owned()),
        kind: ItemKind::Inventory,
        price: dec!(20),
        cost: dec!(8.3333),
        quantity: dec!(7),
    };
    act(service, add).await.expect("an item")
}

#[tokio::test]
async fn consent_is_given_over_the_page_and_refused_there() {
    let (service, _main) = connected().await;
    let mut page = service.url("/identity/connect/authorize");
    page.query_pairs_mut()
        .append_pair("client_id", &service.running.client_id)
        .append_pair("redirect_uri", BACK)
        .append_pair("response_type", "code")
        .append_pair("scope", "accounting.settings")
        .append_pair("state", "s");
    let control = &service.running.control;
    assert_eq!(
        control.companies().iter().map(|company| company.external_id.as_str()).collect::<Vec<_>>(),
        [MAIN, OTHER]
    );
    let back = control.consent(&page, &[MAIN.to_owned(), OTHER.to_owned()]).await.expect("an address");
    assert_eq!(service.exchange(&parameter(&back, "code").expect("a code")).await.0, StatusCode::OK);
    let refused = control.consent(&page, &[]).await.expect("an address");
    assert_eq!(parameter(&refused, "error").as_deref(), Some("access_denied"));
    let mut wrong = page.clone();
    wrong.set_query(Some("client_id=x"));
    let error = control.consent(&wrong, &[MAIN.to_owned()]).await.expect_err("a refusal");
    assert!(matches!(&error, SandboxError::Refused(text) if text.contains("client_id is not known")), "{error}");
}

#[tokio::test]
async fn an_item_comes_with_its_opening_quantity_and_can_be_renamed() {
    let (service, main) = connected().await;
    let id = shelf(&service).await;
    let item = main.find("Items", &id).await;
    assert_eq!((&item["QuantityOnHand"], item["TotalCostPool"].to_string()), (&json!(7), "58.33".to_owned()));
    let rename = SandboxAct::RenameItem { item: id.clone(), name: "Shelf II".to_owned() };
    assert_eq!(act(&service, rename).await.expect("an id"), id);
    assert_eq!(main.find("Items", &id).await["Name"], "Shelf II");
    let values = service.running.control.valuation(MAIN).await.expect("values");
    let own = values.iter().find(|value| value.item == id).expect("the item");
    assert_eq!((own.quantity, own.value), (dec!(7), dec!(58.33)));
}

#[tokio::test]
async fn a_sale_has_its_discounts_shipping_tax_and_rate() {
    let (service, main) = connected().await;
    let item = shelf(&service).await;
    let id = act(&service, SandboxAct::Sell(sale(&item))).await.expect("a sale");
    let invoice = main.find("Invoices", &id).await;
    assert_eq!(
        [&invoice["InvoiceNumber"], &invoice["CurrencyCode"], &invoice["CurrencyRate"]],
        [&json!("S-1"), &json!("EUR"), &json!(0.625)]
    );
    assert_eq!(
        [invoice["SubTotal"].to_string(), invoice["TotalTax"].to_string(), invoice["Total"].to_string()],
        ["97.50", "14.63", "112.13"]
    );
    assert_eq!(main.on_hand("HAND-1").await, ("4".to_owned(), "33.33".to_owned()));
    let this = SaleRef { kind: SalesDocumentKind::Invoice, external_id: id.clone() };
    act(&service, SandboxAct::EditSale { sale: this.clone(), quantity: dec!(1) }).await.expect("an edit");
    assert_eq!(main.on_hand("HAND-1").await.0, "6");
    let back = SandboxSale {
        kind: SalesDocumentKind::CreditMemo,
        number: None,
        lines: sale(&item).lines[..1].to_vec(),
        discount: dec!(0),
        shipping: dec!(0),
        tax: dec!(0),
        applies_to: Some(this.clone()),
        ..sale(&item)
    };
    let note = act(&service, SandboxAct::Sell(back)).await.expect("a credit");
    let note = main.find("CreditNotes", &note).await;
    assert_eq!((&note["Status"], &note["Allocations"][0]["Invoice"]["InvoiceID"]), (&json!("PAID"), &json!(id)));
    let error = act(&service, SandboxAct::VoidSale(this.clone())).await.expect_err("a refusal");
    assert!(matches!(&error, SandboxError::Refused(text) if text.contains("it has payments or credits")), "{error}");
    let error = act(&service, SandboxAct::DeleteSale(this)).await.expect_err("a refusal");
    assert!(matches!(error, SandboxError::Refused(_)));
    let many = SandboxSale {
        number: None,
        lines: vec![SandboxSaleLine { quantity: dec!(100), ..sale(&item).lines[0].clone() }],
        ..sale(&item)
    };
    let error = act(&service, SandboxAct::Sell(many)).await.expect_err("a refusal");
    assert!(matches!(&error, SandboxError::Refused(text) if text.contains("not enough items")), "{error}");
}

#[tokio::test]
async fn a_voided_sale_gives_its_stock_back() {
    let (service, main) = connected().await;
    let item = shelf(&service).await;
    let id = act(&service, SandboxAct::Sell(sale(&item))).await.expect("a sale");
    let this = SaleRef { kind: SalesDocumentKind::Invoice, external_id: id };
    act(&service, SandboxAct::VoidSale(this)).await.expect("a void");
    assert_eq!(main.on_hand("HAND-1").await, ("7".to_owned(), "58.33".to_owned()));
}

async fn posted(main: &Organisation, narration: &str) -> String {
    let lines = json!([{"LineAmount": 5, "AccountCode": "621"}, {"LineAmount": -5, "AccountCode": "801"}]);
    let body = json!({"Narration": narration, "Status": "POSTED", "JournalLines": lines});
    main.create("ManualJournals", body).await["ManualJournalID"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn posted_journals_are_counted_edited_and_taken_out() {
    let (service, main) = connected().await;
    let control = &service.running.control;
    let id = posted(&main, "Build 7 [SB-1]").await;
    posted(&main, "Build 8 [SB-10]").await;
    let kind = DocumentKind::JournalEntry;
    assert_eq!(control.count_posted(MAIN, kind, "SB-1").await.expect("a count"), 1);
    act(&service, SandboxAct::EditDocument { kind, external_id: id.clone() }).await.expect("an edit");
    assert_eq!(main.find("ManualJournals", &id).await["JournalLines"][1]["LineAmount"].to_string(), "-10.00");
    act(&service, SandboxAct::RemoveDocument { kind, external_id: id.clone() }).await.expect("a removal");
    assert_eq!(main.find("ManualJournals", &id).await["Status"], "VOIDED");
    assert_eq!(control.count_posted(MAIN, kind, "SB-1").await.expect("a count"), 0);
}

#[tokio::test]
async fn what_xero_does_not_have_is_unsupported() {
    let (service, main) = connected().await;
    let item = main.find("Items", "WAX").await["ItemID"].as_str().expect("an id").to_owned();
    let reference = SaleRef { kind: SalesDocumentKind::Refund, external_id: "x".to_owned() };
    let acts = [
        SandboxAct::AddBundle { name: "x".to_owned(), parts: Vec::new() },
        SandboxAct::SetItemActive { item: item.clone(), active: false },
        SandboxAct::Sell(SandboxSale { kind: SalesDocumentKind::SalesReceipt, ..sale(&item) }),
        SandboxAct::Sell(SandboxSale { kind: SalesDocumentKind::Refund, ..sale(&item) }),
        SandboxAct::VoidSale(reference),
        SandboxAct::EditDocument { kind: DocumentKind::InventoryAdjustment, external_id: "x".to_owned() },
        SandboxAct::AddItem {
            name: "x".to_owned(),
            sku: None,
            kind: ItemKind::Category,
            price: Decimal::ONE,
            cost: Decimal::ONE,
            quantity: Decimal::ONE,
        },
    ];
    for wanted in acts {
        let said = format!("{wanted:?}");
        assert!(matches!(act(&service, wanted).await, Err(SandboxError::Unsupported(_))), "{said}");
    }
    let fault = SandboxFault { trouble: Trouble::OkWithFault, target: FaultTarget::Any, reach: FaultReach::Next(1) };
    assert!(matches!(service.running.control.inject(fault).await, Err(SandboxError::Unsupported(_))));
    let counted = service.running.control.count_posted(MAIN, DocumentKind::InventoryAdjustment, "x").await;
    assert!(matches!(counted, Err(SandboxError::Unsupported(_))));
}

#[tokio::test]
async fn books_inventory_tokens_and_faults_follow_the_hand() {
    let (service, main) = connected().await;
    let day = NaiveDate::from_ymd_opt(2026, 6, 30);
    act(&service, SandboxAct::CloseBooks(day)).await.expect("closed");
    assert_eq!(main.get("Organisation").await.1["Organisations"][0]["PeriodLockDate"], "/Date(1782777600000+0000)/");
    act(&service, SandboxAct::CloseBooks(None)).await.expect("opened");
    assert_eq!(main.get("Organisation").await.1["Organisations"][0].get("PeriodLockDate"), None);
    act(&service, SandboxAct::SetInventory(false)).await.expect("switched off");
    assert!(main.refused("Items", crate::service::tracked("T-1")).await.contains("does not include tracked inventory"));
    let fault = |trouble, reach| SandboxFault { trouble, target: FaultTarget::Reads, reach };
    let control = &service.running.control;
    control
        .inject(fault(Trouble::Status { status: 502, committed: false }, FaultReach::Next(1)))
        .await
        .expect("a fault");
    assert_eq!(main.get("Items").await.0, StatusCode::BAD_GATEWAY);
    assert_eq!(main.get("Items").await.0, StatusCode::OK);
    control
        .inject(fault(
            Trouble::TooManyRequests { retry_after: Some(3) },
            FaultReach::Share { per_mille: 1000, seed: 1 },
        ))
        .await
        .expect("a fault");
    assert_eq!(main.get("Items").await.0, StatusCode::TOO_MANY_REQUESTS);
    control.calm().await;
    assert_eq!(main.get("Items").await.0, StatusCode::OK);
    act(&service, SandboxAct::ExpireAccessTokens).await.expect("expired");
    assert_eq!(main.get("Items").await.0, StatusCode::UNAUTHORIZED);
    act(&service, SandboxAct::RevokeConsent).await.expect("revoked");
    assert_eq!(service.refresh(&main.refresh_token).await.0, StatusCode::BAD_REQUEST);
}

//! Invoices, bills, credit notes, payments: amounts, life cycle, allocation (reference 3.4, 3.5, 3.6).

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::service::{but, connected, document, sold};

#[tokio::test]
async fn amounts_and_taxes_are_computed_line_by_line() {
    let (_service, main) = connected().await;
    let customer = main.contact("Harakeke Homewares").await;
    let lines = json!([
        {"Description": "A", "Quantity": 3, "UnitAmount": 0.33, "AccountCode": "200"},
        {"Description": "B", "Quantity": 3, "UnitAmount": 0.33, "AccountCode": "200", "TaxType": "NONE"},
        {"Description": "C", "Quantity": 2, "UnitAmount": 50, "DiscountRate": 12.5, "AccountCode": "200"},
        {"Description": "D", "Quantity": 1, "UnitAmount": 10, "DiscountAmount": 1.5, "AccountCode": "200"},
        {"Description": "Only words"},
    ]);
    let sums = |types: &'static str| {
        let (main, customer, lines) = (main.clone(), customer.clone(), lines.clone());
        async move {
            let body = but(document("ACCREC", &customer, lines), json!({"LineAmountTypes": types}));
            let invoice = main.create("Invoices", body).await;
            ["SubTotal", "TotalTax", "Total", "AmountDue"].map(|field| invoice[field].to_string())
        }
    };
    assert_eq!(sums("Exclusive").await, ["97.98", "14.56", "112.54", "112.54"]);
    assert_eq!(sums("Inclusive").await, ["85.33", "12.65", "97.98", "97.98"]);
    assert_eq!(sums("NoTax").await, ["97.98", "0.00", "97.98", "97.98"]);
}

#[tokio::test]
async fn an_item_fills_in_what_the_line_leaves_out() {
    let (_service, main) = connected().await;
    let customer = main.contact("Harakeke Homewares").await;
    let body = but(
        document("ACCREC", &customer, json!([{"ItemCode": "wax", "Quantity": 2}])),
        json!({"LineAmountTypes": null}),
    );
    let invoice = main.create("Invoices", body).await;
    let line = &invoice["LineItems"][0];
    let filled = ["Description", "ItemCode", "AccountCode", "TaxType"].map(|field| line[field].clone());
    assert_eq!(filled, [json!("Beeswax Polish 250 g"), json!("WAX"), json!("200"), json!("OUTPUT2")]);
    assert_eq!([line["LineAmount"].to_string(), line["TaxAmount"].to_string()], ["49.00", "7.35"]);
    assert_eq!(
        (&invoice["DateString"], &invoice["Date"]),
        (&json!("2026-05-04T00:00:00"), &json!("/Date(1777852800000+0000)/"))
    );
    assert_eq!((&invoice["CurrencyCode"], &invoice["Contact"]["Name"]), (&json!("NZD"), &json!("Harakeke Homewares")));
}

#[tokio::test]
async fn what_is_approved_must_be_complete_and_a_draft_need_not() {
    let (_service, main) = connected().await;
    let customer = main.contact("Harakeke Homewares").await;
    let approved = |lines: Value| document("ACCREC", &customer, lines);
    let draft = but(approved(json!([{"Quantity": 1}])), json!({"Status": "DRAFT"}));
    let draft = main.create("Invoices", draft).await;
    assert_eq!((&draft["Status"], &draft["Total"].to_string()), (&json!("DRAFT"), &"0.00".to_owned()));
    let wrong = [
        (approved(json!([])), "One or more line items must be specified"),
        (
            approved(json!([{"Quantity": 1, "UnitAmount": 1, "AccountCode": "200"}])),
            "Description must be specified for each line item.",
        ),
        (approved(json!([{"Description": "x", "Quantity": 1, "UnitAmount": 1}])), "Account code must be specified."),
        (
            approved(json!([{"Description": "x", "UnitAmount": 1, "AccountCode": "480"}])),
            "Account code '480' has been archived or deleted.",
        ),
        (
            approved(json!([{"Description": "x", "UnitAmount": 1, "AccountCode": "610"}])),
            "Account code '610' is not a valid code for this document.",
        ),
        (
            approved(json!([{"Description": "x", "UnitAmount": 1, "AccountCode": "090"}])),
            "Account code '090' is not a valid code for this document.",
        ),
        (approved(json!([{"ItemCode": "nothing", "Quantity": 1}])), "Item code 'nothing' is not valid."),
        (
            approved(
                json!([{"Description": "x", "Quantity": 2, "UnitAmount": 3, "LineAmount": 7, "AccountCode": "200"}]),
            ),
            "The line total 7 does not match the expected line total 6",
        ),
        (
            but(sold(&customer, "WAX", 1, "1"), json!({"Type": "ACCWRONG"})),
            "The document type 'ACCWRONG' is not valid.",
        ),
        (
            but(sold(&customer, "WAX", 1, "1"), json!({"Contact": null})),
            "A Contact must be specified for this type of transaction.",
        ),
        (but(sold(&customer, "WAX", 1, "1"), json!({"Date": "yesterday"})), "Date 'yesterday' is not a date."),
        (
            but(sold(&customer, "WAX", 1, "1"), json!({"CurrencyCode": "JPY"})),
            "Organisation is not subscribed to currency JPY",
        ),
        (
            but(sold(&customer, "WAX", 1, "1"), json!({"Status": "PAID"})),
            "Invoice not of valid status for modification: a new document cannot be PAID.",
        ),
    ];
    for (body, text) in wrong {
        assert_eq!(main.refused("Invoices", body.clone()).await, text, "{body}");
    }
}

#[tokio::test]
async fn numbers_are_given_and_unique_for_sales_alone() {
    let (_service, main) = connected().await;
    let (customer, supplier) = (main.contact("Kōwhai Café").await, main.contact("Fixings Direct").await);
    let first = main.create("Invoices", sold(&customer, "WAX", 1, "1")).await;
    let next = main.create("Invoices", sold(&customer, "WAX", 1, "1")).await;
    assert_eq!((&first["InvoiceNumber"], &next["InvoiceNumber"]), (&json!("INV-0006"), &json!("INV-0007")));
    let numbered = |kind: &str, who: &str| {
        but(document(kind, who, json!([])), json!({"Status": "DRAFT", "InvoiceNumber": "INV-0006"}))
    };
    assert_eq!(
        main.refused("Invoices", numbered("ACCREC", &customer)).await,
        "Invoice # must be unique: INV-0006 is taken."
    );
    assert_eq!(main.create("Invoices", numbered("ACCPAY", &supplier)).await["InvoiceNumber"], "INV-0006");
    let (status, body) = main.post("Invoices", &json!({"InvoiceNumber": "inv-0007", "Reference": "by number"})).await;
    assert_eq!((status, &body["Invoices"][0]["InvoiceID"]), (StatusCode::OK, &next["InvoiceID"]));
}

#[tokio::test]
async fn a_document_lives_from_draft_to_paid_and_nowhere_else() {
    let (_service, main) = connected().await;
    let customer = main.contact("Kōwhai Café").await;
    let draft = main.create("Invoices", but(sold(&customer, "WAX", 2, "24.5"), json!({"Status": "DRAFT"}))).await;
    let id = draft["InvoiceID"].as_str().expect("an id").to_owned();
    assert_eq!(main.update("Invoices", &id, json!({"Status": "SUBMITTED"})).await["Status"], "SUBMITTED");
    assert_eq!(main.update("Invoices", &id, json!({"Status": "AUTHORISED"})).await["AmountDue"].to_string(), "49.00");
    assert!(main.update_refused("Invoices", &id, json!({"Status": "DELETED"})).await.contains("cannot become DELETED"));
    let pay = |amount: &str| json!({"Invoice": {"InvoiceID": id}, "Account": {"Code": "090"}, "Date": "2026-05-05", "Amount": amount});
    assert!(main.refused("Payments", pay("49.01")).await.contains("exceeds the amount outstanding"));
    let part = main.create("Payments", pay("20")).await;
    let half = main.find("Invoices", &id).await;
    assert_eq!([half["AmountPaid"].to_string(), half["AmountDue"].to_string()], ["20.00", "29.00"]);
    assert!(
        main.update_refused("Invoices", &id, json!({"Status": "VOIDED"})).await.contains("it has payments or credits")
    );
    assert!(main.update_refused("Invoices", &id, json!({"Date": "2026-05-01"})).await.contains("cannot be edited"));
    main.create("Payments", pay("29")).await;
    let paid = main.find("Invoices", &id).await;
    assert_eq!((&paid["Status"], &paid["FullyPaidOnDate"]), (&json!("PAID"), &json!("/Date(1777939200000+0000)/")));
    let part = part["PaymentID"].as_str().expect("an id");
    assert_eq!(main.update("Payments", part, json!({"Status": "DELETED"})).await["Status"], "DELETED");
    assert_eq!(main.find("Invoices", &id).await["Status"], "AUTHORISED");
}

#[tokio::test]
async fn a_voided_document_is_at_its_end() {
    let (_service, main) = connected().await;
    let customer = main.contact("Kōwhai Café").await;
    let invoice = main.create("Invoices", sold(&customer, "WAX", 2, "24.5")).await;
    let id = invoice["InvoiceID"].as_str().expect("an id");
    let voided = main.update("Invoices", id, json!({"Status": "VOIDED"})).await;
    assert_eq!((&voided["Status"], voided["AmountDue"].to_string()), (&json!("VOIDED"), "0.00".to_owned()));
    for change in [json!({"Status": "AUTHORISED"}), json!({"Reference": "x"}), json!({"Status": "VOIDED"})] {
        assert!(main.update_refused("Invoices", id, change).await.starts_with("Invoice not of valid status"));
    }
    let draft = main.create("Invoices", but(sold(&customer, "WAX", 2, "24.5"), json!({"Status": "DRAFT"}))).await;
    let id = draft["InvoiceID"].as_str().expect("an id");
    assert_eq!(main.update("Invoices", id, json!({"Status": "DELETED"})).await["Status"], "DELETED");
    assert_eq!(main.find("Invoices", id).await["Status"], "DELETED");
}

#[tokio::test]
async fn a_line_keeps_its_id_when_it_is_named_and_gets_another_when_it_is_not() {
    let (_service, main) = connected().await;
    let customer = main.contact("Kōwhai Café").await;
    let invoice = main.create("Invoices", sold(&customer, "WAX", 2, "24.5")).await;
    let id = invoice["InvoiceID"].as_str().expect("an id");
    let line = &invoice["LineItems"][0]["LineItemID"];
    let kept = main.update("Invoices", id, json!({"LineItems": [{"LineItemID": line, "Quantity": 3}]})).await;
    assert_eq!((&kept["LineItems"][0]["LineItemID"], kept["Total"].to_string()), (line, "73.50".to_owned()));
    let anew =
        main.update("Invoices", id, json!({"LineItems": [{"ItemCode": "WAX", "Quantity": 1, "UnitAmount": 5}]})).await;
    assert_ne!(&anew["LineItems"][0]["LineItemID"], line);
    assert_eq!(anew["Total"].to_string(), "5.00");
}

#[tokio::test]
async fn a_credit_note_is_allocated_to_invoices_of_the_same_contact() {
    let (_service, main) = connected().await;
    let customer = main.contact("Kōwhai Café").await;
    let invoice = main.create("Invoices", sold(&customer, "WAX", 4, "25")).await;
    let note = main
        .create(
            "CreditNotes",
            document("ACCRECCREDIT", &customer, json!([{"ItemCode": "WAX", "Quantity": 2, "UnitAmount": 25}])),
        )
        .await;
    assert_eq!(
        (&note["CreditNoteNumber"], note["RemainingCredit"].to_string()),
        (&json!("CN-0002"), "50.00".to_owned())
    );
    let path = format!("CreditNotes/{}/Allocations", note["CreditNoteID"].as_str().expect("an id"));
    let allocate = |amount: &str| json!({"Allocations": [{"Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Amount": amount, "Date": "2026-05-06"}]});
    let (_, body) = main.put(&path, &allocate("30")).await;
    assert_eq!(body["Allocations"][0]["Amount"].to_string(), "30.00");
    assert!(crate::service::invalid(&main.put(&path, &allocate("20.01")).await).contains("has 20.00 left"));
    main.put(&path, &allocate("20")).await;
    let note = main.find("CreditNotes", "CN-0002").await;
    assert_eq!((&note["Status"], note["Allocations"].as_array().map(Vec::len)), (&json!("PAID"), Some(2)));
    let invoice = main.find("Invoices", invoice["InvoiceID"].as_str().expect("an id")).await;
    assert_eq!([invoice["AmountCredited"].to_string(), invoice["AmountDue"].to_string()], ["50.00", "50.00"]);
    let discount = json!([{"ItemCode": "WAX", "Quantity": 1, "UnitAmount": 25, "DiscountRate": 10}]);
    let refused = main.refused("CreditNotes", document("ACCRECCREDIT", &customer, discount)).await;
    assert_eq!(refused, "Discounts are only allowed on ACCREC invoices.");
}

#[tokio::test]
async fn locked_days_take_no_document_and_give_none_back() {
    let (service, main) = connected().await;
    let customer = main.contact("Kōwhai Café").await;
    let invoice = main.create("Invoices", sold(&customer, "WAX", 1, "25")).await;
    let id = invoice["InvoiceID"].as_str().expect("an id");
    service.control(json!({"command": "close-books", "tenant": main.tenant, "until": "2026-05-04"})).await;
    let text = "The document date cannot be before 5 May 2026: the period up to 4 May 2026 is locked.";
    assert_eq!(main.refused("Invoices", sold(&customer, "WAX", 1, "25")).await, text);
    assert_eq!(main.update_refused("Invoices", id, json!({"Status": "VOIDED"})).await, text);
    assert_eq!(main.update_refused("Invoices", id, json!({"Date": "2026-05-09"})).await, text);
    let draft = but(sold(&customer, "WAX", 1, "25"), json!({"Status": "DRAFT"}));
    assert_eq!(main.create("Invoices", draft).await["Status"], "DRAFT");
    main.create("Invoices", but(sold(&customer, "WAX", 1, "25"), json!({"Date": "2026-05-05"}))).await;
    service.control(json!({"command": "close-books", "tenant": main.tenant, "until": null})).await;
    assert_eq!(main.update("Invoices", id, json!({"Status": "VOIDED"})).await["Status"], "VOIDED");
}

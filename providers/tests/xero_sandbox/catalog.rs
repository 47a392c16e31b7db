//! Items, accounts, contacts, the organisation and its lists (reference 3.1, 3.2, 3.6).

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::service::{OTHER, SCOPES, bought, but, connected, invalid, sold, start, tracked};

#[tokio::test]
async fn the_organisation_tells_its_settings_and_lock_dates() {
    let (service, main) = connected().await;
    let (_, body) = main.get("Organisation").await;
    assert_eq!((&body["Status"], &body["Organisations"][0]["Name"]), (&json!("OK"), &json!("Tōtara & Pine Furniture")));
    let organisation = &body["Organisations"][0];
    assert_eq!(
        (&organisation["BaseCurrency"], &organisation["Timezone"]),
        (&json!("NZD"), &json!("NEWZEALANDSTANDARDTIME"))
    );
    assert_eq!((organisation.get("PeriodLockDate"), &organisation["OrganisationID"]), (None, &json!(main.tenant)));
    service.control(json!({"command": "close-books", "tenant": main.tenant, "until": "2026-03-01"})).await;
    let (_, body) = main.get("Organisation").await;
    assert_eq!(body["Organisations"][0]["PeriodLockDate"], "/Date(1772323200000+0000)/");
    let (_, actions) = main.get("Organisation/Actions").await;
    assert!(actions["Actions"].as_array().is_some_and(|actions| actions.len() == 3));
}

#[tokio::test]
async fn a_tracked_item_needs_both_accounts_of_the_right_types() {
    let (_service, main) = connected().await;
    let item = main.create("Items", json!({"Items": [tracked("T-1")]})).await;
    assert_eq!((&item["IsTrackedAsInventory"], &item["QuantityOnHand"]), (&json!(true), &json!(0)));
    assert_eq!(item["TotalCostPool"].to_string(), "0.00");
    let wrong = [
        (json!({"InventoryAssetAccountCode": "621"}), "InventoryAssetAccountCode must be"),
        (json!({"InventoryAssetAccountCode": null}), "InventoryAssetAccountCode must be"),
        (json!({"PurchaseDetails": {"COGSAccountCode": "429"}}), "COGSAccountCode must be"),
        (json!({"PurchaseDetails": {}}), "COGSAccountCode must be"),
        (json!({"SalesDetails": {"AccountCode": "429"}}), "The sales account of a tracked item"),
        (json!({"SalesDetails": {"AccountCode": "999"}}), "Account code '999' is not a valid code"),
    ];
    for (change, text) in wrong {
        let said = main.refused("Items", but(but(tracked("T-2"), json!({"Name": "x"})), change.clone())).await;
        assert!(said.starts_with(text), "{change}: {said}");
    }
    assert_eq!(main.get("Items/T-2").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn codes_are_unique_short_and_required() {
    let (_service, main) = connected().await;
    assert_eq!(main.refused("Items", json!({"Name": "x"})).await, "Item Code is required.");
    assert_eq!(main.refused("Items", json!({"Code": "ot-1"})).await, "Price List Item with Code 'ot-1' already exists");
    let long = main.refused("Items", json!({"Code": "c".repeat(31), "Name": "n".repeat(51)})).await;
    assert_eq!(long, "The field Code must be at most 30 characters long.");
    let (_, body) = main.post("Items", &json!({"Code": "OT-1", "Name": "Oak Table II"})).await;
    assert_eq!(
        (&body["Items"][0]["Name"], &body["Items"][0]["SalesDetails"]["UnitPrice"]),
        (&json!("Oak Table II"), &json!(310))
    );
}

#[tokio::test]
async fn an_item_that_was_used_cannot_be_deleted_or_untracked() {
    let (_service, main) = connected().await;
    let supplier = main.contact("Fixings Direct").await;
    let item = main.create("Items", tracked("T-1")).await;
    let id = item["ItemID"].as_str().expect("an id").to_owned();
    main.create("Invoices", bought(&supplier, "T-1", 2, "5")).await;
    let untracked = json!({"InventoryAssetAccountCode": null, "PurchaseDetails": {"COGSAccountCode": null}});
    assert!(main.update_refused("Items", &id, untracked).await.contains("its tracking cannot be changed"));
    let deleted = crate::service::answer(main.request(Method::DELETE, &format!("Items/{id}"))).await;
    assert_eq!(invalid(&deleted), "The item is used in transactions and cannot be deleted.");
    let unused = main.create("Items", tracked("T-2")).await;
    let path = format!("Items/{}", unused["ItemID"].as_str().expect("an id"));
    let deleted = main.request(Method::DELETE, &path).send().await.expect("an answer");
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    assert_eq!(main.get(&path).await.0, StatusCode::NOT_FOUND);
    assert_eq!(main.on_hand("T-1").await, ("2".to_owned(), "10.00".to_owned()));
}

#[tokio::test]
async fn unit_amounts_have_four_decimals_only_where_they_are_asked_for() {
    let (_service, main) = connected().await;
    let price = |row: &serde_json::Value| row["PurchaseDetails"]["UnitPrice"].to_string();
    assert_eq!(price(&main.find("Items", "KC-1").await), "61.34");
    let (_, four) = main.get("Items/KC-1?unitdp=4").await;
    assert_eq!(price(&four["Items"][0]), "61.335");
    let body = json!({"Code": "P-4", "PurchaseDetails": {"UnitPrice": 1.23456}});
    main.create("Items", body.clone()).await;
    assert_eq!(price(&main.get("Items/P-4?unitdp=4").await.1["Items"][0]), "1.23");
    main.post("Items?unitdp=4", &body).await;
    assert_eq!(price(&main.get("Items/P-4?unitdp=4").await.1["Items"][0]), "1.2346");
}

#[tokio::test]
async fn a_renamed_item_shows_its_new_code_in_documents() {
    let (_service, main) = connected().await;
    let customer = main.contact("Kōwhai Café").await;
    let invoice = main.create("Invoices", sold(&customer, "WAX", 1, "24.5")).await;
    let item = main.find("Items", "WAX").await;
    main.update("Items", item["ItemID"].as_str().expect("an id"), json!({"Code": "POLISH"})).await;
    let invoice = main.find("Invoices", invoice["InvoiceID"].as_str().expect("an id")).await;
    assert_eq!(
        (&invoice["LineItems"][0]["ItemCode"], &invoice["LineItems"][0]["Item"]["ItemID"]),
        (&json!("POLISH"), &item["ItemID"])
    );
}

#[tokio::test]
async fn accounts_are_made_changed_and_archived_within_the_rules() {
    let (_service, main) = connected().await;
    let account = main.create("Accounts", json!({"Code": "650", "Name": "Stock in Transit", "Type": "CURRENT"})).await;
    assert_eq!((&account["Class"], &account["Status"]), (&json!("ASSET"), &json!("ACTIVE")));
    assert_eq!(
        main.refused("Accounts", json!({"Code": "650", "Name": "Other", "Type": "CURRENT"})).await,
        "Please enter a unique Code."
    );
    assert_eq!(
        main.refused("Accounts", json!({"Code": "651", "Name": "sales", "Type": "NONE"})).await,
        "The account type 'NONE' is not valid."
    );
    let id = account["AccountID"].as_str().expect("an id");
    let archived = main.update("Accounts", id, json!({"AccountID": id, "Status": "ARCHIVED"})).await;
    assert_eq!(archived["Status"], "ARCHIVED");
    let debtors = main.list("Accounts", &[("where", "SystemAccount==\"DEBTORS\"")]).await;
    assert_eq!(debtors.len(), 1);
    let id = debtors[0]["AccountID"].as_str().expect("an id");
    assert_eq!(
        main.update_refused("Accounts", id, json!({"Status": "ARCHIVED"})).await,
        "System accounts cannot be archived."
    );
    let two = main.put("Accounts", &json!({"Accounts": [{"Code": "1"}, {"Code": "2"}]})).await;
    assert_eq!((two.0, &two.1["ErrorNumber"]), (StatusCode::BAD_REQUEST, &json!(14)));
}

#[tokio::test]
async fn an_account_that_was_posted_to_is_not_deleted() {
    let (_service, main) = connected().await;
    let delete = |code: &'static str| {
        let main = main.clone();
        async move {
            let id = main.find("Accounts", code).await["AccountID"].as_str().expect("an id").to_owned();
            main.request(Method::DELETE, &format!("Accounts/{id}")).send().await.expect("an answer").status()
        }
    };
    assert_eq!(delete("200").await, StatusCode::BAD_REQUEST);
    assert_eq!(delete("610").await, StatusCode::BAD_REQUEST);
    assert_eq!(delete("469").await, StatusCode::NO_CONTENT);
    assert_eq!(main.get("Accounts/469").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn contacts_are_unique_by_name_and_archived_ones_are_shown_on_demand() {
    let (_service, main) = connected().await;
    let contact = main.create("Contacts", json!({"Name": "New Shop", "ContactNumber": "C-9"})).await;
    assert_eq!((&contact["ContactStatus"], &contact["IsCustomer"]), (&json!("ACTIVE"), &json!(false)));
    assert!(main.refused("Contacts", json!({"Name": "new shop"})).await.contains("must be unique"));
    let id = contact["ContactID"].as_str().expect("an id");
    main.update("Contacts", id, json!({"ContactStatus": "ARCHIVED"})).await;
    assert!(!main.column("Contacts", &[], "Name").await.contains(&"New Shop".to_owned()));
    assert!(main.column("Contacts", &[("includeArchived", "True")], "Name").await.contains(&"New Shop".to_owned()));
    let refused = main.refused("Invoices", sold(id, "WAX", 1, "1")).await;
    assert_eq!(refused, "The contact is archived and cannot be used in Invoices.");
}

#[tokio::test]
async fn a_document_makes_its_contact_a_customer_or_a_supplier() {
    let (_service, main) = connected().await;
    let contact = main.contact("Nobody in particular").await;
    main.create("Invoices", sold(&contact, "WAX", 1, "24.5")).await;
    let contact = main.find("Contacts", &contact).await;
    assert_eq!((&contact["IsCustomer"], &contact["IsSupplier"]), (&json!(true), &json!(false)));
}

#[tokio::test]
async fn the_small_lists_are_there() {
    let (_service, main) = connected().await;
    assert_eq!(main.column("Currencies", &[], "Code").await, ["NZD", "USD", "AUD", "EUR"]);
    main.create("Currencies", json!({"Code": "gbp"})).await;
    assert_eq!(main.column("Currencies", &[("order", "Code DESC")], "Code").await, ["USD", "NZD", "GBP", "EUR", "AUD"]);
    let rates = main.list("TaxRates", &[("where", "TaxType==\"OUTPUT2\"")]).await;
    assert_eq!((&rates[0]["Name"], &rates[0]["EffectiveRate"]), (&json!("15% GST on Income"), &json!(15)));
    assert_eq!(main.column("TrackingCategories", &[], "Name").await, ["Region"]);
    assert_eq!(main.put("TaxRates", &json!({"Name": "x"})).await.0, StatusCode::NOT_IMPLEMENTED);
    for unknown in ["Quotes", "Journals", "Invoices/x/History"] {
        assert_eq!(main.get(unknown).await.0, StatusCode::NOT_FOUND, "{unknown}");
    }
}

#[tokio::test]
async fn the_samples_have_odd_items_archived_accounts_and_books_of_their_own() {
    let (_service, main) = connected().await;
    let items = main.list("Items", &[]).await;
    assert_eq!(items.len(), 42);
    let tracked = items.iter().filter(|item| item["IsTrackedAsInventory"] == true).count();
    assert_eq!(tracked, 19);
    assert!(items.iter().any(|item| item.get("Name").is_none()));
    assert_eq!(main.column("Accounts", &[("where", "Status==\"ARCHIVED\"")], "Code").await, ["480", "210"]);
    let service = start().await;
    let other = service.connect(&[OTHER], SCOPES).await;
    assert_eq!(other.list("Items", &[]).await.len(), 6);
    assert_eq!(other.on_hand("CAN-L").await, ("96".to_owned(), "806.40".to_owned()));
}

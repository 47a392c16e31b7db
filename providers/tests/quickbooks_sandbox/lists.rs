//! Accounts, customers, vendors (reference 9.2, 9.6).

use rstest::rstest;
use serde_json::{Value, json};

use crate::service::connected;

#[tokio::test]
async fn an_account_takes_its_type_from_its_subtype_and_the_other_way_round() {
    let (_service, company) = connected().await;
    let by_subtype = company.save("Account", json!({"Name": "Kiln Rent", "AccountSubType": "EquipmentRental"})).await;
    assert_eq!(
        (by_subtype["AccountType"].clone(), by_subtype["Classification"].clone()),
        (json!("Expense"), json!("Expense"))
    );
    let by_type = company.save("Account", json!({"Name": "Till", "AccountType": "Bank"})).await;
    assert_eq!(
        (by_type["AccountSubType"].clone(), by_type["Classification"].clone()),
        (json!("CashOnHand"), json!("Asset"))
    );
    assert_eq!(by_type["CurrentBalance"], json!(0));
    assert_eq!(by_type["SubAccount"], json!(false));
    assert_eq!(by_type["CurrencyRef"]["value"], "USD");
}

#[rstest]
#[case(json!({"AccountType": "Bank"}), 2020, "Name")]
#[case(json!({"Name": "x"}), 6010, "")]
#[case(json!({"Name": "x", "AccountType": "bank"}), 2170, "AccountType")]
#[case(json!({"Name": "x", "AccountSubType": "Piggy"}), 2170, "AccountSubType")]
#[case(json!({"Name": "x", "AccountType": "Expense", "AccountSubType": "Inventory"}), 2170, "AccountSubType")]
#[case(json!({"Name": "a:b", "AccountType": "Bank"}), 2040, "Name")]
#[case(json!({"Name": "a\"b", "AccountType": "Bank"}), 2040, "Name")]
#[case(json!({"Name": "x", "AccountType": "Bank", "AcctNum": "12345678"}), 2050, "AcctNum")]
#[case(json!({"Name": "x", "AccountType": "Bank", "Description": "y".repeat(101)}), 2050, "Description")]
#[case(json!({"Name": "checking", "AccountType": "Bank"}), 6240, "Name")]
#[case(json!({"Name": "x", "AccountType": "Bank", "ParentRef": {"value": "81"}}), 700, "ParentRef")]
#[case(json!({"Name": "x", "AccountType": "Equity", "ParentRef": {"value": "34"}}), 700, "ParentRef")]
#[tokio::test]
async fn an_account_that_breaks_a_rule_is_refused(#[case] sent: Value, #[case] code: u32, #[case] element: &str) {
    let (_service, company) = connected().await;
    let found = company.refused("Account", sent).await;
    assert_eq!((found.0, found.1.as_str()), (code, element), "{}", found.2);
}

#[tokio::test]
async fn accounts_go_five_levels_deep() {
    let (_service, company) = connected().await;
    let mut parent = "21".to_owned();
    for level in 2..=5 {
        let sent = json!({"Name": format!("Level {level}"), "AccountType": "Expense", "ParentRef": {"value": parent}});
        let account = company.save("Account", sent).await;
        assert_eq!(account["SubAccount"], json!(true));
        parent = account["Id"].as_str().expect("an id").to_owned();
    }
    let deepest = company.find("Account", &parent).await;
    assert_eq!(deepest["FullyQualifiedName"], "Supplies:Level 2:Level 3:Level 4:Level 5");
    let sent = json!({"Name": "Level 6", "AccountType": "Expense", "ParentRef": {"value": parent}});
    assert_eq!(company.refused("Account", sent).await.0, 6180);
}

#[tokio::test]
async fn accounts_of_the_system_stay_active() {
    let (_service, company) = connected().await;
    let off = |id: &str| json!({"Id": id, "SyncToken": "0", "sparse": true, "Active": false});
    assert_eq!(company.refused("Account", off("34")).await.0, 6000);
    let gone = company.save("Account", off("42")).await;
    assert_eq!((gone["Name"].clone(), gone["AccountSubType"].clone()), (json!("Visa (deleted)"), json!("CreditCard")));
}

#[tokio::test]
async fn a_contact_is_named_from_its_parts() {
    let (_service, company) = connected().await;
    let sent = json!({"Title": "Dr", "GivenName": "Mara", "FamilyName": "Quist", "Suffix": "Jr"});
    let customer = company.save("Customer", sent).await;
    assert_eq!(customer["DisplayName"], "Dr Mara Quist Jr");
    assert_eq!(customer["PrintOnCheckName"], "Dr Mara Quist Jr");
    assert_eq!(customer["FullyQualifiedName"], "Dr Mara Quist Jr");
    assert_eq!((customer["Taxable"].clone(), customer["Balance"].clone()), (json!(true), json!(0)));
    assert_eq!(company.refused("Vendor", json!({"CompanyName": "Nameless Ltd"})).await.0, 6080);
}

#[tokio::test]
async fn customers_and_vendors_share_one_space_of_names() {
    let (_service, company) = connected().await;
    let across = company.refused("Customer", json!({"DisplayName": "cascade hardwoods"})).await;
    assert_eq!((across.0, across.2.contains("Id=")), (6240, false));
    let same = company.refused("Vendor", json!({"DisplayName": "Cascade Hardwoods"})).await;
    assert_eq!(same.2, "The name supplied already exists. : Id=1");
}

#[rstest]
#[case("Customer", json!({"DisplayName": "a:b"}), 2040)]
#[case("Customer", json!({"DisplayName": "x", "PrimaryEmailAddr": {"Address": "nowhere"}}), 2210)]
#[case("Customer", json!({"DisplayName": "x", "CurrencyRef": {"value": "EUR"}}), 2220)]
#[case("Customer", json!({"DisplayName": "x", "PreferredDeliveryMethod": "Pigeon"}), 2170)]
#[case("Customer", json!({"DisplayName": "x", "Job": true}), 6150)]
#[case("Customer", json!({"DisplayName": "x", "BillAddr": {"Planet": "Mars"}}), 2010)]
#[case("Customer", json!({"DisplayName": "x", "ParentRef": {"value": "15"}}), 610)]
#[case("Vendor", json!({"DisplayName": "x", "CompanyName": "y".repeat(101)}), 2050)]
#[case("Vendor", json!({"DisplayName": "x", "APAccountRef": {"value": "9999"}}), 2500)]
#[tokio::test]
async fn a_contact_that_breaks_a_rule_is_refused(#[case] entity: &str, #[case] sent: Value, #[case] code: u32) {
    let (_service, company) = connected().await;
    assert_eq!(company.refused(entity, sent).await.0, code);
}

#[tokio::test]
async fn a_job_hangs_below_its_customer_and_follows_its_name() {
    let (_service, company) = connected().await;
    let sent = json!({"DisplayName": "Kitchen", "Job": true, "ParentRef": {"value": "1"}});
    let job = company.save("Customer", sent).await;
    assert_eq!((job["FullyQualifiedName"].clone(), job["Level"].clone()), (json!("Amelia Stone:Kitchen"), json!(1)));
    let renamed = json!({"Id": "1", "SyncToken": "0", "sparse": true, "DisplayName": "Amelia Stone-Reyes"});
    company.save("Customer", renamed).await;
    let id = job["Id"].as_str().expect("an id");
    assert_eq!(company.find("Customer", id).await["FullyQualifiedName"], "Amelia Stone-Reyes:Kitchen");
}

#[tokio::test]
async fn a_tax_number_is_never_shown_whole() {
    let (_service, company) = connected().await;
    let vendor = company.save("Vendor", json!({"DisplayName": "Solo Smith", "TaxIdentifier": "123-45-6789"})).await;
    assert_eq!(vendor["TaxIdentifier"], "XXX-XX-6789");
}

#[tokio::test]
async fn addresses_are_kept_as_sent_and_read_only_balances_are_not() {
    let (_service, company) = connected().await;
    let sent = json!({"DisplayName": "Addressed", "Balance": 500, "BillAddr": {"Line1": "1 Road", "City": "Bend", "Line2": ""},
                      "PrimaryPhone": {"FreeFormNumber": "(541) 555-0100"}});
    let vendor = company.save("Vendor", sent).await;
    assert_eq!(vendor["BillAddr"], json!({"Line1": "1 Road", "City": "Bend"}));
    assert_eq!(vendor["Balance"], json!(0));
    assert_eq!(vendor["PrimaryPhone"], json!({"FreeFormNumber": "(541) 555-0100"}));
}

//! Items, accounts and contacts from wire to neutral: whole records, and every reason why one cannot be used.

use proptest::prelude::*;
use rstest::rstest;

use super::decimal;
use crate::{
    model::{
        AccountClass, ItemKind, ItemValuation, RemoteAccount, RemoteItem, RemoteSupplier, Unusable, UnusableReason,
    },
    xero::{
        convert::{self, Coded, ItemSlot, Listed},
        wire,
    },
};

fn item(json: &str) -> Result<Coded<RemoteItem, ItemSlot>, Unusable> {
    convert::item(&serde_json::from_str::<wire::Item<'_>>(json).unwrap(), 3)
}

fn account(json: &str) -> Result<Listed<RemoteAccount>, Unusable> {
    convert::account(&serde_json::from_str::<wire::Account<'_>>(json).unwrap(), 3)
}

fn supplier(json: &str) -> Result<Listed<RemoteSupplier>, Unusable> {
    convert::supplier(&serde_json::from_str::<wire::Contact<'_>>(json).unwrap(), 3)
}

fn valuation(json: &str) -> Result<Option<ItemValuation>, Unusable> {
    convert::valuation(&serde_json::from_str::<wire::Item<'_>>(json).unwrap(), 3)
}

const TRACKED: &str = r#"{"ItemID":"i-1","Code":"OT-1","Name":"Oak \"Table\" ½","Description":"solid","IsSold":true,
    "SalesDetails":{"UnitPrice":310.1234,"AccountCode":"200","TaxType":"OUTPUT"},"IsPurchased":true,
    "PurchaseDetails":{"UnitPrice":"190.50","COGSAccountCode":"310","TaxType":"INPUT"},"NewField":{"a":[1]},
    "InventoryAssetAccountCode":"630","IsTrackedAsInventory":true,"QuantityOnHand":12.5000,"TotalCostPool":2381.25,
    "UpdatedDateUTC":"/Date(1772409600123+0000)/"}"#;

#[test]
fn a_tracked_item_is_read_whole() {
    let record = RemoteItem {
        external_id: "i-1".to_owned(),
        version: None,
        kind: ItemKind::Inventory,
        name: "Oak \"Table\" ½".to_owned(),
        full_name: "Oak \"Table\" ½".to_owned(),
        sku: Some("OT-1".to_owned()),
        description: Some("solid".to_owned()),
        active: true,
        unit_price: Some(decimal("310.1234")),
        purchase_cost: Some(decimal("190.5")),
        quantity_on_hand: Some(decimal("12.5")),
        income_account: None,
        expense_account: None,
        asset_account: None,
        parent: None,
        updated_at: Some("2026-03-02T00:00:00.123Z".parse().unwrap()),
    };
    let codes = [(ItemSlot::Income, "200"), (ItemSlot::Expense, "310"), (ItemSlot::Asset, "630")];
    let codes = codes.map(|(slot, code)| (slot, code.to_owned())).to_vec();
    assert_eq!(item(TRACKED), Ok(Coded { record, codes }));
    let value = ItemValuation { item: "i-1".to_owned(), quantity: decimal("12.5"), value: decimal("2381.25") };
    assert_eq!(valuation(TRACKED), Ok(Some(value)));
}

#[test]
fn an_untracked_item_counts_nothing_and_is_called_by_its_code_where_it_has_no_name() {
    let json = r#"{"ItemID":"i-2","Code":" SVC ","Name":"","IsTrackedAsInventory":"False","QuantityOnHand":3,
        "PurchaseDetails":{"UnitPrice":null,"AccountCode":300}}"#;
    let Coded { record, codes } = item(json).unwrap();
    assert_eq!(
        (record.name.as_str(), record.sku.as_deref(), record.kind),
        ("SVC", Some("SVC"), ItemKind::NonInventory)
    );
    assert_eq!((record.quantity_on_hand, record.unit_price, record.purchase_cost), (None, None, None));
    assert_eq!(codes, [(ItemSlot::Expense, "300".to_owned())]);
    assert_eq!(valuation(json), Ok(None));
}

#[rstest]
#[case::no_id(r#"{"Name":"Saw"}"#, None, "Saw", UnusableReason::MissingId, "ItemID is missing")]
#[case::no_name(r#"{"ItemID":"7"}"#, Some("7"), "7", UnusableReason::MissingName, "Name is missing")]
#[case::neither("{}", None, "record 3 of the page", UnusableReason::MissingName, "Name is missing")]
#[case::seven_decimals(
    r#"{"ItemID":"7","Code":"S","SalesDetails":{"UnitPrice":0.1234567}}"#,
    Some("7"),
    "S",
    UnusableReason::InexactNumber,
    "SalesDetails.UnitPrice 0.1234567 cannot be kept exactly: at most 6 decimals and 9223372036854.775807 are"
)]
#[case::too_large(
    r#"{"ItemID":"7","Code":"S","PurchaseDetails":{"UnitPrice":9223372036854.775808}}"#,
    Some("7"),
    "S",
    UnusableReason::InexactNumber,
    "PurchaseDetails.UnitPrice 9223372036854.775808 cannot be kept exactly: at most 6 decimals and 9223372036854.775807 are"
)]
#[case::an_object(
    r#"{"ItemID":"7","Code":"S","SalesDetails":{"UnitPrice":{"a":1}}}"#,
    Some("7"),
    "S",
    UnusableReason::InvalidField,
    "SalesDetails.UnitPrice `{\"a\":1}` cannot be read"
)]
fn an_item_that_cannot_be_used_says_why(
    #[case] json: &str,
    #[case] id: Option<&str>,
    #[case] label: &str,
    #[case] reason: UnusableReason,
    #[case] detail: &str,
) {
    let expected = Unusable {
        external_id: id.map(str::to_owned),
        label: label.to_owned(),
        kind: Some(ItemKind::NonInventory),
        reason,
        detail: detail.to_owned(),
    };
    assert_eq!(item(json), Err(expected));
}

proptest! {
    #[test]
    fn every_amount_of_millionths_survives_as_number_and_as_text(millionths: i64, quoted: bool) {
        let amount = rust_decimal::Decimal::from_i128_with_scale(i128::from(millionths), 6);
        let text = if quoted { format!("\"{amount}\"") } else { amount.to_string() };
        let json = format!(r#"{{"ItemID":"1","Code":"n","SalesDetails":{{"UnitPrice":{text}}}}}"#);
        prop_assert_eq!(item(&json).unwrap().record.unit_price, Some(amount));
    }
}

#[test]
fn an_account_is_read_whole() {
    let json = r#"{"AccountID":"a-1","Code":"090","Name":"Business Bank","Status":"ACTIVE","Type":"BANK","Class":"ASSET",
        "TaxType":"NONE","EnablePaymentsToAccount":false,"BankAccountNumber":"01","CurrencyCode":"NZD",
        "SystemAccount":"","UpdatedDateUTC":"/Date(1772409600000+0000)/"}"#;
    let updated_at = Some("2026-03-02T00:00:00Z".parse().unwrap());
    let record = RemoteAccount {
        external_id: "a-1".to_owned(),
        version: None,
        number: Some("090".to_owned()),
        name: "Business Bank".to_owned(),
        kind: "BANK".to_owned(),
        sub_kind: None,
        class: AccountClass::Asset,
        active: true,
        currency: Some("NZD".to_owned()),
        updated_at,
    };
    assert_eq!(account(json), Ok(Listed { record: Some(record), external_id: "a-1".to_owned(), updated_at }));
}

#[rstest]
#[case("\"Class\":\"REVENUE\"", AccountClass::Revenue)]
#[case("\"Type\":\"INVENTORY\"", AccountClass::Asset)]
#[case("\"Type\":\"CURRLIAB\"", AccountClass::Liability)]
#[case("\"Type\":\"DIRECTCOSTS\"", AccountClass::Expense)]
#[case("\"Type\":\"EQUITY\"", AccountClass::Equity)]
#[case("\"Type\":\"SALES\"", AccountClass::Revenue)]
fn an_account_belongs_to_a_class(#[case] field: &str, #[case] class: AccountClass) {
    let json = format!(r#"{{"AccountID":"1","Name":"n",{field}}}"#);
    assert_eq!(account(&json).unwrap().record.unwrap().class, class);
}

#[test]
fn accounts_are_active_archived_or_gone() {
    let of = |status: &str| account(&format!(r#"{{"AccountID":"1","Name":"n","Type":"BANK","Status":"{status}"}}"#));
    assert!(of("ACTIVE").unwrap().record.unwrap().active);
    assert!(!of("ARCHIVED").unwrap().record.unwrap().active);
    assert_eq!(of("DELETED").unwrap(), Listed { record: None, external_id: "1".to_owned(), updated_at: None });
    assert_eq!(of("LOST").unwrap_err().detail, "Status `LOST` cannot be read");
    let unknown = account(r#"{"AccountID":"1","Name":"n","Type":"MAGIC"}"#).unwrap_err();
    assert_eq!(
        (unknown.reason, unknown.detail.as_str()),
        (UnusableReason::InvalidField, "Type `MAGIC` cannot be read")
    );
    let system = account(r#"{"AccountID":"1","Name":"n","Type":"CURRENT","SystemAccount":"DEBTORS"}"#).unwrap();
    assert_eq!(system.record.unwrap().sub_kind.as_deref(), Some("DEBTORS"));
}

#[test]
fn a_contact_is_read_whole() {
    let json = r#"{"ContactID":"c-1","ContactStatus":"ARCHIVED","Name":"Timber & Co","EmailAddress":"a@example.com",
        "Phones":[{"PhoneType":"DDI","PhoneNumber":"","PhoneAreaCode":"","PhoneCountryCode":""},
                  {"PhoneType":"DEFAULT","PhoneNumber":"555 1234","PhoneAreaCode":"9","PhoneCountryCode":"64"}],
        "IsSupplier":true,"IsCustomer":true,"DefaultCurrency":"USD","UpdatedDateUTC":"/Date(1772409600000+0000)/"}"#;
    let updated_at = Some("2026-03-02T00:00:00Z".parse().unwrap());
    let record = RemoteSupplier {
        external_id: "c-1".to_owned(),
        version: None,
        name: "Timber & Co".to_owned(),
        email: Some("a@example.com".to_owned()),
        phone: Some("64 9 555 1234".to_owned()),
        currency: Some("USD".to_owned()),
        active: false,
        updated_at,
    };
    assert_eq!(supplier(json), Ok(Listed { record: Some(record), external_id: "c-1".to_owned(), updated_at }));
}

#[rstest]
#[case(true, false, true)]
#[case(true, true, true)]
#[case(false, false, true)]
#[case(false, true, false)]
fn a_contact_that_only_buys_is_no_supplier(#[case] sells: bool, #[case] buys: bool, #[case] ours: bool) {
    let json = format!(r#"{{"ContactID":"1","Name":"n","IsSupplier":{sells},"IsCustomer":{buys}}}"#);
    assert_eq!(supplier(&json).unwrap().record.is_some(), ours);
}

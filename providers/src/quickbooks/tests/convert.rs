//! From wire to neutral: whole records, and every reason why one cannot be used.

use proptest::prelude::*;
use rstest::rstest;
use rust_decimal::Decimal;

use crate::{
    model::{AccountClass, ItemKind, RemoteAccount, RemoteItem, RemoteSupplier, Unusable, UnusableReason},
    quickbooks::{convert, wire},
};

fn item(json: &str) -> Result<RemoteItem, Unusable> {
    convert::item(&serde_json::from_str::<wire::Item<'_>>(json).unwrap(), 3)
}

fn account(json: &str) -> Result<RemoteAccount, Unusable> {
    convert::account(&serde_json::from_str::<wire::Account<'_>>(json).unwrap(), 3)
}

fn supplier(json: &str) -> Result<RemoteSupplier, Unusable> {
    convert::supplier(&serde_json::from_str::<wire::Vendor<'_>>(json).unwrap(), 3)
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

const FULL: &str = r#"{"Name":"Oak \"Table\" ½","Sku":"OT-1","Description":"line\nline","Type":"Inventory","Active":false,
    "FullyQualifiedName":"Wood:Oak","TrackQtyOnHand":true,"QtyOnHand":-12.5,"InvStartDate":"2025-01-01",
    "UnitPrice":310.123456,"PurchaseCost":"190.50","IncomeAccountRef":{"value":"79","name":"Sales"},
    "ExpenseAccountRef":{"value":"80"},"AssetAccountRef":{"value":81},"ParentRef":{"value":"5","name":"Wood"},
    "Taxable":true,"ItemGroupDetail":{"ItemGroupLine":[]},"domain":"QBO","sparse":false,"Id":"9223372036854775808123",
    "SyncToken":4,"MetaData":{"CreateTime":"2026-01-01T00:00:00-08:00","LastUpdatedTime":"2026-03-01T10:00:00-08:00"}}"#;

#[test]
fn an_item_is_read_whole() {
    let expected = RemoteItem {
        external_id: "9223372036854775808123".to_owned(),
        version: Some("4".to_owned()),
        kind: ItemKind::Inventory,
        name: "Oak \"Table\" ½".to_owned(),
        full_name: "Wood:Oak".to_owned(),
        sku: Some("OT-1".to_owned()),
        description: Some("line\nline".to_owned()),
        active: false,
        unit_price: Some(decimal("310.123456")),
        purchase_cost: Some(decimal("190.5")),
        quantity_on_hand: Some(decimal("-12.5")),
        income_account: Some("79".to_owned()),
        expense_account: Some("80".to_owned()),
        asset_account: Some("81".to_owned()),
        parent: Some("5".to_owned()),
        updated_at: Some("2026-03-01T18:00:00Z".parse().unwrap()),
    };
    assert_eq!(item(FULL), Ok(expected));
}

#[test]
fn an_item_with_nothing_but_id_and_name_is_active_and_of_no_known_kind() {
    let expected = RemoteItem {
        external_id: "7".to_owned(),
        version: None,
        kind: ItemKind::Other,
        name: "Saw".to_owned(),
        full_name: "Saw".to_owned(),
        sku: None,
        description: None,
        active: true,
        unit_price: None,
        purchase_cost: None,
        quantity_on_hand: None,
        income_account: None,
        expense_account: None,
        asset_account: None,
        parent: None,
        updated_at: None,
    };
    assert_eq!(item(r#"{"Id":7,"Name":"Saw"}"#), Ok(expected.clone()));
    let empty = r#"{"Id":"7","Name":" Saw ","Sku":"","Description":null,"UnitPrice":"","ParentRef":null,
        "AssetAccountRef":{"value":""},"MetaData":{"LastUpdatedTime":"2026-03-01"},"Active":"true"}"#;
    assert_eq!(item(empty), Ok(expected));
}

#[rstest]
#[case("Inventory", ItemKind::Inventory)]
#[case("NonInventory", ItemKind::NonInventory)]
#[case("Service", ItemKind::Service)]
#[case("Group", ItemKind::Bundle)]
#[case("Bundle", ItemKind::Bundle)]
#[case("Category", ItemKind::Category)]
#[case("Assembly", ItemKind::Other)]
#[case("", ItemKind::Other)]
fn every_kind_of_item_has_its_word(#[case] word: &str, #[case] kind: ItemKind) {
    assert_eq!(item(&format!(r#"{{"Id":"1","Name":"n","Type":"{word}"}}"#)).unwrap().kind, kind);
}

#[test]
fn quantity_is_read_only_where_it_is_counted() {
    let of = |kind: &str| item(&format!(r#"{{"Id":"1","Name":"n","QtyOnHand":5,{kind}}}"#)).unwrap().quantity_on_hand;
    assert_eq!(of(r#""Type":"Inventory""#), Some(decimal("5")));
    assert_eq!(of(r#""Type":"Service""#), None);
    assert_eq!(of(r#""Type":"Assembly","TrackQtyOnHand":true"#), Some(decimal("5")));
}

#[rstest]
#[case::no_id(r#"{"Name":"Saw","Type":"Service"}"#, None, "Saw", UnusableReason::MissingId, "Id is missing")]
#[case::empty_id(r#"{"Id":"","Name":"Saw","Type":"Service"}"#, None, "Saw", UnusableReason::MissingId, "Id is missing")]
#[case::no_name(r#"{"Id":"7","Type":"Service"}"#, Some("7"), "7", UnusableReason::MissingName, "Name is missing")]
#[case::blank_name(
    r#"{"Id":"7","Name":" ","Type":"Service"}"#,
    Some("7"),
    "7",
    UnusableReason::MissingName,
    "Name is missing"
)]
#[case::neither(r#"{"Type":"Service"}"#, None, "record 3 of the page", UnusableReason::MissingName, "Name is missing")]
#[case::seven_decimals(
    r#"{"Id":"7","Name":"Saw","Type":"Service","UnitPrice":0.1234567}"#,
    Some("7"),
    "Saw",
    UnusableReason::InexactNumber,
    "UnitPrice 0.1234567 cannot be kept exactly: at most 6 decimals and 9223372036854.775807 are"
)]
#[case::too_large(
    r#"{"Id":"7","Name":"Saw","Type":"Service","PurchaseCost":9223372036854.775808}"#,
    Some("7"),
    "Saw",
    UnusableReason::InexactNumber,
    "PurchaseCost 9223372036854.775808 cannot be kept exactly: at most 6 decimals and 9223372036854.775807 are"
)]
#[case::no_number(
    r#"{"Id":"7","Name":"Saw","Type":"Service","UnitPrice":"1,50"}"#,
    Some("7"),
    "Saw",
    UnusableReason::InvalidField,
    "UnitPrice `1,50` cannot be read"
)]
#[case::an_object(
    r#"{"Id":"7","Name":"Saw","Type":"Service","UnitPrice":{"a":1}}"#,
    Some("7"),
    "Saw",
    UnusableReason::InvalidField,
    "UnitPrice `{\"a\":1}` cannot be read"
)]
#[case::neither_active_nor_not(
    r#"{"Id":"7","Name":"Saw","Type":"Service","Active":"perhaps"}"#,
    Some("7"),
    "Saw",
    UnusableReason::InvalidField,
    "Active `perhaps` cannot be read"
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
        kind: Some(ItemKind::Service),
        reason,
        detail: detail.to_owned(),
    };
    assert_eq!(item(json), Err(expected));
}

#[rstest]
#[case("1.500000000", "1.5")]
#[case("\"00.5\"", "")]
#[case("1e3", "1000")]
#[case("12.5E-1", "1.25")]
#[case("-0.000001", "-0.000001")]
#[case("9223372036854.775807", "9223372036854.775807")]
#[case("-9223372036854.775808", "-9223372036854.775808")]
#[case("99999999999999999999999999999999999999", "")]
#[case("1e-7", "")]
#[case("1e400", "")]
fn a_price_is_exact_or_refused(#[case] price: &str, #[case] kept: &str) {
    let read = item(&format!(r#"{{"Id":"1","Name":"n","UnitPrice":{price}}}"#));
    match kept {
        "" => assert!(read.is_err(), "{read:?}"),
        kept => assert_eq!(read.unwrap().unit_price, Some(decimal(kept))),
    }
}

proptest! {
    #[test]
    fn every_amount_of_millionths_survives_as_number_and_as_text(millionths: i64, quoted: bool) {
        let amount = Decimal::from_i128_with_scale(i128::from(millionths), 6);
        let text = if quoted { format!("\"{amount}\"") } else { amount.to_string() };
        let read = item(&format!(r#"{{"Id":"1","Name":"n","UnitPrice":{text}}}"#)).unwrap();
        prop_assert_eq!(read.unit_price, Some(amount));
    }

    #[test]
    fn more_than_millionths_are_refused_never_rounded(whole in 0_u32.., digits in "[0-9]{6,20}[1-9]") {
        let read = item(&format!(r#"{{"Id":"1","Name":"n","UnitPrice":{whole}.{digits}}}"#));
        prop_assert_eq!(read.unwrap_err().reason, UnusableReason::InexactNumber);
    }

    #[test]
    fn any_text_is_read_as_it_was_written(name in "\\PC{1,30}", escaped: bool) {
        let trimmed = name.trim();
        prop_assume!(!trimmed.is_empty());
        let mut json = serde_json::json!({"Id": "1", "Name": name}).to_string();
        if escaped {
            json = json.chars().map(|c| if c.is_ascii() { c.to_string() } else { c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect() }).collect();
        }
        prop_assert_eq!(item(&json).unwrap().name, trimmed);
    }
}

#[test]
fn an_account_is_read_whole() {
    let json = r#"{"Name":"Shop","SubAccount":true,"ParentRef":{"value":"3"},"FullyQualifiedName":"Sales:Shop",
        "Active":true,"Classification":"Revenue","AccountType":"Income","AccountSubType":"SalesOfProductIncome",
        "AcctNum":"4000","CurrentBalance":0,"CurrencyRef":{"value":"USD"},"Id":"79","SyncToken":"0",
        "MetaData":{"LastUpdatedTime":"2026-03-01T10:00:00-08:00"}}"#;
    let expected = RemoteAccount {
        external_id: "79".to_owned(),
        version: Some("0".to_owned()),
        number: Some("4000".to_owned()),
        name: "Sales:Shop".to_owned(),
        kind: "Income".to_owned(),
        sub_kind: Some("SalesOfProductIncome".to_owned()),
        class: AccountClass::Revenue,
        active: true,
        currency: Some("USD".to_owned()),
        updated_at: Some("2026-03-01T18:00:00Z".parse().unwrap()),
    };
    assert_eq!(account(json), Ok(expected));
}

#[rstest]
#[case("Bank", AccountClass::Asset)]
#[case("Accounts Receivable", AccountClass::Asset)]
#[case("Other Current Asset", AccountClass::Asset)]
#[case("Fixed Asset", AccountClass::Asset)]
#[case("Other Asset", AccountClass::Asset)]
#[case("Accounts Payable", AccountClass::Liability)]
#[case("Credit Card", AccountClass::Liability)]
#[case("Other Current Liability", AccountClass::Liability)]
#[case("Long Term Liability", AccountClass::Liability)]
#[case("Equity", AccountClass::Equity)]
#[case("Income", AccountClass::Revenue)]
#[case("Other Income", AccountClass::Revenue)]
#[case("Expense", AccountClass::Expense)]
#[case("Other Expense", AccountClass::Expense)]
#[case("Cost of Goods Sold", AccountClass::Expense)]
#[case("Non-Posting", AccountClass::NonPosting)]
fn the_class_follows_from_the_type_where_it_is_not_stated(#[case] kind: &str, #[case] class: AccountClass) {
    assert_eq!(account(&format!(r#"{{"Id":"1","Name":"n","AccountType":"{kind}"}}"#)).unwrap().class, class);
}

#[test]
fn an_account_of_an_unknown_type_is_unusable() {
    let expected = Unusable {
        external_id: Some("1".to_owned()),
        label: "n".to_owned(),
        kind: None,
        reason: UnusableReason::InvalidField,
        detail: "AccountType `Odd` cannot be read".to_owned(),
    };
    assert_eq!(account(r#"{"Id":"1","Name":"n","AccountType":"Odd"}"#), Err(expected));
}

#[test]
fn a_vendor_is_read_whole_and_may_lack_all_but_id_and_name() {
    let full = r#"{"DisplayName":"Mill & Co","PrimaryEmailAddr":{"Address":"a@example.com"},"Vendor1099":false,
        "PrimaryPhone":{"FreeFormNumber":"(555) 1"},"CurrencyRef":{"value":"EUR","name":"Euro"},"Balance":1.5,
        "Active":true,"Id":"30","SyncToken":"1","MetaData":{"LastUpdatedTime":"2026-03-01T10:00:00-08:00"}}"#;
    let expected = RemoteSupplier {
        external_id: "30".to_owned(),
        version: Some("1".to_owned()),
        name: "Mill & Co".to_owned(),
        email: Some("a@example.com".to_owned()),
        phone: Some("(555) 1".to_owned()),
        currency: Some("EUR".to_owned()),
        active: true,
        updated_at: Some("2026-03-01T18:00:00Z".parse().unwrap()),
    };
    assert_eq!(supplier(full), Ok(expected.clone()));
    let bare = RemoteSupplier { version: None, email: None, phone: None, currency: None, updated_at: None, ..expected };
    assert_eq!(supplier(r#"{"DisplayName":"Mill & Co","Id":"30"}"#), Ok(bare));
    assert_eq!(supplier(r#"{"CompanyName":"Mill","Id":"30"}"#).unwrap_err().detail, "DisplayName is missing");
}

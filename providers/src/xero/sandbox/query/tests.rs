//! Filters against records.

use rstest::rstest;
use serde_json::json;

use super::*;
use crate::xero::sandbox::json::Record;

fn record() -> Record {
    let record = json!({
        "Type": "ACCREC", "Status": "AUTHORISED", "Date": "2026-03-01", "Total": 59.97, "InvoiceNumber": "INV-\"7\"",
        "Contact": {"ContactID": "0a1b2c3d-0000-4000-8000-000000000001", "Name": "Kauri & Co"},
        "UpdatedDateUTC": "2026-03-02T10:20:30.5+00:00", "SentToContact": true, "Reference": null
    });
    record.as_object().unwrap().clone()
}

#[rstest]
#[case(r#"Type=="ACCREC" AND Status=="AUTHORISED""#, true)]
#[case(r#"Type=="ACCPAY" AND Status=="AUTHORISED" OR Total>59"#, true)]
#[case(r#"Type=="ACCPAY" AND (Status=="AUTHORISED" OR Total>59)"#, false)]
#[case("Date>=DateTime(2026,03,01)", true)]
#[case("Date > DateTime(2026, 3, 1)", false)]
#[case("Date==DateTime(2026,03,01) && Total < 60", true)]
#[case("UpdatedDateUTC>=DateTime(2026,03,02,10,20,30)", true)]
#[case("UpdatedDateUTC<DateTime.Parse(\"2026-03-02\")", false)]
#[case(r#"Contact.ContactID==Guid("0A1B2C3D-0000-4000-8000-000000000001")"#, true)]
#[case(r#"Contact.Name.Contains("kauri")"#, true)]
#[case(r#"Contact.Name.StartsWith("Co")"#, false)]
#[case(r#"InvoiceNumber=="INV-\"7\"""#, true)]
#[case("Total=59.970 and SentToContact==true", true)]
#[case("SentToContact", true)]
#[case("Reference==null", true)]
#[case("Reference!=null", false)]
#[case(r#"Status!="VOIDED""#, true)]
#[case("Total==\"59.97\"", false)]
fn a_filter_holds_or_not(#[case] filter: &str, #[case] holds: bool) {
    assert_eq!(parse(filter).map(|condition| condition.holds(&record())), Ok(holds), "{filter}");
}

#[rstest]
#[case("")]
#[case("Type==")]
#[case("Type==\"ACCREC")]
#[case("Type==\"ACCREC\" AND")]
#[case("(Type==\"ACCREC\"")]
#[case("Date>=DateTime(2026,13,01)")]
#[case("Type IS \"ACCREC\"")]
#[case("Type==ACCREC")]
fn nonsense_is_an_error(#[case] filter: &str) {
    assert!(parse(filter).is_err(), "{filter}");
}

#[test]
fn rows_are_sorted_by_several_fields() {
    let row = |name: &str, total: i32| json!({"Name": name, "Total": total}).as_object().unwrap().clone();
    let mut rows = vec![row("b", 2), row("A", 10), row("a", 9)];
    Order::parse("Name, Total DESC").unwrap().sort(&mut rows);
    let sorted: Vec<String> = rows.iter().map(|row| format!("{}{}", row["Name"], row["Total"])).collect();
    assert_eq!(sorted, ["\"A\"10", "\"a\"9", "\"b\"2"]);
    assert!(Order::parse("Name UP").is_err());
}

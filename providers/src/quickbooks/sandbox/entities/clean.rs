//! What a client sent, checked against the table of an entity and brought into the form it is stored in.
//!
//! Rule: unknown properties are refused, read-only ones ignored, nothing (`null`) is the same as absent, blank text
//! clears (reference 7.2, 16).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::Value;

use super::field::{self, Field, Kind};
use crate::quickbooks::sandbox::{
    faults::Fault,
    json::{self, Record},
};

/// Writable properties that were sent; `None` for one that was sent blank.
pub(crate) type Cleaned = BTreeMap<&'static str, Option<Value>>;

/// The highest price (reference 8).
const PRICE_MAX: i64 = 99_999_999_999;

/// Checks everything sent.
///
/// # Errors
/// 2010 for an unknown property, 2040 to 2240 for a value of the wrong form.
pub(crate) fn clean(fields: &'static [Field], sent: &Record) -> Result<Cleaned, Fault> {
    let mut cleaned = Cleaned::new();
    for (name, value) in sent {
        let field = field::find(fields, name).filter(|field| field.name == name);
        let field = field.ok_or_else(|| Fault::unknown_property(name))?;
        if field.writable && !value.is_null() && !matches!(field.kind, Kind::Id) {
            cleaned.insert(field.name, value_of(field, value)?);
        }
    }
    Ok(cleaned)
}

/// One value in the form it is stored in; `None` if it is blank.
fn value_of(field: &Field, value: &Value) -> Result<Option<Value>, Fault> {
    if value.as_str().is_some_and(|text| text.trim().is_empty()) {
        return Ok(None);
    }
    match field.kind {
        Kind::Text(max) => text(field, value, max, &[]).map(Some),
        Kind::Name(max, forbidden) => text(field, value, max, forbidden).map(Some),
        Kind::Bool => truth(field, value).map(Some),
        Kind::Decimal => decimal(field, value).map(|number| Some(json::number(number))),
        Kind::Price => price(field, value).map(Some),
        Kind::Date => date(field, value).map(Some),
        Kind::Choice(words) => choice(field, value, words).map(Some),
        Kind::Reference(_) | Kind::Loose => reference(field, value),
        Kind::Object(fields) => object(field, fields, value),
        Kind::List(fields) => list(field, fields, value).map(Some),
        Kind::Id | Kind::Time | Kind::Any => Ok(Some(value.clone())),
    }
}

fn text(field: &Field, value: &Value, max: usize, forbidden: &[char]) -> Result<Value, Fault> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return Err(Fault::unknown_property(field.name)),
    };
    let length = text.chars().count();
    if length > max {
        let detail = format!(
            "String length is either shorter or longer than supported by specification. Min:0 Max:{max} supplied:{length}"
        );
        return Err(Fault::new(2050, detail).at(field.name));
    }
    let unprintable = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    match text.chars().find(|c| forbidden.contains(c) || unprintable(*c)) {
        Some(c) => Err(Fault::new(2040, format!("String contains an invalid character: {c:?}")).at(field.name)),
        None => Ok(Value::String(text)),
    }
}

fn truth(field: &Field, value: &Value) -> Result<Value, Fault> {
    let truth = match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) => text.to_lowercase().parse().ok(),
        _ => None,
    };
    let wrong = || Fault::new(2230, format!("Invalid Boolean Value : {value}")).at(field.name);
    truth.map(Value::Bool).ok_or_else(wrong)
}

fn decimal(field: &Field, value: &Value) -> Result<Decimal, Fault> {
    json::value_decimal(value).ok_or_else(|| Fault::new(2090, format!("Invalid Number : {value}")).at(field.name))
}

fn price(field: &Field, value: &Value) -> Result<Value, Fault> {
    let price = decimal(field, value)?;
    if price.abs() > Decimal::from(PRICE_MAX) {
        return Err(
            Fault::new(2240, format!("Number is out of range. Max:{PRICE_MAX} supplied:{price}")).at(field.name)
        );
    }
    Ok(json::number(price))
}

fn date(field: &Field, value: &Value) -> Result<Value, Fault> {
    let text = value.as_str().unwrap_or_default();
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !shaped {
        return Err(Fault::new(2060, format!("Invalid Date Format : {value}, expected yyyy-MM-dd")).at(field.name));
    }
    match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        Ok(_) => Ok(value.clone()),
        Err(_) => Err(Fault::new(2070, format!("Invalid Date : {text}")).at(field.name)),
    }
}

fn choice(field: &Field, value: &Value, words: &[&str]) -> Result<Value, Fault> {
    let known = value.as_str().is_some_and(|text| words.contains(&text));
    let wrong = || Fault::new(2170, format!("Invalid Enumeration : {value}. Supported: {}", words.join(", ")));
    if known { Ok(value.clone()) } else { Err(wrong().at(field.name)) }
}

/// Only the id counts; the name may be stale and the type blank (reference 8, 16).
fn reference(field: &Field, value: &Value) -> Result<Option<Value>, Fault> {
    let object = value.as_object().ok_or_else(|| Fault::unknown_property(field.name))?;
    if let Some(other) = object.keys().find(|key| !matches!(key.as_str(), "value" | "name" | "type")) {
        return Err(Fault::unknown_property(&format!("{}.{other}", field.name)));
    }
    let id = match object.get("value") {
        Some(Value::String(id)) => id.trim().to_owned(),
        Some(Value::Number(id)) => id.to_string(),
        _ => String::new(),
    };
    if id.is_empty() {
        return Ok(None);
    }
    let mut kept = Record::new();
    kept.insert("value".to_owned(), id.into());
    if let Some(name) = json::text(object, "name") {
        kept.insert("name".to_owned(), name.into());
    }
    Ok(Some(Value::Object(kept)))
}

fn object(field: &Field, fields: &'static [Field], value: &Value) -> Result<Option<Value>, Fault> {
    let sent = value.as_object().ok_or_else(|| Fault::unknown_property(field.name))?;
    let kept: Record =
        clean(fields, sent)?.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    Ok((!kept.is_empty()).then_some(Value::Object(kept)))
}

/// Each object of a list on its own; nothing is left of an empty one but its place.
fn list(field: &Field, fields: &'static [Field], value: &Value) -> Result<Value, Fault> {
    let sent = value.as_array().ok_or_else(|| Fault::unknown_property(field.name))?;
    let one = |value: &Value| Ok(object(field, fields, value)?.unwrap_or_else(|| Value::Object(Record::new())));
    sent.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::quickbooks::sandbox::entities;

    fn cleaned(entity: &str, sent: &Value) -> Result<Cleaned, Fault> {
        let entity = entities::find(entity).expect("an entity");
        clean(entity.fields, sent.as_object().expect("an object"))
    }

    #[rstest]
    #[case(json!({"Colour": "red"}), 2010, "Colour")]
    #[case(json!({"name": "x"}), 2010, "name")]
    #[case(json!({"Name": "a:b"}), 2040, "Name")]
    #[case(json!({"Name": "a\tb"}), 2040, "Name")]
    #[case(json!({"Sku": "x".repeat(101)}), 2050, "Sku")]
    #[case(json!({"Description": "x".repeat(4001)}), 2050, "Description")]
    #[case(json!({"InvStartDate": "2025/01/01"}), 2060, "InvStartDate")]
    #[case(json!({"InvStartDate": "2025-02-30"}), 2070, "InvStartDate")]
    #[case(json!({"UnitPrice": "twelve"}), 2090, "UnitPrice")]
    #[case(json!({"Type": "Bundle"}), 2170, "Type")]
    #[case(json!({"Taxable": "perhaps"}), 2230, "Taxable")]
    #[case(json!({"UnitPrice": 99_999_999_999.5}), 2240, "UnitPrice")]
    #[case(json!({"ParentRef": {"id": "1"}}), 2010, "ParentRef.id")]
    #[case(json!({"ParentRef": "1"}), 2010, "ParentRef")]
    fn a_value_of_the_wrong_form_is_refused_by_number_and_name(
        #[case] sent: Value,
        #[case] code: u32,
        #[case] element: &str,
    ) {
        let fault = cleaned("Item", &sent).expect_err("a fault");
        assert_eq!((fault.code, fault.element.as_str()), (code, element));
    }

    #[test]
    fn what_clients_of_the_real_service_send_is_taken() {
        let sent = json!({"Id": null, "SyncToken": 0, "Name": "x", "UnitPrice": "12.50", "Description": "", "Level": 3,
                          "ParentRef": {"value": "", "name": "", "type": ""},
                          "IncomeAccountRef": {"value": 79, "name": "stale", "type": "Account"},
                          "CustomField": [], "InvStartDate": "", "MetaData": {"CreateTime": "never"}});
        let cleaned = cleaned("Item", &sent).expect("cleaned");
        let expected: Cleaned = [
            ("CustomField", Some(json!([]))),
            ("Description", None),
            ("IncomeAccountRef", Some(json!({"value": "79", "name": "stale"}))),
            ("InvStartDate", None),
            ("Name", Some(json!("x"))),
            ("ParentRef", None),
            ("UnitPrice", Some(json::number(Decimal::new(125, 1)))),
        ]
        .into();
        assert_eq!(cleaned, expected);
    }
}

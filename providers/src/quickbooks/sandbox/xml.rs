//! Answers in XML, for callers that do not ask for JSON (reference 2, 4.1).
//!
//! Rule: the same content as the JSON; small properties of the envelope and of faults are attributes.

use serde_json::Value;

use super::json::Record;

/// Properties that stand as attributes of their element.
const ATTRIBUTES: [&str; 9] =
    ["time", "type", "code", "element", "domain", "sparse", "startPosition", "maxResults", "totalCount"];

/// The whole document of an answer.
pub(crate) fn document(body: &Value) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>");
    element(&mut out, "IntuitResponse xmlns=\"http://schema.intuit.com/finance/v3\"", body);
    out
}

/// One element, or one for each value of a list.
fn element(out: &mut String, name: &str, value: &Value) {
    let tag = name.split(' ').next().unwrap_or(name);
    match value {
        Value::Null => {}
        Value::Array(values) => values.iter().for_each(|value| element(out, name, value)),
        Value::Object(record) => {
            out.push_str(&format!("<{name}{}>", attributes(record)));
            match (record.get("value"), record.get("name")) {
                (Some(id), _) => text(out, id),
                _ => content(out, record),
            }
            out.push_str(&format!("</{tag}>"));
        }
        value => {
            out.push_str(&format!("<{name}>"));
            text(out, value);
            out.push_str(&format!("</{tag}>"));
        }
    }
}

fn content(out: &mut String, record: &Record) {
    for (name, value) in record.iter().filter(|(name, _)| !ATTRIBUTES.contains(&name.as_str())) {
        element(out, name, value);
    }
}

fn attributes(record: &Record) -> String {
    let mut out = String::new();
    let reference = record.contains_key("value");
    let named = |name: &&str| ATTRIBUTES.contains(name) || (reference && *name == "name");
    for name in record.keys().map(String::as_str).filter(named) {
        out.push_str(&format!(" {name}=\""));
        text(&mut out, &record[name]);
        out.push('"');
    }
    out
}

fn text(out: &mut String, value: &Value) {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let safe = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    out.push_str(&safe);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_fault_has_its_number_in_an_attribute() {
        let body = json!({"Fault": {"Error": [{"Message": "m & m", "Detail": "d", "code": "2050", "element": "Name"}],
                                    "type": "ValidationFault"}, "time": "t"});
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
            <IntuitResponse xmlns=\"http://schema.intuit.com/finance/v3\" time=\"t\">\
            <Fault type=\"ValidationFault\"><Error code=\"2050\" element=\"Name\"><Detail>d</Detail>\
            <Message>m &amp; m</Message></Error></Fault></IntuitResponse>";
        assert_eq!(document(&body), expected);
    }

    #[test]
    fn a_reference_is_an_element_with_its_name_beside() {
        let body = json!({"Item": {"Id": "7", "ParentRef": {"value": "3", "name": "A \"B\""}}});
        assert!(document(&body).contains("<Item><Id>7</Id><ParentRef name=\"A &quot;B&quot;\">3</ParentRef></Item>"));
    }
}

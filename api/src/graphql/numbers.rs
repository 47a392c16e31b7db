//! Numbers in variables that were read by somebody else than us.
//!
//! Rule: async-graphql reads JSON through a reader that turns every number into an object when serde_json keeps numbers
//! exactly (`arbitrary_precision`, which money needs). Whoever lets it read puts the numbers back with this.

use async_graphql::{Number, Value, Variables};

/// The one key of an object that is a number (serde_json, `number.rs`).
const NUMBER: &str = "$serde_json::private::Number";

/// Puts numbers back where objects stand for them.
pub(crate) fn restore(variables: &mut Variables) {
    variables.values_mut().for_each(restore_value);
}

fn restore_value(value: &mut Value) {
    match value {
        Value::List(list) => list.iter_mut().for_each(restore_value),
        Value::Object(fields) => match number(fields) {
            Some(number) => *value = Value::Number(number),
            None => fields.values_mut().for_each(restore_value),
        },
        _ => {}
    }
}

fn number(fields: &async_graphql::indexmap::IndexMap<async_graphql::Name, Value>) -> Option<Number> {
    match fields.get(NUMBER) {
        Some(Value::String(digits)) if fields.len() == 1 => digits.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::Request;

    use super::*;

    #[test]
    fn numbers_read_by_the_library_come_back_with_every_digit() {
        let json = r#"{"query":"{a}","variables":{"a":0.1000000000000000055511151231,"b":[1,{"c":-7}],"d":"1"}}"#;
        let mut request: Request = serde_json::from_str(json).unwrap();
        restore(&mut request.variables);
        let written = request.variables.into_value().to_string();
        assert_eq!(written, r#"{a: 0.1000000000000000055511151231, b: [1, {c: -7}], d: "1"}"#);
    }
}

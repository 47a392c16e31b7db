//! Ids at the API: the text of an `ID` argument into its own type.
//!
//! Rule: a wrong form is `INVALID_ID`; whether the object exists, and for whom, is not decided here. The form itself is
//! `entity`'s.

use async_graphql::{Error, ID};
use entity::{InvalidId, TypedId};

use super::fault::FaultCode;

/// Reads an id of one kind.
///
/// # Errors
/// `INVALID_ID` that shows what such an id looks like.
pub fn parse<T: TypedId>(id: &ID) -> Result<T, Error> {
    T::parse(id).map_err(|error| invalid(&error))
}

/// The fault for a text that is no id.
pub fn invalid(error: &InvalidId) -> Error {
    FaultCode::InvalidId.error(error.to_string())
}

/// The fault for a text whose prefix names nothing, for lookups by id alone.
pub fn unknown(id: &ID) -> Error {
    let shown: String = id.chars().take(40).collect();
    FaultCode::InvalidId.error(format!("{shown:?} is not an id; ids look like itm_01h455vb4pex5vsknk084sn02q"))
}

#[cfg(test)]
mod tests {
    use async_graphql::Value;
    use entity::ItemId;

    use super::*;

    #[test]
    fn an_id_of_another_kind_is_refused_with_its_code_and_what_it_should_look_like() {
        let error = parse::<ItemId>(&ID::from("prd_01h455vb4pex5vsknk084sn02q")).unwrap_err();
        assert_eq!(
            error.message,
            "\"prd_01h455vb4pex5vsknk084sn02q\" is not a valid itm id; it looks like itm_01h455vb4pex5vsknk084sn02q"
        );
        assert_eq!(error.extensions.unwrap().get("code"), Some(&Value::from("INVALID_ID")));
    }

    #[test]
    fn a_long_text_is_not_repeated_whole() {
        let error = unknown(&ID::from("x".repeat(1000)));
        assert!(error.message.len() < 120, "{}", error.message);
    }
}

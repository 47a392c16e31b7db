//! Public ids: TypeID form, a prefix that says what it is and a UUID that sorts by time.
//!
//! Rule: the TypeID specification (version 0.3): lower case Crockford base 32, 26 characters, nothing else is accepted.
//! A wrong form is `INVALID_ID`; whether the object exists, and for whom, is not decided here.

use async_graphql::Error;
use uuid::Uuid;

use super::fault::FaultCode;

/// Crockford's alphabet in lower case.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// 128 bits in groups of five.
const SUFFIX_LENGTH: usize = 26;

/// Characters of a foreign text that an error repeats.
const SHOWN: usize = 40;

/// A text that is no id, or the id of something else.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not {}", expectation(.expected))]
pub struct InvalidId {
    /// The beginning of what was given.
    pub found: String,
    /// The prefix that was wanted, if only one is possible.
    pub expected: Option<String>,
}

fn expectation(expected: &Option<String>) -> String {
    match expected {
        Some(prefix) => format!("an id of this kind, which begins with `{prefix}_`, as in {prefix}_01h455vb4pex5vsknk084sn02q"),
        None => "an id, as in itm_01h455vb4pex5vsknk084sn02q".to_owned(),
    }
}

impl InvalidId {
    fn new(found: &str, expected: Option<&str>) -> Self {
        Self { found: found.chars().take(SHOWN).collect(), expected: expected.map(str::to_owned) }
    }
}

impl From<InvalidId> for Error {
    fn from(error: InvalidId) -> Self {
        FaultCode::InvalidId.error(error.to_string())
    }
}

/// The public form of an id.
pub fn encode(prefix: &str, uuid: Uuid) -> String {
    let bits = uuid.as_u128();
    let mut id = String::with_capacity(prefix.len() + 1 + SUFFIX_LENGTH);
    if !prefix.is_empty() {
        id.push_str(prefix);
        id.push('_');
    }
    for position in (0..SUFFIX_LENGTH).rev() {
        let group = usize::try_from((bits >> (5 * position)) & 31).unwrap_or_default();
        id.push(ALPHABET.get(group).copied().map_or('0', char::from));
    }
    id
}

/// The UUID of an id with this prefix.
///
/// # Errors
/// When the text has another prefix or no id's form.
pub fn decode(prefix: &str, id: &str) -> Result<Uuid, InvalidId> {
    match split(id) {
        Ok((found, uuid)) if found == prefix => Ok(uuid),
        _ => Err(InvalidId::new(id, Some(prefix))),
    }
}

/// Prefix and UUID of any id, for lookups by id alone.
///
/// # Errors
/// When the text has no id's form.
pub fn split(id: &str) -> Result<(&str, Uuid), InvalidId> {
    let invalid = || InvalidId::new(id, None);
    let (prefix, suffix) = match id.rsplit_once('_') {
        Some((prefix, suffix)) if is_prefix(prefix) => (prefix, suffix),
        Some(_) => return Err(invalid()),
        None => ("", id),
    };
    Ok((prefix, uuid(suffix).ok_or_else(invalid)?))
}

/// At most 63 letters and underscores, letters at both ends.
fn is_prefix(prefix: &str) -> bool {
    let inner = prefix.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    (1..=63).contains(&prefix.len()) && inner && !prefix.starts_with('_') && !prefix.ends_with('_')
}

fn uuid(suffix: &str) -> Option<Uuid> {
    // 26 groups are 130 bits: the first two must be zero.
    if suffix.len() != SUFFIX_LENGTH || suffix.bytes().next()? > b'7' {
        return None;
    }
    let bits = suffix.bytes().try_fold(0_u128, |bits, byte| {
        let group = ALPHABET.iter().position(|letter| *letter == byte)?;
        Some((bits << 5) | u128::try_from(group).ok()?)
    })?;
    Some(Uuid::from_u128(bits))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    /// From the specification's `valid.yml`.
    #[rstest]
    #[case("00000000000000000000000000", "", "00000000-0000-0000-0000-000000000000")]
    #[case("00000000000000000000000001", "", "00000000-0000-0000-0000-000000000001")]
    #[case("0000000000000000000000000a", "", "00000000-0000-0000-0000-00000000000a")]
    #[case("0000000000000000000000000g", "", "00000000-0000-0000-0000-000000000010")]
    #[case("00000000000000000000000010", "", "00000000-0000-0000-0000-000000000020")]
    #[case("7zzzzzzzzzzzzzzzzzzzzzzzzz", "", "ffffffff-ffff-ffff-ffff-ffffffffffff")]
    #[case("prefix_0123456789abcdefghjkmnpqrs", "prefix", "0110c853-1d09-52d8-d73e-1194e95b5f19")]
    #[case("prefix_01h455vb4pex5vsknk084sn02q", "prefix", "01890a5d-ac96-774b-bcce-b302099a8057")]
    #[case("pre_fix_00000000000000000000000000", "pre_fix", "00000000-0000-0000-0000-000000000000")]
    fn the_specifications_valid_ids_are_read_and_written(#[case] id: &str, #[case] prefix: &str, #[case] uuid: &str) {
        let uuid: Uuid = uuid.parse().unwrap();
        assert_eq!(split(id), Ok((prefix, uuid)));
        assert_eq!(encode(prefix, uuid), id);
    }

    /// From the specification's `invalid.yml`.
    #[rstest]
    #[case::prefix_uppercase("PREFIX_00000000000000000000000000")]
    #[case::prefix_numeric("12345_00000000000000000000000000")]
    #[case::prefix_period("pre.fix_00000000000000000000000000")]
    #[case::prefix_non_ascii("préfix_00000000000000000000000000")]
    #[case::prefix_spaces("  prefix_00000000000000000000000000")]
    #[case::prefix_64_chars("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl_00000000000000000000000000")]
    #[case::separator_empty_prefix("_00000000000000000000000000")]
    #[case::separator_empty("_")]
    #[case::suffix_short("prefix_1234567890123456789012345")]
    #[case::suffix_long("prefix_123456789012345678901234567")]
    #[case::suffix_spaces("prefix_1234567890123456789012345 ")]
    #[case::suffix_uppercase("prefix_0123456789ABCDEFGHJKMNPQRS")]
    #[case::suffix_hyphens("prefix_123456789-123456789-123456")]
    #[case::suffix_wrong_alphabet("prefix_ooooooiiiiiiuuuuuuulllllll")]
    #[case::suffix_ambiguous_crockford("prefix_i23456789ol23456789oi23456")]
    #[case::suffix_hyphens_crockford("prefix_123456789-0123456789-0123456")]
    #[case::suffix_overflow("prefix_8zzzzzzzzzzzzzzzzzzzzzzzzz")]
    #[case::prefix_underscore_start("_prefix_00000000000000000000000000")]
    #[case::prefix_underscore_end("prefix__00000000000000000000000000")]
    #[case::empty("")]
    fn the_specifications_invalid_ids_are_refused(#[case] id: &str) {
        assert!(split(id).is_err());
    }

    #[test]
    fn an_id_of_another_kind_is_refused_with_the_prefix_that_is_wanted() {
        let error = decode("itm", "prd_01h455vb4pex5vsknk084sn02q").unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"prd_01h455vb4pex5vsknk084sn02q\" is not an id of this kind, which begins with `itm_`, as in itm_01h455vb4pex5vsknk084sn02q"
        );
    }

    proptest! {
        #[test]
        fn every_uuid_comes_back_and_ids_sort_like_uuids(left: u128, right: u128) {
            let (left, right) = (Uuid::from_u128(left), Uuid::from_u128(right));
            prop_assert_eq!(decode("itm", &encode("itm", left)), Ok(left));
            prop_assert_eq!(encode("itm", left).cmp(&encode("itm", right)), left.cmp(&right));
        }

        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = split(&text);
        }
    }
}

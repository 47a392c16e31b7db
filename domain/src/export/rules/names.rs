//! References of documents (behaviour 2.12): unique in the business, at most 21 characters, the same for ever.
//!
//! Rule: made of what never changes. A build's has four symbols of the business in it, so that another installation that
//! posts to the same company does not make the same ones.

use entity::{BusinessId, MovementId};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The shortest limit of all providers, characters.
pub const REFERENCE_MAX: usize = 21;

const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The first symbols of a hash.
fn hashed(id: Uuid, length: usize) -> String {
    let digest = Sha256::digest(id.as_bytes());
    digest.iter().take(length).map(|byte| char::from(SYMBOLS[usize::from(byte & 31)])).collect()
}

/// A number in base 32, at least four symbols long.
fn counted(number: i64) -> String {
    let mut rest = number.unsigned_abs();
    let mut symbols = Vec::new();
    while rest > 0 || symbols.len() < 4 {
        let digit = usize::try_from(rest % 32).unwrap_or_default();
        symbols.push(char::from(SYMBOLS[digit]));
        rest /= 32;
    }
    symbols.iter().rev().collect()
}

/// `SB-XXXXXXXX`.
pub fn build_reference(prefix: &str, business: BusinessId, number: i64) -> String {
    format!("{prefix}-{}{}", hashed(business.0, 4), counted(number))
}

/// `SB-RCV-0001`.
pub fn receipt_reference(prefix: &str, number: i64) -> String {
    format!("{prefix}-RCV-{number:04}")
}

/// `SB-RCV-0001-C2`: the second correction of that receipt.
pub fn correction_reference(prefix: &str, receipt: i64, place: u64) -> String {
    suffixed(&receipt_reference(prefix, receipt), &format!("C{place}"))
}

/// `SB-ADJ-XXXXXXXXXX`.
pub fn adjustment_reference(prefix: &str, movement: MovementId) -> String {
    let room = REFERENCE_MAX.saturating_sub(prefix.len() + 5).min(10);
    format!("{prefix}-ADJ-{}", hashed(movement.0, room))
}

/// With `-W` for a loss, `-R` for what takes back. One that would be too long is named by its hash.
pub fn suffixed(reference: &str, suffix: &str) -> String {
    let room = REFERENCE_MAX.saturating_sub(suffix.len() + 1);
    if reference.len() <= room {
        return format!("{reference}-{suffix}");
    }
    let digest = Sha256::digest(reference.as_bytes());
    let symbols = digest.iter().take(room).map(|byte| char::from(SYMBOLS[usize::from(byte & 31)]));
    format!("{}-{suffix}", symbols.collect::<String>())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn references_look_as_the_page_says() {
        let business = BusinessId(Uuid::from_u128(7));
        let build = build_reference("SB", business, 12);
        assert_eq!((build.len(), build.starts_with("SB-"), build.ends_with("000C")), (11, true, true), "{build}");
        assert_eq!(suffixed(&build, "W"), format!("{build}-W"));
        assert_eq!(receipt_reference("SB", 7), "SB-RCV-0007");
        assert_eq!(receipt_reference("SB", 123_456), "SB-RCV-123456");
        assert_eq!(correction_reference("SB", 7, 2), "SB-RCV-0007-C2");
        assert!(adjustment_reference("SB", MovementId(Uuid::from_u128(3))).starts_with("SB-ADJ-"));
    }

    #[test]
    fn ten_thousand_builds_have_as_many_references() {
        let business = BusinessId(Uuid::from_u128(7));
        let all: HashSet<String> = (1..=10_000).map(|number| build_reference("SB", business, number)).collect();
        assert_eq!(all.len(), 10_000);
    }

    proptest! {
        #[test]
        fn every_reference_fits(prefix in "[A-Z0-9]{1,6}", number in 1_i64..10_000_000, bits: u128) {
            let business = BusinessId(Uuid::from_u128(bits));
            let build = build_reference(&prefix, business, number);
            for reference in [
                suffixed(&build, "W"),
                suffixed(&build, "R"),
                suffixed(&receipt_reference(&prefix, number), "R"),
                correction_reference(&prefix, number, 12),
                adjustment_reference(&prefix, MovementId(Uuid::from_u128(bits))),
            ] {
                prop_assert!(reference.chars().count() <= REFERENCE_MAX, "{}", reference);
                prop_assert!(!reference.is_empty());
            }
        }
    }
}

//! Currencies: how many decimals their smallest coin has (ISO 4217, "minor unit").
//!
//! Rule: stock is valued in millionths; only what is posted to the books is rounded to the minor unit.

use std::fmt;

use entity::{Amount, exact::SCALE};

use super::rounding::div_half_even;

/// A currency, by its ISO 4217 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The currency of a code of three capital letters; whether it is in use is not asked.
    pub fn parse(code: &str) -> Option<Self> {
        let code: [u8; 3] = code.as_bytes().try_into().ok()?;
        code.iter().all(u8::is_ascii_uppercase).then_some(Self(code))
    }

    /// The code.
    pub fn code(&self) -> &str {
        // Letters only, so that it is never empty.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Decimals of the smallest coin (ISO 4217, list one).
    pub fn decimals(&self) -> u32 {
        match self.code() {
            "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI" | "VND"
            | "VUV" | "XAF" | "XOF" | "XPF" => 0,
            "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
            "CLF" | "UYW" => 4,
            _ => 2,
        }
    }

    /// The amount as it is posted: half to even at the minor unit. Nothing on overflow.
    pub fn round_half_even(&self, amount: Amount) -> Option<Amount> {
        let step = 10_i64.checked_pow(SCALE.checked_sub(self.decimals())?)?;
        let units = div_half_even(i128::from(amount.0), i128::from(step));
        i64::try_from(units).ok()?.checked_mul(step).map(Amount)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_posted_at_the_minor_unit_half_to_even() {
        let cases = [
            ("USD", 1_005_000, 1_000_000),
            ("USD", 1_015_000, 1_020_000),
            ("USD", -1_005_000, -1_000_000),
            ("USD", 72_500_000, 72_500_000),
            ("JPY", 2_500_000, 2_000_000),
            ("JPY", 3_500_000, 4_000_000),
            ("KWD", 1_000_500, 1_000_000),
            ("KWD", 1_001_500, 1_002_000),
            ("CLF", 1_000_050, 1_000_000),
        ];
        for (code, amount, expected) in cases {
            let currency = Currency::parse(code).unwrap();
            assert_eq!(currency.round_half_even(Amount(amount)), Some(Amount(expected)), "{code} {amount}");
        }
        assert_eq!(Currency::parse("USD").unwrap().round_half_even(Amount(i64::MAX)), None);
    }

    #[test]
    fn a_code_is_three_capital_letters() {
        for code in ["", "usd", "USDX", "U1D", "€"] {
            assert_eq!(Currency::parse(code), None);
        }
        assert_eq!(Currency::parse("USD").unwrap().to_string(), "USD");
    }

    proptest! {
        #[test]
        fn rounding_moves_by_half_a_coin_at_most_and_only_once(amount in -1_000_000_000_000_i64..1_000_000_000_000) {
            for (code, step) in [("JPY", 1_000_000), ("USD", 10_000), ("KWD", 1_000)] {
                let currency = Currency::parse(code).unwrap();
                let rounded = currency.round_half_even(Amount(amount)).unwrap();
                prop_assert_eq!(rounded.0 % step, 0);
                prop_assert!((rounded.0 - amount).abs() * 2 <= step);
                prop_assert_eq!(currency.round_half_even(rounded), Some(rounded));
            }
        }
    }
}

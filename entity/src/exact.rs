//! Exact numbers as the database keeps them: integers of one millionth.
//!
//! Rule: a decimal that has more than six fractional digits, or does not fit, is refused; nothing is rounded here.

use std::fmt;

use rust_decimal::Decimal;
use sea_orm::DeriveValueType;

/// Fractional digits kept.
pub const SCALE: u32 = 6;
/// Millionths in one.
pub const ONE: i64 = 1_000_000;

/// A decimal that cannot be kept exactly.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} cannot be kept exactly: at most 6 decimals and 12 digits before the point are allowed")]
pub struct InexactNumber(pub Decimal);

fn to_millionths(value: Decimal) -> Result<i64, InexactNumber> {
    let normal = value.normalize();
    if normal.scale() > SCALE {
        return Err(InexactNumber(value));
    }
    let factor = 10_i128.pow(SCALE - normal.scale());
    normal.mantissa().checked_mul(factor).and_then(|units| i64::try_from(units).ok()).ok_or(InexactNumber(value))
}

macro_rules! exact_numbers {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, DeriveValueType)]
        pub struct $name(pub i64);

        impl $name {
            /// Zero.
            pub const ZERO: Self = Self(0);

            /// Keeps a decimal exactly.
            ///
            /// # Errors
            /// When it has more than six fractional digits or does not fit.
            pub fn from_decimal(value: Decimal) -> Result<Self, InexactNumber> {
                to_millionths(value).map(Self)
            }

            /// The number as a decimal, without trailing zeros.
            pub fn to_decimal(self) -> Decimal {
                Decimal::new(self.0, SCALE).normalize()
            }

            /// Sum, or nothing on overflow.
            pub fn checked_add(self, other: Self) -> Option<Self> {
                self.0.checked_add(other.0).map(Self)
            }

            /// Difference, or nothing on overflow.
            pub fn checked_sub(self, other: Self) -> Option<Self> {
                self.0.checked_sub(other.0).map(Self)
            }

            /// Whether it is zero.
            pub fn is_zero(self) -> bool {
                self.0 == 0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.to_decimal(), f)
            }
        }
    )*};
}

exact_numbers! {
    /// An amount of money in millionths of the currency's unit.
    Amount;
    /// A quantity in millionths of the product's unit.
    Quantity;
    /// Money per unit, in millionths of the currency's unit.
    UnitCost;
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::from_str(text).unwrap()
    }

    #[test]
    fn six_decimals_are_kept_and_a_seventh_is_refused() {
        assert_eq!(UnitCost::from_decimal(decimal("1.234567")), Ok(UnitCost(1_234_567)));
        assert_eq!(UnitCost::from_decimal(decimal("1.2345670")), Ok(UnitCost(1_234_567)));
        assert_eq!(UnitCost::from_decimal(decimal("1.2345678")), Err(InexactNumber(decimal("1.2345678"))));
    }

    #[test]
    fn the_largest_price_of_the_services_fits_and_more_is_refused() {
        assert_eq!(UnitCost::from_decimal(decimal("99999999999")), Ok(UnitCost(99_999_999_999_000_000)));
        assert_eq!(Amount::from_decimal(decimal("10000000000000")), Err(InexactNumber(decimal("10000000000000"))));
    }

    proptest! {
        #[test]
        fn decimal_and_back_is_identity(units: i64) {
            prop_assert_eq!(Quantity::from_decimal(Quantity(units).to_decimal()), Ok(Quantity(units)));
        }
    }
}

//! What a document comes to in home currency: signed amounts that add up.
//!
//! Rule: each line gets the difference of two rounded running sums, so the lines add up to the rounded whole, to the last
//! millionth, whatever the rate.

use entity::{Amount, Quantity};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::sales::document::{Document, takes_back};

/// A document in home currency; what takes back is negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced {
    /// The currency of the document.
    pub currency: String,
    /// Units of home currency for one of that; none where they are the same.
    pub rate: Option<Decimal>,
    /// All lines.
    pub net: Amount,
    /// Shipping.
    pub shipping: Amount,
    /// Each line, in order.
    pub lines: Vec<PricedLine>,
}

/// A line in home currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PricedLine {
    /// Units that go out; negative where they come back. None where the figure cannot be kept exactly.
    pub quantity: Option<Quantity>,
    /// What it earns.
    pub revenue: Amount,
}

/// Why a document has no price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Another currency, and no rate.
    RateMissing(String),
    /// A figure is too large to be kept exactly.
    TooLarge,
}

/// Prices a document for a company with this home currency.
///
/// # Errors
/// When the rate is missing or a figure does not fit.
pub fn price(document: &Document, home: &str) -> Result<Priced, Trouble> {
    let currency = document.currency.clone().unwrap_or_else(|| home.to_owned());
    let rate = match document.rate {
        _ if currency == home => None,
        Some(rate) if rate > Decimal::ZERO => Some(rate),
        _ => return Err(Trouble::RateMissing(currency)),
    };
    let sign = if takes_back(document.key.kind) { -Decimal::ONE } else { Decimal::ONE };
    let mut running = Running { rate: rate.unwrap_or(Decimal::ONE), sum: Decimal::ZERO, told: 0 };
    let mut lines = Vec::with_capacity(document.lines.len());
    for line in &document.lines {
        let revenue = running.add(line.net * sign).ok_or(Trouble::TooLarge)?;
        let quantity = Quantity::from_decimal(line.quantity * sign).ok();
        lines.push(PricedLine { quantity: quantity.filter(|units| fits(units.0)), revenue });
    }
    let net = Amount(running.told);
    let mut shipping = Running { sum: Decimal::ZERO, told: 0, ..running };
    let shipping = shipping.add(document.shipping * sign).ok_or(Trouble::TooLarge)?;
    if !fits(net.0) || !fits(shipping.0) || lines.iter().any(|line| !fits(line.revenue.0)) {
        return Err(Trouble::TooLarge);
    }
    Ok(Priced { currency, rate, net, shipping, lines })
}

fn fits(figure: i64) -> bool {
    figure.unsigned_abs() <= crate::stock::rules::LARGEST.unsigned_abs()
}

/// A running sum in document currency, and what of it was told in home currency.
#[derive(Clone, Copy)]
struct Running {
    rate: Decimal,
    sum: Decimal,
    told: i64,
}

impl Running {
    fn add(&mut self, part: Decimal) -> Option<Amount> {
        self.sum = self.sum.checked_add(part)?;
        let home = self.sum.checked_mul(self.rate)?;
        let home = home.round_dp_with_strategy(entity::exact::SCALE, RoundingStrategy::MidpointNearestEven);
        let whole = Amount::from_decimal(home).ok()?;
        let part = whole.0.checked_sub(self.told)?;
        self.told = whole.0;
        Some(Amount(part))
    }
}

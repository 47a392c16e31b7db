//! What each line of a sales document earns: discounts spread, tax taken out where amounts include it (§9.5). Pure.
//!
//! Rule: Σ net + shipping + tax + other = total, exactly, whatever the document says; what the lines, shipping and tax
//! do not explain is `other`. Where the reference is silent on whether amounts include their own discount or tax, that
//! reading is taken which leaves the least unexplained.

use rust_decimal::Decimal;

use crate::spread::spread;

/// Amounts of a document as it states them.
#[derive(Debug, Clone, Default)]
pub(super) struct Stated {
    pub(super) goods: Vec<Amount>,
    pub(super) shipping: Amount,
    /// Discount on the whole document.
    pub(super) discount: Decimal,
    pub(super) tax: Decimal,
    /// The tax by rate: its amount, and what it was applied to.
    pub(super) rates: Vec<(Decimal, Option<Decimal>)>,
    /// Amounts may include tax.
    pub(super) may_include_tax: bool,
    pub(super) total: Decimal,
    /// Decimals of the document's currency.
    pub(super) digits: u32,
}

/// An amount, its own discount, its class of tax.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Amount {
    pub(super) amount: Decimal,
    pub(super) discount: Decimal,
    pub(super) tax_code: Option<String>,
}

/// What it comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Settled {
    pub(super) lines: Vec<Earned>,
    pub(super) shipping: Decimal,
    pub(super) other: Decimal,
}

/// What one line earns: `net = gross - discount`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Earned {
    pub(super) gross: Decimal,
    pub(super) discount: Decimal,
    pub(super) net: Decimal,
}

/// How a document's amounts are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reading {
    /// The lines' own discounts are still in their amounts.
    before_own_discounts: bool,
    /// Tax is in the amounts.
    with_tax: bool,
}

/// Settles a document; `None` when a number is too large to be kept exactly.
pub(super) fn settle(stated: &Stated) -> Option<Settled> {
    let reading = reading(stated);
    let mut lines: Vec<Earned> = stated.goods.iter().map(|good| of_line(good, reading)).collect();
    let mut shipping = stated.shipping.amount;
    if lines.is_empty() {
        // Nothing but shipping to take the discount from.
        shipping -= stated.discount;
    } else {
        discount(&mut lines, stated)?;
    }
    if reading.with_tax {
        take_tax_out(&mut lines, &mut shipping, stated)?;
    }
    let net: Decimal = lines.iter().map(|line| line.net).sum();
    let other = stated.total - (net + shipping + stated.tax);
    Some(Settled { lines, shipping, other })
}

/// The reading that leaves the least unexplained; in doubt amounts are before discount and without tax.
fn reading(stated: &Stated) -> Reading {
    let own: Decimal = stated.goods.iter().map(|good| good.discount).sum();
    let mut best = Reading { before_own_discounts: true, with_tax: false };
    for before_own_discounts in [true, false] {
        for with_tax in [false, true] {
            let reading = Reading { before_own_discounts, with_tax };
            let allowed = (before_own_discounts || !own.is_zero()) && (!with_tax || stated.may_include_tax);
            if allowed && unexplained(stated, own, reading) < unexplained(stated, own, best) {
                best = reading;
            }
        }
    }
    best
}

fn unexplained(stated: &Stated, own: Decimal, reading: Reading) -> Decimal {
    let amounts: Decimal = stated.goods.iter().map(|good| good.amount).sum();
    let own = if reading.before_own_discounts { own } else { Decimal::ZERO };
    let tax = if reading.with_tax { Decimal::ZERO } else { stated.tax };
    (stated.total - (amounts - own - stated.discount + stated.shipping.amount + tax)).abs()
}

fn of_line(good: &Amount, reading: Reading) -> Earned {
    let gross = if reading.before_own_discounts { good.amount } else { good.amount + good.discount };
    Earned { gross, discount: good.discount, net: gross - good.discount }
}

/// Spreads the document's discount over its lines.
fn discount(lines: &mut [Earned], stated: &Stated) -> Option<()> {
    let weights: Vec<Decimal> = lines.iter().map(|line| line.net).collect();
    let shares = spread(stated.discount, &weights, stated.digits)?;
    for (line, share) in lines.iter_mut().zip(shares) {
        line.discount += share;
        line.net -= share;
    }
    Some(())
}

/// Takes the tax out of amounts that include it: rate by rate where the rates' bases show which lines are theirs, else
/// over all taxed lines by their amounts.
fn take_tax_out(lines: &mut [Earned], shipping: &mut Decimal, stated: &Stated) -> Option<()> {
    let codes: Vec<Option<&str>> =
        stated.goods.iter().chain([&stated.shipping]).map(|good| good.tax_code.as_deref()).collect();
    let amounts: Vec<Decimal> = lines.iter().map(|line| line.net).chain([*shipping]).collect();
    let mut taxes = vec![Decimal::ZERO; amounts.len()];
    for (tax, members) in groups(stated, &codes, &amounts) {
        let weights: Vec<Decimal> = members.iter().map(|&member| amounts[member]).collect();
        for (member, share) in members.iter().zip(spread(tax, &weights, stated.digits)?) {
            taxes[*member] += share;
        }
    }
    *shipping -= taxes.pop().unwrap_or_default();
    for (line, tax) in lines.iter_mut().zip(taxes) {
        *line = without(*line, tax, stated.digits)?;
    }
    Some(())
}

/// Amounts of tax, and the places that each is taken out of.
fn groups(stated: &Stated, codes: &[Option<&str>], amounts: &[Decimal]) -> Vec<(Decimal, Vec<usize>)> {
    by_rate(stated, codes, amounts).unwrap_or_else(|| {
        let taxed: Vec<usize> = places(codes, |code| code.is_some_and(|code| code != "NON"));
        let all: Vec<usize> = (0..codes.len()).collect();
        vec![(stated.tax, if taxed.is_empty() { all } else { taxed })]
    })
}

/// Each rate's lines: those of the class of tax whose amounts add up to what the rate was applied to, tax included.
fn by_rate(stated: &Stated, codes: &[Option<&str>], amounts: &[Decimal]) -> Option<Vec<(Decimal, Vec<usize>)>> {
    let mut classes: Vec<&str> = codes.iter().flatten().copied().collect();
    classes.sort_unstable();
    classes.dedup();
    let mut groups = Vec::new();
    for (tax, base) in stated.rates.iter().filter(|(tax, _)| !tax.is_zero()) {
        let included = (*base)? + tax;
        let members = |class: &&str| places(codes, |code| code == Some(*class));
        let place = classes
            .iter()
            .position(|class| members(class).iter().map(|&member| amounts[member]).sum::<Decimal>() == included)?;
        groups.push((*tax, members(&classes.remove(place))));
    }
    let complete = groups.iter().map(|(tax, _)| *tax).sum::<Decimal>() == stated.tax;
    (complete && !groups.is_empty()).then_some(groups)
}

fn places(codes: &[Option<&str>], wanted: impl Fn(Option<&str>) -> bool) -> Vec<usize> {
    codes.iter().enumerate().filter(|(_, code)| wanted(**code)).map(|(place, _)| place).collect()
}

/// A line without the tax in it; its discount shrinks as its net does.
fn without(line: Earned, tax: Decimal, digits: u32) -> Option<Earned> {
    let net = line.net - tax;
    let discount = if line.net.is_zero() || tax.is_zero() {
        line.discount
    } else {
        line.discount.checked_mul(net)?.checked_div(line.net)?.round_dp(digits)
    };
    Some(Earned { gross: net.checked_add(discount)?, discount, net })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::*;

    fn amount(amount: Decimal, discount: Decimal, tax_code: &str) -> Amount {
        Amount { amount, discount, tax_code: (!tax_code.is_empty()).then(|| tax_code.to_owned()) }
    }

    fn nets(settled: &Settled) -> Vec<Decimal> {
        settled.lines.iter().map(|line| line.net).collect()
    }

    #[test]
    fn a_discount_is_spread_over_the_lines_and_not_over_shipping() {
        let stated = Stated {
            goods: vec![amount(dec!(100), dec!(0), "TAX"), amount(dec!(50), dec!(0), "NON")],
            shipping: amount(dec!(10), dec!(0), ""),
            discount: dec!(15),
            tax: dec!(8.25),
            total: dec!(153.25),
            digits: 2,
            ..Stated::default()
        };
        let settled = settle(&stated).unwrap();
        let first = Earned { gross: dec!(100), discount: dec!(10), net: dec!(90) };
        let second = Earned { gross: dec!(50), discount: dec!(5), net: dec!(45) };
        let expected = Settled { lines: vec![first, second], shipping: dec!(10), other: dec!(0) };
        assert_eq!(settled, expected);
    }

    #[test]
    fn a_lines_own_discount_counts_once_whether_or_not_the_amount_includes_it() {
        for (stated_amount, total) in [(dec!(100), dec!(90)), (dec!(90), dec!(90))] {
            let goods = vec![amount(stated_amount, dec!(10), "")];
            let settled = settle(&Stated { goods, total, digits: 2, ..Stated::default() }).unwrap();
            let line = Earned { gross: dec!(100), discount: dec!(10), net: dec!(90) };
            assert_eq!(settled, Settled { lines: vec![line], shipping: dec!(0), other: dec!(0) }, "{stated_amount}");
        }
    }

    #[test]
    fn tax_inside_amounts_is_taken_out_rate_by_rate() {
        let stated = Stated {
            goods: vec![
                amount(dec!(120), dec!(0), "20"),
                amount(dec!(105), dec!(0), "5"),
                amount(dec!(12), dec!(0), "20"),
                amount(dec!(7), dec!(0), "EX"),
            ],
            tax: dec!(27),
            rates: vec![(dec!(22), Some(dec!(110))), (dec!(5), Some(dec!(100)))],
            may_include_tax: true,
            total: dec!(244),
            digits: 2,
            ..Stated::default()
        };
        let settled = settle(&stated).unwrap();
        assert_eq!((nets(&settled), settled.other), (vec![dec!(100), dec!(100), dec!(10), dec!(7)], dec!(0)));
        let unknown = Stated { rates: vec![(dec!(27), None)], ..stated };
        let settled = settle(&unknown).unwrap();
        assert_eq!((nets(&settled).iter().sum::<Decimal>(), settled.other), (dec!(217), dec!(0)));
        assert_eq!(settled.lines[3].net, dec!(6.23), "spread over all lines that name a class of tax");
    }

    #[test]
    fn amounts_that_are_already_without_tax_stay_as_they_are() {
        let stated = Stated {
            goods: vec![amount(dec!(83.33), dec!(0), "20")],
            tax: dec!(16.67),
            rates: vec![(dec!(16.67), Some(dec!(83.33)))],
            may_include_tax: true,
            total: dec!(100),
            digits: 2,
            ..Stated::default()
        };
        let settled = settle(&stated).unwrap();
        assert_eq!((nets(&settled), settled.other), (vec![dec!(83.33)], dec!(0)));
    }

    #[test]
    fn a_discount_inside_shrinks_with_the_tax() {
        let stated = Stated {
            goods: vec![amount(dec!(120), dec!(0), "20")],
            discount: dec!(12),
            tax: dec!(18),
            rates: vec![(dec!(18), Some(dec!(90)))],
            may_include_tax: true,
            total: dec!(108),
            digits: 2,
            ..Stated::default()
        };
        let line = Earned { gross: dec!(100), discount: dec!(10), net: dec!(90) };
        let expected = Settled { lines: vec![line], shipping: dec!(0), other: dec!(0) };
        assert_eq!(settle(&stated).unwrap(), expected);
    }

    fn cents() -> impl Strategy<Value = Decimal> {
        (-10_000_000_i64..10_000_000).prop_map(|cents| Decimal::new(cents, 2))
    }

    fn code() -> impl Strategy<Value = Option<String>> {
        prop::option::of(prop::sample::select(vec!["TAX".to_owned(), "NON".to_owned(), "20".to_owned()]))
    }

    fn any_amount() -> impl Strategy<Value = Amount> {
        (cents(), cents(), code()).prop_map(|(amount, discount, tax_code)| Amount { amount, discount, tax_code })
    }

    fn any_stated() -> impl Strategy<Value = Stated> {
        let lines = prop::collection::vec(any_amount(), 0..40);
        let rates = prop::collection::vec((cents(), prop::option::of(cents())), 0..3);
        (lines, any_amount(), (cents(), cents(), cents()), rates, any::<bool>(), 0_u32..4).prop_map(
            |(goods, shipping, (discount, tax, total), rates, may_include_tax, digits)| Stated {
                goods,
                shipping,
                discount,
                tax,
                rates,
                may_include_tax,
                total,
                digits,
            },
        )
    }

    proptest! {
        #[test]
        fn the_parts_add_up_to_the_total_whatever_the_document_says(stated in any_stated()) {
            let settled = settle(&stated).unwrap();
            let net: Decimal = settled.lines.iter().map(|line| line.net).sum();
            prop_assert_eq!(net + settled.shipping + stated.tax + settled.other, stated.total);
            prop_assert_eq!(settled.lines.len(), stated.goods.len());
            for line in &settled.lines {
                prop_assert_eq!(line.gross - line.discount, line.net);
            }
        }

        /// A document whose total is right leaves nothing unexplained, and nothing is earned that was not charged.
        #[test]
        fn a_right_total_leaves_nothing_over(mut stated in any_stated(), before in any::<bool>(), inside in any::<bool>()) {
            stated.may_include_tax = inside;
            let sum: Decimal = stated.goods.iter().map(|good| good.amount).sum();
            let own: Decimal = stated.goods.iter().map(|good| good.discount).sum();
            let own = if before { own } else { Decimal::ZERO };
            let tax = if inside { Decimal::ZERO } else { stated.tax };
            stated.total = sum - own - stated.discount + stated.shipping.amount + tax;
            prop_assert_eq!(settle(&stated).unwrap().other, Decimal::ZERO);
        }
    }
}

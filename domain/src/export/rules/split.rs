//! Which products of a document each side of its entry is about, and how its value is shared among their accounts.
//!
//! Rule: the shares of a side add up to the document exactly, and so do the rounded ones to the rounded document: what
//! rounding leaves goes to the largest remainders. What no product is behind is a share of its own.

use entity::{AccountRole, Amount, ExportKind, InventoryMode, ProductId};

use super::{Facts, accounts::roles, overrides::picked};
use crate::{
    export::model::{ChosenAccount, Document, DocumentLine, DocumentRef},
    money::Currency,
};

/// A side of an entry: the roles whose account it takes, and what of the document each product is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideOf {
    /// The first role that has an account decides.
    pub roles: &'static [AccountRole],
    /// What each product is worth on this side; without a product, what none is behind.
    pub parts: Vec<(Option<ProductId>, Amount)>,
}

/// The sides of a document's entry: one in sync mode, two in self-managed mode. Nothing when a sum is too large.
pub fn sides(document: &Document, mode: InventoryMode) -> Option<Vec<SideOf>> {
    let needed = roles(document, mode);
    let first = side(document, needed.first, |line| shares_first(document, line))?;
    let Some(second) = needed.second else { return Some(vec![first]) };
    Some(vec![first, side(document, second, |line| shares_second(document, line))?])
}

/// A build debits what was made and credits what was used; everything else is the same goods on both sides.
fn shares_first(document: &Document, line: &DocumentLine) -> Option<Amount> {
    match made(document, line) {
        Some(true) => Some(line.value),
        Some(false) => None,
        None => signed(document, line),
    }
}

fn shares_second(document: &Document, line: &DocumentLine) -> Option<Amount> {
    match made(document, line) {
        Some(true) => None,
        Some(false) => line.value.0.checked_neg().map(Amount),
        None => signed(document, line),
    }
}

/// Whether a line of a build is what it made; nothing of other documents.
fn made(document: &Document, line: &DocumentLine) -> Option<bool> {
    let of_build = matches!(document.record, DocumentRef::Build(_)) && !document.is_loss;
    of_build.then_some((line.quantity.0 > 0) != (document.kind == ExportKind::Reversal))
}

/// A line's value with the sign of the document's total.
fn signed(document: &Document, line: &DocumentLine) -> Option<Amount> {
    let is_loss = document.is_loss || document.kind == ExportKind::Adjustment;
    if is_loss { line.value.0.checked_neg().map(Amount) } else { Some(line.value) }
}

fn side(
    document: &Document,
    roles: &'static [AccountRole],
    share: impl Fn(&DocumentLine) -> Option<Amount>,
) -> Option<SideOf> {
    let mut parts: Vec<(Option<ProductId>, Amount)> = Vec::new();
    let mut rest = document.total;
    for line in document.lines.iter().filter(|line| !line.quantity.is_zero() || !line.value.is_zero()) {
        let Some(share) = share(line) else { continue };
        rest = rest.checked_sub(share)?;
        match parts.iter_mut().find(|(product, _)| *product == Some(line.product)) {
            Some((_, sum)) => *sum = sum.checked_add(share)?,
            None => parts.push((Some(line.product), share)),
        }
    }
    if !rest.is_zero() || parts.is_empty() {
        parts.push((None, rest));
    }
    Some(SideOf { roles, parts })
}

/// What a side is worth by account, in the order they first come; without an account where none is chosen.
pub fn by_account<'a>(facts: &'a Facts<'_>, side: &SideOf) -> Option<Vec<(Option<&'a ChosenAccount>, Amount)>> {
    let mut sums: Vec<(Option<&ChosenAccount>, Amount)> = Vec::new();
    for (product, share) in &side.parts {
        let account = picked(facts, side.roles, *product);
        let id = |account: Option<&'a ChosenAccount>| account.map(|account| account.external_id.as_str());
        match sums.iter_mut().find(|(of, _)| id(*of) == id(account)) {
            Some((_, sum)) => *sum = sum.checked_add(*share)?,
            None => sums.push((account, *share)),
        }
    }
    Some(sums)
}

/// Shares at the minor unit that add up to `rounded`, which is their sum rounded: each the next unit below or above, those
/// with the largest remainders above. Nothing when a sum is too large.
pub fn round_shares(currency: Currency, rounded: Amount, shares: &[Amount]) -> Option<Vec<Amount>> {
    let step = 10_i64.checked_pow(6_u32.checked_sub(currency.decimals())?)?;
    let mut parts: Vec<i64> =
        shares.iter().map(|share| share.0.div_euclid(step).checked_mul(step)).collect::<Option<_>>()?;
    let floors = parts.iter().try_fold(0_i64, |sum, part| sum.checked_add(*part))?;
    let missing = rounded.0.checked_sub(floors)? / step;
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by_key(|place| (std::cmp::Reverse(shares[*place].0.rem_euclid(step)), *place));
    for place in order.into_iter().take(usize::try_from(missing).unwrap_or(0)) {
        parts[place] = parts[place].checked_add(step)?;
    }
    Some(parts.into_iter().map(Amount).collect())
}

/// The account of the other side of an inventory adjustment, which takes one alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offset<'a> {
    /// The account.
    pub account: Option<&'a ChosenAccount>,
    /// Where products have different accounts: the first of each, with its account. Then the role's own is taken.
    pub differing: Vec<(ProductId, &'a ChosenAccount)>,
}

/// The offset of a document: its products' account where they agree, else the role's own (a document is never split).
pub fn offset<'a>(facts: &'a Facts<'_>) -> Offset<'a> {
    let needed = roles(facts.document, InventoryMode::Sync).first;
    let mut found: Vec<(ProductId, Option<&ChosenAccount>)> = Vec::new();
    for line in facts.document.lines.iter().filter(|line| !line.quantity.is_zero()) {
        let account = picked(facts, needed, Some(line.product));
        let id = |account: Option<&'a ChosenAccount>| account.map(|account| account.external_id.as_str());
        if !found.iter().any(|(_, of)| id(*of) == id(account)) {
            found.push((line.product, account));
        }
    }
    match found.as_slice() {
        [(_, account)] => Offset { account: *account, differing: Vec::new() },
        [] => Offset { account: picked(facts, needed, None), differing: Vec::new() },
        _ => {
            let account = picked(facts, needed, None);
            Offset { account, differing: found.iter().filter_map(|(product, of)| Some((*product, (*of)?))).collect() }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_largest_remainders_are_rounded_up() {
        let currency = Currency::parse("USD").unwrap();
        let shares = [Amount(3_333_333), Amount(3_333_333), Amount(3_333_334)];
        let rounded = round_shares(currency, Amount(10_000_000), &shares).unwrap();
        assert_eq!(rounded, [Amount(3_330_000), Amount(3_330_000), Amount(3_340_000)]);
    }

    proptest! {
        #[test]
        fn rounded_shares_add_up_and_are_within_a_unit(
            shares in proptest::collection::vec(-1_000_000_000_i64..1_000_000_000, 1..20),
            code in 0..3_usize,
        ) {
            let currency = Currency::parse(["JPY", "USD", "KWD"][code]).unwrap();
            let step = [1_000_000, 10_000, 1_000][code];
            let shares: Vec<Amount> = shares.into_iter().map(Amount).collect();
            let total = Amount(shares.iter().map(|share| share.0).sum());
            let rounded = currency.round_half_even(total).unwrap();
            let parts = round_shares(currency, rounded, &shares).unwrap();
            prop_assert_eq!(parts.iter().map(|part| part.0).sum::<i64>(), rounded.0);
            for (part, share) in parts.iter().zip(&shares) {
                prop_assert!(part.0 % step == 0 && (part.0 - share.0).abs() <= step);
            }
        }
    }
}

//! The lines of a sales document, sorted by what they are: goods, shipping, discount (§9.5). Pure.
//!
//! Rule: a bundle is replaced by its parts; subtotals and text are no money; what a line of an unknown kind is worth is
//! left for [`super::settle`] to find in the total.

use std::collections::HashSet;

use rust_decimal::{Decimal, RoundingStrategy};

use super::wire::{DiscountLineDetail, GroupLineDetail, Line, Sale, SalesItemLineDetail};
use crate::{
    model::Unusable,
    quickbooks::{record::Record, wire::Scalar},
};

/// The pseudo item that shipping is charged as (§9.5).
const SHIPPING: &str = "SHIPPING_ITEM_ID";

/// The largest amount that can be kept, as for amounts that are stated: millionths in 64 bits.
const LARGEST: Decimal = rust_decimal::dec!(9223372036854.775807);

/// A sales document's lines as it states them.
#[derive(Debug, Default)]
pub(super) struct Expanded {
    pub(super) goods: Vec<Good>,
    pub(super) shipping: Decimal,
    pub(super) shipping_tax_code: Option<String>,
    /// Discounts on the whole document that state an amount.
    pub(super) discount: Decimal,
    /// Those that state a percentage alone.
    pub(super) percents: Vec<Decimal>,
    /// By how much the amounts of goods and shipping with tax exceed those without.
    pub(super) tax: Decimal,
}

/// A line of goods as it is stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Good {
    pub(super) id: String,
    pub(super) item: Option<String>,
    pub(super) bundle: Option<String>,
    pub(super) description: Option<String>,
    pub(super) quantity: Decimal,
    pub(super) amount: Decimal,
    /// The line's own discount.
    pub(super) discount: Decimal,
    pub(super) tax_code: Option<String>,
}

/// Reads lines one by one; `digits` are the decimals of the document's currency.
pub(super) struct Reader<'a> {
    pub(super) who: &'a Record<'a>,
    pub(super) digits: u32,
}

/// What a line is, by its `DetailType` or else by the detail it has.
enum Is<'a, 'b> {
    Goods(&'b SalesItemLineDetail<'a>),
    Bundle(&'b GroupLineDetail<'a>),
    Discount(&'b DiscountLineDetail<'a>),
    NoMoney,
}

fn is<'a, 'b>(line: &'b Line<'a>) -> Is<'a, 'b> {
    let kind = line.detail_type.text();
    let kind = kind.as_deref();
    let may_be = |name: &str| kind.is_none_or(|kind| kind == name);
    match (&line.sales_item_line_detail, &line.group_line_detail, &line.discount_line_detail) {
        (Some(detail), _, _) if may_be("SalesItemLineDetail") => Is::Goods(detail),
        (_, Some(detail), _) if may_be("GroupLineDetail") => Is::Bundle(detail),
        (_, _, Some(detail)) if may_be("DiscountLineDetail") => Is::Discount(detail),
        _ => Is::NoMoney,
    }
}

impl Reader<'_> {
    /// All lines of a document.
    pub(super) fn expand(&self, sale: &Sale<'_>) -> Result<Expanded, Unusable> {
        let mut expanded = Expanded::default();
        for (index, line) in sale.line.iter().flatten().enumerate() {
            self.add(&mut expanded, line, &line_id(line, index))?;
        }
        tell_apart(&mut expanded.goods);
        Ok(expanded)
    }

    fn add(&self, expanded: &mut Expanded, line: &Line<'_>, id: &str) -> Result<(), Unusable> {
        match is(line) {
            Is::Goods(detail) => {
                let good = self.good(line, detail, id)?;
                expanded.tax += self.tax(good.amount, detail)?;
                if good.item.as_deref() == Some(SHIPPING) {
                    expanded.shipping += good.amount;
                    expanded.shipping_tax_code = good.tax_code;
                } else {
                    expanded.goods.push(good);
                }
            }
            Is::Bundle(detail) => self.bundle(expanded, line, detail, id)?,
            Is::Discount(detail) => match self.discount(line, detail)? {
                Discount::Amount(amount) => expanded.discount += amount,
                Discount::Percent(percent) => expanded.percents.push(percent),
            },
            Is::NoMoney => {}
        }
        Ok(())
    }

    fn good(&self, line: &Line<'_>, detail: &SalesItemLineDetail<'_>, id: &str) -> Result<Good, Unusable> {
        let stated = self.who.quantity("Qty", detail.qty)?;
        let amount = match self.who.number("Amount", line.amount)? {
            Some(amount) => amount,
            None => self.product(stated, detail.unit_price)?,
        };
        // A line of a service may come without a quantity: it is one, if it is worth anything.
        let quantity = stated.unwrap_or(if amount.is_zero() { Decimal::ZERO } else { Decimal::ONE });
        Ok(Good {
            id: id.to_owned(),
            item: detail.item_ref.id(),
            bundle: None,
            description: line.description.owned(),
            quantity,
            amount,
            discount: self.own_discount(amount, detail)?,
            tax_code: detail.tax_code_ref.id(),
        })
    }

    /// The tax of a line that states its amount with tax as well.
    fn tax(&self, amount: Decimal, detail: &SalesItemLineDetail<'_>) -> Result<Decimal, Unusable> {
        let with_tax = self.who.number("TaxInclusiveAmt", detail.tax_inclusive_amt)?;
        Ok(with_tax.map_or(Decimal::ZERO, |with_tax| with_tax - amount))
    }

    /// What a line without an amount is worth.
    fn product(&self, quantity: Option<Decimal>, unit_price: Scalar<'_>) -> Result<Decimal, Unusable> {
        let price = self.who.quantity("UnitPrice", unit_price)?.unwrap_or_default();
        let product = price.checked_mul(quantity.unwrap_or(Decimal::ONE));
        product.and_then(|amount| rounded(amount, self.digits)).ok_or_else(|| self.too_large())
    }

    /// A line's own discount: in the schema, seldom used (§9.5).
    fn own_discount(&self, amount: Decimal, detail: &SalesItemLineDetail<'_>) -> Result<Decimal, Unusable> {
        if let Some(discount) = self.who.number("DiscountAmt", detail.discount_amt)? {
            return Ok(discount);
        }
        let rate = self.who.quantity("DiscountRate", detail.discount_rate)?.unwrap_or_default();
        share(amount, rate, self.digits).ok_or_else(|| self.too_large())
    }

    /// The parts of a bundle (their quantities are those of the whole line); without parts the bundle itself.
    fn bundle(
        &self,
        expanded: &mut Expanded,
        line: &Line<'_>,
        detail: &GroupLineDetail<'_>,
        id: &str,
    ) -> Result<(), Unusable> {
        let bundle = detail.group_item_ref.id();
        let first = expanded.goods.len();
        for (index, part) in detail.line.iter().flatten().enumerate() {
            self.add(expanded, part, &format!("{id}.{}", index + 1))?;
        }
        if expanded.goods.len() == first {
            let quantity = SalesItemLineDetail { qty: detail.quantity, ..SalesItemLineDetail::default() };
            expanded.goods.push(Good { item: bundle, ..self.good(line, &quantity, id)? });
        } else {
            expanded.goods[first..].iter_mut().for_each(|part| part.bundle.clone_from(&bundle));
        }
        Ok(())
    }

    fn discount(&self, line: &Line<'_>, detail: &DiscountLineDetail<'_>) -> Result<Discount, Unusable> {
        if let Some(amount) = self.who.number("Amount", line.amount)? {
            return Ok(Discount::Amount(amount));
        }
        let by_percent = detail.percent_based.flag() != Some(false);
        let percent = self.who.quantity("DiscountPercent", detail.discount_percent)?.filter(|_| by_percent);
        Ok(percent.map_or(Discount::Amount(Decimal::ZERO), Discount::Percent))
    }

    pub(super) fn too_large(&self) -> Unusable {
        let detail = "its amounts are too large to be kept exactly".to_owned();
        self.who.unusable((crate::model::UnusableReason::InexactNumber, detail))
    }
}

enum Discount {
    Amount(Decimal),
    Percent(Decimal),
}

/// A percentage of an amount.
pub(super) fn share(amount: Decimal, percent: Decimal, digits: u32) -> Option<Decimal> {
    let exact = amount.checked_mul(percent)?.checked_div(Decimal::ONE_HUNDRED)?;
    rounded(exact, digits)
}

/// To the last digit of the currency; `None` beyond what sums can be made of.
fn rounded(amount: Decimal, digits: u32) -> Option<Decimal> {
    let amount = amount.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero);
    (amount.abs() <= LARGEST).then_some(amount)
}

/// The line's own id, else its place.
fn line_id(line: &Line<'_>, index: usize) -> String {
    line.id.owned().unwrap_or_else(|| format!("#{}", index + 1))
}

/// Two lines of one id get a suffix each but the first: below, a line is known by its id.
fn tell_apart(goods: &mut [Good]) {
    let mut known = HashSet::new();
    for good in goods {
        let plain = good.id.clone();
        let mut again = 2;
        while !known.insert(good.id.clone()) {
            good.id = format!("{plain}~{again}");
            again += 1;
        }
    }
}

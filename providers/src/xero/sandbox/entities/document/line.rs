//! One line of a document: what it may say, what it comes to (reference 3.4).
//!
//! Rule: tax is rounded line by line; a line without an account is for drafts alone.

use rust_decimal::Decimal;
use serde_json::Value;
use uuid::Uuid;

use super::{
    super::{ITEMS, TAX_RATES, account, class_of, is_bank, is_inventory, item},
    DocumentType,
};
use crate::xero::sandbox::{
    json::{self, Record, cents, set, take},
    problem::{Findings, Invalid},
    store::Organisation,
};

/// How amounts hold tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineAmounts {
    /// Tax comes on top.
    Exclusive,
    /// Tax is inside.
    Inclusive,
    /// No tax.
    NoTax,
}

impl LineAmounts {
    /// By name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "Exclusive" => Some(Self::Exclusive),
            "Inclusive" => Some(Self::Inclusive),
            "NoTax" => Some(Self::NoTax),
            _ => None,
        }
    }

    /// Tax of an amount, at a rate in per cent.
    pub(crate) fn tax(self, amount: Decimal, rate: Decimal) -> Decimal {
        let hundred = Decimal::ONE_HUNDRED;
        match self {
            Self::Exclusive => cents(amount * rate / hundred),
            Self::Inclusive => cents(amount * rate / (hundred + rate)),
            Self::NoTax => Decimal::ZERO,
        }
    }
}

/// What the lines of a document share.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    /// The document's type.
    pub(crate) kind: DocumentType,
    /// How its amounts hold tax.
    pub(crate) amounts: LineAmounts,
    /// Whether it is approved, so that nothing may be missing.
    pub(crate) approved: bool,
    /// Decimals kept of unit amounts (reference 2).
    pub(crate) unit_decimals: u32,
}

/// Reads a line of a request into the form in which it is kept. `kept` is the line of the same id, if there was one.
pub(crate) fn read(
    organisation: &Organisation,
    given: &Record,
    kept: Option<&Record>,
    frame: Frame,
) -> Result<Record, Invalid> {
    let mut line = kept.cloned().unwrap_or_default();
    let id = json::text(&line, "LineItemID").or_else(|| json::text(given, "LineItemID")).map(str::to_owned);
    set(&mut line, "LineItemID", id.unwrap_or_else(|| Uuid::new_v4().to_string()));
    for derived in ["LineAmount", "TaxAmount"] {
        line.remove(derived);
    }
    take(
        &mut line,
        given,
        &[
            "Description",
            "Quantity",
            "UnitAmount",
            "LineAmount",
            "ItemCode",
            "AccountCode",
            "AccountID",
            "TaxType",
            "TaxAmount",
            "DiscountRate",
            "DiscountAmount",
            "Tracking",
        ],
    );
    if given.contains_key("AccountCode") && !given.contains_key("AccountID") {
        line.remove("AccountID");
    }
    let mut findings = Findings::default();
    let item = findings.take(take_item(organisation, &mut line));
    defaults(&mut line, item.as_ref(), frame);
    let found = findings.take(account::find(organisation, &line).map(|found| found.cloned()));
    if is_text_alone(&line) {
        set(&mut line, "LineAmount", json::amount(Decimal::ZERO));
        return findings.done().map(|()| line);
    }
    check_account(found.as_ref(), item.as_ref(), frame, &mut findings);
    if frame.approved && json::text(&line, "Description").is_none() {
        findings.add("Description must be specified for each line item.");
    }
    findings.take(amounts(&mut line, frame));
    findings.take(taxes(organisation, &mut line, found.as_ref(), frame));
    if let Some(found) = &found {
        set(&mut line, "AccountID", json::text(found, "AccountID").unwrap_or_default());
        set(&mut line, "AccountCode", json::text(found, "Code").unwrap_or_default());
    }
    findings.done().map(|()| line)
}

/// A line that says something and comes to nothing: no account, no tax.
fn is_text_alone(line: &Record) -> bool {
    let has = |field: &str| line.get(field).is_some_and(|value| !value.is_null());
    has("Description")
        && !["Quantity", "UnitAmount", "LineAmount", "ItemCode", "AccountCode", "AccountID"].into_iter().any(has)
}

/// The item that a line names by its code.
fn take_item(organisation: &Organisation, line: &mut Record) -> Result<Option<Record>, Invalid> {
    let Some(code) = json::text(line, "ItemCode").map(str::to_owned) else {
        line.remove("Item");
        return Ok(None);
    };
    let found = organisation.table(&ITEMS).by_key(&code).cloned();
    let found = found.ok_or_else(|| Invalid::new(format!("Item code '{code}' is not valid.")))?;
    set(line, "Item", item::reference(&found));
    set(line, "ItemCode", json::text(&found, "Code").unwrap_or_default());
    Ok(Some(found))
}

fn is_tracked(item: Option<&Record>) -> bool {
    item.is_some_and(|item| json::flag(item, "IsTrackedAsInventory") == Some(true))
}

/// What the item fills in where the line is silent.
fn defaults(line: &mut Record, item: Option<&Record>, frame: Frame) {
    let Some(item) = item else { return };
    let (details, words) = match frame.kind.sells() {
        true => ("SalesDetails", "Description"),
        false => ("PurchaseDetails", "PurchaseDescription"),
    };
    let has_amount = json::decimal(line, "LineAmount").is_some();
    let has_account = json::text(line, "AccountID").is_some();
    let mut fill = |field: &str, value: Option<Value>| {
        if let (true, Some(value)) = (line.get(field).is_none_or(Value::is_null), value) {
            set(line, field, value);
        }
    };
    let said = json::text(item, words).or_else(|| json::text(item, "Name")).or_else(|| json::text(item, "Code"));
    fill("Description", said.map(Value::from));
    let of = |field: &str| item.get(details).and_then(Value::as_object).and_then(|of| of.get(field)).cloned();
    fill("UnitAmount", if has_amount { None } else { of("UnitPrice") });
    fill("TaxType", of("TaxType"));
    let asset = json::text(item, "InventoryAssetAccountCode").map(Value::from);
    let account = if is_tracked(Some(item)) && !frame.kind.sells() { asset } else { of("AccountCode") };
    fill("AccountCode", if has_account { None } else { account });
}

/// Which accounts a line may be on (reference 3.1, 3.4). The service's own list is longer than the reference tells.
fn check_account(account: Option<&Record>, item: Option<&Record>, frame: Frame, findings: &mut Findings) {
    let Some(account) = account else {
        if frame.approved {
            findings.add("Account code must be specified.");
        }
        return;
    };
    let code = json::text(account, "Code").unwrap_or_default();
    let barred = ["DEBTORS", "CREDITORS", "GST", "RETAINEDEARNINGS"];
    let system = json::text(account, "SystemAccount").unwrap_or_default();
    if is_bank(account) || barred.contains(&system) {
        findings.add(format!("Account code '{code}' is not a valid code for this document."));
    }
    let is_sale_of_stock = is_tracked(item) && frame.kind.sells();
    if is_sale_of_stock && class_of(json::text(account, "Type").unwrap_or_default()) != Some("REVENUE") {
        findings.add(format!("A tracked item is sold on a revenue account; account code '{code}' is none."));
    }
    let asset = item.and_then(|item| json::text(item, "InventoryAssetAccountCode"));
    let is_own_asset = is_tracked(item) && !frame.kind.sells() && asset == Some(code);
    if is_tracked(item) && !frame.kind.sells() && !is_own_asset {
        findings.add(format!("A tracked item is bought on its inventory asset account, not on account code '{code}'."));
    }
    if is_inventory(account) && !is_own_asset {
        findings.add(format!("Inventory account code '{code}' can only be used with items that are tracked on it."));
    }
}

/// Quantity, price, discount, and what the line comes to.
fn amounts(line: &mut Record, frame: Frame) -> Result<(), Invalid> {
    let unit = json::decimal(line, "UnitAmount").map(|unit| unit.round_dp(frame.unit_decimals));
    let given = json::decimal(line, "LineAmount").map(cents);
    let quantity = json::decimal(line, "Quantity");
    let quantity = quantity.unwrap_or(Decimal::ONE);
    let rate = json::decimal(line, "DiscountRate").filter(|rate| !rate.is_zero());
    let off = json::decimal(line, "DiscountAmount").filter(|off| !off.is_zero());
    if (rate.is_some() || off.is_some()) && frame.kind != DocumentType::Invoice {
        return Err(Invalid::new("Discounts are only allowed on ACCREC invoices."));
    }
    let unit = match (unit, given) {
        (Some(unit), _) => unit,
        (None, Some(amount)) if !quantity.is_zero() => (amount / quantity).round_dp(frame.unit_decimals),
        _ => Decimal::ZERO,
    };
    let price = quantity.checked_mul(unit).ok_or_else(|| Invalid::new("The line amount is too large."))?;
    let share = rate.map_or(Decimal::ZERO, |rate| price * rate / Decimal::ONE_HUNDRED);
    let amount = cents(price - share - if rate.is_some() { Decimal::ZERO } else { off.unwrap_or_default() });
    let computed = json::decimal(line, "UnitAmount").is_some();
    if let Some(given) = given.filter(|given| computed && *given != amount) {
        return Err(Invalid::new(format!("The line total {given} does not match the expected line total {amount}")));
    }
    set(line, "Quantity", json::number(quantity.round_dp(4)));
    set(line, "UnitAmount", json::number(unit));
    set(line, "LineAmount", json::amount(if computed { amount } else { given.unwrap_or(amount) }));
    Ok(())
}

/// Tax by the line's type, else its account's; an amount that is given stands in place of the computed one.
fn taxes(
    organisation: &Organisation,
    line: &mut Record,
    account: Option<&Record>,
    frame: Frame,
) -> Result<(), Invalid> {
    let amount = json::decimal(line, "LineAmount").unwrap_or_default();
    if frame.amounts == LineAmounts::NoTax {
        set(line, "TaxType", "NONE");
        set(line, "TaxAmount", json::amount(Decimal::ZERO));
        return Ok(());
    }
    let own = json::text(line, "TaxType").or_else(|| account.and_then(|account| json::text(account, "TaxType")));
    let name = own.unwrap_or("NONE").to_owned();
    let rate = organisation.find(&TAX_RATES, &name).and_then(|rate| json::decimal(rate, "EffectiveRate"));
    let rate =
        rate.ok_or_else(|| Invalid::new(format!("The TaxType code '{name}' does not exist or cannot be used here.")))?;
    let tax = json::decimal(line, "TaxAmount").map_or_else(|| frame.amounts.tax(amount, rate), cents);
    set(line, "TaxType", name);
    set(line, "TaxAmount", json::amount(tax));
    Ok(())
}

//! Lines of sales transactions: checked, bundles expanded, the subtotal made (reference 9.5).
//!
//! Rule: an amount is quantity times price, rounded half up to the cent, or it is refused.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{
    super::{Draft, inventory_adjustment::check_start, transaction},
    SHIPPING, worth,
};
use crate::quickbooks::sandbox::{
    books::{cents, times},
    faults::Fault,
    json::{self, Record},
};

const SALES_ITEM: &str = "SalesItemLineDetail";
const GROUP: &str = "GroupLineDetail";
const DISCOUNT: &str = "DiscountLineDetail";

/// Checks all lines; the discount by percent is one of the goods before it is known what they come to.
pub(super) fn check(draft: &Draft<'_>, given: Vec<Record>) -> Result<Vec<Record>, Fault> {
    let (mut lines, mut goods, mut discounts) = (Vec::new(), Decimal::ZERO, 0);
    for mut line in given {
        match kind(&line) {
            SALES_ITEM => {
                check_item(draft, &mut line)?;
                if !is_shipping(&line) {
                    goods += worth(&line);
                }
            }
            GROUP => {
                check_bundle(draft, &mut line)?;
                goods += worth(&line);
            }
            DISCOUNT => discounts += 1,
            "SubTotalLineDetail" => continue,
            _ => {}
        }
        lines.push(line);
    }
    if lines.is_empty() {
        return Err(Fault::new(2250, "Missing lines : the transaction has no line").at("Line"));
    }
    if discounts > 1 {
        return Err(Fault::business("A transaction has at most one discount line.").at("Line"));
    }
    for line in lines.iter_mut().filter(|line| kind(line) == DISCOUNT) {
        check_discount(draft, line, goods)?;
    }
    lines.push(subtotal(goods));
    Ok(lines)
}

/// What a line is, by what it says or else by the detail it has.
fn kind(line: &Record) -> &'static str {
    let kinds = [SALES_ITEM, GROUP, DISCOUNT, "SubTotalLineDetail", "DescriptionOnly"];
    let said = json::text(line, "DetailType");
    let known = kinds.into_iter().find(|kind| said.map_or_else(|| line.contains_key(*kind), |said| said == *kind));
    known.unwrap_or("DescriptionOnly")
}

pub(super) fn is_shipping(line: &Record) -> bool {
    transaction::detail(line, SALES_ITEM).and_then(|detail| json::reference(detail, "ItemRef")) == Some(SHIPPING)
}

/// A line of goods or of shipping.
fn check_item(draft: &Draft<'_>, line: &mut Record) -> Result<(), Fault> {
    let mut detail = transaction::detail(line, SALES_ITEM).cloned().unwrap_or_default();
    let item = match json::reference(&detail, "ItemRef") {
        // Without an item the service takes its own for services; the sandbox leaves it open.
        None | Some(SHIPPING) => None,
        Some(_) => Some(draft.line_target(&mut detail, "ItemRef", "Item")?),
    };
    if let Some(item) = &item {
        check_kind(draft, item, &detail)?;
    }
    let (quantity, price) = (json::decimal(&detail, "Qty"), json::decimal(&detail, "UnitPrice"));
    let product = price.map(|price| cents(times(quantity.unwrap_or(Decimal::ONE), price)));
    match (json::decimal(line, "Amount"), product) {
        (None, Some(product)) => drop(line.insert("Amount".to_owned(), json::number(product))),
        (None, None) => return Err(Fault::missing("Amount")),
        (Some(amount), Some(product)) if quantity.is_some() && amount != product => {
            let detail =
                format!("Amount calculation incorrect in the request : {amount} is not Qty times UnitPrice, {product}");
            return Err(Fault::new(6070, detail).at("Amount"));
        }
        (Some(_), _) => drop(transaction::amount(line)?),
    }
    line.insert("DetailType".to_owned(), SALES_ITEM.into());
    line.insert(SALES_ITEM.to_owned(), Value::Object(detail));
    Ok(())
}

/// What an item needs to be sold by itself.
fn check_kind(draft: &Draft<'_>, item: &Record, detail: &Record) -> Result<(), Fault> {
    match json::text(item, "Type") {
        Some("Category" | "Group") => {
            Err(Fault::new(2120, "Invalid Type : this item cannot be sold on a line of its own").at("ItemRef"))
        }
        Some("Inventory") => {
            if json::decimal(detail, "Qty").is_none() {
                return Err(Fault::new(
                    6520,
                    "Missing tracked inventory item quantity : a line of an inventory item needs Qty",
                )
                .at("Qty"));
            }
            check_start(item, &draft.record)
        }
        _ => Ok(()),
    }
}

/// A bundle: its parts as sent, or as the bundle says, for the quantity of the line.
fn check_bundle(draft: &Draft<'_>, line: &mut Record) -> Result<(), Fault> {
    let mut detail = transaction::detail(line, GROUP).cloned().unwrap_or_default();
    let bundle = draft.line_target(&mut detail, "GroupItemRef", "Item")?;
    if json::text(&bundle, "Type") != Some("Group") {
        return Err(Fault::new(2120, "Invalid Type : this item is no bundle").at("GroupItemRef"));
    }
    let quantity = json::decimal(&detail, "Quantity").unwrap_or(Decimal::ONE);
    detail.insert("Quantity".to_owned(), json::number(quantity));
    let sent: Vec<Record> = transaction::lines(&detail).cloned().collect();
    let mut parts = if sent.is_empty() { expand(draft, &bundle, quantity) } else { sent };
    for (index, part) in parts.iter_mut().enumerate() {
        check_item(draft, part)?;
        part.entry("Id").or_insert_with(|| format!("{}", 1001 + index).into());
    }
    let amount: Decimal = parts.iter().map(worth).sum();
    detail.insert("Line".to_owned(), parts.into_iter().map(Value::Object).collect::<Vec<_>>().into());
    line.insert("Amount".to_owned(), json::number(amount));
    line.insert("DetailType".to_owned(), GROUP.into());
    line.insert(GROUP.to_owned(), Value::Object(detail));
    Ok(())
}

/// The parts of so many bundles, at the prices of the parts.
fn expand(draft: &Draft<'_>, bundle: &Record, quantity: Decimal) -> Vec<Record> {
    let parts = bundle.get("ItemGroupDetail").and_then(|detail| detail.get("ItemGroupLine")?.as_array());
    let line = |part: &Value| {
        let part = part.as_object()?;
        let id = json::reference(part, "ItemRef")?;
        let price = json::decimal(&draft.company.find("Item", id)?, "UnitPrice").unwrap_or_default();
        let quantity = times(json::decimal(part, "Qty").unwrap_or(Decimal::ONE), quantity);
        let detail = json!({"ItemRef": {"value": id}, "Qty": json::number(quantity), "UnitPrice": json::number(price)});
        json!({"DetailType": SALES_ITEM, SALES_ITEM: detail}).as_object().cloned()
    };
    parts.into_iter().flatten().filter_map(line).collect()
}

/// An amount, or a percentage of the goods (reference 5 at 6090).
fn check_discount(draft: &Draft<'_>, line: &mut Record, goods: Decimal) -> Result<(), Fault> {
    let mut detail = transaction::detail(line, DISCOUNT).cloned().unwrap_or_default();
    let percent =
        json::decimal(&detail, "DiscountPercent").filter(|_| json::flag(&detail, "PercentBased") != Some(false));
    let amount = match (percent, json::decimal(line, "Amount")) {
        (Some(percent), _) => cents(times(goods, percent) / Decimal::ONE_HUNDRED),
        (None, Some(_)) => transaction::amount(line)?,
        (None, None) => return Err(Fault::new(6090, "A discount line needs an amount or a percentage").at("Amount")),
    };
    detail.insert("PercentBased".to_owned(), percent.is_some().into());
    if json::reference(&detail, "DiscountAccountRef").is_none()
        && let Some(account) = draft.company.account_of_subtype("DiscountsRefundsGiven")
    {
        detail.insert("DiscountAccountRef".to_owned(), json!({"value": account}));
    }
    if json::reference(&detail, "DiscountAccountRef").is_some() {
        draft.line_target(&mut detail, "DiscountAccountRef", "Account")?;
    }
    line.insert("Amount".to_owned(), json::number(amount));
    line.insert("DetailType".to_owned(), DISCOUNT.into());
    line.insert(DISCOUNT.to_owned(), Value::Object(detail));
    Ok(())
}

/// The generated line at the end; it has no id.
fn subtotal(goods: Decimal) -> Record {
    let line = json!({"Amount": json::number(goods), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}});
    line.as_object().cloned().unwrap_or_default()
}

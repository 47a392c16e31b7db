//! Bills of suppliers (reference 9.9): what they put in stock, what they cost.
//!
//! Rule: a line is an item's or an account's, never both; what is owed takes what all other postings leave, at the
//! document's rate.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{
    Draft, EntityType,
    field::{CUSTOM_FIELD, DOMAIN, Field, ID, Kind, META, SPARSE, STATUS, SYNC_TOKEN},
    inventory_adjustment::check_start,
    transaction::{
        CURRENCY, DOC_NUMBER, EXCHANGE_RATE, PRIVATE_NOTE, TXN_DATE, amount, amount_of, date, detail, lines, rate,
    },
};
use crate::quickbooks::sandbox::{
    books::{Effect, Move, Posting, cents, times},
    faults::Fault,
    json::{self, Record},
    store::Company,
};

const ITEM: &str = "ItemBasedExpenseLineDetail";
const ACCOUNT: &str = "AccountBasedExpenseLineDetail";

/// The detail of either kind of line.
const DETAIL_FIELDS: &[Field] = &[
    Field::new("ItemRef", Kind::Reference("Item")),
    Field::new("AccountRef", Kind::Reference("Account")),
    Field::new("Qty", Kind::Price),
    Field::new("UnitPrice", Kind::Price),
    Field::new("TaxCodeRef", Kind::Loose),
    Field::new("CustomerRef", Kind::Loose),
    Field::new("ClassRef", Kind::Loose),
    Field::new("BillableStatus", Kind::Choice(&["Billable", "NotBillable", "HasBeenBilled"])),
];

/// A line.
const LINE: &[Field] = &[
    Field::new("Id", Kind::Text(30)),
    Field::new("LineNum", Kind::Decimal),
    Field::new("Description", Kind::Text(4000)),
    Field::new("Amount", Kind::Price),
    Field::new("DetailType", Kind::Choice(&[ITEM, ACCOUNT])),
    Field::new(ITEM, Kind::Object(DETAIL_FIELDS)),
    Field::new(ACCOUNT, Kind::Object(DETAIL_FIELDS)),
    Field::new("LinkedTxn", Kind::Any),
];

/// The properties.
const FIELDS: &[Field] = &[
    ID,
    SYNC_TOKEN,
    META,
    DOMAIN,
    SPARSE,
    STATUS,
    CUSTOM_FIELD,
    DOC_NUMBER,
    TXN_DATE,
    PRIVATE_NOTE,
    CURRENCY,
    EXCHANGE_RATE,
    Field::new("VendorRef", Kind::Reference("Vendor")).filter(),
    Field::new("APAccountRef", Kind::Reference("Account")),
    Field::new("DueDate", Kind::Date),
    Field::new("SalesTermRef", Kind::Loose),
    Field::new("DepartmentRef", Kind::Loose),
    Field::new("GlobalTaxCalculation", Kind::Text(30)),
    Field::new("TxnTaxDetail", Kind::Any),
    Field::new("Line", Kind::List(LINE)),
    Field::new("LinkedTxn", Kind::Any),
    Field::new("TotalAmt", Kind::Decimal).read_only().filter(),
    Field::new("Balance", Kind::Decimal).read_only().filter(),
];

/// The entity.
pub(crate) static BILL: EntityType = EntityType {
    name: "Bill",
    fields: FIELDS,
    name_field: None,
    lists_active_only: false,
    kept: &["TxnDate", "CurrencyRef", "ExchangeRate", "DueDate"],
    check,
};

fn check(draft: &mut Draft<'_>) -> Result<(), Fault> {
    draft.check_head()?;
    draft.check_currency()?;
    draft.require("VendorRef")?;
    if json::reference(&draft.record, "APAccountRef").is_none()
        && let Some(account) = draft.company.account_of_subtype("AccountsPayable")
    {
        draft.set("APAccountRef", json!({"value": account}));
    }
    if let Some(account) = draft.target("APAccountRef")
        && json::text(&account, "AccountType") != Some("Accounts Payable")
    {
        let detail = "Invalid account type used: what is owed to a supplier stands on an account of payables";
        return Err(Fault::new(6430, detail).at("APAccountRef"));
    }
    let day = draft.text("TxnDate").unwrap_or_default().to_owned();
    draft.default("DueDate", day);
    let mut lines = draft.take_lines()?;
    let mut total = Decimal::ZERO;
    for line in &mut lines {
        check_line(draft, line)?;
        total += amount_of(line).unwrap_or_default();
    }
    draft.put_lines(lines, 1);
    draft.set("TotalAmt", json::number(total));
    draft.set("Balance", json::number(total));
    Ok(())
}

fn check_line(draft: &Draft<'_>, line: &mut Record) -> Result<(), Fault> {
    let (name, mut found) = match (detail(line, ITEM), detail(line, ACCOUNT)) {
        (Some(_), Some(_)) => {
            return Err(Fault::new(2600, "Conflicting elements : a line is an item's or an account's").at("Line"));
        }
        (Some(found), None) => (ITEM, found.clone()),
        (None, Some(found)) => (ACCOUNT, found.clone()),
        (None, None) => return Err(Fault::missing(ITEM)),
    };
    if name == ITEM {
        let item = draft.line_target(&mut found, "ItemRef", "Item")?;
        if matches!(json::text(&item, "Type"), Some("Category" | "Group")) {
            return Err(Fault::new(2120, "Invalid Type : this item cannot be bought").at("ItemRef"));
        }
        check_start(&item, &draft.record)?;
        let (quantity, price) = (json::decimal(&found, "Qty"), json::decimal(&found, "UnitPrice"));
        if let (Some(quantity), Some(price), None) = (quantity, price, json::decimal(line, "Amount")) {
            line.insert("Amount".to_owned(), json::number(cents(times(quantity, price))));
        }
    } else {
        draft.line_target(&mut found, "AccountRef", "Account")?;
    }
    amount(line)?;
    line.insert("DetailType".to_owned(), name.into());
    line.insert(name.to_owned(), Value::Object(found));
    Ok(())
}

/// What a bill does: stock at its price, expenses, and what is owed.
pub(crate) fn effect(company: &Company, record: &Record) -> Effect {
    let payable = json::reference(record, "APAccountRef").unwrap_or("33").to_owned();
    let rate = rate(record);
    let (mut postings, mut moves) = (Vec::new(), Vec::new());
    for line in lines(record) {
        let worth = cents(times(amount_of(line).unwrap_or_default(), rate));
        let item = detail(line, ITEM).and_then(|found| company.find("Item", json::reference(found, "ItemRef")?));
        let quantity = detail(line, ITEM).and_then(|found| json::decimal(found, "Qty")).unwrap_or_default();
        let movement = item.as_ref().and_then(|item| company.movement(item, quantity, Some(&payable)));
        if let Some(movement) = movement.filter(|movement| !movement.quantity.is_zero()) {
            let unit_cost = worth.checked_div(quantity).unwrap_or_default();
            moves.push(Move { unit_cost, ..movement });
            continue;
        }
        let own = detail(line, ACCOUNT).and_then(|found| json::reference(found, "AccountRef"));
        let of_item = item.as_ref().and_then(|item| json::reference(item, "ExpenseAccountRef"));
        if let Some(account) = own.or(of_item) {
            postings.push(Posting { account: account.to_owned(), amount: worth });
            postings.push(Posting { account: payable.clone(), amount: -worth });
        }
    }
    Effect { date: date(record), postings, moves }
}

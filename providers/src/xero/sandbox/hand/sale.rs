//! Sales documents as a person writes them.
//!
//! Rule: what Xero has no field for becomes what its people do: shipping is a line, a discount of the whole is spread
//! over the lines.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::act::{resource_of, write};
use crate::{
    model::{SaleRef, SalesDocumentKind},
    sandbox::{SandboxError, SandboxSale},
    spread::spread,
    xero::sandbox::{
        control::context,
        entities,
        json::{self, Record, set},
        shared::Sandbox,
    },
};

fn refused(reason: impl Into<String>) -> SandboxError {
    SandboxError::Refused(reason.into())
}

/// A contact that buys or sells, by place among the active ones.
///
/// # Errors
/// When there is none.
pub(super) fn contact(sandbox: &Sandbox, company: &str, field: &str, place: usize) -> Result<String, SandboxError> {
    let found = sandbox.read(|state| {
        let table = state.organisations.get(company)?.table(&entities::CONTACTS);
        let active = |contact: &&Record| {
            json::flag(contact, field) == Some(true) && json::text(contact, "ContactStatus") == Some("ACTIVE")
        };
        let rows = || table.rows().filter(active);
        let contact = rows().nth(place.checked_rem(rows().count())?)?;
        json::text(contact, "ContactID").map(str::to_owned)
    });
    found.ok_or_else(|| refused("the organisation has no such contact"))
}

/// Writes a document, approved, and allocates it where it takes an invoice back.
///
/// # Errors
/// With the rule that it breaks.
pub(super) fn sell(sandbox: &Sandbox, company: &str, sold: &SandboxSale) -> Result<String, SandboxError> {
    let resource = resource_of(sold.kind)?;
    let credits = sold.kind == SalesDocumentKind::CreditMemo;
    let contact = match &sold.applies_to {
        Some(invoice) => contact_of(sandbox, company, invoice)?,
        None => contact(sandbox, company, "IsCustomer", sold.customer)?,
    };
    let mut body = json!({
        "Type": if credits { "ACCRECCREDIT" } else { "ACCREC" }, "Status": "AUTHORISED",
        "Contact": {"ContactID": contact}, "Date": sold.date.to_string(),
        "LineAmountTypes": if sold.tax.is_zero() { "NoTax" } else { "Exclusive" },
        "LineItems": lines(sandbox, company, sold)?,
    });
    if let Some(number) = &sold.number {
        body[if credits { "CreditNoteNumber" } else { "InvoiceNumber" }] = number.as_str().into();
    }
    if let Some((currency, rate)) = &sold.currency {
        // The service writes foreign units for one of home.
        let foreign = Decimal::ONE.checked_div(*rate).ok_or_else(|| refused("a rate must not be zero"))?;
        body["CurrencyCode"] = currency.as_str().into();
        body["CurrencyRate"] = json::number(foreign);
    }
    let saved = write(sandbox, company, resource, None, body)?;
    let id = json::text(&saved, if credits { "CreditNoteID" } else { "InvoiceID" }).unwrap_or_default().to_owned();
    if let Some(invoice) = &sold.applies_to {
        allocate(sandbox, company, &id, &saved, invoice)?;
    }
    Ok(id)
}

fn contact_of(sandbox: &Sandbox, company: &str, invoice: &SaleRef) -> Result<String, SandboxError> {
    let found = sandbox.read(|state| {
        let invoice = state.organisations.get(company)?.find(&entities::INVOICES, &invoice.external_id)?;
        json::inner(invoice, "Contact", "ContactID").map(str::to_owned)
    });
    found.ok_or_else(|| refused(format!("no invoice {}", invoice.external_id)))
}

/// Lines with their shares of discount and tax, then shipping.
fn lines(sandbox: &Sandbox, company: &str, sold: &SandboxSale) -> Result<Vec<Value>, SandboxError> {
    let nets: Vec<Decimal> = sold.lines.iter().map(|line| line.quantity * line.price - line.discount).collect();
    let shares = |total: Decimal, weights: &[Decimal]| spread(total, weights, 2).unwrap_or_default();
    let discounts = shares(sold.discount, &nets);
    let share = |shares: &[Decimal], index: usize| shares.get(index).copied().unwrap_or_default();
    let net = |(index, net): (usize, &Decimal)| {
        let taxed = sold.lines.get(index).is_some_and(|line| line.taxed);
        if taxed { *net - share(&discounts, index) } else { Decimal::ZERO }
    };
    let mut taxed: Vec<Decimal> = nets.iter().enumerate().map(net).collect();
    taxed.push(sold.shipping);
    let taxes = shares(sold.tax, &taxed);
    let mut rows = Vec::new();
    for (index, line) in sold.lines.iter().enumerate() {
        let mut row = json!({
            "Quantity": json::number(line.quantity), "UnitAmount": json::number(line.price), "AccountCode": "200",
            "Description": "Sold by a person",
        });
        if let Some(item) = &line.item {
            row["ItemCode"] = code(sandbox, company, item)?.into();
        }
        let off = line.discount + share(&discounts, index);
        // Credit notes know no discount (reference 3.5): there the line is what it comes to.
        match (off.is_zero(), sold.kind) {
            (true, _) => {}
            (false, SalesDocumentKind::CreditMemo) => {
                row["UnitAmount"] = Value::Null;
                row["LineAmount"] = json::amount(line.quantity * line.price - off);
            }
            (false, _) => row["DiscountAmount"] = json::number(off),
        }
        rows.push(row);
    }
    if !sold.shipping.is_zero() {
        rows.push(json!({"Description": "Shipping", "Quantity": 1, "UnitAmount": json::number(sold.shipping),
                         "AccountCode": "260"}));
    }
    if !sold.tax.is_zero() {
        for (index, row) in rows.iter_mut().enumerate() {
            let taxed = sold.lines.get(index).is_none_or(|line| line.taxed);
            row["TaxType"] = if taxed { "OUTPUT2" } else { "NONE" }.into();
            row["TaxAmount"] = json::amount(share(&taxes, index));
        }
    }
    Ok(rows)
}

fn code(sandbox: &Sandbox, company: &str, item: &str) -> Result<String, SandboxError> {
    let found = sandbox.read(|state| {
        let item = state.organisations.get(company)?.find(&entities::ITEMS, item)?;
        json::text(item, "Code").map(str::to_owned)
    });
    found.ok_or_else(|| refused(format!("no item {item}")))
}

/// Allocates as much as both sides allow.
fn allocate(
    sandbox: &Sandbox,
    company: &str,
    note: &str,
    saved: &Record,
    invoice: &SaleRef,
) -> Result<(), SandboxError> {
    let now = sandbox.clock.now();
    let left = json::decimal(saved, "RemainingCredit").unwrap_or_default();
    sandbox
        .change(|state| {
            let organisation = state.organisation_mut(company)?;
            let invoice = &invoice.external_id;
            let due = organisation.find(&entities::INVOICES, invoice).and_then(|row| json::decimal(row, "AmountDue"));
            let amount = due.unwrap_or_default().min(left);
            let row = json!({"Invoice": {"InvoiceID": invoice}, "Amount": json::amount(amount),
                             "Date": json::text(saved, "Date")});
            let row = row.as_object().cloned().unwrap_or_default();
            let context = context(organisation, false, now);
            let mut work = organisation.clone();
            entities::allocate(&mut work, &context, note, &row).map_err(|invalid| invalid.text())?;
            *organisation = work;
            Ok(())
        })
        .map_err(SandboxError::Refused)
}

/// Sets the quantity of the first line.
///
/// # Errors
/// With the rule that it breaks.
pub(super) fn edit(
    sandbox: &Sandbox,
    company: &str,
    sale: &SaleRef,
    quantity: Decimal,
) -> Result<String, SandboxError> {
    let name = resource_of(sale.kind)?;
    let id = &sale.external_id;
    let found = sandbox.read(|state| {
        let resource = entities::find(name)?;
        state.organisations.get(company)?.find(resource, id).cloned()
    });
    let document = found.ok_or_else(|| refused(format!("no document {id}")))?;
    let lines = json::objects(&document, "LineItems").enumerate().map(|(index, line)| {
        let mut row = Record::new();
        json::take(&mut row, line, &["LineItemID"]);
        if index == 0 {
            set(&mut row, "Quantity", json::number(quantity));
        }
        Value::Object(row)
    });
    let lines: Vec<Value> = lines.collect();
    write(sandbox, company, name, Some(id), json!({"LineItems": lines})).map(|_| id.clone())
}

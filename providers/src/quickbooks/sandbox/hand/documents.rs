//! Documents as a person writes them: sold, edited, voided, deleted; and the ones that the gateway posted.
//!
//! Rule: every one goes through the rules of the API. What the service has no such thing for is brought into what it
//! has: it knows no discount of a single line, so those become part of the document's.

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};

use super::{Hand, number};
use crate::{
    model::{DocumentKind, SaleRef, SalesDocumentKind},
    quickbooks::sandbox::{
        json::{self, Record},
        store::Company,
    },
    sandbox::{SandboxError, SandboxSale, SandboxSaleLine},
};

/// The pseudo item of shipping (reference 9.5).
const SHIPPING: &str = "SHIPPING_ITEM_ID";

/// The entity of a sales document.
pub(super) const fn entity_of_sale(kind: SalesDocumentKind) -> &'static str {
    match kind {
        SalesDocumentKind::Invoice => "Invoice",
        SalesDocumentKind::SalesReceipt => "SalesReceipt",
        SalesDocumentKind::CreditMemo => "CreditMemo",
        SalesDocumentKind::Refund => "RefundReceipt",
    }
}

/// The entity of a document that the gateway posts.
pub(super) const fn entity_of(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::InventoryAdjustment => "InventoryAdjustment",
        DocumentKind::JournalEntry => "JournalEntry",
    }
}

impl Hand {
    /// Writes a sales document.
    pub(super) fn sell(&self, realm: &str, sale: &SandboxSale) -> Result<String, SandboxError> {
        if sale.currency.is_some() {
            self.keep_currencies(realm)?;
        }
        let body = self.0.read(|state| state.companies.get(realm).map(|company| body(company, sale)));
        let body = body.ok_or_else(|| SandboxError::Refused(format!("no company {realm}")))?;
        self.write(realm, entity_of_sale(sale.kind), body)
    }

    /// Enters a bill of the first supplier.
    pub(super) fn buy(
        &self,
        realm: &str,
        item: &str,
        document: &str,
        date: NaiveDate,
        (quantity, cost): (Decimal, Decimal),
    ) -> Result<String, SandboxError> {
        let vendor = self.0.read(|state| first(state.companies.get(realm)?, "Vendor", |_| true));
        let vendor = vendor.ok_or_else(|| SandboxError::Refused("the company has no supplier".to_owned()))?;
        let detail = json!({"ItemRef": {"value": item}, "Qty": number(quantity), "UnitPrice": number(cost)});
        self.write(
            realm,
            "Bill",
            json!({
                "VendorRef": {"value": vendor}, "DocNumber": document, "TxnDate": date.to_string(),
                "Line": [{"DetailType": "ItemBasedExpenseLineDetail", "Description": "by hand",
                          "ItemBasedExpenseLineDetail": detail}],
            }),
        )
    }

    /// Lets the company have other currencies.
    fn keep_currencies(&self, realm: &str) -> Result<(), SandboxError> {
        let preferences = self.find(realm, "Preferences", "1")?;
        let mut currencies = preferences.get("CurrencyPrefs").cloned().unwrap_or_else(|| json!({}));
        currencies["MultiCurrencyEnabled"] = true.into();
        self.edit(realm, "Preferences", "1", "CurrencyPrefs", currencies)
    }

    /// Another quantity on the first line.
    pub(super) fn edit_sale(&self, realm: &str, sale: &SaleRef, quantity: Decimal) -> Result<String, SandboxError> {
        self.edit_lines(realm, entity_of_sale(sale.kind), &sale.external_id, |lines| {
            let of_goods =
                |line: &&mut Value| line.get("SalesItemLineDetail").is_some() || line.get("GroupLineDetail").is_some();
            if let Some(line) = lines.iter_mut().find(of_goods) {
                set_quantity(line, quantity);
            }
        })
    }

    /// Twice of everything.
    pub(super) fn twice(&self, realm: &str, kind: DocumentKind, id: &str) -> Result<String, SandboxError> {
        self.edit_lines(realm, entity_of(kind), id, |lines| lines.iter_mut().for_each(twice))
    }

    /// A full update with other lines: whatever else was there is sent back.
    fn edit_lines(
        &self,
        realm: &str,
        entity: &str,
        id: &str,
        change: impl FnOnce(&mut Vec<Value>),
    ) -> Result<String, SandboxError> {
        let mut record = self.find(realm, entity, id)?;
        record.insert("sparse".to_owned(), true.into());
        if let Some(Value::Array(lines)) = record.get_mut("Line") {
            change(lines);
        }
        self.write(realm, entity, Value::Object(record))
    }

    /// Voids or deletes.
    pub(in super::super) fn take_back(
        &self,
        realm: &str,
        entity: &str,
        id: &str,
        how: &str,
    ) -> Result<String, SandboxError> {
        let record = self.find(realm, entity, id)?;
        self.operate(realm, entity, how, &record)?;
        Ok(id.to_owned())
    }

    /// A bundle: the service's pages make them, its API does not (reference 9.1).
    pub(super) fn add_bundle(
        &self,
        realm: &str,
        name: &str,
        parts: &[(String, Decimal)],
    ) -> Result<String, SandboxError> {
        let lines: Vec<Value> = parts
            .iter()
            .map(|(id, quantity)| {
                let item = self.find(realm, "Item", id)?;
                let text = |field: &str| json::text(&item, field).unwrap_or_default();
                Ok(json!({"ItemRef": {"value": id, "name": text("FullyQualifiedName"), "type": text("Type")},
                          "Qty": number(*quantity)}))
            })
            .collect::<Result<_, SandboxError>>()?;
        self.make(
            realm,
            "Item",
            json!({
                "Name": name, "Type": "Group", "Active": true, "TrackQtyOnHand": false, "PrintGroupedItems": true,
                "ItemGroupDetail": {"ItemGroupLine": lines},
            }),
        )
    }
}

fn body(company: &Company, sale: &SandboxSale) -> Value {
    let mut discount = sale.discount;
    let mut lines: Vec<Value> = Vec::with_capacity(sale.lines.len() + 2);
    for line in &sale.lines {
        discount += line.discount;
        let mut body = line_body(company, line);
        if !sale.tax.is_zero() && body.get("SalesItemLineDetail").is_some() {
            body["SalesItemLineDetail"]["TaxCodeRef"] = json!({"value": if line.taxed { "TAX" } else { "NON" }});
        }
        lines.push(body);
    }
    if !sale.shipping.is_zero() {
        lines.push(json!({"DetailType": "SalesItemLineDetail", "Amount": number(sale.shipping),
                          "SalesItemLineDetail": {"ItemRef": {"value": SHIPPING}}}));
    }
    if !discount.is_zero() {
        lines.push(json!({"DetailType": "DiscountLineDetail", "Amount": number(discount),
                          "DiscountLineDetail": {"PercentBased": false}}));
    }
    let mut body = json!({
        "TxnDate": sale.date.to_string(), "Line": lines, "TxnTaxDetail": {"TotalTax": number(sale.tax)},
        "CustomerRef": {"value": customer(company, sale.customer)},
    });
    if let Some(number) = &sale.number {
        body["DocNumber"] = number.as_str().into();
    }
    if let Some((currency, rate)) = &sale.currency {
        body["CurrencyRef"] = json!({"value": currency});
        body["ExchangeRate"] = number(*rate);
    } else {
        body["CurrencyRef"] = json!({"value": super::super::entities::transaction::home_currency(company)});
    }
    if let Some(bank) = bank(company).filter(|_| sale.kind == SalesDocumentKind::Refund) {
        body["DepositToAccountRef"] = json!({"value": bank});
    }
    if let Some(invoice) = &sale.applies_to {
        let kind = entity_of_sale(invoice.kind);
        body["LinkedTxn"] = json!([{"TxnId": invoice.external_id, "TxnType": kind}]);
    }
    body
}

fn line_body(company: &Company, line: &SandboxSaleLine) -> Value {
    let Some(id) = &line.item else {
        return json!({"DetailType": "DescriptionOnly", "Description": "by hand", "DescriptionLineDetail": {}});
    };
    let item = company.find("Item", id).unwrap_or_default();
    if json::text(&item, "Type") == Some("Group") {
        let detail = json!({"GroupItemRef": {"value": id}, "Quantity": number(line.quantity)});
        return json!({"DetailType": "GroupLineDetail", "GroupLineDetail": detail});
    }
    json!({"DetailType": "SalesItemLineDetail", "Amount": number(product(line.quantity, line.price)),
           "SalesItemLineDetail": {"ItemRef": {"value": id}, "Qty": number(line.quantity), "UnitPrice": number(line.price)}})
}

/// Half up to the cent (reference 8).
pub(in super::super) fn product(quantity: Decimal, price: Decimal) -> Decimal {
    let product = quantity.checked_mul(price).unwrap_or_default();
    product.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// Whom a person sells to: an active customer by place.
fn customer(company: &Company, place: usize) -> String {
    let active = |(_, record): &(u64, &Record)| json::flag(record, "Active") != Some(false);
    let rows = || company.table("Customer").into_iter().flat_map(|table| table.stored()).filter(active);
    let id = place.checked_rem(rows().count()).and_then(|place| rows().nth(place));
    id.map_or_else(|| "1".to_owned(), |(id, _)| id.to_string())
}

fn bank(company: &Company) -> Option<String> {
    first(company, "Account", |account| json::text(account, "AccountType") == Some("Bank"))
}

fn first(company: &Company, entity: &str, fits: impl Fn(&Record) -> bool) -> Option<String> {
    let active = |record: &Record| json::flag(record, "Active") != Some(false);
    let mut rows = company.table(entity)?.stored();
    rows.find(|(_, record)| active(record) && fits(record)).map(|(id, _)| id.to_string())
}

/// Another quantity on a line, its amount with it; the parts of a bundle are expanded anew.
pub(in super::super) fn set_quantity(line: &mut Value, quantity: Decimal) {
    if let Some(detail) = line.get_mut("GroupLineDetail").and_then(Value::as_object_mut) {
        detail.remove("Line");
        detail.insert("Quantity".to_owned(), number(quantity));
        return;
    }
    let price = line["SalesItemLineDetail"].get("UnitPrice").and_then(json::value_decimal).unwrap_or_default();
    line["SalesItemLineDetail"]["Qty"] = number(quantity);
    line["Amount"] = number(product(quantity, price));
}

fn twice(line: &mut Value) {
    let doubled = |value: &mut Value| {
        if let Some(amount) = json::value_decimal(value) {
            *value = number(amount * Decimal::TWO);
        }
    };
    line.get_mut("Amount").into_iter().for_each(doubled);
    let detail = line.get_mut("ItemAdjustmentLineDetail").and_then(|detail| detail.get_mut("QtyDiff"));
    detail.into_iter().for_each(doubled);
}

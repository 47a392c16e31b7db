//! What a person does, in this sandbox's words.
//!
//! Rule: answers with the id of what was made or touched, or with the sandbox's own reason.

use chrono::{Months, NaiveDate};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{close_books, sale};
use crate::{
    model::{DocumentKind, ItemKind, SaleRef, SalesDocumentKind},
    sandbox::{SandboxAct, SandboxError},
    xero::sandbox::{
        control::{Change, save},
        entities,
        json::{self, Record, set},
        shared::Sandbox,
        store::Organisation,
        webhooks::Subscription,
    },
};

/// Does an act.
///
/// # Errors
/// `Refused` with the rule that it breaks, `Unsupported` where Xero has no such thing.
pub(super) fn act(sandbox: &Sandbox, company: &str, act: SandboxAct) -> Result<String, SandboxError> {
    match act {
        SandboxAct::AddItem { name, sku, kind, price, cost, quantity } => {
            let item = NewItem { name, sku, kind, price, cost, quantity };
            add_item(sandbox, company, &item)
        }
        SandboxAct::AddBundle { .. } => Err(SandboxError::Unsupported("sell bundles")),
        SandboxAct::RenameItem { item, name } => {
            write(sandbox, company, "Items", Some(&item), json!({"Name": name})).map(|_| item)
        }
        SandboxAct::SetItemActive { .. } => Err(SandboxError::Unsupported("make items inactive")),
        SandboxAct::RemoveItem(item) => {
            let removed = sandbox.change(|state| {
                state.organisation_mut(company).map(|organisation| organisation.remove(&entities::ITEMS, &item))
            });
            match removed {
                Ok(true) => Ok(item),
                Ok(false) => Err(SandboxError::Refused(format!("no item {item}"))),
                Err(reason) => Err(SandboxError::Refused(reason)),
            }
        }
        SandboxAct::Sell(sold) => sale::sell(sandbox, company, &sold),
        SandboxAct::EditSale { sale, quantity } => sale::edit(sandbox, company, &sale, quantity),
        SandboxAct::VoidSale(sale) => end_sale(sandbox, company, sale, "VOIDED"),
        SandboxAct::DeleteSale(sale) => end_sale(sandbox, company, sale, "DELETED"),
        SandboxAct::Buy { .. } | SandboxAct::DeleteBill(_) => Err(SandboxError::Unsupported("enter bills by hand")),
        SandboxAct::EditDocument { kind, external_id } => edit_document(sandbox, company, kind, external_id),
        SandboxAct::RemoveDocument { kind, external_id } => remove_document(sandbox, company, kind, external_id),
        SandboxAct::CloseBooks(until) => done(company, close_books(sandbox, company, until)),
        SandboxAct::ExpireAccessTokens => {
            let now = sandbox.clock.now();
            sandbox.change(|state| state.grants.expire_access_tokens(now));
            Ok(company.to_owned())
        }
        // Every refresh does (reference 1.2).
        SandboxAct::RotateRefreshTokens => Ok(company.to_owned()),
        SandboxAct::RetireRefreshTokens => {
            sandbox.change(|state| state.grants.end_grace());
            Ok(company.to_owned())
        }
        SandboxAct::RevokeConsent => {
            sandbox.change(|state| state.grants.revoke_all());
            Ok(company.to_owned())
        }
        SandboxAct::SetInventory(has) => {
            let set = sandbox.change(|state| state.organisation_mut(company).map(|found| found.rules.inventory = has));
            done(company, set)
        }
        SandboxAct::SendWebhooks { to, key, format: None } => {
            sandbox.webhooks.subscribe(Subscription::new(to, key, None));
            Ok(company.to_owned())
        }
        SandboxAct::SendWebhooks { .. } => Err(SandboxError::Unsupported("send webhooks in several formats")),
    }
}

fn done(company: &str, result: Result<(), String>) -> Result<String, SandboxError> {
    result.map(|()| company.to_owned()).map_err(SandboxError::Refused)
}

/// Saves a record by the rules of the API.
pub(super) fn write(
    sandbox: &Sandbox,
    company: &str,
    resource: &str,
    id: Option<&str>,
    body: Value,
) -> Result<Record, SandboxError> {
    let body = body.as_object().cloned().unwrap_or_default();
    let change = Change { resource, id, body: &body, allow_backorders: false };
    save(sandbox, company, &change).map_err(SandboxError::Refused)
}

/// An item as a person adds it.
struct NewItem {
    name: String,
    sku: Option<String>,
    kind: ItemKind,
    price: Decimal,
    cost: Decimal,
    quantity: Decimal,
}

/// Adds an item; what it has at the beginning comes by a bill against historical adjustment (reference 3.1).
fn add_item(sandbox: &Sandbox, company: &str, item: &NewItem) -> Result<String, SandboxError> {
    let tracked = match item.kind {
        ItemKind::Inventory => true,
        ItemKind::NonInventory | ItemKind::Service => false,
        ItemKind::Bundle | ItemKind::Category | ItemKind::Other => {
            return Err(SandboxError::Unsupported("keep items of this kind"));
        }
    };
    let code = item.sku.clone().unwrap_or_else(|| item.name.chars().take(30).collect());
    let mut body = json!({
        "Code": code, "Name": item.name, "Description": item.name, "IsSold": true, "IsPurchased": true,
        "SalesDetails": {"UnitPrice": json::number(item.price), "AccountCode": "200"},
        "PurchaseDetails": {"UnitPrice": json::number(item.cost), "AccountCode": "300"},
    });
    if tracked {
        body["PurchaseDetails"] = json!({"UnitPrice": json::number(item.cost), "COGSAccountCode": "310"});
        body["InventoryAssetAccountCode"] = "630".into();
    }
    let saved = write(sandbox, company, "Items", None, body)?;
    if tracked && item.quantity > Decimal::ZERO {
        open(sandbox, company, &code, item)?;
    }
    Ok(json::text(&saved, "ItemID").unwrap_or_default().to_owned())
}

fn open(sandbox: &Sandbox, company: &str, code: &str, item: &NewItem) -> Result<(), SandboxError> {
    let supplier = sale::contact(sandbox, company, "IsSupplier", 0)?;
    let total = json::cents(item.quantity * item.cost);
    let date = opening_day(sandbox, company);
    let bill = json!({
        "Type": "ACCPAY", "Status": "AUTHORISED", "Contact": {"ContactID": supplier}, "LineAmountTypes": "NoTax",
        "Date": date.to_string(), "InvoiceNumber": format!("Opening balance {code}"),
        "LineItems": [
            {"ItemCode": code, "Quantity": json::number(item.quantity), "UnitAmount": json::number(item.cost)},
            {"Description": "Historical adjustment", "Quantity": 1, "UnitAmount": json::number(-total), "AccountCode": "840"},
        ],
    });
    write(sandbox, company, "Invoices", None, bill).map(|_| ())
}

/// A year ago, so that sales of any day find it; the day after the lock date where that is later.
fn opening_day(sandbox: &Sandbox, company: &str) -> NaiveDate {
    let now = sandbox.clock.now();
    let today = now.date_naive();
    let locked = sandbox.read(|state| state.organisations.get(company).and_then(Organisation::locked_until));
    let year_ago = today.checked_sub_months(Months::new(12)).unwrap_or(today);
    locked.and_then(|locked| locked.succ_opt()).map_or(year_ago, |open| open.max(year_ago))
}

/// The resource of a sales document.
///
/// # Errors
/// `Unsupported` for kinds that Xero has no documents of.
pub(super) fn resource_of(kind: SalesDocumentKind) -> Result<&'static str, SandboxError> {
    match kind {
        SalesDocumentKind::Invoice => Ok("Invoices"),
        SalesDocumentKind::CreditMemo => Ok("CreditNotes"),
        SalesDocumentKind::SalesReceipt => Err(SandboxError::Unsupported("write sales receipts")),
        SalesDocumentKind::Refund => Err(SandboxError::Unsupported("write refund receipts")),
    }
}

fn end_sale(sandbox: &Sandbox, company: &str, sale: SaleRef, status: &str) -> Result<String, SandboxError> {
    let resource = resource_of(sale.kind)?;
    write(sandbox, company, resource, Some(&sale.external_id), json!({"Status": status})).map(|_| sale.external_id)
}

/// A manual journal.
///
/// # Errors
/// `Unsupported` for adjustments, `Refused` where there is none.
fn journal(sandbox: &Sandbox, company: &str, kind: DocumentKind, id: &str) -> Result<Record, SandboxError> {
    if kind == DocumentKind::InventoryAdjustment {
        return Err(SandboxError::Unsupported("hold inventory adjustments"));
    }
    let found = sandbox.read(|state| state.organisations.get(company)?.find(&entities::MANUAL_JOURNALS, id).cloned());
    found.ok_or_else(|| SandboxError::Refused(format!("no manual journal {id}")))
}

fn edit_document(sandbox: &Sandbox, company: &str, kind: DocumentKind, id: String) -> Result<String, SandboxError> {
    let journal = journal(sandbox, company, kind, &id)?;
    let lines = json::objects(&journal, "JournalLines").map(|line| {
        let mut line = line.clone();
        let amount = json::decimal(&line, "LineAmount").unwrap_or_default();
        set(&mut line, "LineAmount", json::amount(amount + amount));
        Value::Object(line)
    });
    let lines: Vec<Value> = lines.collect();
    write(sandbox, company, "ManualJournals", Some(&id), json!({"JournalLines": lines})).map(|_| id)
}

fn remove_document(sandbox: &Sandbox, company: &str, kind: DocumentKind, id: String) -> Result<String, SandboxError> {
    let journal = journal(sandbox, company, kind, &id)?;
    let status = if json::text(&journal, "Status") == Some("DRAFT") { "DELETED" } else { "VOIDED" };
    write(sandbox, company, "ManualJournals", Some(&id), json!({"Status": status})).map(|_| id)
}

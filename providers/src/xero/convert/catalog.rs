//! Items, accounts and contacts (§3.1, §3.2, §3.6).
//!
//! Rule: an item's accounts are known by their codes alone; it carries them until they are looked up.

use chrono::{DateTime, Utc};

use super::{Coded, Record, invalid};
use crate::{
    model::{AccountClass, ItemKind, ItemValuation, RemoteAccount, RemoteItem, RemoteSupplier, Unusable},
    xero::{
        scalar::Scalar,
        wire::{Account, Contact, Details, Item, Phone},
    },
};

/// An account of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::xero) enum ItemSlot {
    Income,
    Expense,
    Asset,
}

/// A row of a collection that also holds records which are none of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::xero) struct Listed<T> {
    /// The record, where it is one of ours.
    pub(in crate::xero) record: Option<T>,
    /// Its id.
    pub(in crate::xero) external_id: String,
    /// When it changed.
    pub(in crate::xero) updated_at: Option<DateTime<Utc>>,
}

/// An item (§3.1). It has no switch for "active"; it is deleted, or it is there. A name is optional, the code is not.
pub(in crate::xero) fn item(wire: &Item<'_>, place: usize) -> Result<Coded<RemoteItem, ItemSlot>, Unusable> {
    let tracked = wire.is_tracked_as_inventory.flag() == Some(true);
    let kind = if tracked { ItemKind::Inventory } else { ItemKind::NonInventory };
    let name = if wire.name.text().is_some() { wire.name } else { wire.code };
    let who = Record { id: wire.id, name, kind: Some(kind), place };
    let name = who.name("Name")?;
    let (sold, bought) = (wire.sales_details.as_ref(), wire.purchase_details.as_ref());
    let price = |of: Option<&Details<'_>>, field: &str| match of {
        Some(details) => who.exact(field, details.unit_price),
        None => Ok(None),
    };
    let record = RemoteItem {
        external_id: who.id("ItemID")?,
        version: None,
        kind,
        full_name: name.clone(),
        name,
        sku: wire.code.owned(),
        description: wire.description.owned(),
        active: true,
        unit_price: price(sold, "SalesDetails.UnitPrice")?,
        purchase_cost: price(bought, "PurchaseDetails.UnitPrice")?,
        quantity_on_hand: if tracked { who.exact("QuantityOnHand", wire.quantity_on_hand)? } else { None },
        income_account: None,
        expense_account: None,
        asset_account: None,
        parent: None,
        updated_at: wire.updated.moment(),
    };
    let expense = bought.map(|details| first(details.cogs_account_code, details.account_code));
    let slots = [
        (ItemSlot::Income, sold.and_then(|details| details.account_code.owned())),
        (ItemSlot::Expense, expense.and_then(Scalar::owned)),
        (ItemSlot::Asset, wire.inventory_asset_account_code.owned()),
    ];
    let codes = slots.into_iter().filter_map(|(slot, code)| Some((slot, code?))).collect();
    Ok(Coded { record, codes })
}

/// Quantity and value of an item, where Xero counts it (§3.1): the value is the pool of its average costs.
pub(in crate::xero) fn valuation(wire: &Item<'_>, place: usize) -> Result<Option<ItemValuation>, Unusable> {
    if wire.is_tracked_as_inventory.flag() != Some(true) {
        return Ok(None);
    }
    let who = Record { id: wire.id, name: first(wire.name, wire.code), kind: Some(ItemKind::Inventory), place };
    Ok(Some(ItemValuation {
        item: who.id("ItemID")?,
        quantity: who.exact("QuantityOnHand", wire.quantity_on_hand)?.unwrap_or_default(),
        value: who.exact("TotalCostPool", wire.total_cost_pool)?.unwrap_or_default(),
    }))
}

/// An account (§3.2); a deleted one is none of ours. A system account keeps that word as its sub-kind, because nothing
/// may be posted to it.
pub(in crate::xero) fn account(wire: &Account<'_>, place: usize) -> Result<Listed<RemoteAccount>, Unusable> {
    let who = Record { id: wire.id, name: wire.name, kind: None, place };
    let external_id = who.id("AccountID")?;
    let updated_at = wire.updated.moment();
    if wire.status.is("DELETED") {
        return Ok(Listed { record: None, external_id, updated_at });
    }
    let kind = wire.kind.owned().unwrap_or_default();
    let class = account_class(wire.class, &kind).ok_or_else(|| who.unusable(invalid("Type", &kind)))?;
    let active = match wire.status.text().as_deref() {
        None | Some("ACTIVE") => true,
        Some("ARCHIVED") => false,
        Some(other) => return Err(who.unusable(invalid("Status", other))),
    };
    let record = RemoteAccount {
        external_id: external_id.clone(),
        version: None,
        number: wire.code.owned(),
        name: who.name("Name")?,
        kind,
        sub_kind: wire.system_account.owned(),
        class,
        active,
        currency: wire.currency_code.owned(),
        updated_at,
    };
    Ok(Listed { record: Some(record), external_id, updated_at })
}

/// A contact (§3.6), unless it only buys. One that does neither yet may be a supplier to come.
pub(in crate::xero) fn supplier(wire: &Contact<'_>, place: usize) -> Result<Listed<RemoteSupplier>, Unusable> {
    let who = Record { id: wire.id, name: wire.name, kind: None, place };
    let external_id = who.id("ContactID")?;
    let updated_at = wire.updated.moment();
    if wire.is_customer.flag() == Some(true) && wire.is_supplier.flag() != Some(true) {
        return Ok(Listed { record: None, external_id, updated_at });
    }
    // GDPR requests erase a contact and leave its shell (from memory).
    let active = match wire.contact_status.text().as_deref() {
        None | Some("ACTIVE") => true,
        Some("ARCHIVED" | "GDPRREQUEST") => false,
        Some(other) => return Err(who.unusable(invalid("ContactStatus", other))),
    };
    let record = RemoteSupplier {
        external_id: external_id.clone(),
        version: None,
        name: who.name("Name")?,
        email: wire.email_address.owned(),
        phone: wire.phones.iter().flatten().find_map(phone),
        currency: wire.default_currency.owned(),
        active,
        updated_at,
    };
    Ok(Listed { record: Some(record), external_id, updated_at })
}

fn first<'a>(one: Scalar<'a>, other: Scalar<'a>) -> Scalar<'a> {
    if one.text().is_some() { one } else { other }
}

/// The parts of a number as one; without the number itself there is none.
fn phone(wire: &Phone<'_>) -> Option<String> {
    wire.phone_number.text()?;
    let parts = [wire.phone_country_code, wire.phone_area_code, wire.phone_number];
    Some(parts.into_iter().filter_map(Scalar::owned).collect::<Vec<_>>().join(" "))
}

/// The class as it is given, else the one that the type belongs to (§3.2).
fn account_class(class: Scalar<'_>, kind: &str) -> Option<AccountClass> {
    let class = match class.text().as_deref() {
        Some("ASSET") => AccountClass::Asset,
        Some("EQUITY") => AccountClass::Equity,
        Some("EXPENSE") => AccountClass::Expense,
        Some("LIABILITY") => AccountClass::Liability,
        Some("REVENUE") => AccountClass::Revenue,
        _ => match kind {
            "BANK" | "CURRENT" | "FIXED" | "INVENTORY" | "NONCURRENT" | "PREPAYMENT" => AccountClass::Asset,
            "CURRLIAB" | "LIABILITY" | "TERMLIAB" | "PAYG" => AccountClass::Liability,
            "EQUITY" => AccountClass::Equity,
            "DEPRECIATN" | "DIRECTCOSTS" | "EXPENSE" | "OVERHEADS" => AccountClass::Expense,
            "OTHERINCOME" | "REVENUE" | "SALES" => AccountClass::Revenue,
            _ => return None,
        },
    };
    Some(class)
}

//! From QuickBooks' words to neutral facts. Pure.
//!
//! Rule: a record is either whole and exact or [`Unusable`] with the reason; numbers that one millionth cannot hold are
//! refused, never rounded.

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    error::malformed,
    record::{Record, invalid},
    wire::{Account, CompanyInfo, Item, MetaData, Preferences, Vendor},
};
use crate::{
    error::ProviderError,
    model::{AccountClass, ItemKind, RemoteAccount, RemoteCompany, RemoteItem, RemoteSupplier, Unusable},
};

/// An item (§9.1).
pub(super) fn item(wire: &Item<'_>, place: usize) -> Result<RemoteItem, Unusable> {
    let kind = wire.kind.text().map(|kind| item_kind(&kind));
    let who = Record { id: wire.id, name: wire.name, kind, place };
    let tracked = kind == Some(ItemKind::Inventory) || wire.track_qty_on_hand.flag() == Some(true);
    let quantity = if tracked { who.number("QtyOnHand", wire.qty_on_hand)? } else { None };
    let name = who.name("Name")?;
    Ok(RemoteItem {
        external_id: who.id()?,
        version: wire.sync_token.owned(),
        kind: kind.unwrap_or(ItemKind::Other),
        full_name: wire.fully_qualified_name.owned().unwrap_or_else(|| name.clone()),
        name,
        sku: wire.sku.owned(),
        description: wire.description.owned(),
        active: who.active(wire.active)?,
        unit_price: who.number("UnitPrice", wire.unit_price)?,
        purchase_cost: who.number("PurchaseCost", wire.purchase_cost)?,
        quantity_on_hand: quantity,
        income_account: wire.income_account_ref.id(),
        expense_account: wire.expense_account_ref.id(),
        asset_account: wire.asset_account_ref.id(),
        parent: wire.parent_ref.id(),
        updated_at: updated_at(wire.meta_data.as_ref()),
    })
}

/// An account (§9.2).
pub(super) fn account(wire: &Account<'_>, place: usize) -> Result<RemoteAccount, Unusable> {
    let who = Record { id: wire.id, name: wire.name, kind: None, place };
    let own_name = who.name("Name")?;
    let kind = wire.account_type.owned().unwrap_or_default();
    let class = account_class(wire.classification.text().as_deref(), &kind)
        .ok_or_else(|| who.unusable(invalid("AccountType", &kind)))?;
    Ok(RemoteAccount {
        external_id: who.id()?,
        version: wire.sync_token.owned(),
        number: wire.acct_num.owned(),
        name: wire.fully_qualified_name.owned().unwrap_or(own_name),
        kind,
        sub_kind: wire.account_sub_type.owned(),
        class,
        active: who.active(wire.active)?,
        currency: wire.currency_ref.id(),
        updated_at: updated_at(wire.meta_data.as_ref()),
    })
}

/// A vendor (§9.6).
pub(super) fn supplier(wire: &Vendor<'_>, place: usize) -> Result<RemoteSupplier, Unusable> {
    let who = Record { id: wire.id, name: wire.display_name, kind: None, place };
    Ok(RemoteSupplier {
        external_id: who.id()?,
        version: wire.sync_token.owned(),
        name: who.name("DisplayName")?,
        email: wire.primary_email_addr.as_ref().and_then(|email| email.address.owned()),
        phone: wire.primary_phone.as_ref().and_then(|phone| phone.free_form_number.owned()),
        currency: wire.currency_ref.id(),
        active: who.active(wire.active)?,
        updated_at: updated_at(wire.meta_data.as_ref()),
    })
}

/// A company with its settings (§9.7, §9.8).
pub(super) fn company(id: &str, info: &CompanyInfoFacts, settings: &CompanySettings) -> RemoteCompany {
    RemoteCompany {
        external_id: id.to_owned(),
        name: info.name.clone().unwrap_or_else(|| id.to_owned()),
        country: info.country.clone(),
        edition: info.edition.clone(),
        home_currency: settings.home_currency.clone(),
        multicurrency: settings.multicurrency,
        inventory_enabled: settings.inventory_enabled,
        book_close_date: settings.book_close_date,
        time_zone: info.time_zone.clone(),
    }
}

/// What matters here of a company's own data (§9.7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CompanyInfoFacts {
    name: Option<String>,
    country: Option<String>,
    edition: Option<String>,
    time_zone: Option<String>,
}

impl From<&CompanyInfo<'_>> for CompanyInfoFacts {
    fn from(wire: &CompanyInfo<'_>) -> Self {
        let properties = wire.name_value.as_deref().unwrap_or_default();
        let edition = properties.iter().find(|property| property.name.text().as_deref() == Some("OfferingSku"));
        let zone = wire.default_time_zone.owned().filter(|zone| zone.parse::<chrono_tz::Tz>().is_ok());
        Self {
            name: wire.company_name.owned().or_else(|| wire.legal_name.owned()),
            country: wire.country.owned(),
            edition: edition.and_then(|property| property.value.owned()),
            time_zone: zone,
        }
    }
}

/// What matters here of a company's settings (§9.8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CompanySettings {
    home_currency: Option<String>,
    multicurrency: bool,
    inventory_enabled: bool,
    book_close_date: Option<NaiveDate>,
}

impl TryFrom<&Preferences<'_>> for CompanySettings {
    type Error = ProviderError;

    fn try_from(wire: &Preferences<'_>) -> Result<Self, ProviderError> {
        let currency = wire.currency_prefs.as_ref();
        let products = wire.product_and_services_prefs.as_ref();
        let closed = wire.accounting_info_prefs.as_ref().and_then(|prefs| prefs.book_close_date.text());
        Ok(Self {
            home_currency: currency.and_then(|prefs| prefs.home_currency.id()),
            multicurrency: currency.and_then(|prefs| prefs.multi_currency_enabled.flag()).unwrap_or(false),
            inventory_enabled: products.and_then(|prefs| prefs.quantity_on_hand.flag()).unwrap_or(false),
            book_close_date: closed.map(|date| close_date(&date)).transpose()?,
        })
    }
}

impl CompanySettings {
    /// The company's own currency.
    pub(super) fn home_currency(self) -> Option<String> {
        self.home_currency
    }

    /// The home currency, where a company of several wants a document to say which it is in (§9.4).
    pub(super) fn currency_to_name(&self) -> Option<&str> {
        self.home_currency.as_deref().filter(|_| self.multicurrency)
    }
}

/// The last closed day. One that cannot be read is an error: posting without knowing it would be guessing.
fn close_date(text: &str) -> Result<NaiveDate, ProviderError> {
    let day = text.get(..10).unwrap_or(text);
    day.parse().map_err(|_| malformed(&format!("Preferences.BookCloseDate `{text}` is no date")))
}

/// Kinds of item (§9.1); `Group` is how QuickBooks spells a bundle.
fn item_kind(text: &str) -> ItemKind {
    match text.to_ascii_lowercase().as_str() {
        "inventory" => ItemKind::Inventory,
        "noninventory" => ItemKind::NonInventory,
        "service" => ItemKind::Service,
        "group" | "bundle" => ItemKind::Bundle,
        "category" => ItemKind::Category,
        _ => ItemKind::Other,
    }
}

/// The stated class, else the one that the type belongs to (§9.2).
pub(super) fn account_class(classification: Option<&str>, kind: &str) -> Option<AccountClass> {
    let class = match classification {
        Some("Asset") => AccountClass::Asset,
        Some("Liability") => AccountClass::Liability,
        Some("Equity") => AccountClass::Equity,
        Some("Revenue") => AccountClass::Revenue,
        Some("Expense") => AccountClass::Expense,
        _ => match kind {
            "Bank" | "Accounts Receivable" | "Other Current Asset" | "Fixed Asset" | "Other Asset" => {
                AccountClass::Asset
            }
            "Accounts Payable" | "Credit Card" | "Other Current Liability" | "Long Term Liability" => {
                AccountClass::Liability
            }
            "Equity" => AccountClass::Equity,
            "Income" | "Other Income" => AccountClass::Revenue,
            "Expense" | "Other Expense" | "Cost of Goods Sold" => AccountClass::Expense,
            "Non-Posting" => AccountClass::NonPosting,
            _ => return None,
        },
    };
    Some(class)
}

/// Informative alone, so a time that cannot be read is no reason to refuse a record (§9.3 shows dates without a time).
pub(super) fn updated_at(meta: Option<&MetaData<'_>>) -> Option<DateTime<Utc>> {
    let text = meta?.last_updated_time.text()?;
    DateTime::parse_from_rfc3339(&text).ok().map(|time| time.to_utc())
}

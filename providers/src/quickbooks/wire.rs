//! JSON of the Accounting API as it comes, borrowed from the answer.
//!
//! Rule: reading is lenient about a field's type and strict about JSON itself. Fields stay raw text until
//! [`super::convert`] decides what they mean, so a number never passes through a float and one odd field never costs a
//! page.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::error::malformed;
use crate::{error::ProviderError, transport::Reply};

/// JSON of the expected shape.
///
/// # Errors
/// `Malformed`, with the place where the parser stopped.
pub(super) fn read<'a, T: Deserialize<'a>>(reply: &'a Reply) -> Result<T, ProviderError> {
    serde_json::from_slice(&reply.bytes).map_err(|error| malformed(&format!("the answer cannot be read: {error}")))
}

/// A field that should be a text, a number or a boolean; numbers may come as strings and the other way round (§8).
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Scalar<'a>(#[serde(borrow)] Option<&'a RawValue>);

impl<'a> Scalar<'a> {
    /// Its text without surrounding blanks; `None` if absent, null or empty. An object or array is given as its JSON, so
    /// that a complaint can show it.
    pub(super) fn text(self) -> Option<Cow<'a, str>> {
        let raw = self.0?.get();
        let text = match raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(plain) if !plain.contains('\\') => Cow::Borrowed(plain.trim()),
            Some(_) => Cow::Owned(serde_json::from_str::<String>(raw).ok()?.trim().to_owned()),
            None if raw == "null" => return None,
            None => Cow::Borrowed(raw),
        };
        (!text.is_empty()).then_some(text)
    }

    /// Its text, owned; an object or array has none.
    pub(super) fn owned(self) -> Option<String> {
        let is_scalar = self.0.is_some_and(|raw| !raw.get().starts_with(['{', '[']));
        self.text().filter(|_| is_scalar).map(Cow::into_owned)
    }

    /// Whether it says yes; `None` if it says neither yes nor no.
    pub(super) fn flag(self) -> Option<bool> {
        match self.text()?.to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }
}

/// A reference: an object with the id in `value`, in places only the id (§8).
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Reference<'a>(#[serde(borrow)] Option<&'a RawValue>);

#[derive(Deserialize)]
struct ReferenceBody<'a> {
    #[serde(borrow, default)]
    value: Scalar<'a>,
    #[serde(borrow, default)]
    name: Scalar<'a>,
}

impl Reference<'_> {
    /// The id.
    pub(super) fn id(self) -> Option<String> {
        let raw = self.0?;
        match serde_json::from_str::<ReferenceBody<'_>>(raw.get()) {
            Ok(body) => body.value.owned(),
            Err(_) => Scalar(Some(raw)).owned(),
        }
    }

    /// The name that comes with the id; it may be out of date (§8).
    pub(super) fn name(self) -> Option<String> {
        serde_json::from_str::<ReferenceBody<'_>>(self.0?.get()).ok()?.name.owned()
    }
}

/// When a record was changed (§8).
#[derive(Debug, Default, Deserialize)]
pub(super) struct MetaData<'a> {
    #[serde(borrow, default, rename = "LastUpdatedTime")]
    pub(super) last_updated_time: Scalar<'a>,
}

/// An item (§9.1).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Item<'a> {
    #[serde(borrow)]
    pub(super) id: Scalar<'a>,
    #[serde(borrow)]
    pub(super) sync_token: Scalar<'a>,
    #[serde(borrow)]
    pub(super) name: Scalar<'a>,
    #[serde(borrow)]
    pub(super) fully_qualified_name: Scalar<'a>,
    #[serde(borrow)]
    pub(super) sku: Scalar<'a>,
    #[serde(borrow)]
    pub(super) description: Scalar<'a>,
    #[serde(borrow)]
    pub(super) active: Scalar<'a>,
    #[serde(borrow, rename = "Type")]
    pub(super) kind: Scalar<'a>,
    #[serde(borrow)]
    pub(super) unit_price: Scalar<'a>,
    #[serde(borrow)]
    pub(super) purchase_cost: Scalar<'a>,
    #[serde(borrow)]
    pub(super) track_qty_on_hand: Scalar<'a>,
    #[serde(borrow)]
    pub(super) qty_on_hand: Scalar<'a>,
    #[serde(borrow)]
    pub(super) income_account_ref: Reference<'a>,
    #[serde(borrow)]
    pub(super) expense_account_ref: Reference<'a>,
    #[serde(borrow)]
    pub(super) asset_account_ref: Reference<'a>,
    #[serde(borrow)]
    pub(super) parent_ref: Reference<'a>,
    #[serde(borrow)]
    pub(super) meta_data: Option<MetaData<'a>>,
}

/// An account (§9.2).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Account<'a> {
    #[serde(borrow)]
    pub(super) id: Scalar<'a>,
    #[serde(borrow)]
    pub(super) sync_token: Scalar<'a>,
    #[serde(borrow)]
    pub(super) name: Scalar<'a>,
    #[serde(borrow)]
    pub(super) fully_qualified_name: Scalar<'a>,
    #[serde(borrow)]
    pub(super) acct_num: Scalar<'a>,
    #[serde(borrow)]
    pub(super) account_type: Scalar<'a>,
    #[serde(borrow)]
    pub(super) account_sub_type: Scalar<'a>,
    #[serde(borrow)]
    pub(super) classification: Scalar<'a>,
    #[serde(borrow)]
    pub(super) active: Scalar<'a>,
    #[serde(borrow)]
    pub(super) currency_ref: Reference<'a>,
    #[serde(borrow)]
    pub(super) meta_data: Option<MetaData<'a>>,
}

/// A vendor (§9.6).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Vendor<'a> {
    #[serde(borrow)]
    pub(super) id: Scalar<'a>,
    #[serde(borrow)]
    pub(super) sync_token: Scalar<'a>,
    #[serde(borrow)]
    pub(super) display_name: Scalar<'a>,
    #[serde(borrow)]
    pub(super) primary_email_addr: Option<Email<'a>>,
    #[serde(borrow)]
    pub(super) primary_phone: Option<Phone<'a>>,
    #[serde(borrow)]
    pub(super) currency_ref: Reference<'a>,
    #[serde(borrow)]
    pub(super) active: Scalar<'a>,
    #[serde(borrow)]
    pub(super) meta_data: Option<MetaData<'a>>,
}

/// An e-mail address (§9.6).
#[derive(Debug, Default, Deserialize)]
pub(super) struct Email<'a> {
    #[serde(borrow, default, rename = "Address")]
    pub(super) address: Scalar<'a>,
}

/// A phone number (§9.6).
#[derive(Debug, Default, Deserialize)]
pub(super) struct Phone<'a> {
    #[serde(borrow, default, rename = "FreeFormNumber")]
    pub(super) free_form_number: Scalar<'a>,
}

/// The answer to a query (§4). Without rows the entity's key is absent.
#[derive(Debug, Deserialize)]
pub(super) struct QueryAnswer<'a, T> {
    #[serde(borrow, rename = "QueryResponse", bound(deserialize = "T: Deserialize<'de>"))]
    pub(super) response: QueryResponse<'a, T>,
}

/// What is inside [`QueryAnswer`].
#[derive(Debug, Deserialize)]
pub(super) struct QueryResponse<'a, T> {
    #[serde(
        alias = "Item",
        alias = "Account",
        alias = "Vendor",
        alias = "Invoice",
        alias = "SalesReceipt",
        alias = "CreditMemo",
        alias = "RefundReceipt",
        alias = "JournalEntry",
        alias = "InventoryAdjustment",
        alias = "Bill",
        bound(deserialize = "T: Deserialize<'de>")
    )]
    pub(super) records: Option<Vec<T>>,
    #[serde(borrow, default, rename = "totalCount")]
    pub(super) total_count: Scalar<'a>,
}

/// The answer to a read or a write of one record (§4): the record under its kind's name.
#[derive(Debug, Deserialize)]
pub(super) struct RecordAnswer<'a> {
    #[serde(
        borrow,
        alias = "Invoice",
        alias = "SalesReceipt",
        alias = "CreditMemo",
        alias = "RefundReceipt",
        alias = "JournalEntry",
        alias = "InventoryAdjustment",
        alias = "Bill"
    )]
    pub(super) record: &'a RawValue,
}

/// What is left of a deleted record (§4, §11).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Remains<'a> {
    #[serde(borrow, rename = "Id")]
    pub(super) id: Scalar<'a>,
    #[serde(borrow, rename = "SyncToken")]
    pub(super) sync_token: Scalar<'a>,
    #[serde(borrow)]
    pub(super) status: Scalar<'a>,
    #[serde(borrow, rename = "MetaData")]
    pub(super) meta_data: Option<MetaData<'a>>,
}

impl Remains<'_> {
    /// Whether the record is gone.
    pub(super) fn deleted(&self) -> bool {
        self.status.text().is_some_and(|status| status.eq_ignore_ascii_case("deleted"))
    }
}

/// The answer to a read of the company (§9.7).
#[derive(Debug, Deserialize)]
pub(super) struct CompanyAnswer<'a> {
    #[serde(borrow, rename = "CompanyInfo")]
    pub(super) company: CompanyInfo<'a>,
}

/// A company (§9.7).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct CompanyInfo<'a> {
    #[serde(borrow)]
    pub(super) company_name: Scalar<'a>,
    #[serde(borrow)]
    pub(super) legal_name: Scalar<'a>,
    #[serde(borrow)]
    pub(super) country: Scalar<'a>,
    #[serde(borrow)]
    pub(super) default_time_zone: Scalar<'a>,
    #[serde(borrow)]
    pub(super) name_value: Option<Vec<NameValue<'a>>>,
}

/// A named property (§9.7).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct NameValue<'a> {
    #[serde(borrow)]
    pub(super) name: Scalar<'a>,
    #[serde(borrow)]
    pub(super) value: Scalar<'a>,
}

/// The answer to a read of the preferences (§9.8).
#[derive(Debug, Deserialize)]
pub(super) struct PreferencesAnswer<'a> {
    #[serde(borrow, rename = "Preferences")]
    pub(super) preferences: Preferences<'a>,
}

/// The company's settings (§9.8).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Preferences<'a> {
    #[serde(borrow)]
    pub(super) accounting_info_prefs: Option<AccountingInfoPrefs<'a>>,
    #[serde(borrow)]
    pub(super) product_and_services_prefs: Option<ProductAndServicesPrefs<'a>>,
    #[serde(borrow)]
    pub(super) currency_prefs: Option<CurrencyPrefs<'a>>,
}

/// Bookkeeping settings (§9.8).
#[derive(Debug, Default, Deserialize)]
pub(super) struct AccountingInfoPrefs<'a> {
    #[serde(borrow, default, rename = "BookCloseDate")]
    pub(super) book_close_date: Scalar<'a>,
}

/// Product settings (§9.8).
#[derive(Debug, Default, Deserialize)]
pub(super) struct ProductAndServicesPrefs<'a> {
    #[serde(borrow, default, rename = "QuantityOnHand")]
    pub(super) quantity_on_hand: Scalar<'a>,
}

/// Currency settings (§9.8).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct CurrencyPrefs<'a> {
    #[serde(borrow)]
    pub(super) multi_currency_enabled: Scalar<'a>,
    #[serde(borrow)]
    pub(super) home_currency: Reference<'a>,
}

/// An answer that may be a fault, in either of the two shapes (§4.1).
#[derive(Debug, Deserialize)]
pub(super) struct FaultAnswer<'a> {
    #[serde(borrow, alias = "Fault")]
    pub(super) fault: Option<Fault<'a>>,
}

/// A fault (§4.1).
#[derive(Debug, Deserialize)]
pub(super) struct Fault<'a> {
    #[serde(borrow, default, alias = "Error", rename = "error")]
    pub(super) errors: Vec<FaultError<'a>>,
    #[serde(borrow, default, rename = "type")]
    pub(super) kind: Scalar<'a>,
}

/// One error of a fault (§4.1).
#[derive(Debug, Deserialize)]
pub(super) struct FaultError<'a> {
    #[serde(borrow, default, alias = "Message")]
    pub(super) message: Scalar<'a>,
    #[serde(borrow, default, alias = "Detail")]
    pub(super) detail: Scalar<'a>,
    #[serde(borrow, default)]
    pub(super) code: Scalar<'a>,
    #[serde(borrow, default)]
    pub(super) element: Scalar<'a>,
}

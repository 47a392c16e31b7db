//! The company itself and its preferences: one object each (reference 9.7, 9.8).
//!
//! Rule: read and updated, never created.

use serde_json::Value;

use super::{
    Draft, EntityType,
    contact::{ADDRESS, EMAIL, PHONE, WEB},
    field::{CUSTOM_FIELD, DOMAIN, Field, ID, Kind, META, SPARSE, SYNC_TOKEN},
};
use crate::quickbooks::sandbox::faults::Fault;

/// The properties of the company.
const COMPANY: &[Field] = &[
    ID,
    SYNC_TOKEN,
    META,
    DOMAIN,
    SPARSE,
    CUSTOM_FIELD,
    Field::new("CompanyName", Kind::Text(1024)).filter(),
    Field::new("LegalName", Kind::Text(1024)),
    Field::new("CompanyAddr", Kind::Object(ADDRESS)),
    Field::new("LegalAddr", Kind::Object(ADDRESS)),
    Field::new("CustomerCommunicationAddr", Kind::Object(ADDRESS)),
    Field::new("CustomerCommunicationEmailAddr", Kind::Object(EMAIL)),
    Field::new("PrimaryPhone", Kind::Object(PHONE)),
    Field::new("Email", Kind::Object(EMAIL)),
    Field::new("WebAddr", Kind::Object(WEB)),
    Field::new("Country", Kind::Text(255)).read_only(),
    Field::new("SupportedLanguages", Kind::Text(255)).read_only(),
    Field::new("FiscalYearStartMonth", Kind::Text(20)).read_only(),
    Field::new("CompanyStartDate", Kind::Date).read_only(),
    Field::new("EmployerId", Kind::Text(30)),
    Field::new("DefaultTimeZone", Kind::Text(100)).read_only(),
    Field::new("NameValue", Kind::Any).read_only(),
];

/// The sections of the preferences; each is kept as sent.
const PREFERENCES: &[Field] = &[
    ID,
    SYNC_TOKEN,
    META,
    DOMAIN,
    SPARSE,
    Field::new("AccountingInfoPrefs", Kind::Any),
    Field::new("ProductAndServicesPrefs", Kind::Any),
    Field::new("SalesFormsPrefs", Kind::Any),
    Field::new("EmailMessagesPrefs", Kind::Any),
    Field::new("VendorAndPurchasesPrefs", Kind::Any),
    Field::new("TimeTrackingPrefs", Kind::Any),
    Field::new("TaxPrefs", Kind::Any),
    Field::new("CurrencyPrefs", Kind::Any),
    Field::new("ReportPrefs", Kind::Any),
    Field::new("OtherPrefs", Kind::Any),
];

/// The company.
pub(crate) static COMPANY_INFO: EntityType = EntityType {
    name: "CompanyInfo",
    fields: COMPANY,
    name_field: None,
    lists_active_only: false,
    kept: &[],
    check: |draft| draft.require("CompanyName"),
};

/// Its preferences.
pub(crate) static PREFERENCES_TYPE: EntityType = EntityType {
    name: "Preferences",
    fields: PREFERENCES,
    name_field: None,
    lists_active_only: false,
    kept: SECTIONS,
    check: merge_sections,
};

/// The sections, none of which is lost when it is not sent.
const SECTIONS: &[&str] = &[
    "AccountingInfoPrefs",
    "ProductAndServicesPrefs",
    "SalesFormsPrefs",
    "EmailMessagesPrefs",
    "VendorAndPurchasesPrefs",
    "TimeTrackingPrefs",
    "TaxPrefs",
    "CurrencyPrefs",
    "ReportPrefs",
    "OtherPrefs",
];

/// Settings that were not sent stay as they are, within a section too.
fn merge_sections(draft: &mut Draft<'_>) -> Result<(), Fault> {
    for section in SECTIONS {
        let Some(old) = draft.old.as_ref().and_then(|old| old.get(*section)?.as_object()).cloned() else { continue };
        if let Some(Value::Object(new)) = draft.record.get_mut(*section) {
            new.retain(|_, value| !value.is_null());
            for (name, value) in old {
                new.entry(name).or_insert(value);
            }
        }
    }
    Ok(())
}

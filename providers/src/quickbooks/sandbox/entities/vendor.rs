//! Vendors (reference 9.6).
//!
//! Rule: some name must be there, and no contact of any kind has it already; a tax number is never shown whole.

use super::{
    Draft, EntityType,
    contact::{self, ADDRESS, EMAIL, FORBIDDEN, PHONE, WEB},
    field::{ACTIVE, CUSTOM_FIELD, DOMAIN, Field, ID, Kind, META, SPARSE, STATUS, SYNC_TOKEN},
};
use crate::quickbooks::sandbox::faults::Fault;

/// The properties (reference 9.6; filters of reference 6).
const FIELDS: &[Field] = &[
    ID,
    SYNC_TOKEN,
    META,
    DOMAIN,
    SPARSE,
    STATUS,
    CUSTOM_FIELD,
    ACTIVE,
    Field::new("DisplayName", Kind::Name(500, FORBIDDEN)).filter().sort(),
    Field::new("Title", Kind::Name(16, FORBIDDEN)),
    Field::new("GivenName", Kind::Name(100, FORBIDDEN)).filter(),
    Field::new("MiddleName", Kind::Name(100, FORBIDDEN)),
    Field::new("FamilyName", Kind::Name(100, FORBIDDEN)).filter(),
    Field::new("Suffix", Kind::Name(16, FORBIDDEN)),
    Field::new("CompanyName", Kind::Text(100)).filter(),
    Field::new("PrintOnCheckName", Kind::Text(110)),
    Field::new("PrimaryPhone", Kind::Object(PHONE)),
    Field::new("AlternatePhone", Kind::Object(PHONE)),
    Field::new("Mobile", Kind::Object(PHONE)),
    Field::new("Fax", Kind::Object(PHONE)),
    Field::new("PrimaryEmailAddr", Kind::Object(EMAIL)).filter(),
    Field::new("WebAddr", Kind::Object(WEB)),
    Field::new("BillAddr", Kind::Object(ADDRESS)),
    Field::new("OtherAddr", Kind::Object(ADDRESS)),
    Field::new("OtherContactInfo", Kind::Any),
    Field::new("VendorPaymentBankDetail", Kind::Any),
    Field::new("CurrencyRef", Kind::Loose),
    Field::new("Balance", Kind::Decimal).read_only().filter(),
    Field::new("AcctNum", Kind::Text(100)),
    Field::new("Vendor1099", Kind::Bool),
    Field::new("TaxIdentifier", Kind::Text(20)),
    Field::new("BusinessNumber", Kind::Text(15)),
    Field::new("TaxReportingBasis", Kind::Choice(&["Cash", "Accrual"])),
    Field::new("TermRef", Kind::Loose),
    Field::new("BillRate", Kind::Price),
    Field::new("CostRate", Kind::Price),
    Field::new("APAccountRef", Kind::Reference("Account")),
    Field::new("T4AEligible", Kind::Bool),
    Field::new("T5018Eligible", Kind::Bool),
    Field::new("HasTPAR", Kind::Bool),
    Field::new("GSTIN", Kind::Text(15)),
    Field::new("GSTRegistrationType", Kind::Text(15)),
    Field::new("V4IDPseudonym", Kind::Text(100)).read_only(),
    Field::new("Source", Kind::Text(100)).read_only(),
];

/// The entity.
pub(crate) static VENDOR: EntityType = EntityType {
    name: "Vendor",
    fields: FIELDS,
    name_field: Some("DisplayName"),
    lists_active_only: true,
    kept: &["Active", "CurrencyRef"],
    check,
};

fn check(draft: &mut Draft<'_>) -> Result<(), Fault> {
    contact::check(draft)?;
    draft.default("Vendor1099", false);
    if let Some(Some(number)) = draft.sent.get("TaxIdentifier").cloned() {
        draft.set("TaxIdentifier", masked(number.as_str().unwrap_or_default()));
    }
    Ok(())
}

/// All but the last four characters replaced (reference 9.6).
fn masked(number: &str) -> String {
    let shown = number.chars().count().saturating_sub(4);
    number.chars().enumerate().map(|(at, c)| if at < shown && c.is_alphanumeric() { 'X' } else { c }).collect()
}

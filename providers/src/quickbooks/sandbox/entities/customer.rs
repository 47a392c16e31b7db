//! Customers and their jobs (reference 9.6).
//!
//! Rule: some name must be there, and no contact of any kind has it already.

use super::{
    Draft, EntityType,
    contact::{self, ADDRESS, EMAIL, FORBIDDEN, PHONE, WEB},
    field::{ACTIVE, CUSTOM_FIELD, DOMAIN, Field, ID, Kind, META, SPARSE, STATUS, SYNC_TOKEN},
};
use crate::quickbooks::sandbox::{faults::Fault, json};

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
    Field::new("FullyQualifiedName", Kind::Text(1000)).read_only().filter(),
    Field::new("PrimaryPhone", Kind::Object(PHONE)),
    Field::new("AlternatePhone", Kind::Object(PHONE)),
    Field::new("Mobile", Kind::Object(PHONE)),
    Field::new("Fax", Kind::Object(PHONE)),
    Field::new("PrimaryEmailAddr", Kind::Object(EMAIL)).filter(),
    Field::new("WebAddr", Kind::Object(WEB)),
    Field::new("BillAddr", Kind::Object(ADDRESS)),
    Field::new("ShipAddr", Kind::Object(ADDRESS)),
    Field::new("CurrencyRef", Kind::Loose),
    Field::new("Balance", Kind::Decimal).read_only().filter(),
    Field::new("BalanceWithJobs", Kind::Decimal).read_only(),
    Field::new("OpenBalanceDate", Kind::Date),
    Field::new("Job", Kind::Bool),
    Field::new("IsProject", Kind::Bool).read_only(),
    Field::new("ClientEntityId", Kind::Text(100)).read_only(),
    Field::new("ClientCompanyId", Kind::Text(100)).read_only(),
    Field::new("V4IDPseudonym", Kind::Text(100)).read_only(),
    Field::new("ParentRef", Kind::Reference("Customer")),
    Field::new("BillWithParent", Kind::Bool),
    Field::new("Level", Kind::Decimal).read_only(),
    Field::new("Taxable", Kind::Bool),
    Field::new("TaxExemptionReasonId", Kind::Text(10)),
    Field::new("DefaultTaxCodeRef", Kind::Loose),
    Field::new("PaymentMethodRef", Kind::Loose),
    Field::new("SalesTermRef", Kind::Loose),
    Field::new("CustomerTypeRef", Kind::Loose),
    Field::new("ARAccountRef", Kind::Reference("Account")),
    Field::new("PreferredDeliveryMethod", Kind::Choice(&["Print", "Email", "None"])),
    Field::new("Notes", Kind::Text(2000)),
    Field::new("ResaleNum", Kind::Text(16)),
    Field::new("PrimaryTaxIdentifier", Kind::Text(30)),
    Field::new("SecondaryTaxIdentifier", Kind::Text(30)),
    Field::new("GSTIN", Kind::Text(15)),
    Field::new("GSTRegistrationType", Kind::Text(15)),
    Field::new("BusinessNumber", Kind::Text(15)),
    Field::new("Source", Kind::Text(100)).read_only(),
];

/// The entity.
pub(crate) static CUSTOMER: EntityType = EntityType {
    name: "Customer",
    fields: FIELDS,
    name_field: Some("DisplayName"),
    lists_active_only: true,
    kept: &["Active", "CurrencyRef"],
    check,
};

fn check(draft: &mut Draft<'_>) -> Result<(), Fault> {
    contact::check(draft)?;
    if json::flag(&draft.record, "Job") == Some(true) {
        draft.require("ParentRef").map_err(|_| Fault::new(6150, "ParentRef is required for a job").at("ParentRef"))?;
    }
    let parent = json::reference(&draft.record, "ParentRef");
    if parent.is_some() && parent == draft.old_text("Id") {
        return Err(Fault::new(900, "A customer cannot be its own parent").at("ParentRef"));
    }
    draft.default("Taxable", true);
    draft.default("BillWithParent", false);
    draft.default("BalanceWithJobs", 0);
    draft.default("PreferredDeliveryMethod", "Print");
    Ok(())
}

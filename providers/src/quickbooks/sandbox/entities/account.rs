//! Accounts of the chart (reference 9.2).
//!
//! Rule: type and subtype agree, classification follows from them, system accounts stand alone.

use super::{
    EntityType,
    field::{ACTIVE, CUSTOM_FIELD, DOMAIN, Field, ID, Kind, META, SPARSE, STATUS, SYNC_TOKEN},
};

/// Characters that a name of an account may not have.
const FORBIDDEN: &[char] = &[':', '"', '\t', '\n', '\r'];

/// The properties (reference 9.2; filters of reference 6).
const FIELDS: &[Field] = &[
    ID,
    SYNC_TOKEN,
    META,
    DOMAIN,
    SPARSE,
    STATUS,
    CUSTOM_FIELD,
    ACTIVE,
    Field::new("Name", Kind::Name(100, FORBIDDEN)).filter().sort(),
    Field::new("FullyQualifiedName", Kind::Text(505)).read_only().filter(),
    Field::new("AcctNum", Kind::Text(7)),
    Field::new("Description", Kind::Text(100)),
    Field::new("AccountType", Kind::Text(100)).filter(),
    Field::new("AccountSubType", Kind::Text(100)).filter(),
    Field::new("Classification", Kind::Text(100)).read_only().filter(),
    Field::new("CurrentBalance", Kind::Decimal).read_only().filter(),
    Field::new("CurrentBalanceWithSubAccounts", Kind::Decimal).read_only(),
    Field::new("SubAccount", Kind::Bool).read_only().filter(),
    Field::new("ParentRef", Kind::Reference("Account")),
    Field::new("CurrencyRef", Kind::Loose),
    Field::new("TaxCodeRef", Kind::Loose),
    Field::new("AccountAlias", Kind::Text(100)),
    Field::new("TxnLocationType", Kind::Text(100)),
    Field::new("OpeningBalance", Kind::Decimal),
    Field::new("OpeningBalanceDate", Kind::Date),
];

/// The entity.
pub(crate) static ACCOUNT: EntityType =
    EntityType { name: "Account", fields: FIELDS, name_field: Some("Name"), lists_active_only: true };

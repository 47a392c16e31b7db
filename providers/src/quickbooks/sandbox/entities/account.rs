//! Accounts of the chart (reference 9.2).
//!
//! Rule: type and subtype agree, classification follows from them, system accounts stand alone.

use super::{
    Draft, EntityType, account_type, contact,
    field::{ACTIVE, CUSTOM_FIELD, DOMAIN, Field, ID, Kind, META, SPARSE, STATUS, SYNC_TOKEN},
};
use crate::quickbooks::sandbox::{
    faults::Fault,
    json::{self, Record},
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
pub(crate) static ACCOUNT: EntityType = EntityType {
    name: "Account",
    fields: FIELDS,
    name_field: Some("Name"),
    lists_active_only: true,
    kept: &["Active", "AccountType", "AccountSubType", "CurrencyRef"],
    check,
};

/// Levels of accounts (reference 9.2).
const LEVELS: usize = 5;

/// Subtypes of accounts that the service itself keeps: they stand alone and stay active (reference 9.2).
const SYSTEM: [&str; 3] = ["OpeningBalanceEquity", "RetainedEarnings", "UndepositedFunds"];

fn check(draft: &mut Draft<'_>) -> Result<(), Fault> {
    draft.require("Name")?;
    check_type(draft)?;
    check_parent(draft)?;
    draft.default("Active", true);
    draft.default("CurrentBalance", 0);
    draft.default("CurrencyRef", contact::us_dollar());
    if draft.is_inactivated() && is_system(&draft.record) {
        return Err(Fault::business("This account is used by the system and cannot be made inactive.").at("Active"));
    }
    Ok(())
}

/// Type and subtype: one is enough, both must agree; neither changes into another classification.
fn check_type(draft: &mut Draft<'_>) -> Result<(), Fault> {
    let sent = |field: &str| draft.sent.get(field).and_then(|value| value.as_ref()?.as_str().map(str::to_owned));
    let (kind, subtype) = (sent("AccountType"), sent("AccountSubType"));
    let invalid = |field: &str, value: &str| Fault::new(2170, format!("Invalid Enumeration : {value}")).at(field);
    let (kind, subtype) = match (kind, subtype) {
        (None, None) if draft.is_new() => return Err(Fault::new(6010, "AccountType or AccountSubType is required")),
        (None, None) => return Ok(()),
        (Some(kind), None) => {
            let subtype = account_type::default_subtype(&kind).ok_or_else(|| invalid("AccountType", &kind))?;
            let same = draft.old_text("AccountType") == Some(kind.as_str());
            let subtype = draft.old_text("AccountSubType").filter(|_| same).unwrap_or(subtype).to_owned();
            (kind, subtype)
        }
        (kind, Some(subtype)) => {
            let owner = account_type::type_of_subtype(&subtype).ok_or_else(|| invalid("AccountSubType", &subtype))?;
            if let Some(kind) = kind.filter(|kind| kind != owner) {
                return Err(invalid("AccountSubType", &format!("{subtype} is not a kind of {kind}")));
            }
            (owner.to_owned(), subtype)
        }
    };
    draft.set("AccountType", kind);
    draft.set("AccountSubType", subtype);
    Ok(())
}

/// The parent is of the same type, not below the account itself, not too deep, and no system account.
fn check_parent(draft: &Draft<'_>) -> Result<(), Fault> {
    let Some(parent) = draft.target("ParentRef") else { return Ok(()) };
    let wrong = |detail: &str| Err(Fault::new(700, detail.to_owned()).at("ParentRef"));
    if is_system(&parent) || is_system(&draft.record) {
        return wrong("A system account can neither have nor be a sub-account");
    }
    if json::text(&parent, "AccountType") != draft.text("AccountType") {
        return wrong("A sub-account must be of the type of its parent");
    }
    let above = |child: &Record| draft.company.find("Account", json::reference(child, "ParentRef")?);
    let lineage: Vec<Record> = std::iter::successors(Some(parent), above).take(10).collect();
    let own = draft.old_text("Id");
    if own.is_some() && lineage.iter().any(|account| json::text(account, "Id") == own) {
        return Err(Fault::new(900, "An account cannot be its own parent").at("ParentRef"));
    }
    if lineage.len() >= LEVELS {
        return Err(Fault::new(6180, format!("No more than {LEVELS} levels of accounts")).at("ParentRef"));
    }
    Ok(())
}

fn is_system(account: &Record) -> bool {
    json::text(account, "AccountSubType").is_some_and(|subtype| SYSTEM.contains(&subtype))
}

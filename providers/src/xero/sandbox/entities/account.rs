//! Accounts (reference 3.2).
//!
//! Rule: a system account is renamed at most; an account that was posted to is archived, never deleted.

use super::{ACCOUNTS, Context, at_most};
use crate::xero::sandbox::{
    json::{self, Record, set, take},
    problem::{Findings, Invalid},
    store::Organisation,
};

/// Types and their classes (reference 3.2).
const TYPES: [(&str, &str); 18] = [
    ("BANK", "ASSET"),
    ("CURRENT", "ASSET"),
    ("CURRLIAB", "LIABILITY"),
    ("DEPRECIATN", "EXPENSE"),
    ("DIRECTCOSTS", "EXPENSE"),
    ("EQUITY", "EQUITY"),
    ("EXPENSE", "EXPENSE"),
    ("FIXED", "ASSET"),
    ("INVENTORY", "ASSET"),
    ("LIABILITY", "LIABILITY"),
    ("NONCURRENT", "ASSET"),
    ("OTHERINCOME", "REVENUE"),
    ("OVERHEADS", "EXPENSE"),
    ("PREPAYMENT", "ASSET"),
    ("REVENUE", "REVENUE"),
    ("SALES", "REVENUE"),
    ("TERMLIAB", "LIABILITY"),
    ("PAYG", "LIABILITY"),
];

/// The class of a type.
pub(crate) fn class_of(kind: &str) -> Option<&'static str> {
    TYPES.iter().find(|(name, _)| *name == kind).map(|(_, class)| *class)
}

/// Whether an account is of type BANK.
pub(crate) fn is_bank(account: &Record) -> bool {
    json::text(account, "Type") == Some("BANK")
}

/// Whether an account is of type INVENTORY.
pub(crate) fn is_inventory(account: &Record) -> bool {
    json::text(account, "Type") == Some("INVENTORY")
}

/// The id of a system account of an organisation, for example DEBTORS.
///
/// # Errors
/// When the organisation has none.
pub(crate) fn system(organisation: &Organisation, name: &str) -> Result<String, Invalid> {
    let is_it = |account: &&Record| json::text(account, "SystemAccount") == Some(name);
    let found = organisation.table(&ACCOUNTS).rows().find(is_it).and_then(|account| json::text(account, "AccountID"));
    found.map(str::to_owned).ok_or_else(|| Invalid::new(format!("The organisation has no {name} account.")))
}

/// The account that a line names by id or code; the message names it as the line did.
///
/// # Errors
/// When there is none in use.
pub(crate) fn find<'o>(organisation: &'o Organisation, line: &Record) -> Result<Option<&'o Record>, Invalid> {
    let table = organisation.table(&ACCOUNTS);
    let (named, found) = match (json::text(line, "AccountID"), json::text(line, "AccountCode")) {
        (_, Some(code)) => (code, table.by_key(code)),
        (Some(id), None) => (id, table.find(id)),
        (None, None) => return Ok(None),
    };
    match found {
        None => Err(Invalid::new(format!("Account code '{named}' is not a valid code for this document."))),
        Some(account) if json::text(account, "Status") != Some("ACTIVE") => {
            Err(Invalid::new(format!("Account code '{named}' has been archived or deleted.")))
        }
        found => Ok(found),
    }
}

/// Saves an account.
pub(super) fn save(
    organisation: &mut Organisation,
    context: &Context,
    body: &Record,
    existing: Option<&Record>,
) -> Result<Record, Invalid> {
    let mut account = existing.cloned().unwrap_or_else(|| fresh(context));
    let is_system = json::text(&account, "SystemAccount").is_some();
    let mut findings = Findings::default();
    let status = json::text(body, "Status");
    if is_system && status.is_some_and(|status| status != "ACTIVE") {
        findings.add("System accounts cannot be archived.");
    }
    // Clients send `HasAttachments` with everything; it is the service's to say.
    let alone = |key: &String| matches!(key.as_str(), "AccountID" | "Status" | "HasAttachments");
    if status == Some("ARCHIVED") && !body.keys().all(alone) {
        findings.add("An account is archived by its AccountID and Status alone.");
    }
    if is_system && json::text(body, "Type").is_some_and(|kind| Some(kind) != json::text(&account, "Type")) {
        findings.add("The type of a system account cannot be changed.");
    }
    take(
        &mut account,
        body,
        &[
            "Code",
            "Name",
            "Type",
            "Status",
            "TaxType",
            "Description",
            "EnablePaymentsToAccount",
            "ShowInExpenseClaims",
            "BankAccountNumber",
            "CurrencyCode",
        ],
    );
    check(organisation, &account, &mut findings);
    findings.done()?;
    let class = json::text(&account, "Type").and_then(class_of).unwrap_or_default();
    set(&mut account, "Class", class);
    Ok(organisation.put(&ACCOUNTS, account, context.now))
}

fn fresh(context: &Context) -> Record {
    let mut account = Record::new();
    set(&mut account, "AccountID", context.new_id());
    set(&mut account, "Status", "ACTIVE");
    set(&mut account, "TaxType", "NONE");
    set(&mut account, "EnablePaymentsToAccount", false);
    account
}

fn check(organisation: &Organisation, account: &Record, findings: &mut Findings) {
    let id = json::text(account, "AccountID");
    at_most(findings, account, "Code", 10);
    at_most(findings, account, "Name", 150);
    if json::text(account, "Code").is_none() && !is_bank(account) {
        findings.add("Please enter a unique Code.");
    }
    if json::text(account, "Name").is_none() {
        findings.add("Please enter a unique Name.");
    }
    let kind = json::text(account, "Type").unwrap_or_default();
    if class_of(kind).is_none() {
        findings.add(format!("The account type '{kind}' is not valid."));
    }
    if !matches!(json::text(account, "Status"), Some("ACTIVE" | "ARCHIVED")) {
        findings.add("The account status must be ACTIVE or ARCHIVED.");
    }
    let others = organisation.table(&ACCOUNTS).rows().filter(|other| json::text(other, "AccountID") != id);
    for other in others {
        for field in ["Code", "Name"] {
            let (own, taken) = (json::text(account, field), json::text(other, field));
            if own.is_some() && own.map(str::to_lowercase) == taken.map(str::to_lowercase) {
                findings.add(format!("Please enter a unique {field}."));
            }
        }
    }
}

/// Deletes an account that nothing was posted to.
pub(super) fn delete(organisation: &mut Organisation, _: &Context, account: &Record) -> Result<(), Invalid> {
    let id = json::text(account, "AccountID").unwrap_or_default().to_owned();
    if json::text(account, "SystemAccount").is_some() {
        return Err(Invalid::new("System accounts cannot be deleted."));
    }
    let posted = organisation.ledger.entries().any(|(_, entry)| entry.postings.iter().any(|line| line.account == id));
    if posted {
        return Err(Invalid::new("The account is used in transactions and cannot be deleted. Archive it instead."));
    }
    organisation.remove(&ACCOUNTS, &id);
    Ok(())
}

//! Manual journals (reference 3.3).
//!
//! Rule: debits and credits cancel out, and no line touches what other documents keep: control, bank and inventory
//! accounts.

use rust_decimal::Decimal;
use serde_json::Value;

use super::{
    Context, MANUAL_JOURNALS, TAX_RATES, account, check_lock,
    document::{LineAmounts, take_date},
    is_bank, is_inventory,
};
use crate::{
    sandbox::ledger::Posting,
    xero::sandbox::{
        books::{self, Effect},
        clock,
        json::{self, Record, cents, set, take},
        problem::{Findings, Invalid},
        store::Organisation,
    },
};

/// Saves a manual journal.
pub(super) fn save(
    organisation: &mut Organisation,
    context: &Context,
    body: &Record,
    existing: Option<&Record>,
) -> Result<Record, Invalid> {
    let mut journal = existing.cloned().unwrap_or_else(|| fresh(context));
    let was = existing.and_then(|existing| json::text(existing, "Status")).unwrap_or_default().to_owned();
    let status = next_status(&was, body)?;
    if was == "POSTED" {
        check_lock(organisation, date_of(&journal)?)?;
    }
    set(&mut journal, "Status", status.as_str());
    if !matches!(status.as_str(), "VOIDED" | "DELETED" | "ARCHIVED") {
        let mut findings = Findings::default();
        findings.take(take_date(&mut journal, body, "Date"));
        take(&mut journal, body, &["Narration", "LineAmountTypes", "Url", "ShowOnCashBasisReports"]);
        if json::text(&journal, "Narration").is_none() {
            findings.add("Narration must be specified.");
        }
        findings.take(lines(organisation, &mut journal, body));
        findings.done()?;
        balanced(&journal)?;
    }
    let saved = organisation.put(&MANUAL_JOURNALS, journal, context.now);
    let id = json::text(&saved, "ManualJournalID").unwrap_or_default().to_owned();
    if status == "POSTED" {
        check_lock(organisation, date_of(&saved)?)?;
    }
    let effect = if status == "POSTED" { Some(effect(organisation, &saved)?) } else { None };
    books::replace(organisation, &id, effect)?;
    Ok(saved)
}

fn fresh(context: &Context) -> Record {
    let mut journal = Record::new();
    set(&mut journal, "ManualJournalID", context.new_id());
    set(&mut journal, "Date", context.today.to_string());
    set(&mut journal, "LineAmountTypes", "NoTax");
    set(&mut journal, "ShowOnCashBasisReports", true);
    set(&mut journal, "HasAttachments", false);
    journal
}

fn date_of(journal: &Record) -> Result<chrono::NaiveDate, Invalid> {
    let date = json::text(journal, "Date").and_then(clock::parse_date);
    date.ok_or_else(|| Invalid::new("Date must be specified."))
}

/// DRAFT → POSTED → VOIDED; DRAFT → DELETED; a draft may also be archived.
fn next_status(was: &str, body: &Record) -> Result<String, Invalid> {
    let wanted = json::text(body, "Status").unwrap_or(if was.is_empty() { "DRAFT" } else { was });
    let allowed = matches!(
        (was, wanted),
        ("", "DRAFT" | "POSTED")
            | ("DRAFT", "DRAFT" | "POSTED" | "DELETED" | "ARCHIVED")
            | ("POSTED", "POSTED" | "VOIDED")
    );
    if allowed {
        return Ok(wanted.to_owned());
    }
    let is = if was.is_empty() { "new".to_owned() } else { was.to_owned() };
    Err(Invalid::new(format!("The manual journal is {is} and cannot become {wanted}.")))
}

fn lines(organisation: &Organisation, journal: &mut Record, body: &Record) -> Result<(), Invalid> {
    let amounts = json::text(journal, "LineAmountTypes").and_then(LineAmounts::parse);
    let amounts = amounts.ok_or_else(|| Invalid::new("LineAmountTypes must be NoTax, Exclusive or Inclusive."))?;
    let kept = journal.clone();
    let source = if body.contains_key("JournalLines") { body } else { &kept };
    let mut findings = Findings::default();
    let mut rows = Vec::new();
    for given in json::objects(source, "JournalLines") {
        rows.push(Value::Object(findings.take(line(organisation, given, amounts))));
    }
    if rows.len() < 2 {
        findings.add("A manual journal must have at least two lines.");
    }
    set(journal, "JournalLines", rows);
    findings.done()
}

fn line(organisation: &Organisation, given: &Record, amounts: LineAmounts) -> Result<Record, Invalid> {
    let mut line = Record::new();
    take(&mut line, given, &["Description", "TaxType", "Tracking", "IsBlank"]);
    let amount = json::decimal(given, "LineAmount").map(cents);
    let amount = amount.ok_or_else(|| Invalid::new("LineAmount must be specified for each journal line."))?;
    let account = account::find(organisation, given)?;
    let account = account.ok_or_else(|| Invalid::new("AccountCode must be specified for each journal line."))?;
    check_account(account)?;
    for field in ["AccountID", "AccountCode"] {
        let own = if field == "AccountCode" { "Code" } else { field };
        set(&mut line, field, json::text(account, own).unwrap_or_default());
    }
    let name = match amounts {
        LineAmounts::NoTax => "NONE",
        _ => json::text(&line, "TaxType").or_else(|| json::text(account, "TaxType")).unwrap_or("NONE"),
    };
    let rate = organisation.find(&TAX_RATES, name).and_then(|rate| json::decimal(rate, "EffectiveRate"));
    let rate =
        rate.ok_or_else(|| Invalid::new(format!("The TaxType code '{name}' does not exist or cannot be used here.")))?;
    let tax = json::amount(amounts.tax(amount, rate));
    let name = name.to_owned();
    set(&mut line, "TaxType", name);
    set(&mut line, "TaxAmount", tax);
    set(&mut line, "LineAmount", json::amount(amount));
    Ok(line)
}

/// Control, bank and inventory accounts are kept by other documents (reference 3.2, 3.3).
fn check_account(account: &Record) -> Result<(), Invalid> {
    let code = json::text(account, "Code").unwrap_or_default();
    let name = json::text(account, "Name").unwrap_or_default();
    let what = match json::text(account, "SystemAccount") {
        Some(_) => "a system account",
        None if is_bank(account) => "a bank account",
        None if is_inventory(account) => "an inventory account",
        None => return Ok(()),
    };
    Err(Invalid::new(format!(
        "Account code '{code}' ({name}) is {what} and cannot be used in a manual journal. Choose another account."
    )))
}

/// Debits and credits with their taxes, summed.
fn balanced(journal: &Record) -> Result<(), Invalid> {
    let exclusive = json::text(journal, "LineAmountTypes") == Some("Exclusive");
    let gross = |line: &Record| {
        let tax = if exclusive { json::decimal(line, "TaxAmount") } else { None };
        json::decimal(line, "LineAmount").unwrap_or_default() + tax.unwrap_or_default()
    };
    let sides = json::objects(journal, "JournalLines").map(gross);
    let (debits, credits): (Vec<Decimal>, Vec<Decimal>) = sides.partition(|amount| *amount > Decimal::ZERO);
    let (debits, credits): (Decimal, Decimal) = (debits.iter().sum(), credits.iter().sum());
    if (debits + credits).is_zero() {
        return Ok(());
    }
    Err(Invalid::new(format!("The total debits ({debits}) must equal total credits ({credits})")))
}

fn effect(organisation: &Organisation, journal: &Record) -> Result<Effect, Invalid> {
    let inclusive = json::text(journal, "LineAmountTypes") == Some("Inclusive");
    let tax_account = account::system(organisation, "GST")?;
    let mut postings = Vec::new();
    for line in json::objects(journal, "JournalLines") {
        let number = |field: &str| json::decimal(line, field).unwrap_or_default();
        let (amount, tax) = (number("LineAmount"), number("TaxAmount"));
        let account = json::text(line, "AccountID").unwrap_or_default().to_owned();
        postings.push(Posting { account, amount: if inclusive { amount - tax } else { amount } });
        postings.push(Posting { account: tax_account.clone(), amount: tax });
    }
    Ok(Effect { date: date_of(journal)?, postings, movements: Vec::new() })
}

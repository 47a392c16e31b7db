//! What is sent, and what it does to the books.
//!
//! Rule: one line per item, none of zero (statement 77). Both sides of a journal are one and the same rounded amount; what
//! rounding leaves over stays in our ledger and is shown. Entries balance to the last digit.

use entity::{AccountRole, Amount, ExportKind, InventoryMode, ProductId, Quantity, Severity};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use super::{
    Facts,
    accounts::{role_title, roles},
    checks::checks,
    opposite::opposite,
    overrides::picked,
    split::{by_account, offset, round_shares, sides},
};
use crate::{
    error::{ErrorCode, Refusal},
    export::{
        draft::{Adjustment, AmountLine, Draft, ItemLine, Journal, Side},
        model::{Document, DocumentLine, Entry, Plan},
    },
    integration::Notice,
};

/// Longest memo, characters; providers cut it at their own limits.
const MEMO_MAX: usize = 900;

/// The plan of a document.
///
/// # Errors
/// `INVALID_COST` when a sum is too large.
pub fn plan_of(facts: &Facts<'_>) -> Result<Plan, Refusal> {
    let mode = facts.integration.inventory_mode;
    let (draft, nothing) = match mode {
        _ if facts.document.posted.is_some() => taken_back(facts),
        InventoryMode::Sync => adjustment(facts)?,
        InventoryMode::SelfManaged => journal(facts)?,
    };
    let mut plan = Plan {
        business: facts.integration.business_id,
        integration: facts.integration.id,
        export: None,
        document: facts.document.record,
        kind: facts.document.kind,
        mode,
        hash: String::new(),
        checks: checks(facts),
        warnings: warnings(facts),
        entries: entries(facts, &draft)?,
        draft,
        nothing,
    };
    plan.hash = hash(&plan);
    Ok(plan)
}

/// Names everything that decides what is sent.
fn hash(plan: &Plan) -> String {
    let mut digest = Sha256::new();
    let mut add = |text: &str| {
        digest.update(text.len().to_le_bytes());
        digest.update(text.as_bytes());
    };
    add(&plan.integration.to_string());
    add(&format!("{:?} {:?} {}", plan.mode, plan.kind, plan.document.id()));
    add(&plan.draft.to_json().to_string());
    for check in &plan.checks {
        add(check.code.as_str());
        add(&check.message);
    }
    for entry in &plan.entries {
        add(&format!("{:?} {} {}", entry.account, entry.debit.0, entry.credit.0));
    }
    hex::encode(&digest.finalize()[..16])
}

fn too_large(document: &Document) -> Refusal {
    Refusal::new(ErrorCode::InvalidCost, format!("{} is worth too much to be kept exactly.", document.label))
}

/// Lines by item, in the order of the document; products without one stay by themselves.
fn by_item(facts: &Facts<'_>) -> Result<Vec<(DocumentLine, Option<String>)>, Refusal> {
    let mut sums: Vec<(DocumentLine, Option<String>)> = Vec::new();
    for line in &facts.document.lines {
        let item = facts.items.get(&line.product).map(|item| item.external_id.clone());
        let known = sums.iter_mut().find(|(sum, of)| sum.product == line.product || (item.is_some() && *of == item));
        match known {
            None => sums.push((*line, item)),
            Some((sum, _)) => {
                let quantity = sum.quantity.checked_add(line.quantity);
                let value = sum.value.checked_add(line.value);
                let (quantity, value) = quantity.zip(value).ok_or_else(|| too_large(facts.document))?;
                (sum.quantity, sum.value) = (quantity, value);
            }
        }
    }
    sums.retain(|(line, _)| !line.quantity.is_zero());
    Ok(sums)
}

fn adjustment(facts: &Facts<'_>) -> Result<(Draft, Option<String>), Refusal> {
    let account = offset(facts).account;
    let lines = by_item(facts)?;
    let line = |(line, item): &(DocumentLine, Option<String>)| ItemLine {
        item: item.clone(),
        name: facts.items.get(&line.product).map_or(facts.name(line.product), |item| &item.full_name).to_owned(),
        product: line.product.0,
        quantity: line.quantity.to_decimal(),
        value: line.value.to_decimal(),
    };
    let draft = Adjustment {
        reference: facts.document.reference.clone(),
        date: facts.document.date,
        memo: memo(facts),
        account: account.map(|account| account.external_id.clone()),
        account_name: account.map(|account| account.name.clone()),
        lines: lines.iter().map(line).collect(),
    };
    let nothing = draft.lines.is_empty().then(|| {
        format!("{} changes no quantity, and an inventory adjustment changes nothing else.", facts.document.label)
    });
    Ok((Draft::Adjustment(draft), nothing))
}

/// The opposite of what was posted.
fn taken_back(facts: &Facts<'_>) -> (Draft, Option<String>) {
    let document = facts.document;
    let draft = match &document.posted {
        Some(posted) => opposite(document, posted, memo(facts)),
        None => return (Draft::Journal(empty(facts)), None),
    };
    let is_empty = match &draft {
        Draft::Adjustment(draft) => draft.lines.is_empty(),
        Draft::Journal(draft) => draft.lines.is_empty(),
    };
    let nothing =
        is_empty.then(|| format!("{}: nothing was posted, so there is nothing to take back.", document.label));
    (draft, nothing)
}

fn empty(facts: &Facts<'_>) -> Journal {
    let (reference, date) = (facts.document.reference.clone(), facts.document.date);
    let (lines, members) = (Vec::new(), Vec::new());
    Journal { reference, date, memo: memo(facts), lines, residue: Decimal::ZERO, members }
}

fn journal(facts: &Facts<'_>) -> Result<(Draft, Option<String>), Refusal> {
    let document = facts.document;
    let total = document.total;
    let rounded = facts.currency.round_half_even(total).ok_or_else(|| too_large(document))?;
    let residue = total.checked_sub(rounded).ok_or_else(|| too_large(document))?;
    let nothing = rounded.is_zero().then(|| {
        let worth = if total.is_zero() { "zero".to_owned() } else { format!("{total}, which rounds to zero") };
        format!("{} is worth {worth}; a journal entry of nothing is not posted.", document.label)
    });
    let lines = if nothing.is_some() { Vec::new() } else { amount_lines(facts, rounded)? };
    Ok((Draft::Journal(Journal { lines, residue: residue.to_decimal(), ..empty(facts) }), nothing))
}

/// Both sides of a journal, each shared among its accounts, debits first.
fn amount_lines(facts: &Facts<'_>, rounded: Amount) -> Result<Vec<AmountLine>, Refusal> {
    let document = facts.document;
    let whole = || too_large(document);
    let mut lines = Vec::new();
    for (place, side) in sides(document, InventoryMode::SelfManaged).ok_or_else(whole)?.iter().enumerate() {
        let shares = by_account(facts, side).ok_or_else(whole)?;
        let exact: Vec<Amount> = shares.iter().map(|(_, share)| *share).collect();
        let posted = round_shares(facts.currency, rounded, &exact).ok_or_else(whole)?;
        for ((account, share), posted) in shares.iter().zip(posted).filter(|(_, posted)| !posted.is_zero()) {
            let is_debit = (place == 0) == (posted.0 > 0);
            let sign = Decimal::from(posted.0.signum());
            let amount = posted.to_decimal() * sign;
            lines.push(AmountLine {
                account: account.map(|account| account.external_id.clone()),
                account_name: account.map(|account| account.name.clone()),
                side: if is_debit { Side::Debit } else { Side::Credit },
                amount,
                description: document.label.clone(),
                residue: share.to_decimal() * sign - amount,
            });
        }
    }
    lines.sort_by_key(|line| line.side == Side::Credit);
    Ok(lines)
}

/// Number, products and quantities.
fn memo(facts: &Facts<'_>) -> String {
    let document = facts.document;
    let made = |line: &&DocumentLine| document.kind != ExportKind::Build || line.quantity.0 > 0;
    let parts: Vec<String> = document
        .lines
        .iter()
        .filter(|line| !line.quantity.is_zero())
        .filter(made)
        .map(|line| format!("{} × {}", Quantity(line.quantity.0.saturating_abs()), facts.name(line.product)))
        .collect();
    let text =
        if parts.is_empty() { document.label.clone() } else { format!("{}: {}", document.label, parts.join(", ")) };
    if text.chars().count() <= MEMO_MAX {
        return text;
    }
    text.chars().take(MEMO_MAX - 1).chain(['…']).collect()
}

fn warnings(facts: &Facts<'_>) -> Vec<Notice> {
    let mut warnings = Vec::new();
    if facts.document.posted.is_some() {
        return warnings;
    }
    let needed = roles(facts.document, facts.integration.inventory_mode);
    let falls_back = needed.first.contains(&AccountRole::Waste) && !facts.chosen.contains_key(&AccountRole::Waste);
    let goods = facts.document.lines.iter().map(|line| picked(facts, needed.first, Some(line.product)));
    let cogs = goods.flatten().find(|account| falls_back && account.role == AccountRole::Cogs);
    if let Some(cogs) = cogs {
        warnings.push(Notice {
            severity: Severity::Warning,
            message: format!(
                "There is no waste account, so the loss goes to the {} account, {}.",
                role_title(AccountRole::Cogs),
                cogs.name
            ),
            help: Some("Choose a waste account in the integration's settings to tell losses from sales.".to_owned()),
        });
    }
    if facts.integration.inventory_mode == InventoryMode::Sync {
        warnings.extend(not_split(facts));
    }
    warnings
}

/// An inventory adjustment has one account for all of its lines (QBO reference 9.3), so accounts of some products do not
/// apply where others of the document have another one.
fn not_split(facts: &Facts<'_>) -> Option<Notice> {
    let offset = offset(facts);
    let account = offset.account.filter(|_| !offset.differing.is_empty())?;
    let named: Vec<String> =
        offset.differing.iter().map(|(product, of)| format!("{} ({})", facts.name(*product), of.name)).collect();
    Some(Notice {
        severity: Severity::Warning,
        message: format!(
            "The products of {} have different accounts: {}. An inventory adjustment takes one account, so all of it goes to {}.",
            facts.document.label,
            named.join(", "),
            account.name
        ),
        help: Some("Record such products in documents of their own where they must be told apart.".to_owned()),
    })
}

/// What a draft does to each account. An adjustment is costed by the accounting system itself: there the entries are what
/// our own costs say, each line at the minor unit, and the other side takes exactly their sum.
///
/// # Errors
/// `INVALID_COST` when a sum is too large.
pub fn entries(facts: &Facts<'_>, draft: &Draft) -> Result<Vec<Entry>, Refusal> {
    let mut entries = Entries(Vec::new());
    match draft {
        Draft::Journal(journal) => {
            for line in &journal.lines {
                let amount = Amount::from_decimal(line.amount).map_err(|_| too_large(facts.document))?;
                let signed = if line.side == Side::Debit { amount.0 } else { -amount.0 };
                let name = line.account_name.clone().unwrap_or_else(|| "not chosen yet".to_owned());
                entries.add(line.account.as_deref(), name, signed, false).ok_or_else(|| too_large(facts.document))?;
            }
        }
        Draft::Adjustment(adjustment) => {
            let mut sum = 0_i64;
            for line in &adjustment.lines {
                let value = Amount::from_decimal(line.value).map_err(|_| too_large(facts.document))?;
                let value = facts.currency.round_half_even(value).ok_or_else(|| too_large(facts.document))?;
                let (account, name) = asset_account(facts, line.product_id());
                entries.add(account, name, value.0, true).ok_or_else(|| too_large(facts.document))?;
                sum = sum.checked_add(value.0).ok_or_else(|| too_large(facts.document))?;
            }
            let name = adjustment.account_name.clone().unwrap_or_else(|| "not chosen yet".to_owned());
            let other = sum.checked_neg().ok_or_else(|| too_large(facts.document))?;
            entries.add(adjustment.account.as_deref(), name, other, true).ok_or_else(|| too_large(facts.document))?;
        }
    }
    Ok(entries.0)
}

fn asset_account<'a>(facts: &'a Facts<'_>, product: ProductId) -> (Option<&'a str>, String) {
    let external_id = facts.items.get(&product).and_then(|item| item.asset_account.as_deref());
    let name = external_id.and_then(|id| facts.accounts.get(id)).map(|account| account.name.clone());
    (external_id, name.unwrap_or_else(|| "Inventory asset".to_owned()))
}

/// Entries by account, in the order they first come.
struct Entries(Vec<Entry>);

impl Entries {
    fn add(&mut self, account: Option<&str>, name: String, signed: i64, estimated: bool) -> Option<()> {
        let place = self.0.iter().position(|entry| entry.account.as_deref() == account && entry.name == name);
        let place = place.unwrap_or_else(|| {
            let account = account.map(str::to_owned);
            self.0.push(Entry { account, name, debit: Amount::ZERO, credit: Amount::ZERO, estimated });
            self.0.len() - 1
        });
        let entry = self.0.get_mut(place)?;
        if signed >= 0 {
            entry.debit = entry.debit.checked_add(Amount(signed))?;
        } else {
            entry.credit = entry.credit.checked_add(Amount(signed.checked_neg()?))?;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests;

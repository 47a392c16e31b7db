//! The journal that brings the books' stock value to ours.
//!
//! Rule: per product to the cent what the reconciliation found, one line per account, the other side their sum.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entity::Amount;
use sha2::{Digest, Sha256};

use crate::{
    error::{Error, ErrorCode, Refusal, Result},
    export::draft::{AmountLine, Draft, Journal, Side},
    reconcile::model::{ItemRow, Reconciliation, TrueUpAmount, TrueUpEntry, TrueUpPlan},
};

/// The accounts of a true-up.
#[derive(Debug, Clone)]
pub struct Sides<'a> {
    /// The other side: id and name.
    pub account: (&'a str, &'a str),
    /// Names of the accounts that keep stock, by id.
    pub names: &'a BTreeMap<String, String>,
    /// Our reference.
    pub reference: String,
    /// Date.
    pub date: NaiveDate,
}

/// What would be posted for the products of a reconciliation.
///
/// # Errors
/// `Internal` when a sum does not fit.
pub fn true_up_plan(of: &Reconciliation, items: &[ItemRow], sides: &Sides<'_>) -> Result<TrueUpPlan> {
    let mut checks = Vec::new();
    let mut amounts = Vec::new();
    for row in items.iter().filter(|row| !row.parity.is_zero()) {
        match row.asset_account.as_ref() {
            Some(account) => {
                amounts.push(TrueUpAmount { product: row.product_id.0, account: account.clone(), amount: row.parity.0 })
            }
            None => checks.push(
                Refusal::new(
                    ErrorCode::AccountNotConfigured,
                    format!("The item of {} names no asset account.", row.name),
                )
                .help("Sync the items, or choose the account there."),
            ),
        }
    }
    let too_large = || Error::Internal("a true-up does not fit".to_owned());
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for amount in &amounts {
        let sum = sums.entry(&amount.account).or_default();
        *sum = sum.checked_add(amount.amount).ok_or_else(too_large)?;
    }
    let (other, other_name) = sides.account;
    if sums.contains_key(other) {
        checks.push(
            Refusal::new(ErrorCode::AccountSameAsAsset, format!("{other_name} keeps the stock itself."))
                .help("Choose an account that keeps no stock, for example cost of goods sold."),
        );
    }
    let total = sums.values().try_fold(0_i64, |sum, amount| sum.checked_add(*amount)).ok_or_else(too_large)?;
    let name = |id: &str| sides.names.get(id).cloned().unwrap_or_else(|| id.to_owned());
    let mut entries: Vec<TrueUpEntry> =
        sums.iter().filter(|(_, sum)| **sum != 0).map(|(id, sum)| entry(id, name(id), *sum)).collect();
    if entries.is_empty() {
        checks.push(
            Refusal::new(ErrorCode::InvalidState, "The books value our stock as we do; there is nothing to true up.")
                .help("Nothing has to be done."),
        );
    }
    if total != 0 {
        entries.push(entry(other, other_name.to_owned(), total.checked_neg().ok_or_else(too_large)?));
    }
    let draft = Draft::Journal(journal(of, &entries, sides));
    let hash = hash(of, &draft, &amounts);
    Ok(TrueUpPlan {
        reconciliation: of.id,
        integration: of.integration_id,
        date: sides.date,
        hash,
        entries,
        amounts,
        draft,
        account: other.to_owned(),
        checks,
    })
}

fn entry(account: &str, name: String, signed: i64) -> TrueUpEntry {
    let (debit, credit) = if signed > 0 { (signed, 0) } else { (0, signed.saturating_neg()) };
    TrueUpEntry { account: account.to_owned(), name, debit: Amount(debit), credit: Amount(credit) }
}

fn journal(of: &Reconciliation, entries: &[TrueUpEntry], sides: &Sides<'_>) -> Journal {
    let line = |entry: &TrueUpEntry| {
        let debit = entry.debit.0 > 0;
        AmountLine {
            account: Some(entry.account.clone()),
            account_name: Some(entry.name.clone()),
            side: if debit { Side::Debit } else { Side::Credit },
            amount: if debit { entry.debit } else { entry.credit }.to_decimal(),
            description: "True-up of stock value".to_owned(),
            residue: rust_decimal::Decimal::ZERO,
        }
    };
    let (debits, credits): (Vec<&TrueUpEntry>, Vec<&TrueUpEntry>) = entries.iter().partition(|entry| entry.debit.0 > 0);
    Journal {
        reference: sides.reference.clone(),
        date: sides.date,
        memo: format!("True-up of stock value to first in first out by lot, as reconciled on {}", of.on_day),
        lines: debits.into_iter().chain(credits).map(line).collect(),
        residue: rust_decimal::Decimal::ZERO,
        members: Vec::new(),
    }
}

fn hash(of: &Reconciliation, draft: &Draft, amounts: &[TrueUpAmount]) -> String {
    let mut digest = Sha256::new();
    digest.update(of.id.to_string());
    digest.update(draft.to_json().to_string());
    for amount in amounts {
        digest.update(format!("{} {} {};", amount.product, amount.account, amount.amount));
    }
    hex::encode(&digest.finalize()[..16])
}

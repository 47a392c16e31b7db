//! Trial balance and balance sheet (reference 14).
//!
//! Rule: debits equal credits; assets equal liabilities and equity, the result of the year among them.

use rust_decimal::Decimal;

use super::{
    Account, Period, accounts,
    table::{Row, Table, money, total},
    trial_balance,
};
use crate::quickbooks::sandbox::store::Company;

/// Debits and credits of every account.
pub(super) fn trial(company: &Company, period: Period) -> Table {
    let mut table = Table::new(&[("", "Account"), ("Debit", "Money"), ("Credit", "Money")]);
    let (mut debits, mut credits) = (Decimal::ZERO, Decimal::ZERO);
    for account in accounts(company, trial_balance(company, period.to)) {
        let debit = account.balance.max(Decimal::ZERO);
        let credit = (-account.balance).max(Decimal::ZERO);
        (debits, credits) = (debits + debit, credits + credit);
        table.data(&Row { id: Some(account.id), label: account.name, cells: vec![money(debit), money(credit)] });
    }
    if !table.is_empty() {
        let cells = vec![total(debits), total(credits)];
        table.sum("GrandTotal", &Row { id: None, label: "TOTAL".to_owned(), cells });
    }
    table
}

/// The types of a section, and what they are called together.
struct Section {
    group: &'static str,
    title: &'static str,
    kinds: &'static [&'static str],
}

const ASSETS: Section = Section {
    group: "TotalAssets",
    title: "ASSETS",
    kinds: &["Bank", "Accounts Receivable", "Other Current Asset", "Fixed Asset", "Other Asset"],
};
const LIABILITIES: Section = Section {
    group: "Liabilities",
    title: "Liabilities",
    kinds: &["Accounts Payable", "Credit Card", "Other Current Liability", "Long Term Liability"],
};
const EQUITY: Section = Section { group: "Equity", title: "Equity", kinds: &["Equity"] };

/// What there is, what is owed, what remains.
pub(super) fn sheet(company: &Company, period: Period) -> Table {
    let mut table = Table::new(&[("", "Account"), ("Total", "Money")]);
    let accounts = accounts(company, trial_balance(company, period.to));
    if accounts.is_empty() {
        return table;
    }
    let standing =
        |account: &&Account| [ASSETS, LIABILITIES, EQUITY].iter().any(|s| s.kinds.contains(&account.kind.as_str()));
    let result: Decimal =
        -accounts.iter().filter(|account| !standing(account)).map(|account| account.balance).sum::<Decimal>();
    let (assets, sum) = part(&table, &accounts, &ASSETS, Decimal::ONE, Decimal::ZERO);
    add(&mut table, &ASSETS, assets, sum);
    let mut other = table.inner();
    let (liabilities, owed) = part(&table, &accounts, &LIABILITIES, Decimal::NEGATIVE_ONE, Decimal::ZERO);
    add(&mut other, &LIABILITIES, liabilities, owed);
    let (equity, own) = part(&table, &accounts, &EQUITY, Decimal::NEGATIVE_ONE, result);
    add(&mut other, &EQUITY, equity, own);
    let sum = Row { id: None, label: "TOTAL LIABILITIES AND EQUITY".to_owned(), cells: vec![total(owed + own)] };
    table.section("TotalLiabilitiesAndEquity", "LIABILITIES AND EQUITY", other, &sum);
    table
}

/// The rows of a section and their sum; the result of the year is a row of its own.
fn part(table: &Table, accounts: &[Account], section: &Section, sign: Decimal, result: Decimal) -> (Table, Decimal) {
    let (mut rows, mut sum) = (table.inner(), result);
    for account in accounts.iter().filter(|account| section.kinds.contains(&account.kind.as_str())) {
        let amount = sign * account.balance;
        sum += amount;
        rows.data(&Row { id: Some(account.id.clone()), label: account.name.clone(), cells: vec![total(amount)] });
    }
    if !result.is_zero() {
        rows.data(&Row { id: None, label: "Net Income".to_owned(), cells: vec![total(result)] });
    }
    (rows, sum)
}

fn add(table: &mut Table, section: &Section, rows: Table, sum: Decimal) {
    let label = format!("Total {}", section.title);
    table.section(section.group, section.title, rows, &Row { id: None, label, cells: vec![total(sum)] });
}

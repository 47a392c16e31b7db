//! `accounts.csv`: the chart of accounts, and each account's name in the journal.
//!
//! Rule: one journal name is one account; the second account of a name is unusable, so that no amount lands on the wrong one.

use std::collections::HashMap;

use super::{
    config::{Config, Syntax},
    ledger_name,
    table::{Complaint, Row, Table},
    trouble::{misconfigured, rejected},
};
use crate::{
    error::ProviderError,
    model::{AccountClass, RemoteAccount, Unusable},
};

pub(super) const FILE: &str = "accounts.csv";
const REQUIRED: [&str; 3] = ["id", "name", "class"];

/// An account with its journal name; `None` outside the books.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) remote: RemoteAccount,
    pub(super) ledger_name: Option<String>,
    place: String,
}

/// The chart of accounts.
#[derive(Debug, Default)]
pub(super) struct Chart {
    pub(super) accounts: Vec<Account>,
    pub(super) unusable: Vec<Unusable>,
    by_id: HashMap<String, usize>,
    by_name: HashMap<String, usize>,
}

impl Chart {
    /// Reads the file.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub(super) fn read(config: &Config) -> Result<Self, ProviderError> {
        let path = config.directory.join(FILE);
        let table = Table::read(&path, &REQUIRED)?.ok_or_else(|| {
            misconfigured(format!(
                "{} does not exist; write it with the columns {}",
                path.display(),
                REQUIRED.join(", ")
            ))
        })?;
        Ok(Self::of(&table, config.syntax))
    }

    pub(super) fn of(table: &Table, syntax: Syntax) -> Self {
        let mut chart = Self::default();
        for row in table.rows() {
            match account(row, syntax).and_then(|account| chart.unique(row, account)) {
                Ok(account) => chart.push(account),
                Err(complaint) => chart.unusable.push(row.unusable(None, complaint)),
            }
        }
        chart
    }

    fn unique(&self, row: Row<'_>, account: Account) -> Result<Account, Complaint> {
        if let Some(other) = self.by_id.get(&account.remote.external_id).and_then(|&index| self.accounts.get(index)) {
            return Err(row.invalid("id", &format!("is also that of {}", other.place)));
        }
        let taken = account.ledger_name.as_ref().and_then(|name| self.by_name.get(name));
        if let Some(other) = taken.and_then(|&index| self.accounts.get(index)) {
            let name = account.ledger_name.unwrap_or_default();
            let why = format!("is `{name}` in the journal, like {}; give it another `ledger_account`", other.place);
            return Err(row.invalid("name", &why));
        }
        Ok(account)
    }

    fn push(&mut self, account: Account) {
        let index = self.accounts.len();
        self.by_id.insert(account.remote.external_id.clone(), index);
        if let Some(name) = &account.ledger_name {
            self.by_name.insert(name.clone(), index);
        }
        self.accounts.push(account);
    }

    /// The journal name of an account that a line may be posted to.
    ///
    /// # Errors
    /// `Rejected`, with the place in the file.
    pub(super) fn postable(&self, id: &str) -> Result<&str, ProviderError> {
        let Some(account) = self.by_id.get(id).and_then(|&index| self.accounts.get(index)) else {
            let unusable = self.unusable.iter().find(|unusable| unusable.external_id.as_deref() == Some(id));
            let why =
                unusable.map_or_else(|| format!("{FILE} has no account with the id `{id}`"), |row| row.detail.clone());
            return Err(rejected(why));
        };
        if !account.remote.active {
            return Err(rejected(format!("{}: account `{id}` is not active", account.place)));
        }
        let outside = || rejected(format!("{}: account `{id}` is outside the books", account.place));
        account.ledger_name.as_deref().ok_or_else(outside)
    }

    /// The id of the account that the journal calls `name`.
    pub(super) fn id_of(&self, name: &str) -> Option<&str> {
        let index = *self.by_name.get(name)?;
        self.accounts.get(index).map(|account| account.remote.external_id.as_str())
    }

    /// All names of the journal, in order.
    pub(super) fn ledger_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.by_name.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }
}

fn account(row: Row<'_>, syntax: Syntax) -> Result<Account, Complaint> {
    let (external_id, name) = (row.id()?, row.name()?);
    let class = row.text("class").map(str::to_lowercase).unwrap_or_default();
    let class = class_of(&class)
        .ok_or_else(|| row.invalid("class", "is none of asset, liability, equity, income, expense, non-posting"))?;
    let remote = RemoteAccount {
        external_id,
        version: None,
        number: row.owned("number"),
        kind: row.owned("type").or_else(|| row.owned("class")).unwrap_or_default(),
        sub_kind: None,
        class,
        active: row.active()?,
        currency: row.owned("currency"),
        updated_at: None,
        name,
    };
    let ledger_name = journal_name(row, syntax, class, &remote.name)?;
    Ok(Account { remote, ledger_name, place: row.place("id") })
}

fn journal_name(row: Row<'_>, syntax: Syntax, class: AccountClass, name: &str) -> Result<Option<String>, Complaint> {
    match row.text("ledger_account") {
        Some(chosen) => match ledger_name::complaint(syntax, class, chosen) {
            Some(why) => Err(row.invalid("ledger_account", &why)),
            None => Ok(Some(chosen.to_owned())),
        },
        None => Ok(ledger_name::root(class).map(|root| ledger_name::make(syntax, root, name))),
    }
}

fn class_of(text: &str) -> Option<AccountClass> {
    Some(match text {
        "asset" | "assets" => AccountClass::Asset,
        "liability" | "liabilities" => AccountClass::Liability,
        "equity" => AccountClass::Equity,
        "income" | "revenue" | "revenues" => AccountClass::Revenue,
        "expense" | "expenses" => AccountClass::Expense,
        "non-posting" => AccountClass::NonPosting,
        _ => return None,
    })
}

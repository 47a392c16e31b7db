//! Trial balance, balance sheet, profit and loss, in the shape that all the service's reports have (from memory).
//!
//! Rule: figures come from the ledger alone. Profit and loss of earlier years stands in retained earnings, without an
//! entry, as the service shows it.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::xero::sandbox::{
    clock,
    entities::{self, class_of},
    json::{self, Record},
    store::Organisation,
};

/// Balances by account id.
pub(crate) type Balances = BTreeMap<String, Decimal>;

/// Debits minus credits of every account at the end of a day: those of the balance sheet since ever, those of profit and
/// loss since the financial year began. They add up to zero.
pub(crate) fn trial_balance(organisation: &Organisation, day: NaiveDate) -> Balances {
    let mut balances = organisation.ledger.balances(Some(day));
    let Some(last) = year_start(organisation, day).pred_opt() else { return balances };
    let mut earlier = Decimal::ZERO;
    for (account, balance) in organisation.ledger.balances(Some(last)) {
        if is_of_profit(organisation, &account) {
            earlier += balance;
            *balances.entry(account).or_default() -= balance;
        }
    }
    if let Ok(retained) = entities::system_account(organisation, "RETAINEDEARNINGS") {
        *balances.entry(retained).or_default() += earlier;
    }
    balances
}

/// The first day of the financial year of a day.
fn year_start(organisation: &Organisation, day: NaiveDate) -> NaiveDate {
    let settings = organisation.settings();
    let number = |field: &str, other: u32| {
        json::decimal(&settings, field).and_then(|number| number.to_string().parse::<u32>().ok()).unwrap_or(other)
    };
    let (month, last) = (number("FinancialYearEndMonth", 12), number("FinancialYearEndDay", 31));
    let end = |year: i32| (1..=last).rev().find_map(|day| NaiveDate::from_ymd_opt(year, month, day)).unwrap_or(day);
    let before = if day > end(day.year()) { end(day.year()) } else { end(day.year() - 1) };
    before.succ_opt().unwrap_or(before)
}

fn class<'o>(organisation: &'o Organisation, account: &str) -> &'o str {
    let account = organisation.find(&entities::ACCOUNTS, account);
    account.and_then(|account| json::text(account, "Type")).and_then(class_of).unwrap_or_default()
}

fn is_of_profit(organisation: &Organisation, account: &str) -> bool {
    matches!(class(organisation, account), "REVENUE" | "EXPENSE")
}

/// A report by name, from and up to a day; `None` where there is no such report.
pub(crate) fn report(
    organisation: &Organisation,
    name: &str,
    (from, to): (Option<NaiveDate>, NaiveDate),
    now: DateTime<Utc>,
) -> Option<Value> {
    let month = to.with_day(1).unwrap_or(to);
    let (title, period, rows) = match name {
        "TrialBalance" => ("Trial Balance", format!("As at {}", long(to)), trial_rows(organisation, month, to)),
        "BalanceSheet" => ("Balance Sheet", format!("As at {}", long(to)), sheet_rows(organisation, to)),
        "ProfitAndLoss" => {
            let from = from.unwrap_or(month);
            ("Income Statement", format!("{} to {}", long(from), long(to)), profit_rows(organisation, from, to))
        }
        _ => return None,
    };
    Some(json!({
        "ReportID": name, "ReportName": title, "ReportType": name,
        "ReportTitles": [title, organisation.name(), period],
        "ReportDate": long(organisation.today(now)), "UpdatedDateUTC": clock::wire_moment(now), "Fields": [],
        "Rows": rows,
    }))
}

fn long(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// Accounts of a class, with their balances, in the order of their codes.
fn of_class<'o>(organisation: &'o Organisation, balances: &Balances, wanted: &str) -> Vec<(&'o Record, Decimal)> {
    let mut rows: Vec<(&Record, Decimal)> = balances
        .iter()
        .filter(|(account, _)| class(organisation, account) == wanted)
        .filter_map(|(account, balance)| Some((organisation.find(&entities::ACCOUNTS, account)?, *balance)))
        .collect();
    rows.sort_by_key(|(account, _)| json::text(account, "Code"));
    rows
}

fn header(titles: &[&str]) -> Value {
    let cells: Vec<Value> = titles.iter().map(|title| json!({"Value": title})).collect();
    json!({"RowType": "Header", "Cells": cells})
}

fn row(account: &Record, label: String, figures: &[String]) -> Value {
    let attributes = json!([{"Value": json::text(account, "AccountID"), "Id": "account"}]);
    let cells = std::iter::once(label).chain(figures.iter().cloned());
    let cells: Vec<Value> = cells.map(|value| json!({"Value": value, "Attributes": attributes.clone()})).collect();
    json!({"RowType": "Row", "Cells": cells})
}

fn summary(label: &str, figures: &[String]) -> Value {
    let cells = std::iter::once(label.to_owned()).chain(figures.iter().cloned());
    json!({"RowType": "SummaryRow", "Cells": cells.map(|value| json!({"Value": value})).collect::<Vec<_>>()})
}

fn figure(amount: Decimal) -> String {
    let mut amount = json::cents(amount);
    amount.rescale(2);
    amount.to_string()
}

/// A signed balance in its column, the other one empty.
fn sides(balance: Decimal) -> [String; 2] {
    match balance < Decimal::ZERO {
        true => [String::new(), figure(-balance)],
        false => [figure(balance), String::new()],
    }
}

/// Debit and credit of the month, debit and credit of the year to date.
fn trial_rows(organisation: &Organisation, month: NaiveDate, to: NaiveDate) -> Vec<Value> {
    let balances = trial_balance(organisation, to);
    let moved = organisation.ledger.movements(month, to);
    let mut rows = vec![header(&["Account", "Debit", "Credit", "YTD Debit", "YTD Credit"])];
    let mut sums = [Decimal::ZERO; 4];
    let sections = [
        ("Revenue", "REVENUE"),
        ("Expenses", "EXPENSE"),
        ("Assets", "ASSET"),
        ("Liabilities", "LIABILITY"),
        ("Equity", "EQUITY"),
    ];
    for (title, class) in sections {
        let mut section = Vec::new();
        for (account, balance) in of_class(organisation, &balances, class) {
            let id = json::text(account, "AccountID").unwrap_or_default();
            let month = moved.get(id).copied().unwrap_or_default();
            if balance.is_zero() && month.is_zero() {
                continue;
            }
            for (index, amount) in [(0, month), (2, balance)] {
                let side = if amount < Decimal::ZERO { index + 1 } else { index };
                sums[side] += amount.abs();
            }
            let label = format!(
                "{} ({})",
                json::text(account, "Name").unwrap_or_default(),
                json::text(account, "Code").unwrap_or_default()
            );
            section.push(row(account, label, &[sides(month), sides(balance)].concat()));
        }
        if !section.is_empty() {
            rows.push(json!({"RowType": "Section", "Title": title, "Rows": section}));
        }
    }
    let total = summary("Total", &sums.map(figure));
    rows.push(json!({"RowType": "Section", "Title": "", "Rows": [total]}));
    rows
}

/// A section of accounts with its sum; credits positive where `flip`.
fn section(
    organisation: &Organisation,
    balances: &Balances,
    (title, class, flip): (&str, &str, bool),
    extra: Option<(&str, Decimal)>,
) -> (Value, Decimal) {
    let sign = if flip { -Decimal::ONE } else { Decimal::ONE };
    let accounts = of_class(organisation, balances, class);
    let sum: Decimal = accounts.iter().map(|(_, balance)| sign * *balance).sum();
    let mut rows: Vec<Value> = accounts
        .into_iter()
        .filter(|(_, balance)| !balance.is_zero())
        .map(|(account, balance)| {
            row(account, json::text(account, "Name").unwrap_or_default().to_owned(), &[figure(sign * balance)])
        })
        .collect();
    let sum = sum + extra.map_or(Decimal::ZERO, |(_, amount)| amount);
    if let Some((label, amount)) = extra {
        rows.push(json!({"RowType": "Row", "Cells": [{"Value": label}, {"Value": figure(amount)}]}));
    }
    rows.push(summary(&format!("Total {title}"), &[figure(sum)]));
    (json!({"RowType": "Section", "Title": title, "Rows": rows}), sum)
}

fn sheet_rows(organisation: &Organisation, to: NaiveDate) -> Vec<Value> {
    let balances = trial_balance(organisation, to);
    let earned = balances.iter().filter(|(account, _)| is_of_profit(organisation, account));
    let earned: Decimal = earned.map(|(_, balance)| -*balance).sum();
    let part = |title, class, flip, extra| section(organisation, &balances, (title, class, flip), extra);
    let (assets, owned) = part("Assets", "ASSET", false, None);
    let (liabilities, owed) = part("Liabilities", "LIABILITY", true, None);
    let (equity, _) = part("Equity", "EQUITY", true, Some(("Current Year Earnings", earned)));
    let net = json!({"RowType": "Section", "Title": "", "Rows": [
        {"RowType": "Row", "Cells": [{"Value": "Net Assets"}, {"Value": figure(owned - owed)}]}
    ]});
    vec![header(&["", &to.format("%-d %b %Y").to_string()]), assets, liabilities, net, equity]
}

fn profit_rows(organisation: &Organisation, from: NaiveDate, to: NaiveDate) -> Vec<Value> {
    let moved = organisation.ledger.movements(from, to);
    let (income, earned) = section(organisation, &moved, ("Income", "REVENUE", true), None);
    let (costs, spent) = section(organisation, &moved, ("Operating Expenses", "EXPENSE", false), None);
    let net = json!({"RowType": "Section", "Title": "", "Rows": [
        {"RowType": "Row", "Cells": [{"Value": "Net Profit"}, {"Value": figure(earned - spent)}]}
    ]});
    vec![header(&["", &to.format("%-d %b %Y").to_string()]), income, costs, net]
}

//! Profit and loss (reference 14).
//!
//! Rule: movements of the days asked for alone; income positive, expenses positive, the result their difference.

use rust_decimal::Decimal;

use super::{
    Account, Period, accounts,
    table::{Row, Table, total},
};
use crate::quickbooks::sandbox::store::Company;

/// A section: group, title, type, and whether it is income.
const SECTIONS: [(&str, &str, &str, bool); 5] = [
    ("Income", "Income", "Income", true),
    ("COGS", "Cost of Goods Sold", "Cost of Goods Sold", false),
    ("Expenses", "Expenses", "Expense", false),
    ("OtherIncome", "Other Income", "Other Income", true),
    ("OtherExpenses", "Other Expenses", "Other Expense", false),
];

/// Income, expenses and what remains.
pub(super) fn profit_and_loss(company: &Company, period: Period) -> Table {
    let mut table = Table::new(&[("", "Account"), ("Total", "Money")]);
    let accounts = accounts(company, company.movements(period.from, period.to));
    if !accounts.iter().any(|account| SECTIONS.iter().any(|(_, _, kind, _)| *kind == account.kind)) {
        return table;
    }
    let mut result = Decimal::ZERO;
    for (group, title, kind, income) in SECTIONS {
        let (rows, sum) = section(&table, &accounts, kind, income);
        result += if income { sum } else { -sum };
        let label = format!("Total {title}");
        table.section(group, title, rows, &Row { id: None, label, cells: vec![total(sum)] });
        let so_far = match group {
            "COGS" => Some(("GrossProfit", "Gross Profit")),
            "Expenses" => Some(("NetOperatingIncome", "Net Operating Income")),
            "OtherExpenses" => Some(("NetIncome", "Net Income")),
            _ => None,
        };
        if let Some((group, label)) = so_far {
            table.sum(group, &Row { id: None, label: label.to_owned(), cells: vec![total(result)] });
        }
    }
    table
}

fn section(table: &Table, accounts: &[Account], kind: &str, income: bool) -> (Table, Decimal) {
    let (mut rows, mut sum) = (table.inner(), Decimal::ZERO);
    for account in accounts.iter().filter(|account| account.kind == kind) {
        let amount = if income { -account.balance } else { account.balance };
        sum += amount;
        rows.data(&Row { id: Some(account.id.clone()), label: account.name.clone(), cells: vec![total(amount)] });
    }
    (rows, sum)
}

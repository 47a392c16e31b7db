//! Their side: balances, what items hold, and the lines of the inventory accounts.
//!
//! Rule: read page by page, through the integration's own session, under the reconciliation's id in the call log.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use entity::{Amount, Quantity, ReconciliationId};
use providers::{
    Provider, Session,
    model::{AccountBalance, ItemValuation, LedgerLine, LedgerWindow, ReportDates},
};
use rust_decimal::Decimal;

use super::model::{Held, TheirLine};
use crate::{
    call_log::Correlation,
    error::{Error, ErrorCode, Refusal, Result},
    integration::{Integration, Integrations},
};

/// What they say.
#[derive(Debug)]
pub(super) struct Theirs {
    pub(super) lines: Vec<TheirLine>,
    pub(super) before: BTreeMap<String, Held>,
    pub(super) balance_before: Amount,
    pub(super) balance: Amount,
    /// Of every item, at the end of the day; nothing where it is not told.
    pub(super) items: Option<BTreeMap<String, Held>>,
}

/// A number of theirs, kept exactly.
fn exact(number: Decimal) -> Result<Amount> {
    Amount::from_decimal(number).map_err(|error| {
        Refusal::new(
            ErrorCode::ProviderUnavailable,
            format!("A figure of the accounting system cannot be used: {error}."),
        )
        .help("Look at the calls of this reconciliation.")
        .into()
    })
}

fn sum(rows: &[AccountBalance], accounts: &BTreeSet<String>) -> Result<Amount> {
    let mut sum = Amount::ZERO;
    for row in rows.iter().filter(|row| accounts.contains(&row.account)) {
        sum = sum.checked_add(exact(row.balance)?).ok_or_else(|| Error::Internal("balances do not fit".to_owned()))?;
    }
    Ok(sum)
}

fn held(rows: Vec<ItemValuation>) -> Result<BTreeMap<String, Held>> {
    let mut items = BTreeMap::new();
    for row in rows {
        let quantity = Quantity(exact(row.quantity)?.0);
        items.insert(row.item, Held { quantity, value: exact(row.value)? });
    }
    Ok(items)
}

fn their_line(line: LedgerLine) -> Result<TheirLine> {
    let quantity = line.quantity.map(|quantity| exact(quantity).map(|it| Quantity(it.0))).transpose()?;
    Ok(TheirLine { amount: exact(line.amount)?, quantity, line })
}

/// Reads their side from a day to a day. `counted` tells whether an item's stock is in the accounts.
pub(super) async fn read(
    integrations: &Integrations,
    integration: &Integration,
    id: ReconciliationId,
    accounts: &BTreeSet<String>,
    (from, on): (NaiveDate, NaiveDate),
    counted: impl Fn(&str) -> bool,
) -> Result<Theirs> {
    let correlation = Correlation { run: None, id: Some(id.to_string()) };
    let (provider, session) = integrations.session(integration, correlation)?;
    let eve = from.pred_opt().unwrap_or(from);
    let by_day = provider.capability().item_valuation == ReportDates::AnyDay;
    let before = provider.account_balances(&session, Some(eve)).await?;
    let (mut held_before, mut items) = (BTreeMap::new(), None);
    if by_day {
        held_before = held(provider.item_valuation(&session, Some(eve)).await?.rows)?;
        held_before.retain(|item, held| counted(item) && (!held.quantity.is_zero() || !held.value.is_zero()));
        items = Some(held(provider.item_valuation(&session, Some(on)).await?.rows)?);
    }
    let lines = lines(&*provider, &session, accounts, (from, on)).await?;
    let balances = provider.account_balances(&session, Some(on)).await?;
    Ok(Theirs {
        lines,
        before: held_before,
        balance_before: sum(&before.rows, accounts)?,
        balance: sum(&balances.rows, accounts)?,
        items,
    })
}

async fn lines(
    provider: &dyn Provider,
    session: &Session,
    accounts: &BTreeSet<String>,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<TheirLine>> {
    let window = LedgerWindow { accounts: accounts.iter().cloned().collect(), from, to };
    let (mut lines, mut cursor) = (Vec::new(), None);
    loop {
        let page = provider.ledger_lines(session, &window, cursor.as_ref()).await?;
        for line in page.lines {
            lines.push(their_line(line)?);
        }
        match page.next {
            // The same place again would never end.
            Some(next) if cursor.as_ref() != Some(&next) => cursor = Some(next),
            _ => break,
        }
    }
    // Pages need not be in the order of days.
    lines.sort_by_key(|line: &TheirLine| line.line.date);
    Ok(lines)
}

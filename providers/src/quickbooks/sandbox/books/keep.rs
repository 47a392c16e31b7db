//! The books as part of a company: opened from its sample balances, followed by its items and accounts.
//!
//! Rule: `QtyOnHand` and `CurrentBalance` say what the books say. A quantity that was changed past the books is entered
//! in them: at first as an opening balance, later as shrinkage (reference 7.6, 9.1). Generated items enter the books
//! when they first move.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::{Effect, Move, Posting, Touched, stock};
use crate::quickbooks::sandbox::{
    clock,
    entities::{self, derive},
    faults::Fault,
    json::{self, Record},
    store::Company,
};

/// The day of the opening balances.
const OPENING: NaiveDate = match NaiveDate::from_ymd_opt(2024, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// The document of the accounts' opening balances.
const OPENING_DOCUMENT: &str = "Opening";

/// A line of an account.
#[derive(Debug)]
pub(crate) struct AccountLine<'a> {
    pub(crate) document: &'a str,
    pub(crate) date: NaiveDate,
    pub(crate) sequence: u64,
    pub(crate) account: &'a str,
    /// Debit less credit.
    pub(crate) amount: Decimal,
    /// Item and quantity, where stock moved.
    pub(crate) item: Option<(&'a str, Decimal)>,
}

impl Company {
    /// Opens the books from the balances of accounts and the quantities of items, once.
    pub(crate) fn open_books(&mut self) {
        if self.books.opened {
            return;
        }
        self.books.opened = true;
        let equity = self.opening_equity();
        let mut postings: Vec<Posting> = self.stored("Account").iter().filter_map(opening_posting).collect();
        let sum: Decimal = postings.iter().map(|posting| posting.amount).sum();
        postings.push(Posting { account: equity, amount: -sum });
        let mut touched = Touched::default();
        let opening = Effect { date: OPENING, postings, moves: Vec::new() };
        self.put(OPENING_DOCUMENT, Some(opening), &mut touched);
        for item in self.stored("Item") {
            self.enter_quantity(&item, OPENING, &mut touched);
        }
        self.follow_accounts(&touched);
    }

    fn stored(&self, entity: &str) -> Vec<Record> {
        self.table(entity).map(|table| table.stored().map(|(_, record)| record.clone()).collect()).unwrap_or_default()
    }

    /// Puts an effect that balances by the way it is made.
    fn put(&mut self, document: &str, effect: Option<Effect>, all: &mut Touched) {
        if let Ok(touched) = self.books.put(document, effect) {
            all.items.extend(touched.items);
            all.accounts.extend(touched.accounts);
        }
    }

    /// Posts what a document does, in place of what it did; nothing takes it out.
    ///
    /// # Errors
    /// 2300 when it does not balance; nothing is changed then.
    pub(crate) fn post(&mut self, document: &str, effect: Option<Effect>, now: DateTime<Utc>) -> Result<(), Fault> {
        let moved: Vec<String> =
            effect.iter().flat_map(|effect| &effect.moves).map(|move_| move_.item.clone()).collect();
        let mut all = Touched::default();
        for item in moved {
            if let Some(item) = self.find("Item", &item) {
                self.enter_quantity(&item, clock::local_date(now), &mut all);
            }
        }
        let touched = self.books.put(document, effect);
        let touched = touched.map_err(|error| Fault::new(2300, format!("Amounts do not balance: {error}")))?;
        all.items.extend(touched.items);
        all.accounts.extend(touched.accounts);
        self.follow_items(&all, now);
        self.follow_accounts(&all);
        Ok(())
    }

    /// Enters the quantity that an item was given past the books.
    pub(crate) fn follow_quantity(&mut self, item: &Record, now: DateTime<Utc>) {
        let mut touched = Touched::default();
        self.enter_quantity(item, clock::local_date(now), &mut touched);
        self.follow_accounts(&touched);
    }

    fn enter_quantity(&mut self, item: &Record, today: NaiveDate, touched: &mut Touched) {
        let Some(id) = json::text(item, "Id") else { return };
        let (Some(quantity), Some(asset)) =
            (json::decimal(item, "QtyOnHand"), json::reference(item, "AssetAccountRef"))
        else {
            return;
        };
        let opening = format!("{OPENING_DOCUMENT}/{id}");
        let is_new = !self.books.effects.contains_key(&opening);
        let difference = quantity.saturating_sub(self.books.stock(id, None).0);
        if json::text(item, "Type") != Some("Inventory") || (difference.is_zero() && !is_new) {
            return;
        }
        let started = json::text(item, "InvStartDate").and_then(|day| day.parse().ok()).unwrap_or(OPENING);
        let (document, date, against) = match is_new {
            true => (opening, started, self.opening_equity()),
            false => (format!("Quantity/{id}/{}", self.books.sequence + 1), today, self.shrinkage()),
        };
        let movement = Move {
            item: id.to_owned(),
            quantity: difference,
            unit_cost: json::decimal(item, "PurchaseCost").unwrap_or_default(),
            asset: asset.to_owned(),
            against,
            value: Decimal::ZERO,
        };
        self.put(&document, Some(Effect { date, postings: Vec::new(), moves: vec![movement] }), touched);
    }

    fn account_of(&self, fits: impl Fn(&Record) -> bool) -> Option<String> {
        let (id, _) = self.table("Account")?.stored().find(|(_, account)| fits(account))?;
        Some(id.to_string())
    }

    /// The account of a subtype that the service keeps itself.
    pub(crate) fn account_of_subtype(&self, subtype: &str) -> Option<String> {
        self.account_of(|account| json::text(account, "AccountSubType") == Some(subtype))
    }

    /// The account of this name.
    pub(crate) fn account_named(&self, name: &str) -> Option<String> {
        self.account_of(|account| json::text(account, "Name") == Some(name))
    }

    fn opening_equity(&self) -> String {
        self.account_of_subtype("OpeningBalanceEquity").unwrap_or_else(|| "34".to_owned())
    }

    fn shrinkage(&self) -> String {
        self.account_named("Inventory Shrinkage").unwrap_or_else(|| self.opening_equity())
    }

    /// Items say what the books say. This shows in their stamps, not in their versions (reference 7.1, at its end).
    fn follow_items(&mut self, touched: &Touched, now: DateTime<Utc>) {
        for id in &touched.items {
            let (Some(mut item), Ok(row)) = (self.find("Item", id), id.parse()) else { continue };
            let quantity = json::number(self.books.stock(id, None).0);
            if item.get("QtyOnHand") == Some(&quantity) {
                continue;
            }
            item.insert("QtyOnHand".to_owned(), quantity);
            if let Some(stamps) = item.get_mut("MetaData").and_then(serde_json::Value::as_object_mut) {
                stamps.insert("LastUpdatedTime".to_owned(), clock::record_stamp(now).into());
            }
            self.table_mut("Item").put(row, item);
        }
    }

    /// Accounts say what the books say; those of income and expense begin anew each year and say nothing.
    fn follow_accounts(&mut self, touched: &Touched) {
        let Some(entity) = entities::find("Account") else { return };
        let balances = self.books.ledger.balances(None);
        for id in &touched.accounts {
            let (Some(mut account), Ok(row)) = (self.find("Account", id), id.parse()) else { continue };
            if !stands(&account) {
                continue;
            }
            let balance = balances.get(id).copied().unwrap_or_default();
            account.insert("CurrentBalance".to_owned(), json::number(balance));
            derive::derive(self, entity, &mut account);
            self.table_mut("Account").put(row, account);
        }
    }

    /// Debits minus credits of all accounts ever posted to, at the end of a day or of all days.
    pub(crate) fn balances(&self, as_of: Option<NaiveDate>) -> BTreeMap<String, Decimal> {
        self.books.ledger.balances(as_of)
    }

    /// What each account moved by between two days, both included.
    pub(crate) fn movements(&self, from: NaiveDate, to: NaiveDate) -> BTreeMap<String, Decimal> {
        self.books.ledger.movements(from, to)
    }

    /// What hit accounts between two days, both included: the document and its lines, by day and order of entering.
    pub(crate) fn account_lines(&self, from: NaiveDate, to: NaiveDate) -> Vec<AccountLine<'_>> {
        let mut lines = Vec::new();
        let kept = self.books.effects.iter().filter(|(_, kept)| (from..=to).contains(&kept.effect.date));
        for (document, kept) in kept {
            let line = |account, amount, item| AccountLine {
                document,
                date: kept.effect.date,
                sequence: kept.sequence,
                account,
                amount,
                item,
            };
            lines.extend(kept.effect.postings.iter().map(|posting| line(&posting.account, posting.amount, None)));
            for movement in &kept.effect.moves {
                let moved = Some((movement.item.as_str(), movement.quantity));
                lines.push(line(&movement.asset, movement.value, moved));
                lines.push(line(&movement.against, -movement.value, None));
            }
        }
        lines.sort_by_key(|line| (line.date, line.sequence));
        lines
    }

    /// Id, quantity and value of all items in the books, at the end of a day or of all days.
    pub(crate) fn stock_values(&self, as_of: Option<NaiveDate>) -> Vec<(String, Decimal, Decimal)> {
        let of = |item: &String| {
            let (quantity, value) = self.books.stock(item, as_of);
            (item.clone(), quantity, value)
        };
        self.books.items.keys().map(of).collect()
    }

    /// Id, debits minus credits of every account; they add up to zero.
    #[cfg(test)]
    pub(crate) fn trial_balance(&self) -> Vec<(String, Decimal)> {
        self.balances(None).into_iter().collect()
    }

    /// Id, quantity and value of every item in the books.
    #[cfg(test)]
    pub(crate) fn valuation(&self) -> Vec<(String, Decimal, Decimal)> {
        self.stock_values(None)
    }

    /// How many documents of an entity carry this number.
    pub(crate) fn count_documents(&self, entity: &str, reference: &str) -> usize {
        let Some(table) = self.table(entity) else { return 0 };
        table.stored().filter(|(_, record)| json::text(record, "DocNumber") == Some(reference)).count()
    }

    /// How many documents of an entity have each number.
    pub(crate) fn document_numbers(&self, entity: &str) -> HashMap<&str, usize> {
        let mut numbers = HashMap::new();
        for (_, record) in self.table(entity).into_iter().flat_map(|table| table.stored()) {
            if let Some(number) = json::text(record, "DocNumber") {
                *numbers.entry(number).or_default() += 1;
            }
        }
        numbers
    }

    /// The asset account, the cost and the other side of an item that is kept in stock.
    pub(crate) fn movement(&self, item: &Record, quantity: Decimal, against: Option<&str>) -> Option<Move> {
        if json::text(item, "Type") != Some("Inventory") {
            return None;
        }
        let against = against.or_else(|| json::reference(item, "ExpenseAccountRef"))?;
        Some(Move {
            item: json::text(item, "Id")?.to_owned(),
            quantity,
            unit_cost: json::decimal(item, "PurchaseCost").unwrap_or_default(),
            asset: json::reference(item, "AssetAccountRef")?.to_owned(),
            against: against.to_owned(),
            value: Decimal::ZERO,
        })
    }
}

/// Whether an account carries its balance from year to year.
pub(crate) fn stands(account: &Record) -> bool {
    !matches!(json::text(account, "Classification"), Some("Revenue" | "Expense"))
}

/// The opening balance of an account; stock opens by its items, and the equity account takes the rest.
fn opening_posting(account: &Record) -> Option<Posting> {
    let derived = matches!(json::text(account, "AccountSubType"), Some("Inventory" | "OpeningBalanceEquity"));
    let amount = stock::cents(json::decimal(account, "CurrentBalance")?);
    (!derived && stands(account) && !amount.is_zero())
        .then(|| Posting { account: json::text(account, "Id").unwrap_or_default().to_owned(), amount })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quickbooks::sandbox::store::State;

    #[test]
    fn the_books_open_in_balance_and_stock_ties_to_its_account() {
        let mut state = State::sample().unwrap();
        state.prepare(crate::quickbooks::sandbox::store::Generator::new(1, 20));
        for company in state.companies.values() {
            assert_eq!(company.trial_balance().iter().map(|(_, balance)| *balance).sum::<Decimal>(), Decimal::ZERO);
            let stock: Decimal = company.valuation().iter().map(|(.., value)| *value).sum();
            let asset = company.account_of_subtype("Inventory").unwrap();
            assert_eq!(company.balances(None).get(&asset).copied().unwrap_or_default(), stock);
            let account = company.find("Account", &asset).unwrap();
            assert_eq!(json::decimal(&account, "CurrentBalance"), Some(stock));
        }
    }
}

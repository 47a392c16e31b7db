//! What all transactions have in common: head, lines, references in lines, closed books.
//!
//! Rule: a reference in a line is checked as one in the head is: what it leads to exists and, unless it stood there
//! before, is active (reference 7.6).

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{
    Draft,
    derive::reference_name,
    field::{Field, Kind},
    sale,
};
use crate::quickbooks::sandbox::{
    books::Effect,
    clock,
    faults::Fault,
    json::{self, Record},
    store::Company,
};

/// All transactions: their ids share one sequence (reference 8).
pub(crate) const TRANSACTIONS: &[&str] =
    &["JournalEntry", "InventoryAdjustment", "Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt", "Bill"];

/// Number, date, note: the head that all transactions have (limits of reference 8).
pub(crate) const DOC_NUMBER: Field = Field::new("DocNumber", Kind::Text(21)).filter().sort();
pub(crate) const TXN_DATE: Field = Field::new("TxnDate", Kind::Date).filter().sort();
pub(crate) const PRIVATE_NOTE: Field = Field::new("PrivateNote", Kind::Text(4000));
pub(crate) const CURRENCY: Field = Field::new("CurrencyRef", Kind::Loose);
pub(crate) const EXCHANGE_RATE: Field = Field::new("ExchangeRate", Kind::Price);

/// The name of a transaction in the books.
pub(crate) fn document(entity: &str, id: &str) -> String {
    format!("{entity}/{id}")
}

/// What a transaction does to the books; nothing for entities that are none.
pub(crate) fn effect(company: &Company, entity: &str, record: &Record) -> Option<Effect> {
    match entity {
        "JournalEntry" => Some(super::journal_entry::effect(record)),
        "InventoryAdjustment" => Some(super::inventory_adjustment::effect(company, record)),
        "Bill" => Some(super::bill::effect(company, record)),
        _ if sale::KINDS.contains(&entity) => Some(sale::effect(company, entity, record)),
        _ => None,
    }
}

/// The date of a transaction.
pub(crate) fn date(record: &Record) -> NaiveDate {
    json::text(record, "TxnDate").and_then(|date| date.parse().ok()).unwrap_or_default()
}

/// The lines of a transaction, or of a bundle in it.
pub(crate) fn lines(record: &Record) -> impl Iterator<Item = &Record> {
    record.get("Line").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

/// The detail of a line.
pub(crate) fn detail<'l>(line: &'l Record, name: &str) -> Option<&'l Record> {
    line.get(name)?.as_object()
}

/// The last day of closed books (reference 9.8).
fn closed_until(company: &Company) -> Option<NaiveDate> {
    let preferences = company.single("Preferences")?;
    preferences.get("AccountingInfoPrefs")?.get("BookCloseDate")?.as_str()?.parse().ok()
}

/// 6210 for a transaction in closed books (reference 5, 15.10).
///
/// # Errors
/// 6210.
pub(crate) fn check_open(company: &Company, record: &Record) -> Result<(), Fault> {
    let (day, closed) = (date(record), closed_until(company));
    match closed.filter(|closed| day <= *closed) {
        Some(closed) => {
            let detail = format!(
                "The account period has closed and the account books cannot be updated through the API. The books are closed through {closed}; the transaction is dated {day}."
            );
            Err(Fault::new(6210, detail).at("TxnDate"))
        }
        None => Ok(()),
    }
}

/// Whether a transaction may be changed, voided or deleted: its books are open, and it was not brought to the bank.
///
/// # Errors
/// 6210, or 6540 for one that a deposit names (reference 5).
pub(crate) fn check_changeable(company: &Company, old: &Record) -> Result<(), Fault> {
    check_open(company, old)?;
    let links = old.get("LinkedTxn").and_then(Value::as_array).into_iter().flatten();
    let mut kinds = links.filter_map(|link| link.get("TxnType").and_then(Value::as_str));
    if kinds.any(|kind| kind == "Deposit") {
        let detail = "Deposited Transaction cannot be changed : This transaction has been deposited. If you want to change or delete it, you must edit the deposit it appears on and remove it first.";
        return Err(Fault::new(6540, detail));
    }
    Ok(())
}

/// The number that a person gave to a sales form is nobody else's, where the company numbers its forms by hand. The
/// reference names a setting to warn of duplicates beside that (7.5); here it is always on.
///
/// # Errors
/// 6140.
pub(crate) fn check_number(company: &Company, entity: &str, body: &Record) -> Result<(), Fault> {
    let (Some(number), true) = (json::text(body, "DocNumber"), numbers_by_hand(company)) else { return Ok(()) };
    let own = json::record_id(body);
    for kind in sale::KINDS.iter().filter(|_| sale::KINDS.contains(&entity)) {
        let rows = company.table(kind).into_iter().flat_map(|table| table.stored());
        let mut others = rows.filter(|(id, _)| *kind != entity || Some(*id) != own);
        if let Some((id, _)) = others.find(|(_, other)| json::text(other, "DocNumber") == Some(number)) {
            let detail = format!(
                "Duplicate Document Number Error : You must specify a different number. This number has already been used. DocNumber={number} is assigned to TxnType={kind} with TxnId={id}"
            );
            return Err(Fault::new(6140, detail).at("DocNumber"));
        }
    }
    Ok(())
}

fn numbers_by_hand(company: &Company) -> bool {
    let preferences = company.single("Preferences").unwrap_or_default();
    preferences.get("SalesFormsPrefs").and_then(|prefs| prefs.get("CustomTxnNumbers")) == Some(&Value::Bool(true))
}

/// The currency of the company (reference 9.8).
pub(crate) fn home_currency(company: &Company) -> String {
    let preferences = company.single("Preferences").unwrap_or_default();
    let home = preferences.get("CurrencyPrefs").and_then(|prefs| prefs.get("HomeCurrency")?.get("value")?.as_str());
    home.unwrap_or("USD").to_owned()
}

fn keeps_currencies(company: &Company) -> bool {
    let preferences = company.single("Preferences").unwrap_or_default();
    preferences.get("CurrencyPrefs").and_then(|prefs| prefs.get("MultiCurrencyEnabled")) == Some(&Value::Bool(true))
}

/// Home units for one unit of the document's currency.
pub(crate) fn rate(record: &Record) -> Decimal {
    json::decimal(record, "ExchangeRate").unwrap_or(Decimal::ONE)
}

impl Draft<'_> {
    /// Date, closed books, deposits.
    ///
    /// # Errors
    /// 6210 for closed books, 6540 for what was deposited.
    pub(crate) fn check_head(&mut self) -> Result<(), Fault> {
        self.default("TxnDate", clock::local_date(self.now).to_string());
        check_open(self.company, &self.record)?;
        self.old.as_ref().map_or(Ok(()), |old| check_changeable(self.company, old))
    }

    /// Currency and rate; a currency has to be named where the company keeps several (reference 9.4, 9.5).
    ///
    /// # Errors
    /// 2020 where none is named, 2220 for one that the company does not keep, 2240 for a rate of nothing.
    pub(crate) fn check_currency(&mut self) -> Result<(), Fault> {
        let (home, several) = (home_currency(self.company), keeps_currencies(self.company));
        if several {
            self.require("CurrencyRef")?;
        }
        let currency = json::reference(&self.record, "CurrencyRef").unwrap_or(&home).to_owned();
        if currency != home && !several {
            return Err(Fault::new(2220, format!("Invalid Currency Code : {currency}")).at("CurrencyRef"));
        }
        if currency == home {
            self.record.remove("ExchangeRate");
        } else if rate(&self.record) <= Decimal::ZERO {
            return Err(Fault::new(2240, "The exchange rate must be more than zero").at("ExchangeRate"));
        }
        if several {
            self.set("ExchangeRate", json::number(rate(&self.record)));
        }
        let name = if currency == "USD" { "United States Dollar" } else { currency.as_str() };
        self.set("CurrencyRef", json!({"value": currency, "name": name}));
        Ok(())
    }

    /// The lines as sent, to be checked and put back.
    ///
    /// # Errors
    /// 2250 where there is none.
    pub(crate) fn take_lines(&mut self) -> Result<Vec<Record>, Fault> {
        let taken: Vec<Record> = lines(&self.record).cloned().collect();
        if taken.is_empty() {
            return Err(Fault::new(2250, "Missing lines : the transaction has no line").at("Line"));
        }
        Ok(taken)
    }

    /// Puts lines back, numbered from `first` where they have no id.
    pub(crate) fn put_lines(&mut self, lines: Vec<Record>, first: usize) {
        let known: Vec<String> = lines.iter().filter_map(|line| json::text(line, "Id").map(str::to_owned)).collect();
        let mut free = (first..).map(|id| id.to_string()).filter(|id| !known.contains(id));
        let numbered = lines.into_iter().map(|mut line| {
            let made = line.contains_key("SubTotalLineDetail");
            if json::text(&line, "Id").is_none() && !made {
                line.insert("Id".to_owned(), free.next().unwrap_or_default().into());
            }
            Value::Object(line)
        });
        let numbered: Vec<Value> = numbered.collect();
        self.set("Line", numbered);
    }

    /// The object that a reference in a line leads to; its name is filled in.
    ///
    /// # Errors
    /// 2020 where there is none, 2500 for an unknown object, 610 for an inactive one.
    pub(crate) fn line_target(&self, detail: &mut Record, field: &str, entity: &str) -> Result<Record, Fault> {
        let id = json::reference(detail, field).ok_or_else(|| Fault::missing(field))?.to_owned();
        let found = self.company.find(entity, &id);
        let found = found.ok_or_else(|| Fault::invalid_reference(&format!("{entity}s"), &id, field))?;
        if json::flag(&found, "Active") == Some(false) && !self.stood_in_lines(field, &id) {
            return Err(Fault::inactive(field));
        }
        let name = reference_name(&found).map(str::to_owned);
        detail.insert(field.to_owned(), json!({"value": id, "name": name}));
        Ok(found)
    }

    fn stood_in_lines(&self, field: &str, id: &str) -> bool {
        let stands = |line: &Record| {
            line.values().filter_map(Value::as_object).any(|detail| json::reference(detail, field) == Some(id))
        };
        self.old.as_ref().is_some_and(|old| lines(old).any(stands))
    }
}

/// The amount of a line, if it has one.
pub(crate) fn amount_of(line: &Record) -> Option<Decimal> {
    json::decimal(line, "Amount")
}

/// An amount of money: there, and with no more digits than the currency has (reference 8).
///
/// # Errors
/// 2020 where it is missing, 2140 for more than two decimals.
pub(crate) fn amount(line: &Record) -> Result<Decimal, Fault> {
    let amount = json::decimal(line, "Amount").ok_or_else(|| Fault::missing("Amount"))?;
    if amount.normalize().scale() > 2 {
        return Err(Fault::new(2140, format!("Invalid Amount : {amount} has more than two decimals")).at("Amount"));
    }
    Ok(amount)
}

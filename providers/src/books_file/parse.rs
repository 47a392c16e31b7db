//! From the text of a file in `entries/` to its transactions. Pure.
//!
//! Rule: it reads the form that [`super::render`] writes, and what a person may change in it; anything else is an error with
//! file, line and column, since an amount left out in silence would be a wrong balance.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{
    config::Syntax,
    entry::{Posting, Transaction},
    render::KEY,
    trouble::malformed,
};
use crate::error::ProviderError;

/// Columns of `YYYY-MM-DD`.
const DATE_BYTES: usize = 10;

/// Reads a file called `file`. Its transactions balance.
///
/// # Errors
/// `Malformed`, naming the place.
pub(super) fn transactions(
    syntax: Syntax,
    file: &str,
    text: &str,
    currency: &str,
) -> Result<Vec<Transaction>, ProviderError> {
    let mut parser = Parser { syntax, file, currency, found: Vec::new() };
    for (index, line) in text.lines().enumerate() {
        parser.line(Line { number: index + 1, text: line })?;
    }
    parser.found.iter().try_for_each(|found| parser.balanced(found))?;
    Ok(parser.found.into_iter().map(|found| found.transaction).collect())
}

#[derive(Clone, Copy)]
struct Line<'a> {
    number: usize,
    text: &'a str,
}

struct Found {
    transaction: Transaction,
    line: usize,
}

struct Parser<'a> {
    syntax: Syntax,
    file: &'a str,
    currency: &'a str,
    found: Vec<Found>,
}

impl Parser<'_> {
    fn line(&mut self, line: Line<'_>) -> Result<(), ProviderError> {
        let trimmed = line.text.trim();
        let is_directive = self.syntax == Syntax::Hledger && line.text.starts_with("decimal-mark ");
        if trimmed.is_empty() || line.text.starts_with(';') || is_directive {
            return Ok(());
        }
        if !line.text.starts_with([' ', '\t']) {
            let transaction = self.headline(line)?;
            self.found.push(Found { transaction, line: line.number });
            return Ok(());
        }
        let column = line.text.len() - line.text.trim_start().len() + 1;
        match self.metadata(trimmed) {
            Some((key, value)) => self.keep(line, column, key, value),
            None if trimmed.starts_with(';') || self.is_foreign_metadata(trimmed) => Ok(()),
            None => {
                let posting = self.posting(line, trimmed, column)?;
                self.current(line, column)?.postings.push(posting);
                Ok(())
            }
        }
    }

    fn headline(&self, line: Line<'_>) -> Result<Transaction, ProviderError> {
        let date = line.text.get(..DATE_BYTES).and_then(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok());
        let date =
            date.ok_or_else(|| self.complaint(line.number, 1, "is no transaction; here are transactions alone"))?;
        let rest = line.text.get(DATE_BYTES..).unwrap_or_default();
        let is_flagged = rest.starts_with(" * ") || rest.starts_with(" ! ") || rest.trim() == "*";
        if !is_flagged {
            return Err(self.complaint(line.number, DATE_BYTES + 1, "has no ` *` after the date"));
        }
        Ok(Transaction { date, reference: None, request: None, memo: None, postings: Vec::new() })
    }

    fn current(&mut self, line: Line<'_>, column: usize) -> Result<&mut Transaction, ProviderError> {
        let orphan = self.complaint(line.number, column, "belongs to no transaction");
        self.found.last_mut().map(|found| &mut found.transaction).ok_or(orphan)
    }

    /// Our own metadata: key and the text after the colon.
    fn metadata<'t>(&self, trimmed: &'t str) -> Option<(&'t str, &'t str)> {
        let text = match self.syntax {
            Syntax::Hledger => trimmed.strip_prefix(';')?.trim_start(),
            Syntax::Beancount => trimmed,
        };
        text.strip_prefix(KEY)?.split_once(':').map(|(key, value)| (key, value.trim()))
    }

    /// Beancount's metadata begins in lower case, its accounts do not.
    fn is_foreign_metadata(&self, trimmed: &str) -> bool {
        self.syntax == Syntax::Beancount && trimmed.starts_with(|first: char| first.is_ascii_lowercase())
    }

    fn keep(&mut self, line: Line<'_>, column: usize, key: &str, value: &str) -> Result<(), ProviderError> {
        let quoted = serde_json::from_str::<String>(value);
        let text = quoted.map_err(|_| self.complaint(line.number, column, "has no quoted text after its colon"))?;
        let transaction = self.current(line, column)?;
        match (key, transaction.postings.last_mut()) {
            ("reference", None) => transaction.reference = Some(text),
            ("request", None) => transaction.request = Some(text),
            ("memo", None) => transaction.memo = Some(text),
            ("description", Some(posting)) => posting.description = Some(text),
            _ => return Err(self.complaint(line.number, column, &format!("has `{KEY}{key}` in the wrong place"))),
        }
        Ok(())
    }

    /// `account  amount currency`; two blanks end the account, which may hold single ones.
    fn posting(&self, line: Line<'_>, trimmed: &str, column: usize) -> Result<Posting, ProviderError> {
        let plain = trimmed.split("  ;").next().unwrap_or(trimmed).trim_end();
        let cut = match self.syntax {
            Syntax::Hledger => plain.find("  ").or_else(|| plain.find('\t')),
            Syntax::Beancount => plain.find([' ', '\t']),
        };
        let Some((account, amount)) = cut.map(|at| plain.split_at(at)) else {
            return Err(self.complaint(line.number, column, "has no amount; write it out"));
        };
        let at = column + account.len() + (amount.len() - amount.trim_start().len());
        let (number, currency) = amount.trim().split_once(' ').unwrap_or((amount.trim(), ""));
        if currency.trim() != self.currency {
            let text = format!("`{}` is no amount in {}", amount.trim(), self.currency);
            return Err(self.complaint(line.number, at, &text));
        }
        let exact = Decimal::from_str_exact(number).ok().filter(|_| !number.contains('_'));
        let amount = exact.ok_or_else(|| self.complaint(line.number, at, &format!("`{number}` is no number")))?;
        Ok(Posting { account: account.to_owned(), amount, description: None, line: line.number })
    }

    fn balanced(&self, found: &Found) -> Result<(), ProviderError> {
        let sum =
            found.transaction.postings.iter().try_fold(Decimal::ZERO, |sum, posting| sum.checked_add(posting.amount));
        match sum {
            Some(sum) if sum.is_zero() => Ok(()),
            Some(sum) => {
                Err(self.complaint(found.line, 1, &format!("does not balance: debits and credits differ by {sum}")))
            }
            None => Err(self.complaint(found.line, 1, "has amounts too large to be added")),
        }
    }

    fn complaint(&self, line: usize, column: usize, text: &str) -> ProviderError {
        malformed(format!("{}, line {line}, column {column}: {text}", self.file))
    }
}

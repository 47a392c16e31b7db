//! From a transaction to the text of its file, in either syntax. Pure.
//!
//! Rule: what [`super::parse`] reads back is what was written here, to the last character of a memo; whatever a person or a
//! program could take for a part of the syntax is quoted.

use rust_decimal::Decimal;

use super::{
    config::Syntax,
    entry::{Posting, Transaction},
};

/// Begins the names of our metadata.
pub(super) const KEY: &str = "stockbridge-";

/// Decimals that every amount shows at least, as books are used to.
const DECIMALS_MIN: u32 = 2;

/// Earlier than any entry; an account must be open before it is used (beancount).
const OPENED: &str = "1900-01-01";

/// The file of one entry.
pub(super) fn entry(syntax: Syntax, transaction: &Transaction, currency: &str) -> String {
    let mut text = String::from("; A journal entry of Stockbridge. Remove this file to take it back.\n");
    if syntax == Syntax::Hledger {
        text.push_str("decimal-mark .\n");
    }
    text.push('\n');
    text.push_str(&headline(syntax, transaction));
    let known = [("reference", &transaction.reference), ("request", &transaction.request), ("memo", &transaction.memo)];
    for (key, value) in known {
        if let Some(value) = value {
            text.push_str(&metadata(syntax, 1, key, value));
        }
    }
    for posting in &transaction.postings {
        text.push_str(&posting_lines(syntax, posting, currency));
    }
    text
}

fn headline(syntax: Syntax, transaction: &Transaction) -> String {
    let date = transaction.date.format("%Y-%m-%d");
    let (reference, memo) = (transaction.reference.as_deref(), transaction.memo.as_deref().unwrap_or_default());
    match syntax {
        Syntax::Hledger => {
            let code = plain(reference.unwrap_or_default()).replace([')', '('], "-");
            format!("{date} * ({code}) {}\n", plain(memo)).replace(" \n", "\n")
        }
        Syntax::Beancount => format!("{date} * {}\n", quoted(syntax, memo)),
    }
}

/// One line, without what begins a comment or divides payee from note.
fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split(|symbol: char| symbol.is_whitespace() || symbol.is_control()).collect();
    let words = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>();
    words.join(" ").replace(';', ",").replace('|', "/")
}

fn posting_lines(syntax: Syntax, posting: &Posting, currency: &str) -> String {
    let mut amount = posting.amount.normalize();
    if amount.scale() < DECIMALS_MIN {
        amount.rescale(DECIMALS_MIN);
    }
    let mut text = format!("{}{}  {amount} {currency}\n", indent(syntax, 1), posting.account);
    if let Some(description) = &posting.description {
        text.push_str(&metadata(syntax, 2, "description", description));
    }
    text
}

/// Metadata of beancount; for hledger, which keeps none, a comment of the same form.
fn metadata(syntax: Syntax, depth: usize, key: &str, value: &str) -> String {
    let mark = if syntax == Syntax::Hledger { "; " } else { "" };
    format!("{}{mark}{KEY}{key}: {}\n", indent(syntax, depth), quoted(syntax, value))
}

fn indent(syntax: Syntax, depth: usize) -> String {
    match syntax {
        Syntax::Hledger => " ".repeat(4 * depth),
        Syntax::Beancount => " ".repeat(2 * depth),
    }
}

/// A JSON string. In comments hledger looks for dates, in brackets and after `date:`; those are spelled by number.
fn quoted(syntax: Syntax, text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    if syntax == Syntax::Beancount {
        return json;
    }
    let json = json.replace('[', "\\u005b");
    if json.to_lowercase().contains("date") { json.replace(':', "\\u003a") } else { json }
}

/// The file that includes all others.
pub(super) fn main_file(syntax: Syntax, company: &str, currency: &str) -> String {
    let extension = syntax.extension();
    let company = plain(company);
    match syntax {
        Syntax::Hledger => format!("; Books of {company}. Add to it what you like.\ninclude entries/*.{extension}\n"),
        Syntax::Beancount => format!(
            "option \"title\" {}\noption \"operating_currency\" \"{currency}\"\ninclude \"entries/*.{extension}\"\n",
            quoted(syntax, &company)
        ),
    }
}

/// Declarations of all accounts.
pub(super) fn declarations(syntax: Syntax, names: &[&str], currency: &str) -> String {
    let mut text = String::from("; Written by Stockbridge from accounts.csv, over whatever stands here.\n");
    if syntax == Syntax::Hledger {
        text.push_str(&format!("commodity 1000.00 {currency}\n"));
    }
    for name in names {
        text.push_str(&match syntax {
            Syntax::Hledger => format!("account {name}\n"),
            Syntax::Beancount => format!("{OPENED} open {name}\n"),
        });
    }
    text
}

/// Whether an amount can be written and read back as it is.
pub(super) fn is_exact(amount: Decimal) -> bool {
    amount.normalize().scale() <= 6
}

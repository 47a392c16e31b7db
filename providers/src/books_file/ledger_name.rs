//! Names of accounts as hledger and beancount allow them. Pure.
//!
//! Rule: a name made here is always valid; a name that the operator chose is taken as it is or refused, never bent.

use super::config::Syntax;
use crate::model::AccountClass;

/// The five roots. Beancount allows no others (Language Syntax, "Accounts"); hledger knows them too.
const ROOTS: [&str; 5] = ["Assets", "Liabilities", "Equity", "Income", "Expenses"];

/// The root of a class; `None` for accounts outside the books.
pub(super) fn root(class: AccountClass) -> Option<&'static str> {
    match class {
        AccountClass::Asset => Some("Assets"),
        AccountClass::Liability => Some("Liabilities"),
        AccountClass::Equity => Some("Equity"),
        AccountClass::Revenue => Some("Income"),
        AccountClass::Expense => Some("Expenses"),
        AccountClass::NonPosting => None,
    }
}

/// The journal's name for an account called `name`.
pub(super) fn make(syntax: Syntax, root: &str, name: &str) -> String {
    let mut parts: Vec<String> =
        name.split(':').map(|part| component(syntax, part)).filter(|part| !part.is_empty()).collect();
    if parts.first().is_none_or(|first| !first.eq_ignore_ascii_case(root)) {
        parts.insert(0, root.to_owned());
    } else if let Some(first) = parts.first_mut() {
        root.clone_into(first);
    }
    if parts.len() == 1 {
        parts.push("General".to_owned());
    }
    parts.join(":")
}

fn component(syntax: Syntax, part: &str) -> String {
    match syntax {
        Syntax::Hledger => hledger_part(part),
        Syntax::Beancount => beancount_part(part),
    }
}

/// Two blanks end a name and `;` begins a comment (hledger manual, "Account names", "Comments").
fn hledger_part(part: &str) -> String {
    let words: Vec<String> = part
        .split(|symbol: char| symbol.is_whitespace() || symbol.is_control())
        .map(|word| word.replace(';', ","))
        .collect();
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Letters, digits and dashes, beginning with a capital or a digit. A letter of a script that beancount or we do not surely
/// know in capitals is spelled by its number, so that two of them do not become one name.
fn beancount_part(part: &str) -> String {
    let mut text = String::new();
    for symbol in part.trim().chars() {
        if symbol.is_ascii_alphanumeric() || is_cased_letter(symbol) {
            text.push(symbol);
        } else if symbol.is_alphanumeric() {
            text.push_str(&format!("U{:X}", u32::from(symbol)));
        } else if !text.is_empty() && !text.ends_with('-') {
            text.push('-');
        }
    }
    capitalised(text.trim_end_matches('-'))
}

fn capitalised(text: &str) -> String {
    let mut symbols = text.chars();
    match symbols.next() {
        None => String::new(),
        Some(first) if first.is_ascii_digit() || first.is_uppercase() => text.to_owned(),
        Some(first) => {
            let capital: String = first.to_uppercase().collect();
            let is_letter = capital.chars().all(|symbol| symbol.is_ascii_uppercase() || is_cased_letter(symbol));
            let capital = if is_letter { capital } else { format!("X{first}") };
            format!("{capital}{}", symbols.as_str())
        }
    }
}

/// Letters beyond ASCII with a small and a capital form: Latin, Greek, Cyrillic.
fn is_cased_letter(symbol: char) -> bool {
    let known = matches!(symbol, '\u{c0}'..='\u{24f}' | '\u{386}'..='\u{3ff}' | '\u{400}'..='\u{52f}');
    known && (symbol.is_uppercase() || symbol.is_lowercase())
}

/// Why a name that the operator chose cannot be used.
pub(super) fn complaint(syntax: Syntax, class: AccountClass, name: &str) -> Option<String> {
    let Some(root) = root(class) else { return Some("belongs to an account outside the books".to_owned()) };
    match syntax {
        Syntax::Hledger => {
            let same = name.split(':').map(hledger_part).collect::<Vec<_>>().join(":") == name;
            let starts = name.starts_with(|symbol: char| symbol.is_alphanumeric());
            let whole = name.split(':').all(|part| !part.is_empty());
            (!(same && starts && whole)).then(|| "is no account name of hledger: single blanks, no `;`".to_owned())
        }
        Syntax::Beancount => {
            let parts: Vec<&str> = name.split(':').collect();
            if parts.first() != Some(&root) || parts.len() < 2 {
                return Some(format!("must begin with `{root}:`; the roots are {}", ROOTS.join(", ")));
            }
            let same = parts.iter().all(|part| !part.is_empty() && beancount_part(part) == **part);
            (!same)
                .then(|| "is no account name of beancount: capitalised parts of letters, digits and dashes".to_owned())
        }
    }
}

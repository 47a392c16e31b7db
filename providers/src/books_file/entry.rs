//! One transaction of the journal, and the name of its file. Pure.
//!
//! Rule: a reference leads to one file name, in which nothing can lead out of the folder.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use crate::model::{JournalLine, Side};

/// What our entries' files begin with.
pub(super) const PREFIX: &str = "je-";

/// Longer names are hashed: file systems end a name at 255 bytes.
const NAME_BYTES_MAX: usize = 100;

/// A transaction as the journal has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Transaction {
    pub(super) date: NaiveDate,
    /// Our reference; `None` for a transaction of somebody else.
    pub(super) reference: Option<String>,
    pub(super) request: Option<String>,
    pub(super) memo: Option<String>,
    pub(super) postings: Vec<Posting>,
}

/// One posting: debits positive, credits negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Posting {
    /// The journal's name of the account.
    pub(super) account: String,
    pub(super) amount: Decimal,
    pub(super) description: Option<String>,
    /// Line in the file, from 1; 0 before it was written.
    pub(super) line: usize,
}

impl Posting {
    pub(super) fn of(line: &JournalLine, account: &str) -> Self {
        let amount = match line.side {
            Side::Debit => line.amount,
            Side::Credit => -line.amount,
        };
        Self { account: account.to_owned(), amount, description: line.description.clone(), line: 0 }
    }

    /// As a neutral line, on the account with this id.
    pub(super) fn to_line(&self, account: &str) -> JournalLine {
        let side = if self.amount.is_sign_negative() { Side::Credit } else { Side::Debit };
        JournalLine {
            account: account.to_owned(),
            side,
            amount: self.amount.abs(),
            description: self.description.clone(),
        }
    }
}

/// The id of the entry with this reference: its file's name without the ending.
pub(super) fn id_of(reference: &str) -> String {
    let mut name = String::new();
    for byte in reference.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'-' {
            name.push(char::from(byte));
        } else {
            name.push_str(&format!("_{byte:02x}"));
        }
    }
    if name.len() > NAME_BYTES_MAX {
        name = format!("_{}", hex::encode(Sha256::digest(reference)));
    }
    format!("{PREFIX}{name}")
}

/// Whether an id can be one of ours; nothing else is ever made a part of a path.
pub(super) fn is_id(id: &str) -> bool {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    id.strip_prefix(PREFIX)
        .is_some_and(|rest| !rest.is_empty() && rest.len() <= NAME_BYTES_MAX && rest.bytes().all(safe))
}

//! From the codes that documents use to the ids that are kept (§3.2): a code can be edited, an id cannot.
//!
//! Rule: the table is read when a record needs it and kept no longer than the call. A code that the table does not know
//! leaves an account open; an item keeps the code, so that the reader says that he does not know it and does not take
//! the line for mere text.

use std::collections::HashMap;

use super::{
    convert::{Coded, ItemSlot},
    wire::{Account, Item},
};
use crate::model::{DocumentContent, PostedDocument, RemoteItem, RemoteSale};

/// Ids by code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Codes(HashMap<String, String>);

impl Codes {
    /// Of accounts.
    pub(super) fn of_accounts(accounts: &[Account<'_>]) -> Self {
        Self(accounts.iter().filter_map(|account| Some((account.code.owned()?, account.id.owned()?))).collect())
    }

    /// Of items.
    pub(super) fn of_items(items: &[Item<'_>]) -> Self {
        Self(items.iter().filter_map(|item| Some((item.code.owned()?, item.id.owned()?))).collect())
    }

    /// The id that a code stands for.
    pub(super) fn id_of(&self, code: &str) -> Option<String> {
        self.0.get(code).cloned()
    }

    /// An item with the ids of its accounts.
    pub(super) fn item(&self, coded: Coded<RemoteItem, ItemSlot>) -> RemoteItem {
        let mut item = coded.record;
        for (slot, code) in coded.codes {
            let id = self.0.get(&code).cloned();
            match slot {
                ItemSlot::Income => item.income_account = id,
                ItemSlot::Expense => item.expense_account = id,
                ItemSlot::Asset => item.asset_account = id,
            }
        }
        item
    }

    /// A document with the ids of its items.
    pub(super) fn sale(&self, coded: Coded<RemoteSale, usize>) -> RemoteSale {
        let mut sale = coded.record;
        for (place, code) in coded.codes {
            if let Some(line) = sale.lines.get_mut(place) {
                line.item = Some(self.0.get(&code).cloned().unwrap_or(code));
            }
        }
        sale
    }

    /// A journal with the ids of its accounts; an unknown code stands as it is, so that it equals no account of ours.
    pub(super) fn journal(&self, coded: Coded<PostedDocument, usize>) -> PostedDocument {
        let mut document = coded.record;
        if let DocumentContent::Journal { lines } = &mut document.content {
            for (place, code) in coded.codes {
                if let Some(line) = lines.get_mut(place) {
                    line.account = self.0.get(&code).cloned().unwrap_or(code);
                }
            }
        }
        document
    }
}

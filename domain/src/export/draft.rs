//! What is sent, as it is kept: exact decimals as text, in a fixed order, so that the same draft is the same JSON.
//!
//! Rule: a draft that was frozen is never changed; a new one takes its place under the same reference.

use chrono::NaiveDate;
use entity::{InventoryMode, ProductId};
use providers::model::{
    AdjustmentDraft, AdjustmentLine, DocumentKind, DraftHead, JournalDraft, JournalLine, Side as ProviderSide,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Decimals as text: no reader can take them for floats.
mod text {
    use std::str::FromStr;

    use rust_decimal::Decimal;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&value.normalize())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
        let text = String::deserialize(deserializer)?;
        Decimal::from_str(&text).map_err(D::Error::custom)
    }
}

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Draft {
    /// Quantities of items against one account.
    Adjustment(Adjustment),
    /// Amounts between accounts.
    Journal(Journal),
}

/// An inventory adjustment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adjustment {
    /// Our reference.
    pub reference: String,
    /// Date.
    pub date: NaiveDate,
    /// Text for people.
    pub memo: String,
    /// External id of the account of the other side; none while it is not chosen.
    pub account: Option<String>,
    /// Its name.
    pub account_name: Option<String>,
    /// One line per item.
    pub lines: Vec<ItemLine>,
}

/// An item whose quantity changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemLine {
    /// External id of the item; none while the product is not linked.
    pub item: Option<String>,
    /// The item's name, or the product's.
    pub name: String,
    /// The product.
    pub product: Uuid,
    /// Change of quantity.
    #[serde(with = "text")]
    pub quantity: Decimal,
    /// Change of value at our cost; the accounting system costs it by itself.
    #[serde(with = "text")]
    pub value: Decimal,
}

impl ItemLine {
    /// The product.
    pub fn product_id(&self) -> ProductId {
        ProductId(self.product)
    }
}

/// A journal entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    /// Our reference.
    pub reference: String,
    /// Date.
    pub date: NaiveDate,
    /// Text for people.
    pub memo: String,
    /// Lines, debits first.
    pub lines: Vec<AmountLine>,
    /// Our exact value less what is posted.
    #[serde(with = "text")]
    pub residue: Decimal,
    /// The documents of a journal that gathers a day; empty where it is about one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Member>,
}

/// A document that is part of a journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its export.
    pub export: Uuid,
    /// Its own reference, which the books do not have.
    pub reference: String,
    /// What people call it.
    pub label: String,
}

/// An amount on one side of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmountLine {
    /// External id of the account; none while it is not chosen.
    pub account: Option<String>,
    /// Its name.
    pub account_name: Option<String>,
    /// Side.
    pub side: Side,
    /// Amount at the currency's minor unit, above zero.
    #[serde(with = "text")]
    pub amount: Decimal,
    /// Text.
    pub description: String,
    /// Our exact value of it less the amount.
    #[serde(default, with = "text")]
    pub residue: Decimal,
}

/// Side of a journal line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Debit.
    Debit,
    /// Credit.
    Credit,
}

/// What a provider is handed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sendable {
    /// An inventory adjustment.
    Adjustment(AdjustmentDraft),
    /// A journal entry.
    Journal(JournalDraft),
}

impl Draft {
    /// Our reference.
    pub fn reference(&self) -> &str {
        match self {
            Self::Adjustment(draft) => &draft.reference,
            Self::Journal(draft) => &draft.reference,
        }
    }

    /// Date.
    pub fn date(&self) -> NaiveDate {
        match self {
            Self::Adjustment(draft) => draft.date,
            Self::Journal(draft) => draft.date,
        }
    }

    /// The kind of document that it becomes.
    pub fn document_kind(&self) -> DocumentKind {
        match self {
            Self::Adjustment(_) => DocumentKind::InventoryAdjustment,
            Self::Journal(_) => DocumentKind::JournalEntry,
        }
    }

    /// The mode in which it is posted.
    pub fn mode(&self) -> InventoryMode {
        match self {
            Self::Adjustment(_) => InventoryMode::Sync,
            Self::Journal(_) => InventoryMode::SelfManaged,
        }
    }

    /// External ids of its accounts.
    pub fn accounts(&self) -> Vec<&str> {
        match self {
            Self::Adjustment(draft) => draft.account.as_deref().into_iter().collect(),
            Self::Journal(draft) => draft.lines.iter().filter_map(|line| line.account.as_deref()).collect(),
        }
    }

    /// As it is kept.
    pub fn to_json(&self) -> serde_json::Value {
        // Texts, numbers and lists only: it always has a JSON form.
        serde_json::to_value(self).unwrap_or_default()
    }

    /// As it was kept.
    pub fn from_json(value: &serde_json::Value) -> Option<Self> {
        serde_json::from_value(value.clone()).ok()
    }

    /// As a provider wants it; nothing while an account or an item is missing.
    pub fn sendable(&self, request_id: String) -> Option<Sendable> {
        match self {
            Self::Adjustment(draft) => {
                let line = |line: &ItemLine| Some(AdjustmentLine { item: line.item.clone()?, quantity: line.quantity });
                Some(Sendable::Adjustment(AdjustmentDraft {
                    head: head(request_id, &draft.reference, draft.date, &draft.memo),
                    account: draft.account.clone()?,
                    lines: draft.lines.iter().map(line).collect::<Option<_>>()?,
                }))
            }
            Self::Journal(draft) => {
                let line = |line: &AmountLine| {
                    Some(JournalLine {
                        account: line.account.clone()?,
                        side: match line.side {
                            Side::Debit => ProviderSide::Debit,
                            Side::Credit => ProviderSide::Credit,
                        },
                        amount: line.amount,
                        description: Some(line.description.clone()),
                    })
                };
                Some(Sendable::Journal(JournalDraft {
                    head: head(request_id, &draft.reference, draft.date, &draft.memo),
                    as_draft: false,
                    lines: draft.lines.iter().map(line).collect::<Option<_>>()?,
                }))
            }
        }
    }
}

fn head(request_id: String, reference: &str, date: NaiveDate, memo: &str) -> DraftHead {
    DraftHead { request_id, reference: reference.to_owned(), date, memo: memo.to_owned() }
}

//! A sales document as it was read, on its way through the inbox.
//!
//! Rule: nothing is converted, rounded or matched here: what waits is what the accounting system said.

use chrono::NaiveDate;
use entity::{SalesDocumentType, Timestamp};
use providers::model::{RemoteSale, SaleRef, SaleState, SalesDocumentKind};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Whether a document counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DocumentState {
    /// Not yet part of the books.
    Draft,
    /// Part of the books.
    Posted,
    /// Taken back; it still exists.
    Voided,
    /// Gone: the accounting system said so of this one.
    Deleted,
}

/// A document, named.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DocumentKey {
    /// Kind.
    pub kind: SalesDocumentType,
    /// The accounting system's id.
    pub external_id: String,
}

/// A sales document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Which.
    pub key: DocumentKey,
    /// The accounting system's version of it.
    pub version: Option<String>,
    /// Whether it counts.
    pub state: DocumentState,
    /// Number for people.
    pub number: Option<String>,
    /// Date.
    pub date: NaiveDate,
    /// Id and name of who bought.
    pub customer: Option<(String, Option<String>)>,
    /// Currency; none where it is the company's own.
    pub currency: Option<String>,
    /// Units of home currency for one of `currency`.
    pub rate: Option<Decimal>,
    /// Lines, bundles replaced by their parts.
    pub lines: Vec<DocumentLine>,
    /// Shipping before tax.
    pub shipping: Decimal,
    /// Documents that it takes back.
    pub applies_to: Vec<DocumentKey>,
    /// Note.
    pub memo: Option<String>,
    /// When the accounting system last changed it.
    pub updated_at: Option<i64>,
}

/// A line of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentLine {
    /// Id within the document.
    pub external_id: String,
    /// Item.
    pub item: Option<String>,
    /// Bundle that it is a part of.
    pub bundle: Option<String>,
    /// Text.
    pub description: Option<String>,
    /// Quantity, as on the document.
    pub quantity: Decimal,
    /// What it earns before tax, after all discounts, document currency.
    pub net: Decimal,
}

impl Document {
    /// A document as it was read.
    pub fn read(remote: RemoteSale) -> Self {
        let state = match remote.state {
            SaleState::Draft => DocumentState::Draft,
            SaleState::Posted => DocumentState::Posted,
            SaleState::Voided => DocumentState::Voided,
        };
        let line = |line: providers::model::SaleLine| DocumentLine {
            external_id: line.external_id,
            item: line.item,
            bundle: line.bundle,
            description: line.description,
            quantity: line.quantity,
            net: line.net,
        };
        Self {
            key: DocumentKey { kind: kind_of(remote.kind), external_id: remote.external_id },
            version: remote.version,
            state,
            number: remote.number,
            date: remote.date,
            customer: remote.customer.map(|party| (party.external_id, party.name)),
            currency: remote.currency,
            rate: remote.rate,
            lines: remote.lines.into_iter().map(line).collect(),
            shipping: remote.shipping,
            applies_to: remote.applies_to.iter().map(DocumentKey::of).collect(),
            memo: remote.memo,
            updated_at: remote.updated_at.map(|at| Timestamp::from(at).0),
        }
    }

    /// A document that is gone, of which only the name is left.
    pub fn deleted(key: DocumentKey, date: NaiveDate) -> Self {
        Self {
            key,
            version: None,
            state: DocumentState::Deleted,
            number: None,
            date,
            customer: None,
            currency: None,
            rate: None,
            lines: Vec::new(),
            shipping: Decimal::ZERO,
            applies_to: Vec::new(),
            memo: None,
            updated_at: None,
        }
    }

    /// Hash of everything that matters here. Version, time and note may change without a change.
    pub fn content_hash(&self) -> i64 {
        let plain = Self { version: None, updated_at: None, memo: None, state: DocumentState::Posted, ..self.clone() };
        let digest = Sha256::digest(serde_json::to_vec(&plain).unwrap_or_default());
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        i64::from_le_bytes(first)
    }

    /// Where it stands in the order of processing: date, then what sells before what takes back, then id. Ids of digits
    /// alone are in the order of their numbers.
    pub fn place(&self) -> String {
        self.place_on(&self.date.to_string())
    }

    /// Where it stands if it goes behind the document at a place, whatever its own date: what takes back finds what it
    /// names.
    pub fn place_behind(&self, place: &str) -> String {
        self.place_on(place.split(':').next().unwrap_or_default())
    }

    fn place_on(&self, day: &str) -> String {
        let back = u8::from(takes_back(self.key.kind));
        let id = &self.key.external_id;
        format!("{day}:{back}:{:04}:{id}:{:?}", id.len().min(9_999), self.key.kind)
    }

    /// What people call it.
    pub fn label(&self) -> String {
        label(self.key.kind, self.number.as_deref(), &self.key.external_id)
    }
}

impl DocumentKey {
    /// A document that a provider names.
    pub fn of(sale: &SaleRef) -> Self {
        Self { kind: kind_of(sale.kind), external_id: sale.external_id.clone() }
    }

    /// The same for a provider; nothing for a sale that was recorded by hand.
    pub fn reference(&self) -> Option<SaleRef> {
        let kind = match self.kind {
            SalesDocumentType::Invoice => SalesDocumentKind::Invoice,
            SalesDocumentType::SalesReceipt => SalesDocumentKind::SalesReceipt,
            SalesDocumentType::CreditMemo => SalesDocumentKind::CreditMemo,
            SalesDocumentType::Refund => SalesDocumentKind::Refund,
            SalesDocumentType::Manual => return None,
        };
        Some(SaleRef { kind, external_id: self.external_id.clone() })
    }
}

/// A provider's kind of document.
pub fn kind_of(kind: SalesDocumentKind) -> SalesDocumentType {
    match kind {
        SalesDocumentKind::Invoice => SalesDocumentType::Invoice,
        SalesDocumentKind::SalesReceipt => SalesDocumentType::SalesReceipt,
        SalesDocumentKind::CreditMemo => SalesDocumentType::CreditMemo,
        SalesDocumentKind::Refund => SalesDocumentType::Refund,
    }
}

/// Whether a kind of document takes back what others sold.
pub fn takes_back(kind: SalesDocumentType) -> bool {
    matches!(kind, SalesDocumentType::CreditMemo | SalesDocumentType::Refund)
}

/// What people call a document.
pub fn label(kind: SalesDocumentType, number: Option<&str>, external_id: &str) -> String {
    let what = match kind {
        SalesDocumentType::Invoice => "invoice",
        SalesDocumentType::SalesReceipt => "sales receipt",
        SalesDocumentType::CreditMemo => "credit memo",
        SalesDocumentType::Refund => "refund",
        SalesDocumentType::Manual => "manual sale",
    };
    match number.filter(|number| !number.is_empty()) {
        Some(number) => format!("{what} {number}"),
        None => format!("{what} with the id {external_id}"),
    }
}

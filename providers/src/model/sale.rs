//! Sales documents: what was sold, to whom, for how much, with everything that is not the goods themselves kept apart.
//!
//! Rule: amounts and quantities stand as on the document, positive also on a credit memo (its kind says that it takes
//! back); the parts of a document add up to its total exactly, to the last digit of its currency.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

/// Kind of a sales document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SalesDocumentKind {
    /// Sold, to be paid later.
    Invoice,
    /// Sold and paid at once.
    SalesReceipt,
    /// A customer's credit.
    CreditMemo,
    /// Money given back.
    Refund,
}

/// Whether a sales document counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SaleState {
    /// Not yet part of the books.
    Draft,
    /// Part of the books.
    Posted,
    /// Taken back by the provider's own means: the document exists, its amounts no longer count.
    Voided,
}

/// A sales document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RemoteSale {
    /// The provider's id, unique together with `kind`.
    pub external_id: String,
    /// The provider's version of the record, where it has one.
    pub version: Option<String>,
    /// Kind.
    pub kind: SalesDocumentKind,
    /// Whether it counts. A deleted document is no `RemoteSale` but a [`super::Change::Deleted`].
    pub state: SaleState,
    /// Number for people, as printed on it.
    pub number: Option<String>,
    /// Date in the company's time zone.
    pub date: NaiveDate,
    /// Who bought.
    pub customer: Option<RemoteParty>,
    /// Currency, ISO 4217; `None` where it is the company's own.
    pub currency: Option<String>,
    /// Units of home currency for one unit of `currency`; `None` where it is the home currency or the rate is missing.
    pub rate: Option<Decimal>,
    /// The lines, bundles replaced by their parts. May be empty.
    pub lines: Vec<SaleLine>,
    /// Shipping before tax, after its share of the document's discount, document currency.
    pub shipping: Decimal,
    /// All tax, document currency.
    pub tax: Decimal,
    /// What the provider added beside lines, shipping and tax (for example rounding); often zero.
    pub other: Decimal,
    /// Total as the provider states it, document currency: Σ net + shipping + tax + other.
    pub total: Decimal,
    /// Documents that this one names: the invoices that a credit memo takes back, where the provider tells.
    pub applies_to: Vec<SaleRef>,
    /// The provider's note on the document, where it has one.
    pub memo: Option<String>,
    /// When the provider last changed it.
    pub updated_at: Option<DateTime<Utc>>,
}

/// One line of a sales document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SaleLine {
    /// Stable within the document: the provider's line id, followed by the place within its bundle where it is a part.
    pub external_id: String,
    /// External id of the item; `None` where the line names none.
    pub item: Option<String>,
    /// External id of the bundle that it is a part of.
    pub bundle: Option<String>,
    /// Text.
    pub description: Option<String>,
    /// Quantity; may be negative, zero, or have more decimals than can be kept (then the reader refuses the line).
    pub quantity: Decimal,
    /// Amount before any discount and before tax, document currency.
    pub gross: Decimal,
    /// The line's own discount and its share of the document's, before tax, positive.
    pub discount: Decimal,
    /// `gross - discount`: what the line earns.
    pub net: Decimal,
    /// Number of the product's class of tax, as the provider spells it, where it tells.
    pub tax_code: Option<String>,
}

/// A customer or other party as a document names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RemoteParty {
    /// The provider's id.
    pub external_id: String,
    /// Display name, where the document tells.
    pub name: Option<String>,
}

/// A sales document, named.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SaleRef {
    /// Kind.
    pub kind: SalesDocumentKind,
    /// The provider's id.
    pub external_id: String,
}

/// Which sales documents are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SalesWindow {
    /// Kinds; those that the provider does not know are an error.
    pub kinds: Vec<SalesDocumentKind>,
    /// The earliest date of a document.
    pub from: NaiveDate,
    /// Only documents changed at or after this moment.
    pub changed_since: Option<DateTime<Utc>>,
}

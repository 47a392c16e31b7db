//! What tests and demos do to a sandbox, in words that fit every provider: act as a person in its pages, break it on
//! purpose, look into its books.
//!
//! Rule: every act goes through the same code as the sandbox's own pages and API, so its business rules hold. What a
//! sandbox has no such thing for is [`SandboxError::Unsupported`], never a silent nothing.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use secrecy::SecretString;
use url::Url;

use super::SandboxError;
use crate::model::{AccountBalance, CompanyChoice, DocumentKind, ItemKind, ItemValuation, SaleRef, SalesDocumentKind};

/// A hand on a running sandbox.
#[async_trait]
pub trait SandboxControl: Send + Sync + fmt::Debug {
    /// Its companies; the first is the one that tests use.
    fn companies(&self) -> Vec<CompanyChoice>;

    /// Does what a person does on the consent page, over HTTP: opens it, chooses companies, agrees or refuses.
    /// Answers with the URL that the browser would be sent to. `companies` is empty where the person refuses.
    ///
    /// # Errors
    /// When the page refuses.
    async fn consent(&self, authorization: &Url, companies: &[String]) -> Result<Url, SandboxError> {
        let _ = (authorization, companies);
        Err(SandboxError::Unsupported("ask for consent"))
    }

    /// Acts in a company. Answers with the external id of what was made or touched.
    ///
    /// # Errors
    /// `Refused` with the sandbox's own reason, `Unsupported` where it has no such thing.
    async fn act(&self, company: &str, act: SandboxAct) -> Result<String, SandboxError> {
        let _ = (company, act);
        Err(SandboxError::Unsupported("act as a person"))
    }

    /// Breaks calls to come.
    ///
    /// # Errors
    /// `Unsupported` where it cannot break that way.
    async fn inject(&self, fault: SandboxFault) -> Result<(), SandboxError> {
        let _ = fault;
        Err(SandboxError::Unsupported("break calls"))
    }

    /// Takes back all faults that are not used up.
    async fn calm(&self) {}

    /// Balances of all accounts of a company; they add up to zero.
    ///
    /// # Errors
    /// When there is no such company.
    async fn trial_balance(&self, company: &str) -> Result<Vec<AccountBalance>, SandboxError> {
        let _ = company;
        Err(SandboxError::Unsupported("show a trial balance"))
    }

    /// Quantity and value of all stock items of a company.
    ///
    /// # Errors
    /// As above.
    async fn valuation(&self, company: &str) -> Result<Vec<ItemValuation>, SandboxError> {
        let _ = company;
        Err(SandboxError::Unsupported("value items"))
    }

    /// How many documents that count carry this reference.
    ///
    /// # Errors
    /// As above.
    async fn count_posted(&self, company: &str, kind: DocumentKind, reference: &str) -> Result<usize, SandboxError> {
        let _ = (company, kind, reference);
        Err(SandboxError::Unsupported("count documents"))
    }

    /// The same for many references, in their order; looked up one by one where a sandbox has no quicker way.
    ///
    /// # Errors
    /// As above.
    async fn count_all_posted(
        &self,
        company: &str,
        kind: DocumentKind,
        references: &[&str],
    ) -> Result<Vec<usize>, SandboxError> {
        let mut counts = Vec::with_capacity(references.len());
        for reference in references {
            counts.push(self.count_posted(company, kind, reference).await?);
        }
        Ok(counts)
    }
}

/// What a person does.
#[derive(Debug, Clone)]
pub enum SandboxAct {
    /// Adds an item. Inventory items get their opening quantity at `cost`.
    AddItem {
        /// Name, unique.
        name: String,
        /// SKU.
        sku: Option<String>,
        /// Kind.
        kind: ItemKind,
        /// Selling price.
        price: Decimal,
        /// Purchase cost.
        cost: Decimal,
        /// Opening quantity, for inventory.
        quantity: Decimal,
    },
    /// Adds a bundle of items: external id and quantity of each.
    AddBundle {
        /// Name, unique.
        name: String,
        /// Parts.
        parts: Vec<(String, Decimal)>,
    },
    /// Renames an item.
    RenameItem {
        /// External id.
        item: String,
        /// New name.
        name: String,
    },
    /// Makes an item active or inactive.
    SetItemActive {
        /// External id.
        item: String,
        /// Whether it may be used.
        active: bool,
    },
    /// Takes an item away for good, against every rule of the service: documents that name it stay as they are.
    RemoveItem(String),
    /// Writes a sales document.
    Sell(SandboxSale),
    /// Sets the quantity of the first line of a sales document.
    EditSale {
        /// Which.
        sale: SaleRef,
        /// New quantity.
        quantity: Decimal,
    },
    /// Voids a sales document.
    VoidSale(SaleRef),
    /// Deletes a sales document.
    DeleteSale(SaleRef),
    /// Enters a supplier's bill for an item, which puts it in stock.
    Buy {
        /// External id.
        item: String,
        /// The supplier's number.
        number: String,
        /// Date.
        date: NaiveDate,
        /// Quantity.
        quantity: Decimal,
        /// Price of one.
        cost: Decimal,
    },
    /// Deletes a supplier's bill.
    DeleteBill(String),
    /// Doubles all lines of a document that the gateway posted.
    EditDocument {
        /// Kind.
        kind: DocumentKind,
        /// External id.
        external_id: String,
    },
    /// Takes a document that the gateway posted out of the books: voids it, or deletes it where it cannot be voided.
    RemoveDocument {
        /// Kind.
        kind: DocumentKind,
        /// External id.
        external_id: String,
    },
    /// Closes the books up to a day, or opens them.
    CloseBooks(Option<NaiveDate>),
    /// Ends all access tokens; refreshing helps.
    ExpireAccessTokens,
    /// The next refresh brings another refresh token, as it does now and then, or always.
    RotateRefreshTokens,
    /// Refresh tokens that were replaced stop working; using one ends the whole grant where the service is that strict.
    RetireRefreshTokens,
    /// Takes all consents back; only a reconnect helps.
    RevokeConsent,
    /// Takes inventory out of the company's edition, or puts it back.
    SetInventory(bool),
    /// Sends webhooks for every change from now on to this address, signed with this key.
    SendWebhooks {
        /// Where to.
        to: Url,
        /// Signing key.
        key: SecretString,
        /// Format, by the sandbox's own name; its newest if `None`.
        format: Option<String>,
    },
}

/// A sales document as a person writes it.
#[derive(Debug, Clone)]
pub struct SandboxSale {
    /// Kind.
    pub kind: SalesDocumentKind,
    /// Number; the sandbox's next if `None`.
    pub number: Option<String>,
    /// Date.
    pub date: NaiveDate,
    /// Lines.
    pub lines: Vec<SandboxSaleLine>,
    /// Discount on the whole document, before tax.
    pub discount: Decimal,
    /// Shipping, before tax.
    pub shipping: Decimal,
    /// Tax in all.
    pub tax: Decimal,
    /// Currency other than the home currency, with its home units for one unit of it.
    pub currency: Option<(String, Decimal)>,
    /// The invoice that it takes back.
    pub applies_to: Option<SaleRef>,
    /// Who buys, by place among the active customers, from 0; the first again after the last. What takes an invoice back
    /// is that invoice's customer's where the service wants that.
    pub customer: usize,
}

/// A line as a person writes it.
#[derive(Debug, Clone)]
pub struct SandboxSaleLine {
    /// External id of the item or bundle; `None` for a line of text alone.
    pub item: Option<String>,
    /// Quantity.
    pub quantity: Decimal,
    /// Price per unit.
    pub price: Decimal,
    /// Discount of this line, before tax.
    pub discount: Decimal,
    /// Whether a part of the document's tax is on it.
    pub taxed: bool,
}

/// Which calls a fault hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultReach {
    /// The next calls, this many.
    Next(u32),
    /// A share of all calls, in thousandths, chosen by a generator with this seed.
    Share {
        /// Thousandths.
        per_mille: u16,
        /// Seed.
        seed: u64,
    },
}

/// Which kind of call a fault hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultTarget {
    /// Any call to the accounting API.
    Any,
    /// Calls that read.
    Reads,
    /// Calls that write.
    Writes,
    /// Calls for tokens.
    Tokens,
}

/// A fault to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SandboxFault {
    /// What happens.
    pub trouble: Trouble,
    /// To which calls.
    pub target: FaultTarget,
    /// To how many.
    pub reach: FaultReach,
}

/// What happens to a call. `committed`: the call takes effect first, and only its answer is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// 429, with or without advice how long to wait.
    TooManyRequests {
        /// `Retry-After` in seconds.
        retry_after: Option<u32>,
    },
    /// An HTTP status of 500 or above.
    Status {
        /// The status.
        status: u16,
        /// See above.
        committed: bool,
    },
    /// The connection is reset without an answer.
    Reset {
        /// See above.
        committed: bool,
    },
    /// The answer is cut off in the middle.
    CutOff {
        /// See above.
        committed: bool,
    },
    /// A web page in place of JSON, status 200.
    Html {
        /// See above.
        committed: bool,
    },
    /// Status 200 with an error of the service inside, where the service does that.
    OkWithFault,
    /// The answer comes after this pause.
    Slow {
        /// The pause.
        pause: Duration,
        /// See above.
        committed: bool,
    },
    /// The access token is refused as expired.
    TokenExpired,
    /// A record is removed from or added before the page that is being read.
    PagesShift,
}

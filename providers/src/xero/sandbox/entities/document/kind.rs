//! The four types of documents.
//!
//! Rule: nobody else compares their names.

use super::super::{CREDIT_NOTES, INVOICES, Resource};
use crate::xero::sandbox::json::{self, Record};

/// A type of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DocumentType {
    /// ACCREC.
    Invoice,
    /// ACCPAY.
    Bill,
    /// ACCRECCREDIT.
    SalesCredit,
    /// ACCPAYCREDIT.
    PurchaseCredit,
}

impl DocumentType {
    /// The type of this name, where the resource has it.
    pub(crate) fn parse(name: &str, resource: &Resource) -> Option<Self> {
        let credits = resource.name == CREDIT_NOTES.name;
        match name {
            "ACCREC" if !credits => Some(Self::Invoice),
            "ACCPAY" if !credits => Some(Self::Bill),
            "ACCRECCREDIT" if credits => Some(Self::SalesCredit),
            "ACCPAYCREDIT" if credits => Some(Self::PurchaseCredit),
            _ => None,
        }
    }

    /// The type of a saved document.
    pub(crate) fn of(document: &Record) -> Self {
        match json::text(document, "Type") {
            Some("ACCPAY") => Self::Bill,
            Some("ACCRECCREDIT") => Self::SalesCredit,
            Some("ACCPAYCREDIT") => Self::PurchaseCredit,
            _ => Self::Invoice,
        }
    }

    /// Whether the other side is a customer.
    pub(crate) const fn sells(self) -> bool {
        matches!(self, Self::Invoice | Self::SalesCredit)
    }

    /// Whether it takes back.
    pub(crate) const fn credits(self) -> bool {
        matches!(self, Self::SalesCredit | Self::PurchaseCredit)
    }

    /// Whether its lines are credited in the ledger.
    pub(crate) const fn lines_are_credits(self) -> bool {
        matches!(self, Self::Invoice | Self::PurchaseCredit)
    }

    /// Its resource.
    pub(crate) fn resource(self) -> &'static Resource {
        if self.credits() { &CREDIT_NOTES } else { &INVOICES }
    }

    /// The system account of the other side.
    pub(crate) const fn control_account(self) -> &'static str {
        if self.sells() { "DEBTORS" } else { "CREDITORS" }
    }

    /// What its numbers begin with, where it is numbered of itself.
    pub(crate) const fn prefix(self) -> Option<&'static str> {
        match self {
            Self::Invoice => Some("INV-"),
            Self::SalesCredit => Some("CN-"),
            Self::Bill | Self::PurchaseCredit => None,
        }
    }
}

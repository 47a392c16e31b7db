//! Kinds of record by QuickBooks' names: in statements and answers (`SalesReceipt`), in paths (`salesreceipt`), in the
//! call log (`salesreceipt.query`).
//!
//! Rule: every kind's names stand in one row; nothing else in this folder spells them.

use crate::model::{DocumentKind, RecordKind, SalesDocumentKind};

/// A kind of record that this gateway reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Entity {
    Item,
    Account,
    Vendor,
    Invoice,
    SalesReceipt,
    CreditMemo,
    RefundReceipt,
    JournalEntry,
    InventoryAdjustment,
    Bill,
}

/// What a record of a kind is made into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Item,
    Account,
    Supplier,
    Sale(SalesDocumentKind),
    Document(DocumentKind),
    Bill,
}

impl From<Shape> for RecordKind {
    fn from(shape: Shape) -> Self {
        match shape {
            Shape::Item => Self::Item,
            Shape::Account => Self::Account,
            Shape::Supplier => Self::Supplier,
            Shape::Sale(kind) => Self::Sale(kind),
            Shape::Document(kind) => Self::Document(kind),
            Shape::Bill => Self::Bill,
        }
    }
}

/// The names of a kind.
struct Names {
    entity: Entity,
    shape: Shape,
    name: &'static str,
    path: &'static str,
    query: &'static str,
    count: &'static str,
    read: &'static str,
}

macro_rules! names {
    ($entity:ident, $shape:expr, $name:literal, $path:literal) => {
        Names {
            entity: Entity::$entity,
            shape: $shape,
            name: $name,
            path: $path,
            query: concat!($path, ".query"),
            count: concat!($path, ".count"),
            read: concat!($path, ".read"),
        }
    };
}

static NAMES: [Names; 10] = [
    names!(Item, Shape::Item, "Item", "item"),
    names!(Account, Shape::Account, "Account", "account"),
    names!(Vendor, Shape::Supplier, "Vendor", "vendor"),
    names!(Invoice, Shape::Sale(SalesDocumentKind::Invoice), "Invoice", "invoice"),
    names!(SalesReceipt, Shape::Sale(SalesDocumentKind::SalesReceipt), "SalesReceipt", "salesreceipt"),
    names!(CreditMemo, Shape::Sale(SalesDocumentKind::CreditMemo), "CreditMemo", "creditmemo"),
    names!(RefundReceipt, Shape::Sale(SalesDocumentKind::Refund), "RefundReceipt", "refundreceipt"),
    names!(JournalEntry, Shape::Document(DocumentKind::JournalEntry), "JournalEntry", "journalentry"),
    names!(
        InventoryAdjustment,
        Shape::Document(DocumentKind::InventoryAdjustment),
        "InventoryAdjustment",
        "inventoryadjustment"
    ),
    names!(Bill, Shape::Bill, "Bill", "bill"),
];

impl Entity {
    fn names(self) -> &'static Names {
        // Every variant has its row; a test walks all of them.
        NAMES.iter().find(|names| names.entity == self).unwrap_or(&NAMES[0])
    }

    /// The entity that a neutral kind is kept in; the company's settings are none that can be listed.
    pub(super) fn of(kind: RecordKind) -> Option<Self> {
        NAMES.iter().find(|names| RecordKind::from(names.shape) == kind).map(|names| names.entity)
    }

    /// The entity of that name, in any case: the newer webhooks write it in lower case (§12).
    pub(super) fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|names| names.name.eq_ignore_ascii_case(name)).map(|names| names.entity)
    }

    pub(super) fn of_sale(kind: SalesDocumentKind) -> Self {
        match kind {
            SalesDocumentKind::Invoice => Self::Invoice,
            SalesDocumentKind::SalesReceipt => Self::SalesReceipt,
            SalesDocumentKind::CreditMemo => Self::CreditMemo,
            SalesDocumentKind::Refund => Self::RefundReceipt,
        }
    }

    pub(super) fn of_document(kind: DocumentKind) -> Self {
        match kind {
            DocumentKind::InventoryAdjustment => Self::InventoryAdjustment,
            DocumentKind::JournalEntry => Self::JournalEntry,
        }
    }

    /// The neutral kind.
    pub(super) fn kind(self) -> RecordKind {
        self.names().shape.into()
    }

    /// What its records are made into.
    pub(super) fn shape(self) -> Shape {
        self.names().shape
    }

    /// In statements and answers.
    pub(super) fn name(self) -> &'static str {
        self.names().name
    }

    /// In paths (§2).
    pub(super) fn path(self) -> &'static str {
        self.names().path
    }

    /// A query, as the call log shows it.
    pub(super) fn query(self) -> &'static str {
        self.names().query
    }

    /// A count, as the call log shows it.
    pub(super) fn count(self) -> &'static str {
        self.names().count
    }

    /// A read of one record, as the call log shows it.
    pub(super) fn read(self) -> &'static str {
        self.names().read
    }

    /// Whether queries leave its inactive records out unless told otherwise (§6).
    pub(super) fn hides_inactive(self) -> bool {
        matches!(self, Self::Item | Self::Account | Self::Vendor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_names() {
        let all = [
            Entity::Item,
            Entity::Account,
            Entity::Vendor,
            Entity::Invoice,
            Entity::SalesReceipt,
            Entity::CreditMemo,
            Entity::RefundReceipt,
            Entity::JournalEntry,
            Entity::InventoryAdjustment,
            Entity::Bill,
        ];
        for entity in all {
            assert_eq!(entity.names().entity, entity);
            assert_eq!(Entity::of(entity.kind()), Some(entity));
            assert_eq!(Entity::named(entity.path()), Some(entity));
            assert_eq!(entity.path(), entity.name().to_lowercase());
        }
        assert_eq!((Entity::of(RecordKind::Company), Entity::named("Estimate")), (None, None));
    }
}

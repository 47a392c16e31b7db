//! Closed sets of words of stock, receiving and production, stored as text in SCREAMING_SNAKE_CASE.
//!
//! Rule: a word is never renamed once released; the database holds it.

use sea_orm::entity::prelude::*;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident,)* })*) => {$(
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, serde::Serialize,
            serde::Deserialize,
        )]
        #[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum $name {
            $($(#[$word_doc])* $word,)*
        }
    )*};
}

words! {
    /// State of a lot.
    LotStatus {
        /// Some of it is left.
        Active,
        /// Nothing of it is left; kept for tracing.
        Exhausted,
        /// Its document was voided; counts for nothing.
        Voided,
    }
    /// Where a lot comes from.
    LotSource {
        /// Stock from before lots were kept.
        Legacy,
        /// Opening balance at import.
        Opening,
        /// A receipt.
        Receipt,
        /// A build.
        Build,
        /// Found at a count.
        Adjustment,
        /// Came back without a lot to go back to.
        Return,
        /// No lot: stock that went out before it came in, with negative figures until it is settled.
        Shortage,
    }
    /// The kind of record that a movement belongs to.
    SourceKind {
        /// An import of items.
        Import,
        /// An item sync.
        ItemSync,
        /// A receipt.
        Receipt,
        /// A build.
        Build,
        /// A sale.
        Sale,
        /// A lot, adjusted.
        Lot,
        /// A product, adjusted.
        Product,
    }
    /// Why stock was adjusted.
    AdjustmentReason {
        /// A count found another quantity.
        CountCorrection,
        /// Something broke.
        Breakage,
        /// Something is gone.
        Loss,
        /// Something else.
        Other,
    }
    /// State of a receipt.
    ReceiptState {
        /// May be edited and deleted; no effect on stock.
        Draft,
        /// In stock.
        Confirmed,
        /// Taken back.
        Voided,
    }
    /// What a landed cost is spread by.
    CostBasis {
        /// The lines' values.
        Value,
        /// The lines' quantities.
        Quantity,
    }
    /// Kind of a landed cost.
    LandedKind {
        /// Freight.
        Freight,
        /// Duty.
        Duty,
        /// Something else.
        Other,
    }
    /// State of a bill of materials.
    BomStatus {
        /// Not in use yet.
        Draft,
        /// The one in use.
        Active,
        /// Replaced by a later version.
        Archived,
    }
    /// Kind of a line of a bill of materials or a build.
    LineKind {
        /// A product consumed.
        Component,
        /// Work.
        Labour,
        /// Overhead.
        Overhead,
        /// Another cost.
        Other,
    }
    /// State of a build.
    BuildState {
        /// Planned; no effect on stock.
        Planned,
        /// Done; with review on, the product waits for approval.
        Executed,
        /// Done and approved.
        Approved,
        /// Not approved.
        Rejected,
        /// Taken back.
        Reversed,
        /// Planned and given up.
        Cancelled,
    }
    /// Why a build was rejected.
    RejectReason {
        /// The product is defective.
        QualityDefect,
        /// Wrong materials were used.
        WrongMaterials,
        /// A machine failed.
        EquipmentFailure,
        /// The process went wrong.
        ProcessError,
        /// Something else.
        Other,
    }
    /// What is recovered of a rejected build's components.
    RecoveryMode {
        /// Everything.
        Full,
        /// A part.
        Partial,
        /// Nothing.
        None,
    }
}

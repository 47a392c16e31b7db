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

    /// What an account is used for in exports.
    AccountRole {
        /// Sync mode: the other side of builds; of losses where there is no waste account.
        Cogs,
        /// Sync mode: the other side of receipts.
        Receiving,
        /// Losses: rejected builds, breakage, what was received short.
        Waste,
        /// Self-managed mode: debited by builds.
        BuildDebit,
        /// Self-managed mode: credited by builds, and by losses of builds.
        BuildCredit,
        /// Self-managed mode: debited by receipts.
        ReceivingDebit,
        /// Self-managed mode: credited by receipts.
        ReceivingCredit,
    }

    /// By what products are told that have accounts of their own.
    OverrideScope {
        /// Their type.
        ProductType,
        /// Their category.
        Category,
    }

    /// How many documents one journal entry is about.
    JournalGranularity {
        /// One.
        Document,
        /// All of a day and kind.
        DayAndKind,
    }

    /// The kind of record that an export is about.
    ExportSource {
        /// A build.
        Build,
        /// A receipt.
        Receipt,
        /// A correction of a receipt.
        Correction,
        /// A stock movement: a lot's or a product's adjustment.
        Movement,
        /// No record of its own: a journal entry that gathers the exports of a day.
        Journal,
        /// A journal that brings the books' stock value to ours.
        TrueUp,
    }

    /// What an export says of its document.
    ExportKind {
        /// A build was made.
        Build,
        /// Something was delivered.
        Receipt,
        /// A rejected build lost components.
        Waste,
        /// A confirmed receipt was corrected.
        Correction,
        /// A lot or a product was adjusted.
        Adjustment,
        /// A document that was exported was taken back.
        Reversal,
        /// The books' stock value was brought to ours.
        TrueUp,
    }

    /// State of an export.
    ExportState {
        /// It was to go by itself and could not: something is missing.
        NotReady,
        /// Waits: for a user, for a worker, or for a connection.
        Pending,
        /// It is being sent.
        Sending,
        /// It was sent and nobody knows what became of it; it is looked up before anything else.
        Uncertain,
        /// It is in the books.
        Synced,
        /// The accounting system refused.
        Failed,
        /// There is nothing to send.
        Skipped,
    }

    /// Whether a posted document still is what was sent.
    DriftState {
        /// It is, as far as is known.
        Same,
        /// It is not, and nobody has decided about it.
        Drifted,
        /// It is not, and somebody agreed to what is there.
        Accepted,
    }

    /// State of a reconciliation.
    ReconciliationState {
        /// Waits for a worker.
        Queued,
        /// A worker has it.
        Running,
        /// It is done; what it found stays as it was found.
        Done,
        /// It could not be done.
        Failed,
    }

    /// Why our stock value differs from the books.
    ReconciliationClass {
        /// Recorded here, not in the books yet.
        NotExported,
        /// A product without an item, or an item without a product.
        Unlinked,
        /// Posted from here, and no longer what was posted.
        EditedThere,
        /// Both know of it, and value it differently.
        ValueParity,
        /// Our exact value less what can be posted at the currency's minor unit.
        Rounding,
        /// A journal entry that somebody made in the accounting system.
        ManualJournal,
        /// Another document there that is not ours: a bill, an adjustment, a check.
        OtherApp,
        /// Sales, and the cost that they took out of stock.
        Sales,
        /// What the accounting system's own lines leave over against its own balance.
        Unexplained,
    }

    /// How an attempt ended.
    AttemptOutcome {
        /// It lasts, or its process died.
        Started,
        /// It is in the books.
        Synced,
        /// It was found in the books: an attempt before had put it there.
        Found,
        /// It was looked for and is not there.
        Absent,
        /// The accounting system refused.
        Refused,
        /// It failed in passing and certainly had no effect.
        Passing,
        /// Nobody knows whether it had an effect.
        Unknown,
    }

    /// Where sales come from.
    ChannelKind {
        /// An integration's sales documents.
        Accounting,
        /// People.
        Manual,
    }

    /// Kind of a sales document.
    SalesDocumentType {
        /// Sold, to be paid later.
        Invoice,
        /// Sold and paid at once.
        SalesReceipt,
        /// A customer's credit.
        CreditMemo,
        /// Money given back.
        Refund,
        /// Recorded here, by hand.
        Manual,
    }

    /// Whether a sale counts.
    SaleStatus {
        /// It does.
        Posted,
        /// It was taken back.
        Voided,
        /// It was deleted in the accounting system.
        Deleted,
    }

    /// What made a version of a sale.
    SaleChange {
        /// It was new.
        Created,
        /// It was edited.
        Edited,
        /// It was voided.
        Voided,
        /// It was deleted.
        Deleted,
        /// It counts again after a void.
        Restored,
    }

    /// What became of a line of a sale.
    LineState {
        /// It moved stock, or would have with a quantity.
        Processed,
        /// It is about no stock: work, shipping, a text, or an item marked so.
        NotStock,
        /// Its product is no finished good, so only what was built is counted.
        NotFinishedGood,
        /// It cannot be processed yet; an issue says why.
        Open,
        /// Its quantity cannot be kept exactly; only a corrected document helps.
        Inexact,
        /// It was never processed: its version ended, or a person left it out.
        Abandoned,
    }

    /// Why something of a sale could not be processed.
    IssueReason {
        /// The item is not known here.
        ItemUnknown,
        /// The item has no product.
        ItemNotLinked,
        /// A document in another currency has no exchange rate.
        RateMissing,
        /// A figure cannot be kept exactly.
        InexactNumber,
        /// The document's date is in a closed period.
        PeriodClosed,
        /// The document cannot be read.
        UnusableDocument,
        /// The stock ledger refused it.
        Refused,
    }

    /// State of an issue.
    IssueState {
        /// It waits for somebody.
        Open,
        /// What it was about was processed.
        Resolved,
        /// A person said that it is not to be processed, or its document is gone.
        Dismissed,
    }
}

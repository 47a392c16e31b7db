//! What a document comes to, and what of it is still open (reference 3.4, 3.5).
//!
//! Rule: derived from lines, payments and allocations alone.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{DocumentType, line::LineAmounts};
use crate::xero::sandbox::json::{self, Record, amount, set};

/// Sums the lines.
pub(super) fn sum(document: &mut Record, amounts: LineAmounts) {
    let of = |field: &str| -> Decimal {
        json::objects(document, "LineItems").filter_map(|line| json::decimal(line, field)).sum()
    };
    let (lines, tax) = (of("LineAmount"), of("TaxAmount"));
    let (before_tax, total) = match amounts {
        LineAmounts::Inclusive => (lines - tax, lines),
        LineAmounts::Exclusive | LineAmounts::NoTax => (lines, lines + tax),
    };
    for (field, sum) in [("SubTotal", before_tax), ("TotalTax", tax), ("Total", total)] {
        set(document, field, amount(sum));
    }
    let off = |line: &Record| {
        ["DiscountRate", "DiscountAmount"]
            .iter()
            .any(|field| json::decimal(line, field).is_some_and(|off| !off.is_zero()))
    };
    let discounted = json::objects(document, "LineItems").any(off);
    set(document, "IsDiscounted", discounted);
}

/// Counts anew what was paid and credited, and settles whether the document is PAID. Whatever is approved and comes to
/// nothing is PAID at once.
pub(crate) fn recount(document: &mut Record) {
    let sum = |field: &str, of: &str| -> Decimal {
        json::objects(document, field).filter_map(|row| json::decimal(row, of)).sum()
    };
    let total = json::decimal(document, "Total").unwrap_or_default();
    let counts = matches!(json::text(document, "Status"), Some("AUTHORISED" | "PAID"));
    let open = if DocumentType::of(document).credits() {
        let open = total - sum("Allocations", "Amount");
        set(document, "RemainingCredit", amount(if counts { open } else { Decimal::ZERO }));
        open
    } else {
        let (paid, credited) = (sum("Payments", "Amount"), sum("CreditNotes", "AppliedAmount"));
        let due = total - paid - credited;
        set(document, "AmountPaid", amount(paid));
        set(document, "AmountCredited", amount(credited));
        let gone = matches!(json::text(document, "Status"), Some("VOIDED" | "DELETED"));
        set(document, "AmountDue", amount(if gone { Decimal::ZERO } else { due }));
        due
    };
    if counts {
        set(document, "Status", if open.is_zero() { "PAID" } else { "AUTHORISED" });
        let last = last_settled(document).or_else(|| json::text(document, "Date").map(str::to_owned));
        match last.filter(|_| open.is_zero()) {
            Some(day) => set(document, "FullyPaidOnDate", day),
            None => drop(document.remove("FullyPaidOnDate")),
        }
    }
}

fn last_settled(document: &Record) -> Option<String> {
    let days = ["Payments", "CreditNotes", "Allocations"];
    let days = days.iter().flat_map(|field| json::objects(document, field)).filter_map(|row| json::text(row, "Date"));
    days.max().map(str::to_owned)
}

/// The parts that every document has, whether used or not.
pub(super) fn frame(document: &mut Record) {
    let lists: &[&str] = match DocumentType::of(document).credits() {
        true => &["Allocations"],
        false => &["Payments", "CreditNotes", "Prepayments", "Overpayments"],
    };
    for list in lists {
        document.entry((*list).to_owned()).or_insert_with(|| json!([]));
    }
    for flag in ["HasAttachments", "HasErrors", "SentToContact"] {
        document.entry(flag.to_owned()).or_insert(Value::Bool(false));
    }
}

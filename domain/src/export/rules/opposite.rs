//! The opposite of what is in the books, made of what was posted there.
//!
//! Rule: what was posted is taken back account by account and item by item, whatever settings and links say today.

use rust_decimal::Decimal;

use crate::export::{
    draft::{Adjustment, AmountLine, Draft, ItemLine, Journal, Side},
    model::Document,
};

/// The draft that takes a posted one back, under the document's own reference and date.
pub fn opposite(document: &Document, posted: &Draft, memo: String) -> Draft {
    let (reference, date) = (document.reference.clone(), document.date);
    match posted {
        Draft::Adjustment(posted) => {
            let back = |line: &ItemLine| ItemLine { quantity: -line.quantity, value: -line.value, ..line.clone() };
            let lines = posted.lines.iter().map(back).collect();
            Draft::Adjustment(Adjustment { reference, date, memo, lines, ..posted.clone() })
        }
        Draft::Journal(posted) => {
            let back = |line: &AmountLine| AmountLine {
                side: if line.side == Side::Debit { Side::Credit } else { Side::Debit },
                description: document.label.clone(),
                ..line.clone()
            };
            let mut lines: Vec<AmountLine> = posted.lines.iter().map(back).collect();
            lines.sort_by_key(|line| line.side == Side::Credit);
            let residue = Decimal::ZERO - posted.residue;
            Draft::Journal(Journal { reference, date, memo, lines, residue, members: Vec::new() })
        }
    }
}

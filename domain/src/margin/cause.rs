//! Why a cost is not what it should be, and the way out (behaviour 2.14: "margins show $0 cost").
//!
//! Rule: pure. What was recorded of a sale is not changed afterwards; the way out is for the sales to come, and for the
//! stock that is owed.

use entity::CostStatus;

use super::{
    model::{Cause, Trouble},
    store::Doubtful,
};

/// What is to be said of a product's lines.
pub(super) fn cause(row: Doubtful) -> Cause {
    let trouble = match row.cost_status {
        CostStatus::Missing => Trouble::Missing,
        _ if row.cost.is_zero() => Trouble::Zero,
        _ => Trouble::Estimated,
    };
    let (message, help) = told(&row, trouble);
    Cause {
        product: row.product_id,
        name: row.name,
        trouble,
        lines: row.lines,
        revenue: row.revenue,
        cost: row.cost,
        short_quantity: row.short_quantity,
        message,
        help,
    }
}

fn told(row: &Doubtful, trouble: Trouble) -> (String, String) {
    let (name, short) = (&row.name, row.short_quantity);
    let brought = row.arrivals > 0;
    let record = if brought {
        "Record the builds or receipts that are missing, then settle the shortages of the product."
    } else {
        "Record its builds (or receipts), so that there are lots to take a cost from, then settle its shortages."
    };
    match trouble {
        Trouble::Missing => {
            let why = if brought { "they were sold before they came" } else { "no build or receipt ever brought it" };
            let message = format!("{short} of {name} were not in stock when sold, and no cost was known: {why}.");
            (message, format!("{record} Sales after that have a cost."))
        }
        Trouble::Zero if row.average_cost.is_none_or(|cost| cost.is_zero()) && !brought => {
            let message = format!("{name} has no lots of finished goods, and its average cost is zero.");
            (message, format!("{record} Or add its stock with a unit cost (adjustStock)."))
        }
        Trouble::Zero => {
            let message = format!("The lots of {name} that were sold came in at no cost.");
            let help =
                "Correct the unit cost of the receipt line, or give the build's components and cost lines a cost.";
            (message, help.to_owned())
        }
        Trouble::Estimated if short.is_zero() => {
            let message = format!("{name} came from lots whose cost was itself estimated, or came back without one.");
            (message, "Explain a line of it to see which lot that is.".to_owned())
        }
        Trouble::Estimated => {
            (format!("{short} of {name} were not in stock when sold; the average cost was assumed."), record.to_owned())
        }
    }
}

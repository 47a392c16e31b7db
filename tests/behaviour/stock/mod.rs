//! Stock, receipts and builds (statements 21, 23, 24, 34, 35, 43 to 60, 79 to 90 and 97), on the use-cases themselves.

mod builds;
mod lots;
mod oracle;
mod receipts;
mod review;
mod shortages;

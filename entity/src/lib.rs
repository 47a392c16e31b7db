//! Tables as types: one file per table, typed ids, exact numbers.
//!
//! Rule: this crate stands alone. It holds no query and no decision; numbers of money, quantity and cost are integers of
//! one millionth, moments are integers of one microsecond, so that both databases keep and compare them alike.

pub mod account;
pub mod bom;
pub mod bom_line;
pub mod build;
pub mod build_line;
pub mod business;
pub mod call_log;
pub mod enums;
pub mod exact;
pub mod export;
pub mod export_account;
pub mod export_attempt;
pub mod export_drift;
pub mod export_override;
pub mod export_run_document;
pub mod export_watch;
pub mod id;
pub mod idempotency_key;
pub mod integration;
pub mod integration_token;
pub mod item;
pub mod lot;
pub mod lot_entry;
pub mod margin_summary;
pub mod member;
pub mod oauth_state;
pub mod product;
pub mod product_link;
pub mod receipt;
pub mod receipt_correction;
pub mod receipt_cost;
pub mod receipt_line;
pub mod reconciliation;
pub mod reconciliation_item;
pub mod reconciliation_line;
pub mod sale;
pub mod sale_inbox;
pub mod sale_issue;
pub mod sale_item_choice;
pub mod sale_line;
pub mod sale_version;
pub mod sales_channel;
pub mod stock_book;
pub mod stock_movement;
pub mod supplier;
pub mod sync_event;
pub mod sync_issue;
pub mod sync_lock;
pub mod sync_page;
pub mod sync_run;
pub mod sync_schedule;
pub mod time;
pub mod true_up;
pub mod words;

pub use enums::*;
pub use exact::{Amount, InexactNumber, Quantity, UnitCost};
pub use id::*;
pub use time::Timestamp;
pub use words::*;

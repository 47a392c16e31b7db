//! Queries of sales.
//!
//! Rule: a batch of documents is looked up and written with a fixed number of statements, however many lines it has.

mod channel;
mod inbox;
mod issue;
mod read;
mod write;

pub(super) use channel::{
    by_ids as channels_by_ids, channel, channel_of, channels, insert_channel, insert_manual, lock_channel, track_sales,
    update_channel,
};
pub(super) use inbox::{places, replace, take, unwait, wait, waiting_count, waits};
pub(super) use issue::{
    Closing, close, close_of_item, close_of_lines, count_issues, issue, issues, issues_of_sales, keep_issues,
    mark_not_stock, open_documents, open_issues,
};
pub(super) use read::{
    by_ids as sales_by_ids, by_keys, count, known_items, lines_by_ids, lines_of, open_lines, page, posted_after,
    read_by_keys, sales_by_lines, versions_of,
};
pub(super) use write::{forget_counted, put_lines, put_sales, put_versions};

/// Keys of one statement.
const CHUNK: usize = 500;

//! What the sandbox remembers: grants, companies, their tables.
//!
//! Rule: one plain value that serialises; whoever changes it does so through [`super::shared::Sandbox::change`], so that
//! it is saved soon after.

mod company;
mod generated;
mod replay;
mod state;
mod table;

pub(crate) use company::Company;
pub(crate) use generated::Generator;
pub(crate) use replay::Replays;
pub(crate) use state::State;
pub(crate) use table::{Happened, OddRow, Row, RowKey, Table};

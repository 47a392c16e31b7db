//! What the sandbox remembers: grants, organisations, their tables and books.
//!
//! Rule: one plain value that serialises; whoever changes it does so through [`super::shared::Sandbox::change`], so that
//! it is saved soon after.

mod cow;
mod organisation;
mod replay;
mod state;
mod table;

pub(crate) use cow::Cow;
pub(crate) use organisation::{Announcement, Happened, Organisation};
pub(crate) use replay::{Replay, Replays};
pub(crate) use state::State;
pub(crate) use table::Table;

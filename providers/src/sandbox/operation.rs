//! The name of a call: what it does, to what. Counters and planned faults go by it.
//!
//! Rule: the same words for the same call, whoever made it and however it was written.

use super::FaultTarget;

/// A call by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Operation {
    /// What it does to what, for example `query Item`.
    pub(crate) name: String,
    /// The path it came on.
    pub(crate) path: String,
    /// What sort of call it is.
    pub(crate) sort: Sort,
}

/// What sort of call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// Reads from the accounting API.
    Read,
    /// Writes to it.
    Write,
    /// Asks for tokens.
    Token,
    /// Neither: discovery, consent, keys.
    Other,
}

impl Operation {
    /// Whether a text is part of its name or path, whatever the case.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.name.to_lowercase().contains(&text) || self.path.to_lowercase().contains(&text)
    }

    /// Whether it is among the calls that a fault is aimed at.
    pub(crate) const fn is_hit_by(&self, target: FaultTarget) -> bool {
        match target {
            FaultTarget::Any => matches!(self.sort, Sort::Read | Sort::Write),
            FaultTarget::Reads => matches!(self.sort, Sort::Read),
            FaultTarget::Writes => matches!(self.sort, Sort::Write),
            FaultTarget::Tokens => matches!(self.sort, Sort::Token),
        }
    }
}

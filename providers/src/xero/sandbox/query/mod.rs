//! The filter language of lists: `where` and `order` (reference 2.1).
//!
//! Rule: what the language knows is what the reference shows, with brackets and the text functions that clients use;
//! anything else is a QueryParseException, never an empty list.

mod ast;
mod eval;
mod order;
mod parser;
#[cfg(test)]
mod tests;

pub(crate) use ast::Condition;
pub(crate) use order::Order;
pub(crate) use parser::parse;

//! The query language of the service (reference 6): text to tree, tree to plan, plan to rows.
//!
//! Rule: a statement is parsed, then bound to its entity, then run; each step has its own errors, 4000 or 4001.

mod answer;
mod ast;
mod bind;
mod compare;
mod lexer;
mod parser;
mod run;

pub(crate) use answer::answer;
pub(crate) use parser::parse;

#[cfg(test)]
mod tests;

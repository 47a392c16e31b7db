//! Tests of this provider that need no other program; `tests/books_file` runs hledger and beancount over its files.

mod names;
mod posting;
mod reading;
mod settings;
mod support;

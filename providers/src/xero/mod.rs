//! Xero: the Accounting API 2.0 behind the neutral trait.
//!
//! Rule: nothing outside this folder knows Xero's words; facts come from the Xero reference, cited by section (§).

// The sandbox stands here as soon as it can be started: pub mod sandbox;

//! Measurements of load and scale, runnable by anyone.
//!
//! Rule: ratios measured side by side in one run; loopback only, bounded in count and time.

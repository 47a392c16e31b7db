//! Margins: reports, their sums by month, what is behind a figure (statements 116 to 119).

mod counter;
mod explained;
mod files;
mod kept;
mod reports;

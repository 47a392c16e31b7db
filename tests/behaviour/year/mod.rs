//! A year of sales, read in pieces and at once; and what may differ between the two, class by class.

mod chance;
mod classes;
mod compare;
mod killed;
mod people;
mod shelf;
mod side;
mod whole;

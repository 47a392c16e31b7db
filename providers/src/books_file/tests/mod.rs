//! Tests of this provider alone; `programs` runs hledger and beancount over its files (`tools.sh` installs them).

mod names;
mod posting;
mod programs;
mod reading;
mod settings;
mod support;

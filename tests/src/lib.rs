//! What the end-to-end tests share: databases, a running gateway beside a sandbox, a client that reads as a person does.
//!
//! Rule: everything goes through real sockets. What a test starts it ends, also when it fails.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "this crate is nothing but tests")]

pub mod client;
pub mod consent;
pub mod database;
pub mod every;
pub mod gate;
pub mod postgres;
pub mod program;
pub mod sandbox;
pub mod shop;
pub mod socket;
pub mod source;
pub mod steps;
pub mod weir;
pub mod workshop;
pub mod world;

pub use database::{Store, TestDatabase, on};
pub use world::{Options, World};

/// How long a test waits for what must happen.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

/// What a scenario answers: any error fails it.
pub type Outcome = anyhow::Result<()>;

/// Makes two tests of every scenario named: `NAME::sqlite` and `NAME::postgres`.
///
/// A scenario is an `async fn(TestDatabase) -> Outcome` beside this.
#[macro_export]
macro_rules! on_both_databases {
    ($($scenario:ident),+ $(,)?) => {
        $(
            mod $scenario {
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn sqlite() {
                    $crate::on($crate::Store::Sqlite, super::$scenario).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn postgres() {
                    $crate::on($crate::Store::Postgres, super::$scenario).await;
                }
            }
        )+
    };
}

/// Makes two tests of every scenario named, as [`on_both_databases`], each of which runs it with every registered
/// provider that `if` lets through (all, if there is none).
///
/// A scenario is an `async fn(TestDatabase, &'static ProviderEntry) -> Outcome` beside this.
#[macro_export]
macro_rules! with_every_provider {
    ($($scenario:ident $(if $applies:expr)?),+ $(,)?) => {
        $(
            mod $scenario {
                #[allow(unused_imports, reason = "conditions stand beside the scenarios")]
                use super::*;

                const APPLIES: $crate::every::Applies = $crate::with_every_provider!(@applies $($applies)?);

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn sqlite() {
                    $crate::every::run($crate::Store::Sqlite, APPLIES, super::$scenario).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn postgres() {
                    $crate::every::run($crate::Store::Postgres, APPLIES, super::$scenario).await;
                }
            }
        )+
    };
    (@applies) => { |_| true };
    (@applies $applies:expr) => { $applies };
}

//! The program `stockbridge`.
//!
//! Rule: a failure is one line on standard error, from what was tried to what was wrong and what to do, and an exit code.

use std::process::ExitCode;

use clap::Parser;
use stockbridge::cli::{Cli, output};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    match Cli::parse().run().await {
        Ok(code) => code,
        Err(error) => {
            output::failure(&error);
            ExitCode::FAILURE
        }
    }
}

//! The command line: one file per command, each of which reads its arguments and calls the program.
//!
//! Rule: standard output carries the answer alone, so that it can be piped; everything else goes to standard error.

mod business;
mod demo;
mod doctor;
mod margins;
mod migrate;
pub mod output;
mod sandbox;
mod schema;
mod serve;
#[cfg(test)]
mod tests;
mod token;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::config::{Config, Problem, Sources};

/// A GraphQL gateway between a small manufacturer's stock and its accounting system.
#[derive(Debug, Parser)]
#[command(name = "stockbridge", version, max_term_width = 100)]
pub struct Cli {
    /// Configuration file; ./stockbridge.toml is read if it exists and none is given.
    #[arg(long, global = true, env = "STOCKBRIDGE_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API and work on syncs.
    Serve(serve::Serve),
    /// Try everything: a gateway beside a sandbox of each accounting system, with data of its own.
    Demo(demo::Demo),
    /// Run a stand-in of an accounting system, or send commands to one that runs.
    Sandbox(sandbox::Sandbox),
    /// Bring the database up to date; makes it if there is none.
    Migrate(migrate::Migrate),
    /// Print the GraphQL schema.
    Schema(schema::Schema),
    /// Make a business and print its id, for tokens to name.
    Business(business::Business),
    /// Make a token.
    Token(token::Token),
    /// The sums that reports of margins are read from.
    Margins(margins::Margins),
    /// Check configuration, database, keys, clock and providers, and say what to do.
    Doctor(doctor::Doctor),
}

impl Cli {
    /// Does what was asked.
    ///
    /// # Errors
    /// Why it could not be done; every cause in the chain.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let configuration = Configuration { file: self.config };
        match self.command {
            Command::Serve(command) => command.run(&configuration).await,
            Command::Demo(command) => command.run().await,
            Command::Sandbox(command) => command.run().await,
            Command::Migrate(command) => command.run(&configuration).await,
            Command::Schema(command) => command.run(),
            Command::Business(command) => command.run(&configuration).await,
            Command::Token(command) => command.run(&configuration),
            Command::Margins(command) => command.run(&configuration).await,
            Command::Doctor(command) => command.run(&configuration).await,
        }
    }
}

/// Where the configuration comes from.
#[derive(Debug)]
struct Configuration {
    file: Option<PathBuf>,
}

impl Configuration {
    fn load(&self) -> Result<Config, Problem> {
        Config::load(&Sources::of_process(self.file.clone()))
    }
}

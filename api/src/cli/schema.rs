//! `stockbridge schema`.

use std::process::ExitCode;

use clap::Args;

use super::output;
use crate::app;

/// Print the GraphQL schema.
#[derive(Debug, Args)]
pub(super) struct Schema {}

impl Schema {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        output::line(app::sdl().trim_end())?;
        Ok(ExitCode::SUCCESS)
    }
}

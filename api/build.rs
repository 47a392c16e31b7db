//! Builds again when the console was built: the folder is read by a macro, which Cargo does not see.

use std::io::{self, Write};

fn main() -> io::Result<()> {
    writeln!(io::stdout(), "cargo:rerun-if-changed=../web/dist")
}

//! Writes answers of commands to standard output, and failures to standard error.
//!
//! Rule: the only place that does. A reader that went away is no failure: the answer is simply not wanted any more.

use std::io::{self, ErrorKind, Write};

use serde::Serialize;

/// Writes one line to standard output.
///
/// # Errors
/// When it cannot be written.
pub fn line(text: &str) -> io::Result<()> {
    write(&mut io::stdout().lock(), text)
}

/// Writes a value as one line of JSON to standard output.
///
/// # Errors
/// When it cannot be written.
pub fn json(value: &impl Serialize) -> io::Result<()> {
    line(&serde_json::to_string(value)?)
}

/// Writes a failure as one line to standard error: what was tried, and every cause.
pub fn failure(error: &anyhow::Error) {
    // Nobody is left to be told when this fails too.
    let _ = write(&mut io::stderr().lock(), &format!("stockbridge: {}", one_line(error)));
}

fn write(writer: &mut impl Write, text: &str) -> io::Result<()> {
    match writeln!(writer, "{text}").and_then(|()| writer.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// The chain of causes in one line, a cause left out when the one before repeats it.
fn one_line(error: &anyhow::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    for cause in error.chain() {
        let cause = cause.to_string().replace('\n', " ");
        if !parts.last().is_some_and(|last| last.contains(&cause)) {
            parts.push(cause);
        }
    }
    parts.join(": ")
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn a_failure_is_one_line_with_every_cause_once() {
        let cause = anyhow::anyhow!("the disk\nis full");
        let error = Err::<(), _>(cause).context("cannot save: the disk is full").context("demo").unwrap_err();
        assert_eq!(one_line(&error), "demo: cannot save: the disk is full");
    }
}

//! Tables, printed and kept in RESULTS.md.
//!
//! Rule: a suite that was run alone replaces its own section and leaves the others as they were.

use std::{fmt::Write as _, fs, io::Write as _, path::Path};

use anyhow::Result;

/// What a suite found.
#[derive(Debug)]
pub struct Section {
    /// Its heading.
    pub title: &'static str,
    /// Column names.
    pub head: Vec<&'static str>,
    /// Rows of cells.
    pub rows: Vec<Vec<String>>,
    /// Sentences below the table.
    pub notes: Vec<String>,
}

impl Section {
    /// A section without rows.
    pub fn new(title: &'static str, head: &[&'static str]) -> Self {
        Self { title, head: head.to_vec(), rows: Vec::new(), notes: Vec::new() }
    }

    fn markdown(&self) -> String {
        let mut text = format!("## {}\n\n", self.title);
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        text += &line(&self.head.iter().map(|&name| name.to_owned()).collect::<Vec<_>>());
        text += &line(&vec!["---".to_owned(); self.head.len()]);
        for row in &self.rows {
            text += &line(row);
        }
        for note in &self.notes {
            let _ = write!(text, "\n{note}\n");
        }
        text
    }
}

/// Prints a section and puts it into the file.
///
/// # Errors
/// When the file cannot be written.
pub fn publish(section: &Section) -> Result<()> {
    let markdown = section.markdown();
    let mut out = std::io::stdout().lock();
    writeln!(out, "{markdown}")?;
    out.flush()?;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("RESULTS.md");
    let before = fs::read_to_string(&file).unwrap_or_default();
    Ok(fs::write(&file, merged(&before, section.title, &format!("{markdown}\n{}\n", circumstances())))?)
}

/// The file with this section replaced or added.
fn merged(before: &str, title: &str, section: &str) -> String {
    let head = "# Results of the last runs\n\nWritten by `make bench`; README.md says what is measured and how.\n";
    let mut parts: Vec<String> = before.split("\n## ").skip(1).map(|part| format!("## {}", part.trim_end())).collect();
    let section = section.trim_end().to_owned();
    match parts.iter_mut().find(|part| part.lines().next() == Some(&format!("## {title}"))) {
        Some(old) => *old = section,
        None => parts.push(section),
    }
    format!("{head}\n{}\n", parts.join("\n\n"))
}

/// When and on what this was measured.
fn circumstances() -> String {
    let read = |file: &str| fs::read_to_string(file).unwrap_or_default();
    let processors = read("/proc/cpuinfo");
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("unknown");
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let load = read("/proc/loadavg");
    format!(
        "Measured {}, {cores} × {}, Linux {}, load at the end {}.",
        chrono::Utc::now().format("%Y-%m-%d %H:%M UTC"),
        model.trim_start_matches([' ', '\t', ':']),
        read("/proc/sys/kernel/osrelease").trim(),
        load.split(' ').next().unwrap_or("unknown"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_replaced_and_the_others_stay() {
        let first = merged("", "a", "## a\n\none\n");
        let both = merged(&first, "b", "## b\n\ntwo\n");
        let again = merged(&both, "a", "## a\n\nthree\n");
        let (_, sections) = again.split_once("how.\n").unwrap();
        assert_eq!(sections, "\n## a\n\nthree\n\n## b\n\ntwo\n");
    }
}

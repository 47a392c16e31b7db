//! Rust files as the house rules see them: without comments, without strings, without tests.
//!
//! Rule: lines keep their numbers, so that a finding can be looked up.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the repository").to_owned()
}

/// A Rust file.
#[derive(Debug)]
pub struct Source {
    /// Its path from the root, with slashes.
    pub path: String,
    /// As it is.
    pub text: String,
    /// Comments blanked.
    pub uncommented: String,
    /// Comments and the insides of strings blanked.
    pub code: String,
    /// Whether each line is part of a test.
    pub in_test: Vec<bool>,
}

impl Source {
    /// The lines of `view` (one of this file's texts) outside tests, each with its number from 1.
    pub fn lines<'v>(&'v self, view: &'v str) -> impl Iterator<Item = (usize, &'v str)> {
        let numbered = view.lines().enumerate();
        numbered.filter(|(index, _)| !self.in_test.get(*index).copied().unwrap_or(false)).map(|(i, line)| (i + 1, line))
    }

    /// Whether the file as a whole is a test.
    pub fn is_test(&self) -> bool {
        self.in_test.iter().all(|in_test| *in_test)
    }
}

/// All Rust files of the rooms, in order of their paths.
pub fn sources() -> Vec<Source> {
    let root = root();
    let rooms = ["entity", "migration", "providers", "domain", "api", "tests", "bench"];
    let mut files = Vec::new();
    for room in rooms {
        collect(&root.join(room), &mut files);
    }
    files.sort();
    files.iter().map(|file| read(&root, file)).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for path in entries.map(|entry| entry.expect("a folder's entry").path()) {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn read(root: &Path, file: &Path) -> Source {
    let path = file.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{path}: {error}"));
    let uncommented = blank(&text, false);
    let code = blank(&text, true);
    let in_test = if named_as_test(&path) { vec![true; text.lines().count()] } else { test_lines(&code) };
    Source { path, text, uncommented, code, in_test }
}

/// Files that hold nothing but tests or what only tests use.
fn named_as_test(path: &str) -> bool {
    path.starts_with("tests/")
        || path.starts_with("bench/")
        || path.split('/').any(|part| matches!(part, "tests" | "tests.rs" | "testing.rs" | "examples"))
}

/// Where the lexer is.
enum State {
    Code,
    LineComment,
    BlockComment(usize),
    Text,
    /// A raw string that ends with a quote and so many hashes.
    RawText(usize),
}

/// Blanks comments, and the insides of strings if asked; line breaks stay.
fn blank(text: &str, strings: bool) -> String {
    let symbols: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut state = State::Code;
    let mut at = 0;
    while at < symbols.len() {
        let rest = &symbols[at..];
        let (next, taken, visible) = step(&state, rest);
        for symbol in &rest[..taken] {
            let show = match visible {
                Show::All => true,
                Show::Nothing => false,
                Show::UnlessString => !strings,
            };
            out.push(if show || *symbol == '\n' { *symbol } else { ' ' });
        }
        state = next;
        at += taken;
    }
    out
}

enum Show {
    All,
    Nothing,
    UnlessString,
}

/// From a state and what follows: the next state, how many symbols that takes, and whether they are shown.
fn step(state: &State, rest: &[char]) -> (State, usize, Show) {
    let starts = |what: &str| rest.iter().take(what.len()).copied().eq(what.chars());
    match state {
        State::Code if starts("//") => (State::LineComment, 2, Show::Nothing),
        State::Code if starts("/*") => (State::BlockComment(1), 2, Show::Nothing),
        State::Code if rest[0] == '"' => (State::Text, 1, Show::All),
        State::Code if rest[0] == 'r' => match raw_start(rest) {
            Some((hashes, taken)) => (State::RawText(hashes), taken, Show::All),
            None => (State::Code, word(rest), Show::All),
        },
        State::Code if rest[0] == '\'' => (State::Code, character(rest), Show::All),
        State::Code => (State::Code, word(rest), Show::All),
        State::LineComment if rest[0] == '\n' => (State::Code, 1, Show::All),
        State::LineComment => (State::LineComment, 1, Show::Nothing),
        State::BlockComment(depth) if starts("/*") => (State::BlockComment(depth + 1), 2, Show::Nothing),
        State::BlockComment(1) if starts("*/") => (State::Code, 2, Show::Nothing),
        State::BlockComment(depth) if starts("*/") => (State::BlockComment(depth - 1), 2, Show::Nothing),
        State::BlockComment(depth) => (State::BlockComment(*depth), 1, Show::Nothing),
        State::Text if rest[0] == '\\' => (State::Text, rest.len().min(2), Show::UnlessString),
        State::Text if rest[0] == '"' => (State::Code, 1, Show::All),
        State::Text => (State::Text, 1, Show::UnlessString),
        State::RawText(hashes) if ends_raw(rest, *hashes) => (State::Code, hashes + 1, Show::All),
        State::RawText(hashes) => (State::RawText(*hashes), 1, Show::UnlessString),
    }
}

/// The length of a word, or of one symbol; so that the `r` inside a word starts no raw string.
fn word(rest: &[char]) -> usize {
    let is_part = |symbol: &&char| symbol.is_alphanumeric() || **symbol == '_';
    // `br"…"` is a raw string too.
    if rest[0] == 'b' && rest.get(1) == Some(&'r') && raw_start(&rest[1..]).is_some() {
        return 1;
    }
    rest.iter().take_while(is_part).count().max(1)
}

fn raw_start(rest: &[char]) -> Option<(usize, usize)> {
    let hashes = rest[1..].iter().take_while(|symbol| **symbol == '#').count();
    (rest.get(1 + hashes) == Some(&'"')).then_some((hashes, hashes + 2))
}

fn ends_raw(rest: &[char], hashes: usize) -> bool {
    rest[0] == '"' && rest[1..].iter().take(hashes).filter(|symbol| **symbol == '#').count() == hashes
}

/// The length of a character literal; 1 for the apostrophe of a lifetime.
fn character(rest: &[char]) -> usize {
    match rest {
        ['\'', '\\', ..] => 3 + rest[3..].iter().take_while(|symbol| **symbol != '\'').count(),
        ['\'', _, '\'', ..] => 3,
        _ => 1,
    }
}

/// Which lines belong to an item under `#[cfg(test)]`.
fn test_lines(code: &str) -> Vec<bool> {
    const MARK: &str = "#[cfg(test)]";
    let mut in_test = vec![false; code.lines().count()];
    let mut from = 0;
    while let Some(found) = code[from..].find(MARK) {
        let start = from + found;
        let end = item_end(code, start + MARK.len());
        let (first, last) = (line_of(code, start), line_of(code, end));
        in_test[first..=last].fill(true);
        from = end;
    }
    in_test
}

fn line_of(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count()
}

/// The last byte of the item after an attribute: its semicolon, or the brace that closes its first one.
fn item_end(code: &str, from: usize) -> usize {
    let mut depth = 0_usize;
    for (offset, symbol) in code[from..].char_indices() {
        match symbol {
            ';' if depth == 0 => return from + offset,
            '{' => depth += 1,
            '}' if depth == 1 => return from + offset,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    code.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_blanked_and_lines_stay() {
        let text =
            "let a = \"f64 // no\"; // f32\nlet b = r#\"f64 \" \"#; /* f32\n/* x */ */ let c = 'f'; let d: &'a str;\n";
        assert_eq!(
            blank(text, true),
            "let a = \"         \";       \nlet b = r#\"      \"#;       \n           let c = 'f'; let d: &'a str;\n"
        );
        assert!(blank(text, false).starts_with("let a = \"f64 // no\";       \n"));
    }

    #[test]
    fn a_quote_in_a_character_starts_no_string() {
        assert_eq!(blank("('\"', '\\'', '\\u{1F600}') // x", true), "('\"', '\\'', '\\u{1F600}')     ");
    }

    #[test]
    fn items_under_cfg_test_are_tests() {
        let code =
            "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n#[cfg(test)]\nuse x::y;\nfn d() {}\n";
        assert_eq!(test_lines(code), [false, true, true, true, true, false, true, true, false]);
    }
}

//! The rules of the house that a program can hold.
//!
//! Rule: a finding names file and line, and the way out. An exception is in a list here, with its reason.

use std::{collections::BTreeSet, fs, process::Command};

use serde_json::Value;
use stockbridge_tests::source::{Source, root, sources};

/// Fails with all findings, and what to do about them.
fn expect_none(rule: &str, way_out: &str, findings: &[String]) {
    assert!(findings.is_empty(), "\n{rule}\n{way_out}\n{} finding(s):\n  {}\n", findings.len(), findings.join("\n  "));
}

/// Lines outside tests in which one of `words` stands by itself.
fn find_words(sources: &[Source], view: fn(&Source) -> &str, words: &[&str]) -> Vec<String> {
    let mut findings = Vec::new();
    for source in sources {
        for (number, line) in source.lines(view(source)) {
            if let Some(word) = words.iter().find(|word| has_word(line, word)) {
                findings.push(format!("{}:{number}: {word}: {}", source.path, line.trim()));
            }
        }
    }
    findings
}

fn has_word(line: &str, word: &str) -> bool {
    let is_part = |symbol: Option<char>| symbol.is_some_and(|symbol| symbol.is_alphanumeric() || symbol == '_');
    line.match_indices(word)
        .any(|(at, _)| !is_part(line[..at].chars().next_back()) && !is_part(line[at + word.len()..].chars().next()))
}

fn code(source: &Source) -> &str {
    &source.code
}

fn uncommented(source: &Source) -> &str {
    &source.uncommented
}

fn sources_where(keep: impl Fn(&str) -> bool) -> Vec<Source> {
    sources().into_iter().filter(|source| keep(&source.path)).collect()
}

/// The packages of the workspace, as Cargo sees them.
fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--locked", "--format-version", "1"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo answers in JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

/// What each room may depend on, of the other rooms.
const ROOMS: &[(&str, &[&str])] = &[
    ("stockbridge-entity", &[]),
    ("stockbridge-migration", &[]),
    ("stockbridge-providers", &[]),
    ("stockbridge-domain", &["stockbridge-entity", "stockbridge-providers"]),
    ("stockbridge", &["stockbridge-domain", "stockbridge-entity", "stockbridge-migration", "stockbridge-providers"]),
];

/// Rooms that may see everything.
const SEE_EVERYTHING: &[&str] = &["stockbridge-tests", "stockbridge-bench"];

#[test]
fn dependencies_point_one_way() {
    let mut findings = Vec::new();
    for package in packages() {
        let name = package["name"].as_str().expect("a name");
        if SEE_EVERYTHING.contains(&name) {
            continue;
        }
        let Some((_, allowed)) = ROOMS.iter().find(|(room, _)| *room == name) else {
            findings.push(format!("{name}: a room that tests/tidy.rs does not know"));
            continue;
        };
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let other = dependency["name"].as_str().expect("a name");
            // Tests of a room may use what they like, except what is above it.
            let test_only = dependency["kind"] == "dev" && other == "stockbridge-migration";
            if other.starts_with("stockbridge") && !allowed.contains(&other) && !test_only {
                findings.push(format!("{}: {name} → {other}", package["manifest_path"]));
            }
        }
    }
    expect_none(
        "api → domain → {entity, providers}; entity, migration and providers know no other room.",
        "Move the code to the room that may know both, or hand the fact down as an argument or a trait.",
        &findings,
    );
}

/// Libraries that some rooms must not know at all.
const CLOSED: &[(&str, &[&str])] = &[
    ("stockbridge-entity", &["axum", "async-graphql", "reqwest", "tokio"]),
    ("stockbridge-migration", &["axum", "async-graphql", "reqwest"]),
    ("stockbridge-providers", &["sea-orm", "async-graphql", "apalis"]),
    ("stockbridge-domain", &["axum", "async-graphql", "reqwest", "apalis", "tower-http"]),
];

#[test]
fn rooms_know_only_their_libraries() {
    let mut findings = Vec::new();
    for package in packages() {
        let Some((_, closed)) = CLOSED.iter().find(|(room, _)| package["name"] == *room) else { continue };
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let other = dependency["name"].as_str().expect("a name");
            if dependency["kind"] != "dev" && closed.contains(&other) {
                findings.push(format!("{}: {other}", package["manifest_path"]));
            }
        }
    }
    expect_none(
        "GraphQL and HTTP are api's, tables are entity's and domain's, calls to providers are providers'.",
        "Translate at the edge and hand plain values down.",
        &findings,
    );
}

/// Files beside the stores that use the database library.
const DATABASE_EXCEPTIONS: &[(&str, &str)] = &[
    ("api/src/database/", "opens the database and judges its state before there is a domain"),
    ("api/src/app/", "the composition root hands the connection on"),
    ("api/src/worker/", "the jobs' own tables need the pool"),
];

#[test]
fn queries_live_in_stores_only() {
    let is_store = |path: &str| {
        path.starts_with("entity/")
            || path.starts_with("migration/")
            || path.ends_with("/store.rs")
            || path.contains("/store/")
            || DATABASE_EXCEPTIONS.iter().any(|(start, _)| path.starts_with(start))
    };
    let others = sources_where(|path| !is_store(path));
    expect_none(
        "SeaORM and SQL live in entity, migration and store.rs.",
        "Write a function with a domain name in the area's store.rs and call that.",
        &find_words(&others, code, &["sea_orm", "sea_orm_migration", "sqlx", "sea_query"]),
    );
}

/// Files beside `providers/` that make HTTP calls.
const HTTP_EXCEPTIONS: &[(&str, &str)] = &[
    ("api/src/auth/jwks.rs", "fetches the published keys of token issuers"),
    ("api/src/cli/sandbox/remote.rs", "sends commands to a sandbox, which is no accounting system"),
];

#[test]
fn only_providers_call_out() {
    let others =
        sources_where(|path| !path.starts_with("providers/") && !HTTP_EXCEPTIONS.iter().any(|(file, _)| *file == path));
    expect_none(
        "The HTTP client is used in providers only.",
        "Call the provider through the Provider trait; its transport logs, limits and retries.",
        &find_words(&others, code, &["reqwest", "hyper", "hyper_util"]),
    );
}

/// What names a provider, and the folder where it may stand: the folder's own name, the entry's id, and the words of the
/// folder's file `names` (of the vendor, of tools), one a line.
fn provider_names() -> Vec<(String, String)> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root().join("providers/src")).expect("the providers") {
        let path = entry.expect("an entry").path();
        let module = fs::read_to_string(path.join("mod.rs")).unwrap_or_default();
        let Some((_, declared)) = module.split_once("pub static ENTRY: ProviderEntry") else { continue };
        let folder = path.file_name().expect("a name").to_string_lossy().into_owned();
        let id = declared.split("id: \"").nth(1).and_then(|rest| rest.split('"').next()).expect("an id");
        let others = fs::read_to_string(path.join("names")).unwrap_or_default();
        let words = others.lines().map(|word| word.trim().to_lowercase()).filter(|word| !word.is_empty());
        let all = words.chain([folder.clone(), id.to_owned()]);
        names.extend(all.map(|name| (name, folder.clone())));
    }
    assert!(names.len() >= 4, "providers are found by their entries: {names:?}");
    names
}

/// Lines that may name a provider outside its folder: file, and what the line must contain.
const NAME_EXCEPTIONS: &[(&str, &str)] =
    &[("providers/src/lib.rs", "pub mod "), ("providers/src/registry.rs", "::ENTRY")];

#[test]
fn no_provider_is_named_outside_its_folder() {
    let (names, mut findings) = (provider_names(), Vec::new());
    for source in sources() {
        for (number, line) in source.lines(&source.uncommented) {
            let lower = line.to_lowercase();
            let foreign = names.iter().find(|(name, folder)| {
                lower.contains(name) && !source.path.starts_with(&format!("providers/src/{folder}/"))
            });
            let allowed = NAME_EXCEPTIONS.iter().any(|(file, part)| source.path == *file && line.contains(part));
            if let (Some((name, _)), false) = (foreign, allowed) {
                findings.push(format!("{}:{number}: {name}: {}", source.path, line.trim()));
            }
        }
    }
    expect_none(
        "A provider's name stands in its folder and in one line of the registry.",
        "Ask its Capability instead, or move the code into providers/src/<provider>/.",
        &findings,
    );
}

#[test]
fn there_are_no_floats() {
    let exact = sources_where(|path| {
        ["entity/", "migration/", "domain/", "providers/"].iter().any(|room| path.starts_with(room))
    });
    expect_none(
        "No float where money, quantity or cost can pass.",
        "Use Amount, Quantity, UnitCost, or rust_decimal::Decimal at the edges.",
        &find_words(&exact, code, &["f32", "f64", "Float", "Double", "float", "double"]),
    );
}

/// Words that end the process or leave a hole, and what to do instead.
const HOLES: &[(&str, &str)] = &[
    (".unwrap()", "answer an error with `?`"),
    (".expect(", "answer an error with `?`"),
    ("panic!(", "answer an error"),
    ("unreachable!(", "let the types say so"),
    ("todo!(", "do it"),
    ("unimplemented!(", "do it"),
    ("dbg!(", "use tracing"),
    ("println!(", "use tracing, or cli::output"),
    ("eprintln!(", "use tracing, or cli::output"),
];

#[test]
fn nothing_panics_or_prints() {
    let mut findings = Vec::new();
    for source in sources() {
        for (number, line) in source.lines(&source.code) {
            for (hole, way_out) in HOLES.iter().filter(|(hole, _)| line.contains(hole)) {
                findings.push(format!("{}:{number}: {hole}: {way_out}", source.path));
            }
        }
    }
    expect_none("Outside tests nothing panics or prints.", "Each line says what to do instead.", &findings);
}

#[test]
fn every_file_says_what_it_is_for() {
    let is_said =
        |source: &Source| source.text.lines().next().is_some_and(|line| line.starts_with("//! ") && line.len() > 10);
    let findings: Vec<String> =
        sources().iter().filter(|source| !is_said(source)).map(|source| format!("{}:1", source.path)).collect();
    expect_none(
        "Every file opens with `//!`: what it is for, and the rule it keeps.",
        "Write that sentence; if it needs an `and`, split the file.",
        &findings,
    );
}

/// Most lines of a file, its tests aside.
const LINES_MAX: usize = 500;

#[test]
fn files_are_short() {
    let mut findings = Vec::new();
    for source in sources() {
        let lines = if source.is_test() { source.text.lines().count() } else { source.lines(&source.text).count() };
        if lines > LINES_MAX {
            findings.push(format!("{}:{LINES_MAX}: has {lines} lines", source.path));
        }
    }
    expect_none(&format!("A file has at most {LINES_MAX} lines."), "Split it by meaning.", &findings);
}

#[test]
fn no_test_is_switched_off() {
    let mut findings = Vec::new();
    for source in sources() {
        let lines = source.code.lines().enumerate().filter(|(_, line)| line.contains("#[ignore"));
        findings.extend(lines.map(|(index, _)| format!("{}:{}", source.path, index + 1)));
    }
    expect_none("Every test runs.", "Repair it, or remove it and say why.", &findings);
}

/// The names in `[workspace.dependencies]`, with their lines.
fn workspace_dependencies() -> Vec<(usize, String)> {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let lines = manifest.lines().enumerate().skip_while(|(_, line)| *line != "[workspace.dependencies]").skip(1);
    lines
        .take_while(|(_, line)| !line.starts_with('['))
        .filter_map(|(index, line)| Some((index + 1, line.split_once('=')?.0.trim().to_owned())))
        .filter(|(_, name)| !name.starts_with('#'))
        .collect()
}

#[test]
fn every_dependency_is_justified() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let findings: Vec<String> = workspace_dependencies()
        .into_iter()
        .filter(|(_, name)| !page.lines().any(|line| line.starts_with('|') && line.contains(&format!("`{name}`"))))
        .map(|(line, name)| format!("Cargo.toml:{line}: {name}"))
        .collect();
    expect_none(
        "One dependency, one job: each has a line in ARCHITECTURE.md.",
        "Add the line to its table of dependencies, or do without.",
        &findings,
    );
}

#[test]
fn every_dependency_is_used() {
    let used: BTreeSet<String> = packages()
        .iter()
        .flat_map(|package| package["dependencies"].as_array().expect("dependencies").clone())
        .map(|dependency| dependency["name"].as_str().expect("a name").to_owned())
        .collect();
    let findings: Vec<String> = workspace_dependencies()
        .into_iter()
        .filter(|(_, name)| !used.contains(name) && !used.contains(&format!("stockbridge-{name}")))
        .map(|(line, name)| format!("Cargo.toml:{line}: {name}"))
        .collect();
    expect_none("What no room uses is not in Cargo.toml.", "Remove the line.", &findings);
}

/// The statements of the behaviour page that this much of the system satisfies, from first to last.
const STATEMENTS: &[(u32, u32)] = &[(1, 97), (116, 122), (124, 126), (128, 128)];

#[test]
fn every_statement_has_a_test() {
    let behaviour = sources_where(|path| path.starts_with("tests/behaviour/"));
    let has_test = |number: &u32| {
        let start = format!("async fn s{number:03}_");
        behaviour.iter().any(|source| source.code.contains(&start))
    };
    let numbers = STATEMENTS.iter().flat_map(|(first, last)| *first..=*last);
    let findings: Vec<String> =
        numbers.filter(|number| !has_test(number)).map(|number| format!("statement {number}")).collect();
    expect_none(
        "Every statement of the behaviour page has a test that carries its number (sNNN_…).",
        "Write it in tests/behaviour/, on both databases.",
        &findings,
    );
}

#[test]
fn words_are_found_whole() {
    assert!(has_word("let x: f64 = 1", "f64"));
    assert!(!has_word("let if64 = sf64x", "f64"));
    let sources = [Source {
        path: "a.rs".to_owned(),
        text: "f64".to_owned(),
        uncommented: "f64".to_owned(),
        code: "f64".to_owned(),
        in_test: vec![false],
    }];
    assert_eq!(find_words(&sources, uncommented, &["f64"]), ["a.rs:1: f64: f64"]);
    assert_eq!(find_words(&sources, code, &["f32"]), [""; 0]);
}
